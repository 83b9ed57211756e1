import { body, bucket, key, trail } from '../aws-fixture.js';
import type { RuleCase } from '../rule-case.js';
import { azureCase, NOT_KNOWN } from '../prove/azure/fixture.js';
import { archive, logBucket, logs } from '../gcp-fixture.js';

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
  azureCase('TLS 1.1', 'fail', { edits: [['StorageAccount', 'logs', 'minimumTlsVersion', 'TLS1_1']], at: 'logs' }),
  azureCase('one layer', 'fail', { edits: [['StorageAccount', 'logs', 'encryption.requireInfrastructureEncryption', undefined]], at: 'logs' }),
  azureCase('not known', 'unknown', { edits: [['StorageAccount', 'logs', 'encryption', NOT_KNOWN]], at: 'logs' }),
];

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'customer keys', expected: 'pass', resources: logs() },
  { cloud: 'gcp', name: 'a log bucket under a key of Google', expected: 'fail', at: 'vault', path: 'cmekSettings.kmsKeyName', resources: logs(logBucket({ cmekSettings: undefined })) },
  { cloud: 'gcp', name: 'an archive under a key of Google', expected: 'fail', at: 'archive', path: 'encryption.defaultKmsKeyName', resources: logs(archive({ encryption: undefined })) },
  { cloud: 'gcp', name: 'a key that is not told', expected: 'unknown', at: 'archive', resources: logs(archive({ encryption: '[secret]' })) },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
