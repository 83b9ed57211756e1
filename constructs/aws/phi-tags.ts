import { Tags } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { baaTags, type Workload } from '../workload/index.js';

/**
 * Puts the workload's BAA tag set on everything taggable below a scope, through CDK's tag aspect. What CloudFormation
 * cannot tag is listed by the rule `baa-tags-complete`.
 */
export function applyPhiTags(scope: IConstruct, workload: Workload): void {
  for (const [key, value] of Object.entries(baaTags(workload, 'aws'))) Tags.of(scope).add(key, value);
}
