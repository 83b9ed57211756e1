/**
 * Built-in roles by id. Source: Microsoft's built-in role reference, security, storage and monitor sections, read 2026-11.
 */
export const ROLES = {
  /** `keys/release/action` and nothing else: what an attested guest needs. */
  cryptoServiceReleaseUser: '08bbd89e-9f13-488c-ac41-acfcb10c90ab',
  /** Wrap, unwrap and read: what disk encryption sets and storage accounts need. */
  cryptoServiceEncryptionUser: 'e147488a-f6f5-4113-8e2d-b22465e65bf6',
  /** Everything on keys, policy included. For the break-glass principal only. */
  cryptoOfficer: '14b46e9e-c2b7-41b4-b07b-48a6ebf60603',
  keyVaultReader: '21090545-7ca7-4776-b22c-e363652d74d2',
  blobDataContributor: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe',
  /** Login as administrator through Entra (managed mode only). */
  virtualMachineAdministratorLogin: '1c0163c0-47e6-4577-8991-ea5c82e286e4',
} as const;
