import type { RuleCase } from '../rule-case.js';
import { body, bucket } from '../aws-fixture.js';
import { bucket as bucketOf, resource as gcpResource } from '../gcp-fixture.js';
import { azureCase, NOT_KNOWN, resource } from '../prove/azure/fixture.js';

const aws: RuleCase[] = [
  { name: 'a service that reads it, by its name', cloud: 'aws', expected: 'unknown', at: 'Crawler', resources: { Table: body('AWS::DynamoDB::Table', { TableName: 'phi' }), Crawler: body('AWS::Glue::Crawler', { Targets: { DynamoDBTargets: [{ Path: 'phi' }] } }) } },
  { name: 'a service that reads something else', cloud: 'aws', expected: 'pass', resources: { Store: bucket({ BucketName: 'phi' }), Crawler: body('AWS::Glue::Crawler', { Targets: { S3Targets: [{ Path: 's3://open-data/phi-free' }] } }) } },
  { name: 'a role that exports tables', cloud: 'aws', expected: 'fail', at: 'Operator', resources: { Table: body('AWS::DynamoDB::Table', { TableName: 'phi' }), Operator: body('AWS::IAM::Role', { Policies: [{ PolicyName: 'p', PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'dynamodb:ExportTableToPointInTime', Resource: '*' }] } }] }) } },
  { name: 'nothing leaves', cloud: 'aws', expected: 'pass', at: 'Store', resources: { Store: bucket() } },
  { name: 'a copy inside', cloud: 'aws', expected: 'pass', resources: { Store: bucket({ ReplicationConfiguration: { Rules: [{ Status: 'Enabled', Destination: { Bucket: { 'Fn::GetAtt': ['Copy', 'Arn'] } } }] } }), Copy: bucket() } },
  { name: 'a copy elsewhere', cloud: 'aws', expected: 'fail', at: 'Store', resources: { Store: bucket({ ReplicationConfiguration: { Rules: [{ Status: 'Enabled', Destination: { Bucket: 'arn:aws:s3:::elsewhere' } }] } }) } },
  { name: 'an inventory elsewhere', cloud: 'aws', expected: 'fail', at: 'Store', resources: { Store: bucket({ InventoryConfigurations: [{ Destination: { BucketArn: 'arn:aws:s3:::elsewhere' } }] }) } },
  { name: 'a copy to a bucket that is not known', cloud: 'aws', expected: 'unknown', at: 'Store', resources: { Store: bucket({ ReplicationConfiguration: { Rules: [{ Status: 'Enabled', Destination: { Bucket: { 'Fn::ImportValue': 'x' } } }] } }) } },
  { name: 'news of every object to a stranger', cloud: 'aws', expected: 'fail', at: 'Store', resources: { Store: bucket({ NotificationConfiguration: { LambdaConfigurations: [{ Event: 's3:ObjectCreated:*', Function: 'arn:aws:lambda:us-east-1:999988887777:function:x' }] } }) } },
  { name: 'news of every object to a queue of the artifact', cloud: 'aws', expected: 'pass', resources: { Queue: body('AWS::SQS::Queue', {}), Store: bucket({ NotificationConfiguration: { QueueConfigurations: [{ Event: 's3:ObjectCreated:*', Queue: { 'Fn::GetAtt': ['Queue', 'Arn'] } }], EventBridgeConfiguration: { EventBridgeEnabled: true } } }) } },
  { name: 'news by the resource that the CDK writes', cloud: 'aws', expected: 'fail', at: 'News', resources: { Store: bucket(), News: body('Custom::S3BucketNotifications', { BucketName: { Ref: 'Store' }, NotificationConfiguration: { QueueConfigurations: [{ QueueArn: 'arn:aws:sqs:us-east-1:999988887777:x' }] } }) } },
  { name: 'news to whom is not known', cloud: 'aws', expected: 'unknown', at: 'Store', resources: { Store: bucket({ NotificationConfiguration: { TopicConfigurations: [{ Topic: { 'Fn::ImportValue': 'x' } }] } }) } },
  { name: 'a website', cloud: 'aws', expected: 'fail', at: 'Store', resources: { Store: bucket({ WebsiteConfiguration: { IndexDocument: 'i' } }) } },
  { name: 'an access point', cloud: 'aws', expected: 'fail', at: 'Point', resources: { Store: bucket(), Point: body('AWS::S3::AccessPoint', { Bucket: { Ref: 'Store' } }) } },
  { name: 'a stream', cloud: 'aws', expected: 'fail', at: 'Items', resources: { Items: body('AWS::DynamoDB::Table', { StreamSpecification: { StreamViewType: 'NEW_IMAGE' } }) } },
];

