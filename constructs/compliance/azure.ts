/** What the Azure checks share: who is who in a deployment, and how a setting is judged. Plain data in, plain data out. */
import { flag, isPrivateRange, number, shown, text } from './aws.js';
import { at, type Deployment, isList, perDeployment, type Resource, Unknown, type Value } from './model.js';
import { processesPhi } from './phi.js';
import { armOf, covers, listAt } from './prove/azure/arm.js';
import { guestAt, guests } from './prove/azure/guests.js';
import { logAccounts } from './prove/azure/logs.js';
import { networkOf } from './prove/azure/network.js';
import { type Defect, fail, unknown } from './rule.js';

export const VAULT = 'azure-native:keyvault:Vault';
export const KEY = 'azure-native:keyvault:Key';
export const ACCOUNT = 'azure-native:storage:StorageAccount';
export const WORKSPACE = 'azure-native:operationalinsights:Workspace';
export const AUTHORITY = 'azure-native:attestation:AttestationProvider';
export const NSG = 'azure-native:network:NetworkSecurityGroup';

/** A plain value as text in lower case; empty for anything else. */
export const lower = (value: Value | undefined): string => text(value).toLowerCase();

/** A defect unless a boolean has the wanted value; `absent` is what Azure takes when it is not set. */
export function wants(value: Value | undefined, path: string, wanted: boolean, why: string, absent?: boolean): Defect[] {
  const found = flag(value) ?? absent;
  if (found instanceof Unknown) return [unknown(path, `${path} is not known: ${found.reason}`)];
  return found === wanted ? [] : [fail(path, `${path} is ${value === undefined || value === null ? 'not set' : shown(value)}: ${why}`)];
}

/** A defect when a switch that is off by default is on, or cannot be told. */
export function switchedOff(value: Value | undefined, path: string, why: string): Defect[] {
  return wants(value, path, false, why, false);
}

/** The vault name of an address of Azure's own Key Vault service; undefined for any other host. */
export function vaultHost(url: Value | undefined): string | undefined {
  return typeof url === 'string' ? /^https:\/\/([a-z0-9-]+)\.(?:vault\.azure\.net|vault\.usgovcloudapi\.net|vault\.azure\.cn)(?::443)?(?:\/|$)/i.exec(url)?.[1]?.toLowerCase() : undefined;
}

/** A defect unless a text is one of those allowed, case aside. */
export function wantsOneOf(value: Value | undefined, path: string, allowed: readonly string[], why: string): Defect[] {
  if (value instanceof Unknown) return [unknown(path, `${path} is not known: ${value.reason}`)];
  return typeof value === 'string' && allowed.some((one) => one.toLowerCase() === value.toLowerCase()) ? [] : [fail(path, `${path} is ${shown(value)}: ${why}`)];
}

/** A defect unless a number is at least `least`. */
export function wantsAtLeast(value: Value | undefined, path: string, least: number, why: string): Defect[] {
  const found = number(value);
  if (found instanceof Unknown) return [unknown(path, `${path} is not known: ${found.reason}`)];
  return found !== undefined && found >= least ? [] : [fail(path, `${path} is ${shown(value)}: ${why}`)];
}

/** Values with which a service does not answer public networks. */
const CLOSED = ['Disabled', 'SecuredByPerimeter'] as const;

/** Defects of a service that answers public networks. */
export function closedToPublic(resource: Resource, path: string): Defect[] {
  return wantsOneOf(at(resource.properties, path), path, CLOSED, 'the service answers public networks');
}

/** Defects of a firewall that lets somebody through in spite of a closed network: exceptions, ranges, subnets, resources. */
export function firewallHoles(resource: Resource, path: string, bypass: 'None' | 'AzureServices'): Defect[] {
  const acls = at(resource.properties, path);
  if (acls instanceof Unknown) return [unknown(path, `${path} is not known: ${acls.reason}`)];
  const found: Defect[] = [];
  if (bypass === 'None') {
    const value = at(acls, 'bypass');
    // Both services let Azure's own services through when nothing is said.
    if (value instanceof Unknown) found.push(unknown(`${path}.bypass`, value.reason));
    else if (typeof value !== 'string' || value.toLowerCase() !== 'none') found.push(fail(`${path}.bypass`, `bypass is ${shown(value)}: services of Azure get through, closed network or not`));
  }
  for (const name of ['ipRules', 'virtualNetworkRules', 'resourceAccessRules']) {
    const rules = listAt(acls, name);
    if (rules instanceof Unknown) found.push(unknown(`${path}.${name}`, rules.reason));
    else if (rules.length > 0) found.push(fail(`${path}.${name}`, `${rules.length} ${name} are let through`));
  }
  const action = at(acls, 'defaultAction');
  if (acls !== undefined && acls !== null && typeof action === 'string' && action.toLowerCase() === 'allow') found.push(fail(`${path}.defaultAction`, 'defaultAction is Allow: whoever opens the network opens it to everybody'));
  return found;
}

