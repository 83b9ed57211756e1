import type { RuleCase } from '../rule-case.js';
import { azureCase, id, NOT_KNOWN, resource } from '../prove/azure/fixture.js';

const azure: RuleCase[] = [
  azureCase('no perimeter', 'pass'),
  azureCase('enforced', 'pass', { more: [resource('network:NetworkSecurityPerimeterAssociation', 'member', { accessMode: 'Enforced', privateLinkResource: { id: id('Microsoft.KeyVault/vaults', 'phi-vault') } })] }),
  azureCase('learning around what is closed itself', 'pass', { more: [resource('network:NspAssociation', 'member', { accessMode: 'Learning', privateLinkResource: { id: id('Microsoft.KeyVault/vaults', 'phi-vault') } })] }),
  azureCase('learning around what is not', 'fail', { edits: [['Vault', 'phi-vault', 'properties.publicNetworkAccess', 'SecuredByPerimeter']], more: [resource('network:NetworkSecurityPerimeterAssociation', 'member', { accessMode: 'Learning', privateLinkResource: { id: id('Microsoft.KeyVault/vaults', 'phi-vault') } })], at: 'member' }),
  azureCase('addresses let in', 'fail', { more: [resource('network:NetworkSecurityPerimeterAccessRule', 'rule', { direction: 'Inbound', addressPrefixes: ['203.0.113.0/24'] })], at: 'rule', path: 'addressPrefixes' }),
  azureCase('names let out', 'fail', { more: [resource('network:NspAccessRule', 'rule', { direction: 'Outbound', fullyQualifiedDomainNames: ['*'] })], at: 'rule' }),
  azureCase('another subscription', 'fail', { more: [resource('network:NetworkSecurityPerimeterAccessRule', 'rule', { direction: 'Inbound', subscriptions: [{ id: '/subscriptions/99999999-0000-4000-8000-000000000000' }] })], at: 'rule' }),
  azureCase('the own subscription', 'unknown', { more: [resource('network:NetworkSecurityPerimeterAccessRule', 'rule', { direction: 'Inbound', subscriptions: [{ id: '/subscriptions/00000000-0000-0000-0000-000000000001' }] })], at: 'rule' }),
  azureCase('not known', 'unknown', { more: [resource('network:NetworkSecurityPerimeterAccessRule', 'rule', { direction: 'Inbound', addressPrefixes: NOT_KNOWN })], at: 'rule' }),
  azureCase('joined to another', 'fail', { more: [resource('network:NetworkSecurityPerimeterLink', 'link', { linkName: 'link' })], at: 'link' }),
  azureCase('an approval for somebody', 'fail', { more: [resource('storage:PrivateEndpointConnection', 'approval', { accountName: 'store', privateLinkServiceConnectionState: { status: 'Approved' } })], at: 'approval' }),
  azureCase('a refusal', 'pass', { more: [resource('storage:PrivateEndpointConnection', 'approval', { accountName: 'store', privateLinkServiceConnectionState: { status: 'Rejected' } })] }),
];

export const cases: RuleCase[] = [...azure];
