import { groupRules, publicRanges } from '../aws.js';
import { openPrefixes, securityRules, lower } from '../azure.js';
import { at, type Deployment, findUnknown, isList, isObject, type Resource, strings, Unknown, type Value } from '../model.js';
import { allKeys, keyPurpose, phiKeys, processesPhi, tagsOf } from '../phi.js';
import { prove } from '../prove/index.js';
import { type Check, defineRule, type Defect, eachOf, fail, notYet, outcomes, unknown, type Verdict } from '../rule.js';

const aws: Check = function* (deployment) {
  for (const entry of groupRules(deployment, 'Ingress')) yield* outcomes(entry.resource, publicRanges(entry));
};

const azure: Check = function* (deployment) {
  for (const { resource, path, rule } of securityRules(deployment)) {
    if (rule instanceof Unknown) { yield* outcomes(resource, unknown(path, `the rules are not known: ${rule.reason}`)); continue; }
    if (lower(at(rule, 'access')) !== 'allow' || lower(at(rule, 'direction')) !== 'inbound') continue;
    yield* outcomes(resource, openPrefixes(rule, 'source', path));
  }
};

const gcp: Check = notYet;

export const rule = defineRule({
  id: 'network-no-open-ingress',
  title: 'No ingress from everywhere',
  theme: 'private-network',
  severity: 'critical',
  waivable: true,
  citations: ['45 CFR 164.312(e)(1)', '45 CFR 164.312(a)(1)'],
  why: 'A rule open to 0.0.0.0/0, ::/0, Internet or * puts the TEE and PHI stores in reach of anyone who gets a route.',
  fix: {
    aws: 'Use PrivateNetwork, or security group rules whose source is another security group.',

    azure: 'Use PrivateNetwork, or security rules whose source is an application security group, never *, Internet or 0.0.0.0/0.',

    gcp: 'Use PrivateNetwork, or firewall rules whose source is a secure tag or segment range, never 0.0.0.0/0 or ::/0.',
  },
  checks: {
    aws,

    azure,

    gcp,
  },
});
