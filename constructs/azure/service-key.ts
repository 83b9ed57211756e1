import type * as authorization from '@pulumi/azure-native/authorization';
import * as keyvault from '@pulumi/azure-native/keyvault';
import type * as managedidentity from '@pulumi/azure-native/managedidentity';
import type * as pulumi from '@pulumi/pulumi';
import { AzureComponent, type AzureComponentProps, type Transform, transformed } from './component.js';
import type { KeyVault } from './key-vault.js';
import { grantRole } from './role-grant.js';
import { ROLES } from './roles.js';

export interface ServiceKeyProps extends AzureComponentProps {
  /** The infrastructure vault, never the one of the PHI keys. */
  readonly vault: KeyVault;
  readonly transform?: { readonly key?: Transform<keyvault.KeyArgs> };
}

/** A key that an Azure service wraps and unwraps with through an identity of its own. It protects no PHI by itself. */
export class ServiceKey extends AzureComponent {
  readonly key: keyvault.Key;
  readonly keyName: string;
  readonly identity: managedidentity.UserAssignedIdentity;
  readonly identityId: string;
  readonly grant: authorization.RoleAssignment;
  /** Address of the vault, as storage accounts take it. */
  readonly vaultUri: string;

  constructor(name: string, props: ServiceKeyProps, opts?: pulumi.ComponentResourceOptions) {
    super('ServiceKey', name, props, opts);
    const { names } = this;
    this.keyName = name;
    this.vaultUri = props.vault.vaultUri;
    const own = this.identityOf(name);
    this.identity = own.identity;
    this.identityId = own.id;
    this.key = new keyvault.Key(
      name,
      transformed(
        {
          resourceGroupName: names.resourceGroup,
          vaultName: props.vault.vaultName,
          keyName: this.keyName,
          properties: {
            kty: 'RSA-HSM',
            keySize: 3072,
            keyOps: ['wrapKey', 'unwrapKey'],
            attributes: { enabled: true, exportable: false },
            // Storage follows the newest version by itself. ISO 8601 durations; yearly.
            rotationPolicy: { lifetimeActions: [{ action: { type: 'rotate' }, trigger: { timeAfterCreate: 'P365D' } }], attributes: { expiryTime: 'P2Y' } },
          },
          tags: names.keyTags('infrastructure'),
        },
        props.transform?.key,
      ),
      { ...this.child(props.vault.vault), protect: true, retainOnDelete: true, replaceOnChanges: ['properties'] },
    );
    this.grant = grantRole(
      name,
      {
        names,
        role: ROLES.cryptoServiceEncryptionUser,
        scope: props.vault.keyId(this.keyName),
        principalId: this.identity.principalId,
        principalType: 'ServicePrincipal',
        description: 'The storage service wraps and unwraps with this key',
      },
      this.child(this.key),
    );
    this.registerOutputs({ key: this.key.id });
  }
}
