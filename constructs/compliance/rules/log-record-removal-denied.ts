import { bucketPolicies, isIntake, logBuckets } from '../aws.js';
import { processesPhi } from '../phi.js';
import { ResourceAccess } from '../prove/aws/access.js';
import { type Check, defineRule, fail, outcomes, unknown } from '../rule.js';

const REMOVALS = ['s3:DeleteObjectVersion', 's3:BypassGovernanceRetention', 's3:PutObjectRetention'] as const;

const aws: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  for (const bucket of logBuckets(deployment)) {
    if (isIntake(deployment, bucket)) continue;
    const access = new ResourceAccess(deployment, bucket, bucketPolicies(deployment, bucket).map((policy) => ({ value: policy.properties['PolicyDocument'], holder: policy })));
    yield* outcomes(bucket, REMOVALS.flatMap((action) => {
      const [found] = access.callers.flatMap((caller) => access.ask(caller, action, access.target('record')) ?? []);
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
    aws: 'Use LogVault, or deny s3:DeleteObjectVersion, s3:BypassGovernanceRetention and s3:PutObjectRetention to everybody in the bucket policy.',
  },
  checks: { aws },
});
