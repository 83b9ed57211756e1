import { proveLogs } from '../../../../constructs/compliance/prove/aws/logs.js';
import { awsDeployment } from '../../rule-case.js';
import { ROOT, role } from './fixture.js';
import { DENY, logs } from './log-fixture.js';

const one = (...change: Parameters<typeof logs>) => proveLogs(awsDeployment(logs(...change)));
const identity = (action: string, resource = '*') => ({ App: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: { Statement: [] }, Policies: [{ PolicyDocument: { Statement: [{ Effect: 'Allow', Action: action, Resource: resource }] } }] } } });

test('a vault in COMPLIANCE mode for six years is immutable, and its changers are named', () => {
  const [proof, ...rest] = one();
  expect(rest).toEqual([]);
  expect(proof).toMatchObject({ log: 'Stack/Vault', verdict: 'immutable', days: 2192, reasons: [] });
  expect(new Set(proof!.canWeaken.map(({ principal }) => principal))).toEqual(new Set([role('Deploy')]));
});

test.each([
  ['GOVERNANCE', { retention: { Mode: 'GOVERNANCE', Days: 2192 } }, /BypassGovernanceRetention/, 2192],
  ['2191 days', { retention: { Mode: 'COMPLIANCE', Days: 2191 } }, /2191 days; 2192/, 2191],
  ['five years', { retention: { Mode: 'COMPLIANCE', Years: 5 } }, /1827 days/, 1827],
  ['days and years', { retention: { Mode: 'COMPLIANCE', Days: 2192, Years: 6 } }, /not a number/, null],
  ['no default retention', { retention: null }, /no Object Lock/, null],
  ['Object Lock off', { vault: { ObjectLockEnabled: false } }, /no Object Lock/, null],
  ['versioning suspended', { vault: { VersioningConfiguration: { Status: 'Suspended' } } }, /versioning/, 2192],
  ['records hidden by a lifecycle rule', { vault: { LifecycleConfiguration: { Rules: [{ Status: 'Enabled', ExpirationInDays: 30 }] } } }, /hides records after 30/, 2192],
  ['trail that does not log', { trail: { IsLogging: false } }, /does not log/, 2192],
  ['one region', { trail: { IsMultiRegionTrail: false } }, /one region/, 2192],
  ['no digests', { trail: { EnableLogFileValidation: false } }, /digests/, 2192],
  ['KMS events excluded', { trail: { AdvancedEventSelectors: null, EventSelectors: [{ IncludeManagementEvents: true, ExcludeManagementEventSources: ['kms.amazonaws.com'] }] } }, /key use is one/, 2192],
  ['KMS events excluded by an advanced selector', { trail: { AdvancedEventSelectors: [{ FieldSelectors: [{ Field: 'eventCategory', Equals: ['Management'] }, { Field: 'eventSource', NotEquals: ['kms.amazonaws.com'] }] }] } }, /key use is one/, 2192],
  ['write events only', { trail: { AdvancedEventSelectors: null, EventSelectors: [{ ReadWriteType: 'WriteOnly' }] } }, /key use is one/, 2192],
  ['data events only', { trail: { AdvancedEventSelectors: [{ FieldSelectors: [{ Field: 'eventCategory', Equals: ['Data'] }] }] } }, /key use is one/, 2192],
  ['log key of the whole account', { keyPolicy: [{ Effect: 'Allow', Principal: { AWS: ROOT }, Action: 'kms:*', Resource: '*' }] }, /destroy the key/, 2192],
  ['log key without policy', { keyPolicy: [] }, /destroy the key/, 2192],
  ['access logs into the locked bucket', { more: { Other: { Type: 'AWS::S3::Bucket', Properties: { LoggingConfiguration: { DestinationBucketName: { Ref: 'Vault' } } } } } }, /cannot deliver/, 2192],
] as const)('mutable: %s', (_, change, reason, days) => {
  const [proof] = one(change);
  expect(proof).toMatchObject({ verdict: 'mutable', days });
  expect(proof!.reasons.join(' ')).toMatch(reason);
});

test.each([
  ['retention from a parameter', { retention: { 'Fn::If': ['A', { Mode: 'COMPLIANCE', Days: 2192 }, { Mode: 'COMPLIANCE', Days: 1 }] } }],
  ['lock switched by a condition', { vault: { ObjectLockEnabled: { 'Fn::If': ['A', true, false] } } }],
] as const)('unknown: %s', (_, change) => expect(one(change)[0]!.verdict).not.toBe('immutable'));

