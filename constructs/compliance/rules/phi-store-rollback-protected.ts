import { list, number, phiBuckets } from '../aws.js';
import { phiBuckets as phiObjects } from '../gcp.js';
import { at, type Resource, Unknown } from '../model.js';
import { storeAccesses } from '../prove/aws/stores.js';
import { type Check, type Defect, defineRule, fail, outcomes, unknown } from '../rule.js';

/** Days for which an old version is kept at least: long enough to notice and to go back. */
const VERSION_DAYS = 30;

function expiry(bucket: Resource): readonly Defect[] {
  const rules = list(at(bucket.properties, 'LifecycleConfiguration.Rules'));
  if (rules instanceof Unknown) return [unknown('LifecycleConfiguration', `the lifecycle is not known: ${rules.reason}`)];
  return rules.flatMap((rule, index) => {
    if (at(rule, 'Status') === 'Disabled') return [];
    return ['NoncurrentVersionExpiration.NoncurrentDays', 'NoncurrentVersionExpirationInDays'].flatMap((name) => {
      const days = number(at(rule, name));
      const path = `LifecycleConfiguration.Rules[${index}].${name}`;
      if (days instanceof Unknown) return [unknown(path, days.reason)];
      return days !== undefined && days < VERSION_DAYS ? [fail(path, `old versions go after ${days} days; at least ${VERSION_DAYS}`)] : [];
    });
  });
}

const aws: Check = function* (deployment) {
  const buckets = new Set(phiBuckets(deployment));
  for (const { store, rollbacks } of storeAccesses(deployment)) {
    yield* outcomes(store, [
      ...rollbacks.map(({ principal, action, via, certain }) => (certain ? fail : unknown)('', `${principal} can call ${action} via ${via}`)),
      ...(buckets.has(store) ? expiry(store) : []),
    ]);
  }
};

/** Conditions of a lifecycle rule that spare the live object. */
function versionExpiry(bucket: Resource): readonly Defect[] {
  const rules = list(bucket.properties['lifecycleRules']);
  if (rules instanceof Unknown) return [unknown('lifecycleRules', `the lifecycle is not known: ${rules.reason}`)];
  return rules.flatMap((rule, index): Defect[] => {
    const path = `lifecycleRules[${index}]`;
    const type = at(rule, 'action.type');
    if (type instanceof Unknown) return [unknown(path, type.reason)];
    if (type !== 'Delete') return [];
    const days = ['daysSinceNoncurrentTime'].map((name) => number(at(rule, `condition.${name}`))).find((value) => value !== undefined);
    const live = at(rule, 'condition.withState') !== 'ARCHIVED' && days === undefined && at(rule, 'condition.numNewerVersions') === undefined;
    if (days instanceof Unknown) return [unknown(path, days.reason)];
    if (live) return [fail(path, 'records are deleted by age')];
    return days !== undefined && days >= VERSION_DAYS ? [] : [fail(path, `old versions go ${days === undefined ? 'when newer ones come' : `after ${days} days`}; at least ${VERSION_DAYS} days`)];
  });
}

const gcp: Check = function* (deployment) {
  for (const bucket of phiObjects(deployment)) yield* outcomes(bucket, versionExpiry(bucket));
};

export const rule = defineRule({
  id: 'phi-store-rollback-protected',
  title: 'Nobody can put older PHI in the place of newer',
  theme: 'private-network',
  severity: 'medium',
  waivable: true,
  citations: ['45 CFR 164.312(c)(1)', '45 CFR 164.308(a)(7)(ii)(A)'],
  why: 'Sealed state is only as new as its store: whoever deletes versions, or the TEE itself when it is misled, can roll it back unnoticed.',
  fix: {
    aws: 'Use PhiStore, or deny s3:DeleteObjectVersion to everybody, s3:PutBucketVersioning, s3:PutLifecycleConfiguration and s3:PutBucketPolicy to all but the deployment role, and keep old versions for 30 days or more; for a table of counters deny all writes but dynamodb:UpdateItem.',
    gcp: 'Use PhiStore, or lifecycle rules that delete nothing but versions with daysSinceNoncurrentTime of 30 or more.',
  },
  checks: { aws, gcp },
});
