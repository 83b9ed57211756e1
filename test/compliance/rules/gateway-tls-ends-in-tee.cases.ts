import { body } from '../aws-fixture.js';
import type { RuleCase } from '../rule-case.js';
import { azureCase, resource, BAA } from '../prove/azure/fixture.js';
import { group, ref, resource as gcpResource, space } from '../gcp-fixture.js';

const aws: RuleCase[] = [
  { cloud: 'aws', name: 'TCP pass-through', expected: 'pass', resources: { Listener: body('AWS::ElasticLoadBalancingV2::Listener', { Protocol: 'TCP', LoadBalancerArn: { Ref: 'Lb' } }), Lb: body('AWS::ElasticLoadBalancingV2::LoadBalancer', { Type: 'network' }) } },
  { cloud: 'aws', name: 'a TLS listener', expected: 'fail', at: 'Listener', path: 'Protocol', resources: { Listener: body('AWS::ElasticLoadBalancingV2::Listener', { Protocol: 'TLS', LoadBalancerArn: { Ref: 'Lb' } }), Lb: body('AWS::ElasticLoadBalancingV2::LoadBalancer', { Type: 'network' }) } },
  { cloud: 'aws', name: 'an ALB that does not say its plane', expected: 'fail', at: 'Listener', resources: { Listener: body('AWS::ElasticLoadBalancingV2::Listener', { Protocol: 'HTTPS', SslPolicy: 'ELBSecurityPolicy-TLS13-1-3-2021-06', MutualAuthentication: { Mode: 'verify' }, LoadBalancerArn: { Ref: 'Lb' } }), Lb: body('AWS::ElasticLoadBalancingV2::LoadBalancer', {}) } },
  { cloud: 'aws', name: 'an ALB of the plane without PHI', expected: 'pass', resources: { Listener: body('AWS::ElasticLoadBalancingV2::Listener', { Protocol: 'HTTPS', SslPolicy: 'ELBSecurityPolicy-TLS13-1-3-2021-06', MutualAuthentication: { Mode: 'verify' }, LoadBalancerArn: { Ref: 'Lb' } }), Lb: body('AWS::ElasticLoadBalancingV2::LoadBalancer', { Tags: [{ Key: 'phi-plane', Value: 'no-phi' }] }) } },
  { cloud: 'aws', name: 'the same with the default policy', expected: 'fail', at: 'Listener', path: 'SslPolicy', resources: { Listener: body('AWS::ElasticLoadBalancingV2::Listener', { Protocol: 'HTTPS', MutualAuthentication: { Mode: 'verify' }, LoadBalancerArn: { Ref: 'Lb' } }), Lb: body('AWS::ElasticLoadBalancingV2::LoadBalancer', { Tags: [{ Key: 'phi-plane', Value: 'no-phi' }] }) } },
  { cloud: 'aws', name: 'the same without client certificates', expected: 'fail', at: 'Listener', path: 'MutualAuthentication.Mode', resources: { Listener: body('AWS::ElasticLoadBalancingV2::Listener', { Protocol: 'HTTPS', SslPolicy: 'ELBSecurityPolicy-TLS13-1-3-2021-06', LoadBalancerArn: { Ref: 'Lb' } }), Lb: body('AWS::ElasticLoadBalancingV2::LoadBalancer', { Tags: [{ Key: 'phi-plane', Value: 'no-phi' }] }) } },
  { cloud: 'aws', name: 'a plane without PHI that forwards to the fleet', expected: 'fail', at: 'Listener', resources: { Listener: body('AWS::ElasticLoadBalancingV2::Listener', { Protocol: 'HTTPS', SslPolicy: 'ELBSecurityPolicy-TLS13-1-3-2021-06', MutualAuthentication: { Mode: 'verify' }, LoadBalancerArn: { Ref: 'Lb' }, DefaultActions: [{ Type: 'forward', TargetGroupArn: { Ref: 'Targets' } }] }), Lb: body('AWS::ElasticLoadBalancingV2::LoadBalancer', { Tags: [{ Key: 'phi-plane', Value: 'no-phi' }] }), Targets: body('AWS::ElasticLoadBalancingV2::TargetGroup', {}), Group: body('AWS::AutoScaling::AutoScalingGroup', { TargetGroupARNs: [{ Ref: 'Targets' }] }) } },
  { cloud: 'aws', name: 'an API gateway', expected: 'fail', at: 'Api', resources: { Api: body('AWS::ApiGatewayV2::Api', {}) } },
];

