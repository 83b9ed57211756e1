import { SIX_YEARS_IN_DAYS } from '../../../workload/retention.js';
import { at, type Deployment, isList, type Resource, strings, Unknown, type Value } from '../../model.js';
import type { GateChanger, LogProof } from '../types.js';
import { Budget, type Policies, type Principal, type Request, search } from './iam/evaluate.js';
import { callers, identitiesOf } from './iam/identities.js';
import { Names, parsePolicy, type Statement } from './iam/policy.js';

/** Operations on a bucket after which later records are not kept as long, not at all, or not only there. */
const BUCKET_MOVES = ['s3:PutBucketObjectLockConfiguration', 's3:PutLifecycleConfiguration', 's3:PutBucketPolicy', 's3:DeleteBucketPolicy', 's3:BypassGovernanceRetention', 's3:DeleteObjectVersion'] as const;
/** Operations that stop or redirect what is delivered. */
const STOPS: Readonly<Record<string, readonly string[]>> = {
  'AWS::CloudTrail::Trail': ['cloudtrail:StopLogging', 'cloudtrail:DeleteTrail', 'cloudtrail:UpdateTrail', 'cloudtrail:PutEventSelectors'],
  'AWS::EC2::FlowLog': ['ec2:DeleteFlowLogs'],
  'AWS::Logs::LogGroup': ['logs:DeleteLogGroup', 'logs:PutRetentionPolicy', 'logs:DeleteLogStream'],
};
const KEY_MOVES = ['kms:ScheduleKeyDeletion', 'kms:DisableKey', 'kms:PutKeyPolicy'] as const;
const BUDGET = 2_000_000;

/**
 * The stores of the audit record: buckets that receive trails, flow logs and other deliveries, replication targets
 * included, and log groups that are a trail's or flow log's only destination. A log group that only copies what a
 * bucket keeps is not a store of record.
 */
export function proveLogs(deployment: Deployment): readonly LogProof[] {
  return new Logs(deployment).run();
}

type Way = Pick<GateChanger, 'via' | 'certain'>;

interface Source {
  readonly resource: Resource;
  /** Null when the artifact does not hold the store. */
  readonly store: Resource | null;
  readonly written: Value | undefined;
}

class Logs {
  private readonly names: Names;
  private readonly identities: ReturnType<typeof identitiesOf>;
  private readonly budget = new Budget(BUDGET);

  constructor(private readonly deployment: Deployment) {
    this.names = new Names(deployment);
    this.identities = identitiesOf(deployment, this.names);
  }

  run(): LogProof[] {
    const sources = this.sources();
    const stores = new Map<Resource, Source[]>();
    const proofs: LogProof[] = [];
    for (const source of sources) {
      if (source.store === null) {
        proofs.push({ cloud: 'aws', log: source.resource.id, verdict: 'unknown', days: null, canWeaken: this.stoppers(source.resource), reasons: [`${source.resource.id} delivers to ${typeof source.written === 'string' ? source.written : 'a store that is not known'}, which the artifact does not hold`] });
        continue;
      }
      const list = stores.get(source.store);
      if (list) list.push(source);
      else stores.set(source.store, [source]);
    }
    // A replica keeps the record: what is copied there whole needs no lock of its own.
    const queue = [...stores.keys()];
    const copied = new Set<Resource>();
    for (const bucket of queue) {
      const target = this.replica(bucket);
      if (!target) continue;
      copied.add(bucket);
      if (target === 'elsewhere') {
        proofs.push({ cloud: 'aws', log: bucket.id, verdict: 'unknown', days: null, canWeaken: [], reasons: ['replicates to a bucket that the artifact does not hold'] });
        continue;
      }
      if (!stores.has(target)) {
        stores.set(target, []);
        queue.push(target);
      }
      stores.get(target)!.push(...(stores.get(bucket) ?? []).map((source) => ({ ...source, store: target })));
    }
    for (const [store, delivered] of stores) {
      if (copied.has(store) && !this.isLocked(store)) continue;
      proofs.push(store.type === 'AWS::S3::Bucket' ? this.bucket(store, delivered, sources) : this.logGroup(store, delivered));
    }
    return proofs.sort((a, b) => (a.log < b.log ? -1 : 1));
  }

  // What is logged, and where to.

