import type { TemplateResources } from '../../rule-case.js';
import { json, role } from './fixture.js';

const VAULT = { 'Fn::GetAtt': ['Vault', 'Arn'] };
export const TRAIL = { S3BucketName: { Ref: 'Vault' }, TrailName: 'audit', IsLogging: true, IsMultiRegionTrail: true, EnableLogFileValidation: true, KMSKeyId: { 'Fn::GetAtt': ['LogKey', 'Arn'] }, AdvancedEventSelectors: [{ FieldSelectors: [{ Field: 'eventCategory', Equals: ['Management'] }] }] };
export const LOCK = { Mode: 'COMPLIANCE', Days: 2192 };
export const DENY = { Sid: 'NobodyShortens', Effect: 'Deny', Principal: '*', Action: ['s3:PutBucketObjectLockConfiguration', 's3:PutLifecycleConfiguration', 's3:PutBucketPolicy', 's3:DeleteBucketPolicy'], Resource: VAULT, Condition: { ArnNotEquals: { 'aws:PrincipalArn': role('Deploy') } } };

/** A locked vault that a trail and a flow log are delivered to; parts can be replaced. */
export function logs(change: { readonly vault?: object; readonly retention?: object | null; readonly trail?: object; readonly policy?: readonly object[]; readonly keyPolicy?: readonly object[]; readonly more?: object } = {}): TemplateResources {
  return json({
    Vault: { Type: 'AWS::S3::Bucket', Properties: {
      BucketName: 'vault', ObjectLockEnabled: true, VersioningConfiguration: { Status: 'Enabled' },
      ...(change.retention !== null && { ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention: change.retention ?? LOCK } } }),
      BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: { 'Fn::GetAtt': ['LogKey', 'Arn'] } } }] },
      ...change.vault,
    } },
    VaultPolicy: { Type: 'AWS::S3::BucketPolicy', Properties: { Bucket: { Ref: 'Vault' }, PolicyDocument: { Statement: change.policy ?? [DENY] } } },
    LogKey: { Type: 'AWS::KMS::Key', Properties: { Tags: [{ Key: 'key-purpose', Value: 'logs' }], KeyPolicy: { Statement: change.keyPolicy ?? [{ Effect: 'Allow', Principal: { AWS: role('Deploy') }, Action: ['kms:PutKeyPolicy', 'kms:ScheduleKeyDeletion'], Resource: '*' }, { Effect: 'Allow', Principal: { Service: 'cloudtrail.amazonaws.com' }, Action: 'kms:GenerateDataKey*', Resource: '*' }] } } },
    Trail: { Type: 'AWS::CloudTrail::Trail', Properties: { ...TRAIL, ...change.trail } },
    FlowLog: { Type: 'AWS::EC2::FlowLog', Properties: { LogDestinationType: 's3', LogDestination: 'arn:aws:s3:::vault/flows', ResourceId: 'vpc-1', ResourceType: 'VPC', TrafficType: 'ALL' } },
    ...change.more,
  }) as unknown as TemplateResources;
}
