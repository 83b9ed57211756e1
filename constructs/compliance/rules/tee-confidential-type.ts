import { at, type Deployment, findUnknown, isList, isObject, type Resource, strings, Unknown, type Value } from '../model.js';
import { allKeys, keyPurpose, phiKeys, processesPhi, tagsOf } from '../phi.js';
import { prove } from '../prove/index.js';
import { type Check, defineRule, type Defect, eachOf, fail, notYet, outcomes, unknown, type Verdict } from '../rule.js';

const aws: Check = notYet;

const azure: Check = notYet;

const gcp: Check = notYet;

export const rule = defineRule({
  id: 'tee-confidential-type',
  title: 'PHI compute runs in a TEE, with the type set explicitly',
  theme: 'confidential-vm',
  severity: 'critical',
  waivable: true,
  citations: ['45 CFR 164.312(a)(1)', '45 CFR 164.312(c)(1)', '45 CFR 164.308(a)(5)(ii)(B)'],
  why: 'Without the TEE the host, the operator and every administrator can read memory. Provider defaults fall back to plain VMs or a weaker type without an error.',
  fix: {
    aws: 'Use EnclaveFleet (EnclaveOptions.Enabled true), ConfidentialInstance (CpuOptions.AmdSevSnp enabled) or AttestableInstance on every instance and launch template of the TEE segment.',

    azure: 'Use ConfidentialVm, or securityProfile.securityType ConfidentialVM on the VM or scale set.',

    gcp: 'Use ConfidentialVm or ConfidentialSpace, or confidentialInstanceConfig.confidentialInstanceType set to TDX, SEV_SNP or SEV on instances and templates.',
  },
  checks: {
    aws,

    azure,

    gcp,
  },
});
