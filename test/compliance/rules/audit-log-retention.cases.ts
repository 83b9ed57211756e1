import { body, bucket, trail } from '../aws-fixture.js';
import type { RuleCase } from '../rule-case.js';

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
  { cloud: 'aws', name: 'a log group that never expires', expected: 'pass', resources: { Group: body('AWS::Logs::LogGroup', {}) } },
];

const azure: RuleCase[] = [];

const gcp: RuleCase[] = [];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
