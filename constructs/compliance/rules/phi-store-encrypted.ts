import { at, type Deployment, findUnknown, isList, isObject, type Resource, strings, Unknown, type Value } from '../model.js';
import { allKeys, keyPurpose, phiKeys, processesPhi, tagsOf } from '../phi.js';
import { prove } from '../prove/index.js';
import { type Check, defineRule, type Defect, eachOf, fail, notYet, outcomes, unknown, type Verdict } from '../rule.js';

const aws: Check = notYet;

const azure: Check = notYet;

const gcp: Check = notYet;

export const rule = defineRule({
  id: 'phi-store-encrypted',
  title: 'PHI stores are encrypted under a customer key',
  theme: 'private-network',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(a)(2)(iv)', '45 CFR 164.312(e)(2)(ii)'],
  why: 'A provider-managed key is one that the customer cannot revoke.',
  fix: {
    aws: 'Use PhiStore, or aws:kms encryption with a key of the stack, and a policy that denies requests without TLS.',

    azure: 'Use PhiStore, or encryption.keySource Microsoft.Keyvault, requireInfrastructureEncryption, supportsHttpsTrafficOnly and minimumTlsVersion TLS1_2 or later.',

    gcp: 'Use PhiStore, or encryption.defaultKmsKeyName on the bucket.',
  },
  checks: {
    aws,

    azure,

    gcp,
  },
});
