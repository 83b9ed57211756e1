import type { Json, JsonObject, Mutator } from '../mutator.js';

export type Family = Mutator['family'];

export const isRecord = (value: Json | undefined): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

export function record(value: Json | undefined, what: string): JsonObject {
  if (!isRecord(value)) throw new Error(`${what} is not an object`);
  return value;
}

export function list(value: Json | undefined, what: string): Json[] {
  if (!Array.isArray(value)) throw new Error(`${what} is not a list`);
  return value;
}

export const steps = (artifact: JsonObject): JsonObject[] => list(artifact['steps'], 'steps').map((step) => record(step, 'a step'));
export const state = (step: JsonObject): JsonObject => record(step['newState'], 'newState');
export const typeOf = (step: JsonObject): string => String(state(step)['type'] as string);
export const nameOf = (step: JsonObject): string => String(state(step)['urn'] as string).split('::').slice(3).join('::');

/** The steps of one type, `keyvault:Key`, and name; throws when there is none. */
export function all(artifact: JsonObject, type: string, name?: string): JsonObject[] {
  const found = steps(artifact).filter((step) => typeOf(step) === `azure-native:${type}` && (name === undefined || nameOf(step) === name));
  if (found.length === 0) throw new Error(`no ${type} ${name ?? ''}`);
  return found;
}
export const one = (artifact: JsonObject, type: string, name?: string): JsonObject => all(artifact, type, name)[0] as JsonObject;
export const inputs = (artifact: JsonObject, type: string, name?: string): JsonObject => record(state(one(artifact, type, name))['inputs'], 'inputs');

export function dig(target: JsonObject, path: string): { holder: JsonObject; last: string } {
  const parts = path.split('.');
  let holder = target;
  for (const part of parts.slice(0, -1)) holder = isRecord(holder[part]) ? holder[part] : ((holder[part] = {}) as JsonObject);
  return { holder, last: parts.at(-1) ?? '' };
}

/** Sets a property; undefined removes it and throws when it is not there. */
export function put(target: JsonObject, path: string, value: Json | undefined): void {
  const { holder, last } = dig(target, path);
  if (value !== undefined) holder[last] = value;
  else if (last in holder) delete holder[last];
  else throw new Error(`no ${path} to remove`);
}

export type Apply = (artifact: JsonObject) => void;
export const set = (type: string, name: string | undefined, path: string, value: Json | undefined): Apply => (artifact) => put(inputs(artifact, type, name), path, value);
export const attribute = (type: string, name: string | undefined, key: string, value: Json | undefined): Apply => (artifact) => put(state(one(artifact, type, name)), key, value);
export const drop = (type: string, name?: string): Apply => (artifact) => {
  const gone = new Set(all(artifact, type, name));
  artifact['steps'] = steps(artifact).filter((step) => !gone.has(step));
};
export const both = (...edits: readonly Apply[]): Apply => (artifact) => { for (const edit of edits) edit(artifact); };

/** Placeholders in what is added: the group's name, its id, and the tags that everything has. */
export function context(artifact: JsonObject): { group: string; id: string; tags: Json; subscription: string } {
  const vault = inputs(artifact, 'keyvault:Vault', 'phi-vault');
  const scope = String(inputs(artifact, 'authorization:RoleAssignment', 'phi-release')['scope'] as string);
  const id = /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+/i.exec(scope)?.[0] ?? '';
  return { group: String(vault['resourceGroupName'] as string), id, tags: structuredClone(vault['tags'] ?? {}), subscription: id.split('/')[2] ?? '' };
}

