/** What a second look at the shipped artifact found that the first lists had not: one of each class. */
import { add, addRule, both, conditions, context, edge, fleet, grant, GROUP, inputs, isOn, key, list, log, logSame, machine, machineInputs, machineName, machineSame, net, networkId, networkSame, onAccount, one, onKey, onVault, policy, put, record, ROLE, same, set, state, STRANGER, subnet, SUBSCRIPTION, tagSame, TEE_PRINCIPAL, vaultScope, vm, type Apply } from './edits.js';
import type { Json, JsonObject, Mutator } from '../mutator.js';

const rawPolicy = (change: (text: string) => string, key = 'phi'): Apply => (artifact) => {
  const holder = record(record(inputs(artifact, 'keyvault:Key', key)['properties'], 'p')['releasePolicy'], 'rp');
  const before = Buffer.from(String(holder['data'] as string), 'base64url').toString('utf8');
  const after = change(before);
  if (after === before) throw new Error('no change');
  holder['data'] = Buffer.from(after, 'utf8').toString('base64url');
};
const swap = (end: string, make: (c: JsonObject) => Json): Apply => policy('phi', (_, b) => { let hit = 0; b['allOf'] = conditions(b).map((c) => (isOn(end)(c) ? (hit++, make(record(c, 'c'))) : c)); if (!hit) throw new Error(end); return undefined; });
const full = (artifact: JsonObject, type: string, name: string): JsonObject => state(one(artifact, type, name));
const custom = (name: string, permissions: JsonObject, scope: (w: ReturnType<typeof context>, a: JsonObject) => string = GROUP): Apply => (artifact) => both(
  add('authorization:RoleDefinition', name, (where) => ({ roleDefinitionId: ROLE.unknown, roleName: name, scope: where.id, assignableScopes: [where.id], permissions: [{ actions: [], notActions: [], dataActions: [], notDataActions: [], ...permissions }] })),
  grant('unknown', scope),
)(artifact);
const byId = (role: string, scope: (w: ReturnType<typeof context>, a: JsonObject) => string, rest: JsonObject = {}): Apply => (artifact) => add('authorization:RoleAssignment', 'extra', (where, a) => ({ roleDefinitionId: role.replace('SUB', where.subscription), scope: scope(where, a), principalId: STRANGER, principalType: 'User', roleAssignmentName: STRANGER, ...rest }))(artifact);
const D = 'Microsoft.KeyVault/vaults/keys/';
const addAction = (action: string): Apply => (artifact) => { list(record(list(inputs(artifact, 'authorization:RoleDefinition', 'phi-administrator')['permissions'], 'p')[0], 'p')['dataActions'], 'd').push(action); };
const profile = (a: JsonObject): JsonObject => record(machineInputs(a)['virtualMachineProfile'], 'profile');
const step = (type: string, name: string, op: string, rest: (s: JsonObject) => void = () => undefined): Apply => (a) => { const s = one(a, type, name); s['op'] = op; rest(s); };
const FOREIGN = '/subscriptions/99999999-0000-4000-8000-000000000000/resourceGroups/others/providers';
const account = (name: string) => (_: ReturnType<typeof context>, a: JsonObject): string => String(inputs(a, 'storage:StorageAccount', name)['accountName'] as string);
const builtin = (guid: string, scope: (w: ReturnType<typeof context>, a: JsonObject) => string, rest: JsonObject = {}) => byId(`/subscriptions/SUB/providers/Microsoft.Authorization/roleDefinitions/${guid}`, scope, rest);

