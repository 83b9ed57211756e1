import { compareDeployments } from '../../../constructs/compliance/diff/compare.js';
import type { Deployment, Value } from '../../../constructs/compliance/model.js';
import { templateDeployment } from '../../../constructs/compliance/read/artifacts.js';
import type { Workload } from '../../../constructs/workload/workload.js';
import { TODAY, WORKLOAD } from '../workload-fixture.js';

type Template = { readonly Parameters?: object; readonly Resources: object };

const read = (template: Template, workload?: Workload): readonly Deployment[] => [templateDeployment([{
  stack: 'Stack', file: 'Stack.template.json', template: JSON.parse(JSON.stringify(template)) as Value, account: '111122223333', region: 'us-east-1', nested: () => undefined,
}], { today: TODAY, ...(workload && { workload }) })];
/** What the settings alone say: no rule runs. */
const verdict = (base: Template, head: Template, workloads: readonly [Workload, Workload] | readonly [] = []): string => compareDeployments(read(base, workloads[0]), read(head, workloads[1]), { rules: [] }).verdict;

const gate = (Pcr0: object, principal: object | string = 'arn:aws:iam::111122223333:role/tee'): Template => ({
  Parameters: { Pcr0 },
  Resources: {
    Role: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'tee', AssumeRolePolicyDocument: { Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }] } } },
    Key: { Type: 'AWS::KMS::Key', Properties: { Tags: [{ Key: 'key-purpose', Value: 'phi' }], KeyPolicy: { Statement: [{ Effect: 'Allow', Principal: { AWS: principal }, Action: 'kms:Decrypt', Resource: '*', Condition: { StringEqualsIgnoreCase: { 'kms:RecipientAttestation:PCR0': { Ref: 'Pcr0' } } } }] } } },
  },
});
const one = { Type: 'String', Default: '1a'.repeat(48) };

test.each([
  ['another default of a parameter that a gate hangs on', gate(one), gate({ ...one, Default: '0'.repeat(96) }), 'unknown'],
  ['no default any more', gate(one), gate({ Type: 'String' }), 'unknown'],
  ['more values allowed', gate({ ...one, AllowedValues: [one.Default, '2b'.repeat(48)] }), gate({ ...one, AllowedValues: [one.Default, '2b'.repeat(48), '3c'.repeat(48)] }), 'unknown'],
  ['another description of it', gate(one), gate({ ...one, Description: 'The image' }), 'neutral'],
  ['the role by reference', gate(one), gate(one, { 'Fn::GetAtt': ['Role', 'Arn'] }), 'neutral'],
  ['another role', gate(one), gate(one, 'arn:aws:iam::111122223333:role/other'), 'unknown'],
])('a key policy: %s', (_, base, head, expected) => {
  expect(verdict(base, head)).toBe(expected);
});

const network = (rule: object): Template => ({
  Resources: {
    Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.20.0.0/16' } },
    Hosts: { Type: 'AWS::EC2::SecurityGroup', Properties: { VpcId: { Ref: 'Vpc' }, GroupDescription: 'h', SecurityGroupEgress: [{ IpProtocol: '-1', CidrIp: '127.0.0.1/32' }] } },
    Group: { Type: 'AWS::EC2::SecurityGroup', Properties: { VpcId: { Ref: 'Vpc' }, GroupDescription: 'g', SecurityGroupEgress: [{ IpProtocol: '-1', CidrIp: '127.0.0.1/32' }], SecurityGroupIngress: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, ...rule }] } },
  },
});

test.each([
  ['a group of the network in the place of its range', network({ CidrIp: '10.20.0.0/16' }), network({ SourceSecurityGroupId: { 'Fn::GetAtt': ['Hosts', 'GroupId'] } }), false],
  ['the range in the place of the group', network({ SourceSecurityGroupId: { 'Fn::GetAtt': ['Hosts', 'GroupId'] } }), network({ CidrIp: '10.20.0.0/16' }), true],
  ['a group in the place of a part of the range', network({ CidrIp: '10.20.1.0/24' }), network({ SourceSecurityGroupId: { 'Fn::GetAtt': ['Hosts', 'GroupId'] } }), true],
])('a wall: %s', (_, base, head, weaker) => {
  expect(verdict(base, head)).toBe(weaker ? 'weaker' : 'neutral');
});

