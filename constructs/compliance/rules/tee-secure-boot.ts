import { at, type Deployment, findUnknown, isList, isObject, type Resource, strings, Unknown, type Value } from '../model.js';
import { allKeys, keyPurpose, phiKeys, processesPhi, tagsOf } from '../phi.js';
import { prove } from '../prove/index.js';
import { type Check, defineRule, type Defect, eachOf, fail, notYet, outcomes, unknown, type Verdict } from '../rule.js';

const aws: Check = notYet;

const azure: Check = notYet;

const gcp: Check = notYet;

export const rule = defineRule({
  id: 'tee-secure-boot',
  title: 'Secure boot and a virtual TPM are on',
  theme: 'confidential-vm',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(c)(1)', '45 CFR 164.312(c)(2)', '45 CFR 164.308(a)(5)(ii)(B)'],
  why: 'Without measured boot the attestation says nothing about the software that started.',
  fix: {
    aws: 'Use AttestableInstance (AMI with TpmSupport v2.0 and BootMode uefi), or an enclave image with PCR8 signing.',

    azure: 'Use ConfidentialVm, or securityProfile.uefiSettings secureBootEnabled and vTpmEnabled true.',

    gcp: 'Use ConfidentialVm, or shieldedInstanceConfig enableSecureBoot, enableVtpm and enableIntegrityMonitoring true.',
  },
  checks: {
    aws,

    azure,

    gcp,
  },
});
