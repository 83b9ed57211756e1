import { flag, list, text } from '../aws.js';
import { toggle } from '../gcp.js';
import { at, type Deployment, isList, type Resource, strings, Unknown } from '../model.js';
import { phiKeys, processesPhi } from '../phi.js';
import { sameProject } from '../prove/gcp/iam.js';
import { projectOf, text as plain } from '../prove/gcp/names.js';
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

/** An act that must raise an alarm: what its audit entry says, in the words that a filter has to admit. */
interface Act {
  readonly name: string;
  readonly on: 'keys' | 'both';
  readonly service: string;
  /** Method name as the audit log writes it. */
  readonly method: string;
}
const ACTS: readonly Act[] = [
  { name: 'a change of the key policy', on: 'keys', service: 'cloudkms.googleapis.com', method: 'SetIamPolicy' },
  { name: 'the destruction of a key version', on: 'keys', service: 'cloudkms.googleapis.com', method: 'DestroyCryptoKeyVersion' },
  { name: 'a decryption from outside the pool', on: 'keys', service: 'cloudkms.googleapis.com', method: 'Decrypt' },
  { name: 'a change of the identity pool', on: 'keys', service: 'iam.googleapis.com', method: 'google.iam.v1.WorkloadIdentityPools.UpdateWorkloadIdentityPoolProvider' },
  { name: 'a change of the deny policy', on: 'keys', service: 'iam.googleapis.com', method: 'google.iam.v2.Policies.UpdatePolicy' },
  { name: 'a change of a sink', on: 'both', service: 'logging.googleapis.com', method: 'google.logging.v2.ConfigServiceV2.UpdateSink' },
  { name: 'a change of a log bucket', on: 'both', service: 'logging.googleapis.com', method: 'google.logging.v2.ConfigServiceV2.UpdateBucket' },
  { name: 'a change of the project policy', on: 'both', service: 'cloudresourcemanager.googleapis.com', method: 'SetIamPolicy' },
];

/**
 * Whether a filter takes the audit entry of an act: terms joined by AND, on the service and method names. A term on the
 * caller narrows a decryption alarm as it must; any other term narrows it in a way that is not read here.
 */
function takes(filter: string, act: Act): boolean | undefined {
  let vague = false;
  for (const term of filter.split(/\s+AND\s+/)) {
    const match = /^(NOT\s+)?(protoPayload\.\w+(?:\.\w+)?)\s*(=~|=|:)\s*(?:"([^"]*)"|\(("[^"]*"(?:\s+OR\s+"[^"]*")*)\))$/.exec(term.trim());
    if (!match) { vague = true; continue; }
    const [, negated, field, operator, single, many] = match;
    const actual = field === 'protoPayload.serviceName' ? act.service : field === 'protoPayload.methodName' ? act.method : undefined;
    if (actual === undefined) {
      if (!(field?.startsWith('protoPayload.authenticationInfo') && negated !== undefined && act.method === 'Decrypt')) vague = true;
      continue;
    }
    const values = single === undefined ? (many ?? '').split(/\s+OR\s+/).map((one) => one.slice(1, -1)) : [single];
    const holds = values.some((value) => {
      if (operator === '=') return actual === value;
      if (operator === ':') return actual.includes(value);
      try {
        return value.length <= 500 && new RegExp(value.replaceAll('\\\\', '\\')).test(actual);
      } catch {
        vague = true;
        return false;
      }
    });
    if (holds === (negated !== undefined)) return false;
  }
  return vague ? undefined : true;
}

/** Why an alert does not ring. */
function silent(alert: Resource): Defect[] {
  const on = toggle(alert.properties['enabled']) ?? true;
  const channels = alert.properties['notificationChannels'];
  return [
    ...(on === true ? [] : [on instanceof Unknown ? unknown('enabled', on.reason) : fail('enabled', 'the alert is off')]),
    ...(channels instanceof Unknown ? [unknown('notificationChannels', channels.reason)] : isList(channels) && channels.length > 0 ? [] : [fail('notificationChannels', 'nobody is told')]),
  ];
}

const gcp: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  const alerts = deployment.ofType('gcp:monitoring/alertPolicy:AlertPolicy');
  for (const alert of alerts) yield* outcomes(alert, silent(alert));
  const placement = deployment.workload?.clouds.gcp;
  if (!placement) return;
  for (const act of ACTS) {
    for (const project of act.on === 'keys' ? [placement.keyProject] : [placement.keyProject, placement.project]) {
      const answers = alerts.filter((alert) => sameProject(deployment, projectOf(deployment, alert), project) !== 'no' && silent(alert).length === 0).flatMap((alert) => {
        const conditions = alert.properties['conditions'];
        return (isList(conditions) ? conditions : []).map((condition) => takes(plain(at(condition, 'conditionMatchedLog.filter')) ?? [...strings(at(condition, 'conditionMatchedLog.filter'))].join(''), act));
      });
      if (!answers.includes(true)) yield* outcomes(deployment.root, (answers.includes(undefined) ? unknown : fail)('', `${act.name} in project ${project} raises no alarm${answers.includes(undefined) ? ' that the filters tell for certain' : ''}`));
    }
  }
};

export const rule = defineRule({
  id: 'security-alarms-complete',
  title: 'Misuse of the gate and of the logs raises an alarm',
  theme: 'immutable-log',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.308(a)(6)(ii)', '45 CFR 164.308(a)(1)(ii)(D)', '45 CFR 164.312(b)'],
  why: 'A record that nobody looks at finds the breach in the next audit. Who opens the gate, uses the key past it or stops the log has to wake somebody.',
  fix: {
    aws: 'Use AttestationAlarms, or send the trail to a log group and keep an alarm with an action, or an event rule, on each: use without attestation (additionalEventData.recipient NOT EXISTS), PutKeyPolicy, CreateGrant, ScheduleKeyDeletion and DisableKey, StopLogging, DeleteTrail and UpdateTrail, DeleteFlowLogs.',
    gcp: 'Use SecurityAlerts, or monitoring.AlertPolicy with conditionMatchedLog on SetIamPolicy, DestroyCryptoKeyVersion, Decrypt from outside the pool, WorkloadIdentityPools, deny policies, ConfigServiceV2 and project policies, enabled and with a notification channel.',
  },
  checks: { aws, gcp },
});
