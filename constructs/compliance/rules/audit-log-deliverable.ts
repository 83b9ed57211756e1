import { bucketOf, bucketPolicies, isAllow, isDeny, type PolicyStatement, shown, speaksOf, statements } from '../aws.js';
import { type Deployment, type Resource, Unknown, type Value } from '../model.js';
import { glob } from '../prove/aws/iam/glob.js';
import { Names } from '../prove/aws/iam/policy.js';
import { type Check, type Defect, defineRule, fail, outcomes, unknown } from '../rule.js';

const TRAIL = 'cloudtrail.amazonaws.com';

/** Whether a policy lets CloudTrail do something to a resource, and no Deny without a condition stops it. */
function lets(all: readonly PolicyStatement[], action: string, resource: string | null, text: (value: string) => string | null): boolean {
  const speaks = (statement: PolicyStatement): boolean => {
    if (statement.notPrincipal || !(statement.principals ?? []).some((principal) => principal === '*' || principal === TRAIL) || !speaksOf(statement, action)) return false;
    if (resource === null) return true;
    const matched = statement.resources.some((pattern) => glob(text(pattern) ?? pattern, resource));
    return statement.notResources ? !matched : matched;
  };
  return all.some((statement) => isAllow(statement) && speaks(statement)) && !all.some((statement) => isDeny(statement) && statement.conditions.length === 0 && speaks(statement));
}

function judge(deployment: Deployment, trail: Resource): readonly Defect[] {
  const names = new Names(deployment);
  const defects: Defect[] = [];
  const bucket = bucketOf(deployment, trail.properties['S3BucketName']);
  const prefix = trail.properties['S3KeyPrefix'];
  if (bucket && prefix instanceof Unknown) defects.push(unknown('S3KeyPrefix', prefix.reason));
  else if (bucket) {
    const documents = bucketPolicies(deployment, bucket).map((policy) => [policy, statements(policy.properties['PolicyDocument'], 'PolicyDocument')] as const);
    const gap = documents.map(([, document]) => document).find((document) => document instanceof Unknown);
    if (gap instanceof Unknown) defects.push(unknown('S3BucketName', `the policy of ${bucket.name} is not known: ${gap.reason}`));
    else {
      const account = names.account(trail);
      const path = `${typeof prefix === 'string' && prefix !== '' ? `${prefix}/` : ''}AWSLogs/${account}/CloudTrail/us-east-1/file`;
      const all = documents.flatMap(([, document]) => document as readonly PolicyStatement[]);
      const text = (value: string): string | null => names.text(value, bucket);
      // Under its organisation's id where the trail is one of an organisation.
      if (trail.properties['IsOrganizationTrail'] !== true && !lets(all, 's3:PutObject', `${names.arn(bucket)}/${path}`, text)) defects.push(fail('S3BucketName', `the policy of ${bucket.name} does not let CloudTrail write ${shown(path)}: nothing is recorded`));
    }
  }
  const target: Value | undefined = trail.properties['KMSKeyId'];
  const key = target === undefined ? undefined : deployment.target(target);
  if (key?.type === 'AWS::KMS::Key') {
    const all = statements(key.properties['KeyPolicy'], 'KeyPolicy');
    if (all instanceof Unknown) defects.push(unknown('KMSKeyId', `the policy of ${key.name} is not known: ${all.reason}`));
    else if (all.length > 0 && !lets(all, 'kms:GenerateDataKey', null, () => null)) defects.push(fail('KMSKeyId', `the policy of ${key.name} does not let CloudTrail encrypt with it: nothing is recorded`));
  }
  return defects;
}

const aws: Check = function* (deployment) {
  for (const trail of deployment.ofType('AWS::CloudTrail::Trail')) yield* outcomes(trail, judge(deployment, trail));
};

export const rule = defineRule({
  id: 'audit-log-deliverable',
  title: 'The trail can write where it is told to',
  theme: 'immutable-log',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(b)', '45 CFR 164.308(a)(1)(ii)(D)'],
  why: 'A trail whose bucket or key refuses it stays "on" and records nothing; nobody notices before the records are needed.',
  fix: {
    aws: 'Use AuditTrail and LogVault, or let the bucket\'s policy allow cloudtrail.amazonaws.com s3:PutObject under PREFIX/AWSLogs/ACCOUNT/ and the key\'s policy kms:GenerateDataKey*.',
  },
  checks: { aws },
});
