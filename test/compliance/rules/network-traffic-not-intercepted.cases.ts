import type { RuleCase } from '../rule-case.js';
import { body } from '../aws-fixture.js';
import { net, resource, route } from '../gcp-fixture.js';
import { azureCase, NOT_KNOWN, resource as azureResource } from '../prove/azure/fixture.js';

const Vpc = body('AWS::EC2::VPC', { CidrBlock: '10.0.0.0/16' });
const aws: RuleCase[] = [
  { name: 'no mirror', cloud: 'aws', expected: 'pass', at: 'Vpc', resources: { Vpc } },
  { name: 'a mirror', cloud: 'aws', expected: 'fail', at: 'Mirror', resources: { Vpc, Mirror: body('AWS::EC2::TrafficMirrorSession', { NetworkInterfaceId: 'eni-1' }) } },
];

const azure: RuleCase[] = [
  azureCase('no tap', 'pass', { at: 'vnet' }),
  azureCase('a tap', 'fail', { more: [azureResource('network:VirtualNetworkTap', 'tap', {})], at: 'tap' }),
  azureCase('an interface with a tap', 'fail', { more: [azureResource('network:NetworkInterface', 'nic', { tapConfigurations: [{ name: 'tap' }] })], at: 'nic', path: 'tapConfigurations' }),
  azureCase('not known', 'unknown', { more: [azureResource('network:NetworkInterface', 'nic', { tapConfigurations: NOT_KNOWN })], at: 'nic' }),
];

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'the kit\'s routes', expected: 'pass', at: 'net', resources: net() },
  { cloud: 'gcp', name: 'a collector of copies', expected: 'fail', at: 'front', path: 'isMirroringCollector', resources: [...net(), resource('gcp:compute/forwardingRule:ForwardingRule', 'front', { isMirroringCollector: 'true' })] },
  { cloud: 'gcp', name: 'a machine on the way to the key service', expected: 'fail', at: 'hop', path: 'nextHopInstance', resources: [...net(), route('hop', { destRange: '199.36.153.4/32', nextHopGateway: undefined, nextHopInstance: 'vm' })] },
  { cloud: 'gcp', name: 'a mirror', expected: 'fail', at: 'mirror', resources: [...net(), resource('gcp:compute/packetMirroring:PacketMirroring', 'mirror', { collectorIlb: { url: 'x' } })] },
  { cloud: 'gcp', name: 'an intercepting endpoint', expected: 'fail', at: 'endpoint', resources: [...net(), resource('gcp:networksecurity/interceptEndpointGroupAssociation:InterceptEndpointGroupAssociation', 'endpoint', {})] },
  { cloud: 'gcp', name: 'a route over a machine', expected: 'fail', at: 'over', path: 'nextHopIp', resources: [...net(), route('over', { destRange: '10.20.2.0/25', nextHopGateway: undefined, nextHopIp: '10.20.0.9' })] },
  { cloud: 'gcp', name: 'a route to the internet', expected: 'pass', at: 'out', resources: [...net(), route('out', { destRange: '8.8.8.8/32', nextHopGateway: undefined, nextHopIp: '10.20.0.9' })] },
  { cloud: 'gcp', name: 'a route by policy', expected: 'fail', at: 'policy', resources: [...net(), resource('gcp:networkconnectivity/policyBasedRoute:PolicyBasedRoute', 'policy', { nextHopIlbIp: '10.20.0.5' })] },
  { cloud: 'gcp', name: 'a range that is not told', expected: 'unknown', at: 'over', resources: [...net(), route('over', { destRange: '[secret]', nextHopGateway: undefined, nextHopIp: '10.20.0.9' })] },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
