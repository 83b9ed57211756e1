import type { Preview } from '../../../../constructs/compliance/adapters/pulumi-preview.js';
import type { Value } from '../../../../constructs/compliance/model.js';
import { proveFlows } from '../../../../constructs/compliance/prove/gcp/flows.js';
import { executeWorkload, gcpWorkload } from '../../../gcp/preview.js';
import { previewDeployment } from '../../rule-case.js';
import { both, type Edit, edited, type Inputs, set } from './fixture.js';

const WORKLOAD = gcpWorkload({ perimeter: { accessPolicy: '1', enforced: true } });
let preview: Preview;
beforeAll(async () => { preview = await executeWorkload(WORKLOAD); });

/** `status from > to ports` of everything that is not as the workload file has it. */
const odd = (edit: Edit): string[] => proveFlows(edited(preview, edit, WORKLOAD)).filter(({ status }) => status !== 'expected').map(({ status, from, to, ports }) => `${status} ${from} > ${to} ${ports}`).sort();

test('the shipped network lets through the flows of the workload file and Google\'s private path, and nothing else', () => {
  const flows = proveFlows(edited(preview, {}, WORKLOAD));
  expect(flows.map(({ status, from, to, ports }) => `${status} ${from} > ${to} ${ports}`).sort()).toEqual([
    'expected gateway > tee tcp/8443', 'expected tee > store tcp/5432',
    ...['gateway', 'tee', 'store'].map((segment) => `expected ${segment} > endpoint:restricted.googleapis.com tcp/443`),
  ].sort());
});

const POLICY = 'NetworkFirewallPolicyWithRules network';
interface Rule { ruleName: string; priority: number; direction: string; action: string; disabled?: boolean; targetSecureTags?: unknown[]; match: Inputs & { layer4Configs: Value[] } }
const rules = (change: (rules: Rule[]) => void): Edit => ({ edit: { [POLICY]: (inputs) => change(inputs['rules'] as Rule[]) } });
const rule = (name: string, change: (rule: Rule) => void): Edit => rules((all) => change(all.find(({ ruleName }) => ruleName === name)!));
const drop = (name: string): Edit => rules((all) => void all.splice(all.findIndex(({ ruleName }) => ruleName === name), 1));
const push = (extra: Partial<Rule>): Edit => rules((all) => void all.push({ ruleName: 'extra', priority: 10, direction: 'INGRESS', action: 'allow', match: { layer4Configs: [{ ipProtocol: 'tcp', ports: ['22'] }] }, ...extra }));
const tag = (segment: string): Value => ({ name: `\${gcp:tags/tagValue:TagValue::network-${segment}.id}` });
const NETWORK = '${gcp:compute/network:Network::network.id}';
const TEMPLATE = 'RegionInstanceTemplate tee';
const nic = (change: (nic: Inputs) => void): Edit => ({ edit: { [TEMPLATE]: (inputs) => change((inputs['networkInterfaces'] as Inputs[])[0]!) } });
const classic = (inputs: Inputs): Edit => ({ add: [['gcp:compute/firewall:Firewall', 'classic', { network: NETWORK, ...inputs } as Value]] });
const open = both(push({ direction: 'EGRESS', match: { destIpRanges: ['0.0.0.0/0'], layer4Configs: [{ ipProtocol: 'all' }] } }));