export const secondWeaker: readonly Mutator[] = [
  key('dup-authority', rawPolicy((t) => t.replace('"authority":', '"authority":"https://maaevil.eus.attest.azure.net","authority":'))),
  key('dup-equals', rawPolicy((t) => t.replace('"equals":"azure-compliant-cvm"', '"equals":"x","equals":"azure-compliant-cvm"'))),
  key('allof-and-anyof', policy('phi', (_, b) => { b['anyOf'] = [{ claim: 'secureboot', equals: true }]; return undefined; })),
  key('equals-list', swap('x-ms-isolation-tee.x-ms-attestation-type', (c) => ({ claim: c['claim']!, equals: ['sevsnpvm', 'vbs'] }))),
  key('authority-userinfo', policy('phi', (_, b) => { b['authority'] = `${String(b['authority'] as string)}@evil.example`; return undefined; })),
  key('authority-homoglyph', policy('phi', (_, b) => { b['authority'] = String(b['authority'] as string).replace('maac', 'maaс'); return undefined; })),
  key('compliance-exists-false', swap('x-ms-compliance-status', (c) => ({ claim: c['claim']!, exists: false }))),
  key('compliance-by-svn', swap('x-ms-compliance-status', () => ({ claim: 'x-ms-isolation-tee.x-ms-sevsnpvm-guestsvn', greaterOrEquals: 0 }))),
  key('nested-empty-allof', policy('phi', (w, b) => { list(w['anyOf'], 'a').push({ authority: b['authority']!, allOf: [{ allOf: [] }] }); return undefined; })),
  key('trailing-json', rawPolicy((t) => `${t}{"version":"1.0.0"}`)),
  key('infra-access-mode', set('keyvault:Vault', 'infrastructure-vault', 'properties.enableRbacAuthorization', undefined)),
  key('phi-vault-tenant', set('keyvault:Vault', 'phi-vault', 'properties.tenantId', STRANGER)),
  key('role-guid-without-subscription', byId(`/providers/Microsoft.Authorization/roleDefinitions/${ROLE.officer}`, onVault)),
  key('role-guid-bare', byId(ROLE.officer, onVault)),
  key('scope-slash', builtin(ROLE.officer, (w, a) => `${onVault(w, a)}/`)),
  key('scope-double-slash', builtin(ROLE.officer, (w, a) => onVault(w, a).replace('/vaults/', '//vaults/'))),
  key('scope-key-version', builtin(ROLE.user, (w, a) => `${onKey(w, a)}/versions/abc`)),
  key('scope-by-reference', builtin(ROLE.officer, () => '${azure-native:keyvault:Vault::phi-vault.id}')),
  key('admin-gains-star', addAction('*')),
  key('admin-second-permission', (a) => { list(inputs(a, 'authorization:RoleDefinition', 'phi-administrator')['permissions'], 'p').push({ actions: [], notActions: [], dataActions: [`${D}*`], notDataActions: [] }); }),
  key('custom-data-wildcard', custom('w', { dataActions: ['Microsoft.KeyVault/vaults/*'], notDataActions: [`${D}decrypt/action`] })),
  key('custom-runcommand', custom('w', { actions: ['Microsoft.Compute/virtualMachineScaleSets/virtualMachines/runCommands/write'] })),
  key('custom-fed-cred', custom('w', { actions: ['Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/write'] })),
  key('custom-policy-exempt', custom('w', { actions: ['Microsoft.Authorization/policyExemptions/write', 'Microsoft.Authorization/policyAssignments/exempt/action'] })),
  key('release-to-store-identity', (a) => byId(`/subscriptions/SUB/providers/Microsoft.Authorization/roleDefinitions/${ROLE.release}`, onKey, { principalId: '${azure-native:managedidentity:UserAssignedIdentity::phi-store.principalId}', principalType: 'ServicePrincipal' })(a)),
  key('tee-may-release-disk-key', (a) => byId(`/subscriptions/SUB/providers/Microsoft.Authorization/roleDefinitions/${ROLE.release}`, () => String(inputs(a, 'authorization:RoleAssignment', 'os-disk-orchestrator-release')['scope'] as string), { principalId: TEE_PRINCIPAL, principalType: 'ServicePrincipal' })(a)),
  vm('access-control-profile', machine('securityProfile.proxyAgentSettings.imds', { inVMAccessControlProfileReferenceId: `${FOREIGN}/Microsoft.Compute/galleries/g/inVMAccessControlProfiles/p` })),
  vm('inline-extension', (a) => put(profile(a), 'extensionProfile', { extensions: [{ name: 'c', publisher: 'Microsoft.Azure.Extensions', type: 'CustomScript', typeHandlerVersion: '2.1' }] })),
  vm('vhd-image', machine('storageProfile.osDisk.image', { uri: 'https://x.blob.core.windows.net/vhds/a.vhd' })),
  vm('attach-disk', machine('storageProfile.osDisk.createOption', 'Attach')),
  vm('instance-override', add('compute:VirtualMachineScaleSetVM', 'o', (_, a) => ({ vmScaleSetName: machineName(a), instanceId: '0', osProfile: { allowExtensionOperations: true }, securityProfile: { securityType: 'TrustedLaunch' } }))),
  vm('des-federated-client', set('compute:DiskEncryptionSet', undefined, 'federatedClientId', STRANGER)),
  vm('des-host-lookalike', set('compute:DiskEncryptionSet', undefined, 'activeKey.keyUrl', 'https://infra-clinicald-7e4b45e6.vault.azure.example/keys/os-disk-56125216f312/1')),
  vm('second-nic-gateway', (a) => { list(record(profile(a)['networkProfile'], 'n')['networkInterfaceConfigurations'], 'n').push({ name: 'two', primary: false, ipConfigurations: [{ name: 'x', subnet: { id: `${networkId(context(a), a)}/subnets/gateway` } }] }); }),
  vm('local-package-plain-vm', (a) => { const urn = 'urn:pulumi:azure::tee-kit::azure-native_compute_v20240701:compute:VirtualMachine::x'; list(a['steps'], 's').push({ op: 'create', urn, newState: { urn, type: 'azure-native_compute_v20240701:compute:VirtualMachine', custom: true, inputs: { vmName: 'x', tags: context(a).tags, hardwareProfile: { vmSize: 'Standard_D2s_v5' } } } }); }),
  vm('aks', add('containerservice:ManagedCluster', 'k', () => ({ resourceName: 'k' }))),
  net('deny-one-source-port', edge('network-tee', 'deny-all-inbound', { sourcePortRange: '80' })),
  net('deny-no-access', edge('network-tee', 'deny-all-inbound', { access: 'Denied' })),
  net('gateway-prefix-wider', subnet('gateway', 'addressPrefix', '10.20.0.0/20')),
  net('subnet-shared', subnet('tee', 'sharingScope', 'Tenant')),
  net('subnet-delegated', subnet('tee', 'delegations', [{ name: 'd', serviceName: 'Microsoft.ContainerInstance/containerGroups' }])),
  net('route-table-foreign', subnet('tee', 'routeTable', { id: `${FOREIGN}/Microsoft.Network/routeTables/r` })),
  net('lb-all-ports', (a) => { const r = record(list(inputs(a, 'network:LoadBalancer')['loadBalancingRules'], 'r')[0], 'r'); Object.assign(r, { protocol: 'All', frontendPort: 0, backendPort: 0 }); }),
  net('lb-nat-ssh', (a) => put(inputs(a, 'network:LoadBalancer'), 'inboundNatRules', [{ name: 's', protocol: 'Tcp', frontendPort: 2222, backendPort: 22, frontendIPConfiguration: { id: 'x' } }])),
  net('lb-mirror', (a) => put(record(list(inputs(a, 'network:LoadBalancer')['frontendIPConfigurations'], 'f')[0], 'f'), 'gatewayLoadBalancer', { id: `${FOREIGN}/Microsoft.Network/loadBalancers/g/frontendIPConfigurations/f` })),
  net('lb-backend-address', (a) => put(record(list(inputs(a, 'network:LoadBalancer')['backendAddressPools'], 'b')[0], 'b'), 'loadBalancerBackendAddresses', [{ name: 'x', ipAddress: '10.99.0.4', virtualNetwork: { id: `${FOREIGN}/Microsoft.Network/virtualNetworks/v` } }])),
  net('pe-foreign-service', add('network:PrivateEndpoint', 'pe', (w, a) => ({ privateEndpointName: 'pe', subnet: { id: `${networkId(w, a)}/subnets/endpoints` }, privateLinkServiceConnections: [{ name: 'c', groupIds: ['blob'], privateLinkServiceId: `${FOREIGN}/Microsoft.Storage/storageAccounts/exfil` }] }))),
  net('pe-store-foreign-network', add('network:PrivateEndpoint', 'pe', (w, a) => ({ privateEndpointName: 'pe', subnet: { id: `${FOREIGN}/Microsoft.Network/virtualNetworks/v/subnets/s` }, privateLinkServiceConnections: [{ name: 'c', groupIds: ['blob'], privateLinkServiceId: onAccount('phi-store')(w, a) }] }))),
  net('store-connection-approved', add('storage:PrivateEndpointConnection', 'c', (w, a) => ({ accountName: account('phi-store')(w, a), privateEndpointConnectionName: 'c', privateLinkServiceConnectionState: { status: 'Approved' } }))),
  net('nsp-inbound-world', (a) => both(set('keyvault:Vault', 'phi-vault', 'properties.publicNetworkAccess', 'SecuredByPerimeter'), add('network:NetworkSecurityPerimeter', 'p', () => ({ networkSecurityPerimeterName: 'p' })), add('network:NetworkSecurityPerimeterAssociation', 'as', (w) => ({ networkSecurityPerimeterName: 'p', associationName: 'a', accessMode: 'Enforced', privateLinkResource: { id: vaultScope(a) }, profile: { id: `${w.id}/providers/Microsoft.Network/networkSecurityPerimeters/p/profiles/d` } })), add('network:NetworkSecurityPerimeterAccessRule', 'r', () => ({ networkSecurityPerimeterName: 'p', profileName: 'd', accessRuleName: 'r', direction: 'Inbound', addressPrefixes: ['0.0.0.0/0'] })))(a)),
  net('nsp-outbound-world', add('network:NetworkSecurityPerimeterAccessRule', 'r', () => ({ networkSecurityPerimeterName: 'p', profileName: 'd', accessRuleName: 'r', direction: 'Outbound', fullyQualifiedDomainNames: ['*'] }))),
  net('nsp-link', add('network:NetworkSecurityPerimeterLink', 'r', () => ({ networkSecurityPerimeterName: 'p', linkName: 'l', autoApprovedRemotePerimeterResourceId: `${FOREIGN}/Microsoft.Network/networkSecurityPerimeters/q`, localInboundProfiles: ['*'] }))),
  net('dns-zone-group-foreign', (a) => put(record(list(inputs(a, 'network:PrivateDnsZoneGroup', 'phi-vault-endpoint')['privateDnsZoneConfigs'], 'z')[0], 'z'), 'privateDnsZoneId', `${FOREIGN}/Microsoft.Network/privateDnsZones/privatelink.vaultcore.azure.net`)),
  net('sas-gone', set('storage:StorageAccount', 'phi-store', 'sasPolicy', undefined)),
  net('sas-log', set('storage:StorageAccount', 'phi-store', 'sasPolicy.expirationAction', 'Log')),
  net('sas-long', set('storage:StorageAccount', 'phi-store', 'sasPolicy.sasExpirationPeriod', '365.00:00:00')),
  net('hns', set('storage:StorageAccount', 'phi-store', 'isHnsEnabled', true)),
  net('nfs', set('storage:StorageAccount', 'phi-store', 'enableNfsV3', true)),
  net('cmk-federated', set('storage:StorageAccount', 'phi-store', 'encryption.encryptionIdentity.encryptionFederatedIdentityClientId', STRANGER)),
  net('cmk-pinned', set('storage:StorageAccount', 'phi-store', 'encryption.keyVaultProperties.keyVersion', '0123')),
  net('encryption-scope', both(add('storage:EncryptionScope', 's', (w, a) => ({ accountName: account('phi-store')(w, a), encryptionScopeName: 's', source: 'Microsoft.Storage' })), set('storage:BlobContainer', 'phi-store', 'defaultEncryptionScope', 's'))),
  net('lifecycle-phi', add('storage:ManagementPolicy', 's', (w, a) => ({ accountName: account('phi-store')(w, a), managementPolicyName: 'default', policy: { rules: [{ name: 'r', type: 'Lifecycle', enabled: true, definition: { actions: { version: { delete: { daysAfterCreationGreaterThan: 1 } }, baseBlob: { delete: { daysAfterModificationGreaterThan: 1 } } }, filters: { blobTypes: ['blockBlob'] } } }] } }))),
  log('diag-retention', (a) => { const own = inputs(a, 'monitor:DiagnosticSetting', 'phi-vault-audit'); own['logs'] = [{ categoryGroup: 'allLogs', enabled: true, retentionPolicy: { enabled: true, days: 7 } }]; }),
  log('table-basic', set('operationalinsights:Table', 'logs-AZKVAuditLogs', 'plan', 'Basic')),
  log('workspace-transform', set('operationalinsights:Workspace', undefined, 'defaultDataCollectionRuleResourceId', `${FOREIGN}/x`)),
  log('log-hns', set('storage:StorageAccount', 'logs', 'isHnsEnabled', true)),
  log('log-bypass-none', set('storage:StorageAccount', 'logs', 'networkRuleSet.bypass', 'None')),
  log('log-permanent-delete', set('storage:BlobServiceProperties', 'logs', 'deleteRetentionPolicy.allowPermanentDelete', true)),
  log('flow-log-retention-unknown', set('network:FlowLog', undefined, 'retentionPolicy', '[secret]')),
  log('blob-owner-on-logs', builtin('b7e6dc6d-f1e8-4753-8033-0f276bb0955b', onAccount('logs'))),
  log('policy-overrides', set('authorization:PolicyAssignment', 'guardrails-deny', 'overrides', [{ kind: 'policyEffect', value: 'Disabled', selectors: [{ kind: 'policyDefinitionReferenceId', in: ['vault-open'] }] }])),
  log('policy-selectors', set('authorization:PolicyAssignment', 'guardrails-deny', 'resourceSelectors', [{ name: 's', selectors: [{ kind: 'resourceLocation', in: ['westus'] }] }])),
  log('policy-scope-moved', set('authorization:PolicyAssignment', 'guardrails-deny', 'scope', '/subscriptions/99999999-0000-4000-8000-000000000000')),
  log('policy-enforcement-unknown', set('authorization:PolicyAssignment', 'guardrails-deny', 'enforcementMode', '[secret]')),
  log('policy-shorter-end', (a) => { const own = inputs(a, 'authorization:PolicySetDefinition'); own['policyDefinitions'] = list(own['policyDefinitions'], 'p').slice(0, 6); }),
  log('policy-narrowed', (a) => { const r = record(inputs(a, 'authorization:PolicyDefinition', 'guardrails-vault-open')['policyRule'], 'r'); r['if'] = { allOf: [r['if']!, { field: 'name', equals: 'nothing' }] }; }),
  log('policy-mode', set('authorization:PolicyDefinition', 'guardrails-vault-open', 'mode', 'Microsoft.KeyVault.Data')),
  key('unknown-op', step('keyvault:Key', 'phi', 'frobnicate')),
  key('provider-of-another-subscription', (a) => { const urn = 'urn:pulumi:azure::tee-kit::pulumi:providers:azure-native::other'; list(a['steps'], 's').push({ op: 'create', urn, newState: { urn, type: 'pulumi:providers:azure-native', custom: true, inputs: { subscriptionId: '99999999-0000-4000-8000-000000000000' } } }); full(a, 'keyvault:Vault', 'phi-vault')['provider'] = `${urn}::id`; full(a, 'keyvault:Key', 'phi')['provider'] = `${urn}::id`; }),
];

