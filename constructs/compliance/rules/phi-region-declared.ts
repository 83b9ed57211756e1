import { list, shown } from '../aws.js';
import { at, type Resource, Unknown, type Value } from '../model.js';
import { text } from '../prove/gcp/names.js';
import { type Check, type Defect, defineRule, fail, outcomes, unknown } from '../rule.js';

/** Whatever holds PHI, keys, secrets or records. */
const AWS_HOLDERS = [
  'AWS::KMS::Key', 'AWS::S3::Bucket', 'AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable', 'AWS::RDS::DBInstance', 'AWS::RDS::DBCluster', 'AWS::EFS::FileSystem', 'AWS::EC2::Instance', 'AWS::EC2::LaunchTemplate', 'AWS::EC2::Volume',
  'AWS::Logs::LogGroup', 'AWS::SecretsManager::Secret', 'AWS::Backup::BackupPlan', 'AWS::Backup::BackupVault', 'AWS::DLM::LifecyclePolicy',
];
/** Where copies go: a list, and the region or ARN inside each entry. */
const AWS_COPIES: readonly (readonly [type: string, list: string, place: string])[] = [
  ['AWS::DynamoDB::GlobalTable', 'Replicas', 'Region'], ['AWS::DynamoDB::Table', 'Replicas', 'Region'], ['AWS::SecretsManager::Secret', 'ReplicaRegions', 'Region'], ['AWS::DLM::LifecyclePolicy', 'PolicyDetails.Schedules', 'CrossRegionCopyRules'],
  ['AWS::Backup::BackupPlan', 'BackupPlan.BackupPlanRule', 'CopyActions'],
];

/** The regions that a value names, as such or inside ARNs. */
function regionsIn(value: Value | undefined): readonly string[] {
  return [...JSON.stringify(value ?? null).matchAll(/"(?:arn:[a-z-]+:[a-z0-9-]+:)?([a-z]{2}(?:-[a-z]+)+-\d)(?=[":])/g)].map((match) => match[1] as string);
}

const aws: Check = function* (deployment) {
  const region = deployment.workload?.clouds.aws?.region;
  if (region === undefined) return;
  const accounts = new Set(Object.values(deployment.environments).map(({ account }) => account).filter((account) => /^\d{12}$/.test(account)));
  const account = deployment.workload?.clouds.aws?.account ?? '';
  if (accounts.size > 0) yield* outcomes(deployment.root, accounts.has(account) ? true : fail('', `the stacks go to account ${[...accounts].join(', ')}; the workload file names ${account}`));
  for (const type of AWS_HOLDERS) {
    for (const resource of deployment.ofType(type)) {
      const place = deployment.environments[resource.id.split('/')[0] ?? '']?.region;
      const copies = AWS_COPIES.filter(([of]) => of === type).flatMap(([, path, inside]): Defect[] => {
        const entries = list(at(resource.properties, path));
        if (entries instanceof Unknown) return [unknown(path, entries.reason)];
        return entries.flatMap((entry, index) => {
          const target = at(entry, inside);
          if (target instanceof Unknown) return [unknown(`${path}[${index}].${inside}`, `where the copy goes is not known: ${target.reason}`)];
          return regionsIn(target).filter((one) => one !== region).map((one) => fail(`${path}[${index}].${inside}`, `a copy goes to ${one}; the workload file names ${region}`));
        });
      });
      yield* outcomes(resource, [...(place === undefined || place === region || !/^[a-z]{2}-/.test(place) ? [] : [fail('', `lies in ${place}; the workload file names ${region}`)]), ...copies]);
    }
  }
};

const AZURE_HOLDERS = [
  'keyvault:Vault', 'keyvault:ManagedHsm', 'storage:StorageAccount', 'compute:VirtualMachine', 'compute:VirtualMachineScaleSet', 'compute:Disk', 'compute:Snapshot', 'compute:DiskEncryptionSet', 'operationalinsights:Workspace', 'sql:Server', 'dbforpostgresql:Server',
  'dbformysql:Server', 'documentdb:DatabaseAccount', 'cosmosdb:DatabaseAccount', 'confidentialledger:Ledger', 'recoveryservices:Vault', 'dataprotection:BackupVault', 'containerregistry:Registry',
].map((name) => `azure-native:${name}`);
/** `East US` and `eastus` are one region. */
const plain = (value: Value | undefined): string | undefined => (typeof value === 'string' && !value.includes('${') ? value.toLowerCase().replace(/\s/g, '') : undefined);

