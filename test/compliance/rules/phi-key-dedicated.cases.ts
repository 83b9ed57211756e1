import { body, bucket, key, launchTemplate } from '../aws-fixture.js';
import type { RuleCase } from '../rule-case.js';

const aws: RuleCase[] = [
  { cloud: 'aws', name: 'nothing else uses it', expected: 'pass', resources: { Phi: key({ Tags: [{ Key: 'key-purpose', Value: 'phi' }] }), Alias: body('AWS::KMS::Alias', { AliasName: 'alias/phi', TargetKeyId: { Ref: 'Phi' } }), Host: launchTemplate() } },
  { cloud: 'aws', name: 'a disk', expected: 'fail', at: 'Host', path: 'LaunchTemplateData.BlockDeviceMappings[0].Ebs.KmsKeyId', resources: { Phi: key({ Tags: [{ Key: 'key-purpose', Value: 'phi' }] }), Host: launchTemplate({ BlockDeviceMappings: [{ Ebs: { Encrypted: true, KmsKeyId: { Ref: 'Phi' } } }] }) } },
  { cloud: 'aws', name: 'a bucket by alias', expected: 'fail', at: 'Bucket', resources: { Phi: key({ Tags: [{ Key: 'key-purpose', Value: 'phi' }] }), Alias: body('AWS::KMS::Alias', { AliasName: 'alias/phi', TargetKeyId: { Ref: 'Phi' } }), Bucket: bucket({ BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'alias/phi' } }] } }) } },
  { cloud: 'aws', name: 'a topic', expected: 'fail', at: 'Topic', resources: { Phi: key({ Tags: [{ Key: 'key-purpose', Value: 'phi' }] }), Topic: body('AWS::SNS::Topic', { KmsMasterKeyId: { 'Fn::GetAtt': ['Phi', 'Arn'] } }) } },
];

const azure: RuleCase[] = [];

const gcp: RuleCase[] = [];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
