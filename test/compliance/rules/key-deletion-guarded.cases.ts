import { key } from '../aws-fixture.js';
import type { RuleCase } from '../rule-case.js';
import { azureCase, GROUP, NOT_KNOWN, resource, role, STRANGER } from '../prove/azure/fixture.js';
import { DEPLOYER, key as keyOf, member, resource as gcpResource, rings } from '../gcp-fixture.js';

const aws: RuleCase[] = [
  { cloud: 'aws', name: 'retained, thirty days', expected: 'pass', resources: { Key: key({ PendingWindowInDays: 30 }) } },
  { cloud: 'aws', name: 'goes with the stack', expected: 'fail', at: 'Key', path: 'DeletionPolicy', resources: { Key: key({}, {}) } },
  { cloud: 'aws', name: 'goes with a replacement', expected: 'fail', at: 'Key', path: 'UpdateReplacePolicy', resources: { Key: key({}, { DeletionPolicy: 'Retain' }) } },
  { cloud: 'aws', name: 'seven days', expected: 'fail', at: 'Key', path: 'PendingWindowInDays', resources: { Key: key({ PendingWindowInDays: 7 }) } },
  { cloud: 'aws', name: 'disabled', expected: 'fail', at: 'Key', path: 'Enabled', resources: { Key: key({ Enabled: false }) } },
];

const azure: RuleCase[] = [
  azureCase('protected', 'pass'),
  azureCase('no purge protection', 'fail', { edits: [['Vault', 'phi-vault', 'properties.enablePurgeProtection', undefined]], at: 'phi-vault', path: 'properties.enablePurgeProtection' }),
  azureCase('no soft delete', 'fail', { edits: [['Vault', 'infra-vault', 'properties.enableSoftDelete', false]], at: 'infra-vault' }),
  azureCase('a week', 'fail', { edits: [['Vault', 'phi-vault', 'properties.softDeleteRetentionInDays', 7]], at: 'phi-vault' }),
  azureCase('disabled', 'fail', { edits: [['Key', 'storage', 'properties.attributes.enabled', false]], at: 'storage' }),
  azureCase('an unprotected key', 'fail', { more: [resource('keyvault:Key', 'second', { vaultName: 'infra-vault', keyName: 'second', properties: { kty: 'RSA-HSM' } })], at: 'second' }),
  azureCase('a lock on the group', 'pass', { more: [resource('authorization:ManagementLockAtResourceGroupLevel', 'lock', { resourceGroupName: 'inference-production', level: 'CanNotDelete' }, { protect: true }), resource('keyvault:Vault', 'third', { vaultName: 'third', properties: { enablePurgeProtection: true } })] }),
  azureCase('somebody may purge', 'fail', { more: [resource('authorization:RoleDefinition', 'purge', { roleDefinitionId: '66666666-0000-0000-0000-000000000666', scope: GROUP, assignableScopes: [GROUP], permissions: [{ actions: [], notActions: [], dataActions: ['Microsoft.KeyVault/vaults/keys/purge/action'], notDataActions: [] }] }), role('extra', '66666666-0000-0000-0000-000000000666', GROUP, STRANGER)], at: 'phi-vault' }),
  azureCase('not known', 'unknown', { edits: [['Vault', 'phi-vault', 'properties', NOT_KNOWN]], at: 'phi-vault' }),
];

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'guarded', expected: 'pass', resources: [...rings, keyOf('phi', 'phi')] },
  { cloud: 'gcp', name: 'administrators who destroy versions', expected: 'fail', at: 'phi', resources: [...rings, keyOf('phi', 'phi'), member('key', 'admins', 'roles/cloudkms.admin', 'group:admins@example.org')] },
  { cloud: 'gcp', name: 'the deployer destroys versions', expected: 'pass', resources: [...rings, keyOf('phi', 'phi'), member('key', 'deploys', 'roles/cloudkms.admin', DEPLOYER)] },
  { cloud: 'gcp', name: 'not protected', expected: 'fail', at: 'phi', path: 'protect', resources: [...rings, keyOf('phi', 'phi', {}, {})] },
  { cloud: 'gcp', name: 'deleted by the provider', expected: 'fail', at: 'phi', path: 'deletionPolicy', resources: [...rings, keyOf('phi', 'phi', { deletionPolicy: undefined })] },
  { cloud: 'gcp', name: 'gone in a day', expected: 'fail', at: 'phi', path: 'destroyScheduledDuration', resources: [...rings, keyOf('phi', 'phi', { destroyScheduledDuration: '86400s' })] },
  { cloud: 'gcp', name: 'a delay that is not told', expected: 'unknown', at: 'phi', path: 'destroyScheduledDuration', resources: [...rings, keyOf('phi', 'phi', { destroyScheduledDuration: '[secret]' })] },
  { cloud: 'gcp', name: 'a disabled version', expected: 'fail', at: 'version', path: 'state', resources: [...rings, keyOf('phi', 'phi'), gcpResource('gcp:kms/cryptoKeyVersion:CryptoKeyVersion', 'version', { state: 'DISABLED' })] },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
