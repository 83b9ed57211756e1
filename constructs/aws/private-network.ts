import { Fn, RemovalPolicy, Tags } from 'aws-cdk-lib';
import {
  CfnFlowLog, CfnNetworkAcl, CfnNetworkAclEntry, CfnRouteTable, CfnSecurityGroup, CfnSecurityGroupEgress, CfnSecurityGroupIngress, CfnSubnet, CfnSubnetNetworkAclAssociation,
  CfnSubnetRouteTableAssociation, CfnVPC, CfnVPCEndpoint,
} from 'aws-cdk-lib/aws-ec2';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import {
  CfnFirewallConfig, CfnFirewallDomainList, CfnFirewallRuleGroup, CfnFirewallRuleGroupAssociation, CfnResolverQueryLoggingConfig, CfnResolverQueryLoggingConfigAssociation,
} from 'aws-cdk-lib/aws-route53resolver';
import { Construct } from 'constructs';
import { zoneSubnets, type Flow, type Segment } from '../workload/index.js';
import { acknowledge } from './acknowledge.js';
import { logGroupRetention } from './log-retention.js';
import { policy, sid, type Statement } from './policy.js';

/** Tag on subnets and security groups that names the segment they belong to; the reachability proof groups by it. */
export const SEGMENT_TAG = 'phi-segment';
/** Value of the tag, and name, of the part of the network that holds interface endpoints. */
export const ENDPOINTS = 'endpoints';

/** One interface endpoint. */
export interface Endpoint {
  /** Service name behind `com.amazonaws.<region>.`, for example `kms`. */
  readonly service: string;
  /** Segment whose subnets and security group it gets. Default: the endpoints range. */
  readonly segment?: string;
  /** Names of the segments that may call it on port 443. For an endpoint inside a segment the flows of the workload file say so. */
  readonly from?: readonly string[];
  /** Complete policy of the endpoint. There is no default: AWS's own default allows everything. */
  readonly policy: readonly Statement[];
  /** Whether the service's ordinary name resolves to the endpoint. Default true; DynamoDB does not support it. */
  readonly privateDns?: boolean;
}

export interface PrivateNetworkProps {
  readonly name: string;
  readonly region: string;
  /** IPv4 range of the VPC. */
  readonly cidr: string;
  /** IPv4 range of the interface endpoints. */
  readonly endpointsCidr: string;
  readonly segments: Readonly<Record<string, Segment>>;
  readonly flows: Readonly<Record<string, Flow>>;
  /** Interface endpoints by construct id. */
  readonly endpoints: Readonly<Record<string, Endpoint>>;
  /** ARN of the bucket (and optional `/prefix`) that receives the flow logs. */
  readonly flowLogDestination: string;
  /** ARN of the key that encrypts the resolver's query log. */
  readonly logKeyArn: string;
  /** Days for which the query log is kept, rounded up to a period of CloudWatch Logs. */
  readonly retentionDays: number;
  /** Availability zones, 2 or 3. Default 2. Each segment's range is split evenly between them. */
  readonly zones?: 2 | 3;
  /** Domain names that may be resolved besides the region's AWS endpoints, for example `ledger.example.com.`. Default: none. */
  readonly resolvable?: readonly string[];
  /** Last change of the VPC before it is written. */
  readonly transform?: (vpc: CfnVPC) => void;
}

/**
 * A VPC without internet, NAT or peering gateway. Segments become subnets, security groups that name each other, and
 * network ACLs as second wall; AWS services are reached through interface endpoints with policies; every other name
 * fails to resolve, also when the DNS firewall is down.
 * @throws for flows that name an unknown segment.
 */
export class PrivateNetwork extends Construct {
  readonly vpc: CfnVPC;
  /** Subnets per segment, `endpoints` included. */
  readonly subnets: Readonly<Record<string, readonly CfnSubnet[]>>;
  /** Security group per segment, `endpoints` included. */
  readonly securityGroups: Readonly<Record<string, CfnSecurityGroup>>;
  readonly endpoints: Readonly<Record<string, CfnVPCEndpoint>>;
  readonly flowLog: CfnFlowLog;
  readonly queryLog: CfnLogGroup;

