import { number } from '../aws.js';
import { Unknown } from '../model.js';
import { processesPhi } from '../phi.js';
import { type Check, defineRule, fail, outcomes, unknown } from '../rule.js';

/** IAM's default and least, in seconds. */
const HOUR = 3600;

const aws: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  for (const role of deployment.ofType('AWS::IAM::Role')) {
    const seconds = number(role.properties['MaxSessionDuration']) ?? HOUR;
    yield* outcomes(role, seconds instanceof Unknown ? unknown('MaxSessionDuration', seconds.reason) : seconds > HOUR ? fail('MaxSessionDuration', `sessions last ${seconds} s; ${HOUR} are enough to open another`) : true);
  }
};

export const rule = defineRule({
  id: 'identity-session-limit',
  title: 'Sessions of roles end within the hour',
  theme: 'attested-key',
  severity: 'medium',
  waivable: true,
  citations: ['45 CFR 164.312(a)(2)(iii)', '45 CFR 164.312(d)'],
  why: 'A stolen session is good until it ends, and no policy change takes it back sooner.',
  fix: {
    aws: 'Leave MaxSessionDuration out or at 3600 seconds.',
  },
  checks: { aws },
});
