import * as pulumi from '@pulumi/pulumi';
import * as compute from '@pulumi/gcp/compute/index.js';
import * as dns from '@pulumi/gcp/dns/index.js';
import * as tags from '@pulumi/gcp/tags/index.js';
import type * as inputs from '@pulumi/gcp/types/input.js';
import { contains, overlaps, parseCidr } from '../workload/ipv4.js';
import type { Workload } from '../workload/workload.js';
import { Component, environmentSuffix, namePrefix, placementOf, type Transform, transformed } from './component.js';
import { phiLabels } from './phi-labels.js';

/** Google APIs that VPC Service Controls protect. Source: Cloud documentation, Private Google Access. */
export const RESTRICTED_VIP = '199.36.153.4/30';
const RESTRICTED_VIP_ADDRESSES = ['199.36.153.4', '199.36.153.5', '199.36.153.6', '199.36.153.7'];
/** Sources of Google's health checks of pass-through load balancers and groups. Source: Cloud documentation, health check concepts. */
export const HEALTH_CHECK_RANGES = ['35.191.0.0/16', '130.211.0.0/22'];
/** Names that must resolve to the private endpoint: the APIs and both registries. */
const PRIVATE_DOMAINS = ['gcr.io', 'googleapis.com', 'pkg.dev'] as const;

/** Priorities, low first. Flows start at 1000, two per flow; the denies stand below every flow. */
const FLOW_PRIORITY = 1000;
const HEALTH_CHECK_PRIORITY = 500;
const GOOGLE_APIS_PRIORITY = 950;
const CONTROL_PLANE_PRIORITY = 960;
/** HTTPS, between the proxies and what they serve. */
const CONTROL_PLANE_PORT = 443;
const DENY_PRIORITY = 65_000;
/** A rule takes ranges of one address family. IPv6 is not routed here; its rules say so if a subnetwork ever gets one. */
const EVERYWHERE = { ipv4: '0.0.0.0/0', ipv6: '::/0' } as const;

type Rule = inputs.compute.NetworkFirewallPolicyWithRulesRule;

/** A segment that an HTTPS load balancer serves (ControlPlaneGateway); never the TEE or the PHI store. */
export interface ControlPlane {
  readonly segment: string;
  /** IPv4 range of the load balancer's proxies, /26 or larger, inside `network.cidr` and outside every segment. */
  readonly proxyRange: string;
}

export interface PrivateNetworkArgs {
  readonly workload: Workload;
  /** Default: none. */
  readonly controlPlane?: ControlPlane;
  readonly transform?: Transform<{
    network: compute.NetworkArgs;
    subnetwork: compute.SubnetworkArgs;
    firewallPolicy: compute.NetworkFirewallPolicyWithRulesArgs;
  }>;
}

/**
 * A custom VPC without a way out: no default route, no NAT, no external address, deny-all in both directions, one
 * subnetwork and one secure tag per segment, and the flows of the workload file as the only openings. Google APIs are
 * reached through the restricted VIP, or through a Private Service Connect endpoint if the workload file names one.
 */
export class PrivateNetwork extends Component {
  readonly network: compute.Network;
  readonly subnetworks: Readonly<Record<string, compute.Subnetwork>>;
  readonly segmentTag: tags.TagKey;
  readonly segmentTags: Readonly<Record<string, tags.TagValue>>;
  readonly firewallPolicy: compute.NetworkFirewallPolicyWithRules;
  readonly firewallAssociation: compute.NetworkFirewallPolicyAssociation;
  /** Route to the restricted VIP; absent with Private Service Connect, which needs none. */
  readonly route: compute.Route | undefined;
  readonly endpointAddress: compute.GlobalAddress | undefined;
  readonly endpoint: compute.GlobalForwardingRule | undefined;
  readonly zones: Readonly<Record<string, dns.ManagedZone>>;
  readonly records: Readonly<Record<string, dns.RecordSet>>;
  readonly dnsPolicy: dns.Policy;
  readonly controlPlane: ControlPlane | undefined;

