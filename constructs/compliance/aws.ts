/** What the AWS checks share: tri-state settings, policies, and who is who in a deployment. Plain data in, plain data out. */
import { at, type Deployment, findUnknown, isList, isObject, perDeployment, type Resource, strings, Unknown, type Value } from './model.js';
import { processesPhi, tagsOf } from './phi.js';
import { fail, type Defect, unknown } from './rule.js';

/** A boolean setting: CloudFormation takes `true` and `"true"`. Absent reads as `undefined`. */
export function flag(value: Value | undefined): boolean | Unknown | undefined {
  if (value === undefined || value === null) return undefined;
  if (value instanceof Unknown || typeof value === 'boolean') return value;
  const text = typeof value === 'string' ? value.toLowerCase() : '';
  return text === 'true' ? true : text === 'false' ? false : new Unknown(`${JSON.stringify(value)} is not a boolean`);
}

export function number(value: Value | undefined): number | Unknown | undefined {
  if (value === undefined || value === null || value instanceof Unknown) return value ?? undefined;
  const parsed = typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
  return Number.isFinite(parsed) ? parsed : new Unknown(`${JSON.stringify(value)} is not a number`);
}

/** A list as CloudFormation reads it: one value stands for a list of one. */
export function list(value: Value | undefined): readonly Value[] | Unknown {
  if (value instanceof Unknown) return value;
  if (value === undefined || value === null) return [];
  return isList(value) ? value : [value];
}

/** A defect unless the setting has the wanted value; unknown settings are reported as such. */
export function want(resource: Resource, path: string, wanted: boolean, why: string, absent?: boolean): Defect[] {
  const value = flag(at(resource.properties, path)) ?? absent;
  if (value instanceof Unknown) return [unknown(path, `${path} is not known: ${value.reason}`)];
  return value === wanted ? [] : [fail(path, `${path} is ${value === undefined ? 'not set' : String(value)}: ${why}`)];
}

/** A plain value as text; empty for anything else. */
export function text(value: Value | undefined): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** Shows a value in a message, shortened. */
export function shown(value: Value | undefined): string {
  const text = value === undefined ? 'not set' : typeof value === 'string' ? `"${value}"` : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** One statement of a policy document. */
export interface PolicyStatement {
  readonly path: string;
  readonly effect: string;
  /** `*`, ARNs, account ids and service names; undefined for identity policies and `NotPrincipal`. */
  readonly principals: readonly string[] | undefined;
  readonly notPrincipal: boolean;
  /** Lower case. */
  readonly actions: readonly string[];
  readonly notActions: boolean;
  readonly resources: readonly string[];
  readonly notResources: boolean;
  /** Operator, key and values, all in lower case but the values. */
  readonly conditions: readonly { readonly operator: string; readonly key: string; readonly values: readonly string[] }[];
}

/** The statements of a policy document, or `Unknown` when a part that decides is not known. */
export function statements(document: Value | undefined, path: string): readonly PolicyStatement[] | Unknown {
  if (document === undefined || document === null) return [];
  if (document instanceof Unknown) return document;
  if (typeof document === 'string') {
    try {
      return statements(JSON.parse(document) as Value, path);
    } catch {
      return new Unknown('the policy is text that is not JSON');
    }
  }
  const items = list(at(document, 'Statement'));
  if (items instanceof Unknown) return items;
  const result: PolicyStatement[] = [];
  for (const [index, item] of items.entries()) {
    if (!isObject(item)) return item instanceof Unknown ? item : new Unknown('a statement is not an object');
    const gap = findUnknown(item);
    if (gap) return gap;
    const texts = (value: Value | undefined): string[] => [...strings(value)];
    const has = (key: string): boolean => item[key] !== undefined && item[key] !== null;
    result.push({
      path: `${path}.Statement[${index}]`,
      effect: typeof item['Effect'] === 'string' ? item['Effect'] : '',
      principals: has('Principal') ? texts(item['Principal']) : undefined,
      notPrincipal: has('NotPrincipal'),
      actions: texts(item['Action'] ?? item['NotAction']).map((action) => action.toLowerCase()),
      notActions: has('NotAction'),
      resources: texts(item['Resource'] ?? item['NotResource']),
      notResources: has('NotResource'),
      conditions: isObject(item['Condition'])
        ? Object.entries(item['Condition']).flatMap(([operator, keys]) => (isObject(keys) ? Object.entries(keys) : []).map(([key, values]) => ({
            operator: operator.toLowerCase(), key: key.toLowerCase(), values: (isList(values) ? values : [values]).map(text),
          })))
        : [],
    });
  }
  return result;
}

/** Whether an IAM pattern (`*`, `?`) covers a text; case does not matter for actions. */
export function covers(pattern: string, text: string): boolean {
  const source = pattern.toLowerCase().replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*+/g, '.*').replace(/\?/g, '.');
  return new RegExp(`^${source}$`, 's').test(text.toLowerCase());
}

