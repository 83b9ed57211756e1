import type { RuleCase } from '../rule-case.js';
import { GUARDED, keyTemplate } from '../prove/aws/fixture.js';

const aws: RuleCase[] = [
  { name: 'everybody denied', cloud: 'aws', expected: 'pass', at: 'Key', resources: keyTemplate() },
  { name: 'nobody denied', cloud: 'aws', expected: 'fail', at: 'Key', resources: keyTemplate({ doors: null }) },
  { name: 'replicas left out', cloud: 'aws', expected: 'fail', at: 'Key', resources: keyTemplate({ doors: { ...GUARDED.doors, Action: ['kms:ReEncryptFrom', 'kms:CreateGrant', 'kms:ImportKeyMaterial'] } }) },
];

export const cases: RuleCase[] = aws;
