import { at, type Deployment, findUnknown, isList, isObject, type Resource, strings, Unknown, type Value } from '../model.js';
import { allKeys, keyPurpose, phiKeys, processesPhi, tagsOf } from '../phi.js';
import { prove } from '../prove/index.js';
import { type Check, defineRule, type Defect, eachOf, fail, notYet, outcomes, unknown, type Verdict } from '../rule.js';

const aws: Check = notYet;

const azure: Check = notYet;

const gcp: Check = notYet;

export const rule = defineRule({
  id: 'phi-store-private',
  title: 'PHI stores are reachable only from the TEE segment',
  theme: 'private-network',
  severity: 'critical',
  waivable: true,
  citations: ['45 CFR 164.312(a)(1)', '45 CFR 164.312(e)(1)', '45 CFR 164.308(a)(4)(ii)(B)'],
  why: 'A store that answers elsewhere bypasses the segment picture.',
  fix: {
    aws: 'Use PhiStore, or PublicAccessBlock with all four settings and a bucket or table policy that denies requests from outside the endpoint (aws:SourceVpce).',

    azure: 'Use PhiStore, or publicNetworkAccess Disabled, allowBlobPublicAccess false, allowSharedKeyAccess false and a private endpoint.',

    gcp: 'Use PhiStore, or publicAccessPrevention enforced, uniformBucketLevelAccess true and no allUsers or allAuthenticatedUsers.',
  },
  checks: {
    aws,

    azure,

    gcp,
  },
});
