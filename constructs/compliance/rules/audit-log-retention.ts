import { SIX_YEARS_IN_DAYS } from '../../workload/retention.js';
import { isIntake, list, logBuckets, number, shown, text as plainText } from '../aws.js';
import { childrenOf, wantsAtLeast, wantsOneOf, WORKSPACE, wants } from '../azure.js';
import { at, type Deployment, type Resource, Unknown, type Value } from '../model.js';
import { processesPhi } from '../phi.js';
import { armOf, listAt } from '../prove/azure/arm.js';
import { immutabilityOf, logAccounts } from '../prove/azure/logs.js';
import { logStores, retentionDays } from '../prove/gcp/logs.js';
import { TYPE } from '../prove/gcp/names.js';
import { type Check, defineRule, type Defect, fail, outcomes, unknown } from '../rule.js';

/** Days after which a lifecycle rule may remove a record, the shortest of them. */
function expiry(bucket: Resource): readonly Defect[] {
  const rules = list(at(bucket.properties, 'LifecycleConfiguration.Rules'));
  if (rules instanceof Unknown) return [unknown('LifecycleConfiguration', `the lifecycle is not known: ${rules.reason}`)];
  return rules.flatMap((rule, index) => {
    if (at(rule, 'Status') === 'Disabled') return [];
    const path = `LifecycleConfiguration.Rules[${index}]`;
    return ['ExpirationInDays', 'NoncurrentVersionExpiration.NoncurrentDays', 'NoncurrentVersionExpirationInDays'].flatMap((name) => {
      const days = number(at(rule, name));
      if (days === undefined) return [];
      if (days instanceof Unknown) return [unknown(`${path}.${name}`, `${name} is not known: ${days.reason}`)];
      return days < SIX_YEARS_IN_DAYS ? [fail(`${path}.${name}`, `records expire after ${days} days; six years are ${SIX_YEARS_IN_DAYS}`)] : [];
    }).concat(at(rule, 'ExpirationDate') === undefined ? [] : [fail(`${path}.ExpirationDate`, `records expire on ${shown(at(rule, 'ExpirationDate'))}`)]);
  });
}

/** S3 counts a year of Object Lock as 365 days or more, so six years are the same as 2192 days or one less. */
function lock(bucket: Resource): readonly Defect[] {
  const path = 'ObjectLockConfiguration.Rule.DefaultRetention';
  const retention = at(bucket.properties, path);
  if (retention === undefined) return [fail(path, 'no default retention: records can be deleted at any time')];
  if (retention instanceof Unknown) return [unknown(path, `the retention is not known: ${retention.reason}`)];
  const days = number(at(retention, 'Days'));
  const years = number(at(retention, 'Years'));
  if (days instanceof Unknown || years instanceof Unknown) return [unknown(path, 'the retention is not known')];
  if (days !== undefined && years !== undefined) return [fail(path, 'Days and Years are both set; S3 refuses the configuration')];
  if (years !== undefined) return years >= 6 ? [] : [fail(`${path}.Years`, `Years is ${years}; six or more are needed`)];
  return days !== undefined && days >= SIX_YEARS_IN_DAYS ? [] : [fail(`${path}.Days`, `Days is ${shown(days)}; ${SIX_YEARS_IN_DAYS} or more are needed`)];
}

const aws: Check = function* (deployment) {
  for (const bucket of logBuckets(deployment)) if (!isIntake(deployment, bucket)) yield* outcomes(bucket, [...lock(bucket), ...expiry(bucket)]);
  if (!processesPhi(deployment)) return;
  for (const group of deployment.ofType('AWS::Logs::LogGroup')) {
    const days = number(group.properties['RetentionInDays']);
    // Of this class CloudWatch Logs keeps two days, whatever RetentionInDays says.
    if (group.properties['LogGroupClass'] === 'DELIVERY') { yield* outcomes(group, fail('LogGroupClass', `LogGroupClass is DELIVERY, which keeps two days; ${SIX_YEARS_IN_DAYS} or more are needed`)); continue; }
    // Absent: CloudWatch Logs keeps records for ever.
    if (days instanceof Unknown) yield* outcomes(group, unknown('RetentionInDays', `RetentionInDays is not known: ${days.reason}`));
    else yield* outcomes(group, days === undefined || days >= SIX_YEARS_IN_DAYS ? true : fail('RetentionInDays', `RetentionInDays is ${days}; ${SIX_YEARS_IN_DAYS} or more are needed`));
  }
};

