import { list } from '../aws.js';
import { at, strings, Unknown } from '../model.js';
import { processesPhi } from '../phi.js';
import { type Check, type Defect, defineRule, fail, outcomes, unknown } from '../rule.js';

/** Names that AWS answers itself. */
const AWS_NAMES = /(^|\.)(amazonaws\.com|amazonaws\.com\.cn|api\.aws|compute\.internal|ec2\.internal)$/;

const aws: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  const zones = deployment.ofType('AWS::Route53::HostedZone').filter(({ properties }) => properties['VPCs'] !== undefined).flatMap(({ properties }) => [...strings(properties['Name'])].map((name) => name.replace(/\.$/, '').toLowerCase()));
  for (const group of deployment.ofType('AWS::Route53Resolver::FirewallRuleGroup')) {
    const rules = list(group.properties['FirewallRules']);
    if (rules instanceof Unknown) {
      yield* outcomes(group, unknown('FirewallRules', rules.reason));
      continue;
    }
    yield* outcomes(group, rules.flatMap((rule, index): Defect[] => {
      if (at(rule, 'Action') === 'BLOCK') return [];
      const domains = deployment.target(at(rule, 'FirewallDomainListId'));
      const path = `FirewallRules[${index}]`;
      if (!domains) return [unknown(path, 'the names that it lets resolve are not in the artifact')];
      if (domains.properties['DomainFileUrl'] !== undefined || domains.properties['Domains'] instanceof Unknown) return [unknown(path, `the names of ${domains.name} are not in the artifact`)];
      const strange = [...strings(domains.properties['Domains'])].filter((domain) => {
        const name = domain.toLowerCase().replace(/\.$/, '').replace(/^\*\.?/, '');
        return !AWS_NAMES.test(name) && !zones.some((zone) => name === zone || name.endsWith(`.${zone}`));
      });
      return strange.length > 0 ? [fail(path, `lets ${strange.slice(0, 3).join(', ')} resolve`)] : [];
    }));
  }
};

export const rule = defineRule({
  id: 'network-dns-names-known',
  title: 'Only names of AWS and of the network itself resolve',
  theme: 'private-network',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(e)(1)', '45 CFR 164.312(a)(1)'],
  why: 'A name is enough to carry data out: whoever owns the domain reads every question about it.',
  fix: {
    aws: 'Use PrivateNetwork, or allow only *.<region>.amazonaws.com., *.compute.internal. and private hosted zones of the VPC in the DNS firewall.',
  },
  checks: { aws },
});