  constructor(scope: Construct, id: string, props: PrivateNetworkProps) {
    super(scope, id);
    const zones = props.zones ?? 2;
    const ranges: Record<string, string> = { ...Object.fromEntries(Object.entries(props.segments).map(([name, segment]) => [name, segment.cidr])), [ENDPOINTS]: props.endpointsCidr };
    const flows = allFlows(props, ranges);

    this.vpc = new CfnVPC(this, 'Vpc', { cidrBlock: props.cidr, enableDnsHostnames: true, enableDnsSupport: true });
    Tags.of(this.vpc).add('Name', props.name);
    acknowledge(this.vpc, 'VPCDefaultSecurityGroupClosed', 'CloudFormation cannot remove the default group\'s rules without a custom resource. Nothing uses the group (whatever would shows in the rule network-flows-match-workload), network ACLs stand behind it, and docs/aws.md has the command that empties it.');

    const subnets: Record<string, readonly CfnSubnet[]> = {};
    const securityGroups: Record<string, CfnSecurityGroup> = {};
    const acls: Record<string, CfnNetworkAcl> = {};
    for (const [name, cidr] of Object.entries(ranges)) {
      const segment = new Construct(this, `Segment${sid(name)}`);
      securityGroups[name] = this.securityGroup(segment, name);
      const routes = new CfnRouteTable(segment, 'Routes', { vpcId: this.vpc.ref });
      const acl = new CfnNetworkAcl(segment, 'Acl', { vpcId: this.vpc.ref });
      acls[name] = acl;
      subnets[name] = zoneSubnets(cidr, zones).map((range, zone) => {
        const subnet = new CfnSubnet(segment, `Subnet${zone}`, {
          vpcId: this.vpc.ref,
          cidrBlock: range,
          availabilityZone: Fn.select(zone, Fn.getAzs()),
          mapPublicIpOnLaunch: false,
        });
        new CfnSubnetRouteTableAssociation(segment, `Route${zone}`, { subnetId: subnet.ref, routeTableId: routes.ref });
        new CfnSubnetNetworkAclAssociation(segment, `AclOfSubnet${zone}`, { subnetId: subnet.ref, networkAclId: acl.ref });
        return subnet;
      });
      Tags.of(segment).add(SEGMENT_TAG, name);
      Tags.of(segment).add('Name', `${props.name}-${name}`);
    }
    this.subnets = subnets;
    this.securityGroups = securityGroups;
    for (const [name, flow] of Object.entries(flows)) this.open(name, flow, securityGroups);
    this.wall(flows, ranges, acls);

    this.endpoints = Object.fromEntries(
      Object.entries(props.endpoints).map(([endpointId, endpoint]) => [endpointId, this.endpoint(endpointId, endpoint, props.region)]),
    );

    this.flowLog = new CfnFlowLog(this, 'FlowLog', {
      resourceId: this.vpc.ref,
      resourceType: 'VPC',
      trafficType: 'ALL',
      logDestinationType: 's3',
      logDestination: props.flowLogDestination,
      maxAggregationInterval: 60,
    });
    this.queryLog = this.resolver(props);
    props.transform?.(this.vpc);
  }

  /** The placeholder rule stands because CloudFormation reads "no egress rule" as "allow all". */
  private securityGroup(segment: Construct, name: string): CfnSecurityGroup {
    return new CfnSecurityGroup(segment, 'SecurityGroup', {
      groupDescription: `Segment ${name}: only the flows of the workload file`,
      vpcId: this.vpc.ref,
      securityGroupEgress: [{ cidrIp: '255.255.255.255/32', ipProtocol: 'icmp', fromPort: 252, toPort: 86, description: 'Disallow all traffic' }],
    });
  }

  private open(name: string, flow: Flow, groups: Readonly<Record<string, CfnSecurityGroup>>): void {
    const from = groups[flow.from] as CfnSecurityGroup;
    const to = groups[flow.to] as CfnSecurityGroup;
    const scope = new Construct(this, `Flow${sid(name)}`);
    const ports = { ipProtocol: 'tcp', fromPort: flow.port, toPort: flow.port };
    new CfnSecurityGroupEgress(scope, 'Out', { ...ports, groupId: from.attrGroupId, destinationSecurityGroupId: to.attrGroupId, description: `To ${flow.to}` });
    new CfnSecurityGroupIngress(scope, 'In', { ...ports, groupId: to.attrGroupId, sourceSecurityGroupId: from.attrGroupId, description: `From ${flow.from}` });
  }

  /** Network ACLs are stateless: each flow needs its answer on ephemeral ports (1024 to 65535). */
  private wall(flows: Readonly<Record<string, Flow>>, ranges: Readonly<Record<string, string>>, acls: Readonly<Record<string, CfnNetworkAcl>>): void {
    const entries = new Map<string, { acl: string; egress: boolean; cidr: string; from: number; to: number }>();
    const add = (acl: string, egress: boolean, peer: string, from: number, to: number): void => {
      entries.set([acl, egress, peer, from, to].join(' '), { acl, egress, cidr: ranges[peer] as string, from, to });
    };
    for (const flow of Object.values(flows)) {
      add(flow.from, true, flow.to, flow.port, flow.port);
      add(flow.to, false, flow.from, flow.port, flow.port);
      add(flow.to, true, flow.from, 1024, 65_535);
      add(flow.from, false, flow.to, 1024, 65_535);
    }
    const numbers: Record<string, number> = {};
    for (const entry of [...entries.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value)) {
      const direction = entry.egress ? 'Out' : 'In';
      const list = `${entry.acl} ${direction}`;
      const number = (numbers[list] = (numbers[list] ?? 0) + 10);
      const acl = acls[entry.acl] as CfnNetworkAcl;
      new CfnNetworkAclEntry(acl, `${direction}${entry.cidr.replace(/\D/g, '-')}From${entry.from}`, {
        networkAclId: acl.ref,
        ruleNumber: number,
        protocol: 6,
        ruleAction: 'allow',
        egress: entry.egress,
        cidrBlock: entry.cidr,
        portRange: { from: entry.from, to: entry.to },
      });
    }
  }

