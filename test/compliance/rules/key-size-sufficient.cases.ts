import type { RuleCase } from '../rule-case.js';
import { key, rings } from '../gcp-fixture.js';
import { azureCase, NOT_KNOWN } from '../prove/azure/fixture.js';

const azure: RuleCase[] = [
  azureCase('3072 bits', 'pass'),
  azureCase('a curve', 'pass', { edits: [['Key', 'storage', 'properties', { kty: 'EC-HSM', curveName: 'P-384' }]] }),
  azureCase('Azure\'s default', 'fail', { edits: [['Key', 'storage', 'properties.keySize', undefined]], at: 'storage' }),
  azureCase('another curve', 'fail', { edits: [['Key', 'storage', 'properties', { kty: 'EC-HSM', curveName: 'P-256K' }]], at: 'storage' }),
  azureCase('not known', 'unknown', { edits: [['Key', 'storage', 'properties.keySize', NOT_KNOWN]], at: 'storage' }),
];

const made = (purpose: string, algorithm: string) => [...rings, key('phi', 'phi', { purpose, versionTemplate: { algorithm, protectionLevel: 'HSM' } })];
const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'symmetric', expected: 'pass', at: 'phi', resources: made('ENCRYPT_DECRYPT', 'GOOGLE_SYMMETRIC_ENCRYPTION') },
  { cloud: 'gcp', name: 'RSA of 2048 bits', expected: 'fail', at: 'phi', resources: made('ASYMMETRIC_DECRYPT', 'RSA_DECRYPT_OAEP_2048_SHA256') },
  { cloud: 'gcp', name: 'RSA of 4096 bits', expected: 'pass', at: 'phi', resources: made('ASYMMETRIC_DECRYPT', 'RSA_DECRYPT_OAEP_4096_SHA512') },
  { cloud: 'gcp', name: 'raw without integrity', expected: 'fail', at: 'phi', resources: made('RAW_ENCRYPT_DECRYPT', 'AES_128_CBC') },
  { cloud: 'gcp', name: 'not known', expected: 'unknown', at: 'phi', resources: made('ASYMMETRIC_DECRYPT', '[secret]') },
];

export const cases: RuleCase[] = [...azure, ...gcp];
