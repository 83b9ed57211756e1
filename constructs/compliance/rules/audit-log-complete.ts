import { sameProject } from '../prove/gcp/iam.js';
import { flag, list, logGroupOf, phiBuckets, phiTables, recordsData, shown, text, want } from '../aws.js';
import { type AuditKind, WORKSPACE, lower, auditedResources } from '../azure.js';
import { at, type Deployment, findUnknown, type Resource, Unknown, type Value, strings } from '../model.js';
import { processesPhi } from '../phi.js';
import { listAt } from '../prove/azure/arm.js';
import { logAccounts, type LogSource, logSources } from '../prove/azure/logs.js';
import { auditedProjects, sinksOf, takes } from '../prove/gcp/logs.js';
import { type Check, defineRule, type Defect, fail, outcomes, unknown } from '../rule.js';

/** Whether a selector takes every management event, leaving out no service and no reads or writes. */
function everyManagementEvent(trail: Resource): Defect[] {
  const advanced = list(trail.properties['AdvancedEventSelectors']);
  if (advanced instanceof Unknown) return [unknown('AdvancedEventSelectors', `the selectors are not known: ${advanced.reason}`)];
  if (advanced.length > 0) {
    const whole = advanced.some((selector) => {
      const fields = list(at(selector, 'FieldSelectors'));
      return !(fields instanceof Unknown) && fields.length === 1 && at(fields[0], 'Field') === 'eventCategory' && [...strings(at(fields[0], 'Equals'))].includes('Management');
    });
    return whole ? [] : [fail('AdvancedEventSelectors', 'no selector takes every management event; one that also selects by source, name or readOnly leaves some out')];
  }
  const selectors = list(trail.properties['EventSelectors']);
  if (selectors instanceof Unknown) return [unknown('EventSelectors', `the selectors are not known: ${selectors.reason}`)];
  if (selectors.length === 0) return [];
  const whole = selectors.some((selector) => {
    const excluded = list(at(selector, 'ExcludeManagementEventSources'));
    return (flag(at(selector, 'IncludeManagementEvents')) ?? true) === true && (at(selector, 'ReadWriteType') ?? 'All') === 'All' && !(excluded instanceof Unknown) && excluded.length === 0;
  });
  return whole ? [] : [fail('EventSelectors', 'no selector takes every management event: ExcludeManagementEventSources, ReadWriteType or IncludeManagementEvents leaves some out')];
}

/** Log groups that audit records go to. */
function auditGroups(deployment: Deployment): ReadonlySet<Resource> {
  const values = [
    ...deployment.ofType('AWS::CloudTrail::Trail').map(({ properties }) => properties['CloudWatchLogsLogGroupArn']),
    ...deployment.ofType('AWS::EC2::FlowLog').flatMap(({ properties }) => [properties['LogGroupName'], properties['LogDestination']]),
    ...deployment.ofType('AWS::Route53Resolver::ResolverQueryLoggingConfig').map(({ properties }) => properties['DestinationArn']),
  ];
  return new Set(values.flatMap((value) => logGroupOf(deployment, value) ?? []));
}

/** Whether a data protection policy masks, and not only reports; Unknown where it cannot be read. */
function masks(policy: Value | undefined, path: string): Defect[] {
  let document = policy;
  if (typeof document === 'string') {
    try {
      document = JSON.parse(document) as Value;
    } catch {
      return [unknown(path, 'the data protection policy is not JSON')];
    }
  }
  const entries = document === undefined || document === null ? [] : document instanceof Unknown ? document : list(at(document, 'Statement'));
  if (entries instanceof Unknown) return [unknown(path, `what the data protection policy masks is not known: ${entries.reason}`)];
  const masking = entries.some((one) => one instanceof Unknown || at(one, 'Operation') instanceof Unknown || at(one, 'Operation.Deidentify') !== undefined);
  return masking ? [unknown(path, 'masks parts of audit records: alarms and readers see them without, and what they lose is not judged')] : [];
}

