import type { Json, JsonObject, Mutator } from '../mutator.js';
import { ACCOUNT, arr, getAtt, obj, ref, says, some, STRANGER, type Template, weakerIn } from './template.js';

const weaker = weakerIn('private-network');
const rule = (direction: 'Ingress' | 'Egress', segment: string, properties: JsonObject) => (template: Template): void => void template.add('OpenRule', `AWS::EC2::SecurityGroup${direction}`, { GroupId: template.groupId(segment), IpProtocol: 'tcp', FromPort: 443, ToPort: 443, ...properties });
const route = (segment: string, target: (template: Template) => JsonObject) => (template: Template): void => void template.add('OpenRoute', 'AWS::EC2::Route', { RouteTableId: template.routes(segment), DestinationCidrBlock: '0.0.0.0/0', ...target(template) });
const internetGateway = (template: Template): JsonObject => {
  template.add('Igw', 'AWS::EC2::InternetGateway', {});
  template.add('IgwAttachment', 'AWS::EC2::VPCGatewayAttachment', { VpcId: ref(template.vpc.id), InternetGatewayId: ref('Igw') });
  return { GatewayId: ref('Igw') };
};
const tee = (template: Template): Json => ref(template.subnets('tee')[0]!.id);
const endpointPolicy = (service: string, change: (statement: JsonObject) => void) => (template: Template): void => some(template.endpoint(service).statements(), 'endpoint policy').forEach(change);

