import { shown } from '../aws.js';
import { at, type Deployment, type Resource, Unknown } from '../model.js';
import { processesPhi } from '../phi.js';
import { listAt } from '../prove/azure/arm.js';
import { refersTo, text, TYPE } from '../prove/gcp/names.js';
import { PEERED, PRIVATE_VIP, rangeOf, RESTRICTED_VIP } from '../prove/gcp/network.js';
import { contains } from '../../workload/ipv4.js';
import { type Check, defineRule, type Defect, fail, outcomes, unknown } from '../rule.js';

const aws: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  for (const type of ['AWS::EC2::TrafficMirrorSession', 'AWS::EC2::TrafficMirrorTarget']) for (const mirror of deployment.ofType(type)) yield* outcomes(mirror, fail('', 'packets of an interface are copied to another machine'));
  for (const network of deployment.ofType('AWS::EC2::VPC')) yield* outcomes(network, true);
};

const azure: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  for (const type of ['azure-native:network:VirtualNetworkTap', 'azure-native:network:PacketCapture']) for (const mirror of deployment.ofType(type)) yield* outcomes(mirror, fail('', 'packets of a machine are copied to another place'));
  for (const nic of deployment.ofType('azure-native:network:NetworkInterface')) {
    const taps = listAt(nic.properties, 'tapConfigurations');
    yield* outcomes(nic, taps instanceof Unknown ? unknown('tapConfigurations', taps.reason) : taps.length > 0 ? fail('tapConfigurations', 'its packets are copied to another place') : true);
  }
  for (const network of deployment.ofType('azure-native:network:VirtualNetwork')) yield* outcomes(network, true);
};

/** Packet mirroring, and endpoints that packets are mirrored to or sent through. */
const MIRRORS = /^gcp:(compute\/(packetMirroring|networkFirewallPolicyPacketMirroringRule)|networksecurity\/(mirroring|intercept)\w+):/;
const HOPS = ['nextHopIp', 'nextHopInstance', 'nextHopIlb'] as const;

/** Routes between the segments that lead over a machine: it reads, changes or drops what passes. */
function diversion(route: Resource): readonly Defect[] {
  const range = rangeOf(text(route.properties['destRange']) ?? '');
  const hop = HOPS.find((name) => route.properties[name] !== undefined && route.properties[name] !== null);
  if (hop === undefined) return [];
  if (!range) return [unknown('destRange', 'where the route leads is not known')];
  // A route of the internet is another rule's; one into or around private ranges, or the addresses of Google's APIs, takes the workload's own traffic.
  return [...PEERED, RESTRICTED_VIP, PRIVATE_VIP].some((own) => contains(own, range) || contains(range, own)) ? [fail(hop, `traffic to ${shown(route.properties['destRange'])} passes ${shown(route.properties[hop])}`)] : [];
}

const joined = (deployment: Deployment, route: Resource): boolean => deployment.ofType(TYPE.network).some((network) => refersTo(deployment, route.properties['network'], network)) || route.properties['network'] instanceof Unknown;

const gcp: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  for (const mirror of deployment.resources.filter(({ type, properties }) => MIRRORS.test(type) && properties['enable'] !== 'FALSE')) yield* outcomes(mirror, fail('', `${mirror.type.split(':').at(-1) ?? ''} copies packets, or sends them through another machine`));
  for (const rule of deployment.ofType('gcp:compute/forwardingRule:ForwardingRule')) if (rule.properties['isMirroringCollector'] !== undefined && rule.properties['isMirroringCollector'] !== null && rule.properties['isMirroringCollector'] !== false && rule.properties['isMirroringCollector'] !== 'false') yield* outcomes(rule, fail('isMirroringCollector', 'copies of packets are sent to the machines behind it'));
  for (const route of deployment.ofType('gcp:compute/route:Route')) if (joined(deployment, route)) yield* outcomes(route, diversion(route));
  for (const route of deployment.ofType('gcp:networkconnectivity/policyBasedRoute:PolicyBasedRoute')) {
    // DEFAULT_ROUTING skips other policy-based routes and diverts nothing.
    if (at(route.properties, 'nextHopOtherRoutes') === undefined) yield* outcomes(route, fail('nextHopIlbIp', 'packets pass a load balancer and the machines behind it'));
  }
  for (const network of deployment.ofType(TYPE.network)) yield* outcomes(network, true);
};

export const rule = defineRule({
  id: 'network-traffic-not-intercepted',
  title: 'No machine between the segments copies or diverts their traffic',
  theme: 'private-network',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(e)(1)', '45 CFR 164.312(e)(2)(i)', '45 CFR 164.308(a)(4)(ii)(B)'],
  why: 'A mirror hands every packet to a machine that nobody attested, with no rule of a firewall changed; a route over a machine lets it read, change or drop what passes. TLS hides the content, not who speaks to whom, when and how much, and not what somebody forgot to encrypt.',
  fix: {
    aws: 'Remove AWS::EC2::TrafficMirrorSession and AWS::EC2::TrafficMirrorTarget; flow logs say who spoke to whom.',
    azure: 'Remove VirtualNetworkTap, PacketCapture and tapConfigurations; flow logs say who spoke to whom.',
    gcp: 'Remove PacketMirroring, mirroring and intercept endpoints, PolicyBasedRoute, and routes to private ranges with nextHopIp, nextHopInstance or nextHopIlb; subnetworks of one network reach each other without.',
  },
  checks: { aws, azure, gcp },
});
