import type { RuleCase } from '../rule-case.js';
import { body } from '../aws-fixture.js';

const aws: RuleCase[] = [
  { name: 'IPv4 subnet', cloud: 'aws', expected: 'pass', at: 'Subnet', resources: { Subnet: body('AWS::EC2::Subnet', { CidrBlock: '10.0.0.0/24', AssignIpv6AddressOnCreation: false }) } },
  { name: 'IPv6 subnet', cloud: 'aws', expected: 'fail', at: 'Subnet', resources: { Subnet: body('AWS::EC2::Subnet', { Ipv6CidrBlock: '2600:1f18::/64' }) } },
  { name: 'IPv6 range', cloud: 'aws', expected: 'fail', at: 'Range', resources: { Range: body('AWS::EC2::VPCCidrBlock', { AmazonProvidedIpv6CidrBlock: true }) } },
];

export const cases: RuleCase[] = [...aws];
