import { SECONDS_PER_DAY, SIX_YEARS_IN_DAYS } from '../../../workload/retention.js';
import { at, type Deployment, isList, isObject, perDeployment, type Resource, Unknown, type Value } from '../../model.js';
import { allKeys, processesPhi } from '../../phi.js';
import type { GateChanger, LogProof } from '../types.js';
import { bindingsOf, customPermissions, grantsOn, isAuthoritative, levelOf, sameProject } from './iam.js';
import { bucketOf, flag, projectOf, refersTo, text, TYPE } from './names.js';

/** Whatever keeps log entries under one name. Only the project's kind can be locked. */
export const LOG_BUCKETS = [TYPE.logBucket, 'gcp:logging/folderBucketConfig:FolderBucketConfig', 'gcp:logging/organizationBucketConfig:OrganizationBucketConfig', 'gcp:logging/billingAccountBucketConfig:BillingAccountBucketConfig'];
const SINKS = /^gcp:logging\/(project|folder|organization|billingAccount)Sink:/;

/** Days that a log bucket keeps entries when nothing is set. Source: Cloud Logging, log retention. */
const DEFAULT_RETENTION_DAYS = 30;

/** One sink: from where, to where, and what it leaves out. */
export interface Sink {
  readonly resource: Resource;
  /** Project, or `undefined` for a sink of everything below a folder or an organisation. */
  readonly project: string | Unknown | undefined;
  /** Whether it takes the logs of the projects below its folder or organisation. */
  readonly everything: boolean;
  /** The store in the artifact; undefined for one of elsewhere. */
  readonly store: Resource | undefined;
  readonly disabled: boolean | undefined;
  /** Text of the filter, empty without one; undefined when it is not told. */
  readonly filter: string | undefined;
  /** Exclusions that are on. Not told counts as one. */
  readonly exclusions: number;
}

export const sinksOf = perDeployment((deployment): readonly Sink[] => deployment.resources.filter(({ type }) => SINKS.test(type)).map((resource): Sink => {
  const exclusions = resource.properties['exclusions'];
  const filter = resource.properties['filter'];
  const ofProject = resource.type.startsWith('gcp:logging/projectSink:');
  return {
    resource,
    project: ofProject ? projectOf(deployment, resource) : undefined,
    everything: !ofProject && flag(resource, 'includeChildren', false) === true,
    store: storeNamed(deployment, resource.properties['destination']),
    disabled: flag(resource, 'disabled', false),
    filter: filter === undefined || filter === null ? '' : typeof filter === 'string' ? filter.trim() : undefined,
    exclusions: isList(exclusions) ? exclusions.filter((exclusion) => at(exclusion, 'disabled') !== true).length : exclusions === undefined || exclusions === null ? 0 : 1,
  };
}));

