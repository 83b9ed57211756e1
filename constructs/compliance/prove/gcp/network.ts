/** The network of a Google Cloud artifact: subnetworks, machines, the rules that stand in their way, and routes out. */
import { type Cidr, cidrSize, contains, parseCidr } from '../../../workload/ipv4.js';
import { at, type Deployment, findUnknown, isList, isObject, perDeployment, type Resource, strings, Unknown, type Value } from '../../model.js';
import { emailOf, flag, refersTo, text, TYPE } from './names.js';

export const MACHINES = [TYPE.instance, TYPE.template, TYPE.regionTemplate] as const;

/** Addresses of googleapis.com that only a network without an internet path needs. Source: VPC, Private Google Access. */
export const RESTRICTED_VIP: Cidr = { first: 0xc7249904, prefix: 30 };
export const PRIVATE_VIP: Cidr = { first: 0xc7249908, prefix: 30 };
/** Where Identity-Aware Proxy forwards TCP from, for callers anywhere. */
export const IAP_RANGE: Cidr = { first: 0x23ebf000, prefix: 20 };
/** Health checks and the front ends of Google's proxies. */
export const FRONT_ENDS: readonly Cidr[] = [{ first: 0x82d30000, prefix: 22 }, { first: 0x23bf0000, prefix: 16 }];
const PRIVATE: readonly Cidr[] = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/4', '240.0.0.0/4', '0.0.0.0/8'].flatMap((range) => parseCidr(range) ?? []);
/** What can stand on the far side of a peering, VPN or interconnect. */
export const PEERED: readonly Cidr[] = PRIVATE.slice(0, 3);

export const isPublic = (address: number): boolean => ![...PRIVATE, RESTRICTED_VIP, PRIVATE_VIP].some((range) => holds(range, address));
export const holds = (range: Cidr, address: number): boolean => address >= range.first && address < range.first + cidrSize(range);

export interface Subnet {
  readonly resource: Resource;
  readonly network: Resource | undefined;
  readonly range: Cidr | undefined;
  /** Segment of the workload file, else the resource's name. */
  readonly place: string;
  readonly declared: boolean;
  readonly ipv6: boolean;
}

/** A machine, or what a machine added to a subnetwork later would be. */
export interface Host {
  readonly name: string;
  readonly resource: Resource | undefined;
  readonly subnet: Subnet;
  readonly ranges: readonly Cidr[];
  /** Ids of secure tag values, and `tag:` names of network tags. Undefined when they are not told. */
  readonly tags: ReadonlySet<string> | undefined;
  readonly account: string | undefined;
  /** An external address of its own. */
  readonly external: boolean | Unknown;
  readonly ipv6: boolean;
}

export type Answer = 'yes' | 'no' | 'unknown';

export interface Layer4 {
  /** Lower case; `all` for everything. */
  readonly protocol: string;
  readonly ports: readonly (readonly [number, number])[];
}

/** One rule of a policy or a classic firewall, with what it is attached to. */
export interface FirewallRule {
  readonly name: string;
  readonly resource: Resource;
  readonly priority: number;
  readonly ingress: boolean;
  readonly action: 'allow' | 'deny' | 'next' | 'unknown';
  readonly layer4: readonly Layer4[];
  /** Ranges of the other side; empty for any. */
  readonly ranges: readonly string[];
  /** Ranges of the machine's own side; empty for any. */
  readonly ownRanges: readonly string[];
  /** Tags and accounts of the other side. */
  readonly tags: readonly string[];
  readonly accounts: readonly string[];
  /** Criteria that an artifact cannot decide: names, countries, threat lists, address groups. */
  readonly vague: boolean;
  readonly targetTags: readonly string[];
  readonly targetAccounts: readonly string[];
  /** Not told at all. */
  readonly unreadable: string | null;
}

export interface Network {
  readonly subnets: readonly Subnet[];
  readonly hosts: readonly Host[];
  readonly unknowns: readonly string[];
  /** Rules of a network in the order in which they are asked, tier by tier. */
  readonly tiers: (network: Resource | undefined) => readonly (readonly FirewallRule[])[];
}

