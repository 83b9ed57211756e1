import { phiBuckets, phiTables, shown, want } from '../aws.js';
import { childrenOf, phiAccounts, wants, wantsAtLeast } from '../azure.js';
import { at, type Deployment, findUnknown, isList, isObject, type Resource, strings, Unknown, type Value } from '../model.js';
import { allKeys, keyPurpose, phiKeys, processesPhi, tagsOf } from '../phi.js';
import { prove } from '../prove/index.js';
import { type Check, defineRule, type Defect, eachOf, fail, notYet, outcomes, unknown, type Verdict } from '../rule.js';

const aws: Check = function* (deployment) {
  for (const bucket of phiBuckets(deployment)) {
    const status = at(bucket.properties, 'VersioningConfiguration.Status');
    yield* outcomes(bucket, status === 'Enabled' ? true : status instanceof Unknown ? unknown('VersioningConfiguration.Status', status.reason) : fail('VersioningConfiguration.Status', `versioning is ${shown(status)}`));
  }
  for (const table of phiTables(deployment)) yield* outcomes(table, want(table, 'PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled', true, 'a deleted or rolled-back item cannot be restored'));
};

/** A week: the least that leaves time to notice. */
const RECOVERY_DAYS = 7;

const azure: Check = function* (deployment) {
  for (const account of phiAccounts(deployment)) {
    const services = childrenOf(deployment, account, 'azure-native:storage:BlobServiceProperties', 'accountName');
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

const gcp: Check = notYet;

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
