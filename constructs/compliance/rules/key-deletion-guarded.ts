import { number, retained } from '../aws.js';
import { AUTHORITY, guardedFromDeletion, VAULT, wantsAtLeast, wants } from '../azure.js';
import { at, type Deployment, Unknown, type Resource } from '../model.js';
import { allKeys, phiKeys, processesPhi } from '../phi.js';
import { armOf, touches } from '../prove/azure/arm.js';
import { allows, grantsOf } from '../prove/azure/roles.js';
import { customPermissions, grantsOn } from '../prove/gcp/iam.js';
import { seconds, kept } from '../gcp.js';
import { type Check, defineRule, fail, outcomes, unknown, type Defect, warn } from '../rule.js';

/** KMS's longest and default waiting period, in days. */
const WAITING_DAYS = 30;

const aws: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  for (const key of allKeys(deployment)) {
    const days = number(key.properties['PendingWindowInDays']) ?? WAITING_DAYS;
    const enabled = key.properties['Enabled'];
    yield* outcomes(key, [
      ...retained(key),
      ...(days instanceof Unknown ? [unknown('PendingWindowInDays', days.reason)] : days < WAITING_DAYS ? [fail('PendingWindowInDays', `PendingWindowInDays is ${days}; ${WAITING_DAYS} give time to notice`)] : []),
      ...(enabled === false || enabled === 'false' ? [fail('Enabled', 'the key is disabled: nothing under it can be read')] : []),
    ]);
  }
};

/** Key Vault's longest and default recovery period, in days. */
const RECOVERY_DAYS = 90;

function keptOnReplacement(key: Resource): readonly Defect[] {
  const retain = key.attributes['retainOnDelete'];
  if (retain === true) return [];
  return [retain instanceof Unknown ? warn('retainOnDelete', `retainOnDelete: ${retain.reason}`) : fail('retainOnDelete', 'retainOnDelete is not set: a key that is replaced is deleted')];
}

/** Who may make the deletion of a key final, as soon as purge protection lets anybody; break glass is expected. */
function purgers(deployment: Deployment, vault: Resource): readonly string[] {
  const id = armOf(deployment).idOf(vault);
  const breakGlass = deployment.workload?.breakGlass.azure?.toLowerCase();
  return grantsOf(deployment).flatMap(({ assignment, scope, role, roleName, principal }) => (id !== undefined && scope !== undefined && touches(scope, id) && role && allows(role, 'data', 'Microsoft.KeyVault/vaults/keys/purge/action') && (principal.objectId === undefined || principal.objectId !== breakGlass)
    ? [`${principal.text} may purge deleted keys, by ${roleName} through ${assignment.name}`] : []));
}

const azure: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  for (const key of allKeys(deployment)) {
    const path = 'properties.attributes';
    const expires = number(at(key.properties, `${path}.expires`));
    yield* outcomes(key, [
      ...(guardedFromDeletion(deployment, key) ? [] : [fail('protect', 'protect is not set: the key goes with the stack')]),
      ...keptOnReplacement(key),
      ...wants(at(key.properties, `${path}.enabled`), `${path}.enabled`, true, 'nothing under the key can be read', true),
      ...(typeof expires === 'number' && expires * 1000 < Date.parse(deployment.today) ? [fail(`${path}.expires`, 'the key has expired')] : []),
    ]);
  }
  for (const vault of deployment.ofType(VAULT)) {
    const days = at(vault.properties, 'properties.softDeleteRetentionInDays');
    yield* outcomes(vault, [
      ...wants(at(vault.properties, 'properties.enablePurgeProtection'), 'properties.enablePurgeProtection', true, 'a deleted key can be destroyed at once'),
      ...wants(at(vault.properties, 'properties.enableSoftDelete'), 'properties.enableSoftDelete', true, 'deleted is gone', true),
      ...(days === undefined || days === null ? [] : wantsAtLeast(days, 'properties.softDeleteRetentionInDays', RECOVERY_DAYS, `${RECOVERY_DAYS} days give time to notice`)),
      ...(guardedFromDeletion(deployment, vault) ? [] : [fail('', 'neither protect nor a lock: the vault goes with the stack')]),
      ...purgers(deployment, vault).map((via) => fail('', via)),
    ]);
  }
  for (const authority of deployment.ofType(AUTHORITY)) {
    yield* outcomes(authority, guardedFromDeletion(deployment, authority) ? true : fail('', 'neither protect nor a lock: without the authority no key is released'));
  }
};

/** Thirty days, in seconds: what Cloud KMS itself takes when nothing is set. */
const DESTROY_SECONDS = 2_592_000;

const gcp: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  for (const key of allKeys(deployment)) {
    const delay = seconds(key.properties['destroyScheduledDuration']);
    yield* outcomes(key, [
      ...kept(key),
      ...(delay instanceof Unknown ? [unknown('destroyScheduledDuration', delay.reason)] : delay !== undefined && delay < DESTROY_SECONDS ? [fail('destroyScheduledDuration', `destroyed versions are gone after ${delay} s; ${DESTROY_SECONDS} give time to notice`)] : []),
    ]);
  }
  const { workload } = deployment;
  const trusted = new Set([workload?.clouds.gcp?.deployer, workload?.breakGlass.gcp]);
  for (const key of workload ? phiKeys(deployment) : []) {
    yield* outcomes(key, grantsOn(deployment, key).filter(({ scope }) => scope === 'key' || scope === 'ring').flatMap(({ role, members, source }): Defect[] => {
      const permissions = customPermissions(deployment, role);
      const destroys = role === 'roles/cloudkms.admin' || (Array.isArray(permissions) && permissions.includes('cloudkms.cryptoKeyVersions.destroy'));
      const others = destroys ? members.filter((member) => !trusted.has(member)) : [];
      return others.length > 0 ? [fail('', `${others.join(', ')} may destroy its versions: ${role}, bound by ${source.name}; at most a deny policy stands against it`)] : [];
    }));
  }
  for (const version of deployment.ofType('gcp:kms/cryptoKeyVersion:CryptoKeyVersion')) {
    const state = version.properties['state'];
    yield* outcomes(version, state === undefined || state === 'ENABLED' ? true : state instanceof Unknown ? unknown('state', state.reason) : fail('state', `the key version is ${JSON.stringify(state)}: nothing under it can be read`));
  }
};

export const rule = defineRule({
  id: 'key-deletion-guarded',
  title: 'A key cannot be lost by accident',
  theme: 'attested-key',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.308(a)(7)(ii)(A)', '45 CFR 164.312(c)(1)', '45 CFR 164.310(d)(2)(i)'],
  why: 'Deleting a key destroys every record under it, PHI and logs alike.',
  fix: {
    aws: 'Use AttestedKey, or set DeletionPolicy and UpdateReplacePolicy Retain and PendingWindowInDays of at least 30, and allow kms:ScheduleKeyDeletion only to the break-glass role.',

    azure: 'Use AttestedKey, or enablePurgeProtection true and softDeleteRetentionInDays 90 on the vault, protect and retainOnDelete on the key.',

    gcp: 'Use AttestedKey, or destroyScheduledDuration of at least 2592000s (30 days), deletionPolicy PREVENT and protect on the CryptoKey.',
  },
  checks: {
    aws,

    azure,

    gcp,
  },
});