/** Adds a resource of the workload's group, tagged like the others. */
export const add = (type: string, name: string, make: (where: ReturnType<typeof context>, artifact: JsonObject) => JsonObject, attributes: JsonObject = {}): Apply => (artifact) => {
  const where = context(artifact);
  const full = `azure-native:${type}`;
  const urn = `urn:pulumi:azure::tee-kit::${full}::${name}`;
  const base: JsonObject = /^(authorization|monitor:DiagnosticSetting)/.test(type) ? {} : { resourceGroupName: where.group };
  const untagged = /^(authorization|monitor:DiagnosticSetting|keyvault:AccessPolicy|network:(Subnet|SecurityRule|Route|VirtualNetworkPeering|AdminRule)$|dnsresolver:ForwardingRule|privatedns:PrivateRecordSet|operationalinsights:DataExport|managedservices|storage:(Blob|Management|ObjectReplication|StorageAccountStatic)|compute:VirtualMachine(Extension|RunCommand)|managedidentity:Federated)/.test(type);
  list(artifact['steps'], 'steps').push({ op: 'create', urn, newState: { urn, type: full, custom: true, ...attributes, inputs: { ...base, ...(untagged ? {} : { location: 'eastus', tags: where.tags }), ...make(where, artifact) } } });
};

export const STRANGER = '11111111-1111-4111-8111-111111111111';
export const TEE_PRINCIPAL = '${azure-native:managedidentity:UserAssignedIdentity::tee.principalId}';
export const ROLE = {
  owner: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635', contributor: 'b24988ac-6180-42a0-ab88-20f7382dd24c', accessAdministrator: '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9',
  rbacAdministrator: 'f58310d9-a9f6-439a-9e8d-f62e7b41a168', officer: '14b46e9e-c2b7-41b4-b07b-48a6ebf60603', user: '12338af0-0e69-4776-bea7-57ae8d297424',
  encryption: 'e147488a-f6f5-4113-8e2d-b22465e65bf6', release: '08bbd89e-9f13-488c-ac41-acfcb10c90ab', administrator: '00482a5a-887f-4fb3-b363-3b7fe8e74483',
  vaultContributor: 'f25e0fa2-a7c8-4377-a976-54943a77a395', dataAccess: '8b54135c-b56d-4d72-a534-26097cfdc8d8', attestation: 'bbf86eb8-f7b4-4cce-96e4-18cddf81d86e',
  machine: '9980e02c-c2be-4d73-94e8-173b1dc7cf3c', login: '1c0163c0-47e6-4577-8991-ea5c82e286e4', identity: 'f1a07417-d97a-45cb-824c-7a7467783830', monitoring: '749f88d5-cbae-40b8-bcfc-e573ddc772fa',
  analytics: '92aaf0da-9dab-42b6-94a3-d43ce8d16293', account: '17d1049b-9a84-46fb-8f53-869881c3d3ab', blobReader: '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1', network: '4d97b98b-1d4f-4787-a291-c67834d212e7', reader: 'acdd72a7-3385-48ef-bd42-f606fba81ae7', unknown: 'deadbeef-0000-4000-8000-000000000000',
} as const;

export type Where = ReturnType<typeof context>;
export const GROUP = ({ id }: Where): string => id;
export const SUBSCRIPTION = ({ subscription }: Where): string => `/subscriptions/${subscription}`;
export const keyScope = (artifact: JsonObject): string => String(inputs(artifact, 'authorization:RoleAssignment', 'phi-release')['scope'] as string);
export const vaultScope = (artifact: JsonObject): string => keyScope(artifact).replace(/\/keys\/[^/]+$/, '');

/** Adds a role assignment. */
export const grant = (role: keyof typeof ROLE, scope: (where: Where, artifact: JsonObject) => string, principalId: string = STRANGER, principalType = 'User'): Apply => (artifact) => add('authorization:RoleAssignment', `extra-${role}`, (where) => ({
  roleDefinitionId: `/subscriptions/${where.subscription}/providers/Microsoft.Authorization/roleDefinitions/${ROLE[role]}`, scope: scope(where, artifact), principalId, principalType, roleAssignmentName: STRANGER,
}))(artifact);
export const onKey = (_: Where, artifact: JsonObject): string => keyScope(artifact);
export const onVault = (_: Where, artifact: JsonObject): string => vaultScope(artifact);
export const onAccount = (name: string) => (where: Where, artifact: JsonObject): string => `${where.id}/providers/Microsoft.Storage/storageAccounts/${String(inputs(artifact, 'storage:StorageAccount', name)['accountName'] as string)}`;

