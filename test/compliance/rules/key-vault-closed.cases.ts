import type { RuleCase } from '../rule-case.js';
import { azureCase, NOT_KNOWN, resource, STRANGER } from '../prove/azure/fixture.js';

const azure: RuleCase[] = [
  azureCase('closed', 'pass'),
  azureCase('services of Azure at the PHI vault', 'fail', { edits: [['Vault', 'phi-vault', 'properties.networkAcls.bypass', 'AzureServices']], at: 'phi-vault' }),
  azureCase('an access policy in waiting', 'fail', { edits: [['Vault', 'phi-vault', 'properties.accessPolicies', [{ objectId: STRANGER, permissions: { keys: ['release'] } }]]], at: 'phi-vault' }),
  azureCase('an access policy beside the vault', 'fail', { more: [resource('keyvault:AccessPolicy', 'beside', { vaultName: 'phi-vault' })], at: 'beside' }),
  azureCase('an address', 'fail', { edits: [['Vault', 'infra-vault', 'properties.networkAcls.ipRules', [{ value: '203.0.113.1' }]]], at: 'infra-vault' }),
  azureCase('template deployments', 'fail', { edits: [['Vault', 'infra-vault', 'properties.enabledForTemplateDeployment', true]], at: 'infra-vault' }),
  azureCase('not known', 'unknown', { edits: [['Vault', 'infra-vault', 'properties', NOT_KNOWN]], at: 'infra-vault' }),
  azureCase('access policies for infrastructure keys', 'fail', { edits: [['Vault', 'infra-vault', 'properties.enableRbacAuthorization', undefined]], at: 'infra-vault' }),
  azureCase('another directory', 'fail', { edits: [['Vault', 'phi-vault', 'properties.tenantId', STRANGER]], at: 'phi-vault', path: 'properties.tenantId' }),
  azureCase('a directory not known', 'unknown', { edits: [['Vault', 'phi-vault', 'properties.tenantId', NOT_KNOWN]], at: 'phi-vault' }),
];

export const cases: RuleCase[] = [...azure];
