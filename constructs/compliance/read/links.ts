/**
 * Which resource a property means, where a real preview does not spell it out. The id of a resource that is yet to be
 * created is unknown; its step says which resources each property came of (`propertyDependencies`). In a property that
 * takes nothing but the id (or name) of one kind of resource, an unknown that came of one resource of that kind is it.
 */
import { isList, isObject, type Properties, referenceKey, Unknown, type Value } from '../model.js';
import { setOwn } from './text.js';

/** A resource that others may mean: its key in references (`type::name`), and what the artifact tells of its id and outputs. */
export interface Linkable {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly id?: Value | undefined;
  readonly outputs?: Value | undefined;
}

interface Place {
  /** Types whose resources the property may mean; any, where it takes the id of whatever there is. */
  readonly of: RegExp;
  /** The output that the property takes. */
  readonly output: string;
  /** Text around the reference. */
  readonly prefix?: string;
}

const place = (of: RegExp, output = 'id', prefix = ''): Place => ({ of, output, prefix });
const azure = (types: string, output = 'id'): Place => place(new RegExp(`^azure-native:[a-z]+:(${types})$`), output);
const gcp = (types: string, output = 'id', prefix = ''): Place => place(new RegExp(`^gcp:(${types}):\\w+$`), output, prefix);
const KMS = gcp('kms/cryptoKey');
const NETWORK = gcp('compute/network');
const ACCOUNT = gcp('serviceaccount/account', 'email');

/** By property name. `parent.id` is the `id` of a reference object of Azure. Items of a list have the name of the list. */
const PLACES: Readonly<Record<string, readonly Place[]>> = {
  'subnet.id': [azure('Subnet')], subnetId: [azure('Subnet')], 'networkSecurityGroup.id': [azure('NetworkSecurityGroup')],
  'routeTable.id': [azure('RouteTable')], 'natGateway.id': [azure('NatGateway')], 'networkInterfaces.id': [azure('NetworkInterface')],
  'publicIPAddress.id': [azure('PublicIPAddress')], 'virtualNetwork.id': [azure('VirtualNetwork')], 'remoteVirtualNetwork.id': [azure('VirtualNetwork')],
  'applicationSecurityGroups.id': [azure('ApplicationSecurityGroup')], 'sourceApplicationSecurityGroups.id': [azure('ApplicationSecurityGroup')],
  'destinationApplicationSecurityGroups.id': [azure('ApplicationSecurityGroup')], 'diskEncryptionSet.id': [azure('DiskEncryptionSet')],
  diskEncryptionSetId: [azure('DiskEncryptionSet')], secureVMDiskEncryptionSetId: [azure('DiskEncryptionSet')], 'sourceVault.id': [azure('Vault')],
  keyUrl: [azure('Key', 'keyUriWithVersion')], privateDnsZoneId: [azure('PrivateZone')], storageAccountId: [azure('StorageAccount')],
  storageId: [azure('StorageAccount')], workspaceId: [azure('Workspace')], workspaceResourceId: [azure('Workspace')],
  privateLinkServiceId: [azure('\\w+')], linkedResourceId: [azure('\\w+')], resourceUri: [azure('\\w+')], targetResourceId: [azure('VirtualNetwork|Subnet|NetworkInterface|NetworkSecurityGroup')], scope: [azure('\\w+')],
  userAssignedIdentities: [azure('UserAssignedIdentity')], principalId: [azure('UserAssignedIdentity', 'principalId'), azure('VirtualMachine|VirtualMachineScaleSet', 'identity.principalId')],
  resourceGroupName: [azure('ResourceGroup', 'name')], vaultName: [azure('Vault', 'name')], accountName: [azure('StorageAccount', 'name')],
  virtualNetworkName: [azure('VirtualNetwork', 'name')], networkSecurityGroupName: [azure('NetworkSecurityGroup', 'name')], routeTableName: [azure('RouteTable', 'name')],
  workspaceName: [azure('Workspace', 'name')], vmName: [azure('VirtualMachine', 'name')], vmScaleSetName: [azure('VirtualMachineScaleSet', 'name')],
  privateZoneName: [azure('PrivateZone', 'name')], privateEndpointName: [azure('PrivateEndpoint', 'name')], resourceName: [azure('UserAssignedIdentity', 'name')],
  keyRing: [gcp('kms/keyRing')], keyRingId: [gcp('kms/keyRing')], cryptoKeyId: [KMS], cryptoKey: [KMS], kmsKeyName: [KMS], defaultKmsKeyName: [KMS], kmsKeySelfLink: [KMS],
  network: [NETWORK], networkUrl: [NETWORK], attachmentTarget: [NETWORK], subnetwork: [gcp('compute/subnetwork')], bucket: [gcp('storage/bucket', 'name')],
  workloadIdentityPoolId: [gcp('iam/workloadIdentityPool', 'workloadIdentityPoolId')], serviceAccountId: [gcp('serviceaccount/account', 'name')], email: [ACCOUNT],
  member: [gcp('serviceaccount/account', 'email', 'serviceAccount:'), gcp('logging/\\w+Sink', 'writerIdentity')],
  members: [gcp('serviceaccount/account', 'email', 'serviceAccount:'), gcp('logging/\\w+Sink', 'writerIdentity')],
  managedZone: [gcp('dns/managedZone', 'name')], firewallPolicy: [gcp('compute/(?:region)?[nN]etworkFirewallPolicy', 'name')], ipAddress: [gcp('compute/(?:globalA|a)ddress')],
  destination: [gcp('storage/bucket', 'name', 'storage.googleapis.com/'), gcp('logging/\\w+BucketConfig', 'id', 'logging.googleapis.com/')],
  instanceTemplate: [gcp('compute/(?:region)?[iI]nstanceTemplate', 'selfLink')],
};

