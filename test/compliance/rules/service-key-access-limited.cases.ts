import type { RuleCase } from '../rule-case.js';
import { bucket, key } from '../aws-fixture.js';
import { key as keyOf, member, rings } from '../gcp-fixture.js';
import { ACCOUNT, role as arnOf, ROOT } from '../prove/aws/fixture.js';
import { azureCase, GROUP, id, resource, role, ROLES, STRANGER } from '../prove/azure/fixture.js';

const azure: RuleCase[] = [
  azureCase('each by its service', 'pass', { at: 'os-disk' }),
  azureCase('decrypts as well', 'fail', { edits: [['Key', 'storage', 'properties.keyOps', ['wrapKey', 'unwrapKey', 'decrypt']]], at: 'storage', path: 'properties.keyOps' }),
  azureCase('exportable without a policy', 'fail', { edits: [['Key', 'storage', 'properties.attributes.exportable', true]], at: 'storage', path: 'properties.attributes.exportable' }),
  azureCase('a stranger unwraps', 'fail', { more: [role('extra', ROLES.encryption, `${id('Microsoft.KeyVault/vaults', 'infra-vault')}/keys/storage`, STRANGER)], at: 'storage' }),
  azureCase('a service on the whole vault', 'fail', { edits: [['RoleAssignment', 'disk-wrap', 'scope', id('Microsoft.KeyVault/vaults', 'infra-vault')]], at: 'os-disk' }),
  azureCase('Crypto Officer of the vault', 'fail', { more: [role('extra', ROLES.officer, id('Microsoft.KeyVault/vaults', 'infra-vault'), STRANGER)], at: 'storage' }),
  azureCase('release to another than the orchestrator', 'fail', { more: [role('extra', ROLES.release, `${id('Microsoft.KeyVault/vaults', 'infra-vault')}/keys/os-disk-1`, STRANGER)], at: 'os-disk' }),
  azureCase('release to the orchestrator', 'pass', { more: [role('extra', ROLES.release, `${id('Microsoft.KeyVault/vaults', 'infra-vault')}/keys/os-disk-1`, '00000000-0000-0000-0000-000000000003')], at: 'os-disk' }),
  azureCase('a role that nobody knows', 'unknown', { more: [role('extra', '99999999-9999-9999-9999-999999999999', GROUP, STRANGER)], at: 'storage' }),
  azureCase('an outside workload as the service', 'fail', { more: [resource('managedidentity:FederatedIdentityCredential', 'ci', { resourceName: 'disk-id', issuer: 'https://token.actions.githubusercontent.com', subject: 's', audiences: ['a'] })], at: 'os-disk' }),
  azureCase('an application as the service', 'fail', { more: [resource('containerinstance:ContainerGroup', 'helper', { identity: { type: 'UserAssigned', userAssignedIdentities: [id('Microsoft.ManagedIdentity/userAssignedIdentities', 'disk-id')] } })], at: 'os-disk' }),
];

const support = (...Statement: object[]) => key({ Tags: [{ Key: 'key-purpose', Value: 'infrastructure' }], KeyPolicy: { Statement } });
const allow = (Principal: object | string, Action: string | string[], Condition?: object) => ({ Effect: 'Allow', Principal, Action, Resource: '*', ...(Condition && { Condition }) });
const stored = (Condition?: object) => ({
  Disks: support(allow({ AWS: arnOf('Reader') }, 'kms:Decrypt', Condition)), Key: key(),
  Store: bucket({ BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: { 'Fn::GetAtt': ['Disks', 'Arn'] } } }] } }),
});
const aws: RuleCase[] = [
  { name: 'named principals, and the account through EC2 only', cloud: 'aws', expected: 'pass', at: 'Disks', resources: { Disks: support(allow({ AWS: arnOf('Deploy') }, 'kms:PutKeyPolicy'), allow({ AWS: '*' }, ['kms:Decrypt', 'kms:CreateGrant'], { StringEquals: { 'kms:CallerAccount': ACCOUNT, 'kms:ViaService': 'ec2.us-east-1.amazonaws.com' } })) } },
  { name: 'the account root', cloud: 'aws', expected: 'fail', at: 'Disks', resources: { Disks: support(allow({ AWS: ROOT }, 'kms:*')) } },
  { name: 'every account through EC2', cloud: 'aws', expected: 'fail', at: 'Disks', resources: { Disks: support(allow({ AWS: '*' }, ['kms:Decrypt', 'kms:CreateGrant'], { StringEquals: { 'kms:ViaService': 'ec2.us-east-1.amazonaws.com' } })) } },
  { name: 'everybody may take grants back', cloud: 'aws', expected: 'fail', at: 'Disks', resources: { Disks: support(allow('*', 'kms:RevokeGrant')) } },
  { name: 'another account', cloud: 'aws', expected: 'fail', at: 'Disks', resources: { Disks: support(allow({ AWS: '999988887777' }, 'kms:Decrypt')) } },
  { name: 'everybody', cloud: 'aws', expected: 'fail', at: 'Disks', resources: { Disks: support(allow('*', 'kms:CreateGrant')) } },
  { name: 'a store, through S3', cloud: 'aws', expected: 'pass', at: 'Disks', resources: stored({ StringEquals: { 'kms:ViaService': 's3.us-east-1.amazonaws.com' } }) },
  { name: 'a store, directly', cloud: 'aws', expected: 'fail', at: 'Disks', resources: stored() },
  { name: 'a store, through any service or none', cloud: 'aws', expected: 'fail', at: 'Disks', resources: stored({ StringEqualsIfExists: { 'kms:ViaService': 's3.us-east-1.amazonaws.com' } }) },
  { name: 'PHI key, which other rules judge', cloud: 'aws', expected: 'silent', resources: { Key: key({ KeyPolicy: { Statement: [allow({ AWS: ROOT }, 'kms:*')] } }) } },
];

const STORE = '${gcp:kms/cryptoKey:CryptoKey::store.id}';
const USE = 'roles/cloudkms.cryptoKeyEncrypterDecrypter';
const gcpKeys = [...rings, keyOf('store', 'infrastructure')];
const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'the agent of the service', expected: 'pass', at: 'store', resources: [...gcpKeys, member('key', 'use', USE, 'serviceAccount:service-123456789012@gs-project-accounts.iam.gserviceaccount.com', STORE)] },
  { cloud: 'gcp', name: 'a person', expected: 'fail', at: 'store', resources: [...gcpKeys, member('key', 'use', USE, 'user:m@example.org', STORE)] },
  { cloud: 'gcp', name: 'an account of the project, on the project', expected: 'fail', at: 'store', resources: [...gcpKeys, member('project', 'use', 'roles/cloudkms.cryptoKeyDecrypter', 'serviceAccount:tee@phi-inference.iam.gserviceaccount.com')] },
  { cloud: 'gcp', name: 'somebody who names itself like an agent', expected: 'fail', at: 'store', resources: [...gcpKeys, member('key', 'use', USE, 'serviceAccount:service-1@mallory.iam.gserviceaccount.com', STORE)] },
  { cloud: 'gcp', name: 'a role that is not in the artifact', expected: 'unknown', at: 'store', resources: [...gcpKeys, member('key', 'use', 'organizations/1/roles/custom', 'user:m@example.org', STORE)] },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
