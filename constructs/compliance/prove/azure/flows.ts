import { at, type Deployment, isList, type Resource, Unknown } from '../../model.js';
import type { FlowProof } from '../types.js';
import { listAt } from './arm.js';
import { type Host, inlineInterfaces, type Network, networkOf, passes, type Peer, portClasses, type Subnet } from './network.js';

/** Segment by segment, and against internet, peered networks and private endpoints. */
export function proveFlows(deployment: Deployment): readonly FlowProof[] {
  const network = networkOf(deployment);
  // No subnet at all: nothing to prove, unless the artifact has a network that it does not tell.
  if (network.subnets.length === 0) return [...serviceFlows(deployment), ...network.unknowns.map(unknownFlow)];
  return [...segmentFlows(deployment, network), ...outsideFlows(deployment, network), ...serviceFlows(deployment), ...network.unknowns.map(unknownFlow)];
}

const unknownFlow = (reason: string): FlowProof => ({ cloud: 'azure', from: 'unknown', to: 'unknown', ports: 'any', status: 'unknown', via: reason });

interface Edge {
  readonly protocol: 'tcp' | 'udp' | 'icmp';
  readonly range: readonly [number, number];
  readonly answer: 'yes' | 'unknown';
  readonly via: string;
}

/** What passes from one host to another: adjacent ports with one answer are one edge. */
function edges(from: Host, to: Host, ports: readonly number[]): readonly Edge[] {
  return passable([...from.filters, ...to.filters], ports, (protocol, port) => {
    const out = passes(from.filters, false, from, to, protocol, port);
    if (out.answer === 'no') return out;
    const into = passes(to.filters, true, to, from, protocol, port);
    if (into.answer === 'no') return into;
    return { answer: out.answer === 'unknown' || into.answer === 'unknown' ? 'unknown' : 'yes', by: `${out.by}; ${into.by}` };
  });
}

function passable(filters: Parameters<typeof portClasses>[0], ports: readonly number[], ask: (protocol: Edge['protocol'], port: number) => { answer: 'yes' | 'no' | 'unknown'; by: string }): readonly Edge[] {
  const found: Edge[] = [];
  const classes = portClasses(filters, ports);
  for (const protocol of ['tcp', 'udp', 'icmp'] as const) {
    for (const [start, end] of protocol === 'icmp' ? [[0, 65_535] as const] : classes) {
      const { answer, by } = ask(protocol, start);
      if (answer === 'no') continue;
      const last = found.at(-1);
      if (last && last.protocol === protocol && last.answer === answer && last.via === by && last.range[1] + 1 === start) found[found.length - 1] = { ...last, range: [last.range[0], end] };
      else found.push({ protocol, range: [start, end], answer, via: by });
    }
  }
  return found;
}

const shown = ({ protocol, range: [from, to] }: Edge): string => (protocol === 'icmp' ? 'icmp' : `${protocol}/${from === to ? from : `${from}-${to}`}`);

/** The name under which a host appears in the matrix. */
function labelOf(host: Host): string {
  return host.endpoint !== undefined && host.subnet.place === 'endpoints' ? `endpoint:${host.endpoint}` : host.subnet.place;
}

