import { body, bucket, bucketPolicy, denyOutside } from '../aws-fixture.js';
import type { RuleCase } from '../rule-case.js';
import { azureCase, NOT_KNOWN, resource } from '../prove/azure/fixture.js';
import { bucket as bucketOf, gate, member, principal } from '../gcp-fixture.js';

const aws: RuleCase[] = [
  { cloud: 'aws', name: 'own endpoint only', expected: 'pass', resources: { Phi: bucket(), Policy: bucketPolicy('Phi', denyOutside) } },
  { cloud: 'aws', name: 'no bucket policy', expected: 'fail', at: 'Phi', resources: { Phi: bucket() } },
  { cloud: 'aws', name: 'only writes are held to the endpoint', expected: 'fail', at: 'Phi', resources: { Phi: bucket(), Policy: bucketPolicy('Phi', { ...denyOutside, Action: 's3:PutObject' }) } },
  { cloud: 'aws', name: 'any endpoint will do', expected: 'fail', at: 'Phi', resources: { Phi: bucket(), Policy: bucketPolicy('Phi', { ...denyOutside, Condition: { StringNotLike: { 'aws:SourceVpce': 'vpce-*' } } }) } },
  { cloud: 'aws', name: 'requests without endpoint pass', expected: 'fail', at: 'Phi', resources: { Phi: bucket(), Policy: bucketPolicy('Phi', { ...denyOutside, Condition: { StringNotEqualsIfExists: { 'aws:SourceVpce': 'vpce-1' }, Null: { 'aws:SourceVpce': 'false' } } }) } },
  { cloud: 'aws', name: 'a public statement', expected: 'fail', at: 'Phi', resources: { Phi: bucket(), Policy: bucketPolicy('Phi', denyOutside, { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: '*' }) } },
  { cloud: 'aws', name: 'public access is not blocked', expected: 'fail', at: 'Phi', path: 'PublicAccessBlockConfiguration.BlockPublicAcls', resources: { Phi: bucket({ PublicAccessBlockConfiguration: { Ref: 'AWS::NoValue' } }), Policy: bucketPolicy('Phi', denyOutside) } },
  { cloud: 'aws', name: 'a table without a policy', expected: 'fail', at: 'Table', resources: { Table: body('AWS::DynamoDB::Table', {}) } },
  { cloud: 'aws', name: 'a table of its endpoint', expected: 'pass', resources: { Table: body('AWS::DynamoDB::Table', { ResourcePolicy: { PolicyDocument: { Statement: [{ Effect: 'Deny', Principal: '*', Action: 'dynamodb:*', Resource: '*', Condition: { StringNotEquals: { 'aws:SourceVpce': { Ref: 'Endpoint' } } } }] } } }), Endpoint: body('AWS::EC2::VPCEndpoint', {}) } },
];

const azure: RuleCase[] = [
  azureCase('private', 'pass', { at: 'store' }),
  azureCase('public network', 'fail', { edits: [['StorageAccount', 'store', 'publicNetworkAccess', 'Enabled']], at: 'store' }),
  azureCase('services of Azure let through', 'fail', { edits: [['StorageAccount', 'store', 'networkRuleSet.bypass', 'Logging, AzureServices']], at: 'store' }),
  azureCase('account keys', 'fail', { edits: [['StorageAccount', 'store', 'allowSharedKeyAccess', true]], at: 'store' }),
  azureCase('an open container', 'fail', { edits: [['BlobContainer', 'phi', 'publicAccess', 'Container']], at: 'phi' }),
  azureCase('a public database', 'fail', { more: [resource('dbforpostgresql:Server', 'sql', {})], at: 'sql', path: 'network.publicNetworkAccess' }),
  azureCase('not known', 'unknown', { edits: [['StorageAccount', 'store', 'networkRuleSet', NOT_KNOWN]], at: 'store' }),
];

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'no public access', expected: 'pass', resources: gate(bucketOf('phi'), member('bucket', 'tee', 'roles/storage.objectUser', principal('a'))) },
  { cloud: 'gcp', name: 'public access not prevented', expected: 'fail', at: 'phi', path: 'publicAccessPrevention', resources: [bucketOf('phi', { publicAccessPrevention: undefined })] },
  { cloud: 'gcp', name: 'access lists', expected: 'fail', at: 'phi', path: 'uniformBucketLevelAccess', resources: [bucketOf('phi', { uniformBucketLevelAccess: false })] },
  { cloud: 'gcp', name: 'everybody', expected: 'fail', at: 'phi', resources: [bucketOf('phi'), member('bucket', 'all', 'roles/storage.objectViewer', 'allUsers')] },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
