import type { RuleCase } from '../rule-case.js';
import { DEPLOYER, member, net, ref, resource } from '../gcp-fixture.js';

const KEY = 'gcp:tags/tagKey:TagKey';
const tags = (network: string) => [
  resource(KEY, 'segment', { purpose: 'GCE_FIREWALL', purposeData: { network }, shortName: 'segment' }),
  resource('gcp:tags/tagValue:TagValue', 'tee-tag', { parent: ref(KEY, 'segment'), shortName: 'tee' }),
];
const OWN = 'phi-inference/net';
const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'tags of the own network', expected: 'pass', at: 'segment', resources: [...net(), ...tags(OWN)] },
  { cloud: 'gcp', name: 'a firewall that trusts tags of no network', expected: 'fail', at: 'loose', path: 'purpose', resources: [...net(), resource(KEY, 'loose', { shortName: 'x' }), resource('gcp:tags/tagValue:TagValue', 'value', { parent: ref(KEY, 'loose') }), resource('gcp:compute/networkFirewallPolicyWithRules:NetworkFirewallPolicyWithRules', 'trusting', { rules: [{ match: { srcSecureTags: [{ name: ref('gcp:tags/tagValue:TagValue', 'value') }] } }] }), ...tags(OWN)] },
  { cloud: 'gcp', name: 'no secure tags', expected: 'silent', resources: net() },
  { cloud: 'gcp', name: 'tags of another network', expected: 'fail', at: 'segment', path: 'purposeData.network', resources: [...net(), ...tags('elsewhere/x')] },
  { cloud: 'gcp', name: 'a network that is not told', expected: 'unknown', at: 'segment', resources: [...net(), ...tags('[secret]')] },
  { cloud: 'gcp', name: 'a tag bound to a machine of elsewhere', expected: 'fail', at: 'binding', path: 'tagValue', resources: [...net(), ...tags(OWN), resource('gcp:tags/locationTagBinding:LocationTagBinding', 'binding', { parent: '//compute.googleapis.com/projects/1/zones/us-central1-a/instances/1', tagValue: ref('gcp:tags/tagValue:TagValue', 'tee-tag') })] },
  { cloud: 'gcp', name: 'a person who binds tags', expected: 'fail', at: 'user', resources: [...net(), ...tags(OWN), resource('gcp:tags/tagValueIamMember:TagValueIamMember', 'user', { tagValue: ref('gcp:tags/tagValue:TagValue', 'tee-tag'), role: 'roles/resourcemanager.tagUser', member: 'user:m@example.org' })] },
  { cloud: 'gcp', name: 'a person of the project', expected: 'fail', at: 'user', resources: [...net(), ...tags(OWN), member('project', 'user', 'roles/resourcemanager.tagUser', 'user:m@example.org')] },
  { cloud: 'gcp', name: 'the deployer', expected: 'pass', at: 'user', resources: [...net(), ...tags(OWN), member('project', 'user', 'roles/resourcemanager.tagUser', DEPLOYER)] },
];

export const cases: RuleCase[] = gcp;
