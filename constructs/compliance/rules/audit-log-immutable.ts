import { processesPhi } from '../phi.js';
import { prove } from '../prove/index.js';
import { type Check, defineRule, type Defect, fail, outcomes, unknown, warn } from '../rule.js';

/** One defect for each reason, so that a second one shows beside the first. */
function told(verdict: 'mutable' | 'unknown', reasons: readonly string[], stated: boolean): readonly Defect[] {
  const say = verdict === 'unknown' ? unknown : stated ? warn : fail;
  return reasons.map((reason) => say(PATHS.find(([pattern]) => pattern.test(reason))?.[1] ?? '', `the log is ${verdict === 'unknown' ? 'not known to be' : 'not'} immutable: ${reason}`));
}

/** Properties of a bucket on AWS that a reason of its proof is about. */
const PATHS: readonly (readonly [RegExp, string])[] = [
  [/^no Object Lock/, 'ObjectLockConfiguration'],
  [/^Object Lock mode/, 'ObjectLockConfiguration.Rule.DefaultRetention.Mode'],
  [/^(locked for|the length of the lock)/, 'ObjectLockConfiguration.Rule.DefaultRetention'],
  [/^versioning is/, 'VersioningConfiguration.Status'],
  [/^a lifecycle rule/, 'LifecycleConfiguration.Rules'],
];

const aws: Check = function* (deployment) {
  const { workload } = deployment;
  const logs = prove(deployment).logs.filter(({ cloud }) => cloud === 'aws');
  if (workload !== null && logs.length === 0) yield* outcomes(deployment.root, fail('', 'no bucket receives a trail or flow log, so nothing keeps the audit record'));
  for (const { log, verdict, reasons } of logs) {
    const store = deployment.byId.get(log) ?? deployment.root;
    // Outside production the reversible form is a choice, which the report states.
    const stated = workload !== null && workload.environment !== 'production' && !workload.retention?.irreversible;
    if (verdict === 'immutable') yield* outcomes(store, true);
    else yield* outcomes(store, told(verdict, reasons, stated));
  }
};

const azure: Check = function* (deployment) {
  const { workload } = deployment;
  const { logs } = prove(deployment);
  if (processesPhi(deployment) && logs.length === 0) yield* outcomes(deployment.root, fail('', 'no storage account receives diagnostics or flow logs, so nothing keeps the audit record'));
  for (const { log, verdict, reasons } of logs) {
    const store = deployment.byId.get(log) ?? deployment.root;
    // Outside production the reversible form is a choice, which the report states.
    const stated = workload !== null && workload.environment !== 'production' && !workload.retention.irreversible;
    if (verdict === 'immutable') yield* outcomes(store, true);
    else yield* outcomes(store, told(verdict, reasons, stated));
  }
};

const gcp: Check = function* (deployment) {
  const { workload } = deployment;
  const { logs } = prove(deployment);
  if (processesPhi(deployment) && logs.length === 0) yield* outcomes(deployment.root, fail('', 'no sink sends logs to a store, so nothing keeps the audit record'));
  // Outside production the reversible form is a choice, which the report states.
  const stated = workload !== null && workload.environment !== 'production' && !workload.retention.irreversible;
  for (const { log, verdict, reasons } of logs) {
    const store = deployment.byId.get(log) ?? deployment.root;
    if (verdict === 'immutable') yield* outcomes(store, true);
    else yield* outcomes(store, told(verdict, reasons, stated));
  }
};

export const rule = defineRule({
  id: 'audit-log-immutable',
  title: 'Nobody can change or delete the audit trail',
  theme: 'immutable-log',
  severity: 'high',
  waivable: false,
  citations: ['45 CFR 164.312(b)', '45 CFR 164.312(c)(1)', '45 CFR 164.316(b)(2)(i)'],
  why: 'A log that its administrators can delete proves nothing about its administrators. Production fails without the lock; elsewhere the report states that the log is not immutable.',
  fix: {
    aws: 'Use LogVault with retention.irreversible true, or Object Lock in COMPLIANCE mode on the log bucket; GOVERNANCE can be bypassed.',

    azure: 'Use LogVault with retention.irreversible true and run tee-kit lock azure, or version-level immutability with state Locked.',

    gcp: 'Use LogVault with retention.irreversible true, or locked true on the log bucket and retentionPolicy.isLocked true on the storage bucket.',
  },
  checks: {
    aws,

    azure,

    gcp,
  },
});
