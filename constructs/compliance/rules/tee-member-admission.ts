import { at, type Deployment, findUnknown, isList, isObject, type Resource, strings, Unknown, type Value } from '../model.js';
import { allKeys, keyPurpose, phiKeys, processesPhi, tagsOf } from '../phi.js';
import { prove } from '../prove/index.js';
import { type Check, defineRule, type Defect, eachOf, fail, notYet, outcomes, unknown, type Verdict } from '../rule.js';

const aws: Check = notYet;

const azure: Check = notYet;

const gcp: Check = notYet;

export const rule = defineRule({
  id: 'tee-member-admission',
  title: 'Only members that attest join the fleet, and none lives forever',
  theme: 'confidential-vm',
  severity: 'medium',
  waivable: true,
  citations: ['45 CFR 164.312(d)', '45 CFR 164.308(a)(3)(ii)(C)'],
  why: 'A member that starts without a valid measurement, or runs on after its measurement was withdrawn, serves PHI outside the gate.',
  fix: {
    aws: 'Use EnclaveFleet, or a launching lifecycle hook with DefaultResult ABANDON and MaxInstanceLifetime on the Auto Scaling group.',

    azure: 'Use ConfidentialScaleSet with an application health check and a manual or rolling upgrade policy.',

    gcp: 'Use ConfidentialSpace in a managed group with an auto-healing health check and versioned template, keyRevocationActionType STOP.',
  },
  checks: {
    aws,

    azure,

    gcp,
  },
});