/** The longest that a workspace keeps records for queries; what must stay longer is in the tables' total retention. */
const WORKSPACE_DAYS = 730;
const BLOB_DELETES = ['baseBlob.delete.daysAfterModificationGreaterThan', 'baseBlob.delete.daysAfterCreationGreaterThan', 'baseBlob.delete.daysAfterLastAccessTimeGreaterThan', 'version.delete.daysAfterCreationGreaterThan', 'snapshot.delete.daysAfterCreationGreaterThan'] as const;

/** Days after which a management policy removes records. */
function azureExpiry(policy: Resource): readonly Defect[] {
  const rules = listAt(policy.properties, 'policy.rules');
  if (rules instanceof Unknown) return [unknown('policy.rules', `the lifecycle is not known: ${rules.reason}`)];
  return rules.flatMap((rule, index) => {
    if (at(rule, 'enabled') === false) return [];
    return BLOB_DELETES.flatMap((name) => {
      const path = `definition.actions.${name}`;
      const days = number(at(rule, path));
      return days === undefined ? [] : days instanceof Unknown ? [unknown(`policy.rules[${index}].${path}`, days.reason)] : days < SIX_YEARS_IN_DAYS ? [fail(`policy.rules[${index}].${path}`, `records are deleted after ${days} days; six years are ${SIX_YEARS_IN_DAYS}`)] : [];
    });
  });
}

/** An old-style retention of a diagnostic setting or flow log: 0 days, or disabled, keeps records for ever. */
function shortened(resource: Resource): readonly Defect[] {
  const logs = listAt(resource.properties, 'logs');
  const policies: readonly (readonly [Value | undefined, string])[] = [[resource.properties['retentionPolicy'], 'retentionPolicy'], ...(logs instanceof Unknown ? [] : logs.map((log, index) => [at(log, 'retentionPolicy'), `logs[${index}].retentionPolicy`] as const))];
  return policies.flatMap(([policy, path]) => {
    const days = number(at(policy, 'days'));
    const on = at(policy, 'enabled');
    if (policy instanceof Unknown || on instanceof Unknown) return [unknown(path, `whether records are removed is not known: ${(policy instanceof Unknown ? policy : (on as Unknown)).reason}`)];
    if (on !== true || days === undefined || days === 0) return [];
    return days instanceof Unknown ? [unknown(path, days.reason)] : days < SIX_YEARS_IN_DAYS ? [fail(`${path}.days`, `records are removed after ${days} days`)] : [];
  });
}

const azure: Check = function* (deployment) {
  for (const account of logAccounts(deployment)) {
    const { state, days } = immutabilityOf(account);
    const path = 'immutableStorageWithVersioning.immutabilityPolicy.immutabilityPeriodSinceCreationInDays';
    yield* outcomes(account, state instanceof Unknown ? unknown(path, `the retention is not known: ${state.reason}`) : days !== null && days >= SIX_YEARS_IN_DAYS ? true : fail(path, `the period is ${shown(days)} days; ${SIX_YEARS_IN_DAYS} or more are needed`));
    for (const policy of childrenOf(deployment, account, 'azure-native:storage:ManagementPolicy', 'accountName')) yield* outcomes(policy, azureExpiry(policy));
  }
  for (const type of ['azure-native:monitor:DiagnosticSetting', 'azure-native:monitor:SubscriptionDiagnosticSetting', 'azure-native:network:FlowLog']) {
    for (const resource of deployment.ofType(type)) { const defects = shortened(resource); if (defects.length > 0) yield* outcomes(resource, defects); }
  }
  if (!processesPhi(deployment)) return;
  for (const workspace of deployment.ofType(WORKSPACE)) {
    yield* outcomes(workspace, [
      ...wantsAtLeast(workspace.properties['retentionInDays'] ?? 30, 'retentionInDays', WORKSPACE_DAYS, `${WORKSPACE_DAYS} are possible`),
      ...(/^free$/i.test(plainText(at(workspace.properties, 'sku.name'))) ? [fail('sku.name', 'the free plan keeps records seven days and drops what exceeds its quota')] : at(workspace.properties, 'sku') instanceof Unknown ? [unknown('sku', 'the plan is not known')] : []),
      ...wants(at(workspace.properties, 'features.immediatePurgeDataOn30Days'), 'features.immediatePurgeDataOn30Days', false, 'records are purged after 30 days', false),
      ...tablesMissing(deployment, workspace).map((table) => fail('', `table ${table} keeps the workspace's days only, while others keep their total retention`)),
    ]);
  }
  for (const table of deployment.ofType('azure-native:operationalinsights:Table')) {
    const plan = table.properties['plan'];
    if (plan !== undefined && plan !== null) yield* outcomes(table, wantsOneOf(plan, 'plan', ['Analytics'], 'alert rules do not read the table, and it is searchable for 30 days'));
    yield* outcomes(table, wantsAtLeast(table.properties['totalRetentionInDays'], 'totalRetentionInDays', SIX_YEARS_IN_DAYS, `six years are ${SIX_YEARS_IN_DAYS}`));
  }
};