export const networkOf = perDeployment((deployment): Network => {
  const unknowns: string[] = [];
  const all = deployment.ofType(TYPE.network);
  const networkNamed = (value: Value | undefined): Resource | undefined => all.find((network) => refersTo(deployment, value, network));
  const subnets = deployment.ofType(TYPE.subnetwork).map((resource): Subnet => {
    const range = parseCidr(text(resource.properties['ipCidrRange']) ?? '');
    const found = networkNamed(resource.properties['network']);
    if (!range && resource.properties['ipCidrRange'] !== undefined) unknowns.push(`the range of ${resource.name} is not told`);
    const secondary = resource.properties['secondaryIpRanges'];
    for (const one of isList(secondary) ? secondary : secondary === undefined || secondary === null ? [] : [secondary]) {
      const further = parseCidr(text(at(one, 'ipCidrRange')) ?? '');
      if (!further || !range || !contains(range, further)) unknowns.push(`${resource.name} has a secondary range ${text(at(one, 'ipCidrRange')) ?? 'that is not told'}, whose addresses no segment of the workload file holds`);
    }
    if (!found) unknowns.push(`the network of ${resource.name} is not in the artifact`);
    const place = range && placeOf(deployment, range);
    return { resource, network: found, range, place: place ?? resource.name, declared: place !== undefined, ipv6: /IPV6/.test(text(resource.properties['stackType']) ?? '') };
  });
  for (const network of all) if (flag(network, 'autoCreateSubnetworks', true) !== false) unknowns.push(`${network.name} creates subnetworks of its own in every region, which are not in the artifact`);

  const hosts: Host[] = [];
  for (const resource of MACHINES.flatMap((type) => deployment.ofType(type))) {
    const interfaces = resource.properties['networkInterfaces'];
    if (!isList(interfaces) || interfaces.length === 0) {
      unknowns.push(`the network of ${resource.name} is not told`);
      continue;
    }
    for (const nic of interfaces) {
      const subnet = subnetOf(deployment, subnets, nic, networkNamed);
      if (!subnet) {
        unknowns.push(`the subnetwork of ${resource.name} is not in the artifact`);
        continue;
      }
      const fixed = parseCidr(`${text(at(nic, 'networkIp')) ?? text(at(nic, 'networkIP')) ?? ''}/32`);
      hosts.push({
        name: resource.name, resource, subnet, ranges: fixed ? [fixed] : subnet.range ? [subnet.range] : [], tags: tagsOfMachine(deployment, resource),
        account: emailOf(deployment, at(resource.properties, 'serviceAccount.email')), external: hasExternal(nic),
        ipv6: /IPV6/.test(text(at(nic, 'stackType')) ?? '') || at(nic, 'ipv6AccessConfigs') !== undefined,
      });
    }
  }
  const values = deployment.ofType('gcp:tags/tagValue:TagValue');
  for (const subnet of subnets) {
    const virtual = (name: string, tags: ReadonlySet<string>): void => void hosts.push({
      name, resource: undefined, subnet, ranges: subnet.range ? [subnet.range] : [], tags, account: undefined, external: false, ipv6: subnet.ipv6,
    });
    virtual(`any machine in ${subnet.resource.name}`, new Set());
    // What the segment's own machines will carry, where the artifact holds none of them.
    for (const value of values) if (subnet.declared && text(value.properties['shortName']) === subnet.place) virtual(`a machine of ${subnet.place}`, new Set([value.id]));
  }
  return { subnets, hosts, unknowns: [...new Set(unknowns)], tiers: tiersOf(deployment) };
});

/** The segment of the workload file that holds a range. */
function placeOf(deployment: Deployment, range: Cidr): string | undefined {
  return Object.entries(deployment.workload?.segments ?? {}).find(([, segment]) => {
    const own = parseCidr(segment.cidr);
    return own !== undefined && contains(own, range);
  })?.[0];
}

