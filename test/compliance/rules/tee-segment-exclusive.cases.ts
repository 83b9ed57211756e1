import type { RuleCase } from '../rule-case.js';
import { azureCase, id, NOT_KNOWN, resource } from '../prove/azure/fixture.js';
import { body, launchTemplate } from '../aws-fixture.js';
import { WORKLOAD } from '../workload-fixture.js';

const subnet = (CidrBlock: string) => body('AWS::EC2::Subnet', { CidrBlock });
const fn = (Properties: object) => body('AWS::Lambda::Function', Properties as never);
const tee = Object.values(WORKLOAD.segments).find(({ purpose }) => purpose === 'tee')!.cidr;
const other = Object.values(WORKLOAD.segments).find(({ purpose }) => purpose !== 'tee')!.cidr;
const fleet = (data: object, VPCZoneIdentifier: object = [{ Ref: 'Tee' }]) => ({
  Tee: subnet(tee), Other: subnet(other), Host: launchTemplate(data),
  Fleet: body('AWS::AutoScaling::AutoScalingGroup', { VPCZoneIdentifier, LaunchTemplate: { LaunchTemplateId: { Ref: 'Host' }, Version: { 'Fn::GetAtt': ['Host', 'LatestVersionNumber'] } } } as never),
});
const aws: RuleCase[] = [
  { name: 'hosts alone', cloud: 'aws', expected: 'pass', resources: { Tee: subnet(tee), Group: body('AWS::AutoScaling::AutoScalingGroup', { VPCZoneIdentifier: [{ Ref: 'Tee' }] }) } },
  { name: 'a function elsewhere', cloud: 'aws', expected: 'pass', resources: { Tee: subnet(tee), Other: subnet(other), Fn: fn({ VpcConfig: { SubnetIds: [{ Ref: 'Other' }] } }) } },
  { name: 'a function in the segment', cloud: 'aws', expected: 'fail', at: 'Fn', resources: { Tee: subnet(tee), Fn: fn({ VpcConfig: { SubnetIds: [{ Ref: 'Tee' }] } }) } },
  { name: 'a function with the segment\'s security group', cloud: 'aws', expected: 'fail', at: 'Fn', resources: { Tee: subnet(tee), Sg: body('AWS::EC2::SecurityGroup', { Tags: [{ Key: 'phi-segment', Value: 'tee' }] }), Fn: fn({ VpcConfig: { SecurityGroupIds: [{ 'Fn::GetAtt': ['Sg', 'GroupId'] }] } }) } },
  { name: 'a network interface for whoever wants it', cloud: 'aws', expected: 'fail', at: 'Eni', resources: { Tee: subnet(tee), Eni: body('AWS::EC2::NetworkInterface', { SubnetId: { Ref: 'Tee' } }) } },
  { name: 'a host with its interfaces in the segment', cloud: 'aws', expected: 'pass', resources: fleet({ NetworkInterfaces: [{ DeviceIndex: 0 }, { DeviceIndex: 1, SubnetId: { Ref: 'Tee' } }] }) },
  { name: 'a second interface in another segment', cloud: 'aws', expected: 'fail', at: 'Host', path: 'LaunchTemplateData.NetworkInterfaces[1].SubnetId', resources: fleet({ NetworkInterfaces: [{ DeviceIndex: 0 }, { DeviceIndex: 1, SubnetId: { Ref: 'Other' } }] }) },
  { name: 'a second interface in a subnet from elsewhere', cloud: 'aws', expected: 'unknown', at: 'Host', resources: fleet({ NetworkInterfaces: [{ DeviceIndex: 0 }, { DeviceIndex: 1, SubnetId: 'subnet-0123456789abcdef0' }] }) },
  { name: 'an interface that exists', cloud: 'aws', expected: 'unknown', at: 'Host', resources: fleet({ NetworkInterfaces: [{ DeviceIndex: 1, NetworkInterfaceId: 'eni-0123456789abcdef0' }] }) },
  { name: 'a security group from elsewhere', cloud: 'aws', expected: 'unknown', at: 'Host', resources: fleet({ NetworkInterfaces: [{ DeviceIndex: 0, Groups: ['sg-0123456789abcdef0'] }] }) },
  { name: 'a fleet in another segment too', cloud: 'aws', expected: 'fail', at: 'Fleet', path: 'VPCZoneIdentifier', resources: fleet({}, [{ Ref: 'Tee' }, { Ref: 'Other' }]) },
  { name: 'a fleet in no subnet that it names', cloud: 'aws', expected: 'fail', at: 'Fleet', resources: fleet({}, []) },
  { name: 'a fleet whose template names the subnet', cloud: 'aws', expected: 'pass', resources: fleet({ NetworkInterfaces: [{ DeviceIndex: 0, SubnetId: { Ref: 'Tee' } }] }, []) },
  { name: 'a fleet in a subnet from elsewhere', cloud: 'aws', expected: 'unknown', at: 'Fleet', path: 'VPCZoneIdentifier', resources: fleet({}, ['subnet-0123456789abcdef0']) },
  { name: 'an interface for a machine that runs', cloud: 'aws', expected: 'unknown', at: 'Attach', resources: { ...fleet({}), Attach: body('AWS::EC2::NetworkInterfaceAttachment', { InstanceId: 'i-0123456789abcdef0', NetworkInterfaceId: 'eni-0123456789abcdef0', DeviceIndex: '1' }) } },
];

const TEE_SUBNET = `${id('Microsoft.Network/virtualNetworks', 'vnet')}/subnets/tee`;
const azure: RuleCase[] = [
  azureCase('machines alone', 'pass'),
  azureCase('a container in the segment', 'fail', { more: [resource('containerinstance:ContainerGroup', 'helper', { subnetIds: [{ id: TEE_SUBNET }] })], at: 'helper' }),
  azureCase('an interface for whoever wants it', 'fail', { more: [resource('network:NetworkInterface', 'spare', { networkInterfaceName: 'spare', ipConfigurations: [{ name: 'i', subnet: { id: TEE_SUBNET } }] })], at: 'spare' }),
  azureCase('a subnet handed to a service', 'fail', { edits: [['VirtualNetwork', 'vnet', 'subnets', [{ name: 'tee', addressPrefix: '10.20.1.0/24', delegations: [{ name: 'd', serviceName: 'Microsoft.ContainerInstance/containerGroups' }] }]]], at: 'vnet' }),
  azureCase('a subnet shared', 'fail', { edits: [['VirtualNetwork', 'vnet', 'subnets', [{ name: 'tee', addressPrefix: '10.20.1.0/24', sharingScope: 'Tenant' }]]], at: 'vnet' }),
  azureCase('a subnet of another purpose shared', 'fail', { edits: [['VirtualNetwork', 'vnet', 'subnets', [{ name: 'tee', addressPrefix: '10.20.1.0/24' }, { name: 'phi-store', addressPrefix: '10.20.2.0/24', sharingScope: 'DelegatedServices' }]]], at: 'vnet' }),
  azureCase('a machine in two segments', 'fail', { edits: [['NetworkInterface', 'tee', 'ipConfigurations', ['tee', 'gateway'].map((name) => ({ name, subnet: { id: TEE_SUBNET.replace(/tee$/, name) } }))]], at: 'tee' }),
  azureCase('delegations not known', 'unknown', { edits: [['VirtualNetwork', 'vnet', 'subnets', [{ name: 'tee', addressPrefix: '10.20.1.0/24', delegations: NOT_KNOWN }]]], at: 'vnet' }),
];

export const cases: RuleCase[] = [...aws, ...azure];