/** Whether a statement speaks of an action, `NotAction` included. */
export function speaksOf(statement: PolicyStatement, action: string): boolean {
  const named = statement.actions.some((pattern) => covers(pattern, action));
  return statement.notActions ? !named : named;
}

export const isAllow = (statement: PolicyStatement): boolean => statement.effect === 'Allow';
export const isDeny = (statement: PolicyStatement): boolean => statement.effect === 'Deny';

/** Whether a statement names everybody. */
export function namesEverybody(statement: PolicyStatement): boolean {
  return statement.notPrincipal || (statement.principals?.some((principal) => principal === '*') ?? false);
}

/** Condition keys that tie a caller or a resource to an account or organisation, or a caller to an endpoint. */
const OWNERSHIP_KEYS: ReadonlySet<string> = new Set([
  'aws:principalaccount', 'aws:principalorgid', 'aws:principalorgpaths', 'aws:principalarn', 'aws:resourceaccount', 'aws:resourceorgid', 'aws:resourceorgpaths',
  'aws:sourceaccount', 'aws:sourceowner', 'aws:sourceorgid', 'aws:sourcearn', 'aws:sourcevpce', 'aws:sourcevpc', 'kms:calleraccount',
]);

/** Whether an Allow holds only for named accounts, organisations, ARNs or endpoints. */
export function isBound(statement: PolicyStatement): boolean {
  return statement.conditions.some(({ operator, key, values }) =>
    OWNERSHIP_KEYS.has(key) && /^(foranyvalue:)?(stringequals|stringequalsignorecase|stringlike|arnequals|arnlike)$/.test(operator) && values.length > 0 && values.every((value) => !/^[*?]*$/.test(value)));
}

/**
 * Actions that statements do not deny to everybody whose request comes through no named endpoint: the negated operator
 * matches too when there is no endpoint. A second condition in the same statement would let requests through.
 */
export function pastEndpoints(deployment: Deployment, service: string, all: readonly PolicyStatement[], actions: readonly string[]): readonly string[] {
  const own = deployment.ofType('AWS::EC2::VPCEndpoint').filter(({ properties }) => properties['ServiceName'] instanceof Unknown || text(properties['ServiceName']).split('.').includes(service));
  return actions.filter((action) => !all.some((statement) =>
    isDeny(statement) && namesEverybody(statement) && !statement.notPrincipal && speaksOf(statement, action) && statement.conditions.length === 1 &&
    statement.conditions.some(({ operator, key, values }) => operator === 'stringnotequals' && (key === 'aws:sourcevpce' || key === 'aws:sourcevpc') && values.length > 0 &&
      // Without an endpoint in the artifact a literal id may be the right one.
      values.every((value) => !/[*?]/.test(value) && (key === 'aws:sourcevpc' || own.length === 0 || own.some((endpoint) => deployment.refersTo(value, endpoint)))))));
}

/** Account ids that belong to the deployment: those of its stacks and those that the workload file places something in. */
export function ownAccounts(deployment: Deployment): ReadonlySet<string> {
  const result = new Set<string>();
  for (const { account } of Object.values(deployment.environments)) result.add(account);
  for (const text of strings((deployment.workload?.clouds.aws ?? null) as Value)) if (/^\d{12}$/.test(text)) result.add(text);
  return result;
}

/** Allow statements that name principals of accounts which are not the deployment's. */
export function foreignPrincipals(deployment: Deployment, all: readonly PolicyStatement[]): readonly { readonly path: string; readonly principals: string; readonly actions: string }[] {
  const own = ownAccounts(deployment);
  if (own.size === 0) return [];
  return all.filter(isAllow).flatMap(({ path, principals, actions }) => {
    const foreign = (principals ?? []).filter((principal) => {
      const account = /^(?:arn:[^:]*:(?:iam|sts)::)?(\d{12})(?::|$)/.exec(principal)?.[1];
      return account !== undefined && !own.has(account);
    });
    return foreign.length > 0 ? [{ path, principals: foreign.join(', '), actions: actions.join(', ') }] : [];
  });
}

