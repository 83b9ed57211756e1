import { ACCOUNT, phiAccounts, teeGuests } from '../azure.js';
import type { Resource } from '../model.js';
import { Unknown } from '../model.js';
import { armOf, covers, userAssignedIdentities } from '../prove/azure/arm.js';
import { allows, grantsOf } from '../prove/azure/roles.js';
import { type Check, defineRule, fail, outcomes, unknown } from '../rule.js';

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

export const rule = defineRule({
  id: 'phi-store-access-limited',
  title: 'Only the TEE reads and writes PHI stores',
  theme: 'private-network',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.308(a)(4)(ii)(B)', '45 CFR 164.312(a)(1)', '45 CFR 164.308(a)(3)(ii)(A)'],
  why: 'What the store holds is sealed, but whoever may read it can keep it until a key leaks, and whoever may write it can replace or roll it back.',
  fix: { azure: 'Use PhiStore; assign Storage Blob Data Contributor at container scope to the identity of the TEE only, and no role that changes the account or lists its keys.' },
  checks: { azure },
});
