import { number, want } from '../aws.js';
import { at, type Deployment, findUnknown, isList, isObject, type Resource, strings, Unknown, type Value } from '../model.js';
import { allKeys, keyPurpose, phiKeys, processesPhi, tagsOf } from '../phi.js';
import { prove } from '../prove/index.js';
import { type Check, defineRule, type Defect, eachOf, fail, notYet, outcomes, unknown, type Verdict } from '../rule.js';

/** A year: KMS's default period. */
const LONGEST_DAYS = 365;

const aws: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  for (const key of deployment.ofType('AWS::KMS::Key')) {
    const spec = key.properties['KeySpec'] ?? 'SYMMETRIC_DEFAULT';
    const origin = key.properties['Origin'] ?? 'AWS_KMS';
    // KMS cannot rotate asymmetric and HMAC keys, nor keys of a custom store.
    if (typeof spec === 'string' && spec !== 'SYMMETRIC_DEFAULT') continue;
    if (origin === 'AWS_CLOUDHSM') continue;
    const days = number(key.properties['RotationPeriodInDays']) ?? LONGEST_DAYS;
    yield* outcomes(key, [
      ...want(key, 'EnableKeyRotation', true, 'one key version protects everything for ever'),
      ...(days instanceof Unknown ? [unknown('RotationPeriodInDays', days.reason)] : days > LONGEST_DAYS ? [fail('RotationPeriodInDays', `RotationPeriodInDays is ${days}; at most ${LONGEST_DAYS}`)] : []),
    ]);
  }
};

const azure: Check = notYet;

const gcp: Check = notYet;

export const rule = defineRule({
  id: 'key-rotation',
  title: 'Keys rotate',
  theme: 'attested-key',
  severity: 'medium',
  waivable: true,
  citations: ['45 CFR 164.312(a)(2)(iv)'],
  why: 'Rotation bounds how much data one key version protects.',
  fix: {
    aws: 'Use AttestedKey, or set EnableKeyRotation true on the AWS::KMS::Key.',

    azure: 'Use AttestedKey (a release key rotates by a new policy-hashed name) or set rotationPolicy on the key; an os-disk key may rotate with the disk encryption set.',

    gcp: 'Use AttestedKey, or set rotationPeriod to at most 31536000s (365 days) on the CryptoKey.',
  },
  checks: {
    aws,

    azure,

    gcp,
  },
});
