import { at, type Deployment, findUnknown, isList, isObject, type Resource, strings, Unknown, type Value } from '../model.js';
import { allKeys, keyPurpose, phiKeys, processesPhi, tagsOf } from '../phi.js';
import { prove } from '../prove/index.js';
import { type Check, defineRule, type Defect, eachOf, fail, notYet, outcomes, unknown, type Verdict } from '../rule.js';

const aws: Check = notYet;

const azure: Check = notYet;

const gcp: Check = notYet;

export const rule = defineRule({
  id: 'audit-log-retention',
  title: 'Logs are kept for six years or more',
  theme: 'immutable-log',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.316(b)(2)(i)', '45 CFR 164.312(b)'],
  why: 'Six calendar years are up to 2192 days.',
  fix: {
    aws: 'Use LogVault, or RetentionInDays (log groups) and Object Lock Days of at least 2192, and no lifecycle rule that expires earlier.',

    azure: 'Use LogVault, or immutabilityPeriodSinceCreationInDays and total table retention of at least 2192 days, and no lifecycle rule that deletes earlier.',

    gcp: 'Use LogVault, or retentionDays of at least 2192 (log bucket) and retentionPeriod of at least 189388800 seconds (bucket), and no lifecycle rule that deletes earlier.',
  },
  checks: {
    aws,

    azure,

    gcp,
  },
});
