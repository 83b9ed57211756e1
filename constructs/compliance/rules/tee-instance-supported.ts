import { at, type Deployment, findUnknown, isList, isObject, type Resource, strings, Unknown, type Value } from '../model.js';
import { allKeys, keyPurpose, phiKeys, processesPhi, tagsOf } from '../phi.js';
import { prove } from '../prove/index.js';
import { type Check, defineRule, type Defect, eachOf, fail, notYet, outcomes, unknown, type Verdict } from '../rule.js';

const aws: Check = notYet;

const azure: Check = notYet;

const gcp: Check = notYet;

export const rule = defineRule({
  id: 'tee-instance-supported',
  title: 'The instance type, image and zone support the TEE',
  theme: 'confidential-vm',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.308(a)(7)(ii)(C)', '45 CFR 164.312(a)(1)'],
  why: 'An unsupported shape fails at deployment or silently starts without the TEE.',
  fix: {
    aws: 'Use EnclaveFleet or ConfidentialInstance, or choose an instance type in the supported table: no T family, no metal, at least 4 vCPUs on x86, no hibernation, not SEV-SNP and enclave together.',

    azure: 'Use ConfidentialVm, or a DCasv5/ECasv5 (DCesv5/ECesv5, v6) size.',

    gcp: 'Use ConfidentialVm, or a machine series and zone that offers the type: n2d for SEV and SEV_SNP, c3 for TDX, onHostMaintenance TERMINATE where live migration is not supported.',
  },
  checks: {
    aws,

    azure,

    gcp,
  },
});