function subnetOf(deployment: Deployment, subnets: readonly Subnet[], nic: Value, networkNamed: (value: Value | undefined) => Resource | undefined): Subnet | undefined {
  const value = at(nic, 'subnetwork');
  if (value !== undefined && value !== null) return subnets.find(({ resource }) => refersTo(deployment, value, resource));
  const network = networkNamed(at(nic, 'network'));
  const inside = subnets.filter((subnet) => network !== undefined && subnet.network === network);
  return inside.length === 1 ? inside[0] : undefined;
}

/** Whether an interface has an address that the internet knows, in either family. */
export function hasExternal(nic: Value): boolean | Unknown {
  for (const path of ['accessConfigs', 'ipv6AccessConfigs']) {
    const value = at(nic, path);
    if (value instanceof Unknown) return value;
    if (isList(value) ? value.length > 0 : value !== undefined && value !== null) return true;
  }
  return false;
}

/** The tags of a machine: network tags, and secure tags by the id of their value. */
function tagsOfMachine(deployment: Deployment, resource: Resource): ReadonlySet<string> | undefined {
  const found = new Set<string>();
  const network = resource.properties['tags'];
  if (network !== undefined && network !== null) {
    if (!isList(network) || findUnknown(network)) return undefined;
    for (const tag of network) found.add(`tag:${text(tag) ?? ''}`);
  }
  for (const path of ['params.resourceManagerTags', 'resourceManagerTags']) {
    const secure = at(resource.properties, path);
    if (secure === undefined || secure === null) continue;
    if (!isObject(secure) || findUnknown(secure)) return undefined;
    for (const value of Object.values(secure)) found.add(tagId(deployment, value));
  }
  return found;
}

function tagId(deployment: Deployment, value: Value | undefined): string {
  return deployment.target(value)?.id ?? text(value) ?? '';
}

// Rules.

const list = (value: Value | undefined): readonly Value[] => (isList(value) ? value : value === undefined || value === null ? [] : [value]);
const texts = (value: Value | undefined): string[] => [...strings(value)];

function layer4(protocol: Value | undefined, ports: Value | undefined): Layer4 | undefined {
  const name = text(protocol)?.toLowerCase();
  const ranges = list(ports).map((port) => parsePorts(text(port) ?? ''));
  if (name === undefined || ranges.includes(undefined)) return undefined;
  const named: Readonly<Record<string, string>> = { '6': 'tcp', '17': 'udp', '1': 'icmp', '58': 'icmp', icmpv6: 'icmp', 'ipv6-icmp': 'icmp', ip: 'all' };
  return { protocol: named[name] ?? name, ports: ranges as (readonly [number, number])[] };
}

function parsePorts(range: string): readonly [number, number] | undefined {
  const match = /^(\d+)(?:-(\d+))?$/.exec(range.trim());
  if (!match) return undefined;
  const [from, to] = [Number(match[1]), Number(match[2] ?? match[1])];
  return from <= to && to <= 65_535 ? [from, to] : undefined;
}

const ACTIONS: Readonly<Record<string, FirewallRule['action']>> = { allow: 'allow', deny: 'deny', goto_next: 'next', apply_security_profile_group: 'allow' };

