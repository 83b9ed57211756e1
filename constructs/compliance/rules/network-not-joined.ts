import { isPrivateRange, list, shown, text } from '../aws.js';
import { at, type Resource, Unknown } from '../model.js';
import { processesPhi } from '../phi.js';
import { armOf, listAt } from '../prove/azure/arm.js';
import { interfacesOf, machines } from '../gcp.js';
import { JOINS } from '../prove/gcp/flows.js';
import { refersTo, TYPE } from '../prove/gcp/names.js';
import { type Check, type Defect, defineRule, fail, outcomes, unknown } from '../rule.js';

const JOINTS = [
  'AWS::EC2::VPCPeeringConnection', 'AWS::EC2::TransitGatewayAttachment', 'AWS::EC2::TransitGatewayVpcAttachment', 'AWS::EC2::VPNGateway', 'AWS::EC2::VPNConnection',
  'AWS::EC2::ClientVpnEndpoint', 'AWS::EC2::ClientVpnTargetNetworkAssociation', 'AWS::NetworkManager::VpcAttachment', 'AWS::VpcLattice::ServiceNetworkVpcAssociation', 'AWS::EC2::LocalGatewayRouteTableVPCAssociation',
];
const TARGETS = ['VpcPeeringConnectionId', 'TransitGatewayId', 'LocalGatewayId', 'CoreNetworkArn'];

/** DNS questions that are handed to servers elsewhere carry data with them. */
function forwarding(rule: Resource): Defect[] {
  if (rule.properties['RuleType'] !== 'FORWARD') return [];
  const targets = list(rule.properties['TargetIps']);
  if (targets instanceof Unknown) return [unknown('TargetIps', `where questions go is not known: ${targets.reason}`)];
  return targets.flatMap((target, index) => {
    const address = at(target, 'Ip') ?? at(target, 'Ipv6');
    if (address instanceof Unknown) return [unknown(`TargetIps[${index}]`, address.reason)];
    return [fail(`TargetIps[${index}]`, `questions go to ${shown(address)}${typeof address === 'string' && isPrivateRange(`${address}/32`) ? ', in another network' : ', on the internet'}`)];
  });
}

const aws: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  for (const type of JOINTS) for (const resource of deployment.ofType(type)) yield* outcomes(resource, fail('', `${type} joins the network to another`));
  for (const endpoint of deployment.ofType('AWS::EC2::VPCEndpoint')) {
    const { ServiceName: service, VpcEndpointType: kind } = endpoint.properties;
    if (text(service).startsWith('com.amazonaws.vpce.')) yield* outcomes(endpoint, fail('ServiceName', `leads to ${shown(service)}, a service of somebody else`));
    else if (kind === 'Resource' || kind === 'ServiceNetwork') yield* outcomes(endpoint, fail('VpcEndpointType', `an endpoint of type ${kind} joins the network to another`));
  }
  for (const route of deployment.ofType('AWS::EC2::Route')) {
    const gateway = route.properties['GatewayId'];
    const through = TARGETS.find((name) => route.properties[name] !== undefined && route.properties[name] !== null);
    yield* outcomes(route, through ? fail(through, `a route through ${through}`) : typeof gateway === 'string' && gateway.startsWith('vgw-') ? fail('GatewayId', 'a route through a VPN gateway') : true);
  }
  for (const rule of deployment.ofType('AWS::Route53Resolver::ResolverRule')) yield* outcomes(rule, forwarding(rule));
  for (const association of deployment.ofType('AWS::Route53Resolver::ResolverRuleAssociation')) {
    yield* outcomes(association, deployment.target(association.properties['ResolverRuleId']) ? true : unknown('ResolverRuleId', 'the rule that forwards questions is not in the artifact'));
  }
};

/** Ways into a virtual network for machines that are not in it. */
const TUNNELS = [
  'VirtualNetworkGateway', 'VirtualNetworkGatewayConnection', 'LocalNetworkGateway', 'ExpressRouteCircuit', 'ExpressRouteGateway', 'ExpressRouteConnection', 'VpnGateway', 'VpnConnection', 'P2sVpnGateway', 'HubVirtualNetworkConnection',
].map((name) => `azure-native:network:${name}`);