const allowed = (...Action: string[]) => ({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: 'arn:aws:s3:::phi/*' }] });
const role = (more: object, beside: object = {}): Template => ({ Resources: { Role: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'jobs', AssumeRolePolicyDocument: {}, ...more } }, ...beside } });
const managed = (...actions: string[]) => ({ Managed: { Type: 'AWS::IAM::ManagedPolicy', Properties: { Roles: [{ Ref: 'Role' }], PolicyDocument: allowed(...actions) } } });
const inline = (...actions: string[]) => ({ Policies: [{ PolicyName: 'p', PolicyDocument: allowed(...actions) }] });

test.each([
  ['a policy that moves out of the role', role(inline('s3:GetObject')), role({}, managed('s3:GetObject')), 'neutral'],
  ['a policy that moves into the role', role({}, managed('s3:GetObject')), role(inline('s3:GetObject')), 'neutral'],
  ['a policy that grows on the way', role(inline('s3:GetObject')), role({}, managed('s3:GetObject', 's3:PutObject')), 'unknown'],
  ['one more policy that says less', role(inline('s3:*')), role(inline('s3:*'), managed('s3:GetObject')), 'neutral'],
])('a role: %s', (_, base, head, expected) => {
  expect(verdict(base, head)).toBe(expected);
});

const rules = (...FirewallRules: object[]): Template => ({ Resources: { Rules: { Type: 'AWS::Route53Resolver::FirewallRuleGroup', Properties: { FirewallRules } } } });
const [allow, block] = [{ Action: 'ALLOW', FirewallDomainListId: 'rslvr-fdl-1' }, { Action: 'BLOCK', FirewallDomainListId: 'rslvr-fdl-2' }];
const log = (more: object): Template => ({ Resources: { Log: { Type: 'AWS::EC2::FlowLog', Properties: { ResourceId: 'vpc-1', ResourceType: 'VPC', TrafficType: 'ALL', ...more } } } });
const told = (destination: string): Template => ({ Resources: { Group: { Type: 'AWS::AutoScaling::AutoScalingGroup', Properties: { NotificationConfigurations: [{ TopicARN: destination, NotificationTypes: ['autoscaling:EC2_INSTANCE_LAUNCH'] }] } } } });

test.each([
  ['rules of names with other numbers in the same order', rules({ ...allow, Priority: 1 }, { ...block, Priority: 2 }), rules({ ...block, Priority: 20 }, { ...allow, Priority: 10 }), 'neutral'],
  ['rules of names in another order', rules({ ...allow, Priority: 1 }, { ...block, Priority: 2 }), rules({ ...allow, Priority: 3 }, { ...block, Priority: 2 }), 'unknown'],
  ['flow logs every minute', log({}), log({ MaxAggregationInterval: 60 }), 'neutral'],
  ['flow logs every ten minutes', log({ MaxAggregationInterval: 60 }), log({}), 'unknown'],
  ['news to a topic of a stranger', told('arn:aws:sns:us-east-1:111122223333:x'), told('arn:aws:sns:us-east-1:999988887777:x'), 'unknown'],
])('a setting: %s', (_, base, head, expected) => {
  expect(verdict(base, head)).toBe(expected);
});

const empty: Template = { Resources: { Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.20.0.0/16' } } } };
const [name, measured] = Object.entries(WORKLOAD.measurements.aws).find(([, { status, approvedBy }]) => status === 'active' && approvedBy.length > 1)!;
const signed = (more: object): Workload => ({ ...WORKLOAD, measurements: { ...WORKLOAD.measurements, aws: { ...WORKLOAD.measurements.aws, [name]: { ...measured, ...more } as typeof measured } } });

test.each([
  ['a later end under the old approval', signed({ expires: '2099-01-01' }), 'weaker'],
  ['a later end under a newer approval', signed({ expires: '2099-01-01', approved: TODAY }), 'neutral'],
  ['another account', { ...WORKLOAD, clouds: { ...WORKLOAD.clouds, aws: { ...WORKLOAD.clouds.aws!, account: '999988887777' } } }, 'unknown'],
])('a workload file: %s', (_, workload, expected) => {
  expect(verdict(empty, empty, [WORKLOAD, workload])).toBe(expected);
});
