import { role } from '../prove/aws/fixture.js';
import { bucket, bucketPolicy, hostWithRole } from '../aws-fixture.js';
import type { RuleCase, TemplateResources } from '../rule-case.js';

const within = 'arn:aws:s3:::phi/counters/*';
const kept = { Effect: 'Deny', Principal: '*', Action: ['s3:DeleteObject', 's3:DeleteObjectVersion'], Resource: within };
const once = { Effect: 'Deny', Principal: '*', Action: 's3:PutObject', Resource: within, Condition: { Null: { 's3:if-none-match': 'true' } } };
const store = (...statements: object[]): TemplateResources => ({
  ...hostWithRole({ RoleName: 'tee' }, { Effect: 'Allow', Action: 's3:ListBucket', Resource: { 'Fn::GetAtt': ['Store', 'Arn'] }, Condition: { StringLike: { 's3:prefix': 'counters/*' } } }),
  Store: bucket({ BucketName: 'phi' }), Guard: bucketPolicy('Store', ...statements),
});

export const cases: RuleCase[] = [
  { name: 'written once, never deleted', cloud: 'aws', expected: 'pass', at: 'Store', resources: store(kept, once) },
  { name: 'expired by the lifecycle', cloud: 'aws', expected: 'fail', at: 'Store', path: 'LifecycleConfiguration.Rules[0]', resources: { ...store(kept, once), Store: bucket({ BucketName: 'phi', LifecycleConfiguration: { Rules: [{ Status: 'Enabled', ExpirationInDays: 30 }] } }) } },
  { name: 'others expire', cloud: 'aws', expected: 'pass', at: 'Store', resources: { ...store(kept, once), Store: bucket({ BucketName: 'phi', LifecycleConfiguration: { Rules: [{ Status: 'Enabled', Prefix: 'temporary/', ExpirationInDays: 30 }] } }) } },
  { name: 'overwritten', cloud: 'aws', expected: 'fail', at: 'Store', resources: store(kept) },
  { name: 'deleted', cloud: 'aws', expected: 'fail', at: 'Store', resources: store(once) },
  { name: 'by the deployment role alone', cloud: 'aws', expected: 'fail', at: 'Store', resources: store({ ...kept, Condition: { ArnNotEquals: { 'aws:PrincipalArn': role('Deploy') } } }, once) },
  { name: 'only some of them', cloud: 'aws', expected: 'fail', at: 'Store', resources: store({ ...kept, Resource: 'arn:aws:s3:::phi/counters/a*' }, once) },
  { name: 'the other way round', cloud: 'aws', expected: 'fail', at: 'Store', resources: store(kept, { ...once, Condition: { Null: { 's3:if-none-match': 'false' } } }) },
  { name: 'known by the policy of the bucket', cloud: 'aws', expected: 'fail', at: 'Store', resources: { Store: bucket({ BucketName: 'phi' }), Guard: bucketPolicy('Store', once) } },
  { name: 'no counters', cloud: 'aws', expected: 'silent', resources: { Store: bucket({ BucketName: 'phi' }) } },
];
