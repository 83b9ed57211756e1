import { AZURE_ALERTS, silent, unheard } from '../alarms.js';
import { isAllow, list, type PolicyStatement, sentAway, shown, speaksOf, statements, text, want } from '../aws.js';
import { at, type Deployment, isList, isObject, type Resource, strings, Unknown } from '../model.js';
import { processesPhi } from '../phi.js';
import { listAt } from '../prove/azure/arm.js';
import { seconds } from '../gcp.js';
import { sameProject } from '../prove/gcp/iam.js';
import { flag, text as plain } from '../prove/gcp/names.js';
import { type Check, type Defect, defineRule, fail, outcomes, unknown } from '../rule.js';

/** Topics of the artifact that somebody listens to, to everything that is said there. */
function heard(deployment: Deployment): ReadonlySet<Resource> {
  const topics = new Set<Resource>();
  const filtered = ({ properties }: Resource): boolean => [properties['FilterPolicy']].some((value) => value !== undefined && value !== null && !(isObject(value) && Object.keys(value).length === 0));
  for (const subscription of deployment.ofType('AWS::SNS::Subscription')) if (!filtered(subscription)) for (const topic of deployment.targets(subscription.properties['TopicArn'])) topics.add(topic);
  for (const topic of deployment.ofType('AWS::SNS::Topic')) {
    const inline = topic.properties['Subscription'];
    if (inline instanceof Unknown || (isList(inline) && inline.length > 0)) topics.add(topic);
  }
  return topics;
}

type TopicPolicies = ReadonlyMap<Resource, readonly (readonly PolicyStatement[] | Unknown)[]>;

function topicPolicies(deployment: Deployment): TopicPolicies {
  const result = new Map<Resource, (readonly PolicyStatement[] | Unknown)[]>();
  for (const { properties } of deployment.ofType('AWS::SNS::TopicPolicy')) {
    const document = statements(properties['PolicyDocument'], 'PolicyDocument');
    for (const topic of deployment.targets(properties['Topics'])) result.set(topic, [...(result.get(topic) ?? []), document]);
  }
  return result;
}

const SERVICES = { CloudWatch: 'cloudwatch.amazonaws.com', EventBridge: 'events.amazonaws.com' } as const;

/** Why a service cannot say anything on a topic: its policy leaves the service out, or its key answers none but SNS. */
function deaf(policiesOf: TopicPolicies, topic: Resource, path: string, service: 'CloudWatch' | 'EventBridge'): Defect[] {
  const principal = SERVICES[service];
  const policies = policiesOf.get(topic) ?? [];
  const gap = policies.find((policy) => policy instanceof Unknown);
  // A topic without a policy of its own has the default one, which admits its account.
  const admitted = policies.length === 0 || policies.some((policy) => !(policy instanceof Unknown) && policy.some((statement) => isAllow(statement) && speaksOf(statement, 'sns:publish') && (statement.principals ?? []).some((one) => one === '*' || one === principal)));
  return [
    ...(admitted ? [] : [gap instanceof Unknown ? unknown(path, `who may publish to topic ${topic.name} is not known: ${gap.reason}`) : fail(path, `the policy of topic ${topic.name} does not let ${service} publish: nobody is told`)]),
    ...([...strings(topic.properties['DataProtectionPolicy'])].length > 0 || topic.properties['DataProtectionPolicy'] instanceof Unknown ? [unknown(path, `topic ${topic.name} drops or masks messages (DataProtectionPolicy): whether this one gets through cannot be told`)] : []),
    ...(/(^|:)alias\/aws\/sns$/.test(text(topic.properties['KmsMasterKeyId'])) ? [fail(path, `topic ${topic.name} is encrypted under alias/aws/sns, which ${service} cannot use: nobody is told`)] : []),
  ];
}

const aws: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  const topics = heard(deployment);
  const policies = topicPolicies(deployment);
  const composites = deployment.ofType('AWS::CloudWatch::CompositeAlarm');
  for (const alarm of [...deployment.ofType('AWS::CloudWatch::Alarm'), ...composites]) {
    const actions = list(alarm.properties['AlarmActions']);
    const name = text(alarm.properties['AlarmName']);
    // The services' own metrics tell of load, and an alarm on it may be there for a dashboard.
    if (text(alarm.properties['Namespace']).startsWith('AWS/')) continue;
    // An alarm inside a composite one rings through it.
    const inside = composites.some((one) => one !== alarm && (deployment.refersTo(one.properties['AlarmRule'], alarm) || (name !== '' && [...strings(one.properties['AlarmRule'])].some((rule) => rule.includes(name)))));
    yield* outcomes(alarm, [
      ...want(alarm, 'ActionsEnabled', true, 'nobody is told', true),
      ...(actions instanceof Unknown ? [unknown('AlarmActions', actions.reason)] : actions.length === 0 && !inside ? [fail('AlarmActions', 'nobody is told')] : actions.flatMap((action, index): Defect[] => {
        const topic = deployment.target(action);
        if (topic?.type !== 'AWS::SNS::Topic') return sentAway(deployment, `AlarmActions[${index}]`, action, 'alarms');
        return [...deaf(policies, topic, `AlarmActions[${index}]`, 'CloudWatch'), ...(topics.has(topic) ? [] : [unknown(`AlarmActions[${index}]`, `no subscriber of topic ${topic.name} that hears everything is in the artifact: whether anybody hears the alarm cannot be told`)])];
      })),
    ]);
  }
  for (const mute of deployment.ofType('AWS::CloudWatch::AlarmMuteRule')) yield* outcomes(mute, fail('', 'silences alarms while it lasts'));
  for (const [rule, defects] of events(deployment, policies)) yield* outcomes(rule, defects);
};

