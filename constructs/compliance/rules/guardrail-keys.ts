import { allowsOnly, enforced, guardrails } from '../gcp-guardrails.js';
import { defineRule } from '../rule.js';

export const rule = defineRule({
  id: 'guardrail-keys',
  title: 'The organisation refuses software keys, quick destruction, key files and other token issuers',
  theme: 'attested-key',
  severity: 'medium',
  waivable: true,
  citations: ['45 CFR 164.308(a)(1)(ii)(B)', '45 CFR 164.312(a)(2)(iv)', '45 CFR 164.312(d)'],
  why: 'A second provider, a key file or a software key beside the gate is a way around it; the organisation policy refuses each at the API, whoever asks.',
  fix: { gcp: 'Use OrgGuardrails, or orgpolicy.Policy: cloudkms.allowedProtectionLevels is:HSM, cloudkms.minimumDestroyScheduledDuration in:30d, cloudkms.disableBeforeDestroy, iam.disableServiceAccountKeyCreation and Upload on both projects, iam.workloadIdentityPoolProviders with the attestation issuer only on the key project.' },
  checks: {
    gcp: guardrails([
      { name: 'cloudkms.allowedProtectionLevels', on: 'both', judge: allowsOnly((value) => value === 'is:HSM' || value === 'is:HSM_SINGLE_TENANT' || value === 'HSM') },
      { name: 'cloudkms.minimumDestroyScheduledDuration', on: 'both', judge: allowsOnly((value) => Number(/^(?:in:)?(\d+)d$/.exec(value)?.[1] ?? 0) >= 30) },
      { name: 'cloudkms.disableBeforeDestroy', on: 'both', judge: enforced },
      { name: 'iam.disableServiceAccountKeyCreation', on: 'both', judge: enforced },
      { name: 'iam.disableServiceAccountKeyUpload', on: 'both', judge: enforced },
      { name: 'iam.workloadIdentityPoolProviders', on: 'keys', judge: allowsOnly((value) => /^https:\/\/confidentialcomputing\.googleapis\.com\/?$/.test(value)) },
    ]),
  },
});
