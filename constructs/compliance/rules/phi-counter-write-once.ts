import { list } from '../aws.js';
import { at, type Resource, Unknown } from '../model.js';
import { storeAccesses } from '../prove/aws/stores.js';
import { type Check, type Defect, defineRule, fail, outcomes, unknown } from '../rule.js';

/** Lifecycle rules that take counters away in time, which no policy stops. */
function expiring(bucket: Resource, prefix: string): readonly Defect[] {
  const rules = list(at(bucket.properties, 'LifecycleConfiguration.Rules'));
  if (rules instanceof Unknown) return [unknown('LifecycleConfiguration', `the lifecycle is not known: ${rules.reason}`)];
  return rules.flatMap((rule, index) => {
    const own = at(rule, 'Prefix') ?? '';
    const touches = typeof own !== 'string' || prefix.startsWith(own) || own.startsWith(prefix);
    return touches && at(rule, 'Status') !== 'Disabled' && ['ExpirationInDays', 'ExpirationDate'].some((name) => at(rule, name) !== undefined) ? [fail(`LifecycleConfiguration.Rules[${index}]`, `takes away what lies below ${prefix}`)] : [];
  });
}

const aws: Check = function* (deployment) {
  for (const { store, counters } of storeAccesses(deployment)) {
    for (const { prefix, moves } of counters) {
      yield* outcomes(store, moves.map(({ principal, action, via, certain }) => (certain ? fail : unknown)('', `${principal} can call ${action} on ${prefix} via ${via}`)));
      const expired = expiring(store, prefix);
      if (expired.length > 0) yield* outcomes(store, expired);
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
    aws: 'Use PhiStore, or deny everybody, without exception, s3:DeleteObject, s3:DeleteObjectVersion and s3:RestoreObject below the counters, and s3:PutObject there with Null { "s3:if-none-match": "true" }; no lifecycle rule expires them.',
  },
  checks: { aws },
});
