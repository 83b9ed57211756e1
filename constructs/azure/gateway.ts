import * as azureNetwork from '@pulumi/azure-native/network';
import type * as pulumi from '@pulumi/pulumi';
import { AzureComponent, type AzureComponentProps, type Transform, transformed } from './component.js';
import type { PrivateNetwork } from './private-network.js';

export interface GatewayProps extends AzureComponentProps {
  readonly network: PrivateNetwork;
  /** Segment that holds the frontend; must have purpose `gateway`. */
  readonly segment: string;
  /** Flow of the workload file, from that segment into the TEE: its port is the only one that passes. */
  readonly flow: string;
  /**
   * Subscriptions (UUID) whose clients may reach the TEE by private endpoint, without any network being peered. A Private
   * Link service is created when the list is not empty; each connection still waits for approval.
   */
  readonly consumers?: readonly string[];
  readonly transform?: {
    readonly loadBalancer?: Transform<azureNetwork.LoadBalancerArgs>;
    readonly privateLinkService?: Transform<azureNetwork.PrivateLinkServiceArgs>;
  };
}

/**
 * The way into the TEE: an internal load balancer that passes TCP through. Mutual TLS 1.3 starts at the client and ends in
 * the confidential VM; nothing on the way holds a certificate or sees a byte of PHI.
 *
 * What must not be used here is an Application Gateway, or anything else that ends TLS: see NonPhiGateway.
 */
export class Gateway extends AzureComponent {
  readonly loadBalancer: azureNetwork.LoadBalancer;
  readonly loadBalancerId: string;
  readonly backendPoolId: string;
  readonly probeId: string;
  readonly privateLinkService: azureNetwork.PrivateLinkService | undefined;

  /** @throws on a segment without purpose `gateway`, or a flow that does not lead from it into the TEE. */
  constructor(name: string, props: GatewayProps, opts?: pulumi.ComponentResourceOptions) {
    super('Gateway', name, props, opts);
    const { names } = this;
    const { segments, flows } = props.workload;
    const purpose = segments[props.segment]?.purpose;
    if (purpose !== 'gateway') throw new Error(`segment: "${props.segment}" has purpose ${purpose ?? 'none (it is not in the workload file)'}; a gateway belongs into a segment with purpose gateway`);
    const flow = flows[props.flow];
    if (flow?.from !== props.segment || segments[flow.to]?.purpose !== 'tee') {
      throw new Error(`flow: "${props.flow}" ${flow ? `leads from ${flow.from} to ${flow.to}` : 'is not in the workload file'}; name a flow from ${props.segment} into the segment with purpose tee`);
    }
    const { port } = flow;
    const place = props.network.placeOf(props.segment);
    const loadBalancerName = names.local(name);
    this.loadBalancerId = names.id('Microsoft.Network/loadBalancers', loadBalancerName);
    const frontendId = `${this.loadBalancerId}/frontendIPConfigurations/private`;
    this.backendPoolId = `${this.loadBalancerId}/backendAddressPools/tee`;
    this.probeId = `${this.loadBalancerId}/probes/admitted`;
    this.loadBalancer = new azureNetwork.LoadBalancer(
      name,
      transformed(
        {
          resourceGroupName: names.resourceGroup,
          location: names.location,
          loadBalancerName,
          sku: { name: 'Standard', tier: 'Regional' },
          frontendIPConfigurations: [{ name: 'private', privateIPAllocationMethod: 'Dynamic', privateIPAddressVersion: 'IPv4', subnet: { id: place.subnetId } }],
          backendAddressPools: [{ name: 'tee' }],
          // Seconds. The guest listens only once the key has been released to it: a member that did not attest gets no traffic.
          probes: [{ name: 'admitted', protocol: 'Tcp', port, intervalInSeconds: 5, probeThreshold: 2, numberOfProbes: 2 }],
          loadBalancingRules: [
            {
              name: props.flow,
              protocol: 'Tcp',
              frontendPort: port,
              backendPort: port,
              frontendIPConfiguration: { id: frontendId },
              backendAddressPool: { id: this.backendPoolId },
              probe: { id: this.probeId },
              enableFloatingIP: false,
              enableTcpReset: true,
              // Minutes; the shortest there is.
              idleTimeoutInMinutes: 4,
              disableOutboundSnat: true,
            },
          ],
          tags: names.tags,
        },
        props.transform?.loadBalancer,
      ),
      this.child(props.network.virtualNetwork),
    );
    const consumers = props.consumers ?? [];
    this.privateLinkService = consumers.length > 0
      ? new azureNetwork.PrivateLinkService(
          name,
          transformed(
            {
              resourceGroupName: names.resourceGroup,
              location: names.location,
              serviceName: names.local(`${name}-pls`),
              loadBalancerFrontendIpConfigurations: [{ id: frontendId }],
              ipConfigurations: [{ name: 'private', primary: true, privateIPAllocationMethod: 'Dynamic', privateIPAddressVersion: 'IPv4', subnet: { id: place.subnetId } }],
              // A proxy header in front of TLS would break the handshake that ends in the guest.
              enableProxyProtocol: false,
              visibility: { subscriptions: [...consumers] },
              autoApproval: { subscriptions: [] },
              tags: names.tags,
            },
            props.transform?.privateLinkService,
          ),
          this.child(this.loadBalancer),
        )
      : undefined;
    this.registerOutputs({ loadBalancer: this.loadBalancer.id });
  }
}
