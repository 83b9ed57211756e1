import type { RuleCase } from '../rule-case.js';
import { body, bucket, trail } from '../aws-fixture.js';
import { resource as gcpResource, logBucket } from '../gcp-fixture.js';
import { azureCase, resource } from '../prove/azure/fixture.js';

const subscription = (DestinationArn: string | object) => ({ Filter: body('AWS::Logs::SubscriptionFilter', { DestinationArn } as never) });
const firehose = (configuration: object) => ({ Stream: body('AWS::KinesisFirehose::DeliveryStream', configuration as never) });
const told = (Topic: string) => bucket({ NotificationConfiguration: { TopicConfigurations: [{ Event: 's3:ObjectCreated:*', Topic }] } });
const event = (Arn: string, more: object = {}) => ({ Rule: body('AWS::Events::Rule', { EventPattern: { source: ['aws.kms'] }, Targets: [{ Id: 'x', Arn }], ...more } as never) });
const STRANGER_BUS = 'arn:aws:events:us-east-1:999988887777:event-bus/x';
const aws: RuleCase[] = [
  { name: 'a subscriber of the own account', cloud: 'aws', expected: 'pass', at: 'Sub', resources: { Sub: body('AWS::SNS::Subscription', { Protocol: 'email', Endpoint: 'a@hospital.example' }) } },
  { name: 'a subscriber of another account', cloud: 'aws', expected: 'fail', at: 'Sub', path: 'Endpoint', resources: { Sub: body('AWS::SNS::Subscription', { Protocol: 'sqs', Endpoint: 'arn:aws:sqs:us-east-1:999988887777:q' }) } },
  { name: 'a subscriber in the clear', cloud: 'aws', expected: 'fail', at: 'Topic', path: 'Subscription[0].Protocol', resources: { Topic: body('AWS::SNS::Topic', { Subscription: [{ Protocol: 'http', Endpoint: 'http://x.example' }] }) } },
  { name: 'events to an address', cloud: 'aws', expected: 'fail', at: 'Hook', path: 'InvocationEndpoint', resources: { Hook: body('AWS::Events::ApiDestination', { InvocationEndpoint: 'https://hook.example' }) } },
  { name: 'a stream into a bucket of the artifact', cloud: 'aws', expected: 'pass', at: 'Stream', resources: { ...firehose({ ExtendedS3DestinationConfiguration: { BucketARN: { 'Fn::GetAtt': ['Logs', 'Arn'] } } }), Logs: bucket(), Trail: trail() } },
  { name: 'a stream into a bucket of elsewhere', cloud: 'aws', expected: 'unknown', at: 'Stream', resources: firehose({ ExtendedS3DestinationConfiguration: { BucketARN: 'arn:aws:s3:::elsewhere' } }) },
  { name: 'a stream to an address', cloud: 'aws', expected: 'fail', at: 'Stream', resources: firehose({ HttpEndpointDestinationConfiguration: { EndpointConfiguration: { Url: 'https://collector.example' }, S3Configuration: { BucketARN: 'arn:aws:s3:::elsewhere' } } }) },
  { name: 'a delivery to a bucket of elsewhere', cloud: 'aws', expected: 'unknown', at: 'To', resources: { To: body('AWS::Logs::DeliveryDestination', { Name: 'x', DestinationResourceArn: 'arn:aws:s3:::elsewhere' }) } },
  { name: 'a destination in front of the stream of a stranger', cloud: 'aws', expected: 'fail', at: 'To', resources: { To: body('AWS::Logs::Destination', { TargetArn: 'arn:aws:kinesis:us-east-1:999988887777:stream/x' }) } },
  { name: 'news of every record to a stranger', cloud: 'aws', expected: 'fail', at: 'Logs', resources: { Trail: trail(), Logs: told('arn:aws:sns:us-east-1:999988887777:x') } },
  { name: 'news of every record to the own account', cloud: 'aws', expected: 'silent', resources: { Trail: trail(), Logs: told('arn:aws:sns:us-east-1:111122223333:x') } },
  { name: 'a replica of the records elsewhere', cloud: 'aws', expected: 'fail', at: 'Logs', resources: { Trail: trail(), Logs: bucket({ ReplicationConfiguration: { Rules: [{ Status: 'Enabled', Destination: { Bucket: 'arn:aws:s3:::elsewhere' } }] } }) } },
  { name: 'a topic that everybody may subscribe to', cloud: 'aws', expected: 'fail', at: 'Guard', path: 'PolicyDocument.Statement[0]', resources: { Guard: body('AWS::SNS::TopicPolicy', { Topics: ['arn:aws:sns:us-east-1:111122223333:x'], PolicyDocument: { Statement: [{ Effect: 'Allow', Principal: '*', Action: 'sns:Subscribe', Resource: '*' }] } }) } },
  { name: 'the default policy of a topic', cloud: 'aws', expected: 'pass', at: 'Guard', resources: { Guard: body('AWS::SNS::TopicPolicy', { Topics: ['arn:aws:sns:us-east-1:111122223333:x'], PolicyDocument: { Statement: [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: ['sns:Publish', 'sns:Subscribe'], Resource: '*', Condition: { StringEquals: { 'AWS:SourceOwner': '111122223333' } } }] } }) } },
  { name: 'events to the bus of a stranger', cloud: 'aws', expected: 'fail', at: 'Rule', path: 'Targets[0].Arn', resources: event(STRANGER_BUS) },
  { name: 'events to the own account', cloud: 'aws', expected: 'pass', at: 'Rule', resources: event('arn:aws:sns:us-east-1:111122223333:x') },
  { name: 'queries of names to the stream of a stranger', cloud: 'aws', expected: 'fail', at: 'Queries', resources: { Queries: body('AWS::Route53Resolver::ResolverQueryLoggingConfig', { DestinationArn: 'arn:aws:firehose:us-east-1:999988887777:deliverystream/x' }) } },
  { name: 'a schedule', cloud: 'aws', expected: 'silent', resources: event(STRANGER_BUS, { EventPattern: { Ref: 'AWS::NoValue' }, ScheduleExpression: 'rate(1 day)' }) },
  { name: 'own stream', cloud: 'aws', expected: 'pass', at: 'Filter', resources: subscription('arn:aws:kinesis:us-east-1:111122223333:stream/x') },
  { name: 'a stranger', cloud: 'aws', expected: 'fail', at: 'Filter', resources: subscription('arn:aws:logs:us-east-1:999988887777:destination:x') },
  { name: 'not known', cloud: 'aws', expected: 'unknown', at: 'Filter', resources: subscription({ 'Fn::ImportValue': 'x' }) },
  { name: 'a policy for everybody', cloud: 'aws', expected: 'fail', at: 'Policy', resources: { Policy: body('AWS::Logs::ResourcePolicy', { PolicyDocument: JSON.stringify({ Statement: [{ Effect: 'Allow', Principal: '*', Action: 'logs:*', Resource: '*' }] }) }) } },
];

