import type { Value } from '../../../../constructs/compliance/model.js';
import type { PreviewResource, RuleCase } from '../../rule-case.js';

/** Ids of the fixture workload. */
export const GROUP = '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/inference-production';
export const id = (type: string, name: string): string => `${GROUP}/providers/${type}/${name}`;
const common = { resourceGroupName: 'inference-production', location: 'eastus' };

export const BAA = {
  'phi-workload': 'inference', 'phi-environment': 'production', 'phi-owner': 'Clinical AI', 'phi-contact': 'clinical-ai@example.org', 'phi-classification': 'phi',
  'phi-categories': 'diagnoses imaging', 'baa-reference': 'BAA-AZ-1', 'baa-counterparty': 'Microsoft Corporation', 'baa-effective': '2025-01-01', 'baa-review': '2027-01-01',
};

export const AUTHORITY = 'https://maafixture.eus.attest.azure.net';
const TEE = 'x-ms-isolation-tee';
export type Condition = { readonly [key: string]: unknown };
/** What every branch must have for its key to be gated. */
export const LEAST: readonly Condition[] = [
  { claim: `${TEE}.x-ms-attestation-type`, equals: 'sevsnpvm' },
  { claim: `${TEE}.x-ms-compliance-status`, equals: 'azure-compliant-cvm' },
  { claim: `${TEE}.x-ms-sevsnpvm-is-debuggable`, equals: false },
];
/** What a branch must have for every guard to hold. */
export const SAFE: readonly Condition[] = [...LEAST, { claim: 'secureboot', equals: true }];
export const without = (claim: string): readonly Condition[] => SAFE.filter((condition) => !String(condition['claim']).endsWith(claim));

/** A release policy as the key takes it. */
export function encode(policy: unknown): string {
  return Buffer.from(typeof policy === 'string' ? policy : JSON.stringify(policy)).toString('base64url');
}
export const policyOf = (...branches: readonly unknown[]): { contentType: string; data: string } => ({ contentType: 'application/json; charset=utf-8', data: encode({ version: '1.0.0', anyOf: branches }) });
export const branch = (allOf: readonly unknown[], authority = AUTHORITY): unknown => ({ authority, allOf });

const VAULTS = 'azure-native:keyvault:Vault';
const KEY = 'azure-native:keyvault:Key';
const ROLE = 'azure-native:authorization:RoleAssignment';
export const KEY_ID = `${id('Microsoft.KeyVault/vaults', 'phi-vault')}/keys/phi-1`;
export const ROLES = {
  release: '08bbd89e-9f13-488c-ac41-acfcb10c90ab', encryption: 'e147488a-f6f5-4113-8e2d-b22465e65bf6', officer: '14b46e9e-c2b7-41b4-b07b-48a6ebf60603', user: '12338af0-0e69-4776-bea7-57ae8d297424',
  administrator: '00482a5a-887f-4fb3-b363-3b7fe8e74483', contributor: 'b24988ac-6180-42a0-ab88-20f7382dd24c', owner: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635', vaultContributor: 'f25e0fa2-a7c8-4377-a976-54943a77a395',
  attestation: 'bbf86eb8-f7b4-4cce-96e4-18cddf81d86e', vmContributor: '9980e02c-c2be-4d73-94e8-173b1dc7cf3c', identityOperator: 'f1a07417-d97a-45cb-824c-7a7467783830', blob: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe',
  reader: 'acdd72a7-3385-48ef-bd42-f606fba81ae7', blobOwner: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b',
} as const;
export const STRANGER = '11111111-1111-1111-1111-111111111111';

/** A role assignment. */
export function role(name: string, guid: string, scope: string, principalId: Value, principalType = 'ServicePrincipal'): PreviewResource {
  return { type: ROLE, name, inputs: { roleDefinitionId: `/subscriptions/00000000-0000-0000-0000-000000000001/providers/Microsoft.Authorization/roleDefinitions/${guid}`, scope, principalId, principalType } };
}

