import { wantsOneOf } from '../azure.js';
import { list, shown, text } from '../aws.js';
import { at, type Deployment, type Resource, Unknown, strings } from '../model.js';
import { processesPhi, tagsOf } from '../phi.js';
import { armOf, listAt } from '../prove/azure/arm.js';
import { networkOf } from '../prove/azure/network.js';
import { parseCidr, contains } from '../../workload/ipv4.js';
import { isExternal, reachedFrom } from '../prove/gcp/flows.js';
import { MACHINES } from '../prove/gcp/network.js';
import { type Check, defineRule, type Defect, fail, outcomes, unknown } from '../rule.js';

/** Tag and value of a load balancer that says it carries no PHI. */
const PLANE_TAG = 'phi-plane';

/** Policies that offer TLS 1.3 only. */
const TLS13_ONLY = /^ELBSecurityPolicy-TLS13-1-3-/;

function balancerOf(deployment: Deployment, listener: Resource): Resource | undefined {
  return deployment.target(listener.properties['LoadBalancerArn']);
}

/** Whether a listener hands connections to machines of the TEE: an Auto Scaling group in its target groups. */
function feedsFleet(deployment: Deployment, listener: Resource): boolean {
  const groups = new Set([...deployment.targets([listener.properties['DefaultActions'] ?? null])].filter((target) => target.type === 'AWS::ElasticLoadBalancingV2::TargetGroup'));
  return deployment.ofType('AWS::AutoScaling::AutoScalingGroup').some((group) => [...deployment.targets(group.properties['TargetGroupARNs'])].some((target) => groups.has(target)));
}

const aws: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  for (const listener of deployment.ofType('AWS::ElasticLoadBalancingV2::Listener')) {
    const protocol = listener.properties['Protocol'];
    if (protocol === 'TCP' || protocol === 'UDP' || protocol === 'TCP_UDP') {
      yield* outcomes(listener, true);
      continue;
    }
    if (typeof protocol !== 'string') {
      yield* outcomes(listener, unknown('Protocol', `Protocol ${shown(protocol)} does not say who ends TLS`));
      continue;
    }
    const balancer = balancerOf(deployment, listener);
    const tags = balancer ? tagsOf(balancer) : {};
    if (tags instanceof Unknown || tags[PLANE_TAG] !== 'no-phi' || feedsFleet(deployment, listener)) {
      yield* outcomes(listener, fail('Protocol', `${protocol} ends at the load balancer, outside the TEE${!(tags instanceof Unknown) && tags[PLANE_TAG] === 'no-phi' ? ', and it forwards to the fleet' : ` (its plane is not tagged ${PLANE_TAG}: no-phi)`}`));
      continue;
    }
    const policy = listener.properties['SslPolicy'];
    const mode = at(listener.properties, 'MutualAuthentication.Mode');
    yield* outcomes(listener, [
      ...(typeof policy === 'string' && TLS13_ONLY.test(policy) ? [] : [policy instanceof Unknown ? unknown('SslPolicy', policy.reason) : fail('SslPolicy', `SslPolicy is ${shown(policy)}; the default allows TLS 1.0`)]),
      ...(mode === 'verify' ? [] : [mode instanceof Unknown ? unknown('MutualAuthentication.Mode', mode.reason) : fail('MutualAuthentication.Mode', `MutualAuthentication.Mode is ${shown(mode)}; clients are not authenticated`)]),
    ]);
  }
  for (const listener of deployment.ofType('AWS::ElasticLoadBalancing::LoadBalancer')) {
    const listeners = list(listener.properties['Listeners']);
    const ends = listeners instanceof Unknown || listeners.some((item) => !/^tcp$/i.test(text(at(item, 'Protocol'))));
    yield* outcomes(listener, ends ? fail('Listeners', 'a classic load balancer ends TLS outside the TEE') : true);
  }
  for (const type of ['AWS::CloudFront::Distribution', 'AWS::ApiGateway::RestApi', 'AWS::ApiGatewayV2::Api']) {
    for (const edge of deployment.ofType(type)) {
      const tags = tagsOf(edge);
      yield* outcomes(edge, !(tags instanceof Unknown) && tags[PLANE_TAG] === 'no-phi' ? true : fail('', `${type} ends TLS outside the TEE (its plane is not tagged ${PLANE_TAG}: no-phi)`));
    }
  }
};