/** The log bucket or storage bucket that a destination names. */
function storeNamed(deployment: Deployment, destination: Value | undefined): Resource | undefined {
  const whole = text(destination);
  if (whole === undefined) return undefined;
  const bare = whole.replace(/^(logging|storage)\.googleapis\.com\//, '');
  const target = deployment.target(bare);
  if (target) return target.type === TYPE.bucket || LOG_BUCKETS.includes(target.type) ? target : undefined;
  if (whole.startsWith('storage.googleapis.com/')) return deployment.ofType(TYPE.bucket).find((bucket) => text(bucket.properties['name']) === bare);
  const named = /^(projects|folders|organizations|billingAccounts)\/(.+)\/locations\/([^/]+)\/buckets\/([^/]+)$/.exec(bare);
  if (!named) return [...deployment.targets(bare)].find(({ type }) => type === TYPE.bucket || LOG_BUCKETS.includes(type));
  const [, kind, owner = '', location, id] = named;
  return LOG_BUCKETS.flatMap((type) => deployment.ofType(type)).find((bucket) => {
    if (text(bucket.properties['location']) !== location || text(bucket.properties['bucketId']) !== id) return false;
    return kind !== 'projects' || bucket.type !== TYPE.logBucket || sameProject(deployment, owner, projectOf(deployment, bucket)) !== 'no';
  });
}

/** Log buckets, and the storage buckets that a sink writes to. */
export function logStores(deployment: Deployment): readonly Resource[] {
  const targets = new Set(sinksOf(deployment).map(({ store }) => store));
  const buckets = LOG_BUCKETS.flatMap((type) => deployment.ofType(type));
  // Google makes one in every project and keeps its entries for 30 days; it is no vault, and beside one it may keep them longer.
  const byGoogle = (bucket: Resource): boolean => text(bucket.properties['bucketId']) === '_Default' && Number(text(bucket.properties['retentionDays']) ?? 0) >= 30 && !targets.has(bucket);
  return [...(buckets.every(byGoogle) ? buckets : buckets.filter((bucket) => !byGoogle(bucket))), ...deployment.ofType(TYPE.bucket).filter((bucket) => targets.has(bucket))];
}

/** The projects of a PHI deployment whose logs have to be kept: those of the workload file, else every one that has resources. */
export function auditedProjects(deployment: Deployment): readonly string[] {
  const placement = deployment.workload?.clouds.gcp;
  if (placement) return [...new Set([placement.project, placement.keyProject])];
  if (!processesPhi(deployment)) return [];
  return [...new Set(deployment.resources.map(({ properties }) => text(properties['project'])).filter((project): project is string => project !== undefined && !project.includes('${')))];
}

export const takes = (deployment: Deployment, sink: Sink, project: string): boolean =>
  sink.everything || (sink.project === undefined && sink.resource.type.startsWith('gcp:logging/projectSink:')) || sameProject(deployment, project, sink.project) === 'yes';

export const isComplete = (sink: Sink): boolean => sink.disabled === false && sink.filter === '' && sink.exclusions === 0;

/** Days that a store keeps a record at least, as its own setting says. */
export function retentionDays(store: Resource): number | Unknown | undefined {
  if (store.type === TYPE.bucket) {
    const period = at(store.properties, 'retentionPolicy.retentionPeriod');
    if (period instanceof Unknown) return period;
    const seconds = text(period);
    if (seconds === undefined) return undefined;
    return /^\d+$/.test(seconds) ? Number(seconds) / SECONDS_PER_DAY : new Unknown(`retentionPeriod ${seconds} is no number of seconds`);
  }
  const days = store.properties['retentionDays'];
  if (days instanceof Unknown) return days;
  if (days === undefined || days === null) return DEFAULT_RETENTION_DAYS;
  const count = Number(text(days) ?? Number.NaN);
  return Number.isFinite(count) ? count : new Unknown('retentionDays is no number');
}

/** Whether the provider refuses to shorten a store's retention; undefined when it is not told. */
export function isLocked(store: Resource): boolean | undefined {
  if (store.type === TYPE.bucket) {
    const policy = store.properties['retentionPolicy'];
    if (policy instanceof Unknown) return undefined;
    return isObject(policy) && flag(store, 'retentionPolicy.isLocked', false);
  }
  return store.type === TYPE.logBucket ? flag(store, 'locked', false) : false;
}

/** The customer key of a store. */
export function storeKey(deployment: Deployment, store: Resource): { readonly value: Value | undefined; readonly key: Resource | undefined } {
  const value = at(store.properties, store.type === TYPE.bucket ? 'encryption.defaultKmsKeyName' : 'cmekSettings.kmsKeyName');
  return { value, key: allKeys(deployment).find((key) => refersTo(deployment, value, key)) };
}

export function proveLogs(deployment: Deployment): readonly LogProof[] {
  const projects = auditedProjects(deployment);
  const proofs = logStores(deployment).map((store) => proveStore(deployment, store));
  const immutable = new Set(proofs.filter(({ verdict }) => verdict === 'immutable').map(({ log }) => log));
  const kept = (project: string): boolean => sinksOf(deployment).some((sink) => isComplete(sink) && sink.store && immutable.has(sink.store.id) && takes(deployment, sink, project));
  for (const sink of sinksOf(deployment)) {
    // A further copy of what an immutable store has too may go anywhere.
    if (sink.store || (projects.length > 0 && projects.every(kept))) continue;
    proofs.push({ cloud: 'gcp', log: sink.resource.id, verdict: 'unknown', days: null, canWeaken: [], reasons: [`${sink.resource.name} writes to a store that is not in the artifact`] });
  }
  return proofs;
}

function proveStore(deployment: Deployment, store: Resource): LogProof {
  const mutable: string[] = [];
  const doubts: string[] = [];
  const locked = isLocked(store);
  const days = retentionDays(store);
  const needed = Math.max(SIX_YEARS_IN_DAYS, Number(deployment.workload?.retention?.days) || 0);
  if (locked === undefined) doubts.push('whether its retention is locked is not told');
  else if (!locked) {
    mutable.push(
      store.type === TYPE.bucket ? (store.properties['retentionPolicy'] === undefined ? 'the bucket has no retention policy' : 'its retention policy is not locked: whoever manages the bucket can remove it')
      : store.type === TYPE.logBucket ? 'the log bucket is not locked: whoever manages it can shorten its retention or delete it'
      : 'only a project\'s log bucket can be locked',
    );
  }
  if (days instanceof Unknown) doubts.push(`how long it keeps records is not told (${days.reason})`);
  else if (days === undefined || days < needed) mutable.push(`it keeps records ${days ?? 0} days, fewer than ${needed}`);
  const delivered = sinksOf(deployment).filter((sink) => sink.store === store);
  judgeDelivery(deployment, store, delivered, mutable, doubts);

  const canWeaken = [...changers(deployment, store), ...delivered.flatMap(({ project }) => (typeof project === 'string' ? projectChangers(deployment, project) : []))];
  judgeKey(deployment, store, mutable, doubts, canWeaken);
  const project = projectOf(deployment, store);
  canWeaken.push({
    principal: `roles/owner of project ${typeof project === 'string' ? project : '(not told)'} or above`,
    via: locked === true && mutable.length === 0 ? 'can stop new records (sinks, audit configuration) and delete the project once its lien is lifted; cannot remove old records' : 'can shorten the retention and delete records',
  });
  const unique = new Map(canWeaken.map((one) => [`${one.principal} ${one.via}`, one]));
  return {
    cloud: 'gcp', log: store.id, days: typeof days === 'number' && locked ? Math.floor(days) : null,
    verdict: mutable.length > 0 ? 'mutable' : doubts.length > 0 ? 'unknown' : 'immutable',
    canWeaken: [...unique.values()], reasons: [...new Set([...mutable, ...doubts])],
  };
}

/** What is sent to a store, project by project: one sink that takes everything makes up for others that do not. */
function judgeDelivery(deployment: Deployment, store: Resource, delivered: readonly Sink[], mutable: string[], doubts: string[]): void {
  const groups = new Map<string, Sink[]>();
  for (const sink of delivered) {
    const from = sink.everything ? 'everything' : sink.project instanceof Unknown ? `the project of ${sink.resource.name}` : (sink.project ?? sink.resource.type);
    groups.set(from, [...(groups.get(from) ?? []), sink]);
  }
  for (const [, group] of groups) {
    if (group.some(isComplete)) continue;
    for (const { resource, disabled, exclusions, filter } of group) {
      if (disabled === true) mutable.push(`${resource.name} is disabled: nothing arrives`);
      else if (disabled === undefined) doubts.push(`whether ${resource.name} is on is not told`);
      if (exclusions > 0) mutable.push(`${resource.name} excludes entries`);
      if (filter !== '') doubts.push(`${resource.name} sends only what its filter takes: ${filter ?? 'not told'}`);
    }
  }
  // A sink writes to a log bucket of its own project without a grant.
  for (const sink of delivered) {
    if (flag(sink.resource, 'uniqueWriterIdentity', true) === false) mutable.push(`${sink.resource.name} writes as an identity that every customer's sinks share: others can write records here too`);
    const own = store.type === TYPE.logBucket && sink.project !== undefined && sameProject(deployment, sink.project, projectOf(deployment, store)) === 'yes';
    if (!own && sink.disabled !== true && !mayWrite(deployment, store, sink)) doubts.push(`nothing in the artifact lets ${sink.resource.name} write here: its records may be lost`);
  }
}

const WRITERS = new Set(['roles/storage.objectCreator', 'roles/storage.objectAdmin', 'roles/storage.objectUser', 'roles/storage.admin', 'roles/storage.legacyBucketWriter', 'roles/storage.legacyBucketOwner', 'roles/logging.bucketWriter', 'roles/logging.admin', 'roles/owner', 'roles/editor']);

/** Whether some grant of the artifact lets the identity of a sink write to a store. */
function mayWrite(deployment: Deployment, store: Resource, sink: Sink): boolean {
  const own = grantsOnBucket(deployment, store).map(({ resource }) => resource);
  return [...own, ...grantsOnProject(deployment, projectOf(deployment, store)).map(({ resource }) => resource)].some((resource) => bindingsOf(resource).some(({ role, members, condition }) =>
    WRITERS.has(role) && (condition === null || allowsStore(condition, store)) && !(own.includes(resource) && own.some((other) => other !== resource && replaces(other, resource, role)))
    && members.some((member) => deployment.refersTo(member, sink.resource) || member === 'serviceAccount:cloud-logs@system.gserviceaccount.com')));
}

/** Whether one resource takes away what another binds on the same bucket: policies every binding, bindings the members of their role. */
function replaces(other: Resource, resource: Resource, role: string): boolean {
  if (isAuthoritative(resource)) return false;
  return isAuthoritative(other) || (/IAMBinding:/.test(other.type) && text(other.properties['role']) === role && /IAMMember:/.test(resource.type));
}

/** Whether the condition of a binding holds for a store: a test of its name, and of nothing else. */
function allowsStore(condition: string, store: Resource): boolean {
  const own = text(store.properties[store.type === TYPE.bucket ? 'name' : 'bucketId']);
  const whole = text(store.properties['location']) === undefined || store.type === TYPE.bucket ? `projects/_/buckets/${own ?? ''}` : `locations/${text(store.properties['location']) ?? ''}/buckets/${own ?? ''}`;
  const [, test, quoted] = /^\s*resource\.name(?:\.(endsWith|startsWith)\(|\s*==\s*)["']([^"'\\]*)["']\)?\s*$/.exec(condition) ?? [];
  if (own === undefined || quoted === undefined) return false;
  return test === 'endsWith' ? whole.endsWith(quoted) || quoted.endsWith(whole) : test === 'startsWith' ? whole.startsWith(quoted) : quoted === whole || quoted.endsWith(`/${whole}`);
}

interface Granting {
  readonly resource: Resource;
  readonly on: 'bucket' | 'project' | 'folder or organisation';
}

function grantsOnBucket(deployment: Deployment, store: Resource): Granting[] {
  if (store.type !== TYPE.bucket) return [];
  const name = text(store.properties['name']);
  return deployment.resources.filter(({ type, properties }) => /^gcp:storage\/bucketIAM(Policy|Binding|Member):/.test(type) && (bucketOf(deployment, properties['bucket']) === store || text(properties['bucket'])?.replace(/^b\//, '') === name)).map((resource) => ({ resource, on: 'bucket' }));
}

function grantsOnProject(deployment: Deployment, project: string | Unknown | undefined): Granting[] {
  return deployment.resources.flatMap((resource): Granting[] => {
    const level = levelOf(resource);
    if (level?.scope === 'project') return sameProject(deployment, level.on, project) === 'no' ? [] : [{ resource, on: 'project' }];
    return level ? [{ resource, on: 'folder or organisation' }] : [];
  });
}

/** Predefined roles that can shorten, stop, redirect or delete. Source: Cloud Logging and Cloud Storage access control. */
const WEAKENING_ROLES = new Set([
  'roles/owner', 'roles/editor', 'roles/logging.admin', 'roles/logging.configWriter', 'roles/storage.admin', 'roles/storage.legacyBucketOwner', 'roles/iam.securityAdmin',
  'roles/resourcemanager.projectIamAdmin', 'roles/resourcemanager.folderAdmin', 'roles/resourcemanager.folderIamAdmin', 'roles/resourcemanager.organizationAdmin', 'roles/resourcemanager.projectDeleter', 'roles/resourcemanager.lienModifier',
]);
/** Roles that remove or replace objects, which a locked retention refuses. */
const DELETING_ROLES = new Set(['roles/storage.objectAdmin', 'roles/storage.objectUser', 'roles/storage.legacyBucketWriter']);
const WEAKENING_PERMISSION = /^(logging\.(buckets|sinks|exclusions|logs|views|links)\.(update|delete|create|undelete)|logging\.settings\.update|storage\.buckets\.(update|delete|setIamPolicy)|resourcemanager\.(projects\.(delete|setIamPolicy)|(folders|organizations)\.setIamPolicy)|iam\.roles\.update)$/;

/** Whether a role can weaken a log store. */
export function weakensLogs(deployment: Deployment, role: string, locked: boolean): 'yes' | 'no' | 'unknown' {
  const custom = customPermissions(deployment, role);
  if (custom === 'unknown') return 'unknown';
  if (custom) return custom.some((permission) => WEAKENING_PERMISSION.test(permission) || (!locked && permission === 'storage.objects.delete')) ? 'yes' : 'no';
  if (role.includes('${')) return 'unknown';
  return WEAKENING_ROLES.has(role) || (!locked && DELETING_ROLES.has(role)) ? 'yes' : 'no';
}

/** Members that the artifact gives a weakening role. */
function holders(deployment: Deployment, grants: readonly Granting[], locked: boolean, where: string): GateChanger[] {
  return grants.flatMap(({ resource, on }) => bindingsOf(resource).flatMap(({ role, members, unreadable }): GateChanger[] => {
    if (unreadable !== null) return [{ principal: `members of ${resource.name}`, via: `a binding on the ${on} that is not told: ${unreadable}` }];
    const power = weakensLogs(deployment, role, locked);
    if (power === 'no') return [];
    return members.map((principal) => ({ principal, via: `${role} on the ${on} ${where}, bound by ${resource.name}${power === 'unknown' ? ', which the kit cannot judge' : ''}` }));
  }));
}

function changers(deployment: Deployment, store: Resource): GateChanger[] {
  const project = projectOf(deployment, store);
  return holders(deployment, [...grantsOnBucket(deployment, store), ...grantsOnProject(deployment, project)], isLocked(store) === true, 'of the store');
}

/** Who can stop or redirect a sink. */
function projectChangers(deployment: Deployment, project: string): GateChanger[] {
  return holders(deployment, grantsOnProject(deployment, project), true, 'of the logs');
}

const DESTROYING_ROLES = new Set(['roles/owner', 'roles/editor', 'roles/cloudkms.admin']);

/** A customer key: destroying it destroys what the lock protects. */
function judgeKey(deployment: Deployment, store: Resource, mutable: string[], doubts: string[], canWeaken: GateChanger[]): void {
  const { value, key } = storeKey(deployment, store);
  if (value === undefined || value === null) return;
  if (!key) {
    canWeaken.push({ principal: 'whoever may destroy its key, which is not in the artifact', via: 'the store is encrypted under a customer key' });
    return;
  }
  for (const grant of grantsOn(deployment, key)) {
    if (grant.unreadable !== null) doubts.push(`who may destroy its key ${key.name} is not told: ${grant.source.name}: ${grant.unreadable}`);
    const custom = customPermissions(deployment, grant.role);
    const destroys = Array.isArray(custom) ? custom.includes('cloudkms.cryptoKeyVersions.destroy') : custom === 'unknown' || DESTROYING_ROLES.has(grant.role);
    if (!destroys) continue;
    for (const member of grant.members) {
      canWeaken.push({ principal: member, via: `${grant.role} on the ${grant.scope} of its key ${key.name}, bound by ${grant.source.name}: can destroy it` });
      if (member === 'allUsers' || member === 'allAuthenticatedUsers') mutable.push(`${member} can destroy its key ${key.name}`);
    }
  }
}
