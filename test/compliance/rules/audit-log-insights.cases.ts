import type { RuleCase } from '../rule-case.js';
import { trail } from '../aws-fixture.js';

const aws: RuleCase[] = [
  { name: 'both', cloud: 'aws', expected: 'pass', at: 'Trail', resources: { Trail: trail({ InsightSelectors: [{ InsightType: 'ApiCallRateInsight' }, { InsightType: 'ApiErrorRateInsight' }] }) } },
  { name: 'none', cloud: 'aws', expected: 'fail', at: 'Trail', resources: { Trail: trail() } },
  { name: 'not known', cloud: 'aws', expected: 'unknown', at: 'Trail', resources: { Trail: trail({ InsightSelectors: { 'Fn::ImportValue': 'x' } }) } },
];

export const cases: RuleCase[] = [...aws];
