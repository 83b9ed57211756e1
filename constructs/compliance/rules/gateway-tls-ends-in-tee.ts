import { at, type Deployment, findUnknown, isList, isObject, type Resource, strings, Unknown, type Value } from '../model.js';
import { allKeys, keyPurpose, phiKeys, processesPhi, tagsOf } from '../phi.js';
import { prove } from '../prove/index.js';
import { type Check, defineRule, type Defect, eachOf, fail, notYet, outcomes, unknown, type Verdict } from '../rule.js';

const aws: Check = notYet;

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
