import { SIX_YEARS_IN_DAYS } from '../../workload/retention.js';
import { isIntake, list, logBuckets, number, shown } from '../aws.js';
import { at, type Deployment, findUnknown, isList, isObject, type Resource, strings, Unknown, type Value } from '../model.js';
import { allKeys, keyPurpose, phiKeys, processesPhi, tagsOf } from '../phi.js';
import { prove } from '../prove/index.js';
import { type Check, defineRule, type Defect, eachOf, fail, notYet, outcomes, unknown, type Verdict } from '../rule.js';

/** Days after which a lifecycle rule may remove a record, the shortest of them. */
function expiry(bucket: Resource): readonly Defect[] {
  const rules = list(at(bucket.properties, 'LifecycleConfiguration.Rules'));
  if (rules instanceof Unknown) return [unknown('LifecycleConfiguration', `the lifecycle is not known: ${rules.reason}`)];
  return rules.flatMap((rule, index) => {
    if (at(rule, 'Status') === 'Disabled') return [];
    const path = `LifecycleConfiguration.Rules[${index}]`;
    return ['ExpirationInDays', 'NoncurrentVersionExpiration.NoncurrentDays', 'NoncurrentVersionExpirationInDays'].flatMap((name) => {
      const days = number(at(rule, name));
      if (days === undefined) return [];
      if (days instanceof Unknown) return [unknown(`${path}.${name}`, `${name} is not known: ${days.reason}`)];
      return days < SIX_YEARS_IN_DAYS ? [fail(`${path}.${name}`, `records expire after ${days} days; six years are ${SIX_YEARS_IN_DAYS}`)] : [];
    }).concat(at(rule, 'ExpirationDate') === undefined ? [] : [fail(`${path}.ExpirationDate`, `records expire on ${shown(at(rule, 'ExpirationDate'))}`)]);
  });
}

/** S3 counts a year of Object Lock as 365 days or more, so six years are the same as 2192 days or one less. */
function lock(bucket: Resource): readonly Defect[] {
  const path = 'ObjectLockConfiguration.Rule.DefaultRetention';
  const retention = at(bucket.properties, path);
  if (retention === undefined) return [fail(path, 'no default retention: records can be deleted at any time')];
  if (retention instanceof Unknown) return [unknown(path, `the retention is not known: ${retention.reason}`)];
  const days = number(at(retention, 'Days'));
  const years = number(at(retention, 'Years'));
  if (days instanceof Unknown || years instanceof Unknown) return [unknown(path, 'the retention is not known')];
  if (days !== undefined && years !== undefined) return [fail(path, 'Days and Years are both set; S3 refuses the configuration')];
  if (years !== undefined) return years >= 6 ? [] : [fail(`${path}.Years`, `Years is ${years}; six or more are needed`)];
  return days !== undefined && days >= SIX_YEARS_IN_DAYS ? [] : [fail(`${path}.Days`, `Days is ${shown(days)}; ${SIX_YEARS_IN_DAYS} or more are needed`)];
}

const aws: Check = function* (deployment) {
  for (const bucket of logBuckets(deployment)) if (!isIntake(deployment, bucket)) yield* outcomes(bucket, [...lock(bucket), ...expiry(bucket)]);
  if (!processesPhi(deployment)) return;
  for (const group of deployment.ofType('AWS::Logs::LogGroup')) {
    const days = number(group.properties['RetentionInDays']);
    // Absent: CloudWatch Logs keeps records for ever.
    if (days instanceof Unknown) yield* outcomes(group, unknown('RetentionInDays', `RetentionInDays is not known: ${days.reason}`));
    else yield* outcomes(group, days === undefined || days >= SIX_YEARS_IN_DAYS ? true : fail('RetentionInDays', `RetentionInDays is ${days}; ${SIX_YEARS_IN_DAYS} or more are needed`));
  }
};

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
