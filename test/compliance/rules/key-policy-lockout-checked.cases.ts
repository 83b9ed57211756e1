import type { RuleCase } from '../rule-case.js';
import { key } from '../aws-fixture.js';

const put = { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:role/Deploy' }, Action: 'kms:PutKeyPolicy', Resource: '*' };
const checked = { KeyPolicy: { Statement: [put, { Effect: 'Deny', Principal: '*', Action: 'kms:PutKeyPolicy', Resource: '*', Condition: { Bool: { 'kms:BypassPolicyLockoutSafetyCheck': 'true' } } }] } };
const aws: RuleCase[] = [
  { name: 'checked at creation and later', cloud: 'aws', expected: 'pass', at: 'Key', resources: { Key: key(checked) } },
  { name: 'bypassed', cloud: 'aws', expected: 'fail', at: 'Key', path: 'BypassPolicyLockoutSafetyCheck', resources: { Key: key({ ...checked, BypassPolicyLockoutSafetyCheck: true }) } },
  { name: 'nothing stops a later bypass', cloud: 'aws', expected: 'fail', at: 'Key', path: 'KeyPolicy', resources: { Key: key() } },
];

export const cases: RuleCase[] = [...aws];