/** A rule of a hierarchical or network firewall policy. */
function policyRule(deployment: Deployment, resource: Resource, rule: Value, index: number): FirewallRule | undefined {
  const off = at(rule, 'disabled');
  if (off === true || off === 'true') return undefined;
  const match = at(rule, 'match');
  const ingress = text(at(rule, 'direction'))?.toUpperCase() !== 'EGRESS';
  const side = ingress ? 'src' : 'dest';
  const configs = list(at(match, 'layer4Configs')).map((config) => layer4(at(config, 'ipProtocol'), at(config, 'ports')));
  const name = text(at(rule, 'ruleName')) ?? `rule ${text(at(rule, 'priority')) ?? index} of ${resource.name}`;
  const tags = list(at(match, `${side}SecureTags`)).map((tag) => tagId(deployment, at(tag, 'name') ?? tag));
  const targets = list(at(rule, 'targetSecureTags')).map((tag) => tagId(deployment, at(tag, 'name') ?? tag));
  const priority = Number(text(at(rule, 'priority')) ?? Number.NaN);
  const unreadable = findUnknown(rule)?.reason ?? (configs.includes(undefined) || !Number.isFinite(priority) ? 'its protocols, ports or priority cannot be read' : null);
  const others = ['Fqdns', 'RegionCodes', 'ThreatIntelligences', 'AddressGroups', 'NetworkScope', 'Networks', 'NetworkContext', 'NetworkType'];
  return {
    name, resource, ingress, priority: Number.isFinite(priority) ? priority : 0, action: ACTIONS[text(at(rule, 'action'))?.toLowerCase() ?? ''] ?? 'unknown',
    layer4: configs.filter((config) => config !== undefined), ranges: texts(at(match, `${side}IpRanges`)), tags, accounts: [],
    ownRanges: texts(at(match, `${ingress ? 'dest' : 'src'}IpRanges`)),
    vague: others.some((what) => { const value = at(match, `${side}${what}`); return isList(value) ? value.length > 0 : value !== undefined && value !== null; }),
    targetTags: targets, targetAccounts: texts(at(rule, 'targetServiceAccounts')), unreadable,
  };
}

/** A classic VPC firewall rule. */
function classicRules(resource: Resource): readonly FirewallRule[] {
  const { properties } = resource;
  const off = flag(resource, 'disabled', false);
  if (off === true) return [];
  const ingress = text(properties['direction'])?.toUpperCase() !== 'EGRESS';
  const priority = Number(text(properties['priority']) ?? 1000);
  const unreadable = findUnknown(properties)?.reason ?? (Number.isFinite(priority) ? null : 'its priority cannot be read');
  const rule = (action: 'allow' | 'deny', entries: readonly Value[]): FirewallRule => {
    const configs = entries.map((entry) => layer4(at(entry, 'protocol'), at(entry, 'ports')));
    return {
      name: resource.name, resource, ingress, priority: Number.isFinite(priority) ? priority : 0, action, layer4: configs.filter((config) => config !== undefined),
      ranges: texts(properties[ingress ? 'sourceRanges' : 'destinationRanges']), tags: ingress ? texts(properties['sourceTags']).map((tag) => `tag:${tag}`) : [],
      accounts: ingress ? texts(properties['sourceServiceAccounts']) : [], vague: off === undefined, ownRanges: texts(properties[ingress ? 'destinationRanges' : 'sourceRanges']),
      targetTags: texts(properties['targetTags']).map((tag) => `tag:${tag}`), targetAccounts: texts(properties['targetServiceAccounts']),
      unreadable: unreadable ?? (configs.includes(undefined) ? 'its protocols or ports cannot be read' : null),
    };
  };
  const denies = list(properties['denies']);
  const allows = list(properties['allows']);
  return [...(denies.length > 0 ? [rule('deny', denies)] : []), ...(allows.length > 0 || denies.length === 0 ? [rule('allow', allows)] : [])];
}

const byPriority = (a: FirewallRule, b: FirewallRule): number => a.priority - b.priority || Number(a.action === 'allow') - Number(b.action === 'allow');

const POLICIES = {
  network: { policy: /^gcp:compute\/networkFirewallPolicy(WithRules)?:/, rule: 'gcp:compute/networkFirewallPolicyRule:NetworkFirewallPolicyRule', association: 'gcp:compute/networkFirewallPolicyAssociation:NetworkFirewallPolicyAssociation' },
  region: { policy: /^gcp:compute\/regionNetworkFirewallPolicy(WithRules)?:/, rule: 'gcp:compute/regionNetworkFirewallPolicyRule:RegionNetworkFirewallPolicyRule', association: 'gcp:compute/regionNetworkFirewallPolicyAssociation:RegionNetworkFirewallPolicyAssociation' },
  hierarchy: { policy: /^gcp:compute\/firewallPolicy(WithRules)?:/, rule: 'gcp:compute/firewallPolicyRule:FirewallPolicyRule', association: 'gcp:compute/firewallPolicyAssociation:FirewallPolicyAssociation' },
} as const;

