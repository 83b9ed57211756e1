import { at, type Deployment, isList, isObject, type Properties, type Resource, strings, Unknown, type Value } from '../../model.js';
import { tagsOf } from '../../phi.js';
import type { FlowProof } from '../types.js';
import { addressRange } from './iam/condition.js';
import { ALL_PORTS, intersect, isEmpty, NO_PORTS, type Ports, portsOf, portsText, subtract, tcpPort, unite } from './ports.js';

/** Tag on subnets, security groups and endpoints that names their segment, as PrivateNetwork sets it. */
const SEGMENT_TAG = 'phi-segment';
/** Name of the group that holds interface endpoints. */
const ENDPOINTS = 'endpoints';
/** TCP answers return to a port of this range, which a stateless network ACL has to let through. */
const EPHEMERAL: Ports = { ...NO_PORTS, tcp: [[1024, 65_535]] };

type Cidr = NonNullable<ReturnType<typeof addressRange>>;
const cidr = (text: string): Cidr | undefined => addressRange(text);
const overlaps = (one: Cidr, two: Cidr): boolean => one.bits === two.bits && one.first <= two.last && two.first <= one.last;
const contains = (outer: Cidr, inner: Cidr): boolean => outer.bits === inner.bits && outer.first <= inner.first && outer.last >= inner.last;
/** Whether one CIDR block lies inside another; false when either is none. */
export function within(inner: string, outer: string): boolean {
  const [one, other] = [cidr(inner), cidr(outer)];
  return one !== undefined && other !== undefined && contains(other, one);
}
/** Private and shared ranges that never are the internet: RFC 1918, RFC 6598, link-local, unique local. */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '169.254.0.0/16', '127.0.0.0/8', 'fc00::/7', 'fe80::/10'].map((text) => cidr(text)!);
/** One address that CloudFormation templates name where they mean "nothing". */
const NOTHING = cidr('255.255.255.255/32')!;

/** The other end of a security group rule. */
type Peer = { readonly kind: 'cidr'; readonly range: Cidr; readonly text: string } | { readonly kind: 'group'; readonly id: string } | { readonly kind: 'prefix'; readonly id: string } | { readonly kind: 'unknown'; readonly reason: string };
interface SgRule {
  readonly peer: Peer;
  readonly ports: Ports;
  readonly via: string;
}
interface SecurityGroup {
  readonly id: string;
  readonly ingress: readonly SgRule[];
  readonly egress: readonly SgRule[];
}

/** Subnets and security groups that stand for one segment, or for what is outside every segment. */
interface Group {
  readonly name: string;
  readonly ranges: Cidr[];
  readonly subnets: Set<Resource>;
  readonly groups: Set<string>;
  /** Something in it has no security group: a Network Load Balancer can be built without. */
  unfiltered: string | null;
  /** Something in it can have a public address. */
  publicAddress: string | null;
}

type Exit = { readonly kind: 'internet' | 'outbound' | 'peering' | 'unknown'; readonly range: Cidr | null; readonly via: string };

/** Reachability of a deployment: between segments, and from and to everything outside. */
export function proveFlows(deployment: Deployment): readonly FlowProof[] {
  const network = deployment.ofType('AWS::EC2::SecurityGroup').length + deployment.ofType('AWS::EC2::Subnet').length;
  if (network === 0) return deployment.workload === null ? [] : missingAll(deployment);
  return new Reachability(deployment).run();
}

/** A wall that stands open behind one that is closed: today nothing passes, after the next edit it does. */
export interface WallGap {
  readonly wall: 'security groups' | 'network ACLs';
  readonly from: string;
  readonly to: string;
  readonly ports: string;
  readonly via: string;
}

/** What security groups alone and network ACLs alone would let through beyond the workload's flows. */
export function wallGaps(deployment: Deployment): readonly WallGap[] {
  if (deployment.workload === null || deployment.ofType('AWS::EC2::Subnet').length === 0) return [];
  return new Reachability(deployment).gaps();
}

function missingAll(deployment: Deployment): FlowProof[] {
  return Object.values(deployment.workload?.flows ?? {}).map(({ from, to, port }) => ({ cloud: 'aws', from, to, ports: `tcp/${port}`, status: 'missing', via: 'the artifact has no network' }));
}

class Reachability {
  private readonly groups = new Map<string, Group>();
  private readonly security = new Map<string, SecurityGroup>();
  private readonly flows: FlowProof[] = [];
  /** Ranges inside the VPCs. */
  private readonly vpcs: Cidr[];
  private readonly hasIpv6: boolean;

  constructor(private readonly deployment: Deployment) {
    this.vpcs = [...deployment.ofType('AWS::EC2::VPC'), ...deployment.ofType('AWS::EC2::VPCCidrBlock')].flatMap(({ properties }) => [cidr(String(properties['CidrBlock'] as string))].filter((one) => one !== undefined));
    this.hasIpv6 = deployment.ofType('AWS::EC2::VPCCidrBlock').some(({ properties }) => properties['AmazonProvidedIpv6CidrBlock'] || properties['Ipv6CidrBlock'] || properties['Ipv6Pool']) || deployment.ofType('AWS::EC2::Subnet').some(({ properties }) => properties['Ipv6CidrBlock']);
    this.readSecurityGroups();
    this.readGroups();
  }

