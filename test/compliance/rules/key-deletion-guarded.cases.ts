import { key } from '../aws-fixture.js';
import type { RuleCase } from '../rule-case.js';

const aws: RuleCase[] = [
  { cloud: 'aws', name: 'retained, thirty days', expected: 'pass', resources: { Key: key({ PendingWindowInDays: 30 }) } },
  { cloud: 'aws', name: 'goes with the stack', expected: 'fail', at: 'Key', path: 'DeletionPolicy', resources: { Key: key({}, {}) } },
  { cloud: 'aws', name: 'goes with a replacement', expected: 'fail', at: 'Key', path: 'UpdateReplacePolicy', resources: { Key: key({}, { DeletionPolicy: 'Retain' }) } },
  { cloud: 'aws', name: 'seven days', expected: 'fail', at: 'Key', path: 'PendingWindowInDays', resources: { Key: key({ PendingWindowInDays: 7 }) } },
  { cloud: 'aws', name: 'disabled', expected: 'fail', at: 'Key', path: 'Enabled', resources: { Key: key({ Enabled: false }) } },
];

const azure: RuleCase[] = [];

const gcp: RuleCase[] = [];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
