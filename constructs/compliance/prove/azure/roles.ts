import { at, type Deployment, isList, perDeployment, type Resource, Unknown, type Value } from '../../model.js';
import { armOf } from './arm.js';

/** What a role allows. Patterns as in role definitions: `*` stands for any text. */
interface Permissions {
  readonly name: string;
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly dataActions: readonly string[];
  readonly notDataActions: readonly string[];
}

const role = (name: string, actions: readonly string[], dataActions: readonly string[] = [], notActions: readonly string[] = []): Permissions => ({ name, actions, notActions, dataActions, notDataActions: [] });

const KEYS = 'Microsoft.KeyVault/vaults/keys';
const BLOBS = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs';
const NO_ACCESS_CHANGES = ['Microsoft.Authorization/*/Delete', 'Microsoft.Authorization/*/Write', 'Microsoft.Authorization/elevateAccess/Action'];

/**
 * Built-in roles, reduced to what bears on keys, guests, networks and logs. Source: Microsoft's built-in role reference,
 * read 2026-11. A role that is not here is not judged: whatever depends on it is unknown.
 */
const BUILT_IN: Readonly<Record<string, Permissions>> = {
  '8e3af657-a8ff-443c-a75c-2fe8c4bcb635': role('Owner', ['*']),
  'b24988ac-6180-42a0-ab88-20f7382dd24c': role('Contributor', ['*'], [], NO_ACCESS_CHANGES),
  'acdd72a7-3385-48ef-bd42-f606fba81ae7': role('Reader', ['*/read']),
  '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9': role('User Access Administrator', ['*/read', 'Microsoft.Authorization/*']),
  'f58310d9-a9f6-439a-9e8d-f62e7b41a168': role('Role Based Access Control Administrator', ['*/read', 'Microsoft.Authorization/roleAssignments/write', 'Microsoft.Authorization/roleAssignments/delete']),
  '00482a5a-887f-4fb3-b363-3b7fe8e74483': role('Key Vault Administrator', ['Microsoft.KeyVault/vaults/*/read'], ['Microsoft.KeyVault/vaults/*']),
  'f25e0fa2-a7c8-4377-a976-54943a77a395': role('Key Vault Contributor', ['Microsoft.KeyVault/*'], [], ['Microsoft.KeyVault/locations/deletedVaults/purge/action', 'Microsoft.KeyVault/hsmPools/*', 'Microsoft.KeyVault/managedHsms/*']),
  '14b46e9e-c2b7-41b4-b07b-48a6ebf60603': role('Key Vault Crypto Officer', ['Microsoft.KeyVault/vaults/*/read'], [`${KEYS}/*`, 'Microsoft.KeyVault/vaults/keyrotationpolicies/*']),
  '12338af0-0e69-4776-bea7-57ae8d297424': role('Key Vault Crypto User', [], [`${KEYS}/read`, `${KEYS}/update/action`, `${KEYS}/backup/action`, `${KEYS}/encrypt/action`, `${KEYS}/decrypt/action`, `${KEYS}/wrap/action`, `${KEYS}/unwrap/action`, `${KEYS}/sign/action`, `${KEYS}/verify/action`]),
  'e147488a-f6f5-4113-8e2d-b22465e65bf6': role('Key Vault Crypto Service Encryption User', ['Microsoft.EventGrid/eventSubscriptions/write', 'Microsoft.EventGrid/eventSubscriptions/read', 'Microsoft.EventGrid/eventSubscriptions/delete'], [`${KEYS}/read`, `${KEYS}/wrap/action`, `${KEYS}/unwrap/action`]),
  '08bbd89e-9f13-488c-ac41-acfcb10c90ab': role('Key Vault Crypto Service Release User', [], [`${KEYS}/release/action`]),
  '21090545-7ca7-4776-b22c-e363652d74d2': role('Key Vault Reader', ['Microsoft.KeyVault/vaults/*/read'], ['Microsoft.KeyVault/vaults/*/read', 'Microsoft.KeyVault/vaults/secrets/readMetadata/action']),
  '4633458b-17de-408a-b874-0445c86b69e6': role('Key Vault Secrets User', [], ['Microsoft.KeyVault/vaults/secrets/getSecret/action', 'Microsoft.KeyVault/vaults/secrets/readMetadata/action']),
  'b86a8fe4-44ce-4948-aee5-eccb2c155cd7': role('Key Vault Secrets Officer', ['Microsoft.KeyVault/vaults/*/read'], ['Microsoft.KeyVault/vaults/secrets/*']),
  'a4417e6f-fecd-4de8-b567-7b0420556985': role('Key Vault Certificates Officer', ['Microsoft.KeyVault/vaults/*/read'], ['Microsoft.KeyVault/vaults/certificates/*', 'Microsoft.KeyVault/vaults/certificatecas/*', 'Microsoft.KeyVault/vaults/certificatecontacts/*']),
  '8b54135c-b56d-4d72-a534-26097cfdc8d8': role('Key Vault Data Access Administrator', ['Microsoft.Authorization/roleAssignments/write', 'Microsoft.Authorization/roleAssignments/delete', 'Microsoft.KeyVault/vaults/*/read']),
  'bbf86eb8-f7b4-4cce-96e4-18cddf81d86e': role('Attestation Contributor', ['Microsoft.Attestation/attestationProviders/attestation/read', 'Microsoft.Attestation/attestationProviders/attestation/write', 'Microsoft.Attestation/attestationProviders/attestation/delete', 'Microsoft.Attestation/attestationProviders/read', 'Microsoft.Attestation/attestationProviders/write', 'Microsoft.Attestation/attestationProviders/delete']),
  'fd1bd22b-8476-40bc-a0bc-69b95687b9f3': role('Attestation Reader', ['Microsoft.Attestation/attestationProviders/attestation/read', 'Microsoft.Attestation/attestationProviders/read']),
  '9980e02c-c2be-4d73-94e8-173b1dc7cf3c': role('Virtual Machine Contributor', ['Microsoft.Compute/availabilitySets/*', 'Microsoft.Compute/virtualMachines/*', 'Microsoft.Compute/virtualMachineScaleSets/*', 'Microsoft.Compute/disks/read', 'Microsoft.Compute/disks/write', 'Microsoft.Compute/disks/delete', 'Microsoft.Network/networkInterfaces/*']),
  '1c0163c0-47e6-4577-8991-ea5c82e286e4': role('Virtual Machine Administrator Login', ['Microsoft.Compute/virtualMachines/*/read'], ['Microsoft.Compute/virtualMachines/login/action', 'Microsoft.Compute/virtualMachines/loginAsAdmin/action']),
  'fb879df8-f326-4884-b1cf-06f3ad86be52': role('Virtual Machine User Login', ['Microsoft.Compute/virtualMachines/*/read'], ['Microsoft.Compute/virtualMachines/login/action']),
  'f1a07417-d97a-45cb-824c-7a7467783830': role('Managed Identity Operator', ['Microsoft.ManagedIdentity/userAssignedIdentities/*/read', 'Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action', 'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action']),
  'e40ec5ca-96e0-45a2-b4ff-59039f2c2b59': role('Managed Identity Contributor', ['Microsoft.ManagedIdentity/userAssignedIdentities/*']),
  'b7e6dc6d-f1e8-4753-8033-0f276bb0955b': role('Storage Blob Data Owner', ['Microsoft.Storage/storageAccounts/blobServices/containers/*'], [`${BLOBS}/*`]),
  'ba92f5b4-2d11-453d-a403-e96b0029c9fe': role('Storage Blob Data Contributor', ['Microsoft.Storage/storageAccounts/blobServices/containers/delete', 'Microsoft.Storage/storageAccounts/blobServices/containers/read', 'Microsoft.Storage/storageAccounts/blobServices/containers/write'], [`${BLOBS}/read`, `${BLOBS}/write`, `${BLOBS}/delete`, `${BLOBS}/move/action`, `${BLOBS}/add/action`]),
  '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1': role('Storage Blob Data Reader', ['Microsoft.Storage/storageAccounts/blobServices/containers/read'], [`${BLOBS}/read`]),
  '17d1049b-9a84-46fb-8f53-869881c3d3ab': role('Storage Account Contributor', ['Microsoft.Storage/storageAccounts/*', 'Microsoft.Insights/diagnosticSettings/*']),
  '81a9662b-bebf-436f-a333-f67b29880f12': role('Storage Account Key Operator Service Role', ['Microsoft.Storage/storageAccounts/listkeys/action', 'Microsoft.Storage/storageAccounts/regeneratekey/action']),
  '4d97b98b-1d4f-4787-a291-c67834d212e7': role('Network Contributor', ['Microsoft.Network/*']),
  '92aaf0da-9dab-42b6-94a3-d43ce8d16293': role('Log Analytics Contributor', ['*/read', 'Microsoft.Insights/diagnosticSettings/*', 'Microsoft.OperationalInsights/*', 'Microsoft.Storage/storageAccounts/listKeys/action', 'Microsoft.Compute/virtualMachines/extensions/*']),
  '73c42c96-874c-492b-b04d-ab87d138a893': role('Log Analytics Reader', ['*/read', 'Microsoft.OperationalInsights/workspaces/analytics/query/action', 'Microsoft.OperationalInsights/workspaces/search/action']),
  '749f88d5-cbae-40b8-bcfc-e573ddc772fa': role('Monitoring Contributor', ['*/read', 'Microsoft.Insights/*', 'Microsoft.OperationalInsights/workspaces/*']),
  '43d0d8ad-25c7-4714-9337-8ba259a9fe05': role('Monitoring Reader', ['*/read', 'Microsoft.OperationalInsights/workspaces/search/action']),
  '3913510d-42f4-4e42-8a64-420c390055eb': role('Monitoring Metrics Publisher', [], ['Microsoft.Insights/Metrics/Write', 'Microsoft.Insights/Telemetry/Write']),
  '39bc4728-0917-49c7-9d2c-d95423bc2eb4': role('Security Reader', ['*/read']),
  '72fafb9e-0641-4937-9268-a91bfd8191a3': role('Cost Management Reader', ['*/read']),
  'fa23ad8b-c56e-40d8-ac0c-ce449e1d2c64': role('Billing Reader', ['*/read']),
  '36243c78-bf99-498c-9df9-86d9f8d28608': role('Resource Policy Contributor', ['*/read', 'Microsoft.Authorization/policyassignments/*', 'Microsoft.Authorization/policydefinitions/*', 'Microsoft.Authorization/policyexemptions/*', 'Microsoft.Authorization/policysetdefinitions/*', 'Microsoft.PolicyInsights/*', 'Microsoft.Resources/deployments/*']),
  '7f951dda-4ed3-4680-a7ca-43fe172d538d': role('AcrPull', ['Microsoft.ContainerRegistry/registries/pull/read']),
  '8311e382-0749-4cb8-b61a-304f252e45ec': role('AcrPush', ['Microsoft.ContainerRegistry/registries/pull/read', 'Microsoft.ContainerRegistry/registries/push/write']),
};