test('six years count as 2192 days', () => expect(one({ retention: { Mode: 'COMPLIANCE', Years: 6 } })[0]).toMatchObject({ verdict: 'immutable', days: 2192 }));

test('whoever can change the bucket, its delivery or its key is named', () => {
  const weak = (...change: Parameters<typeof logs>) => one(...change)[0]!.canWeaken.map(({ principal, via }) => `${principal} ${via}`).join('\n');
  expect(weak({ policy: [] })).toMatch(/any role in account 111122223333 with IAM permission s3:PutBucketObjectLockConfiguration/);
  expect(weak({ policy: [{ ...DENY, Action: ['s3:PutLifecycleConfiguration', 's3:PutBucketPolicy', 's3:DeleteBucketPolicy'] }] })).toMatch(/any role .*PutBucketObjectLock/);
  expect(weak({ policy: [DENY, { Effect: 'Allow', Principal: { AWS: '444455556666' }, Action: 's3:PutBucketPolicy', Resource: '*' }] })).not.toMatch(/444455556666/);
  expect(weak({ policy: [{ Effect: 'Allow', Principal: { AWS: '444455556666' }, Action: 's3:PutBucketPolicy', Resource: '*' }] })).toMatch(/account 444455556666 s3:PutBucketPolicy/);
  expect(weak({ more: identity('cloudtrail:Stop*') })).toMatch(/Stack\/App cloudtrail:StopLogging/);
  expect(weak({ more: identity('ec2:DeleteFlowLogs') })).toMatch(/Stack\/App ec2:DeleteFlowLogs/);
  expect(weak({ more: identity('cloudtrail:StopLogging', 'arn:aws:cloudtrail:us-east-1:111122223333:trail/other') })).not.toMatch(/Stack\/App/);
  expect(weak({ keyPolicy: [{ Effect: 'Allow', Principal: { AWS: role('Ops') }, Action: 'kms:ScheduleKeyDeletion', Resource: '*' }] })).toMatch(/role\/Ops kms:ScheduleKeyDeletion/);
});

test('an intake whose whole content is replicated into the vault needs no lock; without replication it does', () => {
  const intake = (replication: object | null) => ({ more: {
    Intake: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'intake', ...(replication && { VersioningConfiguration: { Status: 'Enabled' }, ReplicationConfiguration: { Rules: [replication] } }) } },
    Store: { Type: 'AWS::S3::Bucket', Properties: { LoggingConfiguration: { DestinationBucketName: 'intake' } } },
  } });
  const verdicts = (replication: object | null) => one(intake(replication)).map(({ log, verdict }) => `${log} ${verdict}`);
  const rule = { Status: 'Enabled', Filter: { Prefix: '' }, Destination: { Bucket: { 'Fn::GetAtt': ['Vault', 'Arn'] } } };
  expect(verdicts(rule)).toEqual(['Stack/Vault immutable']);
  expect(verdicts(null)).toEqual(['Stack/Intake mutable', 'Stack/Vault immutable']);
  expect(verdicts({ ...rule, Status: 'Disabled' })).toEqual(['Stack/Intake mutable', 'Stack/Vault immutable']);
  expect(verdicts({ ...rule, Filter: { Prefix: 'some/' } })).toEqual(['Stack/Intake mutable', 'Stack/Vault immutable']);
  expect(verdicts({ ...rule, Destination: { Bucket: 'arn:aws:s3:::elsewhere' } })).toEqual(['Stack/Intake unknown', 'Stack/Vault immutable']);
});

test('a store outside the artifact is unknown, a log group as only destination is mutable', () => {
  expect(one({ trail: { S3BucketName: 'somebody-elses' } }).map(({ log, verdict }) => `${log} ${verdict}`)).toEqual(['Stack/Trail unknown', 'Stack/Vault immutable']);
  const group = one({ more: { Group: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: '/flows', RetentionInDays: 2192, DeletionProtectionEnabled: true } }, FlowLog: { Type: 'AWS::EC2::FlowLog', Properties: { LogGroupName: '/flows' } } } }).find(({ log }) => log === 'Stack/Group');
  expect(group).toMatchObject({ verdict: 'mutable', days: 2192 });
  expect(proveLogs(awsDeployment({ Group: { Type: 'AWS::Logs::LogGroup' } }))).toEqual([]);
});
