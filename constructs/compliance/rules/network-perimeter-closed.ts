import { lower } from '../azure.js';
import { shown } from '../aws.js';
import { at, type Deployment, isList, type Resource, Unknown, type Value } from '../model.js';
import { processesPhi } from '../phi.js';
import { type Arm, armOf, listAt } from '../prove/azure/arm.js';
import { PUBLIC_SERVICES } from '../prove/azure/flows.js';
import { type Check, type Defect, defineRule, fail, outcomes, unknown } from '../rule.js';

/** Both names that azure-native has for each part of a perimeter. */
const both = (deployment: Deployment, part: string): readonly Resource[] => [...deployment.ofType(`azure-native:network:NetworkSecurityPerimeter${part}`), ...deployment.ofType(`azure-native:network:Nsp${part}`)];

/** Sources that an inbound rule of a perimeter lets in, and targets that an outbound rule lets members reach. */
const OPENINGS = ['addressPrefixes', 'serviceTags', 'fullyQualifiedDomainNames', 'emailAddresses', 'phoneNumbers'] as const;

function opens(deployment: Deployment, rule: Resource): readonly Defect[] {
  const outbound = lower(rule.properties['direction']) === 'outbound';
  const own = deployment.workload?.clouds.azure?.subscription.toLowerCase();
  const subscriptions = listAt(rule.properties, 'subscriptions');
  return [
    ...OPENINGS.flatMap((name): Defect[] => {
      const values = rule.properties[name];
      if (values instanceof Unknown) return [unknown(name, values.reason)];
      return isList(values) && values.length > 0 ? [fail(name, `${outbound ? 'members may send to' : 'lets in'} ${shown(values)}`)] : [];
    }),
    ...(subscriptions instanceof Unknown ? [unknown('subscriptions', subscriptions.reason)] : subscriptions.map((entry, index): Defect => {
      const id = at(entry, 'id');
      const name = typeof id === 'string' ? /^\/subscriptions\/([^/]+)/i.exec(id)?.[1]?.toLowerCase() : undefined;
      return (name !== undefined && name === own ? unknown : fail)(`subscriptions[${index}]`, `lets in every identity of ${shown(id)}`);
    })),
  ];
}

/** Whether every public access of a service has one of these values. */
function publicAccessIs(service: Resource | undefined, ...allowed: readonly string[]): boolean {
  const paths = PUBLIC_SERVICES.filter(([type]) => type === service?.type).map(([, path]) => path);
  return service !== undefined && paths.length > 0 && paths.every((path) => allowed.includes(lower(at(service.properties, path))));
}

/** Whether the service in a perimeter is closed by itself, so that the perimeter is one wall more. */
const closedItself = (service: Resource | undefined): boolean => publicAccessIs(service, 'disabled');

function associated(arm: Arm, association: Resource): readonly Defect[] {
  const mode: Value | undefined = association.properties['accessMode'];
  if (mode instanceof Unknown) return [unknown('accessMode', mode.reason)];
  if (lower(mode) === 'enforced' || closedItself(arm.find(at(association.properties, 'privateLinkResource.id')))) return [];
  return [fail('accessMode', `accessMode is ${mode === undefined ? 'not set, and so Learning' : shown(mode)}: the perimeter refuses nothing, and the service is not closed by itself`)];
}

const azure: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  const arm = armOf(deployment);
  for (const rule of both(deployment, 'AccessRule')) yield* outcomes(rule, opens(deployment, rule));
  for (const association of both(deployment, 'Association')) yield* outcomes(association, associated(arm, association));
  for (const link of both(deployment, 'Link')) yield* outcomes(link, fail('', 'joins the perimeter to another one, whose members then get in'));
  for (const [type, resources] of deployment.byType) {
    // A vault's are `key-vault-closed`'s.
    if (!/PrivateEndpointConnection$/i.test(type) || type === 'azure-native:keyvault:PrivateEndpointConnection') continue;
    for (const connection of resources) {
      const status = at(connection.properties, 'privateLinkServiceConnectionState.status') ?? at(connection.properties, 'properties.privateLinkServiceConnectionState.status');
      yield* outcomes(connection, /^(rejected|disconnected)$/i.test(lower(status)) ? true : (status instanceof Unknown ? unknown : fail)('', 'approves a private endpoint that this artifact does not show: another network, of another subscription or tenant, gets in'));
    }
  }
  const services = new Set(PUBLIC_SERVICES.map(([type]) => type));
  for (const type of services) for (const service of deployment.ofType(type)) if (publicAccessIs(service, 'disabled', 'securedbyperimeter')) yield* outcomes(service, true);
};

export const rule = defineRule({
  id: 'network-perimeter-closed',
  title: 'Perimeters and private endpoints let nobody in from outside the artifact',
  theme: 'private-network',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(e)(1)', '45 CFR 164.312(a)(1)', '45 CFR 164.308(a)(4)(ii)(B)'],
  why: 'An access rule of a network security perimeter overrides the closed firewall of its members, and an approved connection is a private endpoint in a network of somebody else.',
  fix: { azure: 'Use NetworkSecurityPerimeter without access rules and links, accessMode Enforced or publicNetworkAccess Disabled on every member, and private endpoints of the own network only.' },
  checks: { azure },
});
