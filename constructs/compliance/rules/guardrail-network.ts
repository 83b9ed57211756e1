import { deniesAll, enforced, guardrails } from '../gcp-guardrails.js';
import { defineRule } from '../rule.js';

export const rule = defineRule({
  id: 'guardrail-network',
  title: 'The organisation refuses external addresses and default networks',
  theme: 'private-network',
  severity: 'medium',
  waivable: true,
  citations: ['45 CFR 164.308(a)(1)(ii)(B)', '45 CFR 164.312(e)(1)'],
  why: 'An external address can be given to a running machine by hand; the organisation policy refuses it.',
  fix: { gcp: 'Use OrgGuardrails, or orgpolicy.Policy: compute.vmExternalIpAccess denyAll on the workload project, compute.skipDefaultNetworkCreation on both.' },
  checks: {
    gcp: guardrails([
      { name: 'compute.vmExternalIpAccess', on: 'workload', judge: deniesAll },
      { name: 'compute.skipDefaultNetworkCreation', on: 'both', judge: enforced },
    ]),
  },
});