  private sources(): Source[] {
    const result: Source[] = [];
    const add = (resource: Resource, written: Value | undefined): void => void result.push({ resource, store: this.store(written), written });
    for (const trail of this.deployment.ofType('AWS::CloudTrail::Trail')) add(trail, trail.properties['S3BucketName']);
    for (const log of this.deployment.ofType('AWS::EC2::FlowLog')) add(log, log.properties['LogDestination'] ?? log.properties['LogGroupName']);
    for (const bucket of this.deployment.ofType('AWS::S3::Bucket')) {
      const target = at(bucket.properties, 'LoggingConfiguration.DestinationBucketName');
      if (target !== undefined && target !== null) add(bucket, target);
    }
    for (const channel of this.deployment.ofType('AWS::Config::DeliveryChannel')) add(channel, channel.properties['S3BucketName']);
    for (const logging of this.deployment.ofType('AWS::Route53Resolver::ResolverQueryLoggingConfig')) {
      const written = logging.properties['DestinationArn'];
      if (this.store(written)?.type === 'AWS::S3::Bucket') add(logging, written);
    }
    for (const balancer of this.deployment.ofType('AWS::ElasticLoadBalancingV2::LoadBalancer')) {
      const attributes = balancer.properties['LoadBalancerAttributes'];
      const target = isList(attributes) ? attributes.find((one) => at(one, 'Key') === 'access_logs.s3.bucket') : undefined;
      if (target !== undefined) add(balancer, at(target, 'Value'));
    }
    return result;
  }

  /** The bucket or log group that a value names: by reference, by name, by ARN with or without a prefix. */
  private store(value: Value | undefined): Resource | null {
    if (typeof value !== 'string') return null;
    const direct = this.deployment.target(value);
    if (direct) return direct.type === 'AWS::S3::Bucket' || direct.type === 'AWS::Logs::LogGroup' ? direct : null;
    const holder = this.deployment.root;
    const text = this.names.text(value, holder) ?? value;
    for (const bucket of this.deployment.ofType('AWS::S3::Bucket')) {
      const arn = this.names.arn(bucket);
      const name = arn.slice('arn:aws:s3:::'.length);
      if (text === name || new RegExp(`^arn:[^:]*:s3:::`).test(text) && (text.replace(/^arn:[^:]*:s3:::/, '') === name || text.replace(/^arn:[^:]*:s3:::/, '').startsWith(`${name}/`))) return bucket;
    }
    for (const group of this.deployment.ofType('AWS::Logs::LogGroup')) {
      const name = group.properties['LogGroupName'];
      if (typeof name === 'string' && (text === name || text.endsWith(`:log-group:${name}`) || text.endsWith(`:log-group:${name}:*`))) return group;
    }
    // `${Stack/Bucket.Arn}/prefix`
    for (const target of this.deployment.targets(value)) if (target.type === 'AWS::S3::Bucket' || target.type === 'AWS::Logs::LogGroup') return target;
    return null;
  }

  /** Where a bucket copies everything it receives to. */
  private replica(bucket: Resource): Resource | 'elsewhere' | null {
    const rules = at(bucket.properties, 'ReplicationConfiguration.Rules');
    // S3 replicates versions only.
    if (!isList(rules) || at(bucket.properties, 'VersioningConfiguration.Status') !== 'Enabled') return null;
    for (const rule of rules) {
      const prefix = at(rule, 'Filter.Prefix') ?? at(rule, 'Prefix');
      const whole = (prefix === undefined || prefix === null || prefix === '') && at(rule, 'Filter.And') === undefined && at(rule, 'Filter.TagFilter') === undefined;
      if (at(rule, 'Status') !== 'Enabled' || !whole) continue;
      return this.store(at(rule, 'Destination.Bucket')) ?? 'elsewhere';
    }
    return null;
  }

  // Verdicts.

  private isLocked(bucket: Resource): boolean {
    return at(bucket.properties, 'ObjectLockConfiguration.Rule.DefaultRetention.Mode') === 'COMPLIANCE';
  }

