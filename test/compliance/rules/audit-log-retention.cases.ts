import { body, bucket, trail } from '../aws-fixture.js';
import type { RuleCase } from '../rule-case.js';
import { azureCase, NOT_KNOWN, resource } from '../prove/azure/fixture.js';
import { archive, logBucket, logs } from '../gcp-fixture.js';

const aws: RuleCase[] = [
  { cloud: 'aws', name: 'six years in days', expected: 'pass', resources: { Trail: trail(), Logs: bucket() } },
  { cloud: 'aws', name: 'six years in years', expected: 'pass', resources: { Trail: trail(), Logs: bucket({ ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Years: 6 } } } }) } },
  { cloud: 'aws', name: 'a day short', expected: 'fail', at: 'Logs', path: 'ObjectLockConfiguration.Rule.DefaultRetention.Days', resources: { Trail: trail(), Logs: bucket({ ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: 2190 } } } }) } },
  { cloud: 'aws', name: 'five years', expected: 'fail', at: 'Logs', resources: { Trail: trail(), Logs: bucket({ ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Years: 5 } } } }) } },
  { cloud: 'aws', name: 'no default retention', expected: 'fail', at: 'Logs', resources: { Trail: trail(), Logs: bucket({ ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled' } }) } },
  { cloud: 'aws', name: 'a lifecycle rule that expires records', expected: 'fail', at: 'Logs', path: 'LifecycleConfiguration.Rules[0].ExpirationInDays', resources: { Trail: trail(), Logs: bucket({ LifecycleConfiguration: { Rules: [{ Status: 'Enabled', ExpirationInDays: 365 }] } }) } },
  { cloud: 'aws', name: 'an intake may expire what it replicated', expected: 'pass', resources: { Trail: trail(), Logs: bucket(), Phi: bucket({ LoggingConfiguration: { DestinationBucketName: { Ref: 'Intake' } } }), Intake: bucket({ ObjectLockConfiguration: { Ref: 'AWS::NoValue' }, LifecycleConfiguration: { Rules: [{ Status: 'Enabled', ExpirationInDays: 90 }] }, ReplicationConfiguration: { Rules: [{ Status: 'Enabled', Filter: { Prefix: '' }, Destination: { Bucket: { 'Fn::GetAtt': ['Logs', 'Arn'] } } }] } }) } },
  { cloud: 'aws', name: 'an intake that replicates one folder only', expected: 'fail', at: 'Intake', resources: { Logs: bucket(), Phi: bucket({ LoggingConfiguration: { DestinationBucketName: { Ref: 'Intake' } } }), Intake: bucket({ ObjectLockConfiguration: { Ref: 'AWS::NoValue' }, ReplicationConfiguration: { Rules: [{ Status: 'Enabled', Filter: { Prefix: 'one/' }, Destination: { Bucket: { 'Fn::GetAtt': ['Logs', 'Arn'] } } }] } }) } },
  { cloud: 'aws', name: 'a log group of a year', expected: 'fail', at: 'Group', path: 'RetentionInDays', resources: { Group: body('AWS::Logs::LogGroup', { RetentionInDays: 365 }) } },
  { cloud: 'aws', name: 'a log group of a class that keeps two days', expected: 'fail', at: 'Group', path: 'LogGroupClass', resources: { Group: body('AWS::Logs::LogGroup', { RetentionInDays: 2192, LogGroupClass: 'DELIVERY' }) } },
  { cloud: 'aws', name: 'a log group that never expires', expected: 'pass', resources: { Group: body('AWS::Logs::LogGroup', {}) } },
];

const azure: RuleCase[] = [
  azureCase('six years', 'pass'),
  azureCase('a year', 'fail', { edits: [['StorageAccount', 'logs', 'immutableStorageWithVersioning.immutabilityPolicy.immutabilityPeriodSinceCreationInDays', 365]], at: 'logs' }),
  azureCase('a lifecycle that deletes', 'fail', { more: [resource('storage:ManagementPolicy', 'tidy', { accountName: 'logs', policy: { rules: [{ name: 'tidy', enabled: true, type: 'Lifecycle', definition: { actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: 365 } } } } }] } })], at: 'tidy' }),
  azureCase('a lifecycle that only moves', 'pass', { more: [resource('storage:ManagementPolicy', 'tidy', { accountName: 'logs', policy: { rules: [{ name: 'tidy', enabled: true, type: 'Lifecycle', definition: { actions: { baseBlob: { tierToCold: { daysAfterModificationGreaterThan: 90 } } } } }] } })] }),
  azureCase('a short workspace', 'fail', { edits: [['Workspace', 'workspace', 'retentionInDays', 30]], at: 'workspace' }),
  azureCase('a short table', 'fail', { edits: [['Table', 'AzureActivity', 'totalRetentionInDays', 730]], at: 'AzureActivity' }),
  azureCase('one table left out', 'fail', { gone: [['Table', 'AzureActivity']], at: 'workspace' }),
  azureCase('a flow log that forgets', 'fail', { edits: [['FlowLog', 'flows', 'retentionPolicy', { enabled: true, days: 30 }]], at: 'flows' }),
  azureCase('not known', 'unknown', { edits: [['StorageAccount', 'logs', 'immutableStorageWithVersioning', NOT_KNOWN]], at: 'logs' }),
  azureCase('a table of the cheap plan', 'fail', { edits: [['Table', 'AzureActivity', 'plan', 'Basic']], at: 'AzureActivity', path: 'plan' }),
  azureCase('the free plan', 'fail', { edits: [['Workspace', 'workspace', 'sku', { name: 'Free' }]], at: 'workspace' }),
  azureCase('a retention not known', 'unknown', { edits: [['FlowLog', 'flows', 'retentionPolicy', NOT_KNOWN]], at: 'flows' }),
];

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'six years', expected: 'pass', resources: logs() },
  { cloud: 'gcp', name: 'a month by default', expected: 'fail', at: 'vault', path: 'retentionDays', resources: logs(logBucket({ retentionDays: undefined })) },
  { cloud: 'gcp', name: 'a year in the archive', expected: 'fail', at: 'archive', path: 'retentionPolicy.retentionPeriod', resources: logs(archive({ retentionPolicy: { isLocked: true, retentionPeriod: '31536000' } })) },
  { cloud: 'gcp', name: 'versions beside retention', expected: 'fail', at: 'archive', path: 'versioning.enabled', resources: logs(archive({ versioning: { enabled: true } })) },
  { cloud: 'gcp', name: 'a lifecycle that deletes', expected: 'fail', at: 'archive', path: 'lifecycleRules[0]', resources: logs(archive({ lifecycleRules: [{ action: { type: 'Delete' }, condition: { age: 30 } }] })) },
  { cloud: 'gcp', name: 'a lifecycle that deletes after ten years', expected: 'pass', resources: logs(archive({ lifecycleRules: [{ action: { type: 'Delete' }, condition: { age: 3650 } }] })) },
  { cloud: 'gcp', name: 'a retention that is not told', expected: 'unknown', at: 'vault', path: 'retentionDays', resources: logs(logBucket({ retentionDays: '[secret]' })) },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
