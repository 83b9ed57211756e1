import { bucketPolicies, hostRoles, phiBuckets, phiTables } from '../../aws.js';
import { at, type Deployment, perDeployment, type Resource } from '../../model.js';
import { type Access, changersOf, ResourceAccess } from './access.js';
import type { Principal } from './iam/evaluate.js';

/** What can be done to a store of PHI by those who should not. */
export interface StoreAccess {
  readonly store: Resource;
  /** Reads and writes of its contents by anybody but the TEE's identity. */
  readonly uses: readonly Access[];
  /** Ways to put older contents in the place of newer: for the TEE's identity as well. */
  readonly rollbacks: readonly Access[];
}

const OBJECT_USES = ['s3:GetObject', 's3:GetObjectVersion', 's3:PutObject'] as const;
const BUCKET_MOVES = ['s3:PutBucketVersioning', 's3:PutLifecycleConfiguration', 's3:PutBucketPolicy', 's3:DeleteBucketPolicy', 's3:DeleteBucket'] as const;
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
  return { store: bucket, uses: access.each((caller) => first(caller, OBJECT_USES.map((action) => [action, object]), access), others(deployment, access)), rollbacks };
}

function ofTable(deployment: Deployment, table: Resource): StoreAccess {
  const access = new ResourceAccess(deployment, table, [{ value: at(table.properties, 'ResourcePolicy.PolicyDocument'), holder: table }]);
  const tee = new Set(hostRoles(deployment).map((role) => access.roleArn(role)));
  const hosts = tee.size === 0 ? [] : access.callers.filter(({ arn }) => tee.has(arn));
  // The TEE's own rights say what a table is for: one that it only updates in place counts something.
  const counter = hosts.some((caller) => access.ask(caller, 'dynamodb:UpdateItem') !== null && onlyUpdates(caller, access));
  const rollbacks = counter ? access.each((caller) => first(anything(caller), REWRITES.map((action) => [action, access.target()]), access)) : [];
  return { store: table, uses: access.each((caller) => first(caller, ITEM_USES.map((action) => [action, access.target()]), access), others(deployment, access)), rollbacks };
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
