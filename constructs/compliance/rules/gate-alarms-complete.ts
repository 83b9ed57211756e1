import { at, isList, type Resource, strings, Unknown } from '../model.js';
import { processesPhi } from '../phi.js';
import { sameProject } from '../prove/gcp/iam.js';
import { projectOf, text } from '../prove/gcp/names.js';
import { toggle } from '../gcp.js';
import { type Check, defineRule, type Defect, fail, outcomes, unknown } from '../rule.js';

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
        return (isList(conditions) ? conditions : []).map((condition) => takes(text(at(condition, 'conditionMatchedLog.filter')) ?? [...strings(at(condition, 'conditionMatchedLog.filter'))].join(''), act));
      });
      if (!answers.includes(true)) yield* outcomes(deployment.root, (answers.includes(undefined) ? unknown : fail)('', `${act.name} in project ${project} raises no alarm${answers.includes(undefined) ? ' that the filters tell for certain' : ''}`));
    }
  }
};

export const rule = defineRule({
  id: 'gate-alarms-complete',
  title: 'Changes of the gate and of the logs raise an alarm',
  theme: 'immutable-log',
  severity: 'medium',
  waivable: true,
  citations: ['45 CFR 164.308(a)(1)(ii)(D)', '45 CFR 164.308(a)(6)(ii)', '45 CFR 164.312(b)'],
  why: 'An immutable log that nobody reads proves a breach years later. Who opens the gate, decrypts from outside the pool or redirects a sink must be seen at once.',
  fix: { gcp: 'Use SecurityAlerts, or monitoring.AlertPolicy with conditionMatchedLog on SetIamPolicy, DestroyCryptoKeyVersion, Decrypt from outside the pool, WorkloadIdentityPools, deny policies, ConfigServiceV2 and project policies, enabled and with a notification channel.' },
  checks: { gcp },
});
