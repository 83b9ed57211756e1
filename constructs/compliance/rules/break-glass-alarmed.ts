import { filtersOf, fired, hasWatch, unreadFilters, vaultRecords, watched } from '../alarms.js';
import { processesPhi } from '../phi.js';
import { type Check, type Defect, defineRule, fail, outcomes, unknown } from '../rule.js';

const aws: Check = function* (deployment) {
  const role = deployment.workload?.breakGlass.aws;
  if (role === undefined || !hasWatch(deployment)) return;
  const seen = watched(deployment).some((pattern) => pattern.includes(`"${role}"`));
  yield* outcomes(deployment.root, seen ? true : (unreadFilters(deployment) ? unknown : fail)('', `no alarm when ${role} is assumed or acts`));
};

const azure: Check = function* (deployment) {
  const principal = deployment.workload?.breakGlass.azure?.toLowerCase();
  if (principal === undefined || !processesPhi(deployment)) return;
  const acts = [
    ['on a key', vaultRecords(deployment, 'KeyUpdate', 'done', principal)],
    // The caller is a name or an object id; the claims hold the object id of whoever it is.
    ['on the control plane', [[{ table: 'AzureActivity', columns: { Type: 'AzureActivity', Claims: { has: principal }, Claims_d: { has: principal } } }]]],
  ] as const;
  yield* outcomes(deployment.root, acts.flatMap(([where, records]): Defect[] => {
    const seen = fired(deployment, records);
    return seen === true ? [] : [(seen === undefined ? unknown : fail)('', `no alert when ${principal} acts ${where}${seen === undefined ? ' that its query and its times tell for certain' : ''}`)];
  }));
};

const gcp: Check = function* (deployment) {
  const placement = deployment.workload?.clouds.gcp;
  const member = /^(?:user|serviceAccount):(.+)$/.exec(deployment.workload?.breakGlass.gcp ?? '')?.[1];
  // The audit log names who acted, never the group that let them: a group cannot be watched by its name.
  if (member === undefined || !placement || !processesPhi(deployment)) return;
  yield* outcomes(deployment.root, [placement.keyProject, placement.project].flatMap((project): Defect[] =>
    (filtersOf(deployment, project).some((filter) => filter.trim() === `protoPayload.authenticationInfo.principalEmail="${member}"`) ? [] : [fail('', `no alert in project ${project} when ${member} acts`)])));
};

export const rule = defineRule({
  id: 'break-glass-alarmed',
  title: 'Every act of break-glass raises an alarm',
  theme: 'immutable-log',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(a)(2)(ii)', '45 CFR 164.308(a)(5)(ii)(C)', '45 CFR 164.308(a)(6)(ii)'],
  why: 'Break-glass may do what nobody else may, in an emergency that everybody knows of. Used at any other time it is a theft, and minutes count.',
  fix: {
    aws: 'Use AttestationAlarms with breakGlassRole, or an alarm or event rule on userIdentity.sessionContext.sessionIssuer.arn of the break-glass role of the workload file.',
    azure: 'Use GateAlarms, or a ScheduledQueryRule on AZKVAuditLogs and AzureActivity that names the object id of the break-glass principal of the workload file, with an action group.',
    gcp: 'Use SecurityAlerts and name a user or service account under breakGlass.gcp of the workload file, or an AlertPolicy in both projects on protoPayload.authenticationInfo.principalEmail of it. For a group, watch its members where the directory is.',
  },
  checks: { aws, azure, gcp },
});