/** Objects that are a reference: azure-native shows the whole as unknown, because the SDK lays defaults over it. */
const REFERENCE_OBJECTS = new Set(['subnet', 'networkSecurityGroup', 'routeTable', 'natGateway', 'virtualNetwork', 'remoteVirtualNetwork', 'publicIPAddress', 'diskEncryptionSet']);

/** Outputs by which other resources call one, and whose they are. */
const NAMING_OUTPUTS: readonly (readonly [output: string, of: RegExp])[] = [
  ['principalId', azure('UserAssignedIdentity').of], ['identity.principalId', azure('\\w+').of], ['keyUriWithVersion', azure('Key').of],
  ['selfLink', /^gcp:/], ['writerIdentity', /^gcp:logging\/\w+Sink:/],
];

export class Links {
  private readonly byUrn = new Map<string, Linkable>();
  /** Values that name one resource wherever they stand: ids and outputs too long to be an accident. */
  private readonly spelled = new Map<string, string>();
  /** Short ids, which mean a resource only in a property that takes one. Null where two share one. */
  private readonly short = new Map<string, Linkable | null>();

  constructor(resources: Iterable<Linkable>) {
    for (const resource of resources) {
      this.byUrn.set(resource.urn, resource);
      const { id } = resource;
      if (typeof id === 'string' && id !== '' && !id.includes('${')) {
        if (id.includes('/')) this.spelled.set(id, reference(resource, 'id'));
        else this.call(id, resource);
      } else {
        // What Pulumi's own examples of unit tests give as the id of a resource.
        this.call(`${resource.name}_id`, resource);
        this.call(`${resource.name}-id`, resource);
      }
      for (const [output, of] of NAMING_OUTPUTS) {
        if (!of.test(resource.type)) continue;
        const value = output.split('.').reduce<Value | undefined>((found, step) => (isObject(found) ? found[step] : undefined), resource.outputs);
        if (typeof value === 'string' && value.length >= 24 && !value.includes('${')) this.spelled.set(value, reference(resource, output));
      }
    }
  }

  private call(id: string, resource: Linkable): void {
    this.short.set(id, this.short.has(id) ? null : resource);
  }

  /** The properties with a reference in place of each value that means a resource of the artifact. */
  follow(properties: Properties, dependencies: Value | undefined): Properties {
    const result: Record<string, Value> = {};
    for (const name in properties) {
      const urns = isObject(dependencies) && Object.hasOwn(dependencies, name) ? dependencies[name] : undefined;
      const sources = isList(urns) ? urns.map((urn) => (typeof urn === 'string' ? this.byUrn.get(urn) : undefined)) : [];
      setOwn(result, name, this.value(properties[name] ?? null, name, '', sources));
    }
    return result;
  }

  private value(value: Value, name: string, parent: string, sources: readonly (Linkable | undefined)[]): Value {
    if (typeof value === 'string') {
      // An object id says nothing; that it came of one identity says whose it is.
      return this.spelled.get(value) ?? (name === 'principalId' && !value.includes('${') ? this.source(name, parent, sources) : undefined) ?? this.named(value, name, parent);
    }
    if (value instanceof Unknown) return value.reason === NOT_KNOWN ? this.source(name, parent, sources) ?? value : value;
    if (isList(value)) return value.map((item) => this.value(item, name, parent, sources));
    if (!isObject(value)) return value;
    const result: Record<string, Value> = {};
    for (const key in value) setOwn(result, key, this.value(value[key] ?? null, key, name, sources));
    return result;
  }

  /** The one source that the property can mean. A source that the artifact does not show could be it as well. */
  private source(name: string, parent: string, sources: readonly (Linkable | undefined)[]): Value | undefined {
    if (sources.length === 0 || sources.includes(undefined)) return undefined;
    if (REFERENCE_OBJECTS.has(name)) {
      const id = this.source('id', name, sources);
      return id === undefined ? undefined : { id };
    }
    for (const one of placesOf(name, parent)) {
      const fitting = sources.filter((source): source is Linkable => source !== undefined && one.of.test(source.type));
      if (fitting.length > 1) return undefined;
      // What takes any resource may have been put together from all of them.
      if (fitting[0] && (sources.length === 1 || !one.of.source.includes('\\w+)$'))) return `${one.prefix ?? ''}${reference(fitting[0], one.output)}`;
    }
    return undefined;
  }

  private named(value: string, name: string, parent: string): string {
    const resource = this.short.get(value);
    const one = resource && placesOf(name, parent).find(({ of }) => of.test(resource.type));
    return resource && one ? reference(resource, 'id') : value;
  }
}

/** What `known` says of a value that only the deployment tells. */
export const NOT_KNOWN = 'not known at preview';

function placesOf(name: string, parent: string): readonly Place[] {
  const key = name === 'id' ? `${parent}.id` : name;
  return Object.hasOwn(PLACES, key) ? PLACES[key] ?? [] : [];
}

const reference = ({ type, name }: Linkable, output: string): string => `\${${referenceKey(type, name)}.${output}}`;
