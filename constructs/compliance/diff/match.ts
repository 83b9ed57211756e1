import { Deployment, isList, isObject, type Properties, referenceKey, type Resource, Unknown, type Value } from '../model.js';
import { canonical } from './canonical.js';

/** Which resource of the base is which of the head, whatever they are called. */
export interface Matching {
  /** By resource of the head. */
  readonly pairs: ReadonlyMap<Resource, Resource>;
  readonly removed: readonly Resource[];
  readonly added: readonly Resource[];
  /** The head with the base's ids and names, so that everything said of it compares with what is said of the base. */
  readonly aligned: Deployment;
  /** The resource of the head behind one of `aligned`. */
  readonly original: ReadonlyMap<Resource, Resource>;
  /** By id in the base, id in the head; only where they differ. */
  readonly renamed: ReadonlyMap<string, string>;
}

/** The property that only names the resource, where it is not its type's last word with `Name`, or plain `name`. */
const OWN_NAME: Readonly<Record<string, string>> = {
  'azure-native:compute:VirtualMachine': 'vmName',
  'azure-native:compute:VirtualMachineScaleSet': 'vmScaleSetName',
  'azure-native:managedidentity:UserAssignedIdentity': 'resourceName',
  'azure-native:storage:StorageAccount': 'accountName',
  'azure-native:storage:BlobContainer': 'containerName',
  'azure-native:attestation:AttestationProvider': 'providerName',
  'azure-native:authorization:RoleDefinition': 'roleDefinitionId',
  'gcp:serviceaccount/account:Account': 'accountId',
  'gcp:projects/iAMCustomRole:IAMCustomRole': 'roleId',
  'gcp:organizations/iAMCustomRole:IAMCustomRole': 'roleId',
  'gcp:iam/workloadIdentityPool:WorkloadIdentityPool': 'workloadIdentityPoolId',
  'gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider': 'workloadIdentityPoolProviderId',
  'gcp:tags/tagKey:TagKey': 'shortName',
  'gcp:tags/tagValue:TagValue': 'shortName',
};
/** Types whose name says what they are about: a domain, a constraint, a service, a bucket that the provider defines. */
const NAMED_FOR_WHAT_THEY_DO = /^AWS::Route53|privatedns|:PrivateDnsZone|^gcp:(dns|orgpolicy|projects\/service|logging\/\w+BucketConfig)/;

/** The property that names a resource and decides nothing else. */
export function ownName({ cloud, type }: Resource): string | undefined {
  if (NAMED_FOR_WHAT_THEY_DO.test(type)) return undefined;
  const special = OWN_NAME[type];
  if (special !== undefined) return special;
  if (cloud === 'gcp') return 'name';
  const last = type.split(/::?/).at(-1) ?? '';
  return cloud === 'aws' ? `${last}Name` : `${last.charAt(0).toLowerCase()}${last.slice(1)}Name`;
}

/** Least share of equal settings between two resources of one type that are the same one under two names. */
const LIKENESS = 0.6;
/** Pairs of one type that are compared setting by setting. */
const MOST_PAIRS = 40_000;
const ROUNDS = 16;

/** Pairs the resources of two deployments: first by id, then by what they are. */
export function match(base: Deployment, head: Deployment): Matching {
  const pairs = new Map<Resource, Resource>();
  const oneStack = base.cloud !== 'aws' || (stacks(base) === 1 && stacks(head) === 1);
  const key = (resource: Resource): string => `${resource.type} ${resource.cloud === 'aws' ? (oneStack ? resource.id.slice(resource.id.indexOf('/') + 1) : resource.id) : resource.id.split('::').slice(2).join('::')}`;
  const byKey = new Map<string, Resource>();
  for (const resource of base.resources) byKey.set(key(resource), resource);
  const free = new Set(base.resources);
  const open = new Set<Resource>();
  for (const resource of head.resources) {
    const found = byKey.get(key(resource));
    if (found && free.delete(found)) pairs.set(resource, found);
    else open.add(resource);
  }
  if (open.size > 0 && free.size > 0) alike(base, head, pairs, free, open);
  return align(base, head, pairs, [...free], [...open]);
}

const stacks = ({ resources }: Deployment): number => new Set(resources.map(({ id }) => id.split('/')[0])).size;

