import { type Cidr, cidrSize, contains, parseCidr } from '../../../workload/ipv4.js';
import { at, type Deployment, findUnknown, isList, perDeployment, type Resource, Unknown, type Value } from '../../model.js';
import { armOf, listAt } from './arm.js';

/** One subnet, inline in its network or a resource of its own. */
export interface Subnet {
  /** Normal ARM id. */
  readonly id: string;
  readonly name: string;
  readonly resource: Resource;
  /** Property path of the subnet inside the resource; empty for a resource of its own. */
  readonly path: string;
  readonly properties: Value;
  readonly ranges: readonly Cidr[];
  /** Segment name of the workload file, `endpoints` for its private endpoints, else the resource's name. */
  readonly place: string;
  readonly declared: boolean;
}

/** One security rule, with defaults filled in. */
export interface NsgRule {
  readonly name: string;
  readonly priority: number;
  readonly inbound: boolean;
  readonly allow: boolean;
  readonly protocol: string;
  readonly ports: readonly (readonly [number, number])[];
  readonly source: RuleSide;
  readonly destination: RuleSide;
  /** Whether it takes every source port: a denial of some stops nobody, who picks another. */
  readonly anySource: boolean;
}
export interface RuleSide {
  readonly prefixes: readonly string[];
  /** Normal ARM ids of application security groups. */
  readonly groups: readonly string[];
}

/** What stands on a network interface: ranges it may have, groups it is in. */
export interface Host {
  readonly name: string;
  readonly subnet: Subnet;
  readonly groups: ReadonlySet<string>;
  /** NSGs that apply; undefined stands for one that cannot be told. */
  readonly filters: readonly (readonly NsgRule[] | Unknown)[];
  readonly resource: Resource | undefined;
  /** Private endpoint's service. */
  readonly endpoint: string | undefined;
}

/** The network of a deployment as rules and proofs need it. */
export interface Network {
  readonly subnets: readonly Subnet[];
  readonly hosts: readonly Host[];
  /** The hosts, those that no rule can tell apart taken together. */
  readonly classes: readonly Host[];
  /** Interfaces and subnets that the artifact does not tell. */
  readonly unknowns: readonly string[];
  readonly arm: ReturnType<typeof armOf>;
}