  run(): FlowProof[] {
    const workload = this.deployment.workload;
    const groups = [...this.groups.values()];
    for (const group of groups) {
      this.outside(group);
      if (workload !== null) for (const other of groups) this.between(group, other);
    }
    if (workload !== null) {
      this.strangers(groups);
      this.missing(workload.flows ?? {});
    }
    this.endpointServices(groups);
    return this.flows.sort((a, b) => `${a.from} ${a.to} ${a.ports} ${a.status}`.localeCompare(`${b.from} ${b.to} ${b.ports} ${b.status}`));
  }

  gaps(): WallGap[] {
    const gaps: WallGap[] = [];
    const flows = Object.values(this.deployment.workload?.flows ?? {});
    const internet = cidr('198.51.100.0/24')!;
    const listed = (from: Group, to: Group): Ports => flows.filter((flow) => flow.from === from.name && flow.to === to.name).map(({ port }) => tcpPort(port)).reduce(unite, to.name === ENDPOINTS ? tcpPort(443) : NO_PORTS);
    const note = (wall: WallGap['wall'], from: string, to: string, ports: Ports, via: readonly string[]): void => {
      if (!isEmpty(ports)) gaps.push({ wall, from, to, ports: portsText(ports), via: [...new Set(via)].join(', ') });
    };
    const groups = [...this.groups.values()].filter(({ subnets }) => subnets.size > 0);
    for (const { from, to, ports, via, wall } of this.wideRanges()) note(wall, from, to, ports, [via]);
    for (const from of groups) {
      const out = this.allowed(from, 'egress', (peer) => peer.kind === 'cidr' && peer.range.bits === 32 && overlaps(peer.range, internet));
      const into = this.allowed(from, 'ingress', (peer) => peer.kind === 'cidr' && peer.range.bits === 32 && overlaps(peer.range, internet));
      if (from.groups.size > 0) {
        note('security groups', from.name, 'internet', out.ports, out.via);
        note('security groups', 'internet', from.name, into.ports, into.via);
      }
      note('network ACLs', from.name, 'internet', this.acl(from, true, [internet], true), [`network ACLs of ${from.name}`]);
      note('network ACLs', 'internet', from.name, this.acl(from, false, [internet], true), [`network ACLs of ${from.name}`]);
      for (const to of groups) {
        if (from === to) continue;
        const answers = isEmpty(listed(to, from)) ? NO_PORTS : EPHEMERAL;
        note('network ACLs', from.name, to.name, subtract(subtract(intersect(this.acl(from, true, to.ranges, true), this.acl(to, false, from.ranges, true)), listed(from, to)), answers), [`network ACLs of ${from.name} and ${to.name}`]);
        if (from.groups.size === 0 || to.groups.size === 0) continue;
        const sgOut = this.allowed(from, 'egress', (peer) => this.matchesGroup(peer, to));
        const sgInto = this.allowed(to, 'ingress', (peer) => this.matchesGroup(peer, from));
        // Each side alone: an open egress behind a closed ingress is a gap as well.
        note('security groups', from.name, to.name, subtract(unite(sgOut.ports, sgInto.ports), listed(from, to)), [...sgOut.via, ...sgInto.via]);
      }
    }
    return gaps;
  }

  /** Rules whose address range reaches beyond the one segment that it could be meant for. */
  private *wideRanges(): Iterable<{ readonly wall: WallGap['wall']; readonly from: string; readonly to: string; readonly ports: Ports; readonly via: string }> {
    const segments = [...this.groups.values()].flatMap(({ ranges }) => ranges);
    const declared = [...Object.values(this.deployment.workload?.segments ?? {}).map((segment) => cidr(String(segment?.cidr))), cidr(String(this.deployment.workload?.network?.endpoints))].filter((one) => one !== undefined);
    const isWide = (range: Cidr): boolean => range.bits === 32 && this.vpcs.some((vpc) => overlaps(vpc, range)) && ![...declared, ...segments].some((segment) => contains(segment, range));
    for (const group of this.groups.values()) {
      for (const id of group.groups) {
        const security = this.security.get(id);
        for (const { peer, ports, via } of security?.ingress ?? []) if (peer.kind === 'cidr' && isWide(peer.range)) yield { wall: 'security groups', from: peer.text, to: group.name, ports, via };
        for (const { peer, ports, via } of security?.egress ?? []) if (peer.kind === 'cidr' && isWide(peer.range)) yield { wall: 'security groups', from: group.name, to: peer.text, ports, via };
      }
      const acls = new Set([...group.subnets].map((subnet) => this.aclOf(subnet)));
      for (const entry of this.deployment.ofType('AWS::EC2::NetworkAclEntry')) {
        const { properties } = entry;
        const text = properties['CidrBlock'];
        const range = typeof text === 'string' ? cidr(text) : undefined;
        if (properties['RuleAction'] !== 'allow' || typeof text !== 'string' || !range || !isWide(range) || !acls.has(this.deployment.target(properties['NetworkAclId']) ?? null)) continue;
        const ports = portsOf(properties['Protocol'], at(properties, 'PortRange.From'), at(properties, 'PortRange.To'));
        const out = isYes(properties['Egress']);
        yield { wall: 'network ACLs', from: out ? group.name : text, to: out ? text : group.name, ports: ports instanceof Unknown ? ALL_PORTS : ports, via: entry.id };
      }
    }
  }

