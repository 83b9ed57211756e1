import { at, type Deployment, findUnknown, isList, isObject, type Resource, strings, Unknown, type Value } from '../model.js';
import { allKeys, keyPurpose, phiKeys, processesPhi, tagsOf } from '../phi.js';
import { prove } from '../prove/index.js';
import { type Check, defineRule, type Defect, eachOf, fail, notYet, outcomes, unknown, type Verdict } from '../rule.js';

const aws: Check = notYet;

const azure: Check = notYet;

const gcp: Check = notYet;

export const rule = defineRule({
  id: 'network-no-internet-path',
  title: 'No path to or from the internet',
  theme: 'private-network',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(e)(1)', '45 CFR 164.312(a)(1)'],
  why: 'An internet path is the exit for PHI and the entrance for an attacker; private services need none.',
  fix: {
    aws: 'Use PrivateNetwork, or no internet gateway, egress-only gateway, NAT gateway, public address or MapPublicIpOnLaunch, and no default route to any of them.',

    azure: 'Use PrivateNetwork, or no public IP on any interface, defaultOutboundAccess false on every subnet, no NAT gateway and no route to Internet.',

    gcp: 'Use PrivateNetwork, or deleteDefaultRoutesOnCreate true, no accessConfigs (either family), no Cloud NAT and no route to default-internet-gateway except the restricted Google range.',
  },
  checks: {
    aws,

    azure,

    gcp,
  },
});
