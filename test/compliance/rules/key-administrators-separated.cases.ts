import { key } from '../aws-fixture.js';
import type { RuleCase } from '../rule-case.js';

const aws: RuleCase[] = [
  { cloud: 'aws', name: 'administrator and user are two', expected: 'pass', resources: { Key: key({ KeyPolicy: { Statement: [{ Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:role/Admin' }, Action: ['kms:EnableKeyRotation', 'kms:Describe*'], Resource: '*' }, { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:role/Tee' }, Action: 'kms:Decrypt', Resource: '*' }] } }) } },
  { cloud: 'aws', name: 'kms:* to a role', expected: 'fail', at: 'Key', path: 'KeyPolicy.Statement[0]', resources: { Key: key({ KeyPolicy: { Statement: [{ Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:role/Admin' }, Action: 'kms:*', Resource: '*' }] } }) } },
  { cloud: 'aws', name: 'one role in two statements', expected: 'fail', at: 'Key', resources: { Key: key({ KeyPolicy: { Statement: [{ Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:role/Tee' }, Action: 'kms:Put*', Resource: '*' }, { Effect: 'Allow', Principal: { AWS: ['arn:aws:iam::111122223333:role/Tee'] }, Action: 'kms:GenerateDataKey*', Resource: '*' }] } }) } },
  { cloud: 'aws', name: 'NotAction of one operation', expected: 'fail', at: 'Key', resources: { Key: key({ KeyPolicy: { Statement: [{ Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:role/Admin' }, NotAction: 'kms:Decrypt', Resource: '*' }] } }) } },
  { cloud: 'aws', name: 'the account root administers', expected: 'fail', at: 'Key', resources: { Key: key({ KeyPolicy: { Statement: [{ Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:root' }, Action: 'kms:PutKeyPolicy', Resource: '*' }] } }) } },
  { cloud: 'aws', name: 'everybody uses', expected: 'fail', at: 'Key', resources: { Key: key({ KeyPolicy: { Statement: [{ Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:role/Admin' }, Action: 'kms:DisableKey', Resource: '*' }, { Effect: 'Allow', Principal: '*', Action: 'kms:Decrypt', Resource: '*' }] } }) } },
  { cloud: 'aws', name: 'no policy', expected: 'fail', at: 'Key', path: 'KeyPolicy', resources: { Key: key({ KeyPolicy: { Ref: 'AWS::NoValue' } }) } },
  { cloud: 'aws', name: 'a policy from a parameter', expected: 'unknown', at: 'Key', resources: { Key: key({ KeyPolicy: { Ref: 'Parameter' } }) } },
];

const azure: RuleCase[] = [];

const gcp: RuleCase[] = [];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
