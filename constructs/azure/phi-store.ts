import type * as authorization from '@pulumi/azure-native/authorization';
import * as storage from '@pulumi/azure-native/storage';
import type * as pulumi from '@pulumi/pulumi';
import { AzureComponent, type AzureComponentProps, type Transform, transformed } from './component.js';
import { type PrivateNetwork, PRIVATE_SERVICES } from './private-network.js';
import { grantRole } from './role-grant.js';
import { ROLES } from './roles.js';
import { ServiceEndpoint } from './service-endpoint.js';
import type { ServiceKey } from './service-key.js';

export interface PhiStoreProps extends AzureComponentProps {
  readonly network: PrivateNetwork;
  /** Segment that holds the private endpoint; purpose `phi-store`. */
  readonly segment: string;
  /** Server-side key. What the guest writes is already encrypted under the PHI key. */
  readonly serviceKey: ServiceKey;
  /** Object id of the confidential VM's identity: the one principal that reads and writes. */
  readonly accessBy: pulumi.Input<string>;
  readonly transform?: { readonly account?: Transform<storage.StorageAccountArgs> };
}

/** Container of the PHI store. */
export const PHI_CONTAINER = 'phi';

/** Blob storage for PHI: private endpoint only, no shared key, no public blob, versions kept. */
export class PhiStore extends AzureComponent {
  readonly account: storage.StorageAccount;
  readonly accountName: string;
  readonly accountId: string;
  readonly blobService: storage.BlobServiceProperties;
  readonly container: storage.BlobContainer;
  readonly access: authorization.RoleAssignment;
  readonly endpoint: ServiceEndpoint;

  /** @throws on a segment without purpose `phi-store`. */
  constructor(name: string, props: PhiStoreProps, opts?: pulumi.ComponentResourceOptions) {
    super('PhiStore', name, props, opts);
    const { names } = this;
    const purpose = props.workload.segments[props.segment]?.purpose;
    if (purpose !== 'phi-store') throw new Error(`segment: "${props.segment}" has purpose ${purpose ?? 'none (it is not in the workload file)'}; a PHI store belongs into a segment with purpose phi-store`);
    this.accountName = names.storage('phi');
    this.accountId = names.id('Microsoft.Storage/storageAccounts', this.accountName);
    this.account = new storage.StorageAccount(
      name,
      transformed(
        {
          resourceGroupName: names.resourceGroup,
          location: names.location,
          accountName: this.accountName,
          kind: 'StorageV2',
          sku: { name: 'Standard_ZRS' },
          ...privateAccount('None'),
          identity: { type: 'UserAssigned', userAssignedIdentities: [props.serviceKey.identityId] },
          encryption: {
            keySource: 'Microsoft.Keyvault',
            requireInfrastructureEncryption: true,
            services: { blob: { enabled: true, keyType: 'Account' }, file: { enabled: true, keyType: 'Account' } },
            encryptionIdentity: { encryptionUserAssignedIdentity: props.serviceKey.identityId },
            // No version: storage follows the key's rotation.
            keyVaultProperties: { keyVaultUri: props.serviceKey.vaultUri, keyName: props.serviceKey.keyName },
          },
          tags: names.tags,
        },
        props.transform?.account,
      ),
      { ...this.child(props.serviceKey.grant, props.serviceKey.identity), protect: true },
    );
    this.blobService = new storage.BlobServiceProperties(
      name,
      {
        resourceGroupName: names.resourceGroup,
        accountName: this.accountName,
        blobServicesName: 'default',
        isVersioningEnabled: true,
        changeFeed: { enabled: true },
        // Days; the longest there is.
        deleteRetentionPolicy: { enabled: true, days: 365 },
        containerDeleteRetentionPolicy: { enabled: true, days: 365 },
      },
      this.child(this.account),
    );
    this.container = new storage.BlobContainer(
      name,
      { resourceGroupName: names.resourceGroup, accountName: this.accountName, containerName: PHI_CONTAINER, publicAccess: 'None' },
      { ...this.child(this.blobService), protect: true },
    );
    this.access = grantRole(
      `${name}-access`,
      {
        names,
        role: ROLES.blobDataContributor,
        scope: `${this.accountId}/blobServices/default/containers/${PHI_CONTAINER}`,
        principalId: props.accessBy,
        principalType: 'ServicePrincipal',
        description: 'The confidential VM reads and writes sealed PHI',
      },
      this.child(this.container),
    );
    this.endpoint = new ServiceEndpoint(
      `${name}-endpoint`,
      { workload: props.workload, resourceGroup: props.resourceGroup, network: props.network, service: PRIVATE_SERVICES.blob, resourceId: this.accountId, segment: props.segment },
      { parent: this, dependsOn: [this.account] },
    );
    this.registerOutputs({ account: this.account.id });
  }
}

/** What no storage account of a PHI workload does without. `bypass` says which of Azure's own services may pass the firewall. */
export function privateAccount(bypass: 'None' | 'AzureServices') {
  const networkRuleSet: storage.StorageAccountArgs['networkRuleSet'] = { bypass, defaultAction: 'Deny', ipRules: [], virtualNetworkRules: [] };
  return {
    publicNetworkAccess: 'Disabled',
    networkRuleSet,
    allowBlobPublicAccess: false,
    allowSharedKeyAccess: false,
    allowCrossTenantReplication: false,
    allowedCopyScope: 'PrivateLink',
    defaultToOAuthAuthentication: true,
    enableHttpsTrafficOnly: true,
    // TLS1_3 is in the enumeration and not supported, says the SDK's own documentation.
    minimumTlsVersion: 'TLS1_2',
    // Days.hours:minutes:seconds. Caps user-delegation signatures, the only kind left without a shared key.
    sasPolicy: { expirationAction: 'Block', sasExpirationPeriod: '0.01:00:00' },
    isLocalUserEnabled: false,
    isSftpEnabled: false,
    isHnsEnabled: false,
  };
}
