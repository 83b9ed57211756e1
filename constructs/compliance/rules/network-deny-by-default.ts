import { at, type Deployment, findUnknown, isList, isObject, type Resource, strings, Unknown, type Value } from '../model.js';
import { allKeys, keyPurpose, phiKeys, processesPhi, tagsOf } from '../phi.js';
import { prove } from '../prove/index.js';
import { type Check, defineRule, type Defect, eachOf, fail, notYet, outcomes, unknown, type Verdict } from '../rule.js';

const aws: Check = notYet;

const azure: Check = notYet;

const gcp: Check = notYet;

export const rule = defineRule({
  id: 'network-deny-by-default',
  title: 'Everything not allowed is denied',
  theme: 'private-network',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(e)(1)', '45 CFR 164.312(a)(1)'],
  why: 'Provider defaults allow all traffic inside a network, and often all egress.',
  fix: {
    aws: 'Use PrivateNetwork: exact egress on every security group (no implicit allow-all egress), own network ACLs, default security group without rules.',

    azure: 'Use PrivateNetwork: a network security group on every subnet with explicit deny-all rules inbound and outbound below priority 4096.',

    gcp: 'Use PrivateNetwork: a firewall policy with explicit deny-all ingress and egress, no default network, no auto-created subnets.',
  },
  checks: {
    aws,

    azure,

    gcp,
  },
});
