import { ROLES } from '../../constructs/azure/index.js';
import { encodeReleasePolicy } from '../../constructs/azure/index.js';
import type { Json, LivePreview, LiveStep } from './engine.js';

/** One way around the gate, or one unsafe default of the SDK, as an edit of the executed program's preview. */
export interface Bypass {
  /** The letter of the bypass list in the field notes, or `default` for a property that the SDK or Azure fills in unsafely. */
  readonly item: 'a' | 'b' | 'c' | 'd' | 'e' | 'f' | 'g' | 'h' | 'i' | 'j' | 'k' | 'l' | 'm' | 'default' | 'shape';
  readonly name: string;
  /** A rule that must report it. */
  readonly rule: string;
  readonly edit: (preview: LivePreview) => void;
}

type Inputs = { [key: string]: Json };
const EVE = '00000000-0000-0000-0000-0000000000ee';

/** The one resource of a type (without provider prefix) and name. */
function one(preview: LivePreview, type: string, name: string): LiveStep {
  const found = preview.steps.filter((step) => step.newState.type === `azure-native:${type}` && step.urn.endsWith(`::${name}`));
  if (found.length !== 1 || !found[0]) throw new Error(`${found.length} resources ${type} ${name}`);
  return found[0];
}

/** Sets a dotted path, or removes it when the value is undefined. It must be there and differ, so that no case goes stale. */
function set(inputs: Inputs, path: string, value: Json | undefined): void {
  const keys = path.split('.');
  let at: Inputs = inputs;
  for (const key of keys.slice(0, -1)) {
    const next: Json | undefined = at[key];
    if (typeof next !== 'object' || next === null) throw new Error(`${path}: nothing at ${key}`);
    at = next as Inputs;
  }
  const last = keys.at(-1) ?? '';
  if (JSON.stringify(at[last]) === JSON.stringify(value)) throw new Error(`${path} is ${JSON.stringify(value)} already`);
  if (value === undefined) delete at[last];
  else at[last] = value;
}

const change = (type: string, name: string, path: string, value?: Json) => (preview: LivePreview): void => set(one(preview, type, name).newState.inputs, path, value);

/** The guest, whichever of the two components runs it. */
const guest = (path: string, value?: Json) => (preview: LivePreview): void => {
  const step = preview.steps.find(({ newState }) => /:compute:VirtualMachine(ScaleSet)?$/.test(newState.type));
  if (!step) throw new Error('no guest');
  const inputs = step.newState.inputs;
  set(step.newState.type.endsWith('ScaleSet') ? (inputs['virtualMachineProfile'] as Inputs) : inputs, path, value);
};

/** Adds a resource. */
const add = (type: string, name: string, inputs: (preview: LivePreview) => Inputs) => (preview: LivePreview): void => {
  const urn = `urn:pulumi:azure::tee-kit::azure-native:${type}::${name}`;
  preview.steps.push({ op: 'create', urn, newState: { urn, type: `azure-native:${type}`, custom: true, inputs: inputs(preview), dependencies: [] } });
};

const textOf = (preview: LivePreview, type: string, name: string, input: string): string => {
  const value = one(preview, type, name).newState.inputs[input];
  if (typeof value !== 'string') throw new Error(`${type} ${name}: ${input} is no text`);
  return value;
};

const scopeOf = (preview: LivePreview): { key: string; vault: string; group: string; authority: string } => {
  const key = textOf(preview, 'authorization:RoleAssignment', 'phi-release', 'scope');
  const group = key.split('/providers/')[0] ?? '';
  return { key, vault: key.split('/keys/')[0] ?? '', group, authority: `${group}/providers/Microsoft.Attestation/attestationProviders/${textOf(preview, 'attestation:AttestationProvider', 'authority', 'providerName')}` };
};

const grant = (role: string, scope: 'key' | 'vault' | 'group' | 'authority', principalType = 'User') =>
  add('authorization:RoleAssignment', 'eve', (preview) => ({
    roleAssignmentName: 'eeeeeeee-0000-8000-a000-000000000000', principalId: EVE, principalType, scope: scopeOf(preview)[scope],
    roleDefinitionId: `/subscriptions/00000000-0000-0000-0000-000000000001/providers/Microsoft.Authorization/roleDefinitions/${role}`,
  }));

