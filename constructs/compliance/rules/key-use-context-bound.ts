import { analyseKeys } from '../prove/aws/keys.js';
import { type Check, defineRule, fail, outcomes } from '../rule.js';

const aws: Check = function* (deployment) {
  for (const { key, open } of analyseKeys(deployment)) yield* outcomes(key, open.contexts.map((way) => fail('KeyPolicy', `no Deny on kms:EncryptionContext stops ${way}`)));
};

export const rule = defineRule({
  id: 'key-use-context-bound',
  title: 'The PHI key works only with the workload\'s encryption context',
  theme: 'attested-key',
  severity: 'medium',
  waivable: true,
  citations: ['45 CFR 164.312(c)(1)', '45 CFR 164.312(c)(2)'],
  why: 'KMS answers are not bound to what the enclave asked about: without an encryption context a host can swap one wrapped blob for another.',
  fix: {
    aws: 'Use AttestedKey, or deny the attestable operations with StringNotEquals on kms:EncryptionContext:phi-workload and the name of the workload.',
  },
  checks: { aws },
});
