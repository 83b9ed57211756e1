import { deployersOf, ownAccounts } from '../aws.js';
import { processesPhi } from '../phi.js';
import { runnersAs } from '../prove/aws/runners.js';
import { type Check, defineRule, fail, outcomes } from '../rule.js';

const aws: Check = function* (deployment) {
  if (!processesPhi(deployment) || deployment.workload === null) return;
  const { breakGlass, keyAdministrators } = deployment.workload;
  const deployers = [...ownAccounts(deployment)].flatMap((account) => deployersOf(deployment, account));
  const named = [...new Set([...deployers, breakGlass?.aws, ...(keyAdministrators?.aws ?? [])].filter((arn) => typeof arn === 'string'))];
  for (const arn of named) {
    const runners = runnersAs(deployment, arn);
    for (const { resource, path } of runners) yield* outcomes(resource, fail(path, `runs as ${arn}, which can change the gate or the keys: what it runs can`));
    if (runners.length === 0) yield* outcomes(deployment.root, true);
  }
};

export const rule = defineRule({
  id: 'gate-identity-not-borrowed',
  title: 'Nothing runs with the identity of those who may change the gate',
  theme: 'attested-key',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.308(a)(3)(ii)(A)', '45 CFR 164.312(a)(2)(i)', '45 CFR 164.312(d)'],
  why: 'Deployment, break glass and key administration are given to people and to one pipeline. A function, workflow or job that runs as one of them changes the gate whenever its code, its input or its trigger says so.',
  fix: {
    aws: 'Give functions, state machines, schedules, projects and jobs a role of their own, and leave the deployment role, the break-glass role and the key administrators to CloudFormation and to people.',
  },
  checks: { aws },
});
