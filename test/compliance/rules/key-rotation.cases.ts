import { key } from '../aws-fixture.js';
import type { RuleCase } from '../rule-case.js';

const aws: RuleCase[] = [
  { cloud: 'aws', name: 'rotates', expected: 'pass', resources: { Key: key() } },
  { cloud: 'aws', name: 'does not', expected: 'fail', at: 'Key', path: 'EnableKeyRotation', resources: { Key: key({ EnableKeyRotation: false }) } },
  { cloud: 'aws', name: 'every seven years', expected: 'fail', at: 'Key', path: 'RotationPeriodInDays', resources: { Key: key({ RotationPeriodInDays: 2560 }) } },
  { cloud: 'aws', name: 'an asymmetric key cannot', expected: 'silent', resources: { Key: key({ KeySpec: 'RSA_4096', EnableKeyRotation: false }) } },
];

const azure: RuleCase[] = [];

const gcp: RuleCase[] = [];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
