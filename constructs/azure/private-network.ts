import * as azureNetwork from '@pulumi/azure-native/network';
import * as privatedns from '@pulumi/azure-native/privatedns';
import type * as pulumi from '@pulumi/pulumi';
import type { Segment } from '../workload/index.js';
import { AzureComponent, type AzureComponentProps, type Transform, transformed } from './component.js';

/** A platform service reached by private endpoint: the sub-resource, and the zones its names resolve in. */
export interface PrivateService {
  readonly groupId: string;
  readonly zones: readonly string[];
}

/** The services that a PHI workload reaches, with the group ids and zones of Microsoft's private endpoint reference. */
export const PRIVATE_SERVICES = {
  vault: { groupId: 'vault', zones: ['privatelink.vaultcore.azure.net'] },
  attestation: { groupId: 'standard', zones: ['privatelink.attest.azure.net'] },
  blob: { groupId: 'blob', zones: ['privatelink.blob.core.windows.net'] },
  registry: { groupId: 'registry', zones: ['privatelink.azurecr.io'] },
  monitor: {
    groupId: 'azuremonitor',
    zones: [
      'privatelink.monitor.azure.com',
      'privatelink.oms.opinsights.azure.com',
      'privatelink.ods.opinsights.azure.com',
      'privatelink.agentsvc.azure-automation.net',
      'privatelink.blob.core.windows.net',
    ],
  },
} as const satisfies Record<string, PrivateService>;

/** Name of the part of the network that holds the private endpoints; no segment may have it. */
export const ENDPOINTS = 'endpoints';

export interface PrivateNetworkProps extends AzureComponentProps {
  readonly transform?: {
    readonly virtualNetwork?: Transform<azureNetwork.VirtualNetworkArgs>;
    readonly securityGroup?: (args: azureNetwork.NetworkSecurityGroupArgs, segment: string) => azureNetwork.NetworkSecurityGroupArgs;
  };
}

interface Rule {
  readonly name: string;
  readonly source: Side;
  readonly destination: Side;
  readonly port: number;
  readonly description: string;
}
type Side = { readonly asg: string } | { readonly prefix: string };

/**
 * The workload's segments as subnets of one virtual network, each with an application security group and a network
 * security group that denies everything the workload file does not list. No peering, no gateway, no public address, no
 * Bastion, no default outbound access.
 */
export class PrivateNetwork extends AzureComponent {
  readonly virtualNetwork: azureNetwork.VirtualNetwork;
  /** By segment name, and `endpoints`. */
  readonly securityGroups: Readonly<Record<string, azureNetwork.NetworkSecurityGroup>>;
  readonly applicationGroups: Readonly<Record<string, azureNetwork.ApplicationSecurityGroup>>;
  /** By zone name. */
  readonly zones: Readonly<Record<string, privatedns.PrivateZone>>;
  readonly zoneLinks: Readonly<Record<string, privatedns.VirtualNetworkLink>>;
  readonly virtualNetworkId: string;
  private readonly virtualNetworkName: string;

