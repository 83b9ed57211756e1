import type * as pulumi from '@pulumi/pulumi';
import * as certificatemanager from '@pulumi/gcp/certificatemanager/index.js';
import * as compute from '@pulumi/gcp/compute/index.js';
import * as networksecurity from '@pulumi/gcp/networksecurity/index.js';
import { PLANE_TAG } from '../workload/tags.js';
import type { Workload } from '../workload/workload.js';
import { Component, namePrefix, placementOf, type Transform, transformed } from './component.js';
import type { ConfidentialSpace } from './confidential-space.js';
import { subnetworkOf } from './confidential-vm.js';
import { phiLabels } from './phi-labels.js';
import type { PrivateNetwork } from './private-network.js';

/** Seconds that open connections may finish when a VM leaves the group. */
const DRAIN_SECONDS = 60;

export interface GatewayArgs {
  readonly workload: Workload;
  readonly network: PrivateNetwork;
  readonly tee: ConfidentialSpace;
  readonly transform?: Transform<{ backend: compute.RegionBackendServiceArgs; forwardingRule: compute.ForwardingRuleArgs }>;
}

/**
 * The address of the TEE: an internal pass-through load balancer. Packets arrive unopened, so mutual TLS 1.3 ends in the
 * workload; a load balancer that speaks TLS would decrypt PHI outside the TEE.
 */
export class Gateway extends Component {
  readonly address: compute.Address;
  readonly backend: compute.RegionBackendService;
  readonly forwardingRule: compute.ForwardingRule;

  constructor(name: string, args: GatewayArgs, options: pulumi.ComponentResourceOptions = {}) {
    super('Gateway', name, options);
    const { project, region } = placementOf(args.workload);
    const prefix = namePrefix(args.workload);
    const labels = phiLabels(args.workload);
    // In the TEE's subnetwork: the egress rule of a flow names the range that it leads to.
    const subnetwork = subnetworkOf(args.network, args.tee.segment);
    this.address = new compute.Address(name, { name: `${prefix}-tee`, project, region, addressType: 'INTERNAL', subnetwork: subnetwork.id, labels }, this.child());
    this.backend = new compute.RegionBackendService(
      name,
      transformed(args.transform?.backend, {
        name: `${prefix}-tee`, project, region, loadBalancingScheme: 'INTERNAL', protocol: 'TCP', network: args.network.network.id,
        backends: [{ group: args.tee.fleet.group.instanceGroup, balancingMode: 'CONNECTION' }],
        healthChecks: args.tee.fleet.healthCheck.id,
        connectionDrainingTimeoutSec: DRAIN_SECONDS,
      }),
      this.child(),
    );
    this.forwardingRule = new compute.ForwardingRule(
      name,
      transformed(args.transform?.forwardingRule, {
        name: `${prefix}-tee`, project, region, loadBalancingScheme: 'INTERNAL', ipProtocol: 'TCP', ports: [String(args.tee.port)],
        network: args.network.network.id, subnetwork: subnetwork.id, ipAddress: this.address.address, backendService: this.backend.id, allowGlobalAccess: false, labels,
      }),
      this.child(),
    );
    this.registerOutputs({ address: this.address.address });
  }
}

export interface ControlPlaneGatewayArgs {
  readonly workload: Workload;
  /** A network with `controlPlane`: the segment that is served and the range of the proxies. */
  readonly network: PrivateNetwork;
  /** Instance group that answers HTTPS. */
  readonly group: pulumi.Input<string>;
  readonly healthCheck: pulumi.Input<string>;
  /** PEM of the authority that signs client certificates. */
  readonly clientAuthority: string;
  /** Self links of regional server certificates. */
  readonly certificates: readonly pulumi.Input<string>[];
  readonly transform?: Transform<{ sslPolicy: compute.RegionSslPolicyArgs; serverTlsPolicy: networksecurity.ServerTlsPolicyArgs }>;
}

