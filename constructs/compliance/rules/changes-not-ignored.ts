import { strings } from '../model.js';
import { processesPhi } from '../phi.js';
import { type Check, defineRule, fail, outcomes } from '../rule.js';

/** What a controller outside the program changes by design: numbers of machines. */
const BY_DESIGN: ReadonlySet<string> = new Set(['sku.capacity', 'capacity', 'desiredCapacity', 'targetSize', 'etag']);

const check: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  for (const resource of deployment.resources) {
    const ignored = resource.attributes['ignoreChanges'];
    if (ignored === undefined) continue;
    const paths = [...strings(ignored)].filter((path) => !BY_DESIGN.has(path));
    yield* outcomes(resource, paths.map((path) => fail('ignoreChanges', `changes of ${path} are ignored: what the program says is not what is deployed`)));
  }
};

export const rule = defineRule({
  id: 'changes-not-ignored',
  title: 'What the program declares is what is deployed',
  theme: 'attested-key',
  severity: 'medium',
  waivable: true,
  citations: ['45 CFR 164.308(a)(8)', '45 CFR 164.312(c)(1)'],
  why: 'With ignoreChanges the program and the cloud part ways without a diff: a repaired setting never arrives, a weakened one never shows.',
  fix: { azure: 'Remove ignoreChanges, but for the number of machines of an autoscaled set.', gcp: 'Remove ignoreChanges, but for the number of machines of an autoscaled group.' },
  checks: { azure: check, gcp: check },
});
