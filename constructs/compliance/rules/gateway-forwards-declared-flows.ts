import { contains, parseCidr } from '../../workload/ipv4.js';
import { list, number, shown, text } from '../aws.js';
import { at, type Deployment, findUnknown, isList, type Resource, strings, Unknown, type Value } from '../model.js';
import { processesPhi } from '../phi.js';
import { armOf, listAt } from '../prove/azure/arm.js';
import { networkOf } from '../prove/azure/network.js';
import { toggle } from '../gcp.js';
import { reachedFrom } from '../prove/gcp/flows.js';
import { text as gcpText } from '../prove/gcp/names.js';
import { networkOf as gcpNetworkOf } from '../prove/gcp/network.js';
import { type Check, type Defect, defineRule, fail, outcomes, unknown } from '../rule.js';

/** Defects of what stands behind a listener on AWS: machines of a group, or addresses of segments of the workload file. */
function targets(deployment: Deployment, group: Resource, fed: boolean): readonly Defect[] {
  const { workload } = deployment;
  const segments = Object.values(workload?.segments ?? {}).flatMap(({ cidr }) => parseCidr(cidr) ?? []);
  const named = list(group.properties['Targets']);
  const port = number(group.properties['Port']);
  const ports = new Set(Object.values(workload?.flows ?? {}).map((flow) => flow.port));
  return [
    ...(named instanceof Unknown ? [unknown('Targets', named.reason)] : named.flatMap((target, index): Defect[] => {
      const id = at(target, 'Id');
      const address = typeof id === 'string' ? parseCidr(`${id}/32`) : undefined;
      if (address ? segments.some((segment) => contains(segment, address)) : deployment.target(id) !== undefined) return [];
      return [(address ? fail : unknown)(`Targets[${index}]`, `leads to ${shown(id)}, which is ${address ? 'in no segment of the workload file' : 'not among the artifacts'}`)];
    })),
    ...(fed && port instanceof Unknown ? [unknown('Port', port.reason)] : fed && port !== undefined && !ports.has(port as number) ? [fail('Port', `leads to port ${shown(port)} of machines, which no flow of the workload file allows`)] : []),
  ];
}

/** Defects of actions that lead to target groups which the artifact does not show. */
function forwards(deployment: Deployment, value: Value | undefined, path: string): readonly Defect[] {
  const actions = list(value);
  if (actions instanceof Unknown) return [unknown(path, actions.reason)];
  return actions.flatMap((action, index) => {
    const more = list(at(action, 'ForwardConfig.TargetGroups'));
    const groups = [at(action, 'TargetGroupArn'), ...(more instanceof Unknown ? [more] : more.map((one) => at(one, 'TargetGroupArn')))].filter((group) => group !== undefined && group !== null);
    return groups.filter((group) => deployment.target(group)?.type !== 'AWS::ElasticLoadBalancingV2::TargetGroup').map((group) => unknown(`${path}[${index}]`, `leads to ${group instanceof Unknown ? group.reason : shown(group)}, which is not among the artifacts`));
  });
}

const aws: Check = function* (deployment) {
  if (!processesPhi(deployment) || !deployment.workload?.clouds.aws) return;
  for (const balancer of deployment.ofType('AWS::ElasticLoadBalancingV2::LoadBalancer')) {
    const path = 'EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic';
    const enforced = balancer.properties[path];
    // Consumers of a service come from addresses that no security group of this network knows; each is accepted by hand instead.
    const accepted = deployment.ofType('AWS::EC2::VPCEndpointService').some(({ properties }) => deployment.refersTo(properties['NetworkLoadBalancerArns'], balancer) && text(properties['AcceptanceRequired']) === 'true');
    yield* outcomes(balancer, enforced instanceof Unknown ? unknown(path, enforced.reason) : text(enforced) === 'off' && !accepted ? fail(path, 'what comes by PrivateLink passes no security group') : true);
  }
  for (const [type, path] of [['AWS::ElasticLoadBalancingV2::Listener', 'DefaultActions'], ['AWS::ElasticLoadBalancingV2::ListenerRule', 'Actions']] as const) {
    for (const listener of deployment.ofType(type)) yield* outcomes(listener, forwards(deployment, listener.properties[path], path));
  }
  const fed = new Set(deployment.ofType('AWS::AutoScaling::AutoScalingGroup').flatMap(({ properties }) => deployment.targets(properties['TargetGroupARNs'])));
  for (const group of deployment.ofType('AWS::ElasticLoadBalancingV2::TargetGroup')) yield* outcomes(group, targets(deployment, group, fed.has(group)));
};

