import { grantsOn, permits } from '../prove/gcp/iam.js';
import { at, Unknown } from '../model.js';
import { phiKeys, processesPhi } from '../phi.js';
import { analyseKeys, OPENING } from '../prove/aws/keys.js';
import { prove } from '../prove/index.js';
import { reasonOn } from '../prove/azure/keys.js';
import { type Check, defineRule, type Defect, fail, outcomes, unknown } from '../rule.js';

const aws: Check = function* (deployment) {
  for (const { key, gateChanges } of analyseKeys(deployment)) {
    yield* outcomes(key, gateChanges.flatMap(({ principal, action, via, problem, certain }) => {
      if (problem !== '') return [(certain ? fail : unknown)('KeyPolicy', `${action}: ${problem} (${via})`)];
      return deployment.workload === null && OPENING.has(action) ? [unknown('KeyPolicy', `${action}: no workload file says whether ${principal} may (${via})`)] : [];
    }));
  }
};

const azure: Check = function* (deployment) {
  if (processesPhi(deployment)) for (const type of DELEGATIONS) for (const delegation of deployment.ofType(type)) yield* outcomes(delegation, fail('', 'delegates roles to principals of another tenant'));
  for (const key of phiKeys(deployment)) {
    const { changers, release, vault } = reasonOn(deployment, key);
    const rbac = at(vault?.properties, 'properties.enableRbacAuthorization');
    yield* outcomes(key, [
      ...changers.filter(({ named }) => !named).map(({ principal, via, operation }) => (deployment.workload ? fail : unknown)('', `${principal} can change the gate with ${operation}, by ${via}`)),
      ...(vault && rbac !== true ? [(rbac instanceof Unknown ? unknown : fail)('', `vault ${vault.name} uses access policies: every Contributor gives itself any right`)] : []),
      ...release.authorities.flatMap((authority) => (authority.kind === 'entra' ? [fail('properties.releasePolicy', `${authority.provider.name} has no policy signing certificate: administrators of the directory rewrite what it attests`)] : [])),
    ]);
  }
};

const gcp: Check = function* (deployment) {
  const { workload } = deployment;
  const expected = new Set([workload?.clouds.gcp?.deployer, workload?.breakGlass.gcp]);
  for (const { key, canChangeTheGate } of prove(deployment).keys) {
    // Who may lift a deny policy is bound above the artifact.
    const others = canChangeTheGate.filter(({ principal }) => !expected.has(principal) && principal !== 'roles/iam.denyAdmin of the organisation');
    const say = (principal: string, via: string): Defect => {
      const text = `${principal} can change the gate: ${via}`;
      return workload === null && !/^(all(Authenticated)?Users|roles\/owner of project)/.test(principal) ? unknown('', `${text}; no workload file says whether it may`) : fail('', text);
    };
    const resource = deployment.byId.get(key) ?? deployment.root;
    // A role that only the deny policy holds back opens the gate with the policy's next edit.
    const held = grantsOn(deployment, resource).flatMap(({ role, members, scope, source }) => {
      const power = (['setPolicy', 'changePool'] as const).map((one) => permits(deployment, role, one));
      const near = scope === 'key' || scope === 'ring';
      if (!power.includes('yes') && !(near && power.includes('unknown'))) return [];
      return members.filter((member) => !expected.has(member) && !others.some(({ principal }) => principal === member)).map((member) => (power.includes('yes') && workload !== null ? fail : unknown)('', `${member} holds ${role} on the ${scope}, bound by ${source.name}: it may change the gate where no deny policy refuses`));
    });
    yield* outcomes(resource, [...others.map(({ principal, via }) => say(principal, via)), ...held]);
  }
};

/** Azure Lighthouse: roles for principals of another tenant, under names that no role assignment shows. */
const DELEGATIONS = ['azure-native:managedservices:RegistrationAssignment', 'azure-native:managedservices:RegistrationDefinition'] as const;

export const rule = defineRule({
  id: 'gate-change-restricted',
  title: 'Only the named deployment and break-glass principals can change the gate',
  theme: 'attested-key',
  severity: 'high',
  waivable: false,
  citations: ['45 CFR 164.308(a)(4)(ii)(C)', '45 CFR 164.308(a)(3)(ii)(A)', '45 CFR 164.312(a)(2)(ii)'],
  why: 'Whoever can rewrite the key policy, the release policy or the attestation provider can open it. The set must be small, named in the workload file and alarmed.',
  fix: {
    aws: 'Use AttestedKey; allow kms:PutKeyPolicy only to the deployment role and, under MFA, to the break-glass role.',

    azure: 'Use AttestedKey and AttestationAuthority; assign rights to write keys, vault access and attestation policies only to the named principals, with RBAC at key scope.',

    gcp: 'Use AttestedKey in its own project; give cloudkms.cryptoKeys.setIamPolicy and iam.workloadIdentityPoolProviders.update only to the named members.',
  },
  checks: {
    aws,

    azure,

    gcp,
  },
});
