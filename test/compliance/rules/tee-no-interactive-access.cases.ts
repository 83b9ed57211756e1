import { body, hostWithRole, launchTemplate } from '../aws-fixture.js';
import type { RuleCase } from '../rule-case.js';

const aws: RuleCase[] = [
  { cloud: 'aws', name: 'no way in', expected: 'pass', resources: hostWithRole({}, { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }) },
  { cloud: 'aws', name: 'a key pair', expected: 'fail', at: 'Host', path: 'LaunchTemplateData.KeyName', resources: { Host: launchTemplate({ KeyName: 'admin' }) } },
  { cloud: 'aws', name: 'Session Manager by its managed policy', expected: 'fail', at: 'Role', path: 'ManagedPolicyArns[0]', resources: hostWithRole({ ManagedPolicyArns: ['arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore'] }) },
  { cloud: 'aws', name: 'Session Manager by its actions', expected: 'fail', at: 'Policy', resources: hostWithRole({}, { Effect: 'Allow', Action: ['ssmmessages:Create*', 'ssmmessages:Open*'], Resource: '*' }) },
  { cloud: 'aws', name: 'an Instance Connect endpoint', expected: 'fail', at: 'Connect', resources: { Connect: body('AWS::EC2::InstanceConnectEndpoint', {}) } },
  { cloud: 'aws', name: 'SSH inside a range of ports', expected: 'fail', at: 'In', resources: { In: body('AWS::EC2::SecurityGroupIngress', { IpProtocol: 'tcp', FromPort: 0, ToPort: 1024, SourceSecurityGroupId: 'sg-1' }) } },
];

const azure: RuleCase[] = [];

const gcp: RuleCase[] = [];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
