import { flag, list, shown, want } from '../aws.js';
import { switchedOff } from '../azure.js';
import { at, type Deployment, type Resource, Unknown, type Value } from '../model.js';
import { armOf, listAt } from '../prove/azure/arm.js';
import { isPublicFrontend } from '../prove/azure/flows.js';
import { inlineInterfaces, networkOf } from '../prove/azure/network.js';
import { hasExternal, machines, interfacesOf } from '../gcp.js';
import { isExternal } from '../prove/gcp/flows.js';
import { flag as setting, text as plain, TYPE } from '../prove/gcp/names.js';
import { isPublic, networkOf as reachOf, PRIVATE_VIP, rangeOf, RESTRICTED_VIP } from '../prove/gcp/network.js';
import { contains } from '../../workload/ipv4.js';
import { type Check, defineRule, type Defect, fail, outcomes, unknown } from '../rule.js';

/** Types that are a way to or from the internet by being there. */
const GATEWAYS = ['AWS::EC2::InternetGateway', 'AWS::EC2::EgressOnlyInternetGateway', 'AWS::EC2::CarrierGateway', 'AWS::EC2::EIP', 'AWS::EC2::EIPAssociation', 'AWS::GlobalAccelerator::Accelerator', 'AWS::EC2::VPCBlockPublicAccessExclusion'];

/** A target of a route that leaves the network for the internet. */
const EXITS = ['GatewayId', 'NatGatewayId', 'EgressOnlyInternetGatewayId', 'CarrierGatewayId', 'InstanceId', 'NetworkInterfaceId'];

function route(resource: Resource): Defect[] {
  const destination = resource.properties['DestinationCidrBlock'] ?? resource.properties['DestinationIpv6CidrBlock'];
  if (destination instanceof Unknown) return [unknown('DestinationCidrBlock', `the destination is not known: ${destination.reason}`)];
  if (typeof destination === 'string' && /\/[0-7]$/.test(destination)) return [fail(resource.properties['DestinationCidrBlock'] === undefined ? 'DestinationIpv6CidrBlock' : 'DestinationCidrBlock', `a route to ${destination} leaves the network`)];
  const gateway = resource.properties['GatewayId'];
  return EXITS.some((name) => name !== 'GatewayId' && resource.properties[name] !== undefined) || (typeof gateway === 'string' && /^igw-|InternetGateway/i.test(gateway))
    ? [fail('', `a route leads to ${EXITS.filter((name) => resource.properties[name] !== undefined).join(', ')}`)] : [];
}

function publicAddress(data: Value, prefix: string): Defect[] {
  const interfaces = list(at(data, 'NetworkInterfaces'));
  if (interfaces instanceof Unknown) return [unknown(`${prefix}NetworkInterfaces`, interfaces.reason)];
  return [...interfaces.map((item, index) => [item, `${prefix}NetworkInterfaces[${index}].AssociatePublicIpAddress`] as const), [data, `${prefix}AssociatePublicIpAddress`] as const].flatMap(([item, path]) => {
    const value = flag(at(item, 'AssociatePublicIpAddress'));
    return value instanceof Unknown ? [unknown(path, value.reason)] : value === true ? [fail(path, 'gets a public address')] : [];
  });
}

