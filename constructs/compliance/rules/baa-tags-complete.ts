import { BAA_TAG_KEYS } from '../../workload/tags.js';
import type { Deployment } from '../model.js';
import { Unknown } from '../model.js';
import { processesPhi } from '../phi.js';
import { type Check, defineRule, fail, outcomes, type Outcome, unknown } from '../rule.js';
import { taggable, tagsAt, usesBaaTags } from '../tagging.js';

const check: Check = function* (deployment: Deployment): Iterable<Outcome> {
  if (!processesPhi(deployment)) return;
  if (!usesBaaTags(deployment)) {
    // One finding, not one for each resource: whether the tags that it has are complete is for tag-convention-kept to say.
    if ([...taggable(deployment)].length === 0) return;
    yield* outcomes(deployment.root, fail('', `no resource carries a tag of the BAA tag set: ${BAA_TAG_KEYS.join(', ')}`));
    return;
  }
  for (const [resource, property] of taggable(deployment)) {
    const tags = tagsAt(resource, property);
    if (tags instanceof Unknown) {
      yield* outcomes(resource, unknown(property, `the tags are not known: ${tags.reason}`));
      continue;
    }
    const missing = BAA_TAG_KEYS.filter((key) => !tags.has(key) || tags.get(key) === '');
    yield* outcomes(resource, missing.length === 0 ? true : fail(property, `no ${missing.join(', ')}`));
  }
};

export const rule = defineRule({
  id: 'baa-tags-complete',
  title: 'Everything taggable carries the BAA tag set',
  theme: 'baa-tag',
  severity: 'medium',
  waivable: true,
  citations: ['45 CFR 164.308(b)(1)', '45 CFR 164.310(d)(2)(iii)', '45 CFR 164.314(a)(1)'],
  proposed: ['an inventory of technology assets'],
  why: 'The tags say which agreement covers a resource and who answers for it; a resource without them is outside every inventory.',
  fix: {
    aws: 'Use PhiTags on the app, or Tags.of(app).add for each of the tag keys (Tags in the template).',
    azure: 'Use PhiTags, or set tags to baaTags(workload, "azure") on the resource.',
    gcp: 'Use PhiLabels, or set labels to baaTags(workload, "gcp") on the resource.',
  },
  checks: { aws: check, azure: check, gcp: check },
});
