import { CfnVPCEndpointService, CfnVPCEndpointServicePermissions } from 'aws-cdk-lib/aws-ec2';
import { CfnListener, CfnLoadBalancer, CfnTargetGroup, CfnTrustStore, CfnTrustStoreRevocation } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Tags } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.js';

/** Tag of a load balancer that ends TLS itself; with the value `no-phi` it says that no PHI passes it. */
export const PLANE_TAG = 'phi-plane';
/** TLS 1.3 only, with hybrid post-quantum key agreement. The default of CloudFormation allows TLS 1.0. */
const TLS13_ONLY = 'ELBSecurityPolicy-TLS13-1-3-PQ-2025-09';
/** Seconds for which a leaving host finishes its connections. */
const DRAIN_SECONDS = 60;

/** What both kinds of gateway need. */
interface PlaceProps {
  readonly vpcId: string;
  /** Subnets of the gateway's segment, in two zones at least. */
  readonly subnetIds: readonly string[];
  /** Security group of the gateway's segment. */
  readonly securityGroupId: string;
}

export interface GatewayProps extends PlaceProps {
  /** TCP port on which clients connect, and on which the hosts hand the connection to the enclave. 1 to 65535. */
  readonly port: number;
  /** Name of the bucket that receives the load balancer's log. It may be locked. */
  readonly logBucket: string;
  /**
   * ARNs of the principals in other accounts that may connect through PrivateLink; each connection is accepted by hand.
   * Default: none, and no endpoint service.
   */
  readonly consumers?: readonly string[];
  /** Last change of the load balancer before it is written. */
  readonly transform?: (balancer: CfnLoadBalancer) => void;
}

/**
 * The way in for PHI: an internal network load balancer that passes TCP on, byte by byte. TLS begins at the client and
 * ends in the TEE; no certificate and no key is outside it.
 * @throws for a port outside 1 to 65535 and for consumers that are not literal ARNs: everybody is not a consumer.
 */
export class Gateway extends Construct {
  readonly balancer: CfnLoadBalancer;
  readonly targetGroup: CfnTargetGroup;
  readonly listener: CfnListener;
  /** The PrivateLink service, if there are consumers. */
  readonly service: CfnVPCEndpointService | undefined;

  constructor(scope: Construct, id: string, props: GatewayProps) {
    super(scope, id);
    const consumers = props.consumers ?? [];
    if (!Number.isInteger(props.port) || props.port < 1 || props.port > 65_535) throw new Error(`port: ${props.port}; allowed: 1 to 65535.`);
    for (const arn of consumers) {
      if (!/^arn:aws[a-z-]*:iam::\d{12}:(root|(role|user)\/[\w+=,.@/-]+)$/.test(arn)) {
        throw new Error(`consumers: "${arn}" is not a literal ARN; allowed: arn:aws:iam::<12 digits>:root, a role or a user, no wildcard.`);
      }
    }
    this.balancer = new CfnLoadBalancer(this, 'Balancer', {
      type: 'network',
      scheme: 'internal',
      ipAddressType: 'ipv4',
      subnets: [...props.subnetIds],
      securityGroups: [props.securityGroupId],
      // Consumers keep addresses of their own networks, which no rule here could name; whom to admit the service decides.
      enforceSecurityGroupInboundRulesOnPrivateLinkTraffic: consumers.length > 0 ? 'off' : 'on',
      loadBalancerAttributes: attributes({
        'access_logs.s3.enabled': 'true',
        'access_logs.s3.bucket': props.logBucket,
        'deletion_protection.enabled': 'true',
        'load_balancing.cross_zone.enabled': 'true',
      }),
    });
    this.targetGroup = new CfnTargetGroup(this, 'Hosts', {
      vpcId: props.vpcId,
      targetType: 'instance',
      protocol: 'TCP',
      port: props.port,
      healthCheckProtocol: 'TCP',
      healthCheckIntervalSeconds: 10,
      healthyThresholdCount: 2,
      unhealthyThresholdCount: 2,
      // Without it connections would reach the hosts with addresses of consumers, which network ACLs refuse.
      targetGroupAttributes: attributes({
        'preserve_client_ip.enabled': 'false',
        'deregistration_delay.timeout_seconds': String(DRAIN_SECONDS),
        'deregistration_delay.connection_termination.enabled': 'true',
      }),
    });
    this.listener = new CfnListener(this, 'Listener', {
      loadBalancerArn: this.balancer.ref,
      protocol: 'TCP',
      port: props.port,
      defaultActions: [{ type: 'forward', targetGroupArn: this.targetGroup.ref }],
    });
    acknowledge(this.listener, 'ELBv2ACMCertificateRequired', 'TLS ends inside the TEE. A certificate here would show PHI to the load balancer.');
    if (consumers.length > 0) {
      this.service = new CfnVPCEndpointService(this, 'Service', { networkLoadBalancerArns: [this.balancer.ref], acceptanceRequired: true });
      new CfnVPCEndpointServicePermissions(this, 'Consumers', { serviceId: this.service.ref, allowedPrincipals: [...consumers] });
    }
    props.transform?.(this.balancer);
  }
}

