import { analyseKeys } from '../prove/aws/keys.js';
import { type Check, defineRule, fail, outcomes } from '../rule.js';

const aws: Check = function* (deployment) {
  for (const { key, open } of analyseKeys(deployment)) yield* outcomes(key, open.others.map((way) => fail('KeyPolicy', `no Deny stops ${way}`)));
};

export const rule = defineRule({
  id: 'key-use-others-denied',
  title: 'A Deny stops everybody but the identity that the gate admits',
  theme: 'attested-key',
  severity: 'medium',
  waivable: true,
  citations: ['45 CFR 164.312(a)(1)', '45 CFR 164.312(d)'],
  why: 'Attestation proves which code asks, not who started it. A second Allow, written later for a good reason, must not be enough to hand the key to another identity that runs the same image.',
  fix: {
    aws: 'Use AttestedKey, or a statement that denies kms:Decrypt, kms:GenerateDataKey, kms:GenerateDataKeyPair and kms:DeriveSharedSecret to everybody with ArnNotEquals on aws:PrincipalArn and the TEE role.',
  },
  checks: { aws },
});
