import { analyseKeys } from '../prove/aws/keys.js';
import { type Check, defineRule, fail, outcomes } from '../rule.js';

const aws: Check = function* (deployment) {
  for (const { key, open } of analyseKeys(deployment)) yield* outcomes(key, open.networks.map((way) => fail('KeyPolicy', `no Deny on aws:SourceVpce stops ${way}`)));
};

export const rule = defineRule({
  id: 'key-use-network-bound',
  title: 'The PHI key is used from the workload\'s own network only',
  theme: 'attested-key',
  severity: 'medium',
  waivable: true,
  citations: ['45 CFR 164.312(a)(1)', '45 CFR 164.312(e)(1)'],
  why: 'A stolen session of the TEE\'s role works from anywhere unless the key asks where the request comes from.',
  fix: {
    aws: 'Use AttestedKey with the KMS endpoint of PrivateNetwork, or deny the attestable operations with StringNotEquals on aws:SourceVpce and the id of that endpoint.',
  },
  checks: { aws },
});
