import { RemovalPolicy } from 'aws-cdk-lib';
import { CfnTable } from 'aws-cdk-lib/aws-dynamodb';
import { CfnBucket, CfnBucketPolicy } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.js';
import { sharedBucketProps, tlsOnly } from './log-vault.js';
import { allow, deny, policy, type Statement } from './policy.js';
import { ServiceKey } from './service-key.js';

export interface PhiStoreProps {
  readonly name: string;
  readonly account: string;
  readonly region: string;
  /** Literal ARN of the one role that reads and writes. */
  readonly role: string;
  readonly deploymentRole: string;
  readonly administrators: readonly string[];
  /** VPC endpoint through which alone S3 objects are reached. */
  readonly s3Endpoint: string;
  /** VPC endpoint through which alone table items are reached. */
  readonly dynamodbEndpoint: string;
  /** Bucket that receives server access logs; never a locked one. */
  readonly accessLogBucket: string;
  /** Last change of the bucket before it is written. */
  readonly transform?: (bucket: CfnBucket) => void;
}

/** Names of the store as literals, for endpoint policies that are written before it. */
export function phiStoreNames(name: string, account: string, region: string): { readonly bucket: string; readonly table: string } {
  return { bucket: `${name}-phi-${account}-${region}`, table: `${name}-phi` };
}

/** Prefix of the objects that count versions of sealed state. */
export const COUNTERS = 'counters/';

const OBJECT_USE = ['s3:AbortMultipartUpload', 's3:GetObject', 's3:GetObjectVersion', 's3:ListMultipartUploadParts', 's3:PutObject'] as const;
const ITEM_USE = ['dynamodb:BatchGetItem', 'dynamodb:ConditionCheckItem', 'dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem'] as const;
/** Every action on items, so that nobody else reads or writes them by a way that the workload does not use. */
const ITEM_ACTIONS = [
  ...ITEM_USE, 'dynamodb:BatchWriteItem', 'dynamodb:GetRecords', 'dynamodb:PartiQLDelete', 'dynamodb:PartiQLInsert', 'dynamodb:PartiQLSelect', 'dynamodb:PartiQLUpdate', 'dynamodb:Scan',
] as const;
const LIST_USE = ['s3:ListBucket', 's3:ListBucketMultipartUploads', 's3:ListBucketVersions'] as const;

/**
 * PHI at rest: a bucket and a table that only the TEE role reaches, through the workload's own endpoints, holding what
 * the enclave encrypted with the PHI key. The store's own key is a second layer and never opens PHI.
 *
 * Objects below `counters/` protect sealed state from rollback: before the enclave seals version N of a state, it creates
 * `counters/<state>/<N, zero-padded>`; it refuses state whose version is not the highest one listed. The bucket takes
 * such an object only if none of its name is there (`If-None-Match: *`), and nobody deletes one, so the count never
 * falls: not by the host, whose credentials the enclave borrows, and not by an administrator.
 */
export class PhiStore extends Construct {
  readonly key: ServiceKey;
  readonly bucket: CfnBucket;
  readonly table: CfnTable;
  /** What the role's own policy needs to allow. */
  readonly roleStatements: readonly Statement[];

