/**
 * The vocabulary of the compliance core: plain data that every reader produces and every rule, proof, diff and
 * report consumes. Nothing here knows a cloud SDK.
 */
import type { Cloud, Workload } from '../workload/workload.js';

export type { Cloud } from '../workload/workload.js';

/** A value the artifact does not tell (an intrinsic that cannot be resolved, a preview's unknown, a secret). */
export class Unknown {
  /** `within`: the parts that are known of a text of which one is not, so that a change of them can be seen. */
  constructor(readonly reason: string, readonly within?: readonly Value[]) {}
  toJSON(): string {
    return `<unknown: ${this.reason}>`;
  }
}

/**
 * A property value. References to other resources are strings with placeholders:
 * `${Stack/LogicalId.Attr}` (`.Ref` for a plain `Ref`) on AWS, `${type::name.output}` in previews.
 * A literal `${` of a CloudFormation template reads as `${!`.
 */
export type Value = null | boolean | number | string | Unknown | readonly Value[] | { readonly [key: string]: Value };
export type Properties = Readonly<Record<string, Value>>;

export interface SourceLocation {
  readonly file: string;
  readonly line: number;
}

/** One resource of an artifact, on any cloud. */
export interface Resource {
  readonly cloud: Cloud;
  /** Unique and stable: `Stack/LogicalId` on AWS, the URN in previews. */
  readonly id: string;
  /** `AWS::KMS::Key`, `azure-native:keyvault:Key`, `gcp:kms/cryptoKey:CryptoKey`. Version segments of Azure types are dropped. */
  readonly type: string;
  /** Logical id, or the Pulumi resource name. */
  readonly name: string;
  readonly properties: Properties;
  /** What stands beside the properties: DeletionPolicy, UpdateReplacePolicy, DependsOn, Condition, Metadata; protect, retainOnDelete, parent, dependencies. */
  readonly attributes: Properties;
  /** The artifact file that holds it. */
  readonly file: string;
  /** The user's source line, when the artifact records it. */
  readonly source: SourceLocation | null;
  /** The CDK construct path, when the artifact records it. */
  readonly constructPath?: string;
}

/** All resources of one cloud in one run, with the lookups that rules and proofs need. */
export class Deployment {
  /** Stands for the deployment as a whole, where a finding is about something that is not there. */
  readonly root: Resource;
  readonly byType: ReadonlyMap<string, readonly Resource[]>;
  readonly byId: ReadonlyMap<string, Resource>;
  private readonly byReference: ReadonlyMap<string, Resource>;
  /** Of objects and lists: rules ask for the same ones again and again. */
  private readonly targetsOf = new WeakMap<object, readonly Resource[]>();

  constructor(
    readonly cloud: Cloud,
    readonly resources: readonly Resource[],
    /** The workload file, embedded in the artifact or named on the command line; null for artifacts of others. */
    readonly workload: Workload | null,
    /** ISO date against which expiries are judged. */
    readonly today: string,
    /** AWS only: account and region per stack, where the assembly's manifest tells them. */
    readonly environments: Readonly<Record<string, { readonly account: string; readonly region: string }>> = {},
  ) {
    const byType = new Map<string, Resource[]>();
    const byId = new Map<string, Resource>();
    // On AWS a reference names the resource by its id.
    const byReference = cloud === 'aws' ? byId : new Map<string, Resource>();
    for (const resource of resources) {
      const same = byType.get(resource.type);
      if (same) same.push(resource);
      else byType.set(resource.type, [resource]);
      byId.set(resource.id, resource);
      if (cloud !== 'aws') byReference.set(referenceKey(resource.type, resource.name), resource);
    }
    this.root = { cloud, id: `${cloud} deployment`, type: 'tee-kit:deployment', name: cloud, properties: {}, attributes: {}, file: resources[0]?.file ?? '', source: null };
    this.byType = byType;
    this.byId = byId;
    this.byReference = byReference;
  }

  /** Resources of one type, or an empty list. */
  ofType(type: string): readonly Resource[] {
    return this.byType.get(type) ?? [];
  }

  /** The resource that a value refers to, when the value is exactly one reference (`${...}`). */
  target(value: Value | undefined): Resource | undefined {
    const reference = typeof value === 'string' ? parseReference(value) : undefined;
    return reference && this.byReference.get(reference.key);
  }

  /** Every resource referred to anywhere in a value, as often as it is. */
  targets(value: Value | undefined): readonly Resource[] {
    if (typeof value !== 'object' || value === null) return this.findTargets(value);
    let known = this.targetsOf.get(value);
    if (!known) this.targetsOf.set(value, (known = this.findTargets(value)));
    return known;
  }