function segmentFlows(deployment: Deployment, network: Network): readonly FlowProof[] {
  const { workload } = deployment;
  const flows = Object.values(workload?.flows ?? {});
  const tees = new Set(Object.entries(workload?.segments ?? {}).filter(([, { purpose }]) => purpose === 'tee').map(([name]) => name));
  const result = new Map<string, FlowProof>();
  const put = (flow: FlowProof): void => { const key = `${flow.from}|${flow.to}|${flow.ports}|${flow.status}`; if (!result.has(key)) result.set(key, flow); };
  for (const from of network.classes) {
    // A private endpoint answers; it opens nothing.
    if (from.endpoint !== undefined) continue;
    for (const to of network.classes) {
      if (from === to && from.resource) continue;
      const [source, target] = [labelOf(from), labelOf(to)];
      const wanted = target.startsWith('endpoint:') ? (tees.has(source) ? [443] : []) : flows.filter((flow) => flow.from === source && flow.to === target).map(({ port }) => port);
      for (const edge of edges(from, to, wanted)) {
        const base = { cloud: 'azure', from: source, to: target, ports: shown(edge), via: edge.via } as const;
        if (edge.answer === 'unknown') { put({ ...base, status: 'unknown' }); continue; }
        const inside = edge.protocol === 'tcp' ? wanted.filter((port) => port >= edge.range[0] && port <= edge.range[1]) : [];
        for (const port of inside) put({ ...base, ports: `tcp/${port}`, status: 'expected' });
        // Without a workload file nobody said what is allowed inside the network.
        if (workload && (inside.length === 0 || edge.range[0] !== edge.range[1])) put({ ...base, status: 'extra' });
      }
    }
  }
  const works = [...result.values()];
  for (const flow of flows) {
    if (!works.some(({ from, to, ports, status }) => from === flow.from && to === flow.to && ports === `tcp/${flow.port}` && status === 'expected')) {
      const vague = works.some(({ from, to, status }) => from === flow.from && to === flow.to && status === 'unknown');
      put({ cloud: 'azure', from: flow.from, to: flow.to, ports: `tcp/${flow.port}`, status: vague ? 'unknown' : 'missing', via: 'no security rules of both sides let it pass' });
    }
  }
  return [...result.values()];
}

/** What one side's security rules alone would let pass although no flow of the workload file allows it. */
export interface WallGap {
  readonly wall: Resource;
  readonly from: string;
  readonly to: string;
  readonly ports: string;
  readonly via: string;
}

/**
 * Judges the rules of each side as if the other side let everything pass: on Azure the security group of the sender and
 * that of the receiver are two independent walls.
 */
export function wallGaps(deployment: Deployment): readonly WallGap[] {
  const network = networkOf(deployment);
  const flows = Object.values(deployment.workload?.flows ?? {});
  const tees = new Set(Object.entries(deployment.workload?.segments ?? {}).filter(([, { purpose }]) => purpose === 'tee').map(([name]) => name));
  const found = new Map<string, WallGap>();
  for (const from of network.classes) {
    if (from.endpoint !== undefined) continue;
    for (const to of network.classes) {
      if (from === to && from.resource) continue;
      const [source, target] = [labelOf(from), labelOf(to)];
      const ports = flows.filter((flow) => flow.from === source && flow.to === target).map(({ port }) => port);
      const toService = tees.has(source) && to.subnet.place === 'endpoints';
      for (const inbound of [true, false]) {
        const [self, other] = inbound ? [to, from] : [from, to];
        for (const edge of passable(self.filters, [...ports, 443], (protocol, port) => passes(self.filters, inbound, self, other, protocol, port))) {
          const single = edge.protocol === 'tcp' && edge.range[0] === edge.range[1];
          if (edge.answer === 'unknown' || (single && (ports.includes(edge.range[0]) || (toService && edge.range[0] === 443)))) continue;
          const gap = { wall: self.subnet.resource, from: source, to: target, ports: shown(edge), via: `${inbound ? 'inbound' : 'outbound'} rules of subnet ${self.subnet.name}: ${edge.via}` };
          const key = `${gap.via}|${source}|${target}|${gap.ports}`;
          if (!found.has(key)) found.set(key, gap);
        }
      }
    }
  }
  return [...found.values()];
}

/** Ways between the network and the internet or another network, and whether the rules let anything use them. */
function outsideFlows(deployment: Deployment, network: Network): readonly FlowProof[] {
  const found: FlowProof[] = [];
  const peered = peerings(deployment);
  for (const subnet of network.subnets) {
    const hosts = network.hosts.filter((host) => host.subnet === subnet);
    const place = subnet.place;
    const outPaths = outboundPaths(deployment, network, subnet, hosts);
    const inPaths = publicAddresses(deployment, network, hosts);
    const meet = (other: 'internet' | 'peering', paths: readonly Path[], inbound: boolean): void => {
      if (paths.length === 0) return;
      for (const host of hosts) {
        if (!inbound && host.endpoint !== undefined) continue;
        for (const edge of outsideEdges(host, other, inbound)) {
          for (const path of paths) {
            found.push({
              cloud: 'azure', from: inbound ? other : place, to: inbound ? place : other, ports: shown(edge),
              status: edge.answer === 'unknown' || path.unsure ? 'unknown' : 'extra', via: `${path.via}; ${edge.via}`,
            });
          }
        }
      }
    };
    meet('internet', outPaths, false);
    meet('internet', inPaths, true);
    meet('peering', peered, false);
    meet('peering', peered, true);
  }
  const unique = new Map(found.map((flow) => [`${flow.from}|${flow.to}|${flow.ports}|${flow.status}`, flow]));
  return [...unique.values()];
}

