/**
 * Built-in roles by id. Source: Microsoft's built-in role reference, security, storage, compute and general sections, read 2026-11.
 */
export const ROLES = {
  /** `keys/release/action` and nothing else: what an attested guest needs. */
  cryptoServiceReleaseUser: '08bbd89e-9f13-488c-ac41-acfcb10c90ab',
  /** Wrap, unwrap and read: what disk encryption sets and storage accounts need. */
  cryptoServiceEncryptionUser: 'e147488a-f6f5-4113-8e2d-b22465e65bf6',
  /** Everything on keys, policy included. For the break-glass principal only. */
  cryptoOfficer: '14b46e9e-c2b7-41b4-b07b-48a6ebf60603',
  /** Uses keys without attestation, and may change them. Never assigned. */
  cryptoUser: '12338af0-0e69-4776-bea7-57ae8d297424',
  keyVaultAdministrator: '00482a5a-887f-4fb3-b363-3b7fe8e74483',
  keyVaultContributor: 'f25e0fa2-a7c8-4377-a976-54943a77a395',
  keyVaultDataAccessAdministrator: '8b54135c-b56d-4d72-a534-26097cfdc8d8',
  keyVaultReader: '21090545-7ca7-4776-b22c-e363652d74d2',
  keyVaultSecretsUser: '4633458b-17de-408a-b874-0445c86b69e6',
  /** Rewrites the policy of an attestation authority in the Entra trust model. Never assigned. */
  attestationContributor: 'bbf86eb8-f7b4-4cce-96e4-18cddf81d86e',
  blobDataContributor: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe',
  /** Runs code as root in every guest that has an agent. Never assigned. */
  virtualMachineContributor: '9980e02c-c2be-4d73-94e8-173b1dc7cf3c',
  /** Login as administrator through Entra (managed mode only). */
  virtualMachineAdministratorLogin: '1c0163c0-47e6-4577-8991-ea5c82e286e4',
  managedIdentityContributor: 'e40ec5ca-96e0-45a2-b4ff-59039f2c2b59',
  owner: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635',
  userAccessAdministrator: '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9',
  rbacAdministrator: 'f58310d9-a9f6-439a-9e8d-f62e7b41a168',
} as const;
