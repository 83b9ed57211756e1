import { list, shown, text } from '../aws.js';
import { at, type Deployment, findUnknown, isList, isObject, type Resource, strings, Unknown, type Value } from '../model.js';
import { allKeys, keyPurpose, phiKeys, processesPhi, tagsOf } from '../phi.js';
import { prove } from '../prove/index.js';
import { type Check, defineRule, type Defect, eachOf, fail, notYet, outcomes, unknown, type Verdict } from '../rule.js';

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

const azure: Check = notYet;

const gcp: Check = notYet;

export const rule = defineRule({
  id: 'gateway-tls-ends-in-tee',
  title: 'TLS that carries PHI ends inside the TEE',
  theme: 'private-network',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(e)(2)(ii)', '45 CFR 164.312(e)(1)', '45 CFR 164.312(e)(2)(i)'],
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