  private add(from: string, to: string, ports: Ports | string, status: FlowProof['status'], via: string): void {
    const text = typeof ports === 'string' ? ports : portsText(ports);
    if (!this.flows.some((flow) => flow.from === from && flow.to === to && flow.ports === text && flow.status === status)) this.flows.push({ cloud: 'aws', from, to, ports: text, status, via });
  }

  // Security groups.

  private readSecurityGroups(): void {
    for (const group of this.deployment.ofType('AWS::EC2::SecurityGroup')) {
      const { properties } = group;
      const egress = properties['SecurityGroupEgress'];
      // Without an inline egress rule AWS leaves its own default, which allows everything.
      const open = egress === undefined || egress === null || (isList(egress) && egress.length === 0);
      const out = open ? ['0.0.0.0/0', '::/0'].map((text): SgRule => ({ peer: { kind: 'cidr', range: cidr(text)!, text }, ports: ALL_PORTS, via: `${group.id} (default egress)` })) : this.inline(egress, 'Destination', `${group.id}.SecurityGroupEgress`);
      this.security.set(group.id, { id: group.id, ingress: this.inline(properties['SecurityGroupIngress'], 'Source', `${group.id}.SecurityGroupIngress`), egress: out });
    }
    for (const [type, side, direction] of [['AWS::EC2::SecurityGroupIngress', 'Source', 'ingress'], ['AWS::EC2::SecurityGroupEgress', 'Destination', 'egress']] as const) {
      for (const rule of this.deployment.ofType(type)) {
        const id = this.groupId(rule.properties['GroupId'] ?? rule.properties['GroupName']);
        // A rule on a group that cannot be told may be on any of them.
        const targets = id === null ? [...this.security.keys()] : [id];
        for (const target of targets) {
          const known = this.security.get(target) ?? { id: target, ingress: [], egress: [] };
          const read = this.rule(rule.properties, side, rule.id);
          const rules = id === null ? read.map((one): SgRule => ({ ...one, peer: { kind: 'unknown', reason: `${rule.id}: its security group is not known` } })) : read;
          this.security.set(target, { ...known, [direction]: [...known[direction], ...rules] });
        }
      }
    }
  }

  /** Id of the security group that a value names: of the artifact, a literal id, or null. */
  private groupId(value: Value | undefined): string | null {
    const target = this.deployment.target(value);
    if (target?.type === 'AWS::EC2::SecurityGroup') return target.id;
    // Vpc.DefaultSecurityGroup
    if (target?.type === 'AWS::EC2::VPC') return this.defaultGroup(target.id);
    if (typeof value === 'string' && /^([\d]{12}\/)?sg-[0-9a-f]+$/.test(value)) return value;
    if (typeof value === 'string') for (const group of this.deployment.ofType('AWS::EC2::SecurityGroup')) if (group.properties['GroupName'] === value) return group.id;
    return null;
  }

  /** The VPC's own group: everything out, everything in from itself. */
  private defaultGroup(vpc: string): string {
    const id = `default security group of ${vpc}`;
    if (!this.security.has(id)) {
      this.security.set(id, {
        id,
        ingress: [{ peer: { kind: 'group', id }, ports: ALL_PORTS, via: id }],
        egress: ['0.0.0.0/0', '::/0'].map((text) => ({ peer: { kind: 'cidr', range: cidr(text)!, text }, ports: ALL_PORTS, via: id })),
      });
    }
    return id;
  }

  private inline(value: Value | undefined, side: 'Source' | 'Destination', path: string): SgRule[] {
    if (value === undefined || value === null) return [];
    if (!isList(value)) return isObject(value) ? this.rule(value, side, path) : [{ peer: { kind: 'unknown', reason: `${path} is not known` }, ports: ALL_PORTS, via: path }];
    return value.flatMap((item, index) => (isObject(item) ? this.rule(item, side, `${path}[${index}]`) : item === null ? [] : [{ peer: { kind: 'unknown', reason: `${path}[${index}] is not known` }, ports: ALL_PORTS, via: `${path}[${index}]` } as SgRule]));
  }

  private rule(rule: Properties, side: 'Source' | 'Destination', via: string): SgRule[] {
    const ports = portsOf(rule['IpProtocol'], rule['FromPort'], rule['ToPort']);
    if (ports instanceof Unknown) return [{ peer: { kind: 'unknown', reason: `${via}: ${ports.reason}` }, ports: ALL_PORTS, via }];
    return this.peers(rule, side, via).map((peer) => ({ peer, ports, via }));
  }

  private peers(rule: Properties, side: 'Source' | 'Destination', via: string): Peer[] {
    const result: Peer[] = [];
    let named = false;
    for (const property of ['CidrIp', 'CidrIpv6']) {
      const value = rule[property];
      if (value === undefined || value === null) continue;
      named = true;
      result.push(...this.ranges(value, via));
    }
    const group = rule[`${side}SecurityGroupId`] ?? rule[`${side}SecurityGroupName`];
    if (group !== undefined && group !== null) {
      const id = this.groupId(group);
      result.push(id === null ? { kind: 'unknown', reason: `${via}: its peer security group is not known` } : { kind: 'group', id });
    }
    const prefix = rule[`${side}PrefixListId`];
    if (prefix !== undefined && prefix !== null) {
      const list = this.deployment.target(prefix);
      const entries = list?.type === 'AWS::EC2::PrefixList' ? list.properties['Entries'] : undefined;
      if (isList(entries)) for (const entry of entries) result.push(...this.ranges(at(entry, 'Cidr') ?? null, via));
      else result.push({ kind: 'prefix', id: typeof prefix === 'string' ? prefix : 'prefix list' });
    }
    return result.length > 0 || named ? result : [{ kind: 'unknown', reason: `${via} names no peer` }];
  }

