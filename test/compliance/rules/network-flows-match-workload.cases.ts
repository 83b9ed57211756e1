import type { RuleCase } from '../rule-case.js';
import { RULES, TCP, firewall, net, rule as ruleOf } from '../gcp-fixture.js';
import { network, rule, withoutAcls } from '../prove/aws/network-fixture.js';
import { azureCase, id, NOT_KNOWN, resource } from '../prove/azure/fixture.js';

const group = (id: string) => ({ 'Fn::GetAtt': [`${id}Group`, 'GroupId'] });
const ssh = (extra: object) => ({ FromPort: 22, ToPort: 22, ...extra });
const aws: RuleCase[] = [
  { name: 'the flows of the workload file', cloud: 'aws', expected: 'pass', resources: network() },
  { name: 'an extra flow', cloud: 'aws', expected: 'fail', at: 'SshIn', resources: withoutAcls({ SshOut: rule('Egress', 'GatewayGroup', ssh({ DestinationSecurityGroupId: group('Store') })), SshIn: rule('Ingress', 'StoreGroup', ssh({ SourceSecurityGroupId: group('Gateway') })) }) },
  { name: 'a missing flow', cloud: 'aws', expected: 'fail', at: 'aws', resources: network({}, ['DataIn']) },
  { name: 'a rule that cannot be read', cloud: 'aws', expected: 'unknown', resources: withoutAcls({ SshOut: rule('Egress', 'GatewayGroup', ssh({ CidrIp: { Ref: 'Parameter' } })), SshIn: rule('Ingress', 'StoreGroup', ssh({ SourceSecurityGroupId: group('Gateway') })) }) },
  { name: 'no workload', cloud: 'aws', expected: 'silent', resources: network(), workload: null },
];

const azure: RuleCase[] = [
  azureCase('the flows of the workload file', 'pass', { at: 'azure' }),
  azureCase('an extra flow', 'fail', { edits: [['NetworkSecurityGroup', 'store', 'securityRules', []]], at: 'azure' }),
  azureCase('a peering', 'fail', { more: [resource('network:VirtualNetworkPeering', 'hub', { virtualNetworkName: 'vnet', remoteVirtualNetwork: { id: id('Microsoft.Network/virtualNetworks', 'hub') } })], edits: [['NetworkSecurityGroup', 'store', 'securityRules', []]], at: 'azure' }),
  azureCase('rules not known', 'unknown', { edits: [['NetworkSecurityGroup', 'store', 'securityRules', NOT_KNOWN]], at: 'azure' }),
  azureCase('no workload', 'silent', { workload: null }),
];

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'the flows of the workload file', expected: 'pass', resources: net() },
  { cloud: 'gcp', name: 'an extra flow', expected: 'fail', at: 'gcp', resources: net(firewall([...RULES, ruleOf('a', 1, 'INGRESS', 'allow', ['10.20.0.0/24'], TCP('22')), ruleOf('b', 2, 'EGRESS', 'allow', ['10.20.2.0/24'], TCP('22'))])) },
  { cloud: 'gcp', name: 'a missing flow', expected: 'fail', at: 'gcp', resources: net(firewall(RULES.slice(1))) },
  { cloud: 'gcp', name: 'a ruleOf that is not told', expected: 'unknown', at: 'gcp', resources: net(firewall([...RULES, '[secret]'])) },
  { cloud: 'gcp', name: 'no workload', expected: 'silent', workload: null, resources: net() },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
