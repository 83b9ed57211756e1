import { shown } from '../aws.js';
import { wants } from '../azure.js';
import { at, type Deployment, findUnknown, isList, isObject, type Resource, strings, Unknown, type Value } from '../model.js';
import { allKeys, keyPurpose, phiKeys, processesPhi, tagsOf } from '../phi.js';
import { prove } from '../prove/index.js';
import { armOf, covers } from '../prove/azure/arm.js';
import { type Check, defineRule, type Defect, eachOf, fail, notYet, outcomes, unknown, type Verdict } from '../rule.js';

const aws: Check = function* (deployment) {
  for (const vpc of deployment.ofType('AWS::EC2::VPC')) {
    const logs = deployment.ofType('AWS::EC2::FlowLog').filter((log) => deployment.refersTo(log.properties['ResourceId'], vpc));
    const traffic = logs.map((log) => log.properties['TrafficType'] ?? 'ALL');
    if (logs.length === 0) yield* outcomes(vpc, fail('', 'no flow log'));
    else if (logs.some((log, index) => traffic[index] === 'ALL' && !(log.attributes['Condition'] instanceof Unknown))) yield* outcomes(vpc, true);
    else if (traffic.some((type) => type instanceof Unknown) || logs.some((log) => log.attributes['Condition'] instanceof Unknown)) yield* outcomes(vpc, unknown('', 'which traffic the flow log records is not known'));
    else yield* outcomes(vpc, fail('', `the flow log records ${traffic.map(shown).join(', ')} only`));
  }
};

const azure: Check = function* (deployment) {
  const arm = armOf(deployment);
  const logs = deployment.ofType('azure-native:network:FlowLog').map((log) => ({ log, of: arm.normal(log.properties['targetResourceId']) }));
  for (const network of deployment.ofType('azure-native:network:VirtualNetwork')) {
    const id = arm.idOf(network);
    const own = logs.filter(({ of }) => of !== undefined && of === id);
    const vague = logs.some(({ of }) => of === undefined);
    const part = logs.some(({ of }) => of !== undefined && id !== undefined && of !== id && covers(id, of));
    if (own.length === 0) yield* outcomes(network, vague || id === undefined ? unknown('', 'what the flow log records cannot be told') : fail('', part ? 'the flow logs record parts of the network only' : 'no flow log'));
    else if (own.some(({ log }) => log.properties['enabled'] === true)) yield* outcomes(network, true);
    else yield* outcomes(network, own.flatMap(({ log }) => wants(log.properties['enabled'], 'enabled', true, `flow log ${log.name} records nothing`)));
  }
};

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