/** Edits the release policy of a key as the object that it encodes. */
export const policy = (key: string, change: (policy: JsonObject, branch: JsonObject) => JsonObject | undefined): Apply => (artifact) => {
  const holder = record(record(inputs(artifact, 'keyvault:Key', key)['properties'], 'properties')['releasePolicy'], 'releasePolicy');
  const parsed = JSON.parse(Buffer.from(String(holder['data'] as string), 'base64url').toString('utf8')) as JsonObject;
  const result = change(parsed, record(list(parsed['anyOf'], 'anyOf')[0], 'a branch')) ?? parsed;
  holder['data'] = Buffer.from(JSON.stringify(result)).toString('base64url');
};
export const conditions = (branch: JsonObject): Json[] => list(branch['allOf'], 'allOf');
export const isOn = (end: string) => (condition: Json): boolean => isRecord(condition) && typeof condition['claim'] === 'string' && condition['claim'].endsWith(end);
/** Removes the condition on a claim from the first branch. */
export const unclaim = (end: string): Apply => policy('phi', (_, branch) => {
  const kept = conditions(branch).filter((condition) => !isOn(end)(condition));
  if (kept.length === conditions(branch).length) throw new Error(`no condition on ${end}`);
  branch['allOf'] = kept;
  return undefined;
});
export const reclaim = (end: string, make: (condition: JsonObject) => Json): Apply => policy('phi', (_, branch) => {
  if (!conditions(branch).some(isOn(end))) throw new Error(`no condition on ${end}`);
  branch['allOf'] = conditions(branch).map((condition) => (isOn(end)(condition) ? make(record(condition, 'a condition')) : condition));
  return undefined;
});

/** The machine that runs the TEE, a virtual machine or a scale set. */
export function machineStep(artifact: JsonObject): JsonObject {
  const found = steps(artifact).find((step) => typeOf(step) === 'azure-native:compute:VirtualMachine') ?? steps(artifact).find((step) => typeOf(step) === 'azure-native:compute:VirtualMachineScaleSet');
  if (!found) throw new Error('no machine');
  return found;
}
export const isSet = (artifact: JsonObject): boolean => typeOf(machineStep(artifact)).endsWith('ScaleSet');
export const machineInputs = (artifact: JsonObject): JsonObject => record(state(machineStep(artifact))['inputs'], 'inputs');
export const machineName = (artifact: JsonObject): string => String(machineInputs(artifact)[isSet(artifact) ? 'vmScaleSetName' : 'vmName'] as string);
/** Properties that scale sets have outside their profile. */
export const OUTSIDE: Readonly<Record<string, string>> = { 'hardwareProfile.vmSize': 'sku.name', 'identity.type': 'identity.type', zones: 'zones', 'tags.baa-reference': 'tags.baa-reference' };
/** Sets a property of the machine, by its path in a virtual machine. */
export const machine = (path: string, value: Json | undefined): Apply => (artifact) => {
  const own = machineInputs(artifact);
  const outside = OUTSIDE[path];
  if (!isSet(artifact)) put(own, path, value);
  else put(outside === undefined ? record(own['virtualMachineProfile'], 'profile') : own, outside ?? path, value);
};
/** The network interface of the machine, with its address configurations. */
export function nic(artifact: JsonObject): JsonObject {
  if (!isSet(artifact)) return inputs(artifact, 'network:NetworkInterface');
  const profile = record(record(machineInputs(artifact)['virtualMachineProfile'], 'profile')['networkProfile'], 'networkProfile');
  return record(list(profile['networkInterfaceConfigurations'], 'interfaces')[0], 'an interface');
}
export const addOn = (single: string, many: string, name: string, rest: JsonObject): Apply => (artifact) => add(`compute:${isSet(artifact) ? many : single}`, name, () => ({ [isSet(artifact) ? 'vmScaleSetName' : 'vmName']: machineName(artifact), ...rest }))(artifact);
export const fleet = (path: string, value: Json | undefined): Apply => (artifact) => put(inputs(artifact, 'compute:VirtualMachineScaleSet'), path, value);
export const IMAGE = 'storageProfile.imageReference';
export const OS_DISK = 'storageProfile.osDisk.managedDisk.securityProfile';

