import { at, type Deployment, isList, isObject, parseReference, perDeployment, type Resource, Unknown, type Value } from '../../model.js';

/** Where a type's ARM id comes from: provider type, then property names and literal path parts (`=keys`). */
const SHAPES: Readonly<Record<string, readonly string[]>> = {
  'azure-native:attestation:AttestationProvider': ['microsoft.attestation/attestationproviders', 'providerName'],
  'azure-native:compute:Disk': ['microsoft.compute/disks', 'diskName'],
  'azure-native:compute:DiskEncryptionSet': ['microsoft.compute/diskencryptionsets', 'diskEncryptionSetName'],
  'azure-native:compute:Snapshot': ['microsoft.compute/snapshots', 'snapshotName'],
  'azure-native:compute:VirtualMachine': ['microsoft.compute/virtualmachines', 'vmName'],
  'azure-native:compute:VirtualMachineScaleSet': ['microsoft.compute/virtualmachinescalesets', 'vmScaleSetName'],
  'azure-native:containerregistry:Registry': ['microsoft.containerregistry/registries', 'registryName'],
  'azure-native:keyvault:Key': ['microsoft.keyvault/vaults', 'vaultName', '=keys', 'keyName'],
  'azure-native:keyvault:ManagedHsm': ['microsoft.keyvault/managedhsms', 'name'],
  'azure-native:keyvault:Vault': ['microsoft.keyvault/vaults', 'vaultName'],
  'azure-native:managedidentity:UserAssignedIdentity': ['microsoft.managedidentity/userassignedidentities', 'resourceName'],
  'azure-native:monitor:ActionGroup': ['microsoft.insights/actiongroups', 'actionGroupName'],
  'azure-native:monitor:PrivateLinkScope': ['microsoft.insights/privatelinkscopes', 'scopeName'],
  'azure-native:network:ApplicationGateway': ['microsoft.network/applicationgateways', 'applicationGatewayName'],
  'azure-native:network:ApplicationSecurityGroup': ['microsoft.network/applicationsecuritygroups', 'applicationSecurityGroupName'],
  'azure-native:network:LoadBalancer': ['microsoft.network/loadbalancers', 'loadBalancerName'],
  'azure-native:network:NatGateway': ['microsoft.network/natgateways', 'natGatewayName'],
  'azure-native:network:NetworkInterface': ['microsoft.network/networkinterfaces', 'networkInterfaceName'],
  'azure-native:network:NetworkSecurityGroup': ['microsoft.network/networksecuritygroups', 'networkSecurityGroupName'],
  'azure-native:network:PrivateEndpoint': ['microsoft.network/privateendpoints', 'privateEndpointName'],
  'azure-native:network:PrivateLinkService': ['microsoft.network/privatelinkservices', 'serviceName'],
  'azure-native:network:PublicIPAddress': ['microsoft.network/publicipaddresses', 'publicIpAddressName'],
  'azure-native:network:RouteTable': ['microsoft.network/routetables', 'routeTableName'],
  'azure-native:network:Subnet': ['microsoft.network/virtualnetworks', 'virtualNetworkName', '=subnets', 'subnetName'],
  'azure-native:network:VirtualNetwork': ['microsoft.network/virtualnetworks', 'virtualNetworkName'],
  'azure-native:operationalinsights:Workspace': ['microsoft.operationalinsights/workspaces', 'workspaceName'],
  'azure-native:privatedns:PrivateZone': ['microsoft.network/privatednszones', 'privateZoneName'],
  'azure-native:storage:BlobContainer': ['microsoft.storage/storageaccounts', 'accountName', '=blobservices/default/containers', 'containerName'],
  'azure-native:storage:StorageAccount': ['microsoft.storage/storageaccounts', 'accountName'],
};

/**
 * The ARM view of a preview: ids whether they are written as literals, as references or as a reference with a path
 * behind it. Ids are compared in lower case, as ARM does.
 */
export class Arm {
  private readonly ids = new Map<Resource, string>();
  private readonly byId = new Map<string, Resource>();
  private readonly byName = new Map<string, Map<string, Resource>>();
  private readonly home: string | undefined;

  constructor(readonly deployment: Deployment) {
    this.home = deployment.workload?.clouds?.azure?.subscription?.toLowerCase();
    for (const type of Object.keys(SHAPES)) {
      for (const resource of deployment.ofType(type)) {
        const id = this.idOf(resource);
        if (id !== undefined && !this.byId.has(id)) this.byId.set(id, resource);
      }
    }
  }

