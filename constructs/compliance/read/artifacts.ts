import { lstatSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { at, type Cloud, Deployment, isList, isObject, type Resource, type Value } from '../model.js';
import { readEmbeddedWorkload, WORKLOAD_KEY } from '../../workload/facts.js';
import { CLOUDS, type Workload } from '../../workload/workload.js';
import { assemblyStacks, fromHere, isInside, isManifest, nestedTemplates } from './assembly.js';
import type { Acknowledgement } from '../exemptions.js';
import { EMBEDDED_WORKLOAD } from '../phi.js';
import { isPulumi, readPulumi } from './preview.js';
import { gap, TemplateRun, type TemplateSource } from './template.js';
import { demandNames, InputError, isYaml, parseText, readText, reason } from './text.js';

export { InputError } from './text.js';

export interface ReadOptions {
  /** Governs in place of the workload that the artifacts embed. */
  readonly workload?: Workload | undefined;
  /** ISO date against which expiries are judged. Default: today, UTC. */
  readonly today?: string | undefined;
  /** Told each file as it is read. */
  readonly onFile?: ((file: string) => void) | undefined;
}

export type ArtifactKind = 'cloud assembly' | 'CloudFormation template' | 'Pulumi preview' | 'Pulumi stack export';

export interface Artifacts {
  /** One for all CloudFormation stacks, or for those of each workload file that they embed; one per cloud of each Pulumi preview or export. */
  readonly deployments: readonly Deployment[];
  /** What was acknowledged in CDK apps. */
  readonly acknowledgements: readonly Acknowledgement[];
  /** Every artifact file that was read, in order. */
  readonly files: readonly string[];
  /** What they are, each kind once. */
  readonly kinds: readonly ArtifactKind[];
  /** Files of a folder that were left out, with the reason. */
  readonly ignored: readonly string[];
}

/**
 * Reads cloud assemblies, CloudFormation templates, Pulumi previews and stack exports, and folders holding any of them.
 * @throws InputError when a path does not hold what it claims to, or holds nothing readable.
 */
export function readArtifacts(paths: readonly string[], options: ReadOptions = {}): Artifacts {
  const gathered = new Gathering(options);
  for (const path of paths) gathered.add(path);
  return gathered.finish();
}

/** File names that claim to be an artifact: if they cannot be parsed, that is an error and not a foreign file. */
const CLAIMS = /(\.template\.(json|ya?ml)|^manifest\.json|preview.*\.json|export.*\.json|\.template)$/i;
/** Text that only an artifact has. */
const CLAIMING_TEXT = /AWSTemplateFormatVersion|"?Resources"?\s*:|"steps"\s*:|"deployment"\s*:|aws:cloudformation:stack/;
const ARTIFACT_NAME = /\.(json|ya?ml|template)$/i;
const SKIPPED_FOLDERS = new Set(['node_modules', '.git']);

class Gathering {
  private readonly templates: TemplateSource[] = [];
  private readonly pulumi: { readonly document: Value; readonly file: string }[] = [];
  private readonly files: string[] = [];
  private readonly ignored: string[] = [];
  private readonly seen = new Set<string>();
  private readonly stackIds = new Set<string>();
  private readonly kinds = new Set<ArtifactKind>();

  constructor(private readonly options: ReadOptions) {}

  add(path: string): void {
    let directory: boolean;
    try {
      directory = statSync(path).isDirectory();
    } catch (error) {
      throw new InputError(path, (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'no such file or folder' : `cannot be read: ${reason(error)}`);
    }
    if (directory) {
      const before = this.templates.length + this.pulumi.length;
      const assemblies = this.folder(path, path);
      if (this.templates.length + this.pulumi.length === before && assemblies === 0) {
        throw new InputError(path, 'holds no cloud assembly, CloudFormation template, Pulumi preview or stack export');
      }
    } else this.file(path);
  }

  /** A file that the user named: it must be an artifact. */
  private file(path: string): void {
    if (this.isSeen(path)) return;
    const document = this.parse(path);
    if (basename(path) === 'manifest.json' && isManifest(document)) this.assembly(dirname(path), document);
    else if (!this.take(path, document)) throw new InputError(path, 'is not a cloud assembly, CloudFormation template, Pulumi preview or stack export');
  }

  /** @returns the number of cloud assemblies found. */
  private folder(path: string, root: string): number {
    const manifest = join(path, 'manifest.json');
    let entries: string[];
    try {
      entries = readdirSync(path).sort();
    } catch (error) {
      throw new InputError(path, `cannot be read: ${reason(error)}`);
    }
    if (entries.includes('manifest.json') && this.entry(manifest, root) === 'file') {
      const document = this.parseIfArtifact(manifest);
      if (document !== undefined && isManifest(document)) {
        this.assembly(path, document);
        return 1;
      }
    }
    let assemblies = 0;
    const documents: { readonly file: string; readonly document: Value }[] = [];
    for (const entry of entries) {
      const file = join(path, entry);
      const kind = SKIPPED_FOLDERS.has(entry) ? undefined : this.entry(file, root);
      if (kind === 'folder') assemblies += this.folder(file, root);
      else if (kind === 'file' && ARTIFACT_NAME.test(entry) && !this.isSeen(file)) {
        const document = this.parseIfArtifact(file);
        if (document !== undefined) documents.push({ file, document });
      }
    }
    const nested = nestedIn(documents);
    for (const { file, document } of documents) {
      if (nested.has(resolve(file))) continue;
      if (!this.take(file, document)) this.ignored.push(`${fromHere(file)}: not an artifact`);
    }
    return assemblies;
  }

  /**
   * What a name in a folder is. A link to another folder of the same root is nothing: that is read where it lies.
   * @throws InputError for links out of the root: what lies there is not what was named.
   */
  private entry(file: string, root: string): 'folder' | 'file' | undefined {
    try {
      const link = lstatSync(file).isSymbolicLink();
      const folder = statSync(file).isDirectory();
      if (link && (folder || ARTIFACT_NAME.test(file)) && !isInside(root, resolve(file)) && realpathSync(file) !== realpathSync(root)) throw new InputError(file, `is a link out of ${root}; name what it leads to`);
      return folder ? (link ? undefined : 'folder') : 'file';
    } catch (error) {
      if (error instanceof InputError) throw error;
      if (ARTIFACT_NAME.test(file) || (error as NodeJS.ErrnoException).code === 'EACCES') throw new InputError(file, `cannot be read: ${reason(error)}`);
      return undefined;
    }
  }

  private assembly(directory: string, manifest: Value): void {
    this.kinds.add('cloud assembly');
    for (const source of assemblyStacks(directory, manifest)) {
      this.options.onFile?.(source.file);
      this.files.push(source.file);
      this.seen.add(realpathSync(source.file));
      this.templates.push({ ...source, stack: this.uniqueStack(source.stack) });
    }
  }

  private take(file: string, document: Value): boolean {
    if (isPulumi(document)) {
      this.pulumi.push({ document, file });
      this.kinds.add(isObject(document) && isList(document['steps']) ? 'Pulumi preview' : 'Pulumi stack export');
    } else if (isTemplate(document)) {
      const resources = at(document, 'Resources');
      if (!isObject(resources)) throw new InputError(file, 'Resources is not a map of resources: not a CloudFormation template');
      demandNames(Object.keys(resources), file);
      const stack = this.uniqueStack(basename(file).replace(/(\.template)?\.(json|ya?ml)$|\.template$/i, '').replace(/[^\w-]/g, '-'));
      this.templates.push({ stack, file, template: document, nested: nestedTemplates(dirname(file)) });
      this.kinds.add('CloudFormation template');
    } else return false;
    this.files.push(file);
    return true;
  }

  private parse(file: string): Value {
    this.options.onFile?.(file);
    return parseText(readText(file), file);
  }

  /** Parses a file of a folder; what cannot be parsed and claims nothing is foreign. */
  private parseIfArtifact(file: string): Value | undefined {
    let text: string | undefined;
    try {
      this.options.onFile?.(file);
      text = readText(file);
      if (isYaml(file) && !CLAIMING_TEXT.test(text)) {
        this.ignored.push(`${fromHere(file)}: not an artifact`);
        return undefined;
      }
      return parseText(text, file);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      if (text === undefined || CLAIMS.test(basename(file)) || CLAIMING_TEXT.test(text)) throw error;
      this.ignored.push(error.message);
      return undefined;
    }
  }

  private isSeen(file: string): boolean {
    const path = realpathSync(file);
    if (this.seen.has(path)) return true;
    this.seen.add(path);
    return false;
  }

  private uniqueStack(name: string): string {
    let unique = name;
    for (let number = 2; this.stackIds.has(unique); number++) unique = `${name}~${number}`;
    this.stackIds.add(unique);
    return unique;
  }

  finish(): Artifacts {
    const deployments: Deployment[] = [];
    for (const stacks of apart(this.templates, this.options)) deployments.push(templateDeployment(stacks, this.options, this.templates));
    for (const { document, file } of this.pulumi) deployments.push(...pulumiDeployments(document, fromHere(resolve(file)), this.options));
    // Those of a whole app or stage are told by each of its stacks.
    const acknowledgements = [...new Map(this.templates.flatMap((template) => [...(template.acknowledgements?.() ?? [])]).map((one) => [`${one.id} ${one.path} ${one.source}`, one])).values()];
    return { deployments, acknowledgements, files: this.files.map((file) => fromHere(resolve(file))), kinds: [...this.kinds].sort(), ignored: this.ignored };
  }
}

type Governing = Pick<ReadOptions, 'workload' | 'today'>;

const todayOf = ({ today }: Governing): string => today ?? new Date().toISOString().slice(0, 10);

/** @throws InputError for artifacts without a resource: a verdict over nothing would read like a clean one. */
export function demandResources(deployments: readonly Deployment[], paths: readonly string[]): void {
  if (deployments.every(({ resources }) => resources.length === 0)) throw new InputError(paths.join(', '), 'no resources of AWS, Azure or Google Cloud: nothing to judge');
}

/**
 * The stacks that are judged together: all of a run, unless they embed different workload files. Then each cloud assembly
 * (a Stage, which CDK lets refer to no other) is one deployment, and within one assembly the stacks of each workload:
 * regions or environments side by side. A stack that embeds none goes with those of its account and region, or with
 * every workload of its assembly where that does not tell.
 */
export function apart(sources: readonly TemplateSource[], { workload }: Governing = {}): readonly (readonly TemplateSource[])[] {
  const texts = new Map(sources.map((source) => [source, workloadText(source.template)]));
  if (sources.length === 0) return [];
  if (workload !== undefined || new Set([...texts.values()].filter((text) => text !== undefined)).size < 2) return [sources];
  const assemblies = new Map<string, TemplateSource[]>();
  for (const source of sources) assemblies.set(dirname(source.file), [...(assemblies.get(dirname(source.file)) ?? []), source]);
  return [...assemblies.values()].flatMap((stacks) => {
    const groups = new Map<string, TemplateSource[]>();
    for (const stack of stacks) {
      const text = texts.get(stack);
      if (text !== undefined) groups.set(text, [...(groups.get(text) ?? []), stack]);
    }
    if (groups.size < 2) return [stacks];
    const placed = [...groups.values()].map((members) => [...members]);
    for (const stack of stacks) {
      if (texts.get(stack) !== undefined) continue;
      const near = placed.filter((members) => members.some(({ account, region }) => account !== undefined && account === stack.account && region === stack.region));
      for (const members of near.length === 1 ? near : placed) members.push(stack);
    }
    return placed;
  });
}

function workloadText(template: Value): string | undefined {
  const workload = isObject(template) && isObject(template['Metadata']) ? template['Metadata'][WORKLOAD_KEY] : undefined;
  return workload === undefined ? undefined : JSON.stringify(workload);
}

/**
 * The deployment of several CloudFormation stacks; references across them are resolved, exports of the stacks `beside`
 * them too.
 */
export function templateDeployment(sources: readonly TemplateSource[], options: Governing = {}, beside: readonly TemplateSource[] = []): Deployment {
  const run = new TemplateRun();
  for (const source of sources) run.add({ ...source, file: fromHere(resolve(source.file)) });
  for (const source of beside) if (!sources.includes(source)) run.addBeside(source);
  const resources = run.resources();
  const workload = governing('aws', run.embedded(), resources, sources[0]?.file ?? '', options);
  return new Deployment('aws', resources, workload, todayOf(options), run.environments());
}

/** The deployments of a parsed Pulumi preview or stack export, one per cloud. */
export function pulumiDeployments(document: Value, file: string, options: Governing = {}): Deployment[] {
  const { resources, embedded } = readPulumi(document, file);
  return CLOUDS.flatMap((cloud) => {
    const own = resources.filter((resource) => resource.cloud === cloud);
    if (own.length === 0) return [];
    const workload = governing(cloud, embedded === undefined ? [] : [embedded], own, file, options);
    return [new Deployment(cloud, own, workload, todayOf(options))];
  });
}

/** The workload that governs a deployment; what is wrong with an embedded one becomes a gap. */
function governing(cloud: Cloud, embedded: readonly Value[], resources: Resource[], file: string, options: Governing): Workload | null {
  if (options.workload) return options.workload;
  const [first, ...others] = embedded;
  if (first === undefined) return null;
  const text = JSON.stringify(first);
  if (others.some((other) => JSON.stringify(other) !== text)) {
    resources.push(gap(cloud, EMBEDDED_WORKLOAD, file, 'the stacks embed different workload files; name the one that governs with --workload, or check them one by one'));
  }
  const { workload, reason: problem } = readEmbeddedWorkload(first);
  if (workload) return workload;
  resources.push(gap(cloud, EMBEDDED_WORKLOAD, file, problem));
  return null;
}

export function isTemplate(document: Value): boolean {
  if (!isObject(document)) return false;
  if (document['AWSTemplateFormatVersion'] !== undefined) return true;
  const resources = document['Resources'];
  if (!isObject(resources)) return false;
  return Object.values(resources).some((body) => isObject(body) && typeof body['Type'] === 'string' && /^[A-Za-z0-9]+::/.test(body['Type']))
    || Object.keys(resources).some((name) => name.startsWith('Fn::'));
}

/**
 * The templates that are judged as nested stacks of another one. Of templates that nest each other in a circle the
 * first is judged by itself: nobody falls out.
 */
function nestedIn(documents: readonly { readonly file: string; readonly document: Value }[]): ReadonlySet<string> {
  const children = new Map(documents.map(({ file, document }) => [resolve(file), childrenOf(file, document).filter((child) => child !== resolve(file))]));
  const named = new Set([...children.values()].flat());
  const nested = new Set<string>();
  const reach = (file: string): void => {
    for (const child of children.get(file) ?? []) {
      if (nested.has(child)) continue;
      nested.add(child);
      reach(child);
    }
  };
  for (const file of children.keys()) if (!named.has(file)) reach(file);
  for (const file of children.keys()) {
    if (!named.has(file) || nested.has(file)) continue;
    reach(file);
    nested.delete(file);
  }
  return nested;
}

/** The local templates of the nested stacks that a template names. */
function childrenOf(file: string, document: Value): string[] {
  const resources = isTemplate(document) ? at(document, 'Resources') : undefined;
  const find = nestedTemplates(dirname(file));
  return Object.values(isObject(resources) ? resources : {}).flatMap((body) => {
    const child = isObject(body) && body['Type'] === 'AWS::CloudFormation::Stack' ? find(body) : undefined;
    return child ? [resolve(child.file)] : [];
  });
}
