/** Alarms and alerts of the three clouds, as the rules need them: what is watched, and whether anybody is told. */
import { flag, list, logGroupOf, number, text } from './aws.js';
import { groupsInUse, lower, VAULT, wants } from './azure.js';
import { toggle } from './gcp.js';
import { type LogRecord, returns } from './kql.js';
import { at, type Deployment, isList, perDeployment, type Resource, strings, Unknown, type Value } from './model.js';
import { phiKeys, processesPhi } from './phi.js';
import { type Arm, armOf, covers, listAt } from './prove/azure/arm.js';
import { logSources } from './prove/azure/logs.js';
import { sameProject } from './prove/gcp/iam.js';
import { projectOf, text as plain } from './prove/gcp/names.js';
import { type Defect, fail, unknown } from './rule.js';

/** Whether one event is enough: what must never happen is not counted. A threshold that is not set or not told counts as low. */
export function atOnce(threshold: Value | undefined, operator: Value | undefined): boolean {
  const least = number(threshold);
  const compared = text(operator).toLowerCase();
  if (least === undefined || least instanceof Unknown || compared === '') return true;
  return compared.startsWith('greaterthanorequal') ? least <= 1 : compared.startsWith('greaterthan') ? least < 1 : false;
}

/** Fields of a record that say from where, when or how a call came: a pattern that asks for them leaves out the same call from elsewhere. */
const NARROW = /\$\.(sourceIPAddress|awsRegion|userAgent|eventTime|eventVersion|vpcEndpointId|recipientAccountId|tlsDetails|readOnly)\b/;

/** Whether a filter reads records that something rewrote first, or some of them only: of accounts, regions, networks or times. */
function narrowed(properties: Resource['properties']): boolean {
  return NARROW.test(text(properties['FilterPattern'])) || (flag(properties['ApplyOnTransformedLogs']) ?? false) !== false || (properties['FieldSelectionCriteria'] ?? '') !== '';
}

/** Longest period of an alarm, in seconds, after which somebody still hears in time: one hour. */
const LONGEST_PERIOD = 3600;
/** Statistics of a filter's ones among its zeros that reach one by one event. */
const COUNTING: ReadonlySet<string> = new Set(['', 'Sum', 'Maximum', 'SampleCount']);

/** Whether an alarm on what filters count rings at one event, and within the hour. A setting that is not told counts as one that does. */
export function rings({ properties }: Resource): boolean {
  const count = (name: string): number => { const value = number(properties[name]); return value === undefined || value instanceof Unknown ? 0 : value; };
  // Breaching periods that it takes: DatapointsToAlarm of EvaluationPeriods, or all of them.
  return atOnce(properties['Threshold'], properties['ComparisonOperator']) && COUNTING.has(text(properties['Statistic'])) && properties['ExtendedStatistic'] === undefined
    && (properties['DatapointsToAlarm'] === undefined ? count('EvaluationPeriods') : count('DatapointsToAlarm')) <= 1 && count('Period') <= LONGEST_PERIOD;
}

/** A metric with the names of its dimensions: one with others is another metric. */
function metric(namespace: Value | undefined, name: Value | undefined, dimensions: Value | undefined, key: string): string {
  const all = list(dimensions);
  return [text(namespace), text(name), ...(all instanceof Unknown ? ['?'] : all.map((one) => text(at(one, key))).sort())].join(' ');
}

/** What is watched on AWS: filter patterns behind alarms that call somebody, and patterns of event rules with a target. */
export function watched(deployment: Deployment): string[] {
  const alarms = deployment.ofType('AWS::CloudWatch::Alarm').filter((alarm) => {
    const { properties, attributes } = alarm;
    const actions = list(properties['AlarmActions']);
    return (flag(properties['ActionsEnabled']) ?? true) === true && !(actions instanceof Unknown) && actions.length > 0 && !(attributes['Condition'] instanceof Unknown) && rings(alarm);
  });
  const heard = new Set(alarms.map(({ properties }) => metric(properties['Namespace'], properties['MetricName'], properties['Dimensions'], 'Name')));
  const groups = new Set(deployment.ofType('AWS::CloudTrail::Trail').flatMap(({ properties }) => [...deployment.targets(properties['CloudWatchLogsLogGroupArn'])]));
  // A plain name that no group of the artifact has is another group, where the trail's is one of the artifact.
  const otherGroup = (name: Value | undefined): boolean => groups.size > 0 && typeof name === 'string' && !name.includes('${');
  const filters = deployment.ofType('AWS::Logs::MetricFilter').filter(({ properties }) => {
    const transformations = list(properties['MetricTransformations']);
    const names = transformations instanceof Unknown ? [] : transformations.filter((one) => text(at(one, 'MetricValue')) !== '0').map((one) => metric(at(one, 'MetricNamespace'), at(one, 'MetricName'), at(one, 'Dimensions'), 'Key'));
    const group = logGroupOf(deployment, properties['LogGroupName']);
    return ((group === undefined && !otherGroup(properties['LogGroupName'])) || (groups.has(group as Resource) && group?.properties['LogGroupClass'] !== 'INFREQUENT_ACCESS' && group?.properties['LogGroupClass'] !== 'DELIVERY')) && !narrowed(properties) && names.some((name) => heard.has(name));
  });
  const rules = deployment.ofType('AWS::Events::Rule').filter(({ properties }) => {
    const targets = list(properties['Targets']);
    return properties['State'] !== 'DISABLED' && !(targets instanceof Unknown) && targets.length > 0;
  });
  return [...filters.map(({ properties }) => text(properties['FilterPattern'])), ...rules.map(({ properties }) => [...strings(properties['EventPattern'])].map((word) => `"${word}"`).join(' '))];
}

