import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { at, isList, isObject, type SourceLocation, type Value } from '../model.js';
import type { Acknowledgement } from '../exemptions.js';
import type { Origin, TemplateSource } from './template.js';
import { InputError, parseText, readText } from './text.js';

/** Whether a parsed `manifest.json` is the manifest of a CDK cloud assembly. */
export function isManifest(document: Value): boolean {
  return isObject(document) && typeof document['version'] === 'string' && (document['artifacts'] === undefined || isObject(document['artifacts']))
    && (isObject(document['artifacts']) ? Object.values(document['artifacts']).every((artifact) => isObject(artifact) && typeof artifact['type'] === 'string') : true);
}

const MAX_NESTED_ASSEMBLIES = 16;

/**
 * Every stack of a cloud assembly, nested assemblies (stages) included.
 * @throws InputError when the manifest names a file that is missing or lies outside the assembly.
 */
export function* assemblyStacks(directory: string, manifest: Value, level = 0, hidden = lazily(() => hiddenFindings(directory))): Iterable<TemplateSource> {
  const artifacts = at(manifest, 'artifacts');
  if (!isObject(artifacts)) return;
  const manifestFile = join(directory, 'manifest.json');
  for (const [id, artifact] of Object.entries(artifacts)) {
    const type = at(artifact, 'type');
    if (type === 'cdk:cloud-assembly') {
      const nested = inside(directory, at(artifact, 'properties.directoryName'), manifestFile);
      if (level >= MAX_NESTED_ASSEMBLIES) throw new InputError(manifestFile, `assemblies nest deeper than ${MAX_NESTED_ASSEMBLIES} levels`);
      const file = join(nested, 'manifest.json');
      const inner = parseText(readText(file), file);
      if (!isManifest(inner)) throw new InputError(file, 'is not the manifest of a cloud assembly');
      yield* assemblyStacks(nested, inner, level + 1, hidden);
    } else if (type === 'aws:cloudformation:stack') {
      yield stackOf(directory, id, artifact, manifestFile, hidden);
    }
  }
}

function stackOf(directory: string, id: string, artifact: Value, manifestFile: string, hidden: () => ReadonlyMap<string, Acknowledgement>): TemplateSource {
  const file = inside(directory, at(artifact, 'properties.templateFile'), manifestFile);
  const template = parseText(readText(file), file);
  if (!isObject(template)) throw new InputError(file, 'is not a CloudFormation template');
  const environment = /^aws:\/\/([^/]+)\/([^/]+)$/.exec(String(at(artifact, 'environment') as string));
  const known = (part: string | undefined) => (part && !part.startsWith('unknown-') ? part : undefined);
  const stackName = at(artifact, 'properties.stackName');
  const metadata = lazily(() => metadataOf(directory, artifact, manifestFile));
  const origins = lazily(() => readOrigins(metadata()));
  return {
    stack: id, file, template,
    account: known(environment?.[1]),
    region: known(environment?.[2]),
    stackName: typeof stackName === 'string' ? stackName : undefined,
    origin: (logicalId) => origins().get(`${basename(file)}/${logicalId}`) ?? origins().get(logicalId),
    nested: nestedTemplates(directory, origins),
    acknowledgements: () => acknowledgementsIn(metadata(), hidden()),
  };
}