const azure: Check = function* (deployment) {
  const region = plain(deployment.workload?.clouds.azure?.region);
  if (region === undefined) return;
  const place = (value: Value | undefined, path: string, what: string): Defect[] => {
    if (value instanceof Unknown) return [unknown(path, `where ${what} lies is not known: ${value.reason}`)];
    const found = plain(value);
    return found === undefined || found === region ? [] : [fail(path, `${what} lies in ${shown(value)}; the workload file names ${region}`)];
  };
  for (const type of AZURE_HOLDERS) {
    for (const resource of deployment.ofType(type)) {
      const replicas = list(resource.properties['locations']);
      yield* outcomes(resource, [...place(resource.properties['location'], 'location', 'it'), ...(replicas instanceof Unknown ? [unknown('locations', replicas.reason)] : replicas.flatMap((replica, index) => place(at(replica, 'locationName'), `locations[${index}].locationName`, 'a replica')))]);
    }
  }
};

const GCP_HOLDERS: readonly (readonly [type: string, path: string])[] = [
  ['gcp:kms/keyRing:KeyRing', 'location'], ['gcp:storage/bucket:Bucket', 'location'], ['gcp:logging/projectBucketConfig:ProjectBucketConfig', 'location'], ['gcp:compute/instance:Instance', 'zone'], ['gcp:compute/regionInstanceTemplate:RegionInstanceTemplate', 'region'],
  ['gcp:compute/regionInstanceGroupManager:RegionInstanceGroupManager', 'region'], ['gcp:compute/instanceGroupManager:InstanceGroupManager', 'zone'], ['gcp:compute/subnetwork:Subnetwork', 'region'],
  ['gcp:compute/disk:Disk', 'zone'], ['gcp:compute/regionDisk:RegionDisk', 'region'], ['gcp:sql/databaseInstance:DatabaseInstance', 'region'], ['gcp:bigquery/dataset:Dataset', 'location'], ['gcp:firestore/database:Database', 'locationId'],
  ['gcp:healthcare/dataset:Dataset', 'location'], ['gcp:alloydb/cluster:Cluster', 'location'], ['gcp:filestore/instance:Instance', 'location'], ['gcp:backupdisasterrecovery/backupVault:BackupVault', 'location'],
];
const GCP_COPIES: readonly (readonly [type: string, path: string, inside: string])[] = [
  ['gcp:compute/regionInstanceGroupManager:RegionInstanceGroupManager', 'distributionPolicyZones', ''], ['gcp:storage/bucket:Bucket', 'customPlacementConfig.dataLocations', ''], ['gcp:compute/snapshot:Snapshot', 'storageLocations', ''], ['gcp:compute/image:Image', 'storageLocations', ''], ['gcp:secretmanager/secret:Secret', 'replication.userManaged.replicas', 'location'],
];

const gcp: Check = function* (deployment) {
  const region = deployment.workload?.clouds.gcp?.region;
  if (region === undefined) return;
  const place = (value: Value | undefined, path: string): Defect[] => {
    if (value instanceof Unknown) return [unknown(path, `where it lies is not known: ${value.reason}`)];
    const found = text(value)?.toLowerCase().split('/').at(-1);
    return found === undefined || found.includes('${') || found === region || new RegExp(`^${region}-[a-z]$`).test(found) ? [] : [fail(path, `it lies in ${shown(value)}; the workload file names ${region}`)];
  };
  for (const [type, path] of GCP_HOLDERS) {
    for (const resource of deployment.ofType(type)) {
      // Google keeps these two where it made them; a declaration only sets how long they keep records.
      if (['_Default', '_Required'].includes(text(resource.properties['bucketId']) ?? '')) continue;
      yield* outcomes(resource, place(resource.properties[path], path));
    }
  }
  for (const [type, path, inside] of GCP_COPIES) {
    for (const resource of deployment.ofType(type)) {
      const places = list(at(resource.properties, path));
      yield* outcomes(resource, places instanceof Unknown ? unknown(path, places.reason) : places.flatMap((one, index) => place(inside === '' ? one : at(one, inside), `${path}[${index}]`)));
    }
  }
};

export const rule = defineRule({
  id: 'phi-region-declared',
  title: 'PHI, keys and records stay in the account and region of the workload file',
  theme: 'private-network',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.310(d)(2)(iii)', '45 CFR 164.310(d)(1)', '45 CFR 164.308(a)(1)(ii)(B)'],
  why: 'A resource or a copy in another region is outside the network, the key and the agreements that were reviewed, and often outside the law that they were written under.',
  fix: {
    aws: 'Deploy the stack to clouds.aws.region of the workload file, and remove replicas, replica regions and backup copies elsewhere; or name the region that you mean in the workload file.',
    azure: 'Set location to clouds.azure.region of the workload file and remove replicas elsewhere (locations); or name the region that you mean in the workload file.',
    gcp: 'Set location, region or zone to clouds.gcp.region of the workload file: no multi-region, no global, no dataLocations or storageLocations elsewhere; or name the region that you mean in the workload file.',
  },
  checks: { aws, azure, gcp },
});
