import { at, type Deployment, findUnknown, isList, isObject, type Resource, strings, Unknown, type Value } from '../model.js';
import { allKeys, keyPurpose, phiKeys, processesPhi, tagsOf } from '../phi.js';
import { prove } from '../prove/index.js';
import { type Check, defineRule, type Defect, eachOf, fail, notYet, outcomes, unknown, type Verdict } from '../rule.js';

const aws: Check = notYet;

const azure: Check = notYet;

const gcp: Check = notYet;

export const rule = defineRule({
  id: 'key-administrators-separated',
  title: 'Key administrators never use the key, key users never administer it',
  theme: 'attested-key',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.308(a)(3)(ii)(A)', '45 CFR 164.308(a)(4)(ii)(B)', '45 CFR 164.312(a)(1)'],
  why: 'Who can both use and administer a PHI key can give itself plaintext without a second person.',
  fix: {
    aws: 'Use AttestedKey with keyAdministrators of the workload file; in the key policy give administrators no Decrypt, Encrypt, GenerateDataKey*, ReEncrypt*, CreateGrant or kms:*.',

    azure: 'Use AttestedKey; assign Key Vault Crypto Service Release User to the workload only and an administrative role to the administrators only, never Crypto Officer or Crypto User.',

    gcp: 'Use AttestedKey; give roles/cloudkms.admin and the encrypter/decrypter roles to different members, never roles/owner or roles/editor on the key project.',
  },
  checks: {
    aws,

    azure,

    gcp,
  },
});
