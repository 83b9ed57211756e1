import { type Cidr, cidrSize } from '../../../workload/ipv4.js';
import { at, type Deployment, isList, type Resource, Unknown, type Value } from '../../model.js';
import { processesPhi } from '../../phi.js';
import type { FlowProof } from '../types.js';
import { sameProject } from './iam.js';
import { flag, projectOf, refersTo, text, TYPE } from './names.js';
import { type Answer, type Far, FRONT_ENDS, holds, type Host, IAP_RANGE, isPublic, MACHINES, type Network, networkOf, passes, PEERED, PRIVATE_VIP, RESTRICTED_VIP, rangeOf } from './network.js';

/** Packets decided after which the rest of the matrix is unknown. */
const BUDGET = 400_000;

/** Segment by segment, and against the internet, other networks and Google's services. */
export function proveFlows(deployment: Deployment): readonly FlowProof[] {
  const network = networkOf(deployment);
  const matrix = new Matrix(deployment, network);
  if (network.subnets.length > 0 || network.hosts.length > 0) {
    matrix.segments();
    matrix.outside();
  }
  for (const reason of network.unknowns) matrix.put({ cloud: 'gcp', from: 'unknown', to: 'unknown', ports: 'any', status: 'unknown', via: reason });
  matrix.services();
  return matrix.flows;
}

/** A way between a machine and somewhere outside, rules aside. */
interface Path {
  readonly via: string;
  readonly unsure: boolean;
}

interface Edge {
  readonly ports: string;
  readonly covers: (port: number) => boolean;
  readonly single: boolean;
  readonly answer: 'yes' | 'unknown';
  readonly via: string;
}

class Matrix {
  private readonly found = new Map<string, FlowProof>();
  private spent = 0;
  /** Boundaries at which some rule's answer may change. */
  private readonly starts: readonly number[];
  private readonly ports: readonly (readonly [number, number])[];
  private readonly protocols: readonly string[];

  constructor(private readonly deployment: Deployment, private readonly network: Network) {
    const starts = new Set<number>([0]);
    const ports = new Set<number>([0]);
    const protocols = new Set<string>(['tcp', 'udp', 'icmp', 'other']);
    const cut = (range: Cidr): void => void starts.add(range.first).add(range.first + cidrSize(range));
    for (const subnet of network.subnets) if (subnet.range) cut(subnet.range);
    for (const host of network.hosts) host.ranges.forEach(cut);
    for (const range of [...PEERED, ...FRONT_ENDS, RESTRICTED_VIP, PRIVATE_VIP, IAP_RANGE]) cut(range);
    for (const tier of new Set([undefined, ...network.subnets.map((subnet) => subnet.network)])) {
      for (const rule of network.tiers(tier).flat()) {
        for (const range of [...rule.ranges, ...rule.ownRanges].flatMap((one) => rangeOf(one) ?? [])) cut(range);
        for (const { protocol, ports: ranges } of rule.layer4) {
          if (protocol !== 'all') protocols.add(protocol);
          for (const [from, to] of ranges) ports.add(from).add(to + 1);
        }
      }
    }
    for (const endpoint of privateEndpoints(deployment)) cut(endpoint.range);
    for (const { port } of Object.values(deployment.workload?.flows ?? {})) ports.add(port).add(port + 1);
    ports.add(443).add(444);
    this.starts = [...starts].filter((start) => start < 2 ** 32).sort((a, b) => a - b);
    const sorted = [...ports].filter((port) => port <= 65_535).sort((a, b) => a - b);
    this.ports = sorted.map((from, index) => [from, (sorted[index + 1] ?? 65_536) - 1]);
    this.protocols = [...protocols];
  }

  get flows(): readonly FlowProof[] {
    return [...this.found.values()];
  }

  put(flow: FlowProof): void {
    const key = `${flow.from}|${flow.to}|${flow.ports}|${flow.status}`;
    if (!this.found.has(key)) this.found.set(key, flow);
  }

  /** One address for every class of addresses in the ranges that rules tell apart. */
  private addresses(ranges: readonly Cidr[]): readonly number[] {
    return [...new Set(ranges.flatMap((range) => [range.first, ...this.starts.filter((start) => holds(range, start))]))];
  }

  private own(host: Host): readonly (number | 'ipv6')[] {
    return [...this.addresses(host.ranges), ...(host.ipv6 ? ['ipv6' as const] : [])];
  }

