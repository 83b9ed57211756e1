import { phiBuckets, phiTables, retained, want } from '../aws.js';
import { childrenOf, groupsInUse, guardedFromDeletion, phiAccounts } from '../azure.js';
import { kept, phiBuckets as phiObjects, toggle } from '../gcp.js';
import { Unknown } from '../model.js';
import { processesPhi } from '../phi.js';
import { type Check, defineRule, fail, outcomes, unknown } from '../rule.js';

const aws: Check = function* (deployment) {
  for (const bucket of phiBuckets(deployment)) yield* outcomes(bucket, retained(bucket));
  for (const table of phiTables(deployment)) yield* outcomes(table, [...retained(table), ...want(table, 'DeletionProtectionEnabled', true, 'one call deletes it')]);
  if (!processesPhi(deployment)) return;
  for (const type of ['AWS::RDS::DBInstance', 'AWS::RDS::DBCluster']) for (const database of deployment.ofType(type)) yield* outcomes(database, want(database, 'DeletionProtection', true, 'one call deletes it'));
};

const azure: Check = function* (deployment) {
  if (processesPhi(deployment)) {
    for (const group of groupsInUse(deployment)) yield* outcomes(group, guardedFromDeletion(deployment, group) ? true : fail('', 'neither protect nor a lasting lock: the group goes with everything in it'));
  }
  for (const account of phiAccounts(deployment)) {
    yield* outcomes(account, guardedFromDeletion(deployment, account) ? true : fail('', 'neither protect nor a lasting lock: PHI goes with the stack'));
    for (const container of childrenOf(deployment, account, 'azure-native:storage:BlobContainer', 'accountName')) {
      yield* outcomes(container, guardedFromDeletion(deployment, container) || guardedFromDeletion(deployment, account) ? true : fail('', 'neither protect nor a lasting lock: PHI goes with the stack'));
    }
  }
};

const gcp: Check = function* (deployment) {
  for (const bucket of phiObjects(deployment)) {
    const destroy = toggle(bucket.properties['forceDestroy']) ?? false;
    yield* outcomes(bucket, [...kept(bucket), ...(destroy === false ? [] : [destroy instanceof Unknown ? unknown('forceDestroy', destroy.reason) : fail('forceDestroy', 'the bucket goes with its objects')])]);
  }
};

export const rule = defineRule({
  id: 'phi-store-deletion-guarded',
  title: 'PHI stores survive the deletion of the stack',
  theme: 'private-network',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.308(a)(7)(ii)(A)', '45 CFR 164.312(c)(1)', '45 CFR 164.310(d)(2)(iii)'],
  why: 'A deleted stack, or a rename that replaces a resource, must not take the only copy of the records with it.',
  fix: {
    aws: 'Use PhiStore, or DeletionPolicy and UpdateReplacePolicy Retain on buckets and tables, DeletionProtectionEnabled true on tables, DeletionProtection true on databases.',
    azure: 'Use PhiStore, or protect true (or a CanNotDelete lock that is protected itself) on the resource group, the storage account and its containers.',
    gcp: 'Use PhiStore, or protect true, deletionPolicy PREVENT and forceDestroy false on the bucket.',
  },
  checks: { aws, azure, gcp },
});
