import { type GroupRule, groupRules, isPrivateRange, list, shown, text, publicRanges } from '../aws.js';
import { NSG, openPrefixes, securityRules, lower } from '../azure.js';
import { at, type Deployment, isObject, type Resource, strings, Unknown, type Value } from '../model.js';
import { processesPhi } from '../phi.js';
import { listAt } from '../prove/azure/arm.js';
import { nsgRules, networkOf, type NsgRule } from '../prove/azure/network.js';
import { networkOf as reachOf, rangeOf } from '../prove/gcp/network.js';
import { flag as setting, refersTo, TYPE } from '../prove/gcp/names.js';
import { interfacesOf, machines } from '../gcp.js';
import { contains, parseCidr } from '../../workload/ipv4.js';
import { type Check, defineRule, type Defect, fail, outcomes, unknown } from '../rule.js';

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
  for (const direction of ['Ingress', 'Egress'] as const) for (const entry of groupRules(deployment, direction)) yield* outcomes(entry.resource, beyondNetwork(deployment, entry, direction));
  for (const type of PLACED) for (const resource of deployment.ofType(type)) {
    const defects = elsewhere(deployment, resource);
    if (defects.length > 0) yield* outcomes(resource, defects);
  }
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

/** What stands in a network and carries security groups. */
const PLACED = ['AWS::EC2::VPCEndpoint', 'AWS::ElasticLoadBalancingV2::LoadBalancer', 'AWS::EC2::LaunchTemplate', 'AWS::EC2::Instance', 'AWS::EC2::NetworkInterface', 'AWS::Lambda::Function', 'AWS::RDS::DBInstance', 'AWS::RDS::DBCluster'] as const;

/** A security group, subnet or network by its id, beside a network of the artifact: what it lets in is not in the artifact. */
function elsewhere(deployment: Deployment, { properties }: Resource): readonly Defect[] {
  if (deployment.ofType('AWS::EC2::VPC').length === 0) return [];
  const ids = [...strings(properties)].filter((text) => /^(sg|subnet|vpc)-[0-9a-f]+$/.test(text));
  return ids.length === 0 ? [] : [unknown('', `stands in, or carries, ${[...new Set(ids)].join(', ')}, which ${ids.length === 1 ? 'is' : 'are'} not among the artifacts: what reaches it cannot be told`)];
}

/** A private range that is not the network's own lets in, or reaches, whatever is joined to it one day. */
function beyondNetwork(deployment: Deployment, { resource, path, rule }: GroupRule, direction: 'Ingress' | 'Egress'): readonly Defect[] {
  const value = at(rule, 'CidrIp');
  const range = typeof value === 'string' ? parseCidr(value) : undefined;
  if (!range || !isPrivateRange(value as string) || NOWHERE.test(value as string)) return [];
  const group = resource.type === 'AWS::EC2::SecurityGroup' ? resource : deployment.target(resource.properties['GroupId']);
  const network = group && deployment.target(group.properties['VpcId']);
  if (network?.type !== 'AWS::EC2::VPC') return [];
  const blocks = [network.properties['CidrBlock'], ...deployment.ofType('AWS::EC2::VPCCidrBlock').filter(({ properties }) => deployment.refersTo(properties['VpcId'], network)).map(({ properties }) => properties['CidrBlock'])];
  const own = blocks.map((block) => (typeof block === 'string' ? parseCidr(block) : undefined));
  if (own.some((block, index) => block === undefined && blocks[index] !== undefined) || own.some((block) => block && contains(block, range))) return [];
  return [fail(path === '' ? 'CidrIp' : `${path}.CidrIp`, `${direction === 'Ingress' ? 'lets in' : 'lets out to'} ${shown(value)}, which is not within the network ${blocks.map(shown).join(', ')}`)];
}

/** Ranges that lead to no other machine: how templates write that a group has no egress. */
const NOWHERE = /^(255\.255\.255\.255\/32|127\.\d+\.\d+\.\d+\/([89]|[12]\d|3[0-2])|::1\/128)$/;

function everyProtocol(deployment: Deployment, rule: Value, path: string): readonly Defect[] {
  const protocol = at(rule, 'IpProtocol');
  const where = path === '' ? 'IpProtocol' : `${path}.IpProtocol`;
  return protocol !== undefined && !(protocol instanceof Unknown) && ALL_PROTOCOLS.has(text(protocol).toLowerCase()) && !NOWHERE.test(text(at(rule, 'CidrIp') ?? at(rule, 'CidrIpv6'))) && processesPhi(deployment)
    ? [fail(where, 'allows every protocol and port')] : [];
}

/** Subnets of Azure's own gateways, which take no network security group. */
const WITHOUT_GROUP = /^(gatewaysubnet|azurefirewallsubnet|azurefirewallmanagementsubnet|routeserversubnet)$/i;

/** Whether a group ends, in one direction, in rules that deny everybody everything before Azure's default rules allow the network and the internet. */
function deniesTheRest(rules: readonly NsgRule[], inbound: boolean): boolean {
  const everybody = ({ prefixes }: NsgRule['source']): boolean => prefixes.some((prefix) => /^(\*|any|0\.0\.0\.0\/0)$/i.test(prefix));
  const denied = rules.filter((rule) => rule.inbound === inbound && !rule.allow && rule.priority <= 4096 && (rule.protocol === '*' || rule.protocol === '') && rule.anySource && everybody(rule.source) && everybody(rule.destination)).flatMap(({ ports }) => ports).sort((a, b) => a[0] - b[0]);
  let next = 0;
  for (const [from, to] of denied) if (from <= next) next = Math.max(next, to + 1);
  return next > 65_535;
}

