import { body, hostWithRole, launchTemplate } from '../aws-fixture.js';
import type { RuleCase } from '../rule-case.js';
import { azureCase, GROUP, resource, role, STRANGER } from '../prove/azure/fixture.js';
import { RULES, TCP, firewall, member, net, resource as gcpResource, rule, space, vm } from '../gcp-fixture.js';

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
  azureCase('somebody\'s key', 'fail', { edits: [['VirtualMachine', 'tee', 'osProfile.linuxConfiguration.ssh.publicKeys', [{ keyData: 'ssh-ed25519 BBBB' }]]], at: 'tee' }),
  azureCase('boot data', 'fail', { edits: [['VirtualMachine', 'tee', 'osProfile.customData', 'IyEvYmluL3No']], at: 'tee', path: 'osProfile.customData' }),
  azureCase('a run command', 'fail', { more: [resource('compute:VirtualMachineRunCommandByVirtualMachine', 'run', { vmName: 'tee' })], at: 'tee' }),
  azureCase('applications of a gallery', 'fail', { edits: [['VirtualMachine', 'tee', 'applicationProfile', { galleryApplications: [{ packageReferenceId: 'x' }] }]], at: 'tee' }),
  azureCase('a bastion', 'fail', { more: [resource('network:BastionHost', 'bastion', {})], at: 'bastion' }),
  azureCase('a login role', 'fail', { more: [role('login', '1c0163c0-47e6-4577-8991-ea5c82e286e4', GROUP, STRANGER, 'User')], at: 'login' }),
  azureCase('SSH', 'fail', { more: [resource('network:SecurityRule', 'ssh', { networkSecurityGroupName: 'tee', direction: 'Inbound', access: 'Allow', priority: 200, protocol: 'Tcp', sourceAddressPrefix: '10.20.0.0/24', destinationAddressPrefix: '*', destinationPortRange: '20-30' })], at: 'ssh' }),
  azureCase('not known', 'unknown', { edits: [['VirtualMachine', 'tee', 'osProfile', '[secret]']] }),
];

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'closed', expected: 'pass', resources: [space(), vm()] },
  { cloud: 'gcp', name: 'metadata of the whole project', expected: 'fail', at: 'all', path: 'metadata.enable-oslogin', resources: [space(), gcpResource('gcp:compute/projectMetadata:ProjectMetadata', 'all', { metadata: { 'enable-oslogin': 'FALSE' } })] },
  { cloud: 'gcp', name: 'data handed out through the metadata server', expected: 'fail', at: 'tee', path: 'metadata.enable-guest-attributes', resources: [space({}, { 'enable-guest-attributes': 'TRUE' })] },
  { cloud: 'gcp', name: 'the serial console', expected: 'fail', at: 'tee', path: 'metadata.serial-port-enable', resources: [space({}, { 'serial-port-enable': 'TRUE' })] },
  { cloud: 'gcp', name: 'no OS Login', expected: 'fail', at: 'tee', path: 'metadata.enable-oslogin', resources: [space({}, { 'enable-oslogin': undefined })] },
  { cloud: 'gcp', name: 'OS Login of the project', expected: 'pass', resources: [space({}, { 'enable-oslogin': undefined }), gcpResource('gcp:compute/projectMetadataItem:ProjectMetadataItem', 'oslogin', { key: 'enable-oslogin', value: 'TRUE' })] },
  { cloud: 'gcp', name: 'keys of the project', expected: 'fail', at: 'keys', path: 'key', resources: [vm(), gcpResource('gcp:compute/projectMetadataItem:ProjectMetadataItem', 'keys', { key: 'ssh-keys', value: 'x' })] },
  { cloud: 'gcp', name: 'SSH let in', expected: 'fail', at: 'policy', resources: [vm(), ...net(firewall([...RULES, rule('ssh', 5, 'INGRESS', 'allow', ['10.20.0.0/24'], TCP('22'))]))] },
  { cloud: 'gcp', name: 'somebody who logs in', expected: 'fail', at: 'admin', path: 'role', resources: [vm(), member('project', 'admin', 'roles/compute.osAdminLogin', 'user:m@example.org')] },
  { cloud: 'gcp', name: 'metadata that is not told', expected: 'unknown', at: 'vm', path: 'metadata', resources: [vm({ metadata: '[secret]' })] },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