export const networkOf = perDeployment((deployment): Network => {
  const arm = armOf(deployment);
  const unknowns: string[] = [];
  const subnets = subnetsOf(deployment, unknowns);
  const byId = new Map(subnets.map((subnet) => [subnet.id, subnet]));
  const hosts: Host[] = [];
  const filterOf = (value: Value | undefined, what: string): readonly NsgRule[] | Unknown | undefined => {
    if (value === undefined || value === null) return undefined;
    if (value instanceof Unknown) return value;
    const id = at(value, 'id');
    const nsg = arm.find(id);
    if (nsg?.type === NSG) return nsgRules(deployment, nsg);
    if (id === undefined && isList(at(value, 'securityRules'))) return parseRules(deployment, listAt(value, 'securityRules'));
    return new Unknown(`the network security group of ${what} is not in the artifact`);
  };
  const add = (name: string, resource: Resource | undefined, subnetValue: Value | undefined, groups: Value | undefined, filter: Value | undefined, endpoint?: string): void => {
    const subnetId = arm.normal(at(subnetValue, 'id'));
    const subnet = subnetId === undefined ? undefined : byId.get(subnetId);
    if (!subnet) {
      unknowns.push(`the subnet of ${name} is not in the artifact`);
      return;
    }
    const listed = groups === undefined || groups === null ? [] : groups;
    const ids = isList(listed) ? listed.map((group) => arm.normal(at(group, 'id'))) : [undefined];
    if (ids.includes(undefined)) unknowns.push(`the application security groups of ${name} cannot be told`);
    const policies = at(subnet.properties, 'privateEndpointNetworkPolicies');
    const ignoresNsg = endpoint !== undefined && !(typeof policies === 'string' && /^(NetworkSecurityGroup)?Enabled$/i.test(policies));
    const filters = [ignoresNsg ? undefined : filterOf(at(subnet.properties, 'networkSecurityGroup'), subnet.name), filterOf(filter, name)];
    hosts.push({ name, subnet, resource, endpoint, groups: new Set(ids.filter((id) => id !== undefined)), filters: filters.filter((item) => item !== undefined) });
  };
  for (const nic of deployment.ofType('azure-native:network:NetworkInterface')) {
    const configurations = listAt(nic.properties, 'ipConfigurations');
    if (configurations instanceof Unknown) unknowns.push(`the addresses of ${nic.name} are unknown`);
    else for (const configuration of configurations) add(nic.name, nic, at(configuration, 'subnet'), at(configuration, 'applicationSecurityGroups'), nic.properties['networkSecurityGroup']);
  }
  for (const set of [...deployment.ofType('azure-native:compute:VirtualMachineScaleSet'), ...deployment.ofType('azure-native:compute:VirtualMachine')]) {
    const nics = inlineInterfaces(set);
    if (nics instanceof Unknown) unknowns.push(`the network of ${set.name} is unknown`);
    else {
      for (const nic of nics) {
        const configurations = listAt(nic, 'ipConfigurations');
        if (configurations instanceof Unknown) unknowns.push(`the addresses of ${set.name} are unknown`);
        else for (const configuration of configurations) add(set.name, set, at(configuration, 'subnet'), at(configuration, 'applicationSecurityGroups'), at(nic, 'networkSecurityGroup'));
      }
    }
  }
  for (const endpoint of deployment.ofType('azure-native:network:PrivateEndpoint')) {
    add(endpoint.name, endpoint, endpoint.properties['subnet'], endpoint.properties['applicationSecurityGroups'], undefined, serviceOf(endpoint));
  }
  // Any address of a subnet, in no group: what a load balancer, or a machine added later, would be.
  for (const subnet of subnets) {
    const filter = filterOf(at(subnet.properties, 'networkSecurityGroup'), subnet.name);
    hosts.push({ name: subnet.name, subnet, resource: undefined, endpoint: undefined, groups: new Set(), filters: filter === undefined ? [] : [filter] });
  }
  return { subnets, hosts, classes: classesOf(hosts), unknowns: [...new Set(unknowns)], arm };
});

/** One host for all that no rule can tell apart. One that stands for several has no resource: it can reach its like. */
function classesOf(hosts: readonly Host[]): readonly Host[] {
  const numbers = new Map<unknown, number>();
  const numberOf = (item: unknown): number => { const known = numbers.get(item) ?? numbers.size; numbers.set(item, known); return known; };
  const classes = new Map<string, Host>();
  for (const host of hosts) {
    const key = JSON.stringify([host.subnet.id, [...host.groups].sort(), host.endpoint ?? null, host.filters.map(numberOf)]);
    const same = classes.get(key);
    classes.set(key, same ? { ...same, resource: undefined } : host);
  }
  return [...classes.values()];
}

const NSG = 'azure-native:network:NetworkSecurityGroup';

/** Interfaces that a machine or scale set declares itself. */
export function inlineInterfaces(guest: Resource): readonly Value[] | Unknown {
  return listAt(guest.properties, `${guest.type.endsWith('ScaleSet') ? 'virtualMachineProfile.' : ''}networkProfile.networkInterfaceConfigurations`);
}

function serviceOf(endpoint: Resource): string {
  for (const list of ['privateLinkServiceConnections', 'manualPrivateLinkServiceConnections']) {
    const connections = listAt(endpoint.properties, list);
    if (connections instanceof Unknown) continue;
    const group = at(connections[0], 'groupIds[0]');
    if (typeof group === 'string') return group === 'standard' ? 'attestation' : group;
  }
  return endpoint.name;
}

