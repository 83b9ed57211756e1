import { bucketOf, flag, list, logGroupOf, shown, text } from '../aws.js';
import { endpointTargets, switchedOff } from '../azure.js';
import { at, type Deployment, findUnknown, isList, isObject, type Resource, Unknown, strings, type Value } from '../model.js';
import { processesPhi } from '../phi.js';
import { armOf, listAt } from '../prove/azure/arm.js';
import { contains } from '../../workload/ipv4.js';
import { flag as setting, refersTo, text as plain, TYPE as GCP } from '../prove/gcp/names.js';
import { rangeOf, RESTRICTED_VIP, PEERED } from '../prove/gcp/network.js';
import { type Check, defineRule, type Defect, fail, outcomes, unknown } from '../rule.js';

const TYPE = 'AWS::Route53Resolver::';

/** Whether a rule group ends in a rule that blocks every name. */
function blocksTheRest(deployment: Deployment, group: Resource): boolean | Unknown {
  const rules = list(group.properties['FirewallRules']);
  if (rules instanceof Unknown) return rules;
  return rules.some((rule) => {
    // A rule for one type of query lets the other types out, and TXT carries as much as A.
    if (at(rule, 'Action') !== 'BLOCK' || (at(rule, 'Qtype') ?? '') !== '') return false;
    const domains = deployment.target(at(rule, 'FirewallDomainListId'));
    return domains !== undefined && [...strings(domains.properties['Domains'])].some((name) => name === '*' || name === '*.');
  });
}

/** Whether the queries of a logging configuration reach something that the artifact shows. */
function recorded(deployment: Deployment, association: Resource): Defect[] {
  const config = deployment.target(association.properties['ResolverQueryLogConfigId']);
  if (config?.type !== 'AWS::Route53Resolver::ResolverQueryLoggingConfig') return [unknown('ResolverQueryLogConfigId', 'the query logging is not among the artifacts: where the queries are recorded is not known')];
  const { DestinationArn: destination } = config.properties;
  return deployment.target(destination) ?? logGroupOf(deployment, destination) ?? bucketOf(deployment, destination) ? [] : [unknown('ResolverQueryLogConfigId', `the queries go to ${shown(destination)}, which is not among the artifacts`)];
}

/** Whether the association of a rule group cannot be taken off by mistake, and its rules read what aliases lead to. */
function* slack(deployment: Deployment, association: Resource): Iterable<readonly [Resource, Defect[]]> {
  const { MutationProtection: kept } = association.properties;
  yield [association, kept === 'ENABLED' ? [] : [(kept instanceof Unknown ? unknown : fail)('MutationProtection', `MutationProtection is ${shown(kept)}: one call takes the firewall off`)]];
  const group = deployment.target(association.properties['FirewallRuleGroupId']);
  const rules = list(group?.properties['FirewallRules']);
  if (!group || rules instanceof Unknown) return;
  yield [group, rules.flatMap((rule, index) => (at(rule, 'Action') === 'ALLOW' && at(rule, 'FirewallDomainRedirectionAction') === 'TRUST_REDIRECTION_DOMAIN' ? [fail(`FirewallRules[${index}].FirewallDomainRedirectionAction`, 'a known name may lead by an alias to any other')] : []))];
}

/** The resolver of the VPC, by name, by its link-local addresses, or at the second address of the VPC's own range. */
function ownResolver(server: string, vpc: Resource): boolean {
  if (/^(AmazonProvidedDNS|169\.254\.169\.253|fd00:ec2::253)$/i.test(server)) return true;
  const range = rangeOf(text(vpc.properties['CidrBlock']));
  const address = rangeOf(server);
  return range !== undefined && address !== undefined && address.prefix === 32 && address.first === range.first + 2;
}