/**
 * Why what is sent to an address may reach others: it names an account that is not the deployment's, a bucket that is not
 * among the artifacts (its ARN names no account), or is not known. An address of the own accounts is no defect.
 */
export function sentAway(deployment: Deployment, path: string, value: Value | undefined, what: string): Defect[] {
  if (value === undefined || value === null) return [];
  if (value instanceof Unknown) return [unknown(path, `where ${what} go is not known: ${value.reason}`)];
  const own = ownAccounts(deployment);
  const foreign = [...strings(value)].flatMap((part) => [...part.matchAll(/arn:[^:]*:[^:]*:[^:]*:(\d{12}):/g)].map((match) => match[1] as string)).filter((account) => own.size > 0 && !own.has(account));
  if (foreign.length > 0) return [fail(path, `${what} go to account ${[...new Set(foreign)].join(', ')}: ${shown(value)}`)];
  return [...strings(value)].some((part) => /^arn:[\w-]+:s3:::/.test(part) && bucketOf(deployment, part) === undefined) ? [unknown(path, `${what} go to ${shown(value)}, which is not among the artifacts: whose it is cannot be told`)] : [];
}

/** What a bucket tells of its objects to others: notifications, written on the bucket or by the CDK's own resource. */
export function notified(deployment: Deployment, bucket: Resource): readonly (readonly [Resource, Defect[]])[] {
  const lists = [['LambdaConfigurations', 'Function'], ['QueueConfigurations', 'Queue'], ['TopicConfigurations', 'Topic'], ['LambdaFunctionConfigurations', 'LambdaFunctionArn'], ['QueueConfigurations', 'QueueArn'], ['TopicConfigurations', 'TopicArn']] as const;
  const of = (resource: Resource): Defect[] => {
    const all = resource.properties['NotificationConfiguration'];
    if (all instanceof Unknown) return [unknown('NotificationConfiguration', `who is told of its objects is not known: ${all.reason}`)];
    return lists.flatMap(([name, target]) => {
      const entries = list(at(all, name));
      if (entries instanceof Unknown) return [unknown(`NotificationConfiguration.${name}`, entries.reason)];
      return entries.flatMap((entry, index) => sentAway(deployment, `NotificationConfiguration.${name}[${index}].${target}`, at(entry, target), 'the names of its objects'));
    });
  };
  const custom = deployment.ofType('Custom::S3BucketNotifications').filter(({ properties }) => bucketOf(deployment, properties['BucketName']) === bucket);
  return [bucket, ...custom].map((resource) => [resource, of(resource)] as const);
}

interface Buckets {
  readonly byName: ReadonlyMap<string, Resource>;
  readonly policies: ReadonlyMap<Resource, readonly Resource[]>;
}

const bucketsOf = perDeployment((deployment): Buckets => {
  const byName = new Map<string, Resource>();
  for (const bucket of deployment.ofType('AWS::S3::Bucket')) {
    const name = bucket.properties['BucketName'];
    if (typeof name === 'string' && !byName.has(name)) byName.set(name, bucket);
  }
  const policies = new Map<Resource, Resource[]>();
  for (const policy of deployment.ofType('AWS::S3::BucketPolicy')) {
    const value = policy.properties['Bucket'];
    const named = typeof value === 'string' ? byName.get(value) : undefined;
    for (const bucket of new Set([...deployment.targets(value), ...(named ? [named] : [])])) {
      const list = policies.get(bucket);
      if (list) list.push(policy);
      else policies.set(bucket, [policy]);
    }
  }
  return { byName, policies };
});

/** The policy documents attached to a bucket. */
export function bucketPolicies(deployment: Deployment, bucket: Resource): readonly Resource[] {
  return bucketsOf(deployment).policies.get(bucket) ?? [];
}

/** The bucket that a name, ARN or reference stands for, if it is one of the deployment. */
export function bucketOf(deployment: Deployment, value: Value | undefined): Resource | undefined {
  for (const part of strings(value)) {
    for (const target of deployment.targets(part)) if (target.type === 'AWS::S3::Bucket') return target;
    const found = bucketsOf(deployment).byName.get(part.replace(/^arn:[\w-]+:s3:::/, '').split('/')[0] ?? '');
    if (found) return found;
  }
  return undefined;
}

