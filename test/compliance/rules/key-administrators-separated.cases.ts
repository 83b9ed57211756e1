import { key } from '../aws-fixture.js';
import type { RuleCase } from '../rule-case.js';
import { azureCase, GROUP, KEY_ID, role, ROLES, STRANGER } from '../prove/azure/fixture.js';
import { KEY_PROJECT, USE, gate, key as keyOf, member, policy, ref, resource } from '../gcp-fixture.js';

const aws: RuleCase[] = [
  { cloud: 'aws', name: 'administrator and user are two', expected: 'pass', resources: { Key: key({ KeyPolicy: { Statement: [{ Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:role/Admin' }, Action: ['kms:EnableKeyRotation', 'kms:Describe*'], Resource: '*' }, { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:role/Tee' }, Action: 'kms:Decrypt', Resource: '*' }] } }) } },
  { cloud: 'aws', name: 'kms:* to a role', expected: 'fail', at: 'Key', path: 'KeyPolicy.Statement[0]', resources: { Key: key({ KeyPolicy: { Statement: [{ Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:role/Admin' }, Action: 'kms:*', Resource: '*' }] } }) } },
  { cloud: 'aws', name: 'one role in two statements', expected: 'fail', at: 'Key', resources: { Key: key({ KeyPolicy: { Statement: [{ Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:role/Tee' }, Action: 'kms:Put*', Resource: '*' }, { Effect: 'Allow', Principal: { AWS: ['arn:aws:iam::111122223333:role/Tee'] }, Action: 'kms:GenerateDataKey*', Resource: '*' }] } }) } },
  { cloud: 'aws', name: 'NotAction of one operation', expected: 'fail', at: 'Key', resources: { Key: key({ KeyPolicy: { Statement: [{ Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:role/Admin' }, NotAction: 'kms:Decrypt', Resource: '*' }] } }) } },
  { cloud: 'aws', name: 'the account root administers', expected: 'fail', at: 'Key', resources: { Key: key({ KeyPolicy: { Statement: [{ Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:root' }, Action: 'kms:PutKeyPolicy', Resource: '*' }] } }) } },
  { cloud: 'aws', name: 'everybody uses', expected: 'fail', at: 'Key', resources: { Key: key({ KeyPolicy: { Statement: [{ Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:role/Admin' }, Action: 'kms:DisableKey', Resource: '*' }, { Effect: 'Allow', Principal: '*', Action: 'kms:Decrypt', Resource: '*' }] } }) } },
  { cloud: 'aws', name: 'no policy', expected: 'fail', at: 'Key', path: 'KeyPolicy', resources: { Key: key({ KeyPolicy: { Ref: 'AWS::NoValue' } }) } },
  { cloud: 'aws', name: 'a policy from a parameter', expected: 'unknown', at: 'Key', resources: { Key: key({ KeyPolicy: { Ref: 'Parameter' } }) } },
];

const azure: RuleCase[] = [
  azureCase('workload, break glass, nobody else', 'pass', { at: 'phi' }),
  azureCase('an administrator of the workload file', 'pass', { more: [role('extra', ROLES.vaultContributor, KEY_ID, '00000000-0000-0000-0000-00000000000a', 'User')] }),
  azureCase('an administrator who uses', 'fail', { more: [role('extra', ROLES.release, KEY_ID, '00000000-0000-0000-0000-00000000000a', 'User')], at: 'phi' }),
  azureCase('a stranger who administers', 'fail', { more: [role('extra', ROLES.vaultContributor, GROUP, STRANGER)], at: 'phi' }),
  azureCase('Crypto Officer for the workload', 'fail', { more: [role('extra', ROLES.officer, KEY_ID, '${azure-native:managedidentity:UserAssignedIdentity::tee.principalId}')], at: 'phi' }),
  azureCase('a role that nobody knows', 'unknown', { more: [role('extra', '99999999-9999-9999-9999-999999999999', KEY_ID, STRANGER)], at: 'phi' }),
];

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'an administrator beside the users', expected: 'pass', resources: gate(policy([USE, { role: 'roles/cloudkms.admin', members: ['group:key-admins@example.org'] }])) },
  { cloud: 'gcp', name: 'an owner of the key project', expected: 'fail', at: 'phi', resources: gate(member('project', 'owner', 'roles/owner', 'user:boss@example.org', KEY_PROJECT)) },
  { cloud: 'gcp', name: 'an administrator of every key of the project', expected: 'fail', at: 'phi', resources: gate(member('project', 'project', 'roles/cloudkms.admin', 'group:helpers@example.org', KEY_PROJECT)) },
  { cloud: 'gcp', name: 'a viewer of the project', expected: 'pass', resources: gate(member('project', 'project', 'roles/viewer', 'group:auditors@example.org', KEY_PROJECT)) },
  { cloud: 'gcp', name: 'everybody, on a key of disks', expected: 'fail', at: 'disk', resources: [...gate(), keyOf('disk', 'os-disk'), resource('gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember', 'all', { cryptoKeyId: ref('gcp:kms/cryptoKey:CryptoKey', 'disk'), role: 'roles/cloudkms.cryptoKeyDecrypter', member: 'allUsers' })] },
  { cloud: 'gcp', name: 'one who does both', expected: 'fail', at: 'phi', resources: gate(policy([USE, { role: 'roles/cloudkms.admin', members: ['user:a@example.org'] }, { role: 'roles/cloudkms.cryptoKeyDecrypter', members: ['user:a@example.org'] }])) },
  { cloud: 'gcp', name: 'a role of elsewhere', expected: 'unknown', at: 'phi', resources: gate(policy([USE, { role: 'projects/phi-inference-keys/roles/elsewhere', members: ['user:a@example.org'] }])) },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
