import { isIsoDate } from '../../workload/patterns.js';
import type { Deployment } from '../model.js';
import { type Check, type Defect, defineRule, fail, outcomes, type Outcome, warn } from '../rule.js';

/** Days before the expiry at which the report starts to warn. */
const NOTICE_DAYS = 30;
const DAY = 86_400_000;

const check: Check = function* (deployment: Deployment): Iterable<Outcome> {
  const { workload, cloud, today } = deployment;
  if (!workload) return;
  const active = Object.entries(workload.measurements[cloud]).filter(([, { status }]) => status === 'active');
  const defects = active.flatMap(([name, { approved, approvedBy, expires }]): Defect[] => {
    const path = `measurements.${cloud}.${name}`;
    if (!isIsoDate(expires)) return [fail(`${path}.expires`, `the expiry ${expires} is not a date, so the measurement counts as expired`)];
    if (expires < today) return [fail(`${path}.expires`, `the active measurement ${name} expired on ${expires}`)];
    if (approvedBy.length === 0) return [fail(`${path}.approvedBy`, `nobody approved the active measurement ${name}`)];
    if (!isIsoDate(approved) || approved > today) return [fail(`${path}.approved`, `the active measurement ${name} is approved only from ${approved}`)];
    if (Date.parse(expires) - Date.parse(today) <= NOTICE_DAYS * DAY) return [warn(`${path}.expires`, `the active measurement ${name} expires on ${expires}`)];
    return [];
  });
  if (active.length === 0 && workload.clouds[cloud]) defects.push(fail(`measurements.${cloud}`, 'no measurement is active, so no code can receive the key'));
  yield* outcomes(deployment.root, defects.length === 0 ? true : defects);
};

export const rule = defineRule({
  id: 'measurement-unexpired',
  title: 'Every active measurement is approved and has not expired',
  theme: 'attested-key',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.308(a)(3)(ii)(C)', '45 CFR 164.308(a)(3)(ii)(A)', '45 CFR 164.312(d)'],
  why: 'An approval without an end keeps old code, with its known flaws, in possession of PHI keys.',
  fix: {
    aws: 'Renew the approval (owner, approvedBy, approved, expires) under measurements.aws of the workload file, or set the status to retired.',
    azure: 'Renew the approval (owner, approvedBy, approved, expires) under measurements.azure of the workload file, or set the status to retired.',
    gcp: 'Renew the approval (owner, approvedBy, approved, expires) under measurements.gcp of the workload file, or set the status to retired.',
  },
  checks: { aws: check, azure: check, gcp: check },
});
