import type { RuleCase } from '../rule-case.js';
import { network, rule, withoutAcls } from '../prove/aws/network-fixture.js';

const group = (id: string) => ({ 'Fn::GetAtt': [`${id}Group`, 'GroupId'] });
const ssh = (extra: object) => ({ FromPort: 22, ToPort: 22, ...extra });
const aws: RuleCase[] = [
  { name: 'the flows of the workload file', cloud: 'aws', expected: 'pass', resources: network() },
  { name: 'an extra flow', cloud: 'aws', expected: 'fail', at: 'SshIn', resources: withoutAcls({ SshOut: rule('Egress', 'GatewayGroup', ssh({ DestinationSecurityGroupId: group('Store') })), SshIn: rule('Ingress', 'StoreGroup', ssh({ SourceSecurityGroupId: group('Gateway') })) }) },
  { name: 'a missing flow', cloud: 'aws', expected: 'fail', at: 'aws', resources: network({}, ['DataIn']) },
  { name: 'a rule that cannot be read', cloud: 'aws', expected: 'unknown', resources: withoutAcls({ SshOut: rule('Egress', 'GatewayGroup', ssh({ CidrIp: { Ref: 'Parameter' } })), SshIn: rule('Ingress', 'StoreGroup', ssh({ SourceSecurityGroupId: group('Gateway') })) }) },
  { name: 'no workload', cloud: 'aws', expected: 'silent', resources: network(), workload: null },
];

const azure: RuleCase[] = [];

const gcp: RuleCase[] = [];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
