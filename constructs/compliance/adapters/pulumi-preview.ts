/**
 * Executes a Pulumi program with the Pulumi Node SDK and no engine behind it, and returns what it registered in the
 * shape of `pulumi preview --json`. No credentials, no provider plugin, no network.
 *
 * Every output that a resource declares answers with its symbolic name, `${<type>::<name>.<output>}`, so that a
 * reviewer can follow the references. Provider defaults (default labels, auto-naming) are the plugin's work and do not show.
 */
import { isAbsolute, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as pulumi from '@pulumi/pulumi';
import { referenceKey } from '../model.js';

export interface ExecuteOptions {
  readonly project: string;
  readonly stack: string;
  /** Stack configuration with namespaced keys, for example `tee-kit:cloud`. */
  readonly config: Readonly<Record<string, string>>;
  /** What a Pulumi program's main module does or exports. */
  readonly program: () => unknown;
  /** Folder to which source positions are relative. Default: the current folder. */
  readonly root?: string;
}

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export interface PreviewStep {
  readonly op: 'create';
  readonly urn: string;
  readonly newState: {
    readonly urn: string;
    readonly type: string;
    readonly custom: boolean;
    readonly parent?: string;
    readonly protect?: true;
    readonly retainOnDelete?: true;
    readonly ignoreChanges?: readonly string[];
    readonly replaceOnChanges?: readonly string[];
    readonly inputs: { readonly [key: string]: Json };
    /** URNs, sorted. */
    readonly dependencies: readonly string[];
    /** `project:///<file>#<line>,<column>` of the code that registered the resource. */
    readonly sourcePosition?: string;
  };
}

export interface Preview {
  readonly config: Readonly<Record<string, string>>;
  /** Sorted by URN. */
  readonly steps: readonly PreviewStep[];
  readonly changeSummary: { readonly create: number };
}

/** What the stack transformation sees of a resource before it is registered. */
interface Registration {
  readonly urn: string;
  readonly parent: string | undefined;
  readonly options: pulumi.CustomResourceOptions;
  readonly dependsOn: readonly string[];
  /** Declared outputs and unset inputs: both are `undefined` in the props, and both answer symbolically. */
  readonly open: readonly string[];
  /** Paths of the props that are outputs of other resources; each must resolve to something. */
  readonly lifted: readonly string[];
  readonly sourcePosition: string | undefined;
}

/**
 * Outputs that providers nest inside an input object, per type. The SDK does not declare them in the props, so a
 * program that reads one not listed here is refused with an error naming it.
 */
const NESTED_OUTPUTS: Readonly<Record<string, readonly string[]>> = {
  'azure-native:compute:DiskEncryptionSet': ['identity.principalId', 'identity.tenantId'],
  'azure-native:compute:VirtualMachine': ['identity.principalId', 'identity.tenantId'],
  'azure-native:compute:VirtualMachineScaleSet': ['identity.principalId', 'identity.tenantId'],
  'azure-native:storage:StorageAccount': ['identity.principalId', 'identity.tenantId'],
  'azure-native:authorization:PolicyAssignment': ['identity.principalId', 'identity.tenantId'],
};

/** The marker with which the SDK wraps a secret; `pulumi preview --json` prints `[secret]` in its place. */
const SECRET_MARKER = '4dabf18193072939515e22adb298388d';

const STACK_TYPE = 'pulumi:pulumi:Stack';

/**
 * Runs the program and returns its preview.
 * @throws Error when the program throws, registers two resources of one type and name, calls a provider function
 *   (an invoke needs credentials), or reads an output that only the provider knows.
 */
export async function executeProgram(options: ExecuteOptions): Promise<Preview> {
  const registrations = new Map<string, Registration>();
  const urns = new WeakMap<pulumi.Resource, string>();
  const steps: PreviewStep[] = [];
  const errors: Error[] = [];
  const root = options.root ?? process.cwd();

  const record: pulumi.ResourceTransformation = (args) => {
    const key = `${args.type}::${args.name}`;
    if (registrations.has(key)) errors.push(new Error(`two resources are named ${key}: references to them would be ambiguous; give one another name`));
    const parent = args.opts.parent ? urns.get(args.opts.parent) : undefined;
    const parentTypes = parent ? `${parent.split('::')[2] ?? ''}$` : '';
    const urn = `urn:pulumi:${options.stack}::${options.project}::${parentTypes}${key}`;
    urns.set(args.resource, urn);
    const props = args.props as Record<string, unknown>;
    registrations.set(key, {
      urn,
      parent,
      options: args.opts,
      dependsOn: resourcesIn(args.opts.dependsOn).flatMap((resource) => urns.get(resource) ?? []),
      open: Object.keys(props).filter((prop) => props[prop] === undefined),
      lifted: [...liftedPaths(props, [])],
      sourcePosition: callerPosition(root),
    });
    return undefined;
  };

  await pulumi.runtime.setMocks(
    {
      newResource(args) {
        const key = `${args.type}::${args.name}`;
        const reference = referenceKey(args.type, args.name);
        const registration = registrations.get(key);
        if (!registration) {
          if (args.type !== STACK_TYPE) errors.push(new Error(`${key} was registered outside the stack`));
          return { id: '', state: {} };
        }
        const inputs = args.inputs as Record<string, unknown>;
        for (const path of registration.lifted) {
          if (valueAt(inputs, path) === undefined) {
            errors.push(new Error(`${key}: input '${path}' reads an output that only the provider knows; use a declared output or a literal of the workload file`));
          }
        }
        steps.push(createStep(args.type, args.custom ?? true, registration, inputs));
        const state = structuredClone(inputs);
        for (const prop of registration.open) state[prop] ??= `\${${reference}.${prop}}`;
        for (const path of NESTED_OUTPUTS[args.type] ?? []) setAt(state, path.split('.'), `\${${reference}.${path}}`);
        return { id: args.custom === false ? '' : `\${${reference}.id}`, state };
      },
      call(args) {
        errors.push(new Error(`the program calls ${args.token}: provider functions need credentials; take the value from the workload file`));
        return {};
      },
    },
    options.project,
    options.stack,
    false,
  );
  pulumi.runtime.setAllConfig({ ...options.config });

  await pulumi.runtime.runInPulumiStack(async () => {
    pulumi.runtime.registerStackTransformation(record);
    try {
      const exported = options.program();
      await (typeof exported === 'function' ? (exported as () => unknown)() : exported);
    } catch (error) {
      // Rethrown below: the SDK would turn it into an unhandled rejection as well.
      errors.push(error instanceof Error ? error : new Error(String(error)));
    }
    return {};
  });
  await pulumi.runtime.disconnect();
  if (errors[0]) throw errors[0];

  const byReference = new Map([...registrations].map(([key, registration]) => [key, registration.urn]));
  for (const step of steps) addReferenced(step, byReference);
  steps.sort((a, b) => (a.urn < b.urn ? -1 : 1));
  return { config: options.config, steps, changeSummary: { create: steps.length } };
}

function createStep(type: string, custom: boolean, registration: Registration, inputs: Record<string, unknown>): PreviewStep {
  const { urn, parent, options, dependsOn, sourcePosition } = registration;
  return {
    op: 'create',
    urn,
    newState: {
      urn,
      type,
      custom,
      ...(parent ? { parent } : {}),
      ...(options.protect ? { protect: true as const } : {}),
      ...(options.retainOnDelete ? { retainOnDelete: true as const } : {}),
      ...(options.ignoreChanges?.length ? { ignoreChanges: options.ignoreChanges } : {}),
      ...(options.replaceOnChanges?.length ? { replaceOnChanges: options.replaceOnChanges } : {}),
      inputs: canonical(inputs) as { readonly [key: string]: Json },
      dependencies: dependsOn,
      ...(sourcePosition ? { sourcePosition } : {}),
    },
  };
}

const REFERENCE = /\$\{([^}]+?::[^}.]+)\.[^}]+\}/g;

