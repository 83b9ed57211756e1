import { at, type Deployment, isList, type Resource } from '../model.js';
import { canonical } from './canonical.js';
import { type Matching, ownName } from './match.js';
import type { Draft } from './types.js';

type Kind = 'key' | 'log' | 'store';

/** What is lost for good with the resource, and the settings whose change makes the provider replace it. */
const DURABLE: Readonly<Record<string, { readonly kind: Kind; readonly replacing: readonly string[] }>> = {
  // A change of KeySpec, KeyUsage, Origin or MultiRegion fails instead of replacing the key (CloudFormation's reference).
  'AWS::KMS::Key': { kind: 'key', replacing: [] },
  'AWS::KMS::ReplicaKey': { kind: 'key', replacing: ['PrimaryKeyArn'] },
  'AWS::CloudTrail::Trail': { kind: 'log', replacing: ['TrailName'] },
  'AWS::Logs::LogGroup': { kind: 'log', replacing: ['LogGroupName'] },
  'AWS::S3::Bucket': { kind: 'store', replacing: ['BucketName'] },
  'AWS::DynamoDB::Table': { kind: 'store', replacing: ['TableName', 'KeySchema'] },
  'AWS::DynamoDB::GlobalTable': { kind: 'store', replacing: ['TableName', 'KeySchema'] },
  'AWS::RDS::DBInstance': { kind: 'store', replacing: ['DBInstanceIdentifier', 'StorageEncrypted', 'KmsKeyId', 'DBSubnetGroupName'] },
  'AWS::RDS::DBCluster': { kind: 'store', replacing: ['DBClusterIdentifier', 'StorageEncrypted', 'KmsKeyId', 'DBSubnetGroupName'] },
  'AWS::EFS::FileSystem': { kind: 'store', replacing: ['Encrypted', 'KmsKeyId', 'PerformanceMode'] },
  'AWS::Backup::BackupVault': { kind: 'store', replacing: ['BackupVaultName', 'EncryptionKeyArn'] },
  'azure-native:keyvault:Key': { kind: 'key', replacing: ['keyName', 'vaultName', 'resourceGroupName'] },
  'azure-native:keyvault:Vault': { kind: 'key', replacing: ['vaultName', 'resourceGroupName', 'location'] },
  'azure-native:storage:StorageAccount': { kind: 'store', replacing: ['accountName', 'resourceGroupName', 'location'] },
  'azure-native:storage:BlobContainer': { kind: 'store', replacing: ['containerName', 'accountName', 'resourceGroupName'] },
  'azure-native:operationalinsights:Workspace': { kind: 'log', replacing: ['workspaceName', 'resourceGroupName', 'location'] },
  'gcp:kms/cryptoKey:CryptoKey': { kind: 'key', replacing: ['name', 'keyRing', 'purpose'] },
  'gcp:kms/keyRing:KeyRing': { kind: 'key', replacing: ['name', 'location', 'project'] },
  'gcp:storage/bucket:Bucket': { kind: 'store', replacing: ['name', 'location', 'project'] },
  'gcp:logging/projectBucketConfig:ProjectBucketConfig': { kind: 'log', replacing: ['bucketId', 'location', 'project'] },
  'gcp:sql/databaseInstance:DatabaseInstance': { kind: 'store', replacing: ['name', 'region', 'project'] },
};

/** Whether removing or replacing a resource of this type loses what cannot be had again. */
export const isDurable = ({ type }: Resource): boolean => Object.hasOwn(DURABLE, type);

const WORDS: Readonly<Record<Kind, string>> = { key: 'the key, and with it everything that is encrypted under it', log: 'the records', store: 'the data' };
const RULES: Readonly<Record<Kind, string | undefined>> = { key: 'key-deletion-guarded', log: 'log-deletion-guarded', store: undefined };

