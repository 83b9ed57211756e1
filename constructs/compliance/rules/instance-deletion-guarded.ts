import { machines, toggle } from '../gcp.js';
import { Unknown } from '../model.js';
import { TYPE } from '../prove/gcp/names.js';
import { type Check, defineRule, fail, outcomes, unknown } from '../rule.js';

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
  title: 'A machine outside a group cannot be deleted by one call',
  theme: 'confidential-vm',
  severity: 'low',
  waivable: true,
  citations: ['45 CFR 164.308(a)(7)(ii)(C)', '45 CFR 164.312(c)(1)'],
  why: 'A single machine that is deleted takes the service down and its disk, with what forensics would need, along.',
  fix: { gcp: 'Use ConfidentialVm, or deletionProtection true on the instance.' },
  checks: { gcp },
});
