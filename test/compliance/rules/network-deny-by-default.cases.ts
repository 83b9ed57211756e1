import { body } from '../aws-fixture.js';
import type { RuleCase } from '../rule-case.js';
import { azureCase, NOT_KNOWN, resource } from '../prove/azure/fixture.js';
import { RULES, firewall, net, network, rule, vm } from '../gcp-fixture.js';

const aws: RuleCase[] = [
  { cloud: 'aws', name: 'a security group of elsewhere', expected: 'unknown', at: 'Endpoint', resources: { Vpc: body('AWS::EC2::VPC', {}), Endpoint: body('AWS::EC2::VPCEndpoint', { SecurityGroupIds: ['sg-0123456789abcdef0'] }) } },
  { cloud: 'aws', name: 'an exact egress rule', expected: 'pass', resources: { Group: body('AWS::EC2::SecurityGroup', { SecurityGroupEgress: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, DestinationSecurityGroupId: 'sg-1' }] }) } },
  { cloud: 'aws', name: 'no egress rule means all of them', expected: 'fail', at: 'Group', path: 'SecurityGroupEgress', resources: { Group: body('AWS::EC2::SecurityGroup', {}) } },
  { cloud: 'aws', name: 'egress rules beside the group', expected: 'unknown', at: 'Group', resources: { Group: body('AWS::EC2::SecurityGroup', {}), Rule: body('AWS::EC2::SecurityGroupEgress', { GroupId: { 'Fn::GetAtt': ['Group', 'GroupId'] }, IpProtocol: 'tcp', FromPort: 443, ToPort: 443, DestinationSecurityGroupId: 'sg-1' }) } },
  { cloud: 'aws', name: 'egress to everywhere', expected: 'fail', at: 'Group', path: 'SecurityGroupEgress[0].CidrIp', resources: { Group: body('AWS::EC2::SecurityGroup', { SecurityGroupEgress: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIp: '0.0.0.0/0' }] }) } },
  { cloud: 'aws', name: 'egress to half of everywhere', expected: 'fail', at: 'Rule', path: 'CidrIp', resources: { Rule: body('AWS::EC2::SecurityGroupEgress', { GroupId: 'sg-2', IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIp: '128.0.0.0/1' }) } },
  { cloud: 'aws', name: 'every protocol inside', expected: 'fail', at: 'Group', path: 'SecurityGroupEgress[0].IpProtocol', resources: { Group: body('AWS::EC2::SecurityGroup', { SecurityGroupEgress: [{ IpProtocol: '-1', CidrIp: '10.0.0.0/8' }] }) } },
  { cloud: 'aws', name: 'CDK\'s placeholder for no egress', expected: 'pass', resources: { Group: body('AWS::EC2::SecurityGroup', { SecurityGroupEgress: [{ IpProtocol: 'icmp', FromPort: 252, ToPort: 86, CidrIp: '255.255.255.255/32' }] }) } },
  { cloud: 'aws', name: 'a subnet under the default network ACL', expected: 'fail', at: 'Subnet', resources: { Subnet: body('AWS::EC2::Subnet', {}) } },
  { cloud: 'aws', name: 'a network ACL that allows all', expected: 'fail', at: 'Entry', path: 'Protocol', resources: { Entry: body('AWS::EC2::NetworkAclEntry', { Protocol: -1, RuleAction: 'allow', CidrBlock: '10.0.0.0/8' }) } },
  { cloud: 'aws', name: 'a network ACL that allows everywhere', expected: 'fail', at: 'Entry', path: 'CidrBlock', resources: { Entry: body('AWS::EC2::NetworkAclEntry', { Protocol: 6, RuleAction: 'allow', CidrBlock: '0.0.0.0/0' }) } },
];