/** Settings that copy objects, with the path to the bucket inside each entry. */
const COPIES = [['ReplicationConfiguration.Rules', 'Destination.Bucket'], ['InventoryConfigurations', 'Destination.BucketArn'], ['AnalyticsConfigurations', 'StorageClassAnalysis.DataExport.Destination.BucketArn']] as const;

/** Why what goes there leaves the artifact. */
export function copiedOutside(deployment: Deployment, path: string, value: Value | undefined, what: string): Defect[] {
  if (value instanceof Unknown) return [unknown(path, `where ${what} goes is not known: ${value.reason}`)];
  return value !== undefined && bucketOf(deployment, value) === undefined && deployment.target(value) === undefined ? [fail(path, `${what} goes to ${shown(value)}, which is not in the artifact`)] : [];
}

/** Copies that S3 itself makes of a bucket's objects or of their list, to a bucket outside the artifact. */
export function bucketCopies(deployment: Deployment, bucket: Resource): Defect[] {
  return COPIES.flatMap(([path, destination]) => {
      const entries = list(at(bucket.properties, path));
      if (entries instanceof Unknown) return [unknown(path, entries.reason)];
      return entries.flatMap((entry, index) => (at(entry, 'Status') === 'Disabled' ? [] : copiedOutside(deployment, `${path}[${index}]`, at(entry, destination), 'a copy')));
    }).concat(sentAway(deployment, 'MetadataTableConfiguration', at(bucket.properties, 'MetadataTableConfiguration.S3TablesDestination.TableBucketArn'), 'the names of its objects'));
}

interface Stores {
  readonly logs: ReadonlySet<Resource>;
  /** Unlocked buckets whose every object is replicated into a log bucket. */
  readonly intakes: ReadonlySet<Resource>;
}

/** Buckets that receive logs, directly or as replica, and those of them that only pass records on. */
const storesOf = perDeployment((deployment): Stores => {
  const logs = new Set<Resource>();
  const add = (value: Value | undefined): void => {
    const bucket = bucketOf(deployment, value);
    if (bucket) logs.add(bucket);
  };
  for (const trail of deployment.ofType('AWS::CloudTrail::Trail')) add(trail.properties['S3BucketName']);
  for (const flowLog of deployment.ofType('AWS::EC2::FlowLog')) add(flowLog.properties['LogDestination']);
  for (const config of deployment.ofType('AWS::Route53Resolver::ResolverQueryLoggingConfig')) add(config.properties['DestinationArn']);
  for (const channel of deployment.ofType('AWS::Config::DeliveryChannel')) add(channel.properties['S3BucketName']);
  for (const bucket of deployment.ofType('AWS::S3::Bucket')) {
    const logging = bucket.properties['LoggingConfiguration'];
    if (logging !== undefined) add(at(logging, 'DestinationBucketName') ?? undefined);
  }
  for (const balancer of deployment.ofType('AWS::ElasticLoadBalancingV2::LoadBalancer')) {
    const attributes = list(balancer.properties['LoadBalancerAttributes']);
    if (!(attributes instanceof Unknown)) for (const attribute of attributes) if (text(at(attribute, 'Key')).endsWith('_logs.s3.bucket')) add(at(attribute, 'Value'));
  }
  const intakes = new Set<Resource>();
  for (const bucket of logs) {
    const rules = list(at(bucket.properties, 'ReplicationConfiguration.Rules'));
    if (rules instanceof Unknown) continue;
    for (const rule of rules) {
      const target = bucketOf(deployment, at(rule, 'Destination.Bucket'));
      if (target && target !== bucket) logs.add(target);
      const prefix = at(rule, 'Filter.Prefix') ?? at(rule, 'Prefix') ?? '';
      const whole = prefix === '' && at(rule, 'Filter.TagFilter') === undefined && at(rule, 'Filter.And') === undefined;
      if (at(rule, 'Status') === 'Enabled' && whole && at(bucket.properties, 'VersioningConfiguration.Status') === 'Enabled' && at(bucket.properties, 'ObjectLockConfiguration') === undefined) intakes.add(bucket);
    }
  }
  return { logs, intakes };
});

export const logBuckets = (deployment: Deployment): readonly Resource[] => deployment.ofType('AWS::S3::Bucket').filter((bucket) => storesOf(deployment).logs.has(bucket));
export const isIntake = (deployment: Deployment, bucket: Resource): boolean => storesOf(deployment).intakes.has(bucket);