  /** What some address pair lets through, port class by port class; adjacent classes with one answer are one edge. */
  private edges(pairs: readonly (readonly [own: number | 'ipv6', far: Far])[], ask: (own: number | 'ipv6', far: Far, protocol: string, port: number) => { answer: Answer; by: string }): readonly Edge[] {
    const edges: { protocol: string; from: number; to: number; answer: 'yes' | 'unknown'; via: string }[] = [];
    for (const protocol of this.protocols) {
      for (const [from, to] of protocol === 'tcp' || protocol === 'udp' ? this.ports : [[0, 65_535] as const]) {
        let best: { answer: Answer; by: string } = { answer: 'no', by: '' };
        for (const [own, far] of pairs) {
          this.spent += 1;
          if (this.spent > BUDGET) break;
          const found = ask(own, far, protocol, from);
          if (found.answer === 'yes' || (found.answer === 'unknown' && best.answer === 'no')) best = found;
          if (best.answer === 'yes') break;
        }
        if (best.answer === 'no') continue;
        const last = edges.at(-1);
        if (last && last.protocol === protocol && last.answer === best.answer && last.via === best.by && last.to + 1 === from) last.to = to;
        else edges.push({ protocol, from, to, answer: best.answer, via: best.by });
      }
    }
    if (this.spent > BUDGET) this.put({ cloud: 'gcp', from: 'unknown', to: 'unknown', ports: 'any', status: 'unknown', via: 'the network is too large to decide' });
    return edges.map(({ protocol, from, to, answer, via }) => ({
      answer, via, single: from === to, covers: (port) => protocol === 'tcp' && port >= from && port <= to,
      ports: protocol === 'tcp' || protocol === 'udp' ? `${protocol}/${from === to ? from : `${from}-${to}`}` : protocol === 'other' ? 'any other protocol' : protocol,
    }));
  }

  segments(): void {
    const { workload } = this.deployment;
    const flows = Object.values(workload?.flows ?? {});
    const hosts = unlike(this.network.hosts);
    /** Places with machines of their own: what only an imagined one reaches does not work. */
    const real = new Set(this.network.hosts.filter(({ resource }) => resource).map(({ subnet }) => subnet.place));
    const works = new Set<string>();
    const vague = new Set<string>();
    for (const from of hosts) {
      for (const to of hosts) {
        const link = this.link(from, to);
        if (!link) continue;
        const [source, target] = [from.subnet.place, to.subnet.place];
        const wanted = flows.filter((flow) => flow.from === source && flow.to === target).map(({ port }) => port);
        const pairs = this.own(from).flatMap((own) => this.own(to).filter((far) => (own === 'ipv6') === (far === 'ipv6')).map((far) => [own, { address: far, host: to }] as const));
        const counts = (from.resource !== undefined || !real.has(source)) && (to.resource !== undefined || !real.has(target));
        for (const edge of this.edges(pairs, (own, far, protocol, port) => this.both(from, to, own, far.address, protocol, port))) {
          const via = `${link.via}${edge.via}`;
          const base = { cloud: 'gcp', from: source, to: target, via } as const;
          const sure = edge.answer === 'yes' && !link.unsure;
          const inside = wanted.filter((port) => edge.covers(port));
          for (const port of inside) {
            if (counts) (sure ? works : vague).add(`${source}|${target}|${port}`);
            if (sure && counts) this.put({ ...base, ports: `tcp/${port}`, status: 'expected' });
          }
          // Without a workload file nobody said what is allowed inside the network.
          if (!workload || (inside.length > 0 && edge.single)) continue;
          this.put({ ...base, ports: edge.ports, status: sure ? 'extra' : 'unknown' });
        }
      }
    }
    for (const { from, to, port } of flows) {
      if (works.has(`${from}|${to}|${port}`)) continue;
      this.put({ cloud: 'gcp', from, to, ports: `tcp/${port}`, status: vague.has(`${from}|${to}|${port}`) ? 'unknown' : 'missing', via: 'no firewall rules of both sides let it pass' });
    }
  }

  /** Both sides' rules for one packet. */
  private both(from: Host, to: Host, own: number | 'ipv6', far: number | 'ipv6', protocol: string, port: number): { answer: Answer; by: string } {
    const out = passes(this.network, from, own, false, { address: far, host: to }, protocol, port);
    if (out.answer === 'no') return out;
    const into = passes(this.network, to, far, true, { address: own, host: from }, protocol, port);
    if (into.answer === 'no') return into;
    return { answer: out.answer === 'yes' && into.answer === 'yes' ? 'yes' : 'unknown', by: out.by === into.by ? out.by : `${out.by}; ${into.by}` };
  }

