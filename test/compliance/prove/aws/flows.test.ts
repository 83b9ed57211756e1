import { proveFlows, wallGaps } from '../../../../constructs/compliance/prove/aws/flows.js';
import { prove } from '../../../../constructs/compliance/prove/index.js';
import type { Workload } from '../../../../constructs/workload/workload.js';
import { awsDeployment, type TemplateResources } from '../../rule-case.js';
import { WORKLOAD } from '../../workload-fixture.js';
import { aclEntry, network, rule, withoutAcls } from './network-fixture.js';

const flows = (resources: TemplateResources, workload: Workload | null = WORKLOAD): string[] => proveFlows(awsDeployment(resources, workload)).map(({ from, to, ports, status }) => `${status} ${from} ${to} ${ports}`);
const EXPECTED = ['expected gateway tee tcp/8443', 'expected tee endpoint:kms tcp/443', 'expected tee store tcp/5432'];
const group = (id: string) => ({ 'Fn::GetAtt': [`${id}Group`, 'GroupId'] });
const ingress = (own: string, more: object) => ({ Extra: rule('Ingress', `${own}Group`, more) });
const open = { CidrIp: '0.0.0.0/0', FromPort: 443, ToPort: 443 };
const gateway = (subnet: string): TemplateResources => ({
  Igw: { Type: 'AWS::EC2::InternetGateway' },
  Attach: { Type: 'AWS::EC2::VPCGatewayAttachment', Properties: { VpcId: { Ref: 'Vpc' }, InternetGatewayId: { Ref: 'Igw' } } },
  Default: { Type: 'AWS::EC2::Route', Properties: { RouteTableId: { Ref: `${subnet}Routes` }, DestinationCidrBlock: '0.0.0.0/0', GatewayId: { Ref: 'Igw' } } },
});
const route = (subnet: string, target: object, destination = '0.0.0.0/0'): TemplateResources => ({ Out: { Type: 'AWS::EC2::Route', Properties: { RouteTableId: { Ref: `${subnet}Routes` }, DestinationCidrBlock: destination, ...target } } });
const everything = { AnyOut: rule('Egress', 'TeeGroup', { CidrIp: '0.0.0.0/0', IpProtocol: '-1' }) };

test('exactly the flows of the workload file', () => {
  expect(flows(network())).toEqual(EXPECTED);
  expect(flows(withoutAcls())).toEqual(EXPECTED);
  expect(prove(awsDeployment(network())).network.verdict).toBe('closed');
});

