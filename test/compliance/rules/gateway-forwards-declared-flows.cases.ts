import { body } from '../aws-fixture.js';
import type { Value } from '../../../constructs/compliance/model.js';
import type { PreviewResource, RuleCase } from '../rule-case.js';
import { group, net, ref, resource as gcpResource, space } from '../gcp-fixture.js';
import { azureCase, id, NOT_KNOWN, resource, scaleSet } from '../prove/azure/fixture.js';

/** A load balancer in front of a scale set of the TEE. */
const behind = (changes: { readonly [key: string]: Value } = {}): readonly PreviewResource[] => {
  const set = scaleSet();
  const profile = { networkProfile: { networkInterfaceConfigurations: [{ name: 'nic', ipConfigurations: [{ name: 'private', subnet: { id: `${id('Microsoft.Network/virtualNetworks', 'vnet')}/subnets/tee` }, loadBalancerBackendAddressPools: [{ id: `${id('Microsoft.Network/loadBalancers', 'front')}/backendAddressPools/tee` }] }] }] } };
  return [{ ...set, inputs: { ...(set.inputs as object), virtualMachineProfile: profile } }, resource('network:LoadBalancer', 'front', {
    loadBalancerName: 'front', frontendIPConfigurations: [{ name: 'f', subnet: { id: `${id('Microsoft.Network/virtualNetworks', 'vnet')}/subnets/gateway` } }], backendAddressPools: [{ name: 'tee' }],
    loadBalancingRules: [{ name: 'r', protocol: 'Tcp', frontendPort: 8443, backendPort: 8443 }], ...changes,
  })];
};

const front = (group: object = {}, balancer: object = {}) => ({
  Front: body('AWS::ElasticLoadBalancingV2::LoadBalancer', { Type: 'network', Scheme: 'internal', ...balancer } as never), Hosts: body('AWS::ElasticLoadBalancingV2::TargetGroup', { Port: 8443, Protocol: 'TCP', TargetType: 'instance', ...group } as never),
  Fleet: body('AWS::AutoScaling::AutoScalingGroup', { TargetGroupARNs: [{ Ref: 'Hosts' }] }),
});
const aws: RuleCase[] = [
  { cloud: 'aws', name: 'a listener that leads elsewhere', expected: 'unknown', at: 'Listener', path: 'DefaultActions[0]', resources: { ...front(), Listener: body('AWS::ElasticLoadBalancingV2::Listener', { DefaultActions: [{ Type: 'forward', ForwardConfig: { TargetGroups: [{ TargetGroupArn: { Ref: 'Hosts' } }, { TargetGroupArn: 'arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/x/1' }] } }] }) } },
  { cloud: 'aws', name: 'a fleet on a declared port', expected: 'pass', at: 'Hosts', resources: front() },
  { cloud: 'aws', name: 'another port', expected: 'fail', at: 'Hosts', path: 'Port', resources: front({ Port: 22 }) },
  { cloud: 'aws', name: 'an address of a segment', expected: 'pass', at: 'Hosts', resources: front({ TargetType: 'ip', Targets: [{ Id: '10.20.1.9' }] }) },
  { cloud: 'aws', name: 'an address of elsewhere', expected: 'fail', at: 'Hosts', path: 'Targets[0]', resources: front({ TargetType: 'ip', Targets: [{ Id: '10.99.0.1', AvailabilityZone: 'all' }] }) },
  { cloud: 'aws', name: 'a machine of elsewhere', expected: 'unknown', at: 'Hosts', path: 'Targets[0]', resources: front({ Targets: [{ Id: 'i-0123456789abcdef0' }] }) },
  { cloud: 'aws', name: 'no wall against PrivateLink', expected: 'fail', at: 'Front', path: 'EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic', resources: front({}, { EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic: 'off' }) },
  { cloud: 'aws', name: 'consumers that are accepted one by one', expected: 'pass', at: 'Front', resources: { ...front({}, { EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic: 'off' }), Service: body('AWS::EC2::VPCEndpointService', { NetworkLoadBalancerArns: [{ Ref: 'Front' }], AcceptanceRequired: true }) } },
  { cloud: 'aws', name: 'consumers that nobody accepts', expected: 'fail', at: 'Front', path: 'EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic', resources: { ...front({}, { EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic: 'off' }), Service: body('AWS::EC2::VPCEndpointService', { NetworkLoadBalancerArns: [{ Ref: 'Front' }], AcceptanceRequired: false }) } },
];

