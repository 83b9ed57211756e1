import { at, type Deployment, findUnknown, isList, isObject, type Resource, strings, Unknown, type Value } from '../model.js';
import { allKeys, keyPurpose, phiKeys, processesPhi, tagsOf } from '../phi.js';
import { prove } from '../prove/index.js';
import { type Check, defineRule, type Defect, eachOf, fail, notYet, outcomes, unknown, type Verdict } from '../rule.js';

const aws: Check = notYet;

const azure: Check = notYet;

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