/** Whether alarms on AWS have to say something of a PHI key: there is one, and a trail that could tell. */
export function hasWatch(deployment: Deployment): boolean {
  return processesPhi(deployment) && deployment.workload !== null && phiKeys(deployment).length > 0 && deployment.ofType('AWS::CloudTrail::Trail').length > 0;
}

/** Whether a filter pattern of AWS cannot be read, so that what is missing is not certain. */
export function unreadFilters(deployment: Deployment): boolean {
  return deployment.ofType('AWS::Logs::MetricFilter').some(({ properties }) => properties['FilterPattern'] instanceof Unknown || narrowed(properties) || logGroupOf(deployment, properties['LogGroupName'])?.properties['LogGroupClass'] instanceof Unknown);
}

/** Alerts of Azure Monitor, and where each names the action groups that it calls. */
export const AZURE_ALERTS = {
  'azure-native:monitor:ActivityLogAlert': ['actions.actionGroups', 'actionGroupId'],
  'azure-native:monitor:ScheduledQueryRule': ['actions.actionGroups', ''],
  'azure-native:monitor:MetricAlert': ['actions', 'actionGroupId'],
} as const;

/** Why an alert of Azure tells nobody: it is off, names no group, or its group is off or empty. */
export function unheard(deployment: Deployment, alert: Resource): Defect[] {
  const [path, inside] = AZURE_ALERTS[alert.type as keyof typeof AZURE_ALERTS];
  const arm = armOf(deployment);
  const groups = listAt(alert.properties, path);
  return [
    ...wants(alert.properties['enabled'], 'enabled', true, 'the alert is off', true),
    ...(groups instanceof Unknown ? [unknown(path, groups.reason)] : groups.length === 0 ? [fail(path, 'nobody is told')] : told(groups.map((entry) => arm.find(inside === '' ? entry : at(entry, inside))), path)),
  ];
}

/** Defects of the action groups of an alert; of groups that are all elsewhere nobody knows whether they tell anybody. */
function told(groups: readonly (Resource | undefined)[], path: string): Defect[] {
  if (groups.every((group) => group === undefined)) return [unknown(path, 'no action group of it is in the artifact: whether anybody is told is not known')];
  return groups.flatMap((group, index) => (group ? emptyGroup(group).map((why) => fail(`${path}[${index}]`, `${group.name} ${why}`)) : []));
}

function emptyGroup(group: Resource): string[] {
  const receivers = Object.entries(group.properties).filter(([name]) => name.endsWith('Receivers')).map(([, value]) => value);
  if (flag(group.properties['enabled']) === false) return ['is off'];
  return receivers.some((value) => value instanceof Unknown || (isList(value) && value.length > 0)) ? [] : ['has no receiver'];
}

/** Longest time in minutes between an event and its alert: an hour. */
const LATEST = 60;

/** Minutes of an ISO 8601 duration of days, hours and minutes; undefined for anything else. */
function isoMinutes(value: Value | undefined): number | undefined {
  const match = typeof value === 'string' ? /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?$/.exec(value) : null;
  if (!match || /[PT]$/.test(match[0])) return undefined;
  const [days = 0, hours = 0, minutes = 0] = match.slice(1).map((part) => Number(part ?? 0));
  return days * 1440 + hours * 60 + minutes;
}

