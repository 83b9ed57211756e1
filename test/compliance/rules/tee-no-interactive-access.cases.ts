import { body, hostWithRole, launchTemplate } from '../aws-fixture.js';
import type { RuleCase } from '../rule-case.js';
import { azureCase, GROUP, resource, role, STRANGER } from '../prove/azure/fixture.js';

const aws: RuleCase[] = [
  { cloud: 'aws', name: 'no way in', expected: 'pass', resources: hostWithRole({}, { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }) },
  { cloud: 'aws', name: 'a key pair', expected: 'fail', at: 'Host', path: 'LaunchTemplateData.KeyName', resources: { Host: launchTemplate({ KeyName: 'admin' }) } },
  { cloud: 'aws', name: 'Session Manager by its managed policy', expected: 'fail', at: 'Role', path: 'ManagedPolicyArns[0]', resources: hostWithRole({ ManagedPolicyArns: ['arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore'] }) },
  { cloud: 'aws', name: 'Session Manager by its actions', expected: 'fail', at: 'Policy', resources: hostWithRole({}, { Effect: 'Allow', Action: ['ssmmessages:Create*', 'ssmmessages:Open*'], Resource: '*' }) },
  { cloud: 'aws', name: 'an Instance Connect endpoint', expected: 'fail', at: 'Connect', resources: { Connect: body('AWS::EC2::InstanceConnectEndpoint', {}) } },
  { cloud: 'aws', name: 'SSH inside a range of ports', expected: 'fail', at: 'In', resources: { In: body('AWS::EC2::SecurityGroupIngress', { IpProtocol: 'tcp', FromPort: 0, ToPort: 1024, SourceSecurityGroupId: 'sg-1' }) } },
];

const azure: RuleCase[] = [
  azureCase('a sealed machine', 'pass'),
  azureCase('extensions', 'fail', { edits: [['VirtualMachine', 'tee', 'osProfile.allowExtensionOperations', true]], at: 'tee', path: 'osProfile.allowExtensionOperations' }),
  azureCase('passwords', 'fail', { edits: [['VirtualMachine', 'tee', 'osProfile.linuxConfiguration.disablePasswordAuthentication', false]], at: 'tee' }),
  azureCase('boot data', 'fail', { edits: [['VirtualMachine', 'tee', 'osProfile.customData', 'IyEvYmluL3No']], at: 'tee', path: 'osProfile.customData' }),
  azureCase('a run command', 'fail', { more: [resource('compute:VirtualMachineRunCommandByVirtualMachine', 'run', { vmName: 'tee' })], at: 'tee' }),
  azureCase('a bastion', 'fail', { more: [resource('network:BastionHost', 'bastion', {})], at: 'bastion' }),
  azureCase('a login role', 'fail', { more: [role('login', '1c0163c0-47e6-4577-8991-ea5c82e286e4', GROUP, STRANGER, 'User')], at: 'login' }),
  azureCase('SSH', 'fail', { more: [resource('network:SecurityRule', 'ssh', { networkSecurityGroupName: 'tee', direction: 'Inbound', access: 'Allow', priority: 200, protocol: 'Tcp', sourceAddressPrefix: '10.20.0.0/24', destinationAddressPrefix: '*', destinationPortRange: '20-30' })], at: 'ssh' }),
  azureCase('not known', 'unknown', { edits: [['VirtualMachine', 'tee', 'osProfile', '[secret]']] }),
];

const gcp: RuleCase[] = [];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
