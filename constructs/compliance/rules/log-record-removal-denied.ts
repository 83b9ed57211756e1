import { bucketPolicies, isIntake, logBuckets } from '../aws.js';
import { changersOf } from '../prove/aws/access.js';
import { processesPhi } from '../phi.js';
import { ResourceAccess } from '../prove/aws/access.js';
import { type Check, defineRule, fail, outcomes, unknown } from '../rule.js';

const REMOVALS = ['s3:DeleteObjectVersion', 's3:BypassGovernanceRetention', 's3:PutObjectRetention'] as const;
/** Changes of the store that the deployment may make. */
const CHANGES = ['s3:PutBucketPolicy', 's3:DeleteBucketPolicy', 's3:PutBucketVersioning', 's3:DeleteBucket', 's3:PutLifecycleConfiguration'] as const;

const aws: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  for (const bucket of logBuckets(deployment)) {
    if (isIntake(deployment, bucket)) continue;
    const access = new ResourceAccess(deployment, bucket, bucketPolicies(deployment, bucket).map((policy) => ({ value: policy.properties['PolicyDocument'], holder: policy })));
    const changers = changersOf(deployment);
    const others = deployment.workload === null ? [] : access.callers.filter(({ arn }) => !changers.has(arn));
    yield* outcomes(bucket, [...REMOVALS.map((action) => [action, access.target('record'), access.callers] as const), ...CHANGES.map((action) => [action, access.target(), others] as const)].flatMap(([action, target, callers]) => {
      const [found] = callers.flatMap((caller) => access.ask(caller, action, target) ?? []);
      return found ? [(found.certain ? fail : unknown)('', `no Deny stops ${action} by ${found.principal}`)] : [];
    }));
  }
};

export const rule = defineRule({
  id: 'log-record-removal-denied',
  title: 'A Deny stands behind the lock of the log store',
  theme: 'immutable-log',
  severity: 'medium',
  waivable: true,
  citations: ['45 CFR 164.312(c)(1)', '45 CFR 164.312(b)'],
  why: 'The lock is a setting of the bucket. A policy that denies removal to everybody is the wall that is left while somebody changes the other.',
  fix: {
    aws: 'Use LogVault, or deny in the bucket policy s3:DeleteObjectVersion, s3:BypassGovernanceRetention and s3:PutObjectRetention to everybody, and s3:PutBucketPolicy, s3:DeleteBucketPolicy, s3:PutBucketVersioning, s3:PutLifecycleConfiguration and s3:DeleteBucket to all but the deployment role.',
  },
  checks: { aws },
});
