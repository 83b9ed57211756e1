import type { Json, JsonObject, Mutator } from './mutator.js';

type Family = Mutator['family'];

const isRecord = (value: Json | undefined): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

function record(value: Json | undefined, what: string): JsonObject {
  if (!isRecord(value)) throw new Error(`${what} is not an object`);
  return value;
}

function list(value: Json | undefined, what: string): Json[] {
  if (!Array.isArray(value)) throw new Error(`${what} is not a list`);
  return value;
}

const steps = (artifact: JsonObject): JsonObject[] => list(artifact['steps'], 'steps').map((step) => record(step, 'a step'));
const state = (step: JsonObject): JsonObject => record(step['newState'], 'newState');
const typeOf = (step: JsonObject): string => String(state(step)['type'] as string);
const nameOf = (step: JsonObject): string => String(state(step)['urn'] as string).split('::').slice(3).join('::');

/** The steps of one type, `keyvault:Key`, and name; throws when there is none. */
function all(artifact: JsonObject, type: string, name?: string): JsonObject[] {
  const found = steps(artifact).filter((step) => typeOf(step) === `azure-native:${type}` && (name === undefined || nameOf(step) === name));
  if (found.length === 0) throw new Error(`no ${type} ${name ?? ''}`);
  return found;
}
const one = (artifact: JsonObject, type: string, name?: string): JsonObject => all(artifact, type, name)[0] as JsonObject;
const inputs = (artifact: JsonObject, type: string, name?: string): JsonObject => record(state(one(artifact, type, name))['inputs'], 'inputs');

function dig(target: JsonObject, path: string): { holder: JsonObject; last: string } {
  const parts = path.split('.');
  let holder = target;
  for (const part of parts.slice(0, -1)) holder = isRecord(holder[part]) ? holder[part] : ((holder[part] = {}) as JsonObject);
  return { holder, last: parts.at(-1) ?? '' };
}

/** Sets a property; undefined removes it and throws when it is not there. */
function put(target: JsonObject, path: string, value: Json | undefined): void {
  const { holder, last } = dig(target, path);
  if (value !== undefined) holder[last] = value;
  else if (last in holder) delete holder[last];
  else throw new Error(`no ${path} to remove`);
}

type Apply = (artifact: JsonObject) => void;
const set = (type: string, name: string | undefined, path: string, value: Json | undefined): Apply => (artifact) => put(inputs(artifact, type, name), path, value);
const attribute = (type: string, name: string | undefined, key: string, value: Json | undefined): Apply => (artifact) => put(state(one(artifact, type, name)), key, value);
const drop = (type: string, name?: string): Apply => (artifact) => {
  const gone = new Set(all(artifact, type, name));
  artifact['steps'] = steps(artifact).filter((step) => !gone.has(step));
};
const both = (...edits: readonly Apply[]): Apply => (artifact) => { for (const edit of edits) edit(artifact); };

/** Placeholders in what is added: the group's name, its id, and the tags that everything has. */
function context(artifact: JsonObject): { group: string; id: string; tags: Json; subscription: string } {
  const vault = inputs(artifact, 'keyvault:Vault', 'phi-vault');
  const scope = String(inputs(artifact, 'authorization:RoleAssignment', 'phi-release')['scope'] as string);
  const id = /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+/i.exec(scope)?.[0] ?? '';
  return { group: String(vault['resourceGroupName'] as string), id, tags: structuredClone(vault['tags'] ?? {}), subscription: id.split('/')[2] ?? '' };
}

/** Adds a resource of the workload's group, tagged like the others. */
const add = (type: string, name: string, make: (where: ReturnType<typeof context>, artifact: JsonObject) => JsonObject, attributes: JsonObject = {}): Apply => (artifact) => {
  const where = context(artifact);
  const full = `azure-native:${type}`;
  const urn = `urn:pulumi:azure::tee-kit::${full}::${name}`;
  const base: JsonObject = /^(authorization|monitor:DiagnosticSetting)/.test(type) ? {} : { resourceGroupName: where.group };
  const untagged = /^(authorization|monitor:DiagnosticSetting|keyvault:AccessPolicy|network:(Subnet|SecurityRule|Route|VirtualNetworkPeering|AdminRule)$|dnsresolver:ForwardingRule|privatedns:PrivateRecordSet|operationalinsights:DataExport|managedservices|storage:(Blob|Management|ObjectReplication|StorageAccountStatic)|compute:VirtualMachine(Extension|RunCommand)|managedidentity:Federated)/.test(type);
  list(artifact['steps'], 'steps').push({ op: 'create', urn, newState: { urn, type: full, custom: true, ...attributes, inputs: { ...base, ...(untagged ? {} : { location: 'eastus', tags: where.tags }), ...make(where, artifact) } } });
};

const STRANGER = '11111111-1111-4111-8111-111111111111';
const TEE_PRINCIPAL = '${azure-native:managedidentity:UserAssignedIdentity::tee.principalId}';
const ROLE = {
  owner: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635', contributor: 'b24988ac-6180-42a0-ab88-20f7382dd24c', accessAdministrator: '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9',
  rbacAdministrator: 'f58310d9-a9f6-439a-9e8d-f62e7b41a168', officer: '14b46e9e-c2b7-41b4-b07b-48a6ebf60603', user: '12338af0-0e69-4776-bea7-57ae8d297424',
  encryption: 'e147488a-f6f5-4113-8e2d-b22465e65bf6', release: '08bbd89e-9f13-488c-ac41-acfcb10c90ab', administrator: '00482a5a-887f-4fb3-b363-3b7fe8e74483',
  vaultContributor: 'f25e0fa2-a7c8-4377-a976-54943a77a395', dataAccess: '8b54135c-b56d-4d72-a534-26097cfdc8d8', attestation: 'bbf86eb8-f7b4-4cce-96e4-18cddf81d86e',
  machine: '9980e02c-c2be-4d73-94e8-173b1dc7cf3c', login: '1c0163c0-47e6-4577-8991-ea5c82e286e4', identity: 'f1a07417-d97a-45cb-824c-7a7467783830', monitoring: '749f88d5-cbae-40b8-bcfc-e573ddc772fa',
  account: '17d1049b-9a84-46fb-8f53-869881c3d3ab', blobReader: '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1', network: '4d97b98b-1d4f-4787-a291-c67834d212e7', reader: 'acdd72a7-3385-48ef-bd42-f606fba81ae7', unknown: 'deadbeef-0000-4000-8000-000000000000',
} as const;

type Where = ReturnType<typeof context>;
const GROUP = ({ id }: Where): string => id;
const SUBSCRIPTION = ({ subscription }: Where): string => `/subscriptions/${subscription}`;
const keyScope = (artifact: JsonObject): string => String(inputs(artifact, 'authorization:RoleAssignment', 'phi-release')['scope'] as string);
const vaultScope = (artifact: JsonObject): string => keyScope(artifact).replace(/\/keys\/[^/]+$/, '');

/** Adds a role assignment. */
const grant = (role: keyof typeof ROLE, scope: (where: Where, artifact: JsonObject) => string, principalId: string = STRANGER, principalType = 'User'): Apply => (artifact) => add('authorization:RoleAssignment', `extra-${role}`, (where) => ({
  roleDefinitionId: `/subscriptions/${where.subscription}/providers/Microsoft.Authorization/roleDefinitions/${ROLE[role]}`, scope: scope(where, artifact), principalId, principalType, roleAssignmentName: STRANGER,
}))(artifact);
const onKey = (_: Where, artifact: JsonObject): string => keyScope(artifact);
const onVault = (_: Where, artifact: JsonObject): string => vaultScope(artifact);
const onAccount = (name: string) => (where: Where, artifact: JsonObject): string => `${where.id}/providers/Microsoft.Storage/storageAccounts/${String(inputs(artifact, 'storage:StorageAccount', name)['accountName'] as string)}`;

/** Edits the release policy of a key as the object that it encodes. */
const policy = (key: string, change: (policy: JsonObject, branch: JsonObject) => JsonObject | undefined): Apply => (artifact) => {
  const holder = record(record(inputs(artifact, 'keyvault:Key', key)['properties'], 'properties')['releasePolicy'], 'releasePolicy');
  const parsed = JSON.parse(Buffer.from(String(holder['data'] as string), 'base64url').toString('utf8')) as JsonObject;
  const result = change(parsed, record(list(parsed['anyOf'], 'anyOf')[0], 'a branch')) ?? parsed;
  holder['data'] = Buffer.from(JSON.stringify(result)).toString('base64url');
};
const conditions = (branch: JsonObject): Json[] => list(branch['allOf'], 'allOf');
const isOn = (end: string) => (condition: Json): boolean => isRecord(condition) && typeof condition['claim'] === 'string' && condition['claim'].endsWith(end);
/** Removes the condition on a claim from the first branch. */
const unclaim = (end: string): Apply => policy('phi', (_, branch) => {
  const kept = conditions(branch).filter((condition) => !isOn(end)(condition));
  if (kept.length === conditions(branch).length) throw new Error(`no condition on ${end}`);
  branch['allOf'] = kept;
  return undefined;
});
const reclaim = (end: string, make: (condition: JsonObject) => Json): Apply => policy('phi', (_, branch) => {
  if (!conditions(branch).some(isOn(end))) throw new Error(`no condition on ${end}`);
  branch['allOf'] = conditions(branch).map((condition) => (isOn(end)(condition) ? make(record(condition, 'a condition')) : condition));
  return undefined;
});

