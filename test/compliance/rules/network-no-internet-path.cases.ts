import { body, launchTemplate } from '../aws-fixture.js';
import type { RuleCase } from '../rule-case.js';
import { azureCase, id, resource } from '../prove/azure/fixture.js';
import { RULES, TCP, firewall, net, network, resource as gcpResource, route, rule, space, vm } from '../gcp-fixture.js';

const aws: RuleCase[] = [
  { cloud: 'aws', name: 'a private subnet', expected: 'pass', resources: { Subnet: body('AWS::EC2::Subnet', { MapPublicIpOnLaunch: false }) } },
  { cloud: 'aws', name: 'an internet gateway', expected: 'fail', at: 'Gateway', resources: { Gateway: body('AWS::EC2::InternetGateway', {}) } },
  { cloud: 'aws', name: 'a NAT gateway', expected: 'fail', at: 'Nat', resources: { Nat: body('AWS::EC2::NatGateway', {}) } },
  { cloud: 'aws', name: 'a default route to a transit gateway', expected: 'fail', at: 'Route', path: 'DestinationCidrBlock', resources: { Route: body('AWS::EC2::Route', { DestinationCidrBlock: '0.0.0.0/0', TransitGatewayId: 'tgw-1' }) } },
  { cloud: 'aws', name: 'half of a default route', expected: 'fail', at: 'Route', resources: { Route: body('AWS::EC2::Route', { DestinationCidrBlock: '0.0.0.0/1', TransitGatewayId: 'tgw-1' }) } },
  { cloud: 'aws', name: 'an exact route to an internet gateway', expected: 'fail', at: 'Route', resources: { Route: body('AWS::EC2::Route', { DestinationCidrBlock: '203.0.113.0/24', GatewayId: 'igw-1' }) } },
  { cloud: 'aws', name: 'public addresses by the subnet', expected: 'fail', at: 'Subnet', resources: { Subnet: body('AWS::EC2::Subnet', { MapPublicIpOnLaunch: true }) } },
  { cloud: 'aws', name: 'a public address by the launch template', expected: 'fail', at: 'Host', path: 'LaunchTemplateData.NetworkInterfaces[0].AssociatePublicIpAddress', resources: { Host: launchTemplate({ NetworkInterfaces: [{ AssociatePublicIpAddress: 'true' }] }) } },
  { cloud: 'aws', name: 'a load balancer that does not say its scheme', expected: 'fail', at: 'Lb', path: 'Scheme', resources: { Lb: body('AWS::ElasticLoadBalancingV2::LoadBalancer', { Type: 'network' }) } },
  { cloud: 'aws', name: 'a public database', expected: 'fail', at: 'Db', resources: { Db: body('AWS::RDS::DBInstance', { PubliclyAccessible: true }) } },
];

const azure: RuleCase[] = [
  azureCase('no way out', 'pass'),
  azureCase('a public address', 'fail', { more: [resource('network:PublicIPAddress', 'address', { publicIpAddressName: 'address' })], at: 'address' }),
  azureCase('a public address on the machine', 'fail', { edits: [['NetworkInterface', 'tee', 'ipConfigurations', [{ name: 'public', publicIPAddress: { id: id('Microsoft.Network/publicIPAddresses', 'elsewhere') } }]]], at: 'tee' }),
  azureCase('Azure\'s default outbound access', 'fail', { more: [resource('network:Subnet', 'bare', { virtualNetworkName: 'vnet', subnetName: 'bare', addressPrefix: '10.20.3.0/24' })], at: 'bare', path: 'defaultOutboundAccess' }),
  azureCase('a NAT gateway', 'fail', { more: [resource('network:NatGateway', 'nat', { natGatewayName: 'nat' })], at: 'nat' }),
  azureCase('a public address on an interface of the machine\'s own', 'fail', { edits: [['VirtualMachine', 'tee', 'networkProfile', { networkInterfaceConfigurations: [{ name: 'own', ipConfigurations: [{ name: 'own', publicIPAddressConfiguration: { name: 'p' } }] }] }]], at: 'tee' }),
  azureCase('a route', 'fail', { more: [resource('network:RouteTable', 'routes', { routeTableName: 'routes', routes: [{ name: 'out', addressPrefix: '0.0.0.0/0', nextHopType: 'VirtualAppliance', nextHopIpAddress: '10.9.0.4' }] })], at: 'routes' }),
  azureCase('a public load balancer', 'fail', { more: [resource('network:LoadBalancer', 'front', { loadBalancerName: 'front', frontendIPConfigurations: [{ name: 'front', publicIPAddress: { id: id('Microsoft.Network/publicIPAddresses', 'elsewhere') } }] })], at: 'front' }),
  azureCase('routes of others', 'unknown', { edits: [['VirtualNetwork', 'vnet', 'subnets', [{ name: 'tee', addressPrefix: '10.20.1.0/24', defaultOutboundAccess: false, routeTable: { id: '/subscriptions/1/resourceGroups/2/providers/Microsoft.Network/routeTables/r' } }]]], at: 'vnet' }),
];

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'none', expected: 'pass', resources: [...net(), vm()] },
  { cloud: 'gcp', name: 'an external address', expected: 'fail', at: 'vm', path: 'networkInterfaces[0]', resources: [...net(), vm({ networkInterfaces: [{ subnetwork: 'tee', accessConfigs: [{}] }] })] },
  { cloud: 'gcp', name: 'an external IPv6 address', expected: 'fail', at: 'tee', path: 'networkInterfaces[0]', resources: [...net(), space({ networkInterfaces: [{ subnetwork: 'tee', ipv6AccessConfigs: [{ networkTier: 'PREMIUM' }] }] })] },
  { cloud: 'gcp', name: 'default routes', expected: 'fail', at: 'net', path: 'deleteDefaultRoutesOnCreate', resources: net(network({ deleteDefaultRoutesOnCreate: undefined })) },
  { cloud: 'gcp', name: 'a default route', expected: 'fail', at: 'out', path: 'destRange', resources: net(route('out', { destRange: '0.0.0.0/0' })) },
  { cloud: 'gcp', name: 'Cloud NAT', expected: 'fail', at: 'nat', resources: [...net(), gcpResource('gcp:compute/routerNat:RouterNat', 'nat', { router: 'r' })] },
  { cloud: 'gcp', name: 'a reserved address', expected: 'fail', at: 'address', path: 'addressType', resources: [...net(), gcpResource('gcp:compute/address:Address', 'address', {})] },
  { cloud: 'gcp', name: 'a front end for the internet', expected: 'fail', at: 'front', path: 'loadBalancingScheme', resources: [...net(), gcpResource('gcp:compute/globalForwardingRule:GlobalForwardingRule', 'front', { target: 'x' })] },
  { cloud: 'gcp', name: 'packets of others', expected: 'fail', at: 'vm', path: 'canIpForward', resources: [...net(), vm({ canIpForward: true })] },
  { cloud: 'gcp', name: 'egress to everywhere', expected: 'fail', at: 'policy', resources: net(firewall([...RULES, rule('out', 1, 'EGRESS', 'allow', ['0.0.0.0/0'], TCP('443'))])) },
  { cloud: 'gcp', name: 'interfaces that are not told', expected: 'unknown', at: 'vm', path: 'networkInterfaces', resources: [...net(), vm({ networkInterfaces: '[secret]' })] },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
