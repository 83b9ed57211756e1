import { at, isList, isObject, type Deployment, type Resource, Unknown, type Value } from '../model.js';
import { contains, parseCidr } from '../../workload/ipv4.js';
import { canonical, identical } from './canonical.js';
import type { Matching } from './match.js';
import type { Draft } from './types.js';

/** One packet filter entry, whatever the provider calls it. */
interface Entry {
  readonly allow: boolean;
  readonly inbound: boolean;
  /** `tcp`, `udp`, …, `any`. */
  readonly protocol: string;
  /** Who is at the other end, and whom the entry speaks for; `any` for everybody. */
  readonly peers: readonly string[];
  readonly targets: readonly string[];
  readonly ports: readonly (readonly [from: number, to: number])[];
  /** Entries with a lower number are asked first. */
  readonly priority: number;
}

const ANY = 'any';
const EVERYONE: ReadonlySet<string> = new Set(['*', '0.0.0.0/0', '::/0', 'any', 'internet']);
/** Ranges that lead to no other machine: how templates write that a group has no egress. */
const NOWHERE = /^(255\.255\.255\.255\/32|127\.\d+\.\d+\.\d+\/([89]|[12]\d|3[0-2])|::1\/128)$/;
const ALL_PORTS: readonly (readonly [number, number])[] = [[0, 65_535]];

/**
 * Compares every packet filter by itself. The flows that are proved need both ends open, so a filter that opens while
 * the one at the other end stays shut is no flow yet, but a wall lost.
 */
export function compareWalls(base: Deployment, { pairs, aligned, original }: Matching): Draft[] {
  const drafts: Draft[] = [];
  const groups = base.resources.flatMap(groupEntries);
  for (const now of aligned.resources) {
    if (GROUP.test(now.type)) {
      const before = original.get(now);
      // A new group opens nothing before something carries it, which rules and proofs judge.
      if (now.type === 'AWS::EC2::SecurityGroup' && (!before || !pairs.has(before))) continue;
      const opened = groupEntries(now).find((entry) => !entry.peers.every((peer) => NOWHERE.test(peer)) && !groups.some((one) => covers(one, entry) || covers(one, addressed(base, entry))));
      if (opened) drafts.push({ cloud: base.cloud, resource: now.id, kind: 'flow', rule: 'network-deny-by-default', verdict: 'weaker', detail: 'wall', what: `${now.name} lets through more than any rule did: ${shown(opened)}`, before: null, after: shown(opened) });
      continue;
    }
    const head = original.get(now);
    const was = head && pairs.get(head);
    if (!was || identical(was.properties, now.properties)) continue;
    const [old, fresh] = [entriesOf(was), entriesOf(now)];
    if (!old || !fresh) continue;
    const opened = fresh.find((entry) => entry.allow && !old.some((one) => one.allow && covers(one, entry)));
    const unshut = old.find((entry) => !entry.allow && !fresh.some((one) => !one.allow && (one.priority <= Math.max(entry.priority, 0) || nothingNewBefore(one, entry, fresh, old)) && covers(one, entry)));
    const of = { cloud: base.cloud, resource: was.id, kind: 'flow', rule: 'network-deny-by-default' } as const;
    if (opened) drafts.push({ ...of, verdict: 'weaker', detail: 'wall', what: `${now.name} lets through more than it did: ${shown(opened)}`, before: null, after: shown(opened) });
    else if (unshut) drafts.push({ ...of, verdict: 'weaker', detail: 'wall', what: `${now.name} no longer denies: ${shown(unshut)}`, before: shown(unshut), after: null });
  }
  return drafts;
}

/** Whether all that is let through before a denial that moved was let through before it where it stood. */
function nothingNewBefore(moved: Entry, entry: Entry, fresh: readonly Entry[], old: readonly Entry[]): boolean {
  return fresh.every((one) => !one.allow || one.inbound !== moved.inbound || one.priority >= moved.priority || old.some((was) => was.allow && was.priority < entry.priority && covers(was, one)));
}

/** Security groups and their rules, inline or standing alone: the same rule may move from one to the other. */
const GROUP = /^AWS::EC2::SecurityGroup(Ingress|Egress)?$/;

function groupEntries({ type, id, properties }: Resource): Entry[] {
  if (!GROUP.test(type)) return [];
  if (type !== 'AWS::EC2::SecurityGroup') return [groupRule(type.endsWith('Ingress'), properties)];
  const targets = [`\${${id}.GroupId}`.toLowerCase()];
  return [true, false].flatMap((inbound) => {
    const rules = properties[inbound ? 'SecurityGroupIngress' : 'SecurityGroupEgress'];
    // EC2 gives a group without egress rules one that lets everything out.
    if (!inbound && rules === undefined) return [{ allow: true, inbound, protocol: ANY, peers: [ANY], targets, ports: ALL_PORTS, priority: 0 }];
    return (isList(rules) ? rules : []).filter(isObject).map((rule) => ({ ...groupRule(inbound, rule), targets }));
  });
}

