import { at, type Deployment, findUnknown, isList, isObject, type Resource, strings, Unknown, type Value } from '../model.js';
import { allKeys, keyPurpose, phiKeys, processesPhi, tagsOf } from '../phi.js';
import { analyseKeys } from '../prove/aws/keys.js';
import { prove } from '../prove/index.js';
import { reasonOn } from '../prove/azure/keys.js';
import { same, satisfying } from '../prove/azure/policy.js';
import { releasePolicyOf } from '../prove/azure/release.js';
import { type Check, defineRule, type Defect, eachOf, fail, notYet, outcomes, unknown, type Verdict } from '../rule.js';

const aws: Check = function* (deployment) {
  if (deployment.workload === null) return;
  for (const { key, admitted, mixed, refused } of analyseKeys(deployment)) {
    const defects: Defect[] = [];
    for (const { state, witness, certain } of new Map(admitted.map((one) => [one.state, one])).values()) {
      if (state === 'debug') continue;
      defects.push((certain ? fail : unknown)('KeyPolicy', `the policy admits ${state}: ${witness.action} by ${witness.principal}, via ${witness.via}`));
    }
    for (const pair of mixed) defects.push(fail('KeyPolicy', `the policy lets builds mix: ${pair}`));
    for (const name of refused) defects.push(fail('KeyPolicy', `no principal of the policy can use the key from active measurement ${name}`));
    yield* outcomes(key, defects);
  }
};

/** Active measurements that no branch of the policy can accept. */
function refusedByPolicy(deployment: Deployment, key: Resource): readonly string[] {
  const policy = releasePolicyOf(key);
  if (!policy || 'unknown' in policy) return [];
  const conjuncts = policy.branches.flatMap((branch) => branch.conjuncts);
  return Object.entries(deployment.workload?.measurements.azure ?? {}).filter(([, { status, claims }]) => status === 'active' && !conjuncts.some((conjunct) =>
    Object.entries(claims).every(([claim, value]) => satisfying(conjunct.get(claim), [value]).some(({ sample }) => typeof sample !== 'symbol' && same(sample, value) !== false)))).map(([name]) => name);
}

const azure: Check = function* (deployment) {
  if (deployment.workload === null) return;
  for (const key of phiKeys(deployment)) {
    const { release } = reasonOn(deployment, key);
    yield* outcomes(key, [
      ...(release.present ? [] : [fail('properties.releasePolicy', 'no release policy: it admits every measurement')]),
      ...release.leaks.filter(({ kind }) => kind === 'measurement').map(({ attestation, via }) => fail('properties.releasePolicy', `${via}, with ${attestation}`)),
      ...release.unknowns.map((reason) => unknown('properties.releasePolicy', reason)),
      ...(release.present ? refusedByPolicy(deployment, key).map((name) => fail('properties.releasePolicy', `no branch accepts active measurement ${name}`)) : []),
    ]);
  }
};

const gcp: Check = notYet;

export const rule = defineRule({
  id: 'measurement-approved',
  title: 'The gate admits exactly the active measurements of the workload file',
  theme: 'attested-key',
  severity: 'critical',
  waivable: false,
  citations: ['45 CFR 164.312(c)(2)', '45 CFR 164.308(a)(3)(ii)(A)', '45 CFR 164.308(a)(3)(ii)(C)'],
  why: 'A measurement in the gate that nobody approved, or one that was retired or revoked, releases PHI to code outside the change process.',
  fix: {
    aws: 'Add the measurement with two approvers to measurements.aws in the workload file, or remove it from the kms:RecipientAttestation condition; AttestedKey keeps the two equal.',

    azure: 'Add the claims to measurements.azure in the workload file, or remove them from the release policy; AttestedKey keeps the two equal.',

    gcp: 'Add the image digest to measurements.gcp in the workload file, or remove it from the attributeCondition and the bindings; AttestedKey keeps the three equal.',
  },
  checks: {
    aws,

    azure,

    gcp,
  },
});
