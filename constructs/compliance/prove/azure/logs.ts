import { at, type Deployment, perDeployment, type Resource, Unknown, type Value } from '../../model.js';
import type { GateChanger, LogProof } from '../types.js';
import { armOf, covers, listAt } from './arm.js';
import { allows, grantsOf } from './roles.js';

const ACCOUNT = 'azure-native:storage:StorageAccount';
const WORKSPACE = 'azure-native:operationalinsights:Workspace';
const DIAGNOSTICS = ['azure-native:monitor:DiagnosticSetting', 'azure-native:monitor:SubscriptionDiagnosticSetting'] as const;

/** On, as a boolean or as text. */
const isTrue = (value: Value | undefined): boolean => value === true || (typeof value === 'string' && value.toLowerCase() === 'true');

/** One stream of audit records and where it goes. */
export interface LogSource {
  readonly resource: Resource;
  /** Normal ARM id of what is logged; `subscription` for the activity log. */
  readonly of: string | undefined;
  readonly account: Value | undefined;
  readonly workspace: Value | undefined;
  readonly enabled: boolean | Unknown;
}

/** Diagnostic settings, the activity log and flow logs. */
export const logSources = perDeployment((deployment): readonly LogSource[] => {
  const arm = armOf(deployment);
  const sources: LogSource[] = [];
  for (const type of DIAGNOSTICS) {
    for (const resource of deployment.ofType(type)) {
      const logs = listAt(resource.properties, 'logs');
      const enabled = logs instanceof Unknown ? logs : logs.some((log) => isTrue(at(log, 'enabled')));
      sources.push({
        resource, enabled, of: type.endsWith('SubscriptionDiagnosticSetting') ? 'subscription' : arm.normal(resource.properties['resourceUri']),
        account: resource.properties['storageAccountId'], workspace: resource.properties['workspaceId'],
      });
    }
  }
  for (const resource of deployment.ofType('azure-native:network:FlowLog')) {
    const enabled = resource.properties['enabled'];
    sources.push({ resource, of: arm.normal(resource.properties['targetResourceId']), account: resource.properties['storageId'], workspace: undefined, enabled: enabled instanceof Unknown ? enabled : isTrue(enabled) });
  }
  return sources;
});

/** The storage accounts and workspaces that hold audit records: targets of a source, or tagged or immutable as such. */
export function logAccounts(deployment: Deployment): readonly Resource[] {
  const arm = armOf(deployment);
  const targets = new Set(logSources(deployment).map(({ account }) => arm.find(account)));
  return deployment.ofType(ACCOUNT).filter((account) => targets.has(account));
}

/** State of an account's version-level immutability. */
export interface Immutability {
  readonly state: 'Locked' | 'Unlocked' | 'Disabled' | 'none' | Unknown;
  readonly days: number | null;
}

export function immutabilityOf(account: Resource): Immutability {
  const whole = at(account.properties, 'immutableStorageWithVersioning');
  if (whole instanceof Unknown) return { state: whole, days: null };
  const enabled = at(whole, 'enabled');
  if (enabled instanceof Unknown) return { state: enabled, days: null };
  if (!isTrue(enabled)) return { state: 'none', days: null };
  const state = at(whole, 'immutabilityPolicy.state');
  const days = at(whole, 'immutabilityPolicy.immutabilityPeriodSinceCreationInDays');
  if (state instanceof Unknown) return { state, days: null };
  if (days instanceof Unknown) return { state: days, days: null };
  const period = typeof days === 'number' ? days : typeof days === 'string' && /^\d+$/.test(days) ? Number(days) : null;
  const known = ['Locked', 'Unlocked', 'Disabled'].find((name) => typeof state === 'string' && name.toLowerCase() === state.toLowerCase());
  return { state: (known as 'Locked' | 'Unlocked' | 'Disabled' | undefined) ?? 'none', days: period };
}