const aws: Check = function* (deployment) {
  for (const type of GATEWAYS) for (const resource of deployment.ofType(type)) yield* outcomes(resource, fail('', `${type} is a path to the internet`));
  for (const resource of deployment.ofType('AWS::EC2::NatGateway')) {
    yield* outcomes(resource, resource.properties['ConnectivityType'] === 'private' ? true : fail('ConnectivityType', `ConnectivityType is ${shown(resource.properties['ConnectivityType'])}: a NAT gateway is a path to the internet`));
  }
  for (const resource of deployment.ofType('AWS::EC2::Route')) yield* outcomes(resource, route(resource));
  for (const resource of deployment.ofType('AWS::EC2::Subnet')) yield* outcomes(resource, want(resource, 'MapPublicIpOnLaunch', false, 'machines get public addresses', false));
  for (const resource of deployment.ofType('AWS::EC2::Instance')) yield* outcomes(resource, publicAddress(resource.properties, ''));
  for (const resource of deployment.ofType('AWS::AutoScaling::LaunchConfiguration')) yield* outcomes(resource, publicAddress(resource.properties, ''));
  for (const resource of deployment.ofType('AWS::EC2::LaunchTemplate')) yield* outcomes(resource, publicAddress(resource.properties['LaunchTemplateData'] ?? {}, 'LaunchTemplateData.'));
  for (const resource of deployment.ofType('AWS::ElasticLoadBalancingV2::LoadBalancer')) {
    const scheme = resource.properties['Scheme'];
    if (resource.properties['Type'] === 'gateway') continue;
    yield* outcomes(resource, scheme === 'internal' ? true : scheme instanceof Unknown ? unknown('Scheme', scheme.reason) : fail('Scheme', `Scheme is ${shown(scheme)}; the default is internet-facing`));
  }
  for (const type of ['AWS::RDS::DBInstance', 'AWS::Redshift::Cluster', 'AWS::DMS::ReplicationInstance']) {
    for (const resource of deployment.ofType(type)) yield* outcomes(resource, want(resource, 'PubliclyAccessible', false, 'it has a public address', type === 'AWS::DMS::ReplicationInstance' ? undefined : false));
  }
};

/** Types that are a way to or from the internet, or into another network, by being there. */
const AZURE_GATEWAYS = ['PublicIPAddress', 'PublicIPPrefix', 'NatGateway', 'BastionHost', 'AzureFirewall', 'VirtualNetworkGateway', 'VpnGateway', 'P2sVpnGateway', 'ExpressRouteGateway', 'FrontDoor'].map((name) => `azure-native:network:${name}`);

const FORWARDS = 'forwards packets of others: a router around the rules';

function azureHop(route: Value, path: string): readonly Defect[] {
  const hop = at(route, 'nextHopType');
  const where = path === '' ? 'nextHopType' : `${path}.nextHopType`;
  if (hop instanceof Unknown) return [unknown(where, `the next hop is not known: ${hop.reason}`)];
  return typeof hop === 'string' && /^(none|vnetlocal)$/i.test(hop) ? [] : [fail(where, `a route to ${shown(at(route, 'addressPrefix'))} leads to ${shown(hop)}`)];
}

function azureAddress(configurations: readonly Value[] | Unknown, path: string): readonly Defect[] {
  if (configurations instanceof Unknown) return [unknown(path, `the addresses are not known: ${configurations.reason}`)];
  return configurations.flatMap((configuration, index) => ['publicIPAddress', 'publicIPAddressConfiguration'].flatMap((name) => {
    const value = at(configuration, name);
    if (value === undefined || value === null) return [];
    return [(value instanceof Unknown ? unknown : fail)(`${path}[${index}].${name}`, 'gets a public address')];
  }));
}