const gap = (resource: Resource, reason: string): FirewallRule[] => [true, false].map((ingress) => ({
  name: resource.name, resource, priority: 0, ingress, action: 'unknown', layer4: [], ranges: [], ownRanges: [], tags: [], accounts: [], vague: false, targetTags: [], targetAccounts: [], unreadable: reason,
}));

function tiersOf(deployment: Deployment): Network['tiers'] {
  const cache = new Map<Resource | undefined, readonly (readonly FirewallRule[])[]>();
  const rulesOf = ({ policy, rule }: { policy: RegExp; rule: string }, value: Value | undefined, association: Resource): FirewallRule[] => {
    const found = deployment.resources.find((resource) => policy.test(resource.type) && refersTo(deployment, value, resource));
    if (!found) return gap(association, `the firewall policy of ${association.name} is not in the artifact`);
    const inline = found.properties['rules'];
    if (inline instanceof Unknown) return gap(found, inline.reason);
    const standing = deployment.ofType(rule).filter((resource) => refersTo(deployment, resource.properties['firewallPolicy'], found));
    return [...list(inline).map((value, index) => policyRule(deployment, found, value, index)), ...standing.map((resource) => policyRule(deployment, resource, resource.properties, 0))].filter((one) => one !== undefined);
  };
  const attached = (kind: 'network' | 'region', network: Resource | undefined): FirewallRule[] =>
    deployment.ofType(POLICIES[kind].association).flatMap((association) => {
      const target = association.properties['attachmentTarget'];
      if (network && refersTo(deployment, target, network)) return rulesOf(POLICIES[kind], association.properties['firewallPolicy'], association);
      return deployment.target(target) || (typeof target === 'string' && !target.includes('${')) ? [] : gap(association, `what ${association.name} is attached to is not told`);
    });
  return (network) => {
    const known = cache.get(network);
    if (known) return known;
    const hierarchy = deployment.ofType(POLICIES.hierarchy.association).map((association) => rulesOf(POLICIES.hierarchy, association.properties['firewallPolicy'], association).sort(byPriority));
    const policies = [attached('network', network), attached('region', network)].map((rules) => rules.sort(byPriority));
    const classic = deployment.ofType('gcp:compute/firewall:Firewall').filter((firewall) => !network || refersTo(deployment, firewall.properties['network'], network) || firewall.properties['network'] instanceof Unknown).flatMap(classicRules).sort(byPriority);
    const order = network?.properties['networkFirewallPolicyEnforcementOrder'];
    const before = order === 'BEFORE_CLASSIC_FIREWALL';
    const middle = before ? [...policies, classic] : [classic, ...policies];
    const unsure = order instanceof Unknown && network && classic.length > 0 ? [gap(network, 'the enforcement order is not told')] : [];
    const tiers = [...hierarchy, ...unsure, ...middle].filter((tier) => tier.length > 0);
    cache.set(network, tiers);
    return tiers;
  };
}

// Decision.

/** One exact packet's far side. */
export interface Far {
  readonly address: number | 'ipv6';
  readonly host: Host | undefined;
}

/** Whether the rules of a host's network let a packet in or out, and by which rule. */
export function passes(network: Network, host: Host, own: number | 'ipv6', ingress: boolean, far: Far, protocol: string, port: number): { readonly answer: Answer; readonly by: string } {
  let answer: Answer | undefined;
  let doubt = '';
  decide: for (const tier of network.tiers(host.subnet.network)) {
    for (const rule of tier) {
      if (rule.ingress !== ingress) continue;
      const hit = rule.unreadable === null ? matches(rule, host, own, far, protocol, port) : 'unknown';
      if (hit === 'no') continue;
      if (hit === 'unknown' || rule.action === 'unknown') {
        doubt ||= `${rule.name}${rule.unreadable === null ? '' : ` (${rule.unreadable})`}`;
        // A rule that may match and ends like what follows changes nothing; see the return below.
        const rest: Answer = rule.action === 'allow' ? 'yes' : rule.action === 'deny' ? 'no' : 'unknown';
        answer = answer === undefined || answer === rest ? rest : 'unknown';
        continue;
      }
      if (rule.action === 'next') continue decide;
      const final: Answer = rule.action === 'allow' ? 'yes' : 'no';
      if (answer !== undefined && answer !== final) return { answer: 'unknown', by: doubt };
      return { answer: final, by: rule.name };
    }
  }
  // The implied rules: everything out, nothing in.
  const implied: Answer = ingress ? 'no' : 'yes';
  if (answer !== undefined && answer !== implied) return { answer: 'unknown', by: doubt };
  return { answer: implied, by: ingress ? 'the implied deny' : 'the implied allow' };
}

