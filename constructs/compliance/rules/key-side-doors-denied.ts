import { analyseKeys } from '../prove/aws/keys.js';
import { type Check, defineRule, fail, outcomes } from '../rule.js';

const aws: Check = function* (deployment) {
  for (const { key, lost } of analyseKeys(deployment)) yield* outcomes(key, lost.sideDoors.map((way) => fail('KeyPolicy', `guard lost, Deny of the side doors: no Deny would stop ${way}`)));
};

export const rule = defineRule({
  id: 'key-side-doors-denied',
  title: 'A Deny stops grants, re-encryption, replicas and imports of the PHI key',
  theme: 'attested-key',
  severity: 'medium',
  waivable: true,
  citations: ['45 CFR 164.312(a)(1)', '45 CFR 164.308(a)(4)(ii)(B)'],
  why: 'These operations carry no attestation document, so no condition on one gates them: a grant hands Decrypt on, ReEncrypt moves the data under another key, a replica has a policy of its own.',
  fix: {
    aws: 'Use AttestedKey, or a statement that denies kms:ReEncryptFrom, kms:CreateGrant, kms:ReplicateKey and kms:ImportKeyMaterial to everybody.',
  },
  checks: { aws },
});
