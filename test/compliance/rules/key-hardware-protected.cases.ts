import { key } from '../aws-fixture.js';
import type { RuleCase } from '../rule-case.js';

const aws: RuleCase[] = [
  { cloud: 'aws', name: 'made in the HSM', expected: 'pass', resources: { Key: key() } },
  { cloud: 'aws', name: 'imported', expected: 'fail', at: 'Key', path: 'Origin', resources: { Key: key({ Origin: 'EXTERNAL' }) } },
  { cloud: 'aws', name: 'a parameter decides', expected: 'unknown', at: 'Key', resources: { Key: key({ Origin: { Ref: 'Parameter' } }) } },
];

const azure: RuleCase[] = [];

const gcp: RuleCase[] = [];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