/** Whom machines of a VPC ask for names: DHCP may name a resolver that no DNS firewall stands before. */
function* servers(deployment: Deployment, vpc: Resource): Iterable<readonly [Resource, Defect[]]> {
  for (const association of deployment.ofType('AWS::EC2::VPCDHCPOptionsAssociation')) {
    const { VpcId: network, DhcpOptionsId: id } = association.properties;
    if (!(network instanceof Unknown) && !deployment.refersTo(network, vpc)) continue;
    const options = deployment.target(id);
    if (id === 'default') continue;
    if (options?.type !== 'AWS::EC2::DHCPOptions') { yield [association, [unknown('DhcpOptionsId', 'the DHCP options are not among the artifacts: which name servers they give is not known')]]; continue; }
    const named = list(options.properties['DomainNameServers']);
    yield [options, named instanceof Unknown ? [unknown('DomainNameServers', named.reason)] : named.flatMap((server): Defect[] => {
      if (server instanceof Unknown) return [unknown('DomainNameServers', server.reason)];
      return ownResolver(text(server), vpc) ? [] : [fail('DomainNameServers', `names are asked of ${shown(server)}, past the DNS firewall and the query log`)];
    })];
  }
}

const aws: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  const of = (type: string, vpc: Resource, path: string): readonly Resource[] => deployment.ofType(`${TYPE}${type}`).filter((resource) => deployment.refersTo(resource.properties[path], vpc) && !(resource.attributes['Condition'] instanceof Unknown));
  for (const vpc of deployment.ofType('AWS::EC2::VPC')) {
    const defects: Defect[] = [];
    const associations = of('FirewallRuleGroupAssociation', vpc, 'VpcId');
    const groups = associations.map((association) => deployment.target(association.properties['FirewallRuleGroupId']));
    if (groups.length === 0) defects.push(fail('', 'no DNS firewall: any name resolves, and carries data out'));
    else {
      const blocked = groups.map((group) => (group ? blocksTheRest(deployment, group) : new Unknown('the rule group is not among the artifacts')));
      if (!blocked.includes(true)) {
        const gap = blocked.find((value) => value instanceof Unknown);
        defects.push(gap instanceof Unknown ? unknown('', `what the DNS firewall blocks is not known: ${gap.reason}`) : fail('', 'the DNS firewall has no rule that blocks every other name'));
      }
    }
    if (!of('FirewallConfig', vpc, 'ResourceId').some((config) => config.properties['FirewallFailOpen'] === 'DISABLED')) defects.push(fail('', 'no AWS::Route53Resolver::FirewallConfig with FirewallFailOpen DISABLED: when the firewall fails, every name resolves'));
    const logs = of('ResolverQueryLoggingConfigAssociation', vpc, 'ResourceId');
    if (logs.length === 0) defects.push(fail('', 'no resolver query log'));
    if ((flag(vpc.properties['EnableDnsSupport']) ?? true) !== true) defects.push(fail('EnableDnsSupport', 'the VPC has no resolver: endpoints have no names, and names are asked elsewhere'));
    yield* outcomes(vpc, defects);
    for (const association of logs) yield* outcomes(association, recorded(deployment, association));
    for (const association of associations) for (const [resource, found] of slack(deployment, association)) if (found.length > 0) yield* outcomes(resource, found);
    for (const [resource, found] of servers(deployment, vpc)) yield* outcomes(resource, found);
  }
};

/** The private zone of each sub-resource of a private endpoint, public cloud (Microsoft, "Azure private endpoint DNS zone values", read 2026-11). */
const ZONES: Readonly<Record<string, string>> = {
  vault: 'privatelink.vaultcore.azure.net', managedhsm: 'privatelink.managedhsm.azure.net', standard: 'privatelink.attest.azure.net', registry: 'privatelink.azurecr.io',
  blob: 'privatelink.blob.core.windows.net', dfs: 'privatelink.dfs.core.windows.net', file: 'privatelink.file.core.windows.net', azuremonitor: 'privatelink.monitor.azure.com',
  sqlServer: 'privatelink.database.windows.net', Sql: 'privatelink.documents.azure.com', postgresqlServer: 'privatelink.postgres.database.azure.com', mysqlServer: 'privatelink.mysql.database.azure.com',
};

const SERVICE_DOMAINS = [...Object.values(ZONES).map((zone) => zone.replace(/^privatelink\./, '')), 'vault.azure.net', 'managedhsm.azure.net'];
/** Whether a zone answers for the public names of a service, in whole or in part. */
const ofService = (zone: string): boolean => SERVICE_DOMAINS.some((domain) => zone === domain || zone.endsWith(`.${domain}`) || domain.endsWith(`.${zone}`));

