import { wallGaps } from '../prove/aws/flows.js';
import { type Check, defineRule, fail, outcomes } from '../rule.js';

const aws: Check = function* (deployment) {
  if (deployment.workload === null || deployment.ofType('AWS::EC2::Subnet').length === 0) return;
  yield* outcomes(deployment.root, wallGaps(deployment).map(({ wall, from, to, ports, via }) => fail('', `${wall} alone would let ${from} reach ${to} on ${ports} (${via})`)));
};

export const rule = defineRule({
  id: 'network-two-walls',
  title: 'Security groups and network ACLs each allow only the flows of the workload file',
  theme: 'private-network',
  severity: 'medium',
  waivable: true,
  citations: ['45 CFR 164.312(e)(1)', '45 CFR 164.312(a)(1)'],
  why: 'A wall that is open behind a closed one lets PHI out with the next edit of the other. Both are derived from the same flows, so both can be exact.',
  fix: {
    aws: 'Use PrivateNetwork, or allow in security groups (both directions) and in network ACLs only the ports of the flows, plus answers on ports 1024 to 65535 in the ACLs.',
  },
  checks: { aws },
});
