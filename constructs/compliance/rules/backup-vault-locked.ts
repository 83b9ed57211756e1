import { flag, isAllow, isBound, list, namesEverybody, number, foreignPrincipals, shown, statements, text } from '../aws.js';
import { wants, wantsOneOf } from '../azure.js';
import { seconds } from '../gcp.js';
import { at, Unknown } from '../model.js';
import { processesPhi } from '../phi.js';
import { SECONDS_PER_DAY } from '../../workload/retention.js';
import { type Check, type Defect, defineRule, fail, outcomes, unknown } from '../rule.js';

/** Days for which a backup cannot be deleted at least: long enough to notice that the records are gone. */
const LOCKED_DAYS = 30;

const aws: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  for (const vault of deployment.ofType('AWS::Backup::BackupVault')) {
    const lock = vault.properties['LockConfiguration'];
    const days = number(at(lock, 'MinRetentionDays'));
    const key = vault.properties['EncryptionKeyArn'];
    const policy = statements(vault.properties['AccessPolicy'], 'AccessPolicy');
    yield* outcomes(vault, [
      ...(lock === undefined || lock === null ? [fail('LockConfiguration', 'the vault has no lock: an administrator deletes the backups with the records')]
        : days instanceof Unknown ? [unknown('LockConfiguration.MinRetentionDays', days.reason)]
        : (days ?? 0) < LOCKED_DAYS ? [fail('LockConfiguration.MinRetentionDays', `MinRetentionDays is ${days ?? 'not set'}; at least ${LOCKED_DAYS} give time to notice`)] : []),
      ...(key instanceof Unknown ? [unknown('EncryptionKeyArn', key.reason)] : text(key) === '' ? [fail('EncryptionKeyArn', 'backups lie under the key of AWS Backup, which the customer cannot revoke')] : []),
      ...(policy instanceof Unknown ? [unknown('AccessPolicy', policy.reason)] : [
        ...policy.filter((statement) => isAllow(statement) && namesEverybody(statement) && !isBound(statement)).map((statement) => fail(statement.path, 'everybody may use the vault')),
        ...foreignPrincipals(deployment, policy).map(({ path, principals }) => fail(path, `${principals} may use the vault, of an account that is not the deployment's`)),
      ]),
    ]);
  }
  for (const type of ['AWS::RDS::DBInstance', 'AWS::RDS::DBCluster']) {
    for (const database of deployment.ofType(type)) {
      const days = number(database.properties['BackupRetentionPeriod']);
      if (days === 0 || days instanceof Unknown) yield* outcomes(database, days === 0 ? fail('BackupRetentionPeriod', 'no backups are made') : unknown('BackupRetentionPeriod', days.reason));
    }
  }
};

const azure: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  for (const vault of deployment.ofType('azure-native:recoveryservices:Vault')) {
    const settings = 'properties.securitySettings';
    const soft = at(vault.properties, `${settings}.softDeleteSettings.softDeleteState`);
    yield* outcomes(vault, [
      ...wantsOneOf(at(vault.properties, `${settings}.immutabilitySettings.state`), `${settings}.immutabilitySettings.state`, ['Locked', 'Unlocked'], 'backups can be deleted before their time'),
      ...(soft instanceof Unknown ? [unknown(`${settings}.softDeleteSettings`, soft.reason)] : soft === 'Disabled' ? [fail(`${settings}.softDeleteSettings.softDeleteState`, 'a deleted backup is gone')] : []),
      ...wantsOneOf(at(vault.properties, 'properties.publicNetworkAccess'), 'properties.publicNetworkAccess', ['Disabled'], 'the vault answers public networks'),
    ]);
  }
  for (const vault of deployment.ofType('azure-native:dataprotection:BackupVault')) {
    const settings = 'properties.securitySettings';
    const soft = at(vault.properties, `${settings}.softDeleteSettings.state`);
    yield* outcomes(vault, [
      ...wantsOneOf(at(vault.properties, `${settings}.immutabilitySettings.state`), `${settings}.immutabilitySettings.state`, ['Locked', 'Unlocked'], 'backups can be deleted before their time'),
      ...(soft instanceof Unknown ? [unknown(`${settings}.softDeleteSettings`, soft.reason)] : typeof soft === 'string' && soft.toLowerCase() === 'off' ? [fail(`${settings}.softDeleteSettings.state`, 'a deleted backup is gone')] : []),
      ...wants(at(vault.properties, 'properties.featureSettings.crossSubscriptionRestoreSettings.state') === 'Enabled', 'properties.featureSettings.crossSubscriptionRestoreSettings.state', false, 'backups are restored into other subscriptions'),
    ]);
  }
};

