import { guardrails as organisation } from '../aws-guardrails.js';
import { guardrails as refuses, request } from '../azure-guardrails.js';
import { denies, enforced, guardrails } from '../gcp-guardrails.js';
import { defineRule } from '../rule.js';

export const rule = defineRule({
  id: 'guardrail-stores',
  title: 'The cloud itself refuses public stores and stores without identities or keys',
  theme: 'private-network',
  severity: 'medium',
  waivable: true,
  citations: ['45 CFR 164.308(a)(1)(ii)(B)', '45 CFR 164.312(a)(1)', '45 CFR 164.312(e)(1)'],
  why: 'A store made beside the code is outside every check of the code; a policy above the workload holds it to the same settings.',
  fix: {
    aws: 'Use organisationGuardrails(), attach its resource control policy to the accounts of the workload (TargetIds), and except nobody but the deployment and break-glass roles from the Deny on s3:PutBucketPolicy, s3:PutLifecycleConfiguration and s3:PutReplicationConfiguration.',
    azure: 'Use Guardrails, or assign deny policies (enforcementMode Default, no notScopes, no exemptions) against storage accounts with a public network, public blobs or shared keys.',
    gcp: 'Use OrgGuardrails, or orgpolicy.Policy on the workload project: storage.uniformBucketLevelAccess, storage.publicAccessPrevention, storage.secureHttpTransport, and gcp.restrictNonCmekServices denying compute, logging and storage.',
  },
  checks: {
    aws: organisation('s3:PutBucketPolicy', 's3:PutLifecycleConfiguration', 's3:PutReplicationConfiguration', 's3:PutBucketPublicAccessBlock', 's3:DeleteObjectVersion', 's3:GetObject'),
    azure: refuses([['storage accounts with a public network, public blobs or shared keys', ([['publicNetworkAccess', 'Enabled'], ['allowBlobPublicAccess', true], ['allowSharedKeyAccess', true]] as const).map(([name, value]) => request('Microsoft.Storage/storageAccounts', { [name]: value }))]]),
    gcp: guardrails([
      { name: 'storage.uniformBucketLevelAccess', on: 'workload', judge: enforced },
      { name: 'storage.publicAccessPrevention', on: 'workload', judge: enforced },
      { name: 'storage.secureHttpTransport', on: 'workload', judge: enforced },
      { name: 'gcp.restrictNonCmekServices', on: 'workload', judge: denies('compute.googleapis.com', 'logging.googleapis.com', 'storage.googleapis.com') },
    ]),
  },
});