export function proveLogs(deployment: Deployment): readonly LogProof[] {
  const arm = armOf(deployment);
  const required = deployment.workload?.retention?.days ?? SIX_YEARS;
  const sources = logSources(deployment);
  const accounts = logAccounts(deployment);
  const proofs = accounts.map((account) => proveAccount(deployment, account, required));
  const immutable = new Set(accounts.filter((_, index) => proofs[index]?.verdict === 'immutable'));
  // Who read the records: an account takes no records of itself, so that these lie in the workspace only.
  const echoes = new Set(accounts.flatMap((account) => { const id = arm.idOf(account); return id === undefined ? [] : [`${id}/blobservices/default`]; }));
  for (const workspace of deployment.ofType(WORKSPACE)) {
    // A workspace can be purged. It is a log of record only for what reaches no immutable account.
    const only = sources.filter((source) => !(source.of !== undefined && echoes.has(source.of)) && arm.find(source.workspace) === workspace && !immutable.has(arm.find(source.account) ?? workspace));
    if (only.length === 0) continue;
    const open = only.some((source) => { const account = arm.find(source.account); return proofs.find(({ log }) => log === account?.id)?.verdict !== 'unknown'; });
    proofs.push({
      cloud: 'azure', log: workspace.id, verdict: open ? 'mutable' : 'unknown', days: null, canWeaken: weakeners(deployment, workspace, ['Microsoft.OperationalInsights/workspaces/purge/action', 'Microsoft.OperationalInsights/workspaces/write', 'Microsoft.OperationalInsights/workspaces/delete']).map(({ principal, via }) => ({ principal, via })),
      reasons: [`a workspace can be purged, and ${only.map(({ resource }) => resource.name).join(', ')} keep no copy in storage that is ${open ? '' : 'known to be '}immutable`],
    });
  }
  for (const { resource, account, workspace } of sources) {
    const targets = [account, workspace].filter((target) => target !== undefined && target !== null);
    if (targets.length > 0 && targets.every((target) => !arm.find(target))) {
      proofs.push({ cloud: 'azure', log: resource.id, verdict: 'unknown', days: null, canWeaken: [], reasons: [`${resource.name} writes to a store that is not in the artifact`] });
    }
  }
  return proofs;
}

/** Six calendar years: 45 CFR 164.316(b)(2)(i). */
const SIX_YEARS = 2192;

function proveAccount(deployment: Deployment, account: Resource, required: number): LogProof {
  const { state, days } = immutabilityOf(account);
  const reasons: string[] = [];
  const judged: { verdict: LogProof['verdict'] } = { verdict: 'immutable' };
  const worsen = (to: 'mutable' | 'unknown', reason: string): void => {
    if (to === 'mutable' || judged.verdict === 'immutable') judged.verdict = to;
    reasons.push(reason);
  };
  const hns = account.properties['isHnsEnabled'];
  if (hns instanceof Unknown) worsen('unknown', `whether ${account.name} has a hierarchical namespace is unknown (${hns.reason})`);
  else if (hns === true || hns === 'true') worsen('mutable', `${account.name} has a hierarchical namespace, which takes no version-level immutability`);
  if (state instanceof Unknown) worsen('unknown', `the immutability policy of ${account.name} is unknown (${state.reason})`);
  else if (state === 'none') worsen('mutable', containerPolicies(deployment, account)
    ? `${account.name} has container policies only: their lock is not part of an artifact, and containers that Azure creates have none`
    : `${account.name} has no account-level immutability policy`);
  else if (state !== 'Locked') worsen('mutable', `the immutability policy of ${account.name} is ${state}: whoever manages the account can shorten or remove it`);
  if (!(state instanceof Unknown) && state !== 'none') {
    if (days === null) worsen('mutable', `the immutability policy of ${account.name} has no period`);
    else if (days < Math.max(required, SIX_YEARS)) worsen('mutable', `${account.name} keeps records ${days} days, fewer than ${Math.max(required, SIX_YEARS)}`);
  }
  const canWeaken: GateChanger[] = accountWeakeners(deployment, account).map(({ principal, via }) => ({ principal, via }));
  judgeKey(deployment, account, canWeaken, worsen);
  const { verdict } = judged;
  canWeaken.push({
    principal: 'holders of Owner or Contributor at the subscription or above',
    via: verdict === 'immutable' ? 'can stop new records (diagnostic settings), not remove old ones' : 'can shorten the policy and delete records',
  });
  return { cloud: 'azure', log: account.id, verdict, days: verdict === 'unknown' ? null : days, canWeaken, reasons };
}

