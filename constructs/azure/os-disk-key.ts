import type * as authorization from '@pulumi/azure-native/authorization';
import * as compute from '@pulumi/azure-native/compute';
import * as keyvault from '@pulumi/azure-native/keyvault';
import type * as managedidentity from '@pulumi/azure-native/managedidentity';
import type * as pulumi from '@pulumi/pulumi';
import { AzureComponent, type AzureComponentProps, type Transform, transformed } from './component.js';
import type { KeyVault } from './key-vault.js';
import { encodeReleasePolicy, platformReleasePolicy, policyKeyName, teeOfSize } from './release-policy.js';
import { grantRole } from './role-grant.js';
import { ROLES } from './roles.js';

/** Application id of the Confidential VM Orchestrator, the same in every tenant; its object id differs per tenant. */
const ORCHESTRATOR_APPLICATION = 'bf7b6499-ff71-4aa2-97a4-f372087be7f0';

export interface OsDiskKeyProps extends AzureComponentProps {
  /** The infrastructure vault. */
  readonly vault: KeyVault;
  readonly transform?: {
    readonly key?: Transform<keyvault.KeyArgs>;
    readonly diskEncryptionSet?: Transform<compute.DiskEncryptionSetArgs>;
  };
}

/**
 * The customer key of the confidential OS disk, and the disk encryption set over it. The platform (the tenant's
 * Confidential VM Orchestrator) has it released at boot, before any guest runs: flat claims, the region's shared
 * authority. It is not a PHI key and its policy would not protect one.
 */
export class OsDiskKey extends AzureComponent {
  readonly key: keyvault.Key;
  readonly keyName: string;
  readonly identity: managedidentity.UserAssignedIdentity;
  readonly diskEncryptionSet: compute.DiskEncryptionSet;
  readonly diskEncryptionSetId: string;
  readonly orchestratorRelease: authorization.RoleAssignment;
  readonly orchestratorRead: authorization.RoleAssignment;
  readonly wrap: authorization.RoleAssignment;

  /** @throws if the orchestrator's application id stands where its object id belongs. */
  constructor(name: string, props: OsDiskKeyProps, opts?: pulumi.ComponentResourceOptions) {
    super('OsDiskKey', name, props, opts);
    const { names } = this;
    const { placement } = names;
    if (placement.confidentialVmOrchestrator.toLowerCase() === ORCHESTRATOR_APPLICATION) {
      throw new Error(`clouds.azure.confidentialVmOrchestrator: "${placement.confidentialVmOrchestrator}" is the application id; give the object id: az ad sp show --id ${ORCHESTRATOR_APPLICATION} --query id`);
    }
    const policy = platformReleasePolicy(names.sharedAuthorityUri, teeOfSize(placement.instance));
    this.keyName = policyKeyName(name, policy);
    const keyId = props.vault.keyId(this.keyName);
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
            attributes: { enabled: true, exportable: true },
            releasePolicy: encodeReleasePolicy(policy),
          },
          tags: names.keyTags('os-disk'),
        },
        props.transform?.key,
      ),
      { ...this.child(props.vault.vault), protect: true, retainOnDelete: true, replaceOnChanges: ['properties'] },
    );
    const own = this.identityOf(name);
    this.identity = own.identity;
    this.wrap = grantRole(
      `${name}-wrap`,
      {
        names,
        role: ROLES.cryptoServiceEncryptionUser,
        scope: keyId,
        principalId: this.identity.principalId,
        principalType: 'ServicePrincipal',
        description: 'The disk encryption set wraps disk keys',
      },
      this.child(this.key),
    );
    const orchestrator = { names, scope: keyId, principalId: placement.confidentialVmOrchestrator, principalType: 'ServicePrincipal' } as const;
    this.orchestratorRelease = grantRole(
      `${name}-orchestrator-release`,
      { ...orchestrator, role: ROLES.cryptoServiceReleaseUser, description: 'The platform has the disk key released at boot' },
      this.child(this.key),
    );
    this.orchestratorRead = grantRole(
      `${name}-orchestrator-read`,
      { ...orchestrator, role: ROLES.keyVaultReader, description: 'The platform reads the disk key it asks for' },
      this.child(this.key),
    );
    const setName = names.local(`${name}-des`);
    this.diskEncryptionSetId = names.id('Microsoft.Compute/diskEncryptionSets', setName);
    this.diskEncryptionSet = new compute.DiskEncryptionSet(
      name,
      transformed(
        {
          resourceGroupName: names.resourceGroup,
          location: names.location,
          diskEncryptionSetName: setName,
          encryptionType: 'ConfidentialVmEncryptedWithCustomerKey',
          identity: { type: 'UserAssigned', userAssignedIdentities: [own.id] },
          // Versioned, so known only once the key exists; confidential disks rotate offline only.
          activeKey: { keyUrl: this.key.keyUriWithVersion, sourceVault: { id: props.vault.vaultId } },
          rotationToLatestKeyVersionEnabled: false,
          tags: names.tags,
        },
        props.transform?.diskEncryptionSet,
      ),
      this.child(this.wrap, this.orchestratorRelease, this.orchestratorRead, this.identity),
    );
    this.registerOutputs({ diskEncryptionSet: this.diskEncryptionSet.id });
  }
}
