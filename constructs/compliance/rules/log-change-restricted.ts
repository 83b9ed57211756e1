import { deployersOf, statementPath } from '../aws.js';
import { Names } from '../prove/aws/iam/policy.js';
import { type Deployment, type Resource, Unknown } from '../model.js';
import { armOf, covers, touches, userAssignedIdentities } from '../prove/azure/arm.js';
import { accountWeakeners, logAccounts, workspaceWeakeners } from '../prove/azure/logs.js';
import { allows, grantsOf } from '../prove/azure/roles.js';
import { processesPhi } from '../phi.js';
import { prove } from '../prove/index.js';
import type { GateChanger } from '../prove/types.js';
import { type Check, defineRule, fail, outcomes, unknown } from '../rule.js';

const aws: Check = function* (deployment) {
  const names = new Names(deployment);
  for (const { log, canWeaken } of prove(deployment).logs) {
    const store = deployment.byId.get(log);
    if (!store) continue;
    const expected = new Set<string | undefined>([...deployersOf(deployment, names.account(store)), deployment.workload?.breakGlass?.aws]);
    // Without a workload nobody is named; only those count who stand for everybody.
    const others = canWeaken.filter(({ principal }) => (deployment.workload === null ? principal.startsWith('any ') : !expected.has(principal)));
    const perPrincipal = new Map<string, GateChanger[]>();
    for (const one of others) perPrincipal.set(one.principal, [...(perPrincipal.get(one.principal) ?? []), one]);
    yield* outcomes(store, [...perPrincipal].map(([principal, all]) => {
      const sure = all.filter(({ certain }) => certain !== false);
      const ways = (sure.length > 0 ? sure : all).map(({ via }) => via);
      const text = `${ways.slice(0, 3).join('; ')}${ways.length > 3 ? ` and ${ways.length - 3} more` : ''}`;
      return sure.length > 0 ? fail(statementPath(ways[0] ?? ''), `${principal} can weaken the log: ${text}`) : unknown(statementPath(ways[0] ?? ''), `whether ${principal} can weaken the log is not known: ${text}`);
    }));
  }
};

const BLOBS = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs';

/** Who writes or deletes records past the services that make them: the identity of the flow log and break glass are expected. */
function recordWriters(deployment: Deployment, account: Resource): readonly { readonly resource: Resource; readonly via: string }[] {
  const arm = armOf(deployment);
  const id = arm.idOf(account);
  const breakGlass = deployment.workload?.breakGlass.azure?.toLowerCase();
  const services = new Set(deployment.ofType('azure-native:network:FlowLog').flatMap((log) => { const ids = userAssignedIdentities(log); return ids instanceof Unknown ? [] : ids.map((one) => arm.find(one)); }));
  return grantsOf(deployment).flatMap(({ assignment, scope, role, roleName, principal }) => {
    if (id === undefined || scope === undefined || !role || !touches(scope, id) || (principal.objectId !== undefined && principal.objectId === breakGlass) || (principal.identity && services.has(principal.identity))) return [];
    const action = ['write', 'delete', 'add/action', 'manageOwnership/action'].find((name) => allows(role, 'data', `${BLOBS}/${name}`));
    return action === undefined ? [] : [{ resource: assignment, via: `${principal.text} may ${action.replace('/action', '')} audit records, by ${roleName}` }];
  });
}

const SILENCES = ['scheduledQueryRules/write', 'scheduledQueryRules/delete', 'activityLogAlerts/write', 'activityLogAlerts/delete', 'actionGroups/write', 'actionGroups/delete'].map((name) => `Microsoft.Insights/${name}`);