function byType(resources: Iterable<Resource>): Map<string, Resource[]> {
  const result = new Map<string, Resource[]>();
  for (const resource of resources) {
    const list = result.get(resource.type);
    if (list) list.push(resource);
    else result.set(resource.type, [resource]);
  }
  return result;
}

/** Pairs what is left by likeness; every pair found makes the references of the others comparable. */
function alike(base: Deployment, head: Deployment, pairs: Map<Resource, Resource>, free: Set<Resource>, open: Set<Resource>): void {
  const take = ({ after, before }: Candidate): number => {
    if (!open.has(after) || !free.has(before)) return 0;
    open.delete(after);
    free.delete(before);
    pairs.set(after, before);
    return 1;
  };
  for (let round = 0; round < ROUNDS; round++) {
    const known = new Map<Resource, string>();
    for (const [after, before] of pairs) {
      known.set(after, before.id);
      known.set(before, before.id);
    }
    let found = 0;
    const ties: Candidate[] = [];
    const [incomingBefore, incomingAfter] = [referrers(base, known), referrers(head, known)];
    const candidates = byType(free);
    for (const [type, heads] of byType(open)) {
      const bases = candidates.get(type);
      if (!bases || bases.length * heads.length > MOST_PAIRS) continue;
      const settings = new Map([...bases.map((one) => [one, features(base, one, known, incomingBefore)] as const), ...heads.map((one) => [one, features(head, one, known, incomingAfter)] as const)]);
      const scored = heads.flatMap((after) => bases.map((before) => ({ after, before, score: likeness(settings.get(before)!, settings.get(after)!), names: nearness(before, after) })))
        .filter(({ score }) => score >= LIKENESS)
        .sort((a, b) => b.score - a.score || b.names - a.names || (a.after.id < b.after.id ? -1 : 1) || (a.before.id < b.before.id ? -1 : 1));
      // Two that are equally like a third are told apart when what refers to them is known.
      const [bestOfHead, bestOfBase] = [new Map<Resource, number[]>(), new Map<Resource, number[]>()];
      for (const { after, before, score } of scored) {
        bestOfHead.set(after, [...(bestOfHead.get(after) ?? []), score]);
        bestOfBase.set(before, [...(bestOfBase.get(before) ?? []), score]);
      }
      const alone = (scores: readonly number[] | undefined, score: number): boolean => scores?.[0] === score && (scores.length < 2 || scores[1] !== score);
      for (const candidate of scored) {
        const { after, before, score } = candidate;
        if (alone(bestOfHead.get(after), score) && alone(bestOfBase.get(before), score)) found += take(candidate);
        else ties.push(candidate);
      }
    }
    if (found > 0) continue;
    for (const candidate of ties) found += take(candidate);
    if (found === 0) return;
  }
}

interface Candidate {
  readonly after: Resource;
  readonly before: Resource;
  readonly score: number;
  readonly names: number;
}

/** Which resources that are already paired refer to a resource. */
function referrers(deployment: Deployment, known: ReadonlyMap<Resource, string>): ReadonlyMap<Resource, ReadonlySet<string>> {
  const result = new Map<Resource, Set<string>>();
  for (const resource of deployment.resources) {
    const id = known.get(resource);
    if (id === undefined) continue;
    for (const target of deployment.targets(resource.properties)) {
      if (!known.has(target)) result.set(target, (result.get(target) ?? new Set()).add(`<- ${id}`));
    }
  }
  return result;
}

/** Settings as `path=value`; references stand for what they refer to. */
function features(deployment: Deployment, resource: Resource, known: ReadonlyMap<Resource, string>, incoming: ReadonlyMap<Resource, ReadonlySet<string>>): ReadonlySet<string> {
  const result = new Set<string>(incoming.get(resource));
  const rewrite = (text: string): string => (text.includes('${') ? text.replace(/\$\{(?!!)[^}]+\}/g, (reference) => {
    const target = deployment.target(reference);
    return target ? `{${known.get(target) ?? target.type}}` : reference;
  }) : text);
  const walk = (value: Value, path: string): void => {
    if (isObject(value)) for (const [name, inner] of Object.entries(value)) walk(inner, `${path}.${name}`);
    else if (isList(value)) for (const item of value) walk(item, path);
    else result.add(`${path}=${canonical(value, rewrite)}`);
  };
  for (const [name, value] of Object.entries(resource.properties)) walk(value, name);
  return result;
}

