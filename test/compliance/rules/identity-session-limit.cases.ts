import type { RuleCase } from '../rule-case.js';
import { body } from '../aws-fixture.js';

const aws: RuleCase[] = [
  { name: 'default', cloud: 'aws', expected: 'pass', at: 'Role', resources: { Role: body('AWS::IAM::Role', {}) } },
  { name: 'twelve hours', cloud: 'aws', expected: 'fail', at: 'Role', path: 'MaxSessionDuration', resources: { Role: body('AWS::IAM::Role', { MaxSessionDuration: 43_200 }) } },
  { name: 'not known', cloud: 'aws', expected: 'unknown', at: 'Role', resources: { Role: body('AWS::IAM::Role', { MaxSessionDuration: { 'Fn::ImportValue': 'x' } }) } },
  { name: 'no PHI', cloud: 'aws', expected: 'silent', workload: null, resources: { Role: body('AWS::IAM::Role', { MaxSessionDuration: 43_200 }) } },
];

export const cases: RuleCase[] = [...aws];