const azure: RuleCase[] = [
  azureCase('the log vault only', 'pass'),
  azureCase('an event hub too', 'fail', { edits: [['DiagnosticSetting', 'phi-vault-audit', 'eventHubAuthorizationRuleId', '/subscriptions/1/x']], at: 'phi-vault-audit' }),
  azureCase('an export of the workspace', 'fail', { more: [resource('operationalinsights:DataExport', 'away', {})], at: 'away' }),
  azureCase('a workspace of others', 'unknown', { edits: [['DiagnosticSetting', 'phi-vault-audit', 'workspaceId', '/subscriptions/1/resourceGroups/2/providers/Microsoft.OperationalInsights/workspaces/3']], at: 'phi-vault-audit' }),
  azureCase('copies of the vault into any tenant', 'fail', { edits: [['StorageAccount', 'logs', 'allowedCopyScope', undefined]], at: 'logs' }),
];

const sink = (destination: string | undefined, more: object = {}) => gcpResource('gcp:logging/projectSink:ProjectSink', 'sink', { project: 'phi-inference', ...(destination === undefined ? {} : { destination }), ...more });
const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'the log vault', expected: 'pass', resources: [logBucket(), sink('logging.googleapis.com/projects/phi-inference/locations/us-central1/buckets/vault')] },
  { cloud: 'gcp', name: 'a topic of the artifact', expected: 'pass', resources: [gcpResource('gcp:pubsub/topic:Topic', 'siem', {}), sink('pubsub.googleapis.com/${gcp:pubsub/topic:Topic::siem.id}')] },
  { cloud: 'gcp', name: 'a bucket of others', expected: 'fail', at: 'sink', path: 'destination', resources: [logBucket(), sink('storage.googleapis.com/elsewhere')] },
  { cloud: 'gcp', name: 'a sink that is off', expected: 'silent', resources: [sink('storage.googleapis.com/elsewhere', { disabled: true })] },
  { cloud: 'gcp', name: 'not told', expected: 'unknown', at: 'sink', resources: [sink('[secret]')] },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
