import { ROLES } from './roles.js';

/** A condition of Azure Policy's own language, as far as the kit uses it. */
export type PolicyCondition =
  | { readonly field: string; readonly equals: string | boolean }
  | { readonly field: string; readonly notEquals: string | boolean }
  | { readonly field: string; readonly in: readonly string[] }
  | { readonly field: string; readonly notIn: readonly string[] }
  | { readonly field: string; readonly exists: boolean }
  | { readonly value: string; readonly in: readonly string[] }
  | { readonly count: { readonly field: string; readonly where: PolicyCondition }; readonly greater: number }
  | { readonly allOf: readonly PolicyCondition[] }
  | { readonly anyOf: readonly PolicyCondition[] }
  | { readonly not: PolicyCondition };

/** One unsafe shape that Azure itself refuses in the workload's resource group, whoever asks for it. */
export interface Guardrail {
  /** kebab-case; part of the policy definition's name. */
  readonly id: string;
  /** What is refused, as the person who is refused reads it. */
  readonly refuses: string;
  readonly when: PolicyCondition;
}

/** The last segment of the role definition that an assignment names. */
const ASSIGNED_ROLE = "[last(split(field('Microsoft.Authorization/roleAssignments/roleDefinitionId'), '/'))]";

/** Roles through which the gate of a PHI key, its guest or its authority can be changed. */
const GATE_CHANGING_ROLES: readonly string[] = [
  ROLES.owner,
  ROLES.userAccessAdministrator,
  ROLES.rbacAdministrator,
  ROLES.keyVaultDataAccessAdministrator,
  ROLES.keyVaultAdministrator,
  ROLES.keyVaultContributor,
  ROLES.cryptoOfficer,
  ROLES.cryptoUser,
  ROLES.attestationContributor,
  ROLES.virtualMachineContributor,
  ROLES.managedIdentityContributor,
];

const type = (equals: string): PolicyCondition => ({ field: 'type', equals });
const unsafe = (resourceType: string, ...shapes: readonly PolicyCondition[]): PolicyCondition => ({ allOf: [type(resourceType), { anyOf: shapes }] });

/**
 * The unsafe shapes. Every alias used here is one that published policies use; a release policy's text, operations of a
 * key and the signers of an attestation authority have none, so Azure Policy cannot refuse those: the rules of the kit do.
 * @param breakGlass object ids that may hold the roles that change the gate
 * @param sealed whether guests have no agent; then extensions and run commands are refused as well
 */