  /** How two machines' networks meet; undefined when they do not. */
  private link(from: Host, to: Host): Path | undefined {
    const [a, b] = [from.subnet.network, to.subnet.network];
    if (a === b) return a ? { via: '', unsure: false } : from.subnet === to.subnet ? { via: '', unsure: false } : { via: 'networks not told; ', unsure: true };
    if (!a || !b) return { via: 'networks not told; ', unsure: true };
    const peering = this.deployment.ofType(PEERING).find(({ properties }) =>
      (refersTo(this.deployment, properties['network'], a) && refersTo(this.deployment, properties['peerNetwork'], b)) || (refersTo(this.deployment, properties['network'], b) && refersTo(this.deployment, properties['peerNetwork'], a)));
    return peering ? { via: `${peering.name}; `, unsure: false } : undefined;
  }

  outside(): void {
    const publicAddresses = this.starts.filter(isPublic);
    const peered = this.starts.filter((start) => PEERED.some((range) => holds(range, start)) && !this.network.subnets.some(({ range }) => range && holds(range, start)));
    for (const host of unlike(this.network.hosts)) {
      const place = host.subnet.place;
      const meet = (other: string, far: readonly (number | 'ipv6')[], ingress: boolean, paths: readonly Path[], wanted: readonly number[] = []): boolean => {
        if (paths.length === 0) return false;
        const pairs = this.own(host).flatMap((own) => far.filter((address) => (own === 'ipv6') === (address === 'ipv6')).map((address) => [own, { address, host: undefined }] as const));
        let reached = false;
        for (const edge of this.edges(pairs, (own, one, protocol, port) => passes(this.network, host, own, ingress, one, protocol, port))) {
          const path = paths.find(({ unsure }) => !unsure) ?? (paths[0] as Path);
          const sure = edge.answer === 'yes' && !path.unsure;
          const base = { cloud: 'gcp', from: ingress ? other : place, to: ingress ? place : other, via: `${path.via}; ${edge.via}` } as const;
          const inside = wanted.filter((port) => edge.covers(port));
          for (const port of inside) if (sure) { reached = true; this.put({ ...base, ports: `tcp/${port}`, status: 'expected' }); }
          if (inside.length === 0 || !edge.single) this.put({ ...base, ports: edge.ports, status: sure ? 'extra' : 'unknown' });
        }
        return reached;
      };
      const routes = routesOf(this.deployment, host);
      const egress = internetPaths(this.deployment, host, routes);
      meet('internet', [...publicAddresses.filter((address) => routes.some(({ range }) => holds(range, address))), ...(host.ipv6 ? ['ipv6' as const] : [])], false, egress);
      meet('internet', [...publicAddresses, ...(host.ipv6 ? ['ipv6' as const] : [])], true, this.inbound(host));
      meet('internet', this.addresses(FRONT_ENDS), true, this.balanced(host));
      meet('internet', this.addresses([IAP_RANGE]), true, host.resource || this.network.hosts.every((other) => other.subnet !== host.subnet || !other.resource) ? [{ via: 'Identity-Aware Proxy forwards TCP from anywhere', unsure: false }] : []);
      const others = otherNetworks(this.deployment, host);
      meet('peering', peered, false, others);
      meet('peering', peered, true, others);
      this.google(host, routes, meet);
    }
  }