/** The log group that a name, ARN or reference stands for, if it is one of the deployment. */
export function logGroupOf(deployment: Deployment, value: Value | undefined): Resource | undefined {
  const all = deployment.ofType('AWS::Logs::LogGroup');
  for (const target of deployment.targets(value)) if (target.type === 'AWS::Logs::LogGroup') return target;
  const name = typeof value === 'string' ? value.replace(/^arn:[^:]*:logs:[^:]*:[^:]*:log-group:/, '').replace(/:\*$/, '') : undefined;
  return name === undefined ? undefined : all.find(({ properties }) => properties['LogGroupName'] === name);
}

/** Whether some trail records the reads, and the writes unless `reads` are enough, of a store. */
export function recordsData(deployment: Deployment, store: Resource, reads = false): boolean {
  const kind = store.type === 'AWS::S3::Bucket' ? 'AWS::S3::Object' : 'AWS::DynamoDB::Table';
  const covered = (value: Value | undefined): boolean => {
    const texts = [...strings(value)];
    if (kind === 'AWS::S3::Object') return texts.some((text) => /^arn:[\w-]+:s3(:::)?\/?$/.test(text) || (bucketOf(deployment, text) === store && /(\}|arn:[\w-]+:s3:::[^/]+)\/?$/.test(text)));
    return texts.some((text) => /^arn:[\w-]+:dynamodb$/.test(text) || deployment.target(text) === store);
  };
  return deployment.ofType('AWS::CloudTrail::Trail').some((trail) => {
    const advanced = list(trail.properties['AdvancedEventSelectors']);
    const plain = list(trail.properties['EventSelectors']);
    const byField = advanced instanceof Unknown ? false : advanced.some((selector) => {
      const fields = list(at(selector, 'FieldSelectors'));
      if (fields instanceof Unknown) return false;
      const field = (name: string): Value | undefined => fields.find((item) => at(item, 'Field') === name);
      const others = fields.filter((item) => !['eventCategory', 'resources.type', 'resources.ARN'].includes(text(at(item, 'Field'))) && !(reads && text(at(item, 'Field')) === 'readOnly' && [...strings(at(item, 'Equals'))].includes('true')));
      if (others.length > 0 || ![...strings(at(field('eventCategory'), 'Equals'))].includes('Data') || ![...strings(at(field('resources.type'), 'Equals'))].includes(kind)) return false;
      const arns = field('resources.ARN');
      return arns === undefined || covered(at(arns, 'StartsWith')) || covered(at(arns, 'Equals'));
    });
    const byResource = plain instanceof Unknown ? false : plain.some((selector) => {
      const resources = list(at(selector, 'DataResources'));
      return ['All', ...(reads ? ['ReadOnly'] : [])].includes(text(at(selector, 'ReadWriteType') ?? 'All')) && !(resources instanceof Unknown) && resources.some((item) => at(item, 'Type') === kind && covered(at(item, 'Values')));
    });
    return byField || byResource;
  });
}

/** Whether reading a bucket leaves a record: data events of a trail, or its own access log. */
export const recordsReads = (deployment: Deployment, bucket: Resource): boolean => recordsData(deployment, bucket, true) || at(bucket.properties, 'LoggingConfiguration.DestinationBucketName') !== undefined;

/** Whether a reference or an alias stands for a key of the artifacts. */
export function ownKey(deployment: Deployment, value: string): boolean {
  const target = deployment.target(value);
  if (target) return true;
  const alias = /alias\/.+$/.exec(value)?.[0];
  return alias !== undefined && deployment.ofType('AWS::KMS::Alias').some(({ properties }) => properties['AliasName'] === alias && deployment.target(properties['TargetKeyId']) !== undefined);
}

/** Defect of an attribute of a load balancer that has to be `true`; it is off where it is not set. */
export function balancerAttribute(balancer: Resource, key: string, why: string): Defect[] {
  const path = 'LoadBalancerAttributes';
  const all = list(balancer.properties[path]);
  if (all instanceof Unknown) return [unknown(path, all.reason)];
  const value = flag(at(all.find((one) => text(at(one, 'Key')) === key), 'Value'));
  return value === true ? [] : [(value instanceof Unknown ? unknown : fail)(path, `${key} is ${value instanceof Unknown ? 'not known' : value === undefined ? 'not set' : String(value)}: ${why}`)];
}

