import type { RuleCase } from '../rule-case.js';
import { aclEntry, network, rule } from '../prove/aws/network-fixture.js';

const aws: RuleCase[] = [
  { name: 'both walls exact', cloud: 'aws', expected: 'pass', resources: network() },
  { name: 'egress to everywhere behind closed ACLs', cloud: 'aws', expected: 'fail', resources: network({ Out: rule('Egress', 'TeeGroup', { CidrIp: '0.0.0.0/0', IpProtocol: '-1' }) }) },
  { name: 'open ACL behind closed security groups', cloud: 'aws', expected: 'fail', resources: network({ Open: aclEntry('StoreAcl', 1, false, '0.0.0.0/0', 0, 65_535) }) },
  { name: 'no workload', cloud: 'aws', expected: 'silent', resources: network(), workload: null },
];

export const cases: RuleCase[] = aws;