/** Adds the URNs of the resources that the inputs refer to. */
function addReferenced(step: PreviewStep, byReference: ReadonlyMap<string, string>): void {
  const urns = new Set(step.newState.dependencies);
  for (const match of JSON.stringify(step.newState.inputs).matchAll(REFERENCE)) {
    const urn = byReference.get(match[1] ?? '');
    if (urn && urn !== step.urn) urns.add(urn);
  }
  Object.assign(step.newState, { dependencies: [...urns].sort() });
}

function resourcesIn(dependsOn: pulumi.ResourceOptions['dependsOn']): readonly pulumi.Resource[] {
  const list: readonly unknown[] = Array.isArray(dependsOn) ? dependsOn : [dependsOn];
  return list.filter((item): item is pulumi.Resource => pulumi.Resource.isInstance(item));
}

/** Dotted paths of every output of a resource, and every promise, inside the props. */
function* liftedPaths(value: unknown, path: readonly string[]): Iterable<string> {
  // An output of no resource may well be undefined: that is what azure-native makes of an input left out.
  if (pulumi.Output.isInstance(value)) { if (hasSource(value)) yield path.join('.'); }
  else if (value instanceof Promise) yield path.join('.');
  else if (typeof value === 'object' && value !== null && !pulumi.Resource.isInstance(value)) {
    for (const [key, inner] of Object.entries(value)) yield* liftedPaths(inner, [...path, key]);
  }
}

