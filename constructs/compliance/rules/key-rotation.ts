import { number, shown, want } from '../aws.js';
import { ACCOUNT, isoDays, lower } from '../azure.js';
import { at, findUnknown, isList, type Resource, Unknown } from '../model.js';
import { allKeys, processesPhi, phiKeys } from '../phi.js';
import { seconds } from '../gcp.js';
import { type Check, defineRule, fail, outcomes, unknown, type Verdict } from '../rule.js';

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

function rotates(key: Resource): Verdict {
  // A release key rotates by a key of a new name: Azure changes no release policy in place, and a disk encryption set of confidential VMs follows no new version.
  const release = at(key.properties, 'properties.releasePolicy');
  if (release !== undefined && release !== null) return true;
  const path = 'properties.rotationPolicy';
  const policy = at(key.properties, path);
  const gap = findUnknown(policy);
  if (gap) return unknown(path, `the rotation policy is not known: ${gap.reason}`);
  const actions = at(policy, 'lifetimeActions');
  const expiry = isoDays(at(policy, 'attributes.expiryTime'));
  const periods = (isList(actions) ? actions : []).filter((action) => lower(at(action, 'action.type')) === 'rotate').map((action) => {
    const after = isoDays(at(action, 'trigger.timeAfterCreate'));
    const before = isoDays(at(action, 'trigger.timeBeforeExpiry'));
    return after ?? (expiry !== undefined && before !== undefined ? expiry - before : undefined);
  });
  if (periods.length === 0) return fail(path, 'no rotate action: one key version protects everything for ever');
  return periods.some((days) => days !== undefined && days <= LONGEST_DAYS) ? true : fail(`${path}.lifetimeActions`, `rotates after ${shown(periods.filter((days) => days !== undefined).join(', '))} days; at most ${LONGEST_DAYS}`);
}

const azure: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  for (const key of allKeys(deployment)) yield* outcomes(key, rotates(key));
  for (const account of deployment.ofType(ACCOUNT)) {
    const path = 'encryption.keyVaultProperties.keyVersion';
    const version = at(account.properties, path);
    if (version !== undefined && version !== null && version !== '') yield* outcomes(account, (version instanceof Unknown ? unknown : fail)(path, 'one version of the key is named: its rotation never reaches the account'));
  }
};

/** CIS Google Cloud Platform Foundation Benchmark, 1.10. */
const LONGEST_SECONDS = 7_776_000;

const gcp: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  for (const key of allKeys(deployment)) {
    const purpose = key.properties['purpose'];
    // Cloud KMS rotates no other kind by itself.
    if (purpose !== undefined && purpose !== 'ENCRYPT_DECRYPT' && purpose !== 'RAW_ENCRYPT_DECRYPT') {
      if (purpose !== 'ASYMMETRIC_SIGN' && phiKeys(deployment).includes(key)) yield* outcomes(key, (purpose instanceof Unknown ? unknown : fail)('purpose', `Cloud KMS rotates no key of purpose ${typeof purpose === 'string' ? purpose : 'that is not told'} by itself: one version protects everything for ever`));
      continue;
    }
    const period = seconds(key.properties['rotationPeriod']);
    yield* outcomes(key, period instanceof Unknown ? unknown('rotationPeriod', period.reason)
      : period !== undefined && period <= LONGEST_SECONDS ? true
      : fail('rotationPeriod', period === undefined ? 'no rotationPeriod: one key version protects everything for ever' : `rotates every ${period} s; at most ${LONGEST_SECONDS} s (90 days)`));
  }
};

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

    gcp: 'Use AttestedKey, or set rotationPeriod to at most 7776000s (90 days) on the CryptoKey.',
  },
  checks: {
    aws,

    azure,

    gcp,
  },
});
