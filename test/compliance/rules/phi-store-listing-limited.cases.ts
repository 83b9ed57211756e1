import { role } from '../prove/aws/fixture.js';
import { bucket, bucketPolicy, hostWithRole } from '../aws-fixture.js';
import type { RuleCase, TemplateResources } from '../rule-case.js';

const LISTS = ['s3:ListBucket', 's3:ListBucketVersions', 's3:ListBucketMultipartUploads'];
const deny = (Condition: object, Action: string | string[] = LISTS) => ({ Effect: 'Deny', Principal: '*', Action, Resource: 'arn:aws:s3:::phi', Condition });
const others = deny({ ArnNotEquals: { 'aws:PrincipalArn': role('tee') } });
const outside = deny({ StringNotEquals: { 'aws:SourceVpce': 'vpce-0123456789abcdef0' } });
const store = (...statements: object[]): TemplateResources => ({ ...hostWithRole({ RoleName: 'tee' }), Store: bucket({ BucketName: 'phi' }), Guard: bucketPolicy('Store', ...statements) });

export const cases: RuleCase[] = [
  { name: 'the TEE lists, through its endpoint', cloud: 'aws', expected: 'pass', at: 'Store', resources: store(others, outside) },
  { name: 'anybody with IAM permission lists', cloud: 'aws', expected: 'fail', at: 'Store', resources: store(outside) },
  { name: 'from any network', cloud: 'aws', expected: 'fail', at: 'Store', resources: store(others) },
  { name: 'versions are listed', cloud: 'aws', expected: 'fail', at: 'Store', resources: store(deny({ ArnNotEquals: { 'aws:PrincipalArn': role('tee') } }, 's3:ListBucket'), outside) },
  { name: 'an endpoint is spared by a second condition', cloud: 'aws', expected: 'fail', at: 'Store', resources: store(others, deny({ StringNotEquals: { 'aws:SourceVpce': 'vpce-0123456789abcdef0', 'aws:PrincipalTag/ops': 'yes' } })) },
  { name: 'a policy that is not known', cloud: 'aws', expected: 'fail', at: 'Store', resources: { ...store(), Guard: { Type: 'AWS::S3::BucketPolicy', Properties: { Bucket: { Ref: 'Store' }, PolicyDocument: { Statement: [] } } } } },
];