/**
 * An internal HTTPS load balancer (TLS 1.3 only, client certificates required) for what is not PHI: status, configuration.
 * It decrypts what passes through it, so a network refuses a control plane in the segment of the TEE or of PHI.
 */
export class ControlPlaneGateway extends Component {
  readonly proxySubnetwork: compute.Subnetwork;
  readonly trustConfig: certificatemanager.TrustConfig;
  readonly serverTlsPolicy: networksecurity.ServerTlsPolicy;
  readonly sslPolicy: compute.RegionSslPolicy;
  readonly backend: compute.RegionBackendService;
  readonly urlMap: compute.RegionUrlMap;
  readonly proxy: compute.RegionTargetHttpsProxy;
  readonly forwardingRule: compute.ForwardingRule;

  /** @throws if the network has no control plane. */
  constructor(name: string, args: ControlPlaneGatewayArgs, options: pulumi.ComponentResourceOptions = {}) {
    super('ControlPlaneGateway', name, options);
    const { workload, network } = args;
    const { controlPlane } = network;
    if (!controlPlane) throw new Error("the network has no control plane: give PrivateNetwork a 'controlPlane' with the segment to serve and the range of the proxies");
    const { project, region } = placementOf(workload);
    const id = `${namePrefix(workload)}-${controlPlane.segment}`;
    const labels = phiLabels(workload);
    this.proxySubnetwork = new compute.Subnetwork(
      `${name}-proxies`,
      { name: `${id}-proxies`, project, region, network: network.network.id, ipCidrRange: controlPlane.proxyRange, purpose: 'REGIONAL_MANAGED_PROXY', role: 'ACTIVE' },
      this.child(),
    );
    this.trustConfig = new certificatemanager.TrustConfig(
      name,
      { name: id, project, location: region, trustStores: [{ trustAnchors: [{ pemCertificate: args.clientAuthority }] }], labels },
      this.child(),
    );
    this.serverTlsPolicy = new networksecurity.ServerTlsPolicy(
      name,
      transformed(args.transform?.serverTlsPolicy, {
        name: id, project, location: region, allowOpen: false, labels,
        mtlsPolicy: { clientValidationMode: 'REJECT_INVALID', clientValidationTrustConfig: this.trustConfig.id },
      }),
      this.child(),
    );
    this.sslPolicy = new compute.RegionSslPolicy(
      name,
      // TLS 1.3 alone is accepted with the RESTRICTED profile only.
      transformed(args.transform?.sslPolicy, { name: id, project, region, minTlsVersion: 'TLS_1_3', profile: 'RESTRICTED' }),
      this.child(),
    );
    this.backend = new compute.RegionBackendService(
      name,
      {
        name: id, project, region, loadBalancingScheme: 'INTERNAL_MANAGED', protocol: 'HTTPS', healthChecks: args.healthCheck,
        backends: [{ group: args.group, balancingMode: 'UTILIZATION', capacityScaler: 1 }], logConfig: { enable: true, sampleRate: 1 },
      },
      this.child(),
    );
    this.urlMap = new compute.RegionUrlMap(name, { name: id, project, region, defaultService: this.backend.id }, this.child());
    this.proxy = new compute.RegionTargetHttpsProxy(
      name,
      { name: id, project, region, urlMap: this.urlMap.id, sslPolicy: this.sslPolicy.id, serverTlsPolicy: this.serverTlsPolicy.id, sslCertificates: [...args.certificates] },
      this.child(),
    );
    this.forwardingRule = new compute.ForwardingRule(
      name,
      {
        name: id, project, region, loadBalancingScheme: 'INTERNAL_MANAGED', ipProtocol: 'TCP', portRange: '443', target: this.proxy.id,
        network: network.network.id, subnetwork: subnetworkOf(network, controlPlane.segment).id, labels: { ...labels, [PLANE_TAG]: 'no-phi' },
      },
      this.child({ dependsOn: [this.proxySubnetwork] }),
    );
    this.registerOutputs({});
  }
}
