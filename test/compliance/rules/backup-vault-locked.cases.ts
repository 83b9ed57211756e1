import type { RuleCase } from '../rule-case.js';
import { body } from '../aws-fixture.js';
import { resource } from '../gcp-fixture.js';
import { azureCase, NOT_KNOWN, resource as azureResource } from '../prove/azure/fixture.js';

const vault = (changes: object = {}) => ({ Vault: body('AWS::Backup::BackupVault', { BackupVaultName: 'phi', EncryptionKeyArn: 'arn:aws:kms:us-east-1:111122223333:key/1', LockConfiguration: { MinRetentionDays: 35, ChangeableForDays: 3 }, ...changes } as never) });
const allow = (Principal: string | object) => ({ AccessPolicy: { Statement: [{ Effect: 'Allow', Principal, Action: 'backup:CopyIntoBackupVault', Resource: '*' }] } });
const aws: RuleCase[] = [
  { cloud: 'aws', name: 'locked', expected: 'pass', at: 'Vault', resources: vault() },
  { cloud: 'aws', name: 'no lock', expected: 'fail', at: 'Vault', path: 'LockConfiguration', resources: vault({ LockConfiguration: { Ref: 'AWS::NoValue' } }) },
  { cloud: 'aws', name: 'a day', expected: 'fail', at: 'Vault', path: 'LockConfiguration.MinRetentionDays', resources: vault({ LockConfiguration: { MinRetentionDays: 1 } }) },
  { cloud: 'aws', name: 'the key of the service', expected: 'fail', at: 'Vault', path: 'EncryptionKeyArn', resources: vault({ EncryptionKeyArn: { Ref: 'AWS::NoValue' } }) },
  { cloud: 'aws', name: 'another account', expected: 'fail', at: 'Vault', resources: vault(allow({ AWS: 'arn:aws:iam::999988887777:root' })) },
  { cloud: 'aws', name: 'a lock that is not known', expected: 'unknown', at: 'Vault', resources: vault({ LockConfiguration: { MinRetentionDays: { 'Fn::ImportValue': 'x' } } }) },
  { cloud: 'aws', name: 'a database without backups', expected: 'fail', at: 'Db', resources: { Db: body('AWS::RDS::DBInstance', { BackupRetentionPeriod: 0 }) } },
];

const recovery = (state: string, more: object = {}) => azureResource('recoveryservices:Vault', 'vault', { properties: { publicNetworkAccess: 'Disabled', securitySettings: { immutabilitySettings: { state }, softDeleteSettings: { softDeleteState: 'AlwaysON' } }, ...more } });
const azure: RuleCase[] = [
  azureCase('locked', 'pass', { more: [recovery('Locked')], at: 'vault' }),
  azureCase('not immutable', 'fail', { more: [recovery('Disabled')], at: 'vault' }),
  azureCase('without soft delete', 'fail', { more: [recovery('Locked', { securitySettings: { immutabilitySettings: { state: 'Locked' }, softDeleteSettings: { softDeleteState: 'Disabled' } } })], at: 'vault' }),
  azureCase('a backup vault that is open', 'fail', { more: [azureResource('dataprotection:BackupVault', 'vault', { properties: { storageSettings: [] } })], at: 'vault' }),
  azureCase('not known', 'unknown', { more: [recovery(NOT_KNOWN)], at: 'vault' }),
];

const backup = (changes: object = {}) => resource('gcp:backupdisasterrecovery/backupVault:BackupVault', 'vault', { location: 'us-central1', backupMinimumEnforcedRetentionDuration: '2592000s', accessRestriction: 'WITHIN_ORGANIZATION', ...changes });
const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'locked', expected: 'pass', at: 'vault', resources: [backup()] },
  { cloud: 'gcp', name: 'a day', expected: 'fail', at: 'vault', resources: [backup({ backupMinimumEnforcedRetentionDuration: '86400s' })] },
  { cloud: 'gcp', name: 'restored anywhere', expected: 'fail', at: 'vault', path: 'accessRestriction', resources: [backup({ accessRestriction: 'UNRESTRICTED' })] },
  { cloud: 'gcp', name: 'a database without backups', expected: 'fail', at: 'sql', resources: [resource('gcp:sql/databaseInstance:DatabaseInstance', 'sql', { settings: {} })] },
  { cloud: 'gcp', name: 'not told', expected: 'unknown', at: 'vault', resources: [backup({ backupMinimumEnforcedRetentionDuration: '[secret]' })] },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
