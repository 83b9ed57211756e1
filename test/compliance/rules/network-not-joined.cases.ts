import type { RuleCase } from '../rule-case.js';
import { body } from '../aws-fixture.js';
import { net, ref, resource, space } from '../gcp-fixture.js';
import { azureCase, GROUP, NOT_KNOWN, resource as azureResource } from '../prove/azure/fixture.js';

const aws: RuleCase[] = [
  { name: 'the service of somebody else', cloud: 'aws', expected: 'fail', at: 'Endpoint', path: 'ServiceName', resources: { Endpoint: body('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Interface', ServiceName: 'com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0' }) } },
  { name: 'a service network', cloud: 'aws', expected: 'fail', at: 'Endpoint', resources: { Endpoint: body('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'ServiceNetwork' }) } },
  { name: 'local questions', cloud: 'aws', expected: 'pass', resources: { Rule: body('AWS::Route53Resolver::ResolverRule', { RuleType: 'SYSTEM' }) } },
  { name: 'peering', cloud: 'aws', expected: 'fail', at: 'Peer', resources: { Peer: body('AWS::EC2::VPCPeeringConnection', {}) } },
  { name: 'route to a transit gateway', cloud: 'aws', expected: 'fail', at: 'Route', path: 'TransitGatewayId', resources: { Route: body('AWS::EC2::Route', { TransitGatewayId: 'tgw-1' }) } },
  { name: 'route to a VPN gateway', cloud: 'aws', expected: 'fail', at: 'Route', resources: { Route: body('AWS::EC2::Route', { GatewayId: 'vgw-1' }) } },
  { name: 'client VPN', cloud: 'aws', expected: 'fail', at: 'Vpn', resources: { Vpn: body('AWS::EC2::ClientVpnEndpoint', {}) } },
  { name: 'questions forwarded', cloud: 'aws', expected: 'fail', at: 'Rule', resources: { Rule: body('AWS::Route53Resolver::ResolverRule', { RuleType: 'FORWARD', TargetIps: [{ Ip: '203.0.113.53' }] }) } },
  { name: 'a rule of others', cloud: 'aws', expected: 'unknown', at: 'Association', resources: { Association: body('AWS::Route53Resolver::ResolverRuleAssociation', { ResolverRuleId: 'rslvr-rr-1' }) } },
];

const peering = (remote: string, more: object = {}) => azureResource('network:VirtualNetworkPeering', 'peer', { virtualNetworkName: 'vnet', remoteVirtualNetwork: { id: remote }, ...more });
const azure: RuleCase[] = [
  azureCase('alone', 'pass', { at: 'vnet' }),
  azureCase('a peering with a hub of elsewhere', 'fail', { more: [peering('/subscriptions/2/resourceGroups/hub/providers/Microsoft.Network/virtualNetworks/hub')], at: 'peer' }),
  azureCase('a peering inside the network', 'fail', { edits: [['VirtualNetwork', 'vnet', 'virtualNetworkPeerings', [{ name: 'hub', remoteVirtualNetwork: { id: '/subscriptions/2/resourceGroups/hub/providers/Microsoft.Network/virtualNetworks/hub' } }]]], at: 'vnet' }),
  azureCase('two networks of the artifact', 'pass', { more: [peering(`${GROUP}/providers/Microsoft.Network/virtualNetworks/second`), azureResource('network:VirtualNetwork', 'second', { virtualNetworkName: 'second' })], at: 'peer' }),
  azureCase('a gateway passed on', 'fail', { more: [peering(`${GROUP}/providers/Microsoft.Network/virtualNetworks/second`, { allowGatewayTransit: true }), azureResource('network:VirtualNetwork', 'second', { virtualNetworkName: 'second' })], at: 'peer', path: 'allowGatewayTransit' }),
  azureCase('a VPN gateway', 'fail', { more: [azureResource('network:VirtualNetworkGateway', 'vpn', {})], at: 'vpn' }),
  azureCase('a network that is not told', 'unknown', { more: [peering(NOT_KNOWN)], at: 'peer' }),
];

const NETWORK = ref('gcp:compute/network:Network', 'net');

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'alone', expected: 'pass', at: 'net', resources: net() },
  { cloud: 'gcp', name: 'a route through a tunnel', expected: 'fail', at: 'out', path: 'nextHopVpnTunnel', resources: [...net(), resource('gcp:compute/route:Route', 'out', { network: NETWORK, destRange: '10.99.0.0/16', nextHopVpnTunnel: 'tunnel' })] },
  { cloud: 'gcp', name: 'an interface in a network of others', expected: 'fail', at: 'tee', path: 'networkInterfaces[0].networkAttachment', resources: [...net(), space({ networkInterfaces: [{ networkAttachment: 'projects/x/regions/r/networkAttachments/y' }] })] },
  { cloud: 'gcp', name: 'a peering', expected: 'fail', at: 'peer', resources: net(resource('gcp:compute/networkPeering:NetworkPeering', 'peer', { network: NETWORK, peerNetwork: 'projects/x/global/networks/y' })) },
  { cloud: 'gcp', name: 'a VPN gateway', expected: 'fail', at: 'vpn', resources: net(resource('gcp:compute/haVpnGateway:HaVpnGateway', 'vpn', { network: NETWORK })) },
  { cloud: 'gcp', name: 'a serverless connector', expected: 'fail', at: 'connector', resources: net(resource('gcp:vpcaccess/connector:Connector', 'connector', { network: 'net' })) },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
