import { bucketCopies, copiedOutside, list, notified, phiBuckets, phiTables, shown } from '../aws.js';
import { accountCopies, phiAccounts } from '../azure.js';
import { phiBuckets as phiObjects } from '../gcp.js';
import { at, type Deployment, type Resource, strings, Unknown, type Value } from '../model.js';
import { processesPhi } from '../phi.js';
import { identityRights } from '../prove/aws/rights.js';
import { bucketOf, refersTo, sameName } from '../prove/gcp/names.js';
import { type Check, type Defect, defineRule, fail, outcomes, unknown } from '../rule.js';

function bucketDefects(deployment: Deployment, bucket: Resource): Defect[] {
  return [
    ...bucketCopies(deployment, bucket),
    ...(bucket.properties['WebsiteConfiguration'] === undefined ? [] : [fail('WebsiteConfiguration', 'serves its objects as a website')]),
    ...(bucket.properties['AccelerateConfiguration'] === undefined || at(bucket.properties, 'AccelerateConfiguration.AccelerationStatus') === 'Suspended' ? [] : [fail('AccelerateConfiguration', 'is reached by way of edge locations')]),
  ];
}

const aws: Check = function* (deployment) {
  const buckets = phiBuckets(deployment);
  for (const bucket of buckets) {
    yield* outcomes(bucket, bucketDefects(deployment, bucket));
    for (const [resource, defects] of notified(deployment, bucket)) if (defects.length > 0) yield* outcomes(resource, defects);
  }
  for (const type of ['AWS::S3::AccessPoint', 'AWS::S3::MultiRegionAccessPoint', 'AWS::S3ObjectLambda::AccessPoint', 'AWS::S3::AccessGrant', 'AWS::S3::AccessGrantsLocation']) {
    for (const point of deployment.ofType(type)) if (buckets.length > 0) yield* outcomes(point, fail('', `${type} opens a bucket under a policy of its own`));
  }
  for (const table of phiTables(deployment)) {
    yield* outcomes(table, [
      ...copiedOutside(deployment, 'KinesisStreamSpecification.StreamArn', at(table.properties, 'KinesisStreamSpecification.StreamArn'), 'every change'),
      ...(table.properties['StreamSpecification'] === undefined ? [] : [fail('StreamSpecification', 'hands every change to whoever reads the stream')]),
    ]);
  }
  for (const [resource, defect] of copiers(deployment, [...buckets, ...phiTables(deployment)])) yield* outcomes(resource, defect);
  if (!processesPhi(deployment)) return;
  for (const { resource, can, holds, arn } of identityRights(deployment)) {
    const ways = Object.entries(COPYING).flatMap(([type, actions]) => actions.filter((action) => holds(action) && deployment.ofType(type).some((store) => can(action, arn(store)))));
    if (ways.length > 0) yield* outcomes(resource, fail('', `can copy a store, or open it to others: ${ways.slice(0, 4).join(', ')}`));
  }
};

/** Services that read what a store holds and put it somewhere else. */
const COPIERS = /^AWS::(DataSync|AppFlow|Glue|Transfer|DMS|DataPipeline|QuickSight|Athena|EMR|EMRServerless|SageMaker|Kendra|Bedrock|Rekognition|Comprehend|Kinesis|KinesisAnalytics|KinesisAnalyticsV2|Pipes|OSIS|LakeFormation|CleanRooms|DataBrew|Macie|FSx|StorageGateway|MediaConvert|RedshiftServerless|Redshift|HealthLake|Omics)::/;
/** What copies a table or a database, or opens it to others, whatever the policy of the table says of its items. */
const COPYING = {
  'AWS::DynamoDB::Table': ['dynamodb:ExportTableToPointInTime', 'dynamodb:RestoreTableToPointInTime', 'dynamodb:CreateBackup', 'dynamodb:PutResourcePolicy', 'dynamodb:DeleteResourcePolicy', 'dynamodb:EnableKinesisStreamingDestination', 'dynamodb:CreateTableReplica', 'backup:StartBackupJob'],
} as const;

/** Names by which a store is spoken of without a reference. */
const namesOf = ({ properties }: Resource): readonly string[] => ['BucketName', 'TableName'].flatMap((name) => (typeof properties[name] === 'string' ? [properties[name]] : []));

function* copiers(deployment: Deployment, stores: readonly Resource[]): Iterable<readonly [Resource, Defect]> {
  if (stores.length === 0) return;
  const [all, named] = [new Set(stores), new Map(stores.flatMap((store) => namesOf(store).map((name) => [name, store] as const)))];
  for (const [type, resources] of deployment.byType) {
    if (!COPIERS.test(type)) continue;
    for (const resource of resources) {
      const store = deployment.targets(resource.properties).find((target) => all.has(target)) ?? [...strings(resource.properties)].flatMap((text) => text.split(/[/:]+/)).map((word) => named.get(word)).find((one) => one !== undefined);
      if (store) yield [resource, unknown('', `${type} reads ${store.name}: where it puts what it reads is not judged`)];
    }
  }
}

