import { isIntake, logBuckets, retained } from '../aws.js';
import { at, type Deployment, findUnknown, isList, isObject, type Resource, strings, Unknown, type Value } from '../model.js';
import { allKeys, keyPurpose, phiKeys, processesPhi, tagsOf } from '../phi.js';
import { prove } from '../prove/index.js';
import { type Check, defineRule, type Defect, eachOf, fail, notYet, outcomes, unknown, type Verdict } from '../rule.js';

const aws: Check = function* (deployment) {
  const stores = [...logBuckets(deployment).filter((bucket) => !isIntake(deployment, bucket)), ...deployment.ofType('AWS::CloudTrail::Trail'), ...(processesPhi(deployment) ? deployment.ofType('AWS::Logs::LogGroup') : [])];
  for (const store of stores) {
    const key = deployment.target(store.properties['KMSKeyId'] ?? store.properties['KmsKeyId'] ?? at(store.properties, 'BucketEncryption.ServerSideEncryptionConfiguration[0].ServerSideEncryptionByDefault.KMSMasterKeyID'));
    const lost = key && retained(key).length > 0 ? [fail('', `its key ${key.name} goes with the stack, and every record under it`)] : [];
    yield* outcomes(store, [...retained(store), ...lost]);
  }
};

const azure: Check = notYet;

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
