import { isIntake, list, logBuckets, ownKey, shown, text } from '../aws.js';
import { transportEncrypted, wants } from '../azure.js';
import { at, type Deployment, type Resource, Unknown } from '../model.js';
import { processesPhi } from '../phi.js';
import { logAccounts } from '../prove/azure/logs.js';
import { keyed } from '../gcp.js';
import { logStores } from '../prove/gcp/logs.js';
import { TYPE } from '../prove/gcp/names.js';
import { type Check, defineRule, type Defect, fail, outcomes, unknown } from '../rule.js';

/** A key setting that names a key: an ARN, an id, an alias or a reference. */
function names(resource: Resource, path: string, deployment?: Deployment): readonly Defect[] {
  const value = at(resource.properties, path);
  if (value instanceof Unknown) return [unknown(path, `${path} is not known: ${value.reason}`)];
  if (typeof value === 'string' && value !== '' && !/alias\/aws\//.test(value)) return deployment && !ownKey(deployment, value) ? [unknown(path, `${path} is ${shown(value)}, which is no key of the artifacts: who uses and deletes it cannot be told`)] : [];
  return [fail(path, `${path} is ${shown(value)}: no key of the customer`)];
}

const aws: Check = function* (deployment) {
  for (const trail of deployment.ofType('AWS::CloudTrail::Trail')) yield* outcomes(trail, names(trail, 'KMSKeyId', deployment));
  for (const bucket of logBuckets(deployment)) {
    // What arrives by S3 server access logging can be SSE-S3 only, and leaves at once for the vault.
    if (isIntake(deployment, bucket)) continue;
    const path = 'BucketEncryption.ServerSideEncryptionConfiguration';
    const rules = list(at(bucket.properties, path));
    if (rules instanceof Unknown) yield* outcomes(bucket, unknown(path, `the encryption is not known: ${rules.reason}`));
    else if (!rules.some((rule) => text(at(rule, 'ServerSideEncryptionByDefault.SSEAlgorithm')).startsWith('aws:kms'))) yield* outcomes(bucket, fail(path, 'no aws:kms encryption'));
    else yield* outcomes(bucket, names(bucket, `${path}[0].ServerSideEncryptionByDefault.KMSMasterKeyID`, deployment));
  }
  if (processesPhi(deployment)) for (const group of deployment.ofType('AWS::Logs::LogGroup')) yield* outcomes(group, names(group, 'KmsKeyId', deployment));
};

/**
 * On Azure the kit prefers the platform's key for log accounts, over a second layer of encryption: a customer key can be
 * deleted, and would take the locked records with it (decision 0045). A customer key passes too.
 */
const azure: Check = function* (deployment) {
  for (const account of logAccounts(deployment)) {
    const source = at(account.properties, 'encryption.keySource');
    const customer = typeof source === 'string' && source.toLowerCase() === 'microsoft.keyvault';
    const atRest = source instanceof Unknown ? [unknown('encryption.keySource', `keySource is not known: ${source.reason}`)]
      : customer ? names(account, 'encryption.keyVaultProperties.keyName')
        : wants(at(account.properties, 'encryption.requireInfrastructureEncryption'), 'encryption.requireInfrastructureEncryption', true, 'neither a customer key nor a second layer of encryption');
    yield* outcomes(account, [...atRest, ...transportEncrypted(account)]);
  }
};

const gcp: Check = function* (deployment) {
  for (const store of logStores(deployment)) {
    const path = store.type === TYPE.bucket ? 'encryption.defaultKmsKeyName' : 'cmekSettings.kmsKeyName';
    yield* outcomes(store, keyed(deployment, at(store.properties, path), path));
  }
};

export const rule = defineRule({
  id: 'log-store-encrypted',
  title: 'Log stores are encrypted under a customer key',
  theme: 'immutable-log',
  severity: 'medium',
  waivable: true,
  citations: ['45 CFR 164.312(a)(2)(iv)'],
  proposed: ['encryption of ePHI at rest'],
  why: 'Logs hold identifiers; their key is revoked and audited separately.',
  fix: {
    aws: 'Use LogVault, or KMS encryption with a key of key-purpose logs on trail, bucket and log groups.',

    azure: 'Use LogVault, or encryption.keySource Microsoft.Keyvault on the log account.',

    gcp: 'Use LogVault, or cmekSettings (log bucket) and encryption.defaultKmsKeyName (storage bucket).',
  },
  checks: {
    aws,

    azure,

    gcp,
  },
});
