import { key } from '../aws-fixture.js';
import type { RuleCase } from '../rule-case.js';

const grants = (Condition?: object, Action = 'kms:CreateGrant') => ({ Key: key({ KeyPolicy: { Statement: [{ Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:role/Deploy' }, Action, Resource: '*', ...(Condition && { Condition }) }] } }) });

export const cases: RuleCase[] = [
  { name: 'nobody grants', cloud: 'aws', expected: 'pass', at: 'Key', resources: { Key: key() } },
  { name: 'services grant', cloud: 'aws', expected: 'pass', at: 'Key', resources: grants({ Bool: { 'kms:GrantIsForAWSResource': 'true' } }) },
  { name: 'through one service', cloud: 'aws', expected: 'pass', at: 'Key', resources: grants({ StringEquals: { 'kms:ViaService': 'dynamodb.us-east-1.amazonaws.com' } }) },
  { name: 'one grantee, named operations', cloud: 'aws', expected: 'pass', at: 'Key', resources: grants({ StringEquals: { 'kms:GranteePrincipal': 'arn:aws:iam::111122223333:role/app' }, 'ForAllValues:StringEquals': { 'kms:GrantOperations': ['Encrypt'] } }) },
  { name: 'to anybody', cloud: 'aws', expected: 'fail', at: 'Key', path: 'KeyPolicy.Statement[0]', resources: grants() },
  { name: 'by a wildcard', cloud: 'aws', expected: 'fail', at: 'Key', resources: grants(undefined, 'kms:*') },
  { name: 'named operations, any grantee', cloud: 'aws', expected: 'fail', at: 'Key', resources: grants({ 'ForAllValues:StringEquals': { 'kms:GrantOperations': ['Decrypt'] } }) },
  { name: 'where it says so, IfExists', cloud: 'aws', expected: 'fail', at: 'Key', resources: grants({ BoolIfExists: { 'kms:GrantIsForAWSResource': 'true' } }) },
  { name: 'a policy that is not known', cloud: 'aws', expected: 'unknown', at: 'Key', resources: { Key: key({ KeyPolicy: { 'Fn::ImportValue': 'x' } }) } },
];
