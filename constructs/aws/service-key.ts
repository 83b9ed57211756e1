import { RemovalPolicy, Tags } from 'aws-cdk-lib';
import { CfnAlias, CfnKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { KEY_PURPOSE_TAG, type KeyPurpose } from '../workload/index.js';
import { allow, policy, type Statement } from './policy.js';

export interface ServiceKeyProps {
  /** What the key protects. PHI keys are AttestedKey. */
  readonly purpose: Exclude<KeyPurpose, 'phi'>;
  /** `alias/<name>`. */
  readonly name: string;
  /** Literal ARN of the role that deploys: it looks after the key. */
  readonly deploymentRole: string;
  /** Literal ARNs of roles that look after the key and never use it. */
  readonly administrators: readonly string[];
  /** Who may use the key: services and roles, each with its conditions. */
  readonly use: readonly Statement[];
  /** Last change of the key before it is written. */
  readonly transform?: (key: CfnKey) => void;
}

/**
 * A rotated KMS key for disks, logs or buckets, whose policy names its users instead of delegating to IAM. Never the
 * PHI key: AWS services use such a key without attestation.
 */
export class ServiceKey extends Construct {
  readonly key: CfnKey;
  readonly alias: CfnAlias;

  constructor(scope: Construct, id: string, props: ServiceKeyProps) {
    super(scope, id);
    this.key = new CfnKey(this, 'Key', {
      description: `${props.purpose} key ${props.name}`,
      enableKeyRotation: true,
      pendingWindowInDays: 30,
      keyPolicy: policy(
        allow('Deploy', { AWS: props.deploymentRole }, [
          'kms:CancelKeyDeletion', 'kms:CreateAlias', 'kms:DeleteAlias', 'kms:DescribeKey', 'kms:DisableKey', 'kms:EnableKey', 'kms:EnableKeyRotation', 'kms:GetKeyPolicy', 'kms:GetKeyRotationStatus',
          'kms:ListResourceTags', 'kms:PutKeyPolicy', 'kms:ScheduleKeyDeletion', 'kms:TagResource', 'kms:UntagResource', 'kms:UpdateAlias', 'kms:UpdateKeyDescription',
        ], '*'),
        props.administrators.length
          ? allow('Administer', { AWS: props.administrators }, ['kms:CancelKeyDeletion', 'kms:DescribeKey', 'kms:EnableKey', 'kms:EnableKeyRotation', 'kms:GetKeyPolicy', 'kms:GetKeyRotationStatus', 'kms:ListGrants', 'kms:RevokeGrant', 'kms:TagResource'], '*')
          : undefined,
        ...props.use,
      ),
    });
    this.key.applyRemovalPolicy(RemovalPolicy.RETAIN);
    Tags.of(this.key).add(KEY_PURPOSE_TAG, props.purpose);
    this.alias = new CfnAlias(this, 'Alias', { aliasName: `alias/${props.name}`, targetKeyId: this.key.ref });
    props.transform?.(this.key);
  }
}