export const network: readonly Mutator[] = [
  weaker('internet-gateway-and-route', route('tee', internetGateway)),
  weaker('internet-gateway-attached', (template) => void internetGateway(template)),
  weaker('internet-route-for-the-gateway-segment', route('gateway', internetGateway)),
  weaker('nat-gateway', route('tee', (template) => {
    template.add('Nat', 'AWS::EC2::NatGateway', { SubnetId: ref(template.subnets('gateway')[0]!.id), ConnectivityType: 'public' });
    return { NatGatewayId: ref('Nat') };
  })),
  weaker('transit-gateway', route('tee', (template) => {
    template.add('Attachment', 'AWS::EC2::TransitGatewayAttachment', { VpcId: ref(template.vpc.id), SubnetIds: [tee(template)], TransitGatewayId: 'tgw-0123456789abcdef0' });
    return { TransitGatewayId: 'tgw-0123456789abcdef0' };
  })),
  weaker('peering', route('phi-store', (template) => {
    template.add('Peering', 'AWS::EC2::VPCPeeringConnection', { VpcId: ref(template.vpc.id), PeerVpcId: 'vpc-0123456789abcdef0', PeerOwnerId: STRANGER });
    return { VpcPeeringConnectionId: ref('Peering'), DestinationCidrBlock: '10.99.0.0/16' };
  })),
  weaker('peering-without-a-route-yet', (template) => void template.add('Peering', 'AWS::EC2::VPCPeeringConnection', { VpcId: ref(template.vpc.id), PeerVpcId: 'vpc-0123456789abcdef0', PeerOwnerId: STRANGER })),
  weaker('vpn-gateway', route('tee', () => ({ GatewayId: 'vgw-0123456789abcdef0', DestinationCidrBlock: '172.16.0.0/12' }))),
  weaker('route-through-an-instance', route('tee', () => ({ NetworkInterfaceId: 'eni-0123456789abcdef0' }))),
  weaker('egress-only-gateway', route('tee', (template) => {
    template.add('Eigw', 'AWS::EC2::EgressOnlyInternetGateway', { VpcId: ref(template.vpc.id) });
    return { DestinationCidrBlock: null, DestinationIpv6CidrBlock: '::/0', EgressOnlyInternetGatewayId: ref('Eigw') };
  })),
  weaker('client-vpn', (template) => {
    template.add('Vpn', 'AWS::EC2::ClientVpnEndpoint', { VpcId: ref(template.vpc.id), ClientCidrBlock: '10.100.0.0/22', ServerCertificateArn: `arn:aws:acm:us-east-1:${ACCOUNT}:certificate/x`, AuthenticationOptions: [{ Type: 'certificate-authentication' }], ConnectionLogOptions: { Enabled: false }, SecurityGroupIds: [template.groupId('tee')] });
    template.add('VpnNetwork', 'AWS::EC2::ClientVpnTargetNetworkAssociation', { ClientVpnEndpointId: ref('Vpn'), SubnetId: tee(template) });
  }),

  weaker('ingress-from-everywhere', rule('Ingress', 'tee', { CidrIp: '0.0.0.0/0' })),
  weaker('ingress-from-everywhere-v6', rule('Ingress', 'tee', { CidrIpv6: '::/0' })),
  weaker('ingress-from-half-the-internet', rule('Ingress', 'gateway', { CidrIp: '0.0.0.0/1' })),
  weaker('ingress-from-the-whole-vpc', rule('Ingress', 'phi-store', { CidrIp: '10.20.0.0/16' })),
  weaker('ingress-from-the-vpc-by-attribute', (template) => rule('Ingress', 'phi-store', { CidrIp: getAtt(template.vpc.id, 'CidrBlock') })(template)),
  weaker('ingress-from-a-prefix-list', rule('Ingress', 'tee', { SourcePrefixListId: 'pl-0123456789abcdef0' })),
  weaker('ingress-from-a-foreign-group', rule('Ingress', 'tee', { SourceSecurityGroupId: 'sg-0123456789abcdef0', SourceSecurityGroupOwnerId: STRANGER })),
  weaker('ingress-ssh-from-the-gateway', (template) => rule('Ingress', 'tee', { SourceSecurityGroupId: template.groupId('gateway'), FromPort: 22, ToPort: 22 })(template)),
  weaker('ingress-within-the-segment', (template) => rule('Ingress', 'tee', { SourceSecurityGroupId: template.groupId('tee'), IpProtocol: '-1', FromPort: null, ToPort: null })(template)),
  weaker('egress-to-everywhere', rule('Egress', 'tee', { CidrIp: '0.0.0.0/0' })),
  weaker('egress-default', (template) => {
    for (const group of template.segment('AWS::EC2::SecurityGroup', 'tee')) delete group.p['SecurityGroupEgress'];
  }),
  weaker('egress-udp', rule('Egress', 'tee', { CidrIp: '0.0.0.0/0', IpProtocol: 'udp', FromPort: 53, ToPort: 53 })),
  weaker('flow-ports-widened', (template) => {
    for (const one of [...template.all('AWS::EC2::SecurityGroupIngress'), ...template.all('AWS::EC2::SecurityGroupEgress')]) if (one.p['FromPort'] === 8443) Object.assign(one.p, { FromPort: 0, ToPort: 65535 });
  }),
  weaker('flow-past-the-tee', (template) => {
    template.add('PastOut', 'AWS::EC2::SecurityGroupEgress', { GroupId: template.groupId('gateway'), DestinationSecurityGroupId: template.groupId('phi-store'), IpProtocol: 'tcp', FromPort: 443, ToPort: 443 });
    template.add('PastIn', 'AWS::EC2::SecurityGroupIngress', { GroupId: template.groupId('phi-store'), SourceSecurityGroupId: template.groupId('gateway'), IpProtocol: 'tcp', FromPort: 443, ToPort: 443 });
  }),
  weaker('flow-past-the-tee-one-side', (template) => void template.add('PastIn', 'AWS::EC2::SecurityGroupIngress', { GroupId: template.groupId('phi-store'), SourceSecurityGroupId: template.groupId('gateway'), IpProtocol: 'tcp', FromPort: 443, ToPort: 443 })),
  weaker('inline-ingress', (template) => {
    for (const group of template.segment('AWS::EC2::SecurityGroup', 'tee')) group.p['SecurityGroupIngress'] = [{ CidrIp: '0.0.0.0/0', IpProtocol: '-1' }];
  }),
  weaker('hosts-in-another-group', (template) => {
    template.add('Loose', 'AWS::EC2::SecurityGroup', { GroupDescription: 'loose', VpcId: ref(template.vpc.id), SecurityGroupIngress: [{ CidrIp: '10.20.0.0/16', IpProtocol: '-1' }] });
    arr(obj(arr(template.host['NetworkInterfaces'])[0])['Groups']).push(getAtt('Loose', 'GroupId'));
  }),
  weaker('hosts-in-the-gateway-segment', (template) => (template.fleet.p['VPCZoneIdentifier'] = template.subnets('gateway').map(({ id }) => ref(id)))),

  weaker('acl-lets-everything-in', (template) => void template.add('OpenAcl', 'AWS::EC2::NetworkAclEntry', { NetworkAclId: template.one('AWS::EC2::SubnetNetworkAclAssociation', ({ p }) => says(p['SubnetId'], template.subnets('tee')[0]!.id)).p['NetworkAclId'] ?? null, RuleNumber: 5, Protocol: -1, RuleAction: 'allow', Egress: false, CidrBlock: '0.0.0.0/0' })),
  weaker('acl-lets-everything-out', (template) => void template.add('OpenAcl', 'AWS::EC2::NetworkAclEntry', { NetworkAclId: template.one('AWS::EC2::SubnetNetworkAclAssociation', ({ p }) => says(p['SubnetId'], template.subnets('tee')[0]!.id)).p['NetworkAclId'] ?? null, RuleNumber: 5, Protocol: -1, RuleAction: 'allow', Egress: true, CidrBlock: '0.0.0.0/0' })),
  weaker('acl-entry-widened', (template) => {
    for (const entry of template.all('AWS::EC2::NetworkAclEntry', ({ p }) => p['Egress'] === false && says(p['PortRange'], '8443'))) entry.p['CidrBlock'] = '10.20.0.0/16';
  }),
  weaker('acl-not-associated', (template) => template.remove(template.one('AWS::EC2::SubnetNetworkAclAssociation', ({ p }) => says(p['SubnetId'], template.subnets('tee')[0]!.id)))),
  weaker('subnet-gives-public-addresses', (template) => (template.subnets('tee')[0]!.p['MapPublicIpOnLaunch'] = true)),
  weaker('subnet-gets-ipv6', (template) => {
    template.add('V6', 'AWS::EC2::VPCCidrBlock', { VpcId: ref(template.vpc.id), AmazonProvidedIpv6CidrBlock: true });
    Object.assign(template.subnets('tee')[0]!.p, { Ipv6CidrBlock: '2600:1f18::/64', AssignIpv6AddressOnCreation: true });
  }),
  weaker('elastic-address', (template) => {
    template.add('Eni', 'AWS::EC2::NetworkInterface', { SubnetId: tee(template), GroupSet: [template.groupId('tee')] });
    template.add('Eip', 'AWS::EC2::EIP', { Domain: 'vpc' });
    template.add('EipAssociation', 'AWS::EC2::EIPAssociation', { AllocationId: getAtt('Eip', 'AllocationId'), NetworkInterfaceId: ref('Eni') });
  }),
  weaker('internet-facing-load-balancer', (template) => {
    template.add('Front', 'AWS::ElasticLoadBalancingV2::LoadBalancer', { Type: 'network', Scheme: 'internet-facing', Subnets: template.subnets('gateway').map(({ id }) => ref(id)), SecurityGroups: [template.groupId('gateway')] });
  }),
  weaker('tls-ends-at-a-load-balancer', (template) => {
    template.add('Alb', 'AWS::ElasticLoadBalancingV2::LoadBalancer', { Type: 'application', Scheme: 'internal', Subnets: template.subnets('gateway').map(({ id }) => ref(id)), SecurityGroups: [template.groupId('gateway')] });
    template.add('AlbTarget', 'AWS::ElasticLoadBalancingV2::TargetGroup', { Protocol: 'HTTP', Port: 8443, VpcId: ref(template.vpc.id) });
    template.add('AlbListener', 'AWS::ElasticLoadBalancingV2::Listener', { LoadBalancerArn: ref('Alb'), Protocol: 'HTTPS', Port: 443, Certificates: [{ CertificateArn: `arn:aws:acm:us-east-1:${ACCOUNT}:certificate/x` }], DefaultActions: [{ Type: 'forward', TargetGroupArn: ref('AlbTarget') }] });
    template.fleet.p['TargetGroupARNs'] = [ref('AlbTarget')];
  }),
  weaker('service-for-everybody', (template) => {
    template.add('Nlb', 'AWS::ElasticLoadBalancingV2::LoadBalancer', { Type: 'network', Scheme: 'internal', Subnets: template.subnets('gateway').map(({ id }) => ref(id)), SecurityGroups: [template.groupId('gateway')] });
    template.add('NlbListener', 'AWS::ElasticLoadBalancingV2::Listener', { LoadBalancerArn: ref('Nlb'), Protocol: 'TCP', Port: 443, DefaultActions: [{ Type: 'forward' }] });
    template.add('PublicService', 'AWS::EC2::VPCEndpointService', { NetworkLoadBalancerArns: [ref('Nlb')], AcceptanceRequired: false });
  }),
  weaker('lambda-in-the-tee-segment', (template) => {
    template.add('FnRole', 'AWS::IAM::Role', { AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }] } });
    template.add('Fn', 'AWS::Lambda::Function', { Role: getAtt('FnRole', 'Arn'), Runtime: 'nodejs20.x', Handler: 'i.h', Code: { ZipFile: 'x' }, VpcConfig: { SubnetIds: [tee(template)], SecurityGroupIds: [template.groupId('tee')] } });
  }),

  weaker('endpoint-policy-gone', (template) => delete template.endpoint('kms').p['PolicyDocument']),
  weaker('endpoint-policy-open', (template) => (template.endpoint('s3').p['PolicyDocument'] = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }] })),
  weaker('endpoint-policy-without-accounts', endpointPolicy('kms', (statement) => delete statement['Condition'])),
  weaker('endpoint-policy-if-exists', endpointPolicy('kms', (statement) => (statement['Condition'] = Object.fromEntries(Object.entries(obj(statement['Condition'])).map(([name, keys]) => [`${name}IfExists`, keys]))))),
  weaker('endpoint-policy-without-the-resource-account', (template) => {
    for (const statement of template.endpoint('kms').statements()) delete obj(obj(statement['Condition'])['StringEquals'])['aws:ResourceAccount'];
  }),
  weaker('endpoint-policy-foreign-account', endpointPolicy('kms', (statement) => {
    const keys = obj(obj(statement['Condition'])['StringEquals']);
    keys['aws:PrincipalAccount'] = [ACCOUNT, STRANGER];
    delete keys['aws:PrincipalOrgID'];
  })),
  weaker('endpoint-policy-foreign-bucket', (template) => template.endpoint('s3').push('PolicyDocument', { Effect: 'Allow', Principal: '*', Action: ['s3:PutObject'], Resource: 'arn:aws:s3:::somebody-else/*' })),
  weaker('endpoint-policy-every-bucket', endpointPolicy('s3', (statement) => (statement['Resource'] = '*'))),
  weaker('endpoint-policy-not-action', (template) => template.endpoint('kms').push('PolicyDocument', { Effect: 'Allow', Principal: '*', NotAction: 'kms:Decrypt', Resource: '*' })),
  weaker('endpoint-gone', (template) => template.remove(template.endpoint('kms'))),
  weaker('endpoint-without-private-names', (template) => (template.endpoint('kms').p['PrivateDnsEnabled'] = false)),
  weaker('endpoint-for-another-service-without-a-policy', (template) => {
    const properties = structuredClone(template.endpoint('kms').p);
    delete properties['PolicyDocument'];
    template.add('Sts', 'AWS::EC2::VPCEndpoint', { ...properties, ServiceName: 'com.amazonaws.us-east-1.execute-api' });
  }),
  weaker('endpoint-of-a-stranger', (template) => void template.add('Foreign', 'AWS::EC2::VPCEndpoint', { ...structuredClone(template.endpoint('kms').p), ServiceName: 'com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0' })),
  weaker('endpoint-open-to-the-vpc', (template) => rule('Ingress', 'endpoints', { CidrIp: '10.20.0.0/16' })(template)),
  weaker('gateway-endpoint-without-a-policy', (template) => {
    template.add('S3Gateway', 'AWS::EC2::VPCEndpoint', { ServiceName: 'com.amazonaws.us-east-1.s3', VpcEndpointType: 'Gateway', VpcId: ref(template.vpc.id), RouteTableIds: [template.routes('tee')] });
  }),

  weaker('dns-firewall-fails-open', (template) => (template.one('AWS::Route53Resolver::FirewallConfig').p['FirewallFailOpen'] = 'ENABLED')),
  weaker('dns-firewall-config-gone', (template) => template.remove(template.one('AWS::Route53Resolver::FirewallConfig'))),
  weaker('dns-firewall-not-associated', (template) => template.remove(template.one('AWS::Route53Resolver::FirewallRuleGroupAssociation'))),
  weaker('dns-firewall-blocks-nothing', (template) => {
    const group = template.one('AWS::Route53Resolver::FirewallRuleGroup');
    group.p['FirewallRules'] = arr(group.p['FirewallRules']).filter((one) => obj(one)['Action'] !== 'BLOCK');
  }),
  weaker('dns-firewall-only-alerts', (template) => {
    for (const one of arr(template.one('AWS::Route53Resolver::FirewallRuleGroup').p['FirewallRules']).map(obj)) if (one['Action'] === 'BLOCK') one['Action'] = 'ALERT';
  }),
  weaker('dns-firewall-allows-every-name', (template) => {
    const list = template.one('AWS::Route53Resolver::FirewallDomainList', ({ p }) => !says(p['Domains'], '"*."'));
    list.p['Domains'] = ['*.'];
  }),
  weaker('dns-firewall-allows-another-domain', (template) => arr(template.one('AWS::Route53Resolver::FirewallDomainList', ({ p }) => !says(p['Domains'], '"*."')).p['Domains']).push('*.example.com.')),
  weaker('dns-firewall-blocks-one-name', (template) => (template.one('AWS::Route53Resolver::FirewallDomainList', ({ p }) => says(p['Domains'], '"*."')).p['Domains'] = ['evil.example.com.'])),
  weaker('dns-forwarded-outside', (template) => {
    template.add('Outbound', 'AWS::Route53Resolver::ResolverEndpoint', { Direction: 'OUTBOUND', SecurityGroupIds: [template.groupId('gateway')], IpAddresses: template.subnets('gateway').map(({ id }) => ({ SubnetId: ref(id) })) });
    template.add('Forward', 'AWS::Route53Resolver::ResolverRule', { DomainName: 'example.com', RuleType: 'FORWARD', ResolverEndpointId: ref('Outbound'), TargetIps: [{ Ip: '203.0.113.53', Port: '53' }] });
    template.add('ForwardOfVpc', 'AWS::Route53Resolver::ResolverRuleAssociation', { ResolverRuleId: ref('Forward'), VPCId: ref(template.vpc.id) });
  }),
  weaker('dns-queries-not-logged', (template) => template.remove(template.one('AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation'))),
  weaker('flow-logs-of-rejected-traffic', (template) => (template.one('AWS::EC2::FlowLog').p['TrafficType'] = 'REJECT')),
  weaker('flow-logs-gone', (template) => template.remove(template.one('AWS::EC2::FlowLog'))),
  weaker('flow-logs-of-one-subnet', (template) => Object.assign(template.one('AWS::EC2::FlowLog').p, { ResourceType: 'Subnet', ResourceId: ref(template.subnets('gateway')[0]!.id) })),
  weaker('flow-logs-without-addresses', (template) => (template.one('AWS::EC2::FlowLog').p['LogFormat'] = '${version} ${action}')),
  weaker('dns-queries-logged-elsewhere', (template) => (template.one('AWS::Route53Resolver::ResolverQueryLoggingConfig').p['DestinationArn'] = `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:/elsewhere`)),
  weaker('dns-firewall-taken-off-by-one-call', (template) => (template.one('AWS::Route53Resolver::FirewallRuleGroupAssociation').p['MutationProtection'] = 'DISABLED')),
  weaker('dns-trusts-aliases', (template) => arr(template.one('AWS::Route53Resolver::FirewallRuleGroup').p['FirewallRules']).map(obj).filter((rule) => rule['Action'] === 'ALLOW').forEach((rule) => (rule['FirewallDomainRedirectionAction'] = 'TRUST_REDIRECTION_DOMAIN'))),
  weaker('vpc-without-resolver', (template) => (template.vpc.p['EnableDnsSupport'] = false)),
  weaker('routes-of-elsewhere', (template) => (template.one('AWS::EC2::SubnetRouteTableAssociation', ({ p }) => says(p['SubnetId'], template.subnets('tee')[0]!.id)).p['RouteTableId'] = 'rtb-0123456789abcdef0')),
  weaker('private-link-passes-no-security-group', (template) => template.all('AWS::ElasticLoadBalancingV2::LoadBalancer').forEach(({ p }) => (p['EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic'] = 'off'))),
  weaker('balancer-leads-elsewhere', (template) => template.all('AWS::ElasticLoadBalancingV2::TargetGroup').forEach(({ p }) => Object.assign(p, { TargetType: 'ip', Targets: [{ Id: '10.99.0.1', AvailabilityZone: 'all' }] }))),
  weaker('balancer-deleted-by-one-call', (template) => template.all('AWS::ElasticLoadBalancingV2::LoadBalancer').forEach(({ p }) => (p['LoadBalancerAttributes'] = arr(p['LoadBalancerAttributes']).filter((one) => obj(one)['Key'] !== 'deletion_protection.enabled')))),
  weaker('endpoint-with-a-group-of-elsewhere', (template) => (template.endpoint('kms').p['SecurityGroupIds'] = ['sg-0123456789abcdef0'])),
  weaker('endpoint-to-the-service-of-somebody-else', (template) => void template.add('Theirs', 'AWS::EC2::VPCEndpoint', { VpcId: ref(template.vpc.id), VpcEndpointType: 'Interface', ServiceName: 'com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0', SubnetIds: [ref(template.subnets('tee')[0]!.id)], SecurityGroupIds: [template.groupId('tee')] })),
  weaker('listener-leads-elsewhere', (template) => (template.one('AWS::ElasticLoadBalancingV2::Listener').p['DefaultActions'] = [{ Type: 'forward', TargetGroupArn: `arn:aws:elasticloadbalancing:us-east-1:${ACCOUNT}:targetgroup/x/0123456789abcdef` }])),
  weaker('api-into-the-network', (template) => void template.add('Link', 'AWS::ApiGateway::VpcLink', { Name: 'x', TargetArns: [ref(template.one('AWS::ElasticLoadBalancingV2::LoadBalancer').id)] })),
  weaker('sibling-changes-the-network', (template) => void template.add('Operator', 'AWS::IAM::Role', { AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/operators` }, Action: 'sts:AssumeRole' }] }, Policies: [{ PolicyName: 'p', PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: ['ec2:CreateRoute', 'ec2:AuthorizeSecurityGroupIngress'], Resource: '*' }] } }] })),
];