  /** @throws if the control plane's segment holds the TEE or PHI, or its proxies' range is not free. */
  constructor(name: string, args: PrivateNetworkArgs, options: pulumi.ComponentResourceOptions = {}) {
    super('PrivateNetwork', name, options);
    const { workload } = args;
    const placement = placementOf(workload);
    const { project, region } = placement;
    const prefix = namePrefix(workload);
    const labels = phiLabels(workload);
    if (args.controlPlane) assertControlPlane(workload, args.controlPlane);
    this.controlPlane = args.controlPlane;

    this.network = new compute.Network(
      name,
      transformed(args.transform?.network, {
        name: prefix,
        project,
        autoCreateSubnetworks: false,
        deleteDefaultRoutesOnCreate: true,
        routingMode: 'REGIONAL',
        // The default, AFTER, lets a legacy firewall rule open what the policy denies.
        networkFirewallPolicyEnforcementOrder: 'BEFORE_CLASSIC_FIREWALL',
      }),
      this.child(),
    );

    const segments = Object.entries(workload.segments);
    this.subnetworks = Object.fromEntries(
      segments.map(([segment, { cidr }]) => [
        segment,
        new compute.Subnetwork(
          `${name}-${segment}`,
          transformed(args.transform?.subnetwork, {
            name: `${prefix}-${segment}`,
            project,
            region,
            network: this.network.id,
            ipCidrRange: cidr,
            stackType: 'IPV4_ONLY',
            privateIpGoogleAccess: true,
            logConfig: { aggregationInterval: 'INTERVAL_5_SEC', flowSampling: 1, metadata: 'INCLUDE_ALL_METADATA' },
          }),
          this.child(),
        ),
      ]),
    );

    // `purpose` cannot change later, and a tag works only in the network that its key names.
    this.segmentTag = new tags.TagKey(
      `${name}-segment`,
      { parent: `projects/${placement.projectNumber}`, shortName: `${prefix}-segment`, purpose: 'GCE_FIREWALL', purposeData: { network: `${project}/${prefix}` } },
      this.child({ dependsOn: [this.network] }),
    );
    this.segmentTags = Object.fromEntries(
      segments.map(([segment]) => [segment, new tags.TagValue(`${name}-${segment}`, { parent: this.segmentTag.id, shortName: segment }, this.child())]),
    );

    const apiRange = placement.privateServiceConnect === undefined ? RESTRICTED_VIP : `${placement.privateServiceConnect}/32`;
    this.firewallPolicy = new compute.NetworkFirewallPolicyWithRules(
      name,
      transformed(args.transform?.firewallPolicy, {
        name: prefix,
        project,
        description: 'Flows of the workload file; everything else is denied',
        rules: this.rules(workload, apiRange, args.controlPlane),
      }),
      this.child(),
    );
    this.firewallAssociation = new compute.NetworkFirewallPolicyAssociation(
      name,
      { name: prefix, project, attachmentTarget: this.network.id, firewallPolicy: this.firewallPolicy.name },
      this.child(),
    );

    if (placement.privateServiceConnect === undefined) {
      this.route = new compute.Route(
        `${name}-google-apis`,
        { name: `${prefix}-google-apis`, project, network: this.network.id, destRange: RESTRICTED_VIP, nextHopGateway: 'default-internet-gateway', priority: 1000 },
        this.child(),
      );
    } else {
      this.endpointAddress = new compute.GlobalAddress(
        `${name}-google-apis`,
        { name: `${prefix}-google-apis`, project, addressType: 'INTERNAL', purpose: 'PRIVATE_SERVICE_CONNECT', network: this.network.id, address: placement.privateServiceConnect, labels },
        this.child(),
      );
      this.endpoint = new compute.GlobalForwardingRule(
        `${name}-google-apis`,
        // The API takes the labels of such an endpoint only after it exists; the provider sees to that.
        { name: endpointName(workload), project, target: 'vpc-sc', network: this.network.id, ipAddress: this.endpointAddress.id, loadBalancingScheme: '', noAutomateDnsZone: true, labels },
        this.child(),
      );
    }

    const zones: Record<string, dns.ManagedZone> = {};
    const records: Record<string, dns.RecordSet> = {};
    for (const domain of PRIVATE_DOMAINS) {
      const id = domain.replace('.', '-');
      const zone = (zones[domain] = new dns.ManagedZone(
        `${name}-${id}`,
        {
          name: `${prefix}-${id}`,
          project,
          dnsName: `${domain}.`,
          description: `${domain} through the private path only`,
          visibility: 'private',
          privateVisibilityConfig: { networks: [{ networkUrl: this.network.id }] },
          labels,
        },
        this.child(),
      ));
      const apex = domain === 'googleapis.com' ? 'restricted.googleapis.com.' : `${domain}.`;
      const addresses = placement.privateServiceConnect === undefined ? RESTRICTED_VIP_ADDRESSES : [placement.privateServiceConnect];
      records[apex] = new dns.RecordSet(`${name}-${id}-a`, { project, managedZone: zone.name, name: apex, type: 'A', ttl: 300, rrdatas: addresses }, this.child());
      records[`*.${domain}.`] = new dns.RecordSet(`${name}-${id}-any`, { project, managedZone: zone.name, name: `*.${domain}.`, type: 'CNAME', ttl: 300, rrdatas: [apex] }, this.child());
    }
    this.zones = zones;
    this.records = records;
    this.dnsPolicy = new dns.Policy(
      name,
      { name: prefix, project, description: 'Every query is logged', enableLogging: true, enableInboundForwarding: false, networks: [{ networkUrl: this.network.id }] },
      this.child(),
    );
    this.registerOutputs({ network: this.network.id });
  }

  /** The secure tag of a segment, as a VM takes it at creation. */
  vmTags(segment: string): pulumi.Output<Record<string, string>> {
    const value = this.segmentTags[segment];
    if (!value) throw new Error(`segment '${segment}' is not in the workload file; it has ${Object.keys(this.segmentTags).join(', ')}`);
    return pulumi.all([this.segmentTag.id, value.id]).apply(([key, id]) => ({ [key]: id }));
  }

