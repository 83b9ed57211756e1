import { body, trail } from '../aws-fixture.js';
import type { RuleCase } from '../rule-case.js';

const aws: RuleCase[] = [
  { cloud: 'aws', name: 'a trail that logs', expected: 'pass', resources: { Trail: trail() } },
  { cloud: 'aws', name: 'a trail that is switched off', expected: 'fail', at: 'Trail', path: 'IsLogging', resources: { Trail: trail({ IsLogging: false }) } },
  { cloud: 'aws', name: 'no trail', expected: 'fail', at: 'aws', resources: { Vpc: body('AWS::EC2::VPC', {}) } },
  { cloud: 'aws', name: 'a parameter decides', expected: 'unknown', at: 'Trail', resources: { Trail: trail({ IsLogging: { Ref: 'Parameter' } }) } },
];

const azure: RuleCase[] = [];

const gcp: RuleCase[] = [];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