  private ranges(value: Value, via: string): Peer[] {
    const vpc = this.deployment.target(value);
    // Fn::GetAtt Vpc.CidrBlock
    const text = vpc?.type === 'AWS::EC2::VPC' || vpc?.type === 'AWS::EC2::Subnet' ? vpc.properties['CidrBlock'] : value;
    const range = typeof text === 'string' ? cidr(text) : undefined;
    if (!range) return [{ kind: 'unknown', reason: `${via}: address range is not known` }];
    return contains(NOTHING, range) ? [] : [{ kind: 'cidr', range, text: text as string }];
  }

  // Segments.

  private group(name: string): Group {
    let group = this.groups.get(name);
    if (!group) this.groups.set(name, (group = { name, ranges: [], subnets: new Set(), groups: new Set(), unfiltered: null, publicAddress: null }));
    return group;
  }

  private readGroups(): void {
    const { deployment } = this;
    const workload = deployment.workload;
    const segments = Object.entries(workload?.segments ?? {}).flatMap(([name, segment]) => [{ name, range: cidr(String(segment?.cidr)) }]);
    if (workload) segments.push({ name: ENDPOINTS, range: cidr(String(workload.network?.endpoints)) });
    for (const { name } of segments) if (name !== ENDPOINTS) this.group(name);
    const ofSubnet = new Map<Resource, Group>();
    for (const subnet of deployment.ofType('AWS::EC2::Subnet')) {
      const range = typeof subnet.properties['CidrBlock'] === 'string' ? cidr(subnet.properties['CidrBlock']) : undefined;
      const tags = tagsOf(subnet);
      const tag = tags instanceof Unknown ? undefined : tags[SEGMENT_TAG];
      // The address decides: a tag can be wrong, and what routes and filters see is the address.
      const name = segments.find((segment) => range && segment.range && contains(segment.range, range))?.name ?? (range === undefined && typeof tag === 'string' && workload ? tag : subnet.id);
      const group = this.group(name);
      group.subnets.add(subnet);
      if (range) group.ranges.push(range);
      ofSubnet.set(subnet, group);
      if (isYes(subnet.properties['MapPublicIpOnLaunch']) || isYes(subnet.properties['AssignIpv6AddressOnCreation'])) group.publicAddress ??= `${subnet.id} gives public addresses`;
    }
    const placedGroups = new Set<string>();
    for (const resource of deployment.resources) {
      if (/^AWS::EC2::(Subnet|SecurityGroup|NetworkAcl|Route|VPC$|FlowLog|SubnetNetworkAcl|SubnetRouteTable|LaunchTemplate$)|LaunchConfiguration|^AWS::IAM::|^AWS::KMS::/.test(resource.type)) continue;
      const placed = new Set<Group>();
      for (const target of deployment.targets(resource.properties)) {
        const group = ofSubnet.get(target);
        if (group) placed.add(group);
      }
      if (placed.size === 0) continue;
      const parts = [resource, ...[...deployment.targets(resource.properties)].filter(({ type }) => type === 'AWS::EC2::LaunchTemplate' || type === 'AWS::AutoScaling::LaunchConfiguration')];
      const named = new Set(parts.flatMap(({ properties }) => [...this.groupsNamed(properties)]));
      const publicAddress = parts.some(({ properties }) => asksForPublicAddress(properties)) || deployment.ofType('AWS::EC2::EIP').some(({ properties }) => deployment.refersTo(properties, resource)) || deployment.ofType('AWS::EC2::EIPAssociation').some(({ properties }) => deployment.refersTo(properties, resource));
      const network = /::(LoadBalancer|Instance|AutoScalingGroup|NetworkInterface|VPCEndpoint|Function|DBInstance|DBCluster|CacheCluster|ReplicationGroup|MountTarget|Service)$/.test(resource.type);
      const balancer = resource.type === 'AWS::ElasticLoadBalancingV2::LoadBalancer';
      for (const group of placed) {
        for (const id of named) {
          group.groups.add(id);
          placedGroups.add(id);
        }
        if (publicAddress || (balancer && resource.properties['Scheme'] !== 'internal')) group.publicAddress ??= `${resource.id} has a public address`;
        if (named.size > 0 || !network) continue;
        const kind = resource.properties['VpcEndpointType'];
        if (resource.type === 'AWS::EC2::VPCEndpoint' && kind !== 'Interface') continue;
        if (balancer && resource.properties['Type'] === 'network') group.unfiltered ??= `${resource.id} has no security group`;
        else {
          const subnet = [...group.subnets][0];
          const vpc = subnet && this.deployment.target(subnet.properties['VpcId']);
          group.groups.add(this.defaultGroup(vpc?.id ?? 'the VPC'));
        }
      }
    }
    for (const security of deployment.ofType('AWS::EC2::SecurityGroup')) {
      if (placedGroups.has(security.id)) continue;
      const tags = tagsOf(security);
      const tag = tags instanceof Unknown ? undefined : tags[SEGMENT_TAG];
      if (typeof tag === 'string' && this.groups.has(tag)) this.groups.get(tag)!.groups.add(security.id);
      // Nothing of the artifact is in it: in a template of others anything could be, in every subnet.
      else if (workload === null) for (const group of this.groups.values()) group.groups.add(security.id);
    }
  }

