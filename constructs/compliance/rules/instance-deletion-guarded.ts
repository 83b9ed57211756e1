import { balancerAttribute, want } from '../aws.js';
import { machines, toggle } from '../gcp.js';
import { Unknown } from '../model.js';
import { processesPhi } from '../phi.js';
import { TYPE } from '../prove/gcp/names.js';
import { type Check, defineRule, fail, outcomes, unknown } from '../rule.js';

const aws: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  for (const machine of deployment.ofType('AWS::EC2::Instance')) yield* outcomes(machine, want(machine, 'DisableApiTermination', true, 'one call removes the machine'));
  for (const balancer of deployment.ofType('AWS::ElasticLoadBalancingV2::LoadBalancer')) yield* outcomes(balancer, balancerAttribute(balancer, 'deletion_protection.enabled', 'one call removes the gateway'));
};

const gcp: Check = function* (deployment) {
  for (const machine of machines(deployment)) {
    // Machines of a group come and go with it.
    if (machine.type !== TYPE.instance) continue;
    const on = toggle(machine.properties['deletionProtection']);
    yield* outcomes(machine, on === true ? true : on instanceof Unknown ? unknown('deletionProtection', on.reason) : fail('deletionProtection', `deletionProtection is ${String(on ?? 'not set')}: one call removes the machine`));
  }
};

export const rule = defineRule({
  id: 'instance-deletion-guarded',
  title: 'A machine outside a group, and a load balancer, cannot be deleted by one call',
  theme: 'confidential-vm',
  severity: 'low',
  waivable: true,
  citations: ['45 CFR 164.308(a)(7)(ii)(C)', '45 CFR 164.312(c)(1)'],
  why: 'A single machine that is deleted takes the service down and its disk, with what forensics would need, along.',
  fix: {
    aws: 'Use Gateway, or deletion_protection.enabled on load balancers and DisableApiTermination on instances.',
    gcp: 'Use ConfidentialVm, or deletionProtection true on the instance.',
  },
  checks: { aws, gcp },
});
