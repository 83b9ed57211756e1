import { ACCOUNT, lower } from '../azure.js';
import { shown } from '../aws.js';
import { at, type Resource, Unknown } from '../model.js';
import { processesPhi } from '../phi.js';
import { type Check, type Defect, defineRule, fail, outcomes, unknown } from '../rule.js';

/** A link is for one transfer, not for a week (the longest that Azure allows without an account key). */
const HOURS = 24;

/** Seconds of `days.hours:minutes:seconds`. */
function seconds(text: string): number | undefined {
  const match = /^(\d{1,6})\.(\d\d):(\d\d):(\d\d)$/.exec(text);
  if (!match) return undefined;
  const [days = 0, hours = 0, minutes = 0, rest = 0] = match.slice(1).map(Number);
  return ((days * 24 + hours) * 60 + minutes) * 60 + rest;
}

function judge(account: Resource): readonly Defect[] {
  const policy = account.properties['sasPolicy'];
  if (policy instanceof Unknown) return [unknown('sasPolicy', policy.reason)];
  if (policy === undefined || policy === null) return [fail('sasPolicy', 'no policy: whoever may make links to blobs makes them for as long as the service lets it')];
  const action = at(policy, 'expirationAction');
  const period = at(policy, 'sasExpirationPeriod');
  const length = typeof period === 'string' ? seconds(period) : undefined;
  return [
    ...(lower(action) === 'block' ? [] : [(action instanceof Unknown ? unknown : fail)('sasPolicy.expirationAction', `expirationAction is ${shown(action)}: links that last longer are recorded, not refused`)]),
    ...(length !== undefined && length <= HOURS * 3600 ? [] : [(period instanceof Unknown ? unknown : fail)('sasPolicy.sasExpirationPeriod', `sasExpirationPeriod is ${shown(period)}; ${HOURS} hours are enough for a transfer`)]),
  ];
}

const azure: Check = function* (deployment) {
  if (processesPhi(deployment)) for (const account of deployment.ofType(ACCOUNT)) yield* outcomes(account, judge(account));
};

export const rule = defineRule({
  id: 'store-delegated-access-limited',
  title: 'Links that delegate access to a store expire within a day',
  theme: 'private-network',
  severity: 'medium',
  waivable: true,
  citations: ['45 CFR 164.312(a)(1)', '45 CFR 164.308(a)(3)(ii)(C)', '45 CFR 164.312(a)(2)(iii)'],
  why: 'A shared access signature is a bearer token: who has the link has the data, and taking a role away does not take the link away.',
  fix: { azure: 'Use PhiStore and LogVault, or sasPolicy with expirationAction Block and sasExpirationPeriod of at most 1.00:00:00.' },
  checks: { azure },
});