  /** Google's APIs: by the restricted addresses or an endpoint that honours the perimeter, and by those that do not. */
  private google(host: Host, routes: readonly Route[], meet: (other: string, far: readonly number[], ingress: boolean, paths: readonly Path[], wanted?: readonly number[]) => boolean): void {
    const { deployment } = this;
    const access = flag(host.subnet.resource, 'privateIpGoogleAccess', false);
    const wanted = host.subnet.declared || !deployment.workload ? [443] : [];
    const ways: boolean[] = [];
    const vips: readonly (readonly [string, Cidr, readonly number[]])[] = [['endpoint:restricted.googleapis.com', RESTRICTED_VIP, wanted], ['endpoint:private.googleapis.com', PRIVATE_VIP, []]];
    for (const [name, vip, allowed] of vips) {
      const route = routes.find(({ range, internet }) => internet && holds(range, vip.first));
      const external = host.external === true;
      if (route && (access !== false || external)) ways.push(meet(name, this.addresses([vip]), false, [{ via: route.name, unsure: access === undefined || route.unsure }], allowed));
    }
    for (const endpoint of privateEndpoints(deployment)) {
      if (endpoint.network && host.subnet.network && !refersTo(deployment, endpoint.network, host.subnet.network)) continue;
      ways.push(meet(`endpoint:${endpoint.target}`, [endpoint.range.first], false, [{ via: endpoint.name, unsure: false }], endpoint.target === 'vpc-sc' || endpoint.target !== 'all-apis' ? wanted : []));
    }
    const purpose = deployment.workload?.segments[host.subnet.place]?.purpose;
    if (purpose === 'tee' && host.resource && !ways.includes(true)) {
      this.put({ cloud: 'gcp', from: host.subnet.place, to: 'endpoint:restricted.googleapis.com', ports: 'tcp/443', status: 'missing', via: `${host.name} reaches no Google API privately: it can neither attest nor use the key` });
    }
  }

  /** Ways from the internet straight to a machine. */
  private inbound(host: Host): readonly Path[] {
    const paths: Path[] = [];
    if (host.external !== false) paths.push({ via: `${host.name} has an external address`, unsure: host.external instanceof Unknown });
    for (const { rule, target, unsure } of externalForwarding(this.deployment, host)) if (!target) paths.push({ via: `${rule.name} forwards to ${host.name}`, unsure });
    return paths;
  }

  /** Ways from the internet through Google's proxies. */
  private balanced(host: Host): readonly Path[] {
    return externalForwarding(this.deployment, host).filter(({ target }) => target).map(({ rule, unsure }) => ({ via: `${rule.name} proxies to ${host.name}`, unsure }));
  }

  /** Google services that hold PHI, its keys or the exchange of tokens, and answer outside a perimeter. */
  services(): void {
    const { deployment } = this;
    if (!processesPhi(deployment)) return;
    for (const { service, project } of guardedServices(deployment)) {
      const { closed, reason } = perimeterAround(deployment, service, project);
      if (closed === true) continue;
      this.put({ cloud: 'gcp', from: 'internet', to: `endpoint:${service}`, ports: 'tcp/443', status: closed === undefined ? 'unknown' : 'extra', via: reason });
    }
    for (const leak of perimeterLeaks(deployment)) this.put({ cloud: 'gcp', from: leak.outward ? `endpoint:${leak.service}` : 'internet', to: leak.outward ? 'internet' : `endpoint:${leak.service}`, ports: 'tcp/443', status: leak.unsure ? 'unknown' : 'extra', via: leak.via });
  }
}

/** Hosts that no rule can tell apart stand for each other. */
function unlike(hosts: readonly Host[]): readonly Host[] {
  const seen = new Map<string, Host>();
  for (const host of hosts) {
    const key = JSON.stringify([host.subnet.resource.id, host.resource !== undefined, host.ranges, host.tags ? [...host.tags].sort() : null, host.account ?? null, host.external instanceof Unknown ? 'unknown' : host.external, host.ipv6, host.external === false ? null : host.name]);
    if (!seen.has(key)) seen.set(key, host);
  }
  return [...seen.values()];
}

const PEERING = 'gcp:compute/networkPeering:NetworkPeering';
/** Resources that join a network to another one, by the property that names it. */
export const JOINS: readonly (readonly [type: RegExp, property: string])[] = [
  [/^gcp:compute\/networkPeering:/, 'network'], [/^gcp:servicenetworking\/connection:/, 'network'], [/^gcp:compute\/(vPNGateway|haVpnGateway):/, 'network'], [/^gcp:compute\/vPNTunnel:/, ''],
  [/^gcp:compute\/interconnectAttachment:/, ''], [/^gcp:networkconnectivity\/spoke:/, ''], [/^gcp:vpcaccess\/connector:/, 'network'], [/^gcp:compute\/networkAttachment:/, ''], [/^gcp:compute\/serviceAttachment:/, ''], [/^gcp:compute\/sharedVPC(Host|Service)Project:/, ''],
];