const azure: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  const arm = armOf(deployment);
  const links = deployment.ofType('azure-native:privatedns:VirtualNetworkLink');
  const zones = deployment.ofType('azure-native:privatedns:PrivateZone');
  for (const link of links) {
    yield* outcomes(link, [
      ...switchedOff(link.properties['registrationEnabled'], 'registrationEnabled', 'machines of the network write names into the zone'),
      ...(arm.find(at(link.properties, 'virtualNetwork.id'))?.type === 'azure-native:network:VirtualNetwork' ? [] : [unknown('virtualNetwork.id', 'it answers a network that is not among the artifacts')]),
      ...(link.properties['resolutionPolicy'] instanceof Unknown ? [unknown('resolutionPolicy', link.properties['resolutionPolicy'].reason)] : []),
      ...(/^nxdomainredirect$/i.test(text(link.properties['resolutionPolicy'])) ? [fail('resolutionPolicy', 'a name that the zone does not have is asked of the internet')] : []),
    ]);
  }
  for (const record of deployment.ofType('azure-native:privatedns:PrivateRecordSet')) {
    const zone = arm.text(record.properties['privateZoneName'])?.toLowerCase();
    if (zone === undefined || zone.startsWith('privatelink.') || ofService(zone)) yield* outcomes(record, fail('', 'a record written by hand in a zone of private endpoints: the service\'s name leads elsewhere'));
  }
  for (const type of ['azure-native:dnsresolver:ForwardingRule', 'azure-native:dnsresolver:PrivateResolverVirtualNetworkLink']) {
    for (const rule of deployment.ofType(type)) yield* outcomes(rule, fail('', 'names are forwarded to a resolver outside the private zones'));
  }
  for (const nic of [...deployment.ofType('azure-native:network:NetworkInterface').map((one) => [one, one.properties] as const), ...deployment.ofType('azure-native:compute:VirtualMachineScaleSet').flatMap((set) => {
    const nics = listAt(set.properties, 'virtualMachineProfile.networkProfile.networkInterfaceConfigurations');
    return nics instanceof Unknown ? [] : nics.map((one) => [set, one] as const);
  })]) {
    const servers = listAt(nic[1], 'dnsSettings.dnsServers');
    if (servers instanceof Unknown) yield* outcomes(nic[0], unknown('dnsSettings.dnsServers', servers.reason));
    else if (servers.length > 0) yield* outcomes(nic[0], fail('dnsSettings.dnsServers', `names are asked of ${shown(servers)}, past the private zones`));
  }
  for (const network of deployment.ofType('azure-native:network:VirtualNetwork')) {
    const servers = listAt(network.properties, 'dhcpOptions.dnsServers');
    yield* outcomes(network, servers instanceof Unknown ? unknown('dhcpOptions.dnsServers', servers.reason)
      : servers.length > 0 ? fail('dhcpOptions.dnsServers', `names are asked of ${shown(servers)}, past the private zones`) : true);
  }
  for (const endpoint of deployment.ofType('azure-native:network:PrivateEndpoint')) {
    const targets = endpointTargets(endpoint);
    if (targets instanceof Unknown) { yield* outcomes(endpoint, unknown('privateLinkServiceConnections', targets.reason)); continue; }
    const id = arm.idOf(endpoint);
    const network = arm.normal(at(endpoint.properties, 'subnet.id'))?.replace(/\/subnets\/[^/]+$/, '');
    const named = deployment.ofType('azure-native:network:PrivateDnsZoneGroup').filter((group) => id !== undefined && arm.parent(group, endpoint.type, 'privateEndpointName') === endpoint)
      .flatMap((group) => { const configs = listAt(group.properties, 'privateDnsZoneConfigs'); return configs instanceof Unknown ? [] : configs.map((config) => { const own = arm.find(at(config, 'privateDnsZoneId')); return own?.type === 'azure-native:privatedns:PrivateZone' ? arm.text(own.properties['privateZoneName'])?.toLowerCase() : undefined; }); });
    yield* outcomes(endpoint, targets.flatMap(({ groups }) => groups.flatMap((group) => {
      const zone = ZONES[group] ?? ZONES[group.toLowerCase()];
      if (zone === undefined) return [unknown('privateLinkServiceConnections', `the kit does not know the private zone of ${shown(group)}`)];
      if (!named.includes(zone)) return [fail('', `no zone group puts it into ${zone} of the artifact: the service's name resolves to its public address`)];
      const present = zones.some((one) => arm.text(one.properties['privateZoneName'])?.toLowerCase() === zone);
      const linked = links.some((link) => arm.text(link.properties['privateZoneName'])?.toLowerCase() === zone && arm.normal(at(link.properties, 'virtualNetwork.id')) === network);
      return present && linked ? [] : [fail('', `${zone} is ${present ? 'not linked to its network' : 'not among the artifacts'}: the service's name resolves to its public address`)];
    })));
  }
};

