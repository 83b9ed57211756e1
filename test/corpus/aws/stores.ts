import type { Json, JsonObject, Mutator } from '../mutator.js';
import { ADMINISTRATOR, arr, type Body, getAtt, obj, ref, says, some, STRANGER, type Template, weakerIn } from './template.js';

const weaker = weakerIn('private-network');
const policy = (template: Template): Body => template.policyOf(template.store);
const drop = (test: (statement: JsonObject) => boolean) => (template: Template): void => policy(template).keep('PolicyDocument', (statement) => !test(statement));
const allow = (Principal: Json, Action: Json, template: Template): JsonObject => ({ Effect: 'Allow', Principal, Action, Resource: [getAtt(template.store.id, 'Arn'), { 'Fn::Join': ['', [getAtt(template.store.id, 'Arn'), '/*']] }] });
const tables = (change: (body: Body, template: Template) => void) => (template: Template): void => template.all('AWS::DynamoDB::Table').forEach((table) => change(table, template));
const tableStatements = (test: (statement: JsonObject) => boolean, keep = false) => tables(({ p }) => {
  const document = obj(obj(p['ResourcePolicy'])['PolicyDocument']);
  document['Statement'] = arr(document['Statement']).filter((statement) => test(obj(statement)) === keep);
});

/** The stores of PHI: who reaches them, and what leaves them. */
export const stores: readonly Mutator[] = [
  weaker('store-public-access-block-gone', (template) => delete template.store.p['PublicAccessBlockConfiguration']),
  weaker('store-one-public-setting-off', (template) => (obj(template.store.p['PublicAccessBlockConfiguration'])['RestrictPublicBuckets'] = false)),
  weaker('store-acls', (template) => (template.store.p['OwnershipControls'] = { Rules: [{ ObjectOwnership: 'ObjectWriter' }] })),
  weaker('store-policy-gone', (template) => template.remove(policy(template))),
  weaker('store-tls-only-dropped', drop((statement) => says(statement['Condition'], 'aws:SecureTransport'))),
  weaker('store-old-tls', drop((statement) => says(statement['Condition'], 's3:TlsVersion'))),
  weaker('store-role-deny-dropped', drop((statement) => says(statement['Condition'], 'aws:PrincipalArn') && says(statement['Action'], '*Object*'))),
  weaker('store-role-deny-exempts-the-administrator', (template) => {
    for (const statement of some(policy(template).statements().filter((one) => says(one['Condition'], 'aws:PrincipalArn') && says(one['Action'], '*Object*')), 'deny')) statement['Condition'] = { ArnNotEquals: { 'aws:PrincipalArn': [template.teeArn, ADMINISTRATOR] } };
  }),
  weaker('store-endpoint-deny-dropped', drop((statement) => says(statement['Condition'], 'aws:SourceVpce'))),
  weaker('store-endpoint-deny-names-another', (template) => {
    for (const statement of some(policy(template).statements().filter((one) => says(one['Condition'], 'aws:SourceVpce')), 'deny')) statement['Condition'] = { StringNotEquals: { 'aws:SourceVpce': 'vpce-0123456789abcdef0' } };
  }),
  weaker('store-endpoint-deny-of-writes-only', (template) => {
    for (const statement of some(policy(template).statements().filter((one) => says(one['Condition'], 'aws:SourceVpce')), 'deny')) statement['Action'] = 's3:PutObject';
  }),
  weaker('store-version-deny-dropped', drop((statement) => statement['Effect'] === 'Deny' && says(statement['Action'], 's3:DeleteObjectVersion'))),
  weaker('store-configuration-deny-dropped', drop((statement) => statement['Effect'] === 'Deny' && says(statement['Action'], 's3:PutBucketVersioning'))),
  weaker('store-counters-can-be-deleted', drop((statement) => says(statement['Resource'], '/counters/*') && says(statement['Action'], 's3:DeleteObject'))),
  weaker('store-counters-can-be-overwritten', drop((statement) => says(statement['Condition'], 's3:if-none-match'))),
  weaker('store-listed-by-others', drop((statement) => says(statement['Action'], 's3:ListBucketVersions') && says(statement['Condition'], 'aws:PrincipalArn'))),
  weaker('store-listed-from-anywhere', drop((statement) => says(statement['Action'], 's3:ListBucketVersions') && says(statement['Condition'], 'aws:SourceVpce'))),
  weaker('store-tls-on-the-bucket-only', (template) => {
    for (const statement of policy(template).statements()) if (says(statement['Condition'], 'aws:SecureTransport')) statement['Resource'] = getAtt(template.store.id, 'Arn');
  }),
  weaker('store-open-to-everybody', (template) => policy(template).push('PolicyDocument', allow('*', 's3:GetObject', template))),
  weaker('store-open-to-a-foreign-account', (template) => policy(template).push('PolicyDocument', allow({ AWS: STRANGER }, 's3:*', template))),
  weaker('store-open-to-a-service', (template) => policy(template).push('PolicyDocument', allow({ Service: 'cloudfront.amazonaws.com' }, 's3:GetObject', template))),
  weaker('store-versioning-suspended', (template) => (template.store.p['VersioningConfiguration'] = { Status: 'Suspended' })),
  weaker('store-versioning-gone', (template) => delete template.store.p['VersioningConfiguration']),
  weaker('store-unencrypted', (template) => delete template.store.p['BucketEncryption']),
  weaker('store-under-an-s3-key', (template) => (template.store.p['BucketEncryption'] = { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] })),
  weaker('store-under-a-foreign-key', (template) => (template.store.p['BucketEncryption'] = { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: `arn:aws:kms:us-east-1:${STRANGER}:key/1234abcd-12ab-34cd-56ef-1234567890ab` } }] })),
  weaker('store-goes-with-the-stack', (template) => (template.store.raw['DeletionPolicy'] = 'Delete')),
  weaker('store-replicates-to-a-stranger', (template) => (template.store.p['ReplicationConfiguration'] = { Role: getAtt(template.teeRole.id, 'Arn'), Rules: [{ Status: 'Enabled', Priority: 1, Filter: { Prefix: '' }, DeleteMarkerReplication: { Status: 'Disabled' }, Destination: { Bucket: 'arn:aws:s3:::somebody-else', Account: STRANGER } }] })),
  weaker('store-inventory-to-a-stranger', (template) => (template.store.p['InventoryConfigurations'] = [{ Id: 'all', Enabled: true, IncludedObjectVersions: 'All', ScheduleFrequency: 'Daily', Destination: { BucketArn: 'arn:aws:s3:::somebody-else', BucketAccountId: STRANGER, Format: 'CSV' } }])),
  weaker('store-serves-a-website', (template) => (template.store.p['WebsiteConfiguration'] = { IndexDocument: 'index.html' })),
  weaker('store-expires-old-versions', (template) => (template.store.p['LifecycleConfiguration'] = { Rules: [{ Id: 'x', Status: 'Enabled', NoncurrentVersionExpiration: { NoncurrentDays: 1 } }] })),
  weaker('store-access-point', (template) => void template.add('Point', 'AWS::S3::AccessPoint', { Bucket: ref(template.store.id), Policy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: STRANGER }, Action: 's3:GetObject', Resource: '*' }] } })),
  weaker('second-store-unprotected', (template) => void template.add('Exports', 'AWS::S3::Bucket', { VersioningConfiguration: { Status: 'Enabled' } })),
  weaker('tables-without-recovery', tables(({ p }) => (p['PointInTimeRecoverySpecification'] = { PointInTimeRecoveryEnabled: false }))),
  weaker('tables-unprotected', tables(({ p }) => (p['DeletionProtectionEnabled'] = false))),
  weaker('tables-under-the-service-key', tables(({ p }) => delete p['SSESpecification'])),
  weaker('tables-go-with-the-stack', tables(({ raw }) => (raw['DeletionPolicy'] = 'Delete'))),
  weaker('tables-without-policy', tables(({ p }) => delete p['ResourcePolicy'])),
  weaker('tables-role-deny-dropped', tableStatements((statement) => says(statement['Condition'], 'aws:PrincipalArn'))),
  weaker('tables-endpoint-deny-dropped', tableStatements((statement) => says(statement['Condition'], 'aws:SourceVpce'))),
  weaker('tables-open-to-a-foreign-account', tables(({ p }) => arr(obj(obj(p['ResourcePolicy'])['PolicyDocument'])['Statement']).push({ Effect: 'Allow', Principal: { AWS: STRANGER }, Action: 'dynamodb:GetItem', Resource: '*' }))),
  weaker('tables-stream-out', tables(({ p }) => {
    p['StreamSpecification'] = { StreamViewType: 'NEW_AND_OLD_IMAGES' };
    p['KinesisStreamSpecification'] = { StreamArn: `arn:aws:kinesis:us-east-1:${STRANGER}:stream/x` };
  })),
  weaker('table-of-its-own-without-protection', (template) => void template.add('Cache', 'AWS::DynamoDB::Table', { KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }], AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }], BillingMode: 'PAY_PER_REQUEST' })),
  weaker('database-beside-it', (template) => void template.add('Db', 'AWS::RDS::DBInstance', { Engine: 'postgres', DBInstanceClass: 'db.m6i.large', AllocatedStorage: '100', PubliclyAccessible: true, StorageEncrypted: false })),
  weaker('backups-open', (template) => void template.add('Backups', 'AWS::Backup::BackupVault', { BackupVaultName: 'b', AccessPolicy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: '*', Action: 'backup:CopyFromBackupVault', Resource: '*' }] } })),
  weaker('tables-under-a-key-of-elsewhere', tables(({ p }) => (obj(p['SSESpecification'])['KMSMasterKeyId'] = 'arn:aws:kms:us-east-1:111122223333:key/00000000-0000-4000-8000-000000000000'))),
  weaker('counters-expire', (template) => (template.store.p['LifecycleConfiguration'] = { Rules: [{ Id: 'x', Status: 'Enabled', Prefix: 'counters/', ExpirationInDays: 1 }] })),
  weaker('queue-under-the-key-of-aws', (template) => void template.add('Work', 'AWS::SQS::Queue', {})),
  weaker('crawler-on-a-table', (template) => void template.add('Crawler', 'AWS::Glue::Crawler', { Role: 'arn:aws:iam::111122223333:role/glue', Targets: { DynamoDBTargets: [{ Path: ref(template.one('AWS::DynamoDB::Table').id) }] } })),
  weaker('sibling-exports-tables', (template) => void template.add('Operator', 'AWS::IAM::Role', { AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:role/operators' }, Action: 'sts:AssumeRole' }] }, Policies: [{ PolicyName: 'p', PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: ['dynamodb:ExportTableToPointInTime', 'dynamodb:PutResourcePolicy'], Resource: '*' }] } }] })),
];