const azure: Check = function* (deployment) {
  for (const type of AZURE_GATEWAYS) for (const resource of deployment.ofType(type)) yield* outcomes(resource, fail('', `${type} is a path to or from the internet`));
  const arm = armOf(deployment);
  for (const subnet of networkOf(deployment).subnets) {
    const where = (name: string): string => (subnet.path === '' ? name : `${subnet.path}.${name}`);
    const outbound = at(subnet.properties, 'defaultOutboundAccess');
    const nat = at(subnet.properties, 'natGateway');
    const routes = at(subnet.properties, 'routeTable');
    yield* outcomes(subnet.resource, [
      ...(outbound === false ? [] : [outbound instanceof Unknown ? unknown(where('defaultOutboundAccess'), outbound.reason) : fail(where('defaultOutboundAccess'), `defaultOutboundAccess of subnet ${subnet.name} is ${shown(outbound)}: machines reach the internet by an address of Azure`)]),
      ...(nat === undefined || nat === null ? [] : [(nat instanceof Unknown ? unknown : fail)(where('natGateway'), `subnet ${subnet.name} has a NAT gateway`)]),
      ...(routes === undefined || routes === null || arm.find(at(routes, 'id'))?.type === 'azure-native:network:RouteTable' ? [] : [unknown(where('routeTable'), `the routes of subnet ${subnet.name} are not among the artifacts: where they lead is not known`)]),
    ]);
  }
  for (const table of deployment.ofType('azure-native:network:RouteTable')) {
    const routes = listAt(table.properties, 'routes');
    yield* outcomes(table, routes instanceof Unknown ? unknown('routes', routes.reason) : routes.flatMap((route, index) => azureHop(route, `routes[${index}]`)));
  }
  for (const route of deployment.ofType('azure-native:network:Route')) yield* outcomes(route, azureHop(route.properties, ''));
  for (const nic of deployment.ofType('azure-native:network:NetworkInterface')) {
    yield* outcomes(nic, [
      ...azureAddress(listAt(nic.properties, 'ipConfigurations'), 'ipConfigurations'),
      ...switchedOff(nic.properties['enableIPForwarding'], 'enableIPForwarding', FORWARDS),
    ]);
  }
  for (const set of [...deployment.ofType('azure-native:compute:VirtualMachineScaleSet'), ...deployment.ofType('azure-native:compute:VirtualMachine')]) {
    const path = `${set.type.endsWith('ScaleSet') ? 'virtualMachineProfile.' : ''}networkProfile.networkInterfaceConfigurations`;
    const nics = inlineInterfaces(set);
    if (!(nics instanceof Unknown) && nics.length === 0) continue;
    yield* outcomes(set, nics instanceof Unknown ? unknown(path, nics.reason) : nics.flatMap((nic, index) => [
      ...azureAddress(listAt(nic, 'ipConfigurations'), `${path}[${index}].ipConfigurations`),
      ...switchedOff(at(nic, 'enableIPForwarding'), `${path}[${index}].enableIPForwarding`, FORWARDS),
    ]));
  }
  for (const type of ['azure-native:network:LoadBalancer', 'azure-native:network:ApplicationGateway']) {
    for (const balancer of deployment.ofType(type)) {
      const outside = isPublicFrontend(balancer);
      yield* outcomes(balancer, outside ? (listAt(balancer.properties, 'frontendIPConfigurations') instanceof Unknown ? unknown : fail)('frontendIPConfigurations', 'its frontend has a public address') : true);
    }
  }
};

const toGoogle = (range: NonNullable<ReturnType<typeof rangeOf>>): boolean => contains(RESTRICTED_VIP, range) || contains(PRIVATE_VIP, range);

