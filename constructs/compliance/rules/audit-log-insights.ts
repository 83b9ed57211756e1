import { list } from '../aws.js';
import { at, Unknown } from '../model.js';
import { processesPhi } from '../phi.js';
import { type Check, defineRule, fail, outcomes, unknown } from '../rule.js';

const aws: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  for (const trail of deployment.ofType('AWS::CloudTrail::Trail')) {
    const selectors = list(trail.properties['InsightSelectors']);
    if (selectors instanceof Unknown) {
      yield* outcomes(trail, unknown('InsightSelectors', selectors.reason));
      continue;
    }
    const kinds = new Set(selectors.map((selector) => at(selector, 'InsightType')));
    yield* outcomes(trail, ['ApiCallRateInsight', 'ApiErrorRateInsight'].flatMap((kind) => (kinds.has(kind) ? [] : [fail('InsightSelectors', `no ${kind}`)])));
  }
};

export const rule = defineRule({
  id: 'audit-log-insights',
  title: 'The trail notices unusual rates of calls',
  theme: 'immutable-log',
  severity: 'low',
  waivable: true,
  citations: ['45 CFR 164.308(a)(1)(ii)(D)', '45 CFR 164.308(a)(5)(ii)(C)'],
  why: 'A burst of decryptions is what theft looks like when every single call was allowed.',
  fix: {
    aws: 'Use LogVault, or InsightSelectors with ApiCallRateInsight and ApiErrorRateInsight.',
  },
  checks: { aws },
});