/** Settings with which a storage account answers to Entra identities over its private endpoints only. */
export function accountPrivate(account: Resource, bypass: 'None' | 'AzureServices'): Defect[] {
  return [
    ...closedToPublic(account, 'publicNetworkAccess'),
    ...firewallHoles(account, 'networkRuleSet', bypass),
    ...wants(account.properties['allowBlobPublicAccess'], 'allowBlobPublicAccess', false, 'containers can be opened to everybody', false),
    ...wants(account.properties['allowSharedKeyAccess'], 'allowSharedKeyAccess', false, 'whoever holds an account key reads everything, without an identity', true),
    ...wants(account.properties['enableNfsV3'], 'enableNfsV3', false, 'NFS asks for no identity', false),
    ...wants(account.properties['isSftpEnabled'], 'isSftpEnabled', false, 'SFTP takes passwords and keys of local users', false),
    ...wants(account.properties['isLocalUserEnabled'], 'isLocalUserEnabled', false, 'local users log in without an identity of the directory', false),
  ];
}

/** Ways in which the storage service itself copies the blobs of an account elsewhere. */
export function* accountCopies(deployment: Deployment, account: Resource): Iterable<readonly [Resource, Defect[]]> {
  yield [account, [
    ...wantsOneOf(account.properties['allowedCopyScope'], 'allowedCopyScope', ['PrivateLink', 'AAD'], 'blobs are copied to accounts of any tenant'),
    ...wants(account.properties['allowCrossTenantReplication'], 'allowCrossTenantReplication', false, 'objects are replicated into another tenant', false),
  ]];
  for (const policy of childrenOf(deployment, account, 'azure-native:storage:ObjectReplicationPolicy', 'accountName')) yield [policy, [fail('', 'replicates objects into another account, past its network and its key')]];
}

/** TLS of a version that is still secure on every request to a storage account. */
export function transportEncrypted(account: Resource): Defect[] {
  return [
    ...wants(account.properties['enableHttpsTrafficOnly'], 'enableHttpsTrafficOnly', true, 'requests without TLS are served', true),
    ...wantsOneOf(account.properties['minimumTlsVersion'], 'minimumTlsVersion', ['TLS1_2', 'TLS1_3'], 'old versions of TLS are served'),
  ];
}

/** Containers of an account that anybody may read, and websites served from it. */
export function* openContainers(deployment: Deployment, account: Resource): Iterable<readonly [Resource, Defect[]]> {
  for (const container of childrenOf(deployment, account, 'azure-native:storage:BlobContainer', 'accountName')) {
    const access = container.properties['publicAccess'];
    if (access instanceof Unknown) yield [container, [unknown('publicAccess', access.reason)]];
    else if (typeof access === 'string' && access.toLowerCase() !== 'none') yield [container, [fail('publicAccess', `publicAccess is ${access}: anybody reads it`)]];
  }
  for (const site of childrenOf(deployment, account, 'azure-native:storage:StorageAccountStaticWebsite', 'accountName')) yield [site, [fail('', 'a static website serves the account to everybody')]];
}

/** Resources of a type that name a parent by its name. One whose parent cannot be told belongs to every parent. */
export function childrenOf(deployment: Deployment, parent: Resource, type: string, property: string): readonly Resource[] {
  return deployment.ofType(type).filter((child) => {
    const found = armOf(deployment).parent(child, parent.type, property);
    return found === parent || (found === undefined && armOf(deployment).text(child.properties[property]) === undefined);
  });
}

/** In a PHI deployment every storage account that receives no logs counts as a PHI store: an unlabelled one fails closed. */
export function phiAccounts(deployment: Deployment): readonly Resource[] {
  if (!processesPhi(deployment)) return [];
  const logs = new Set(logAccounts(deployment));
  return deployment.ofType(ACCOUNT).filter((account) => !logs.has(account));
}

/** Databases that hold PHI in a PHI deployment. */
export const DATABASES = ['azure-native:sql:Server', 'azure-native:dbforpostgresql:Server', 'azure-native:dbformysql:Server', 'azure-native:cosmosdb:DatabaseAccount', 'azure-native:documentdb:DatabaseAccount'] as const;

