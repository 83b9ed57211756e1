import { list, ownAccounts, ownKey, phiBuckets, phiTables, shown, want } from '../aws.js';
import { childrenOf, DATABASES, KEY, phiAccounts, VAULT, vaultHost, wants, wantsOneOf } from '../azure.js';
import { armOf } from '../prove/azure/arm.js';
import { at, type Deployment, type Resource, Unknown } from '../model.js';
import { processesPhi } from '../phi.js';
import { keyed, phiBuckets as phiObjects } from '../gcp.js';
import { type Check, defineRule, type Defect, fail, outcomes, unknown } from '../rule.js';

/** A key of the customer: an ARN, an id, an alias or a reference, never `alias/aws/…`. */
function namesKey(resource: Resource, path: string, deployment?: Deployment): readonly Defect[] {
  const value = at(resource.properties, path);
  const account = typeof value === 'string' ? /^arn:[^:]*:kms:[^:]*:(\d{12}):/.exec(value)?.[1] : undefined;
  if (deployment && account !== undefined && ownAccounts(deployment).size > 0 && !ownAccounts(deployment).has(account)) return [fail(path, `${path} is a key of account ${account}, which is not the deployment's`)];
  if (value instanceof Unknown) return [unknown(path, `${path} is not known: ${value.reason}`)];
  if (typeof value === 'string' && value !== '' && !/alias\/aws\//.test(value)) return deployment && !ownKey(deployment, value) ? [unknown(path, `${path} is ${shown(value)}, which is no key of the artifacts: who uses and deletes it cannot be told`)] : [];
  return [fail(path, `${path} is ${shown(value)}: the provider's key, which the customer cannot revoke`)];
}

function bucketEncrypted(deployment: Deployment, bucket: Resource): readonly Defect[] {
  const path = 'BucketEncryption.ServerSideEncryptionConfiguration';
  const rules = list(at(bucket.properties, path));
  if (rules instanceof Unknown) return [unknown(path, `the encryption is not known: ${rules.reason}`)];
  const algorithm = at(rules[0], 'ServerSideEncryptionByDefault.SSEAlgorithm');
  if (algorithm instanceof Unknown) return [unknown(path, algorithm.reason)];
  return typeof algorithm === 'string' && algorithm.startsWith('aws:kms') ? namesKey(bucket, `${path}[0].ServerSideEncryptionByDefault.KMSMasterKeyID`, deployment) : [fail(path, `the algorithm is ${shown(algorithm)}, not aws:kms`)];
}

/** Other stores that take PHI or news of it, with the property that names their key. */
const AWS_KEYED_STORES: Readonly<Record<string, string>> = {
  'AWS::SQS::Queue': 'KmsMasterKeyId', 'AWS::SNS::Topic': 'KmsMasterKeyId', 'AWS::Kinesis::Stream': 'StreamEncryption.KeyId', 'AWS::SecretsManager::Secret': 'KmsKeyId', 'AWS::FSx::FileSystem': 'KmsKeyId',
  'AWS::DocDB::DBCluster': 'KmsKeyId', 'AWS::Neptune::DBCluster': 'KmsKeyId', 'AWS::Redshift::Cluster': 'KmsKeyId', 'AWS::RedshiftServerless::Namespace': 'KmsKeyId', 'AWS::ElastiCache::ReplicationGroup': 'KmsKeyId', 'AWS::MemoryDB::Cluster': 'KmsKeyId',
  'AWS::OpenSearchService::Domain': 'EncryptionAtRestOptions.KmsKeyId', 'AWS::MSK::Cluster': 'EncryptionInfo.EncryptionAtRest.DataVolumeKMSKeyId', 'AWS::HealthLake::FHIRDatastore': 'SseConfiguration.KmsEncryptionConfig.KmsKeyId',
  'AWS::Timestream::Database': 'KmsKeyId', 'AWS::QLDB::Ledger': 'KmsKey', 'AWS::ECR::Repository': 'EncryptionConfiguration.KmsKey', 'AWS::HealthImaging::Datastore': 'KmsKeyArn',
};

const aws: Check = function* (deployment) {
  for (const bucket of phiBuckets(deployment)) yield* outcomes(bucket, bucketEncrypted(deployment, bucket));
  for (const table of phiTables(deployment)) yield* outcomes(table, [...want(table, 'SSESpecification.SSEEnabled', true, 'encrypted under a key of AWS'), ...namesKey(table, 'SSESpecification.KMSMasterKeyId', deployment)]);
  if (!processesPhi(deployment)) return;
  for (const type of ['AWS::RDS::DBInstance', 'AWS::RDS::DBCluster']) {
    for (const database of deployment.ofType(type)) {
      if (type === 'AWS::RDS::DBInstance' && database.properties['DBClusterIdentifier'] !== undefined) continue;
      yield* outcomes(database, [...want(database, 'StorageEncrypted', true, 'PHI lies in the clear'), ...namesKey(database, 'KmsKeyId')]);
    }
  }
  for (const files of deployment.ofType('AWS::EFS::FileSystem')) yield* outcomes(files, [...want(files, 'Encrypted', true, 'PHI lies in the clear'), ...namesKey(files, 'KmsKeyId', deployment)]);
  for (const [type, path] of Object.entries(AWS_KEYED_STORES)) for (const store of deployment.ofType(type)) yield* outcomes(store, namesKey(store, path, deployment));
};

/** Where each database names the customer's key. */
const DATABASE_KEYS: Readonly<Record<(typeof DATABASES)[number], string>> = {
  'azure-native:sql:Server': 'keyId', 'azure-native:dbforpostgresql:Server': 'dataEncryption.primaryKeyURI', 'azure-native:dbformysql:Server': 'dataEncryption.primaryKeyURI',
  'azure-native:cosmosdb:DatabaseAccount': 'keyVaultKeyUri', 'azure-native:documentdb:DatabaseAccount': 'keyVaultKeyUri',
};

/** An application of several tenants as the one that uses the key: the key lies in another tenant. */
function otherTenant(account: Resource): readonly Defect[] {
  const path = 'encryption.encryptionIdentity.encryptionFederatedIdentityClientId';
  const client = at(account.properties, path);
  return client === undefined || client === null || client === '' ? [] : [(client instanceof Unknown ? unknown : fail)(path, 'the key is taken from another tenant, by an application that works across tenants')];
}

/** The key of an account is one of the artifact, so that who may use and delete it is known. */
function keyOfOthers(deployment: Deployment, account: Resource): readonly Defect[] {
  const arm = armOf(deployment);
  const name = at(account.properties, 'encryption.keyVaultProperties.keyName');
  const uri = at(account.properties, 'encryption.keyVaultProperties.keyVaultUri');
  if (typeof name !== 'string' || typeof uri !== 'string') return [];
  const host = vaultHost(uri);
  const own = deployment.ofType(KEY).some((key) => arm.text(key.properties['keyName'])?.toLowerCase() === arm.text(name)?.toLowerCase() && (arm.text(key.properties['vaultName'])?.toLowerCase() === host || [...deployment.targets(uri)].some((vault) => arm.parent(key, VAULT, 'vaultName') === vault)));
  return own ? [] : [unknown('encryption.keyVaultProperties', `the key ${shown(name)} of ${shown(uri)} is not among the artifacts`)];
}

const azure: Check = function* (deployment) {
  for (const account of phiAccounts(deployment)) {
    const properties = at(account.properties, 'encryption.keyVaultProperties');
    yield* outcomes(account, [
      ...wantsOneOf(at(account.properties, 'encryption.keySource'), 'encryption.keySource', ['Microsoft.Keyvault'], 'the provider\'s key, which the customer cannot revoke'),
      ...['keyName', 'keyVaultUri'].flatMap((name) => { const value = at(properties, name); return value instanceof Unknown ? [unknown(`encryption.keyVaultProperties.${name}`, value.reason)] : typeof value === 'string' && value !== '' ? [] : [fail(`encryption.keyVaultProperties.${name}`, `${name} is ${shown(value)}`)]; }),
      ...wants(at(account.properties, 'encryption.requireInfrastructureEncryption'), 'encryption.requireInfrastructureEncryption', true, 'one layer of encryption only', false),
      ...['blob', 'file', 'queue', 'table'].flatMap((service) => wants(at(account.properties, `encryption.services.${service}.enabled`), `encryption.services.${service}.enabled`, true, 'what the service holds is not encrypted', true)),
      ...otherTenant(account),
      ...keyOfOthers(deployment, account),
    ]);
    for (const scope of childrenOf(deployment, account, 'azure-native:storage:EncryptionScope', 'accountName')) {
      yield* outcomes(scope, wantsOneOf(scope.properties['source'], 'source', ['Microsoft.KeyVault'], 'containers of the scope lie under the provider\'s key'));
    }
  }
  if (!processesPhi(deployment)) return;
  for (const type of DATABASES) {
    for (const database of deployment.ofType(type)) {
      const value = at(database.properties, DATABASE_KEYS[type]);
      yield* outcomes(database, value instanceof Unknown ? unknown(DATABASE_KEYS[type], value.reason) : typeof value === 'string' && value !== '' ? true : fail(DATABASE_KEYS[type], `${DATABASE_KEYS[type]} is ${shown(value)}: the provider's key, which the customer cannot revoke`));
    }
  }
};

/** Other stores, with the property that names their key. */
const KEYED_STORES: Readonly<Record<string, string>> = {
  'gcp:sql/databaseInstance:DatabaseInstance': 'encryptionKeyName', 'gcp:bigquery/dataset:Dataset': 'defaultEncryptionConfiguration.kmsKeyName', 'gcp:spanner/database:Database': 'encryptionConfig.kmsKeyName',
  'gcp:firestore/database:Database': 'cmekConfig.kmsKeyName', 'gcp:bigtable/instance:Instance': 'clusters[0].kmsKeyName', 'gcp:filestore/instance:Instance': 'kmsKeyName', 'gcp:alloydb/cluster:Cluster': 'encryptionConfig.kmsKeyName',
  'gcp:pubsub/topic:Topic': 'kmsKeyName', 'gcp:artifactregistry/repository:Repository': 'kmsKeyName', 'gcp:redis/instance:Instance': 'customerManagedKey', 'gcp:healthcare/dataset:Dataset': 'encryptionSpec.kmsKeyName',
};

const gcp: Check = function* (deployment) {
  for (const bucket of phiObjects(deployment)) yield* outcomes(bucket, keyed(deployment, at(bucket.properties, 'encryption.defaultKmsKeyName'), 'encryption.defaultKmsKeyName'));
  if (processesPhi(deployment)) for (const [type, path] of Object.entries(KEYED_STORES)) for (const store of deployment.ofType(type)) yield* outcomes(store, keyed(deployment, at(store.properties, path), path));
};

export const rule = defineRule({
  id: 'phi-store-encrypted',
  title: 'PHI stores are encrypted under a customer key',
  theme: 'private-network',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(a)(2)(iv)'],
  proposed: ['encryption of ePHI at rest'],
  why: 'A provider-managed key is one that the customer can neither revoke nor see in use.',
  fix: {
    aws: 'Use PhiStore, or aws:kms encryption with a key of the stack (KMSMasterKeyID, SSESpecification, KmsKeyId), queues, topics and streams included.',

    azure: 'Use PhiStore, or encryption.keySource Microsoft.Keyvault, a key of the artifact and requireInfrastructureEncryption.',

    gcp: 'Use PhiStore, or encryption.defaultKmsKeyName on the bucket and the customer key of each other store.',
  },
  checks: {
    aws,

    azure,

    gcp,
  },
});
