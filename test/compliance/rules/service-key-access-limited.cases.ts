import type { RuleCase } from '../rule-case.js';
import { azureCase, GROUP, id, role, ROLES, STRANGER } from '../prove/azure/fixture.js';

const azure: RuleCase[] = [
  azureCase('each by its service', 'pass', { at: 'os-disk' }),
  azureCase('a stranger unwraps', 'fail', { more: [role('extra', ROLES.encryption, `${id('Microsoft.KeyVault/vaults', 'infra-vault')}/keys/storage`, STRANGER)], at: 'storage' }),
  azureCase('a service on the whole vault', 'fail', { edits: [['RoleAssignment', 'disk-wrap', 'scope', id('Microsoft.KeyVault/vaults', 'infra-vault')]], at: 'os-disk' }),
  azureCase('Crypto Officer of the vault', 'fail', { more: [role('extra', ROLES.officer, id('Microsoft.KeyVault/vaults', 'infra-vault'), STRANGER)], at: 'storage' }),
  azureCase('release to another than the orchestrator', 'fail', { more: [role('extra', ROLES.release, `${id('Microsoft.KeyVault/vaults', 'infra-vault')}/keys/os-disk-1`, STRANGER)], at: 'os-disk' }),
  azureCase('release to the orchestrator', 'pass', { more: [role('extra', ROLES.release, `${id('Microsoft.KeyVault/vaults', 'infra-vault')}/keys/os-disk-1`, '00000000-0000-0000-0000-000000000003')], at: 'os-disk' }),
  azureCase('a role that nobody knows', 'unknown', { more: [role('extra', '99999999-9999-9999-9999-999999999999', GROUP, STRANGER)], at: 'storage' }),
];

export const cases: RuleCase[] = [...azure];