  /** @throws if a segment is called `endpoints`. */
  constructor(name: string, props: PrivateNetworkProps, opts?: pulumi.ComponentResourceOptions) {
    super('PrivateNetwork', name, props, opts);
    const { names } = this;
    const { workload } = props;
    const segments: readonly (readonly [string, Segment])[] = Object.entries(workload.segments).sort(([a], [b]) => (a < b ? -1 : 1));
    if (Object.hasOwn(workload.segments, ENDPOINTS)) {
      throw new Error(`segments.${ENDPOINTS}: the name is taken by the private endpoints of network.endpoints; rename the segment`);
    }
    this.virtualNetworkName = names.local('vnet');
    this.virtualNetworkId = names.id('Microsoft.Network/virtualNetworks', this.virtualNetworkName);

    const places = [...segments.map(([segment]) => segment), ENDPOINTS];
    this.applicationGroups = Object.fromEntries(
      places.map((place) => [
        place,
        new azureNetwork.ApplicationSecurityGroup(
          `${name}-${place}`,
          { resourceGroupName: names.resourceGroup, location: names.location, applicationSecurityGroupName: this.asgName(place), tags: names.tags },
          this.child(),
        ),
      ]),
    );

    const rules = this.rules(workload);
    this.securityGroups = Object.fromEntries(
      places.map((place) => {
        const args: azureNetwork.NetworkSecurityGroupArgs = {
          resourceGroupName: names.resourceGroup,
          location: names.location,
          networkSecurityGroupName: this.nsgName(place),
          securityRules: [
            ...this.allow('Inbound', rules.filter((rule) => this.touches(rule.destination, place))),
            denyAll('Inbound'),
            ...this.allow('Outbound', rules.filter((rule) => this.touches(rule.source, place))),
            denyAll('Outbound'),
          ],
          tags: names.tags,
        };
        return [
          place,
          new azureNetwork.NetworkSecurityGroup(
            `${name}-${place}`,
            props.transform?.securityGroup ? props.transform.securityGroup(args, place) : args,
            this.child(...Object.values(this.applicationGroups)),
          ),
        ];
      }),
    );

    this.virtualNetwork = new azureNetwork.VirtualNetwork(
      name,
      transformed(
        {
          resourceGroupName: names.resourceGroup,
          location: names.location,
          virtualNetworkName: this.virtualNetworkName,
          addressSpace: { addressPrefixes: [workload.network.cidr] },
          // Inline, and nothing standalone beside them: an update of the network would delete subnets it does not list.
          subnets: [
            ...segments.map(([segment, { cidr, purpose }]) => this.subnet(segment, cidr, purpose === 'gateway')),
            this.subnet(ENDPOINTS, workload.network.endpoints, false),
          ],
          tags: names.tags,
        },
        props.transform?.virtualNetwork,
      ),
      this.child(...Object.values(this.securityGroups)),
    );

    const zoneNames = [...new Set(Object.values(PRIVATE_SERVICES).flatMap((service): readonly string[] => service.zones))].sort();
    this.zones = Object.fromEntries(
      zoneNames.map((zone) => [
        zone,
        new privatedns.PrivateZone(
          `${name}-${zone.replaceAll('.', '-')}`,
          { resourceGroupName: names.resourceGroup, location: 'Global', privateZoneName: zone, tags: names.tags },
          this.child(),
        ),
      ]),
    );
    this.zoneLinks = Object.fromEntries(
      zoneNames.map((zone) => [
        zone,
        new privatedns.VirtualNetworkLink(
          `${name}-${zone.replaceAll('.', '-')}`,
          {
            resourceGroupName: names.resourceGroup,
            location: 'Global',
            privateZoneName: zone,
            virtualNetworkLinkName: this.virtualNetworkName,
            virtualNetwork: { id: this.virtualNetworkId },
            registrationEnabled: false,
            tags: names.tags,
          },
          this.child(this.zone(zone), this.virtualNetwork),
        ),
      ]),
    );
    this.registerOutputs({ virtualNetwork: this.virtualNetwork.id });
  }

  /** Subnet and application security group of a segment, or of the private endpoints. @throws on an unknown segment. */
  placeOf(segment: string = ENDPOINTS): { readonly subnetId: string; readonly asgId: string; readonly asg: azureNetwork.ApplicationSecurityGroup } {
    const asg = this.applicationGroups[segment];
    if (!asg) throw new Error(`segment: "${segment}" is not in the workload file; it has ${Object.keys(this.applicationGroups).join(', ')}`);
    return { subnetId: `${this.virtualNetworkId}/subnets/${segment}`, asgId: this.asgId(segment), asg };
  }

  zoneId(zone: string): string {
    return this.names.id('Microsoft.Network/privateDnsZones', zone);
  }

  zone(zone: string): privatedns.PrivateZone {
    const found = this.zones[zone];
    if (!found) throw new Error(`zone: "${zone}" is not one of ${Object.keys(this.zones).join(', ')}`);
    return found;
  }

  private asgName(place: string): string {
    return this.names.local(`${place}-asg`);
  }