const azure: RuleCase[] = [
  azureCase('no load balancer', 'silent'),
  azureCase('a declared port', 'pass', { more: behind() }),
  azureCase('every port', 'fail', { more: behind({ loadBalancingRules: [{ name: 'r', protocol: 'All', frontendPort: 0, backendPort: 0 }] }), at: 'front' }),
  azureCase('another port', 'fail', { more: behind({ loadBalancingRules: [{ name: 'r', protocol: 'Tcp', frontendPort: 8443, backendPort: 22 }] }), at: 'front', path: 'loadBalancingRules[0].backendPort' }),
  azureCase('a translation', 'fail', { more: behind({ inboundNatRules: [{ name: 'n', protocol: 'Tcp', frontendPort: 2222, backendPort: 22 }] }), at: 'front' }),
  azureCase('a translation of its own', 'fail', { more: [...behind(), resource('network:InboundNatRule', 'nat', { loadBalancerName: 'front', protocol: 'Tcp', frontendPort: 2222, backendPort: 22 })], at: 'nat' }),
  azureCase('a way out', 'fail', { more: behind({ outboundRules: [{ name: 'o', protocol: 'All' }] }), at: 'front' }),
  azureCase('another load balancer in front', 'fail', { more: behind({ frontendIPConfigurations: [{ name: 'f', gatewayLoadBalancer: { id: '/subscriptions/1/x' }, subnet: { id: `${id('Microsoft.Network/virtualNetworks', 'vnet')}/subnets/gateway` } }] }), at: 'front' }),
  azureCase('in another network', 'fail', { more: behind({ frontendIPConfigurations: [{ name: 'f', subnet: { id: '/subscriptions/1/resourceGroups/2/providers/Microsoft.Network/virtualNetworks/v/subnets/s' } }] }), at: 'front' }),
  azureCase('an address more', 'fail', { more: behind({ backendAddressPools: [{ name: 'tee', loadBalancerBackendAddresses: [{ ipAddress: '10.99.0.4' }] }] }), at: 'front' }),
  azureCase('an address of the TEE', 'pass', { more: behind({ backendAddressPools: [{ name: 'tee', loadBalancerBackendAddresses: [{ ipAddress: '10.20.1.4' }] }] }) }),
  azureCase('a pool of its own', 'fail', { more: [...behind(), resource('network:LoadBalancerBackendAddressPool', 'pool', { loadBalancerName: 'front', loadBalancerBackendAddresses: [{ ipAddress: '10.99.0.4' }] })], at: 'pool' }),
  azureCase('rules not known', 'unknown', { more: behind({ loadBalancingRules: NOT_KNOWN }), at: 'front' }),
];

const SERVICE = 'gcp:compute/regionBackendService:RegionBackendService';
/** An internal balancer in front of a fleet of the TEE. */
const gcpFront = (changes: Parameters<typeof gcpResource>[2] = {}): readonly PreviewResource[] => [
  ...net(), space(), group(), gcpResource(SERVICE, 'service', { protocol: 'TCP', loadBalancingScheme: 'INTERNAL', backends: [{ group: ref('gcp:compute/regionInstanceGroupManager:RegionInstanceGroupManager', 'group', 'instanceGroup') }] }),
  gcpResource('gcp:compute/forwardingRule:ForwardingRule', 'front', { loadBalancingScheme: 'INTERNAL', backendService: ref(SERVICE, 'service'), ...changes }),
];
const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'a declared port', expected: 'pass', resources: gcpFront({ ports: ['8443'] }) },
  { cloud: 'gcp', name: 'no port at all', expected: 'fail', at: 'front', path: 'ports', resources: gcpFront() },
  { cloud: 'gcp', name: 'datagrams', expected: 'fail', at: 'front', path: 'ipProtocol', resources: gcpFront({ ports: ['8443'], ipProtocol: 'UDP' }) },
  { cloud: 'gcp', name: 'a declared port as a range of one', expected: 'pass', resources: gcpFront({ ports: ['8443-8443'] }) },
  { cloud: 'gcp', name: 'another port too', expected: 'fail', at: 'front', path: 'ports', resources: gcpFront({ ports: ['8443', '22'] }) },
  { cloud: 'gcp', name: 'every port', expected: 'fail', at: 'front', path: 'allPorts', resources: gcpFront({ allPorts: 'true' }) },
  { cloud: 'gcp', name: 'from every region', expected: 'fail', at: 'front', path: 'allowGlobalAccess', resources: gcpFront({ ports: ['8443'], allowGlobalAccess: true }) },
  { cloud: 'gcp', name: 'ports that are not told', expected: 'unknown', at: 'front', path: 'ports', resources: gcpFront({ ports: '[secret]' }) },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