  private *groupsNamed(value: Value): Iterable<string> {
    for (const target of this.deployment.targets(value)) if (target.type === 'AWS::EC2::SecurityGroup') yield target.id;
    for (const text of strings(value)) {
      if (/^sg-[0-9a-f]+$/.test(text)) yield text;
      else if (text.endsWith('.DefaultSecurityGroup}')) {
        const id = this.groupId(text);
        if (id) yield id;
      }
    }
  }

  // Filters.

  /** What the security groups of `own` allow in one direction with the peer described by `accept`. */
  private allowed(own: Group, direction: 'ingress' | 'egress', accept: (peer: Peer) => boolean): { readonly ports: Ports; readonly via: string[]; readonly doubts: string[] } {
    let ports: Ports = own.unfiltered && direction === 'ingress' ? ALL_PORTS : NO_PORTS;
    const via: string[] = own.unfiltered && direction === 'ingress' ? [own.unfiltered] : [];
    const doubts: string[] = [];
    for (const id of own.groups) {
      const group = this.security.get(id);
      if (!group) {
        doubts.push(`${id} is not in the artifact`);
        continue;
      }
      for (const rule of group[direction]) {
        if (rule.peer.kind === 'unknown') doubts.push(rule.peer.reason);
        else if (accept(rule.peer)) {
          ports = unite(ports, rule.ports);
          via.push(rule.via);
        }
      }
    }
    return { ports, via: [...new Set(via)], doubts };
  }

  private matchesGroup(peer: Peer, other: Group): boolean {
    if (peer.kind === 'group') return other.groups.has(peer.id);
    return peer.kind === 'cidr' && (other.ranges.some((range) => overlaps(range, peer.range)) || (peer.range.bits === 128 && this.hasIpv6));
  }

  /** What the ACLs of a group's subnets let through. `may`: some subnet, overlapping ranges; else every subnet, whole ranges. */
  private acl(group: Group, egress: boolean, peers: readonly Cidr[], may: boolean): Ports {
    const each = [...group.subnets].map((subnet) => {
      const acl = this.aclOf(subnet);
      if (acl === null) return ALL_PORTS;
      const entries = this.deployment.ofType('AWS::EC2::NetworkAclEntry')
        .filter(({ properties }) => this.deployment.refersTo(properties['NetworkAclId'], acl) && isYes(properties['Egress']) === egress)
        .sort((a, b) => Number(a.properties['RuleNumber']) - Number(b.properties['RuleNumber']));
      const perPeer = peers.map((peer) => {
        let open = NO_PORTS;
        let decided = NO_PORTS;
        for (const { properties } of entries) {
          const written = properties['CidrBlock'] ?? properties['Ipv6CidrBlock'];
          const range = typeof written === 'string' ? cidr(written) : undefined;
          const ports = portsOf(properties['Protocol'], at(properties, 'PortRange.From'), at(properties, 'PortRange.To'));
          const allow = properties['RuleAction'] === 'allow';
          if (!range || ports instanceof Unknown || properties['RuleAction'] instanceof Unknown) {
            // Read in the direction that cannot hide a path, or promise one.
            if (may) open = unite(open, subtract(ALL_PORTS, decided));
            continue;
          }
          const whole = contains(range, peer);
          if (allow && (may ? overlaps(range, peer) : whole)) open = unite(open, subtract(ports, decided));
          if (allow ? whole : may ? whole : overlaps(range, peer)) decided = unite(decided, ports);
        }
        return open;
      });
      return may ? perPeer.reduce(unite, NO_PORTS) : perPeer.reduce(intersect, ALL_PORTS);
    });
    if (each.length === 0) return ALL_PORTS;
    return may ? each.reduce(unite, NO_PORTS) : each.reduce(intersect, ALL_PORTS);
  }

  /** The ACL of a subnet; null for the VPC's default one, which allows everything. */
  private aclOf(subnet: Resource): Resource | null {
    for (const { properties } of this.deployment.ofType('AWS::EC2::SubnetNetworkAclAssociation')) {
      if (this.deployment.target(properties['SubnetId']) === subnet) return this.deployment.target(properties['NetworkAclId']) ?? null;
    }
    return null;
  }

  /** TCP needs its answers back through the stateless ACLs. */
  private walls(from: Group, to: Group, ports: Ports, may: boolean): Ports {
    const forward = intersect(intersect(ports, this.acl(from, true, to.ranges, may)), this.acl(to, false, from.ranges, may));
    const back = intersect(intersect(EPHEMERAL, this.acl(to, true, from.ranges, may)), this.acl(from, false, to.ranges, may));
    const answered = may ? back.tcp.length > 0 : back.tcp.some(([first, last]) => first <= 1024 && last === 65_535);
    return answered ? forward : { ...forward, tcp: [] };
  }

  // Flows.