function likeness(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  if (a.size === 0 && b.size === 0) return 1;
  let common = 0;
  for (const item of a) if (b.has(item)) common++;
  return common / (a.size + b.size - common);
}

/** How much of the beginning two names share, without the hash that the CDK appends. */
function nearness(a: Resource, b: Resource): number {
  const [one, two] = [a.name.replace(/[0-9A-F]{8}$/, ''), b.name.replace(/[0-9A-F]{8}$/, '')];
  let length = 0;
  while (length < one.length && one[length] === two[length]) length++;
  return length / Math.max(one.length, two.length, 1);
}

/** The head under the base's ids and names. */
function align(base: Deployment, head: Deployment, pairs: ReadonlyMap<Resource, Resource>, removed: readonly Resource[], added: readonly Resource[]): Matching {
  const taken = new Set(base.resources.map(({ id }) => id));
  const ids = new Map<string, string>();
  const references = new Map<string, string>();
  const names = new Map<Resource, string>();
  const renamed = new Map<string, string>();
  for (const resource of head.resources) {
    const before = pairs.get(resource);
    // What is new must not be taken for something old that bore its name.
    const id = before?.id ?? (taken.has(resource.id) ? `${resource.id}~new` : resource.id);
    const name = before?.name ?? (id === resource.id ? resource.name : `${resource.name}~new`);
    if (before && before.id !== resource.id) renamed.set(before.id, resource.id);
    if (id !== resource.id) ids.set(resource.id, id);
    const [from, to] = resource.cloud === 'aws' ? [resource.id, id] : [referenceKey(resource.type, resource.name), referenceKey(resource.type, name)];
    if (from !== to) references.set(from, to);
    names.set(resource, name);
  }
  const { tokens, owners } = nameTokens(base, head, pairs);
  if (ids.size === 0 && references.size === 0 && tokens.size === 0) {
    return { pairs, removed, added, aligned: head, original: new Map(head.resources.map((one) => [one, one])), renamed };
  }
  const rewrite = rewriter(references, tokens, ids);
  const original = new Map<Resource, Resource>();
  const resources = head.resources.map((resource) => {
    const copy: Resource = {
      ...resource, id: ids.get(resource.id) ?? resource.id, name: names.get(resource) as string,
      properties: named(rewriteProperties(resource.properties, rewrite), owners.get(resource)), attributes: rewriteProperties(resource.attributes, rewrite),
    };
    original.set(copy, resource);
    return copy;
  });
  const environments = { ...head.environments };
  for (const [after, before] of pairs) {
    const [from, to] = [after.id.slice(0, after.id.lastIndexOf('/')), before.id.slice(0, before.id.lastIndexOf('/'))];
    const environment = head.environments[from];
    if (environment) environments[to] = environment;
  }
  return { pairs, removed, added, aligned: new Deployment(head.cloud, resources, head.workload, head.today, environments), original, renamed };
}

/** How names of a type are told from equal names of others. */
const IN_CONTEXT: Readonly<Record<string, string>> = { 'AWS::IAM::Role': 'role/', 'AWS::IAM::User': 'user/', 'AWS::IAM::InstanceProfile': 'instance-profile/', 'AWS::S3::Bucket': 'arn:aws:s3:::', 'AWS::DynamoDB::Table': 'table/', 'AWS::Logs::LogGroup': 'log-group:' };

/** A name that can be told from other text. */
const NAME = /^[\w.:/@+=,~-]{3,}$/;

interface Names {
  /** Text at the head, to what it was. */
  readonly tokens: ReadonlyMap<string, string>;
  /** Resources of the head whose own name reads as it was. */
  readonly owners: ReadonlyMap<Resource, readonly [property: string, name: string]>;
}

/**
 * Physical names that changed with their resource, to what they were. Only where nothing else of either side bears the
 * name: two roles that swap theirs are not a rename.
 */
