import { list } from '../aws.js';
import { at, type Deployment, findUnknown, isList, isObject, type Resource, strings, Unknown, type Value } from '../model.js';
import { allKeys, keyPurpose, phiKeys, processesPhi, tagsOf } from '../phi.js';
import { prove } from '../prove/index.js';
import { type Check, defineRule, type Defect, eachOf, fail, notYet, outcomes, unknown, type Verdict } from '../rule.js';

const TYPE = 'AWS::Route53Resolver::';

/** Whether a rule group ends in a rule that blocks every name. */
function blocksTheRest(deployment: Deployment, group: Resource): boolean | Unknown {
  const rules = list(group.properties['FirewallRules']);
  if (rules instanceof Unknown) return rules;
  return rules.some((rule) => {
    if (at(rule, 'Action') !== 'BLOCK') return false;
    const domains = deployment.target(at(rule, 'FirewallDomainListId'));
    return domains !== undefined && [...strings(domains.properties['Domains'])].some((name) => name === '*' || name === '*.');
  });
}

const aws: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  const of = (type: string, vpc: Resource, path: string): readonly Resource[] => deployment.ofType(`${TYPE}${type}`).filter((resource) => deployment.refersTo(resource.properties[path], vpc) && !(resource.attributes['Condition'] instanceof Unknown));
  for (const vpc of deployment.ofType('AWS::EC2::VPC')) {
    const defects: Defect[] = [];
    const groups = of('FirewallRuleGroupAssociation', vpc, 'VpcId').map((association) => deployment.target(association.properties['FirewallRuleGroupId']));
    if (groups.length === 0) defects.push(fail('', 'no DNS firewall: any name resolves, and carries data out'));
    else {
      const blocked = groups.map((group) => (group ? blocksTheRest(deployment, group) : new Unknown('the rule group is not among the artifacts')));
      if (!blocked.includes(true)) {
        const gap = blocked.find((value) => value instanceof Unknown);
        defects.push(gap instanceof Unknown ? unknown('', `what the DNS firewall blocks is not known: ${gap.reason}`) : fail('', 'the DNS firewall has no rule that blocks every other name'));
      }
    }
    if (!of('FirewallConfig', vpc, 'ResourceId').some((config) => config.properties['FirewallFailOpen'] === 'DISABLED')) defects.push(fail('', 'no AWS::Route53Resolver::FirewallConfig with FirewallFailOpen DISABLED: when the firewall fails, every name resolves'));
    if (of('ResolverQueryLoggingConfigAssociation', vpc, 'ResourceId').length === 0) defects.push(fail('', 'no resolver query log'));
    yield* outcomes(vpc, defects);
  }
};

const azure: Check = notYet;

const gcp: Check = notYet;

export const rule = defineRule({
  id: 'network-dns-controlled',
  title: 'Name resolution is private, logged and filtered',
  theme: 'private-network',
  severity: 'medium',
  waivable: true,
  citations: ['45 CFR 164.312(e)(1)', '45 CFR 164.312(b)'],
  why: 'DNS carries data out of networks that have no other exit.',
  fix: {
    aws: 'Use PrivateNetwork, or a DNS firewall rule group association that fails closed and a resolver query log for every VPC.',

    azure: 'Use PrivateNetwork, or a private DNS zone linked to the network for every private endpoint, without registration and without internet fallback.',

    gcp: 'Use PrivateNetwork, or private managed zones for googleapis.com, gcr.io and pkg.dev and a DNS policy with enableLogging.',
  },
  checks: {
    aws,

    azure,

    gcp,
  },
});
