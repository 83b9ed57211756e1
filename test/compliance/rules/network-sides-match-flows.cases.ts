import type { RuleCase } from '../rule-case.js';
import { firewall, net, rule, RULES, TCP } from '../gcp-fixture.js';

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'both sides exact', expected: 'pass', resources: net() },
  { cloud: 'gcp', name: 'ingress for the whole network', expected: 'fail', at: 'gcp', resources: net(firewall([...RULES, rule('wide', 1, 'INGRESS', 'allow', ['10.20.0.0/16'], TCP('22'))])) },
  { cloud: 'gcp', name: 'egress to the whole network', expected: 'fail', at: 'gcp', resources: net(firewall([...RULES, rule('wide', 1, 'EGRESS', 'allow', ['10.20.0.0/16'], TCP('22'))])) },
  { cloud: 'gcp', name: 'no workload', expected: 'silent', resources: net(), workload: null },
];

export const cases: RuleCase[] = gcp;