  private between(from: Group, to: Group): void {
    if (from.groups.size === 0 || (to.groups.size === 0 && !to.unfiltered)) return;
    if (from === to && from.name === ENDPOINTS) return;
    const out = this.allowed(from, 'egress', (peer) => this.matchesGroup(peer, to));
    const into = this.allowed(to, 'ingress', (peer) => this.matchesGroup(peer, from));
    const via = [...out.via, ...into.via].join(', ');
    const open = this.walls(from, to, intersect(out.ports, into.ports), true);
    const listed = Object.values(this.deployment.workload?.flows ?? {}).filter((flow) => flow.from === from.name && flow.to === to.name).map(({ port }) => tcpPort(port)).reduce(unite, NO_PORTS);
    if (to.name === ENDPOINTS) this.toEndpoints(from, open, via);
    else {
      const extra = subtract(open, listed);
      const expected = intersect(open, listed);
      if (!isEmpty(extra)) this.add(from.name, to.name, extra, 'extra', via);
      if (!isEmpty(expected)) this.add(from.name, to.name, expected, 'expected', via);
    }
    // A rule that cannot be read opens nothing for certain, and may open everything that the other side lets through.
    const doubts = [...(out.doubts.length > 0 ? out.doubts : []), ...(into.doubts.length > 0 ? into.doubts : [])];
    if (doubts.length > 0) {
      const possible = subtract(this.walls(from, to, intersect(out.doubts.length > 0 ? ALL_PORTS : out.ports, into.doubts.length > 0 ? ALL_PORTS : into.ports), true), unite(open, listed));
      if (!isEmpty(possible)) this.add(from.name, to.name, possible, 'unknown', [...new Set(doubts)].join('; '));
    }
  }

  private toEndpoints(from: Group, open: Ports, via: string): void {
    if (isEmpty(open)) return;
    for (const endpoint of this.deployment.ofType('AWS::EC2::VPCEndpoint')) {
      if (![...this.deployment.targets(endpoint.properties['SubnetIds'])].some((subnet) => this.groups.get(ENDPOINTS)?.subnets.has(subnet))) continue;
      this.endpoint(from, endpoint, open, via);
    }
  }

  private endpoint(from: Group, endpoint: Resource, open: Ports, via: string): void {
    const name = endpoint.properties['ServiceName'];
    const service = typeof name === 'string' ? name.replace(/^com\.amazonaws\.(?!vpce\.)[^.]+\./, '').replace(/^com\.amazonaws\./, '').replace(/^aws\.sagemaker\.[^.]+\./, 'sagemaker.') : 'unknown';
    const to = `endpoint:${service}`;
    const https = intersect(open, tcpPort(443));
    const other = subtract(open, tcpPort(443));
    if (!isEmpty(other)) this.add(from.name, to, other, 'extra', via);
    if (isEmpty(https)) return;
    if (typeof name !== 'string') this.add(from.name, to, https, 'unknown', `${endpoint.id}: service name is not known`);
    else if (name.startsWith('com.amazonaws.vpce.')) this.add(from.name, to, https, 'extra', `${endpoint.id} leads to a service of somebody else`);
    else {
      const verdict = policyScope(endpoint.properties['PolicyDocument']);
      this.add(from.name, to, https, verdict === 'open' ? 'extra' : verdict === 'unknown' ? 'unknown' : 'expected', verdict === 'bound' ? via : `${endpoint.id}: its policy ${verdict === 'open' ? 'lets everybody do everything, also in accounts of others' : 'is not known'}`);
    }
  }

  /** Peers that are in no segment: groups of other accounts, ids not in the artifact, groups that nothing carries. */
  private strangers(groups: readonly Group[]): void {
    for (const to of groups) {
      for (const id of to.groups) {
        for (const rule of this.security.get(id)?.ingress ?? []) {
          const peer = rule.peer;
          if (peer.kind === 'group' && !groups.some((group) => group.groups.has(peer.id))) this.add(peer.id, to.name, rule.ports, 'extra', rule.via);
          // An address range of the VPC that no segment has.
          if (peer.kind === 'cidr' && this.vpcs.some((vpc) => overlaps(vpc, peer.range)) && !groups.some((group) => group.ranges.some((range) => overlaps(range, peer.range)))) this.add(peer.text, to.name, rule.ports, 'extra', rule.via);
        }
      }
    }
  }

  private missing(flows: NonNullable<Deployment['workload']>['flows']): void {
    for (const [name, flow] of Object.entries(flows)) {
      const { from, to, port } = flow;
      const text = `tcp/${port}`;
      const source = this.groups.get(from);
      const target = this.groups.get(to);
      let why = '';
      if (!source || source.groups.size === 0) why = `nothing of the artifact is in segment ${from}`;
      else if (!target || (target.groups.size === 0 && !target.unfiltered)) why = `nothing of the artifact is in segment ${to}`;
      else {
        const out = this.allowed(source, 'egress', (peer) => this.matchesGroup(peer, target)).ports;
        const into = this.allowed(target, 'ingress', (peer) => this.matchesGroup(peer, source)).ports;
        if (isEmpty(intersect(out, tcpPort(port)))) why = `no security group of ${from} lets it out`;
        else if (isEmpty(intersect(into, tcpPort(port)))) why = `no security group of ${to} lets it in`;
        else if (isEmpty(this.walls(source, target, tcpPort(port), false))) why = `a network ACL stops it, or its answers on ports 1024 to 65535`;
      }
      if (why === '') continue;
      // What is missing for certain cannot be expected as well.
      const expected = this.flows.findIndex((flowProof) => flowProof.from === from && flowProof.to === to && flowProof.status === 'expected' && flowProof.ports === text);
      if (expected >= 0) this.flows.splice(expected, 1);
      this.add(from, to, text, 'missing', `flows.${name}: ${why}`);
    }
  }