const extra: Record<string, [TemplateResources, string[]]> = {
  'a wider port': [withoutAcls({ IngressIn: rule('Ingress', 'TeeGroup', { FromPort: 8000, ToPort: 9000, SourceSecurityGroupId: group('Gateway') }), IngressOut: rule('Egress', 'GatewayGroup', { FromPort: 0, ToPort: 65_535, DestinationSecurityGroupId: group('Tee') }) }), ['extra gateway tee tcp/8000-8442 tcp/8444-9000']],
  'protocol -1 by address': [withoutAcls({ A: rule('Egress', 'GatewayGroup', { CidrIp: '10.20.2.0/25', IpProtocol: '-1' }), B: rule('Ingress', 'StoreGroup', { CidrIp: '10.20.0.0/16', IpProtocol: -1 }) }), ['extra gateway store any']],
  'a group that allows itself': [withoutAcls({ A: rule('Egress', 'TeeGroup', { FromPort: 22, ToPort: 22, DestinationSecurityGroupId: group('Tee') }), B: rule('Ingress', 'TeeGroup', { FromPort: 22, ToPort: 22, SourceSecurityGroupId: group('Tee') }) }), ['extra tee tee tcp/22']],
  'inline rules and default egress': [withoutAcls({ StoreGroup: { Type: 'AWS::EC2::SecurityGroup', Properties: { GroupDescription: 's', SecurityGroupIngress: [{ IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432, SourceSecurityGroupId: group('Tee') }] } }, DataIn: { Type: 'AWS::CloudFormation::WaitConditionHandle' }, B: rule('Ingress', 'GatewayGroup', { FromPort: 80, ToPort: 80, SourceSecurityGroupId: group('Store') }) }), ['extra store gateway tcp/80']],
  'a customer prefix list': [withoutAcls({ List: { Type: 'AWS::EC2::PrefixList', Properties: { Entries: [{ Cidr: '10.20.0.0/24' }] } }, A: rule('Egress', 'GatewayGroup', { FromPort: 22, ToPort: 22, DestinationSecurityGroupId: group('Store') }), B: rule('Ingress', 'StoreGroup', { FromPort: 22, ToPort: 22, SourcePrefixListId: { Ref: 'List' } }) }), ['extra gateway store tcp/22']],
  'a group of another account': [network(ingress('Tee', { FromPort: 22, ToPort: 22, SourceSecurityGroupId: '444455556666/sg-0123456789abcdef0' })), ['extra 444455556666/sg-0123456789abcdef0 tee tcp/22']],
  'internet gateway, public address, open ingress': [withoutAcls({ ...gateway('Gateway'), ...ingress('Gateway', open), GatewaySubnet: { Type: 'AWS::EC2::Subnet', Properties: { VpcId: { Ref: 'Vpc' }, CidrBlock: '10.20.0.0/24', MapPublicIpOnLaunch: true } } }), ['extra internet gateway tcp/443']],
  'NAT gateway': [withoutAcls({ ...route('Tee', { NatGatewayId: { Ref: 'Nat' } }), Nat: { Type: 'AWS::EC2::NatGateway' }, ...everything }), ['extra tee internet any']],
  'IPv6 out': [withoutAcls({ V6: { Type: 'AWS::EC2::Route', Properties: { RouteTableId: { Ref: 'TeeRoutes' }, DestinationIpv6CidrBlock: '::/0', EgressOnlyInternetGatewayId: { Ref: 'Eigw' } } }, A: rule('Egress', 'TeeGroup', { CidrIpv6: '::/0', IpProtocol: '-1' }) }), ['extra tee internet any']],
  'transit gateway': [withoutAcls({ ...route('Tee', { TransitGatewayId: 'tgw-1' }, '10.99.0.0/16'), A: rule('Egress', 'TeeGroup', { CidrIp: '10.99.0.0/16', FromPort: 443, ToPort: 443 }), B: rule('Ingress', 'TeeGroup', { CidrIp: '10.0.0.0/8', FromPort: 22, ToPort: 22 }) }), ['extra peering tee tcp/22', 'extra tee peering tcp/443']],
  'peering': [withoutAcls({ ...route('Store', { VpcPeeringConnectionId: { Ref: 'Peer' } }, '10.30.0.0/16'), ...ingress('Store', { CidrIp: '10.30.1.0/24', FromPort: 5432, ToPort: 5432 }) }), ['extra peering store tcp/5432']],
  'an endpoint of somebody else': [network({ Ledger: { Type: 'AWS::EC2::VPCEndpoint', Properties: { VpcEndpointType: 'Interface', ServiceName: 'com.amazonaws.vpce.us-east-1.vpce-svc-1', SubnetIds: [{ Ref: 'EndpointsSubnet' }], SecurityGroupIds: [group('Endpoints')] } } }), ['extra tee endpoint:vpce.us-east-1.vpce-svc-1 tcp/443']],
  'an endpoint without policy': [network({ Logs: { Type: 'AWS::EC2::VPCEndpoint', Properties: { VpcEndpointType: 'Interface', ServiceName: 'com.amazonaws.us-east-1.logs', SubnetIds: [{ Ref: 'EndpointsSubnet' }], SecurityGroupIds: [group('Endpoints')] } } }), ['extra tee endpoint:logs tcp/443']],
  'the default security group': [withoutAcls({ GatewayHost: { Type: 'AWS::EC2::Instance', Properties: { SubnetId: { Ref: 'GatewaySubnet' } } }, StoreHost: { Type: 'AWS::EC2::Instance', Properties: { SubnetId: { Ref: 'StoreSubnet' } } } }), ['extra gateway store any', 'extra store gateway any']],
  'a PrivateLink service without acceptance': [network({ Nlb: { Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer', Properties: { Type: 'network', Scheme: 'internal', Subnets: [{ Ref: 'GatewaySubnet' }], SecurityGroups: [group('Gateway')] } }, Listener: { Type: 'AWS::ElasticLoadBalancingV2::Listener', Properties: { LoadBalancerArn: { Ref: 'Nlb' }, Port: 443, Protocol: 'TCP' } }, Service: { Type: 'AWS::EC2::VPCEndpointService', Properties: { AcceptanceRequired: false, NetworkLoadBalancerArns: [{ Ref: 'Nlb' }] } } }), ['extra consumers of Stack/Service gateway tcp/443']],
  'a PrivateLink service whose acceptance is not told': [network({ Nlb: { Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer', Properties: { Type: 'network', Scheme: 'internal', Subnets: [{ Ref: 'GatewaySubnet' }], SecurityGroups: [group('Gateway')] } }, Listener: { Type: 'AWS::ElasticLoadBalancingV2::Listener', Properties: { LoadBalancerArn: { Ref: 'Nlb' }, Port: 443, Protocol: 'TCP' } }, Service: { Type: 'AWS::EC2::VPCEndpointService', Properties: { AcceptanceRequired: { 'Fn::ImportValue': 'accept' }, NetworkLoadBalancerArns: [{ Ref: 'Nlb' }] } } }), ['unknown consumers of Stack/Service gateway tcp/443']],
};
test.each(Object.entries(extra))('extra or unknown: %s', (_, [resources, wanted]) => {
  const found = flows(resources);
  expect(found.filter((flow) => flow.startsWith('extra') && !/ (gateway|store) (gateway|store|peering|internet) any$|Stack\/GatewayGroup/.test(flow) || wanted.includes(flow))).toEqual(wanted);
  expect(prove(awsDeployment(resources)).network.verdict).toBe(wanted.every((flow) => flow.startsWith('unknown')) ? 'unknown' : 'open');
});

const closed: Record<string, TemplateResources> = {
  'ingress without an egress that answers it': withoutAcls(ingress('Store', { FromPort: 22, ToPort: 22, SourceSecurityGroupId: group('Gateway') })),
  'egress to everywhere without a route': withoutAcls(everything),
  'a route without a rule': withoutAcls(gateway('Tee')),
  'open ingress behind an internet gateway, no public address': withoutAcls({ ...gateway('Tee'), ...ingress('Tee', open) }),
  'a port that the ACLs stop': network({ A: rule('Egress', 'GatewayGroup', { FromPort: 22, ToPort: 22, DestinationSecurityGroupId: group('Tee') }), B: rule('Ingress', 'TeeGroup', { FromPort: 22, ToPort: 22, SourceSecurityGroupId: group('Gateway') }) }),
  'an ACL that denies first': network({ A: rule('Egress', 'GatewayGroup', { FromPort: 22, ToPort: 22, DestinationSecurityGroupId: group('Tee') }), B: rule('Ingress', 'TeeGroup', { FromPort: 22, ToPort: 22, SourceSecurityGroupId: group('Gateway') }), C: aclEntry('GatewayAcl', 5, true, '10.20.0.0/16', 22, 22, 'deny'), D: aclEntry('GatewayAcl', 6, true, '10.20.1.0/24', 22, 22), E: aclEntry('TeeAcl', 6, false, '10.20.0.0/24', 22, 22) }),
};
test.each(Object.entries(closed))('closed: %s', (_, resources) => expect(flows(resources)).toEqual(EXPECTED));

test.each([
  ['no egress', network({}, ['IngressOut']), /no security group of gateway/],
  ['no ingress', network({}, ['IngressIn']), /no security group of tee/],
  ['ACL of the way there', network({}, ['IngressAclIn']), /network ACL/],
  ['ACL of the way back', network({}, ['IngressAclAnswerOut']), /network ACL/],
  ['part of the ephemeral ports', network({ IngressAclAnswerOut: aclEntry('TeeAcl', 11, true, '10.20.0.0/24', 32_768, 60_999) }), /network ACL/],
  ['a deny in front', network({ Deny: aclEntry('TeeAcl', 1, false, '10.20.0.128/25', 8443, 8443, 'deny') }), /network ACL/],
  ['nothing in the segment', network({}, ['TeeHost', 'TeeGroup', 'IngressIn', 'DataOut', 'KmsOut']), /nothing of the artifact is in segment tee/],
] as const)('missing: %s', (_, resources, why) => {
  const missing = proveFlows(awsDeployment(resources)).filter(({ status, to }) => status === 'missing' && to === 'tee');
  expect(missing.map(({ ports }) => ports)).toEqual(['tcp/8443']);
  expect(missing[0]!.via).toMatch(why);
});

test('a rule that cannot be read makes the flow unknown', () => {
  const both = withoutAcls({ A: rule('Egress', 'GatewayGroup', { FromPort: 22, ToPort: 22, DestinationSecurityGroupId: group('Store') }), B: rule('Ingress', 'StoreGroup', { FromPort: 22, ToPort: 22, CidrIp: { Ref: 'Parameter' } }) });
  expect(flows(both)).toContain('unknown gateway store tcp/22');
  expect(prove(awsDeployment(both)).network.verdict).toBe('unknown');
  expect(flows(withoutAcls({ ...route('Tee', { NetworkInterfaceId: 'eni-1' }) }))).toContain('unknown tee internet any');
});

test('without a network every flow is missing; without a workload only what leaves is told', () => {
  expect(flows({ Key: { Type: 'AWS::KMS::Key' } })).toEqual(['missing gateway tee tcp/8443', 'missing tee store tcp/5432']);
  expect(flows({ Key: { Type: 'AWS::KMS::Key' } }, null)).toEqual([]);
  expect(flows(network(), null)).toEqual([]);
  expect(flows(withoutAcls({ ...gateway('Gateway'), ...ingress('Gateway', open), GatewayHost: { Type: 'AWS::EC2::Instance', Properties: { NetworkInterfaces: [{ AssociatePublicIpAddress: true, SubnetId: { Ref: 'GatewaySubnet' }, GroupSet: [group('Gateway')] }] } } }), null)).toEqual(['extra internet Stack/GatewaySubnet tcp/443']);
});

test('each wall is judged alone', () => {
  const gaps = (resources: TemplateResources): string[] => wallGaps(awsDeployment(resources)).map(({ wall, from, to, ports }) => `${wall}: ${from} ${to} ${ports}`);
  expect(gaps(network())).toEqual([]);
  expect(gaps(network(ingress('Tee', open)))).toContain('security groups: internet tee tcp/443');
  expect(gaps(network(everything))).toContain('security groups: tee internet any');
  expect(gaps(network({ Wide: aclEntry('StoreAcl', 5, false, '0.0.0.0/0', 0, 65_535) }))).toContain('network ACLs: internet store tcp/0-65535');
  expect(gaps(network({}, ['StoreAclOf']))).toContain('network ACLs: store internet any');
});