function wideAllow(rule: Value, path: string): readonly Defect[] {
  const where = (name: string): string => (path === '' ? name : `${path}.${name}`);
  const protocol = at(rule, 'protocol');
  const many = listAt(rule, 'destinationPortRanges');
  const ports = [at(rule, 'destinationPortRange'), ...(many instanceof Unknown ? [] : many)];
  return [
    ...(protocol === '*' ? [fail(where('protocol'), 'allows every protocol')] : []),
    ...(ports.some((port) => port === '*' || port === '0-65535' || port === '1-65535') ? [fail(where('destinationPortRange'), 'allows every port')] : []),
    ...(lower(at(rule, 'direction')) === 'outbound' ? openPrefixes(rule, 'destination', path) : []),
  ];
}

const azure: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  const { subnets } = networkOf(deployment);
  for (const subnet of subnets) {
    if (WITHOUT_GROUP.test(subnet.name)) continue;
    const group = at(subnet.properties, 'networkSecurityGroup');
    const path = subnet.path === '' ? 'networkSecurityGroup' : `${subnet.path}.networkSecurityGroup`;
    yield* outcomes(subnet.resource, group instanceof Unknown ? unknown(path, `the security group is not known: ${group.reason}`)
      : group === undefined || group === null ? fail(path, `subnet ${subnet.name} has no network security group: everything passes`) : true);
  }
  for (const nsg of deployment.ofType(NSG)) {
    const rules = nsgRules(deployment, nsg);
    if (rules instanceof Unknown) yield* outcomes(nsg, unknown('securityRules', `the rules are not known: ${rules.reason}`));
    else yield* outcomes(nsg, [true, false].flatMap((inbound) => (deniesTheRest(rules, inbound) ? [] : [fail('securityRules', `no rule denies the rest ${inbound ? 'inbound: the whole network and its peers are let in' : 'outbound: the network and the internet are reached'}`)])));
  }
  for (const { resource, path, rule } of securityRules(deployment)) {
    if (!(rule instanceof Unknown) && lower(at(rule, 'access')) === 'allow') yield* outcomes(resource, wideAllow(rule, path));
  }
};

const gcp: Check = function* (deployment) {
  const { tiers, subnets } = reachOf(deployment);
  for (const network of deployment.ofType(TYPE.network)) {
    const defects: Defect[] = [];
    const auto = setting(network, 'autoCreateSubnetworks', true);
    if (auto !== false) defects.push((auto === undefined ? unknown : fail)('autoCreateSubnetworks', 'autoCreateSubnetworks is not false: every region gets a subnetwork that nobody reviewed'));
    const policy = deployment.resources.some(({ type, properties }) => /^gcp:compute\/(region)?[nN]etworkFirewallPolicyAssociation:/.test(type) && refersTo(deployment, properties['attachmentTarget'], network));
    const order = network.properties['networkFirewallPolicyEnforcementOrder'];
    if (policy && order !== 'BEFORE_CLASSIC_FIREWALL') defects.push((order instanceof Unknown ? unknown : fail)('networkFirewallPolicyEnforcementOrder', `the order is ${order === undefined ? 'not set, and so AFTER_CLASSIC_FIREWALL' : JSON.stringify(order)}: a classic rule opens what the policy denies`));
    const rules = tiers(network).flat();
    const ipv6 = subnets.some((subnet) => subnet.network === network && subnet.ipv6);
    for (const ingress of [true, false]) {
      const denied = (range: string): boolean => rules.some((rule) => rule.ingress === ingress && rule.action === 'deny' && rule.unreadable === null && !rule.vague && rule.targetTags.length === 0 && rule.targetAccounts.length === 0 && rule.ownRanges.length === 0 && rule.tags.length === 0
        && rule.layer4.some(({ protocol }) => protocol === 'all') && (rule.ranges.includes(range) || (range === '0.0.0.0/0' && (rule.ranges.length === 0 || rule.ranges.some((one) => rangeOf(one)?.prefix === 0)))));
      const lost = ['0.0.0.0/0', ...(ipv6 ? ['::/0'] : [])].filter((range) => !denied(range));
      if (lost.length > 0) defects.push((rules.some(({ unreadable }) => unreadable !== null) ? unknown : fail)('', `no rule denies all ${ingress ? 'ingress' : 'egress'} (${lost.join(', ')})`));
    }
    yield* outcomes(network, defects);
  }
  for (const machine of machines(deployment)) {
    yield* outcomes(machine, interfacesOf(machine).flatMap(({ path, value }) => (isObject(value) && value['subnetwork'] === undefined && /(^|\/)default$/.test(String((value['network'] ?? 'default') as string)) ? [fail(path, 'it stands in the default network, which lets in SSH and RDP from everywhere')] : [])));
  }
};

export const rule = defineRule({
  id: 'network-deny-by-default',
  title: 'Everything not allowed is denied',
  theme: 'private-network',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(e)(1)', '45 CFR 164.312(a)(1)'],
  proposed: ['network segmentation'],
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
