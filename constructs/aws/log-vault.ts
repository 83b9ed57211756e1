import { Annotations, RemovalPolicy } from 'aws-cdk-lib';
import { CfnBucket, CfnBucketPolicy, type CfnBucketProps } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { SIX_YEARS_IN_DAYS } from '../workload/index.js';
import { partitionOf, roleArn } from './arn.js';
import { acknowledge } from './acknowledge.js';
import { allow, deny, policy, type Statement } from './policy.js';
import { ServiceKey } from './service-key.js';

export interface LogVaultProps {
  readonly name: string;
  readonly account: string;
  readonly region: string;
  /** Accounts whose trails and flow logs are delivered here. */
  readonly sourceAccounts: readonly string[];
  /** Days for which a record cannot be removed. At least 2192 (45 CFR 164.316(b)(2)(i)). */
  readonly retentionDays: number;
  /**
   * True locks with Object Lock COMPLIANCE: nobody, AWS included, can shorten it or delete a record before its time,
   * and the bucket costs until then. False uses GOVERNANCE, which the report calls not immutable.
   */
  readonly irreversible: boolean;
  readonly deploymentRole: string;
  readonly administrators: readonly string[];
  /** Last change of the locked bucket before it is written. */
  readonly transform?: (bucket: CfnBucket) => void;
}

/** Names of the vault as literals, for stacks of other accounts. */
export function logVaultNames(name: string, account: string, region: string): { readonly vault: string; readonly keyAlias: string } {
  return { vault: `${name}-logs-${account}-${region}`, keyAlias: `${name}-logs` };
}

/**
 * Where logs cannot be changed: one locked bucket. CloudTrail and flow logs are delivered straight into it; what
 * cannot be (S3 server access logs, AWS Config) arrives through a LogIntake.
 * @throws if the retention is shorter than 2192 days.
 */
export class LogVault extends Construct {
  readonly bucket: CfnBucket;
  readonly key: ServiceKey;
  readonly bucketPolicy: CfnBucketPolicy;

  constructor(scope: Construct, id: string, props: LogVaultProps) {
    super(scope, id);
    if (!Number.isInteger(props.retentionDays) || props.retentionDays < SIX_YEARS_IN_DAYS) {
      throw new Error(`retention.days: ${props.retentionDays}; allowed: whole days from ${SIX_YEARS_IN_DAYS} (six calendar years, 45 CFR 164.316(b)(2)(i)).`);
    }
    if (!props.irreversible) {
      Annotations.of(this).addInfo('retention.irreversible is false: the log is kept in GOVERNANCE mode, which a privileged principal can bypass. It is not immutable.');
    }
    const names = logVaultNames(props.name, props.account, props.region);
    const partition = partitionOf(props.region);
    this.key = new ServiceKey(this, 'Key', {
      purpose: 'logs',
      name: names.keyAlias,
      deploymentRole: props.deploymentRole,
      administrators: props.administrators,
      use: [
        allow('CloudTrailWrites', { Service: 'cloudtrail.amazonaws.com' }, ['kms:DescribeKey', 'kms:GenerateDataKey*'], '*', {
          StringEquals: { 'aws:SourceArn': trailArns(props) },
        }),
        allow('LogDeliveryWrites', { Service: 'delivery.logs.amazonaws.com' }, ['kms:DescribeKey', 'kms:Decrypt', 'kms:GenerateDataKey*'], '*', {
          StringEquals: { 'aws:SourceAccount': props.sourceAccounts },
        }),
      ],
    });

    const days = props.retentionDays;
    this.bucket = new CfnBucket(this, 'Vault', {
      bucketName: names.vault,
      bucketEncryption: {
        serverSideEncryptionConfiguration: [{ bucketKeyEnabled: true, serverSideEncryptionByDefault: { sseAlgorithm: 'aws:kms', kmsMasterKeyId: this.key.key.attrArn } }],
      },
      ...sharedBucketProps(),
      objectLockEnabled: true,
      objectLockConfiguration: { objectLockEnabled: 'Enabled', rule: { defaultRetention: { mode: props.irreversible ? 'COMPLIANCE' : 'GOVERNANCE', days } } },
      lifecycleConfiguration: { rules: [{ id: 'cold', status: 'Enabled', transitions: [{ storageClass: 'GLACIER_IR', transitionInDays: 90 }] }] },
    });
    this.bucket.applyRemovalPolicy(RemovalPolicy.RETAIN);
    this.bucketPolicy = new CfnBucketPolicy(this, 'VaultPolicy', { bucket: this.bucket.ref, policyDocument: this.vaultPolicy(props, partition) });

    acknowledge(this.bucket, 'S3BucketLoggingEnabled', 'The trail records reads of the vault as data events; access logs cannot be delivered to a locked bucket, and the intake that receives them replicates into this one.');
    acknowledge(this.bucket, 'S3BucketReplicationEnabled', 'The vault is itself the replica of the intake, and Object Lock keeps every version in at least three zones. A copy in another region is the platform team\'s choice.');
    props.transform?.(this.bucket);
  }