const CASES: readonly (readonly [name: string, edit: Edit, expected: readonly string[]])[] = [
  ['a port added to a flow on both sides', both(rules((all) => { for (const one of all) if (one.ruleName.startsWith('ingress-')) one.match.layer4Configs = [{ ipProtocol: 'tcp', ports: ['8443', '22'] }]; })), ['extra gateway > tee tcp/22']],
  ['a port added on one side', rule('ingress-in', (one) => { one.match.layer4Configs = [{ ipProtocol: 'tcp', ports: ['8443', '22'] }]; }), []],
  ['the deny of egress gone, and one port in', both(drop('deny-egress-ipv4'), rule('data-in', (one) => { one.match['srcSecureTags'] = [tag('tee'), tag('gateway')]; })), expect.arrayContaining(['extra gateway > store tcp/5432']) as unknown as string[]],
  ['a flow whose source widens to another segment', rules((all) => {
    all.find(({ ruleName }) => ruleName === 'data-out')!.targetSecureTags = [tag('tee'), tag('gateway')];
    all.find(({ ruleName }) => ruleName === 'data-in')!.match['srcSecureTags'] = [tag('tee'), tag('gateway')];
  }), ['extra gateway > store tcp/5432']],
  ['a flow closed', drop('data-in'), ['missing tee > store tcp/5432']],
  ['a flow disabled', rule('data-out', (one) => { one.disabled = true; }), ['missing tee > store tcp/5432']],
  ['a deny before the flow', push({ priority: 5, action: 'deny', match: { srcIpRanges: ['10.20.0.0/25'], layer4Configs: [{ ipProtocol: 'all' }] } }), []],
  ['a deny of a whole segment before the flow', push({ priority: 5, action: 'deny', targetSecureTags: [tag('tee')], match: { srcIpRanges: ['10.20.0.0/24'], layer4Configs: [{ ipProtocol: 'all' }] } }), ['missing gateway > tee tcp/8443']],
  ['a TEE without its tag', set(TEMPLATE, 'resourceManagerTags', undefined), ['missing gateway > tee tcp/8443', 'missing tee > store tcp/5432', 'missing tee > endpoint:restricted.googleapis.com tcp/443']],
  ['tags that are not told', set(TEMPLATE, 'resourceManagerTags', '[secret]'), expect.arrayContaining(['unknown gateway > tee tcp/8443']) as unknown as string[]],
  ['everything inside the network', both(push({ match: { srcIpRanges: ['10.20.0.0/16'], layer4Configs: [{ ipProtocol: 'udp', ports: ['53'] }] } }), rules((all) => void all.push({ ruleName: 'out', priority: 11, direction: 'EGRESS', action: 'allow', match: { destIpRanges: ['10.20.0.0/16'], layer4Configs: [{ ipProtocol: 'udp', ports: ['53'] }] } }))),
    expect.arrayContaining(['extra gateway > gateway udp/53', 'extra gateway > store udp/53', 'extra store > tee udp/53']) as unknown as string[]],
  ['the policy not attached', { remove: ['NetworkFirewallPolicyAssociation network'] }, expect.arrayContaining(['missing gateway > tee tcp/8443']) as unknown as string[]],
  ['the policy of elsewhere', set('NetworkFirewallPolicyAssociation network', 'firewallPolicy', 'another'), expect.arrayContaining(['unknown gateway > tee tcp/8443']) as unknown as string[]],
  ['a classic rule after the policy', classic({ sourceRanges: ['0.0.0.0/0'], allows: [{ protocol: 'tcp', ports: ['22'] }] }), []],
  ['a classic rule before the policy', both(set('Network network', 'networkFirewallPolicyEnforcementOrder', undefined), classic({ sourceRanges: ['10.20.0.0/16'], allows: [{ protocol: 'all' }] }), classic({ name: 'out', direction: 'EGRESS', allows: [{ protocol: 'all' }] })), expect.arrayContaining(['extra gateway > tee tcp/0-65535']) as unknown as string[]],
  ['goto_next before the denies', both(push({ priority: 900, action: 'goto_next', match: { srcIpRanges: ['10.20.0.0/16'], layer4Configs: [{ ipProtocol: 'tcp', ports: ['22'] }] } }), rules((all) => void all.push({ ruleName: 'out', priority: 901, direction: 'EGRESS', action: 'goto_next', match: { destIpRanges: ['10.20.0.0/16'], layer4Configs: [{ ipProtocol: 'tcp', ports: ['22'] }] } })), classic({ sourceRanges: ['10.20.0.0/16'], allows: [{ protocol: 'tcp', ports: ['22'] }] })), expect.arrayContaining(['extra gateway > tee tcp/22']) as unknown as string[]],
  ['a rule by name, which nobody can decide', push({ direction: 'EGRESS', match: { destFqdns: ['example.org'], layer4Configs: [{ ipProtocol: 'tcp', ports: ['443'] }] } }), []],
  ['an external address, closed by the policy', nic((one) => { one['accessConfigs'] = [{}]; }), expect.arrayContaining(['extra internet > tee tcp/8443']) as unknown as string[]],
  ['an IPv6 address, closed by the policy', nic((one) => { one['ipv6AccessConfigs'] = [{ networkTier: 'PREMIUM' }]; }), expect.arrayContaining(['extra internet > tee tcp/8443']) as unknown as string[]],
  ['a default route alone', { add: [['gcp:compute/route:Route', 'default', { network: NETWORK, destRange: '0.0.0.0/0', nextHopGateway: 'default-internet-gateway' }]] }, []],
  ['a default route, and egress open', both(open, { add: [['gcp:compute/route:Route', 'default', { network: NETWORK, destRange: '0.0.0.0/0', nextHopGateway: 'default-internet-gateway' }]] }), expect.arrayContaining(['extra tee > internet tcp/0-65535', 'extra tee > endpoint:private.googleapis.com tcp/0-65535']) as unknown as string[]],
  ['egress open without a route', open, expect.arrayContaining(['extra tee > endpoint:restricted.googleapis.com tcp/0-65535']) as unknown as string[]],
  ['the default routes kept, NAT and egress to one address', both(set('Network network', 'deleteDefaultRoutesOnCreate', false), push({ direction: 'EGRESS', match: { destIpRanges: ['203.0.113.7/32'], layer4Configs: [{ ipProtocol: 'tcp', ports: ['443'] }] } }), { add: [
    ['gcp:compute/router:Router', 'router', { name: 'router', network: NETWORK, region: 'us-central1' }],
    ['gcp:compute/routerNat:RouterNat', 'nat', { router: 'router', region: 'us-central1', sourceSubnetworkIpRangesToNat: 'ALL_SUBNETWORKS_ALL_IP_RANGES' }],
  ] }), expect.arrayContaining(['extra tee > internet tcp/443']) as unknown as string[]],
  ['ingress from Identity-Aware Proxy', push({ targetSecureTags: [tag('gateway')], match: { srcIpRanges: ['35.235.240.0/20'], layer4Configs: [{ ipProtocol: 'tcp', ports: ['22'] }] } }), ['extra internet > gateway tcp/22']],
  ['a peering, closed by the policy', { add: [['gcp:compute/networkPeering:NetworkPeering', 'peer', { network: NETWORK, peerNetwork: 'projects/other/global/networks/other' }]] }, []],
  ['a peering, and a rule for its range', both(push({ match: { srcIpRanges: ['10.99.0.0/16'], layer4Configs: [{ ipProtocol: 'tcp', ports: ['22'] }] } }), { add: [['gcp:compute/networkPeering:NetworkPeering', 'peer', { network: NETWORK, peerNetwork: 'projects/other/global/networks/other' }]] }),
    ['extra peering > gateway tcp/22', 'extra peering > store tcp/22', 'extra peering > tee tcp/22']],
  ['an external load balancer in front of the TEE', set('ForwardingRule gateway', 'loadBalancingScheme', 'EXTERNAL'), ['extra internet > tee tcp/8443']],
  ['a network that makes its own subnetworks', set('Network network', 'autoCreateSubnetworks', undefined), ['unknown unknown > unknown any']],
  ['a TEE in a subnetwork of elsewhere', nic((one) => { one['subnetwork'] = 'projects/host/regions/us-central1/subnetworks/shared'; }), ['unknown unknown > unknown any']],
  ['the restricted range unreachable', { remove: ['Route network-google-apis'] }, ['missing tee > endpoint:restricted.googleapis.com tcp/443']],
  ['the addresses that ignore the perimeter', both(rule('google-apis', (one) => { (one.match['destIpRanges'] as string[]).push('199.36.153.8/30'); }), { add: [['gcp:compute/route:Route', 'private', { network: NETWORK, destRange: '199.36.153.8/30', nextHopGateway: 'default-internet-gateway' }]] }),
    ['gateway', 'tee', 'store'].map((segment) => `extra ${segment} > endpoint:private.googleapis.com tcp/443`)],
  ['the perimeter in dry run', { edit: { 'ServicePerimeter perimeter': (inputs) => { inputs['spec'] = inputs['status']; inputs['useExplicitDryRunSpec'] = true; delete inputs['status']; } } }, ['storage', 'cloudkms', 'sts', 'logging'].map((service) => `extra internet > endpoint:${service}.googleapis.com tcp/443`)],
  ['the perimeter without STS', { edit: { 'ServicePerimeter perimeter': (inputs) => { const status = inputs['status'] as Inputs; status['restrictedServices'] = (status['restrictedServices'] as string[]).filter((service) => !service.startsWith('sts.')); } } }, ['extra internet > endpoint:sts.googleapis.com tcp/443']],
  ['the perimeter without the key project', { edit: { 'ServicePerimeter perimeter': (inputs) => { const status = inputs['status'] as Inputs; status['resources'] = ['projects/123456789012']; } } }, ['extra internet > endpoint:cloudkms.googleapis.com tcp/443', 'extra internet > endpoint:sts.googleapis.com tcp/443']],
  ['the perimeter open for anybody', { edit: { 'ServicePerimeter perimeter': (inputs) => { ((inputs['status'] as Inputs)['ingressPolicies'] as Value[]).push({ ingressFrom: { identityType: 'ANY_IDENTITY', sources: [{ accessLevel: '*' }] }, ingressTo: { resources: ['*'], operations: [{ serviceName: 'storage.googleapis.com' }] } }); } } }, ['extra internet > endpoint:storage.googleapis.com tcp/443']],
  ['the perimeter open outwards', { edit: { 'ServicePerimeter perimeter': (inputs) => { (inputs['status'] as Inputs)['egressPolicies'] = [{ egressFrom: { identityType: 'ANY_IDENTITY' }, egressTo: { resources: ['*'], operations: [{ serviceName: 'storage.googleapis.com' }] } }]; } } }, ['extra endpoint:storage.googleapis.com > internet tcp/443']],
];