/** Keys, logs and stores that the change would destroy, and protections against that which it takes away. */
export function compareDestruction(base: Deployment, { pairs, removed, aligned, original }: Matching, logs: ReadonlySet<string>): Draft[] {
  const drafts: Draft[] = [];
  const about = (resource: Resource): { readonly kind: Kind; readonly draft: Pick<Draft, 'cloud' | 'resource' | 'kind' | 'rule'> } => {
    const declared = DURABLE[resource.type]?.kind ?? 'store';
    const kind = declared === 'store' && logs.has(resource.id) ? 'log' : declared;
    return { kind, draft: { cloud: base.cloud, resource: resource.id, kind: 'destroy', rule: RULES[kind] } };
  };
  for (const before of removed) {
    if (!isDurable(before)) continue;
    const { kind, draft } = about(before);
    const kept = retained(before, 'DeletionPolicy');
    drafts.push(kept === null
      ? { ...draft, verdict: 'weaker', what: `${before.type} leaves the artifact and is deleted: that destroys ${WORDS[kind]}`, before: 'present', after: null }
      : { ...draft, verdict: 'neutral', what: `${before.type} leaves the artifact; ${kept}`, before: 'present', after: null });
  }
  for (const resource of aligned.resources) {
    const after = original.get(resource);
    const before = after && pairs.get(after);
    if (!after || !before || !isDurable(before)) continue;
    const { kind, draft } = about(before);
    const renamed = isAnother(before, after);
    // Its own name counts as written; what it refers to may only be called something else.
    const changed = [...(DURABLE[before.type]?.replacing ?? []), ...replaceOnChanges(after)].filter((path) => canonical(at(before.properties, path)) !== canonical(at((path === ownName(after) ? after : resource).properties, path)));
    if (renamed || changed.length > 0) {
      const kept = renamed ? retained(before, 'DeletionPolicy') : retained(after, 'UpdateReplacePolicy');
      const how = renamed ? `${before.name} is another resource now (${after.name})` : `a change of ${changed[0] ?? ''} replaces it`;
      const of = (side: Resource): string => (renamed ? side.name : canonical(at(side.properties, changed[0] ?? '')));
      drafts.push({
        ...draft, verdict: kept === null ? 'weaker' : 'neutral', detail: 'replaced', before: of(before), after: of(after),
        what: kept === null ? `${how}: the old one is deleted, and with it ${WORDS[kind]}` : `${how}; ${kept}`,
      });
    }
    for (const [name, value] of guardsLost(before, after)) {
      drafts.push({ ...draft, verdict: 'weaker', detail: name, what: `${name} no longer keeps it from being deleted`, before: value, after: canonical(after.attributes[name] ?? after.properties[name]) });
    }
  }
  return drafts;
}

function replaceOnChanges({ attributes }: Resource): string[] {
  const list = attributes['replaceOnChanges'];
  return isList(list) ? list.filter((item): item is string => typeof item === 'string' && item !== '*') : [];
}

/** A Pulumi resource without its stack and project. */
const urnOf = (urn: string): string => urn.split('::').slice(2).join('::');

/** Whether the engine takes the head's resource for another one: its URN changed and no alias names the old one. */
function isAnother(before: Resource, after: Resource): boolean {
  if (before.cloud === 'aws') return before.name !== after.name;
  if (urnOf(before.id) === urnOf(after.id)) return false;
  const aliases = after.attributes['aliases'];
  return !(isList(aliases) && aliases.some((alias) => alias === before.id));
}

/** How the old resource outlives its removal or replacement; null when it does not. */
function retained({ cloud, attributes, properties }: Resource, policy: 'DeletionPolicy' | 'UpdateReplacePolicy'): string | null {
  if (cloud === 'aws') {
    const value = attributes[policy];
    return value === 'Retain' || value === 'RetainExceptOnCreate' || value === 'Snapshot' ? `the old one stays (${policy} ${value})` : null;
  }
  if (attributes['retainOnDelete'] === true) return 'the old one stays (retainOnDelete)';
  if (attributes['protect'] === true) return 'the update is refused until somebody lifts its protection (protect)';
  if (properties['deletionPolicy'] === 'PREVENT' || properties['deletionPolicy'] === 'ABANDON') return `the provider does not delete it (deletionPolicy ${properties['deletionPolicy']})`;
  return null;
}

function guardsLost(before: Resource, after: Resource): [string, string][] {
  const lost: [string, string][] = [];
  for (const name of ['DeletionPolicy', 'UpdateReplacePolicy'] as const) {
    if (before.cloud === 'aws' && retained(before, name) !== null && retained(after, name) === null) lost.push([name, canonical(before.attributes[name])]);
  }
  for (const name of ['protect', 'retainOnDelete']) if (before.attributes[name] === true && after.attributes[name] !== true) lost.push([name, 'true']);
  const [was, now] = [before.properties['deletionPolicy'], after.properties['deletionPolicy']];
  if ((was === 'PREVENT' || was === 'ABANDON') && now !== was && now !== 'PREVENT' && now !== 'ABANDON') lost.push(['deletionPolicy', was]);
  return lost;
}
