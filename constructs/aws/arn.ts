import { Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { AwsPlacement } from '../workload/index.js';

/** The partition of a region: `aws`, `aws-cn` or `aws-us-gov`. A literal, because PCR3 hashes the role ARN. */
export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

/** ARN of an IAM role without path. */
export function roleArn(region: string, account: string, name: string): string {
  return `arn:${partitionOf(region)}:iam::${account}:role/${name}`;
}

/** The CloudFormation execution role of the CDK bootstrap (default qualifier `hnb659fds`). */
export function bootstrapExecutionRole(region: string, account: string): string {
  return roleArn(region, account, `cdk-hnb659fds-cfn-exec-role-${account}-${region}`);
}

/** The role that deploys into an account: the workload file's in the workload's own, the CDK bootstrap's elsewhere. */
export function deployerOf(placement: AwsPlacement, account: string): string {
  return (account === placement.account ? placement.deploymentRole : undefined) ?? bootstrapExecutionRole(placement.region, account);
}

/**
 * A reference inside one stack, a literal across stacks: CloudFormation cannot pass references between accounts, and
 * a literal keeps stacks of one account independent of each other.
 */
export function refOrLiteral(from: IConstruct, to: IConstruct, reference: string, literal: string): string {
  return Stack.of(from) === Stack.of(to) ? reference : literal;
}