/** Where records are kept that a query can ask for, and what they are of. */
const storesOf = perDeployment((deployment): readonly string[] => [...new Set(logSources(deployment).flatMap(({ of, workspace }) => [workspace, of].map((one) => armOf(deployment).normal(one)).filter((id) => id !== undefined)))]);

/** Whether an alert looks at every record that comes in, within the hour; undefined where that cannot be told. */
function looks(deployment: Deployment, { properties }: Resource): boolean | undefined {
  const arm = armOf(deployment);
  const scopes = listAt(properties, 'scopes');
  const stores = storesOf(deployment);
  const placed = scopes instanceof Unknown || scopes.some((scope) => arm.normal(scope) === undefined) ? undefined
    : scopes.some((scope) => { const id = arm.normal(scope) ?? ''; return stores.length === 0 || arm.find(scope)?.type === VAULT || stores.some((store) => covers(id, store)); });
  const minutes = (path: string): number | undefined | null => { const value = properties[path]; return value === undefined || value === null ? null : isoMinutes(value); };
  const [every, muted] = [minutes('evaluationFrequency'), minutes('muteActionsDuration')];
  const overriding = minutes('overrideQueryTimeRange');
  const window = overriding === null ? minutes('windowSize') : overriding;
  const kind = lower(properties['kind'] ?? 'LogAlert');
  const answers: (boolean | undefined)[] = [
    placed,
    kind === 'logalert' || kind === 'simplelogalert' ? true : undefined,
    every === null ? true : every === undefined ? undefined : every <= LATEST,
    muted === null ? true : muted === undefined ? undefined : muted <= LATEST,
    // What came in between two windows is never looked at.
    every === null || window === null ? true : every === undefined || window === undefined ? undefined : window >= every,
  ];
  return answers.includes(false) ? false : answers.includes(undefined) ? undefined : true;
}

/** Whether one of some records fires a condition of a query alert, the first time that it comes in. */
function fires(condition: Value, records: readonly LogRecord[]): boolean | undefined {
  if (!atOnce(at(condition, 'threshold'), at(condition, 'operator'))) return false;
  const periods = number(at(condition, 'failingPeriods.minFailingPeriodsToAlert'));
  if (typeof periods === 'number' && periods > 1) return false;
  const query = at(condition, 'query');
  const dimensions = listAt(condition, 'dimensions');
  // Another measure than the number of rows, or some values of a column only.
  const vague = periods instanceof Unknown || lower(at(condition, 'timeAggregation') ?? 'Count') !== 'count' || dimensions instanceof Unknown || dimensions.length > 0;
  const answers = typeof query === 'string' ? records.map((record) => returns(query, record)) : [undefined];
  return answers.includes(true) ? (vague ? undefined : true) : answers.includes(undefined) ? undefined : false;
}

/** Whether a query alert that somebody hears fires on one of some records. */
function firedBy(deployment: Deployment, records: readonly LogRecord[]): boolean | undefined {
  const answers = deployment.ofType('azure-native:monitor:ScheduledQueryRule').map((alert): boolean | undefined => {
    const mute = unheard(deployment, alert);
    if (mute.some(({ status }) => status === 'fail')) return false;
    const criteria = listAt(alert.properties, 'criteria.allOf');
    // Between two runs of the query a record grows as old as the time between them.
    const age = isoMinutes(alert.properties['evaluationFrequency']) ?? LATEST;
    const aged = records.map((record): LogRecord => ({ ...record, columns: { ...record.columns, TimeGenerated: { age } } }));
    const parts = [mute.length > 0 ? undefined : true, looks(deployment, alert), ...(criteria instanceof Unknown ? [undefined] : criteria.length === 0 ? [false] : criteria.map((one) => fires(one, aged)))];
    return parts.includes(false) ? false : parts.includes(undefined) ? undefined : true;
  });
  return answers.includes(true) ? true : answers.includes(undefined) ? undefined : false;
}

/** Whether query alerts that somebody hears fire on one record of each group; undefined where that cannot be told. */
export function fired(deployment: Deployment, groups: readonly (readonly LogRecord[])[]): boolean | undefined {
  const answers = groups.map((records) => firedBy(deployment, records));
  return answers.includes(false) ? false : answers.includes(undefined) ? undefined : true;
}