/** Whether log groups of audit records keep them, as they are, in a class that the alarms can read. */
function* groupDefects(deployment: Deployment): Iterable<readonly [Resource, Defect[]]> {
  const audit = auditGroups(deployment);
  const filtered = new Set(['AWS::Logs::MetricFilter', 'AWS::Logs::SubscriptionFilter'].flatMap((type) => deployment.ofType(type).flatMap(({ properties }) => logGroupOf(deployment, properties['LogGroupName']) ?? [])));
  for (const group of new Set([...audit, ...filtered])) {
    const kind = group.properties['LogGroupClass'];
    yield [group, [
      ...(kind instanceof Unknown ? [unknown('LogGroupClass', kind.reason)]
        : (kind === 'INFREQUENT_ACCESS' || kind === 'DELIVERY') && filtered.has(group) ? [fail('LogGroupClass', `LogGroupClass is ${kind}, which takes no metric or subscription filter: the alarms on it never ring`)] : []),
      ...(audit.has(group) ? masks(group.properties['DataProtectionPolicy'], 'DataProtectionPolicy') : []),
    ]];
  }
  const rewritten = deployment.ofType('AWS::Logs::Transformer');
  for (const filter of deployment.ofType('AWS::Logs::MetricFilter')) {
    const applied = flag(filter.properties['ApplyOnTransformedLogs']) ?? false;
    if (applied !== false) yield [filter, [unknown('ApplyOnTransformedLogs', applied instanceof Unknown ? applied.reason : `reads records after ${rewritten.length > 0 ? rewritten.map(({ name }) => name).join(', ') : 'a transformer'}, and what that drops or rewrites is not judged`)]];
  }
  for (const policy of deployment.ofType('AWS::Logs::AccountPolicy')) {
    if (audit.size > 0 && policy.properties['PolicyType'] === 'DATA_PROTECTION_POLICY') yield [policy, masks(policy.properties['PolicyDocument'], 'PolicyDocument')];
  }
}

const aws: Check = function* (deployment) {
  if (processesPhi(deployment)) for (const [resource, defects] of groupDefects(deployment)) if (defects.length > 0) yield* outcomes(resource, defects);
  for (const trail of deployment.ofType('AWS::CloudTrail::Trail')) {
    yield* outcomes(trail, [
      ...want(trail, 'IsMultiRegionTrail', true, 'events of other regions are missing'),
      ...want(trail, 'IncludeGlobalServiceEvents', true, 'events of IAM and STS are missing', true),
      ...want(trail, 'EnableLogFileValidation', true, 'a changed log file cannot be told from a true one'),
      ...everyManagementEvent(trail),
    ]);
  }
  if (deployment.ofType('AWS::CloudTrail::Trail').length === 0) return;
  for (const store of [...phiBuckets(deployment), ...phiTables(deployment)]) {
    yield* outcomes(store, recordsData(deployment, store) ? true : fail('', `no trail records data events of ${shown(store.name)}`));
  }
};

/** What a setting must take, unless it takes allLogs; groups that amount to the same (Microsoft's list of log categories, read 2026-11). */
const CATEGORIES: Readonly<Record<AuditKind, { readonly all: readonly string[]; readonly groups: readonly string[] }>> = {
  vault: { all: ['AuditEvent', 'AzurePolicyEvaluationDetails'], groups: ['allLogs'] },
  workspace: { all: ['Audit'], groups: ['allLogs', 'audit'] },
  hsm: { all: ['AuditEvent'], groups: ['allLogs', 'audit'] },
  authority: { all: ['AuditEvent'], groups: ['allLogs', 'audit'] },
  registry: { all: ['ContainerRegistryRepositoryEvents', 'ContainerRegistryLoginEvents'], groups: ['allLogs', 'audit'] },
  blob: { all: ['StorageRead', 'StorageWrite', 'StorageDelete'], groups: ['allLogs', 'audit'] },
  subscription: { all: ['Administrative', 'Security', 'ServiceHealth', 'Alert', 'Recommendation', 'Policy', 'Autoscale', 'ResourceHealth'], groups: [] },
};

