import { at, type Deployment, type Resource } from '../model.js';
import { phiKeys } from '../phi.js';
import { analyseKeys } from '../prove/aws/keys.js';
import { reasonOn } from '../prove/azure/keys.js';
import { same, satisfying } from '../prove/azure/policy.js';
import { releasePolicyOf } from '../prove/azure/release.js';
import { runsConfidentialSpace, machines } from '../gcp.js';
import { admitsDigest } from '../prove/gcp/condition.js';
import { approvedBy, federated, providersOf, provePool, textMapping } from '../prove/gcp/federation.js';
import { grantsOn } from '../prove/gcp/iam.js';
import { attestedKeys } from '../prove/gcp/keys.js';
import { text as plain } from '../prove/gcp/names.js';
import { type Check, defineRule, type Defect, fail, outcomes, unknown } from '../rule.js';

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

const gcp: Check = function* (deployment) {
  const { workload } = deployment;
  if (workload === null) return;
  const approved = approvedBy(deployment);
  const active = Object.entries(workload.measurements.gcp).filter(([, { status }]) => status === 'active');
  const named = (digest: string): string => { const known = Object.entries(workload.measurements.gcp).find(([, { imageDigest }]) => imageDigest === digest); return known ? `${known[1].status} ${known[0]}` : `${digest}, which nobody approved`; };
  for (const key of attestedKeys(deployment)) {
    const defects: Defect[] = [];
    const pools = new Set<Resource>();
    const bound = new Set<string>();
    let whole = false;
    for (const { members } of grantsOn(deployment, key)) {
      for (const member of members) {
        const identity = federated(deployment, member);
        if (!identity?.pool) continue;
        pools.add(identity.pool);
        const digest = /sha256:[0-9a-f]{64}/.exec(identity.value)?.[0];
        if (digest === undefined) whole = true;
        else {
          bound.add(digest);
          if (!active.some(([, { imageDigest }]) => imageDigest === digest)) defects.push(fail('', `a binding names ${named(digest)}`));
        }
      }
    }
    for (const pool of pools) {
      const proof = provePool(deployment, pool, approved);
      if (proof.verdict === 'open' && proof.breach?.claim.endsWith('image_digest')) defects.push(fail('', `the condition of ${proof.provider?.name ?? pool.name} admits ${named(/sha256:[0-9a-f]{64}/.exec(JSON.stringify(proof.breach.token))?.[0] ?? 'another image')}`));
      else if (proof.verdict === 'unknown') defects.push(unknown('', proof.reason));
      for (const [release, { imageDigest }] of active) {
        if (pool.properties['disabled'] === true) continue;
        const answers = providersOf(deployment, pool).providers.map(({ properties }) => {
          const mapping = textMapping(properties['attributeMapping']);
          const condition = properties['attributeCondition'];
          return mapping && (condition === undefined || typeof condition === 'string') ? admitsDigest({ condition: plain(condition) ?? '', mapping }, approved, imageDigest) : 'unknown';
        });
        if (answers.every((answer) => answer === 'no')) defects.push(fail('', `the condition of pool ${pool.name} refuses active measurement ${release}`));
        if (!whole && !bound.has(imageDigest)) defects.push(fail('', `no binding names active measurement ${release}`));
      }
    }
    yield* outcomes(key, defects);
  }
  for (const machine of machines(deployment)) {
    if (!runsConfidentialSpace(machine)) continue;
    const path = 'metadata.tee-image-reference';
    const reference = at(machine.properties['metadata'], 'tee-image-reference');
    const digest = /@(sha256:[0-9a-f]{64})$/.exec(plain(reference) ?? '')?.[1];
    if (digest === undefined) yield* outcomes(machine, (typeof reference === 'string' ? fail : unknown)(path, 'no digest says which image runs'));
    else {
      const releases = active.filter(([, { imageDigest }]) => imageDigest === digest).map(([, { image }]) => image);
      const from = plain(reference)?.replace(/(:[^/@]*)?@.*$/, '') ?? '';
      yield* outcomes(machine, releases.length === 0 ? fail(path, `runs ${named(digest)}`) : releases.includes(from) ? true : fail(path, `the image comes from ${from}; the workload file says ${releases.join(', ')}`));
    }
  }
};

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