/** What the logs of vaults with PHI keys write of an operation on a key: for each vault, one record in every table to which the artifact sends it. */
export function vaultRecords(deployment: Deployment, operation: string, outcome: 'done' | 'refused', principal?: string): readonly (readonly LogRecord[])[] {
  const arm = armOf(deployment);
  const own = new Set(phiKeys(deployment).flatMap((key) => arm.parent(key, VAULT, 'vaultName') ?? []));
  const vaults = own.size > 0 ? [...own] : deployment.ofType(VAULT);
  const said = { OperationName: operation, Category: 'AuditEvent', ...(outcome === 'done' ? { ResultSignature: 'OK', ResultType: 'Success' } : { ResultSignature: 'Forbidden', ResultType: { not: ['Success', 'Succeeded', 'OK'] } }) };
  const status = outcome === 'done' ? 200 : 403;
  const dedicated: LogRecord = { table: 'AZKVAuditLogs', columns: { ...said, Type: 'AZKVAuditLogs', HttpStatusCode: status, ...(principal === undefined ? {} : { Identity: { has: principal } }) }, ...(principal === undefined ? { anybody: ['Identity'] } : {}) };
  const common: LogRecord = { table: 'AzureDiagnostics', columns: { ...said, Type: 'AzureDiagnostics', ResourceProvider: 'MICROSOFT.KEYVAULT', ResourceType: 'VAULTS', httpStatusCode_d: status, ...(principal === undefined ? {} : { identity_claim_oid_g: principal }) }, ...(principal === undefined ? { anybody: ['identity_claim_oid_g'] } : {}) };
  const settings = new Map<Resource | undefined, (string | Unknown)[]>();
  for (const { resource, of, workspace } of logSources(deployment)) {
    if (workspace === undefined || workspace === null) continue;
    const vault = of === undefined ? undefined : arm.find(of);
    if (of !== undefined && vault === undefined) continue;
    const mode = resource.properties['logAnalyticsDestinationType'];
    settings.set(vault, [...(settings.get(vault) ?? []), mode instanceof Unknown ? mode : lower(mode)]);
  }
  // Vaults that write to the same tables are one to every query.
  const groups = new Map<string, readonly LogRecord[]>();
  for (const vault of vaults) {
    const modes = [...(settings.get(vault) ?? []), ...(settings.get(undefined) ?? [])];
    // Without a setting another rule says so; the alert is judged as if either table had the record.
    const unset = modes.length === 0 || modes.some((mode) => mode instanceof Unknown);
    const records = [...(unset || modes.includes('dedicated') ? [dedicated] : []), ...(unset || modes.some((mode) => mode !== 'dedicated') ? [common] : [])];
    groups.set(records.map(({ table }) => table).join(' '), records);
  }
  return [...groups.values()];
}

/** Whether an activity log alert that somebody hears takes an operation of the control plane; undefined where that cannot be told. */
export function takesOperation(deployment: Deployment, alert: Resource, operation: string): boolean | undefined {
  const mute = unheard(deployment, alert);
  if (mute.some(({ status }) => status === 'fail')) return false;
  const arm = armOf(deployment);
  const scopes = listAt(alert.properties, 'scopes');
  if (scopes instanceof Unknown || !scopes.some((scope) => watches(deployment, arm.normal(scope)))) return undefined;
  const taken = holds(alert.properties['condition'], operation, arm);
  return taken === true && mute.length > 0 ? undefined : taken;
}

/** Whether a scope takes in all that the artifact makes: its subscription, or each of its groups. */
function watches(deployment: Deployment, scope: string | undefined): boolean {
  return scope !== undefined && /^\/subscriptions\/~(\/resourcegroups\/[^/]+)?$/.test(scope) && groupsInUse(deployment).every((group) => { const id = armOf(deployment).idOf(group); return id !== undefined && covers(scope, id); });
}

function holds(condition: Value | undefined, operation: string, arm: Arm): boolean | undefined {
  const every = listAt(condition, 'allOf');
  const any = listAt(condition, 'anyOf');
  if (every instanceof Unknown || any instanceof Unknown) return undefined;
  if (every.length > 0) {
    const answers = every.map((one) => holds(one, operation, arm));
    return answers.includes(false) ? false : answers.includes(undefined) ? undefined : true;
  }
  if (any.length > 0) {
    const answers = any.map((one) => holds(one, operation, arm));
    return answers.includes(true) ? true : answers.includes(undefined) ? undefined : false;
  }
  const several = listAt(condition, 'containsAny');
  if (several instanceof Unknown) return undefined;
  if (several.length > 0) return holds({ anyOf: several.map((equals) => ({ field: at(condition, 'field') ?? null, equals })) }, operation, arm);
  const wanted = arm.text(at(condition, 'equals'))?.toLowerCase();
  switch (lower(at(condition, 'field'))) {
    case 'operationname': return wanted === undefined ? undefined : wanted === operation.toLowerCase();
    case 'category': return wanted === 'administrative';
    // An operation that started or succeeded is seen; that it failed only is not enough.
    case 'status': return wanted === 'succeeded' || wanted === 'started' || wanted === 'accepted';
    default: return undefined;
  }
}