/** An entry with the ranges of the VPC in the place of a security group: its members have addresses of no other. */
function addressed(deployment: Deployment, entry: Entry): Entry {
  const ranges = (peer: string): readonly string[] => {
    const group = deployment.ofType('AWS::EC2::SecurityGroup').find(({ id }) => peer === `\${${id}.GroupId}`.toLowerCase());
    const vpc = group && deployment.target(group.properties['VpcId']);
    const all = vpc ? [vpc, ...deployment.ofType('AWS::EC2::VPCCidrBlock').filter(({ properties }) => deployment.refersTo(properties['VpcId'], vpc))].map(({ properties }) => properties['CidrBlock']) : [];
    return all.length > 0 && all.every((range) => typeof range === 'string') ? all : [peer];
  };
  return { ...entry, peers: entry.peers.flatMap(ranges) };
}

const shown = ({ inbound, protocol, peers, targets, ports }: Entry): string => (
  `${inbound ? 'in from' : 'out to'} ${peers.join(', ')}${targets.includes(ANY) ? '' : ` at ${targets.join(', ')}`} on ${protocol}/${ports.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)).join(',')}`
);

/** The entries of a filter; undefined for a resource that is none, or one that cannot be read (which rules report). */
function entriesOf({ type, properties }: Resource): Entry[] | undefined {
  if (type === 'azure-native:network:NetworkSecurityGroup') return each(properties['securityRules'], azure);
  if (type === 'AWS::EC2::NetworkAclEntry') return each([properties], acl);
  if (type === 'azure-native:network:SecurityRule') return each([properties], azure);
  if (/^gcp:compute\/(networkFirewallPolicyWithRules|regionNetworkFirewallPolicyWithRules):/.test(type)) return each(properties['rules'], policyRule);
  if (/^gcp:compute\/(networkFirewallPolicyRule|regionNetworkFirewallPolicyRule|firewallPolicyRule):/.test(type)) return each([properties], policyRule);
  if (type === 'gcp:compute/firewall:Firewall') return each([properties], firewall);
  return undefined;
}

function each(value: Value | undefined, read: (rule: Value) => Entry[]): Entry[] | undefined {
  return isList(value) ? value.flatMap((rule) => (isObject(rule) ? read(rule) : [])) : undefined;
}

/** Names in one of several settings; what is in none of them is everybody. */
function names(rule: Value, ...paths: readonly string[]): string[] {
  const found = paths.flatMap((path) => {
    const value = at(rule, path);
    if (value === undefined || value === null) return [];
    return (isList(value) ? value : [value]).map((item) => (item instanceof Unknown ? `unknown: ${item.reason}` : typeof item === 'string' ? item : canonical(at(item, 'id') ?? at(item, 'name') ?? item)));
  });
  return found.length === 0 || found.some((name) => EVERYONE.has(name.toLowerCase())) ? [ANY] : found.map((name) => name.toLowerCase());
}

function portsOf(values: readonly string[]): readonly (readonly [number, number])[] {
  if (values.length === 0 || values.includes(ANY)) return ALL_PORTS;
  return values.map((text) => {
    const match = /^(\d+)(?:-(\d+))?$/.exec(text);
    return match ? [Number(match[1]), Number(match[2] ?? match[1])] as const : [0, 65_535] as const;
  });
}

const protocolOf = (value: Value | undefined): string => {
  const text = typeof value === 'string' ? value.toLowerCase() : '*';
  return text === '*' || text === 'all' ? ANY : text;
};
const numberOf = (value: Value | undefined): number => (typeof value === 'number' ? value : 0);

function groupRule(inbound: boolean, rule: Value): Entry {
  const protocol = String(at(rule, 'IpProtocol') as string).toLowerCase();
  const [from, to] = [at(rule, 'FromPort'), at(rule, 'ToPort')].map(Number);
  return {
    allow: true, inbound, protocol: protocol === '-1' ? ANY : protocol === '6' ? 'tcp' : protocol, targets: names(rule, 'GroupId'), priority: 0,
    peers: names(rule, 'CidrIp', 'CidrIpv6', 'SourceSecurityGroupId', 'SourceSecurityGroupName', 'DestinationSecurityGroupId', 'SourcePrefixListId', 'DestinationPrefixListId'),
    ports: protocol !== '-1' && Number.isInteger(from) && Number.isInteger(to) ? [[from as number, to as number]] : ALL_PORTS,
  };
}

