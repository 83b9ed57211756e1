import * as azureNetwork from '@pulumi/azure-native/network';
import type * as pulumi from '@pulumi/pulumi';
import { AzureComponent, type AzureComponentProps } from './component.js';
import { PREVIEW_TAG, type PreviewProps } from './preview-service.js';

export interface NetworkSecurityPerimeterProps extends AzureComponentProps, PreviewProps {
  /** ARM ids of the vaults, storage accounts and workspaces inside, by a name of yours. At least one. */
  readonly members: Readonly<Record<string, string>>;
  /**
   * `Learning` (default) logs what would be refused and refuses nothing; `Audit` too, but without asking the member's own
   * firewall; `Enforced` refuses. Start with the first, read the log, then enforce.
   */
  readonly accessMode?: 'Learning' | 'Audit' | 'Enforced';
  /** The members themselves: the perimeter waits for them. */
  readonly dependsOn?: readonly pulumi.Resource[];
}

/**
 * PREVIEW. One more wall around the data services, outside their own firewalls: no public traffic in, and, unlike a
 * firewall, none out. It has no access rule, so only members and private endpoints talk. Every member also has its public
 * network disabled: the perimeter is never the only wall.
 */
export class NetworkSecurityPerimeter extends AzureComponent {
  readonly perimeter: azureNetwork.NetworkSecurityPerimeter;
  readonly profile: azureNetwork.NetworkSecurityPerimeterProfile;
  /** By member name. */
  readonly associations: Readonly<Record<string, azureNetwork.NetworkSecurityPerimeterAssociation>>;
  readonly perimeterId: string;

  /** @throws without a member. */
  constructor(name: string, props: NetworkSecurityPerimeterProps, opts?: pulumi.ComponentResourceOptions) {
    super('NetworkSecurityPerimeter', name, props, opts);
    const { names } = this;
    const members = Object.entries(props.members).sort(([a], [b]) => (a < b ? -1 : 1));
    if (members.length === 0) throw new Error('members: empty; a perimeter around nothing protects nothing: give the ARM ids of vaults, storage accounts or workspaces');
    const networkSecurityPerimeterName = names.local(name);
    this.perimeterId = names.id('Microsoft.Network/networkSecurityPerimeters', networkSecurityPerimeterName);
    const tags = { ...names.tags, ...PREVIEW_TAG };
    this.perimeter = new azureNetwork.NetworkSecurityPerimeter(
      name,
      { resourceGroupName: names.resourceGroup, location: names.location, networkSecurityPerimeterName, tags },
      this.child(),
    );
    const profileName = 'phi';
    this.profile = new azureNetwork.NetworkSecurityPerimeterProfile(
      name,
      { resourceGroupName: names.resourceGroup, location: names.location, networkSecurityPerimeterName, profileName, tags },
      this.child(this.perimeter),
    );
    this.associations = Object.fromEntries(
      members.map(([member, id]) => [
        member,
        new azureNetwork.NetworkSecurityPerimeterAssociation(
          `${name}-${member}`,
          {
            resourceGroupName: names.resourceGroup,
            location: names.location,
            networkSecurityPerimeterName,
            associationName: member,
            accessMode: props.accessMode ?? 'Learning',
            privateLinkResource: { id },
            profile: { id: `${this.perimeterId}/profiles/${profileName}` },
            tags,
          },
          this.child(this.profile, ...(props.dependsOn ?? [])),
        ),
      ]),
    );
    this.registerOutputs({ perimeter: this.perimeter.id });
  }
}
