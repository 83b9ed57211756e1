import { at, type Deployment, findUnknown, isList, isObject, type Resource, strings, Unknown, type Value } from '../model.js';
import { allKeys, keyPurpose, phiKeys, processesPhi, tagsOf } from '../phi.js';
import { prove } from '../prove/index.js';
import { type Check, defineRule, type Defect, eachOf, fail, notYet, outcomes, unknown, type Verdict } from '../rule.js';

const aws: Check = notYet;

const azure: Check = notYet;

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