/** An act that must raise an alarm: what its audit entry says, in the words that a filter has to admit. */
export interface Act {
  readonly name: string;
  readonly on: 'keys' | 'both';
  readonly service: string;
  /** Method name as the audit log writes it. */
  readonly method: string;
}
const POOL = /^principal(Set)?:\/\/iam\.googleapis\.com\/projects\/.+\/locations\/global\/workloadIdentityPools\/[^/]+\/$/;
/**
 * Whether a filter takes the audit entry of an act: terms joined by AND, on the service and method names. A term on the
 * caller narrows a decryption alarm as it must; any other term narrows it in a way that is not read here.
 */
export function takes(filter: string, act: Act): boolean | undefined {
  let vague = false;
  for (const term of filter.split(/\s+AND\s+|\s*\n\s*(?:AND\s+)?/)) {
    const match = /^(NOT\s+)?(protoPayload\.\w+(?:\.\w+)?)\s*(=~|=|:)\s*(?:"([^"]*)"|\(("[^"]*"(?:\s+OR\s+"[^"]*")*)\))$/.exec(term.trim());
    if (!match) { vague = true; continue; }
    const [, negated, field, operator, single, many] = match;
    const actual = field === 'protoPayload.serviceName' ? act.service : field === 'protoPayload.methodName' ? act.method : undefined;
    if (actual === undefined) {
      // Members of a pool may be left out, by its whole path; a single principal may not.
      const members = field === 'protoPayload.authenticationInfo.principalSubject' && single !== undefined && POOL.test(single);
      if (!(members && operator !== '=~' && negated !== undefined && act.method === 'Decrypt')) vague = true;
      continue;
    }
    const values = single === undefined ? (many ?? '').split(/\s+OR\s+/).map((one) => one.slice(1, -1)) : [single];
    const holds = values.some((value) => {
      if (operator === '=') return actual === value;
      if (operator === ':') return actual.includes(value);
      try {
        return value.length <= 500 && new RegExp(value.replaceAll('\\\\', '\\')).test(actual);
      } catch {
        vague = true;
        return false;
      }
    });
    if (holds === (negated !== undefined)) return false;
  }
  return vague ? undefined : true;
}

/** Conditions that must all hold at once: one of them that never does keeps the others quiet. */
function together(alert: Resource): Defect[] {
  const { combiner, conditions } = alert.properties;
  if (isList(conditions) && conditions.length < 2) return [];
  if (combiner === undefined || combiner === null || combiner === 'OR') return [];
  if (combiner instanceof Unknown || conditions instanceof Unknown) return [unknown('combiner', 'whether every condition has to hold at once is not known')];
  return isList(conditions) ? [fail('combiner', `combiner is ${text(combiner)}: it rings only when all of its ${conditions.length} conditions hold at once`)] : [];
}

/** Why an alert does not ring. */
export function silent(alert: Resource): Defect[] {
  const on = toggle(alert.properties['enabled']) ?? true;
  const channels = alert.properties['notificationChannels'];
  const prompts = at(alert.properties, 'alertStrategy.notificationPrompts');
  return [
    ...(on === true ? [] : [on instanceof Unknown ? unknown('enabled', on.reason) : fail('enabled', 'the alert is off')]),
    ...(channels instanceof Unknown ? [unknown('notificationChannels', channels.reason)] : isList(channels) && channels.length > 0 ? [] : [fail('notificationChannels', 'nobody is told')]),
    ...together(alert),
    ...(prompts instanceof Unknown ? [unknown('alertStrategy.notificationPrompts', prompts.reason)] : isList(prompts) && prompts.length > 0 && !prompts.includes('OPENED') ? [fail('alertStrategy.notificationPrompts', 'nobody is told when it opens')] : []),
  ];
}

/** The filters of log-matched alerts of a project that somebody hears. */
export function filtersOf(deployment: Deployment, project: string): readonly string[] {
  const alerts = deployment.ofType('gcp:monitoring/alertPolicy:AlertPolicy').filter((alert) => sameProject(deployment, projectOf(deployment, alert), project) !== 'no' && silent(alert).length === 0);
  return alerts.flatMap((alert) => {
    const conditions = alert.properties['conditions'];
    return (isList(conditions) ? conditions : []).map((condition) => plain(at(condition, 'conditionMatchedLog.filter')) ?? [...strings(at(condition, 'conditionMatchedLog.filter'))].join(''));
  });
}
