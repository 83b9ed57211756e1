import type { RuleCase } from '../rule-case.js';
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

export const cases: RuleCase[] = [...aws, ...azure];
