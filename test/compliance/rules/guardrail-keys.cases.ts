import type { RuleCase } from '../rule-case.js';
import { organisationCases } from '../aws-fixture.js';
import { azureCase, guardrails, STRANGER } from '../prove/azure/fixture.js';
import { ENFORCED, KEY_PROJECT, onBoth, orgPolicy } from '../gcp-fixture.js';
import type { PreviewResource } from '../rule-case.js';

const allowed = (...allowedValues: readonly string[]) => [{ values: { allowedValues } }];
const all = (...changes: readonly PreviewResource[]): readonly PreviewResource[] => [...new Map([
  ...onBoth('cloudkms.allowedProtectionLevels', allowed('is:HSM')), ...onBoth('cloudkms.minimumDestroyScheduledDuration', allowed('in:30d')), ...onBoth('cloudkms.disableBeforeDestroy', ENFORCED), ...onBoth('iam.disableServiceAccountKeyCreation', ENFORCED),
  ...onBoth('iam.disableServiceAccountKeyUpload', ENFORCED), orgPolicy('iam.workloadIdentityPoolProviders', allowed('https://confidentialcomputing.googleapis.com/'), KEY_PROJECT), orgPolicy('gcp.restrictCmekCryptoKeyProjects', allowed('under:projects/phi-inference')), ...changes,
].map((one) => [one.name, one])).values()];

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'all of them', expected: 'pass', resources: all() },
  { cloud: 'gcp', name: 'software keys allowed', expected: 'fail', at: 'phi-inference-keys-cloudkms.allowedProtectionLevels', resources: all(orgPolicy('cloudkms.allowedProtectionLevels', allowed('is:HSM', 'is:SOFTWARE'), KEY_PROJECT)) },
  { cloud: 'gcp', name: 'a day until destruction', expected: 'fail', at: 'phi-inference-cloudkms.minimumDestroyScheduledDuration', resources: all(orgPolicy('cloudkms.minimumDestroyScheduledDuration', allowed('in:1d'))) },
  { cloud: 'gcp', name: 'keys of another project', expected: 'fail', at: 'phi-inference-gcp.restrictCmekCryptoKeyProjects', resources: all(orgPolicy('gcp.restrictCmekCryptoKeyProjects', allowed('projects/phi-inference', 'projects/elsewhere'))) },
  { cloud: 'gcp', name: 'another issuer', expected: 'fail', at: 'phi-inference-keys-iam.workloadIdentityPoolProviders', resources: all(orgPolicy('iam.workloadIdentityPoolProviders', allowed('https://confidentialcomputing.googleapis.com/', 'https://accounts.google.com'), KEY_PROJECT)) },
  { cloud: 'gcp', name: 'one project without it', expected: 'fail', at: 'gcp', resources: all().filter(({ name }) => name !== 'phi-inference-iam.disableServiceAccountKeyCreation') },
  { cloud: 'gcp', name: 'values that are not told', expected: 'unknown', at: 'phi-inference-cloudkms.allowedProtectionLevels', resources: all(orgPolicy('cloudkms.allowedProtectionLevels', [{ values: { allowedValues: '[secret]' } }])) },
];

const azure: RuleCase[] = [
  azureCase('denied', 'pass', { more: guardrails() }),
  azureCase('one is missing', 'fail', { more: guardrails({ without: 'vault' }), at: 'azure' }),
  azureCase('narrowed to a name', 'fail', { more: guardrails({ edit: (all) => { all['vault'] = { allOf: [all['vault'] ?? null, { field: 'name', equals: 'one' }] }; } }), at: 'azure' }),
  azureCase('break glass left out', 'pass', { more: guardrails({ edit: (all) => { all['roles'] = { allOf: [all['roles'] ?? null, { field: 'Microsoft.Authorization/roleAssignments/principalId', notIn: ['00000000-0000-0000-0000-00000000000b'] }] }; } }) }),
  azureCase('somebody else left out', 'fail', { more: guardrails({ edit: (all) => { all['roles'] = { allOf: [all['roles'] ?? null, { field: 'Microsoft.Authorization/roleAssignments/principalId', notIn: [STRANGER] }] }; } }), at: 'azure' }),
  azureCase('release to anybody', 'fail', { more: guardrails({ without: 'person' }), at: 'azure' }),
  azureCase('a condition that cannot be read', 'unknown', { more: guardrails({ edit: (all) => { all['vault'] = { allOf: [all['vault'] ?? null, { value: '[utcNow()]', less: '2030' }] }; } }), at: 'azure' }),
  azureCase('not enforced', 'fail', { more: guardrails({ enforcementMode: 'DoNotEnforce' }), at: 'deny' }),
];

export const cases: RuleCase[] = [...azure, ...organisationCases('kms:PutKeyPolicy'), ...gcp];
