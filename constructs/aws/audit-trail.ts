import { RemovalPolicy } from 'aws-cdk-lib';
import { CfnTrail } from 'aws-cdk-lib/aws-cloudtrail';
import { CfnManagedPolicy, CfnRole } from 'aws-cdk-lib/aws-iam';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { logGroupRetention } from './log-retention.js';
import { allow, policy, trust } from './policy.js';

export interface AuditTrailProps {
  readonly name: string;
  readonly account: string;
  readonly region: string;
  /** Name of the locked bucket. */
  readonly bucketName: string;
  /** ARN of the log key, or of its alias when it is in another account. */
  readonly trailKeyArn: string;
  /** ARN of the key for the trail's log group. */
  readonly logGroupKeyArn: string;
  readonly retentionDays: number;
  /** ARNs of S3 buckets whose object reads and writes are recorded. */
  readonly dataBuckets: readonly string[];
  /** ARNs of S3 buckets whose reads are recorded: the vault, whose writes are the trail's own. */
  readonly readBuckets: readonly string[];
  /** ARNs of DynamoDB tables whose item reads and writes are recorded. */
  readonly dataTables: readonly string[];
  /** Last change of the trail before it is written. */
  readonly transform?: (trail: CfnTrail) => void;
}

/**
 * One multi-region trail per account: every management event (KMS included: key use is a management event), data
 * events of the PHI stores, insights, digests for validation. CloudWatch keeps a copy, on which the alarms work.
 */
export class AuditTrail extends Construct {
  readonly trail: CfnTrail;
  readonly logGroup: CfnLogGroup;

  constructor(scope: Construct, id: string, props: AuditTrailProps) {
    super(scope, id);
    this.logGroup = new CfnLogGroup(this, 'LogGroup', {
      logGroupName: `/tee-kit/${props.name}/trail`,
      retentionInDays: logGroupRetention(props.retentionDays),
      kmsKeyId: props.logGroupKeyArn,
      deletionProtectionEnabled: true,
    });
    this.logGroup.applyRemovalPolicy(RemovalPolicy.RETAIN);
    const role = new CfnRole(this, 'Role', { roleName: `${props.name}-trail-${props.region}`, assumeRolePolicyDocument: trust('cloudtrail.amazonaws.com', props.account) });
    const write = new CfnManagedPolicy(this, 'Policy', {
      managedPolicyName: `${props.name}-trail-${props.region}`,
      roles: [role.ref],
      policyDocument: policy(allow('WriteTrail', undefined, ['logs:CreateLogStream', 'logs:PutLogEvents'], this.logGroup.attrArn)),
    });
    this.trail = new CfnTrail(this, 'Trail', {
      trailName: props.name,
      isLogging: true,
      isMultiRegionTrail: true,
      includeGlobalServiceEvents: true,
      enableLogFileValidation: true,
      s3BucketName: props.bucketName,
      kmsKeyId: props.trailKeyArn,
      cloudWatchLogsLogGroupArn: this.logGroup.attrArn,
      cloudWatchLogsRoleArn: role.attrArn,
      insightSelectors: [{ insightType: 'ApiCallRateInsight' }, { insightType: 'ApiErrorRateInsight' }],
      advancedEventSelectors: [
        { name: 'Every management event', fieldSelectors: [{ field: 'eventCategory', equalTo: ['Management'] }] },
        ...dataEvents('Objects of the PHI store', 'AWS::S3::Object', props.dataBuckets.map((arn) => `${arn}/`)),
        ...dataEvents('Reads of the log vault', 'AWS::S3::Object', props.readBuckets.map((arn) => `${arn}/`), [{ field: 'readOnly', equalTo: ['true'] }]),
        ...dataEvents('Items of the PHI store', 'AWS::DynamoDB::Table', props.dataTables),
      ],
    });
    this.trail.addResourceDependency(write);
    this.trail.applyRemovalPolicy(RemovalPolicy.RETAIN);
    props.transform?.(this.trail);
  }
}

function dataEvents(name: string, type: string, startsWith: readonly string[], more: readonly CfnTrail.AdvancedFieldSelectorProperty[] = []): CfnTrail.AdvancedEventSelectorProperty[] {
  if (startsWith.length === 0) return [];
  return [{
    name,
    fieldSelectors: [
      { field: 'eventCategory', equalTo: ['Data'] },
      { field: 'resources.type', equalTo: [type] },
      { field: 'resources.ARN', startsWith: [...startsWith] },
      ...more,
    ],
  }];
}