export const rules = (artifact: JsonObject, nsg: string): JsonObject[] => list(inputs(artifact, 'network:NetworkSecurityGroup', nsg)['securityRules'], 'securityRules').map((rule) => record(rule, 'a rule'));
export const edge = (nsg: string, rule: string, changes: JsonObject): Apply => (artifact) => {
  const found = rules(artifact, nsg).find(({ name }) => name === rule);
  if (!found) throw new Error(`no rule ${rule} in ${nsg}`);
  for (const [key, value] of Object.entries(changes)) if (value === null) delete found[key]; else found[key] = value;
};
export const addRule = (nsg: string, changes: JsonObject): Apply => (artifact) => {
  list(inputs(artifact, 'network:NetworkSecurityGroup', nsg)['securityRules'], 'securityRules').push({
    name: 'extra', direction: 'Inbound', access: 'Allow', priority: 150, protocol: 'Tcp', sourcePortRange: '*', sourceAddressPrefix: '*', destinationAddressPrefix: '*', destinationPortRange: '443', ...changes,
  });
};
export const dropRule = (nsg: string, rule: string): Apply => (artifact) => {
  const own = inputs(artifact, 'network:NetworkSecurityGroup', nsg);
  const kept = rules(artifact, nsg).filter(({ name }) => name !== rule);
  if (kept.length === rules(artifact, nsg).length) throw new Error(`no rule ${rule}`);
  own['securityRules'] = kept;
};
/** Sets a property of a subnet, inline in the network or a resource of its own. */
export const subnet = (name: string, path: string, value: Json | undefined): Apply => (artifact) => {
  const standalone = steps(artifact).find((step) => typeOf(step) === 'azure-native:network:Subnet' && record(state(step)['inputs'], 'inputs')['subnetName'] === name);
  const inline = standalone ? undefined : list(inputs(artifact, 'network:VirtualNetwork')['subnets'], 'subnets').find((item) => isRecord(item) && item['name'] === name);
  put(standalone ? record(state(standalone)['inputs'], 'inputs') : record(inline, `subnet ${name}`), path, value);
};
export const networkId = (where: Where, artifact: JsonObject): string => `${where.id}/providers/Microsoft.Network/virtualNetworks/${String(inputs(artifact, 'network:VirtualNetwork')['virtualNetworkName'] as string)}`;
export const categories = (name: string, logs: Json): Apply => set('monitor:DiagnosticSetting', name, 'logs', logs);

export const of = (family: Family, effect: Mutator['effect']) => (name: string, apply: Apply): Mutator => ({ name, family, effect, apply });
export const key = of('attested-key', 'weaker');
export const vm = of('confidential-vm', 'weaker');
export const net = of('private-network', 'weaker');
export const log = of('immutable-log', 'weaker');
export const tag = of('baa-tag', 'weaker');

export const same = of('attested-key', 'harmless');
export const machineSame = of('confidential-vm', 'harmless');
export const networkSame = of('private-network', 'harmless');
export const logSame = of('immutable-log', 'harmless');
export const tagSame = of('baa-tag', 'harmless');

export const reversed = (value: Json): Json => (Array.isArray(value) ? value.map(reversed) : isRecord(value) ? Object.fromEntries(Object.entries(value).reverse().map(([name, item]) => [name, reversed(item)])) : value);

/** Renames a literal everywhere in the resources, not in the workload file. */
export const rename = (from: (artifact: JsonObject) => string, to: string): Apply => (artifact) => {
  const old = from(artifact);
  artifact['steps'] = JSON.parse(JSON.stringify(artifact['steps']).replaceAll(old, to)) as Json;
};
