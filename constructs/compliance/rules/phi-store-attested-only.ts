import { statementPath } from '../aws.js';
import { ACCOUNT, phiAccounts, teeGuests } from '../azure.js';
import { bucketGrants, isAttested, phiBuckets } from '../gcp.js';
import { type Deployment, type Resource, Unknown } from '../model.js';
import { storeAccesses } from '../prove/aws/stores.js';
import { armOf, covers, userAssignedIdentities } from '../prove/azure/arm.js';
import { allows, grantsOf } from '../prove/azure/roles.js';
import { bindingsOf, levelOf, sameProject } from '../prove/gcp/iam.js';
import { projectOf } from '../prove/gcp/names.js';
import { type Check, type Defect, defineRule, fail, outcomes, unknown } from '../rule.js';

const aws: Check = function* (deployment) {
  for (const { store, uses } of storeAccesses(deployment)) {
    yield* outcomes(store, uses.map(({ principal, action, via, certain }) => (certain ? fail : unknown)(statementPath(via), `${principal} can ${/:Put/.test(action) ? 'write' : 'read'} records via ${via}`)));
  }
};

const BLOBS = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs';
const DATA = ['read', 'write', 'delete', 'add/action', 'move/action'].map((action) => `${BLOBS}/${action}`);
/** Rights that open the account to others or hand out its keys. */
const CONTROL = ['Microsoft.Storage/storageAccounts/write', 'Microsoft.Storage/storageAccounts/listkeys/action', 'Microsoft.Storage/storageAccounts/blobServices/write', 'Microsoft.Authorization/roleAssignments/write'];

const azure: Check = function* (deployment) {
  const arm = armOf(deployment);
  const workload = new Set<Resource>();
  for (const guest of teeGuests(deployment)) {
    const ids = userAssignedIdentities(guest);
    for (const id of ids instanceof Unknown ? [] : ids) { const identity = arm.find(id); if (identity) workload.add(identity); }
    workload.add(guest);
  }
  for (const account of phiAccounts(deployment)) {
    const id = arm.idOf(account);
    if (id === undefined) { yield* outcomes(account, unknown('', `the id of this ${ACCOUNT} cannot be told, so neither can who holds roles on it`)); continue; }
    yield* outcomes(account, grantsOf(deployment).flatMap(({ assignment, scope, role, roleName, principal }) => {
      if (scope !== undefined && !covers(scope, id) && !scope.startsWith(`${id}/`)) return [];
      if (scope === undefined || !role) return [unknown('', `${assignment.name} assigns ${roleName}: what it allows on the store cannot be told`)];
      const may = [...(principal.identity && workload.has(principal.identity) ? [] : DATA.filter((action) => allows(role, 'data', action))), ...CONTROL.filter((action) => allows(role, 'control', action))];
      return may.length > 0 ? [fail('', `${principal.text} may ${may.slice(0, 2).join(', ')}, by ${roleName} through ${assignment.name}`)] : [];
    }));
  }
};

/** Roles that read or write objects. */
const DATA_ROLES = /^roles\/(storage\.(object(Viewer|User|Admin|Creator)|admin|legacy(Bucket|Object)(Reader|Writer|Owner))|owner|editor|viewer)$/;

/** Roles with which even an attested workload opens the bucket to others, or takes it away. */
const CONTROL_ROLES = /^roles\/(storage\.(admin|legacyBucketOwner)|owner|editor)$/;

/** Who reads PHI objects without an attestation. */
function readers(deployment: Deployment, grant: Resource, where: string): readonly Defect[] {
  return bindingsOf(grant).flatMap(({ role, members, unreadable }): Defect[] => {
    if (unreadable !== null) return [unknown('', `${grant.name}: ${unreadable}`)];
    if (!DATA_ROLES.test(role)) return [];
    return members.flatMap((member): Defect[] => {
      if (member.startsWith('serviceAccount:service-')) return [];
      const attested = isAttested(deployment, member);
      if (attested === true) return CONTROL_ROLES.test(role) ? [fail('role', `${member} holds ${role} on the ${where}: what runs attested could open the store to others`)] : [];
      return [(attested === undefined ? unknown : fail)('role', `${member} holds ${role} on the ${where} without an attestation`)];
    });
  });
}

const gcp: Check = function* (deployment) {
  const buckets = phiBuckets(deployment);
  for (const bucket of buckets) for (const grant of bucketGrants(deployment, bucket)) if (/I[aA][mM]/.test(grant.type)) yield* outcomes(grant, readers(deployment, grant, 'bucket'));
  for (const grant of deployment.resources) {
    const level = levelOf(grant);
    if (!level) continue;
    // A binding on another project opens none of these buckets.
    const over = (bucket: Resource): boolean => level.scope !== 'project' || sameProject(deployment, level.on, projectOf(deployment, bucket)) !== 'no';
    if (buckets.some(over)) yield* outcomes(grant, readers(deployment, grant, 'project'));
  }
};

export const rule = defineRule({
  id: 'phi-store-attested-only',
  title: 'Only the TEE\'s identity reads and writes PHI',
  theme: 'private-network',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(a)(1)', '45 CFR 164.308(a)(4)(ii)(B)', '45 CFR 164.308(a)(3)(ii)(A)'],
  why: 'What the store holds is sealed, but whoever reads it can keep it until a key leaks, and whoever writes it can replace it or roll it back. A right granted tomorrow, elsewhere in the account or project, must not open it.',
  fix: {
    aws: 'Use PhiStore, or deny s3:*Object* (dynamodb item operations) to everybody with ArnNotEquals on aws:PrincipalArn and the role of the TEE in the store\'s policy.',
    azure: 'Use PhiStore; assign Storage Blob Data Contributor at container scope to the identity of the TEE only, and no role that changes the account or lists its keys.',
    gcp: 'Use PhiStore; bind roles/storage.objectUser on the bucket to the attested principals of the pool only (AttestedKey.principals), and no storage role on the project or above it.',
  },
  checks: { aws, azure, gcp },
});
