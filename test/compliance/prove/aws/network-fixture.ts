import type { TemplateResources } from '../../rule-case.js';
import { json } from './fixture.js';

const ref = (id: string) => ({ Ref: id });
const groupId = (id: string) => ({ 'Fn::GetAtt': [id, 'GroupId'] });

export const rule = (kind: 'Ingress' | 'Egress', own: string, more: object) => ({ Type: `AWS::EC2::SecurityGroup${kind}`, Properties: json({ GroupId: groupId(own), IpProtocol: 'tcp', ...more }) });
const acl = (own: string, number: number, egress: boolean, cidr: string, from: number, to: number, action = 'allow') => ({
  Type: 'AWS::EC2::NetworkAclEntry', Properties: json({ NetworkAclId: ref(own), RuleNumber: number, Protocol: 6, RuleAction: action, Egress: egress, CidrBlock: cidr, PortRange: { From: from, To: to } }),
});
export const aclEntry = acl;

const CIDRS = { Gateway: '10.20.0.0/24', Tee: '10.20.1.0/24', Store: '10.20.2.0/24', Endpoints: '10.20.250.0/24' };
const INSIDE = { Gateway: 'AWS::EC2::Instance', Tee: 'AWS::EC2::Instance', Store: 'AWS::EC2::Instance' } as const;
const NOTHING = [{ CidrIp: '255.255.255.255/32', IpProtocol: 'icmp', FromPort: 252, ToPort: 86 }];

/** A closed network with the two flows of the fixture workload: gateway to tee on 8443, tee to store on 5432, tee to the KMS endpoint. */
export function network(changes: TemplateResources = {}, remove: readonly string[] = []): TemplateResources {
  const result: Record<string, unknown> = { Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.20.0.0/16' } } };
  for (const [name, cidr] of Object.entries(CIDRS)) {
    result[`${name}Subnet`] = { Type: 'AWS::EC2::Subnet', Properties: { VpcId: ref('Vpc'), CidrBlock: cidr } };
    result[`${name}Group`] = { Type: 'AWS::EC2::SecurityGroup', Properties: { VpcId: ref('Vpc'), GroupDescription: name, SecurityGroupEgress: NOTHING } };
    result[`${name}Routes`] = { Type: 'AWS::EC2::RouteTable', Properties: { VpcId: ref('Vpc') } };
    result[`${name}RoutesOf`] = { Type: 'AWS::EC2::SubnetRouteTableAssociation', Properties: { SubnetId: ref(`${name}Subnet`), RouteTableId: ref(`${name}Routes`) } };
    result[`${name}Acl`] = { Type: 'AWS::EC2::NetworkAcl', Properties: { VpcId: ref('Vpc') } };
    result[`${name}AclOf`] = { Type: 'AWS::EC2::SubnetNetworkAclAssociation', Properties: { SubnetId: ref(`${name}Subnet`), NetworkAclId: ref(`${name}Acl`) } };
  }
  for (const [name, type] of Object.entries(INSIDE)) result[`${name}Host`] = { Type: type, Properties: { SubnetId: ref(`${name}Subnet`), SecurityGroupIds: [groupId(`${name}Group`)] } };
  result['KmsEndpoint'] = { Type: 'AWS::EC2::VPCEndpoint', Properties: { VpcId: ref('Vpc'), VpcEndpointType: 'Interface', ServiceName: 'com.amazonaws.us-east-1.kms', SubnetIds: [ref('EndpointsSubnet')], SecurityGroupIds: [groupId('EndpointsGroup')], PolicyDocument: { Statement: [{ Effect: 'Allow', Principal: '*', Action: 'kms:Decrypt', Resource: '*', Condition: { StringEquals: { 'aws:PrincipalAccount': '111122223333' } } }] } } };
  const flows = { Ingress: ['Gateway', 'Tee', 8443], Data: ['Tee', 'Store', 5432], Kms: ['Tee', 'Endpoints', 443] } as const;
  let number = 10;
  for (const [name, [from, to, port]] of Object.entries(flows)) {
    result[`${name}Out`] = rule('Egress', `${from}Group`, { FromPort: port, ToPort: port, DestinationSecurityGroupId: groupId(`${to}Group`) });
    result[`${name}In`] = rule('Ingress', `${to}Group`, { FromPort: port, ToPort: port, SourceSecurityGroupId: groupId(`${from}Group`) });
    result[`${name}AclOut`] = acl(`${from}Acl`, number, true, CIDRS[to], port, port);
    result[`${name}AclIn`] = acl(`${to}Acl`, number, false, CIDRS[from], port, port);
    result[`${name}AclAnswerOut`] = acl(`${to}Acl`, number + 1, true, CIDRS[from], 1024, 65_535);
    result[`${name}AclAnswerIn`] = acl(`${from}Acl`, number + 1, false, CIDRS[to], 1024, 65_535);
    number += 10;
  }
  const all = { ...result, ...changes } as Record<string, unknown>;
  for (const id of remove) delete all[id];
  return json(all) as unknown as TemplateResources;
}

/** The security group wall only: the default ACLs let everything through. */
export const withoutAcls = (changes: TemplateResources = {}, remove: readonly string[] = []): TemplateResources =>
  network(changes, [...Object.keys(CIDRS).flatMap((name) => [`${name}AclOf`]), ...remove]);