/** The machine that runs the TEE, a virtual machine or a scale set. */
function machineStep(artifact: JsonObject): JsonObject {
  const found = steps(artifact).find((step) => typeOf(step) === 'azure-native:compute:VirtualMachine') ?? steps(artifact).find((step) => typeOf(step) === 'azure-native:compute:VirtualMachineScaleSet');
  if (!found) throw new Error('no machine');
  return found;
}
const isSet = (artifact: JsonObject): boolean => typeOf(machineStep(artifact)).endsWith('ScaleSet');
const machineInputs = (artifact: JsonObject): JsonObject => record(state(machineStep(artifact))['inputs'], 'inputs');
const machineName = (artifact: JsonObject): string => String(machineInputs(artifact)[isSet(artifact) ? 'vmScaleSetName' : 'vmName'] as string);
/** Properties that scale sets have outside their profile. */
const OUTSIDE: Readonly<Record<string, string>> = { 'hardwareProfile.vmSize': 'sku.name', 'identity.type': 'identity.type', zones: 'zones', 'tags.baa-reference': 'tags.baa-reference' };
/** Sets a property of the machine, by its path in a virtual machine. */
const machine = (path: string, value: Json | undefined): Apply => (artifact) => {
  const own = machineInputs(artifact);
  const outside = OUTSIDE[path];
  if (!isSet(artifact)) put(own, path, value);
  else put(outside === undefined ? record(own['virtualMachineProfile'], 'profile') : own, outside ?? path, value);
};
/** The network interface of the machine, with its address configurations. */
function nic(artifact: JsonObject): JsonObject {
  if (!isSet(artifact)) return inputs(artifact, 'network:NetworkInterface');
  const profile = record(record(machineInputs(artifact)['virtualMachineProfile'], 'profile')['networkProfile'], 'networkProfile');
  return record(list(profile['networkInterfaceConfigurations'], 'interfaces')[0], 'an interface');
}
const addOn = (single: string, many: string, name: string, rest: JsonObject): Apply => (artifact) => add(`compute:${isSet(artifact) ? many : single}`, name, () => ({ [isSet(artifact) ? 'vmScaleSetName' : 'vmName']: machineName(artifact), ...rest }))(artifact);
const fleet = (path: string, value: Json | undefined): Apply => (artifact) => put(inputs(artifact, 'compute:VirtualMachineScaleSet'), path, value);
const IMAGE = 'storageProfile.imageReference';
const OS_DISK = 'storageProfile.osDisk.managedDisk.securityProfile';

const rules = (artifact: JsonObject, nsg: string): JsonObject[] => list(inputs(artifact, 'network:NetworkSecurityGroup', nsg)['securityRules'], 'securityRules').map((rule) => record(rule, 'a rule'));
const edge = (nsg: string, rule: string, changes: JsonObject): Apply => (artifact) => {
  const found = rules(artifact, nsg).find(({ name }) => name === rule);
  if (!found) throw new Error(`no rule ${rule} in ${nsg}`);
  for (const [key, value] of Object.entries(changes)) if (value === null) delete found[key]; else found[key] = value;
};
const addRule = (nsg: string, changes: JsonObject): Apply => (artifact) => {
  list(inputs(artifact, 'network:NetworkSecurityGroup', nsg)['securityRules'], 'securityRules').push({
    name: 'extra', direction: 'Inbound', access: 'Allow', priority: 150, protocol: 'Tcp', sourcePortRange: '*', sourceAddressPrefix: '*', destinationAddressPrefix: '*', destinationPortRange: '443', ...changes,
  });
};
const dropRule = (nsg: string, rule: string): Apply => (artifact) => {
  const own = inputs(artifact, 'network:NetworkSecurityGroup', nsg);
  const kept = rules(artifact, nsg).filter(({ name }) => name !== rule);
  if (kept.length === rules(artifact, nsg).length) throw new Error(`no rule ${rule}`);
  own['securityRules'] = kept;
};
/** Sets a property of a subnet, inline in the network or a resource of its own. */
const subnet = (name: string, path: string, value: Json | undefined): Apply => (artifact) => {
  const standalone = steps(artifact).find((step) => typeOf(step) === 'azure-native:network:Subnet' && record(state(step)['inputs'], 'inputs')['subnetName'] === name);
  const inline = standalone ? undefined : list(inputs(artifact, 'network:VirtualNetwork')['subnets'], 'subnets').find((item) => isRecord(item) && item['name'] === name);
  put(standalone ? record(state(standalone)['inputs'], 'inputs') : record(inline, `subnet ${name}`), path, value);
};
const networkId = (where: Where, artifact: JsonObject): string => `${where.id}/providers/Microsoft.Network/virtualNetworks/${String(inputs(artifact, 'network:VirtualNetwork')['virtualNetworkName'] as string)}`;
const categories = (name: string, logs: Json): Apply => set('monitor:DiagnosticSetting', name, 'logs', logs);

const of = (family: Family, effect: Mutator['effect']) => (name: string, apply: Apply): Mutator => ({ name, family, effect, apply });
const key = of('attested-key', 'weaker');
const vm = of('confidential-vm', 'weaker');
const net = of('private-network', 'weaker');
const log = of('immutable-log', 'weaker');
const tag = of('baa-tag', 'weaker');

