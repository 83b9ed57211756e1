import { body, bucket } from '../aws-fixture.js';
import type { RuleCase } from '../rule-case.js';

const aws: RuleCase[] = [
  { cloud: 'aws', name: 'versions and recovery', expected: 'pass', resources: { Phi: bucket(), Table: body('AWS::DynamoDB::Table', { PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } }) } },
  { cloud: 'aws', name: 'suspended', expected: 'fail', at: 'Phi', path: 'VersioningConfiguration.Status', resources: { Phi: bucket({ VersioningConfiguration: { Status: 'Suspended' } }) } },
  { cloud: 'aws', name: 'a table without recovery', expected: 'fail', at: 'Table', resources: { Table: body('AWS::DynamoDB::Table', {}) } },
];

const azure: RuleCase[] = [];

const gcp: RuleCase[] = [];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