  constructor(scope: Construct, id: string, props: PhiStoreProps) {
    super(scope, id);
    const names = phiStoreNames(props.name, props.account, props.region);
    this.key = new ServiceKey(this, 'Key', {
      purpose: 'infrastructure',
      name: `${props.name}-store`,
      deploymentRole: props.deploymentRole,
      administrators: props.administrators,
      use: [
        allow('TeeThroughStores', { AWS: props.role }, ['kms:Decrypt', 'kms:DescribeKey', 'kms:GenerateDataKey'], '*', {
          StringEquals: { 'kms:ViaService': [`s3.${props.region}.amazonaws.com`, `dynamodb.${props.region}.amazonaws.com`] },
        }),
        allow('TableCreation', { AWS: props.deploymentRole }, ['kms:CreateGrant', 'kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'], '*', {
          StringEquals: { 'kms:ViaService': `dynamodb.${props.region}.amazonaws.com` },
        }),
      ],
    });

    this.bucket = new CfnBucket(this, 'Bucket', {
      bucketName: names.bucket,
      bucketEncryption: { serverSideEncryptionConfiguration: [{ bucketKeyEnabled: true, serverSideEncryptionByDefault: { sseAlgorithm: 'aws:kms', kmsMasterKeyId: this.key.key.attrArn } }] },
      ...sharedBucketProps(),
      loggingConfiguration: { destinationBucketName: props.accessLogBucket, logFilePrefix: 'phi-store/' },
    });
    this.bucket.applyRemovalPolicy(RemovalPolicy.RETAIN);
    const objects = `${this.bucket.attrArn}/*`;
    const counters = `${this.bucket.attrArn}/${COUNTERS}*`;
    new CfnBucketPolicy(this, 'BucketPolicy', {
      bucket: this.bucket.ref,
      policyDocument: policy(
        ...tlsOnly(this.bucket.attrArn),
        deny('TeeRoleOnly', '*', ['s3:*Object*', 's3:ListMultipartUploadParts'], objects, { ArnNotEquals: { 'aws:PrincipalArn': props.role } }),
        deny('OwnEndpointOnly', '*', ['s3:*Object*', 's3:ListMultipartUploadParts'], objects, { StringNotEquals: { 'aws:SourceVpce': props.s3Endpoint } }),
        deny('TeeRoleListsOnly', '*', LIST_USE, this.bucket.attrArn, { ArnNotEquals: { 'aws:PrincipalArn': props.role } }),
        deny('ListThroughOwnEndpointOnly', '*', LIST_USE, this.bucket.attrArn, { StringNotEquals: { 'aws:SourceVpce': props.s3Endpoint } }),
        deny('VersionsAreKept', '*', ['s3:DeleteObjectVersion'], objects),
        deny('CountersNeverFall', '*', ['s3:DeleteObject', 's3:DeleteObjectVersion', 's3:RestoreObject'], counters),
        deny('CountersAreWrittenOnce', '*', 's3:PutObject', counters, { Null: { 's3:if-none-match': 'true' } }),
        deny('VersioningStays', '*', ['s3:DeleteBucket', 's3:DeleteBucketPolicy', 's3:PutBucketPolicy', 's3:PutBucketVersioning', 's3:PutLifecycleConfiguration', 's3:PutReplicationConfiguration'], this.bucket.attrArn, {
          ArnNotEquals: { 'aws:PrincipalArn': props.deploymentRole },
        }),
      ),
    });

    this.table = this.tableOf('Table', names.table, props);
    this.roleStatements = [
      allow('PhiObjects', undefined, OBJECT_USE, objects),
      allow('PhiItems', undefined, ITEM_USE, this.table.attrArn),
      allow('StateCounters', undefined, 's3:ListBucket', this.bucket.attrArn, { StringLike: { 's3:prefix': `${COUNTERS}*` } }),
    ];

    acknowledge(this.bucket, 'S3BucketReplicationEnabled', 'Versions cannot be deleted and the objects are sealed to the enclave; a replica in another region is the platform team\'s choice.');
    acknowledge(this.table, 'DynamoDBInBackupPlan', 'Point-in-time recovery keeps 35 days and deletion protection is on; a backup plan would add a second principal that reads items.');
    props.transform?.(this.bucket);
  }

  private tableOf(id: string, name: string, props: PhiStoreProps): CfnTable {
    const used: readonly string[] = ITEM_USE;
    const table = new CfnTable(this, id, {
      tableName: name,
      attributeDefinitions: [{ attributeName: 'id', attributeType: 'S' }],
      keySchema: [{ attributeName: 'id', keyType: 'HASH' }],
      billingMode: 'PAY_PER_REQUEST',
      deletionProtectionEnabled: true,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      sseSpecification: { sseEnabled: true, sseType: 'KMS', kmsMasterKeyId: this.key.key.attrArn },
      resourcePolicy: {
        policyDocument: policy(
          deny('TeeRoleOnly', '*', ITEM_ACTIONS, '*', { ArnNotEquals: { 'aws:PrincipalArn': props.role } }),
          deny('OwnEndpointOnly', '*', ITEM_ACTIONS, '*', { StringNotEquals: { 'aws:SourceVpce': props.dynamodbEndpoint } }),
          deny('NothingElse', '*', ITEM_ACTIONS.filter((action) => !used.includes(action)), '*'),
        ),
      },
    });
    table.applyRemovalPolicy(RemovalPolicy.RETAIN);
    return table;
  }
}
