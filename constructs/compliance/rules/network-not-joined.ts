import { isPrivateRange, list, shown } from '../aws.js';
import { at, type Resource, Unknown } from '../model.js';
import { processesPhi } from '../phi.js';
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

export const rule = defineRule({
  id: 'network-not-joined',
  title: 'Nothing joins the PHI network to another',
  theme: 'private-network',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(e)(1)', '45 CFR 164.308(a)(4)(ii)(B)'],
  why: 'A peering or a tunnel without a route is one route away from a path; the other side\'s filters are not in this artifact.',
  fix: {
    aws: 'Remove it; offer single services by PrivateLink (PrivateNetwork\'s endpoint service) instead.',
  },
  checks: { aws },
});
