import { body } from '../aws-fixture.js';
import type { RuleCase } from '../rule-case.js';

const aws: RuleCase[] = [
  { cloud: 'aws', name: 'from another group', expected: 'pass', resources: { In: body('AWS::EC2::SecurityGroupIngress', { GroupId: 'sg-1', IpProtocol: 'tcp', FromPort: 8443, ToPort: 8443, SourceSecurityGroupId: 'sg-2' }) } },
  { cloud: 'aws', name: 'from everywhere, inline', expected: 'fail', at: 'Group', path: 'SecurityGroupIngress[0].CidrIp', resources: { Group: body('AWS::EC2::SecurityGroup', { SecurityGroupIngress: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIp: '0.0.0.0/0' }] }) } },
  { cloud: 'aws', name: 'from everywhere, IPv6', expected: 'fail', at: 'In', path: 'CidrIpv6', resources: { In: body('AWS::EC2::SecurityGroupIngress', { GroupId: 'sg-1', IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIpv6: '::/0' }) } },
  { cloud: 'aws', name: 'from the lower half', expected: 'fail', at: 'In', resources: { In: body('AWS::EC2::SecurityGroupIngress', { GroupId: 'sg-1', IpProtocol: 'udp', FromPort: 53, ToPort: 53, CidrIp: '0.0.0.0/1' }) } },
  { cloud: 'aws', name: 'one rule that is no list', expected: 'fail', at: 'Group', resources: { Group: body('AWS::EC2::SecurityGroup', { SecurityGroupIngress: { IpProtocol: '-1', CidrIp: '0.0.0.0/0' } }) } },
  { cloud: 'aws', name: 'from a public range', expected: 'fail', at: 'In', resources: { In: body('AWS::EC2::SecurityGroupIngress', { GroupId: 'sg-1', IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIp: '8.0.0.0/8' }) } },
  { cloud: 'aws', name: 'from a parameter', expected: 'unknown', at: 'In', resources: { In: body('AWS::EC2::SecurityGroupIngress', { GroupId: 'sg-1', IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIp: { Ref: 'Parameter' } }) } },
  { cloud: 'aws', name: 'from a prefix list', expected: 'unknown', at: 'In', resources: { In: body('AWS::EC2::SecurityGroupIngress', { GroupId: 'sg-1', IpProtocol: 'tcp', FromPort: 443, ToPort: 443, SourcePrefixListId: 'pl-1' }) } },
];

const azure: RuleCase[] = [];

const gcp: RuleCase[] = [];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
