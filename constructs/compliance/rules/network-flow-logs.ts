import { at, type Deployment, findUnknown, isList, isObject, type Resource, strings, Unknown, type Value } from '../model.js';
import { allKeys, keyPurpose, phiKeys, processesPhi, tagsOf } from '../phi.js';
import { prove } from '../prove/index.js';
import { type Check, defineRule, type Defect, eachOf, fail, notYet, outcomes, unknown, type Verdict } from '../rule.js';

const aws: Check = notYet;

const azure: Check = notYet;

const gcp: Check = notYet;

export const rule = defineRule({
  id: 'network-flow-logs',
  title: 'Network flows are logged',
  theme: 'private-network',
  severity: 'medium',
  waivable: true,
  citations: ['45 CFR 164.312(b)', '45 CFR 164.308(a)(1)(ii)(D)'],
  why: 'Without flow logs a reviewer cannot tell where PHI went.',
  fix: {
    aws: 'Use PrivateNetwork, or an AWS::EC2::FlowLog with TrafficType ALL on every VPC.',

    azure: 'Use PrivateNetwork, or an enabled VNet flow log (network watcher flowLog targeting the virtual network) with retention.',

    gcp: 'Use PrivateNetwork, or logConfig on every subnetwork with flowSampling 1 and logging on every firewall rule.',
  },
  checks: {
    aws,

    azure,

    gcp,
  },
});
