import { bucketOf, list, phiBuckets, phiTables, shown } from '../aws.js';
import { at, type Deployment, type Resource, Unknown, type Value } from '../model.js';
import { type Check, type Defect, defineRule, fail, outcomes, unknown } from '../rule.js';

/** Settings that copy objects, with the path to the bucket inside each entry. */
const COPIES = [['ReplicationConfiguration.Rules', 'Destination.Bucket'], ['InventoryConfigurations', 'Destination.BucketArn'], ['AnalyticsConfigurations', 'StorageClassAnalysis.DataExport.Destination.BucketArn']] as const;

function inside(deployment: Deployment, path: string, value: Value | undefined, what: string): Defect[] {
  if (value instanceof Unknown) return [unknown(path, `where ${what} goes is not known: ${value.reason}`)];
  return value !== undefined && bucketOf(deployment, value) === undefined && deployment.target(value) === undefined ? [fail(path, `${what} goes to ${shown(value)}, which is not in the artifact`)] : [];
}

function bucketDefects(deployment: Deployment, bucket: Resource): Defect[] {
  return [
    ...COPIES.flatMap(([path, destination]) => {
      const entries = list(at(bucket.properties, path));
      if (entries instanceof Unknown) return [unknown(path, entries.reason)];
      return entries.flatMap((entry, index) => (at(entry, 'Status') === 'Disabled' ? [] : inside(deployment, `${path}[${index}]`, at(entry, destination), 'a copy')));
    }),
    ...(bucket.properties['WebsiteConfiguration'] === undefined ? [] : [fail('WebsiteConfiguration', 'serves its objects as a website')]),
    ...(bucket.properties['AccelerateConfiguration'] === undefined || at(bucket.properties, 'AccelerateConfiguration.AccelerationStatus') === 'Suspended' ? [] : [fail('AccelerateConfiguration', 'is reached by way of edge locations')]),
  ];
}

const aws: Check = function* (deployment) {
  const buckets = phiBuckets(deployment);
  for (const bucket of buckets) yield* outcomes(bucket, bucketDefects(deployment, bucket));
  for (const type of ['AWS::S3::AccessPoint', 'AWS::S3::MultiRegionAccessPoint', 'AWS::S3ObjectLambda::AccessPoint']) {
    for (const point of deployment.ofType(type)) if (buckets.length > 0) yield* outcomes(point, fail('', `${type} opens a bucket under a policy of its own`));
  }
  for (const table of phiTables(deployment)) {
    yield* outcomes(table, [
      ...inside(deployment, 'KinesisStreamSpecification.StreamArn', at(table.properties, 'KinesisStreamSpecification.StreamArn'), 'every change'),
      ...(table.properties['StreamSpecification'] === undefined ? [] : [fail('StreamSpecification', 'hands every change to whoever reads the stream')]),
    ]);
  }
};

export const rule = defineRule({
  id: 'phi-store-no-export',
  title: 'PHI leaves its store by no side door',
  theme: 'private-network',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(e)(1)', '45 CFR 164.308(a)(4)(ii)(B)'],
  why: 'Replication, inventories, streams, access points and websites carry data past the endpoint, the role and the gate, with rights of their own.',
  fix: {
    aws: 'Remove the setting, or point it to a bucket or stream of the same artifact; use PhiStore.',
  },
  checks: { aws },
});
