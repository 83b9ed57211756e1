import { body } from '../aws-fixture.js';
import type { RuleCase } from '../rule-case.js';
import { azureCase, NOT_KNOWN, resource } from '../prove/azure/fixture.js';
import { RULES, TCP, classic, firewall, net, rule } from '../gcp-fixture.js';

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

const azure: RuleCase[] = [
  azureCase('from groups and segments', 'pass'),
  ...['*', 'Internet', '0.0.0.0/0', '::/0', '203.0.113.7', 'AzureCloud'].map((sourceAddressPrefix) => azureCase(`from ${sourceAddressPrefix}`, 'fail', { more: [resource('network:SecurityRule', 'open', { networkSecurityGroupName: 'tee', direction: 'Inbound', access: 'Allow', priority: 200, protocol: 'Tcp', sourceAddressPrefix, destinationAddressPrefix: '*', destinationPortRange: '8443' })], at: 'open' })),
  azureCase('a private link service for everybody', 'fail', { more: [resource('network:PrivateLinkService', 'front', { autoApproval: { subscriptions: ['*'] } })], at: 'front' }),
  azureCase('a rule above the groups', 'fail', { more: [resource('network:AdminRule', 'above', { access: 'AlwaysAllow' })], at: 'above' }),
  azureCase('inline, one of several', 'fail', { edits: [['NetworkSecurityGroup', 'store', 'securityRules', [{ name: 'open', direction: 'Inbound', access: 'Allow', priority: 100, protocol: 'Tcp', sourceAddressPrefixes: ['10.20.1.0/24', '198.51.100.0/24'], destinationAddressPrefix: '*', destinationPortRange: '5432' }]]], at: 'store' }),
  azureCase('not known', 'unknown', { edits: [['NetworkSecurityGroup', 'store', 'securityRules', NOT_KNOWN]], at: 'store' }),
];

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'segments only', expected: 'pass', resources: net() },
  { cloud: 'gcp', name: 'everywhere', expected: 'fail', at: 'policy', resources: net(firewall([...RULES, rule('open', 1, 'INGRESS', 'allow', ['0.0.0.0/0'], TCP('443'))])) },
  { cloud: 'gcp', name: 'everywhere in IPv6', expected: 'fail', at: 'policy', resources: net(firewall([...RULES, rule('open', 1, 'INGRESS', 'allow', ['::/0'], TCP('443'))])) },
  { cloud: 'gcp', name: 'a public address', expected: 'fail', at: 'classic', resources: net(classic({ sourceRanges: ['203.0.113.0/24'], allows: [{ protocol: 'tcp', ports: ['443'] }] })) },
  { cloud: 'gcp', name: 'a classic rule without a source', expected: 'fail', at: 'classic', resources: net(classic({ allows: [{ protocol: 'tcp', ports: ['443'] }] })) },
  { cloud: 'gcp', name: 'health checks of Google', expected: 'pass', resources: net(firewall([...RULES, rule('health', 1, 'INGRESS', 'allow', ['35.191.0.0/16', '130.211.0.0/22'], TCP('8443'))])) },
  { cloud: 'gcp', name: 'a range that is not told', expected: 'unknown', at: 'classic', resources: net(classic({ sourceRanges: ['[secret]'], allows: [{ protocol: 'tcp' }] })) },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
