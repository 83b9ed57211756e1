import type { RuleCase } from '../rule-case.js';
import { body, bucket, bucketPolicy, hostWithRole } from '../aws-fixture.js';
import { role } from '../prove/aws/fixture.js';
import { azureCase, GROUP, id, role as assign, STRANGER } from '../prove/azure/fixture.js';
import { SA, bucket as bucketOf, gate, member, principal, resource } from '../gcp-fixture.js';

const tee = { ArnNotEquals: { 'aws:PrincipalArn': { 'Fn::GetAtt': ['Role', 'Arn'] } } };
const store = (...policy: object[]) => ({ ...hostWithRole({ RoleName: 'tee' }), Store: bucket({ BucketName: 'phi' }), Policy: bucketPolicy('Store', ...policy) });
const deny = (Condition: object, Action: string | string[] = 's3:*Object*') => ({ Effect: 'Deny', Principal: '*', Action, Resource: 'arn:aws:s3:::phi/*', Condition });
const table = (ResourcePolicy: object | undefined) => ({ ...hostWithRole({ RoleName: 'tee' }), Items: body('AWS::DynamoDB::Table', { ...(ResourcePolicy && { ResourcePolicy }) } as never) });
const aws: RuleCase[] = [
  { name: 'bucket for the role alone', cloud: 'aws', expected: 'pass', at: 'Store', resources: store(deny(tee)) },
  { name: 'bucket open to IAM', cloud: 'aws', expected: 'fail', at: 'Store', resources: store() },
  { name: 'an administrator exempt', cloud: 'aws', expected: 'fail', at: 'Store', resources: store(deny({ ArnNotEquals: { 'aws:PrincipalArn': [{ 'Fn::GetAtt': ['Role', 'Arn'] }, role('KeyAdmin')] } })) },
  { name: 'old versions left out', cloud: 'aws', expected: 'fail', at: 'Store', resources: store(deny(tee, 's3:GetObject')) },
  { name: 'another account', cloud: 'aws', expected: 'fail', at: 'Store', resources: store(deny({ ArnNotEquals: { 'aws:PrincipalArn': [{ 'Fn::GetAtt': ['Role', 'Arn'] }, 'arn:aws:iam::999988887777:role/x'] } }), { Effect: 'Allow', Principal: { AWS: '999988887777' }, Action: 's3:GetObject', Resource: 'arn:aws:s3:::phi/*' }) },
  { name: 'table for the role alone', cloud: 'aws', expected: 'pass', at: 'Items', resources: table({ PolicyDocument: { Statement: [{ Effect: 'Deny', Principal: '*', Action: 'dynamodb:*', Resource: '*', Condition: tee }] } }) },
  { name: 'table without a policy', cloud: 'aws', expected: 'fail', at: 'Items', resources: table(undefined) },
];

const azure: RuleCase[] = [
  azureCase('the TEE alone', 'pass', { at: 'store' }),
  azureCase('a reader', 'fail', { more: [assign('extra', '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1', `${id('Microsoft.Storage/storageAccounts', 'store')}/blobServices/default/containers/phi`, STRANGER, 'User')], at: 'store' }),
  azureCase('who lists the keys', 'fail', { more: [assign('extra', '81a9662b-bebf-436f-a333-f67b29880f12', GROUP, STRANGER)], at: 'store' }),
  azureCase('a role that nobody knows', 'unknown', { more: [assign('extra', '99999999-9999-9999-9999-999999999999', GROUP, STRANGER)], at: 'store' }),
];

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'attested readers only', expected: 'pass', resources: gate(bucketOf('phi'), member('bucket', 'tee', 'roles/storage.objectUser', principal('a'))) },
  { cloud: 'gcp', name: 'attested code that opens it to others', expected: 'fail', at: 'tee', path: 'role', resources: gate(bucketOf('phi'), member('bucket', 'tee', 'roles/storage.admin', principal('a'))) },
  { cloud: 'gcp', name: 'a person who may take on a reader', expected: 'fail', at: 'entitled', path: 'role', resources: [bucketOf('phi'), resource('gcp:privilegedaccessmanager/entitlement:Entitlement', 'entitled', { parent: 'projects/phi-inference', eligibleUsers: [{ principals: ['user:m@example.org'] }], privilegedAccess: { gcpIamAccess: { resource: '//cloudresourcemanager.googleapis.com/projects/phi-inference', roleBindings: [{ role: 'roles/storage.objectViewer' }] } } })] },
  { cloud: 'gcp', name: 'a folder named through another resource', expected: 'fail', at: 'one', path: 'role', resources: [bucketOf('phi'), resource('gcp:storage/managedFolder:ManagedFolder', 'folder', { bucket: 'phi', name: 'x/' }), resource('gcp:storage/managedFolderIamMember:ManagedFolderIamMember', 'one', { bucket: '${gcp:storage/managedFolder:ManagedFolder::folder.bucket}', managedFolder: 'x/', role: 'roles/storage.objectViewer', member: 'user:m@example.org' })] },
  { cloud: 'gcp', name: 'a person who reads it', expected: 'fail', at: 'one', path: 'role', resources: [bucketOf('phi'), member('bucket', 'one', 'roles/storage.objectViewer', 'user:m@example.org')] },
  { cloud: 'gcp', name: 'a reader of the project', expected: 'fail', at: 'one', path: 'role', resources: [bucketOf('phi'), member('project', 'one', 'roles/storage.objectViewer', SA)] },
  { cloud: 'gcp', name: 'a pool of elsewhere', expected: 'unknown', at: 'one', path: 'role', resources: [bucketOf('phi'), member('bucket', 'one', 'roles/storage.objectViewer', 'principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/x/*')] },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
