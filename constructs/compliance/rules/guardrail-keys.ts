import { guardrails as organisation } from '../aws-guardrails.js';
import { guardrails as refuses, request, roleRequest } from '../azure-guardrails.js';
import { allowsOnly, enforced, guardrails } from '../gcp-guardrails.js';
import { defineRule } from '../rule.js';

export const rule = defineRule({
  id: 'guardrail-keys',
  title: 'The cloud itself refuses weak keys, open vaults and changes of the gate',
  theme: 'attested-key',
  severity: 'medium',
  waivable: true,
  citations: ['45 CFR 164.308(a)(1)(ii)(B)', '45 CFR 164.312(a)(2)(iv)', '45 CFR 164.312(d)'],
  why: 'A second token issuer, an open vault, a software key or a role that changes the gate is a way around it. A policy above the workload refuses each at the API, whoever asks.',
  fix: {
    aws: 'Use organisationGuardrails(), attach its service control policy to the accounts of the workload (TargetIds), and except nobody but the deployment and break-glass roles from the Deny on kms:PutKeyPolicy, kms:CreateGrant, kms:ReplicateKey and kms:ScheduleKeyDeletion.',
    azure: 'Use Guardrails, or assign deny policies (enforcementMode Default, no notScopes, no exemptions) against vaults with access policies, a public network or no purge protection, against role assignments that change the gate, and against release to anybody but a service principal.',
    gcp: 'Use OrgGuardrails, or orgpolicy.Policy: cloudkms.allowedProtectionLevels is:HSM, cloudkms.minimumDestroyScheduledDuration in:30d, cloudkms.disableBeforeDestroy, iam.disableServiceAccountKeyCreation and Upload on both projects, iam.workloadIdentityPoolProviders with the attestation issuer only on the key project.',
  },
  checks: {
    aws: organisation('kms:PutKeyPolicy', 'kms:CreateGrant', 'kms:ReplicateKey', 'kms:ScheduleKeyDeletion', 'kms:DisableKey', 'kms:UpdateAlias'),
    azure: refuses([
      ['vaults with access policies, a public network or no purge protection', ([['enableRbacAuthorization', false], ['publicNetworkAccess', 'Enabled'], ['enablePurgeProtection', null]] as const).map(([name, value]) => request('Microsoft.KeyVault/vaults', { [name]: value }))],
      // Owner, User Access Administrator, Key Vault Crypto Officer.
      ['roles that change the gate', ['8e3af657-a8ff-443c-a75c-2fe8c4bcb635', '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9', '14b46e9e-c2b7-41b4-b07b-48a6ebf60603'].map((guid) => roleRequest(guid))],
      // Key Vault Crypto Service Release User.
      ['release to a person', [roleRequest('08bbd89e-9f13-488c-ac41-acfcb10c90ab', { principalType: 'User' })]],
    ]),
    gcp: guardrails([
      { name: 'cloudkms.allowedProtectionLevels', on: 'both', judge: allowsOnly((value) => value === 'is:HSM' || value === 'is:HSM_SINGLE_TENANT' || value === 'HSM') },
      { name: 'cloudkms.minimumDestroyScheduledDuration', on: 'both', judge: allowsOnly((value) => Number(/^(?:in:)?(\d+)d$/.exec(value)?.[1] ?? 0) >= 30) },
      { name: 'cloudkms.disableBeforeDestroy', on: 'both', judge: enforced },
      { name: 'gcp.restrictCmekCryptoKeyProjects', on: 'workload', judge: allowsOnly((value, { workload }) => { const placement = workload?.clouds.gcp; return !placement || [placement.project, placement.projectNumber, placement.keyProject, placement.keyProjectNumber].includes(value.replace(/^(under:|is:)?projects\//, '')); }) },
      { name: 'iam.disableServiceAccountKeyCreation', on: 'both', judge: enforced },
      { name: 'iam.disableServiceAccountKeyUpload', on: 'both', judge: enforced },
      { name: 'iam.workloadIdentityPoolProviders', on: 'keys', judge: allowsOnly((value) => /^https:\/\/confidentialcomputing\.googleapis\.com\/?$/.test(value)) },
    ]),
  },
});
