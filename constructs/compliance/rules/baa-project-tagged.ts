import { BAA_TAG_KEYS, baaTags } from '../../workload/tags.js';
import { type Check, defineRule, type Defect, fail, outcomes, unknown } from '../rule.js';
import { sameProject } from '../prove/gcp/iam.js';
import { text } from '../prove/gcp/names.js';

const gcp: Check = function* (deployment) {
  const { workload } = deployment;
  const placement = workload?.clouds.gcp;
  if (!workload || !placement || !workload.baa.gcp) return;
  const wanted = baaTags(workload, 'gcp');
  const bindings = deployment.resources.filter(({ type }) => type === 'gcp:tags/tagBinding:TagBinding');
  for (const project of [placement.project, placement.keyProject]) {
    const bound = new Map<string, string | undefined>();
    let vague = false;
    for (const { properties } of bindings) {
      const parent = /^\/\/cloudresourcemanager\.googleapis\.com\/projects\/(.+)$/.exec(text(properties['parent']) ?? '')?.[1];
      if (parent === undefined || sameProject(deployment, parent, project) !== 'yes') continue;
      const value = deployment.target(properties['tagValue']);
      const key = value && deployment.target(value.properties['parent']);
      const name = key && text(key.properties['shortName']);
      if (value && name !== undefined) bound.set(name, text(value.properties['shortName']));
      else vague = true;
    }
    yield* outcomes(deployment.root, BAA_TAG_KEYS.flatMap((key): Defect[] => {
      const found = bound.get(key);
      if (found === wanted[key]) return [];
      if (found === undefined) return [(vague ? unknown : fail)('', `project ${project} has no tag ${key}`)];
      return [fail('', `project ${project} has ${key} ${found}; the workload file says ${wanted[key]}`)];
    }));
  }
};

export const rule = defineRule({
  id: 'baa-project-tagged',
  title: 'The projects carry the BAA tag set, for what takes no labels',
  theme: 'baa-tag',
  severity: 'medium',
  waivable: true,
  citations: ['45 CFR 164.308(b)(1)', '45 CFR 164.310(d)(2)(iii)'],
  why: 'Half of the resource kinds of Google Cloud take no labels: networks, pools, key rings, log buckets. The tags of their project stand for them, and policies can read them.',
  fix: { gcp: 'Use PhiLabels, or bind a resource manager tag for every key of baaTags(workload, "gcp") to both projects.' },
  checks: { gcp },
});
