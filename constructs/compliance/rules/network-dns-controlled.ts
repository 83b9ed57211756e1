import { list, shown, text } from '../aws.js';
import { endpointTargets } from '../azure.js';
import { at, type Deployment, findUnknown, isList, isObject, type Resource, strings, Unknown, type Value } from '../model.js';
import { allKeys, keyPurpose, phiKeys, processesPhi, tagsOf } from '../phi.js';
import { prove } from '../prove/index.js';
import { armOf, listAt } from '../prove/azure/arm.js';
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

/** The private zone of each sub-resource of a private endpoint, public cloud (Microsoft, "Azure private endpoint DNS zone values", read 2026-11). */
const ZONES: Readonly<Record<string, string>> = {
  vault: 'privatelink.vaultcore.azure.net', managedhsm: 'privatelink.managedhsm.azure.net', standard: 'privatelink.attest.azure.net', registry: 'privatelink.azurecr.io',
  blob: 'privatelink.blob.core.windows.net', dfs: 'privatelink.dfs.core.windows.net', file: 'privatelink.file.core.windows.net', azuremonitor: 'privatelink.monitor.azure.com',
  sqlServer: 'privatelink.database.windows.net', Sql: 'privatelink.documents.azure.com', postgresqlServer: 'privatelink.postgres.database.azure.com', mysqlServer: 'privatelink.mysql.database.azure.com',
};

const azure: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  const arm = armOf(deployment);
  const links = deployment.ofType('azure-native:privatedns:VirtualNetworkLink').concat(deployment.ofType('azure-native:network:VirtualNetworkLink'));
  const zones = deployment.ofType('azure-native:privatedns:PrivateZone').concat(deployment.ofType('azure-native:network:PrivateZone'));
  for (const link of links) {
    yield* outcomes(link, [
      ...(link.properties['registrationEnabled'] === true ? [fail('registrationEnabled', 'machines of the network write names into the zone')] : []),
      ...(/^nxdomainredirect$/i.test(text(link.properties['resolutionPolicy'])) ? [fail('resolutionPolicy', 'a name that the zone does not have is asked of the internet')] : []),
    ]);
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
      .flatMap((group) => { const configs = listAt(group.properties, 'privateDnsZoneConfigs'); return configs instanceof Unknown ? [] : configs.map((config) => arm.normal(at(config, 'privateDnsZoneId'))?.split('/').at(-1)); });
    yield* outcomes(endpoint, targets.flatMap(({ groups }) => groups.flatMap((group) => {
      const zone = ZONES[group] ?? ZONES[group.toLowerCase()];
      if (zone === undefined) return [unknown('privateLinkServiceConnections', `the kit does not know the private zone of ${shown(group)}`)];
      if (!named.includes(zone)) return [fail('', `no zone group puts it into ${zone}: the service's name resolves to its public address`)];
      const present = zones.some((one) => arm.text(one.properties['privateZoneName'])?.toLowerCase() === zone);
      const linked = links.some((link) => arm.text(link.properties['privateZoneName'])?.toLowerCase() === zone && arm.normal(at(link.properties, 'virtualNetwork.id')) === network);
      return present && linked ? [] : [fail('', `${zone} is ${present ? 'not linked to its network' : 'not among the artifacts'}: the service's name resolves to its public address`)];
    })));
  }
};

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
