import type { RuleCase } from '../rule-case.js';
import { logs } from '../prove/aws/log-fixture.js';

const sandbox = { environment: 'sandbox', retention: { days: 2192, irreversible: false } } as const;
const aws: RuleCase[] = [
  { name: 'COMPLIANCE for six years', cloud: 'aws', expected: 'pass', at: 'Vault', resources: logs() },
  { name: 'GOVERNANCE', cloud: 'aws', expected: 'fail', at: 'Vault', resources: logs({ retention: { Mode: 'GOVERNANCE', Days: 2192 } }) },
  { name: 'GOVERNANCE in a sandbox is stated', cloud: 'aws', expected: 'warn', at: 'Vault', resources: logs({ retention: { Mode: 'GOVERNANCE', Days: 2192 } }), workload: sandbox },
  { name: 'no lock', cloud: 'aws', expected: 'fail', at: 'Vault', resources: logs({ retention: null }) },
  { name: 'trail into a bucket of others', cloud: 'aws', expected: 'unknown', at: 'Trail', resources: logs({ trail: { S3BucketName: 'elsewhere' } }) },
  { name: 'no log at all', cloud: 'aws', expected: 'fail', at: 'aws', resources: { Key: { Type: 'AWS::KMS::Key' } } },
];

const azure: RuleCase[] = [];

const gcp: RuleCase[] = [];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
