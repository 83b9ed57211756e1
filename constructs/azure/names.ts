import { createHash } from 'node:crypto';
import type { AzurePlacement, KeyPurpose, Workload } from '../workload/index.js';
import { AZURE_ATTESTATION_REGIONS, baaTags, KEY_PURPOSE_TAG } from '../workload/index.js';

/**
 * Every name, ARM id and URI of one workload's Azure deployment, computed from the workload file alone.
 *
 * They are literals on purpose. An output of a resource that does not exist yet is unknown in `pulumi preview`, and one
 * unknown inside `Key.properties` or `Vault.properties` hides the whole object, release policy included: the gate would
 * judge nothing. Constructs therefore pass these literals and state the order with `dependsOn`.
 */
export class AzureNames {
  readonly placement: AzurePlacement;
  readonly resourceGroup: string;
  readonly location: string;
  /** The BAA tag set in Azure's legal characters. */
  readonly tags: Record<string, string>;
  private readonly suffix: string;
  private readonly short: string;

  /** @throws if the workload has no Azure placement or names a region whose attestation endpoint is not known. */
  constructor(readonly workload: Workload) {
    const placement = workload.clouds.azure;
    if (!placement) throw new Error('clouds.azure: missing; add subscription, tenant, region and instance to the workload file to deploy to Azure');
    if (!Object.hasOwn(AZURE_ATTESTATION_REGIONS, placement.region)) {
      throw new Error(`clouds.azure.region: "${placement.region}" has no known attestation endpoint; use one of ${Object.keys(AZURE_ATTESTATION_REGIONS).join(', ')}`);
    }
    this.placement = placement;
    this.location = placement.region;
    this.resourceGroup = `${workload.name}-${workload.environment}`;
    this.tags = baaTags(workload, 'azure');
    // 32 bits: vault, storage and attestation names are unique in all of Azure, not only in the subscription.
    this.suffix = createHash('sha256').update(`${placement.subscription}/${workload.name}/${workload.environment}`).digest('hex').slice(0, 8);
    this.short = workload.name.replace(/[^a-z0-9]/g, '').slice(0, 11);
  }

  get subscriptionId(): string {
    return `/subscriptions/${this.placement.subscription}`;
  }

  get resourceGroupId(): string {
    return `${this.subscriptionId}/resourceGroups/${this.resourceGroup}`;
  }

  /** ARM id of a resource in the workload's resource group: `id('Microsoft.KeyVault/vaults', 'x', 'keys', 'y')`. */
  id(type: string, ...path: readonly string[]): string {
    return `${this.resourceGroupId}/providers/${type}/${path.join('/')}`;
  }

  /** A name for a resource that is unique in the resource group only. */
  local(role: string): string {
    return `${this.workload.name}-${role}`;
  }

  /** A globally unique name of at most 24 characters, letters, digits and hyphens (vaults, attestation providers). */
  global(role: string): string {
    return `${role}-${this.short.slice(0, 14 - role.length)}-${this.suffix}`;
  }

  /**
   * A globally unique name, letters and digits, of an attestation provider. The policy signers are part of it: they are
   * fixed at creation, so other signers are another provider.
   */
  authority(signers: readonly string[]): string {
    const digest = createHash('sha256').update([this.suffix, ...signers].join('|')).digest('hex').slice(0, 8);
    return `maa${this.short}${digest}`;
  }

  /** A globally unique storage account name: 24 lower-case letters and digits at most. */
  storage(role: string): string {
    return `${role}${this.short}${this.suffix}`.slice(0, 24);
  }

  /** Data-plane address of a vault. */
  vaultUri(vaultName: string): string {
    return `https://${vaultName}.vault.azure.net`;
  }

  /** Address of a private attestation authority of this region. */
  authorityUri(providerName: string): string {
    return `https://${providerName}.${this.attestationRegion}.attest.azure.net`;
  }

  /** Address of Microsoft's shared attestation authority of this region: the one that the platform uses at boot. */
  get sharedAuthorityUri(): string {
    return `https://shared${this.attestationRegion}.${this.attestationRegion}.attest.azure.net/`;
  }

  /** The BAA tag set and what the key protects. */
  keyTags(purpose: KeyPurpose): Record<string, string> {
    return { ...this.tags, [KEY_PURPOSE_TAG]: purpose };
  }

  /** Full id of a built-in role definition. */
  roleDefinitionId(guid: string): string {
    return `${this.subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${guid}`;
  }

  /** A stable UUID (RFC 9562 version 8) for a resource whose name must be one: role definitions and assignments. */
  uuid(...parts: readonly string[]): string {
    const hex = createHash('sha256').update([this.resourceGroupId, ...parts].join('|')).digest('hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  }

  private get attestationRegion(): string {
    return AZURE_ATTESTATION_REGIONS[this.location] ?? '';
  }
}
