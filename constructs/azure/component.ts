import * as managedidentity from '@pulumi/azure-native/managedidentity';
import type { ResourceGroup } from '@pulumi/azure-native/resources';
import * as pulumi from '@pulumi/pulumi';
import type { Workload } from '../workload/index.js';
import { AzureNames } from './names.js';

/** What every Azure component takes. */
export interface AzureComponentProps {
  /** The validated workload file. Names, region, tags and identities all come from it. */
  readonly workload: Workload;
  /** The workload's resource group, called `AzureNames.resourceGroup`. */
  readonly resourceGroup: ResourceGroup;
}

/** Base of the kit's Azure components: children are named after the component, parented to it, and exposed. */
export abstract class AzureComponent extends pulumi.ComponentResource {
  readonly names: AzureNames;
  private readonly group: ResourceGroup;

  constructor(kind: string, name: string, props: AzureComponentProps, opts?: pulumi.ComponentResourceOptions) {
    super(`tee-kit:azure:${kind}`, name, {}, opts);
    this.names = new AzureNames(props.workload);
    this.group = props.resourceGroup;
  }

  /** Options of a child: parent, and the order that literal ids do not express. */
  protected child(...dependsOn: readonly pulumi.Resource[]): pulumi.CustomResourceOptions {
    return { parent: this, dependsOn: [this.group, ...dependsOn] };
  }

  /** A user-assigned identity of this component alone, with its ARM id. */
  protected identityOf(name: string): { readonly identity: managedidentity.UserAssignedIdentity; readonly id: string } {
    const { names } = this;
    const resourceName = names.local(`${name}-id`);
    const args = { resourceGroupName: names.resourceGroup, location: names.location, resourceName, tags: names.tags };
    return { identity: new managedidentity.UserAssignedIdentity(name, args, this.child()), id: names.id('Microsoft.ManagedIdentity/userAssignedIdentities', resourceName) };
  }
}

/** A typed last word on the arguments of a child, applied just before it is created. */
export type Transform<Args> = (args: Args) => Args;

/** Applies a transform if there is one. */
export function transformed<Args>(args: Args, transform: Transform<Args> | undefined): Args {
  return transform ? transform(args) : args;
}
