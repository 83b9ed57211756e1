import type { Value } from '../../../constructs/compliance/model.js';
import type { RuleCase } from '../rule-case.js';
import { firewall, net } from '../gcp-fixture.js';
import { aclEntry, network, rule } from '../prove/aws/network-fixture.js';
import { azureCase, resource } from '../prove/azure/fixture.js';

const aws: RuleCase[] = [
  { name: 'both walls exact', cloud: 'aws', expected: 'pass', resources: network() },
  { name: 'egress to everywhere behind closed ACLs', cloud: 'aws', expected: 'fail', resources: network({ Out: rule('Egress', 'TeeGroup', { CidrIp: '0.0.0.0/0', IpProtocol: '-1' }) }) },
  { name: 'open ACL behind closed security groups', cloud: 'aws', expected: 'fail', resources: network({ Open: aclEntry('StoreAcl', 1, false, '0.0.0.0/0', 0, 65_535) }) },
  { name: 'no workload', cloud: 'aws', expected: 'silent', resources: network(), workload: null },
];

const azure: RuleCase[] = [
  azureCase('each side exact', 'pass', { at: 'azure' }),
  azureCase('the receiver lets in the whole network', 'fail', { more: [resource('network:SecurityRule', 'wide', { networkSecurityGroupName: 'store', direction: 'Inbound', access: 'Allow', priority: 200, protocol: 'Tcp', sourceAddressPrefix: 'VirtualNetwork', destinationAddressPrefix: '*', destinationPortRange: '5432' })] }),
  azureCase('the sender lets out a range of ports', 'fail', { more: [resource('network:SecurityRule', 'wide', { networkSecurityGroupName: 'gateway', direction: 'Outbound', access: 'Allow', priority: 200, protocol: 'Tcp', sourceAddressPrefix: '*', destinationAddressPrefix: '10.20.1.0/24', destinationPortRange: '8000-9000' })] }),
];

/** A rule of a firewall policy from one range to another; a wall on the way out and one on the way in for each flow. */
const wall = (ruleName: string, priority: number, direction: 'EGRESS' | 'INGRESS', action: 'allow' | 'deny', srcIpRanges: readonly string[], destIpRanges: readonly string[], ports: readonly string[]): Value => ({
  ruleName, priority, direction, action, match: { srcIpRanges, destIpRanges, layer4Configs: [ports.length === 0 ? { ipProtocol: 'all' } : { ipProtocol: 'tcp', ports }] },
});
const [gateway, tee, store] = ['10.20.0.0/24', '10.20.1.0/24', '10.20.2.0/24'];
const both = (name: string, priority: number, from: string, to: string, port: string): Value[] => [wall(`${name}-out`, priority, 'EGRESS', 'allow', [from], [to], [port]), wall(`${name}-in`, priority + 1, 'INGRESS', 'allow', [from], [to], [port])];
const exact = (...more: readonly Value[]): Value[] => [
  ...more, ...both('ingress', 10, gateway, tee, '8443'), ...both('data', 20, tee, store, '5432'),
  wall('deny-in', 1000, 'INGRESS', 'deny', ['0.0.0.0/0'], [], []), wall('deny-out', 1001, 'EGRESS', 'deny', [], ['0.0.0.0/0'], []),
];

const gcp: RuleCase[] = [
  { name: 'both walls exact', cloud: 'gcp', expected: 'pass', resources: net(firewall(exact())) },
  { name: 'a wider source behind a closed way out', cloud: 'gcp', expected: 'fail', resources: net(firewall(exact(wall('wide', 1, 'INGRESS', 'allow', [store], [tee], ['8443'])))) },
  { name: 'a range with nothing in it yet', cloud: 'gcp', expected: 'fail', resources: net(firewall(exact(wall('later', 1, 'INGRESS', 'allow', ['10.99.0.0/16'], [tee], ['8443'])))) },
  { name: 'a wider way out before a closed way in', cloud: 'gcp', expected: 'fail', resources: net(firewall(exact(wall('wide', 1, 'EGRESS', 'allow', [gateway], [store], ['5432'])))) },
  { name: 'another port on the way in', cloud: 'gcp', expected: 'fail', resources: net(firewall(exact(wall('wide', 1, 'INGRESS', 'allow', [gateway], [tee], ['22'])))) },
  { name: 'health checks', cloud: 'gcp', expected: 'pass', resources: net(firewall(exact(wall('health', 1, 'INGRESS', 'allow', ['35.191.0.0/16', '130.211.0.0/22'], [tee], ['8443'])))) },
  { name: 'a rule that cannot be read', cloud: 'gcp', expected: 'unknown', resources: net(firewall(exact({ ruleName: 'x', priority: 1, direction: 'INGRESS', action: 'allow', match: '[secret]' }))) },
  { name: 'no workload', cloud: 'gcp', expected: 'silent', resources: net(), workload: null },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
