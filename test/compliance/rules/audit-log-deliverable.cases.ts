import { body, bucket, bucketPolicy, key, trail } from '../aws-fixture.js';
import type { RuleCase } from '../rule-case.js';

const writes = (Resource: string | object, more: object = {}) => ({ Effect: 'Allow', Principal: { Service: 'cloudtrail.amazonaws.com' }, Action: 's3:PutObject', Resource, ...more });
const below = (path: string) => ({ 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Logs', 'Arn'] }, `/${path}`]] });
const encrypts = { Effect: 'Allow', Principal: { Service: 'cloudtrail.amazonaws.com' }, Action: 'kms:GenerateDataKey*', Resource: '*' };
const recorded = (statements: object[], properties: object = {}, policy: object[] = [encrypts]) => ({ Trail: trail(properties), Logs: bucket({ BucketName: 'logs' }), Guard: bucketPolicy('Logs', ...statements), LogKey: key({ KeyPolicy: { Statement: policy } }) });

const writer = (...Action: string[]) => body('AWS::IAM::Role', { Policies: [{ PolicyName: 'p', PolicyDocument: { Statement: [{ Effect: 'Allow', Action, Resource: '*' }] } }] });
const grouped = (action: string) => ({ ...recorded([writes(below('AWSLogs/*'))], { CloudWatchLogsLogGroupArn: { 'Fn::GetAtt': ['Group', 'Arn'] }, CloudWatchLogsRoleArn: { 'Fn::GetAtt': ['Writer', 'Arn'] } }), Group: body('AWS::Logs::LogGroup', {}), Writer: writer(action) });
const replicated = (destination: object, action = 's3:ReplicateObject') => ({
  ...recorded([writes(below('AWSLogs/*'))]), Writer: writer(action, 's3:GetObjectVersionForReplication'),
  Intake: bucket({ BucketName: 'intake', ObjectLockConfiguration: { Ref: 'AWS::NoValue' }, ReplicationConfiguration: { Role: { 'Fn::GetAtt': ['Writer', 'Arn'] }, Rules: [{ Status: 'Enabled', Prefix: '', Destination: { Bucket: { 'Fn::GetAtt': ['Logs', 'Arn'] }, ...destination } }] } }),
  Phi: bucket({ BucketName: 'phi', LoggingConfiguration: { DestinationBucketName: { Ref: 'Intake' } } }),
});

export const cases: RuleCase[] = [
  { name: 'bucket and key let it write', cloud: 'aws', expected: 'pass', at: 'Trail', resources: recorded([writes(below('AWSLogs/111122223333/*'))]) },
  { name: 'under a prefix', cloud: 'aws', expected: 'pass', at: 'Trail', resources: recorded([writes(below('audit/AWSLogs/*'))], { S3KeyPrefix: 'audit' }) },
  { name: 'under another prefix', cloud: 'aws', expected: 'fail', at: 'Trail', path: 'S3BucketName', resources: recorded([writes(below('AWSLogs/111122223333/*'))], { S3KeyPrefix: 'audit' }) },
  { name: 'no statement', cloud: 'aws', expected: 'fail', at: 'Trail', resources: recorded([]) },
  { name: 'denied after all', cloud: 'aws', expected: 'fail', at: 'Trail', resources: recorded([writes(below('AWSLogs/*')), { Effect: 'Deny', Principal: '*', Action: 's3:Put*', Resource: '*' }]) },
  { name: 'the key refuses', cloud: 'aws', expected: 'fail', at: 'Trail', path: 'KMSKeyId', resources: recorded([writes(below('AWSLogs/*'))], {}, [{ ...encrypts, Principal: { Service: 'logs.amazonaws.com' } }]) },
  { name: 'a policy that is not known', cloud: 'aws', expected: 'unknown', at: 'Trail', resources: { ...recorded([]), Guard: { Type: 'AWS::S3::BucketPolicy', Properties: { Bucket: { Ref: 'Logs' }, PolicyDocument: { 'Fn::ImportValue': 'x' } } } } },
  { name: 'a role that writes into the log group', cloud: 'aws', expected: 'pass', at: 'Trail', resources: grouped('logs:PutLogEvents') },
  { name: 'a role that may not', cloud: 'aws', expected: 'fail', at: 'Trail', path: 'CloudWatchLogsRoleArn', resources: grouped('logs:DescribeLogStreams') },
  { name: 'a flow log whose role may not', cloud: 'aws', expected: 'fail', at: 'Flow', resources: { ...grouped('logs:PutLogEvents'), Flow: body('AWS::EC2::FlowLog', { LogGroupName: { Ref: 'Group' }, DeliverLogsPermissionArn: { 'Fn::GetAtt': ['Idle', 'Arn'] } }), Idle: body('AWS::IAM::Role', {}) } },
  { name: 'a replication that may', cloud: 'aws', expected: 'pass', at: 'Intake', resources: replicated({}) },
  { name: 'a replication whose role may not write', cloud: 'aws', expected: 'fail', at: 'Intake', resources: replicated({}, 's3:ListBucket') },
  { name: 'a replication into an account that has no such bucket', cloud: 'aws', expected: 'fail', at: 'Intake', path: 'ReplicationConfiguration.Rules[0].Destination.Account', resources: replicated({ Account: '999988887777' }) },
];