const ZONE = 'gcp:dns/managedZone:ManagedZone';
/** Answers that block a name. */
const NOWHERE = ['127.0.0.0/8', '0.0.0.0/32'].flatMap((range) => rangeOf(range) ?? []);
/** Where attestation, keys and images are reached by name. */
const PRIVATE_DOMAINS = ['googleapis.com.', 'gcr.io.', 'pkg.dev.'];

function seenBy(deployment: Deployment, networks: readonly unknown[] | undefined, network: Resource): boolean {
  return (networks ?? []).some((one) => refersTo(deployment, at(one as Resource['properties'], 'networkUrl'), network));
}

/** Every answer that a routing policy may give. */
function answers(policy: Value): readonly Value[] | Unknown {
  const gap = findUnknown(policy);
  if (gap) return gap;
  if (isObject(policy) && policy['rrdatas'] !== undefined) return list(policy['rrdatas']);
  return [...(isList(policy) ? policy : isObject(policy) ? Object.values(policy) : [])].flatMap((part) => { const found = isObject(part) || isList(part) ? answers(part) : []; return found instanceof Unknown ? [] : found; });
}

/** Names that a response policy answers itself, before any zone is asked. */
function overridden(deployment: Deployment, policy: Resource): readonly (readonly [Resource, readonly Defect[]])[] {
  return deployment.ofType('gcp:dns/responsePolicyRule:ResponsePolicyRule').filter(({ properties }) => refersTo(deployment, properties['responsePolicy'], policy) || properties['responsePolicy'] === policy.properties['responsePolicyName']).map((rule) => {
    const data = list(at(rule.properties, 'localData.localDatas'));
    if (data instanceof Unknown) return [rule, [unknown('localData', data.reason)]] as const;
    const values = data.flatMap((one) => { const found = list(at(one, 'rrdatas')); return found instanceof Unknown ? [found] : found; });
    return [rule, values.flatMap((value): Defect[] => {
      if (value instanceof Unknown) return [unknown('localData', value.reason)];
      const answer = plain(value) ?? '';
      const range = rangeOf(answer);
      const inside = range ? [RESTRICTED_VIP, ...PEERED, ...NOWHERE].some((own) => contains(own, range)) : answer === 'restricted.googleapis.com.' || PRIVATE_DOMAINS.includes(answer);
      return inside ? [] : [fail('localData', `${plain(rule.properties['dnsName']) ?? 'a name'} leads to ${answer}, past the perimeter`)];
    })] as const;
  });
}

