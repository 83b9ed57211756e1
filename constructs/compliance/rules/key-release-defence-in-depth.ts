import { reasonOn } from '../prove/azure/keys.js';
import { phiKeys } from '../phi.js';
import { analyseKeys } from '../prove/aws/keys.js';
import { prove } from '../prove/index.js';
import { type Check, defineRule, fail, outcomes } from '../rule.js';

const aws: Check = function* (deployment) {
  // The Deny statements are decisions of their own: key-unattested-use-denied, key-side-doors-denied, gate-change-denied.
  for (const { key, lost } of analyseKeys(deployment)) {
    yield* outcomes(key, [
      ...lost.allow.map((way) => fail('KeyPolicy', `guard lost, conditioned Allow: only a Deny stops ${way}`)),
      ...lost.principals.map((way) => fail('KeyPolicy', `guard lost, named principals: ${way}`)),
    ]);
  }
};

const azure: Check = function* (deployment) {
  for (const key of phiKeys(deployment)) yield* outcomes(key, [...reasonOn(deployment, key).lost].map(([guard, why]) => fail('', `guard lost: ${guard}: ${why}`)));
};

const gcp: Check = function* (deployment) {
  for (const { key, verdict, guards, reasons } of prove(deployment).keys) {
    if (verdict === 'unknown') continue;
    yield* outcomes(deployment.byId.get(key) ?? deployment.root, guards.present === guards.expected ? true : reasons.map((reason) => fail('', `${guards.present} of ${guards.expected} guards: ${reason}`)));
  }
};

export const rule = defineRule({
  id: 'key-release-defence-in-depth',
  title: 'Every independent guard of a PHI key holds',
  theme: 'attested-key',
  severity: 'medium',
  waivable: true,
  citations: ['45 CFR 164.312(a)(1)', '45 CFR 164.308(a)(1)(ii)(B)'],
  why: 'One guard alone keeps the key closed until the next edit. With the conditioned Allow, the Deny of un-attested calls, the Deny of side doors and named principals together, no single change opens it.',
  fix: {
    aws: 'Use AttestedKey, or in the key policy condition every Allow on attestation, and allow only roles that nobody but a service can assume.',
    azure: 'Use AttestedKey, AttestationAuthority and ConfidentialVm: a release policy without leak, keyOps wrapKey only, Release User at key scope for the machine\'s own identity, a private authority with policy signers, a private vault with RBAC and purge protection, a sealed guest.',
    gcp: 'Use AttestedKey: the whole condition on the provider, bindings of approved digests only in an authoritative key policy beside an empty key-ring policy, and an IAM deny policy on useToDecrypt and useToDecryptViaDelegation for everyone else.',
  },
  checks: { aws, azure, gcp },
});