function otherNetworks(deployment: Deployment, host: Host): readonly Path[] {
  return deployment.resources.flatMap((resource): Path[] => {
    const join = JOINS.find(([type]) => type.test(resource.type));
    if (!join) return [];
    const value = join[1] === '' ? undefined : resource.properties[join[1]];
    const own = host.subnet.network;
    if (join[1] !== '' && own && !refersTo(deployment, value, own) && !(value instanceof Unknown)) return [];
    // Both ends in the artifact: segment by segment, above.
    if (resource.type === PEERING && deployment.ofType(TYPE.network).some((network) => refersTo(deployment, resource.properties['peerNetwork'], network))) return [];
    return [{ via: resource.name, unsure: value instanceof Unknown }];
  });
}

interface Route {
  readonly name: string;
  readonly range: Cidr;
  /** Ends at the default internet gateway; otherwise at a machine, tunnel or balancer. */
  readonly internet: boolean;
  readonly unsure: boolean;
}

const EVERYWHERE: Cidr = { first: 0, prefix: 0 };

/** Routes that lead out of a host's network. */
function routesOf(deployment: Deployment, host: Host): readonly Route[] {
  const own = host.subnet.network;
  const routes: Route[] = [];
  if (!own) routes.push({ name: 'a route of a network that is not in the artifact', range: EVERYWHERE, internet: true, unsure: true });
  else if (flag(own, 'deleteDefaultRoutesOnCreate', false) !== true) routes.push({ name: `the default route of ${own.name}`, range: EVERYWHERE, internet: true, unsure: flag(own, 'deleteDefaultRoutesOnCreate', false) === undefined });
  for (const route of deployment.ofType('gcp:compute/route:Route')) {
    const network = route.properties['network'];
    const told = network instanceof Unknown ? undefined : !own || refersTo(deployment, network, own);
    if (told === false) continue;
    const destination = text(route.properties['destRange']);
    const range = destination === undefined ? undefined : rangeOf(destination);
    const gateway = route.properties['nextHopGateway'];
    const internet = typeof gateway === 'string' && gateway.endsWith('default-internet-gateway');
    const tags = route.properties['tags'];
    if (isList(tags) && tags.length > 0 && host.tags && !tags.some((tag) => host.tags?.has(`tag:${text(tag) ?? ''}`))) continue;
    routes.push({ name: route.name, range: range ?? EVERYWHERE, internet, unsure: told === undefined || range === undefined || gateway instanceof Unknown });
  }
  return routes;
}

/** How a host could reach the internet, rules aside. */
function internetPaths(deployment: Deployment, host: Host, routes: readonly Route[]): readonly Path[] {
  const paths: Path[] = [];
  for (const route of routes) {
    if (route.range.prefix >= 30 && (holds(RESTRICTED_VIP, route.range.first) || holds(PRIVATE_VIP, route.range.first))) continue;
    if (!route.internet) {
      paths.push({ via: `${route.name} leads to a machine, tunnel or balancer`, unsure: true });
      continue;
    }
    if (host.external !== false) paths.push({ via: `${route.name} and the external address of ${host.name}`, unsure: route.unsure || host.external instanceof Unknown });
    const nat = natOf(deployment, host);
    if (nat) paths.push({ via: `${route.name} and ${nat.via}`, unsure: nat.unsure || route.unsure });
    // Private Google Access reaches every public address of Google's services, anybody's buckets included.
    if (flag(host.subnet.resource, 'privateIpGoogleAccess', false) !== false) paths.push({ via: `${route.name} and private Google access of ${host.subnet.resource.name}`, unsure: route.unsure });
  }
  return paths;
}

function natOf(deployment: Deployment, host: Host): Path | undefined {
  for (const nat of deployment.ofType('gcp:compute/routerNat:RouterNat')) {
    const router = deployment.ofType('gcp:compute/router:Router').find((candidate) => refersTo(deployment, nat.properties['router'], candidate));
    const own = host.subnet.network;
    if (router && own && !refersTo(deployment, router.properties['network'], own)) continue;
    const region = text(nat.properties['region']);
    const here = text(host.subnet.resource.properties['region']);
    if (region !== undefined && here !== undefined && region !== here) continue;
    const which = nat.properties['sourceSubnetworkIpRangesToNat'];
    const listed = nat.properties['subnetworks'];
    const named = isList(listed) && listed.some((one) => refersTo(deployment, at(one, 'name'), host.subnet.resource));
    if (which === 'LIST_OF_SUBNETWORKS' && isList(listed) && !named && !listed.some((one) => at(one, 'name') instanceof Unknown)) continue;
    return { via: nat.name, unsure: !router || which instanceof Unknown };
  }
  return undefined;
}