  /** The normal form of an id, a reference to a resource or text around one; undefined when it cannot be told. */
  normal(value: Value | undefined): string | undefined {
    const text = this.text(value);
    if (text === undefined) return undefined;
    const lower = text.toLowerCase().replace(/\/{2,}/g, '/').replace(/\/+$/, '').replace(/^(?=(?:subscriptions|providers)\/)/, '/');
    // One subscription is meant unless the workload file names another one.
    return lower.replace(/^\/subscriptions\/([^/]+)/, (all, subscription: string) => (subscription === '~' || subscription === this.home || this.home === undefined ? '/subscriptions/~' : all));
  }

  /** A string with references to names and ids of the artifact's resources filled in. */
  text(value: Value | undefined): string | undefined {
    if (typeof value !== 'string') return undefined;
    let resolved = true;
    const text = value.replace(/\$\{(?!!)[^}]+\}/g, (placeholder) => {
      const output = parseReference(placeholder)?.output;
      const target = this.deployment.target(placeholder);
      if (!target) return resolved = false, placeholder;
      const found = output === 'id' ? this.idOf(target) : output === 'name' ? this.idOf(target)?.split('/').at(-1) : this.text(target.properties[output ?? '']);
      if (found === undefined) resolved = false;
      return found ?? placeholder;
    });
    return resolved ? text : undefined;
  }

  /** The resource of the artifact that an id or reference means. */
  find(value: Value | undefined): Resource | undefined {
    const direct = this.deployment.target(value);
    if (direct && parseReference(value as string)?.output === 'id') return direct;
    const id = this.normal(value);
    return id === undefined ? undefined : this.byId.get(id);
  }

  /** The normal id of a resource of the artifact. */
  idOf(resource: Resource): string | undefined {
    const known = this.ids.get(resource);
    if (known !== undefined) return known;
    if (resource.type === 'azure-native:resources:ResourceGroup') {
      return `/subscriptions/~/resourcegroups/${(this.text(resource.properties['resourceGroupName']) ?? `?${resource.name}`).toLowerCase()}`;
    }
    const shape = SHAPES[resource.type];
    if (!shape) return undefined;
    const [provider, ...path] = shape;
    const parts = path.map((part, index) => {
      if (part.startsWith('=')) return part.slice(1);
      // A resource that leaves its name to Pulumi is still itself: only its own last name may be missing.
      return (this.text(resource.properties[part]) ?? (index === path.length - 1 ? `?${resource.name}` : undefined))?.toLowerCase();
    });
    if (parts.includes(undefined)) return undefined;
    const group = this.text(resource.properties['resourceGroupName']);
    if (group === undefined) return undefined;
    const id = `/subscriptions/~/resourcegroups/${group.toLowerCase()}/providers/${provider ?? ''}/${parts.join('/')}`;
    this.ids.set(resource, id);
    return id;
  }

  /** The vault, storage account or workspace that a child resource names by its parent's name. */
  parent(child: Resource, type: string, property: string): Resource | undefined {
    const direct = this.deployment.target(child.properties[property]);
    if (direct?.type === type) return direct;
    const name = this.text(child.properties[property])?.toLowerCase();
    const shape = SHAPES[type];
    if (name === undefined || !shape) return undefined;
    let named = this.byName.get(type);
    if (!named) {
      this.byName.set(type, (named = new Map()));
      for (const candidate of this.deployment.ofType(type)) {
        const own = this.text(candidate.properties[shape.at(-1) ?? ''])?.toLowerCase();
        if (own !== undefined && !named.has(own)) named.set(own, candidate);
      }
    }
    return named.get(name);
  }
}

/** The ARM view of a deployment; computed once. */
export const armOf = perDeployment((deployment) => new Arm(deployment));

/** Whether a role assignment's scope takes in a resource. Management groups and the root take in everything. */
export function covers(scope: string, id: string): boolean {
  if (scope === '' || scope.startsWith('/providers/microsoft.management/')) return true;
  return id === scope || id.startsWith(`${scope}/`);
}

/** Whether a role assignment at a scope says something about a resource: above it, or on a part of it such as a version of a key. */
export function touches(scope: string, id: string): boolean {
  return covers(scope, id) || scope.startsWith(`${id}/`);
}

/** The items of a list property: Unknown when the artifact does not tell, empty when absent. */
export function listAt(value: Value | undefined, path: string): readonly Value[] | Unknown {
  const found = at(value, path);
  if (found instanceof Unknown) return found;
  return isList(found) ? found : [];
}

/** Object ids of user-assigned identities: azure-native takes a list of ids, ARM a map keyed by id. */
export function userAssignedIdentities(resource: Resource): readonly Value[] | Unknown {
  const found = at(resource.properties, 'identity.userAssignedIdentities');
  if (found instanceof Unknown) return found;
  if (isList(found)) return found;
  return isObject(found) ? Object.keys(found) : [];
}
