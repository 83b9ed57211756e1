import { body, bucket } from '../aws-fixture.js';
import type { RuleCase } from '../rule-case.js';
import { azureCase, NOT_KNOWN, resource } from '../prove/azure/fixture.js';
import { bucket as bucketOf } from '../gcp-fixture.js';

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
  azureCase('a namespace without versions', 'fail', { edits: [['StorageAccount', 'store', 'isHnsEnabled', true]], at: 'store' }),
  azureCase('versions deleted after a day', 'fail', { more: [resource('storage:ManagementPolicy', 'tidy', { accountName: 'store', policy: { rules: [{ name: 'r', enabled: true, definition: { actions: { version: { delete: { daysAfterCreationGreaterThan: 1 } } } } }] } })], at: 'tidy' }),
];

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'versions', expected: 'pass', resources: [bucketOf('phi')] },
  { cloud: 'gcp', name: 'none', expected: 'fail', at: 'phi', path: 'versioning.enabled', resources: [bucketOf('phi', { versioning: undefined })] },
  { cloud: 'gcp', name: 'soft delete off', expected: 'fail', at: 'phi', path: 'softDeletePolicy.retentionDurationSeconds', resources: [bucketOf('phi', { softDeletePolicy: { retentionDurationSeconds: 0 } })] },
  { cloud: 'gcp', name: 'not told', expected: 'unknown', at: 'phi', path: 'versioning.enabled', resources: [bucketOf('phi', { versioning: '[secret]' })] },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
