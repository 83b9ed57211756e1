import { storeAccesses } from '../prove/aws/stores.js';
import { type Check, defineRule, fail, outcomes, unknown } from '../rule.js';

const aws: Check = function* (deployment) {
  for (const { store, counters } of storeAccesses(deployment)) {
    for (const { prefix, moves } of counters) {
      yield* outcomes(store, moves.map(({ principal, action, via, certain }) => (certain ? fail : unknown)('', `${principal} can call ${action} on ${prefix} via ${via}`)));
    }
  }
};

export const rule = defineRule({
  id: 'phi-counter-write-once',
  title: 'State counters are written once and never go away',
  theme: 'private-network',
  severity: 'medium',
  waivable: true,
  citations: ['45 CFR 164.312(c)(1)', '45 CFR 164.312(c)(2)'],
  why: 'A TEE knows that its sealed state is the newest by a counter outside it. A counter that somebody overwrites or deletes, the host included, gives it old state that looks new.',
  fix: {
    aws: 'Use PhiStore, or deny everybody, without exception, s3:DeleteObject, s3:DeleteObjectVersion and s3:RestoreObject below the counters, and s3:PutObject there with Null { "s3:if-none-match": "true" }.',
  },
  checks: { aws },
});