/** The guests that run PHI code: all but those that stand in segments of another purpose only and are not confidential. */
export function teeGuests(deployment: Deployment): readonly Resource[] {
  if (!processesPhi(deployment)) return [];
  // A flexible scale set without a profile holds machines that are resources of their own.
  return guests(deployment).filter((guest) => !(guest.type.endsWith('ScaleSet') && guest.properties['virtualMachineProfile'] === undefined) && !isElsewhere(deployment, guest));
}

function isElsewhere(deployment: Deployment, guest: Resource): boolean {
  const segments = deployment.workload?.segments;
  if (segments === undefined || guestAt(guest, 'securityProfile.securityType') !== undefined) return false;
  const places = placesOf(deployment, guest);
  return places.length > 0 && places.every((place) => { const segment = segments[place]; return segment !== undefined && segment.purpose !== 'tee'; });
}

/** The segments in which the interfaces of a guest stand. */
function placesOf(deployment: Deployment, guest: Resource): readonly string[] {
  const { hosts, arm } = networkOf(deployment);
  const interfaces = listAt(guest.properties, 'networkProfile.networkInterfaces');
  const nics = new Set<Resource | undefined>(interfaces instanceof Unknown ? [] : interfaces.map((nic) => arm.find(at(nic, 'id'))));
  nics.add(guest);
  return hosts.filter(({ resource }) => resource !== undefined && nics.has(resource)).map(({ subnet }) => subnet.place);
}

/** The property path of a guest's setting, as its type has it. */
export function guestPath(guest: Resource, path: string): string {
  return guest.type.endsWith('ScaleSet') ? `virtualMachineProfile.${path}` : path;
}

/** The resource groups of the artifact in which something of it stands. */
export const groupsInUse = perDeployment((deployment): readonly Resource[] => {
  const arm = armOf(deployment);
  const used = new Set<string | undefined>();
  for (const { type, properties } of deployment.resources) if (type !== GROUP && properties['resourceGroupName'] !== undefined) used.add(arm.text(properties['resourceGroupName'])?.toLowerCase());
  // One whose name or users cannot be told counts as used.
  return deployment.ofType(GROUP).filter((group) => { const name = arm.text(group.properties['resourceGroupName'])?.toLowerCase(); return name === undefined || used.has(name) || used.has(undefined); });
});
const GROUP = 'azure-native:resources:ResourceGroup';

/** Whether `pulumi destroy` is stopped: protect, or a lock of Azure that does not go with the stack itself. */
export function guardedFromDeletion(deployment: Deployment, resource: Resource): boolean {
  return resource.attributes['protect'] === true || lockedAgainstDeletion(deployment, resource, (lock) => lock.attributes['protect'] === true || lock.attributes['retainOnDelete'] === true);
}

/** Whether a lock of Azure on the resource or above stops a deletion by hand. */
export function lockedAgainstDeletion(deployment: Deployment, resource: Resource, counts: (lock: Resource) => boolean = () => true): boolean {
  const arm = armOf(deployment);
  const id = arm.idOf(resource);
  return id !== undefined && LOCKS.some(([type, scopeOf]) => deployment.ofType(type).filter(counts).some((lock) => {
    const level = lock.properties['level'];
    const scope = scopeOf(lock, arm);
    return typeof level === 'string' && /^(cannotdelete|readonly)$/i.test(level) && scope !== undefined && covers(scope, id);
  }));
}

const LOCKS: readonly (readonly [type: string, scopeOf: (lock: Resource, arm: ReturnType<typeof armOf>) => string | undefined])[] = [
  ['azure-native:authorization:ManagementLockByScope', (lock, arm) => arm.normal(lock.properties['scope'])],
  ['azure-native:authorization:ManagementLockAtResourceGroupLevel', (lock, arm) => {
    const group = arm.text(lock.properties['resourceGroupName']);
    return group === undefined ? undefined : `/subscriptions/~/resourcegroups/${group.toLowerCase()}`;
  }],
  ['azure-native:authorization:ManagementLockAtSubscriptionLevel', () => '/subscriptions/~'],
];

/** Every way in which `properties.securityRules` and standalone rules stand, with the path to each. */
export function securityRules(deployment: Deployment): readonly { readonly resource: Resource; readonly path: string; readonly rule: Value }[] {
  const result: { resource: Resource; path: string; rule: Value }[] = [];
  for (const nsg of deployment.ofType(NSG)) {
    const inline = listAt(nsg.properties, 'securityRules');
    if (inline instanceof Unknown) result.push({ resource: nsg, path: 'securityRules', rule: inline });
    else inline.forEach((rule, index) => result.push({ resource: nsg, path: `securityRules[${index}]`, rule }));
  }
  for (const resource of deployment.ofType('azure-native:network:SecurityRule')) result.push({ resource, path: '', rule: resource.properties });
  return result;
}