  private findTargets(value: Value | undefined): readonly Resource[] {
    const result: Resource[] = [];
    for (const text of strings(value)) {
      if (!text.includes('${')) continue;
      for (const match of text.matchAll(REFERENCE)) {
        const found = this.byReference.get(referenceParts(match[1] as string).key);
        if (found) result.push(found);
      }
    }
    return result;
  }

  /** Whether a value is, or contains, a reference to the resource. */
  refersTo(value: Value | undefined, resource: Resource): boolean {
    return this.targets(value).includes(resource);
  }
}

/**
 * Computes something of a deployment when it is first asked for, and once. What failed or was interrupted keeps failing:
 * nobody may take it for an empty result, and nobody has to wait for it again.
 */
export function perDeployment<T>(compute: (deployment: Deployment) => T): (deployment: Deployment) => T {
  const known = new WeakMap<Deployment, { readonly value: T } | { readonly error: unknown }>();
  return (deployment) => {
    let result = known.get(deployment);
    if (!result) {
      known.set(deployment, { error: new Error('it builds on what took too long') });
      try {
        result = { value: compute(deployment) };
      } catch (error) {
        result = { error };
      }
      known.set(deployment, result);
    }
    if ('error' in result) throw result.error;
    return result.value;
  };
}

const REFERENCE = /\$\{(?!!)([^}]+)\}/g;

/** `type::name` in previews, `Stack/LogicalId` on AWS; and the output. */
function referenceParts(inner: string): { key: string; output: string } {
  const dot = inner.indexOf('::') >= 0 ? inner.indexOf('.', inner.indexOf('::')) : inner.indexOf('.', inner.indexOf('/') + 1);
  return dot < 0 ? { key: inner, output: '' } : { key: inner.slice(0, dot), output: inner.slice(dot + 1) };
}

/** How references name a resource of a preview. A dot of its own name, as in that of a DNS zone, is written so that it starts no output. */
export function referenceKey(type: string, name: string): string {
  return `${type}::${name.replace(/[%.{}]/g, (character) => `%${character.charCodeAt(0).toString(16)}`)}`;
}

/** Splits a value that is exactly one reference into the resource's key and the output asked of it. */
export function parseReference(value: string): { key: string; output: string } | undefined {
  const match = /^\$\{(?!!)([^}]+)\}$/.exec(value);
  return match ? referenceParts(match[1] as string) : undefined;
}

/** Every string inside a value. */
export function strings(value: Value | undefined): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return NOTHING;
  const result: string[] = [];
  collect(value, result);
  return result;
}

const NOTHING: readonly never[] = [];

function collect(value: Value, into: string[]): void {
  if (typeof value === 'string') into.push(value);
  else if (isList(value)) for (const item of value) collect(item, into);
  else if (isObject(value)) for (const item of Object.values(value)) collect(item, into);
}

export function isObject(value: Value | undefined): value is { readonly [key: string]: Value } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Unknown);
}

export function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

/** The value at a dotted path (`a.b[0].c`), `undefined` where absent, the `Unknown` itself where the path runs into one. */
export function at(value: Value | undefined, path: string): Value | undefined {
  let current: Value | undefined = value;
  for (const step of stepsOf(path)) {
    if (current instanceof Unknown) return current;
    if (isList(current)) current = current[Number(step)];
    else if (isObject(current)) current = Object.hasOwn(current, step) ? current[step] : undefined;
    else return undefined;
  }
  return current;
}

/** Steps of the paths asked for: few, and asked for again and again. */
const steps = new Map<string, readonly string[]>();

function stepsOf(path: string): readonly string[] {
  let known = steps.get(path);
  if (!known) {
    if (steps.size > 10_000) steps.clear();
    steps.set(path, (known = path.split(/[.[\]]+/).filter((step) => step !== '')));
  }
  return known;
}

/** The first `Unknown` anywhere inside a value. */
export function findUnknown(value: Value | undefined): Unknown | undefined {
  if (value instanceof Unknown) return value;
  if (isList(value)) for (const item of value) { const found = findUnknown(item); if (found) return found; }
  if (isObject(value)) for (const item of Object.values(value)) { const found = findUnknown(item); if (found) return found; }
  return undefined;
}

export type Severity = 'critical' | 'high' | 'medium' | 'low';
export type FindingStatus = 'fail' | 'unknown' | 'exempt';

/** One line of `tee-kit check`. The shape is contract. */
export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  readonly status: FindingStatus;
  readonly cloud: Cloud;
  readonly resource: string;
  readonly path: string;
  readonly message: string;
  readonly fix: string;
  readonly citations: readonly string[];
  readonly source: SourceLocation | null;
}
