import type { RuleCase } from '../rule-case.js';
import { DEPLOYER, DEPLOYER_DENIED, USE, gate, guarded, policy, resource } from '../gcp-fixture.js';
import { GUARDED, keyTemplate, role, ROOT } from '../prove/aws/fixture.js';
import { azureCase, GROUP, NOT_KNOWN, role as assignment, ROLES, STRANGER, resource as azureResource } from '../prove/azure/fixture.js';

const put = (principal: string) => ({ Sid: 'Put', Effect: 'Allow', Principal: { AWS: principal }, Action: 'kms:PutKeyPolicy', Resource: '*' });
const aws: RuleCase[] = [
  { name: 'deployment role, and break-glass under MFA', cloud: 'aws', expected: 'pass', at: 'Key', resources: keyTemplate() },
  { name: 'key administrator', cloud: 'aws', expected: 'fail', at: 'Key', resources: keyTemplate({ changers: null, put: put(role('KeyAdmin')) }) },
  { name: 'the whole account', cloud: 'aws', expected: 'fail', at: 'Key', resources: keyTemplate({ changers: null, put: put(ROOT) }), workload: null },
  { name: 'break-glass without MFA', cloud: 'aws', expected: 'fail', at: 'Key', resources: keyTemplate({ breakGlass: { ...GUARDED.breakGlass, Condition: {} } }) },
];

const azure: RuleCase[] = [
  azureCase('break glass alone', 'pass', { at: 'phi' }),
  azureCase('eligible as Owner', 'fail', { more: [{ ...assignment('extra', ROLES.owner, GROUP, STRANGER), type: 'azure-native:authorization:PimRoleEligibilitySchedule' }], at: 'phi' }),
  azureCase('a delegation to another tenant', 'fail', { more: [azureResource('managedservices:RegistrationAssignment', 'lighthouse', {})], at: 'lighthouse' }),
  azureCase('Owner of the group', 'fail', { more: [assignment('extra', ROLES.owner, GROUP, STRANGER)], at: 'phi' }),
  azureCase('Attestation Contributor', 'fail', { more: [assignment('extra', ROLES.attestation, GROUP, STRANGER)], at: 'phi' }),
  azureCase('access policies', 'fail', { edits: [['Vault', 'phi-vault', 'properties.enableRbacAuthorization', false]], at: 'phi' }),
  azureCase('an authority without signers', 'fail', { edits: [['AttestationProvider', 'authority', 'properties.policySigningCertificates', undefined]], at: 'phi' }),
  azureCase('a vault of unknown properties', 'unknown', { edits: [['Vault', 'phi-vault', 'properties', NOT_KNOWN]], at: 'phi' }),
];

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'the deployer', expected: 'pass', resources: gate(policy([USE, { role: 'roles/cloudkms.admin', members: [DEPLOYER] }]), guarded(DEPLOYER_DENIED)) },
  { cloud: 'gcp', name: 'owners whom no deny policy stops', expected: 'fail', at: 'phi', resources: gate(policy([USE, { role: 'roles/cloudkms.admin', members: [DEPLOYER] }])) },
  { cloud: 'gcp', name: 'everybody excepted', expected: 'fail', at: 'phi', resources: gate(guarded('principalSet://goog/public:all')) },
  { cloud: 'gcp', name: 'a developer', expected: 'fail', at: 'phi', resources: gate(policy([USE, { role: 'roles/cloudkms.admin', members: ['user:dev@example.org'] }])) },
  { cloud: 'gcp', name: 'a developer who acts as the deployer', expected: 'fail', at: 'phi', resources: gate(policy([USE, { role: 'roles/cloudkms.admin', members: [DEPLOYER] }]), resource('gcp:serviceaccount/iAMMember:IAMMember', 'm', { serviceAccountId: 'projects/phi-inference-keys/serviceAccounts/deploy@phi-inference-keys.iam.gserviceaccount.com', role: 'roles/iam.serviceAccountTokenCreator', member: 'user:dev@example.org' })) },
  { cloud: 'gcp', name: 'nobody says who may', expected: 'unknown', at: 'phi', workload: null, resources: gate(policy([USE, { role: 'roles/cloudkms.admin', members: ['user:dev@example.org'] }]), guarded('principal://goog/subject/dev@example.org')) },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
