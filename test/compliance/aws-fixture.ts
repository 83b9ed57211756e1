import type { RuleCase, TemplateResources } from './rule-case.js';

/** Pieces of templates that several cases of AWS rules start from. */
type Body = TemplateResources[string];

export const body = (Type: string, Properties: NonNullable<Body['Properties']>, attributes: Omit<Body, 'Type' | 'Properties'> = {}): Body => ({ Type, Properties, ...attributes });

const RETAIN = { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' };

export const key = (properties: Record<string, never> | object = {}, attributes: object = RETAIN): Body =>
  body('AWS::KMS::Key', { EnableKeyRotation: true, KeyPolicy: { Statement: [{ Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:role/Deploy' }, Action: 'kms:PutKeyPolicy', Resource: '*' }] }, ...properties } as never, attributes as never);

export const launchTemplate = (data: object = {}): Body =>
  body('AWS::EC2::LaunchTemplate', {
    LaunchTemplateData: {
      ImageId: 'ami-0123456789abcdef0', InstanceType: 'm6i.2xlarge', EnclaveOptions: { Enabled: true },
      MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1 },
      BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { Encrypted: true, KmsKeyId: { 'Fn::GetAtt': ['Disks', 'Arn'] } } }],
      ...data,
    } as never,
  });

export const trail = (properties: object = {}, attributes: object = RETAIN): Body =>
  body('AWS::CloudTrail::Trail', {
    IsLogging: true, IsMultiRegionTrail: true, IncludeGlobalServiceEvents: true, EnableLogFileValidation: true, S3BucketName: { Ref: 'Logs' }, KMSKeyId: { 'Fn::GetAtt': ['LogKey', 'Arn'] }, ...properties,
  } as never, attributes as never);

const PRIVATE = { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true };

export const bucket = (properties: object = {}, attributes: object = RETAIN): Body =>
  body('AWS::S3::Bucket', {
    PublicAccessBlockConfiguration: PRIVATE,
    OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    VersioningConfiguration: { Status: 'Enabled' },
    BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: { 'Fn::GetAtt': ['LogKey', 'Arn'] } } }] },
    ObjectLockEnabled: true,
    ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: 2192 } } },
    ...properties,
  } as never, attributes as never);

export const bucketPolicy = (name: string, ...statements: readonly object[]): Body => body('AWS::S3::BucketPolicy', { Bucket: { Ref: name }, PolicyDocument: { Statement: statements } } as never);

export const denyPlain = { Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } };
export const denyOutside = { Effect: 'Deny', Principal: '*', Action: 's3:*Object*', Resource: '*', Condition: { StringNotEquals: { 'aws:SourceVpce': 'vpce-0123456789abcdef0' } } };

/** A host whose role has these policies and statements. */
export const hostWithRole = (role: object, ...statements: readonly object[]): TemplateResources => ({
  Host: launchTemplate({ IamInstanceProfile: { Arn: { 'Fn::GetAtt': ['Profile', 'Arn'] } } }),
  Profile: body('AWS::IAM::InstanceProfile', { Roles: [{ Ref: 'Role' }] }),
  Role: body('AWS::IAM::Role', { AssumeRolePolicyDocument: {}, ...role } as never),
  Policy: body('AWS::IAM::ManagedPolicy', { Roles: [{ Ref: 'Role' }], PolicyDocument: { Statement: statements } } as never),
});

/** Cases of a policy of AWS Organizations that denies an action: whom it excepts, and whether it is attached. */
export function organisationCases(action: string, type: 'SERVICE_CONTROL_POLICY' | 'RESOURCE_CONTROL_POLICY' = 'SERVICE_CONTROL_POLICY'): readonly RuleCase[] {
  const policy = (excepted: readonly string[], changes: object = {}): TemplateResources => ({
    Guardrail: body('AWS::Organizations::Policy', {
      Name: 'phi', Type: type, TargetIds: ['111122223333'], Content: { Statement: [{ Effect: 'Deny', Principal: '*', Action: action, Resource: '*', Condition: { ArnNotLike: { 'aws:PrincipalArn': excepted } } }] }, ...changes,
    } as never),
  });
  const deployer = 'arn:aws:iam::111122223333:role/Deploy';
  return [
    { cloud: 'aws', name: 'all but the deployment role', expected: 'pass', at: 'Guardrail', resources: policy([deployer]) },
    { cloud: 'aws', name: 'attached to nothing', expected: 'fail', at: 'Guardrail', path: 'TargetIds', resources: policy([deployer], { TargetIds: [] }) },
    { cloud: 'aws', name: 'every role excepted', expected: 'fail', at: 'Guardrail', path: 'Content.Statement[0]', resources: policy([deployer, 'arn:aws:iam::*:role/*']) },
    { cloud: 'aws', name: 'somebody else excepted', expected: 'fail', at: 'Guardrail', resources: policy([deployer, 'arn:aws:iam::111122223333:role/Friend']) },
    { cloud: 'aws', name: 'text that is not known', expected: 'unknown', at: 'Guardrail', resources: policy([], { Content: { 'Fn::ImportValue': 'x' } }) },
    { cloud: 'aws', name: 'a policy of another theme', expected: 'silent', resources: policy([], { Content: { Statement: [{ Effect: 'Deny', Action: 'organizations:LeaveOrganization', Resource: '*' }] }, TargetIds: [] }) },
  ];
}

/** A PHI key, a trail that goes to a log group, a metric filter on it, and an alarm that calls somebody. */
export const watchedTrail = (pattern: string | object, change: { readonly alarm?: object; readonly trail?: object; readonly value?: string } = {}): TemplateResources => ({
  Key: key(), Group: body('AWS::Logs::LogGroup', {}), Trail: trail({ CloudWatchLogsLogGroupArn: { 'Fn::GetAtt': ['Group', 'Arn'] }, ...change.trail }),
  Filter: body('AWS::Logs::MetricFilter', { LogGroupName: { Ref: 'Group' }, FilterPattern: pattern, MetricTransformations: [{ MetricNamespace: 'n', MetricName: 'm', MetricValue: change.value ?? '1' }] } as never),
  Alarm: body('AWS::CloudWatch::Alarm', { Namespace: 'n', MetricName: 'm', Threshold: 1, ComparisonOperator: 'GreaterThanOrEqualToThreshold', AlarmActions: ['arn:aws:sns:us-east-1:111122223333:oncall'], ...change.alarm } as never),
});
