import type { RuleCase } from '../rule-case.js';
import { body, bucket, bucketPolicy, hostWithRole } from '../aws-fixture.js';
import { bucket as objects } from '../gcp-fixture.js';
import { role } from '../prove/aws/fixture.js';

const versions = { Effect: 'Deny', Principal: '*', Action: 's3:DeleteObjectVersion', Resource: 'arn:aws:s3:::phi/*' };
const settings = { Effect: 'Deny', Principal: '*', Action: ['s3:PutBucketVersioning', 's3:PutLifecycleConfiguration', 's3:PutBucketPolicy', 's3:DeleteBucketPolicy', 's3:DeleteBucket'], Resource: 'arn:aws:s3:::phi', Condition: { ArnNotEquals: { 'aws:PrincipalArn': role('Deploy') } } };
const store = (policy: readonly object[], properties: object = {}) => ({ Store: bucket({ BucketName: 'phi', ...properties }), Policy: bucketPolicy('Store', ...policy) });
const counters = (...Statement: object[]) => ({
  ...hostWithRole({ RoleName: 'tee' }, { Effect: 'Allow', Action: ['dynamodb:GetItem', 'dynamodb:UpdateItem'], Resource: { 'Fn::GetAtt': ['Counters', 'Arn'] } }),
  Counters: body('AWS::DynamoDB::Table', { TableName: 'counters', ResourcePolicy: { PolicyDocument: { Statement } } } as never),
});
const onlyUpdates = { Effect: 'Deny', Principal: '*', Action: ['dynamodb:PutItem', 'dynamodb:DeleteItem', 'dynamodb:BatchWriteItem', 'dynamodb:PartiQL*'], Resource: '*' };
const aws: RuleCase[] = [
  { name: 'versions and settings guarded', cloud: 'aws', expected: 'pass', at: 'Store', resources: store([versions, settings]) },
  { name: 'versions deletable', cloud: 'aws', expected: 'fail', at: 'Store', resources: store([settings]) },
  { name: 'settings changeable', cloud: 'aws', expected: 'fail', at: 'Store', resources: store([versions]) },
  { name: 'versions expire', cloud: 'aws', expected: 'fail', at: 'Store', resources: store([versions, settings], { LifecycleConfiguration: { Rules: [{ Status: 'Enabled', NoncurrentVersionExpiration: { NoncurrentDays: 1 } }] } }) },
  { name: 'versions expire after a year', cloud: 'aws', expected: 'pass', at: 'Store', resources: store([versions, settings], { LifecycleConfiguration: { Rules: [{ Status: 'Enabled', NoncurrentVersionExpiration: { NoncurrentDays: 365 } }] } }) },
  { name: 'counters that only go on', cloud: 'aws', expected: 'pass', at: 'Counters', resources: counters(onlyUpdates) },
  { name: 'counters that can be written anew', cloud: 'aws', expected: 'fail', at: 'Counters', resources: counters() },
];

const lifecycle = (action: string, condition: object) => [objects('phi', { lifecycleRules: [{ action: { type: action }, condition }] as never })];
const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'no lifecycle', expected: 'pass', at: 'phi', resources: [objects('phi')] },
  { cloud: 'gcp', name: 'records by age', expected: 'fail', at: 'phi', path: 'lifecycleRules[0]', resources: lifecycle('Delete', { age: 365 }) },
  { cloud: 'gcp', name: 'versions at once', expected: 'fail', at: 'phi', resources: lifecycle('Delete', { numNewerVersions: 1 }) },
  { cloud: 'gcp', name: 'versions after a year', expected: 'pass', at: 'phi', resources: lifecycle('Delete', { daysSinceNoncurrentTime: 365 }) },
  { cloud: 'gcp', name: 'colder storage', expected: 'pass', at: 'phi', resources: lifecycle('SetStorageClass', { age: 30 }) },
  { cloud: 'gcp', name: 'not known', expected: 'unknown', at: 'phi', resources: [objects('phi', { lifecycleRules: '[secret]' })] },
];

export const cases: RuleCase[] = [...aws, ...gcp];
