import { body, launchTemplate } from '../aws-fixture.js';
import type { RuleCase } from '../rule-case.js';

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

const azure: RuleCase[] = [];

const gcp: RuleCase[] = [];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