/** Every subnet of the artifact. */
function subnetsOf(deployment: Deployment, unknowns: string[]): readonly Subnet[] {
  const arm = armOf(deployment);
  const found = new Map<string, Subnet>();
  const add = (resource: Resource, path: string, properties: Value, name: string, id: string | undefined): void => {
    if (id === undefined) {
      unknowns.push(`the id of subnet ${name} cannot be told`);
      return;
    }
    const prefixes = [at(properties, 'addressPrefix'), ...[listAt(properties, 'addressPrefixes')].flatMap((list) => (list instanceof Unknown ? [list] : list))].filter((prefix) => prefix !== undefined && prefix !== null);
    if (prefixes.some((prefix) => prefix instanceof Unknown)) unknowns.push(`the range of subnet ${name} is unknown`);
    const ranges = prefixes.flatMap((prefix) => (typeof prefix === 'string' ? (parseCidr(prefix) ?? []) : []));
    const place = placeOf(deployment, ranges);
    // A subnet that only bears the name of a segment is none.
    const claims = place === undefined && (name === 'endpoints' || Object.hasOwn(deployment.workload?.segments ?? {}, name));
    found.set(id, { id, name, resource, path, properties, ranges, place: place ?? (claims ? `${name} (outside its range)` : name), declared: place !== undefined });
  };
  for (const vnet of deployment.ofType('azure-native:network:VirtualNetwork')) {
    const id = arm.idOf(vnet);
    const inline = listAt(vnet.properties, 'subnets');
    if (inline instanceof Unknown) unknowns.push(`the subnets of ${vnet.name} are unknown`);
    else inline.forEach((subnet, index) => {
      const name = at(subnet, 'name');
      const text = typeof name === 'string' ? name : `${vnet.name}[${index}]`;
      add(vnet, `subnets[${index}]`, subnet, text, id === undefined ? undefined : `${id}/subnets/${text.toLowerCase()}`);
    });
  }
  for (const subnet of deployment.ofType('azure-native:network:Subnet')) add(subnet, '', subnet.properties, subnet.name, arm.idOf(subnet));
  return [...found.values()];
}

/** The segment of the workload file that a range is. */
function placeOf(deployment: Deployment, ranges: readonly Cidr[]): string | undefined {
  const { workload } = deployment;
  const first = ranges[0];
  if (!workload || !first) return undefined;
  const inside = (text: string | undefined): boolean => { const range = parseCidr(text ?? ''); return range !== undefined && ranges.every((own) => contains(range, own)); };
  if (inside(workload.network?.endpoints)) return 'endpoints';
  return Object.entries(workload.segments ?? {}).find(([, segment]) => inside(segment.cidr))?.[0];
}

/** The rules of a network security group, inline and standalone, sorted by priority, with Azure's default rules. */
export function nsgRules(deployment: Deployment, nsg: Resource): readonly NsgRule[] | Unknown {
  let known = parsed.get(nsg);
  if (!known) {
    const inline = listAt(nsg.properties, 'securityRules');
    const all = inline instanceof Unknown ? inline : [...inline, ...(standaloneRules(deployment).get(nsg) ?? [])];
    known = all instanceof Unknown ? all : all.length > RULES_PER_GROUP ? new Unknown(`${all.length} rules are more than a group takes`) : parseRules(deployment, all);
    parsed.set(nsg, known);
  }
  return known;
}
const parsed = new WeakMap<Resource, readonly NsgRule[] | Unknown>();
/** Azure takes 1,000 rules in a group; no analysis of more than five times that. */
const RULES_PER_GROUP = 5_000;

/** Rules that are resources of their own, by the group that they name. */
const standaloneRules = perDeployment((deployment): ReadonlyMap<Resource, readonly Value[]> => {
  const byGroup = new Map<Resource, Value[]>();
  for (const rule of deployment.ofType('azure-native:network:SecurityRule')) {
    const group = armOf(deployment).parent(rule, NSG, 'networkSecurityGroupName');
    if (!group) continue;
    const rules = byGroup.get(group);
    if (rules) rules.push(rule.properties);
    else byGroup.set(group, [rule.properties]);
  }
  return byGroup;
});