/** What the settings of one resource leave out, taken together. */
function leftOut(deployment: Deployment, own: readonly LogSource[], kind: AuditKind): readonly Defect[] {
  const { all, groups } = CATEGORIES[kind];
  const entries = own.map(({ resource }) => listAt(resource.properties, 'logs'));
  const gap = entries.find((list) => list instanceof Unknown) ?? findUnknown(entries.flat() as readonly Value[]);
  const taken = entries.flatMap((list) => (list instanceof Unknown ? [] : list)).filter((log) => at(log, 'enabled') === true);
  const has = (name: string, of: readonly string[]): boolean => taken.some((log) => of.some((one) => lower(at(log, name)) === one.toLowerCase()));
  const missing = groups.length > 0 && has('categoryGroup', groups) ? [] : all.filter((category) => !has('category', [category]));
  const stored = own.some(({ account }) => account !== undefined && account !== null);
  const searchable = own.some(({ workspace }) => workspace !== undefined && workspace !== null) || deployment.ofType(WORKSPACE).length === 0;
  return [
    ...(missing.length === 0 ? [] : [gap instanceof Unknown ? unknown('logs', `what is recorded is not known: ${gap.reason}`) : fail('logs', `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not recorded`)]),
    ...(stored ? [] : [fail('storageAccountId', 'the records reach no storage account, and so nothing that can be locked')]),
    ...(searchable ? [] : [fail('workspaceId', 'the records reach no workspace: nobody correlates them')]),
  ];
}

const azure: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  const sources = logSources(deployment);
  for (const workspace of deployment.ofType(WORKSPACE)) {
    const quota = at(workspace.properties, 'workspaceCapping.dailyQuotaGb');
    if (quota !== undefined && quota !== -1) yield* outcomes(workspace, (quota instanceof Unknown ? unknown : fail)('workspaceCapping.dailyQuotaGb', 'records of a day are dropped once the quota is used up'));
  }
  for (const workspace of deployment.ofType(WORKSPACE)) {
    const transform = workspace.properties['defaultDataCollectionRuleResourceId'];
    if (transform !== undefined && transform !== null && transform !== '') yield* outcomes(workspace, unknown('defaultDataCollectionRuleResourceId', 'a collection rule transforms records on their way in: what it drops is not judged'));
  }
  for (const account of logAccounts(deployment)) {
    const bypass = at(account.properties, 'networkRuleSet.bypass');
    if (bypass instanceof Unknown) yield* outcomes(account, unknown('networkRuleSet.bypass', bypass.reason));
    else if (typeof bypass === 'string' && !/azureservices/i.test(bypass)) yield* outcomes(account, fail('networkRuleSet.bypass', `bypass is ${bypass}: Azure Monitor and Network Watcher cannot write, and no record arrives`));
  }
  for (const log of deployment.ofType('azure-native:network:FlowLog')) {
    const records = at(log.properties, 'recordTypes');
    if (records !== undefined && records !== null && records !== '') yield* outcomes(log, unknown('recordTypes', 'records some states of flows only'));
    const criteria = at(log.properties, 'enabledFilteringCriteria');
    if (criteria !== undefined && criteria !== null && criteria !== '') yield* outcomes(log, (criteria instanceof Unknown ? unknown : fail)('enabledFilteringCriteria', 'records only the flows that the criteria name'));
  }
  for (const collection of deployment.ofType('azure-native:monitor:DataCollectionRule')) {
    if (collection.properties['kind'] === 'WorkspaceTransforms') yield* outcomes(collection, unknown('dataFlows', 'transforms records on their way into the workspace: what it drops is not judged'));
  }
  for (const [, id, kind] of [...auditedResources(deployment), [deployment.root, 'subscription', 'subscription'] as const]) {
    const own = sources.filter(({ of }) => of === id && id !== undefined);
    const missing = own.length > 0 ? leftOut(deployment, own, kind) : [];
    for (const { resource } of missing.length > 0 ? own.slice(0, 1) : own) yield* outcomes(resource, missing);
  }
};

const DATA_ACCESS = ['ADMIN_READ', 'DATA_READ', 'DATA_WRITE'];

