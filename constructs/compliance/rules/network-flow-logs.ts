import { shown, number } from '../aws.js';
import { wants } from '../azure.js';
import { at, isList, type Resource, Unknown, type Value } from '../model.js';
import { processesPhi } from '../phi.js';
import { armOf, covers } from '../prove/azure/arm.js';
import { flag as setting, text as plain, TYPE } from '../prove/gcp/names.js';
import { type Check, defineRule, type Defect, fail, outcomes, unknown } from '../rule.js';

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
    else if (own.some(({ log }) => log.properties['enabled'] === true && log.properties['storageId'] !== undefined)) yield* outcomes(network, true);
    else if (own.every(({ log }) => log.properties['storageId'] === undefined)) yield* outcomes(network, fail('', 'the flow logs name no storage account'));
    else yield* outcomes(network, own.flatMap(({ log }) => wants(log.properties['enabled'], 'enabled', true, `flow log ${log.name} records nothing`)));
  }
};

function* unlogged(subnet: Resource): Iterable<Defect> {
  const config = subnet.properties['logConfig'];
  if (config instanceof Unknown) { yield unknown('logConfig', config.reason); return; }
  if (config === undefined || config === null) { yield fail('logConfig', 'no logConfig: flows leave no trace'); return; }
  const sampling = number(at(config, 'flowSampling'));
  if (sampling instanceof Unknown) yield unknown('logConfig.flowSampling', sampling.reason);
  else if (sampling !== 1) yield fail('logConfig.flowSampling', `flowSampling is ${sampling ?? 'not set, and so 0.5'}: the other flows leave no trace`);
  if (at(config, 'metadata') === 'EXCLUDE_ALL_METADATA') yield fail('logConfig.metadata', 'the logs do not name the machines');
  const filter = at(config, 'filterExpr');
  if (filter !== undefined && filter !== null && filter !== 'true') yield (filter === 'false' ? fail : unknown)('logConfig.filterExpr', `only what ${shown(filter)} takes is logged`);
}

const gcp: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  for (const subnet of deployment.ofType(TYPE.subnetwork)) {
    const purpose = plain(subnet.properties['purpose']);
    if (purpose === undefined || purpose === 'PRIVATE') yield* outcomes(subnet, [...unlogged(subnet)]);
  }
  const logged = (rule: Value, path: string): readonly Defect[] => {
    const on = at(rule, 'enableLogging');
    return on === true || at(rule, 'disabled') === true || at(rule, 'action') === 'goto_next' ? [] : [(on instanceof Unknown ? unknown : fail)(path, `${plain(at(rule, 'ruleName')) ?? 'the rule'} does not log`)];
  };
  for (const policy of deployment.resources.filter(({ type }) => /^gcp:compute\/(region)?([nN]etwork)?[fF]irewallPolicyWithRules:/.test(type))) {
    const rules = policy.properties['rules'];
    yield* outcomes(policy, isList(rules) ? rules.flatMap((rule, index) => logged(rule, `rules[${index}].enableLogging`)) : unknown('rules', 'the rules are not known'));
  }
  for (const rule of deployment.resources.filter(({ type }) => /^gcp:compute\/(region)?([nN]etwork)?[fF]irewallPolicyRule:/.test(type))) yield* outcomes(rule, logged(rule.properties, 'enableLogging'));
  for (const rule of deployment.ofType('gcp:compute/firewall:Firewall')) yield* outcomes(rule, rule.properties['logConfig'] === undefined && setting(rule, 'disabled', false) !== true ? fail('logConfig', 'the rule does not log') : true);
};

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
