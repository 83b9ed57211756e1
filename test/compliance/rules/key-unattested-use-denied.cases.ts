import type { RuleCase } from '../rule-case.js';
import { GUARDED, keyTemplate } from '../prove/aws/fixture.js';

const aws: RuleCase[] = [
  { name: 'everybody denied', cloud: 'aws', expected: 'pass', at: 'Key', resources: keyTemplate() },
  { name: 'everybody denied, as CDK writes it', cloud: 'aws', expected: 'pass', at: 'Key', resources: keyTemplate({ unattested: { ...GUARDED.unattested, Principal: { AWS: '*' } } }) },
  { name: 'nobody denied', cloud: 'aws', expected: 'fail', at: 'Key', resources: keyTemplate({ unattested: null }) },
  { name: 'one operation left out', cloud: 'aws', expected: 'fail', at: 'Key', resources: keyTemplate({ unattested: { ...GUARDED.unattested, Action: ['kms:Decrypt', 'kms:GenerateDataKey', 'kms:DeriveSharedSecret'] } }) },
  { name: 'one role denied', cloud: 'aws', expected: 'fail', at: 'Key', resources: keyTemplate({ unattested: { ...GUARDED.unattested, Principal: { AWS: 'arn:aws:iam::111122223333:role/Intern' } } }) },
];

export const cases: RuleCase[] = aws;