/** In a PHI deployment every bucket that receives no logs counts as a PHI store: an unlabelled one fails closed. */
export function phiBuckets(deployment: Deployment): readonly Resource[] {
  return processesPhi(deployment) ? deployment.ofType('AWS::S3::Bucket').filter((bucket) => !storesOf(deployment).logs.has(bucket)) : [];
}

export function phiTables(deployment: Deployment): readonly Resource[] {
  return processesPhi(deployment) ? deployment.ofType('AWS::DynamoDB::Table') : [];
}

/** An instance or launch template, with the data that both call by the same names. */
export interface Host {
  readonly resource: Resource;
  readonly data: Value;
  /** Path in front of a property of `data`. */
  readonly prefix: string;
}

/**
 * The machines that run PHI code: instances and launch templates, unless their security groups say that they are in a
 * segment of another purpose. One that does not say where it is counts.
 */
export function teeHosts(deployment: Deployment): readonly Host[] {
  const hosts = machines(deployment);
  const tee = hosts.filter((host) => !isElsewhere(deployment, host.data));
  // A machine with the identity of a TEE host counts wherever it stands.
  const identities = new Set(tee.flatMap((host) => [...profilesOf(deployment, host.data)]));
  return hosts.filter((host) => tee.includes(host) || [...profilesOf(deployment, host.data)].some((profile) => identities.has(profile)));
}

/** Every instance and launch template, in whichever segment. */
export function allHosts(deployment: Deployment): readonly Host[] {
  return machines(deployment);
}

/** The instance profiles that a machine names, by reference, name or ARN. */
function profilesOf(deployment: Deployment, data: Value): readonly Resource[] {
  const value = at(data, 'IamInstanceProfile');
  const texts = [...strings(value)];
  return deployment.ofType('AWS::IAM::InstanceProfile').filter((profile) => {
    const name = profile.properties['InstanceProfileName'];
    return deployment.refersTo(value, profile) || (typeof name === 'string' && texts.some((one) => one === name || one.endsWith(`/${name}`)));
  });
}

function machines(deployment: Deployment): readonly Host[] {
  return [
    ...deployment.ofType('AWS::EC2::LaunchTemplate').map((resource) => ({ resource, data: resource.properties['LaunchTemplateData'] ?? {}, prefix: 'LaunchTemplateData.' })),
    ...deployment.ofType('AWS::EC2::Instance').map((resource) => ({ resource, data: resource.properties, prefix: '' })),
    ...deployment.ofType('AWS::AutoScaling::LaunchConfiguration').map((resource) => ({ resource, data: resource.properties, prefix: '' })),
  ];
}

function isElsewhere(deployment: Deployment, data: Value): boolean {
  if (flag(at(data, 'EnclaveOptions.Enabled')) === true || at(data, 'CpuOptions.AmdSevSnp') === 'enabled') return false;
  const interfaces = list(at(data, 'NetworkInterfaces'));
  const groups = [at(data, 'SecurityGroupIds'), at(data, 'SecurityGroups'), ...(interfaces instanceof Unknown ? [interfaces] : interfaces.map((item) => at(item, 'Groups') ?? at(item, 'GroupSet')))];
  const segments: string[] = [];
  for (const group of groups) {
    if (group instanceof Unknown) return false;
    for (const target of deployment.targets(group)) {
      const tags = tagsOf(target);
      const segment = tags instanceof Unknown ? undefined : tags['phi-segment'];
      if (typeof segment !== 'string') return false;
      segments.push(segment);
    }
  }
  const known = deployment.workload?.segments;
  return known !== undefined && segments.length > 0 && segments.every((segment) => known[segment] !== undefined && known[segment].purpose !== 'tee');
}

/** Property of a host: the launch template's where an instance takes it from one. */
export function hostValue(deployment: Deployment, host: Host, path: string): Value | undefined {
  const own = at(host.data, path);
  if (own !== undefined || host.resource.type !== 'AWS::EC2::Instance') return own;
  const reference = at(host.data, 'LaunchTemplate.LaunchTemplateId') ?? at(host.data, 'LaunchTemplate.LaunchTemplateName');
  if (reference === undefined) return undefined;
  const template = deployment.target(reference);
  return template ? at(template.properties['LaunchTemplateData'], path) : new Unknown('the launch template is not among the artifacts');
}