  private vaultPolicy(props: LogVaultProps, partition: string): object {
    const arn = this.bucket.attrArn;
    const trails = trailArns(props);
    const delivery = props.sourceAccounts.map((account) => `arn:${partition}:logs:${props.region}:${account}:*`);
    return policy(
      ...tlsOnly(arn),
      allow('TrailAclCheck', { Service: 'cloudtrail.amazonaws.com' }, 's3:GetBucketAcl', arn, { StringEquals: { 'aws:SourceArn': trails } }),
      allow('TrailDelivery', { Service: 'cloudtrail.amazonaws.com' }, 's3:PutObject', props.sourceAccounts.map((account) => `${arn}/AWSLogs/${account}/*`), {
        StringEquals: { 'aws:SourceArn': trails, 's3:x-amz-acl': 'bucket-owner-full-control' },
      }),
      allow('FlowLogAclCheck', { Service: 'delivery.logs.amazonaws.com' }, ['s3:GetBucketAcl', 's3:ListBucket'], arn, {
        StringEquals: { 'aws:SourceAccount': props.sourceAccounts }, ArnLike: { 'aws:SourceArn': delivery },
      }),
      allow('FlowLogDelivery', { Service: 'delivery.logs.amazonaws.com' }, 's3:PutObject', props.sourceAccounts.map((account) => `${arn}/AWSLogs/${account}/*`), {
        StringEquals: { 'aws:SourceAccount': props.sourceAccounts, 's3:x-amz-acl': 'bucket-owner-full-control' }, ArnLike: { 'aws:SourceArn': delivery },
      }),
      // Cross-account writers need an allow here; the account is the principal because a role that does not exist yet is refused.
      allow('IntakeReplication', { AWS: props.sourceAccounts.map((account) => `arn:${partition}:iam::${account}:root`) }, ['s3:ReplicateObject', 's3:ReplicateTags'], `${arn}/*`, {
        ArnEquals: { 'aws:PrincipalArn': props.sourceAccounts.map((account) => roleArn(props.region, account, `${props.name}-log-replication-${props.region}`)) },
      }),
      deny('NobodyRemovesRecords', '*', ['s3:BypassGovernanceRetention', 's3:DeleteObjectVersion', 's3:PutObjectLegalHold', 's3:PutObjectRetention'], `${arn}/*`),
      deny('NobodyShortens', '*', ['s3:DeleteBucket', 's3:PutBucketObjectLockConfiguration', 's3:PutBucketVersioning', 's3:PutEncryptionConfiguration', 's3:PutLifecycleConfiguration'], arn, {
        ArnNotEquals: { 'aws:PrincipalArn': props.deploymentRole },
      }),
      deny('NobodyOpens', '*', ['s3:DeleteBucketPolicy', 's3:PutBucketPolicy'], arn, { ArnNotEquals: { 'aws:PrincipalArn': props.deploymentRole } }),
    );
  }
}

/** Literal ARNs of the trails that are delivered here. */
function trailArns({ sourceAccounts, region, name }: LogVaultProps): readonly string[] {
  return sourceAccounts.map((account) => `arn:${partitionOf(region)}:cloudtrail:${region}:${account}:trail/${name}`);
}

/** What every bucket of the kit has: no public access, versions, no ACLs. */
export function sharedBucketProps(): Pick<CfnBucketProps, 'versioningConfiguration' | 'publicAccessBlockConfiguration' | 'ownershipControls'> {
  return {
    versioningConfiguration: { status: 'Enabled' },
    publicAccessBlockConfiguration: { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
    ownershipControls: { rules: [{ objectOwnership: 'BucketOwnerEnforced' }] },
  };
}

/** Denies plaintext HTTP and TLS below 1.2. */
export function tlsOnly(bucketArn: string): readonly Statement[] {
  const both = [bucketArn, `${bucketArn}/*`];
  return [
    deny('TlsOnly', '*', 's3:*', both, { Bool: { 'aws:SecureTransport': 'false' } }),
    deny('Tls12OrLater', '*', 's3:*', both, { NumericLessThan: { 's3:TlsVersion': '1.2' } }),
  ];
}
