import type { RuleCase } from '../rule-case.js';
import { body, bucket } from '../aws-fixture.js';
import { bucket as bucketOf } from '../gcp-fixture.js';
import { azureCase, resource } from '../prove/azure/fixture.js';

const azure: RuleCase[] = [
  azureCase('protected', 'pass', { at: 'store' }),
  azureCase('a group without', 'fail', { more: [{ type: 'azure-native:resources:ResourceGroup', name: 'second', inputs: { resourceGroupName: 'second' } }, resource('network:RouteTable', 'inside', { resourceGroupName: 'second', routeTableName: 'inside' })], at: 'second' }),
  azureCase('a group of nothing', 'pass', { more: [{ type: 'azure-native:resources:ResourceGroup', name: 'second', inputs: { resourceGroupName: 'second' } }] }),
  azureCase('a second account without', 'fail', { more: [resource('storage:StorageAccount', 'second', { accountName: 'second' })], at: 'second' }),
];

const table = (DeletionProtectionEnabled: boolean) => body('AWS::DynamoDB::Table', { DeletionProtectionEnabled }, { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
const aws: RuleCase[] = [
  { name: 'retained bucket', cloud: 'aws', expected: 'pass', at: 'Store', resources: { Store: bucket() } },
  { name: 'bucket goes', cloud: 'aws', expected: 'fail', at: 'Store', path: 'DeletionPolicy', resources: { Store: bucket({}, { DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Retain' }) } },
  { name: 'protected table', cloud: 'aws', expected: 'pass', at: 'Items', resources: { Items: table(true) } },
  { name: 'unprotected table', cloud: 'aws', expected: 'fail', at: 'Items', resources: { Items: table(false) } },
  { name: 'unprotected database', cloud: 'aws', expected: 'fail', at: 'Db', resources: { Db: body('AWS::RDS::DBInstance', {}) } },
];

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'kept', expected: 'pass', at: 'phi', resources: [bucketOf('phi')] },
  { cloud: 'gcp', name: 'not protected', expected: 'fail', at: 'phi', path: 'protect', resources: [bucketOf('phi', {}, {})] },
  { cloud: 'gcp', name: 'destroyed with its objects', expected: 'fail', at: 'phi', path: 'forceDestroy', resources: [bucketOf('phi', { forceDestroy: true })] },
  { cloud: 'gcp', name: 'not told', expected: 'unknown', at: 'phi', resources: [bucketOf('phi', { forceDestroy: '[secret]' })] },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