test.each(CASES)('%s', (_name, edit, expected) => expect(odd(edit)).toEqual(Array.isArray(expected) ? (expected as string[]).slice().sort((a, b) => (a < b ? -1 : 1)) : expected));

test('a Private Service Connect endpoint is the private path', async () => {
  const workload = gcpWorkload({ perimeter: { accessPolicy: '1', enforced: true }, privateServiceConnect: '10.99.0.5' });
  const flows = proveFlows(edited(await executeWorkload(workload), {}, workload));
  expect(flows.filter(({ status }) => status !== 'expected')).toEqual([]);
  expect(flows.map(({ to }) => to)).toContain('endpoint:vpc-sc');
});

test('an artifact of others: ranges, classic rules, defaults of the provider', () => {
  const subnet = (name: string, ipCidrRange: string) => ({ type: 'gcp:compute/subnetwork:Subnetwork', name, inputs: { name, network: 'vpc', ipCidrRange, region: 'us-central1' } });
  const base = [
    { type: 'gcp:compute/network:Network', name: 'vpc', inputs: { name: 'vpc', autoCreateSubnetworks: false } },
    subnet('a', '10.20.0.0/24'), subnet('b', '10.20.1.0/24'),
    { type: 'gcp:compute/instance:Instance', name: 'vm', inputs: { networkInterfaces: [{ subnetwork: 'b', accessConfigs: [{}] }], tags: ['web'] } },
    { type: 'gcp:compute/firewall:Firewall', name: 'web', inputs: { network: 'vpc', allows: [{ protocol: 'tcp', ports: ['443'] }], sourceRanges: ['0.0.0.0/0'], targetTags: ['web'] } },
    { type: 'gcp:compute/firewall:Firewall', name: 'not-the-office', inputs: { network: 'vpc', denies: [{ protocol: 'tcp', ports: ['443'] }], sourceRanges: ['10.0.0.0/8'], priority: 900 } },
  ];
  const flows = proveFlows(previewDeployment('gcp', base, null)).map(({ status, from, to, ports }) => `${status} ${from} > ${to} ${ports}`);
  // The implied rule lets everything out over the default route; the classic rule lets the internet in.
  expect(flows).toEqual(expect.arrayContaining(['extra internet > b tcp/443', 'extra b > internet tcp/0-65535']));
  expect(flows.some((flow) => flow.includes('> a'))).toBe(false);
});