function nameTokens(base: Deployment, head: Deployment, pairs: ReadonlyMap<Resource, Resource>): Names {
  const renames: { readonly resource: Resource; readonly property: string; readonly from: string; readonly to: string; readonly context: string }[] = [];
  for (const [resource, before] of pairs) {
    const property = ownName(resource);
    const [from, to] = property === undefined ? [] : [resource.properties[property], before.properties[property]];
    if (property === undefined || typeof from !== 'string' || typeof to !== 'string' || from === to || !NAME.test(from) || !NAME.test(to)) continue;
    renames.push({ resource, property, from, to, context: IN_CONTEXT[resource.type] ?? '' });
  }
  const tokens = new Map<string, string>();
  const owners = new Map<Resource, readonly [string, string]>();
  if (renames.length === 0) return { tokens, owners };
  // A name is looked for where it is used: the resource's own statement of it is what changed.
  const text = (deployment: Deployment): string => JSON.stringify([...deployment.resources.map((one) => {
    const property = ownName(one);
    return property === undefined ? one.properties : { ...one.properties, [property]: null };
  }), deployment.workload]);
  const borne = (deployment: Deployment): Set<string> => new Set(deployment.resources.map((one) => `${one.type} ${String(one.properties[ownName(one) ?? ''] as string)}`));
  const [inBase, inHead, baseNames, headNames] = [text(base), text(head), borne(base), borne(head)];
  const unambiguous = (from: string, to: string): boolean => !(inBase.includes(from) && token(from).test(inBase)) && !(inHead.includes(to) && token(to).test(inHead));
  for (const { resource, property, from, to, context } of renames) {
    if (baseNames.has(`${resource.type} ${from}`) || headNames.has(`${resource.type} ${to}`)) continue;
    const pair = unambiguous(from, to) && !renames.some((other) => (other.from === from) !== (other.to === to)) ? [from, to] as const
      : context !== '' && unambiguous(`${context}${from}`, `${context}${to}`) ? [`${context}${from}`, `${context}${to}`] as const : undefined;
    if (!pair) continue;
    tokens.set(...pair);
    owners.set(resource, [property, to]);
  }
  return { tokens, owners };
}

const token = (name: string): RegExp => new RegExp(`(?<![\\w-])${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w-])`, 'g');

const named = (properties: Properties, owner: readonly [property: string, name: string] | undefined): Properties => (owner ? { ...properties, [owner[0]]: owner[1] } : properties);

function rewriter(references: ReadonlyMap<string, string>, tokens: ReadonlyMap<string, string>, ids: ReadonlyMap<string, string>): (text: string) => string {
  const patterns = [...tokens].map(([from, to]) => [from, token(from), to] as const);
  return (text) => {
    const id = ids.get(text);
    if (id !== undefined) return id;
    let result = text;
    if (references.size > 0 && result.includes('${')) {
      result = result.replace(/\$\{(?!!)([^}]+)\}/g, (whole, inner: string) => {
        const start = inner.includes('::') ? inner.indexOf('.', inner.indexOf('::')) : inner.indexOf('.', inner.indexOf('/') + 1);
        const key = start < 0 ? inner : inner.slice(0, start);
        const to = references.get(key);
        return to === undefined ? whole : `\${${to}${start < 0 ? '' : inner.slice(start)}}`;
      });
    }
    for (const [from, pattern, to] of patterns) if (result.includes(from)) result = result.replace(pattern, to);
    return result;
  };
}

function rewriteProperties(properties: Properties, rewrite: (text: string) => string): Properties {
  // Opaque properties answer every name with Unknown and have nothing to rewrite.
  if ('Fn::Transform' in properties) return properties;
  return rewriteValue(properties, rewrite) as Properties;
}

function rewriteValue(value: Value, rewrite: (text: string) => string): Value {
  if (typeof value === 'string') return rewrite(value);
  if (value instanceof Unknown) return value.within ? new Unknown(value.reason, value.within.map((item) => rewriteValue(item, rewrite))) : value;
  if (isList(value)) return value.map((item) => rewriteValue(item, rewrite));
  if (!isObject(value)) return value;
  const result: Record<string, Value> = {};
  for (const [name, inner] of Object.entries(value)) Object.defineProperty(result, rewrite(name), { value: rewriteValue(inner, rewrite), enumerable: true, writable: true, configurable: true });
  return result;
}
