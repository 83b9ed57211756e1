import { body, bucket } from '../aws-fixture.js';
import type { RuleCase } from '../rule-case.js';
import { azureCase, NOT_KNOWN, resource, STRANGER } from '../prove/azure/fixture.js';
import { bucket as bucketOf, resource as gcpResource } from '../gcp-fixture.js';

const aws: RuleCase[] = [
  { cloud: 'aws', name: 'a key of the stack', expected: 'pass', resources: { LogKey: body('AWS::KMS::Key', {}), Phi: bucket() } },
  { cloud: 'aws', name: 'SSE-S3', expected: 'fail', at: 'Phi', resources: { Phi: bucket({ BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] } }) } },
  { cloud: 'aws', name: 'a table under the key of AWS', expected: 'fail', at: 'Table', resources: { Table: body('AWS::DynamoDB::Table', { SSESpecification: { SSEEnabled: true } }) } },
  { cloud: 'aws', name: 'a table under a key', expected: 'pass', resources: { Own: body('AWS::KMS::Key', {}), Table: body('AWS::DynamoDB::Table', { SSESpecification: { SSEEnabled: true, KMSMasterKeyId: { Ref: 'Own' } } }) } },
  { cloud: 'aws', name: 'a table under a key by its alias', expected: 'pass', resources: { Own: body('AWS::KMS::Key', {}), Name: body('AWS::KMS::Alias', { AliasName: 'alias/own', TargetKeyId: { Ref: 'Own' } }), Table: body('AWS::DynamoDB::Table', { SSESpecification: { SSEEnabled: true, KMSMasterKeyId: 'alias/own' } }) } },
  { cloud: 'aws', name: 'a table under a key of elsewhere', expected: 'unknown', at: 'Table', resources: { Table: body('AWS::DynamoDB::Table', { SSESpecification: { SSEEnabled: true, KMSMasterKeyId: 'arn:aws:kms:us-east-1:111122223333:key/1' } }) } },
  { cloud: 'aws', name: 'a queue under the key of AWS', expected: 'fail', at: 'Queue', path: 'KmsMasterKeyId', resources: { Queue: body('AWS::SQS::Queue', {}) } },
  { cloud: 'aws', name: 'a plain database', expected: 'fail', at: 'Db', path: 'StorageEncrypted', resources: { Db: body('AWS::RDS::DBInstance', { KmsKeyId: 'arn:aws:kms:us-east-1:111122223333:key/1' }) } },
];

const azure: RuleCase[] = [
  azureCase('a customer key', 'pass', { at: 'store' }),
  azureCase('the provider\'s key', 'fail', { edits: [['StorageAccount', 'store', 'encryption.keySource', 'Microsoft.Storage']], at: 'store', path: 'encryption.keySource' }),
  azureCase('one layer', 'fail', { edits: [['StorageAccount', 'store', 'encryption.requireInfrastructureEncryption', false]], at: 'store' }),
  azureCase('a key of others', 'unknown', { edits: [['StorageAccount', 'store', 'encryption.keyVaultProperties', { keyName: 'storage', keyVaultUri: 'https://others.vault.azure.net' }]], at: 'store' }),
  azureCase('a scope under the provider\'s key', 'fail', { more: [resource('storage:EncryptionScope', 'scope', { accountName: 'store', source: 'Microsoft.Storage' })], at: 'scope' }),
  azureCase('a database under the provider\'s key', 'fail', { more: [resource('sql:Server', 'sql', { publicNetworkAccess: 'Disabled' })], at: 'sql' }),
  azureCase('not known', 'unknown', { edits: [['StorageAccount', 'store', 'encryption', NOT_KNOWN]], at: 'store' }),
  azureCase('a key of another directory', 'fail', { edits: [['StorageAccount', 'store', 'encryption.encryptionIdentity.encryptionFederatedIdentityClientId', STRANGER]], at: 'store' }),
  azureCase('a vault of another host', 'unknown', { edits: [['StorageAccount', 'store', 'encryption.keyVaultProperties.keyVaultUri', 'https://infra-vault.vault.azure.example']], at: 'store' }),
  azureCase('blobs not encrypted', 'fail', { edits: [['StorageAccount', 'store', 'encryption.services.blob.enabled', false]], at: 'store' }),
];

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'a customer key', expected: 'pass', resources: [bucketOf('phi')] },
  { cloud: 'gcp', name: 'a key of Google', expected: 'fail', at: 'phi', path: 'encryption.defaultKmsKeyName', resources: [bucketOf('phi', { encryption: undefined })] },
  { cloud: 'gcp', name: 'a database under a key of Google', expected: 'fail', at: 'sql', path: 'encryptionKeyName', resources: [gcpResource('gcp:sql/databaseInstance:DatabaseInstance', 'sql', {})] },
  { cloud: 'gcp', name: 'a key that is not told', expected: 'unknown', at: 'phi', resources: [bucketOf('phi', { encryption: '[secret]' })] },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