const azure: RuleCase[] = [
  azureCase('a load balancer', 'pass', { more: [resource('network:LoadBalancer', 'front', { loadBalancerName: 'front' })], at: 'front' }),
  azureCase('an application gateway', 'fail', { more: [resource('network:ApplicationGateway', 'edge', { applicationGatewayName: 'edge' })], at: 'edge' }),
  azureCase('for the plane without PHI', 'pass', { more: [resource('network:ApplicationGateway', 'edge', { applicationGatewayName: 'edge', tags: { ...BAA, 'phi-plane': 'no-phi' }, sslPolicy: { policyType: 'CustomV2', minProtocolVersion: 'TLSv1_3' }, httpListeners: [{ protocol: 'Https', sslProfile: { id: 'x' } }], backendAddressPools: [{ backendAddresses: [{ fqdn: 'status.example.org' }] }] })], at: 'edge' }),
  azureCase('for the plane without PHI, but to the TEE', 'fail', { more: [resource('network:ApplicationGateway', 'edge', { applicationGatewayName: 'edge', tags: { ...BAA, 'phi-plane': 'no-phi' }, backendAddressPools: [{ backendAddresses: [{ ipAddress: '10.20.1.4' }] }] })], at: 'edge' }),
  azureCase('a front door', 'fail', { more: [resource('cdn:Profile', 'door', {})], at: 'door' }),
];

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'an internal pass-through balancer', expected: 'pass', resources: [gcpResource('gcp:compute/forwardingRule:ForwardingRule', 'front', { loadBalancingScheme: 'INTERNAL', backendService: 'x' })] },
  { cloud: 'gcp', name: 'an HTTPS proxy', expected: 'fail', at: 'front', path: 'target', resources: [gcpResource('gcp:compute/forwardingRule:ForwardingRule', 'front', { loadBalancingScheme: 'INTERNAL_MANAGED', target: ref('gcp:compute/regionTargetHttpsProxy:RegionTargetHttpsProxy', 'proxy') }), gcpResource('gcp:compute/regionTargetHttpsProxy:RegionTargetHttpsProxy', 'proxy', {})] },
  { cloud: 'gcp', name: 'a plane without PHI', expected: 'pass', resources: [gcpResource('gcp:compute/forwardingRule:ForwardingRule', 'front', { labels: { 'phi-plane': 'no-phi' }, loadBalancingScheme: 'INTERNAL_MANAGED', target: ref('gcp:compute/regionTargetHttpsProxy:RegionTargetHttpsProxy', 'proxy') }), gcpResource('gcp:compute/regionTargetHttpsProxy:RegionTargetHttpsProxy', 'proxy', { serverTlsPolicy: 'mtls', sslPolicy: ref('gcp:compute/regionSslPolicy:RegionSslPolicy', 'tls') }), gcpResource('gcp:compute/regionSslPolicy:RegionSslPolicy', 'tls', { minTlsVersion: 'TLS_1_3', profile: 'RESTRICTED' })] },
  { cloud: 'gcp', name: 'a plane without PHI under TLS 1.0', expected: 'fail', at: 'front', resources: [gcpResource('gcp:compute/forwardingRule:ForwardingRule', 'front', { labels: { 'phi-plane': 'no-phi' }, loadBalancingScheme: 'INTERNAL_MANAGED', target: ref('gcp:compute/regionTargetHttpsProxy:RegionTargetHttpsProxy', 'proxy') }), gcpResource('gcp:compute/regionTargetHttpsProxy:RegionTargetHttpsProxy', 'proxy', { serverTlsPolicy: 'mtls' })] },
  { cloud: 'gcp', name: 'a proxy that nothing leads to yet', expected: 'fail', at: 'service', path: 'protocol', resources: [
    space(), group(), gcpResource('gcp:compute/regionBackendService:RegionBackendService', 'service', { protocol: 'HTTPS', backends: [{ group: ref('gcp:compute/regionInstanceGroupManager:RegionInstanceGroupManager', 'group', 'instanceGroup') }] }),
  ] },
  { cloud: 'gcp', name: 'a target that is not told', expected: 'unknown', at: 'front', path: 'target', resources: [gcpResource('gcp:compute/forwardingRule:ForwardingRule', 'front', { loadBalancingScheme: 'INTERNAL', target: '[secret]' })] },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
