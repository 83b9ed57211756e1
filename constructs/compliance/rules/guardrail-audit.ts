import { enforced, guardrails } from '../gcp-guardrails.js';
import { defineRule } from '../rule.js';

export const rule = defineRule({
  id: 'guardrail-audit',
  title: 'The organisation refuses exemptions from the audit log',
  theme: 'immutable-log',
  severity: 'medium',
  waivable: true,
  citations: ['45 CFR 164.312(b)', '45 CFR 164.308(a)(1)(ii)(D)'],
  why: 'An exempted member leaves no trace of decryptions or token exchanges, and the exemption is one edit of a policy.',
  fix: { gcp: 'Use OrgGuardrails, or orgpolicy.Policy iam.disableAuditLoggingExemption enforced on both projects.' },
  checks: { gcp: guardrails([{ name: 'iam.disableAuditLoggingExemption', on: 'both', judge: enforced }]) },
});
