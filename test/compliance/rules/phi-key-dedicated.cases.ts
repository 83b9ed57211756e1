import { body, bucket, key, launchTemplate } from '../aws-fixture.js';
import type { RuleCase } from '../rule-case.js';
import { azureCase, KEY_ID, resource, role, ROLES } from '../prove/azure/fixture.js';
import { bucket as bucketOf, key as keyOf, ref, resource as resourceOf, rings, vm } from '../gcp-fixture.js';

const aws: RuleCase[] = [
  { cloud: 'aws', name: 'nothing else uses it', expected: 'pass', resources: { Phi: key({ Tags: [{ Key: 'key-purpose', Value: 'phi' }] }), Alias: body('AWS::KMS::Alias', { AliasName: 'alias/phi', TargetKeyId: { Ref: 'Phi' } }), Host: launchTemplate() } },
  { cloud: 'aws', name: 'a disk', expected: 'fail', at: 'Host', path: 'LaunchTemplateData.BlockDeviceMappings[0].Ebs.KmsKeyId', resources: { Phi: key({ Tags: [{ Key: 'key-purpose', Value: 'phi' }] }), Host: launchTemplate({ BlockDeviceMappings: [{ Ebs: { Encrypted: true, KmsKeyId: { Ref: 'Phi' } } }] }) } },
  { cloud: 'aws', name: 'a bucket by alias', expected: 'fail', at: 'Bucket', resources: { Phi: key({ Tags: [{ Key: 'key-purpose', Value: 'phi' }] }), Alias: body('AWS::KMS::Alias', { AliasName: 'alias/phi', TargetKeyId: { Ref: 'Phi' } }), Bucket: bucket({ BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'alias/phi' } }] } }) } },
  { cloud: 'aws', name: 'a topic', expected: 'fail', at: 'Topic', resources: { Phi: key({ Tags: [{ Key: 'key-purpose', Value: 'phi' }] }), Topic: body('AWS::SNS::Topic', { KmsMasterKeyId: { 'Fn::GetAtt': ['Phi', 'Arn'] } }) } },
];

const azure: RuleCase[] = [
  azureCase('used by nothing', 'pass', { at: 'phi' }),
  azureCase('a disk encryption set', 'fail', { edits: [['DiskEncryptionSet', 'disk', 'activeKey.keyUrl', '${azure-native:keyvault:Key::phi.keyUriWithVersion}']], at: 'disk' }),
  azureCase('a storage account, by name', 'fail', { edits: [['StorageAccount', 'store', 'encryption.keyVaultProperties', { keyName: 'phi-1', keyVaultUri: 'https://phi-vault.vault.azure.net/' }]], at: 'store' }),
  azureCase('a database, by address', 'fail', { more: [resource('sql:Server', 'sql', { keyId: 'https://phi-vault.vault.azure.net/keys/phi-1/0123' })], at: 'sql', path: 'keyId' }),
  azureCase('unwrap for a service', 'fail', { more: [role('extra', ROLES.encryption, KEY_ID, '${azure-native:managedidentity:UserAssignedIdentity::disk.principalId}')], at: 'extra' }),
];

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'a keyOf of its own', expected: 'pass', resources: [...rings, keyOf('phi', 'phi'), keyOf('store', 'infrastructure'), bucketOf('phi-store')] },
  { cloud: 'gcp', name: 'a bucketOf under it', expected: 'fail', at: 'phi-store', path: 'encryption.defaultKmsKeyName', resources: [...rings, keyOf('phi', 'phi'), bucketOf('phi-store', { encryption: { defaultKmsKeyName: ref('gcp:kms/cryptoKey:CryptoKey', 'phi') } })] },
  { cloud: 'gcp', name: 'a disk under it', expected: 'fail', at: 'vm', path: 'bootDisk.kmsKeySelfLink', resources: [...rings, keyOf('phi', 'phi'), vm({ bootDisk: { kmsKeySelfLink: ref('gcp:kms/cryptoKey:CryptoKey', 'phi') } })] },
  { cloud: 'gcp', name: 'a plaintext in the state', expected: 'fail', at: 'secret', path: 'plaintext', resources: [...rings, keyOf('phi', 'phi'), resourceOf('gcp:kms/secretCiphertext:SecretCiphertext', 'secret', { cryptoKey: ref('gcp:kms/cryptoKey:CryptoKey', 'phi'), plaintext: 'x' })] },
  { cloud: 'gcp', name: 'another keyOf in its project', expected: 'fail', at: 'disk', path: 'keyRing', resources: [...rings, keyOf('phi', 'phi'), keyOf('disk', 'os-disk', { keyRing: ref('gcp:kms/keyRing:KeyRing', 'phi') })] },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