  private rules(workload: Workload, apiRange: string, proxied: ControlPlane | undefined): Rule[] {
    const tag = (segment: string): { name: pulumi.Output<string> } => {
      const value = this.segmentTags[segment];
      if (!value) throw new Error(`flows: segment '${segment}' is not in 'segments'`);
      return { name: value.id };
    };
    const tcp = (port: number) => [{ ipProtocol: 'tcp', ports: [String(port)] }];
    const all = [{ ipProtocol: 'all' }];
    const flows = Object.entries(workload.flows).sort(([a], [b]) => (a < b ? -1 : 1));
    const tees = Object.entries(workload.segments).filter(([, { purpose }]) => purpose === 'tee').map(([segment]) => segment);
    return [
      ...flows.flatMap(([flow, { from, to, port }], index) => [
        {
          ruleName: `${flow}-out`, description: `${from} to ${to}`, priority: FLOW_PRIORITY + 2 * index, direction: 'EGRESS', action: 'allow', enableLogging: true,
          targetSecureTags: [tag(from)], match: { destIpRanges: [workload.segments[to]?.cidr ?? ''], layer4Configs: tcp(port) },
        },
        {
          ruleName: `${flow}-in`, description: `${from} to ${to}`, priority: FLOW_PRIORITY + 2 * index + 1, direction: 'INGRESS', action: 'allow', enableLogging: true,
          targetSecureTags: [tag(to)], match: { srcSecureTags: [tag(from)], layer4Configs: tcp(port) },
        },
      ]),
      ...(proxied === undefined
        ? []
        : [
            {
              ruleName: 'control-plane', description: `Proxies and health checks of ${proxied.segment}`, priority: CONTROL_PLANE_PRIORITY, direction: 'INGRESS', action: 'allow', enableLogging: true,
              targetSecureTags: [tag(proxied.segment)], match: { srcIpRanges: [proxied.proxyRange, ...HEALTH_CHECK_RANGES], layer4Configs: tcp(CONTROL_PLANE_PORT) },
            },
          ]),
      ...flows.filter(([, { to }]) => tees.includes(to)).map(([flow, { to, port }], index) => ({
        ruleName: `${flow}-health`, description: `Google health checks of ${to}`, priority: HEALTH_CHECK_PRIORITY + index, direction: 'INGRESS', action: 'allow', enableLogging: true,
        targetSecureTags: [tag(to)], match: { srcIpRanges: HEALTH_CHECK_RANGES, layer4Configs: tcp(port) },
      })),
      {
        ruleName: 'google-apis', description: 'Google APIs, private path', priority: GOOGLE_APIS_PRIORITY, direction: 'EGRESS', action: 'allow', enableLogging: true,
        targetSecureTags: Object.keys(workload.segments).map(tag), match: { destIpRanges: [apiRange], layer4Configs: tcp(443) },
      },
      ...Object.entries(EVERYWHERE).flatMap(([family, range], index) => [
        {
          ruleName: `deny-ingress-${family}`, description: 'Everything else', priority: DENY_PRIORITY + 2 * index, direction: 'INGRESS', action: 'deny', enableLogging: true,
          match: { srcIpRanges: [range], layer4Configs: all },
        },
        {
          ruleName: `deny-egress-${family}`, description: 'Everything else', priority: DENY_PRIORITY + 2 * index + 1, direction: 'EGRESS', action: 'deny', enableLogging: true,
          match: { destIpRanges: [range], layer4Configs: all },
        },
      ]),
    ];
  }
}

/** At most 20 characters of `[a-z0-9]`, and another one per workload and environment of a project. */
function endpointName(workload: Workload): string {
  const suffix = environmentSuffix(workload);
  return `${workload.name.replaceAll('-', '').slice(0, 20 - suffix.length)}${suffix}`;
}

function assertControlPlane(workload: Workload, { segment, proxyRange }: ControlPlane): void {
  const purpose = workload.segments[segment]?.purpose;
  if (purpose === undefined) throw new Error(`controlPlane.segment '${segment}' is not in the workload file; it has ${Object.keys(workload.segments).join(', ')}`);
  if (purpose === 'tee' || purpose === 'phi-store') {
    throw new Error(`controlPlane.segment '${segment}' has purpose '${purpose}': an HTTPS load balancer would decrypt PHI outside the TEE; use Gateway, which passes packets through`);
  }
  const range = parseCidr(proxyRange);
  const whole = parseCidr(workload.network.cidr);
  const taken = [...Object.values(workload.segments).map(({ cidr }) => cidr), workload.network.endpoints].map(parseCidr);
  if (!range || range.prefix > 26 || !whole || !contains(whole, range) || taken.some((other) => other && overlaps(other, range))) {
    throw new Error(`controlPlane.proxyRange '${proxyRange}' must be /26 or larger, inside network.cidr ${workload.network.cidr} and outside every segment and network.endpoints`);
  }
}
