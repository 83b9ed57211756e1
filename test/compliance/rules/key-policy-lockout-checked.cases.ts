import type { RuleCase } from '../rule-case.js';
import { key } from '../aws-fixture.js';

const aws: RuleCase[] = [
  { name: 'default', cloud: 'aws', expected: 'pass', at: 'Key', resources: { Key: key() } },
  { name: 'bypassed', cloud: 'aws', expected: 'fail', at: 'Key', path: 'BypassPolicyLockoutSafetyCheck', resources: { Key: key({ BypassPolicyLockoutSafetyCheck: true }) } },
];

export const cases: RuleCase[] = [...aws];