const FORWARDING = ['gcp:compute/forwardingRule:ForwardingRule', 'gcp:compute/globalForwardingRule:GlobalForwardingRule'] as const;

/** Whether a forwarding rule answers the internet; the provider's default is EXTERNAL. */
export function isExternal(rule: Resource): boolean | undefined {
  const scheme = rule.properties['loadBalancingScheme'];
  if (scheme instanceof Unknown) return undefined;
  // A Private Service Connect endpoint has the empty scheme.
  return scheme === undefined || scheme === null ? rule.properties['target'] !== 'vpc-sc' && rule.properties['target'] !== 'all-apis' : (text(scheme) ?? '').startsWith('EXTERNAL');
}

/** External forwarding rules that lead to a host: straight (`target` false) or through a proxy (`target` true). */
function externalForwarding(deployment: Deployment, host: Host): readonly { readonly rule: Resource; readonly target: boolean; readonly unsure: boolean }[] {
  if (!host.resource) return [];
  const own = host.resource;
  return FORWARDING.flatMap((type) => deployment.ofType(type)).flatMap((rule) => {
    const external = isExternal(rule);
    if (external === false) return [];
    const reached = reachedFrom(deployment, rule);
    const machines = [...reached].filter(({ type }) => (MACHINES as readonly string[]).includes(type));
    if (machines.length > 0 && !machines.includes(own)) return [];
    const proxied = [...reached].some(({ type }) => /^gcp:compute\/(region)?[tT]arget.*Proxy:/.test(type)) || rule.properties['loadBalancingScheme'] === 'EXTERNAL_MANAGED';
    return [{ rule, target: proxied, unsure: external === undefined || machines.length === 0 }];
  });
}

/** Everything of Compute that a resource leads to. */
export function reachedFrom(deployment: Deployment, start: Resource): ReadonlySet<Resource> {
  const seen = new Set<Resource>([start]);
  const queue = [start];
  for (let next = queue.pop(); next; next = queue.pop()) {
    for (const target of deployment.targets(next.properties)) {
      if (seen.has(target) || !target.type.startsWith('gcp:compute/') || target.type === TYPE.network || target.type === TYPE.subnetwork) continue;
      seen.add(target);
      queue.push(target);
    }
  }
  return seen;
}

interface Endpoint {
  readonly name: string;
  readonly target: string;
  readonly range: Cidr;
  readonly network: Value | undefined;
}

/** Private Service Connect endpoints of Google's APIs and of published services. */
function privateEndpoints(deployment: Deployment): readonly Endpoint[] {
  return FORWARDING.flatMap((type) => deployment.ofType(type)).flatMap((rule): Endpoint[] => {
    const target = text(rule.properties['target']);
    if (target === undefined || !(target === 'vpc-sc' || target === 'all-apis' || target.includes('/serviceAttachments/'))) return [];
    const address = deployment.target(rule.properties['ipAddress']);
    const range = rangeOf(text(address ? address.properties['address'] : rule.properties['ipAddress']) ?? '');
    return range ? [{ name: rule.name, target, range, network: rule.properties['network'] }] : [];
  });
}

// The perimeter.

const PERIMETER = /^gcp:accesscontextmanager\/servicePerimeter:/;

/** The services whose data or tokens matter, with the project that holds them. */
export function guardedServices(deployment: Deployment): readonly { readonly service: string; readonly project: string | undefined }[] {
  const found = new Map<string, { service: string; project: string | undefined }>();
  const add = (service: string, resource: Resource): void => {
    const project = projectOf(deployment, resource);
    const known = typeof project === 'string' ? project : undefined;
    found.set(`${service} ${known ?? ''}`, { service, project: known });
  };
  for (const bucket of deployment.ofType(TYPE.bucket)) add('storage.googleapis.com', bucket);
  for (const key of deployment.ofType(TYPE.key)) add('cloudkms.googleapis.com', key);
  for (const pool of deployment.ofType(TYPE.pool)) add('sts.googleapis.com', pool);
  for (const bucket of deployment.ofType(TYPE.logBucket)) add('logging.googleapis.com', bucket);
  return [...found.values()];
}

