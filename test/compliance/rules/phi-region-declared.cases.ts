import type { RuleCase } from '../rule-case.js';
import { body, bucket, key } from '../aws-fixture.js';
import { bucket as bucketOf, resource, ring, vm } from '../gcp-fixture.js';
import { azureCase, NOT_KNOWN, resource as azureResource } from '../prove/azure/fixture.js';
import { WORKLOAD } from '../workload-fixture.js';

const elsewhere = { clouds: { ...WORKLOAD.clouds, aws: { ...WORKLOAD.clouds.aws!, region: 'eu-central-1' } } };
const otherAccount = { clouds: { ...WORKLOAD.clouds, aws: { ...WORKLOAD.clouds.aws!, account: '999988887777' } } };
const plan = (arn: string | object) => ({ Plan: body('AWS::Backup::BackupPlan', { BackupPlan: { BackupPlanName: 'p', BackupPlanRule: [{ RuleName: 'r', CopyActions: [{ DestinationBackupVaultArn: arn }] }] } } as never) });
const aws: RuleCase[] = [
  { cloud: 'aws', name: 'in its region', expected: 'pass', resources: { Key: key(), Store: bucket() } },
  { cloud: 'aws', name: 'another region than the workload file names', expected: 'fail', at: 'Key', resources: { Key: key() }, workload: elsewhere },
  { cloud: 'aws', name: 'another account than the workload file names', expected: 'fail', at: 'aws', resources: { Key: key() }, workload: otherAccount },
  { cloud: 'aws', name: 'a replica elsewhere', expected: 'fail', at: 'Items', resources: { Items: body('AWS::DynamoDB::GlobalTable', { Replicas: [{ Region: 'us-east-1' }, { Region: 'ap-south-1' }] }) } },
  { cloud: 'aws', name: 'a backup copied elsewhere', expected: 'fail', at: 'Plan', resources: plan('arn:aws:backup:eu-west-1:111122223333:backup-vault:far') },
  { cloud: 'aws', name: 'a backup copied inside the region', expected: 'pass', at: 'Plan', resources: plan('arn:aws:backup:us-east-1:111122223333:backup-vault:near') },
  { cloud: 'aws', name: 'a copy that is not known', expected: 'unknown', at: 'Items', resources: { Items: body('AWS::DynamoDB::GlobalTable', { Replicas: { 'Fn::ImportValue': 'x' } }) } },
  { cloud: 'aws', name: 'no workload file', expected: 'silent', resources: { Key: key() }, workload: null },
];

const azure: RuleCase[] = [
  azureCase('in its region', 'pass', { at: 'store' }),
  azureCase('the region in words', 'pass', { edits: [['StorageAccount', 'store', 'location', 'East US']], at: 'store' }),
  azureCase('another region', 'fail', { edits: [['StorageAccount', 'store', 'location', 'westeurope']], at: 'store', path: 'location' }),
  azureCase('a replica elsewhere', 'fail', { more: [azureResource('documentdb:DatabaseAccount', 'items', { locations: [{ locationName: 'East US' }, { locationName: 'West Europe' }] })], at: 'items' }),
  azureCase('not known', 'unknown', { edits: [['StorageAccount', 'store', 'location', NOT_KNOWN]], at: 'store' }),
];

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'in its region', expected: 'pass', resources: [ring('phi'), vm(), bucketOf('phi', { location: 'US-CENTRAL1' })] },
  { cloud: 'gcp', name: 'machines in a zone of elsewhere', expected: 'fail', at: 'fleet', path: 'distributionPolicyZones[0]', resources: [resource('gcp:compute/regionInstanceGroupManager:RegionInstanceGroupManager', 'fleet', { region: 'us-central1', distributionPolicyZones: ['europe-west4-a'] })] },
  { cloud: 'gcp', name: 'a multi-region', expected: 'fail', at: 'phi', path: 'location', resources: [bucketOf('phi', { location: 'US' })] },
  { cloud: 'gcp', name: 'a global key', expected: 'fail', at: 'ring', resources: [resource('gcp:kms/keyRing:KeyRing', 'ring', { location: 'global' })] },
  { cloud: 'gcp', name: 'a machine of another region', expected: 'fail', at: 'vm', path: 'zone', resources: [vm({ zone: 'us-central2-a' })] },
  { cloud: 'gcp', name: 'a secret replicated elsewhere', expected: 'fail', at: 'secret', resources: [resource('gcp:secretmanager/secret:Secret', 'secret', { replication: { userManaged: { replicas: [{ location: 'us-central1' }, { location: 'europe-west1' }] } } })] },
  { cloud: 'gcp', name: 'not told', expected: 'unknown', at: 'phi', resources: [bucketOf('phi', { location: '[secret]' })] },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