/** A customer key: deleting it destroys what the lock protects. */
function judgeKey(deployment: Deployment, account: Resource, canWeaken: GateChanger[], worsen: (to: 'mutable' | 'unknown', reason: string) => void): void {
  const encryption = at(account.properties, 'encryption');
  const source = at(encryption, 'keySource');
  if (source instanceof Unknown) { worsen('unknown', `the encryption key of ${account.name} is unknown (${source.reason})`); return; }
  if (typeof source !== 'string' || source.toLowerCase() !== 'microsoft.keyvault') return;
  const uri = at(encryption, 'keyVaultProperties.keyVaultUri');
  const host = typeof uri === 'string' ? /^https:\/\/([a-z0-9-]+)\.vault\.(?:azure\.net|usgovcloudapi\.net|azure\.cn)(?:[:/]|$)/i.exec(uri)?.[1]?.toLowerCase() : undefined;
  const arm = armOf(deployment);
  const vault = deployment.target(uri) ?? deployment.ofType('azure-native:keyvault:Vault').find((candidate) => host !== undefined && arm.text(candidate.properties['vaultName'])?.toLowerCase() === host);
  if (vault && at(vault.properties, 'properties.enablePurgeProtection') === true) {
    canWeaken.push({ principal: `whoever deletes the key in ${vault.name} and waits out its soft delete`, via: 'the account is encrypted under a customer key' });
  } else {
    worsen(vault ? 'mutable' : 'unknown', vault ? `${account.name} is encrypted under a key of ${vault.name}, which has no purge protection: deleting the key destroys the records` : `the vault of the key of ${account.name} is not in the artifact`);
  }
}

function containerPolicies(deployment: Deployment, account: Resource): boolean {
  return deployment.ofType('azure-native:storage:BlobContainerImmutabilityPolicy').some((policy) => armOf(deployment).parent(policy, ACCOUNT, 'accountName') === account);
}

const ACCOUNT_CHANGES = ['Microsoft.Storage/storageAccounts/write', 'Microsoft.Storage/storageAccounts/delete', 'Microsoft.Insights/diagnosticSettings/write', 'Microsoft.Insights/diagnosticSettings/delete'] as const;

/** Holders of roles in the artifact that can weaken the account of a log, or stop what reaches it; with their object id. */
export function accountWeakeners(deployment: Deployment, account: Resource): readonly Weakener[] {
  return weakeners(deployment, account, ACCOUNT_CHANGES);
}

export interface Weakener extends GateChanger {
  readonly objectId: string | undefined;
  /** False where the kit cannot tell what the role allows. */
  readonly certain: boolean;
}

const WORKSPACE_CHANGES = ['workspaces/write', 'workspaces/delete', 'workspaces/purge/action', 'workspaces/tables/write', 'workspaces/tables/delete', 'workspaces/dataExports/write'].map((name) => `Microsoft.OperationalInsights/${name}`);

/** The workspaces that receive audit records, with the holders of roles that can shorten, purge or redirect what is in them. */
export function workspaceWeakeners(deployment: Deployment): readonly (readonly [Resource, readonly Weakener[]])[] {
  const arm = armOf(deployment);
  const targets = new Set(logSources(deployment).map(({ workspace }) => arm.find(workspace)));
  return deployment.ofType(WORKSPACE).filter((workspace) => targets.has(workspace)).map((workspace) => [workspace, weakeners(deployment, workspace, WORKSPACE_CHANGES)] as const);
}

/** Holders of roles in the artifact that can weaken a store. */
function weakeners(deployment: Deployment, store: Resource, operations: readonly string[]): Weakener[] {
  const id = armOf(deployment).idOf(store);
  const found: Weakener[] = [];
  for (const { assignment, scope, principal, role, roleName } of grantsOf(deployment)) {
    if (id === undefined || (scope !== undefined && !covers(scope, id))) continue;
    if (scope === undefined || !role) found.push({ principal: principal.text, objectId: principal.objectId, certain: false, via: `${assignment.name}: ${roleName}, which the kit cannot judge` });
    else if (operations.some((operation) => allows(role, 'control', operation))) found.push({ principal: principal.text, objectId: principal.objectId, certain: true, via: `${assignment.name}: ${roleName}` });
  }
  return found;
}
