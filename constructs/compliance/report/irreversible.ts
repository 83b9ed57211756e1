/** What cannot be undone once it is deployed, read from the artifact. */
import { at, type Deployment, type Resource, Unknown, type Value } from '../model.js';

export interface Irreversible {
  readonly resource: string;
  readonly what: string;
}

const SWITCHES: readonly {
  readonly type: string;
  readonly path: string;
  readonly when: (value: Value | undefined) => boolean;
  readonly what: (resource: Resource) => string;
}[] = [
  {
    type: 'AWS::S3::Bucket', path: 'ObjectLockConfiguration.Rule.DefaultRetention.Mode', when: (value) => value === 'COMPLIANCE',
    what: (bucket) => `Object Lock in COMPLIANCE mode: no object version can be removed for ${period(bucket)}, by anyone, the account's root user and the provider included`,
  },
  { type: 'AWS::Backup::BackupVault', path: 'LockConfiguration.ChangeableForDays', when: isSet, what: () => 'the vault lock can no longer be removed after its grace period' },
  { type: 'azure-native:keyvault:Vault', path: 'properties.enablePurgeProtection', when: isTrue, what: () => 'purge protection cannot be switched off: a deleted vault or key stays recoverable for its retention period, and its name stays taken' },
  { type: 'azure-native:keyvault:ManagedHsm', path: 'properties.enablePurgeProtection', when: isTrue, what: () => 'purge protection cannot be switched off, and the HSM is billed until the retention period ends' },
  { type: 'azure-native:keyvault:Key', path: 'properties.releasePolicy.immutable', when: isTrue, what: () => 'the release policy of this key version can never be changed' },
  {
    type: 'azure-native:storage:StorageAccount', path: 'immutableStorageWithVersioning.immutabilityPolicy.state', when: (value) => value === 'Locked',
    what: (account) => `locked immutability: no blob can be removed for ${days(at(account.properties, 'immutableStorageWithVersioning.immutabilityPolicy.immutabilityPeriodSinceCreationInDays'))}; the period can only grow`,
  },
  { type: 'gcp:storage/bucket:Bucket', path: 'retentionPolicy.isLocked', when: isTrue, what: (bucket) => `locked retention: no object can be removed for ${seconds(at(bucket.properties, 'retentionPolicy.retentionPeriod'))}; the period can only grow, and the bucket stays until its last object is old enough` },
  { type: 'gcp:logging/projectBucketConfig:ProjectBucketConfig', path: 'locked', when: isTrue, what: (bucket) => `locked log bucket: records stay for ${days(bucket.properties['retentionDays'])}; the bucket cannot be deleted or shortened` },
  { type: 'gcp:kms/keyRing:KeyRing', path: '', when: () => true, what: () => 'key rings cannot be deleted or renamed' },
];

export function irreversible(deployment: Deployment): Irreversible[] {
  return SWITCHES.flatMap(({ type, path, when, what }) => deployment.ofType(type)
    .filter((resource) => when(path === '' ? undefined : at(resource.properties, path)))
    .map((resource) => ({ resource: resource.id, what: what(resource) })));
}

function isTrue(value: Value | undefined): boolean {
  return value === true || value === 'true';
}

function isSet(value: Value | undefined): boolean {
  return value !== undefined && value !== null;
}

function days(value: Value | undefined): string {
  return typeof value === 'number' || typeof value === 'string' ? `${value} days` : value instanceof Unknown ? `an unknown period (${value.reason})` : 'an unknown period';
}

function seconds(value: Value | undefined): string {
  const number = Number(typeof value === 'string' ? value.replace(/s$/, '') : value);
  return typeof value !== 'object' && Number.isFinite(number) ? `${Math.floor(number / 86_400)} days` : 'an unknown period';
}

function period(bucket: Resource): string {
  const rule = at(bucket.properties, 'ObjectLockConfiguration.Rule.DefaultRetention');
  const years = at(rule, 'Years');
  return years === undefined ? days(at(rule, 'Days')) : `${typeof years === 'number' || typeof years === 'string' ? years : 'an unknown number of'} years`;
}