const all = (answers: readonly Answer[]): Answer => (answers.includes('no') ? 'no' : answers.includes('unknown') ? 'unknown' : 'yes');
const some = (answers: readonly Answer[]): Answer => (answers.includes('yes') ? 'yes' : answers.includes('unknown') ? 'unknown' : 'no');

function matches(rule: FirewallRule, host: Host, own: number | 'ipv6', far: Far, protocol: string, port: number): Answer {
  const carried = rule.layer4.some((one) => (one.protocol === 'all' || one.protocol === protocol) && (one.ports.length === 0 || one.ports.some(([from, to]) => port >= from && port <= to)));
  if (!carried) return 'no';
  const targeted = rule.targetTags.length === 0 && rule.targetAccounts.length === 0 ? 'yes' : some([...rule.targetTags.map((tag) => hasTag(host, tag)), ...rule.targetAccounts.map((email) => hasAccount(host, email))]);
  const open = rule.ranges.length === 0 && rule.tags.length === 0 && rule.accounts.length === 0;
  const from = open ? (rule.vague ? 'unknown' : 'yes') : some([
    ...rule.ranges.map((range) => inRange(range, far.address)),
    ...rule.tags.map((tag): Answer => (far.host ? hasTag(far.host, tag) : 'no')),
    ...rule.accounts.map((email): Answer => (far.host ? hasAccount(far.host, email) : 'no')),
  ]);
  const mine = rule.ownRanges.length === 0 ? 'yes' : some(rule.ownRanges.map((range) => inRange(range, own)));
  const answer = all([targeted, from, mine]);
  return answer === 'yes' && rule.vague ? 'unknown' : answer;
}

function hasTag(host: Host, tag: string): Answer {
  if (!host.tags) return 'unknown';
  if (host.tags.has(tag)) return 'yes';
  // A tag by its short name or number where the machine has one by reference.
  return tag === '' || (/^(tagValues\/|[^:]+\/[^:]+\/)/.test(tag) && !tag.startsWith('tag:') && host.tags.size > 0) ? 'unknown' : 'no';
}

function hasAccount(host: Host, email: string): Answer {
  if (host.account === undefined) return host.resource ? 'unknown' : 'no';
  return email === host.account ? 'yes' : email.includes('${') ? 'unknown' : 'no';
}

function inRange(text: string, address: number | 'ipv6'): Answer {
  if (text === '::/0') return address === 'ipv6' ? 'yes' : 'no';
  const range = rangeOf(text);
  if (range) return address === 'ipv6' ? 'no' : holds(range, address) ? 'yes' : 'no';
  return text.includes(':') && !text.includes('${') ? (address === 'ipv6' ? 'unknown' : 'no') : 'unknown';
}

/** An IPv4 range; one with bits set beyond its prefix means the range around it. */
export function rangeOf(text: string): Cidr | undefined {
  const exact = parseCidr(text.includes('/') ? text : `${text}/32`);
  if (exact) return exact;
  const parts = /^([\d.]+)\/(\d{1,2})$/.exec(text);
  const single = parts ? parseCidr(`${parts[1] ?? ''}/32`) : undefined;
  const prefix = Number(parts?.[2]);
  return single && prefix <= 32 ? { first: single.first - (single.first % cidrSize({ first: 0, prefix })), prefix } : undefined;
}