const allow = (name: string, direction: string, priority: number, source: Value, destination: Value, port: string): Value => ({
  name, direction, priority, access: 'Allow', protocol: 'Tcp', sourcePortRange: '*', destinationPortRange: port, ...(source as object), ...(destination as object),
});
const deny = (direction: string): Value => ({ name: `deny-${direction}`, direction, priority: 4096, access: 'Deny', protocol: '*', sourcePortRange: '*', sourceAddressPrefix: '*', destinationPortRange: '*', destinationAddressPrefix: '*' });
const asg = (which: 'source' | 'destination', place: string): Value => ({ [`${which}ApplicationSecurityGroups`]: [{ id: id('Microsoft.Network/applicationSecurityGroups', place) }] });
const GATEWAY = '10.20.0.0/24';
const nsg = (place: string, inbound: readonly Value[], outbound: readonly Value[]): PreviewResource => ({
  type: 'azure-native:network:NetworkSecurityGroup', name: place,
  inputs: { ...common, networkSecurityGroupName: place, securityRules: [...inbound, deny('Inbound'), ...outbound, deny('Outbound')], tags: BAA },
});
const subnet = (name: string, addressPrefix: string): Value => ({
  name, addressPrefix, defaultOutboundAccess: false, privateEndpointNetworkPolicies: 'NetworkSecurityGroupEnabled', networkSecurityGroup: { id: id('Microsoft.Network/networkSecurityGroups', name) },
});
const ZONES: Readonly<Record<string, string>> = { vault: 'vaultcore.azure.net', standard: 'attest.azure.net', blob: 'blob.core.windows.net', azuremonitor: 'monitor.azure.com' };
const endpoint = (name: string, place: string, group: string, target: string): readonly PreviewResource[] => [{
  type: 'azure-native:network:PrivateEndpoint', name,
  inputs: {
    ...common, privateEndpointName: name, subnet: { id: `${id('Microsoft.Network/virtualNetworks', 'vnet')}/subnets/${place}` }, tags: BAA,
    applicationSecurityGroups: [{ id: id('Microsoft.Network/applicationSecurityGroups', place) }], privateLinkServiceConnections: [{ name, groupIds: [group], privateLinkServiceId: target }],
  },
}, {
  type: 'azure-native:network:PrivateDnsZoneGroup', name,
  inputs: {
    resourceGroupName: 'inference-production', privateEndpointName: name, privateDnsZoneGroupName: 'default',
    privateDnsZoneConfigs: [{ name: group, privateDnsZoneId: id('Microsoft.Network/privateDnsZones', `privatelink.${ZONES[group] ?? ''}`) }],
  },
}];
const zone = (name: string): readonly PreviewResource[] => [
  { type: 'azure-native:privatedns:PrivateZone', name, inputs: { ...common, location: 'Global', privateZoneName: `privatelink.${name}`, tags: BAA } },
  { type: 'azure-native:privatedns:VirtualNetworkLink', name, inputs: { ...common, location: 'Global', privateZoneName: `privatelink.${name}`, virtualNetwork: { id: id('Microsoft.Network/virtualNetworks', 'vnet') }, registrationEnabled: false, tags: BAA } },
];
const vault = (name: string, bypass: string): PreviewResource => ({
  type: VAULTS, name,
  inputs: {
    ...common, vaultName: name, tags: BAA,
    properties: {
      tenantId: '00000000-0000-0000-0000-000000000002', sku: { family: 'A', name: 'premium' }, enableRbacAuthorization: true, publicNetworkAccess: 'Disabled', enableSoftDelete: true, softDeleteRetentionInDays: 90,
      enablePurgeProtection: true, networkAcls: { bypass, defaultAction: 'Deny', ipRules: [], virtualNetworkRules: [] },
    },
  },
  attributes: { protect: true },
});
const account = (name: string, extra: { readonly [key: string]: Value }): PreviewResource => ({
  type: 'azure-native:storage:StorageAccount', name,
  inputs: {
    ...common, accountName: name, kind: 'StorageV2', sku: { name: 'Standard_ZRS' }, publicNetworkAccess: 'Disabled', allowBlobPublicAccess: false, allowSharedKeyAccess: false, enableHttpsTrafficOnly: true,
    minimumTlsVersion: 'TLS1_2', allowCrossTenantReplication: false, allowedCopyScope: 'PrivateLink', networkRuleSet: { bypass: 'None', defaultAction: 'Deny', ipRules: [], virtualNetworkRules: [] }, sasPolicy: { expirationAction: 'Block', sasExpirationPeriod: '0.01:00:00' }, tags: BAA, ...extra,
  },
  attributes: { protect: true, retainOnDelete: true },
});
const blobService = (name: string): PreviewResource => ({
  type: 'azure-native:storage:BlobServiceProperties', name,
  inputs: { resourceGroupName: 'inference-production', accountName: name, blobServicesName: 'default', isVersioningEnabled: true, deleteRetentionPolicy: { enabled: true, days: 365 }, containerDeleteRetentionPolicy: { enabled: true, days: 365 } },
});
const LOGS = { storageAccountId: id('Microsoft.Storage/storageAccounts', 'logs'), workspaceId: id('Microsoft.OperationalInsights/workspaces', 'workspace') };
const diagnostics = (name: string, resourceUri: string): PreviewResource => ({ type: 'azure-native:monitor:DiagnosticSetting', name, inputs: { name: 'audit', resourceUri, ...LOGS, logAnalyticsDestinationType: 'Dedicated', logs: [{ categoryGroup: 'allLogs', enabled: true }] } });