function outsideEdges(host: Host, other: Exclude<Peer, Host>, inbound: boolean): readonly Edge[] {
  return passable(host.filters, [], (protocol, port) => passes(host.filters, inbound, host, other, protocol, port));
}

interface Path {
  readonly via: string;
  readonly unsure: boolean;
}

/** How a subnet could reach the internet, rules aside. */
function outboundPaths(deployment: Deployment, network: Network, subnet: Subnet, hosts: readonly Host[]): readonly Path[] {
  const paths: Path[] = [];
  const outbound = at(subnet.properties, 'defaultOutboundAccess');
  if (outbound !== false) paths.push({ via: `subnet ${subnet.name} has default outbound access`, unsure: outbound instanceof Unknown });
  const nat = at(subnet.properties, 'natGateway');
  if (nat !== undefined && nat !== null) paths.push({ via: `subnet ${subnet.name} has a NAT gateway`, unsure: nat instanceof Unknown });
  const table = at(subnet.properties, 'routeTable');
  if (table instanceof Unknown) paths.push({ via: `the routes of subnet ${subnet.name} are unknown`, unsure: true });
  else if (table !== undefined && table !== null) paths.push(...routePaths(deployment, network, at(table, 'id'), subnet));
  return [...paths, ...publicAddresses(deployment, network, hosts)];
}

function routePaths(deployment: Deployment, network: Network, id: Parameters<Network['arm']['find']>[0], subnet: Subnet): readonly Path[] {
  const table = network.arm.find(id);
  if (table?.type !== 'azure-native:network:RouteTable') return [{ via: `the route table of ${subnet.name} is not in the artifact`, unsure: true }];
  const inline = listAt(table.properties, 'routes');
  if (inline instanceof Unknown) return [{ via: `the routes of ${table.name} are unknown`, unsure: true }];
  const routes = [...inline, ...deployment.ofType('azure-native:network:Route').filter((route) => network.arm.parent(route, 'azure-native:network:RouteTable', 'routeTableName') === table).map((route) => route.properties)];
  return routes.flatMap((route) => {
    const hop = at(route, 'nextHopType');
    if (hop instanceof Unknown) return [{ via: `a route of ${table.name} is unknown`, unsure: true }];
    if (hop === 'None' || hop === 'VnetLocal') return [];
    return [{ via: `a route of ${table.name} leads to ${JSON.stringify(hop)}`, unsure: hop !== 'Internet' }];
  });
}

/** Public addresses on interfaces of a subnet, direct or behind a public load balancer. */
function publicAddresses(deployment: Deployment, network: Network, hosts: readonly Host[]): readonly Path[] {
  const paths: Path[] = [];
  for (const { resource } of hosts) {
    if (!resource || resource.type === 'azure-native:network:PrivateEndpoint') continue;
    for (const configuration of ipConfigurations(resource)) {
      for (const property of ['publicIPAddress', 'publicIPAddressConfiguration']) {
        const value = at(configuration, property);
        if (value !== undefined && value !== null) paths.push({ via: `${resource.name} has a public address`, unsure: value instanceof Unknown });
      }
      const pools = listAt(configuration, 'loadBalancerBackendAddressPools');
      for (const pool of pools instanceof Unknown ? [] : pools) {
        const balancer = network.arm.normal(at(pool, 'id'))?.split('/backendaddresspools/')[0];
        const found = balancer === undefined ? undefined : network.arm.find(balancer);
        if (!found) paths.push({ via: `a load balancer in front of ${resource.name} is not in the artifact`, unsure: true });
        else if (isPublicFrontend(found)) paths.push({ via: `${found.name} puts ${resource.name} behind a public address`, unsure: false });
      }
    }
  }
  for (const gateway of deployment.ofType('azure-native:network:ApplicationGateway')) {
    if (!isPublicFrontend(gateway)) continue;
    const inside = listAt(gateway.properties, 'gatewayIPConfigurations');
    const ids = inside instanceof Unknown ? [] : inside.map((configuration) => network.arm.normal(at(configuration, 'subnet.id')));
    if (hosts.some((host) => ids.includes(host.subnet.id))) paths.push({ via: `${gateway.name} has a public address`, unsure: false });
  }
  return paths;
}