const BALANCER = 'azure-native:network:LoadBalancer';

/** The segments whose machines stand behind a load balancer. */
function segmentsBehind(deployment: Deployment, balancer: Resource): ReadonlySet<string> {
  const { hosts, arm } = networkOf(deployment);
  const id = arm.idOf(balancer);
  const joined = hosts.filter(({ resource }) => resource && id !== undefined && [...strings(resource.properties)].some((text) => arm.normal(text)?.startsWith(`${id}/`)));
  return new Set(joined.map(({ subnet }) => subnet.place));
}

/** Ports of flows of the workload file into some segments; undefined without a workload file. */
function declaredPorts(deployment: Deployment, places: ReadonlySet<string>): ReadonlySet<number> | undefined {
  const { workload } = deployment;
  return workload ? new Set(Object.values(workload.flows).filter(({ to }) => places.has(to)).map(({ port }) => port)) : undefined;
}

/** Defects of a rule that leads connections to machines. */
function leads(rule: Value, path: string, ports: ReadonlySet<number> | undefined): readonly Defect[] {
  const where = (name: string): string => (path === '' ? name : `${path}.${name}`);
  if (rule instanceof Unknown) return [unknown(path, rule.reason)];
  const protocol = at(rule, 'protocol');
  const port = at(rule, 'backendPort');
  if (ports === undefined) return [];
  return [
    ...(typeof protocol === 'string' && protocol.toLowerCase() === 'tcp' ? [] : [(protocol instanceof Unknown ? unknown : fail)(where('protocol'), `protocol is ${shown(protocol)}; flows are TCP`)]),
    ...(typeof port === 'number' && ports.has(port) ? [] : [(port instanceof Unknown ? unknown : fail)(where('backendPort'), `leads to port ${shown(port)} of machines, which no flow of the workload file allows`)]),
  ];
}

function each(value: Value, path: string, judge: (item: Value, path: string) => readonly Defect[]): readonly Defect[] {
  const items = listAt(value, path);
  return items instanceof Unknown ? [unknown(path, items.reason)] : items.flatMap((item, index) => judge(item, `${path}[${index}]`));
}

/** Defects of a pool that names addresses instead of machines. */
function pooled(deployment: Deployment, pool: Value, path: string): readonly Defect[] {
  const where = (name: string): string => (path === '' ? name : `${path}.${name}`);
  const gap = findUnknown(at(pool, 'loadBalancerBackendAddresses'));
  if (gap) return [unknown(where('loadBalancerBackendAddresses'), gap.reason)];
  const tees = Object.values(deployment.workload?.segments ?? {}).filter(({ purpose }) => purpose === 'tee').flatMap(({ cidr }) => parseCidr(cidr) ?? []);
  const addresses = listAt(pool, 'loadBalancerBackendAddresses');
  const tunnels = at(pool, 'tunnelInterfaces');
  return [
    ...(addresses instanceof Unknown ? [] : addresses.flatMap((address, index): Defect[] => {
      const ip = at(address, 'ipAddress');
      const own = typeof ip === 'string' ? parseCidr(`${ip}/32`) : undefined;
      return own && tees.some((tee) => contains(tee, own)) ? [] : [fail(where(`loadBalancerBackendAddresses[${index}]`), `leads to ${shown(ip ?? at(address, 'loadBalancerFrontendIPConfiguration.id'))}, which is no machine of a TEE segment`)];
    })),
    ...(tunnels === undefined || tunnels === null || (isList(tunnels) && tunnels.length === 0) ? [] : [fail(where('tunnelInterfaces'), 'hands packets to an appliance')]),
  ];
}

function frontend(deployment: Deployment, front: Value, path: string): readonly Defect[] {
  const { subnets, arm } = networkOf(deployment);
  const chained = at(front, 'gatewayLoadBalancer');
  const subnet = at(front, 'subnet');
  const id = arm.normal(at(subnet, 'id'));
  return [
    ...(chained === undefined || chained === null ? [] : [(chained instanceof Unknown ? unknown : fail)(`${path}.gatewayLoadBalancer`, 'every packet passes another load balancer\'s appliances first')]),
    ...(subnet === undefined || subnet === null || subnets.some((one) => one.id === id) ? [] : [(id === undefined ? unknown : fail)(`${path}.subnet`, `answers in ${shown(at(subnet, 'id'))}, which is no subnet of the artifact`)]),
  ];
}