  private bucket(bucket: Resource, delivered: readonly Source[], all: readonly Source[]): LogProof {
    const mutable: string[] = [];
    const doubts: string[] = [];
    const { properties } = bucket;
    const retention = at(properties, 'ObjectLockConfiguration.Rule.DefaultRetention');
    const mode = at(retention, 'Mode');
    let days = this.lockDays(retention);
    const enabled = properties['ObjectLockEnabled'];
    if (enabled instanceof Unknown || retention instanceof Unknown || mode instanceof Unknown || days instanceof Unknown || at(properties, 'ObjectLockConfiguration') instanceof Unknown) {
      doubts.push('whether Object Lock is on is not known');
      days = null;
    } else if ((enabled !== true && enabled !== 'true') || retention === undefined || retention === null) {
      mutable.push('no Object Lock with a default retention');
      days = null;
    } else if (mode !== 'COMPLIANCE') mutable.push(`Object Lock mode ${String(mode as string)}: whoever holds s3:BypassGovernanceRetention deletes records`);
    const needed = Math.max(SIX_YEARS_IN_DAYS, Number(this.deployment.workload?.retention?.days) || 0);
    if (typeof days === 'number' && days < needed) mutable.push(`locked for ${days} days; ${needed} are needed`);
    if (typeof days === 'number' && Number.isNaN(days)) mutable.push('the length of the lock is not a number of days or years');
    const versioning = at(properties, 'VersioningConfiguration.Status');
    if (versioning !== undefined && versioning !== null && versioning !== 'Enabled') (versioning instanceof Unknown ? doubts : mutable).push('versioning is not enabled, without which Object Lock protects nothing');
    const rules = at(properties, 'LifecycleConfiguration.Rules');
    if (rules instanceof Unknown) doubts.push('its lifecycle is not known');
    for (const rule of isList(rules) ? rules : []) {
      const after = at(rule, 'ExpirationInDays');
      if (at(rule, 'Status') !== 'Disabled' && after !== undefined && after !== null && !(Number(after) >= needed)) mutable.push(`a lifecycle rule hides records after ${after instanceof Unknown ? 'an unknown number of' : String(after as number)} days`);
    }
    for (const { resource } of delivered) this.trail(resource, mutable, doubts);
    for (const { resource } of delivered) {
      const first = all.find((source) => source.resource === resource && source.store !== bucket)?.store;
      // What can be delivered to a locked bucket need not lie in an unlocked one first.
      if (first && (resource.type === 'AWS::CloudTrail::Trail' || resource.type === 'AWS::EC2::FlowLog') && !this.isLocked(first)) mutable.push(`${resource.id} delivers to ${first.id}, where records can be changed before they are copied here`);
    }
    if (typeof days === 'number') {
      // S3 drops such deliveries without an error.
      for (const { resource, store } of all) if (store === bucket && (resource.type === 'AWS::S3::Bucket' || resource.type === 'AWS::Config::DeliveryChannel')) mutable.push(`${resource.id} cannot deliver to a bucket with Object Lock: its records are lost`);
    }
    const canWeaken: GateChanger[] = [...this.bucketChangers(bucket), ...delivered.flatMap(({ resource }) => this.stoppers(resource))];
    for (const key of this.keys(bucket, delivered)) {
      if (typeof key === 'string') continue;
      const destroyers = new Map<string, string[]>();
      for (const { anyone, ...changer } of this.keyChangers(key)) {
        const { principal, via } = changer;
        canWeaken.push(changer);
        if (anyone) destroyers.set(principal, [...(destroyers.get(principal) ?? []), via.split(' ', 1)[0] as string]);
      }
      for (const [principal, actions] of destroyers) mutable.push(`${principal} can destroy the key that the records need (${actions.join(', ')} on ${key.id})`);
    }
    return this.proof(bucket, mutable, doubts, typeof days === 'number' && !Number.isNaN(days) ? days : null, canWeaken);
  }

  private logGroup(group: Resource, delivered: readonly Source[]): LogProof {
    const retention = group.properties['RetentionInDays'];
    const days = typeof retention === 'number' ? retention : Number(retention) || null;
    const guarded = group.properties['DeletionProtectionEnabled'] === true || group.properties['DeletionProtectionEnabled'] === 'true';
    return this.proof(group, [`a log group has no lock: ${guarded ? 'its deletion protection can be switched off and' : 'it can be deleted and'} its retention shortened by whoever IAM allows`], [], days, [...this.stoppers(group), ...delivered.flatMap(({ resource }) => this.stoppers(resource))]);
  }

  private proof(store: Resource, mutable: readonly string[], doubts: readonly string[], days: number | null, canWeaken: readonly GateChanger[]): LogProof {
    const unique = new Map(canWeaken.map((one) => [`${one.principal} ${one.via}`, one]));
    if (this.budget.spent) doubts = [...doubts, 'policies too large to decide'];
    return { cloud: 'aws', log: store.id, verdict: mutable.length > 0 ? 'mutable' : doubts.length > 0 ? 'unknown' : 'immutable', days, canWeaken: [...unique.values()], reasons: [...new Set([...mutable, ...doubts])] };
  }

