import { hostRoles, isAllow, shown, statements } from '../aws.js';
import { at, type Deployment, isList, isObject, type Resource, strings, Unknown, type Value } from '../model.js';
import { analyseKeys } from '../prove/aws/keys.js';
import { type Check, defineRule, fail, outcomes, unknown, type Verdict } from '../rule.js';

/** Services whose machines can be hosts of a TEE. */
const HOSTS: ReadonlySet<string> = new Set(['ec2.amazonaws.com', 'ec2.amazonaws.com.cn']);

/** Roles of hosts, and roles that a key policy admits on an attestation. */
function roles(deployment: Deployment): readonly Resource[] {
  const result = new Set(hostRoles(deployment));
  for (const { key } of analyseKeys(deployment)) {
    for (const statement of list(at(key.properties, 'KeyPolicy.Statement'))) {
      if (!JSON.stringify(at(statement, 'Condition') ?? null).toLowerCase().includes('kms:recipientattestation')) continue;
      for (const target of deployment.targets(at(statement, 'Principal'))) if (target.type === 'AWS::IAM::Role') result.add(target);
      for (const arn of strings(at(statement, 'Principal'))) {
        const role = deployment.ofType('AWS::IAM::Role').find(({ properties }) => typeof properties['RoleName'] === 'string' && arn.endsWith(`/${properties['RoleName']}`));
        if (role) result.add(role);
      }
    }
  }
  return [...result];
}

const list = (value: Value | undefined): readonly Value[] => (isList(value) ? value : value === undefined ? [] : [value]);

function judge(role: Resource): Verdict {
  const path = 'AssumeRolePolicyDocument';
  const all = statements(role.properties[path], path);
  if (all instanceof Unknown) return unknown(path, `who may assume the role is not known: ${all.reason}`);
  const written = list(at(role.properties, `${path}.Statement`));
  return all.flatMap((statement, index) => {
    if (!isAllow(statement)) return [];
    const principal = at(written[index], 'Principal');
    const services = isObject(principal) ? [...strings(principal['Service'])] : [];
    const others = [...strings(principal)].filter((text) => !services.includes(text));
    const strange = [...services.filter((service) => !HOSTS.has(service)), ...others];
    if (statement.notPrincipal) return [fail(statement.path, 'NotPrincipal trusts everybody else')];
    return strange.length > 0 ? [fail(statement.path, `trusts ${shown(strange.join(', '))}`)] : [];
  });
}

const aws: Check = function* (deployment) {
  for (const role of roles(deployment)) yield* outcomes(role, judge(role));
};

export const rule = defineRule({
  id: 'tee-identity-trust',
  title: 'Only the TEE\'s hosts take on its identity',
  theme: 'attested-key',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(d)', '45 CFR 164.312(a)(2)(i)'],
  why: 'The gate admits this identity together with a measurement. A function, a pipeline or a person that may assume it holds one of the two already, and every right that needs no attestation.',
  fix: {
    aws: 'Use TeeRole, or trust ec2.amazonaws.com alone in AssumeRolePolicyDocument.',
  },
  checks: { aws },
});
