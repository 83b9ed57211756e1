import { body, bucket } from '../aws-fixture.js';
import type { RuleCase } from '../rule-case.js';
import { azureCase, NOT_KNOWN } from '../prove/azure/fixture.js';

const aws: RuleCase[] = [
  { cloud: 'aws', name: 'versions and recovery', expected: 'pass', resources: { Phi: bucket(), Table: body('AWS::DynamoDB::Table', { PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } }) } },
  { cloud: 'aws', name: 'suspended', expected: 'fail', at: 'Phi', path: 'VersioningConfiguration.Status', resources: { Phi: bucket({ VersioningConfiguration: { Status: 'Suspended' } }) } },
  { cloud: 'aws', name: 'a table without recovery', expected: 'fail', at: 'Table', resources: { Table: body('AWS::DynamoDB::Table', {}) } },
];

const azure: RuleCase[] = [
  azureCase('versions', 'pass', { at: 'store' }),
  azureCase('no versions', 'fail', { edits: [['BlobServiceProperties', 'store', 'isVersioningEnabled', false]], at: 'store' }),
  azureCase('a day of recovery', 'fail', { edits: [['BlobServiceProperties', 'store', 'deleteRetentionPolicy.days', 1]], at: 'store' }),
  azureCase('no settings', 'fail', { gone: [['BlobServiceProperties', 'store']], at: 'store' }),
  azureCase('not known', 'unknown', { edits: [['BlobServiceProperties', 'store', 'isVersioningEnabled', NOT_KNOWN]], at: 'store' }),
];

const gcp: RuleCase[] = [];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
