import { bucket, bucketPolicy, key, trail } from '../aws-fixture.js';
import type { RuleCase } from '../rule-case.js';

const writes = (Resource: string | object, more: object = {}) => ({ Effect: 'Allow', Principal: { Service: 'cloudtrail.amazonaws.com' }, Action: 's3:PutObject', Resource, ...more });
const below = (path: string) => ({ 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Logs', 'Arn'] }, `/${path}`]] });
const encrypts = { Effect: 'Allow', Principal: { Service: 'cloudtrail.amazonaws.com' }, Action: 'kms:GenerateDataKey*', Resource: '*' };
const recorded = (statements: object[], properties: object = {}, policy: object[] = [encrypts]) => ({ Trail: trail(properties), Logs: bucket({ BucketName: 'logs' }), Guard: bucketPolicy('Logs', ...statements), LogKey: key({ KeyPolicy: { Statement: policy } }) });

export const cases: RuleCase[] = [
  { name: 'bucket and key let it write', cloud: 'aws', expected: 'pass', at: 'Trail', resources: recorded([writes(below('AWSLogs/111122223333/*'))]) },
  { name: 'under a prefix', cloud: 'aws', expected: 'pass', at: 'Trail', resources: recorded([writes(below('audit/AWSLogs/*'))], { S3KeyPrefix: 'audit' }) },
  { name: 'under another prefix', cloud: 'aws', expected: 'fail', at: 'Trail', path: 'S3BucketName', resources: recorded([writes(below('AWSLogs/111122223333/*'))], { S3KeyPrefix: 'audit' }) },
  { name: 'no statement', cloud: 'aws', expected: 'fail', at: 'Trail', resources: recorded([]) },
  { name: 'denied after all', cloud: 'aws', expected: 'fail', at: 'Trail', resources: recorded([writes(below('AWSLogs/*')), { Effect: 'Deny', Principal: '*', Action: 's3:Put*', Resource: '*' }]) },
  { name: 'the key refuses', cloud: 'aws', expected: 'fail', at: 'Trail', path: 'KMSKeyId', resources: recorded([writes(below('AWSLogs/*'))], {}, [{ ...encrypts, Principal: { Service: 'logs.amazonaws.com' } }]) },
  { name: 'a policy that is not known', cloud: 'aws', expected: 'unknown', at: 'Trail', resources: { ...recorded([]), Guard: { Type: 'AWS::S3::BucketPolicy', Properties: { Bucket: { Ref: 'Logs' }, PolicyDocument: { 'Fn::ImportValue': 'x' } } } } },
];
