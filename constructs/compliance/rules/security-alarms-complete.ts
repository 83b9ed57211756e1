import { flag, list, text } from '../aws.js';
import { at, type Deployment, strings, Unknown } from '../model.js';
import { phiKeys, processesPhi } from '../phi.js';
import { type Check, type Defect, defineRule, fail, outcomes, unknown } from '../rule.js';

const EVENTS = ['PutKeyPolicy', 'CreateGrant', 'ScheduleKeyDeletion', 'DisableKey', 'StopLogging', 'DeleteTrail', 'UpdateTrail', 'DeleteFlowLogs'] as const;
const UNATTESTED = /additionalEventData\.recipient\s+NOT EXISTS/;

/** What is watched: filter patterns behind alarms that call somebody, and patterns of event rules with a target. */
function watched(deployment: Deployment): string[] {
  const alarms = deployment.ofType('AWS::CloudWatch::Alarm').filter(({ properties, attributes }) => {
    const actions = list(properties['AlarmActions']);
    return (flag(properties['ActionsEnabled']) ?? true) === true && !(actions instanceof Unknown) && actions.length > 0 && !(attributes['Condition'] instanceof Unknown);
  });
  const groups = new Set(deployment.ofType('AWS::CloudTrail::Trail').flatMap(({ properties }) => [...deployment.targets(properties['CloudWatchLogsLogGroupArn'])]));
  const filters = deployment.ofType('AWS::Logs::MetricFilter').filter(({ properties }) => {
    const transformations = list(properties['MetricTransformations']);
    const names = transformations instanceof Unknown ? [] : transformations.map((one) => `${text(at(one, 'MetricNamespace'))} ${text(at(one, 'MetricName'))}`);
    const group = deployment.target(properties['LogGroupName']);
    return (group === undefined || groups.has(group)) && alarms.some((alarm) => names.includes(`${text(alarm.properties['Namespace'])} ${text(alarm.properties['MetricName'])}`));
  });
  const rules = deployment.ofType('AWS::Events::Rule').filter(({ properties }) => {
    const targets = list(properties['Targets']);
    return properties['State'] !== 'DISABLED' && !(targets instanceof Unknown) && targets.length > 0;
  });
  return [...filters.map(({ properties }) => text(properties['FilterPattern'])), ...rules.map(({ properties }) => [...strings(properties['EventPattern'])].map((word) => `"${word}"`).join(' '))];
}

const aws: Check = function* (deployment) {
  if (!processesPhi(deployment) || deployment.workload === null || phiKeys(deployment).length === 0) return;
  const trails = deployment.ofType('AWS::CloudTrail::Trail');
  if (trails.length === 0) return;
  const defects: Defect[] = trails.every(({ properties }) => properties['CloudWatchLogsLogGroupArn'] === undefined) ? [fail('', 'no trail goes to a log group, so nothing in it can raise an alarm')] : [];
  const filters = deployment.ofType('AWS::Logs::MetricFilter');
  const unread = filters.some(({ properties }) => properties['FilterPattern'] instanceof Unknown);
  const say = unread ? unknown : fail;
  const patterns = watched(deployment);
  for (const event of EVENTS) if (!patterns.some((pattern) => pattern.includes(`"${event}"`) || new RegExp(`=\\s*${event}\\b`).test(pattern))) defects.push(say('', `no alarm on ${event}`));
  if (!patterns.some((pattern) => UNATTESTED.test(pattern))) defects.push(say('', 'no alarm on use of the PHI key without attestation'));
  yield* outcomes(deployment.root, defects);
};

export const rule = defineRule({
  id: 'security-alarms-complete',
  title: 'Misuse of the gate and of the logs raises an alarm',
  theme: 'immutable-log',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.308(a)(6)(ii)', '45 CFR 164.308(a)(1)(ii)(D)'],
  why: 'A record that nobody looks at finds the breach in the next audit. What must never happen has to wake somebody.',
  fix: {
    aws: 'Use AttestationAlarms, or send the trail to a log group and keep an alarm with an action, or an event rule, on each: use without attestation (additionalEventData.recipient NOT EXISTS), PutKeyPolicy, CreateGrant, ScheduleKeyDeletion and DisableKey, StopLogging, DeleteTrail and UpdateTrail, DeleteFlowLogs.',
  },
  checks: { aws },
});