function parseRules(deployment: Deployment, values: readonly Value[] | Unknown): readonly NsgRule[] | Unknown {
  if (values instanceof Unknown) return values;
  const arm = armOf(deployment);
  const rules: NsgRule[] = [];
  for (const value of values) {
    if (value instanceof Unknown) return value;
    const vague = ['access', 'direction', 'priority', 'protocol', 'sourcePortRange', 'sourcePortRanges', 'sourceAddressPrefix', 'sourceAddressPrefixes', 'destinationAddressPrefix', 'destinationAddressPrefixes', 'destinationPortRange', 'destinationPortRanges', 'sourceApplicationSecurityGroups', 'destinationApplicationSecurityGroups']
      .map((path) => findUnknown(at(value, path))).find((item) => item !== undefined);
    if (vague) return vague;
    const text = (path: string): string => { const found = at(value, path); return typeof found === 'string' || typeof found === 'number' ? String(found) : ''; };
    const many = (path: string): readonly string[] => { const list = listAt(value, path); return list instanceof Unknown ? [] : list.filter((item) => typeof item === 'string'); };
    const groups = (path: string): readonly string[] | undefined => {
      const list = listAt(value, path);
      if (list instanceof Unknown) return undefined;
      const ids = list.map((group) => arm.normal(at(group, 'id')));
      return ids.includes(undefined) ? undefined : (ids as readonly string[]);
    };
    const side = (which: 'source' | 'destination'): RuleSide | undefined => {
      const ids = groups(`${which}ApplicationSecurityGroups`);
      return ids && { groups: ids, prefixes: [text(`${which}AddressPrefix`), ...many(`${which}AddressPrefixes`)].filter((prefix) => prefix !== '') };
    };
    const source = side('source');
    const destination = side('destination');
    const ports = [text('destinationPortRange'), ...many('destinationPortRanges')].filter((range) => range !== '').map(parsePorts);
    const priority = Number(text('priority'));
    const [access, direction] = [text('access').toLowerCase(), text('direction').toLowerCase()];
    if (!source || !destination || ports.includes(undefined) || !Number.isFinite(priority) || !/^(allow|deny)$/.test(access) || !/^(inbound|outbound)$/.test(direction)) return new Unknown(`security rule ${text('name')} cannot be read`);
    rules.push({
      name: text('name') || String(priority), priority, inbound: direction === 'inbound', allow: access === 'allow',
      protocol: text('protocol').toLowerCase(), ports: ports as readonly (readonly [number, number])[], source, destination,
      anySource: [text('sourcePortRange'), ...many('sourcePortRanges')].filter((range) => range !== '').every((range) => /^(\*|0-65535|1-65535)$/.test(range.trim())),
    });
  }
  return [...rules, ...DEFAULTS].sort((a, b) => a.priority - b.priority);
}

function parsePorts(range: string): readonly [number, number] | undefined {
  if (range === '*') return [0, 65_535];
  const match = /^(\d+)(?:-(\d+))?$/.exec(range.trim());
  if (!match) return undefined;
  const from = Number(match[1]);
  const to = Number(match[2] ?? match[1]);
  return from <= to && to <= 65_535 ? [from, to] : undefined;
}

const ANY: RuleSide = { prefixes: ['*'], groups: [] };
const VNET: RuleSide = { prefixes: ['VirtualNetwork'], groups: [] };
const preset = (name: string, priority: number, inbound: boolean, allow: boolean, source: RuleSide, destination: RuleSide): NsgRule => ({ name, priority, inbound, allow, protocol: '*', ports: [[0, 65_535]], source, destination, anySource: true });

/** What every network security group ends with. */
const DEFAULTS: readonly NsgRule[] = [
  preset('AllowVnetInBound', 65_000, true, true, VNET, VNET),
  preset('AllowAzureLoadBalancerInBound', 65_001, true, true, { prefixes: ['AzureLoadBalancer'], groups: [] }, ANY),
  preset('DenyAllInBound', 65_500, true, false, ANY, ANY),
  preset('AllowVnetOutBound', 65_000, false, true, VNET, VNET),
  preset('AllowInternetOutBound', 65_001, false, true, ANY, { prefixes: ['Internet'], groups: [] }),
  preset('DenyAllOutBound', 65_500, false, false, ANY, ANY),
];

/** The other side of a flow: a host of the network, the internet, a peered network, or a service tag. */
export type Peer = Host | 'internet' | 'peering';

/** How a rule side relates to a peer: every address of it, some, or none. */
function match(side: RuleSide, peer: Peer): 'all' | 'some' | 'none' {
  if (typeof peer !== 'string' && side.groups.some((group) => peer.groups.has(group))) return 'all';
  let best: 'all' | 'some' | 'none' = 'none';
  for (const prefix of side.prefixes) {
    const answer = matchPrefix(prefix, peer);
    if (answer === 'all') return 'all';
    if (answer === 'some') best = 'some';
  }
  return best;
}