  private asgId(place: string): string {
    return this.names.id('Microsoft.Network/applicationSecurityGroups', this.asgName(place));
  }

  private nsgName(place: string): string {
    return this.names.local(`${place}-nsg`);
  }

  private subnet(place: string, cidr: string, hostsPrivateLinkService: boolean): azureNetwork.VirtualNetworkArgs['subnets'] extends pulumi.Input<(infer S)[] | undefined> | undefined ? S : never {
    return {
      name: place,
      addressPrefix: cidr,
      networkSecurityGroup: { id: this.names.id('Microsoft.Network/networkSecurityGroups', this.nsgName(place)) },
      defaultOutboundAccess: false,
      // The SDK's default is Disabled, and then network security groups do not apply to private endpoints.
      privateEndpointNetworkPolicies: 'NetworkSecurityGroupEnabled',
      // A subnet that lends addresses to a Private Link service must have its policies off; no other may.
      privateLinkServiceNetworkPolicies: hostsPrivateLinkService ? 'Disabled' : 'Enabled',
    };
  }

  /** What may flow: the workload file's flows, the TEE's way to the private endpoints, and the load balancer's probes. */
  private rules(workload: AzureComponentProps['workload']): readonly Rule[] {
    const side = (segment: string): Side => {
      const found = workload.segments[segment];
      // A load balancer or Private Link service passes traffic on from addresses of its subnet, which no ASG can hold.
      return found?.purpose === 'gateway' ? { prefix: found.cidr } : { asg: segment };
    };
    const rules: Rule[] = [];
    for (const [name, flow] of Object.entries(workload.flows).sort(([a], [b]) => (a < b ? -1 : 1))) {
      rules.push({ name, source: side(flow.from), destination: side(flow.to), port: flow.port, description: `Flow ${name} of the workload file` });
      if (workload.segments[flow.from]?.purpose === 'gateway') {
        rules.push({ name: `${name}-probe`, source: { prefix: 'AzureLoadBalancer' }, destination: side(flow.to), port: flow.port, description: `Health probe of the load balancer in front of ${flow.to}` });
      }
    }
    for (const [segment, { purpose }] of Object.entries(workload.segments).sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (purpose === 'tee') {
        rules.push({ name: `${segment}-to-endpoints`, source: { asg: segment }, destination: { asg: ENDPOINTS }, port: 443, description: 'Vault, attestation, registry and monitor by private endpoint' });
      }
    }
    return rules;
  }

  private touches(side: Side, place: string): boolean {
    if ('asg' in side) return side.asg === place;
    return this.names.workload.segments[place]?.cidr === side.prefix;
  }

  private allow(direction: 'Inbound' | 'Outbound', rules: readonly Rule[]) {
    return rules.map((rule, index) => ({
      name: `allow-${rule.name}`,
      description: rule.description,
      // Below 1000 is room for a quarantine in an emergency; Azure takes 100 to 4096.
      priority: 1000 + index,
      direction,
      access: 'Allow',
      protocol: 'Tcp',
      sourcePortRange: '*',
      destinationPortRange: String(rule.port),
      ...('asg' in rule.source ? { sourceApplicationSecurityGroups: [{ id: this.asgId(rule.source.asg) }] } : { sourceAddressPrefix: rule.source.prefix }),
      ...('asg' in rule.destination
        ? { destinationApplicationSecurityGroups: [{ id: this.asgId(rule.destination.asg) }] }
        : { destinationAddressPrefix: rule.destination.prefix }),
    }));
  }
}

/** The last rule before Azure's own defaults, which would allow the whole network and, outbound, the internet. */
function denyAll(direction: 'Inbound' | 'Outbound') {
  return {
    name: `deny-all-${direction.toLowerCase()}`,
    description: 'Whatever the workload file does not list',
    priority: 4096,
    direction,
    access: 'Deny',
    protocol: '*',
    sourcePortRange: '*',
    sourceAddressPrefix: '*',
    destinationPortRange: '*',
    destinationAddressPrefix: '*',
  };
}