/** What somebody acknowledged in the app: from the metadata of the stack's constructs, and from the report for scopes around it. */
function acknowledgementsIn(sections: readonly MetadataSection[], hidden: ReadonlyMap<string, Acknowledgement>): Acknowledgement[] {
  const result = new Map<string, Acknowledgement>();
  const paths = sections.flatMap(({ metadata }) => Object.keys(metadata));
  for (const [key, acknowledgement] of hidden) {
    const { path } = acknowledgement;
    if (path === '' || paths.some((inner) => inner.startsWith(`/${path}/`))) result.set(key, acknowledgement);
  }
  for (const { file, metadata } of sections) {
    for (const [path, entries] of Object.entries(metadata)) {
      for (const entry of isList(entries) ? entries : []) {
        const rules = at(entry, 'type') === 'aws:cdk:acknowledged-rules' ? at(entry, 'data') : undefined;
        for (const [id, reason] of Object.entries(isObject(rules) ? rules : {})) {
          const scope = path.replace(/^\//, '');
          result.set(`${id} ${scope}`, { id, path: scope, reason: typeof reason === 'string' ? reason : '', source: fromHere(file), hides: hidden.get(`${id} ${scope}`)?.hides ?? 0 });
        }
      }
    }
  }
  return [...result.values()];
}

/** The acknowledgements that hid something when the app was validated, as CDK's report tells; those of a whole app or stage are told nowhere else. */
function hiddenFindings(directory: string): ReadonlyMap<string, Acknowledgement> {
  const result = new Map<string, Acknowledgement>();
  const file = ['validation-report.json', 'policy-validation-report.json'].map((name) => join(directory, name)).find((name) => existsSync(name));
  const reports = file === undefined ? undefined : at(parseText(readText(file), file), 'pluginReports');
  for (const report of isList(reports) ? reports : []) {
    const suppressed = at(report, 'suppressedViolations');
    for (const violation of isList(suppressed) ? suppressed : []) {
      const [id, scope, reason] = [at(violation, 'acknowledgedId'), at(violation, 'acknowledgedAt') ?? '', at(violation, 'reason')];
      if (typeof id !== 'string' || typeof scope !== 'string') continue;
      const constructs = at(violation, 'violatingConstructs');
      // The kit's own findings are counted when its rules run.
      const hides = id.startsWith('tee-kit::') || !isList(constructs) ? 0 : constructs.length;
      const key = `${id} ${scope}`;
      result.set(key, { id, path: scope, reason: typeof reason === 'string' ? reason : '', source: fromHere(file ?? directory), hides: hides + (result.get(key)?.hides ?? 0) });
    }
  }
  return result;
}

/** Finds the template of a nested stack: beside its parent, named by asset metadata, the assets file, or a local path. */
export function nestedTemplates(directory: string, origins: () => ReadonlyMap<string, Origin> = () => new Map()): NonNullable<TemplateSource['nested']> {
  const assets = lazily(() => readAssets(directory));
  return (resource) => {
    const metadata = at(resource, 'Metadata');
    const path = isObject(metadata) ? metadata['aws:asset:path'] : undefined;
    const url = at(resource, 'Properties.TemplateURL');
    const text = JSON.stringify(url ?? '');
    const key = /([0-9a-f]{64}\.json)/.exec(text)?.[1];
    const name = typeof path === 'string' ? path
      : key !== undefined ? assets().get(key)
        : typeof url === 'string' && !/^[a-z0-9]+:/i.test(url) ? url : undefined;
    if (name === undefined) return undefined;
    const file = resolve(directory, name);
    if (!isInside(directory, file) || !existsSync(file)) return undefined;
    const template = parseText(readText(file), file);
    if (!isObject(template)) throw new InputError(file, 'is not a CloudFormation template');
    return {
      file, template,
      origin: (logicalId) => origins().get(`${basename(file)}/${logicalId}`),
      nested: nestedTemplates(dirname(file), origins),
    };
  };
}

/** Object key of every file asset of a folder, to its path. Nested stacks are in the file of their top-level stack. */
function readAssets(directory: string): Map<string, string> {
  const result = new Map<string, string>();
  for (const name of readdirSync(directory).filter((entry) => entry.endsWith('.assets.json'))) {
    const file = join(directory, name);
    const files = at(parseText(readText(file), file), 'files');
    if (!isObject(files)) continue;
    for (const asset of Object.values(files)) {
      const path = at(asset, 'source.path');
      const destinations = at(asset, 'destinations');
      if (typeof path !== 'string' || !isObject(destinations)) continue;
      for (const destination of Object.values(destinations)) {
        const key = at(destination, 'objectKey');
        if (typeof key === 'string') result.set(key, path);
      }
    }
  }
  return result;
}

/**
 * Construct path and source line by logical id. Logical ids of nested stacks may repeat, so they are also kept under
 * `<template file>/<logical id>`; a stack itself is under `<template file>/`.
 */
function readOrigins(sections: readonly MetadataSection[]): Map<string, Origin> {
  const result = new Map<string, Origin>();
  const nested = new Map<string, string>();
  // The first line known below a construct: what a library makes deep inside it has too long a stack to reach the user's.
  const around = new Map<string, SourceLocation>();
  const waiting: { readonly keys: readonly string[]; readonly path: string }[] = [];
  for (const { metadata } of sections) {
    for (const [path, entries] of Object.entries(metadata)) {
      if (!isList(entries)) continue;
      let logicalId: string | undefined;
      let source: SourceLocation | undefined;
      for (const entry of entries) {
        const [type, data] = [at(entry, 'type'), at(entry, 'data')];
        if (type === 'aws:cdk:logicalId' && typeof data === 'string') {
          logicalId = data;
          source ??= firstFrame(at(entry, 'trace'));
        } else if (type === 'aws:cdk:creationStack') source = firstFrame(data) ?? source;
        else if (type === 'aws:cdk:templateFile' && typeof data === 'string') nested.set(path, data);
      }
      if (source) for (const scope of scopesOf(path)) if (!around.has(scope)) around.set(scope, source);
      const owner = ownerOf(path, nested);
      const stack = nested.get(path);
      const keys = [
        ...(stack === undefined ? [] : [`${stack}/`]), ...(logicalId === undefined || owner === undefined ? [] : [`${owner}/${logicalId}`]),
        ...(logicalId === undefined || result.has(logicalId) ? [] : [logicalId]),
      ];
      for (const key of keys) result.set(key, { constructPath: path.replace(/^\//, ''), source });
      if (!source) waiting.push({ keys, path });
    }
  }
  for (const { keys, path } of waiting) {
    const source = scopesOf(path).map((scope) => around.get(scope)).find((line) => line !== undefined);
    for (const key of keys) result.set(key, { ...result.get(key), source });
  }
  return result;
}

/** A construct path and those around it, innermost first. */
function scopesOf(path: string): string[] {
  const result = [path];
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) result.push(path.slice(0, end));
  return result;
}

/** The constructs' metadata of one stack: in the manifest, or in a file beside it. */
interface MetadataSection {
  readonly file: string;
  readonly metadata: { readonly [path: string]: Value };
}

function metadataOf(directory: string, artifact: Value, manifestFile: string): MetadataSection[] {
  const found: { file: string; metadata: Value | undefined }[] = [{ file: manifestFile, metadata: at(artifact, 'metadata') }];
  const extra = at(artifact, 'additionalMetadataFile');
  if (typeof extra === 'string') {
    const file = inside(directory, extra, manifestFile);
    found.push({ file, metadata: parseText(readText(file), file) });
  }
  return found.flatMap(({ file, metadata }) => (isObject(metadata) ? [{ file, metadata }] : []));
}

/** The template file of the innermost stack around a construct path; stacks come before their children. */
function ownerOf(path: string, stacks: ReadonlyMap<string, string>): string | undefined {
  return scopesOf(path).slice(1).map((scope) => stacks.get(scope)).find((file) => file !== undefined);
}

/** The first line of a creation stack that is a user's file. */
function firstFrame(trace: Value | undefined): SourceLocation | undefined {
  if (!isList(trace)) return undefined;
  for (const frame of trace) {
    // `new Construct (file:line:column)`, or the bare position; the CDK writes paths relative to the app where it can.
    const match = typeof frame === 'string' ? (/\((.+):(\d+):\d+\)$/.exec(frame.trim()) ?? /^(?:at )?([^()]+):(\d+):\d+$/.exec(frame.trim())) : null;
    const file = match?.[1]?.replace(/^file:\/\//, '');
    if (file && !/(^|[\\/])node_modules[\\/]|^node:/.test(file)) return { file: isAbsolute(file) ? fromHere(file) : file, line: Number(match?.[2]) };
  }
  return undefined;
}

/** A path relative to the current folder where it lies inside it. */
export function fromHere(file: string): string {
  const path = relative(process.cwd(), file);
  return path !== '' && !path.startsWith('..') && !isAbsolute(path) ? path.split(sep).join('/') : file;
}

function inside(directory: string, name: Value | undefined, manifestFile: string): string {
  if (typeof name !== 'string' || name === '') throw new InputError(manifestFile, 'an artifact names no file');
  const file = resolve(directory, name);
  if (!isInside(directory, file)) throw new InputError(manifestFile, `${name} lies outside the assembly`);
  return file;
}

/** Whether a path lies below a folder, and what it is a link to does too. */
export function isInside(directory: string, file: string): boolean {
  return isBelow(resolve(directory), file) && (!existsSync(file) || isBelow(realpathSync(directory), realpathSync(file)));
}

function isBelow(directory: string, file: string): boolean {
  const path = relative(directory, file);
  return path !== '' && path !== '..' && !path.startsWith(`..${sep}`) && !isAbsolute(path);
}

function lazily<T>(compute: () => T): () => T {
  let known: { readonly value: T } | undefined;
  return () => (known ??= { value: compute() }).value;
}
