import { body, bucket, key, trail } from '../aws-fixture.js';
import type { RuleCase } from '../rule-case.js';
import { azureCase, NOT_KNOWN } from '../prove/azure/fixture.js';

const aws: RuleCase[] = [
  { cloud: 'aws', name: 'a key of the customer', expected: 'pass', resources: { Trail: trail(), Logs: bucket(), LogKey: key() } },
  { cloud: 'aws', name: 'a trail without a key', expected: 'fail', at: 'Trail', path: 'KMSKeyId', resources: { Trail: trail({ KMSKeyId: { Ref: 'AWS::NoValue' } }), Logs: bucket(), LogKey: key() } },
  { cloud: 'aws', name: 'SSE-S3', expected: 'fail', at: 'Logs', resources: { Trail: trail(), LogKey: key(), Logs: bucket({ BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] } }) } },
  { cloud: 'aws', name: 'the key of AWS', expected: 'fail', at: 'Logs', resources: { Trail: trail(), LogKey: key(), Logs: bucket({ BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'alias/aws/s3' } }] } }) } },
  { cloud: 'aws', name: 'a log group without a key', expected: 'fail', at: 'Group', path: 'KmsKeyId', resources: { Group: body('AWS::Logs::LogGroup', {}) } },
];

const azure: RuleCase[] = [
  azureCase('two layers under the platform\'s key', 'pass', { at: 'logs' }),
  azureCase('a customer key', 'pass', { edits: [['StorageAccount', 'logs', 'encryption', { keySource: 'Microsoft.Keyvault', keyVaultProperties: { keyName: 'logs', keyVaultUri: 'https://infra-vault.vault.azure.net' } }]] }),
  azureCase('one layer', 'fail', { edits: [['StorageAccount', 'logs', 'encryption.requireInfrastructureEncryption', undefined]], at: 'logs' }),
  azureCase('not known', 'unknown', { edits: [['StorageAccount', 'logs', 'encryption', NOT_KNOWN]], at: 'logs' }),
];

const gcp: RuleCase[] = [];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
