import { groupRules, publicRanges } from '../aws.js';
import { openPrefixes, securityRules, lower } from '../azure.js';
import { at, Unknown, strings } from '../model.js';
import { networkOf, rangeOf, FRONT_ENDS, PEERED } from '../prove/gcp/network.js';
import { contains } from '../../workload/ipv4.js';
import { type Check, defineRule, type Defect, fail, outcomes, unknown } from '../rule.js';

const aws: Check = function* (deployment) {
  for (const entry of groupRules(deployment, 'Ingress')) yield* outcomes(entry.resource, publicRanges(entry));
};

const azure: Check = function* (deployment) {
  for (const service of deployment.ofType('azure-native:network:PrivateLinkService')) {
    yield* outcomes(service, ['visibility', 'autoApproval'].flatMap((name) => ([...strings(at(service.properties, `${name}.subscriptions`))].includes('*') ? [fail(`${name}.subscriptions`, name === 'visibility' ? 'every tenant can ask for a connection' : 'every tenant that asks is connected')] : [])));
  }
  // Rules of a network manager that allow always are judged before every security group.
  for (const rule of deployment.ofType('azure-native:network:AdminRule')) {
    if (lower(rule.properties['access']) === 'alwaysallow') yield* outcomes(rule, fail('access', 'AlwaysAllow: no security group can refuse it'));
  }
  for (const { resource, path, rule } of securityRules(deployment)) {
    if (rule instanceof Unknown) { yield* outcomes(resource, unknown(path, `the rules are not known: ${rule.reason}`)); continue; }
    if (lower(at(rule, 'access')) !== 'allow' || lower(at(rule, 'direction')) !== 'inbound') continue;
    yield* outcomes(resource, openPrefixes(rule, 'source', path));
  }
};

const gcp: Check = function* (deployment) {
  const network = networkOf(deployment);
  const rules = new Set([undefined, ...network.subnets.map((subnet) => subnet.network)].flatMap((one) => network.tiers(one).flat()));
  for (const rule of rules) {
    if (!rule.ingress || (rule.action !== 'allow' && rule.action !== 'unknown')) continue;
    if (rule.unreadable !== null) {
      yield* outcomes(rule.resource, unknown('', `${rule.name}: ${rule.unreadable}`));
      continue;
    }
    const open = rule.ranges.length === 0 && rule.tags.length === 0 && rule.accounts.length === 0;
    yield* outcomes(rule.resource, [
      ...(open ? [rule.vague ? unknown('', `${rule.name} lets in what the artifact cannot tell`) : fail('', `${rule.name} lets in everybody`)] : []),
      ...rule.ranges.flatMap((text): Defect[] => {
        const range = rangeOf(text);
        if (!range) return [text.includes(':') && !text.includes('${') ? (/^f[cd]/i.test(text) ? [] : [fail('', `${rule.name} lets in ${text}`)]) : [unknown('', `${rule.name} lets in ${text}, which is not told`)]].flat();
        return [...PEERED, ...FRONT_ENDS].some((own) => contains(own, range)) ? [] : [fail('', `${rule.name} lets in ${text}, which is not private address space`)];
      }),
    ]);
  }
};

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
