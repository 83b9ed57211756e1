import { isAllow, type PolicyStatement, shown, speaksOf, statements } from '../aws.js';
import { Unknown } from '../model.js';
import { allKeys, processesPhi } from '../phi.js';
import { type Check, defineRule, fail, outcomes, unknown } from '../rule.js';

const EQUALS = /^(foranyvalue:)?(string|arn)(equals|like)(ignorecase)?$/;

/** Whether grants can only be made by a service, or for one named grantee and named operations. */
function constrained({ conditions }: PolicyStatement): boolean {
  const equals = (key: string): boolean => conditions.some((one) => one.key === key && EQUALS.test(one.operator) && one.values.length > 0 && one.values.every((value) => !/^[*?]*$/.test(value)));
  const service = conditions.some(({ operator, key, values }) => key === 'kms:grantisforawsresource' && operator === 'bool' && values.length > 0 && values.every((value) => value.toLowerCase() === 'true'));
  const operations = conditions.some(({ operator, key, values }) => key === 'kms:grantoperations' && operator === 'forallvalues:stringequals' && values.length > 0);
  return service || equals('kms:viaservice') || (equals('kms:granteeprincipal') && operations);
}

const aws: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  for (const key of allKeys(deployment)) {
    const all = statements(key.properties['KeyPolicy'], 'KeyPolicy');
    if (all instanceof Unknown) yield* outcomes(key, unknown('KeyPolicy', `the key policy is not known: ${all.reason}`));
    else yield* outcomes(key, all.filter((statement) => isAllow(statement) && speaksOf(statement, 'kms:CreateGrant') && !constrained(statement)).map((statement) => fail(statement.path, `${shown((statement.principals ?? ['everybody']).join(', '))} may grant any use of the key to anybody`)));
  }
};

export const rule = defineRule({
  id: 'key-grants-restricted',
  title: 'Grants on keys are made by services only, for what they store',
  theme: 'attested-key',
  severity: 'medium',
  waivable: true,
  citations: ['45 CFR 164.312(a)(1)', '45 CFR 164.308(a)(4)(ii)(C)'],
  why: 'A grant is a second key policy that no template shows: whoever may create one hands the key on, and a review of the artifacts never sees it.',
  fix: {
    aws: 'Use AttestedKey and ServiceKey, or give every Allow of kms:CreateGrant Bool { "kms:GrantIsForAWSResource": "true" } or kms:ViaService, or both kms:GranteePrincipal and ForAllValues:StringEquals on kms:GrantOperations.',
  },
  checks: { aws },
});
