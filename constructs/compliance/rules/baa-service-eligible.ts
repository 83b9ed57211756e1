import { eligibility, ELIGIBLE_SERVICES, LIST_VALID_DAYS, serviceOf, serviceOfApi } from '../data/eligible-services.js';
import type { Deployment } from '../model.js';
import { processesPhi } from '../phi.js';
import { type Check, defineRule, fail, outcomes, type Outcome, unknown, warn } from '../rule.js';

const DAY = 86_400_000;
/** Types that are no service of the provider: the kit's own stand-ins, Pulumi components, custom resources, bundled metadata. */
const PROVIDER = /^AWS::|^azure-native:|^gcp:/;

const check: Check = function* (deployment: Deployment): Iterable<Outcome> {
  if (!processesPhi(deployment)) return;
  const { cloud } = deployment;
  const { asOf, source } = ELIGIBLE_SERVICES[cloud];
  const seen = new Set<string>();
  for (const [type, [first]] of deployment.byType) {
    const service = PROVIDER.test(type) ? serviceOf(type) : undefined;
    if (service === undefined || !first || seen.has(service)) continue;
    seen.add(service);
    const listed = eligibility(cloud, service);
    // Of the deployment: which resource of the service comes first says nothing.
    if (listed === 'eligible') yield* outcomes(deployment.root, true);
    else if (listed === 'not-listed') {
      yield* outcomes(first, fail('', `the service ${service} is not on the list of services that the BAA covers (${source}, as of ${asOf})`));
    }
  }
  for (const enabled of cloud === 'gcp' ? deployment.ofType('gcp:projects/service:Service') : []) {
    const host = enabled.properties['service'];
    const service = typeof host === 'string' ? serviceOfApi(host) : undefined;
    yield* outcomes(enabled, service !== undefined && eligibility(cloud, service) !== 'not-listed' ? true : unknown('service', `${typeof host === 'string' ? host : 'a service that is not told'} is switched on; whether the BAA covers it is not on the list (${source}, as of ${asOf})`));
  }
  const age = (Date.parse(deployment.today) - Date.parse(asOf)) / DAY;
  if (age > LIST_VALID_DAYS) yield* outcomes(deployment.root, warn('', `the kit's copy of the eligible-service list is of ${asOf}, more than ${LIST_VALID_DAYS} days old; compare with ${source}`));
};

export const rule = defineRule({
  id: 'baa-service-eligible',
  title: 'Only services that the BAA covers are used',
  theme: 'baa-tag',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.308(b)(1)', '45 CFR 164.314(a)(2)(i)'],
  why: 'The agreement covers listed services only; PHI in another one is a disclosure without an agreement.',
  fix: {
    aws: 'Replace the service by a HIPAA-eligible one, or keep PHI away from it and record an exemption that says so; the kit\'s constructs use eligible services only.',
    azure: 'Replace the service by one in scope of the HIPAA BAA, or keep PHI away from it and record an exemption that says so; the kit\'s components use services in scope only.',
    gcp: 'Replace the service by a covered product, or keep PHI away from it and record an exemption that says so; the kit\'s components use covered products only.',
  },
  checks: { aws: check, azure: check, gcp: check },
});
