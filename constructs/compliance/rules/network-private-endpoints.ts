import { flag, isAllow, isBound, namesEverybody, shown, statements, teeHosts, text } from '../aws.js';
import { closedToPublic, endpointsOf, endpointTargets } from '../azure.js';
import { at, type Deployment, findUnknown, isList, isObject, type Resource, strings, Unknown, type Value } from '../model.js';
import { allKeys, keyPurpose, phiKeys, processesPhi, tagsOf } from '../phi.js';
import { prove } from '../prove/index.js';
import { armOf, listAt } from '../prove/azure/arm.js';
import { PUBLIC_SERVICES } from '../prove/azure/flows.js';
import { networkOf } from '../prove/azure/network.js';
import { type Check, defineRule, type Defect, eachOf, fail, notYet, outcomes, unknown, type Verdict } from '../rule.js';

/** A resource list that names something: not `*`, not every bucket or key of everybody. */
function namesResources(resources: readonly string[]): boolean {
  return resources.length > 0 && resources.every((resource) => !/^\*$|^arn:[^:]*:[^:]*:[^:]*:[^:]*:(\*|key\/\*|table\/\*)$/.test(resource) && !/^arn:[^:]*:s3:::\*/.test(resource));
}

function policyDefects(endpoint: Resource): readonly Defect[] {
  const document = endpoint.properties['PolicyDocument'];
  if (document === undefined) return [fail('PolicyDocument', 'no policy: AWS\'s default lets everybody reach everything through it')];
  const all = statements(document, 'PolicyDocument');
  if (all instanceof Unknown) return [unknown('PolicyDocument', `the policy is not known: ${all.reason}`)];
  return all.filter((statement) => isAllow(statement) && !isBound(statement) && (namesEverybody(statement) || statement.principals === undefined) && (!namesResources(statement.resources) || statement.notResources))
    .map((statement) => fail(statement.path, `allows ${shown(statement.actions.join(', '))} on everybody's resources`));
}

const aws: Check = function* (deployment) {
  const endpoints = deployment.ofType('AWS::EC2::VPCEndpoint');
  for (const endpoint of endpoints) {
    const service = endpoint.properties['ServiceName'];
    const kind = endpoint.properties['VpcEndpointType'] ?? 'Gateway';
    // Endpoints of other people's services and of firewalls take no policy.
    if (kind === 'GatewayLoadBalancer' || (typeof service === 'string' && service.startsWith('com.amazonaws.vpce.'))) continue;
    const dns = flag(endpoint.properties['PrivateDnsEnabled']);
    const privateDns = kind !== 'Interface' || (typeof service === 'string' && /\.dynamodb(-fips|-streams)?$/.test(service)) || dns === true
      ? [] : [dns instanceof Unknown ? unknown('PrivateDnsEnabled', dns.reason) : fail('PrivateDnsEnabled', 'the service\'s ordinary name does not resolve to the endpoint')];
    yield* outcomes(endpoint, [...policyDefects(endpoint), ...privateDns]);
  }
  if (processesPhi(deployment) && deployment.ofType('AWS::EC2::VPC').length > 0 && teeHosts(deployment).length > 0 && !endpoints.some((endpoint) => /\.kms(-fips)?$/.test(text(endpoint.properties['ServiceName'])) || endpoint.properties['ServiceName'] instanceof Unknown)) {
    yield* outcomes(deployment.root, fail('', 'no endpoint for KMS: keys are reached over the internet or not at all'));
  }
};

const azure: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  const arm = armOf(deployment);
  const { subnets } = networkOf(deployment);
  const scopes = deployment.ofType('azure-native:monitor:PrivateLinkScope').filter((scope) => endpointsOf(deployment, scope).length > 0);
  for (const type of new Set(PUBLIC_SERVICES.map(([one]) => one))) {
    for (const service of deployment.ofType(type)) {
      const closed = PUBLIC_SERVICES.filter(([one]) => one === type).flatMap(([, path]) => closedToPublic(service, path));
      const reached = type === 'azure-native:operationalinsights:Workspace'
        ? deployment.ofType('azure-native:monitor:PrivateLinkScopedResource').some((link) => arm.find(link.properties['linkedResourceId']) === service && scopes.some((scope) => arm.text(link.properties['scopeName'])?.toLowerCase() === arm.text(scope.properties['scopeName'])?.toLowerCase()))
        : endpointsOf(deployment, service).length > 0;
      yield* outcomes(service, [...closed, ...(subnets.length === 0 || reached ? [] : [fail('', type.endsWith('Workspace') ? 'not in a private link scope with a private endpoint' : 'no private endpoint')])]);
    }
  }
  for (const endpoint of deployment.ofType('azure-native:network:PrivateEndpoint')) {
    const targets = endpointTargets(endpoint);
    if (targets instanceof Unknown) { yield* outcomes(endpoint, unknown('privateLinkServiceConnections', targets.reason)); continue; }
    yield* outcomes(endpoint, targets.flatMap(({ id }) => (arm.find(id) ? [] : [unknown('privateLinkServiceConnections', `leads to ${shown(id)}, which is not among the artifacts: whose it is cannot be told`)])));
  }
  for (const subnet of subnets) {
    const where = (name: string): string => (subnet.path === '' ? name : `${subnet.path}.${name}`);
    const services = listAt(subnet.properties, 'serviceEndpoints');
    const policies = at(subnet.properties, 'privateEndpointNetworkPolicies');
    const holds = deployment.ofType('azure-native:network:PrivateEndpoint').some((endpoint) => arm.normal(at(endpoint.properties, 'subnet.id')) === subnet.id);
    yield* outcomes(subnet.resource, [
      ...(services instanceof Unknown ? [unknown(where('serviceEndpoints'), services.reason)] : services.length > 0 ? [fail(where('serviceEndpoints'), `subnet ${subnet.name} has service endpoints: they reach everybody's accounts and vaults`)] : []),
      ...(!holds || (typeof policies === 'string' && /^(networksecuritygroup)?enabled$/i.test(policies)) ? [] : [policies instanceof Unknown ? unknown(where('privateEndpointNetworkPolicies'), policies.reason) : fail(where('privateEndpointNetworkPolicies'), `privateEndpointNetworkPolicies of subnet ${subnet.name} is ${shown(policies)}: private endpoints ignore the security group`)]),
    ]);
  }
};

const gcp: Check = notYet;

export const rule = defineRule({
  id: 'network-private-endpoints',
  title: 'Cloud services are reached privately, with a restrictive policy',
  theme: 'private-network',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(e)(1)', '45 CFR 164.312(a)(1)'],
  why: 'A service endpoint without a policy is an exit: it reaches everybody else\'s buckets and keys too.',
  fix: {
    aws: 'Use PrivateNetwork, or an interface or gateway endpoint per service with a PolicyDocument limited to your account or organisation, and PrivateDnsEnabled.',

    azure: 'Use PrivateNetwork, or a private endpoint per service with publicNetworkAccess Disabled on the service.',

    gcp: 'Use PrivateNetwork, or privateIpGoogleAccess with restricted.googleapis.com and a VPC Service Controls perimeter.',
  },
  checks: {
    aws,

    azure,

    gcp,
  },
});
