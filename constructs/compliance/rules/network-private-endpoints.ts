import { flag, isAllow, isBound, namesEverybody, shown, statements, teeHosts, text, list } from '../aws.js';
import { closedToPublic, endpointsOf, endpointTargets } from '../azure.js';
import { at, type Resource, Unknown, type Deployment, type Value, strings } from '../model.js';
import { processesPhi } from '../phi.js';
import { armOf, listAt } from '../prove/azure/arm.js';
import { PUBLIC_SERVICES } from '../prove/azure/flows.js';
import { networkOf } from '../prove/azure/network.js';
import { guardedServices, perimeterAround, perimeterLeaks } from '../prove/gcp/flows.js';
import { sameProject } from '../prove/gcp/iam.js';
import { flag as setting, refersTo, text as plain, TYPE } from '../prove/gcp/names.js';
import { contains } from '../../workload/ipv4.js';
import { PRIVATE_VIP, rangeOf } from '../prove/gcp/network.js';
import { type Check, defineRule, type Defect, fail, outcomes, unknown } from '../rule.js';

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

/** What a stolen attestation token, key or object would be used through. */
const GUARDED_SERVICES = ['artifactregistry.googleapis.com', 'cloudkms.googleapis.com', 'confidentialcomputing.googleapis.com', 'iam.googleapis.com', 'iamcredentials.googleapis.com', 'logging.googleapis.com', 'storage.googleapis.com', 'sts.googleapis.com'];

/** Callers that a perimeter lets in though the workload file does not name them, and everything that it lets out. */
function strangers(deployment: Deployment, status: Value): readonly Defect[] {
  const { workload } = deployment;
  if (!workload) return [];
  const named = new Set([workload.clouds.gcp?.deployer, workload.breakGlass.gcp, ...(workload.keyAdministrators.gcp ?? [])]);
  const each = (path: string): readonly Value[] => { const policies = list(at(status, path)); return policies instanceof Unknown ? [] : policies; };
  return [
    ...each('ingressPolicies').flatMap((policy, index) => [...strings(at(policy, 'ingressFrom.identities'))].filter((identity) => !named.has(identity)).map((identity) => fail(`status.ingressPolicies[${index}]`, `lets in ${identity}, whom the workload file does not name`))),
    ...each('egressPolicies').map((policy, index) => fail(`status.egressPolicies[${index}]`, `lets data out to ${shown(at(policy, 'egressTo.resources') ?? 'everywhere')}`)),
  ];
}

/** Access levels and projects that stand inside though the workload file does not name them. */
function outsiders(deployment: Deployment, perimeter: Resource, status: Value): readonly Defect[] {
  const levels = list(at(status, 'accessLevels'));
  const placement = deployment.workload?.clouds.gcp;
  const members = list(at(status, 'resources'));
  const standing = deployment.resources.filter(({ type, properties }) => type.startsWith('gcp:accesscontextmanager/servicePerimeterResource:') && refersTo(deployment, properties['perimeterName'], perimeter)).map(({ properties }) => properties['resource'] ?? null);
  return [
    ...(levels instanceof Unknown ? [unknown('status.accessLevels', levels.reason)] : levels.length > 0 ? [fail('status.accessLevels', `whoever meets ${levels.map(shown).join(', ')} reaches everything inside from outside, whoever it is`)] : []),
    ...(members instanceof Unknown || !placement ? [] : [...members, ...standing].filter((member) => [placement.project, placement.keyProject].every((project) => sameProject(deployment, member, project) === 'no')).map((member) => fail('status.resources', `${shown(member)} stands inside: its identities and machines reach what is guarded`))),
  ];
}

const gcp: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  for (const subnet of deployment.ofType(TYPE.subnetwork)) {
    const purpose = plain(subnet.properties['purpose']);
    if (purpose !== undefined && purpose !== 'PRIVATE') continue;
    const access = setting(subnet, 'privateIpGoogleAccess', false);
    yield* outcomes(subnet, access === true ? true : (access === undefined ? unknown : fail)('privateIpGoogleAccess', 'privateIpGoogleAccess is not true: Google APIs are reached over the internet or not at all'));
  }
  for (const route of deployment.ofType('gcp:compute/route:Route')) {
    const range = rangeOf(plain(route.properties['destRange']) ?? '');
    if (range && contains(PRIVATE_VIP, range)) yield* outcomes(route, fail('destRange', 'private.googleapis.com serves what no perimeter guards; use restricted.googleapis.com'));
  }
  for (const rule of deployment.ofType('gcp:compute/globalForwardingRule:GlobalForwardingRule')) {
    const target = rule.properties['target'];
    if (target === 'all-apis') yield* outcomes(rule, fail('target', 'all-apis serves what no perimeter guards; use vpc-sc'));
  }
  const perimeters = deployment.resources.filter(({ type }) => type.startsWith('gcp:accesscontextmanager/servicePerimeter:'));
  yield* outcomes(deployment.root, guardedServices(deployment).flatMap(({ service, project }): Defect[] => {
    const { closed, reason } = perimeterAround(deployment, service, project);
    return closed === true ? [] : [(closed === undefined ? unknown : fail)('', `${service}${project === undefined ? '' : ` of project ${project}`} answers everybody who has a token: ${reason}`)];
  }));
  for (const perimeter of perimeters) {
    const status = perimeter.properties['status'];
    if (status === undefined || status === null) {
      yield* outcomes(perimeter, fail('status', 'the perimeter refuses nothing: it only records what it would refuse'));
      continue;
    }
    const policies = list(at(status, 'ingressPolicies'));
    const whole = policies instanceof Unknown ? [] : policies.flatMap((policy, index) => { const operations = list(at(policy, 'ingressTo.operations')); return operations instanceof Unknown || !operations.some((one) => at(one, 'serviceName') === '*') ? [] : [fail(`status.ingressPolicies[${index}].ingressTo.operations`, 'lets its callers into every service; name the ones that they administer')]; });
    yield* outcomes(perimeter, whole);
    const services = list(at(status, 'restrictedServices'));
    const allowed = list(at(status, 'vpcAccessibleServices.allowedServices'));
    const enabled = at(status, 'vpcAccessibleServices.enableRestriction');
    yield* outcomes(perimeter, [
      ...(services instanceof Unknown ? [unknown('status.restrictedServices', services.reason)] : GUARDED_SERVICES.filter((service) => !services.includes(service)).map((service) => fail('status.restrictedServices', `${service} is not restricted`))),
      ...(enabled === true ? [] : [(enabled instanceof Unknown ? unknown : fail)('status.vpcAccessibleServices.enableRestriction', 'machines inside reach services that no perimeter guards')]),
      ...(allowed instanceof Unknown || enabled !== true ? [] : allowed.filter((service) => service !== 'RESTRICTED-SERVICES' && !GUARDED_SERVICES.includes(plain(service) ?? '')).map((service) => fail('status.vpcAccessibleServices.allowedServices', `machines inside reach ${shown(service)}`))),
      ...strangers(deployment, status),
      ...outsiders(deployment, perimeter, status),
      ...perimeterLeaks(deployment).filter(({ resource }) => resource === perimeter).map(({ path, via, service, unsure }) => (unsure ? unknown : fail)(path, `${via}: ${service}`)),
    ]);
  }
};

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