/** The texts of a rule's side: single prefix and list of prefixes; Unknown when a part is not told. */
export function prefixesOf(rule: Value, side: 'source' | 'destination'): readonly string[] | Unknown {
  const single = at(rule, `${side}AddressPrefix`);
  const many = listAt(rule, `${side}AddressPrefixes`);
  if (single instanceof Unknown) return single;
  if (many instanceof Unknown) return many;
  const all = [...(single === undefined || single === null || single === '' ? [] : [single]), ...many];
  const gap = all.find((item) => item instanceof Unknown);
  return gap instanceof Unknown ? gap : all.filter((item) => typeof item === 'string');
}

/** Days of an ISO 8601 duration of whole years, months, weeks and days; undefined for anything else. */
export function isoDays(value: Value | undefined): number | undefined {
  const match = typeof value === 'string' ? /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?$/.exec(value) : null;
  if (!match || value === 'P') return undefined;
  const [years = 0, months = 0, weeks = 0, days = 0] = match.slice(1).map((part) => Number(part ?? 0));
  return years * 365 + months * 30 + weeks * 7 + days;
}

/** A private endpoint's targets: its automatic and manual connections. */
export function endpointTargets(endpoint: Resource): readonly { readonly id: Value | undefined; readonly groups: readonly string[] }[] | Unknown {
  const result: { id: Value | undefined; groups: readonly string[] }[] = [];
  for (const name of ['privateLinkServiceConnections', 'manualPrivateLinkServiceConnections']) {
    const connections = listAt(endpoint.properties, name);
    if (connections instanceof Unknown) return connections;
    for (const connection of connections) {
      const groups = at(connection, 'groupIds');
      result.push({ id: at(connection, 'privateLinkServiceId'), groups: isList(groups) ? groups.filter((group) => typeof group === 'string') : [] });
    }
  }
  return result;
}

/** The private endpoints of a service. */
export function endpointsOf(deployment: Deployment, service: Resource): readonly Resource[] {
  const arm = armOf(deployment);
  return deployment.ofType('azure-native:network:PrivateEndpoint').filter((endpoint) => {
    const targets = endpointTargets(endpoint);
    return !(targets instanceof Unknown) && targets.some(({ id }) => arm.find(id) === service);
  });
}

/** What must leave a record of its use, with the ARM id that a diagnostic setting names. */
export function* auditedResources(deployment: Deployment): Iterable<readonly [resource: Resource, id: string | undefined, kind: AuditKind]> {
  const arm = armOf(deployment);
  for (const [type, kind] of AUDITED) for (const resource of deployment.ofType(type)) yield [resource, arm.idOf(resource), kind];
  for (const account of phiAccounts(deployment)) {
    const id = arm.idOf(account);
    yield [account, id === undefined ? undefined : `${id}/blobservices/default`, 'blob'];
  }
}

export type AuditKind = 'vault' | 'workspace' | 'hsm' | 'authority' | 'registry' | 'blob' | 'subscription';
const AUDITED: readonly (readonly [type: string, kind: AuditKind])[] = [
  [VAULT, 'vault'], ['azure-native:keyvault:ManagedHsm', 'hsm'], [AUTHORITY, 'authority'], [WORKSPACE, 'workspace'], ['azure-native:containerregistry:Registry', 'registry'],
];

/** Defects of a rule's side that takes in addresses outside private space: everybody, the internet, a service tag, a public range. */
export function openPrefixes(rule: Value, side: 'source' | 'destination', path: string): Defect[] {
  const where = path === '' ? `${side}AddressPrefix` : `${path}.${side}AddressPrefix`;
  const prefixes = prefixesOf(rule, side);
  if (prefixes instanceof Unknown) return [unknown(where, `the ${side} is not known: ${prefixes.reason}`)];
  const groups = listAt(rule, `${side}ApplicationSecurityGroups`);
  if (prefixes.length === 0 && !(groups instanceof Unknown) && groups.length === 0) return [fail(where, `no ${side} is named`)];
  return prefixes.flatMap((prefix) => {
    if (/^(virtualnetwork|azureloadbalancer)$/i.test(prefix)) return [];
    if (prefix.includes('${')) return [unknown(where, `the ${side} ${prefix} is not in the artifact`)];
    if (/^[\d.]+(\/\d+)?$|:/.test(prefix)) return isPrivateRange(/\//.test(prefix) ? prefix : `${prefix}/${prefix.includes(':') ? 128 : 32}`) ? [] : [fail(where, `${side} ${shown(prefix)} is not private address space`)];
    return [fail(where, `${side} ${shown(prefix)} ${/^(\*|any|internet)$/i.test(prefix) ? 'is everybody' : 'is a service tag: addresses of every tenant'}`)];
  });
}