/** The roles that hosts hand to their software. */
export function hostRoles(deployment: Deployment): readonly Resource[] {
  const roles = new Set<Resource>();
  for (const host of teeHosts(deployment)) {
    const value = at(host.data, 'IamInstanceProfile');
    const names = [...strings(value)];
    const profiles = [...deployment.targets(value)];
    for (const profile of deployment.ofType('AWS::IAM::InstanceProfile')) if (names.some((name) => name === profile.properties['InstanceProfileName'])) profiles.push(profile);
    for (const profile of profiles) {
      for (const role of deployment.targets(profile.properties['Roles'])) roles.add(role);
      for (const name of strings(profile.properties['Roles'])) {
        const found = deployment.ofType('AWS::IAM::Role').find((role) => role.properties['RoleName'] === name);
        if (found) roles.add(found);
      }
    }
  }
  return [...roles];
}

/** Where the permissions of a role stand: its own inline policies and the policies that name it. */
export function rolePolicies(deployment: Deployment, role: Resource): readonly { readonly resource: Resource; readonly path: string; readonly document: Value | undefined }[] {
  const result: { resource: Resource; path: string; document: Value | undefined }[] = [];
  const inline = list(role.properties['Policies']);
  if (inline instanceof Unknown) result.push({ resource: role, path: 'Policies', document: inline });
  else inline.forEach((item, index) => result.push({ resource: role, path: `Policies[${index}].PolicyDocument`, document: at(item, 'PolicyDocument') }));
  for (const type of ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy', 'AWS::IAM::RolePolicy']) {
    for (const policy of deployment.ofType(type)) {
      const roles = [policy.properties['Roles'], policy.properties['RoleName']];
      const attached = roles.some((value) => deployment.refersTo(value, role) || [...strings(value)].some((name) => name === role.properties['RoleName']))
        || deployment.refersTo(role.properties['ManagedPolicyArns'], policy);
      if (attached) result.push({ resource: policy, path: 'PolicyDocument', document: policy.properties['PolicyDocument'] });
    }
  }
  return result;
}

/** Every policy document that grants an identity something. A policy that is a permissions boundary only grants nothing. */
export function* identityPolicies(deployment: Deployment): Iterable<{ readonly resource: Resource; readonly path: string; readonly document: Value | undefined }> {
  const identities = ['AWS::IAM::Role', 'AWS::IAM::User', 'AWS::IAM::Group'].flatMap((type) => [...deployment.ofType(type)]);
  for (const identity of identities) {
    const inline = list(identity.properties['Policies']);
    if (inline instanceof Unknown) yield { resource: identity, path: 'Policies', document: inline };
    else for (const [index, item] of inline.entries()) yield { resource: identity, path: `Policies[${index}].PolicyDocument`, document: at(item, 'PolicyDocument') };
  }
  for (const set of deployment.ofType('AWS::SSO::PermissionSet')) yield { resource: set, path: 'InlinePolicy', document: set.properties['InlinePolicy'] };
  const named = (property: string): ReadonlySet<Resource> => new Set(identities.flatMap((identity) => deployment.targets(identity.properties[property])));
  const boundaries = named('PermissionsBoundary');
  const attached = named('ManagedPolicyArns');
  for (const type of ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy', 'AWS::IAM::RolePolicy', 'AWS::IAM::UserPolicy', 'AWS::IAM::GroupPolicy']) {
    for (const policy of deployment.ofType(type)) {
      if (!boundaries.has(policy) || attached.has(policy) || ['Roles', 'Users', 'Groups'].some((name) => policy.properties[name] !== undefined)) yield { resource: policy, path: 'PolicyDocument', document: policy.properties['PolicyDocument'] };
    }
  }
}

/** Whether an IPv4 or IPv6 range lies wholly in private address space (RFC 1918, RFC 6598, RFC 4193) or names nothing. */
export function isPrivateRange(range: string): boolean {
  const v4 = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(range);
  if (v4) {
    const [a, b, , , prefix] = v4.slice(1).map(Number) as [number, number, number, number, number];
    if (range === '255.255.255.255/32') return true;
    return (a === 10 && prefix >= 8) || (a === 172 && b >= 16 && b <= 31 && prefix >= 12) || (a === 192 && b === 168 && prefix >= 16) || (a === 100 && b >= 64 && b <= 127 && prefix >= 10) || (a === 127 && prefix >= 8);
  }
  return /^f[cd][0-9a-f]{2}:.*\/(\d+)$/i.test(range) && Number(range.split('/')[1]) >= 7;
}

/** One rule of a security group, inline or as a resource of its own. */
export interface GroupRule {
  readonly resource: Resource;
  readonly path: string;
  readonly rule: Value;
}

