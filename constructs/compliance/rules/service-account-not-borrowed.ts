import { type Deployment, type Resource } from '../model.js';
import { impersonators, IMPERSONATING } from '../prove/gcp/keys.js';
import { bindingsOf } from '../prove/gcp/iam.js';
import { emailOf, TYPE } from '../prove/gcp/names.js';
import { machines } from '../gcp.js';
import { processesPhi } from '../phi.js';
import { at } from '../model.js';
import { type Check, defineRule, fail, outcomes } from '../rule.js';

/** Accounts of the deployment and of the workload file, with the resource to name. */
function accounts(deployment: Deployment): ReadonlyMap<string, Resource> {
  const found = new Map<string, Resource>();
  for (const account of deployment.ofType(TYPE.account)) {
    const email = emailOf(deployment, `\${${account.type}::${account.name}.email}`);
    if (email !== undefined) found.set(email, account);
  }
  for (const machine of machines(deployment)) {
    const email = emailOf(deployment, at(machine.properties, 'serviceAccount.email'));
    if (email !== undefined && !found.has(email)) found.set(email, machine);
  }
  const deployer = deployment.workload?.clouds.gcp?.deployer;
  if (deployer?.startsWith('serviceAccount:')) found.set(deployer.slice('serviceAccount:'.length), deployment.root);
  return found;
}

const gcp: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  for (const [email, resource] of accounts(deployment)) {
    yield* outcomes(resource, [...impersonators(deployment, `serviceAccount:${email}`)].map(([actor, via]) => fail('', `${actor} can act as ${email}: ${via}`)));
  }
  for (const grant of deployment.resources.filter(({ type }) => /^gcp:(projects|folder|organizations)\/iAM(Member|Binding|Policy):/.test(type))) {
    yield* outcomes(grant, bindingsOf(grant).flatMap(({ role, members }) => (IMPERSONATING.has(role) && members.length > 0 ? [fail('role', `${members.join(', ')} can act as every service account below: ${role}`)] : [])));
  }
  for (const key of deployment.resources.filter(({ type }) => type === 'gcp:serviceaccount/key:Key' || type === 'gcp:storage/hmacKey:HmacKey')) yield* outcomes(key, fail('', 'a key file is a credential without an end'));
};

export const rule = defineRule({
  id: 'service-account-not-borrowed',
  title: 'Nobody acts as a service account of the workload',
  theme: 'confidential-vm',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(a)(2)(i)', '45 CFR 164.312(d)', '45 CFR 164.308(a)(4)(ii)(B)'],
  why: 'The key\'s condition trusts the identity of the TEE, and the gate trusts the deployer: whoever borrows either, by a key file or by impersonation, stands where they stand.',
  fix: { gcp: 'Remove service account keys, and bind roles/iam.serviceAccountUser, serviceAccountTokenCreator and workloadIdentityUser to nobody on these accounts or above them; federate the pipeline to the deployer outside this deployment.' },
  checks: { gcp },
});
