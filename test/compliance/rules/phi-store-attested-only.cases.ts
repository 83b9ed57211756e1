import type { RuleCase } from '../rule-case.js';
import { body, bucket, bucketPolicy, hostWithRole } from '../aws-fixture.js';
import { role } from '../prove/aws/fixture.js';

const tee = { ArnNotEquals: { 'aws:PrincipalArn': { 'Fn::GetAtt': ['Role', 'Arn'] } } };
const store = (...policy: object[]) => ({ ...hostWithRole({ RoleName: 'tee' }), Store: bucket({ BucketName: 'phi' }), Policy: bucketPolicy('Store', ...policy) });
const deny = (Condition: object, Action: string | string[] = 's3:*Object*') => ({ Effect: 'Deny', Principal: '*', Action, Resource: 'arn:aws:s3:::phi/*', Condition });
const table = (ResourcePolicy: object | undefined) => ({ ...hostWithRole({ RoleName: 'tee' }), Items: body('AWS::DynamoDB::Table', { ...(ResourcePolicy && { ResourcePolicy }) } as never) });
const aws: RuleCase[] = [
  { name: 'bucket for the role alone', cloud: 'aws', expected: 'pass', at: 'Store', resources: store(deny(tee)) },
  { name: 'bucket open to IAM', cloud: 'aws', expected: 'fail', at: 'Store', resources: store() },
  { name: 'an administrator exempt', cloud: 'aws', expected: 'fail', at: 'Store', resources: store(deny({ ArnNotEquals: { 'aws:PrincipalArn': [{ 'Fn::GetAtt': ['Role', 'Arn'] }, role('KeyAdmin')] } })) },
  { name: 'old versions left out', cloud: 'aws', expected: 'fail', at: 'Store', resources: store(deny(tee, 's3:GetObject')) },
  { name: 'another account', cloud: 'aws', expected: 'fail', at: 'Store', resources: store(deny({ ArnNotEquals: { 'aws:PrincipalArn': [{ 'Fn::GetAtt': ['Role', 'Arn'] }, 'arn:aws:iam::999988887777:role/x'] } }), { Effect: 'Allow', Principal: { AWS: '999988887777' }, Action: 's3:GetObject', Resource: 'arn:aws:s3:::phi/*' }) },
  { name: 'table for the role alone', cloud: 'aws', expected: 'pass', at: 'Items', resources: table({ PolicyDocument: { Statement: [{ Effect: 'Deny', Principal: '*', Action: 'dynamodb:*', Resource: '*', Condition: tee }] } }) },
  { name: 'table without a policy', cloud: 'aws', expected: 'fail', at: 'Items', resources: table(undefined) },
];

export const cases: RuleCase[] = [...aws];
