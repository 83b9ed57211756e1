import { identityPolicies, isAllow, shown, statements } from '../aws.js';
import { isList, Unknown } from '../model.js';
import { processesPhi } from '../phi.js';
import { type Check, defineRule, fail, outcomes, unknown } from '../rule.js';

const BROAD = /:aws:policy\/(.*\/)?(AdministratorAccess.*|PowerUserAccess|IAMFullAccess|.*FullAccess.*|SystemAdministrator|DatabaseAdministrator|NetworkAdministrator)$/;

const aws: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  for (const [type, property] of [['AWS::IAM::Role', 'ManagedPolicyArns'], ['AWS::IAM::User', 'ManagedPolicyArns'], ['AWS::IAM::Group', 'ManagedPolicyArns'], ['AWS::SSO::PermissionSet', 'ManagedPolicies']] as const) {
    for (const identity of deployment.ofType(type)) {
      const arns = identity.properties[property];
      yield* outcomes(identity, (isList(arns) ? arns : []).flatMap((arn, index) => (typeof arn === 'string' && BROAD.test(arn) ? [fail(`${property}[${index}]`, `attaches ${arn}`)] : [])));
    }
  }
  for (const { resource, path, document } of identityPolicies(deployment)) {
    const all = statements(document, path);
    if (all instanceof Unknown) {
      yield* outcomes(resource, unknown(path, `the policy is not known: ${all.reason}`));
      continue;
    }
    yield* outcomes(resource, all.filter(isAllow).flatMap((statement) => {
      const everywhere = statement.notResources || statement.resources.some((text) => /^\*+$/.test(text) || /^arn:[^:]*:[^:]*:[^:]*:[^:]*:\*+$/.test(text));
      const whole = statement.actions.filter((action) => /^\*+$/.test(action) || /^[\w-]+:\*+$/.test(action));
      if (!everywhere) return [];
      if (statement.notActions) return [fail(statement.path, `NotAction on every resource allows all but ${shown(statement.actions.join(', '))}`)];
      return whole.length > 0 ? [fail(statement.path, `allows ${shown(whole.join(', '))} on every resource`)] : [];
    }));
  }
};

export const rule = defineRule({
  id: 'identity-no-wildcard',
  title: 'No identity of the deployment holds everything, or a whole service',
  theme: 'attested-key',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.308(a)(4)(ii)(B)', '45 CFR 164.312(a)(1)'],
  why: 'A wildcard grants what exists today and what the provider adds tomorrow: the grant that opens the gate need never be reviewed.',
  fix: {
    aws: 'Name the actions and resources in each Allow; attach no AdministratorAccess, PowerUserAccess or ...FullAccess.',
  },
  checks: { aws },
});
