import { groupRules, list, publicRanges, shown, text } from '../aws.js';
import { at, type Deployment, findUnknown, isList, isObject, type Resource, strings, Unknown, type Value } from '../model.js';
import { allKeys, keyPurpose, phiKeys, processesPhi, tagsOf } from '../phi.js';
import { prove } from '../prove/index.js';
import { type Check, defineRule, type Defect, eachOf, fail, notYet, outcomes, unknown, type Verdict } from '../rule.js';

/** Protocols that mean all of them. */
const ALL_PROTOCOLS: ReadonlySet<string> = new Set(['-1', 'all', 'any']);

function egressDeclared(deployment: Deployment, group: Resource): readonly Defect[] {
  const inline = list(group.properties['SecurityGroupEgress']);
  if (inline instanceof Unknown) return [unknown('SecurityGroupEgress', `the egress rules are not known: ${inline.reason}`)];
  if (inline.length > 0) return [];
  const separate = deployment.ofType('AWS::EC2::SecurityGroupEgress').some((rule) => deployment.refersTo(rule.properties['GroupId'], group));
  return separate
    ? [unknown('SecurityGroupEgress', 'egress rules stand beside the group only: whether the implicit allow-all egress is gone is not in the artifact')]
    : [fail('SecurityGroupEgress', 'no egress rule: EC2 adds one that allows everything')];
}

const aws: Check = function* (deployment) {
  for (const group of deployment.ofType('AWS::EC2::SecurityGroup')) yield* outcomes(group, egressDeclared(deployment, group));
  for (const entry of groupRules(deployment, 'Egress')) yield* outcomes(entry.resource, [...publicRanges(entry), ...everyProtocol(deployment, entry.rule, entry.path)]);
  if (!processesPhi(deployment)) return;
  for (const subnet of deployment.ofType('AWS::EC2::Subnet')) {
    const own = deployment.ofType('AWS::EC2::SubnetNetworkAclAssociation').some((association) => deployment.refersTo(association.properties['SubnetId'], subnet));
    yield* outcomes(subnet, own ? true : fail('', 'no network ACL of its own: the VPC\'s default one allows everything'));
  }
  for (const entry of deployment.ofType('AWS::EC2::NetworkAclEntry')) {
    if (text(entry.properties['RuleAction']).toLowerCase() !== 'allow') continue;
    const range = entry.properties['CidrBlock'] ?? entry.properties['Ipv6CidrBlock'];
    if (range instanceof Unknown) yield* outcomes(entry, unknown('CidrBlock', `CidrBlock is not known: ${range.reason}`));
    else yield* outcomes(entry, [
      ...(text(entry.properties['Protocol']) === '-1' ? [fail('Protocol', 'allows every protocol')] : []),
      ...(range === '0.0.0.0/0' || range === '::/0' ? [fail('CidrBlock', `allows ${shown(range)}`)] : []),
    ]);
  }
};

function everyProtocol(deployment: Deployment, rule: Value, path: string): readonly Defect[] {
  const protocol = at(rule, 'IpProtocol');
  const where = path === '' ? 'IpProtocol' : `${path}.IpProtocol`;
  return protocol !== undefined && !(protocol instanceof Unknown) && ALL_PROTOCOLS.has(text(protocol).toLowerCase()) && at(rule, 'CidrIp') !== '255.255.255.255/32' && processesPhi(deployment)
    ? [fail(where, 'allows every protocol and port')] : [];
}

const azure: Check = notYet;

const gcp: Check = notYet;

export const rule = defineRule({
  id: 'network-deny-by-default',
  title: 'Everything not allowed is denied',
  theme: 'private-network',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(e)(1)', '45 CFR 164.312(a)(1)'],
  why: 'Provider defaults allow all traffic inside a network, and often all egress.',
  fix: {
    aws: 'Use PrivateNetwork: exact egress on every security group (no implicit allow-all egress), own network ACLs, default security group without rules.',

    azure: 'Use PrivateNetwork: a network security group on every subnet with explicit deny-all rules inbound and outbound below priority 4096.',

    gcp: 'Use PrivateNetwork: a firewall policy with explicit deny-all ingress and egress, no default network, no auto-created subnets.',
  },
  checks: {
    aws,

    azure,

    gcp,
  },
});
