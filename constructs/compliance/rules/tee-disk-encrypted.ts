import { at, type Deployment, findUnknown, isList, isObject, type Resource, strings, Unknown, type Value } from '../model.js';
import { allKeys, keyPurpose, phiKeys, processesPhi, tagsOf } from '../phi.js';
import { prove } from '../prove/index.js';
import { type Check, defineRule, type Defect, eachOf, fail, notYet, outcomes, unknown, type Verdict } from '../rule.js';

const aws: Check = notYet;

const azure: Check = notYet;

const gcp: Check = notYet;

export const rule = defineRule({
  id: 'tee-disk-encrypted',
  title: 'Disks of the TEE are encrypted under a customer key',
  theme: 'confidential-vm',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(a)(2)(iv)', '45 CFR 164.310(d)(2)(i)'],
  why: 'A disk outlives the memory encryption of the TEE.',
  fix: {
    aws: 'Use EnclaveFleet, or set Encrypted true and KmsKeyId to an infrastructure key on every block device mapping and volume.',

    azure: 'Use ConfidentialVm with OsDiskKey, or securityEncryptionType DiskWithVMGuestState with a diskEncryptionSet inside managedDisk.securityProfile.',

    gcp: 'Use ConfidentialVm, or kmsKeySelfLink (diskEncryptionKey) on the boot disk and every attached disk.',
  },
  checks: {
    aws,

    azure,

    gcp,
  },
});
