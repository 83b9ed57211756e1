import { key } from '../aws-fixture.js';
import type { RuleCase } from '../rule-case.js';
import { azureCase, NOT_KNOWN } from '../prove/azure/fixture.js';
import { key as keyOf, rings } from '../gcp-fixture.js';

const aws: RuleCase[] = [
  { cloud: 'aws', name: 'rotates', expected: 'pass', resources: { Key: key() } },
  { cloud: 'aws', name: 'does not', expected: 'fail', at: 'Key', path: 'EnableKeyRotation', resources: { Key: key({ EnableKeyRotation: false }) } },
  { cloud: 'aws', name: 'every seven years', expected: 'fail', at: 'Key', path: 'RotationPeriodInDays', resources: { Key: key({ RotationPeriodInDays: 2560 }) } },
  { cloud: 'aws', name: 'an asymmetric key cannot', expected: 'silent', resources: { Key: key({ KeySpec: 'RSA_4096', EnableKeyRotation: false }) } },
];

const azure: RuleCase[] = [
  azureCase('every year', 'pass', { at: 'storage' }),
  azureCase('thirty days before two years', 'fail', { edits: [['Key', 'storage', 'properties.rotationPolicy.lifetimeActions', [{ action: { type: 'rotate' }, trigger: { timeBeforeExpiry: 'P30D' } }]]], at: 'storage' }),
  azureCase('a notice only', 'fail', { edits: [['Key', 'storage', 'properties.rotationPolicy.lifetimeActions', [{ action: { type: 'notify' }, trigger: { timeBeforeExpiry: 'P30D' } }]]], at: 'storage' }),
  azureCase('never', 'fail', { edits: [['Key', 'storage', 'properties.rotationPolicy', undefined]], at: 'storage' }),
  azureCase('not known', 'unknown', { edits: [['Key', 'storage', 'properties.rotationPolicy', NOT_KNOWN]], at: 'storage' }),
  azureCase('one version named', 'fail', { edits: [['StorageAccount', 'store', 'encryption.keyVaultProperties.keyVersion', '0123']], at: 'store' }),
];

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'ninety days', expected: 'pass', resources: [...rings, keyOf('phi', 'phi')] },
  { cloud: 'gcp', name: 'a PHI key of a kind that never rotates', expected: 'fail', at: 'phi', path: 'purpose', resources: [...rings, keyOf('phi', 'phi', { purpose: 'ASYMMETRIC_DECRYPT' })] },
  { cloud: 'gcp', name: 'never', expected: 'fail', at: 'phi', path: 'rotationPeriod', resources: [...rings, keyOf('phi', 'phi', { rotationPeriod: undefined })] },
  { cloud: 'gcp', name: 'a year', expected: 'fail', at: 'phi', path: 'rotationPeriod', resources: [...rings, keyOf('phi', 'phi', { rotationPeriod: '31536000s' })] },
  { cloud: 'gcp', name: 'not told', expected: 'unknown', at: 'phi', path: 'rotationPeriod', resources: [...rings, keyOf('phi', 'phi', { rotationPeriod: '[secret]' })] },
  { cloud: 'gcp', name: 'a signing key', expected: 'silent', resources: [...rings, keyOf('phi', 'phi', { purpose: 'ASYMMETRIC_SIGN', rotationPeriod: undefined })] },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
