import { bucketOf, bucketPolicies, isAllow, isDeny, isIntake, list, logBuckets, logGroupOf, type PolicyStatement, shown, speaksOf, statements } from '../aws.js';
import { at, type Deployment, type Resource, Unknown, type Value } from '../model.js';
import { knownIdentities, ResourceAccess } from '../prove/aws/access.js';
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

/** What a role of the artifact may not do, though a service writes records with it. */
class Writers {
  constructor(private readonly deployment: Deployment) {}

  /** Defects of writing into a log group with a role that a setting names. */
  intoGroup(path: string, role: Value | undefined, group: Resource | undefined): Defect[] {
    if (!group) return [];
    const access = new ResourceAccess(this.deployment, group, [], false);
    // Policies name the group, its streams or one stream.
    return this.missing(path, role, access, [['logs:PutLogEvents', ['', ':*', ':log-stream:records'].map((end) => `${access.target()}${end}`)]], group.name);
  }

  /** Defects of a bucket whose objects a role replicates into another one. */
  *replicas(bucket: Resource): Iterable<Defect> {
    const rules = list(at(bucket.properties, 'ReplicationConfiguration.Rules'));
    const role = at(bucket.properties, 'ReplicationConfiguration.Role');
    const own = new Names(this.deployment).account(bucket);
    for (const [index, rule] of rules instanceof Unknown ? [] : rules.entries()) {
      const path = `ReplicationConfiguration.Rules[${index}]`;
      const account = at(rule, 'Destination.Account');
      const target = bucketOf(this.deployment, at(rule, 'Destination.Bucket'));
      if (typeof account === 'string' && account !== '' && account !== own && target) yield fail(`${path}.Destination.Account`, `names account ${account} as the owner of ${target.name}: S3 refuses to write`);
      for (const [one, action] of [[target, 's3:ReplicateObject'], [bucket, 's3:GetObjectVersionForReplication']] as const) {
        if (!one) continue;
        const access = new ResourceAccess(this.deployment, one, bucketPolicies(this.deployment, one).map((holder) => ({ value: holder.properties['PolicyDocument'], holder })), false);
        yield* this.missing(path, role, access, [[action, [access.target('record')]]], one.name);
      }
    }
  }

  private missing(path: string, role: Value | undefined, access: ResourceAccess, wanted: readonly (readonly [action: string, targets: readonly string[]])[], where: string): Defect[] {
    const resource = role === undefined ? undefined : this.deployment.target(role);
    const caller = resource && knownIdentities(this.deployment).find((one) => one.resource === resource);
    if (!caller) return [];
    return wanted.filter(([action, targets]) => targets.every((target) => access.ask(caller, action, target) === null)).map(([action]) => fail(path, `${caller.name} may not call ${action} on ${where}: nothing is recorded there`));
  }
}

const aws: Check = function* (deployment) {
  const writers = new Writers(deployment);
  for (const trail of deployment.ofType('AWS::CloudTrail::Trail')) {
    const { CloudWatchLogsRoleArn: role, CloudWatchLogsLogGroupArn: group } = trail.properties;
    yield* outcomes(trail, [...judge(deployment, trail), ...writers.intoGroup('CloudWatchLogsRoleArn', role, logGroupOf(deployment, group))]);
  }
  for (const log of deployment.ofType('AWS::EC2::FlowLog')) {
    const { DeliverLogsPermissionArn: role, LogGroupName: name, LogDestination: destination } = log.properties;
    const defects = writers.intoGroup('DeliverLogsPermissionArn', role, logGroupOf(deployment, name ?? destination));
    if (defects.length > 0) yield* outcomes(log, defects);
  }
  for (const bucket of logBuckets(deployment)) if (isIntake(deployment, bucket)) yield* outcomes(bucket, [...writers.replicas(bucket)]);
};

export const rule = defineRule({
  id: 'audit-log-deliverable',
  title: 'Records arrive where they are sent to',
  theme: 'immutable-log',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(b)', '45 CFR 164.308(a)(1)(ii)(D)'],
  why: 'A trail whose bucket, key or role refuses it stays "on" and records nothing, and so does a replication without rights; nobody notices before the records are needed.',
  fix: {
    aws: 'Use AuditTrail and LogVault, or let the bucket\'s policy allow cloudtrail.amazonaws.com s3:PutObject under PREFIX/AWSLogs/ACCOUNT/ and the key\'s policy kms:GenerateDataKey*; and the role of the trail, flow log or replication write into its log group or bucket.',
  },
  checks: { aws },
});
