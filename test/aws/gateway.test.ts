import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Gateway, type GatewayProps, NoPhiGateway, type NoPhiGatewayProps } from '../../constructs/aws/index.js';

const place = { vpcId: 'vpc-0123456789abcdef0', subnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'], securityGroupId: 'sg-0123456789abcdef0', logBucket: 'logs' };
const phi = (changes: Partial<GatewayProps> = {}): Template => {
  const stack = new Stack(new App(), 'Stack');
  new Gateway(stack, 'Gateway', { ...place, port: 8443, ...changes });
  return Template.fromStack(stack);
};
const store = { bucket: 'trust', key: 'ca.pem', versionId: 'v1' };
const noPhi = (changes: Partial<NoPhiGatewayProps> = {}): Template => {
  const stack = new Stack(new App(), 'Stack');
  new NoPhiGateway(stack, 'Plane', { ...place, certificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/1', clientAuthorities: store, revocations: [{ ...store, key: 'crl.pem' }], targetGroupArn: 'arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/status/0123456789abcdef', webAclArn: 'arn:aws:wafv2:us-east-1:111122223333:regional/webacl/plane/1', ...changes });
  return Template.fromStack(stack);
};

describe('Gateway', () => {
  test('passes TCP through: no certificate, internal, filtered by its security group', () => {
    const template = phi();
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', { Type: 'network', Scheme: 'internal', SecurityGroups: ['sg-0123456789abcdef0'], EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic: 'on' });
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::TargetGroup', { Protocol: 'TCP', Port: 8443, TargetType: 'instance' });
    const [listener] = Object.values(template.findResources('AWS::ElasticLoadBalancingV2::Listener'));
    expect(listener?.['Properties']).toMatchObject({ Protocol: 'TCP', Port: 8443 });
    expect(listener?.['Properties']).not.toHaveProperty('Certificates');
    template.resourceCountIs('AWS::EC2::VPCEndpointService', 0);
  });

  test('consumers connect through PrivateLink, each accepted by hand', () => {
    const template = phi({ consumers: ['arn:aws:iam::444455556666:root'] });
    template.hasResourceProperties('AWS::EC2::VPCEndpointService', { AcceptanceRequired: true });
    template.hasResourceProperties('AWS::EC2::VPCEndpointServicePermissions', { AllowedPrincipals: ['arn:aws:iam::444455556666:root'] });
  });

  test.each(['*', 'arn:aws:iam::*:root', '444455556666', 'arn:aws:iam::444455556666:role/*'])('consumer %s is refused', (consumer) => {
    expect(() => phi({ consumers: [consumer] })).toThrow(/not a literal ARN/);
  });
  test.each([0, 65_536, 1.5, Number.NaN])('port %s is refused', (port) => {
    expect(() => phi({ port })).toThrow(/1 to 65535/);
  });
});

describe('NoPhiGateway', () => {
  test('TLS 1.3 only, client certificates verified and revocable, tagged as the plane without PHI', () => {
    const template = noPhi();
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', { Protocol: 'HTTPS', SslPolicy: 'ELBSecurityPolicy-TLS13-1-3-PQ-2025-09', MutualAuthentication: { Mode: 'verify', IgnoreClientCertificateExpiry: false } });
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', { Type: 'application', Scheme: 'internal', Tags: [{ Key: 'phi-plane', Value: 'no-phi' }] });
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::TrustStoreRevocation', { RevocationContents: [{ RevocationType: 'CRL', S3Key: 'crl.pem', S3ObjectVersion: 'v1' }] });
    const revocations = Object.keys(template.findResources('AWS::ElasticLoadBalancingV2::TrustStoreRevocation'));
    template.hasResource('AWS::ElasticLoadBalancingV2::Listener', { DependsOn: revocations });
  });

  test('refused without a revocation list, or with one that can be replaced', () => {
    expect(() => noPhi({ revocations: [] })).toThrow(/revocations: none/);
    expect(() => noPhi({ revocations: [{ ...store, versionId: '' }] })).toThrow(/revocations.versionId/);
    expect(() => noPhi({ clientAuthorities: { ...store, versionId: '' } })).toThrow(/clientAuthorities.versionId/);
  });
});
