import type { MeasurementApproval } from '../../../constructs/workload/workload.js';
import type { RuleCase } from '../rule-case.js';
import { WORKLOAD } from '../workload-fixture.js';

const { aws, azure, gcp } = WORKLOAD.measurements;
const changed = (changes: Partial<MeasurementApproval>) => ({ measurements: { ...WORKLOAD.measurements, aws: { ...aws, r2: { ...aws['r2']!, ...changes } } } });
const AWS = { cloud: 'aws', resources: { Key: { Type: 'AWS::KMS::Key' } } } as const;
const AZURE = { cloud: 'azure', resources: [{ type: 'azure-native:keyvault:Key', name: 'key', inputs: {} }] } as const;
const GCP = { cloud: 'gcp', resources: [{ type: 'gcp:kms/cryptoKey:CryptoKey', name: 'key', inputs: {} }] } as const;

export const cases: RuleCase[] = [
  { ...AWS, name: 'approved and not expired', expected: 'pass' },
  { ...AWS, name: 'expired yesterday', expected: 'fail', path: 'measurements.aws.r2.expires', workload: changed({ expires: '2026-11-21' }) },
  { ...AWS, name: 'last day', expected: 'warn', workload: changed({ expires: '2026-11-22' }) },
  { ...AWS, name: 'malformed expiry', expected: 'fail', workload: changed({ expires: 'never' }) },
  { ...AWS, name: 'approved by nobody', expected: 'fail', path: 'measurements.aws.r2.approvedBy', workload: changed({ approvedBy: [] }) },
  { ...AWS, name: 'approved in the future', expected: 'fail', workload: changed({ approved: '2027-01-01' }) },
  { ...AWS, name: 'a retired measurement may expire', expected: 'fail', path: 'measurements.aws', workload: changed({ status: 'retired', expires: '2020-01-01' }) },
  { ...AWS, name: 'no workload file', expected: 'silent', workload: null },
  { ...AZURE, name: 'approved and not expired', expected: 'pass' },
  { ...AZURE, name: 'expired', expected: 'fail', at: 'azure', workload: { measurements: { ...WORKLOAD.measurements, azure: { r2: { ...azure['r2']!, expires: '2026-01-01' } } } } },
  { ...GCP, name: 'approved and not expired', expected: 'pass' },
  { ...GCP, name: 'expired', expected: 'fail', at: 'gcp', workload: { measurements: { ...WORKLOAD.measurements, gcp: { r2: { ...gcp['r2']!, expires: '2026-01-01' } } } } },
];
