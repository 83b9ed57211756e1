import { hostWithRole } from '../aws-fixture.js';
import type { RuleCase } from '../rule-case.js';
import { azureCase, GROUP, id, KEY_ID, role, ROLES } from '../prove/azure/fixture.js';
import { SA, member, net, ref, resource, space, vm } from '../gcp-fixture.js';

const aws: RuleCase[] = [
  { cloud: 'aws', name: 'exact actions', expected: 'pass', resources: hostWithRole({}, { Effect: 'Allow', Action: ['s3:GetObjectVersion'], Resource: 'arn:aws:s3:::releases/*' }) },
  { cloud: 'aws', name: 'everything', expected: 'fail', at: 'Policy', path: 'PolicyDocument.Statement[0]', resources: hostWithRole({}, { Effect: 'Allow', Action: '*', Resource: '*' }) },
  { cloud: 'aws', name: 'a whole service', expected: 'fail', at: 'Policy', resources: hostWithRole({}, { Effect: 'Allow', Action: 'KMS:*', Resource: '*' }) },
  { cloud: 'aws', name: 'everything but one thing', expected: 'fail', at: 'Policy', resources: hostWithRole({}, { Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }) },
  { cloud: 'aws', name: 'may pass roles', expected: 'fail', at: 'Policy', resources: hostWithRole({}, { Effect: 'Allow', Action: 'iam:Pass*', Resource: '*' }) },
  { cloud: 'aws', name: 'an administrator', expected: 'fail', at: 'Role', path: 'ManagedPolicyArns[0]', resources: hostWithRole({ ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'] }) },
  { cloud: 'aws', name: 'an inline policy', expected: 'fail', at: 'Role', resources: hostWithRole({ Policies: [{ PolicyDocument: { Statement: { Effect: 'Allow', Action: 's3:*', Resource: '*' } } }] }) },
  { cloud: 'aws', name: 'a policy from a parameter', expected: 'unknown', at: 'Role', resources: hostWithRole({ Policies: [{ PolicyDocument: { Ref: 'Parameter' } }] }) },
];

const azure: RuleCase[] = [
  azureCase('release of one key, blobs of one container', 'pass'),
  azureCase('Contributor', 'fail', { more: [role('extra', ROLES.contributor, GROUP, '${azure-native:managedidentity:UserAssignedIdentity::tee.principalId}')], at: 'extra' }),
  azureCase('Crypto User', 'fail', { more: [role('extra', ROLES.user, KEY_ID, '${azure-native:managedidentity:UserAssignedIdentity::tee.principalId}')], at: 'extra' }),
  azureCase('the whole vault', 'fail', { edits: [['RoleAssignment', 'phi-release', 'scope', id('Microsoft.KeyVault/vaults', 'phi-vault')]], at: 'phi-release', path: 'scope' }),
  azureCase('the whole account', 'fail', { edits: [['RoleAssignment', 'store-access', 'scope', id('Microsoft.Storage/storageAccounts', 'store')]], at: 'store-access' }),
  azureCase('an owner of blobs', 'fail', { edits: [['RoleAssignment', 'store-access', 'roleDefinitionId', `/providers/Microsoft.Authorization/roleDefinitions/${ROLES.blobOwner}`]], at: 'store-access' }),
  azureCase('a second identity', 'fail', { edits: [['VirtualMachine', 'tee', 'identity.userAssignedIdentities', [id('Microsoft.ManagedIdentity/userAssignedIdentities', 'tee-id'), id('Microsoft.ManagedIdentity/userAssignedIdentities', 'disk-id')]]], at: 'tee' }),
  azureCase('a system-assigned identity', 'fail', { edits: [['VirtualMachine', 'tee', 'identity.type', 'SystemAssigned, UserAssigned']], at: 'tee' }),
  azureCase('a role that nobody knows', 'unknown', { more: [role('extra', '99999999-9999-9999-9999-999999999999', KEY_ID, '${azure-native:managedidentity:UserAssignedIdentity::tee.principalId}')], at: 'extra' }),
];

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'an account of its own', expected: 'pass', resources: [space(), member('project', 'logs', 'roles/logging.logWriter', SA)] },
  { cloud: 'gcp', name: 'writes the images that it runs', expected: 'fail', at: 'images', resources: [space(), resource('gcp:artifactregistry/repositoryIamMember:RepositoryIamMember', 'images', { repository: 'images', role: 'roles/artifactregistry.repoAdmin', member: SA })] },
  { cloud: 'gcp', name: 'the default account', expected: 'fail', at: 'tee', path: 'serviceAccount.email', resources: [space({ serviceAccount: { email: '123-compute@developer.gserviceaccount.com' } })] },
  { cloud: 'gcp', name: 'a person acts as it', expected: 'fail', at: 'tee', path: 'serviceAccount.email', resources: [space(), resource('gcp:serviceaccount/iAMMember:IAMMember', 'tokens', { serviceAccountId: `projects/phi-inference/serviceAccounts/${SA.slice('serviceAccount:'.length)}`, role: 'roles/iam.serviceAccountTokenCreator', member: 'user:dev@example.org' })] },
  { cloud: 'gcp', name: 'a custom role that acts as it', expected: 'fail', at: 'tee', path: 'serviceAccount.email', resources: [space(), resource('gcp:projects/iAMCustomRole:IAMCustomRole', 'runner', { project: 'phi-inference', roleId: 'runner', permissions: ['iam.serviceAccounts.actAs'] }), member('project', 'run', 'projects/phi-inference/roles/runner', 'user:dev@example.org')] },
  { cloud: 'gcp', name: 'a key file of it', expected: 'fail', at: 'tee', path: 'serviceAccount.email', resources: [space(), resource('gcp:serviceaccount/key:Key', 'file', { serviceAccountId: SA.slice('serviceAccount:'.length) })] },
  { cloud: 'gcp', name: 'no email', expected: 'fail', at: 'vm', path: 'serviceAccount.email', resources: [vm({ serviceAccount: { scopes: ['cloud-platform'] } })] },
  { cloud: 'gcp', name: 'an editor', expected: 'fail', at: 'editor', path: 'role', resources: [space(), member('project', 'editor', 'roles/editor', SA)] },
  { cloud: 'gcp', name: 'a role on a key', expected: 'fail', at: 'user', path: 'role', resources: [space(), member('key', 'user', 'roles/cloudkms.cryptoKeyDecrypter', SA)] },
  { cloud: 'gcp', name: 'shared with the gateway', expected: 'fail', at: 'vm', path: 'serviceAccount.email', resources: [...net(), space(), vm({ networkInterfaces: [{ subnetwork: ref('gcp:compute/subnetwork:Subnetwork', 'gateway') }] })] },
  { cloud: 'gcp', name: 'a role of elsewhere', expected: 'unknown', at: 'custom', path: 'role', resources: [space(), member('project', 'custom', 'projects/phi-inference/roles/custom', SA)] },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