/** Whether an enforced perimeter holds a service of a project; undefined when it is not told. */
export function perimeterAround(deployment: Deployment, service: string, project: string | undefined): { readonly closed: boolean | undefined; readonly reason: string } {
  const perimeters = deployment.resources.filter(({ type }) => PERIMETER.test(type));
  let best: { closed: boolean | undefined; reason: string } = { closed: false, reason: 'no service perimeter' };
  for (const perimeter of perimeters) {
    const status = perimeter.properties['status'];
    if (status instanceof Unknown) { best = { closed: undefined, reason: `${perimeter.name} is not told` }; continue; }
    if (text(perimeter.properties['perimeterType']) === 'PERIMETER_TYPE_BRIDGE') continue;
    const resources = at(status, 'resources');
    const services = at(status, 'restrictedServices');
    const standing = deployment.resources.filter(({ type, properties }) => type.startsWith('gcp:accesscontextmanager/servicePerimeterResource:') && refersTo(deployment, properties['perimeterName'], perimeter)).map(({ properties }) => properties['resource']);
    const members = [...(isList(resources) ? resources : []), ...standing];
    const inside = project === undefined ? (members.length > 0 ? 'maybe' : 'no') : members.reduce<'yes' | 'maybe' | 'no'>((so, member) => {
      const answer = member instanceof Unknown || member === undefined ? 'maybe' : sameProject(deployment, member, project);
      return so === 'yes' || answer === 'yes' ? 'yes' : so === 'maybe' || answer === 'maybe' ? 'maybe' : 'no';
    }, resources instanceof Unknown ? 'maybe' : 'no');
    if (inside === 'no') { if (best.closed === false) best = { closed: false, reason: `${perimeter.name} does not enforce anything for project ${project ?? ''}` }; continue; }
    if (services instanceof Unknown) { best = { closed: undefined, reason: `the services of ${perimeter.name} are not told` }; continue; }
    if (!isList(services) || !services.some((one) => text(one) === service)) { if (best.closed === false) best = { closed: false, reason: `${perimeter.name} does not restrict ${service}` }; continue; }
    if (inside === 'yes') return { closed: true, reason: '' };
    best = { closed: undefined, reason: `whether ${perimeter.name} holds the project of ${service} is not told` };
  }
  return best;
}

/** Ingress and egress rules of perimeters that admit anybody, or let data go anywhere. */
export function perimeterLeaks(deployment: Deployment): readonly { readonly service: string; readonly outward: boolean; readonly via: string; readonly unsure: boolean; readonly resource: Resource; readonly path: string }[] {
  return deployment.resources.filter(({ type }) => PERIMETER.test(type)).flatMap((perimeter) => (['ingress', 'egress'] as const).flatMap((direction) => {
    const path = `status.${direction}Policies`;
    const policies = at(perimeter.properties, path);
    const standing = deployment.resources.filter(({ type }) => type.startsWith(`gcp:accesscontextmanager/servicePerimeter${direction === 'ingress' ? 'Ingress' : 'Egress'}Policy:`)).filter(({ properties }) => refersTo(deployment, properties['perimeter'], perimeter) || properties['perimeter'] instanceof Unknown).map(({ properties }) => properties as Value);
    return [...(isList(policies) ? policies : policies === undefined || policies === null ? [] : [policies]), ...standing].flatMap((policy) => {
      const from = at(policy, `${direction}From`);
      const to = at(policy, `${direction}To`);
      const type = at(from, 'identityType');
      const identities = at(from, 'identities');
      const everybody = (typeof type === 'string' && type.startsWith('ANY_')) || (isList(identities) && identities.some((one) => one === '*' || one === 'allUsers' || one === 'allAuthenticatedUsers'));
      const vague = policy instanceof Unknown || type instanceof Unknown || identities instanceof Unknown || from instanceof Unknown || to instanceof Unknown;
      if (!everybody && !vague) return [];
      const sources = at(from, 'sources');
      const levels = isList(sources) ? sources.map((source) => at(source, 'accessLevel') ?? at(source, 'resource')) : [];
      const anywhere = direction === 'egress' || levels.length === 0 || levels.some((level) => level === '*');
      const operations = at(to, 'operations');
      const services = isList(operations) ? operations.map((operation) => text(at(operation, 'serviceName')) ?? '*') : ['*'];
      return services.map((service) => ({ service, outward: direction === 'egress', resource: perimeter, path, unsure: vague || !anywhere, via: `${perimeter.name} has an ${direction} rule for ${vague ? 'callers that are not told' : 'every identity'}` }));
    });
  }));
}