/** Rules that tell a topic of what happened, and not of the time of day. */
function* events(deployment: Deployment, policies: TopicPolicies): Iterable<readonly [Resource, Defect[]]> {
  for (const rule of deployment.ofType('AWS::Events::Rule')) {
    const targets = list(rule.properties['Targets']);
    if (targets instanceof Unknown || rule.properties['EventPattern'] === undefined) continue;
    const told = targets.map((target) => deployment.target(at(target, 'Arn'))).filter((target) => target?.type === 'AWS::SNS::Topic');
    if (told.length === 0) continue;
    const { State: state } = rule.properties;
    yield [rule, [
      ...(state instanceof Unknown ? [unknown('State', state.reason)] : state === 'DISABLED' ? [fail('State', 'State is DISABLED: nobody is told')] : []),
      ...told.flatMap((topic) => (topic ? deaf(policies, topic, 'Targets', 'EventBridge') : [])),
    ]];
  }
}

const azure: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  for (const type of Object.keys(AZURE_ALERTS)) for (const alert of deployment.ofType(type)) yield* outcomes(alert, unheard(deployment, alert));
  for (const processing of deployment.resources.filter(({ type }) => /^azure-native:alertsmanagement:(AlertProcessingRuleByName|ActionRuleByName)$/.test(type))) {
    const actions = listAt(processing.properties, 'properties.actions');
    const silences = !(actions instanceof Unknown) && actions.some((action) => at(action, 'actionType') === 'RemoveAllActionGroups');
    if (at(processing.properties, 'properties.enabled') !== false) yield* outcomes(processing, silences || at(processing.properties, 'properties.type') === 'Suppression' ? fail('properties.actions', 'silences alerts') : actions instanceof Unknown ? unknown('properties.actions', actions.reason) : true);
  }
};

/** Seconds between two notifications after which the second act of an attacker goes unnoticed. The API's own least is five minutes. */
const LONGEST_PAUSE = 3600;

/** Channels that the artifact does not hold, and pauses between notifications. */
function unanswered(deployment: Deployment, alert: Resource): Defect[] {
  const channels = alert.properties['notificationChannels'];
  const pause = seconds(at(alert.properties, 'alertStrategy.notificationRateLimit.period'));
  return [
    ...(isList(channels) ? channels : []).flatMap((channel, index): Defect[] => (typeof channel === 'string' && channel.includes('${') && !deployment.target(channel) ? [unknown(`notificationChannels[${index}]`, `${channel} is not in the artifact: whether anybody hears the alert cannot be told`)] : [])),
    ...(pause instanceof Unknown ? [unknown('alertStrategy.notificationRateLimit.period', pause.reason)] : pause !== undefined && pause > LONGEST_PAUSE ? [fail('alertStrategy.notificationRateLimit.period', `after one notification it keeps quiet for ${pause} s; at most ${LONGEST_PAUSE}`)] : []),
  ];
}

const gcp: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  for (const alert of deployment.ofType('gcp:monitoring/alertPolicy:AlertPolicy')) yield* outcomes(alert, [...silent(alert), ...unanswered(deployment, alert)]);
  for (const snooze of deployment.ofType('gcp:monitoring/snooze:Snooze')) {
    const end = plain(at(snooze.properties, 'interval.endTime'));
    yield* outcomes(snooze, end !== undefined && end.slice(0, 10) < deployment.today ? true : fail('interval', 'silences alerts'));
  }
  for (const channel of deployment.ofType('gcp:monitoring/notificationChannel:NotificationChannel')) {
    const topic = /^projects\/([^/]+)\/topics\//.exec(plain(at(channel.properties, 'labels.topic')) ?? '')?.[1];
    const placement = deployment.workload?.clouds.gcp;
    if (topic !== undefined && placement && [placement.project, placement.keyProject].every((project) => sameProject(deployment, topic, project) === 'no')) yield* outcomes(channel, fail('labels.topic', `its news goes to a topic of project ${topic}, which is none of the workload's`));
    const enabled = flag(channel, 'enabled', true);
    yield* outcomes(channel, enabled === true ? true : (enabled === undefined ? unknown : fail)('enabled', `the channel ${shown(channel.properties['displayName'])} is off`));
  }
};

export const rule = defineRule({
  id: 'alarm-delivered',
  title: 'An alarm that fires reaches somebody',
  theme: 'immutable-log',
  severity: 'medium',
  waivable: true,
  citations: ['45 CFR 164.308(a)(6)(ii)', '45 CFR 164.308(a)(1)(ii)(D)'],
  why: 'Switching off the receiver is the quiet way to switch off the alarm: the alarm still stands in every list, and nobody hears it.',
  fix: {
    aws: 'Use AttestationAlarms with an email, or AlarmActions with a topic that has a subscription without a filter, a policy that lets cloudwatch.amazonaws.com (and events.amazonaws.com, for event rules) publish and no alias/aws/sns, and ActionsEnabled true; an alarm inside a composite one needs no action of its own.',
    azure: 'Use GateAlarms, or enabled true and an action group that is enabled and has a receiver; remove alert processing rules that remove all action groups.',
    gcp: 'Use SecurityAlerts, or enabled true and notificationChannels on the alert policy, and enabled true on the channel.',
  },
  checks: { aws, azure, gcp },
});
