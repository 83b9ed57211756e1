import { denies, enforced, guardrails } from '../gcp-guardrails.js';
import { defineRule } from '../rule.js';

export const rule = defineRule({
  id: 'guardrail-stores',
  title: 'The organisation refuses public, unencrypted and access-listed stores',
  theme: 'private-network',
  severity: 'medium',
  waivable: true,
  citations: ['45 CFR 164.308(a)(1)(ii)(B)', '45 CFR 164.312(a)(1)', '45 CFR 164.312(e)(1)'],
  why: 'A bucket made beside the code is outside every check of the code; the organisation policy holds it to the same settings.',
  fix: { gcp: 'Use OrgGuardrails, or orgpolicy.Policy on the workload project: storage.uniformBucketLevelAccess, storage.publicAccessPrevention, storage.secureHttpTransport, and gcp.restrictNonCmekServices denying compute, logging and storage.' },
  checks: {
    gcp: guardrails([
      { name: 'storage.uniformBucketLevelAccess', on: 'workload', judge: enforced },
      { name: 'storage.publicAccessPrevention', on: 'workload', judge: enforced },
      { name: 'storage.secureHttpTransport', on: 'workload', judge: enforced },
      { name: 'gcp.restrictNonCmekServices', on: 'workload', judge: denies('compute.googleapis.com', 'logging.googleapis.com', 'storage.googleapis.com') },
    ]),
  },
});
