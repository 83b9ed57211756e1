import { isIntake, logBuckets, retained } from '../aws.js';
import { ACCOUNT, childrenOf, guardedFromDeletion, wants, WORKSPACE } from '../azure.js';
import { at, type Deployment, findUnknown, isList, isObject, type Resource, strings, Unknown, type Value } from '../model.js';
import { allKeys, keyPurpose, phiKeys, processesPhi, tagsOf } from '../phi.js';
import { prove } from '../prove/index.js';
import { logAccounts } from '../prove/azure/logs.js';
import { type Check, defineRule, type Defect, eachOf, fail, notYet, outcomes, unknown, type Verdict, warn } from '../rule.js';

const aws: Check = function* (deployment) {
  const stores = [...logBuckets(deployment).filter((bucket) => !isIntake(deployment, bucket)), ...deployment.ofType('AWS::CloudTrail::Trail'), ...(processesPhi(deployment) ? deployment.ofType('AWS::Logs::LogGroup') : [])];
  for (const store of stores) {
    const key = deployment.target(store.properties['KMSKeyId'] ?? store.properties['KmsKeyId'] ?? at(store.properties, 'BucketEncryption.ServerSideEncryptionConfiguration[0].ServerSideEncryptionByDefault.KMSMasterKeyID'));
    const lost = key && retained(key).length > 0 ? [fail('', `its key ${key.name} goes with the stack, and every record under it`)] : [];
    yield* outcomes(store, [...retained(store), ...lost]);
  }
};

const azure: Check = function* (deployment) {
  const stays = (resource: Resource): readonly Defect[] => (guardedFromDeletion(deployment, resource) ? [] : [fail('', 'neither protect nor a lock: it goes with the stack')]);
  for (const account of logAccounts(deployment)) {
    const services = childrenOf(deployment, account, 'azure-native:storage:BlobServiceProperties', 'accountName');
    yield* outcomes(account, [...stays(account), ...(services.length === 0 && processesPhi(deployment) ? [fail('', 'no blob service settings: a deleted container or version is gone')] : [])]);
    for (const service of services) yield* outcomes(service, ['containerDeleteRetentionPolicy', 'deleteRetentionPolicy'].flatMap((name) => wants(at(service.properties, `${name}.enabled`), `${name}.enabled`, true, 'what is deleted is gone', false)));
  }
  if (!processesPhi(deployment)) return;
  for (const workspace of deployment.ofType(WORKSPACE)) yield* outcomes(workspace, stays(workspace));
  for (const table of deployment.ofType('azure-native:operationalinsights:Table')) {
    const retain = table.attributes['retainOnDelete'];
    yield* outcomes(table, retain === true || guardedFromDeletion(deployment, table) ? true
      : retain instanceof Unknown ? warn('', `retainOnDelete: ${retain.reason}`) : fail('', 'neither retainOnDelete nor protect: its retention goes with the stack'));
  }
};

const gcp: Check = notYet;

export const rule = defineRule({
  id: 'log-deletion-guarded',
  title: 'Log stores survive the deletion of the stack',
  theme: 'immutable-log',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.316(b)(2)(i)', '45 CFR 164.312(c)(1)'],
  why: 'A store that goes with the stack, or whose key can be deleted, ends the trail.',
  fix: {
    aws: 'Use LogVault, or DeletionPolicy and UpdateReplacePolicy Retain on log buckets, trails, log groups and their keys.',

    azure: 'Use LogVault, or protect true and a CanNotDelete lock on the log account and workspace.',

    gcp: 'Use LogVault, or protect true, forceDestroy false and a project lien on the log project.',
  },
  checks: {
    aws,

    azure,

    gcp,
  },
});
