import { shown } from '../aws.js';
import { holders } from '../gcp-rights.js';
import { at, type Deployment, type Resource, Unknown } from '../model.js';
import { processesPhi } from '../phi.js';
import { projectOf, text, TYPE } from '../prove/gcp/names.js';
import { type Check, defineRule, fail, outcomes, unknown, type Verdict } from '../rule.js';

const KEY = 'gcp:tags/tagKey:TagKey';
const VALUE = 'gcp:tags/tagValue:TagValue';

const isFirewallKey = (key: Resource): boolean => text(key.properties['purpose']) === 'GCE_FIREWALL';

/** A key that is bound to a network of the artifact means nothing in any other. */
function bound(deployment: Deployment, key: Resource): Verdict {
  const network = at(key.properties, 'purposeData.network');
  if (network instanceof Unknown || network === undefined) return (network instanceof Unknown ? unknown : fail)('purposeData', 'the network that the tags are for is not told');
  const named = text(network) ?? '';
  const own = deployment.ofType(TYPE.network).some((one) => {
    const project = projectOf(deployment, one);
    return deployment.targets(network)[Symbol.iterator]().next().value === one || (text(one.properties['name']) !== undefined && named.endsWith(`/${text(one.properties['name']) ?? ''}`) && (typeof project !== 'string' || named.includes(project)));
  });
  return own ? true : named.includes('${') ? unknown('purposeData.network', `${shown(network)} is an output`) : fail('purposeData.network', `the tags are those of ${shown(network)}, which is not in the artifact`);
}

const gcp: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  const keys = deployment.ofType(KEY).filter(isFirewallKey);
  const trusted = new Set(deployment.resources.filter(({ type }) => /irewallPolic/.test(type)).flatMap(({ properties }) => [...deployment.targets(properties)].filter(({ type }) => type === VALUE).map((value) => deployment.target(value.properties['parent']))));
  for (const key of trusted) if (key && !keys.includes(key)) yield* outcomes(key, fail('purpose', 'the firewall trusts its values, and without the purpose GCE_FIREWALL they are no tags of a network: anybody who may tag anything gives them'));
  if (keys.length === 0) return;
  for (const key of keys) yield* outcomes(key, bound(deployment, key));
  const values = deployment.ofType(VALUE).filter((value) => { const parent = deployment.target(value.properties['parent']); return parent !== undefined && keys.includes(parent); });
  // Machines get theirs when they are made; a binding gives one to a machine that was made without.
  for (const binding of deployment.resources.filter(({ type }) => /^gcp:tags\/(location)?[tT]agBinding:/.test(type))) {
    const value = deployment.target(binding.properties['tagValue']);
    if (value && values.includes(value)) yield* outcomes(binding, fail('tagValue', `gives ${shown(binding.properties['parent'])} the place of ${shown(value.properties['shortName'])} in the firewall`));
  }
  yield* holders(deployment, {
    roles: /^roles\/(resourcemanager\.tag(Admin|User)|owner|editor|compute\.(admin|instanceAdmin(\.v1)?))$/,
    permissions: /^(resourcemanager\.(tagValueBindings\.(create|delete)|tag(Keys|Values)\.(create|update|delete|setIamPolicy)|hierarchyNodes\.createTagBinding)|compute\.instances\.(createTagBinding|setTags))$/,
    on: /^gcp:tags\/tag(Key|Value)I[aA][mM](Member|Binding|Policy):/,
    may: 'give machines the tags that the firewall trusts',
  });
};

export const rule = defineRule({
  id: 'network-identity-restricted',
  title: 'Only the deployment gives machines the tags that the firewall trusts',
  theme: 'private-network',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(a)(1)', '45 CFR 164.312(e)(1)', '45 CFR 164.308(a)(4)(ii)(B)'],
  why: 'A firewall that tells segments apart by secure tags is as strong as the right to attach them: whoever may bind the tag of the TEE to a machine of their own speaks to the store as the TEE, without a change of any rule.',
  fix: { gcp: 'Use PrivateNetwork, or a TagKey with purpose GCE_FIREWALL bound to the network, values attached through resourceManagerTags at creation only, and roles/resourcemanager.tagUser and tagAdmin for nobody but the deployer and break glass.' },
  checks: { gcp },
});