function* internetOf(deployment: Deployment): Iterable<readonly [Resource, readonly Defect[]]> {
  for (const network of deployment.ofType(TYPE.network)) {
    const gone = setting(network, 'deleteDefaultRoutesOnCreate', false);
    yield [network, gone === true ? [] : [(gone === undefined ? unknown : fail)('deleteDefaultRoutesOnCreate', 'deleteDefaultRoutesOnCreate is not true: the network has a route to the internet')]];
  }
  for (const route of deployment.ofType('gcp:compute/route:Route')) {
    const gateway = route.properties['nextHopGateway'];
    const range = rangeOf(plain(route.properties['destRange']) ?? '');
    yield [route, gateway instanceof Unknown || !range ? [unknown('destRange', 'where the route leads is not known')]
      : typeof gateway === 'string' && !toGoogle(range) ? [fail('destRange', `${shown(route.properties['destRange'])} leads to ${shown(gateway)}`)]
      : range.prefix === 0 ? [fail('destRange', 'a default route leads out of the network')] : []];
  }
  for (const nat of deployment.ofType('gcp:compute/routerNat:RouterNat')) yield [nat, plain(nat.properties['type']) === 'PRIVATE' ? [] : [fail('', 'Cloud NAT is a path to the internet')]];
  for (const address of [...deployment.ofType('gcp:compute/address:Address'), ...deployment.ofType('gcp:compute/globalAddress:GlobalAddress')]) {
    const type = address.properties['addressType'];
    yield [address, type === 'INTERNAL' ? [] : [type instanceof Unknown ? unknown('addressType', type.reason) : fail('addressType', `addressType is ${type === undefined ? 'not set, and so EXTERNAL' : shown(type)}`)]];
  }
  for (const rule of [...deployment.ofType('gcp:compute/forwardingRule:ForwardingRule'), ...deployment.ofType('gcp:compute/globalForwardingRule:GlobalForwardingRule')]) {
    const external = isExternal(rule);
    yield [rule, external === false ? [] : [(external === undefined ? unknown : fail)('loadBalancingScheme', `loadBalancingScheme is ${shown(rule.properties['loadBalancingScheme'])}: it answers the internet`)]];
  }
  for (const machine of machines(deployment)) {
    const forward = setting(machine, 'canIpForward', false);
    yield [machine, [
      ...interfacesOf(machine).flatMap(({ path, value }): Defect[] => {
        const external = value instanceof Unknown ? value : hasExternal(value);
        return external === false ? [] : [external instanceof Unknown ? unknown(path, external.reason) : fail(path, 'the machine has an external address')];
      }),
      ...(forward === false ? [] : [(forward === undefined ? unknown : fail)('canIpForward', 'the machine may pass on packets of others')]),
    ]];
  }
  for (const subnet of deployment.ofType(TYPE.subnetwork)) {
    if (subnet.properties['ipv6AccessType'] !== undefined) yield [subnet, subnet.properties['ipv6AccessType'] === 'INTERNAL' ? [] : [fail('ipv6AccessType', 'every machine gets an IPv6 address that the internet knows')]];
  }
  const network = reachOf(deployment);
  for (const rule of new Set([undefined, ...network.subnets.map((subnet) => subnet.network)].flatMap((one) => network.tiers(one).flat()))) {
    if (rule.ingress || rule.action !== 'allow') continue;
    const everywhere = rule.ranges.length === 0 && rule.tags.length === 0;
    yield [rule.resource, [
      ...(everywhere ? [(rule.vague ? unknown : fail)('', `${rule.name} lets out ${rule.vague ? 'what the artifact cannot tell' : 'everything'}`)] : []),
      ...rule.ranges.flatMap((text): Defect[] => {
        const range = rangeOf(text);
        if (!range) return [(text === '::/0' ? fail : unknown)('', `${rule.name} lets out to ${text}`)];
        return range.prefix === 0 || contains(PRIVATE_VIP, range) || (isPublic(range.first) && !toGoogle(range)) ? [fail('', `${rule.name} lets out to ${text}`)] : [];
      }),
    ]];
  }
}

const gcp: Check = function* (deployment) {
  for (const [resource, defects] of internetOf(deployment)) yield* outcomes(resource, defects);
};

export const rule = defineRule({
  id: 'network-no-internet-path',
  title: 'No path to or from the internet',
  theme: 'private-network',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(e)(1)', '45 CFR 164.312(a)(1)'],
  why: 'An internet path is the exit for PHI and the entrance for an attacker; private services need none.',
  fix: {
    aws: 'Use PrivateNetwork, or no internet gateway, egress-only gateway, NAT gateway, public address or MapPublicIpOnLaunch, and no default route to any of them.',

    azure: 'Use PrivateNetwork, or no public IP on any interface, defaultOutboundAccess false on every subnet, no NAT gateway and no route to Internet.',

    gcp: 'Use PrivateNetwork, or deleteDefaultRoutesOnCreate true, no accessConfigs (either family), no Cloud NAT and no route to default-internet-gateway except the restricted Google range.',
  },
  checks: {
    aws,

    azure,

    gcp,
  },
});
