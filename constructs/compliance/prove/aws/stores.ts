import { bucketOf, bucketPolicies, hostRoles, phiBuckets, phiTables, rolePolicies, statements } from '../../aws.js';
import { at, type Deployment, perDeployment, type Resource, Unknown } from '../../model.js';
import { type Access, changersOf, ResourceAccess } from './access.js';
import type { Principal } from './iam/evaluate.js';

/** What can be done to a store of PHI by those who should not. */
export interface StoreAccess {
  readonly store: Resource;
  /** Reads and writes of its contents by anybody but the TEE's identity. */
  readonly uses: readonly Access[];
  /** Ways to put older contents in the place of newer: for the TEE's identity as well. */
  readonly rollbacks: readonly Access[];
  /** Lists of its contents by anybody but the TEE's identity. */
  readonly lists: readonly Access[];
  /** Prefixes that hold counters, with the ways to overwrite or delete one, for the TEE's identity as well. */
  readonly counters: readonly { readonly prefix: string; readonly moves: readonly Access[] }[];
}

const OBJECT_USES = ['s3:GetObject', 's3:GetObjectVersion', 's3:PutObject'] as const;
const BUCKET_MOVES = ['s3:PutBucketVersioning', 's3:PutLifecycleConfiguration', 's3:PutBucketPolicy', 's3:DeleteBucketPolicy', 's3:DeleteBucket'] as const;
const LISTS = ['s3:ListBucket', 's3:ListBucketVersions', 's3:ListBucketMultipartUploads'] as const;
const COUNTER_MOVES = ['s3:PutObject', 's3:DeleteObject', 's3:DeleteObjectVersion'] as const;
const ITEM_USES = ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query', 'dynamodb:Scan', 'dynamodb:PartiQLSelect', 'dynamodb:PutItem'] as const;
/** Writes that can set a counter back; an update with a condition cannot. */
const REWRITES = ['dynamodb:PutItem', 'dynamodb:DeleteItem', 'dynamodb:BatchWriteItem', 'dynamodb:PartiQLInsert', 'dynamodb:PartiQLUpdate', 'dynamodb:PartiQLDelete'] as const;

/** The stores of a PHI deployment, analysed once. */
export const storeAccesses = perDeployment((deployment): readonly StoreAccess[] => (
  [...phiBuckets(deployment).map((bucket) => ofBucket(deployment, bucket)), ...phiTables(deployment).map((table) => ofTable(deployment, table))]
));

function ofBucket(deployment: Deployment, bucket: Resource): StoreAccess {
  const access = new ResourceAccess(deployment, bucket, bucketPolicies(deployment, bucket).map((policy) => ({ value: policy.properties['PolicyDocument'], holder: policy })));
  const deployers = changersOf(deployment);
  const object = access.target('object');
  // What the TEE's identity may do today is no wall: its IAM policy changes without the store's.
  const rollbacks = access.each((caller) => first(anything(caller), [['s3:DeleteObjectVersion', object], ...(deployers.has(caller.arn) ? [] : BUCKET_MOVES.map((action) => [action, access.target()] as const))], access));
  return {
    store: bucket, rollbacks,
    uses: access.each((caller) => first(caller, OBJECT_USES.map((action) => [action, object]), access), others(deployment, access)),
    lists: access.each((caller) => first(caller, LISTS.map((action) => [action, access.target()]), access), others(deployment, access)),
    counters: counterPrefixes(deployment, bucket).map((prefix) => ({
      prefix,
      moves: access.each((caller) => COUNTER_MOVES.flatMap((action) => access.ask(anything(caller), action, access.target(`${prefix}object`), { 's3:if-none-match': undefined }) ?? [])),
    })),
  };
}

/** Prefixes of write-once objects: those that the TEE's identity may list and no others, and those that a policy of the bucket speaks of. */
function counterPrefixes(deployment: Deployment, bucket: Resource): readonly string[] {
  const found = new Set<string>();
  for (const role of hostRoles(deployment)) for (const { path, document } of rolePolicies(deployment, role)) {
    const all = statements(document, path);
    if (all instanceof Unknown) continue;
    for (const { actions, resources, conditions } of all) {
      if (!actions.includes('s3:listbucket') || !resources.some((one) => bucketOf(deployment, one) === bucket)) continue;
      for (const { key, values } of conditions) if (key === 's3:prefix') for (const value of values) if (/^[^*?$]+\/\*?$/.test(value)) found.add(value.replace(/\*$/, ''));
    }
  }
  for (const policy of bucketPolicies(deployment, bucket)) {
    const all = statements(policy.properties['PolicyDocument'], 'PolicyDocument');
    if (all instanceof Unknown) continue;
    for (const { resources, conditions } of all) {
      if (!conditions.some(({ key }) => key === 's3:if-none-match')) continue;
      for (const resource of resources) {
        const prefix = /^(?:\$\{[^}]*\}|[^/$]*)\/([^*?$]+\/)\*$/.exec(resource)?.[1];
        if (prefix !== undefined) found.add(prefix);
      }
    }
  }
  return [...found];
}

function ofTable(deployment: Deployment, table: Resource): StoreAccess {
  const access = new ResourceAccess(deployment, table, [{ value: at(table.properties, 'ResourcePolicy.PolicyDocument'), holder: table }]);
  const tee = new Set(hostRoles(deployment).map((role) => access.roleArn(role)));
  const hosts = tee.size === 0 ? [] : access.callers.filter(({ arn }) => tee.has(arn));
  // The TEE's own rights say what a table is for: one that it only updates in place counts something.
  const counter = hosts.some((caller) => access.ask(caller, 'dynamodb:UpdateItem') !== null && onlyUpdates(caller, access));
  const rollbacks = counter ? access.each((caller) => first(anything(caller), REWRITES.map((action) => [action, access.target()]), access)) : [];
  return { store: table, uses: access.each((caller) => first(caller, ITEM_USES.map((action) => [action, access.target()]), access), others(deployment, access)), rollbacks, lists: [], counters: [] };
}

const anything = (caller: Principal): Principal => (caller.identity === 'any' ? caller : { ...caller, identity: 'any' });
const onlyUpdates = (caller: Principal, access: ResourceAccess): boolean => REWRITES.every((action) => access.ask(caller, action) === null);

/** Callers that are not the TEE. Where the artifact has no host, only those who stand for everybody or come from other accounts. */
function others(deployment: Deployment, access: ResourceAccess): (caller: Principal) => boolean {
  const tee = new Set(hostRoles(deployment).map((role) => access.roleArn(role)));
  return (caller) => !tee.has(caller.arn) && (caller.anyone || access.isForeign(caller) || tee.size > 0);
}

/** The first action that succeeds, one for each caller. */
function first(caller: Principal, requests: readonly (readonly [action: string, target: string])[], access: ResourceAccess): Access[] {
  for (const [action, target] of requests) {
    const found = access.ask(caller, action, target);
    if (found) return [found];
  }
  return [];
}
