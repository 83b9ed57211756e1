import { at, type Deployment, findUnknown, isList, isObject, type Resource, strings, Unknown, type Value } from '../model.js';
import { allKeys, keyPurpose, phiKeys, processesPhi, tagsOf } from '../phi.js';
import { prove } from '../prove/index.js';
import { type Check, defineRule, type Defect, eachOf, fail, notYet, outcomes, unknown, type Verdict } from '../rule.js';

const aws: Check = notYet;

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
