import { at, type Deployment, findUnknown, isList, isObject, type Resource, strings, Unknown, type Value } from '../model.js';
import { allKeys, keyPurpose, phiKeys, processesPhi, tagsOf } from '../phi.js';
import { prove } from '../prove/index.js';
import { type Check, defineRule, type Defect, eachOf, fail, notYet, outcomes, unknown, type Verdict } from '../rule.js';

const aws: Check = notYet;

const azure: Check = notYet;

const gcp: Check = notYet;

export const rule = defineRule({
  id: 'tee-identity-least-privilege',
  title: 'The identity of the TEE can do only its own work',
  theme: 'confidential-vm',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(a)(2)(i)', '45 CFR 164.308(a)(4)(ii)(B)', '45 CFR 164.308(a)(3)(ii)(A)'],
  why: 'One identity per workload with exact rights limits what a compromised host can reach.',
  fix: {
    aws: 'Use EnclaveFleet, or a dedicated role with exact actions and resources: no wildcard action, no administrator policy, no iam:PassRole, no kms:* beyond the key.',

    azure: 'Use ConfidentialVm with its own user-assigned identity and Key Vault Crypto Service Release User at key scope; no Contributor or Owner.',

    gcp: 'Use ConfidentialVm with a dedicated service account and scopes cloud-platform only with narrow roles; never the default compute account, roles/owner or roles/editor.',
  },
  checks: {
    aws,

    azure,

    gcp,
  },
});
