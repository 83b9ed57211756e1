import { analyseKeys } from '../prove/aws/keys.js';
import { type Check, defineRule, fail, outcomes } from '../rule.js';

const aws: Check = function* (deployment) {
  for (const { key, open } of analyseKeys(deployment)) yield* outcomes(key, open.breakGlass.map((way) => fail('KeyPolicy', `break-glass: ${way}`)));
};

export const rule = defineRule({
  id: 'break-glass-time-boxed',
  title: 'Break-glass acts on the key with fresh MFA only',
  theme: 'attested-key',
  severity: 'medium',
  waivable: true,
  citations: ['45 CFR 164.312(a)(2)(ii)', '45 CFR 164.312(d)'],
  proposed: ['multi-factor authentication'],
  why: 'The emergency role is the strongest one there is: without step-up authentication and a time box it is a standing back door.',
  fix: {
    aws: 'Use AttestedKey, or give the break-glass role its actions with Bool aws:MultiFactorAuthPresent true and NumericLessThan aws:MultiFactorAuthAge 3600, and deny them with BoolIfExists aws:MultiFactorAuthPresent false.',
  },
  checks: { aws },
});
