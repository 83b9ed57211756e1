import { wallGaps } from '../prove/aws/flows.js';
import { wallGaps as azureWallGaps } from '../prove/azure/flows.js';
import { networkOf } from '../prove/azure/network.js';
import { wallGaps as gcpWallGaps } from '../prove/gcp/walls.js';
import { type Check, defineRule, fail, outcomes, unknown } from '../rule.js';

const aws: Check = function* (deployment) {
  if (deployment.workload === null || deployment.ofType('AWS::EC2::Subnet').length === 0) return;
  yield* outcomes(deployment.root, wallGaps(deployment).map(({ wall, from, to, ports, via }) => fail('', `${wall} alone would let ${from} reach ${to} on ${ports} (${via})`)));
};

const azure: Check = function* (deployment) {
  if (deployment.workload === null || networkOf(deployment).subnets.length === 0) return;
  const gaps = azureWallGaps(deployment);
  if (gaps.length === 0) yield* outcomes(deployment.root, true);
  for (const { wall, from, to, ports, via } of gaps) yield* outcomes(wall, fail('', `would let ${from} reach ${to} on ${ports}, if the other side did (${via})`));
};

const gcp: Check = function* (deployment) {
  if (deployment.workload === null || deployment.ofType('gcp:compute/subnetwork:Subnetwork').length === 0) return;
  yield* outcomes(deployment.root, gcpWallGaps(deployment).map(({ wall, from, to, port, by, unsure }) => (unsure ? unknown : fail)('', `the ${wall} rules alone would let ${from} reach ${to} on ${port} (${by === '' ? 'no rule refuses it' : by})`)));
};

export const rule = defineRule({
  id: 'network-two-walls',
  title: 'Each wall on its own allows only the flows of the workload file',
  theme: 'private-network',
  severity: 'medium',
  waivable: true,
  citations: ['45 CFR 164.312(e)(1)', '45 CFR 164.312(a)(1)'],
  proposed: ['network segmentation'],
  why: 'A wall that is open behind a closed one lets PHI out with the next edit of the other. Both are derived from the same flows, so both can be exact.',
  fix: {
    aws: 'Use PrivateNetwork, or allow in security groups (both directions) and in network ACLs only the ports of the flows, plus answers on ports 1024 to 65535 in the ACLs.',
    azure: 'Use PrivateNetwork, or allow in the security groups of both sides exactly the ports, sources and destinations of the flows: application security groups or segment ranges, never VirtualNetwork or a range around them.',
    gcp: 'Use PrivateNetwork, or in the firewall policy allow out of a segment only the ranges and ports of its flows, allow into it only the secure tags and ports of its flows, and deny the rest in both directions.',
  },
  checks: { aws, azure, gcp },
});
