import { phiBuckets, phiTables, shown, want, number } from '../aws.js';
import { childrenOf, phiAccounts, switchedOff, wantsAtLeast, wants } from '../azure.js';
import { at, type Resource, Unknown } from '../model.js';
import { listAt } from '../prove/azure/arm.js';
import { phiBuckets as phiObjects, toggle } from '../gcp.js';
import { type Check, defineRule, type Defect, fail, outcomes, unknown } from '../rule.js';

const aws: Check = function* (deployment) {
  for (const bucket of phiBuckets(deployment)) {
    const status = at(bucket.properties, 'VersioningConfiguration.Status');
    yield* outcomes(bucket, status === 'Enabled' ? true : status instanceof Unknown ? unknown('VersioningConfiguration.Status', status.reason) : fail('VersioningConfiguration.Status', `versioning is ${shown(status)}`));
  }
  for (const table of phiTables(deployment)) yield* outcomes(table, want(table, 'PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled', true, 'a deleted or rolled-back item cannot be restored'));
};

/** A week: the least that leaves time to notice. */
const RECOVERY_DAYS = 7;

/** Lifecycle rules that delete blobs or versions before anybody could notice that they are wrong. */
function versionsExpire(policy: Resource): readonly Defect[] {
  const rules = listAt(policy.properties, 'policy.rules');
  if (rules instanceof Unknown) return [unknown('policy.rules', rules.reason)];
  return rules.flatMap((rule, index) => {
    if (at(rule, 'enabled') === false) return [];
    return ['version.delete', 'snapshot.delete'].flatMap((name) => {
      const path = `policy.rules[${index}].definition.actions.${name}`;
      const days = at(rule, `definition.actions.${name}.daysAfterCreationGreaterThan`);
      return at(rule, `definition.actions.${name}`) === undefined ? [] : wantsAtLeast(days, path, RECOVERY_DAYS, `at least ${RECOVERY_DAYS} days give time to notice`);
    });
  });
}

const azure: Check = function* (deployment) {
  for (const account of phiAccounts(deployment)) {
    const services = childrenOf(deployment, account, 'azure-native:storage:BlobServiceProperties', 'accountName');
    const hns = switchedOff(account.properties['isHnsEnabled'], 'isHnsEnabled', 'a hierarchical namespace keeps no versions of blobs');
    if (hns.length > 0) yield* outcomes(account, hns);
    for (const policy of childrenOf(deployment, account, 'azure-native:storage:ManagementPolicy', 'accountName')) yield* outcomes(policy, versionsExpire(policy));
    if (services.length === 0) yield* outcomes(account, fail('', 'no blob service settings: versions and deleted blobs are not kept'));
    for (const service of services) {
      yield* outcomes(service, [
        ...wants(service.properties['isVersioningEnabled'], 'isVersioningEnabled', true, 'what is overwritten is gone', false),
        ...['deleteRetentionPolicy', 'containerDeleteRetentionPolicy'].flatMap((name) => [
          ...wants(at(service.properties, `${name}.enabled`), `${name}.enabled`, true, 'what is deleted is gone', false),
          ...(at(service.properties, `${name}.enabled`) === true ? wantsAtLeast(at(service.properties, `${name}.days`), `${name}.days`, RECOVERY_DAYS, `at least ${RECOVERY_DAYS} days give time to notice`) : []),
        ]),
        ...wants(at(service.properties, 'deleteRetentionPolicy.allowPermanentDelete'), 'deleteRetentionPolicy.allowPermanentDelete', false, 'deleted versions can be destroyed at once', false),
      ]);
    }
  }
};

const gcp: Check = function* (deployment) {
  for (const bucket of phiObjects(deployment)) {
    const versions = toggle(at(bucket.properties, 'versioning.enabled'));
    const soft = number(at(bucket.properties, 'softDeletePolicy.retentionDurationSeconds'));
    const defects: Defect[] = versions === true ? [] : [(versions instanceof Unknown ? unknown : fail)('versioning.enabled', 'versioning is not on: what is overwritten is gone')];
    if (soft === 0) defects.push(fail('softDeletePolicy.retentionDurationSeconds', 'soft delete is off: what is deleted is gone'));
    yield* outcomes(bucket, defects);
  }
};

export const rule = defineRule({
  id: 'phi-store-versioned',
  title: 'PHI stores keep earlier versions',
  theme: 'private-network',
  severity: 'medium',
  waivable: true,
  citations: ['45 CFR 164.308(a)(7)(ii)(A)', '45 CFR 164.312(c)(1)'],
  why: 'Versions are the way back from deletion, and what makes a rollback of sealed state visible.',
  fix: {
    aws: 'Use PhiStore, or VersioningConfiguration Enabled on the bucket and point-in-time recovery on the table.',

    azure: 'Use PhiStore, or isVersioningEnabled true and soft delete on the blob service.',

    gcp: 'Use PhiStore, or versioning enabled (or soft delete) on the bucket.',
  },
  checks: {
    aws,

    azure,

    gcp,
  },
});