const gcp: Check = function* (deployment) {
  for (const config of deployment.resources.filter(({ type }) => /^gcp:(projects|folder|organizations)\/i[aA][mM]AuditConfig:/.test(type))) {
    const types = list(config.properties['auditLogConfigs']);
    const gap = findUnknown(config.properties['auditLogConfigs']);
    if (gap || types instanceof Unknown) {
      yield* outcomes(config, unknown('auditLogConfigs', `what is recorded is not known: ${gap?.reason ?? ''}`));
      continue;
    }
    const missing = config.properties['service'] === 'allServices' ? DATA_ACCESS.filter((type) => !types.some((one) => at(one, 'logType') === type)) : [];
    yield* outcomes(config, [
      ...missing.map((type) => fail('auditLogConfigs', `${type} is not recorded`)),
      ...types.flatMap((one, index) => { const exempt = [...strings(at(one, 'exemptedMembers'))]; return exempt.length > 0 ? [fail(`auditLogConfigs[${index}].exemptedMembers`, `${exempt.join(', ')} leave no trace`)] : []; }),
    ]);
  }
  for (const { resource, filter, exclusions } of sinksOf(deployment)) {
    yield* outcomes(resource, [
      ...(exclusions > 0 ? [fail('exclusions', 'entries are excluded')] : []),
      ...(filter === '' ? [] : [unknown('filter', `only what the filter takes is sent: ${shown(filter)}`)]),
    ]);
  }
  for (const exclusion of deployment.resources.filter(({ type }) => /^gcp:logging\/(project|folder|organization|billingAccount)Exclusion:/.test(type))) {
    yield* outcomes(exclusion, flag(exclusion.properties['disabled']) === true ? true : fail('filter', `entries are dropped before they are kept: ${shown(exclusion.properties['filter'])}`));
  }
  for (const sink of deployment.resources.filter(({ type }) => /^gcp:logging\/(folder|organization)Sink:/.test(type))) {
    const intercepts = sink.properties['interceptChildren'];
    if (flag(intercepts) === true || intercepts instanceof Unknown) yield* outcomes(sink, (intercepts instanceof Unknown ? unknown : fail)('interceptChildren', 'entries that it takes reach none of the sinks below: not the log vault either'));
  }
  if (!deployment.workload) return;
  // A copy of elsewhere may go anywhere; one that names a store of the deployment's own projects must find it.
  for (const { resource, store } of sinksOf(deployment)) {
    const owner = /^logging\.googleapis\.com\/projects\/([^/]+)\//.exec(text(resource.properties['destination']))?.[1];
    if (!store && owner !== undefined && auditedProjects(deployment).some((project) => sameProject(deployment, owner, project) === 'yes')) yield* outcomes(resource, fail('destination', 'names a log bucket that is not in the artifact: its lock and retention are not kept'));
  }
  // A store of the whole deployment takes the logs of both its projects.
  const stores = new Set(sinksOf(deployment).flatMap(({ store }) => store ?? []));
  for (const store of stores) {
    const lost = auditedProjects(deployment).filter((project) => !sinksOf(deployment).some((sink) => sink.store === store && sink.disabled !== true && takes(deployment, sink, project)));
    yield* outcomes(store, lost.map((project) => fail('', `the logs of project ${project} do not arrive here`)));
  }
};

export const rule = defineRule({
  id: 'audit-log-complete',
  title: 'The audit trail leaves nothing out',
  theme: 'immutable-log',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(b)', '45 CFR 164.308(a)(1)(ii)(D)', '45 CFR 164.308(a)(5)(ii)(C)'],
  why: 'Excluded key events, single regions and exempted members are the blind spots an attacker uses.',
  fix: {
    aws: 'Use LogVault, or IsMultiRegionTrail, IncludeGlobalServiceEvents and EnableLogFileValidation true, no ExcludeManagementEventSources, data events on PHI stores, and log groups of class STANDARD whose data protection policy, if any, only reports.',

    azure: 'Use LogVault, or categoryGroup audit and allLogs enabled on every diagnostic setting, all activity log categories on the subscription.',

    gcp: 'Use LogVault, or ADMIN_READ, DATA_READ and DATA_WRITE without exemptedMembers, sinks without exclusions.',
  },
  checks: {
    aws,

    azure,

    gcp,
  },
});