/** Where a workspace has tables with a retention of their own: those in which the deployment's records land without one. */
function tablesMissing(deployment: Deployment, workspace: Resource): readonly string[] {
  const arm = armOf(deployment);
  const declared = new Set(childrenOf(deployment, workspace, 'azure-native:operationalinsights:Table', 'workspaceName').map((table) => arm.text(table.properties['tableName'])));
  if (declared.size === 0) return [];
  const needed = new Set<string>();
  for (const setting of deployment.ofType('azure-native:monitor:SubscriptionDiagnosticSetting')) if (arm.find(setting.properties['workspaceId']) === workspace) needed.add('AzureActivity');
  for (const setting of deployment.ofType('azure-native:monitor:DiagnosticSetting')) {
    if (arm.find(setting.properties['workspaceId']) !== workspace) continue;
    const of = arm.normal(setting.properties['resourceUri']) ?? '';
    const dedicated = setting.properties['logAnalyticsDestinationType'] === 'Dedicated';
    if (/\/microsoft\.keyvault\/vaults\/[^/]+$/.test(of) && dedicated) for (const table of ['AZKVAuditLogs', 'AZKVPolicyEvaluationDetailsLogs']) needed.add(table);
    else if (of.endsWith('/blobservices/default')) needed.add('StorageBlobLogs');
    else needed.add('AzureDiagnostics');
  }
  return [...needed].filter((table) => !declared.has(table));
}

const gcp: Check = function* (deployment) {
  const needed = Math.max(SIX_YEARS_IN_DAYS, Number(deployment.workload?.retention?.days) || 0);
  for (const store of logStores(deployment)) {
    const path = store.type === TYPE.bucket ? 'retentionPolicy.retentionPeriod' : 'retentionDays';
    const days = retentionDays(store);
    const defects: Defect[] = days instanceof Unknown ? [unknown(path, `${path} is not known: ${days.reason}`)] : days !== undefined && days >= needed ? [] : [fail(path, `records are kept ${days ?? 0} days; ${needed} are needed`)];
    if (store.type === TYPE.bucket && days !== undefined && at(store.properties, 'versioning.enabled') === true) defects.push(fail('versioning.enabled', 'versioning and retention exclude each other: the bucket is refused, or keeps its versions without retention'));
    const rules = list(store.properties['lifecycleRules']);
    if (rules instanceof Unknown) defects.push(unknown('lifecycleRules', rules.reason));
    else rules.forEach((rule, index) => {
      const age = number(at(rule, 'condition.age'));
      if (at(rule, 'action.type') === 'Delete' && !(typeof age === 'number' && age >= needed)) defects.push(fail(`lifecycleRules[${index}]`, `records are deleted ${typeof age === 'number' ? `after ${age} days` : 'by a rule without an age'}; ${needed} are needed`));
    });
    yield* outcomes(store, defects);
  }
};

export const rule = defineRule({
  id: 'audit-log-retention',
  title: 'Logs are kept for six years or more',
  theme: 'immutable-log',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.316(b)(2)(i)', '45 CFR 164.312(b)'],
  why: 'Six calendar years are up to 2192 days.',
  fix: {
    aws: 'Use LogVault, or RetentionInDays (log groups) and Object Lock Days of at least 2192, and no lifecycle rule that expires earlier.',

    azure: 'Use LogVault, or immutabilityPeriodSinceCreationInDays and total table retention of at least 2192 days, and no lifecycle rule that deletes earlier.',

    gcp: 'Use LogVault, or retentionDays of at least 2192 (log bucket) and retentionPeriod of at least 189388800 seconds (bucket), and no lifecycle rule that deletes earlier.',
  },
  checks: {
    aws,

    azure,

    gcp,
  },
});
