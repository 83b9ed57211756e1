import { key } from '../aws-fixture.js';
import type { RuleCase } from '../rule-case.js';
import { azureCase, NOT_KNOWN } from '../prove/azure/fixture.js';
import { key as keyOf, resource as gcpResource, rings } from '../gcp-fixture.js';

const aws: RuleCase[] = [
  { cloud: 'aws', name: 'made in the HSM', expected: 'pass', resources: { Key: key() } },
  { cloud: 'aws', name: 'imported', expected: 'fail', at: 'Key', path: 'Origin', resources: { Key: key({ Origin: 'EXTERNAL' }) } },
  { cloud: 'aws', name: 'a parameter decides', expected: 'unknown', at: 'Key', resources: { Key: key({ Origin: { Ref: 'Parameter' } }) } },
];

const azure: RuleCase[] = [
  azureCase('hardware keys of a premium vault', 'pass'),
  azureCase('a software key', 'fail', { edits: [['Key', 'phi', 'properties.kty', 'RSA']], at: 'phi', path: 'properties.kty' }),
  azureCase('a standard vault', 'fail', { edits: [['Vault', 'infra-vault', 'properties.sku.name', 'standard']], at: 'storage' }),
  azureCase('not known', 'unknown', { edits: [['Key', 'storage', 'properties', NOT_KNOWN]], at: 'storage' }),
];

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'HSM', expected: 'pass', resources: [...rings, keyOf('phi', 'phi')] },
  { cloud: 'gcp', name: 'an algorithm of elsewhere', expected: 'fail', at: 'phi', path: 'versionTemplate.algorithm', resources: [...rings, keyOf('phi', 'phi', { versionTemplate: { protectionLevel: 'HSM', algorithm: 'EXTERNAL_SYMMETRIC_ENCRYPTION' } })] },
  { cloud: 'gcp', name: 'a version outside', expected: 'fail', at: 'v2', resources: [...rings, keyOf('phi', 'phi'), gcpResource('gcp:kms/cryptoKeyVersion:CryptoKeyVersion', 'v2', { externalProtectionLevelOptions: { externalKeyUri: 'https://keys.example.org/1' } })] },
  { cloud: 'gcp', name: 'by default', expected: 'fail', at: 'phi', path: 'versionTemplate.protectionLevel', resources: [...rings, keyOf('phi', 'phi', { versionTemplate: undefined })] },
  { cloud: 'gcp', name: 'software', expected: 'fail', at: 'disk', resources: [...rings, keyOf('disk', 'os-disk', { versionTemplate: { protectionLevel: 'SOFTWARE' } })] },
  { cloud: 'gcp', name: 'imported', expected: 'fail', at: 'phi', path: 'importOnly', resources: [...rings, keyOf('phi', 'phi', { importOnly: true })] },
  { cloud: 'gcp', name: 'not told', expected: 'unknown', at: 'phi', resources: [...rings, keyOf('phi', 'phi', { versionTemplate: '[secret]' })] },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