const gcp: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  for (const vault of deployment.ofType('gcp:backupdisasterrecovery/backupVault:BackupVault')) {
    const kept = seconds(vault.properties['backupMinimumEnforcedRetentionDuration']);
    const access = vault.properties['accessRestriction'];
    const force = flag(vault.properties['forceDelete']) ?? flag(vault.properties['ignoreInactiveDatasources']);
    yield* outcomes(vault, [
      ...(kept instanceof Unknown ? [unknown('backupMinimumEnforcedRetentionDuration', kept.reason)] : (kept ?? 0) < LOCKED_DAYS * SECONDS_PER_DAY ? [fail('backupMinimumEnforcedRetentionDuration', `backups can be deleted after ${kept ?? 0} s; at least ${LOCKED_DAYS} days give time to notice`)] : []),
      ...(access instanceof Unknown ? [unknown('accessRestriction', access.reason)] : access === 'UNRESTRICTED' || access === 'WITHIN_PROJECT_BUT_UNRESTRICTED_FOR_BA' ? [fail('accessRestriction', `accessRestriction is ${shown(access)}: backups are restored into projects of others`)] : []),
      ...(force === true ? [fail('forceDelete', 'the vault goes with the backups in it')] : []),
    ] satisfies Defect[]);
  }
  for (const database of deployment.ofType('gcp:sql/databaseInstance:DatabaseInstance')) {
    const enabled = flag(at(database.properties, 'settings.backupConfiguration.enabled'));
    yield* outcomes(database, enabled === true ? true : (enabled instanceof Unknown ? unknown : fail)('settings.backupConfiguration.enabled', 'no backups are made'));
  }
  for (const plan of deployment.ofType('gcp:backupdisasterrecovery/backupPlan:BackupPlan')) {
    const vault = list(plan.properties['backupVault']);
    yield* outcomes(plan, vault instanceof Unknown ? unknown('backupVault', vault.reason) : deployment.target(plan.properties['backupVault']) ? true : unknown('backupVault', 'the vault is not in the artifact: whether it is locked cannot be told'));
  }
};

export const rule = defineRule({
  id: 'backup-vault-locked',
  title: 'Backups of PHI are made, and nobody deletes them early or restores them elsewhere',
  theme: 'private-network',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.308(a)(7)(ii)(A)', '45 CFR 164.310(d)(2)(iv)', '45 CFR 164.308(a)(7)(ii)(B)'],
  proposed: ['separate controls for backup and recovery', 'restoration within 72 hours'],
  why: 'Whoever wants records gone deletes the backups first, and whoever wants to read them restores a backup where no gate stands. PhiStore keeps versions instead and needs no vault; a vault that is there must hold.',
  fix: {
    aws: 'Set LockConfiguration with MinRetentionDays of at least 30 and EncryptionKeyArn on the vault, let its AccessPolicy name own principals only, and BackupRetentionPeriod above 0 on databases.',
    azure: 'Set securitySettings.immutabilitySettings.state Locked (or Unlocked), leave soft delete on and publicNetworkAccess Disabled on the vault.',
    gcp: 'Set backupMinimumEnforcedRetentionDuration of at least 2592000s and accessRestriction WITHIN_PROJECT or WITHIN_ORGANIZATION on the vault, and settings.backupConfiguration.enabled true on databases.',
  },
  checks: { aws, azure, gcp },
});