export interface NoPhiGatewayProps extends PlaceProps {
  /** ARN of an ACM certificate. */
  readonly certificateArn: string;
  /** The certificates (PEM) that sign clients: an exact object version. */
  readonly clientAuthorities: { readonly bucket: string; readonly key: string; readonly versionId: string };
  /** Certificate revocation lists (PEM or DER), each an exact object version; at least one. */
  readonly revocations: readonly { readonly bucket: string; readonly key: string; readonly versionId: string }[];
  /** Where requests go. Never a target group of the TEE. */
  readonly targetGroupArn: string;
  /** ARN of the regional web ACL. */
  readonly webAclArn: string;
  /** Name of the bucket that receives access logs: unlocked and SSE-S3, which is all that an ALB can write to. */
  readonly logBucket: string;
  /** Last change of the load balancer before it is written. */
  readonly transform?: (balancer: CfnLoadBalancer) => void;
}

/**
 * An application load balancer for the plane that carries NO PHI: status pages, build services, administration. It ends
 * TLS outside the TEE and reads every request, so PHI must never pass it; use Gateway for PHI. Clients present
 * certificates that are checked against authorities and revocation lists, over TLS 1.3 only. The tag `phi-plane: no-phi`
 * says so to the rule `gateway-tls-ends-in-tee`, which refuses it in front of the TEE whatever the tag says.
 * @throws without a revocation list or with an object version that is missing.
 */
export class NoPhiGateway extends Construct {
  readonly balancer: CfnLoadBalancer;
  readonly trustStore: CfnTrustStore;
  readonly listener: CfnListener;

  constructor(scope: Construct, id: string, props: NoPhiGatewayProps) {
    super(scope, id);
    if (props.revocations.length === 0) throw new Error('revocations: none given; a client certificate that was stolen could not be refused. Publish a revocation list and name its object version.');
    for (const [where, { versionId }] of [['clientAuthorities', props.clientAuthorities] as const, ...props.revocations.map((list) => ['revocations', list] as const)]) {
      if (versionId === '') throw new Error(`${where}.versionId: empty; allowed: the version id of the object, because whoever replaces the newest version decides who is trusted.`);
    }
    this.balancer = new CfnLoadBalancer(this, 'Balancer', {
      type: 'application',
      scheme: 'internal',
      ipAddressType: 'ipv4',
      subnets: [...props.subnetIds],
      securityGroups: [props.securityGroupId],
      loadBalancerAttributes: attributes({
        'access_logs.s3.enabled': 'true',
        'access_logs.s3.bucket': props.logBucket,
        'deletion_protection.enabled': 'true',
        'routing.http.drop_invalid_header_fields.enabled': 'true',
        'routing.http.desync_mitigation_mode': 'strictest',
      }),
    });
    Tags.of(this.balancer).add(PLANE_TAG, 'no-phi');
    this.trustStore = new CfnTrustStore(this, 'ClientAuthorities', {
      name: this.node.addr.slice(0, 32),
      caCertificatesBundleS3Bucket: props.clientAuthorities.bucket,
      caCertificatesBundleS3Key: props.clientAuthorities.key,
      caCertificatesBundleS3ObjectVersion: props.clientAuthorities.versionId,
    });
    const revocation = new CfnTrustStoreRevocation(this, 'Revocations', {
      trustStoreArn: this.trustStore.attrTrustStoreArn,
      revocationContents: props.revocations.map(({ bucket, key, versionId }) => ({ revocationType: 'CRL', s3Bucket: bucket, s3Key: key, s3ObjectVersion: versionId })),
    });
    this.listener = new CfnListener(this, 'Listener', {
      loadBalancerArn: this.balancer.ref,
      protocol: 'HTTPS',
      port: 443,
      sslPolicy: TLS13_ONLY,
      certificates: [{ certificateArn: props.certificateArn }],
      mutualAuthentication: { mode: 'verify', trustStoreArn: this.trustStore.attrTrustStoreArn, ignoreClientCertificateExpiry: false },
      defaultActions: [{ type: 'forward', targetGroupArn: props.targetGroupArn }],
    });
    // Not one second without the revocation list.
    this.listener.addResourceDependency(revocation);
    new CfnWebACLAssociation(this, 'Firewall', { resourceArn: this.balancer.ref, webAclArn: props.webAclArn });
    props.transform?.(this.balancer);
  }
}

function attributes(values: Readonly<Record<string, string>>): { readonly key: string; readonly value: string }[] {
  return Object.entries(values).map(([key, value]) => ({ key, value }));
}
