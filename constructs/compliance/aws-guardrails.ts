/**
 * Policies of AWS Organizations, as the guardrail rules need them. They belong to another account and another team, so an
 * artifact without them is no finding; those that it holds must be attached and make exceptions for the named few only.
 */
import { covers, isDeny, list, ownAccounts, type PolicyStatement, shown, speaksOf, statements, text } from './aws.js';
import { type Deployment, Unknown } from './model.js';
import { processesPhi } from './phi.js';
import { changersOf } from './prove/aws/access.js';
import { type Check, type Defect, fail, outcomes, unknown } from './rule.js';

/** Whom a Deny lets through in spite of the workload file, which names the deployment roles and break glass. */
function exceptions(deployment: Deployment, { path, conditions }: PolicyStatement): Defect[] {
  const named = changersOf(deployment);
  return conditions.filter(({ operator, key }) => key === 'aws:principalarn' && /^(arn|string)not(like|equals)/.test(operator)).flatMap(({ values }) => values).flatMap((value) => {
    const everybody = [...ownAccounts(deployment)].some((account) => covers(value, `arn:aws:iam::${account}:role/anybody`));
    if (everybody) return [fail(path, `excepts everybody: ${shown(value)}`)];
    return deployment.workload === null || named.has(value) ? [] : [fail(path, `excepts ${shown(value)}, whom the workload file does not name`)];
  });
}

/** A check of the service and resource control policies that deny some of the actions. */
export function guardrails(...actions: readonly string[]): Check {
  return function* (deployment) {
    if (!processesPhi(deployment)) return;
    for (const policy of deployment.ofType('AWS::Organizations::Policy')) {
      const type = text(policy.properties['Type']);
      if (type !== 'SERVICE_CONTROL_POLICY' && type !== 'RESOURCE_CONTROL_POLICY') continue;
      const all = statements(policy.properties['Content'], 'Content');
      if (all instanceof Unknown) {
        yield* outcomes(policy, unknown('Content', `the policy is not known: ${all.reason}`));
        continue;
      }
      const denials = all.filter((statement) => isDeny(statement) && actions.some((action) => speaksOf(statement, action)));
      if (denials.length === 0) continue;
      const targets = list(policy.properties['TargetIds']);
      yield* outcomes(policy, [
        ...(targets instanceof Unknown || targets.length > 0 ? [] : [fail('TargetIds', 'is attached to no root, unit or account: it refuses nothing')]),
        ...denials.flatMap((statement) => exceptions(deployment, statement)),
      ]);
    }
  };
}
