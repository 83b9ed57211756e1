import { RemovalPolicy } from 'aws-cdk-lib';
import { CfnManagedPolicy, CfnRole } from 'aws-cdk-lib/aws-iam';
import { CfnBucket, CfnBucketPolicy } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { partitionOf } from './arn.js';
import { acknowledge } from './acknowledge.js';
import { sharedBucketProps, tlsOnly } from './log-vault.js';
import { allow, policy, trust } from './policy.js';

/** Days that the intake keeps a record after it was replicated: time to notice and repair a failed replication. */
const INTAKE_DAYS = 90;

export interface LogIntakeProps {
  readonly name: string;
  readonly account: string;
  readonly region: string;
  /** ARN of the locked bucket, in this or another account. */
  readonly vaultArn: string;
  /** Last change of the bucket before it is written. */
  readonly transform?: (bucket: CfnBucket) => void;
}

/**
 * An unlocked bucket in the account and region of the sources, replicated into the vault. S3 server access logs and
 * AWS Config cannot be delivered to a bucket with Object Lock: S3 drops them without an error.
 */
export class LogIntake extends Construct {
  readonly bucket: CfnBucket;

  constructor(scope: Construct, id: string, props: LogIntakeProps) {
    super(scope, id);
    const bucketName = `${props.name}-intake-${props.account}-${props.region}`;
    const intakeArn = `arn:${partitionOf(props.region)}:s3:::${bucketName}`;
    const role = new CfnRole(this, 'ReplicationRole', { roleName: `${props.name}-log-replication-${props.region}`, assumeRolePolicyDocument: trust('s3.amazonaws.com', props.account) });
    const write = new CfnManagedPolicy(this, 'ReplicationPolicy', {
      managedPolicyName: `${props.name}-log-replication-${props.region}`,
      roles: [role.ref],
      policyDocument: policy(
        allow('ReadConfiguration', undefined, ['s3:GetReplicationConfiguration', 's3:ListBucket'], intakeArn),
        allow('ReadVersions', undefined, ['s3:GetObjectVersionAcl', 's3:GetObjectVersionForReplication', 's3:GetObjectVersionTagging'], `${intakeArn}/*`),
        allow('WriteReplicas', undefined, ['s3:ReplicateObject', 's3:ReplicateTags'], `${props.vaultArn}/*`),
      ),
    });
    this.bucket = new CfnBucket(this, 'Bucket', {
      bucketName,
      bucketEncryption: { serverSideEncryptionConfiguration: [{ serverSideEncryptionByDefault: { sseAlgorithm: 'AES256' } }] },
      ...sharedBucketProps(),
      replicationConfiguration: {
        role: role.attrArn,
        rules: [{ id: 'into-the-vault', status: 'Enabled', priority: 1, filter: { prefix: '' }, deleteMarkerReplication: { status: 'Disabled' }, destination: { bucket: props.vaultArn } }],
      },
      lifecycleConfiguration: { rules: [{ id: 'replicated-long-ago', status: 'Enabled', expirationInDays: INTAKE_DAYS, noncurrentVersionExpiration: { noncurrentDays: 1 } }] },
    });
    this.bucket.addResourceDependency(write);
    this.bucket.applyRemovalPolicy(RemovalPolicy.RETAIN);
    new CfnBucketPolicy(this, 'BucketPolicy', {
      bucket: this.bucket.ref,
      policyDocument: policy(
        ...tlsOnly(this.bucket.attrArn),
        allow('AccessLogDelivery', { Service: 'logging.s3.amazonaws.com' }, 's3:PutObject', `${this.bucket.attrArn}/*`, { StringEquals: { 'aws:SourceAccount': props.account } }),
        allow('ConfigAclCheck', { Service: 'config.amazonaws.com' }, ['s3:GetBucketAcl', 's3:ListBucket'], this.bucket.attrArn, { StringEquals: { 'aws:SourceAccount': props.account } }),
        allow('ConfigDelivery', { Service: 'config.amazonaws.com' }, 's3:PutObject', `${this.bucket.attrArn}/AWSLogs/${props.account}/Config/*`, { StringEquals: { 'aws:SourceAccount': props.account } }),
      ),
    });
    acknowledge(this.bucket, 'S3BucketLoggingEnabled', 'The intake receives access logs; logging it into itself never ends. Its records are replicated into the locked vault.');
    acknowledge(this.bucket, 'S3DefaultEncryptionKMS', 'S3 server access logs are delivered with SSE-S3 only; the records hold no PHI and are replicated into the locked vault.');
    props.transform?.(this.bucket);
  }
}