const azure: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  for (const type of TUNNELS) for (const tunnel of deployment.ofType(type)) yield* outcomes(tunnel, fail('', `${type.split(':').at(-1) ?? ''} joins the network to another one, whose rules are not here`));
  const arm = armOf(deployment);
  for (const peering of deployment.ofType('azure-native:network:VirtualNetworkPeering')) {
    const remote = at(peering.properties, 'remoteVirtualNetwork.id');
    const transit = ['useRemoteGateways', 'allowGatewayTransit'].filter((name) => peering.properties[name] === true);
    // Between two networks of the artifact the flows decide, segment by segment.
    yield* outcomes(peering, [
      ...transit.map((name) => fail(name, 'a gateway joins the network to others, whose rules are not here')),
      ...(arm.find(remote) ? [] : [(arm.text(remote) === undefined ? unknown : fail)('remoteVirtualNetwork', `the peered network ${shown(remote)} is not among the artifacts`)]),
    ]);
  }
  for (const network of deployment.ofType('azure-native:network:VirtualNetwork')) {
    const inline = listAt(network.properties, 'virtualNetworkPeerings');
    yield* outcomes(network, inline instanceof Unknown ? unknown('virtualNetworkPeerings', inline.reason) : inline.flatMap((peering, index) => {
      const remote = at(peering, 'remoteVirtualNetwork.id');
      return arm.find(remote) ? [] : [(arm.text(remote) === undefined ? unknown : fail)(`virtualNetworkPeerings[${index}]`, `the peered network ${shown(remote)} is not among the artifacts`)];
    }));
  }
};

const gcp: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  const joins = deployment.resources.filter(({ type }) => JOINS.some(([pattern]) => pattern.test(type)));
  for (const join of joins) yield* outcomes(join, fail('', `${join.type.split(':').at(-1) ?? ''} joins the network to another one, whose rules are not here`));
  for (const route of deployment.ofType('gcp:compute/route:Route')) {
    const tunnel = route.properties['nextHopVpnTunnel'];
    if (tunnel !== undefined && tunnel !== null) yield* outcomes(route, fail('nextHopVpnTunnel', `leads through the tunnel ${shown(tunnel)} into another network`));
  }
  for (const machine of machines(deployment)) {
    for (const { path, value } of interfacesOf(machine)) {
      const attachment = at(value, 'networkAttachment');
      if (attachment !== undefined && attachment !== null) yield* outcomes(machine, fail(`${path}.networkAttachment`, `an interface of it stands in the network of ${shown(attachment)}`));
    }
  }
  for (const network of deployment.ofType(TYPE.network)) if (!joins.some((join) => Object.values(join.properties).some((value) => refersTo(deployment, value, network)))) yield* outcomes(network, true);
};

export const rule = defineRule({
  id: 'network-not-joined',
  title: 'Nothing joins the PHI network to another',
  theme: 'private-network',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(e)(1)', '45 CFR 164.308(a)(4)(ii)(B)'],
  why: 'A peering, VPN, interconnect or connector brings in routes and machines that nobody attested. Without a route it is one route away from a path, and the other side\'s filters are not in this artifact.',
  fix: {
    aws: 'Use PrivateNetwork alone: remove the peering, transit gateway attachment, VPN or forwarding rule, and offer single services by PrivateLink (PrivateNetwork\'s endpoint service).',
    azure: 'Use PrivateNetwork alone: remove the peering, virtual network gateway, ExpressRoute or hub connection, and offer single services by a private link service (Gateway).',
    gcp: 'Use PrivateNetwork alone: remove NetworkPeering, servicenetworking.Connection, VPN, interconnect, network attachment or VPC connector; clients reach the gateway through a service that the workload file names, under an exemption.',
  },
  checks: { aws, azure, gcp },
});
