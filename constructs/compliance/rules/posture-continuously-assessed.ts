import { processesPhi } from '../phi.js';
import { armOf } from '../prove/azure/arm.js';
import { type Check, defineRule, fail, outcomes } from '../rule.js';

/** The HITRUST/HIPAA initiative of Azure Policy. */
const INITIATIVE = 'a169a624-5599-4385-a696-c8d643089fab';

const azure: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  const arm = armOf(deployment);
  const assigned = deployment.ofType('azure-native:authorization:PolicyAssignment').filter(({ properties }) => arm.normal(properties['policyDefinitionId'])?.endsWith(`/policysetdefinitions/${INITIATIVE}`) ?? false);
  yield* outcomes(assigned[0] ?? deployment.root, assigned.length > 0 ? true : fail('', `the HITRUST/HIPAA initiative (${INITIATIVE}) is not assigned: drift is not reported`));
};

export const rule = defineRule({
  id: 'posture-continuously-assessed',
  title: 'The cloud reports drift from HIPAA settings',
  theme: 'immutable-log',
  severity: 'low',
  waivable: true,
  citations: ['45 CFR 164.308(a)(8)', '45 CFR 164.308(a)(1)(ii)(D)'],
  why: 'A review once a year finds a weakened setting a year late.',
  fix: { azure: 'Use Guardrails, or assign the built-in HITRUST/HIPAA initiative to the resource group; it audits and changes nothing.' },
  checks: { azure },
});
