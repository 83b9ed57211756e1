import { BAA_TAG_KEYS } from '../../workload/tags.js';
import { flag, list, text } from '../aws.js';
import { at, type Deployment, type Resource, Unknown, type Value } from '../model.js';
import { processesPhi } from '../phi.js';
import { type Check, defineRule, fail, outcomes, unknown, type Verdict } from '../rule.js';
import { tagConvention, usesBaaTags } from '../tagging.js';

const keysOf = (tags: readonly Value[]): readonly string[] => tags.map((tag) => text(at(tag, 'Key')));

/** Tags that the launch template gives to instances. */
function fromTemplate(deployment: Deployment, group: Resource): readonly string[] | Unknown {
  for (const target of deployment.targets([group.properties['LaunchTemplate'] ?? null, group.properties['MixedInstancesPolicy'] ?? null])) {
    if (target.type !== 'AWS::EC2::LaunchTemplate') continue;
    const specifications = list(at(target.properties, 'LaunchTemplateData.TagSpecifications'));
    if (specifications instanceof Unknown) return specifications;
    const tags = specifications.filter((one) => at(one, 'ResourceType') === 'instance').map((one) => list(at(one, 'Tags')));
    const gap = tags.find((one) => one instanceof Unknown);
    if (gap instanceof Unknown) return gap;
    return tags.flatMap((one) => (one instanceof Unknown ? [] : keysOf(one)));
  }
  return [];
}

function judge(deployment: Deployment, group: Resource): Verdict {
  const own = list(group.properties['Tags']);
  const template = fromTemplate(deployment, group);
  if (own instanceof Unknown || template instanceof Unknown) return unknown('Tags', 'the tags are not known');
  const present = new Set([...template, ...keysOf(own.filter((tag) => flag(at(tag, 'PropagateAtLaunch')) === true))]);
  const missing = usesBaaTags(deployment) ? BAA_TAG_KEYS.filter((key) => !present.has(key)) : [];
  const unusual = [...tagConvention(deployment).keys()].filter((key) => !present.has(key));
  return [
    ...(missing.length === 0 ? [] : [fail('Tags', `its machines get no ${missing.join(', ')}`)]),
    ...(unusual.length === 0 ? [] : [fail('Tags', `its machines get no ${unusual.join(', ')}, which the rest of the deployment carries`)]),
  ];
}

const aws: Check = function* (deployment) {
  if (processesPhi(deployment)) for (const group of deployment.ofType('AWS::AutoScaling::AutoScalingGroup')) yield* outcomes(group, judge(deployment, group));
};

export const rule = defineRule({
  id: 'baa-tags-propagated',
  title: 'Machines that a group starts carry the BAA tag set',
  theme: 'baa-tag',
  severity: 'medium',
  waivable: true,
  citations: ['45 CFR 164.308(b)(1)', '45 CFR 164.310(d)(2)(iii)'],
  why: 'Tags of the group or template are not those of the machines and disks that it starts, and these are what holds PHI.',
  fix: {
    aws: 'Use PhiTags, or PropagateAtLaunch true on the tags of the Auto Scaling group, or TagSpecifications for instance and volume in the launch template.',
  },
  checks: { aws },
});