/** Whether an output comes of a resource. The SDK keeps that in a method that its types leave out; without it, yes. */
function hasSource(output: object): boolean {
  const resources: unknown = Reflect.get(output, 'resources');
  const sources: unknown = typeof resources === 'function' ? Reflect.apply(resources, output, []) : undefined;
  return !(typeof sources === 'object' && sources !== null && 'size' in sources && sources.size === 0);
}

/** The value at a path, looking through the SDK's secret wrapper. */
function valueAt(value: unknown, path: string): unknown {
  let current = value;
  for (const key of path.split('.')) {
    if (typeof current !== 'object' || current === null) return undefined;
    if (SECRET_MARKER in current) current = (current as { value?: unknown }).value;
    current = (current as Record<string, unknown>)[key];
  }
  return current;
}

function setAt(state: Record<string, unknown>, path: readonly string[], value: string): void {
  const [key = '', ...rest] = path;
  if (rest.length === 0) state[key] ??= value;
  else if (typeof state[key] === 'object' && state[key] !== null) setAt(state[key] as Record<string, unknown>, rest, value);
}

/** Plain JSON with sorted keys. */
function canonical(value: unknown): Json {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return (value ?? null) as Json;
  if (SECRET_MARKER in value) return '[secret]';
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, canonical(inner)]));
}

const THIS_FILE = __filename.replace(/\.[jt]s$/, '');

/** The first caller outside the SDK and this file, as the engine writes source positions. */
function callerPosition(root: string): string | undefined {
  for (const line of new Error().stack?.split('\n').slice(1) ?? []) {
    const match = /\(?(?:(file:\/\/[^)]+?)|(\/[^():]+|[A-Za-z]:[^():]+)):(\d+):(\d+)\)?$/.exec(line.trim());
    if (!match) continue;
    const file = match[1] ? fileURLToPath(match[1]) : (match[2] ?? '');
    if (file.includes(`${sep}node_modules${sep}`) || file.replace(/\.[jt]s$/, '') === THIS_FILE || file.endsWith('pulumi-preview.ts')) continue;
    const path = relative(root, file);
    if (path.startsWith('..') || isAbsolute(path)) return undefined;
    return `project:///${path.split(sep).join('/')}#${match[3] ?? ''},${match[4] ?? ''}`;
  }
  return undefined;
}