const policy = (key: string, value: object) => (preview: LivePreview): void => {
  const inputs = one(preview, 'keyvault:Key', key).newState.inputs;
  set(inputs, 'properties.releasePolicy', { ...encodeReleasePolicy({ version: '1.0.0', ...(value as { anyOf: [] }) }) });
};
const policyOf = (preview: LivePreview, key: string): { anyOf: { authority: string; allOf: object[] }[] } => {
  const properties = one(preview, 'keyvault:Key', key).newState.inputs['properties'] as { releasePolicy: { data: string } };
  return JSON.parse(Buffer.from(properties.releasePolicy.data, 'base64url').toString('utf8')) as { anyOf: { authority: string; allOf: object[] }[] };
};
/** Rewrites the policy of the PHI key. */
const rewrite = (edit: (branches: { authority: string; allOf: object[] }[]) => object[]) => (preview: LivePreview): void => policy('phi', { anyOf: edit(policyOf(preview, 'phi').anyOf) })(preview);

const TEE = 'x-ms-isolation-tee';
const NESTED = [{ claim: `${TEE}.x-ms-attestation-type`, equals: 'sevsnpvm' }, { claim: `${TEE}.x-ms-compliance-status`, equals: 'azure-compliant-cvm' }];
const FLAT = [{ claim: 'x-ms-attestation-type', equals: 'sevsnpvm' }, { claim: 'x-ms-compliance-status', equals: 'azure-compliant-cvm' }];
const SHARED = 'https://sharedeus.eus.attest.azure.net';
const GATE = 'phi-key-release-attested';

const both = (...edits: readonly ((preview: LivePreview) => void)[]) => (preview: LivePreview): void => { for (const edit of edits) edit(preview); };

const phiSubnet = (path: string, value?: Json) => (preview: LivePreview): void => {
  const subnets = one(preview, 'network:VirtualNetwork', 'network').newState.inputs['subnets'] as Inputs[];
  for (const subnet of subnets) if (subnet['name'] === 'tee' || subnet['name'] === 'endpoints') set(subnet, path, value);
};