  private endpoint(id: string, endpoint: Endpoint, region: string): CfnVPCEndpoint {
    const segment = endpoint.segment ?? ENDPOINTS;
    const subnets = this.subnets[segment];
    const group = this.securityGroups[segment];
    if (!subnets || !group) throw new Error(`${this.node.path}: endpoint ${id} names segment "${segment}"; allowed: ${Object.keys(this.subnets).join(', ')}.`);
    const resource = new CfnVPCEndpoint(this, `Endpoint${id}`, {
      vpcId: this.vpc.ref,
      serviceName: `com.amazonaws.${region}.${endpoint.service}`,
      vpcEndpointType: 'Interface',
      privateDnsEnabled: endpoint.privateDns ?? true,
      // Unsaid, EC2 wants a gateway endpoint beside it and answers only queries from outside the VPC.
      ...(endpoint.service === 's3' && { dnsOptions: { privateDnsOnlyForInboundResolverEndpoint: 'AllResolvers' } }),
      subnetIds: subnets.map((subnet) => subnet.ref),
      securityGroupIds: [group.attrGroupId],
      policyDocument: policy(...endpoint.policy),
    });
    Tags.of(resource).add(SEGMENT_TAG, segment);
    return resource;
  }

  /** Security groups and ACLs do not see the VPC's resolver, so names are filtered here, closed when the filter fails. */
  private resolver(props: PrivateNetworkProps): CfnLogGroup {
    const suffix = props.region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
    // Endpoints without private DNS, and hosts: their names do not end in those of the services.
    const internal = props.region === 'us-east-1' ? '*.ec2.internal.' : `*.${props.region}.compute.internal.`;
    const names = [`*.${props.region}.${suffix}.`, `*.${props.region}.vpce.${suffix}.`, internal, ...(props.resolvable ?? [])];
    const known = new CfnFirewallDomainList(this, 'KnownNames', { name: `${props.name}-known`, domains: names });
    const all = new CfnFirewallDomainList(this, 'AllNames', { name: `${props.name}-all`, domains: ['*.'] });
    const rules = new CfnFirewallRuleGroup(this, 'DnsFirewall', {
      name: props.name,
      firewallRules: [
        { action: 'ALLOW', priority: 100, firewallDomainListId: known.attrId, firewallDomainRedirectionAction: 'INSPECT_REDIRECTION_DOMAIN' },
        { action: 'BLOCK', blockResponse: 'NXDOMAIN', priority: 200, firewallDomainListId: all.attrId },
      ],
    });
    new CfnFirewallRuleGroupAssociation(this, 'DnsFirewallOfVpc', {
      name: props.name,
      vpcId: this.vpc.ref,
      firewallRuleGroupId: rules.attrId,
      priority: 101,
      mutationProtection: 'ENABLED',
    });
    new CfnFirewallConfig(this, 'DnsFailClosed', { resourceId: this.vpc.ref, firewallFailOpen: 'DISABLED' });

    const group = new CfnLogGroup(this, 'QueryLog', {
      logGroupName: `/tee-kit/${props.name}/dns`,
      retentionInDays: logGroupRetention(props.retentionDays),
      kmsKeyId: props.logKeyArn,
      deletionProtectionEnabled: true,
    });
    group.applyRemovalPolicy(RemovalPolicy.RETAIN);
    const logging = new CfnResolverQueryLoggingConfig(this, 'QueryLogging', { name: props.name, destinationArn: group.attrArn });
    new CfnResolverQueryLoggingConfigAssociation(this, 'QueryLoggingOfVpc', { resolverQueryLogConfigId: logging.attrId, resourceId: this.vpc.ref });
    return group;
  }
}

/** The flows of the workload file plus one per segment that calls endpoints. */
function allFlows(props: PrivateNetworkProps, ranges: Readonly<Record<string, string>>): Readonly<Record<string, Flow>> {
  const flows: Record<string, Flow> = { ...props.flows };
  for (const endpoint of Object.values(props.endpoints)) {
    for (const from of endpoint.from ?? []) {
      const to = endpoint.segment ?? ENDPOINTS;
      if (from === to || Object.values(flows).some((flow) => flow.from === from && flow.to === to && flow.port === 443)) continue;
      flows[`${from}-${to}`] = { from, to, port: 443 };
    }
  }
  for (const [name, flow] of Object.entries(flows)) {
    for (const segment of [flow.from, flow.to]) {
      if (!Object.hasOwn(ranges, segment)) throw new Error(`flows.${name}: "${segment}" is not a segment; allowed: ${Object.keys(ranges).join(', ')}.`);
    }
  }
  return flows;
}
