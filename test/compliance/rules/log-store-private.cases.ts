import { bucket, bucketPolicy, trail } from '../aws-fixture.js';
import type { RuleCase } from '../rule-case.js';
import { azureCase, NOT_KNOWN, resource } from '../prove/azure/fixture.js';
import { archive, logs, member } from '../gcp-fixture.js';

const aws: RuleCase[] = [
  { cloud: 'aws', name: 'private', expected: 'pass', resources: { Trail: trail(), Logs: bucket(), Policy: bucketPolicy('Logs', { Effect: 'Allow', Principal: { Service: 'cloudtrail.amazonaws.com' }, Action: 's3:PutObject', Resource: '*' }) } },
  { cloud: 'aws', name: 'no public access block', expected: 'fail', at: 'Logs', resources: { Trail: trail(), Logs: bucket({ PublicAccessBlockConfiguration: { Ref: 'AWS::NoValue' } }) } },
  { cloud: 'aws', name: 'one of its four settings off', expected: 'fail', at: 'Logs', path: 'PublicAccessBlockConfiguration.RestrictPublicBuckets', resources: { Trail: trail(), Logs: bucket({ PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: false } }) } },
  { cloud: 'aws', name: 'ACLs', expected: 'fail', at: 'Logs', path: 'OwnershipControls', resources: { Trail: trail(), Logs: bucket({ OwnershipControls: { Ref: 'AWS::NoValue' } }) } },
  { cloud: 'aws', name: 'a policy for everybody', expected: 'fail', at: 'Policy', resources: { Trail: trail(), Logs: bucket(), Policy: bucketPolicy('Logs', { Effect: 'Allow', Principal: { AWS: '*' }, Action: 's3:GetObject', Resource: '*' }) } },
  { cloud: 'aws', name: 'a policy for everybody in an account of any name', expected: 'fail', at: 'Policy', resources: { Trail: trail(), Logs: bucket(), Policy: bucketPolicy('Logs', { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: '*', Condition: { StringLike: { 'aws:PrincipalAccount': '*' } } }) } },
];

const azure: RuleCase[] = [
  azureCase('private', 'pass'),
  azureCase('public network', 'fail', { edits: [['StorageAccount', 'logs', 'publicNetworkAccess', undefined]], at: 'logs', path: 'publicNetworkAccess' }),
  azureCase('an address let through', 'fail', { edits: [['StorageAccount', 'logs', 'networkRuleSet.ipRules', [{ iPAddressOrRange: '203.0.113.1' }]]], at: 'logs' }),
  azureCase('account keys', 'fail', { edits: [['StorageAccount', 'logs', 'allowSharedKeyAccess', undefined]], at: 'logs' }),
  azureCase('an open container', 'fail', { more: [resource('storage:BlobContainer', 'open', { accountName: 'logs', containerName: 'open', publicAccess: 'Blob' })], at: 'open' }),
  azureCase('a public workspace', 'fail', { edits: [['Workspace', 'workspace', 'publicNetworkAccessForQuery', 'Enabled']], at: 'workspace' }),
  azureCase('workspace keys', 'fail', { edits: [['Workspace', 'workspace', 'features.disableLocalAuth', false]], at: 'workspace' }),
  azureCase('an open private link scope', 'fail', { edits: [['PrivateLinkScope', 'monitor', 'accessModeSettings.queryAccessMode', 'Open']], at: 'monitor' }),
  azureCase('not known', 'unknown', { edits: [['StorageAccount', 'logs', 'publicNetworkAccess', NOT_KNOWN]], at: 'logs' }),
];

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'closed', expected: 'pass', resources: logs() },
  { cloud: 'gcp', name: 'no public access prevention', expected: 'fail', at: 'archive', path: 'publicAccessPrevention', resources: logs(archive({ publicAccessPrevention: 'inherited' })) },
  { cloud: 'gcp', name: 'access lists', expected: 'fail', at: 'archive', path: 'uniformBucketLevelAccess', resources: logs(archive({ uniformBucketLevelAccess: undefined })) },
  { cloud: 'gcp', name: 'everybody bound', expected: 'fail', at: 'archive', resources: logs(member('bucket', 'all', 'roles/storage.objectViewer', 'allUsers', 'archive')) },
  { cloud: 'gcp', name: 'a setting that is not told', expected: 'unknown', at: 'archive', path: 'uniformBucketLevelAccess', resources: logs(archive({ uniformBucketLevelAccess: '[secret]' })) },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