const azure: RuleCase[] = [
  azureCase('denied both ways', 'pass'),
  azureCase('Azure\'s default rules', 'fail', { edits: [['NetworkSecurityGroup', 'store', 'securityRules', undefined]], at: 'store' }),
  azureCase('TCP denied only', 'fail', { edits: [['NetworkSecurityGroup', 'store', 'securityRules', ['Inbound', 'Outbound'].map((direction) => ({ name: direction, direction, access: 'Deny', priority: 4096, protocol: 'Tcp', sourceAddressPrefix: '*', sourcePortRange: '*', destinationAddressPrefix: '*', destinationPortRange: '*' }))]], at: 'store' }),
  azureCase('a subnet without a group', 'fail', { more: [resource('network:Subnet', 'bare', { virtualNetworkName: 'vnet', subnetName: 'bare', addressPrefix: '10.20.3.0/24', defaultOutboundAccess: false })], at: 'bare' }),
  azureCase('every protocol', 'fail', { more: [resource('network:SecurityRule', 'wide', { networkSecurityGroupName: 'tee', direction: 'Inbound', access: 'Allow', priority: 200, protocol: '*', sourceAddressPrefix: '10.20.0.0/24', destinationAddressPrefix: '*', destinationPortRange: '8443' })], at: 'wide' }),
  azureCase('out to a service tag', 'fail', { more: [resource('network:SecurityRule', 'out', { networkSecurityGroupName: 'tee', direction: 'Outbound', access: 'Allow', priority: 200, protocol: 'Tcp', sourceAddressPrefix: '*', destinationAddressPrefix: 'AzureKeyVault', destinationPortRange: '443' })], at: 'out' }),
  azureCase('not known', 'unknown', { edits: [['NetworkSecurityGroup', 'store', 'securityRules', NOT_KNOWN]], at: 'store' }),
  azureCase('the rest denied for some source ports', 'fail', { edits: [['NetworkSecurityGroup', 'tee', 'securityRules', [{ name: 'in', direction: 'Inbound', priority: 4096, access: 'Deny', protocol: '*', sourcePortRange: '80', sourceAddressPrefix: '*', destinationPortRange: '*', destinationAddressPrefix: '*' }, { name: 'out', direction: 'Outbound', priority: 4096, access: 'Deny', protocol: '*', sourcePortRange: '*', sourceAddressPrefix: '*', destinationPortRange: '*', destinationAddressPrefix: '*' }]]], at: 'tee' }),
  azureCase('neither allowed nor denied', 'unknown', { edits: [['NetworkSecurityGroup', 'tee', 'securityRules', [{ name: 'in', direction: 'Inbound', priority: 4096, access: 'Maybe', protocol: '*', sourcePortRange: '*', sourceAddressPrefix: '*', destinationPortRange: '*', destinationAddressPrefix: '*' }]]], at: 'tee' }),
];

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'two denies', expected: 'pass', resources: net() },
  { cloud: 'gcp', name: 'no deny of egress', expected: 'fail', at: 'net', resources: net(firewall(RULES.slice(0, -1))) },
  { cloud: 'gcp', name: 'a deny for one tag', expected: 'fail', at: 'net', resources: net(firewall([...RULES.slice(0, -1), rule('deny-out', 1001, 'EGRESS', 'deny', ['0.0.0.0/0'], { ipProtocol: 'all' }, { targetServiceAccounts: ['a@b'] })])) },
  { cloud: 'gcp', name: 'classic rules first', expected: 'fail', at: 'net', path: 'networkFirewallPolicyEnforcementOrder', resources: net(network({ networkFirewallPolicyEnforcementOrder: undefined })) },
  { cloud: 'gcp', name: 'subnetworks of its own', expected: 'fail', at: 'net', path: 'autoCreateSubnetworks', resources: net(network({ autoCreateSubnetworks: undefined })) },
  { cloud: 'gcp', name: 'a machine in the default network', expected: 'fail', at: 'vm', resources: [...net(), vm({ networkInterfaces: [{ network: 'default' }] })] },
  { cloud: 'gcp', name: 'an order that is not told', expected: 'unknown', at: 'net', path: 'networkFirewallPolicyEnforcementOrder', resources: net(network({ networkFirewallPolicyEnforcementOrder: '[secret]' })) },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
