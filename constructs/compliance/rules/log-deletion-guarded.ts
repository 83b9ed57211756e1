import { isIntake, logBuckets, retained, want } from '../aws.js';
import { ACCOUNT, childrenOf, guardedFromDeletion, lockedAgainstDeletion, switchedOff, wants, WORKSPACE } from '../azure.js';
import { at, type Deployment, findUnknown, isList, isObject, type Resource, strings, Unknown, type Value } from '../model.js';
import { allKeys, keyPurpose, phiKeys, processesPhi, tagsOf } from '../phi.js';
import { prove } from '../prove/index.js';
import { logAccounts } from '../prove/azure/logs.js';
import { kept, toggle } from '../gcp.js';
import { auditedProjects, logStores, storeKey } from '../prove/gcp/logs.js';
import { sameProject } from '../prove/gcp/iam.js';
import { projectOf, TYPE } from '../prove/gcp/names.js';
import { type Check, defineRule, type Defect, fail, outcomes, unknown, warn } from '../rule.js';

const aws: Check = function* (deployment) {
  const stores = [...logBuckets(deployment).filter((bucket) => !isIntake(deployment, bucket)), ...deployment.ofType('AWS::CloudTrail::Trail'), ...(processesPhi(deployment) ? deployment.ofType('AWS::Logs::LogGroup') : [])];
  for (const store of stores) {
    const key = deployment.target(store.properties['KMSKeyId'] ?? store.properties['KmsKeyId'] ?? at(store.properties, 'BucketEncryption.ServerSideEncryptionConfiguration[0].ServerSideEncryptionByDefault.KMSMasterKeyID'));
    const lost = key && retained(key).length > 0 ? [fail('', `its key ${key.name} goes with the stack, and every record under it`)] : [];
    const protection = store.type === 'AWS::Logs::LogGroup' ? want(store, 'DeletionProtectionEnabled', true, 'one call deletes every record in it') : [];
    yield* outcomes(store, [...retained(store), ...lost, ...protection]);
  }
};

const azure: Check = function* (deployment) {
  const stays = (resource: Resource): readonly Defect[] => (guardedFromDeletion(deployment, resource) ? [] : [fail('', 'neither protect nor a lock: it goes with the stack')]);
  const locked = (resource: Resource): readonly Defect[] => (lockedAgainstDeletion(deployment, resource) ? [] : [fail('', 'no CanNotDelete lock: an administrator of the group deletes it')]);
  for (const account of logAccounts(deployment)) {
    const services = childrenOf(deployment, account, 'azure-native:storage:BlobServiceProperties', 'accountName');
    yield* outcomes(account, [...stays(account), ...locked(account), ...(services.length === 0 && processesPhi(deployment) ? [fail('', 'no blob service settings: a deleted container or version is gone')] : [])]);
    for (const service of services) yield* outcomes(service, [...wants(service.properties['isVersioningEnabled'], 'isVersioningEnabled', true, 'a record that is overwritten is gone', false), ...['containerDeleteRetentionPolicy', 'deleteRetentionPolicy'].flatMap((name) => wants(at(service.properties, `${name}.enabled`), `${name}.enabled`, true, 'what is deleted is gone', false))]);
  }
  if (!processesPhi(deployment)) return;
  for (const account of logAccounts(deployment)) {
    for (const service of childrenOf(deployment, account, 'azure-native:storage:BlobServiceProperties', 'accountName')) {
      const path = 'deleteRetentionPolicy.allowPermanentDelete';
      const defects = switchedOff(at(service.properties, path), path, 'deleted records can be destroyed at once');
      if (defects.length > 0) yield* outcomes(service, defects);
    }
  }
  for (const workspace of deployment.ofType(WORKSPACE)) yield* outcomes(workspace, [...stays(workspace), ...locked(workspace)]);
  for (const table of deployment.ofType('azure-native:operationalinsights:Table')) {
    const retain = table.attributes['retainOnDelete'];
    yield* outcomes(table, retain === true || guardedFromDeletion(deployment, table) ? true
      : retain instanceof Unknown ? warn('', `retainOnDelete: ${retain.reason}`) : fail('', 'neither retainOnDelete nor protect: its retention goes with the stack'));
  }
};

const gcp: Check = function* (deployment) {
  const liens = deployment.ofType('gcp:resourcemanager/lien:Lien').filter(({ properties }) => [...strings(properties['restrictions'])].includes('resourcemanager.projects.delete'));
  for (const store of logStores(deployment)) {
    const project = projectOf(deployment, store);
    const { key } = storeKey(deployment, store);
    const destroy = toggle(store.properties['forceDestroy']);
    yield* outcomes(store, [
      ...kept(store),
      ...(store.type === TYPE.bucket && destroy !== undefined && destroy !== false ? [destroy instanceof Unknown ? unknown('forceDestroy', destroy.reason) : fail('forceDestroy', 'forceDestroy is true: the bucket goes with its records')] : []),
      ...(key && kept(key).length > 0 ? [fail('', `its key ${key.name} goes with the stack, and every record under it`)] : []),
      ...(liens.some((lien) => sameProject(deployment, lien.properties['parent'], project) !== 'no') ? [] : [fail('', `no lien keeps project ${typeof project === 'string' ? project : ''} of the store from being deleted`)]),
    ]);
  }
  const placement = deployment.workload?.clouds.gcp;
  for (const project of auditedProjects(deployment)) {
    if (!placement || liens.some((lien) => sameProject(deployment, lien.properties['parent'], project) === 'yes')) continue;
    yield* outcomes(deployment.root, fail('', `no lien keeps project ${project} from being deleted, keys and logs included`));
  }
};

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