const azure: Check = function* (deployment) {
  for (const account of phiAccounts(deployment)) for (const [resource, defects] of accountCopies(deployment, account)) yield* outcomes(resource, defects);
};

const BUCKET = 'gcp:storage/bucket:Bucket';
/** What hands out the content of a bucket, or the news of it, past its own bindings. */
const SIDE_DOORS = [
  ['gcp:storage/notification:Notification', 'the metadata of every object is published to a topic, under the rights of that topic'],
  ['gcp:storage/batchOperationsJob:BatchOperationsJob', 'changes or deletes objects in bulk, past the TEE'],
  ['gcp:storage/objectACL:ObjectACL', 'an access list opens a single object'], ['gcp:storage/objectAccessControl:ObjectAccessControl', 'an access list opens a single object'],
  ['gcp:storage/managedFolderIamMember:ManagedFolderIamMember', 'a folder has bindings of its own'], ['gcp:storage/managedFolderIamBinding:ManagedFolderIamBinding', 'a folder has bindings of its own'], ['gcp:storage/managedFolderIamPolicy:ManagedFolderIamPolicy', 'a folder has bindings of its own'],
  ['gcp:storage/bucketObject:BucketObject', 'a record in the artifact and in the state of the deployment was never sealed by the TEE'],
] as const;

const gcp: Check = function* (deployment) {
  const buckets = phiObjects(deployment);
  const named = (value: Value | undefined): Resource | undefined => buckets.find((bucket) => bucketOf(deployment, value) === bucket || sameName(value, bucket));
  for (const bucket of buckets) {
    const origins = list(bucket.properties['cors']);
    const log = at(bucket.properties, 'logging.logBucket');
    yield* outcomes(bucket, [
      ...(bucket.properties['websites'] === undefined && bucket.properties['website'] === undefined ? [] : [fail('website', 'serves its objects as a website')]),
      ...(origins instanceof Unknown ? [unknown('cors', origins.reason)] : origins.length > 0 ? [fail('cors', 'pages of other origins read its objects through a browser')] : []),
      ...(log === undefined || log === null || deployment.ofType(BUCKET).some((one) => refersTo(deployment, log, one) || sameName(log, one)) ? [] : [(log instanceof Unknown ? unknown : fail)('logging.logBucket', `names of objects and callers go to ${shown(log)}, which is not in the artifact`)]),
    ]);
  }
  for (const [type, what] of SIDE_DOORS) {
    for (const door of deployment.ofType(type)) {
      const on = door.properties['bucket'] ?? at(door.properties, 'bucketList.buckets.bucket');
      // A reference to something that the artifact does not hold may mean any of them.
      const lost = typeof on === 'string' && on.includes('${') && deployment.target(on) === undefined;
      if (on === undefined || on instanceof Unknown || lost || named(on) !== undefined) yield* outcomes(door, fail('', what));
    }
  }
  for (const report of deployment.ofType('gcp:storage/insightsReportConfig:InsightsReportConfig')) {
    const options = report.properties['objectMetadataReportOptions'];
    const of = at(options, 'storageFilters.bucket');
    const into = at(options, 'storageDestinationOptions.bucket');
    if (of !== undefined && !(of instanceof Unknown) && named(of) === undefined) continue;
    yield* outcomes(report, deployment.ofType(BUCKET).some((one) => bucketOf(deployment, into) === one || sameName(into, one)) ? true : (into instanceof Unknown ? unknown : fail)('objectMetadataReportOptions.storageDestinationOptions.bucket', `the names of all objects go to ${shown(into)}, which is not in the artifact`));
  }
  for (const job of deployment.ofType('gcp:storage/transferJob:TransferJob')) {
    const source = at(job.properties, 'transferSpec.gcsDataSource.bucketName');
    const sink = at(job.properties, 'transferSpec.gcsDataSink.bucketName');
    if (source === undefined || (!(source instanceof Unknown) && named(source) === undefined)) continue;
    yield* outcomes(job, named(sink) ? true : source instanceof Unknown || sink instanceof Unknown ? unknown('transferSpec', 'from where to where it copies is not known') : fail('transferSpec', `copies to ${shown(sink ?? at(job.properties, 'transferSpec'))}, which is not in the artifact`));
  }
};

export const rule = defineRule({
  id: 'phi-store-no-export',
  title: 'PHI leaves its store by no side door',
  theme: 'private-network',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(e)(1)', '45 CFR 164.308(a)(4)(ii)(B)'],
  why: 'Replication, transfers, inventories, streams, access points and websites are carried out by the storage service itself: they cross no network of the workload and pass neither the endpoint nor the role nor the gate.',
  fix: {
    aws: 'Use PhiStore, or remove the replication, inventory, website, access point or stream, or point it to a bucket or stream of the same artifact.',
    azure: 'Use PhiStore, or allowedCopyScope PrivateLink (or AAD), allowCrossTenantReplication false and no object replication policy on the storage account.',
    gcp: 'Use PhiStore, or remove the website and the transfer job, or let the job copy to a bucket of the same artifact.',
  },
  checks: { aws, azure, gcp },
});