  /** Days of a default retention; Object Lock takes days or years, never both. */
  private lockDays(retention: Value | undefined): number | null | Unknown {
    const days = at(retention, 'Days');
    const years = at(retention, 'Years');
    if (days instanceof Unknown || years instanceof Unknown) return new Unknown('length');
    if (days !== undefined && days !== null) return years !== undefined && years !== null ? Number.NaN : Number(days);
    // Two leap days in six years at most: 2192.
    return years === undefined || years === null ? Number.NaN : Math.ceil(Number(years) * 365.25);
  }

  /** What makes a trail record less than it should. */
  private trail(trail: Resource, mutable: string[], doubts: string[]): void {
    if (trail.type !== 'AWS::CloudTrail::Trail') return;
    const { properties, id } = trail;
    const logging = properties['IsLogging'];
    if (logging instanceof Unknown) doubts.push(`whether ${id} logs is not known`);
    else if (logging !== true && logging !== 'true') mutable.push(`${id} does not log`);
    if (properties['IsMultiRegionTrail'] !== true && properties['IsMultiRegionTrail'] !== 'true') mutable.push(`${id} records one region only`);
    if (properties['EnableLogFileValidation'] !== true && properties['EnableLogFileValidation'] !== 'true') mutable.push(`${id} writes no digests, so that a forged record shows nowhere`);
    const selectors = properties['EventSelectors'];
    const advanced = properties['AdvancedEventSelectors'];
    if (selectors instanceof Unknown || advanced instanceof Unknown) {
      doubts.push(`what ${id} records is not known`);
      return;
    }
    const list = isList(selectors) ? selectors : [];
    const managed = list.length === 0 || list.some((one) => at(one, 'IncludeManagementEvents') !== false && at(one, 'IncludeManagementEvents') !== 'false' && (at(one, 'ReadWriteType') ?? 'All') === 'All');
    const excluded = [...strings(list.map((one) => at(one, 'ExcludeManagementEventSources') ?? null))];
    if (isList(advanced) && advanced.length > 0) {
      const management = advanced.filter((one) => {
        const fields = at(one, 'FieldSelectors');
        return isList(fields) && fields.some((field) => at(field, 'Field') === 'eventCategory' && [...strings(at(field, 'Equals'))].includes('Management'));
      });
      const whole = management.some((one) => {
        const fields = at(one, 'FieldSelectors');
        return isList(fields) && fields.length === 1;
      });
      if (!whole) mutable.push(`${id} does not record every management event, and key use is one`);
    } else if (!managed || excluded.includes('kms.amazonaws.com')) mutable.push(`${id} does not record every management event, and key use is one`);
  }

  // Who can weaken.

  /** How a request succeeds; not certain where only a policy whose text is not known, or a value that is not, lets it. */
  private way(policies: Policies, request: Request): Way | null {
    const found = search(policies, request, {}, 'possible', this.budget, new Set());
    if (!found) return null;
    return search(policies, request, {}, 'certain', this.budget, new Set()) ? { via: found.via } : { via: found.via, certain: false };
  }

  private ask(statements: readonly Statement[], caller: Principal, action: string, resourceArn: string, account: string): Way | null {
    const own: Statement = { effect: 'Allow', label: 'IAM', principal: { not: false, entries: [{ kind: 'AWS', value: account }] }, action: { not: false, patterns: ['*'] }, resource: { not: false, patterns: ['*'] }, conditions: [] };
    const policies: Policies = { account, resourceArn, resource: [own, ...statements] };
    const fixed = new Map<string, readonly string[] | undefined>([['aws:principalisawsservice', ['false']], ['aws:securetransport', ['true']], ['aws:principalarn', [caller.arn]]]);
    if (caller.account !== null) fixed.set('aws:principalaccount', [caller.account]);
    return this.way(policies, { caller, action, fixed });
  }

  private bucketPolicies(bucket: Resource): Statement[] {
    return this.deployment.ofType('AWS::S3::BucketPolicy').filter(({ properties }) => this.store(properties['Bucket']) === bucket).flatMap((policy) => parsePolicy(policy.properties['PolicyDocument'], policy.id, this.names, policy));
  }