/** A small deployment in which everything is right; it deploys the fixture workload. */
export const STACK: readonly PreviewResource[] = [
  { type: 'azure-native:resources:ResourceGroup', name: 'workload', attributes: { protect: true }, inputs: { resourceGroupName: 'inference-production', location: 'eastus', tags: BAA } },
  vault('phi-vault', 'None'),
  vault('infra-vault', 'AzureServices'),
  {
    type: KEY, name: 'phi', attributes: { protect: true, retainOnDelete: true, replaceOnChanges: ['properties'] },
    inputs: {
      resourceGroupName: 'inference-production', vaultName: 'phi-vault', keyName: 'phi-1', tags: { ...BAA, 'key-purpose': 'phi' },
      properties: { kty: 'RSA-HSM', keySize: 3072, keyOps: ['wrapKey'], attributes: { enabled: true, exportable: true }, releasePolicy: policyOf(branch(SAFE)) },
    },
  },
  {
    type: KEY, name: 'os-disk', attributes: { protect: true, retainOnDelete: true, replaceOnChanges: ['properties'] },
    inputs: {
      resourceGroupName: 'inference-production', vaultName: 'infra-vault', keyName: 'os-disk-1', tags: { ...BAA, 'key-purpose': 'os-disk' },
      properties: {
        kty: 'RSA-HSM', keySize: 3072, keyOps: ['wrapKey', 'unwrapKey'], attributes: { enabled: true, exportable: true },
        releasePolicy: policyOf(branch([{ claim: 'x-ms-attestation-type', equals: 'sevsnpvm' }, { claim: 'x-ms-compliance-status', equals: 'azure-compliant-cvm' }], 'https://sharedeus.eus.attest.azure.net/')),
      },
    },
  },
  {
    type: KEY, name: 'storage', attributes: { protect: true, retainOnDelete: true },
    inputs: {
      resourceGroupName: 'inference-production', vaultName: 'infra-vault', keyName: 'storage', tags: { ...BAA, 'key-purpose': 'infrastructure' },
      properties: {
        kty: 'RSA-HSM', keySize: 3072, keyOps: ['wrapKey', 'unwrapKey'], attributes: { enabled: true },
        rotationPolicy: { attributes: { expiryTime: 'P2Y' }, lifetimeActions: [{ action: { type: 'rotate' }, trigger: { timeAfterCreate: 'P365D' } }] },
      },
    },
  },
  {
    type: 'azure-native:attestation:AttestationProvider', name: 'authority', attributes: { protect: true, retainOnDelete: true },
    inputs: { ...common, providerName: 'maafixture', tags: BAA, properties: { publicNetworkAccess: 'Disabled', tpmAttestationAuthentication: 'Enabled', policySigningCertificates: { keys: [{ kty: 'RSA', alg: 'RS256', x5C: ['MIIB'] }] } } },
  },
  { type: 'azure-native:managedidentity:UserAssignedIdentity', name: 'tee', inputs: { ...common, resourceName: 'tee-id', tags: BAA } },
  { type: 'azure-native:managedidentity:UserAssignedIdentity', name: 'disk', inputs: { ...common, resourceName: 'disk-id', tags: BAA } },
  role('phi-release', ROLES.release, KEY_ID, '${azure-native:managedidentity:UserAssignedIdentity::tee.principalId}'),
  role('phi-break-glass', ROLES.officer, KEY_ID, '00000000-0000-0000-0000-00000000000b', 'Group'),
  role('disk-wrap', ROLES.encryption, `${id('Microsoft.KeyVault/vaults', 'infra-vault')}/keys/os-disk-1`, '${azure-native:managedidentity:UserAssignedIdentity::disk.principalId}'),
  role('store-access', ROLES.blob, `${id('Microsoft.Storage/storageAccounts', 'store')}/blobServices/default/containers/phi`, '${azure-native:managedidentity:UserAssignedIdentity::tee.principalId}'),
  {
    type: 'azure-native:compute:DiskEncryptionSet', name: 'disk',
    inputs: {
      ...common, diskEncryptionSetName: 'disk', encryptionType: 'ConfidentialVmEncryptedWithCustomerKey', identity: { type: 'UserAssigned', userAssignedIdentities: [id('Microsoft.ManagedIdentity/userAssignedIdentities', 'disk-id')] },
      activeKey: { keyUrl: '${azure-native:keyvault:Key::os-disk.keyUriWithVersion}', sourceVault: { id: id('Microsoft.KeyVault/vaults', 'infra-vault') } }, rotationToLatestKeyVersionEnabled: false, tags: BAA,
    },
  },
  {
    type: 'azure-native:compute:VirtualMachine', name: 'tee',
    inputs: {
      ...common, vmName: 'tee', tags: BAA, hardwareProfile: { vmSize: 'Standard_DC4as_v5' },
      identity: { type: 'UserAssigned', userAssignedIdentities: [id('Microsoft.ManagedIdentity/userAssignedIdentities', 'tee-id')] },
      securityProfile: { securityType: 'ConfidentialVM', encryptionAtHost: false, uefiSettings: { secureBootEnabled: true, vTpmEnabled: true }, proxyAgentSettings: { enabled: true, imds: { mode: 'Enforce' }, wireServer: { mode: 'Enforce' } } },
      storageProfile: {
        imageReference: { publisher: 'Canonical', offer: '0001-com-ubuntu-confidential-vm-jammy', sku: '22_04-lts-cvm', version: '22.04.202410090' },
        osDisk: {
          createOption: 'FromImage', diskSizeGB: 64,
          managedDisk: { storageAccountType: 'Premium_LRS', securityProfile: { securityEncryptionType: 'DiskWithVMGuestState', diskEncryptionSet: { id: id('Microsoft.Compute/diskEncryptionSets', 'disk') } } },
        },
      },
      osProfile: { adminUsername: 'tee', allowExtensionOperations: false, linuxConfiguration: { disablePasswordAuthentication: true, provisionVMAgent: false, ssh: { publicKeys: [{ path: '/home/tee/.ssh/authorized_keys', keyData: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExampleExampleExampleExampleExampleExampleEx' }] } } },
      networkProfile: { networkInterfaces: [{ id: id('Microsoft.Network/networkInterfaces', 'tee') }] }, diagnosticsProfile: { bootDiagnostics: { enabled: false } },
    },
  },
  {
    type: 'azure-native:network:NetworkInterface', name: 'tee',
    inputs: {
      ...common, networkInterfaceName: 'tee', enableAcceleratedNetworking: false, enableIPForwarding: false, tags: BAA,
      ipConfigurations: [{ name: 'private', subnet: { id: `${id('Microsoft.Network/virtualNetworks', 'vnet')}/subnets/tee` }, applicationSecurityGroups: [{ id: id('Microsoft.Network/applicationSecurityGroups', 'tee') }] }],
    },
  },
  ...['gateway', 'tee', 'store', 'endpoints'].map((place): PreviewResource => ({ type: 'azure-native:network:ApplicationSecurityGroup', name: place, inputs: { ...common, applicationSecurityGroupName: place, tags: BAA } })),
  nsg('gateway', [], [allow('ingress', 'Outbound', 100, { sourceAddressPrefix: GATEWAY }, asg('destination', 'tee'), '8443')]),
  nsg('tee', [allow('ingress', 'Inbound', 100, { sourceAddressPrefix: GATEWAY }, asg('destination', 'tee'), '8443')], [
    allow('data', 'Outbound', 100, asg('source', 'tee'), asg('destination', 'store'), '5432'), allow('services', 'Outbound', 101, asg('source', 'tee'), asg('destination', 'endpoints'), '443'),
  ]),
  nsg('store', [allow('data', 'Inbound', 100, asg('source', 'tee'), asg('destination', 'store'), '5432')], []),
  nsg('endpoints', [allow('services', 'Inbound', 100, asg('source', 'tee'), asg('destination', 'endpoints'), '443')], []),
  {
    type: 'azure-native:network:VirtualNetwork', name: 'vnet',
    inputs: {
      ...common, virtualNetworkName: 'vnet', addressSpace: { addressPrefixes: ['10.20.0.0/16'] }, tags: BAA,
      subnets: [subnet('gateway', GATEWAY), subnet('tee', '10.20.1.0/24'), subnet('store', '10.20.2.0/24'), subnet('endpoints', '10.20.250.0/24')],
    },
  },
  ...endpoint('phi-vault', 'endpoints', 'vault', id('Microsoft.KeyVault/vaults', 'phi-vault')),
  ...endpoint('infra-vault', 'endpoints', 'vault', id('Microsoft.KeyVault/vaults', 'infra-vault')),
  ...endpoint('monitor', 'endpoints', 'azuremonitor', id('Microsoft.Insights/privateLinkScopes', 'monitor')),
  ...endpoint('authority', 'endpoints', 'standard', id('Microsoft.Attestation/attestationProviders', 'maafixture')),
  ...endpoint('logs', 'endpoints', 'blob', id('Microsoft.Storage/storageAccounts', 'logs')),
  ...endpoint('store', 'store', 'blob', id('Microsoft.Storage/storageAccounts', 'store')),
  ...zone('vaultcore.azure.net'), ...zone('attest.azure.net'), ...zone('blob.core.windows.net'), ...zone('monitor.azure.com'),
  account('store', {
    encryption: { keySource: 'Microsoft.Keyvault', requireInfrastructureEncryption: true, keyVaultProperties: { keyName: 'storage', keyVaultUri: 'https://infra-vault.vault.azure.net' } },
    identity: { type: 'UserAssigned', userAssignedIdentities: [id('Microsoft.ManagedIdentity/userAssignedIdentities', 'disk-id')] },
  }),
  blobService('store'),
  { type: 'azure-native:storage:BlobContainer', name: 'phi', inputs: { resourceGroupName: 'inference-production', accountName: 'store', containerName: 'phi', publicAccess: 'None' } },
  account('logs', {
    networkRuleSet: { bypass: 'AzureServices', defaultAction: 'Deny', ipRules: [], virtualNetworkRules: [] }, encryption: { keySource: 'Microsoft.Storage', requireInfrastructureEncryption: true },
    immutableStorageWithVersioning: { enabled: true, immutabilityPolicy: { state: 'Locked', immutabilityPeriodSinceCreationInDays: 2192, allowProtectedAppendWrites: true } },
  }),
  blobService('logs'),
  {
    type: 'azure-native:operationalinsights:Workspace', name: 'workspace', attributes: { protect: true },
    inputs: { ...common, workspaceName: 'workspace', retentionInDays: 730, publicNetworkAccessForIngestion: 'Disabled', publicNetworkAccessForQuery: 'Disabled', features: { disableLocalAuth: true, immediatePurgeDataOn30Days: false }, tags: BAA },
  },
  {
    type: 'azure-native:monitor:PrivateLinkScope', name: 'monitor',
    inputs: { ...common, location: 'Global', scopeName: 'monitor', accessModeSettings: { ingestionAccessMode: 'PrivateOnly', queryAccessMode: 'PrivateOnly' }, tags: BAA },
  },
  { type: 'azure-native:monitor:PrivateLinkScopedResource', name: 'workspace', inputs: { resourceGroupName: 'inference-production', scopeName: 'monitor', name: 'workspace', linkedResourceId: LOGS.workspaceId } },
  ...['AzureActivity', 'AzureDiagnostics', 'AZKVAuditLogs', 'AZKVPolicyEvaluationDetailsLogs', 'StorageBlobLogs'].map((tableName): PreviewResource => ({
    type: 'azure-native:operationalinsights:Table', name: tableName, attributes: { retainOnDelete: true },
    inputs: { resourceGroupName: 'inference-production', workspaceName: 'workspace', tableName, plan: 'Analytics', retentionInDays: 730, totalRetentionInDays: 2192 },
  })),
  ...([['logs', id('Microsoft.Storage/storageAccounts', 'logs')], ['workspace', LOGS.workspaceId]] as const).map(([name, scope]): PreviewResource => ({
    type: 'azure-native:authorization:ManagementLockByScope', name: `${name}-lock`, inputs: { lockName: 'records', level: 'CanNotDelete', scope },
  })),
  diagnostics('workspace-audit', LOGS.workspaceId), diagnostics('phi-vault-audit', id('Microsoft.KeyVault/vaults', 'phi-vault')), diagnostics('infra-vault-audit', id('Microsoft.KeyVault/vaults', 'infra-vault')),
  { type: 'azure-native:monitor:DiagnosticSetting', name: 'logs-audit', inputs: { name: 'audit', resourceUri: `${id('Microsoft.Storage/storageAccounts', 'logs')}/blobServices/default`, workspaceId: LOGS.workspaceId, logs: ['StorageRead', 'StorageDelete'].map((category) => ({ category, enabled: true })) } },
  diagnostics('authority-audit', id('Microsoft.Attestation/attestationProviders', 'maafixture')), diagnostics('store-audit', `${id('Microsoft.Storage/storageAccounts', 'store')}/blobServices/default`),
  {
    type: 'azure-native:monitor:SubscriptionDiagnosticSetting', name: 'activity',
    inputs: { name: 'activity', ...LOGS, logs: ['Administrative', 'Security', 'Alert', 'Policy', 'ServiceHealth', 'Recommendation', 'Autoscale', 'ResourceHealth'].map((category) => ({ category, enabled: true })) },
  },
  { type: 'azure-native:network:FlowLog', name: 'flows', inputs: { resourceGroupName: 'NetworkWatcherRG', networkWatcherName: 'NetworkWatcher_eastus', targetResourceId: id('Microsoft.Network/virtualNetworks', 'vnet'), storageId: LOGS.storageAccountId, enabled: true, format: { type: 'JSON', version: 2 }, tags: BAA } },
];

type Edit = readonly [typeEnd: string, name: string, path: string, value: Value | undefined];

/** The stack with properties set (undefined removes), on the one resource of that type and name. Throws when there is none. */
export function stack(edits: readonly Edit[] = [], more: readonly PreviewResource[] = [], gone: readonly (readonly [string, string])[] = []): readonly PreviewResource[] {
  const copy = structuredClone(STACK) as PreviewResource[];
  for (const [typeEnd, name, path, value] of edits) {
    const found = copy.find((resource) => resource.type.endsWith(`:${typeEnd}`) && resource.name === name);
    if (!found) throw new Error(`no ${typeEnd} ${name}`);
    set(found.inputs as Record<string, Value>, path.split('.'), value);
  }
  const kept = copy.filter((resource) => !gone.some(([typeEnd, name]) => resource.type.endsWith(`:${typeEnd}`) && resource.name === name));
  if (kept.length !== copy.length - gone.length) throw new Error(`not there to remove: ${JSON.stringify(gone)}`);
  return [...kept, ...more];
}

function set(target: Record<string, Value>, [first = '', ...rest]: readonly string[], value: Value | undefined): void {
  if (rest.length > 0) set((target[first] ??= {}) as Record<string, Value>, rest, value);
  else if (value === undefined) delete target[first];
  else target[first] = value;
}

/** The PHI key with another release policy. */
export const keyWith = (...branches: readonly unknown[]): readonly PreviewResource[] => stack([['Key', 'phi', 'properties.releasePolicy', policyOf(...branches)]]);

/** What a preview shows of a value that is not known. */
export const NOT_KNOWN = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';

interface Case extends Pick<RuleCase, 'at' | 'path' | 'workload'> {
  readonly edits?: readonly Edit[];
  readonly more?: readonly PreviewResource[];
  readonly gone?: readonly (readonly [string, string])[];
}

/** A case of a rule: the stack with edits. */
export function azureCase(name: string, expected: RuleCase['expected'], { edits, more, gone, ...rest }: Case = {}): RuleCase {
  return { cloud: 'azure', name, expected, ...rest, resources: stack(edits, more, gone) };
}

/** A resource of the group, tagged. */
export const resource = (type: string, name: string, inputs: { readonly [key: string]: Value }, attributes: { readonly [key: string]: Value } = {}): PreviewResource => ({
  type: `azure-native:${type}`, name, inputs: { ...common, tags: BAA, ...inputs }, attributes,
});

/** A scale set of confidential machines. */
export const scaleSet = (changes: { readonly [key: string]: Value } = {}): PreviewResource => resource('compute:VirtualMachineScaleSet', 'fleet', {
  vmScaleSetName: 'fleet', sku: { name: 'Standard_DC4as_v5', capacity: 2 }, orchestrationMode: 'Uniform', upgradePolicy: { mode: 'Manual' }, automaticRepairsPolicy: { enabled: true },
  identity: { type: 'UserAssigned', userAssignedIdentities: [id('Microsoft.ManagedIdentity/userAssignedIdentities', 'tee-id')] },
  virtualMachineProfile: {
    securityProfile: { securityType: 'ConfidentialVM', uefiSettings: { secureBootEnabled: true, vTpmEnabled: true } },
    networkProfile: {
      healthProbe: { id: `${id('Microsoft.Network/loadBalancers', 'front')}/probes/ready` },
      networkInterfaceConfigurations: [{ name: 'nic', ipConfigurations: [{ name: 'private', subnet: { id: `${id('Microsoft.Network/virtualNetworks', 'vnet')}/subnets/tee` } }] }],
    },
  },
  ...changes,
});

/** Deny policies in one set, assigned to the group. */
export function guardrails({ effect = 'deny', enforcementMode = 'Default', assignment = {}, edit = () => undefined, without }: { readonly effect?: string; readonly enforcementMode?: string; readonly assignment?: { readonly [key: string]: Value }; readonly edit?: (conditions: Record<string, Value>) => void; readonly without?: string } = {}): readonly PreviewResource[] {
  const setting = (type: string, name: string, allowed: Value): Value => ({ allOf: [{ field: 'type', equals: type }, { field: `${type}/${name}`, notEquals: allowed }] });
  const role = (guid: string): Value => ({ allOf: [{ field: 'type', equals: 'Microsoft.Authorization/roleAssignments' }, { value: "[last(split(field('Microsoft.Authorization/roleAssignments/roleDefinitionId'), '/'))]", equals: guid }] });
  const rule = 'Microsoft.Network/networkSecurityGroups/securityRules';
  const conditions: Record<string, Value> = {
    machine: { anyOf: [setting('Microsoft.Compute/virtualMachines', 'securityProfile.securityType', 'ConfidentialVM'), setting('Microsoft.Compute/virtualMachineScaleSets', 'virtualMachineProfile.securityProfile.securityType', 'ConfidentialVM')] },
    code: { field: 'type', in: ['Microsoft.Compute/virtualMachines/extensions', 'Microsoft.Compute/virtualMachines/runCommands', 'Microsoft.Compute/virtualMachineScaleSets/extensions'] },
    vault: { anyOf: [setting('Microsoft.KeyVault/vaults', 'publicNetworkAccess', 'Disabled'), setting('Microsoft.KeyVault/vaults', 'enableRbacAuthorization', true), setting('Microsoft.KeyVault/vaults', 'enablePurgeProtection', true)] },
    store: { anyOf: [setting('Microsoft.Storage/storageAccounts', 'publicNetworkAccess', 'Disabled'), setting('Microsoft.Storage/storageAccounts', 'allowBlobPublicAccess', false), setting('Microsoft.Storage/storageAccounts', 'allowSharedKeyAccess', false)] },
    path: { field: 'type', in: ['publicIPAddresses', 'natGateways', 'virtualNetworkGateways', 'virtualNetworks/virtualNetworkPeerings'].map((type) => `Microsoft.Network/${type}`) },
    ingress: { allOf: [{ field: 'type', equals: rule }, { field: `${rule}/direction`, equals: 'Inbound' }, { field: `${rule}/access`, equals: 'Allow' }, { field: `${rule}/sourceAddressPrefix`, in: ['*', 'Internet'] }] },
    roles: { anyOf: ['8e3af657-a8ff-443c-a75c-2fe8c4bcb635', '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9', '14b46e9e-c2b7-41b4-b07b-48a6ebf60603'].map(role) },
    person: { allOf: [role(ROLES.release), { field: 'Microsoft.Authorization/roleAssignments/principalType', notEquals: 'ServicePrincipal' }] },
  };
  edit(conditions);
  if (without !== undefined) delete conditions[without];
  const names = Object.keys(conditions);
  return [
    // oxlint-disable-next-line unicorn/no-thenable -- the policy language's own key
    ...names.map((name) => resource('authorization:PolicyDefinition', `deny-${name}`, { policyDefinitionName: `deny-${name}`, mode: 'All', policyRule: { if: conditions[name] ?? null, then: { effect } } })),
    resource('authorization:PolicySetDefinition', 'deny', { policySetDefinitionName: 'deny', policyDefinitions: names.map((name) => ({ policyDefinitionReferenceId: `deny-${name}`, policyDefinitionId: `/subscriptions/s/providers/Microsoft.Authorization/policyDefinitions/deny-${name}` })) }),
    resource('authorization:PolicyAssignment', 'deny', { policyAssignmentName: 'deny', scope: GROUP, enforcementMode, policyDefinitionId: '/subscriptions/s/providers/Microsoft.Authorization/policySetDefinitions/deny', ...assignment }),
  ];
}

const ACTIONS = id('Microsoft.Insights/actionGroups', 'contact');
/** Operations of the control plane that must ring. */
export const WATCHED: readonly string[] = [
  'Microsoft.Authorization/roleAssignments/write', 'Microsoft.Authorization/locks/delete', 'Microsoft.Authorization/policyAssignments/delete',
  'Microsoft.KeyVault/vaults/write', 'Microsoft.Attestation/attestationProviders/write', 'Microsoft.Attestation/attestationProviders/delete',
  'Microsoft.Compute/virtualMachines/extensions/write', 'Microsoft.Compute/virtualMachineScaleSets/extensions/write', 'Microsoft.Compute/virtualMachines/runCommand/action',
  'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/write',
  'Microsoft.Insights/diagnosticSettings/write', 'Microsoft.Insights/diagnosticSettings/delete', 'Microsoft.Storage/storageAccounts/write',
  'Microsoft.Network/networkSecurityGroups/write', 'Microsoft.Network/networkSecurityGroups/securityRules/write',
];
const PERSON = '00000000-0000-0000-0000-00000000000b';
/** Changes of keys, refused releases, and every act of break glass. */
const ALERTED = `union isfuzzy=true (AZKVAuditLogs | where OperationName startswith "Key" and OperationName != "KeyRelease" or ResultSignature != "OK" or Identity has "${PERSON}"), (AzureActivity | where Claims has "${PERSON}")`;
/** An action group, an alert on the control plane, and one on the records of the vaults. */
export function alerts(controlPlane: { readonly [key: string]: Value } = {}, dataPlane: { readonly [key: string]: Value } = {}, group: { readonly [key: string]: Value } = {}): readonly PreviewResource[] {
  return [
    resource('monitor:ActionGroup', 'contact', { actionGroupName: 'contact', enabled: true, emailReceivers: [{ name: 'contact', emailAddress: 'clinical-ai@example.org' }], ...group }),
    resource('monitor:ActivityLogAlert', 'gate', {
      enabled: true, scopes: [GROUP], actions: { actionGroups: [{ actionGroupId: ACTIONS }] },
      condition: { allOf: [{ field: 'category', equals: 'Administrative' }, { anyOf: WATCHED.map((equals) => ({ field: 'operationName', equals })) }] },
      ...controlPlane,
    }),
    resource('monitor:ScheduledQueryRule', 'keys', {
      enabled: true, scopes: [id('Microsoft.OperationalInsights/workspaces', 'workspace')], actions: { actionGroups: [ACTIONS] },
      criteria: { allOf: [{ query: ALERTED, operator: 'GreaterThan', threshold: 0 }] },
      ...dataPlane,
    }),
  ];
}
