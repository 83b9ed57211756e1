import { BAA_TAG_KEYS, baaTags } from '../../workload/tags.js';
import type { Deployment } from '../model.js';
import { Unknown } from '../model.js';
import { type Check, defineRule, fail, outcomes, type Outcome, unknown, type Verdict } from '../rule.js';
import { taggable, tagsAt } from '../tagging.js';

const check: Check = function* (deployment: Deployment): Iterable<Outcome> {
  const { workload, cloud } = deployment;
  if (!workload?.baa[cloud]) return;
  const expected = baaTags(workload, cloud);
  for (const [resource, property] of taggable(deployment)) {
    const tags = tagsAt(resource, property);
    if (tags instanceof Unknown) continue;
    const present = BAA_TAG_KEYS.filter((key) => tags.has(key));
    if (present.length === 0) continue;
    const defects = present.flatMap((key): Exclude<Verdict, true | null | readonly unknown[]>[] => {
      const value = tags.get(key);
      if (value === expected[key]) return [];
      if (value instanceof Unknown) return [unknown(property, `${key} is not known: ${value.reason}`)];
      return [fail(property, `${key} is ${JSON.stringify(value)}, the workload file says ${JSON.stringify(expected[key])}`)];
    });
    yield* outcomes(resource, defects.length === 0 ? true : defects);
  }
};

export const rule = defineRule({
  id: 'baa-tag-values-match',
  title: 'BAA tags say what the workload file says',
  theme: 'baa-tag',
  severity: 'medium',
  waivable: true,
  citations: ['45 CFR 164.308(b)(1)', '45 CFR 164.314(a)(1)', '45 CFR 164.310(d)(2)(iii)'],
  why: 'A tag that names another agreement, owner or classification misleads whoever relies on it.',
  fix: {
    aws: 'Use PhiTags, or set the tag to the value of the workload file (baaTags(workload, "aws")).',
    azure: 'Use PhiTags, or set the tag to the value of the workload file (baaTags(workload, "azure")).',
    gcp: 'Use PhiLabels, or set the label to the value of the workload file (baaTags(workload, "gcp")).',
  },
  checks: { aws: check, azure: check, gcp: check },
});