function ipConfigurations(resource: Resource): readonly Parameters<typeof at>[0][] {
  if (resource.type === 'azure-native:network:NetworkInterface') { const list = listAt(resource.properties, 'ipConfigurations'); return list instanceof Unknown ? [] : list; }
  const nics = inlineInterfaces(resource);
  return nics instanceof Unknown ? [] : nics.flatMap((nic) => { const list = listAt(nic, 'ipConfigurations'); return list instanceof Unknown ? [] : list; });
}

/** Whether a load balancer or application gateway has a public frontend. */
export function isPublicFrontend(resource: Resource): boolean {
  const frontends = listAt(resource.properties, 'frontendIPConfigurations');
  return frontends instanceof Unknown || frontends.some((frontend) => { const address = at(frontend, 'publicIPAddress'); return address !== undefined && address !== null; });
}

function peerings(deployment: Deployment): readonly Path[] {
  const paths: Path[] = [];
  for (const peering of deployment.ofType('azure-native:network:VirtualNetworkPeering')) {
    if (peering.properties['allowVirtualNetworkAccess'] !== false) paths.push({ via: `peering ${peering.name}`, unsure: false });
  }
  for (const vnet of deployment.ofType('azure-native:network:VirtualNetwork')) {
    const inline = vnet.properties['virtualNetworkPeerings'];
    if (inline instanceof Unknown || (isList(inline) && inline.length > 0)) paths.push({ via: `a peering of ${vnet.name}`, unsure: inline instanceof Unknown });
  }
  for (const type of ['azure-native:network:VirtualNetworkGateway', 'azure-native:network:HubVirtualNetworkConnection']) {
    for (const gateway of deployment.ofType(type)) paths.push({ via: gateway.name, unsure: false });
  }
  return paths;
}

/** Types with a public network of their own: where the switch is, and what it is when absent. */
export const PUBLIC_SERVICES: readonly (readonly [type: string, path: string, acls: string | undefined, service: string])[] = [
  ['azure-native:keyvault:Vault', 'properties.publicNetworkAccess', 'properties.networkAcls', 'vault'],
  ['azure-native:storage:StorageAccount', 'publicNetworkAccess', 'networkRuleSet', 'blob'],
  ['azure-native:attestation:AttestationProvider', 'properties.publicNetworkAccess', undefined, 'attestation'],
  ['azure-native:operationalinsights:Workspace', 'publicNetworkAccessForIngestion', undefined, 'monitor'],
  ['azure-native:operationalinsights:Workspace', 'publicNetworkAccessForQuery', undefined, 'monitor'],
  ['azure-native:containerregistry:Registry', 'publicNetworkAccess', 'networkRuleSet', 'registry'],
  ['azure-native:keyvault:ManagedHsm', 'properties.publicNetworkAccess', 'properties.networkAcls', 'vault'],
];

/** Platform services that answer to public networks. */
function serviceFlows(deployment: Deployment): readonly FlowProof[] {
  const found: FlowProof[] = [];
  for (const [type, path, acls, service] of PUBLIC_SERVICES) {
    for (const resource of deployment.ofType(type)) {
      const access = at(resource.properties, path);
      const base = { cloud: 'azure', from: 'internet', to: `endpoint:${service}`, ports: 'tcp/443' } as const;
      if (access instanceof Unknown) found.push({ ...base, status: 'unknown', via: `${path} of ${resource.name} is unknown (${access.reason})` });
      else if (!(typeof access === 'string' && /^(disabled|securedbyperimeter)$/i.test(access))) {
        const guarded = acls !== undefined && at(resource.properties, `${acls}.defaultAction`) === 'Deny' && ['ipRules', 'virtualNetworkRules'].every((list) => { const rules = listAt(resource.properties, `${acls}.${list}`); return !(rules instanceof Unknown) && rules.length === 0; });
        if (!guarded) found.push({ ...base, status: 'extra', via: `${path} of ${resource.name} is ${access === undefined ? 'absent, and so enabled' : JSON.stringify(access)}` });
      }
    }
  }
  return found;
}
