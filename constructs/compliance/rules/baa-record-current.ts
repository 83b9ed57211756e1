import { isIsoDate } from '../../workload/patterns.js';
import type { Deployment } from '../model.js';
import { processesPhi } from '../phi.js';
import { type Check, defineRule, fail, outcomes, type Outcome, unknown, type Verdict, warn } from '../rule.js';

const check: Check = function* (deployment: Deployment): Iterable<Outcome> {
  if (processesPhi(deployment)) yield* outcomes(deployment.root, verdict(deployment));
};

function verdict({ workload, cloud, today }: Deployment): Verdict {
  if (!workload) return unknown('', 'the artifact embeds no workload file, so the BAA record is not known; name it with --workload');
  const record = workload.baa[cloud];
  if (!record) return fail(`baa.${cloud}`, 'the workload file has no BAA record for this cloud');
  for (const field of ['effective', 'review'] as const) {
    if (!isIsoDate(record[field])) return fail(`baa.${cloud}.${field}`, `${record[field]} is not a date (YYYY-MM-DD)`);
  }
  if (record.reference.trim() === '' || record.counterparty.trim() === '') return fail(`baa.${cloud}`, 'the BAA record names no reference or counterparty');
  if (record.effective > today) return fail(`baa.${cloud}.effective`, `the agreement ${record.reference} holds only from ${record.effective}`);
  if (record.review < today) return warn(`baa.${cloud}.review`, `the review of agreement ${record.reference} was due on ${record.review}`);
  return true;
}

export const rule = defineRule({
  id: 'baa-record-current',
  title: 'A business associate agreement is on record and in effect',
  theme: 'baa-tag',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.308(b)(1)', '45 CFR 164.314(a)(1)', '45 CFR 164.314(a)(2)(i)'],
  why: 'PHI may go to a cloud provider only under an agreement. The record is the customer\'s assertion; a review that is overdue is a warning.',
  fix: {
    aws: 'Record the agreement under baa.aws of the workload file: reference, counterparty, effective and review dates.',
    azure: 'Record the agreement under baa.azure of the workload file: reference, counterparty, effective and review dates.',
    gcp: 'Record the agreement under baa.gcp of the workload file: reference, counterparty, effective and review dates.',
  },
  checks: { aws: check, azure: check, gcp: check },
});
