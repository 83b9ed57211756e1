import { at } from '../model.js';
import { prove } from '../prove/index.js';
import { type Check, defineRule, fail, outcomes, unknown } from '../rule.js';

const aws: Check = function* (deployment) {
  if (deployment.workload === null) return;
  let clean = true;
  for (const flow of prove(deployment).network.flows) {
    if (flow.status === 'expected') continue;
    clean = false;
    // The rule that opens it is the resource to repair; what is missing is nowhere.
    const culprit = flow.via.split(/[, ]+/).map((word) => deployment.byId.get(word.replace(/\..*$/, ''))).filter((one) => one !== undefined).at(-1);
    const text = `${flow.from} to ${flow.to} on ${flow.ports}`;
    yield* outcomes(flow.status === 'extra' ? (culprit ?? deployment.root) : deployment.root, flow.status === 'unknown' ? unknown('', `cannot tell whether ${text} is open: ${flow.via}`) : fail('', flow.status === 'extra' ? `${text} is open and no flow of the workload file allows it (${flow.via})` : `${text} is in the workload file and closed: ${flow.via}`));
  }
  if (clean) yield* outcomes(deployment.root, true);
};

const azure: Check = function* (deployment) {
  if (deployment.workload === null) return;
  let clean = true;
  for (const flow of prove(deployment).network.flows) {
    if (flow.status === 'expected') continue;
    clean = false;
    const text = `${flow.from} to ${flow.to} on ${flow.ports}`;
    yield* outcomes(deployment.root, flow.status === 'unknown' ? unknown('', `cannot tell whether ${text} is open: ${flow.via}`) : fail('', flow.status === 'extra' ? `${text} is open and no flow of the workload file allows it (${flow.via})` : `${text} is in the workload file and closed: ${flow.via}`));
  }
  if (clean) yield* outcomes(deployment.root, true);
};

const gcp: Check = function* (deployment) {
  if (deployment.workload === null) return;
  let clean = true;
  for (const { status, from, to, ports, via } of prove(deployment).network.flows) {
    if (status === 'expected') continue;
    clean = false;
    const text = `${from} to ${to} on ${ports}`;
    const message = status === 'unknown' ? `cannot tell whether ${text} is open: ${via}` : status === 'extra' ? `${text} is open and no flow of the workload file allows it (${via})` : `${text} is in the workload file and closed: ${via}`;
    yield* outcomes(deployment.root, (status === 'unknown' ? unknown : fail)('', message));
  }
  if (clean) yield* outcomes(deployment.root, true);
};

export const rule = defineRule({
  id: 'network-flows-match-workload',
  title: 'What can reach what is exactly what the workload file allows',
  theme: 'private-network',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(e)(1)', '45 CFR 164.308(a)(4)(ii)(B)', '45 CFR 164.312(a)(1)'],
  proposed: ['network segmentation', 'a network map'],
  why: 'An extra flow is a path nobody reviewed; a missing flow is an outage at deployment.',
  fix: {
    aws: 'Use PrivateNetwork, which derives security groups and network ACLs from flows of the workload file, or change the rule or the flows until they agree.',

    azure: 'Use PrivateNetwork, which derives the security rules from flows of the workload file, or change the rule or the flows until they agree.',

    gcp: 'Use PrivateNetwork, which derives the firewall policy from flows of the workload file, or change the rule or the flows until they agree.',
  },
  checks: {
    aws,

    azure,

    gcp,
  },
});