/** One role assignment of the artifact, with what it means. */
export interface Grant {
  readonly assignment: Resource;
  /** Normal ARM id; undefined when it cannot be told. */
  readonly scope: string | undefined;
  readonly principal: Principal;
  /** Undefined for a role that cannot be judged. */
  readonly role: Permissions | undefined;
  readonly roleName: string;
}

/** Who holds a grant: an identity of the artifact, an object id, or not told. */
export interface Principal {
  readonly text: string;
  readonly identity: Resource | undefined;
  readonly objectId: string | undefined;
  readonly kind: string | undefined;
}

/** Whether a role allows an operation, case-insensitively as ARM. */
export function allows(permissions: Permissions, plane: 'control' | 'data', operation: string): boolean {
  const [granted, withheld] = plane === 'control' ? [permissions.actions, permissions.notActions] : [permissions.dataActions, permissions.notDataActions];
  return granted.some((pattern) => matches(pattern, operation)) && !withheld.some((pattern) => matches(pattern, operation));
}

function matches(pattern: string, operation: string): boolean {
  const parts = pattern.toLowerCase().split('*');
  const text = operation.toLowerCase();
  const first = parts[0] ?? '';
  const last = parts.at(-1) ?? '';
  if (parts.length === 1) return text === first;
  if (!text.startsWith(first) || text.length < first.length + last.length || !text.endsWith(last)) return false;
  let from = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, from);
    if (found < 0 || found + part.length > text.length - last.length) return false;
    from = found + part.length;
  }
  return true;
}

