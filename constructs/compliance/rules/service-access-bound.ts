import { isAllow, type PolicyStatement, shown, statements } from '../aws.js';
import { type Deployment, Unknown, type Value } from '../model.js';
import { processesPhi } from '../phi.js';
import { type Check, defineRule, fail, outcomes, unknown } from '../rule.js';

/** Resources whose policy can let an AWS service act for anybody, with the property that holds it. */
const POLICIES: Readonly<Record<string, string>> = {
  'AWS::S3::BucketPolicy': 'PolicyDocument', 'AWS::SNS::TopicPolicy': 'PolicyDocument', 'AWS::SQS::QueuePolicy': 'PolicyDocument',
  'AWS::KMS::Key': 'KeyPolicy', 'AWS::Logs::ResourcePolicy': 'PolicyDocument', 'AWS::SecretsManager::ResourcePolicy': 'ResourcePolicy', 'AWS::Events::EventBusPolicy': 'Statement',
};
/** Keys that say for whom a service acts. */
const ORIGIN = /^aws:(sourceaccount|sourcearn|sourceorgid|sourceorgpaths|resourceaccount|resourceorgid)$|^kms:(calleraccount|encryptioncontext:)/;
const BINDS = /^(foranyvalue:)?(string|arn)(equals|like)(ignorecase)?$/;
/** Actions that tell nothing of the contents and change nothing. */
const ASKS = /^(kms:describe\w*|s3:getbucketacl|s3:getbucketlocation)$/;

const services = ({ principals }: PolicyStatement): readonly string[] => (principals ?? []).filter((principal) => /^[\w.-]+\.amazonaws\.com(\.cn)?$/.test(principal));

/** EventBridge takes no condition in the policy of a topic (EventBridge User Guide, "Using resource-based policies"). */
const cannotBeBound = (statement: PolicyStatement): boolean => services(statement).every((service) => service.startsWith('events.')) && statement.actions.every((action) => action === 'sns:publish');

function bound({ conditions }: PolicyStatement): boolean {
  return conditions.some(({ operator, key, values }) => ORIGIN.test(key) && BINDS.test(operator) && values.length > 0 && values.every((value) => !/^[*?]*$/.test(value) && !/^arn:[^:]*:[^:]*:[^:]*:\*:/.test(value)));
}

function judge(document: Value | undefined, path: string): ReturnType<typeof fail>[] {
  const all = statements(document, path);
  if (all instanceof Unknown) return [unknown(path, `the policy is not known: ${all.reason}`)];
  return all.filter((statement) => isAllow(statement) && services(statement).length > 0 && !statement.actions.every((action) => ASKS.test(action)) && !bound(statement) && !cannotBeBound(statement))
    .map((statement) => fail(statement.path, `${shown(services(statement).join(', '))} may do ${shown(statement.actions.join(', '))} for whoever asks it: no condition names the account or source`));
}

/** Services that say in whose name they take on a role, and that carry records. */
const RECORDERS = /^(cloudtrail|s3|vpc-flow-logs|logs|delivery\.logs|scheduler)\./;

const aws: Check = function* (deployment: Deployment) {
  if (!processesPhi(deployment)) return;
  for (const role of deployment.ofType('AWS::IAM::Role')) {
    const all = statements(role.properties['AssumeRolePolicyDocument'], 'AssumeRolePolicyDocument');
    if (all instanceof Unknown) continue;
    const trusted = all.filter((statement) => isAllow(statement) && services(statement).some((service) => RECORDERS.test(service)));
    // Whoever else takes it on writes records in the service's name.
    const others = all.filter((statement) => trusted.length > 0 && isAllow(statement) && (statement.notPrincipal || (statement.principals ?? []).some((principal) => !services(statement).includes(principal))));
    if (trusted.length > 0) yield* outcomes(role, [...others.map((statement) => fail(statement.path, `others than a service take on the role that writes records: ${shown((statement.principals ?? []).join(', '))}`)), ...trusted.filter((statement) => !bound(statement)).map((statement) => fail(statement.path, `${shown(services(statement).join(', '))} takes on the role for whoever asks it: no condition names the account or source`))]);
  }
  for (const [type, path] of Object.entries(POLICIES)) {
    for (const resource of deployment.ofType(type)) {
      const value = resource.properties[path];
      if (value === undefined) continue;
      yield* outcomes(resource, judge(path === 'Statement' ? { Statement: value } : value, path));
    }
  }
};

export const rule = defineRule({
  id: 'service-access-bound',
  title: 'AWS services act on the stores and keys for the own account only',
  theme: 'immutable-log',
  severity: 'medium',
  waivable: true,
  citations: ['45 CFR 164.312(c)(1)', '45 CFR 164.312(b)', '45 CFR 164.308(a)(4)(ii)(B)'],
  why: 'A service writes for every customer. Where a policy names the service and not for whom it acts, anybody\'s trail, delivery or topic can write into the log vault or use the key behind it.',
  fix: {
    aws: 'Use LogVault, ServiceKey and AttestationAlarms, or add aws:SourceAccount or aws:SourceArn (for keys also kms:CallerAccount or an encryption context) to every Allow that names a service.',
  },
  checks: { aws },
});