/** Services of Azure that end TLS in front of what they serve. */
const AZURE_EDGES = ['azure-native:cdn:Profile', 'azure-native:network:FrontDoor', 'azure-native:frontdoor:FrontDoor', 'azure-native:apimanagement:ApiManagementService', 'azure-native:servicenetworking:TrafficControllerInterface', 'azure-native:web:WebApp', 'azure-native:app:ContainerApp'] as const;

/** Whether a gateway forwards to machines or addresses of the TEE's segment, or to what cannot be told. */
function feedsTee(deployment: Deployment, gateway: Resource): boolean {
  const pools = listAt(gateway.properties, 'backendAddressPools');
  if (pools instanceof Unknown) return true;
  const tees = Object.values(deployment.workload?.segments ?? {}).filter(({ purpose }) => purpose === 'tee').flatMap(({ cidr }) => parseCidr(cidr) ?? []);
  const id = armOf(deployment).idOf(gateway);
  const joined = networkOf(deployment).hosts.some(({ resource }) => resource && [...strings(resource.properties)].some((value) => id !== undefined && armOf(deployment).normal(value)?.startsWith(`${id}/`)));
  return joined || pools.some((pool) => {
    const addresses = listAt(pool, 'backendAddresses');
    return addresses instanceof Unknown || addresses.some((address) => {
      const ip = at(address, 'ipAddress');
      const own = typeof ip === 'string' ? parseCidr(`${ip}/32`) : undefined;
      return at(address, 'fqdn') === undefined && (own === undefined || tees.some((tee) => contains(tee, own)));
    });
  });
}

const azure: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  // A load balancer of Azure passes connections through; it cannot end TLS.
  for (const type of ['azure-native:network:LoadBalancer', 'azure-native:network:PrivateLinkService']) for (const balancer of deployment.ofType(type)) yield* outcomes(balancer, true);
  for (const type of AZURE_EDGES) {
    for (const edge of deployment.ofType(type)) {
      const tags = tagsOf(edge);
      yield* outcomes(edge, !(tags instanceof Unknown) && tags[PLANE_TAG] === 'no-phi' ? true : fail('', `${type} ends TLS outside the TEE (its plane is not tagged ${PLANE_TAG}: no-phi)`));
    }
  }
  for (const gateway of deployment.ofType('azure-native:network:ApplicationGateway')) {
    const tags = tagsOf(gateway);
    if (tags instanceof Unknown || tags[PLANE_TAG] !== 'no-phi' || feedsTee(deployment, gateway)) {
      yield* outcomes(gateway, fail('', `an application gateway ends TLS outside the TEE${!(tags instanceof Unknown) && tags[PLANE_TAG] === 'no-phi' ? ', and it forwards to the TEE' : ` (its plane is not tagged ${PLANE_TAG}: no-phi)`}`));
      continue;
    }
    const listeners = listAt(gateway.properties, 'httpListeners');
    yield* outcomes(gateway, [
      ...wantsOneOf(at(gateway.properties, 'sslPolicy.minProtocolVersion'), 'sslPolicy.minProtocolVersion', ['TLSv1_3'], 'older versions of TLS are served'),
      ...(listeners instanceof Unknown ? [unknown('httpListeners', listeners.reason)] : listeners.flatMap((listener, index) => [
        ...wantsOneOf(at(listener, 'protocol'), `httpListeners[${index}].protocol`, ['Https'], 'requests without TLS are served'),
        ...(at(listener, 'sslProfile.id') === undefined ? [fail(`httpListeners[${index}].sslProfile`, 'no profile with client certificates: clients are not authenticated')] : []),
      ])),
    ]);
  }
};

/** Proxies that end TLS; a TCP proxy passes it on. */
const ENDS_TLS = /^gcp:compute\/(region)?[tT]arget(Https?|SSL|Ssl|HTTP|HTTPS)Proxy:/;

