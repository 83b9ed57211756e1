import type { RuleCase } from '../rule-case.js';
import { GUARDED, keyTemplate } from '../prove/aws/fixture.js';

const aws: RuleCase[] = [
  { name: 'guarded', cloud: 'aws', expected: 'pass', at: 'Key', resources: keyTemplate() },
  { name: 'no attestation condition', cloud: 'aws', expected: 'fail', at: 'Key', path: 'KeyPolicy', resources: keyTemplate({ attested: { ...GUARDED.attested, Condition: {} }, unattested: null }) },
  { name: 'principal from a parameter', cloud: 'aws', expected: 'unknown', at: 'Key', resources: keyTemplate({ attested: { ...GUARDED.attested, Principal: { AWS: { Ref: 'Parameter' } }, Condition: {} }, unattested: null }) },
  { name: 'no PHI key', cloud: 'aws', expected: 'silent', resources: { Bucket: { Type: 'AWS::S3::Bucket' } } },
];

const azure: RuleCase[] = [];

const gcp: RuleCase[] = [];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