  // Outside.

  private outside(group: Group): void {
    if (group.groups.size === 0 && !group.unfiltered) return;
    const exits = this.exits(group);
    for (const exit of exits) {
      if (exit.kind === 'unknown') {
        this.add(group.name, 'internet', 'any', 'unknown', exit.via);
        continue;
      }
      const name = exit.kind === 'peering' ? 'peering' : 'internet';
      const reaches = (peer: Peer): boolean => peer.kind === 'cidr' && this.isOutside(peer.range, exit) || peer.kind === 'prefix' || (peer.kind === 'group' && exit.kind === 'peering' && !this.security.has(peer.id));
      const remote = [exit.range ?? cidr('0.0.0.0/0')!];
      const out = this.allowed(group, 'egress', reaches);
      const leaving = intersect(out.ports, this.acl(group, true, remote, true));
      if (!isEmpty(leaving)) this.add(group.name, name, leaving, 'extra', [exit.via, ...out.via].join(', '));
      if (out.doubts.length > 0) this.add(group.name, name, 'any', 'unknown', out.doubts.join('; '));
      if (exit.kind === 'outbound') continue;
      const into = this.allowed(group, 'ingress', reaches);
      const entering = intersect(into.ports, this.acl(group, false, remote, true));
      const reachable = exit.kind === 'peering' || group.publicAddress !== null || group.unfiltered !== null;
      if (!isEmpty(entering) && reachable) this.add(name, group.name, entering, 'extra', [exit.via, ...(group.publicAddress && exit.kind === 'internet' ? [group.publicAddress] : []), ...into.via].join(', '));
      if (into.doubts.length > 0 && reachable) this.add(name, group.name, 'any', 'unknown', into.doubts.join('; '));
    }
    this.gatewayEndpoints(group);
  }

  /** Whether a peer range holds addresses that the exit leads to, outside the VPCs. */
  private isOutside(range: Cidr, exit: Exit): boolean {
    if (exit.range && !overlaps(exit.range, range)) return false;
    if (this.vpcs.some((vpc) => contains(vpc, range))) return false;
    return exit.kind === 'peering' || !PRIVATE.some((one) => contains(one, range));
  }

  /** Ways out of the VPC that the route tables of a group's subnets name. */
  private exits(group: Group): Exit[] {
    const result: Exit[] = [];
    const { deployment } = this;
    for (const subnet of group.subnets) {
      const association = deployment.ofType('AWS::EC2::SubnetRouteTableAssociation').filter(({ properties }) => deployment.refersTo(properties['SubnetId'], subnet));
      const tables = association.map(({ properties }) => deployment.target(properties['RouteTableId']));
      for (const [index, { id, properties }] of association.entries()) {
        if (tables[index]?.type === 'AWS::EC2::RouteTable') continue;
        const { RouteTableId: table } = properties;
        result.push({ kind: 'unknown', range: null, via: `${id} takes the routes of ${typeof table === 'string' ? table : 'a table that is not known'}, which is not among the artifacts` });
      }
      for (const route of deployment.ofType('AWS::EC2::Route')) {
        const table = deployment.target(route.properties['RouteTableId']);
        // A subnet without association uses the main table, whose routes name it by an id or an attribute of the VPC.
        const applies = table?.type === 'AWS::EC2::RouteTable' ? tables.includes(table) : tables.length === 0 || tables.includes(undefined);
        if (!applies) continue;
        const exit = this.exitOf(route);
        if (exit && !result.some((one) => one.kind === exit.kind && one.via === exit.via)) result.push(exit);
      }
    }
    return result;
  }

  private exitOf(route: Resource): Exit | null {
    const { properties, id } = route;
    const written = properties['DestinationCidrBlock'] ?? properties['DestinationIpv6CidrBlock'];
    const range = typeof written === 'string' ? (cidr(written) ?? null) : null;
    const has = (name: string): boolean => properties[name] !== undefined && properties[name] !== null;
    const kindOf = (value: Value | undefined): Exit['kind'] | null => {
      const target = this.deployment.target(value);
      const text = typeof value === 'string' ? value : '';
      if (target?.type === 'AWS::EC2::InternetGateway' || text.startsWith('igw-') || target?.type === 'AWS::EC2::CarrierGateway') return 'internet';
      if (target?.type === 'AWS::EC2::VPNGateway' || text.startsWith('vgw-')) return 'peering';
      if (target?.type === 'AWS::EC2::VPCEndpoint' || text.startsWith('vpce-') || text === 'local') return null;
      return 'unknown';
    };
    const via = `route ${id}`;
    if (has('GatewayId')) {
      const kind = kindOf(properties['GatewayId']);
      return kind === null ? null : { kind, range, via };
    }
    if (has('NatGatewayId')) {
      const nat = this.deployment.target(properties['NatGatewayId']);
      return { kind: nat?.properties['ConnectivityType'] === 'private' ? 'peering' : 'outbound', range, via };
    }
    if (has('EgressOnlyInternetGatewayId')) return { kind: 'outbound', range, via };
    if (has('CarrierGatewayId')) return { kind: 'internet', range, via };
    for (const name of ['VpcPeeringConnectionId', 'TransitGatewayId', 'LocalGatewayId', 'CoreNetworkArn']) if (has(name)) return { kind: 'peering', range, via };
    if (has('VpcEndpointId') && !has('InstanceId') && !has('NetworkInterfaceId')) return { kind: 'unknown', range, via: `${via} leads through an appliance` };
    return { kind: 'unknown', range, via: `${via} leads through an instance or to a target that is not known` };
  }