export const BYPASSES: readonly Bypass[] = [
  { item: 'a', name: 'the shared authority, with type and compliance only', rule: GATE, edit: policy('phi', { anyOf: [{ authority: SHARED, allOf: NESTED }] }) },
  { item: 'b', name: 'flat claims on the PHI key', rule: GATE, edit: rewrite(([branch]) => [{ ...branch, allOf: FLAT }]) },
  { item: 'b', name: 'nested claims on the disk key', rule: 'tee-disk-encrypted', edit: policy('os-disk', { anyOf: [{ authority: SHARED, allOf: NESTED }] }) },
  { item: 'c', name: 'any Azure VM', rule: GATE, edit: rewrite(([branch]) => [{ ...branch, allOf: [{ claim: 'x-ms-attestation-type', equals: 'azurevm' }] }]) },
  { item: 'd', name: 'a condition that the caller sets', rule: GATE, edit: rewrite(([branch]) => [{ ...branch, allOf: [{ claim: 'x-ms-runtime.client-payload.release', equals: 'r2' }] }]) },
  { item: 'd', name: 'compliance as the caller claims it', rule: GATE, edit: rewrite(([branch]) => [{ ...branch, allOf: [NESTED[0]!, { claim: `x-ms-runtime.client-payload.${TEE}.x-ms-compliance-status`, equals: 'azure-compliant-cvm' }] }]) },
  { item: 'e', name: 'compliance as one alternative', rule: GATE, edit: rewrite(([branch]) => [{ authority: branch!.authority, anyOf: NESTED }]) },
  { item: 'e', name: 'a second, weaker branch', rule: GATE, edit: rewrite((branches) => [...branches, { authority: SHARED, allOf: NESTED }]) },
  { item: 'e', name: 'a second branch without conditions', rule: GATE, edit: rewrite((branches) => [...branches, { authority: branches[0]!.authority, allOf: [] }]) },
  ...(['unwrapKey', 'decrypt', 'sign'] as const).map((operation): Bypass => ({
    item: 'f', name: `${operation} in the HSM, by a Crypto User`, rule: GATE,
    edit: both(change('keyvault:Key', 'phi', 'properties.keyOps', ['wrapKey', operation]), grant(ROLES.cryptoUser, 'key', 'ServicePrincipal')),
  })),
  { item: 'f', name: 'unwrapKey in the HSM, by an Encryption User', rule: GATE, edit: both(change('keyvault:Key', 'phi', 'properties.keyOps', ['wrapKey', 'unwrapKey']), grant(ROLES.cryptoServiceEncryptionUser, 'vault', 'ServicePrincipal')) },
  ...([['Crypto Officer', ROLES.cryptoOfficer], ['Key Vault Administrator', ROLES.keyVaultAdministrator], ['Crypto User', ROLES.cryptoUser], ['Owner', ROLES.owner], ['User Access Administrator', ROLES.userAccessAdministrator], ['RBAC Administrator', ROLES.rbacAdministrator]] as const).flatMap(([name, role]): Bypass[] => [
    { item: 'g', name: `${name} on the key`, rule: 'gate-change-restricted', edit: grant(role, 'key') },
    { item: 'g', name: `${name} on the resource group`, rule: 'gate-change-restricted', edit: grant(role, 'group', 'Group') },
  ]),
  { item: 'h', name: 'a vault with access policies', rule: GATE, edit: change('keyvault:Vault', 'phi-vault', 'properties.enableRbacAuthorization', false) },
  { item: 'h', name: 'Key Vault Contributor on a vault with access policies', rule: GATE, edit: both(change('keyvault:Vault', 'phi-vault', 'properties.enableRbacAuthorization', false), grant(ROLES.keyVaultContributor, 'vault')) },
  { item: 'i', name: 'release at the vault', rule: 'tee-identity-least-privilege', edit: (preview) => { const { vault } = scopeOf(preview); set(one(preview, 'authorization:RoleAssignment', 'phi-release').newState.inputs, 'scope', vault); } },
  { item: 'i', name: 'release at the resource group', rule: 'tee-identity-least-privilege', edit: (preview) => { const { group } = scopeOf(preview); set(one(preview, 'authorization:RoleAssignment', 'phi-release').newState.inputs, 'scope', group); } },
  { item: 'i', name: 'release to a person', rule: GATE, edit: grant(ROLES.cryptoServiceReleaseUser, 'key', 'User') },
  { item: 'i', name: 'release to a group', rule: GATE, edit: grant(ROLES.cryptoServiceReleaseUser, 'key', 'Group') },
  { item: 'j', name: 'not exportable', rule: GATE, edit: change('keyvault:Key', 'phi', 'properties.attributes.exportable', false) },
  { item: 'k', name: 'an authority without signers, and an Attestation Contributor', rule: GATE, edit: both(change('attestation:AttestationProvider', 'authority', 'properties.policySigningCertificates'), grant(ROLES.attestationContributor, 'authority')) },
  { item: 'k', name: 'an authority without signers', rule: GATE, edit: change('attestation:AttestationProvider', 'authority', 'properties.policySigningCertificates') },
  { item: 'l', name: 'extensions allowed', rule: 'tee-no-interactive-access', edit: guest('osProfile.allowExtensionOperations', true) },
  { item: 'l', name: 'the agent, and with it run-command', rule: 'tee-no-interactive-access', edit: guest('osProfile.linuxConfiguration.provisionVMAgent', true) },
  { item: 'l', name: 'the serial console', rule: 'tee-no-interactive-access', edit: guest('diagnosticsProfile.bootDiagnostics.enabled', true) },
  { item: 'l', name: 'passwords', rule: 'tee-no-interactive-access', edit: guest('osProfile.linuxConfiguration.disablePasswordAuthentication', false) },
  { item: 'l', name: 'an extension', rule: 'tee-no-interactive-access', edit: (preview) => {
    const set_ = preview.steps.some(({ newState }) => newState.type.endsWith(':VirtualMachineScaleSet'));
    add(set_ ? 'compute:VirtualMachineScaleSetExtension' : 'compute:VirtualMachineExtension', 'eve', () => ({ resourceGroupName: 'inference-production', [set_ ? 'vmScaleSetName' : 'vmName']: 'inference-tee', publisher: 'Microsoft.Azure.Extensions', type: 'CustomScript', typeHandlerVersion: '2.1', settings: { commandToExecute: 'id' } }))(preview);
  } },
  { item: 'l', name: 'a run command', rule: 'tee-no-interactive-access', edit: (preview) => {
    const set_ = preview.steps.some(({ newState }) => newState.type.endsWith(':VirtualMachineScaleSet'));
    add(set_ ? 'compute:VirtualMachineScaleSetVMRunCommand' : 'compute:VirtualMachineRunCommandByVirtualMachine', 'eve', () => ({ resourceGroupName: 'inference-production', [set_ ? 'vmScaleSetName' : 'vmName']: 'inference-tee', ...(set_ ? { instanceId: '0' } : {}), runCommandName: 'eve', source: { script: 'id' } }))(preview);
  } },
  { item: 'm', name: 'a second key without a release policy', rule: GATE, edit: add('keyvault:Key', 'second', (preview) => ({ ...structuredClone(one(preview, 'keyvault:Key', 'phi').newState.inputs), keyName: 'second', properties: { kty: 'RSA-HSM', keySize: 3072, keyOps: ['wrapKey', 'unwrapKey'] } })) },
  { item: 'm', name: 'the disk key without a release policy', rule: 'tee-disk-encrypted', edit: change('keyvault:Key', 'os-disk', 'properties.releasePolicy') },
  { item: 'm', name: 'disks under a platform key', rule: 'tee-disk-encrypted', edit: guest('storageProfile.osDisk.managedDisk.securityProfile.diskEncryptionSet') },
  { item: 'm', name: 'the encryption set beside the security profile, where it does nothing', rule: 'tee-disk-encrypted', edit: both(guest('storageProfile.osDisk.managedDisk.securityProfile.diskEncryptionSet'), guest('storageProfile.osDisk.managedDisk.diskEncryptionSet', { id: '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/inference-production/providers/Microsoft.Compute/diskEncryptionSets/inference-os-disk-des' })) },
  { item: 'm', name: 'an encryption set of another type', rule: 'tee-disk-encrypted', edit: change('compute:DiskEncryptionSet', 'os-disk', 'encryptionType', 'EncryptionAtRestWithCustomerKey') },

  // What the SDK or Azure fills in when the program says nothing.
  { item: 'default', name: 'vault: access policies', rule: GATE, edit: change('keyvault:Vault', 'phi-vault', 'properties.enableRbacAuthorization') },
  { item: 'default', name: 'vault: public network', rule: 'network-private-endpoints', edit: change('keyvault:Vault', 'phi-vault', 'properties.publicNetworkAccess') },
  { item: 'default', name: 'vault: no purge protection', rule: 'key-deletion-guarded', edit: change('keyvault:Vault', 'phi-vault', 'properties.enablePurgeProtection') },
  { item: 'default', name: 'vault: software keys', rule: 'key-hardware-protected', edit: change('keyvault:Vault', 'phi-vault', 'properties.sku.name', 'standard') },
  { item: 'default', name: 'key: not exportable', rule: GATE, edit: change('keyvault:Key', 'phi', 'properties.attributes') },
  { item: 'default', name: 'key: every operation', rule: 'key-release-defence-in-depth', edit: change('keyvault:Key', 'phi', 'properties.keyOps') },
  { item: 'default', name: 'key: software', rule: 'key-hardware-protected', edit: change('keyvault:Key', 'phi', 'properties.kty', 'RSA') },
  { item: 'default', name: 'authority: public network', rule: 'network-private-endpoints', edit: change('attestation:AttestationProvider', 'authority', 'properties.publicNetworkAccess') },
  { item: 'default', name: 'store: public network', rule: 'phi-store-private', edit: change('storage:StorageAccount', 'phi-store', 'publicNetworkAccess') },
  { item: 'default', name: 'store: firewall that lets Azure services pass', rule: 'phi-store-private', edit: change('storage:StorageAccount', 'phi-store', 'networkRuleSet.bypass') },
  { item: 'default', name: 'store: no firewall', rule: 'phi-store-private', edit: change('storage:StorageAccount', 'phi-store', 'networkRuleSet') },
  { item: 'default', name: 'store: shared keys', rule: 'phi-store-private', edit: change('storage:StorageAccount', 'phi-store', 'allowSharedKeyAccess') },
  { item: 'default', name: 'store: public blobs', rule: 'phi-store-private', edit: change('storage:StorageAccount', 'phi-store', 'allowBlobPublicAccess', true) },
  { item: 'default', name: 'store: TLS 1.0', rule: 'transport-tls-enforced', edit: change('storage:StorageAccount', 'phi-store', 'minimumTlsVersion') },
  { item: 'default', name: 'store: platform key', rule: 'phi-store-encrypted', edit: change('storage:StorageAccount', 'phi-store', 'encryption') },
  { item: 'default', name: 'store: no versions', rule: 'phi-store-versioned', edit: change('storage:BlobServiceProperties', 'phi-store', 'isVersioningEnabled') },
  { item: 'default', name: 'subnet: no security group on private endpoints', rule: 'network-private-endpoints', edit: phiSubnet('privateEndpointNetworkPolicies') },
  { item: 'default', name: 'subnet: outbound access', rule: 'network-no-internet-path', edit: phiSubnet('defaultOutboundAccess') },
  { item: 'default', name: 'subnet: no security group', rule: 'network-deny-by-default', edit: phiSubnet('networkSecurityGroup') },
  { item: 'default', name: 'guest: not confidential', rule: 'tee-confidential-type', edit: guest('securityProfile.securityType') },
  { item: 'default', name: 'guest: secure boot off', rule: 'tee-secure-boot', edit: guest('securityProfile.uefiSettings.secureBootEnabled') },
  { item: 'default', name: 'guest: no vTPM', rule: 'tee-secure-boot', edit: guest('securityProfile.uefiSettings.vTpmEnabled') },
  { item: 'default', name: 'guest: disk not encrypted to the guest', rule: 'tee-disk-encrypted', edit: guest('storageProfile.osDisk.managedDisk.securityProfile.securityEncryptionType', 'VMGuestStateOnly') },
  { item: 'default', name: 'guest: no confidential disk at all', rule: 'tee-disk-encrypted', edit: guest('storageProfile.osDisk.managedDisk.securityProfile') },
  { item: 'default', name: 'guest: open metadata service', rule: 'tee-metadata-protected', edit: guest('securityProfile.proxyAgentSettings') },
  { item: 'default', name: 'guest: extensions', rule: 'tee-no-interactive-access', edit: guest('osProfile.allowExtensionOperations') },
  { item: 'default', name: 'guest: agent', rule: 'tee-no-interactive-access', edit: guest('osProfile.linuxConfiguration.provisionVMAgent') },
  { item: 'default', name: 'guest: passwords', rule: 'tee-no-interactive-access', edit: guest('osProfile.linuxConfiguration.disablePasswordAuthentication') },
  { item: 'default', name: 'guest: whatever image is latest', rule: 'tee-image-pinned', edit: guest('storageProfile.imageReference.version', 'latest') },
  { item: 'default', name: 'log account: unlocked', rule: 'audit-log-immutable', edit: change('storage:StorageAccount', 'logs', 'immutableStorageWithVersioning.immutabilityPolicy.state', 'Unlocked') },
  { item: 'default', name: 'log account: no policy', rule: 'audit-log-immutable', edit: change('storage:StorageAccount', 'logs', 'immutableStorageWithVersioning') },
  { item: 'default', name: 'log account: public network', rule: 'log-store-private', edit: change('storage:StorageAccount', 'logs', 'publicNetworkAccess') },
  { item: 'default', name: 'log account: shared keys', rule: 'log-store-private', edit: change('storage:StorageAccount', 'logs', 'allowSharedKeyAccess') },
  { item: 'default', name: 'workspace: public ingestion', rule: 'network-private-endpoints', edit: change('operationalinsights:Workspace', 'logs', 'publicNetworkAccessForIngestion') },
  { item: 'default', name: 'workspace: shared keys', rule: 'log-store-private', edit: change('operationalinsights:Workspace', 'logs', 'features.disableLocalAuth') },
  { item: 'default', name: 'workspace: thirty days', rule: 'audit-log-retention', edit: change('operationalinsights:Table', 'logs-AZKVAuditLogs', 'totalRetentionInDays') },
  { item: 'default', name: 'private link scope: open', rule: 'log-store-private', edit: change('monitor:PrivateLinkScope', 'logs', 'accessModeSettings') },

  { item: 'shape', name: 'a public address on the gateway', rule: 'network-no-internet-path', edit: (preview) => {
    add('network:PublicIPAddress', 'eve', () => ({ resourceGroupName: 'inference-production', publicIpAddressName: 'eve' }))(preview);
    const frontends = one(preview, 'network:LoadBalancer', 'gateway').newState.inputs['frontendIPConfigurations'] as Inputs[];
    frontends[0]!['publicIPAddress'] = { id: '${azure-native:network:PublicIPAddress::eve.id}' };
  } },
  { item: 'shape', name: 'a gateway that ends TLS in front of the TEE', rule: 'gateway-tls-ends-in-tee', edit: add('network:ApplicationGateway', 'eve', (preview) => ({
    resourceGroupName: 'inference-production', applicationGatewayName: 'eve', sku: { name: 'Standard_v2', tier: 'Standard_v2' },
    tags: structuredClone(one(preview, 'network:LoadBalancer', 'gateway').newState.inputs['tags']) ?? {},
    httpListeners: [{ name: 'https', protocol: 'Https' }], backendAddressPools: [{ name: 'tee', backendAddresses: [{ ipAddress: '10.20.1.4' }] }],
  })) },
];
