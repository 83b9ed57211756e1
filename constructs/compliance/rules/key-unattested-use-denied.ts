import { analyseKeys } from '../prove/aws/keys.js';
import { type Check, defineRule, fail, outcomes } from '../rule.js';

const aws: Check = function* (deployment) {
  for (const { key, lost } of analyseKeys(deployment)) yield* outcomes(key, lost.unattested.map((way) => fail('KeyPolicy', `guard lost, Deny of the un-attested: no Deny would stop ${way}`)));
};

export const rule = defineRule({
  id: 'key-unattested-use-denied',
  title: 'A Deny stops every use of the PHI key without approved attestation',
  theme: 'attested-key',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(a)(1)', '45 CFR 164.312(d)'],
  why: 'A condition on the Allow holds for that Allow only. IAM policies that the account root delegates to, grants and statements added later are stopped by an explicit Deny alone.',
  fix: {
    aws: 'Use AttestedKey, or a statement that denies kms:Decrypt, kms:GenerateDataKey, kms:GenerateDataKeyPair and kms:DeriveSharedSecret to everybody with StringNotEqualsIgnoreCase on kms:RecipientAttestation:ImageSha384 (or PCR0) and the approved measurements.',
  },
  checks: { aws },
});