/** The zone's records must lead to the restricted addresses or into the network. */
function* records(deployment: Deployment, zone: Resource): Iterable<Defect> {
  let wild = false;
  for (const record of deployment.ofType('gcp:dns/recordSet:RecordSet')) {
    if (!refersTo(deployment, record.properties['managedZone'], zone)) continue;
    if ((plain(record.properties['name']) ?? '').startsWith('*.') || plain(record.properties['name']) === zone.properties['dnsName']) wild = true;
    const routed = record.properties['routingPolicy'];
    const values = routed === undefined || routed === null ? list(record.properties['rrdatas']) : answers(routed);
    if (values instanceof Unknown) { yield unknown('', `${record.name}: ${values.reason}`); continue; }
    for (const value of values) {
      const text = plain(value) ?? '';
      const range = rangeOf(text);
      const inside = range ? [RESTRICTED_VIP, ...PEERED].some((own) => contains(own, range)) : text === 'restricted.googleapis.com.' || PRIVATE_DOMAINS.includes(text);
      if (record.properties['type'] === 'A' ? !inside : record.properties['type'] === 'CNAME' && !inside && text !== zone.properties['dnsName']) yield fail('', `${record.name} leads to ${text}, past the perimeter`);
    }
  }
  if (!wild) yield fail('', 'no record covers the names of the domain: they do not resolve privately');
}

const gcp: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  for (const network of deployment.ofType(GCP.network)) {
    const policies = deployment.ofType('gcp:dns/policy:Policy').filter(({ properties }) => isList(properties['networks']) && seenBy(deployment, properties['networks'], network));
    const logging = policies.map((policy) => setting(policy, 'enableLogging', false));
    const zones = deployment.ofType(ZONE).filter((zone) => { const networks = at(zone.properties, 'privateVisibilityConfig.networks'); return zone.properties['visibility'] === 'private' && isList(networks) && seenBy(deployment, networks, network); });
    yield* outcomes(network, [
      ...(logging.includes(true) ? [] : [(logging.includes(undefined) ? unknown : fail)('', 'no DNS policy logs its queries')]),
      ...PRIVATE_DOMAINS.filter((domain) => !zones.some(({ properties }) => properties['dnsName'] === domain)).map((domain) => fail('', `no private zone for ${domain}: its names lead to public addresses`)),
    ]);
    for (const zone of zones) {
      const forwarding = at(zone.properties, 'forwardingConfig');
      const peering = at(zone.properties, 'peeringConfig');
      yield* outcomes(zone, [
        ...(forwarding === undefined ? [] : [fail('forwardingConfig', 'queries go to another resolver')]),
        ...(peering === undefined ? [] : [unknown('peeringConfig', 'another network answers the queries')]),
        ...(PRIVATE_DOMAINS.includes(plain(zone.properties['dnsName']) ?? '') ? records(deployment, zone) : []),
      ]);
    }
    for (const policy of policies) {
      yield* outcomes(policy, [
        ...(setting(policy, 'enableInboundForwarding', false) === false ? [] : [fail('enableInboundForwarding', 'other networks can query it')]),
        ...(policy.properties['alternativeNameServerConfig'] === undefined ? [] : [fail('alternativeNameServerConfig', 'queries go to other name servers, private zones aside')]),
      ]);
    }
  }
  for (const policy of deployment.ofType('gcp:dns/responsePolicy:ResponsePolicy')) for (const [rule, defects] of overridden(deployment, policy)) yield* outcomes(rule, defects);
  for (const zone of deployment.ofType(ZONE)) {
    const visibility = zone.properties['visibility'];
    if (visibility !== 'private') yield* outcomes(zone, visibility instanceof Unknown ? unknown('visibility', visibility.reason) : fail('visibility', `visibility is ${visibility === undefined ? 'not set, and so public' : JSON.stringify(visibility)}`));
  }
};

export const rule = defineRule({
  id: 'network-dns-controlled',
  title: 'Name resolution is private, logged and filtered',
  theme: 'private-network',
  severity: 'medium',
  waivable: true,
  citations: ['45 CFR 164.312(e)(1)', '45 CFR 164.312(b)'],
  why: 'DNS carries data out of networks that have no other exit.',
  fix: {
    aws: 'Use PrivateNetwork, or a DNS firewall rule group association that fails closed and a resolver query log for every VPC, a BLOCK rule on every name without Qtype, and AmazonProvidedDNS in DHCP options.',

    azure: 'Use PrivateNetwork, or a private DNS zone linked to the network for every private endpoint, without registration and without internet fallback.',

    gcp: 'Use PrivateNetwork, or private managed zones for googleapis.com, gcr.io and pkg.dev and a DNS policy with enableLogging.',
  },
  checks: {
    aws,

    azure,

    gcp,
  },
});