export function guardrails({ breakGlass, sealed }: { readonly breakGlass: readonly string[]; readonly sealed: boolean }): readonly Guardrail[] {
  return [
    {
      id: 'machine-not-confidential',
      refuses: 'A virtual machine or scale set that is not confidential',
      when: {
        anyOf: [
          unsafe('Microsoft.Compute/virtualMachines', { field: 'Microsoft.Compute/virtualMachines/securityProfile.securityType', notEquals: 'ConfidentialVM' }),
          unsafe('Microsoft.Compute/virtualMachineScaleSets', { field: 'Microsoft.Compute/virtualMachineScaleSets/virtualMachineProfile.securityProfile.securityType', notEquals: 'ConfidentialVM' }),
        ],
      },
    },
    ...(sealed
      ? [{
          id: 'code-into-guest',
          refuses: 'An extension or run command in a guest: it would run code inside the TEE that nobody measured',
          when: { field: 'type', in: ['Microsoft.Compute/virtualMachines/extensions', 'Microsoft.Compute/virtualMachines/runCommands', 'Microsoft.Compute/virtualMachineScaleSets/extensions', 'Microsoft.Compute/virtualMachineScaleSets/virtualMachines/extensions', 'Microsoft.Compute/virtualMachineScaleSets/virtualMachines/runCommands'] },
        }]
      : []),
    {
      id: 'vault-open',
      refuses: 'A vault with access policies, a public network or no purge protection',
      when: unsafe(
        'Microsoft.KeyVault/vaults',
        { field: 'Microsoft.KeyVault/vaults/enableRbacAuthorization', notEquals: true },
        { field: 'Microsoft.KeyVault/vaults/publicNetworkAccess', notEquals: 'Disabled' },
        { field: 'Microsoft.KeyVault/vaults/enablePurgeProtection', notEquals: true },
        { field: 'Microsoft.KeyVault/vaults/sku.name', notEquals: 'premium' },
      ),
    },
    {
      id: 'storage-open',
      refuses: 'A storage account with a public network, public blobs or shared keys',
      when: unsafe(
        'Microsoft.Storage/storageAccounts',
        { field: 'Microsoft.Storage/storageAccounts/publicNetworkAccess', notEquals: 'Disabled' },
        { field: 'Microsoft.Storage/storageAccounts/allowBlobPublicAccess', notEquals: false },
        { field: 'Microsoft.Storage/storageAccounts/allowSharedKeyAccess', notEquals: false },
        { field: 'Microsoft.Storage/storageAccounts/supportsHttpsTrafficOnly', notEquals: true },
        { field: 'Microsoft.Storage/storageAccounts/minimumTlsVersion', notEquals: 'TLS1_2' },
      ),
    },
    {
      id: 'internet-path',
      refuses: 'A public address, NAT gateway, VPN or ExpressRoute gateway, peering or Bastion: a path out of the network or into it',
      when: {
        field: 'type',
        in: ['Microsoft.Network/publicIPAddresses', 'Microsoft.Network/publicIPPrefixes', 'Microsoft.Network/natGateways', 'Microsoft.Network/virtualNetworkGateways', 'Microsoft.Network/virtualNetworks/virtualNetworkPeerings', 'Microsoft.Network/bastionHosts'],
      },
    },
    {
      id: 'open-ingress',
      refuses: 'A security rule that lets the internet or any address in',
      when: {
        anyOf: [
          {
            allOf: [
              type('Microsoft.Network/networkSecurityGroups/securityRules'),
              { field: 'Microsoft.Network/networkSecurityGroups/securityRules/direction', equals: 'Inbound' },
              { field: 'Microsoft.Network/networkSecurityGroups/securityRules/access', equals: 'Allow' },
              { field: 'Microsoft.Network/networkSecurityGroups/securityRules/sourceAddressPrefix', in: ['*', 'Internet', '0.0.0.0/0', 'Any'] },
            ],
          },
          {
            allOf: [
              type('Microsoft.Network/networkSecurityGroups'),
              {
                count: {
                  field: 'Microsoft.Network/networkSecurityGroups/securityRules[*]',
                  where: {
                    allOf: [
                      { field: 'Microsoft.Network/networkSecurityGroups/securityRules[*].direction', equals: 'Inbound' },
                      { field: 'Microsoft.Network/networkSecurityGroups/securityRules[*].access', equals: 'Allow' },
                      { field: 'Microsoft.Network/networkSecurityGroups/securityRules[*].sourceAddressPrefix', in: ['*', 'Internet', '0.0.0.0/0', 'Any'] },
                    ],
                  },
                },
                greater: 0,
              },
            ],
          },
        ],
      },
    },
    {
      id: 'gate-changing-role',
      refuses: 'A role through which the gate of the PHI key can be changed, for anybody but the break-glass principal',
      when: {
        allOf: [
          type('Microsoft.Authorization/roleAssignments'),
          { value: ASSIGNED_ROLE, in: GATE_CHANGING_ROLES },
          ...(breakGlass.length > 0 ? [{ field: 'Microsoft.Authorization/roleAssignments/principalId', notIn: breakGlass }] : []),
        ],
      },
    },
    {
      id: 'release-to-a-person',
      refuses: 'The right to ask for release of a key, for anybody but a service principal',
      when: {
        allOf: [
          type('Microsoft.Authorization/roleAssignments'),
          { value: ASSIGNED_ROLE, in: [ROLES.cryptoServiceReleaseUser] },
          { field: 'Microsoft.Authorization/roleAssignments/principalType', notEquals: 'ServicePrincipal' },
        ],
      },
    },
  ];
}
