import type { Cloud } from '../../../constructs/workload/workload.js';
import type { RuleCase } from '../rule-case.js';
import { WORKLOAD } from '../workload-fixture.js';

const record = { reference: 'BAA-1', counterparty: 'Provider', effective: '2025-01-01', review: '2027-01-01' };
const baa = (cloud: Cloud, changes: Partial<typeof record>) => ({ baa: { ...WORKLOAD.baa, [cloud]: { ...record, ...changes } } });
const AWS = { cloud: 'aws', resources: { Key: { Type: 'AWS::KMS::Key', Properties: { KeyPolicy: {} } } } } as const;
const AZURE = { cloud: 'azure', resources: [{ type: 'azure-native:keyvault:Key', name: 'key', inputs: { tags: { 'phi-classification': 'phi' } } }] } as const;
const GCP = { cloud: 'gcp', resources: [{ type: 'gcp:kms/cryptoKey:CryptoKey', name: 'key', inputs: { labels: { 'phi-classification': 'phi' } } }] } as const;

export const cases: RuleCase[] = [
  { ...AWS, name: 'in effect', expected: 'pass' },
  { ...AWS, name: 'review on the last day', expected: 'pass', workload: baa('aws', { review: '2026-11-22' }) },
  { ...AWS, name: 'review overdue', expected: 'warn', path: 'baa.aws.review', workload: baa('aws', { review: '2026-11-21' }) },
  { ...AWS, name: 'not yet in effect', expected: 'fail', path: 'baa.aws.effective', workload: baa('aws', { effective: '2026-11-23' }) },
  { ...AWS, name: 'malformed date', expected: 'fail', path: 'baa.aws.review', workload: baa('aws', { review: '2027-02-30' }) },
  { ...AWS, name: 'no record', expected: 'fail', path: 'baa.aws', workload: { baa: {} } },
  { ...AWS, name: 'a foreign template without PHI', expected: 'silent', workload: null },
  { ...AZURE, name: 'in effect', expected: 'pass' },
  { ...AZURE, name: 'no record', expected: 'fail', at: 'azure', workload: { baa: {} } },
  { ...AZURE, name: 'PHI tags but no workload file', expected: 'unknown', workload: null },
  { ...GCP, name: 'in effect', expected: 'pass' },
  { ...GCP, name: 'not yet in effect', expected: 'fail', at: 'gcp', workload: baa('gcp', { effective: '2030-01-01' }) },
];
