import * as authorization from '@pulumi/azure-native/authorization';
import * as keyvault from '@pulumi/azure-native/keyvault';
import type * as pulumi from '@pulumi/pulumi';
import type { AttestationAuthority } from './attestation-authority.js';
import { AzureComponent, type AzureComponentProps, type Transform, transformed } from './component.js';
import type { KeyVault } from './key-vault.js';
import { encodeReleasePolicy, guestReleasePolicy, policyKeyName, type ReleasePolicy, teeOfSize } from './release-policy.js';
import { grantRole } from './role-grant.js';
import { ROLES } from './roles.js';

export interface AttestedKeyProps extends AzureComponentProps {
  readonly vault: KeyVault;
  readonly authority: AttestationAuthority;
  /** Object id of the confidential VM's managed identity: the one principal that may ask for release. */
  readonly releaseTo: pulumi.Input<string>;
  readonly transform?: { readonly key?: Transform<keyvault.KeyArgs> };
}

/**
 * A key for PHI that leaves the HSM only towards a guest whose attestation satisfies the release policy.
 *
 * Nothing else can use it: its one operation is `wrapKey`, so the HSM itself never unwraps, decrypts or signs for
 * anybody. The policy is part of the key's name, because ARM never updates an existing key: another policy is another
 * key, and the old one stays (retained, protected) until its data has been re-encrypted.
 */
export class AttestedKey extends AzureComponent {
  readonly key: keyvault.Key;
  readonly keyName: string;
  readonly keyId: string;
  readonly policy: ReleasePolicy;
  readonly release: authorization.RoleAssignment;
  /** See, withdraw and restore the key; no use, no change of policy. */
  readonly administratorRole: authorization.RoleDefinition;
  /** By object id. */
  readonly administrators: Readonly<Record<string, authorization.RoleAssignment>>;
  readonly breakGlass: authorization.RoleAssignment | undefined;

  /** @throws if no release is active or a release's claims would weaken the policy. */
  constructor(name: string, props: AttestedKeyProps, opts?: pulumi.ComponentResourceOptions) {
    super('AttestedKey', name, props, opts);
    const { names } = this;
    const { workload, vault } = props;
    this.policy = guestReleasePolicy({
      authority: props.authority.uri,
      tee: teeOfSize(names.placement.instance),
      releases: Object.fromEntries(Object.entries(workload.measurements.azure).filter(([, { status }]) => status === 'active').map(([release, { claims }]) => [release, claims])),
    });
    this.keyName = policyKeyName(name, this.policy);
    this.keyId = vault.keyId(this.keyName);
    this.key = new keyvault.Key(
      name,
      transformed(
        {
          resourceGroupName: names.resourceGroup,
          vaultName: vault.vaultName,
          keyName: this.keyName,
          properties: {
            kty: 'RSA-HSM',
            keySize: 3072,
            keyOps: ['wrapKey'],
            attributes: { enabled: true, exportable: true },
            releasePolicy: encodeReleasePolicy(this.policy),
          },
          tags: names.keyTags('phi'),
        },
        props.transform?.key,
      ),
      // Deletion goes through the data plane, which CI cannot reach: the key outlives its place in the program.
      { ...this.child(vault.vault, props.authority.provider), protect: true, retainOnDelete: true, replaceOnChanges: ['properties'] },
    );
    this.release = grantRole(
      `${name}-release`,
      {
        names,
        role: ROLES.cryptoServiceReleaseUser,
        scope: this.keyId,
        principalId: props.releaseTo,
        principalType: 'ServicePrincipal',
        description: 'The confidential VM asks for release of this key with its attestation',
      },
      this.child(this.key),
    );
    const roleName = names.uuid('role', name);
    this.administratorRole = new authorization.RoleDefinition(
      `${name}-administrator`,
      {
        roleDefinitionId: roleName,
        roleName: `${names.local(name)} administrator`,
        description: 'See, delete (recoverable for 90 days) and recover the PHI key; neither use it nor change its release policy',
        roleType: 'CustomRole',
        scope: vault.vaultId,
        assignableScopes: [vault.vaultId],
        permissions: [
          {
            actions: ['Microsoft.KeyVault/vaults/keys/read'],
            notActions: [],
            dataActions: ['Microsoft.KeyVault/vaults/keys/read', 'Microsoft.KeyVault/vaults/keys/delete', 'Microsoft.KeyVault/vaults/keys/recover/action'],
            notDataActions: [],
          },
        ],
      },
      this.child(vault.vault),
    );
    this.administrators = Object.fromEntries(
      (workload.keyAdministrators.azure ?? []).map((principal) => [
        principal,
        grantRole(
          `${name}-administrator-${principal.slice(0, 8)}`,
          {
            names,
            role: names.roleDefinitionId(roleName),
            scope: this.keyId,
            principalId: principal,
            description: 'Key administrator of the workload file',
          },
          this.child(this.key, this.administratorRole),
        ),
      ]),
    );
    const breakGlass = workload.breakGlass.azure;
    this.breakGlass = breakGlass
      ? grantRole(
          `${name}-break-glass`,
          {
            names,
            role: ROLES.cryptoOfficer,
            scope: this.keyId,
            principalId: breakGlass,
            description: 'Break glass: may change the release policy; every use is in the vault audit log',
          },
          this.child(this.key),
        )
      : undefined;
    this.registerOutputs({ key: this.key.id, keyName: this.keyName });
  }
}