const azure: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  const arm = armOf(deployment);
  for (const balancer of deployment.ofType(BALANCER)) {
    const ports = declaredPorts(deployment, segmentsBehind(deployment, balancer));
    yield* outcomes(balancer, [
      ...each(balancer.properties, 'frontendIPConfigurations', (front, path) => frontend(deployment, front, path)),
      ...each(balancer.properties, 'loadBalancingRules', (rule, path) => leads(rule, path, ports)),
      ...['inboundNatRules', 'inboundNatPools'].flatMap((name) => each(balancer.properties, name, (rule, path) => leads(rule, path, ports))),
      ...each(balancer.properties, 'outboundRules', (_, path) => [fail(path, 'gives machines a way out to the internet')]),
      ...each(balancer.properties, 'backendAddressPools', (pool, path) => pooled(deployment, pool, path)),
    ]);
  }
  for (const rule of deployment.ofType('azure-native:network:InboundNatRule')) {
    const balancer = arm.parent(rule, BALANCER, 'loadBalancerName');
    yield* outcomes(rule, balancer ? leads(rule.properties, '', declaredPorts(deployment, segmentsBehind(deployment, balancer))) : unknown('loadBalancerName', 'whose machines it leads to is not in the artifact'));
  }
  for (const pool of deployment.ofType('azure-native:network:LoadBalancerBackendAddressPool')) yield* outcomes(pool, pooled(deployment, pool.properties, ''));
};

const gcp: Check = function* (deployment) {
  if (!processesPhi(deployment) || !deployment.workload) return;
  const { hosts } = gcpNetworkOf(deployment);
  for (const rule of deployment.ofType('gcp:compute/forwardingRule:ForwardingRule')) {
    const reached = new Set(reachedFrom(deployment, rule));
    const places = new Set(hosts.filter(({ resource }) => resource && reached.has(resource)).map(({ subnet }) => subnet.place));
    if (places.size === 0) continue;
    const served = declaredPorts(deployment, places) ?? new Set();
    const { ports, portRange, allPorts, allowGlobalAccess } = rule.properties;
    const named = isList(ports) ? ports : portRange === undefined || portRange === null ? [] : [portRange];
    const protocol = rule.properties['ipProtocol'];
    const everything = toggle(allPorts);
    const everywhere = toggle(allowGlobalAccess);
    yield* outcomes(rule, [
      ...(everything === true || everything instanceof Unknown ? [(everything === true ? fail : unknown)('allPorts', 'leads every port to machines; flows of the workload file name theirs')] : []),
      ...(protocol === undefined || protocol === null || protocol === 'TCP' ? [] : [(protocol instanceof Unknown ? unknown : fail)('ipProtocol', `leads ${shown(protocol)} to machines; flows are TCP`)]),
      ...(named.length === 0 && !(ports instanceof Unknown) && everything !== true ? [fail('ports', 'names no port: flows of the workload file name theirs')] : []),
      ...(ports instanceof Unknown ? [unknown('ports', ports.reason)] : named.flatMap((port): Defect[] => {
        const [first, last = first] = (gcpText(port) ?? '').split('-').map(Number);
        return port instanceof Unknown ? [unknown('ports', port.reason)] : first === last && served.has(first ?? -1) ? [] : [fail('ports', `leads port ${shown(port)} to machines, which no flow of the workload file allows`)];
      })),
      ...(everywhere === true || everywhere instanceof Unknown ? [(everywhere === true ? fail : unknown)('allowGlobalAccess', 'machines of every other region reach it; the segments of the workload file lie in one')] : []),
    ]);
  }
};

export const rule = defineRule({
  id: 'gateway-forwards-declared-flows',
  title: 'Load balancers lead to the declared ports of the TEE and nowhere else',
  theme: 'private-network',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(e)(1)', '45 CFR 164.312(a)(1)'],
  why: 'A pool with one address more, a translation to another port or a chained appliance sends PHI to a machine that nobody attested, or opens a port that no flow names.',
  fix: {
    aws: 'Use Gateway: target groups of the fleet on the port of a flow of the workload file, no address outside its segments, and EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic off only where a VPC endpoint service with AcceptanceRequired true offers the balancer.',
    azure: 'Use Gateway: one internal frontend, a backend pool of machines, rules for TCP ports of flows of the workload file; no NAT rules to other ports, outbound rules, addresses in pools or gatewayLoadBalancer.',
    gcp: 'Use Gateway: an internal forwarding rule with the ports of flows of the workload file; no allPorts and no allowGlobalAccess.',
  },
  checks: { aws, azure, gcp },
});