const azure: RuleCase[] = [
  azureCase('private links only', 'pass', { at: 'store' }),
  azureCase('any tenant', 'fail', { edits: [['StorageAccount', 'store', 'allowedCopyScope', undefined]], at: 'store' }),
  azureCase('replication', 'fail', { more: [resource('storage:ObjectReplicationPolicy', 'copy', { accountName: 'store' })], at: 'copy' }),
  azureCase('not known', 'unknown', { edits: [['StorageAccount', 'store', 'allowedCopyScope', NOT_KNOWN]], at: 'store' }),
];

const job = (from: string, to: object) => gcpResource('gcp:storage/transferJob:TransferJob', 'job', { transferSpec: { gcsDataSource: { bucketName: from }, ...to } });
const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'nothing leaves', expected: 'pass', resources: [bucketOf('phi')] },
  { cloud: 'gcp', name: 'names of objects sent elsewhere', expected: 'fail', at: 'report', resources: [bucketOf('phi'), gcpResource('gcp:storage/insightsReportConfig:InsightsReportConfig', 'report', { objectMetadataReportOptions: { storageFilters: { bucket: 'phi' }, storageDestinationOptions: { bucket: 'elsewhere' } } })] },
  { cloud: 'gcp', name: 'a copy inside', expected: 'pass', resources: [bucketOf('phi'), bucketOf('second'), job('phi', { gcsDataSink: { bucketName: 'second' } })] },
  { cloud: 'gcp', name: 'a copy elsewhere', expected: 'fail', at: 'job', resources: [bucketOf('phi'), job('phi', { gcsDataSink: { bucketName: 'elsewhere' } })] },
  { cloud: 'gcp', name: 'a copy to another cloud', expected: 'fail', at: 'job', resources: [bucketOf('phi'), job('phi', { awsS3DataSink: { bucketName: 'elsewhere' } })] },
  { cloud: 'gcp', name: 'a copy into the store', expected: 'pass', resources: [bucketOf('phi'), job('public-reference-data', { gcsDataSink: { bucketName: 'phi' } })] },
  { cloud: 'gcp', name: 'a website', expected: 'fail', at: 'phi', resources: [bucketOf('phi', { website: { mainPageSuffix: 'index.html' } })] },
  { cloud: 'gcp', name: 'other origins', expected: 'fail', at: 'phi', path: 'cors', resources: [bucketOf('phi', { cors: [{ origins: ['*'], methods: ['GET'] }] })] },
  { cloud: 'gcp', name: 'names to a bucket of elsewhere', expected: 'fail', at: 'phi', path: 'logging.logBucket', resources: [bucketOf('phi', { logging: { logBucket: 'elsewhere' } })] },
  { cloud: 'gcp', name: 'news of every object', expected: 'fail', at: 'news', resources: [bucketOf('phi'), gcpResource('gcp:storage/notification:Notification', 'news', { bucket: 'phi', topic: 'projects/mallory/topics/x', payloadFormat: 'JSON_API_V1' })] },
  { cloud: 'gcp', name: 'news of another bucket', expected: 'pass', resources: [bucketOf('phi'), gcpResource('gcp:storage/notification:Notification', 'news', { bucket: 'elsewhere', topic: 'x', payloadFormat: 'JSON_API_V1' })] },
  { cloud: 'gcp', name: 'a record in the artifact', expected: 'fail', at: 'record', resources: [bucketOf('phi'), gcpResource('gcp:storage/bucketObject:BucketObject', 'record', { bucket: 'phi', name: 'x', content: 'x' })] },
  { cloud: 'gcp', name: 'a copy to where is not told', expected: 'unknown', at: 'job', resources: [bucketOf('phi'), job('phi', { gcsDataSink: '[secret]' })] },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