  private gatewayEndpoints(group: Group): void {
    if (this.deployment.workload === null) return;
    const { deployment } = this;
    for (const endpoint of deployment.ofType('AWS::EC2::VPCEndpoint')) {
      const kind = endpoint.properties['VpcEndpointType'];
      if (kind !== undefined && kind !== null && kind !== 'Gateway') continue;
      const tables = new Set(deployment.targets(endpoint.properties['RouteTableIds']));
      const routed = [...group.subnets].some((subnet) => deployment.ofType('AWS::EC2::SubnetRouteTableAssociation').some(({ properties }) => deployment.refersTo(properties['SubnetId'], subnet) && [...tables].some((table) => deployment.refersTo(properties['RouteTableId'], table))));
      if (!routed) continue;
      const out = this.allowed(group, 'egress', (peer) => peer.kind === 'prefix' || (peer.kind === 'cidr' && !this.vpcs.some((vpc) => contains(vpc, peer.range))));
      const open = intersect(out.ports, tcpPort(443));
      if (!isEmpty(open)) this.endpoint(group, endpoint, open, out.via.join(', '));
    }
  }

  /** Consumers of a PrivateLink service come in through its load balancer. */
  private endpointServices(groups: readonly Group[]): void {
    const { deployment } = this;
    for (const service of deployment.ofType('AWS::EC2::VPCEndpointService')) {
      const allowedPrincipals = deployment.ofType('AWS::EC2::VPCEndpointServicePermissions').filter(({ properties }) => deployment.refersTo(properties['ServiceId'], service)).flatMap(({ properties }) => [...strings(properties['AllowedPrincipals'])]);
      const acceptance = service.properties['AcceptanceRequired'];
      const open = acceptance === false || acceptance === 'false' || allowedPrincipals.includes('*');
      const balancers = [...deployment.targets(service.properties['NetworkLoadBalancerArns'])];
      const subnets = new Set(balancers.flatMap(({ properties }) => [...deployment.targets(properties)]));
      const into = groups.filter((group) => [...group.subnets].some((subnet) => subnets.has(subnet)));
      for (const group of into) {
        const ports = deployment.ofType('AWS::ElasticLoadBalancingV2::Listener').filter(({ properties }) => balancers.some((balancer) => deployment.refersTo(properties['LoadBalancerArn'], balancer))).map(({ properties }) => portsOf(properties['Protocol'] === 'UDP' ? 'udp' : 'tcp', properties['Port'], properties['Port'])).map((one) => (one instanceof Unknown ? ALL_PORTS : one)).reduce(unite, NO_PORTS);
        this.add(`consumers of ${service.id}`, group.name, ports, open ? 'extra' : acceptance instanceof Unknown ? 'unknown' : 'expected',
          open ? `${service.id} admits consumers without acceptance` : acceptance instanceof Unknown ? `whether each consumer of ${service.id} is accepted by hand is not known: ${acceptance.reason}` : `${service.id}: each consumer is accepted by hand`);
      }
    }
  }
}

const isYes = (value: Value | undefined): boolean => value === true || value === 'true' || value instanceof Unknown;

function asksForPublicAddress(value: Value): boolean {
  if (isList(value)) return value.some(asksForPublicAddress);
  if (!isObject(value)) return false;
  return Object.entries(value).some(([key, inner]) => ((key === 'AssociatePublicIpAddress' || key === 'PubliclyAccessible') && isYes(inner)) || (key === 'AssignPublicIp' && inner === 'ENABLED') || asksForPublicAddress(inner));
}

/** Whether an endpoint policy binds anything: who, what, which account. */
function policyScope(document: Value | undefined): 'open' | 'bound' | 'unknown' {
  if (document === undefined || document === null) return 'open';
  if (document instanceof Unknown) return 'unknown';
  let parsed: Value = document;
  if (typeof parsed === 'string') {
    try {
      parsed = JSON.parse(parsed) as Value;
    } catch {
      return 'unknown';
    }
  }
  const written = at(parsed, 'Statement');
  const statements = isList(written) ? written : written === undefined ? [] : [written];
  let result: 'bound' | 'unknown' = 'bound';
  for (const statement of statements) {
    if (!isObject(statement)) {
      result = 'unknown';
      continue;
    }
    if (statement['Effect'] !== 'Allow') continue;
    const listed = (name: string): readonly string[] => [...strings(statement[name])];
    const everybody = listed('Principal').includes('*') || statement['NotPrincipal'] !== undefined;
    const everything = listed('Action').some((action) => action === '*' || /^[a-z0-9-]+:\*$/i.test(action)) || statement['NotAction'] !== undefined;
    const everywhere = listed('Resource').includes('*') || statement['NotResource'] !== undefined;
    const condition = statement['Condition'];
    if (everybody && everything && everywhere && (condition === undefined || condition === null || (isObject(condition) && Object.keys(condition).length === 0))) return 'open';
  }
  return result;
}