/** Machines behind a balancer that are not in the artifact: whether they attest is not known. */
function strangeBackends(deployment: Deployment, reached: readonly Resource[]): readonly Defect[] {
  return reached.filter(({ type }) => /^gcp:compute\/(region)?[bB]ackendService:/.test(type)).flatMap((service) => {
    const backends = list(service.properties['backends']);
    if (backends instanceof Unknown) return [unknown('', `what stands behind ${service.name} is not known: ${backends.reason}`)];
    return backends.filter((backend) => deployment.target(at(backend, 'group')) === undefined).map((backend) => unknown('', `${service.name} hands connections to ${shown(at(backend, 'group'))}, which is not in the artifact`));
  });
}

const gcp: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  const feeds = (reached: readonly Resource[]): boolean => reached.some((resource) => (MACHINES as readonly string[]).includes(resource.type));
  for (const service of deployment.resources.filter(({ type }) => /^gcp:compute\/(region)?[bB]ackendService:/.test(type))) {
    const protocol = service.properties['protocol'];
    if (typeof protocol === 'string' && /^(HTTPS?|HTTP2|H2C|SSL|GRPC)$/.test(protocol) && feeds([...reachedFrom(deployment, service)])) yield* outcomes(service, fail('protocol', `protocol ${protocol} is one of proxies, which end TLS outside the TEE`));
  }
  for (const proxy of deployment.resources.filter(({ type }) => ENDS_TLS.test(type))) if (feeds([...reachedFrom(deployment, proxy)])) yield* outcomes(proxy, fail('', 'TLS ends at a proxy that forwards to machines of the deployment'));
  for (const type of ['gcp:compute/forwardingRule:ForwardingRule', 'gcp:compute/globalForwardingRule:GlobalForwardingRule']) {
    for (const rule of deployment.ofType(type)) {
      const reached = [...reachedFrom(deployment, rule)];
      const proxies = reached.filter((resource) => ENDS_TLS.test(resource.type));
      const target = rule.properties['target'];
      if (target instanceof Unknown) yield* outcomes(rule, unknown('target', 'who ends TLS is not known'));
      else if (proxies.length === 0) yield* outcomes(rule, typeof target === 'string' && /[tT]arget(Https?|Ssl)Proxies\//.test(target) ? fail('target', 'a proxy ends TLS outside the TEE') : isExternal(rule) === true ? fail('loadBalancingScheme', 'it answers the internet') : strangeBackends(deployment, reached));
      else {
        const tags = tagsOf(rule);
        const declared = !(tags instanceof Unknown) && tags[PLANE_TAG] === 'no-phi';
        if (!declared || feeds(reached)) yield* outcomes(rule, fail('target', declared ? 'TLS ends at a proxy that forwards to machines of the deployment' : `TLS ends at a proxy outside the TEE (its plane is not labelled ${PLANE_TAG}: no-phi)`));
        else yield* outcomes(rule, proxies.flatMap((proxy): Defect[] => {
          const policy = deployment.target(proxy.properties['sslPolicy']);
          const minimum = policy?.properties['minTlsVersion'];
          return [
            ...(minimum === 'TLS_1_3' && policy?.properties['profile'] === 'RESTRICTED' ? [] : [fail('', `${proxy.name} has no SSL policy with TLS_1_3 and profile RESTRICTED`)]),
            ...(proxy.properties['serverTlsPolicy'] === undefined ? [fail('', `${proxy.name} does not authenticate clients`)] : []),
          ];
        }));
      }
    }
  }
};

export const rule = defineRule({
  id: 'gateway-tls-ends-in-tee',
  title: 'TLS that carries PHI ends inside the TEE',
  theme: 'private-network',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(e)(2)(ii)', '45 CFR 164.312(e)(1)', '45 CFR 164.312(e)(2)(i)'],
  proposed: ['encryption of ePHI in transit'],
  why: 'A load balancer that terminates TLS sees PHI in the clear outside the TEE.',
  fix: {
    aws: 'Use Gateway (network load balancer, TCP pass-through); an ALB or TLS listener only for the plane that carries no PHI, with a TLS 1.3 policy and mutual TLS.',

    azure: 'Use Gateway (internal Standard load balancer or Private Link Service); an Application Gateway only for the plane that carries no PHI.',

    gcp: 'Use Gateway (internal pass-through load balancer); an HTTPS or SSL proxy only for the plane that carries no PHI.',
  },
  checks: {
    aws,

    azure,

    gcp,
  },
});