/** Protocol 6 is TCP, -1 all; without a range every port. */
function acl(rule: Value): Entry[] {
  const protocol = String(at(rule, 'Protocol') as string);
  const [from, to] = [at(rule, 'PortRange.From'), at(rule, 'PortRange.To')].map(Number);
  return [{
    allow: at(rule, 'RuleAction') !== 'deny', inbound: String(at(rule, 'Egress') as string) !== 'true', protocol: protocol === '-1' ? ANY : protocol,
    peers: names(rule, 'CidrBlock', 'Ipv6CidrBlock'), targets: [ANY], ports: Number.isInteger(from) && Number.isInteger(to) ? [[from as number, to as number]] : ALL_PORTS, priority: Number(at(rule, 'RuleNumber')),
  }];
}

function azure(rule: Value): Entry[] {
  const [source, destination] = [
    names(rule, 'sourceAddressPrefix', 'sourceAddressPrefixes', 'sourceApplicationSecurityGroups'), names(rule, 'destinationAddressPrefix', 'destinationAddressPrefixes', 'destinationApplicationSecurityGroups'),
  ];
  const inbound = String(at(rule, 'direction') as string).toLowerCase() === 'inbound';
  return [{
    allow: String(at(rule, 'access') as string).toLowerCase() !== 'deny', inbound, protocol: protocolOf(at(rule, 'protocol')),
    peers: inbound ? source : destination, targets: inbound ? destination : source,
    ports: portsOf(names(rule, 'destinationPortRange', 'destinationPortRanges')), priority: numberOf(at(rule, 'priority')),
  }];
}

function layers(value: Value | undefined, protocol: string): { readonly protocol: string; readonly ports: readonly (readonly [number, number])[] }[] {
  const list = isList(value) ? value : [];
  return list.length === 0 ? [{ protocol: ANY, ports: ALL_PORTS }] : list.map((item) => ({ protocol: protocolOf(at(item, protocol)), ports: portsOf(names(item, 'ports')) }));
}

function policyRule(rule: Value): Entry[] {
  const action = String(at(rule, 'action') as string).toLowerCase();
  if (action === 'goto_next' || at(rule, 'disabled') === true) return [];
  const inbound = String(at(rule, 'direction') as string).toUpperCase() === 'INGRESS';
  const side = inbound ? 'src' : 'dest';
  const common = {
    allow: action !== 'deny', inbound, priority: numberOf(at(rule, 'priority')),
    peers: names(rule, ...['IpRanges', 'SecureTags', 'Fqdns', 'AddressGroups', 'RegionCodes', 'ThreatIntelligences'].map((name) => `match.${side}${name}`)),
    targets: names(rule, 'targetSecureTags', 'targetServiceAccounts', 'targetResources'),
  };
  return layers(at(rule, 'match.layer4Configs'), 'ipProtocol').map((layer) => ({ ...common, ...layer }));
}

function firewall(rule: Value): Entry[] {
  if (at(rule, 'disabled') === true) return [];
  const inbound = at(rule, 'direction') !== 'EGRESS';
  const common = {
    inbound, priority: typeof at(rule, 'priority') === 'number' ? numberOf(at(rule, 'priority')) : 1000,
    peers: names(rule, ...(inbound ? ['sourceRanges', 'sourceTags', 'sourceServiceAccounts'] : ['destinationRanges'])), targets: names(rule, 'targetTags', 'targetServiceAccounts'),
  };
  return [
    ...(at(rule, 'allows') === undefined ? [] : layers(at(rule, 'allows'), 'protocol').map((layer) => ({ ...common, ...layer, allow: true }))),
    ...(at(rule, 'denies') === undefined ? [] : layers(at(rule, 'denies'), 'protocol').map((layer) => ({ ...common, ...layer, allow: false }))),
  ];
}

function within(outer: string, inner: string): boolean {
  const [range, part] = [parseCidr(outer), parseCidr(inner)];
  return range !== undefined && part !== undefined && contains(range, part);
}

/** Whether one entry speaks of everything that another speaks of. */
function covers(wide: Entry, narrow: Entry): boolean {
  const all = (one: readonly string[], other: readonly string[]): boolean => one.includes(ANY) || other.every((name) => one.includes(name) || one.some((range) => within(range, name)));
  return wide.inbound === narrow.inbound && (wide.protocol === ANY || wide.protocol === narrow.protocol)
    && all(wide.peers, narrow.peers) && all(wide.targets, narrow.targets)
    && narrow.ports.every(([from, to]) => wide.ports.some(([start, end]) => start <= from && to <= end));
}