function matchPrefix(prefix: string, peer: Peer): 'all' | 'some' | 'none' {
  const lower = prefix.toLowerCase();
  if (lower === '*' || lower === 'any' || lower === '0.0.0.0/0') return 'all';
  if (lower === 'virtualnetwork') return peer === 'internet' ? 'none' : 'all';
  if (lower === 'internet') return peer === 'internet' ? 'all' : 'none';
  if (lower === 'azureloadbalancer') return 'none';
  const range = parseCidr(/^[\d.]+$/.test(prefix) ? `${prefix}/32` : prefix) ?? span(prefix);
  // Another service tag, or IPv6: public addresses.
  if (!range) return peer === 'internet' ? 'some' : 'none';
  if (peer === 'internet') return isPrivate(range) ? 'none' : 'some';
  if (peer === 'peering') return 'some';
  if (peer.subnet.ranges.length === 0) return 'some';
  if (peer.subnet.ranges.every((own) => contains(range, own))) return 'all';
  return peer.subnet.ranges.some((own) => contains(own, range) || contains(range, own)) ? 'some' : 'none';
}

/** A range with host bits set still means the range around it. */
function span(text: string): Cidr | undefined {
  const parts = /^([\d.]+)\/(\d{1,2})$/.exec(text);
  const single = parts ? parseCidr(`${parts[1] ?? ''}/32`) : undefined;
  const prefix = Number(parts?.[2]);
  if (!single || prefix > 32) return undefined;
  return { first: single.first - (single.first % cidrSize({ first: 0, prefix })), prefix };
}

const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'].flatMap((text) => parseCidr(text) ?? []);
function isPrivate(range: Cidr): boolean {
  return PRIVATE.some((own) => contains(own, range));
}

/** Ports at which the answer of some rule changes, as inclusive ranges that cover everything. */
export function portClasses(lists: readonly (readonly NsgRule[] | Unknown)[], extra: readonly number[]): readonly (readonly [number, number])[] {
  const starts = new Set<number>([0]);
  for (const list of lists) if (!(list instanceof Unknown)) for (const { ports } of list) for (const [from, to] of ports) { starts.add(from); starts.add(to + 1); }
  for (const port of extra) { starts.add(port); starts.add(port + 1); }
  const sorted = [...starts].filter((port) => port <= 65_535).sort((a, b) => a - b);
  return sorted.map((from, index) => [from, (sorted[index + 1] ?? 65_536) - 1]);
}

/** Whether the filters of one host let traffic pass, and by which rule. The lists are sorted by priority. */
export function passes(filters: readonly (readonly NsgRule[] | Unknown)[], inbound: boolean, self: Host, other: Peer, protocol: 'tcp' | 'udp' | 'icmp', port: number): { readonly answer: 'yes' | 'no' | 'unknown'; readonly by: string } {
  const by: string[] = [];
  for (const rules of filters) {
    if (rules instanceof Unknown) return { answer: 'unknown', by: rules.reason };
    const hit = decide(rules, inbound, self, other, protocol, port);
    if (!hit) return { answer: 'no', by: 'denied' };
    by.push(hit.name);
  }
  return { answer: 'yes', by: by.length === 0 ? 'no network security group' : by.join(' and ') };
}

/** The rule that lets some address pair through, or undefined. A deny that covers only some addresses stops only those. */
function decide(rules: readonly NsgRule[], inbound: boolean, self: Host, other: Peer, protocol: 'tcp' | 'udp' | 'icmp', port: number): NsgRule | undefined {
  for (const rule of rules) {
    if (rule.inbound !== inbound) continue;
    if (rule.protocol !== '*' && rule.protocol !== '' && rule.protocol !== protocol) continue;
    if (protocol !== 'icmp' && !rule.ports.some(([from, to]) => port >= from && port <= to)) continue;
    const [mine, theirs] = inbound ? [match(rule.destination, self), match(rule.source, other)] : [match(rule.source, self), match(rule.destination, other)];
    if (mine === 'none' || theirs === 'none') continue;
    if (rule.allow) return rule;
    if (mine === 'all' && theirs === 'all' && (rule.anySource || protocol === 'icmp')) return undefined;
  }
  return undefined;
}