/** Who may silence the alerts of a resource group; break glass is expected. */
function silencers(deployment: Deployment, group: string | undefined): readonly string[] {
  const breakGlass = deployment.workload?.breakGlass.azure?.toLowerCase();
  const id = `/subscriptions/~/resourcegroups/${group ?? '?'}`;
  return grantsOf(deployment).flatMap(({ assignment, scope, role, roleName, principal }) => {
    if (scope === undefined || !role || !covers(scope, id) || (principal.objectId !== undefined && principal.objectId === breakGlass)) return [];
    const action = SILENCES.find((name) => allows(role, 'control', name));
    return action === undefined ? [] : [`${principal.text} can silence the alert: ${assignment.name}: ${roleName} (${action})`];
  });
}

const azure: Check = function* (deployment) {
  const breakGlass = deployment.workload?.breakGlass.azure?.toLowerCase();
  for (const account of logAccounts(deployment)) {
    yield* outcomes(account, accountWeakeners(deployment, account).filter(({ objectId }) => objectId === undefined || objectId !== breakGlass)
      .map(({ principal, via, certain }) => (certain && deployment.workload ? fail : unknown)('', `${principal} can weaken the log: ${via}`)));
    for (const { resource, via } of recordWriters(deployment, account)) yield* outcomes(resource, (deployment.workload ? fail : unknown)('', via));
  }
  const quiet = new Map<string | undefined, readonly string[]>();
  for (const type of ['azure-native:monitor:ScheduledQueryRule', 'azure-native:monitor:ActivityLogAlert']) {
    if (!processesPhi(deployment)) break;
    for (const alert of deployment.ofType(type)) {
      const group = armOf(deployment).text(alert.properties['resourceGroupName'])?.toLowerCase();
      const found = quiet.get(group) ?? silencers(deployment, group);
      quiet.set(group, found);
      yield* outcomes(alert, found.map((via) => (deployment.workload ? fail : unknown)('', via)));
    }
  }
  for (const [workspace, found] of workspaceWeakeners(deployment)) {
    yield* outcomes(workspace, found.filter(({ objectId }) => objectId === undefined || objectId !== breakGlass)
      .map(({ principal, via, certain }) => (certain && deployment.workload ? fail : unknown)('', `${principal} can shorten, purge or redirect the log: ${via}`)));
  }
};

const gcp: Check = function* (deployment) {
  const { workload } = deployment;
  const expected = new Set([workload?.clouds.gcp?.deployer, workload?.breakGlass.gcp]);
  for (const { log, canWeaken } of prove(deployment).logs) {
    const store = deployment.byId.get(log);
    if (!store) continue;
    // What stands above the artifact is in the report. Without a workload anybody but everybody may be the deployer.
    const others = canWeaken.filter(({ principal }) => !expected.has(principal) && !/^(roles\/owner of project|whoever )/.test(principal));
    yield* outcomes(store, others.map(({ principal, via }) => (workload === null && !/^all(Authenticated)?Users$/.test(principal) ? unknown : fail)('', `${principal} can weaken the log: ${via}`)));
  }
};

export const rule = defineRule({
  id: 'log-change-restricted',
  title: 'Only the deployment role can change how logs are kept',
  theme: 'immutable-log',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(b)', '45 CFR 164.312(c)(1)'],
  why: 'A lock keeps what is written; whoever may change the default retention, the delivery or the key decides what is kept from tomorrow on.',
  fix: {
    aws: 'Use LogVault, or deny s3:PutBucketObjectLockConfiguration, s3:PutLifecycleConfiguration, s3:PutBucketPolicy and s3:DeleteBucketPolicy in the bucket policy to everybody but the deployment role, name principals in the key policy instead of the account root, and give no role of the workload cloudtrail:StopLogging, ec2:DeleteFlowLogs or logs:PutRetentionPolicy.',
    azure: 'Use LogVault in a resource group on which nobody but the deployment identity holds Owner, Contributor, Monitoring Contributor, Log Analytics Contributor or Storage Account Contributor; break glass alone is named in the workload file.',
    gcp: 'Use LogVault, and bind roles/logging.admin, roles/logging.configWriter, roles/storage.admin and project administration of the log project to the deployer and break glass only.',
  },
  checks: { aws, azure, gcp },
});