const weaker: readonly Mutator[] = [
  // Release policy.
  key('drop-release-policy', set('keyvault:Key', 'phi', 'properties.releasePolicy', undefined)),
  key('empty-release-policy', set('keyvault:Key', 'phi', 'properties.releasePolicy.data', '')),
  key('release-policy-unreadable', set('keyvault:Key', 'phi', 'properties.releasePolicy.data', 'e30')),
  key('release-policy-secret', set('keyvault:Key', 'phi', 'properties.releasePolicy.data', '[secret]')),
  key('release-policy-unknown', set('keyvault:Key', 'phi', 'properties.releasePolicy', '04da6b54-80e4-46f7-96ec-b56ff0331ba9')),
  key('release-policy-another-content', set('keyvault:Key', 'phi', 'properties.releasePolicy.contentType', 'application/jwt')),
  ...['x-ms-isolation-tee.x-ms-attestation-type', 'x-ms-isolation-tee.x-ms-compliance-status', 'x-ms-sevsnpvm-is-debuggable', 'secureboot', 'x-ms-azurevm-debuggersdisabled'].map((claim) => key(`drop-claim-${claim.split('.').at(-1)}`, unclaim(claim))),
  key('allof-to-anyof', policy('phi', (_, branch) => { branch['anyOf'] = branch['allOf'] ?? null; delete branch['allOf']; return undefined; })),
  key('empty-allof', policy('phi', (_, branch) => { branch['allOf'] = []; return undefined; })),
  key('branch-without-conditions', policy('phi', (_, branch) => { delete branch['allOf']; return undefined; })),
  key('second-branch-weaker', policy('phi', (whole, branch) => { list(whole['anyOf'], 'anyOf').push({ ...branch, allOf: conditions(branch).slice(0, 1) }); return undefined; })),
  key('second-branch-shared-authority', policy('phi', (whole, branch) => { list(whole['anyOf'], 'anyOf').push({ ...branch, authority: 'https://sharedeus.eus.attest.azure.net' }); return undefined; })),
  key('second-branch-foreign-authority', policy('phi', (whole, branch) => { list(whole['anyOf'], 'anyOf').push({ ...branch, authority: 'https://maaevil.eus.attest.azure.net' }); return undefined; })),
  key('authority-shared', policy('phi', (_, branch) => { branch['authority'] = 'https://sharedeus.eus.attest.azure.net'; return undefined; })),
  key('authority-another-region', policy('phi', (_, branch) => { branch['authority'] = String(branch['authority'] as string).replace('.eus.', '.weu.'); return undefined; })),
  key('authority-plain-http', policy('phi', (_, branch) => { branch['authority'] = String(branch['authority'] as string).replace('https:', 'http:'); return undefined; })),
  key('authority-lookalike', policy('phi', (_, branch) => { branch['authority'] = `${String(branch['authority'] as string)}.example.org`; return undefined; })),
  key('compliance-in-anyof', reclaim('x-ms-compliance-status', (condition) => ({ anyOf: [condition, { claim: 'secureboot', equals: true }] }))),
  key('compliance-deep-anyof', reclaim('x-ms-compliance-status', (condition) => ({ allOf: [{ anyOf: [{ allOf: [condition] }, { allOf: [{ claim: 'x-ms-azurevm-ostype', equals: 'Linux' }] }] }] }))),
  key('compliance-not-equals', reclaim('x-ms-compliance-status', ({ claim }) => ({ claim: claim ?? '', notEquals: 'none' }))),
  key('type-exists', reclaim('x-ms-isolation-tee.x-ms-attestation-type', ({ claim }) => ({ claim: claim ?? '', exists: true }))),
  key('type-greater', reclaim('x-ms-isolation-tee.x-ms-attestation-type', ({ claim }) => ({ claim: claim ?? '', greater: 'a' }))),
  key('type-to-vbs', reclaim('x-ms-isolation-tee.x-ms-attestation-type', ({ claim }) => ({ claim: claim ?? '', equals: 'vbs' }))),
  key('flat-claims', policy('phi', (_, branch) => { branch['allOf'] = [{ claim: 'x-ms-attestation-type', equals: 'azurevm' }, { claim: 'x-ms-compliance-status', equals: 'azure-compliant-cvm' }]; return undefined; })),
  key('claims-of-the-caller', policy('phi', (_, branch) => { branch['allOf'] = conditions(branch).map((condition) => (isOn('x-ms-compliance-status')(condition) ? { claim: 'x-ms-runtime.client-payload.compliance', equals: 'azure-compliant-cvm' } : condition)); return undefined; })),
  key('debuggable-demanded', reclaim('x-ms-sevsnpvm-is-debuggable', ({ claim }) => ({ claim: claim ?? '', equals: true }))),
  key('debuggable-either', reclaim('x-ms-sevsnpvm-is-debuggable', ({ claim }) => ({ anyOf: [{ claim: claim ?? '', equals: true }, { claim: claim ?? '', equals: false }] }))),
  key('grammar-of-elsewhere', policy('phi', (whole) => ({ version: '1.0.0', allOf: whole['anyOf'] ?? null }))),
  key('grammar-version', policy('phi', (whole) => ({ ...whole, version: '2.0.0' }))),
  key('grammar-extra-member', policy('phi', (whole, branch) => { branch['else'] = true; return whole; })),
  key('claim-misspelt', reclaim('x-ms-compliance-status', (condition) => ({ ...condition, claim: 'x-ms-isolation-tee.x-ms-compliance-Status' }))),
  key('measured-claims-in-anyof', policy('phi', (_, branch) => {
    const alternatives = conditions(branch).find((condition) => isRecord(condition) && Array.isArray(condition['anyOf']));
    list(record(alternatives, 'nested alternatives')['anyOf'], 'anyOf').push({ claim: 'secureboot', equals: true });
    return undefined;
  })),
  // Operations, attributes, siblings.
  key('keyops-decrypt', set('keyvault:Key', 'phi', 'properties.keyOps', ['wrapKey', 'decrypt'])),
  key('keyops-unwrap', set('keyvault:Key', 'phi', 'properties.keyOps', ['wrapKey', 'unwrapKey'])),
  key('keyops-sign', set('keyvault:Key', 'phi', 'properties.keyOps', ['wrapKey', 'sign'])),
  key('keyops-absent', set('keyvault:Key', 'phi', 'properties.keyOps', undefined)),
  key('keyops-empty', set('keyvault:Key', 'phi', 'properties.keyOps', [])),
  key('not-exportable', set('keyvault:Key', 'phi', 'properties.attributes.exportable', false)),
  key('disabled', set('keyvault:Key', 'phi', 'properties.attributes.enabled', false)),
  key('software-key', set('keyvault:Key', 'phi', 'properties.kty', 'RSA')),
  key('standard-vault', set('keyvault:Vault', 'phi-vault', 'properties.sku.name', 'standard')),
  key('short-key', set('keyvault:Key', 'phi', 'properties.keySize', 1024)),
  key('phi-key-relabelled', set('keyvault:Key', 'phi', 'tags.key-purpose', 'infrastructure')),
  key('phi-key-unlabelled', set('keyvault:Key', 'phi', 'tags.key-purpose', undefined)),
  key('phi-key-relabelled-without-policy', both(set('keyvault:Key', 'phi', 'tags.key-purpose', 'infrastructure'), set('keyvault:Key', 'phi', 'properties.releasePolicy', undefined))),
  key('second-key-without-policy', add('keyvault:Key', 'second', (where, artifact) => ({ vaultName: inputs(artifact, 'keyvault:Key', 'phi')['vaultName'] ?? '', keyName: 'second', properties: { kty: 'RSA-HSM', keySize: 3072, keyOps: ['wrapKey', 'unwrapKey'], attributes: { enabled: true } }, tags: { ...record(where.tags, 'tags'), 'key-purpose': 'phi' } }), { protect: true, retainOnDelete: true })),
  key('second-key-undeclared', add('keyvault:Key', 'second', (_, artifact) => ({ vaultName: inputs(artifact, 'keyvault:Key', 'phi')['vaultName'] ?? '', keyName: 'second', properties: { kty: 'RSA-HSM', keySize: 3072 } }), { protect: true, retainOnDelete: true })),
  key('key-unprotected', attribute('keyvault:Key', 'phi', 'protect', false)),
  key('key-not-retained', attribute('keyvault:Key', 'phi', 'retainOnDelete', undefined)),
  key('key-no-replace-on-changes', attribute('keyvault:Key', 'phi', 'replaceOnChanges', undefined)),
  key('key-ignores-changes', attribute('keyvault:Key', 'phi', 'ignoreChanges', ['properties.releasePolicy'])),
  key('service-key-no-rotation', set('keyvault:Key', 'phi-store', 'properties.rotationPolicy', undefined)),
  key('service-key-slow-rotation', set('keyvault:Key', 'phi-store', 'properties.rotationPolicy.lifetimeActions', [{ action: { type: 'rotate' }, trigger: { timeAfterCreate: 'P5Y' } }])),
  key('disk-key-without-policy', set('keyvault:Key', 'os-disk', 'properties.releasePolicy', undefined)),
  key('disk-key-no-compliance', policy('os-disk', (_, branch) => { branch['allOf'] = conditions(branch).filter((condition) => !isOn('x-ms-compliance-status')(condition)); return undefined; })),
  key('disk-key-foreign-authority', policy('os-disk', (_, branch) => { branch['authority'] = 'https://maaevil.eus.attest.azure.net'; return undefined; })),
  key('disk-set-under-phi-key', set('compute:DiskEncryptionSet', undefined, 'activeKey.keyUrl', '${azure-native:keyvault:Key::phi.keyUriWithVersion}')),
  key('disk-set-under-another-key', set('compute:DiskEncryptionSet', undefined, 'activeKey.keyUrl', 'https://somebody.vault.azure.net/keys/k/0')),
  key('disk-set-under-service-key', set('compute:DiskEncryptionSet', undefined, 'activeKey.keyUrl', '${azure-native:keyvault:Key::phi-store.keyUriWithVersion}')),
  key('store-under-phi-key', (artifact) => put(inputs(artifact, 'storage:StorageAccount', 'phi-store'), 'encryption.keyVaultProperties', { keyName: inputs(artifact, 'keyvault:Key', 'phi')['keyName'] ?? '', keyVaultUri: `https://${String(inputs(artifact, 'keyvault:Key', 'phi')['vaultName'] as string)}.vault.azure.net` })),
  // Roles.
  ...(['owner', 'contributor', 'accessAdministrator', 'rbacAdministrator', 'officer', 'user', 'administrator', 'vaultContributor', 'dataAccess'] as const).map((role) => key(`vault-${role}`, grant(role, onVault))),
  ...(['owner', 'contributor', 'officer', 'machine', 'identity', 'attestation'] as const).map((role) => key(`group-${role}`, grant(role, GROUP, STRANGER, 'Group'))),
  ...(['owner', 'accessAdministrator', 'contributor'] as const).map((role) => key(`subscription-${role}`, grant(role, SUBSCRIPTION, STRANGER, 'ServicePrincipal'))),
  key('management-group-owner', grant('owner', () => '/providers/Microsoft.Management/managementGroups/root')),
  key('root-owner', grant('owner', () => '/')),
  key('unknown-role', grant('unknown', onKey)),
  key('release-to-a-person', grant('release', onKey)),
  key('release-to-a-group', grant('release', onKey, STRANGER, 'Group')),
  key('release-on-the-vault', (artifact) => put(inputs(artifact, 'authorization:RoleAssignment', 'phi-release'), 'scope', vaultScope(artifact))),
  key('release-to-another-identity', set('authorization:RoleAssignment', 'phi-release', 'principalId', STRANGER)),
  key('workload-crypto-user', grant('user', onKey, TEE_PRINCIPAL, 'ServicePrincipal')),
  key('workload-officer', grant('officer', onKey, TEE_PRINCIPAL, 'ServicePrincipal')),
  key('encryption-user-on-phi-key', grant('encryption', onKey, STRANGER, 'ServicePrincipal')),
  key('break-glass-wider', (artifact) => put(inputs(artifact, 'authorization:RoleAssignment', 'phi-break-glass'), 'scope', vaultScope(artifact))),
  key('break-glass-somebody-else', set('authorization:RoleAssignment', 'phi-break-glass', 'principalId', STRANGER)),
  key('administrator-role-uses', (artifact) => put(inputs(artifact, 'authorization:RoleDefinition', 'phi-administrator'), 'permissions', [{ actions: [], notActions: [], notDataActions: [], dataActions: ['Microsoft.KeyVault/vaults/keys/*'] }])),
  key('administrator-role-updates', (artifact) => put(inputs(artifact, 'authorization:RoleDefinition', 'phi-administrator'), 'permissions', [{ actions: [], notActions: [], notDataActions: [], dataActions: ['Microsoft.KeyVault/vaults/keys/update/action'] }])),
  key('custom-role-wildcard', both(
    add('authorization:RoleDefinition', 'own', (where) => ({ roleDefinitionId: ROLE.unknown, roleName: 'own', scope: where.id, assignableScopes: [where.id], permissions: [{ actions: ['Microsoft.KeyVault/*'], dataActions: [], notActions: [], notDataActions: [] }] })),
    grant('unknown', GROUP),
  )),
  key('federated-credential', add('managedidentity:FederatedIdentityCredential', 'ci', (_, artifact) => ({ resourceName: inputs(artifact, 'managedidentity:UserAssignedIdentity', 'tee')['resourceName'] ?? '', issuer: 'https://token.actions.githubusercontent.com', subject: 'repo:x/y', audiences: ['api://AzureADTokenExchange'] }))),
  key('eligible-owner', (artifact) => add('authorization:PimRoleEligibilitySchedule', 'eligible', (where) => ({ roleDefinitionId: `/subscriptions/${where.subscription}/providers/Microsoft.Authorization/roleDefinitions/${ROLE.owner}`, scope: where.id, principalId: STRANGER }))(artifact)),
  key('delegation-to-another-tenant', add('managedservices:RegistrationAssignment', 'lighthouse', (where) => ({ scope: `/subscriptions/${where.subscription}`, properties: { registrationDefinitionId: '/subscriptions/1/x' } }))),
  key('nested-deployment', add('resources:Deployment', 'nested', () => ({ deploymentName: 'nested', properties: { mode: 'Incremental', templateLink: { uri: 'https://example.org/t.json' } } }))),
  key('deployment-script', add('resources:AzureCliScript', 'script', () => ({ scriptName: 'script', kind: 'AzureCLI', scriptContent: 'az keyvault key set-attributes' }))),
  key('infrastructure-vault-officer', (artifact) => grant('officer', ({ id }) => `${id}/providers/Microsoft.KeyVault/vaults/${String(inputs(artifact, 'keyvault:Vault', 'infrastructure-vault')['vaultName'] as string)}`)(artifact)),
  key('disk-key-released-to-a-stranger', set('authorization:RoleAssignment', 'os-disk-orchestrator-release', 'principalId', STRANGER)),
  key('disk-key-unwrapped-by-a-stranger', set('authorization:RoleAssignment', 'os-disk-wrap', 'principalId', STRANGER)),
  key('service-key-on-the-vault', (artifact) => { const own = inputs(artifact, 'authorization:RoleAssignment', 'phi-store'); own['scope'] = String(own['scope'] as string).replace(/\/keys\/[^/]+$/, ''); }),
  key('access-policy-in-waiting', set('keyvault:Vault', 'phi-vault', 'properties.accessPolicies', [{ tenantId: '1', objectId: STRANGER, permissions: { keys: ['get', 'release'] } }])),
  key('access-policy-beside', add('keyvault:AccessPolicy', 'beside', (_, artifact) => ({ vaultName: inputs(artifact, 'keyvault:Vault', 'phi-vault')['vaultName'] ?? '', policy: { objectId: STRANGER, permissions: { keys: ['all'] } } }))),
  key('store-under-a-key-of-others', set('storage:StorageAccount', 'phi-store', 'encryption.keyVaultProperties.keyVaultUri', 'https://others.vault.azure.net')),
  // Vault and authority.
  key('access-policies', set('keyvault:Vault', 'phi-vault', 'properties.enableRbacAuthorization', false)),
  key('access-policies-by-default', set('keyvault:Vault', 'phi-vault', 'properties.enableRbacAuthorization', undefined)),
  key('no-purge-protection', set('keyvault:Vault', 'phi-vault', 'properties.enablePurgeProtection', undefined)),
  key('infrastructure-no-purge-protection', set('keyvault:Vault', 'infrastructure-vault', 'properties.enablePurgeProtection', false)),
  key('no-soft-delete', set('keyvault:Vault', 'phi-vault', 'properties.enableSoftDelete', false)),
  key('short-soft-delete', set('keyvault:Vault', 'phi-vault', 'properties.softDeleteRetentionInDays', 7)),
  key('vault-for-deployment', set('keyvault:Vault', 'phi-vault', 'properties.enabledForDeployment', true)),
  key('vault-for-templates', set('keyvault:Vault', 'phi-vault', 'properties.enabledForTemplateDeployment', true)),
  key('vault-unprotected', attribute('keyvault:Vault', 'phi-vault', 'protect', false)),
  key('authority-no-signers', set('attestation:AttestationProvider', undefined, 'properties.policySigningCertificates', undefined)),
  key('authority-empty-signers', set('attestation:AttestationProvider', undefined, 'properties.policySigningCertificates', { keys: [] })),
  key('authority-foreign-signer', set('attestation:AttestationProvider', undefined, 'properties.policySigningCertificates', { keys: [{ alg: 'RS256', kty: 'RSA', x5C: ['MIIBforeign'] }] })),
  key('authority-second-signer', (artifact) => { const keys = list(record(record(inputs(artifact, 'attestation:AttestationProvider')['properties'], 'properties')['policySigningCertificates'], 'signers')['keys'], 'keys'); keys.push({ alg: 'RS256', kty: 'RSA', x5C: ['MIIBforeign'] }); }),
  key('authority-gone', drop('attestation:AttestationProvider')),
  key('authority-unprotected', attribute('attestation:AttestationProvider', undefined, 'protect', false)),
  key('authority-public', set('attestation:AttestationProvider', undefined, 'properties.publicNetworkAccess', 'Enabled')),
  key('vault-gone', drop('keyvault:Vault', 'phi-vault')),
  key('key-gone', drop('keyvault:Key', 'phi')),
  // Machines.
  vm('trusted-launch', machine('securityProfile.securityType', 'TrustedLaunch')),
  vm('no-security-type', machine('securityProfile.securityType', undefined)),
  vm('no-secure-boot', machine('securityProfile.uefiSettings.secureBootEnabled', false)),
  vm('no-vtpm', machine('securityProfile.uefiSettings.vTpmEnabled', undefined)),
  vm('metadata-audit', machine('securityProfile.proxyAgentSettings.imds.mode', 'Audit')),
  vm('wire-server-disabled', machine('securityProfile.proxyAgentSettings.wireServer.mode', 'Disabled')),
  vm('no-proxy-agent', machine('securityProfile.proxyAgentSettings', undefined)),
  vm('proxy-agent-off', machine('securityProfile.proxyAgentSettings.enabled', false)),
  vm('plain-size', machine('hardwareProfile.vmSize', 'Standard_D4s_v5')),
  vm('guest-state-only', machine(`${OS_DISK}.securityEncryptionType`, 'VMGuestStateOnly')),
  vm('non-persisted-tpm', machine(`${OS_DISK}.securityEncryptionType`, 'NonPersistedTPM')),
  vm('no-disk-set', machine(`${OS_DISK}.diskEncryptionSet`, undefined)),
  vm('disk-security-gone', machine(OS_DISK, undefined)),
  vm('disk-set-of-others', machine(`${OS_DISK}.diskEncryptionSet.id`, '/subscriptions/1/resourceGroups/2/providers/Microsoft.Compute/diskEncryptionSets/3')),
  vm('disk-set-platform-type', set('compute:DiskEncryptionSet', undefined, 'encryptionType', 'EncryptionAtRestWithCustomerKey')),
  vm('data-disk-platform-key', machine('storageProfile.dataDisks', [{ lun: 0, createOption: 'Empty', diskSizeGB: 64, managedDisk: { storageAccountType: 'Premium_LRS' } }])),
  vm('standalone-disk', add('compute:Disk', 'extra', () => ({ diskName: 'extra', creationData: { createOption: 'Empty' }, diskSizeGB: 64 }))),
  vm('image-latest', machine(`${IMAGE}.version`, 'latest')),
  vm('image-unversioned', machine(`${IMAGE}.version`, undefined)),
  vm('image-another-publisher', machine(`${IMAGE}.publisher`, 'somebody')),
  vm('image-another-version', machine(`${IMAGE}.version`, '22.04.202401010')),
  vm('image-gallery-unversioned', machine(IMAGE, { id: '/subscriptions/1/resourceGroups/2/providers/Microsoft.Compute/galleries/g/images/i' })),
  vm('image-community', machine(IMAGE, { communityGalleryImageId: '/CommunityGalleries/g/Images/i/Versions/1.0.0' })),
  vm('extensions-allowed', machine('osProfile.allowExtensionOperations', true)),
  vm('extensions-by-default', machine('osProfile.allowExtensionOperations', undefined)),
  vm('agent', machine('osProfile.linuxConfiguration.provisionVMAgent', true)),
  vm('passwords', machine('osProfile.linuxConfiguration.disablePasswordAuthentication', false)),
  vm('administrator-password', machine('osProfile.adminPassword', 'Passw0rd!')),
  vm('ssh-key-another', machine('osProfile.linuxConfiguration.ssh.publicKeys', [{ path: '/home/tee/.ssh/authorized_keys', keyData: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOther' }])),
  vm('boot-diagnostics', machine('diagnosticsProfile.bootDiagnostics.enabled', true)),
  vm('custom-data', machine('osProfile.customData', 'IyEvYmluL3NoCnNzaGQ=')),
  vm('user-data', machine('userData', 'IyEvYmluL3NoCnNzaGQ=')),
  vm('extension', addOn('VirtualMachineExtension', 'VirtualMachineScaleSetExtension', 'custom', { publisher: 'Microsoft.Azure.Extensions', type: 'CustomScript', typeHandlerVersion: '2.1' })),
  vm('run-command', addOn('VirtualMachineRunCommandByVirtualMachine', 'VirtualMachineScaleSetVMRunCommand', 'run', { instanceId: '0', runCommandName: 'run', source: { script: 'id' } })),
  vm('gallery-applications', machine('applicationProfile', { galleryApplications: [{ packageReferenceId: '/subscriptions/1/x' }] })),
  vm('disk-exportable', add('compute:Disk', 'open', (where, artifact) => ({ diskName: 'open', creationData: { createOption: 'Empty' }, diskSizeGB: 8, encryption: { diskEncryptionSetId: `${where.id}/providers/Microsoft.Compute/diskEncryptionSets/${String(inputs(artifact, 'compute:DiskEncryptionSet')['diskEncryptionSetName'] as string)}` } }))),
  vm('restore-points', add('compute:RestorePointCollection', 'copies', () => ({ restorePointCollectionName: 'copies' }))),
  vm('login-role', grant('login', GROUP)),
  vm('system-identity', machine('identity.type', 'SystemAssigned, UserAssigned')),
  vm('second-identity', (artifact) => { list(record(machineInputs(artifact)['identity'], 'identity')['userAssignedIdentities'], 'identities').push(`${context(artifact).id}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/other`); }),
  vm('workload-contributor', grant('contributor', GROUP, TEE_PRINCIPAL, 'ServicePrincipal')),
  vm('workload-blob-wide', (artifact) => put(inputs(artifact, 'authorization:RoleAssignment', 'phi-store-access'), 'scope', onAccount('phi-store')(context(artifact), artifact))),
  vm('workload-store-subscription', (artifact) => put(inputs(artifact, 'authorization:RoleAssignment', 'phi-store-access'), 'scope', SUBSCRIPTION(context(artifact)))),
  vm('second-plain-machine-with-identity', (artifact) => add('compute:VirtualMachine', 'helper', () => ({ vmName: 'helper', hardwareProfile: { vmSize: 'Standard_D2s_v5' }, identity: structuredClone(machineInputs(artifact)['identity'] ?? null) }))(artifact)),
  vm('second-plain-machine', add('compute:VirtualMachine', 'helper', () => ({ vmName: 'helper', hardwareProfile: { vmSize: 'Standard_D2s_v5' } }))),
  vm('no-health-probe', fleet('virtualMachineProfile.networkProfile.healthProbe', undefined)),
  vm('automatic-upgrade', fleet('upgradePolicy.mode', 'Automatic')),
  vm('automatic-images', fleet('upgradePolicy.automaticOSUpgradePolicy.enableAutomaticOSUpgrade', true)),
  vm('no-guardrails', drop('authorization:PolicyAssignment', 'guardrails-deny')),
  vm('guardrails-not-enforced', set('authorization:PolicyAssignment', 'guardrails-deny', 'enforcementMode', 'DoNotEnforce')),
  vm('guardrails-with-an-exception', set('authorization:PolicyAssignment', 'guardrails-deny', 'notScopes', ['/subscriptions/1/resourceGroups/2/providers/x'])),
  vm('guardrails-exemption', add('authorization:PolicyExemption', 'waiver', (where) => ({ scope: where.id, policyAssignmentId: `${where.id}/providers/Microsoft.Authorization/policyAssignments/phi-guardrails`, exemptionCategory: 'Waiver' }))),
  vm('guardrails-shorter', (artifact) => { const own = inputs(artifact, 'authorization:PolicySetDefinition'); own['policyDefinitions'] = list(own['policyDefinitions'], 'policyDefinitions').slice(1); }),
  vm('guardrails-audit-only', (artifact) => { const rule = record(inputs(artifact, 'authorization:PolicyDefinition', 'guardrails-machine-not-confidential')['policyRule'], 'policyRule'); put(rule, 'then.effect', 'audit'); }),
  vm('no-hipaa-initiative', drop('authorization:PolicyAssignment', 'guardrails-hipaa')),
  // Networks.
  net('vault-public', set('keyvault:Vault', 'phi-vault', 'properties.publicNetworkAccess', 'Enabled')),
  net('vault-public-by-default', set('keyvault:Vault', 'phi-vault', 'properties.publicNetworkAccess', undefined)),
  net('infrastructure-vault-public', set('keyvault:Vault', 'infrastructure-vault', 'properties.publicNetworkAccess', 'Enabled')),
  net('vault-bypass', set('keyvault:Vault', 'phi-vault', 'properties.networkAcls.bypass', 'AzureServices')),
  net('vault-firewall-address', set('keyvault:Vault', 'phi-vault', 'properties.networkAcls.ipRules', [{ value: '203.0.113.4/32' }])),
  net('vault-firewall-allow', set('keyvault:Vault', 'phi-vault', 'properties.networkAcls.defaultAction', 'Allow')),
  net('store-public', set('storage:StorageAccount', 'phi-store', 'publicNetworkAccess', 'Enabled')),
  net('store-bypass', set('storage:StorageAccount', 'phi-store', 'networkRuleSet.bypass', 'AzureServices')),
  net('store-firewall-allow', set('storage:StorageAccount', 'phi-store', 'networkRuleSet.defaultAction', 'Allow')),
  net('store-firewall-subnet', set('storage:StorageAccount', 'phi-store', 'networkRuleSet.virtualNetworkRules', [{ virtualNetworkResourceId: '/subscriptions/1/x' }])),
  net('store-firewall-resource', set('storage:StorageAccount', 'phi-store', 'networkRuleSet.resourceAccessRules', [{ tenantId: '1', resourceId: '/subscriptions/1' }])),
  net('store-shared-key', set('storage:StorageAccount', 'phi-store', 'allowSharedKeyAccess', true)),
  net('store-shared-key-by-default', set('storage:StorageAccount', 'phi-store', 'allowSharedKeyAccess', undefined)),
  net('store-public-blobs', set('storage:StorageAccount', 'phi-store', 'allowBlobPublicAccess', true)),
  net('store-open-container', set('storage:BlobContainer', 'phi-store', 'publicAccess', 'Blob')),
  net('store-copy-scope', set('storage:StorageAccount', 'phi-store', 'allowedCopyScope', undefined)),
  net('store-cross-tenant', set('storage:StorageAccount', 'phi-store', 'allowCrossTenantReplication', true)),
  net('store-sftp', set('storage:StorageAccount', 'phi-store', 'isSftpEnabled', true)),
  net('store-local-users', set('storage:StorageAccount', 'phi-store', 'isLocalUserEnabled', true)),
  net('store-tls', set('storage:StorageAccount', 'phi-store', 'minimumTlsVersion', 'TLS1_0')),
  net('store-http', set('storage:StorageAccount', 'phi-store', 'enableHttpsTrafficOnly', false)),
  net('store-provider-key', set('storage:StorageAccount', 'phi-store', 'encryption.keySource', 'Microsoft.Storage')),
  net('store-one-layer', set('storage:StorageAccount', 'phi-store', 'encryption.requireInfrastructureEncryption', false)),
  net('store-unversioned', set('storage:BlobServiceProperties', 'phi-store', 'isVersioningEnabled', false)),
  net('store-no-soft-delete', set('storage:BlobServiceProperties', 'phi-store', 'deleteRetentionPolicy.enabled', false)),
  net('store-unprotected', attribute('storage:StorageAccount', 'phi-store', 'protect', false)),
  net('store-reader', grant('blobReader', onAccount('phi-store'))),
  net('store-account-contributor', grant('account', onAccount('phi-store'))),
  net('store-replicated-away', add('storage:ObjectReplicationPolicy', 'copy', (_, artifact) => ({ accountName: inputs(artifact, 'storage:StorageAccount', 'phi-store')['accountName'] ?? '', sourceAccount: inputs(artifact, 'storage:StorageAccount', 'phi-store')['accountName'] ?? '', destinationAccount: '/subscriptions/1/resourceGroups/2/providers/Microsoft.Storage/storageAccounts/away' }))),
  net('second-open-account', add('storage:StorageAccount', 'second', () => ({ accountName: 'second', kind: 'StorageV2', sku: { name: 'Standard_LRS' } }))),
  net('ingress-any', addRule('network-tee', {})),
  net('ingress-internet', addRule('network-tee', { sourceAddressPrefix: 'Internet' })),
  net('ingress-half-the-world', addRule('network-tee', { sourceAddressPrefix: null, sourceAddressPrefixes: ['0.0.0.0/1', '128.0.0.0/1'] })),
  net('ingress-whole-network', addRule('network-tee', { sourceAddressPrefix: 'VirtualNetwork' })),
  net('ingress-ssh', addRule('network-tee', { sourceAddressPrefix: '10.20.0.0/24', destinationPortRange: '22' })),
  net('ingress-service-tag', addRule('network-tee', { sourceAddressPrefix: 'AzureCloud' })),
  net('ingress-before-deny', edge('network-tee', 'deny-all-inbound', { priority: 4095, access: 'Allow' })),
  net('ingress-all-ports', edge('network-tee', 'allow-gateway-to-tee', { destinationPortRange: '*' })),
  net('ingress-port-range', edge('network-tee', 'allow-gateway-to-tee', { destinationPortRange: '8000-9000' })),
  net('ingress-all-protocols', edge('network-tee', 'allow-gateway-to-tee', { protocol: '*' })),
  net('ingress-wider-source', edge('network-tee', 'allow-gateway-to-tee', { sourceAddressPrefix: '10.0.0.0/8' })),
  net('no-deny-inbound', dropRule('network-tee', 'deny-all-inbound')),
  net('no-deny-outbound', dropRule('network-tee', 'deny-all-outbound')),
  net('deny-only-tcp', edge('network-tee', 'deny-all-outbound', { protocol: 'Tcp' })),
  net('deny-some-addresses', edge('network-tee', 'deny-all-outbound', { destinationAddressPrefix: '10.0.0.0/8' })),
  net('egress-internet', addRule('network-tee', { direction: 'Outbound', destinationAddressPrefix: 'Internet' })),
  net('egress-any', addRule('network-tee', { direction: 'Outbound' })),
  net('egress-service-tag', addRule('network-tee', { direction: 'Outbound', destinationAddressPrefix: 'AzureKeyVault' })),
  net('egress-gateway-to-store', both(addRule('network-gateway', { direction: 'Outbound', sourceAddressPrefix: '10.20.0.0/24', destinationAddressPrefix: '10.20.32.0/24' }), addRule('network-phi-store', { sourceAddressPrefix: '10.20.0.0/24' }))),
  net('no-security-group', subnet('tee', 'networkSecurityGroup', undefined)),
  net('another-security-group', subnet('tee', 'networkSecurityGroup.id', '/subscriptions/1/resourceGroups/2/providers/Microsoft.Network/networkSecurityGroups/open')),
  net('default-outbound', subnet('tee', 'defaultOutboundAccess', undefined)),
  net('default-outbound-true', subnet('tee', 'defaultOutboundAccess', true)),
  net('nat-gateway', both(subnet('tee', 'natGateway', { id: '/subscriptions/1/resourceGroups/2/providers/Microsoft.Network/natGateways/n' }))),
  net('route-to-internet', both(add('network:RouteTable', 'out', () => ({ routeTableName: 'out', routes: [{ name: 'out', addressPrefix: '0.0.0.0/0', nextHopType: 'Internet' }] })), (artifact) => subnet('tee', 'routeTable', { id: `${context(artifact).id}/providers/Microsoft.Network/routeTables/out` })(artifact))),
  net('service-endpoints', subnet('tee', 'serviceEndpoints', [{ service: 'Microsoft.KeyVault' }])),
  net('endpoint-policies-off', subnet('endpoints', 'privateEndpointNetworkPolicies', 'Disabled')),
  net('store-endpoint-policies-off', subnet('phi-store', 'privateEndpointNetworkPolicies', 'Disabled')),
  net('extra-subnet', add('network:Subnet', 'bare', (_, artifact) => ({ virtualNetworkName: inputs(artifact, 'network:VirtualNetwork')['virtualNetworkName'] ?? '', subnetName: 'bare', addressPrefix: '10.20.64.0/24' }))),
  net('public-address', add('network:PublicIPAddress', 'address', () => ({ publicIpAddressName: 'address' }))),
  net('public-address-on-machine', (artifact) => { record(list(nic(artifact)['ipConfigurations'], 'ipConfigurations')[0], 'configuration')[isSet(artifact) ? 'publicIPAddressConfiguration' : 'publicIPAddress'] = isSet(artifact) ? { name: 'p' } : { id: '/subscriptions/1/resourceGroups/2/providers/Microsoft.Network/publicIPAddresses/p' }; }),
  net('ip-forwarding', (artifact) => put(nic(artifact), 'enableIPForwarding', true)),
  net('public-load-balancer', add('network:LoadBalancer', 'public', () => ({ loadBalancerName: 'public', sku: { name: 'Standard' }, frontendIPConfigurations: [{ name: 'f', publicIPAddress: { id: '/subscriptions/1/p' } }] }))),
  net('application-gateway', add('network:ApplicationGateway', 'edge', () => ({ applicationGatewayName: 'edge', httpListeners: [{ protocol: 'Http' }] }))),
  net('front-door', add('cdn:Profile', 'door', () => ({ profileName: 'door', sku: { name: 'Premium_AzureFrontDoor' } }))),
  net('bastion', add('network:BastionHost', 'bastion', () => ({ bastionHostName: 'bastion' }))),
  net('peering', add('network:VirtualNetworkPeering', 'hub', (_, artifact) => ({ virtualNetworkName: inputs(artifact, 'network:VirtualNetwork')['virtualNetworkName'] ?? '', remoteVirtualNetwork: { id: '/subscriptions/1/resourceGroups/2/providers/Microsoft.Network/virtualNetworks/hub' }, allowVirtualNetworkAccess: true }))),
  net('peering-with-gateway', add('network:VirtualNetworkPeering', 'hub', (where, artifact) => ({ virtualNetworkName: inputs(artifact, 'network:VirtualNetwork')['virtualNetworkName'] ?? '', remoteVirtualNetwork: { id: networkId(where, artifact) }, useRemoteGateways: true }))),
  net('vault-endpoint-gone', drop('network:PrivateEndpoint', 'phi-vault-endpoint')),
  net('store-endpoint-gone', drop('network:PrivateEndpoint', 'phi-store-endpoint')),
  net('endpoint-to-others', (artifact) => { record(list(inputs(artifact, 'network:PrivateEndpoint', 'phi-store-endpoint')['privateLinkServiceConnections'], 'connections')[0], 'connection')['privateLinkServiceId'] = '/subscriptions/1/resourceGroups/2/providers/Microsoft.Storage/storageAccounts/away'; }),
  net('zone-group-gone', drop('network:PrivateDnsZoneGroup', 'phi-vault-endpoint')),
  net('zone-link-gone', drop('privatedns:VirtualNetworkLink', 'network-privatelink-vaultcore-azure-net')),
  net('zone-registration', set('privatedns:VirtualNetworkLink', 'network-privatelink-vaultcore-azure-net', 'registrationEnabled', true)),
  net('zone-internet-fallback', set('privatedns:VirtualNetworkLink', 'network-privatelink-vaultcore-azure-net', 'resolutionPolicy', 'NxDomainRedirect')),
  net('dns-of-others', set('network:VirtualNetwork', undefined, 'dhcpOptions', { dnsServers: ['8.8.8.8'] })),
  net('zone-record-by-hand', add('privatedns:PrivateRecordSet', 'record', () => ({ privateZoneName: 'privatelink.vaultcore.azure.net', recordType: 'A', relativeRecordSetName: 'phi', aRecords: [{ ipv4Address: '203.0.113.9' }] }))),
  net('names-forwarded', add('dnsresolver:ForwardingRule', 'forward', () => ({ domainName: 'vaultcore.azure.net.', targetDnsServers: [{ ipAddress: '203.0.113.9', port: 53 }] }))),
  net('interface-dns', (artifact) => put(nic(artifact), 'dnsSettings', { dnsServers: ['203.0.113.9'] })),
  net('private-link-service-for-everybody', add('network:PrivateLinkService', 'front', () => ({ serviceName: 'front', visibility: { subscriptions: ['*'] }, autoApproval: { subscriptions: ['*'] } }))),
  net('rule-above-the-groups', add('network:AdminRule', 'above', () => ({ access: 'AlwaysAllow', direction: 'Inbound', kind: 'Custom', priority: 1, protocol: 'Any' }))),
  net('peering-inline', set('network:VirtualNetwork', undefined, 'virtualNetworkPeerings', [{ name: 'hub', remoteVirtualNetwork: { id: '/subscriptions/1/x' } }])),
  net('group-unprotected', attribute('resources:ResourceGroup', undefined, 'protect', undefined)),
  net('network-contributor', grant('network', GROUP)),
  // Logs.
  log('no-flow-log', drop('network:FlowLog')),
  log('flow-log-off', set('network:FlowLog', undefined, 'enabled', false)),
  log('flow-log-short', set('network:FlowLog', undefined, 'retentionPolicy', { days: 7, enabled: true })),
  log('flow-log-elsewhere', set('network:FlowLog', undefined, 'targetResourceId', '/subscriptions/1/resourceGroups/2/providers/Microsoft.Network/virtualNetworks/other')),
  log('flow-log-to-others', set('network:FlowLog', undefined, 'storageId', '/subscriptions/1/resourceGroups/2/providers/Microsoft.Storage/storageAccounts/other')),
  log('unlocked', set('storage:StorageAccount', 'logs', 'immutableStorageWithVersioning.immutabilityPolicy.state', 'Unlocked')),
  log('immutability-off', set('storage:StorageAccount', 'logs', 'immutableStorageWithVersioning.enabled', false)),
  log('immutability-gone', set('storage:StorageAccount', 'logs', 'immutableStorageWithVersioning', undefined)),
  log('immutability-short', set('storage:StorageAccount', 'logs', 'immutableStorageWithVersioning.immutabilityPolicy.immutabilityPeriodSinceCreationInDays', 365)),
  log('immutability-a-day-short', set('storage:StorageAccount', 'logs', 'immutableStorageWithVersioning.immutabilityPolicy.immutabilityPeriodSinceCreationInDays', 2191)),
  log('log-account-public', set('storage:StorageAccount', 'logs', 'publicNetworkAccess', 'Enabled')),
  log('log-account-shared-key', set('storage:StorageAccount', 'logs', 'allowSharedKeyAccess', true)),
  log('log-account-public-blobs', set('storage:StorageAccount', 'logs', 'allowBlobPublicAccess', true)),
  log('log-account-tls', set('storage:StorageAccount', 'logs', 'minimumTlsVersion', 'TLS1_0')),
  log('log-account-copy-scope', set('storage:StorageAccount', 'logs', 'allowedCopyScope', undefined)),
  log('log-account-one-layer', set('storage:StorageAccount', 'logs', 'encryption.requireInfrastructureEncryption', false)),
  log('log-account-unprotected', attribute('storage:StorageAccount', 'logs', 'protect', false)),
  log('log-lock-gone', drop('authorization:ManagementLockByScope', 'logs-account')),
  log('workspace-lock-gone', drop('authorization:ManagementLockByScope', 'logs-workspace')),
  log('no-workspace-audit', drop('monitor:DiagnosticSetting', 'workspace-audit')),
  log('log-account-unversioned', set('storage:BlobServiceProperties', 'logs', 'isVersioningEnabled', false)),
  log('log-containers-unrecoverable', set('storage:BlobServiceProperties', 'logs', 'containerDeleteRetentionPolicy.enabled', false)),
  log('log-lifecycle-deletes', add('storage:ManagementPolicy', 'tidy', (_, artifact) => ({ accountName: inputs(artifact, 'storage:StorageAccount', 'logs')['accountName'] ?? '', policy: { rules: [{ name: 'tidy', type: 'Lifecycle', enabled: true, definition: { actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: 30 } } }, filters: { blobTypes: ['blockBlob'] } } }] } }))),
  log('log-open-container', add('storage:BlobContainer', 'open', (_, artifact) => ({ accountName: inputs(artifact, 'storage:StorageAccount', 'logs')['accountName'] ?? '', containerName: 'open', publicAccess: 'Container' }))),
  log('log-account-gone', drop('storage:StorageAccount', 'logs')),
  log('log-account-contributor', grant('account', onAccount('logs'))),
  log('monitoring-contributor', grant('monitoring', GROUP)),
  ...['phi-vault-audit', 'infrastructure-vault-audit', 'authority-audit', 'phi-store-audit'].map((name) => log(`no-${name}`, drop('monitor:DiagnosticSetting', name))),
  log('vault-audit-off', categories('phi-vault-audit', [{ categoryGroup: 'allLogs', enabled: false }])),
  log('vault-audit-empty', categories('phi-vault-audit', [])),
  log('vault-audit-partial', categories('phi-vault-audit', [{ category: 'AzurePolicyEvaluationDetails', enabled: true }])),
  log('store-audit-no-reads', categories('phi-store-audit', [{ category: 'StorageWrite', enabled: true }, { category: 'StorageDelete', enabled: true }])),
  log('vault-audit-no-account', set('monitor:DiagnosticSetting', 'phi-vault-audit', 'storageAccountId', undefined)),
  log('vault-audit-no-workspace', set('monitor:DiagnosticSetting', 'phi-vault-audit', 'workspaceId', undefined)),
  log('vault-audit-to-others', set('monitor:DiagnosticSetting', 'phi-vault-audit', 'storageAccountId', '/subscriptions/1/resourceGroups/2/providers/Microsoft.Storage/storageAccounts/away')),
  log('vault-audit-to-the-phi-store', (artifact) => put(inputs(artifact, 'monitor:DiagnosticSetting', 'phi-vault-audit'), 'storageAccountId', onAccount('phi-store')(context(artifact), artifact))),
  log('vault-audit-of-another', set('monitor:DiagnosticSetting', 'phi-vault-audit', 'resourceUri', '/subscriptions/1/resourceGroups/2/providers/Microsoft.KeyVault/vaults/other')),
  log('vault-audit-to-an-event-hub', set('monitor:DiagnosticSetting', 'phi-vault-audit', 'eventHubAuthorizationRuleId', '/subscriptions/1/x')),
  log('workspace-export', add('operationalinsights:DataExport', 'away', () => ({ dataExportName: 'away' }))),
  log('workspace-quota', set('operationalinsights:Workspace', undefined, 'workspaceCapping', { dailyQuotaGb: 0.1 })),
  log('flow-log-filtered', set('network:FlowLog', undefined, 'enabledFilteringCriteria', "dstIP == '10.20.16.4'")),
  log('link-scope-exclusion', set('monitor:PrivateLinkScope', undefined, 'accessModeSettings.exclusions', [{ privateEndpointConnectionName: 'x', ingestionAccessMode: 'Open' }])),
  log('records-transformed', add('monitor:DataCollectionRule', 'trim', () => ({ kind: 'WorkspaceTransforms' }))),
  log('no-activity-log', drop('monitor:SubscriptionDiagnosticSetting')),
  log('activity-log-no-administrative', (artifact) => { const own = inputs(artifact, 'monitor:SubscriptionDiagnosticSetting'); own['logs'] = list(own['logs'], 'logs').filter((entry) => !(isRecord(entry) && entry['category'] === 'Administrative')); }),
  log('activity-log-security-off', (artifact) => { for (const entry of list(inputs(artifact, 'monitor:SubscriptionDiagnosticSetting')['logs'], 'logs')) if (isRecord(entry) && entry['category'] === 'Security') entry['enabled'] = false; }),
  log('workspace-short', set('operationalinsights:Workspace', undefined, 'retentionInDays', 30)),
  log('workspace-purge', set('operationalinsights:Workspace', undefined, 'features.immediatePurgeDataOn30Days', true)),
  log('workspace-keys', set('operationalinsights:Workspace', undefined, 'features.disableLocalAuth', false)),
  log('workspace-public-query', set('operationalinsights:Workspace', undefined, 'publicNetworkAccessForQuery', 'Enabled')),
  log('workspace-public-ingestion', set('operationalinsights:Workspace', undefined, 'publicNetworkAccessForIngestion', undefined)),
  log('workspace-unprotected', attribute('operationalinsights:Workspace', undefined, 'protect', undefined)),
  log('table-short', set('operationalinsights:Table', undefined, 'totalRetentionInDays', 365)),
  log('table-gone', drop('operationalinsights:Table', 'logs-AZKVAuditLogs')),
  log('link-scope-open', set('monitor:PrivateLinkScope', undefined, 'accessModeSettings.ingestionAccessMode', 'Open')),
  log('workspace-outside-the-scope', drop('monitor:PrivateLinkScopedResource')),
  // Tags.
  tag('vault-no-agreement', set('keyvault:Vault', 'phi-vault', 'tags.baa-reference', undefined)),
  tag('vault-no-tags', set('keyvault:Vault', 'phi-vault', 'tags', undefined)),
  tag('store-declassified', set('storage:StorageAccount', 'phi-store', 'tags.phi-classification', 'de-identified')),
  tag('machine-another-agreement', machine('tags.baa-reference', 'BAA-0000')),
  tag('network-empty-owner', set('network:VirtualNetwork', undefined, 'tags.phi-owner', '')),
  tag('service-outside-agreement', add('botservice:Bot', 'bot', () => ({ resourceName: 'bot' }))),
  tag('classic-provider', (artifact) => { const urn = 'urn:pulumi:azure::tee-kit::azure:keyvault/key:Key::classic'; list(artifact['steps'], 'steps').push({ op: 'create', urn, newState: { urn, type: 'azure:keyvault/key:Key', custom: true, inputs: {} } }); }),
];

const same = of('attested-key', 'harmless');
const machineSame = of('confidential-vm', 'harmless');
const networkSame = of('private-network', 'harmless');
const logSame = of('immutable-log', 'harmless');
const tagSame = of('baa-tag', 'harmless');

const reversed = (value: Json): Json => (Array.isArray(value) ? value.map(reversed) : isRecord(value) ? Object.fromEntries(Object.entries(value).reverse().map(([name, item]) => [name, reversed(item)])) : value);

/** Renames a literal everywhere in the resources, not in the workload file. */
const rename = (from: (artifact: JsonObject) => string, to: string): Apply => (artifact) => {
  const old = from(artifact);
  artifact['steps'] = JSON.parse(JSON.stringify(artifact['steps']).replaceAll(old, to)) as Json;
};

const harmless: readonly Mutator[] = [
  same('steps-reordered', (artifact) => { artifact['steps'] = steps(artifact).reverse(); }),
  same('members-reordered', (artifact) => { artifact['steps'] = reversed(artifact['steps'] ?? null); }),
  same('unchanged-steps', (artifact) => { for (const step of steps(artifact)) step['op'] = 'same'; }),
  same('versioned-types', (artifact) => { artifact['steps'] = JSON.parse(JSON.stringify(artifact['steps']).replaceAll('azure-native:keyvault:', 'azure-native:keyvault/v20240401preview:')) as Json; }),
  same('conditions-reordered', policy('phi', (_, branch) => { branch['allOf'] = [...conditions(branch)].reverse(); return undefined; })),
  same('stricter-claim', policy('phi', (_, branch) => { conditions(branch).push({ claim: 'x-ms-azurevm-ostype', equals: 'Linux' }); return undefined; })),
  same('stricter-machine', policy('phi', (_, branch) => { conditions(branch).push({ claim: 'x-ms-azurevm-osdistro', equals: 'Ubuntu' }); return undefined; })),
  same('condition-repeated', policy('phi', (_, branch) => { conditions(branch).push(structuredClone(conditions(branch)[0] ?? null)); return undefined; })),
  same('conditions-nested', policy('phi', (_, branch) => { branch['allOf'] = [{ allOf: conditions(branch) }]; return undefined; })),
  same('branch-repeated', policy('phi', (whole, branch) => { list(whole['anyOf'], 'anyOf').push(structuredClone(branch)); return undefined; })),
  same('authority-trailing-slash', policy('phi', (_, branch) => { branch['authority'] = `${String(branch['authority'] as string)}/`; return undefined; })),
  same('policy-with-space', (artifact) => { const holder = record(record(inputs(artifact, 'keyvault:Key', 'phi')['properties'], 'properties')['releasePolicy'], 'releasePolicy'); holder['data'] = Buffer.from(JSON.stringify(JSON.parse(Buffer.from(String(holder['data'] as string), 'base64url').toString('utf8')), null, 2)).toString('base64url'); }),
  same('policy-padded-base64', (artifact) => { const holder = record(record(inputs(artifact, 'keyvault:Key', 'phi')['properties'], 'properties')['releasePolicy'], 'releasePolicy'); holder['data'] = Buffer.from(String(holder['data'] as string), 'base64url').toString('base64').replace(/=*$/, '='.repeat((3 - Buffer.from(String(holder['data'] as string), 'base64url').length % 3) % 3) || ' ').trim(); if (!/[+/=]/.test(String(holder['data'] as string))) holder['data'] = `${String(holder['data'] as string)}\n`; }),
  same('larger-key', set('keyvault:Key', 'phi', 'properties.keySize', 4096)),
  same('keyops-encrypt-only', set('keyvault:Key', 'phi', 'properties.keyOps', ['wrapKey', 'encrypt'])),
  same('faster-rotation', set('keyvault:Key', 'phi-store', 'properties.rotationPolicy.lifetimeActions', [{ action: { type: 'Rotate' }, trigger: { timeAfterCreate: 'P90D' } }])),
  same('rotation-before-expiry', set('keyvault:Key', 'phi-store', 'properties.rotationPolicy', { attributes: { expiryTime: 'P1Y' }, lifetimeActions: [{ action: { type: 'rotate' }, trigger: { timeBeforeExpiry: 'P30D' } }] })),
  same('rotation-notice', (artifact) => { list(record(record(inputs(artifact, 'keyvault:Key', 'phi-store')['properties'], 'properties')['rotationPolicy'], 'rotationPolicy')['lifetimeActions'], 'actions').push({ action: { type: 'notify' }, trigger: { timeBeforeExpiry: 'P30D' } }); }),
  same('lock-on-the-vault', add('authorization:ManagementLockByScope', 'lock', (_, artifact) => ({ lockName: 'lock', level: 'CanNotDelete', scope: vaultScope(artifact) }))),
  same('reader-of-the-group', grant('reader', GROUP)),
  same('scope-in-capitals', (artifact) => put(inputs(artifact, 'authorization:RoleAssignment', 'phi-release'), 'scope', keyScope(artifact).replace('/resourceGroups/', '/RESOURCEGROUPS/').replace('Microsoft.KeyVault', 'MICROSOFT.KEYVAULT'))),
  same('owner-of-another-group', grant('owner', ({ id }) => `${id}-other`)),
  same('owner-of-another-subscription', grant('owner', () => '/subscriptions/99999999-0000-4000-8000-000000000000')),
  same('release-identity-by-dependency', (artifact) => { const step = state(one(artifact, 'authorization:RoleAssignment', 'phi-release')); const identity = String(state(one(artifact, 'managedidentity:UserAssignedIdentity', 'tee'))['urn'] as string); record(step['inputs'], 'inputs')['principalId'] = '04da6b54-80e4-46f7-96ec-b56ff0331ba9'; step['propertyDependencies'] = { principalId: [identity] }; }),
  same('renamed-vault', rename((artifact) => String(inputs(artifact, 'keyvault:Vault', 'phi-vault')['vaultName'] as string), 'phi-renamed-vault')),
  same('renamed-key', rename((artifact) => String(inputs(artifact, 'keyvault:Key', 'phi')['keyName'] as string), 'phi-renamed')),
  same('unrelated-identity', add('managedidentity:UserAssignedIdentity', 'other', () => ({ resourceName: 'other' }))),
  same('second-gated-key', (artifact) => add('keyvault:Key', 'phi-two', () => ({ ...structuredClone(inputs(artifact, 'keyvault:Key', 'phi')), keyName: 'phi-two' }), { protect: true, retainOnDelete: true, replaceOnChanges: ['properties'] })(artifact)),
  machineSame('larger-size', machine('hardwareProfile.vmSize', 'Standard_DC8as_v5')),
  machineSame('memory-size', machine('hardwareProfile.vmSize', 'Standard_EC4as_v5')),
  machineSame('smaller-disk', machine('storageProfile.osDisk.diskSizeGB', 48)),
  machineSame('boot-diagnostics-absent', machine('diagnosticsProfile', undefined)),
  machineSame('encryption-at-host-absent', machine('securityProfile.encryptionAtHost', undefined)),
  machineSame('zone', machine('zones', ['1'])),
  machineSame('renamed-machine', rename((artifact) => `/${machineName(artifact)}"`, '/renamed-tee"')),
  machineSame('another-host-name', machine('osProfile.computerName', 'another')),
  machineSame('rolling-upgrade', fleet('upgradePolicy.mode', 'Rolling')),
  machineSame('more-machines', fleet('sku.capacity', 3)),
  networkSame('rules-reordered', (artifact) => { for (const nsg of ['network-tee', 'network-gateway', 'network-phi-store']) inputs(artifact, 'network:NetworkSecurityGroup', nsg)['securityRules'] = rules(artifact, nsg).reverse(); }),
  networkSame('extra-deny', addRule('network-tee', { access: 'Deny', priority: 90, sourceAddressPrefix: 'Internet', destinationPortRange: '*', protocol: '*' })),
  networkSame('priorities-shifted', (artifact) => { for (const rule of rules(artifact, 'network-tee')) if (rule['access'] === 'Allow') rule['priority'] = Number(rule['priority']) + 500; }),
  networkSame('rule-split-out', both(
    (artifact) => { const found = rules(artifact, 'network-tee').find(({ name }) => name === 'allow-gateway-to-tee'); if (!found) throw new Error('no rule'); add('network:SecurityRule', 'split', () => ({ ...structuredClone(found), securityRuleName: 'split', networkSecurityGroupName: inputs(artifact, 'network:NetworkSecurityGroup', 'network-tee')['networkSecurityGroupName'] ?? '' }))(artifact); },
    dropRule('network-tee', 'allow-gateway-to-tee'),
  )),
  networkSame('port-as-list', edge('network-tee', 'allow-gateway-to-tee', { destinationPortRange: null, destinationPortRanges: ['8443'] })),
  networkSame('prefix-as-list', edge('network-tee', 'allow-gateway-to-tee', { sourceAddressPrefix: null, sourceAddressPrefixes: ['10.20.0.0/25', '10.20.0.128/25'] })),
  networkSame('port-as-range', edge('network-tee', 'allow-gateway-to-tee', { destinationPortRange: '8443-8443' })),
  networkSame('protocol-in-capitals', edge('network-tee', 'allow-gateway-to-tee', { protocol: 'TCP' })),
  networkSame('deny-earlier', edge('network-tee', 'deny-all-inbound', { priority: 4000 })),
  networkSame('subnets-standalone', (artifact) => {
    const network = inputs(artifact, 'network:VirtualNetwork');
    for (const item of list(network['subnets'], 'subnets')) { const { name = '', ...rest } = record(item, 'a subnet'); add('network:Subnet', `standalone-${String(name as string)}`, () => ({ ...rest, subnetName: name, virtualNetworkName: network['virtualNetworkName'] ?? '' }))(artifact); }
    delete network['subnets'];
  }),
  networkSame('extra-closed-subnet', (artifact) => { const subnets = list(inputs(artifact, 'network:VirtualNetwork')['subnets'], 'subnets'); subnets.push({ ...structuredClone(record(subnets[0], 'a subnet')), name: 'spare', addressPrefix: '10.20.64.0/24', networkSecurityGroup: structuredClone(record(subnets.at(-1), 'a subnet')['networkSecurityGroup'] ?? null) }); }),
  networkSame('empty-route-table', add('network:RouteTable', 'none', () => ({ routeTableName: 'none', routes: [{ name: 'none', addressPrefix: '0.0.0.0/0', nextHopType: 'None' }] }))),
  networkSame('internal-load-balancer', add('network:LoadBalancer', 'inside', (where, artifact) => ({ loadBalancerName: 'inside', sku: { name: 'Standard' }, frontendIPConfigurations: [{ name: 'f', subnet: { id: `${networkId(where, artifact)}/subnets/gateway` } }] }))),
  networkSame('secured-by-perimeter', set('storage:StorageAccount', 'phi-store', 'publicNetworkAccess', 'SecuredByPerimeter')),
  networkSame('tls-1-3', set('storage:StorageAccount', 'phi-store', 'minimumTlsVersion', 'TLS1_3')),
  networkSame('blob-public-default', set('storage:StorageAccount', 'phi-store', 'allowBlobPublicAccess', undefined)),
  networkSame('https-default', set('storage:StorageAccount', 'phi-store', 'enableHttpsTrafficOnly', undefined)),
  networkSame('restore-policy', set('storage:BlobServiceProperties', 'phi-store', 'restorePolicy', { enabled: true, days: 30 })),
  networkSame('geo-redundant', set('storage:StorageAccount', 'phi-store', 'sku.name', 'Standard_GZRS')),
  networkSame('second-container', add('storage:BlobContainer', 'second', (_, artifact) => ({ accountName: inputs(artifact, 'storage:StorageAccount', 'phi-store')['accountName'] ?? '', containerName: 'second', publicAccess: 'None' }), { protect: true })),
  logSame('longer-immutability', set('storage:StorageAccount', 'logs', 'immutableStorageWithVersioning.immutabilityPolicy.immutabilityPeriodSinceCreationInDays', 3650)),
  logSame('no-appends', set('storage:StorageAccount', 'logs', 'immutableStorageWithVersioning.immutabilityPolicy.allowProtectedAppendWrites', false)),
  logSame('longer-table', set('operationalinsights:Table', undefined, 'totalRetentionInDays', 4383)),
  logSame('lifecycle-moves-only', add('storage:ManagementPolicy', 'tier', (_, artifact) => ({ accountName: inputs(artifact, 'storage:StorageAccount', 'logs')['accountName'] ?? '', policy: { rules: [{ name: 'tier', type: 'Lifecycle', enabled: true, definition: { actions: { baseBlob: { tierToCold: { daysAfterModificationGreaterThan: 90 } } }, filters: { blobTypes: ['blockBlob'] } } }] } }))),
  logSame('categories-by-name', categories('phi-store-audit', [{ category: 'StorageRead', enabled: true }, { category: 'StorageWrite', enabled: true }, { category: 'StorageDelete', enabled: true }])),
  logSame('second-setting', (artifact) => add('monitor:DiagnosticSetting', 'again', () => ({ ...structuredClone(inputs(artifact, 'monitor:DiagnosticSetting', 'phi-vault-audit')), name: 'again' }))(artifact)),
  logSame('metrics-too', set('monitor:DiagnosticSetting', 'phi-vault-audit', 'metrics', [{ category: 'AllMetrics', enabled: true }])),
  logSame('flow-log-analytics', set('network:FlowLog', undefined, 'flowAnalyticsConfiguration', { networkWatcherFlowAnalyticsConfiguration: { enabled: false } })),
  tagSame('extra-tag', set('keyvault:Vault', 'phi-vault', 'tags.cost-centre', 'c42')),
  tagSame('another-contact-of-a-resource', set('storage:StorageAccount', 'phi-store', 'tags.team', 'clinical')),
  tagSame('description', set('authorization:RoleAssignment', 'phi-release', 'description', 'Reworded.')),
];

export const azure: readonly Mutator[] = [...weaker, ...harmless];