/** Types that give roles. Whoever is eligible can activate, so eligibility counts as held. */
const GRANTS = ['azure-native:authorization:RoleAssignment', 'azure-native:authorization:PimRoleEligibilitySchedule'] as const;

/** Every role assignment of a deployment, and every eligibility for one. */
export const grantsOf = perDeployment((deployment): readonly Grant[] => {
  const arm = armOf(deployment);
  return GRANTS.flatMap((type) => deployment.ofType(type)).map((assignment) => {
    const { role: permissions, name } = roleOf(deployment, assignment.properties['roleDefinitionId']);
    return { assignment, scope: arm.normal(assignment.properties['scope']), principal: principalOf(deployment, assignment), role: permissions, roleName: name };
  });
});

function roleOf(deployment: Deployment, value: Value | undefined): { role: Permissions | undefined; name: string } {
  const direct = deployment.target(value);
  const guid = /([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/i.exec(typeof value === 'string' ? value : '')?.[1]?.toLowerCase();
  const custom = direct?.type === 'azure-native:authorization:RoleDefinition'
    ? direct
    : deployment.ofType('azure-native:authorization:RoleDefinition').find((definition) => { const own = definition.properties['roleDefinitionId']; return guid !== undefined && typeof own === 'string' && own.toLowerCase().endsWith(guid); });
  if (custom) {
    const permissions = customPermissions(custom);
    return { role: permissions, name: permissions?.name ?? `custom role ${custom.name}` };
  }
  const builtIn = guid === undefined ? undefined : BUILT_IN[guid];
  return { role: builtIn, name: builtIn?.name ?? (typeof value === 'string' ? `role ${guid ?? value}` : 'a role that the artifact does not tell') };
}

function customPermissions(definition: Resource): Permissions | undefined {
  const list = at(definition.properties, 'permissions');
  if (!isList(list)) return undefined;
  const collected: Record<'actions' | 'notActions' | 'dataActions' | 'notDataActions', string[]> = { actions: [], notActions: [], dataActions: [], notDataActions: [] };
  for (const permission of list) {
    for (const field of ['actions', 'notActions', 'dataActions', 'notDataActions'] as const) {
      const items = at(permission, field);
      if (items === undefined || items === null) continue;
      if (!isList(items) || items.some((item) => typeof item !== 'string')) return undefined;
      // What one permission withholds, another may grant: subtract only when there is one.
      if (field.startsWith('not') && list.length > 1) continue;
      collected[field].push(...(items as readonly string[]));
    }
  }
  return { name: `custom role ${definition.name}`, ...collected };
}

function principalOf(deployment: Deployment, assignment: Resource): Principal {
  const value = assignment.properties['principalId'];
  const kindValue = assignment.properties['principalType'];
  const kind = typeof kindValue === 'string' ? kindValue : undefined;
  if (value instanceof Unknown) {
    // A real preview does not know the object id of a new identity, but it does say whose output it is.
    const sources = at(assignment.attributes, 'propertyDependencies.principalId');
    const source = isList(sources) && sources.length === 1 && typeof sources[0] === 'string' ? deployment.byId.get(sources[0]) : undefined;
    return { text: source?.name ?? 'a principal not known at preview', identity: source, objectId: undefined, kind };
  }
  const identity = deployment.target(value);
  if (identity) return { text: identity.name, identity, objectId: undefined, kind };
  return typeof value === 'string'
    ? { text: value, identity: undefined, objectId: value.toLowerCase(), kind }
    : { text: 'a principal that the artifact does not tell', identity: undefined, objectId: undefined, kind };
}
