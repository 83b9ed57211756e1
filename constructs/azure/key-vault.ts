import * as keyvault from '@pulumi/azure-native/keyvault';
import type * as pulumi from '@pulumi/pulumi';
import { AzureComponent, type AzureComponentProps, type Transform, transformed } from './component.js';
import { type PrivateNetwork, PRIVATE_SERVICES } from './private-network.js';
import { ServiceEndpoint } from './service-endpoint.js';

export interface KeyVaultProps extends AzureComponentProps {
  readonly network: PrivateNetwork;
  /**
   * `phi`: released only to attested guests over the private endpoint, no service of Azure bypasses its firewall.
   * `infrastructure`: disks and storage accounts unwrap here, so Azure's trusted services must reach it.
   */
  readonly purpose: 'phi' | 'infrastructure';
  readonly transform?: { readonly vault?: Transform<keyvault.VaultArgs> };
}

/** A premium (HSM) vault: role-based access only, purge protection, no public network. */
export class KeyVault extends AzureComponent {
  readonly vault: keyvault.Vault;
  readonly endpoint: ServiceEndpoint;
  readonly vaultName: string;
  readonly vaultId: string;
  readonly vaultUri: string;

  constructor(name: string, props: KeyVaultProps, opts?: pulumi.ComponentResourceOptions) {
    super('KeyVault', name, props, opts);
    const { names } = this;
    this.vaultName = names.global(props.purpose === 'phi' ? 'phi' : 'infra');
    this.vaultId = names.id('Microsoft.KeyVault/vaults', this.vaultName);
    this.vaultUri = names.vaultUri(this.vaultName);
    this.vault = new keyvault.Vault(
      name,
      transformed(
        {
          resourceGroupName: names.resourceGroup,
          location: names.location,
          vaultName: this.vaultName,
          properties: {
            tenantId: names.placement.tenant,
            sku: { family: 'A', name: 'premium' },
            // The SDK's defaults are access policies (any Contributor can grant itself the keys) and a public network.
            enableRbacAuthorization: true,
            publicNetworkAccess: 'Disabled',
            networkAcls: { bypass: props.purpose === 'phi' ? 'None' : 'AzureServices', defaultAction: 'Deny', ipRules: [], virtualNetworkRules: [] },
            enableSoftDelete: true,
            // The longest there is.
            softDeleteRetentionInDays: 90,
            enablePurgeProtection: true,
            enabledForDeployment: false,
            enabledForDiskEncryption: false,
            enabledForTemplateDeployment: false,
          },
          tags: names.tags,
        },
        props.transform?.vault,
      ),
      { ...this.child(), protect: true },
    );
    this.endpoint = new ServiceEndpoint(
      `${name}-endpoint`,
      { workload: props.workload, resourceGroup: props.resourceGroup, network: props.network, service: PRIVATE_SERVICES.vault, resourceId: this.vaultId },
      { parent: this, dependsOn: [this.vault] },
    );
    this.registerOutputs({ vault: this.vault.id });
  }

  /** ARM id of a key of this vault. */
  keyId(keyName: string): string {
    return `${this.vaultId}/keys/${keyName}`;
  }
}