export const secondHarmless: readonly Mutator[] = [
  same('role-id-without-subscription', (a) => { const i = inputs(a, 'authorization:RoleAssignment', 'phi-release'); i['roleDefinitionId'] = String(i['roleDefinitionId'] as string).replace(/^\/subscriptions\/[^/]+/, ''); }),
  same('role-id-upper', (a) => { const i = inputs(a, 'authorization:RoleAssignment', 'phi-release'); i['roleDefinitionId'] = String(i['roleDefinitionId'] as string).toUpperCase(); }),
  same('scope-trailing-slash', (a) => { const i = inputs(a, 'authorization:RoleAssignment', 'phi-release'); i['scope'] = `${String(i['scope'] as string)}/`; }),
  same('reader-roles', builtin('21090545-7ca7-4776-b22c-e363652d74d2', GROUP)),
  same('security-reader', builtin('39bc4728-0917-49c7-9d2c-d95423bc2eb4', SUBSCRIPTION)),
  same('cost-reader', builtin('72fafb9e-0641-4937-9268-a91bfd8191a3', SUBSCRIPTION)),
  same('authority-upper', policy('phi', (_, b) => { b['authority'] = String(b['authority'] as string).toUpperCase().replace('HTTPS', 'https'); return undefined; })),
  same('pinned-two-vms', policy('phi', (_, b) => { conditions(b).push({ anyOf: [{ claim: 'x-ms-azurevm-vmid', equals: 'A' }, { claim: 'x-ms-azurevm-vmid', equals: 'B' }] }); return undefined; })),
  same('second-branch-stricter', policy('phi', (w, b) => { list(w['anyOf'], 'a').push({ authority: b['authority']!, allOf: [...conditions(b), { claim: 'x-ms-azurevm-ostype', equals: 'Linux' }] }); return undefined; })),
  same('anyof-of-one', policy('phi', (_, b) => { b['allOf'] = conditions(b).map((c) => ({ anyOf: [c] })); return undefined; })),
  same('import-step', step('keyvault:Vault', 'phi-vault', 'import')),
  same('refresh-step', step('keyvault:Vault', 'phi-vault', 'refresh')),
  same('stranger-owner-deleted', (a) => { grant('owner', GROUP)(a); const s = list(a['steps'], 's').at(-1) as JsonObject; s['op'] = 'delete'; s['oldState'] = s['newState']!; delete s['newState']; }),
  same('default-provider', (a) => { const urn = 'urn:pulumi:azure::tee-kit::pulumi:providers:azure-native::default_3_28_0'; list(a['steps'], 's').push({ op: 'create', urn, newState: { urn, type: 'pulumi:providers:azure-native', custom: true, inputs: { subscriptionId: '00000000-0000-4000-8000-000000000001', version: '3.28.0' } } }); }),
  same('all-versioned', (a) => { a['steps'] = JSON.parse(JSON.stringify(a['steps']).replace(/azure-native:(network|storage|compute|keyvault|authorization|monitor):/g, 'azure-native:$1/v20240101:')) as Json; }),
  machineSame('v6-size', fleet('sku.name', 'Standard_DC4as_v6')),
  machineSame('termination-notice', machine('scheduledEventsProfile', { terminateNotificationProfile: { enable: true, notBeforeTimeout: 'PT5M' } })),
  networkSame('ddos', set('network:VirtualNetwork', undefined, 'enableDdosProtection', true)),
  networkSame('vnet-encryption', set('network:VirtualNetwork', undefined, 'encryption', { enabled: true, enforcement: 'AllowUnencrypted' })),
  networkSame('rule-renamed', edge('network-tee', 'allow-gateway-to-tee', { name: 'renamed' })),
  networkSame('deny-extra-imds', addRule('network-tee', { direction: 'Outbound', access: 'Deny', priority: 101, destinationAddressPrefix: 'AzurePlatformLKM', destinationPortRange: '*' })),
  networkSame('access-lower', edge('network-tee', 'deny-all-inbound', { access: 'deny', direction: 'inbound' })),
  networkSame('lb-idle', (a) => put(record(list(inputs(a, 'network:LoadBalancer')['loadBalancingRules'], 'r')[0], 'r'), 'idleTimeoutInMinutes', 10)),
  networkSame('pe-static-ip', set('network:PrivateEndpoint', 'phi-vault-endpoint', 'ipConfigurations', [{ name: 'x', groupId: 'vault', memberName: 'default', privateIPAddress: '10.20.240.10' }])),
  networkSame('nsp-enforced', (a) => both(add('network:NetworkSecurityPerimeter', 'p', () => ({ networkSecurityPerimeterName: 'p' })), add('network:NetworkSecurityPerimeterProfile', 'pp', () => ({ networkSecurityPerimeterName: 'p', profileName: 'd' })), add('network:NetworkSecurityPerimeterAssociation', 'as', (w) => ({ networkSecurityPerimeterName: 'p', associationName: 'a', accessMode: 'Enforced', privateLinkResource: { id: vaultScope(a) }, profile: { id: `${w.id}/providers/Microsoft.Network/networkSecurityPerimeters/p/profiles/d` } })))(a)),
  logSame('lock-on-group', add('authorization:ManagementLockAtResourceGroupLevel', 'l', () => ({ lockName: 'l', level: 'CanNotDelete' }))),
  logSame('diag-audit-group', (a) => { inputs(a, 'monitor:DiagnosticSetting', 'phi-vault-audit')['logs'] = [{ categoryGroup: 'audit', enabled: true }, { categoryGroup: 'allLogs', enabled: true }]; }),
  logSame('diag-retention-off', (a) => { inputs(a, 'monitor:DiagnosticSetting', 'phi-vault-audit')['logs'] = [{ categoryGroup: 'allLogs', enabled: true, retentionPolicy: { enabled: false, days: 0 } }]; }),
  logSame('log-grs', set('storage:StorageAccount', 'logs', 'sku.name', 'Standard_GZRS')),
  logSame('commitment-tier', set('operationalinsights:Workspace', undefined, 'sku', { name: 'CapacityReservation', capacityReservationLevel: 100 })),
  logSame('workspace-daily-unlimited', set('operationalinsights:Workspace', undefined, 'workspaceCapping', { dailyQuotaGb: -1 })),
  tagSame('group-tag', set('resources:ResourceGroup', undefined, 'tags.x', 'y')),
];