export function groupRules(deployment: Deployment, direction: 'Ingress' | 'Egress'): readonly GroupRule[] {
  const result: GroupRule[] = [];
  for (const resource of deployment.ofType('AWS::EC2::SecurityGroup')) {
    const inline = list(resource.properties[`SecurityGroup${direction}`]);
    if (inline instanceof Unknown) result.push({ resource, path: `SecurityGroup${direction}`, rule: inline });
    else inline.forEach((rule, index) => result.push({ resource, path: `SecurityGroup${direction}[${index}]`, rule }));
  }
  for (const resource of deployment.ofType(`AWS::EC2::SecurityGroup${direction}`)) result.push({ resource, path: '', rule: resource.properties });
  return result;
}

/** Defects of a rule whose address ranges leave private space. */
export function publicRanges({ path, rule }: GroupRule): readonly Defect[] {
  if (rule instanceof Unknown) return [unknown(path, `the rule is not known: ${rule.reason}`)];
  const where = (name: string): string => (path === '' ? name : `${path}.${name}`);
  const result: Defect[] = [];
  for (const name of ['CidrIp', 'CidrIpv6']) {
    const value = at(rule, name);
    if (value === undefined || value === null) continue;
    if (value instanceof Unknown) result.push(unknown(where(name), `${name} is not known: ${value.reason}`));
    else if (typeof value === 'string' && value.startsWith('${')) continue; // the VPC's own range
    else if (typeof value !== 'string' || !isPrivateRange(value)) result.push(fail(where(name), `${name} ${shown(value)} is not private address space`));
  }
  for (const name of ['SourcePrefixListId', 'DestinationPrefixListId']) {
    if (at(rule, name) !== undefined) result.push(unknown(where(name), `${name} ${shown(at(rule, name))}: what the prefix list holds is not in the artifact`));
  }
  return result;
}

/** Whether a resource stays when its stack goes. */
export function retained(resource: Resource): readonly Defect[] {
  return ['DeletionPolicy', 'UpdateReplacePolicy'].flatMap((name) => {
    const value = resource.attributes[name];
    if (value instanceof Unknown) return [unknown(name, `${name} is not known: ${value.reason}`)];
    return value === 'Retain' || value === 'RetainExceptOnCreate' ? [] : [fail(name, `${name} is ${shown(value)}: it goes with the stack`)];
  });
}

/** All four settings of a bucket's public access block, and no ACLs. */
export function bucketPrivate(bucket: Resource): readonly Defect[] {
  const block = ['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets'].flatMap((name) => want(bucket, `PublicAccessBlockConfiguration.${name}`, true, 'the bucket can become public'));
  const ownership = list(at(bucket.properties, 'OwnershipControls.Rules'));
  // Absent: S3's own default, which is BucketOwnerEnforced.
  if (ownership instanceof Unknown) block.push(unknown('OwnershipControls', ownership.reason));
  else if (ownership.some((rule) => at(rule, 'ObjectOwnership') !== 'BucketOwnerEnforced')) block.push(fail('OwnershipControls', `ObjectOwnership is ${ownership.map((rule) => shown(at(rule, 'ObjectOwnership'))).join(', ')}: ACLs can open single objects`));
  const acl = bucket.properties['AccessControl'];
  if (acl instanceof Unknown) return [...block, unknown('AccessControl', `AccessControl is not known: ${acl.reason}`)];
  return typeof acl === 'string' && acl.startsWith('Public') ? [...block, fail('AccessControl', `AccessControl is ${acl}`)] : block;
}

/**
 * Roles that may change gates and logs of an account when it is deployed: the workload file's in the workload's own
 * account; in another one, which only a CDK assembly names, the CloudFormation execution role of its CDK bootstrap.
 */
export function deployersOf(deployment: Deployment, account: string): readonly string[] {
  const placement = deployment.workload?.clouds?.aws;
  if (!placement) return [];
  const bootstrap = `arn:aws:iam::${account}:role/cdk-hnb659fds-cfn-exec-role-${account}-${placement.region}`;
  return [account === placement.account ? (placement.deploymentRole ?? bootstrap) : bootstrap];
}

/** Path of the statement that a witness names (`Bucket/Policy.Statement[2] (Sid) with …`), `''` when it names none. */
export function statementPath(via: string): string {
  const index = /(?<!KeyPolicy)\.Statement\[(\d+)\]/.exec(via)?.[1];
  return index === undefined ? '' : `PolicyDocument.Statement[${index}]`;
}
