/** Organisation policies of Google Cloud, as the guardrail rules need them: what a project must be under, whoever set it. */
import { list, shown } from './aws.js';
import { at, type Deployment, isList, type Resource, Unknown, type Value } from './model.js';
import { sameProject } from './prove/gcp/iam.js';
import { text } from './prove/gcp/names.js';
import { toggle } from './gcp.js';
import { type Check, type Defect, fail, outcomes, unknown, type Verdict } from './rule.js';

/** Whether the rules of a policy say enough. */
type Judge = (rule: Value, deployment: Deployment) => string | null | Unknown;

export interface Constraint {
  readonly name: string;
  readonly on: 'workload' | 'keys' | 'both';
  readonly judge: Judge;
}

export const enforced: Judge = (rule) => {
  const value = toggle(at(rule, 'enforce'));
  return value instanceof Unknown ? value : value === true ? null : 'it is not enforced';
};
export const deniesAll: Judge = (rule) => {
  const value = toggle(at(rule, 'denyAll'));
  return value instanceof Unknown ? value : value === true ? null : 'it does not deny everything';
};
const values = (rule: Value, path: string): readonly string[] | Unknown => {
  const found = list(at(rule, path));
  if (found instanceof Unknown) return found;
  const gap = found.find((value) => value instanceof Unknown);
  return gap instanceof Unknown ? gap : found.map((value) => text(value) ?? '');
};
export const denies = (...wanted: readonly string[]): Judge => (rule) => {
  if (toggle(at(rule, 'denyAll')) === true) return null;
  const found = values(rule, 'values.deniedValues');
  if (found instanceof Unknown) return found;
  const lost = wanted.filter((value) => !found.includes(value));
  return lost.length === 0 ? null : `it does not deny ${lost.join(', ')}`;
};
/** Only values that pass are allowed, and at least one is named. */
export const allowsOnly = (passes: (value: string, deployment: Deployment) => boolean): Judge => (rule, deployment) => {
  if (toggle(at(rule, 'denyAll')) === true) return null;
  const found = values(rule, 'values.allowedValues');
  if (found instanceof Unknown) return found;
  if (toggle(at(rule, 'allowAll')) === true || found.length === 0) return 'it allows everything';
  const extra = found.filter((value) => !passes(value, deployment));
  return extra.length === 0 ? null : `it allows ${extra.join(', ')}`;
};

const ORG_POLICY = 'gcp:orgpolicy/policy:Policy';

/** Name of the constraint that a policy sets. */
const constraintOf = (policy: Resource): string | undefined => /\/policies\/(.+)$/.exec(text(policy.properties['name']) ?? '')?.[1];

/** The same constraints through the older API: what it writes last is in effect. */
const LEGACY = /^gcp:(projects|folder)\/organizationPolicy:|^gcp:organizations\/policy:/;

function judgeLegacy(policy: Resource): Verdict {
  const enforced = toggle(at(policy.properties, 'booleanPolicy.enforced'));
  const none = toggle(at(policy.properties, 'listPolicy.deny.all'));
  return enforced === true || none === true ? true : enforced === false || at(policy.properties, 'restorePolicy') !== undefined || toggle(at(policy.properties, 'listPolicy.allow.all')) === true
    ? fail('', 'sets the constraint aside') : unknown('', 'sets the constraint a second time: which of the two is in effect is not known');
}

function judgePolicy(deployment: Deployment, policy: Resource, { judge }: Constraint): Defect[] {
  const rules = at(policy.properties, 'spec.rules');
  if (rules instanceof Unknown) return [unknown('spec.rules', rules.reason)];
  if (!isList(rules) || rules.length === 0) return [fail('spec.rules', 'the policy has no rule')];
  const inherits = toggle(at(policy.properties, 'spec.inheritFromParent')) === true;
  return rules.flatMap((rule, index): Defect[] => {
    const path = `spec.rules[${index}]`;
    // A rule under a condition leaves the rest to the others.
    const conditional = at(rule, 'condition') !== undefined;
    const answer = judge(rule, deployment);
    if (answer instanceof Unknown) return [unknown(path, answer.reason)];
    if (answer !== null) return [fail(path, answer)];
    if (inherits && at(rule, 'values.allowedValues') !== undefined) return [fail('spec.inheritFromParent', 'what the folder or the organisation allows is allowed too')];
    return conditional && rules.every((one) => at(one, 'condition') !== undefined) ? [fail(path, `it holds under ${shown(at(rule, 'condition.expression'))} only`)] : [];
  });
}

/** A check that the projects of the workload file are under each constraint; policies of others are judged where they stand. */
export function guardrails(constraints: readonly Constraint[]): Check {
  return function* (deployment) {
    const policies = deployment.ofType(ORG_POLICY);
    for (const constraint of constraints) {
      const set = policies.filter((policy) => constraintOf(policy) === constraint.name);
      for (const policy of set) yield* outcomes(policy, judgePolicy(deployment, policy, constraint));
      for (const older of deployment.resources.filter(({ type }) => LEGACY.test(type))) if (text(older.properties['constraint'])?.replace(/^constraints\//, '') === constraint.name) yield* outcomes(older, judgeLegacy(older));
      const placement = deployment.workload?.clouds.gcp;
      if (!placement) continue;
      const projects = constraint.on === 'workload' ? [placement.project] : constraint.on === 'keys' ? [placement.keyProject] : [placement.project, placement.keyProject];
      for (const project of projects) {
        const covered = set.some((policy) => {
          const parent = text(policy.properties['parent']) ?? '';
          return /^(folders|organizations)\//.test(parent) || sameProject(deployment, parent, project) === 'yes';
        });
        if (!covered) yield* outcomes(deployment.root, fail('', `project ${project} is not under ${constraint.name}`));
      }
    }
  };
}
