import * as azureNetwork from '@pulumi/azure-native/network';
import type * as pulumi from '@pulumi/pulumi';
import { AzureComponent, type AzureComponentProps, type Transform, transformed } from './component.js';
import type { PrivateNetwork, PrivateService } from './private-network.js';

export interface ServiceEndpointProps extends AzureComponentProps {
  readonly network: PrivateNetwork;
  readonly service: PrivateService;
  /** ARM id of the resource to reach privately. */
  readonly resourceId: string;
  /** Segment that holds the endpoint and whose flows govern it. Default: the range `network.endpoints` of the workload file. */
  readonly segment?: string;
  readonly transform?: { readonly endpoint?: Transform<azureNetwork.PrivateEndpointArgs> };
}

/** A private endpoint in an application security group, and its records in the private zones. */
export class ServiceEndpoint extends AzureComponent {
  readonly endpoint: azureNetwork.PrivateEndpoint;
  readonly zones: azureNetwork.PrivateDnsZoneGroup;

  constructor(name: string, props: ServiceEndpointProps, opts: pulumi.ComponentResourceOptions) {
    super('ServiceEndpoint', name, props, opts);
    const { names } = this;
    const { network, service } = props;
    const place = network.placeOf(props.segment);
    const endpointName = names.local(`${name}-pe`);
    this.endpoint = new azureNetwork.PrivateEndpoint(
      name,
      transformed(
        {
          resourceGroupName: names.resourceGroup,
          location: names.location,
          privateEndpointName: endpointName,
          customNetworkInterfaceName: `${endpointName}-nic`,
          subnet: { id: place.subnetId },
          // In an ASG, or the network security groups' ASG rules would never match it.
          applicationSecurityGroups: [{ id: place.asgId }],
          privateLinkServiceConnections: [{ name: endpointName, privateLinkServiceId: props.resourceId, groupIds: [service.groupId] }],
          tags: names.tags,
        },
        props.transform?.endpoint,
      ),
      this.child(network.virtualNetwork, place.asg),
    );
    this.zones = new azureNetwork.PrivateDnsZoneGroup(
      name,
      {
        resourceGroupName: names.resourceGroup,
        privateEndpointName: endpointName,
        privateDnsZoneGroupName: 'default',
        privateDnsZoneConfigs: service.zones.map((zone) => ({ name: zone.replaceAll('.', '-'), privateDnsZoneId: network.zoneId(zone) })),
      },
      this.child(this.endpoint, ...service.zones.map((zone) => network.zone(zone))),
    );
    this.registerOutputs({ endpoint: this.endpoint.id });
  }
}
