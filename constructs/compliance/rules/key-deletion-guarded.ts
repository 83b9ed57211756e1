import { number, retained } from '../aws.js';
import { at, type Deployment, findUnknown, isList, isObject, type Resource, strings, Unknown, type Value } from '../model.js';
import { allKeys, keyPurpose, phiKeys, processesPhi, tagsOf } from '../phi.js';
import { prove } from '../prove/index.js';
import { type Check, defineRule, type Defect, eachOf, fail, notYet, outcomes, unknown, type Verdict } from '../rule.js';

/** KMS's longest and default waiting period, in days. */
const WAITING_DAYS = 30;

const aws: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  for (const key of allKeys(deployment)) {
    const days = number(key.properties['PendingWindowInDays']) ?? WAITING_DAYS;
    const enabled = key.properties['Enabled'];
    yield* outcomes(key, [
      ...retained(key),
      ...(days instanceof Unknown ? [unknown('PendingWindowInDays', days.reason)] : days < WAITING_DAYS ? [fail('PendingWindowInDays', `PendingWindowInDays is ${days}; ${WAITING_DAYS} give time to notice`)] : []),
      ...(enabled === false || enabled === 'false' ? [fail('Enabled', 'the key is disabled: nothing under it can be read')] : []),
    ]);
  }
};

const azure: Check = notYet;

const gcp: Check = notYet;

export const rule = defineRule({
  id: 'key-deletion-guarded',
  title: 'A key cannot be lost by accident',
  theme: 'attested-key',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.308(a)(7)(ii)(A)', '45 CFR 164.312(c)(1)', '45 CFR 164.310(d)(2)(i)'],
  why: 'Deleting a key destroys every record under it, PHI and logs alike.',
  fix: {
    aws: 'Use AttestedKey, or set DeletionPolicy and UpdateReplacePolicy Retain and PendingWindowInDays of at least 30, and allow kms:ScheduleKeyDeletion only to the break-glass role.',

    azure: 'Use AttestedKey, or enablePurgeProtection true and softDeleteRetentionInDays 90 on the vault, protect and retainOnDelete on the key.',

    gcp: 'Use AttestedKey, or destroyScheduledDuration of at least 2592000s (30 days), deletionPolicy PREVENT and protect on the CryptoKey.',
  },
  checks: {
    aws,

    azure,

    gcp,
  },
});
