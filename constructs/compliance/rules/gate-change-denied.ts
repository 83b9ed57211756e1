import { analyseKeys } from '../prove/aws/keys.js';
import { attestedKeys } from '../prove/gcp/keys.js';
import { denialsOn, denySpelling } from '../prove/gcp/iam.js';
import { type Check, defineRule, fail, outcomes } from '../rule.js';

/** Everything that opens the gate, or destroys what it guards. */
const GATE_CHANGES = [
  'cloudkms.googleapis.com/cryptoKeys.setIamPolicy', 'cloudkms.googleapis.com/keyRings.setIamPolicy', 'cloudkms.googleapis.com/cryptoKeyVersions.destroy',
  'iam.googleapis.com/workloadIdentityPoolProviders.create', 'iam.googleapis.com/workloadIdentityPoolProviders.update', 'iam.googleapis.com/workloadIdentityPoolProviders.undelete',
  'iam.googleapis.com/workloadIdentityPools.update', 'iam.googleapis.com/workloadIdentityPools.undelete',
];

const gcp: Check = function* (deployment) {
  const { workload } = deployment;
  const named = new Set([workload?.clouds.gcp?.deployer, workload?.breakGlass.gcp].flatMap((member) => (member === undefined ? [] : [denySpelling(member)])));
  for (const key of attestedKeys(deployment)) {
    const denials = denialsOn(deployment, key).filter(({ everyone }) => everyone);
    yield* outcomes(key, GATE_CHANGES.flatMap((permission) => {
      const rules = denials.filter(({ permissions }) => permissions.includes(permission));
      if (rules.length === 0) return [fail('', `no deny policy refuses ${permission}: whoever holds a role above the key opens the gate`)];
      if (workload === null || rules.some(({ exceptions }) => exceptions.every((exception) => named.has(exception)))) return [];
      const extra = rules[0]?.exceptions.filter((exception) => !named.has(exception)) ?? [];
      return [fail('', `the deny policy excepts ${extra.join(', ')} from ${permission}`)];
    }));
  }
};

const aws: Check = function* (deployment) {
  for (const { key, lost } of analyseKeys(deployment)) yield* outcomes(key, lost.gateChange.map((way) => fail('KeyPolicy', `guard lost, Deny of gate changes: no Deny would stop ${way}`)));
};

export const rule = defineRule({
  id: 'gate-change-denied',
  title: 'A Deny refuses changes of the gate to everyone but the named principals',
  theme: 'attested-key',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.308(a)(4)(ii)(C)', '45 CFR 164.312(a)(1)', '45 CFR 164.308(a)(3)(ii)(A)'],
  why: 'Roles bound above the key, and IAM policies that its policy delegates to, reach the gate without showing beside it. A deny rule holds against all of them.',
  fix: {
    aws: 'Use AttestedKey, or a statement that denies kms:PutKeyPolicy to everybody with ArnNotEquals on aws:PrincipalArn and the deployment and break-glass roles.',
    gcp: 'Use AttestedKey, or an iam.DenyPolicy on the key project that denies setIamPolicy on key and ring, destruction, and changes of the pool and its providers to principalSet://goog/public:all, except the deployer and break glass.',
  },
  checks: { aws, gcp },
});
