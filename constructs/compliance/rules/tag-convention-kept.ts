import { shown } from '../aws.js';
import type { Deployment } from '../model.js';
import { Unknown } from '../model.js';
import { processesPhi } from '../phi.js';
import { type Check, defineRule, fail, outcomes, type Outcome } from '../rule.js';
import { taggable, tagConvention, tagsAt } from '../tagging.js';

/** Tags of which every value but the deployment's is a statement about the data. */
const REGIME = /phi|hipaa|baa|class|sensitiv|complian/i;

const check: Check = function* (deployment: Deployment): Iterable<Outcome> {
  if (!processesPhi(deployment)) return;
  const convention = tagConvention(deployment);
  if (convention.size === 0) return;
  for (const [resource, property] of taggable(deployment)) {
    const tags = tagsAt(resource, property);
    if (tags instanceof Unknown) continue; // baa-tags-complete reports it
    yield* outcomes(resource, [...convention].flatMap(([key, usual]) => {
      const value = tags.get(key);
      if (value === undefined) return [fail(property, `no ${key}, which the rest of the deployment carries`)];
      return usual !== null && REGIME.test(key) && typeof value === 'string' && value !== usual ? [fail(property, `${key} is ${shown(value)} where the rest of the deployment says ${shown(usual)}`)] : [];
    }));
  }
};

export const rule = defineRule({
  id: 'tag-convention-kept',
  title: 'Every resource carries the tags that the rest of the deployment carries',
  theme: 'baa-tag',
  severity: 'low',
  waivable: true,
  citations: ['45 CFR 164.310(d)(2)(iii)', '45 CFR 164.308(a)(1)(ii)(D)'],
  why: 'Inventories, alarms and access rules go by the tags that an organisation chose. What misses one of them, or says another classification, is outside all of these without anybody noticing.',
  fix: {
    aws: 'Set the tags on the app or stack (Tags.of(app).add), not on single resources, or add the missing ones to Tags.',
    azure: 'Set the same tags on every resource, from one map in the program.',
    gcp: 'Set the same labels on every resource, or defaultLabels of the provider.',
  },
  checks: { aws: check, azure: check, gcp: check },
});