  private bucketChangers(bucket: Resource): GateChanger[] {
    const statements = this.bucketPolicies(bucket);
    const account = this.names.account(bucket);
    const arn = this.names.arn(bucket);
    const result: GateChanger[] = [];
    const locked = this.isLocked(bucket);
    for (const action of BUCKET_MOVES) {
      // Nothing bypasses COMPLIANCE.
      if (locked && (action === 's3:BypassGovernanceRetention' || action === 's3:DeleteObjectVersion')) continue;
      const target = action === 's3:BypassGovernanceRetention' || action === 's3:DeleteObjectVersion' ? `${arn}/record` : arn;
      for (const caller of callers(account, statements, this.identities, [])) {
        if (caller.kind === 'root' || caller.kind === 'service' || caller.kind === 'federated' || caller.kind === 'user' && caller.anyone) continue;
        const cross = caller.account !== account;
        // In the bucket's account an IAM policy is enough unless the bucket denies; from others the bucket has to allow.
        const way = cross ? this.crossAccount(statements, caller, action, target, account) : this.ask(statements, caller, action, target, account);
        if (way) result.push({ principal: caller.name, ...way, via: `${action} by ${way.via}` });
      }
    }
    return result;
  }

  private crossAccount(statements: readonly Statement[], caller: Principal, action: string, resourceArn: string, account: string): Way | null {
    const fixed = new Map<string, readonly string[] | undefined>([['aws:principalisawsservice', ['false']], ['aws:securetransport', ['true']], ['aws:principalarn', [caller.arn]]]);
    return this.way({ account, resourceArn, resource: statements }, { caller, action, fixed });
  }

  /** Identities of the artifact that can stop, redirect or delete. */
  private stoppers(resource: Resource): GateChanger[] {
    const account = this.names.account(resource);
    const name = resource.properties['TrailName'] ?? resource.properties['LogGroupName'];
    const service = resource.type === 'AWS::CloudTrail::Trail' ? `arn:aws:cloudtrail:${this.names.region(resource)}:${account}:trail/` : resource.type === 'AWS::Logs::LogGroup' ? `arn:aws:logs:${this.names.region(resource)}:${account}:log-group:` : `arn:aws:ec2:${this.names.region(resource)}:${account}:vpc-flow-log/`;
    const arn = `${service}${typeof name === 'string' ? name : `\${${resource.id}.Ref}`}`;
    return (STOPS[resource.type] ?? []).flatMap((action) => this.identities.flatMap((identity) => {
      const way = this.ask([], identity, action, arn, account);
      return way ? [{ principal: identity.name, ...way, via: `${action} by ${way.via}` }] : [];
    }));
  }

  private keys(bucket: Resource, delivered: readonly Source[]): Set<Resource | string> {
    const result = new Set<Resource | string>();
    const encryption = at(bucket.properties, 'BucketEncryption.ServerSideEncryptionConfiguration');
    const named = [...(isList(encryption) ? encryption.map((one) => at(one, 'ServerSideEncryptionByDefault.KMSMasterKeyID')) : []), ...delivered.map(({ resource }) => resource.properties['KMSKeyId'])];
    for (const value of named) {
      if (value === undefined || value === null) continue;
      const direct = this.deployment.target(value);
      const alias = direct?.type === 'AWS::KMS::Alias' ? direct : this.deployment.ofType('AWS::KMS::Alias').find(({ properties }) => typeof value === 'string' && typeof properties['AliasName'] === 'string' && value.endsWith(properties['AliasName']));
      const key = alias ? this.deployment.target(alias.properties['TargetKeyId']) : direct;
      result.add(key ?? (typeof value === 'string' ? value : 'a key that is not known'));
    }
    return result;
  }

  private keyChangers(key: Resource): (GateChanger & { readonly anyone: boolean })[] {
    if (key.type !== 'AWS::KMS::Key') return [];
    const account = this.names.account(key);
    const written = parsePolicy(key.properties['KeyPolicy'], `${key.id}.KeyPolicy`, this.names, key);
    const statements = written.length > 0 ? written : parsePolicy({ Statement: [{ Sid: 'default policy', Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: 'kms:*', Resource: '*' }] }, `${key.id}.KeyPolicy`, this.names, key);
    const policies: Policies = { account, resourceArn: this.names.arn(key), resource: statements };
    return callers(account, statements, this.identities, []).flatMap((caller) => {
      if (caller.kind === 'root') return [];
      return KEY_MOVES.flatMap((action) => {
        const fixed = new Map<string, readonly string[] | undefined>([['aws:principalarn', [caller.arn]], ['aws:principalisawsservice', [String(caller.kind === 'service')]]]);
        const found = this.way(policies, { caller, action, fixed });
        return found ? [{ principal: caller.name, ...found, via: `${action} on ${key.id} by ${found.via}`, anyone: caller.anyone }] : [];
      });
    });
  }
}

