/** Reads and validates a workload file. Loads zod and yaml, so nothing that must start fast may import it. */
import { readFileSync, statSync } from 'node:fs';
import { isAlias, isCollection, isMap, isNode, isPair, isScalar, isSeq, LineCounter, type Node, parseDocument, type Scalar, visit, type YAMLError, type YAMLMap } from 'yaml';
import type { z } from 'zod';
import { crossChecks, guess, type PartialFile, valueAt } from './checks.js';
import { type WorkloadFile, workloadFile } from './schema.js';
import type { AwsMeasurement, AwsPlacement, AzureGuestMeasurement, ConfidentialSpaceMeasurement, GcpPlacement, Workload } from './workload.js';

/** Largest workload file in bytes. A file with ten pasted Azure tokens is about half of it. */
const MAX_BYTES = 128 * 1024;

/** Deepest nesting. An Azure token in the file reaches 10. */
const MAX_DEPTH = 32;

/** Most entries of one mapping or list: what comes after costs time and is no workload. */
const MAX_ENTRIES = 500;

/** Most syntax errors reported: later ones mostly follow from the first. */
const MAX_SYNTAX_ISSUES = 10;

/** Longest value shown in an error. */
const SHOWN = 80;

/** One error of a workload file. */
export interface WorkloadFileIssue {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;
  /** Dotted key path; empty for the file as a whole. */
  readonly path: string;
  /** The whole error as one line: position, key path, value given, what is allowed, fix. */
  readonly text: string;
}

/** All errors of a workload file at once. `message` has one line per error. */
export class WorkloadFileError extends Error {
  override readonly name = 'WorkloadFileError';

  constructor(readonly issues: readonly WorkloadFileIssue[]) {
    super(issues.map(({ text }) => text).join('\n'));
  }
}

/**
 * Reads and validates a workload file.
 * @param path the file, as it should be named in errors.
 * @throws {WorkloadFileError} with every error of the file, also when it cannot be read.
 */
export function loadWorkload(path: string): Workload {
  return parseWorkload(readText(path), path);
}

function readText(path: string): string {
  const refuse = (message: string): never => {
    throw new WorkloadFileError([wholeFile(path, message)]);
  };
  let bytes: Buffer;
  try {
    const stats = statSync(path);
    // A device or pipe could block or never end.
    if (!stats.isFile()) return refuse(`is not a file; allowed: a YAML file; fix: name the workload file itself`);
    if (stats.size > MAX_BYTES) return refuse(`has ${stats.size} bytes; allowed: at most ${MAX_BYTES}; fix: name the workload file itself`);
    bytes = readFileSync(path);
  } catch (error) {
    if (error instanceof WorkloadFileError) throw error;
    const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown error';
    return refuse(code === 'ENOENT' ? 'does not exist; allowed: a YAML file; fix: correct the path or create the file' : `cannot be read (${code}); allowed: a readable YAML file; fix: correct the path or its permissions`);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return refuse('is not UTF-8 text; allowed: UTF-8; fix: save the file as UTF-8');
  }
}

/**
 * Validates the text of a workload file.
 * @param text YAML 1.2, UTF-8, at most 128 KiB; anchors, aliases and tags are refused.
 * @param file name of the file in errors.
 * @throws {WorkloadFileError} with every error of the text; nothing else is thrown.
 */
export function parseWorkload(text: string, file: string): Workload {
  const document = readDocument(text, file);
  const result = workloadFile.safeParse(document.data);
  const problems = result.success ? [] : result.error.issues.flatMap((issue) => formProblems(issue, document.data));
  const data = prune(document.data, problems);
  for (const problem of crossChecks(data as PartialFile, document.data)) problems.push({ ...problem, at: 'value', drop: [] });
  const issues = [...document.issues, ...problems.map((problem) => located(problem, document))];
  if (issues.length > 0 || !result.success) throw new WorkloadFileError(sorted(issues));
  return toWorkload(result.data);
}

/** The workload, from a file whose form and cross-references are right. */
function toWorkload(file: WorkloadFile): Workload {
  const { baa, clouds, measurements, keyAdministrators, breakGlass, ...rest } = file;
  return {
    ...rest,
    baa: defined(baa),
    clouds: defined({ ...clouds, aws: clouds.aws && awsPlacement(clouds.aws), gcp: clouds.gcp && gcpPlacement(clouds.gcp) }),
    measurements: {
      aws: releases(measurements.aws, (release): AwsMeasurement => {
        if (release.tool === 'nitro-cli') {
          const { tool: _tool, output, ...approval } = release;
          return { kind: 'nitro-enclave', pcrs: output, ...approval };
        }
        const { tool: _tool, output, ...approval } = release;
        return { kind: 'nitro-tpm', pcrs: output, ...approval };
      }),
      azure: releases(measurements.azure, ({ tool: _tool, output, ...approval }): AzureGuestMeasurement => ({ kind: 'azure-guest', claims: output, ...approval })),
      gcp: releases(measurements.gcp, ({ tool: _tool, output, ...approval }): ConfidentialSpaceMeasurement => ({ kind: 'confidential-space', ...output, ...approval })),
    },
    keyAdministrators: defined(keyAdministrators),
    breakGlass: defined(breakGlass),
  };
}

function awsPlacement({ organization, deploymentRole, keyAccount, logAccount, consumers, ...host }: NonNullable<WorkloadFile['clouds']['aws']>): AwsPlacement {
  return { ...host, ...defined({ organization, deploymentRole, keyAccount, logAccount, consumers }) };
}

function gcpPlacement({ oldestImage, gatewayImage, perimeter, privateServiceConnect, assuredWorkloads, ...host }: NonNullable<WorkloadFile['clouds']['gcp']>): GcpPlacement {
  return { ...host, ...defined({ oldestImage, gatewayImage, perimeter, privateServiceConnect, assuredWorkloads }) };
}

function releases<T, U>(entries: Readonly<Record<string, T>> | undefined, shape: (release: T) => U): Readonly<Record<string, U>> {
  return Object.fromEntries(Object.entries(entries ?? {}).map(([name, release]) => [name, shape(release)]));
}

/** `T` without `undefined` as a value, which `exactOptionalPropertyTypes` tells apart from an absent key. */
type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function defined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as Defined<T>;
}

interface Document {
  readonly file: string;
  readonly data: unknown;
  readonly root: Node | null;
  readonly lines: LineCounter;
  /** Errors that leave the rest readable. */
  readonly issues: readonly WorkloadFileIssue[];
}

function readDocument(source: string, file: string): Document {
  const text = source.startsWith('\uFEFF') ? source.slice(1) : source;
  const refuse = (message: string): never => {
    throw new WorkloadFileError([wholeFile(file, message)]);
  };
  if (Buffer.byteLength(text) > MAX_BYTES) return refuse(`has more than ${MAX_BYTES} bytes; allowed: at most ${MAX_BYTES}; fix: name the workload file itself`);
  const control = /(?![\t\n\r])[\p{Cc}\p{Bidi_Control}\uFFFE\uFFFF]/u.exec(text);
  if (control) return refuse(`holds the character ${codePoint(control[0])} at offset ${control.index}; allowed: printable text; fix: save the file as UTF-8 text`);
  const lines = new LineCounter();
  try {
    // Repeated keys are found below: the parser's own search takes quadratic time.
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, version: '1.2', schema: 'core', merge: false, uniqueKeys: false });
    const errors = [...document.errors, ...document.warnings];
    if (errors.some(({ message }) => message.includes('call stack'))) throw new RangeError();
    if (errors.length > 0) throw new WorkloadFileError(sorted(errors.slice(0, MAX_SYNTAX_ISSUES).map((error) => syntaxIssue(error, file, lines))));
    const root = document.contents;
    if (!isMap(root) || !root.items.some(({ key }) => isScalar(key) && ROOT_KEYS.includes(String(key.value)))) {
      return refuse('is not a workload file; allowed: a mapping that starts with version: 1; fix: start from the workload.yaml that the kit ships');
    }
    const { issues, readable } = refusedNodes(root, file, lines);
    if (!readable) throw new WorkloadFileError(sorted(issues));
    return { file, data: document.toJS({ maxAliasCount: 0 }), root, lines, issues };
  } catch (error) {
    if (error instanceof WorkloadFileError) throw error;
    // The YAML composer recurses: deep nesting ends as a RangeError, or as an error that quotes one.
    if (error instanceof RangeError) return refuse(`is nested too deeply; allowed: ${MAX_DEPTH} levels; fix: start from the workload.yaml that the kit ships`);
    return refuse('cannot be parsed; allowed: YAML 1.2; fix: start from the workload.yaml that the kit ships');
  }
}

const ROOT_KEYS = Object.keys(workloadFile.shape);

function syntaxIssue(error: YAMLError, file: string, lines: LineCounter): WorkloadFileIssue {
  const { line, col } = lines.linePos(error.pos[0]);
  return issue(file, line, col, '', `not valid YAML: ${error.code === 'MULTIPLE_DOCS' ? 'a second document starts here' : cut(oneLine(error.message))}; allowed: YAML 1.2; fix: correct the text at this place`);
}

/**
 * What YAML allows and a workload file does not: whatever hides from a reader what an entry approves.
 * `readable` is false when the rest cannot be validated.
 */
function refusedNodes(root: Node, file: string, lines: LineCounter): { readonly issues: readonly WorkloadFileIssue[]; readonly readable: boolean } {
  const issues: WorkloadFileIssue[] = [];
  let readable = true;
  const refuse = (node: Node, path: readonly string[], message: string) => {
    const { line, col } = lines.linePos(node.range?.[0] ?? 0);
    issues.push(issue(file, line, col, pathText(path), message));
  };
  visit(root, (key, node, ancestors) => {
    if (!isNode(node)) return undefined;
    const keys = ancestors.flatMap((ancestor) => (isPair(ancestor) ? [isScalar(ancestor.key) ? String(ancestor.key.value) : '?'] : []));
    const path = key === 'key' ? keys.slice(0, -1) : keys;
    const stop = (message: string) => {
      readable = false;
      refuse(node, path, message);
    };
    if (ancestors.filter(isNode).length > MAX_DEPTH) {
      stop(`nested too deeply; allowed: ${MAX_DEPTH} levels; fix: start from the workload.yaml that the kit ships`);
      return visit.BREAK;
    }
    if (isAlias(node)) stop(`${show(`*${node.source}`)}: alias; allowed: values written out, so that each approval can be read where it stands; fix: write the value out`);
    else if (node.anchor !== undefined) stop(`${show(`&${node.anchor}`)}: anchor; allowed: values without anchors; fix: remove the anchor`);
    if (node.tag !== undefined) stop(`${show(node.tag)}: tag; allowed: values without tags; fix: remove the tag`);
    if (isCollection(node) && node.items.length > MAX_ENTRIES) {
      stop(`${node.items.length} entries; allowed: at most ${MAX_ENTRIES}; fix: start from the workload.yaml that the kit ships`);
      return visit.SKIP;
    }
    if (key === 'key') {
      if (!isScalar(node) || typeof node.value !== 'string') stop(`${isScalar(node) ? show(node.value) : 'a collection'}: key; allowed: text as key; fix: write the key in quotes`);
      else if (node.value === '__proto__') stop('"__proto__": key; allowed: the keys in docs/workload.md; fix: remove it');
    }
    if (isMap(node)) {
      for (const repeated of repeatedKeys(node)) refuse(repeated, [...path, String(repeated.value)], 'key given twice; allowed: each key once; fix: keep one of them');
    }
    // JSON.parse keeps the last of two equal keys, and a reader sees the first.
    if (isScalar(node) && typeof node.value === 'string' && node.value.startsWith('{')) {
      visit(parseDocument(node.value, { uniqueKeys: false, prettyErrors: false }), {
        Map(_key, map) {
          for (const repeated of repeatedKeys(map)) refuse(node, [...path, String(repeated.value)], 'key given twice in the pasted text; allowed: each key once; fix: paste the output unchanged');
        },
      });
    }
    return undefined;
  });
  return { issues, readable };
}

function repeatedKeys(map: YAMLMap): Scalar[] {
  const seen = new Set<unknown>();
  return map.items.flatMap(({ key }) => {
    if (!isScalar(key)) return [];
    if (seen.has(key.value)) return [key];
    seen.add(key.value);
    return [];
  });
}

interface Problem {
  readonly path: readonly string[];
  readonly message: string;
  /** Whether the error is about the value at the path or about the key itself. */
  readonly at: 'value' | 'key';
  /** The part of the file that further checks must not trust. */
  readonly drop: readonly string[];
}

function formProblems(issue: z.core.$ZodIssue, data: unknown): Problem[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    // The section's message for this code is the list of its keys.
    const allowed = issue.message.split(', ');
    return issue.keys.map((key) => ({
      path: [...path, key],
      message: `unknown key; allowed: ${issue.message}; fix: ${guess(key, allowed) ?? 'remove it or see docs/workload.md'}`,
      at: 'key' as const,
      drop: [...path, key],
    }));
  }
  if (issue.code === 'invalid_key') {
    return [{ path, message: issue.issues[0]?.message ?? issue.message, at: 'key', drop: path }];
  }
  return [{ path, message: valueAt(data, path) === undefined ? `missing; ${issue.message}` : issue.message, at: 'value', drop: path }];
}

/** The data without the parts that problems are about. A list with a wrong entry goes as a whole. */
function prune(data: unknown, problems: readonly Problem[]): unknown {
  const copy: unknown = structuredClone(data);
  for (const { drop } of problems) {
    let parent: unknown = copy;
    for (const [index, key] of drop.entries()) {
      if (typeof parent !== 'object' || parent === null) break;
      const holder = parent as Record<string, unknown>;
      if (index === drop.length - 1 || Array.isArray(holder[key])) {
        // A release that is there but wrong is not a missing release.
        if (drop.length === 3 && drop[0] === 'measurements') holder[key] = {};
        else delete holder[key];
        break;
      }
      parent = holder[key];
    }
  }
  return copy;
}

/** The place and the value of a problem, as one line. */
function located(problem: Problem, document: Document): WorkloadFileIssue {
  let node: unknown = document.root;
  let offset = document.root?.range?.[0] ?? 0;
  let reached = 0;
  for (const key of problem.path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && item.key.value === key);
      if (!pair || !isNode(pair.key)) break;
      offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(node)) node = node.items[Number(key)];
    else break;
    reached++;
    const last = reached === problem.path.length;
    if (isNode(node) && node.range && (last ? problem.at === 'value' : isSeq(node))) offset = node.range[0];
  }
  const { line, col } = document.lines.linePos(offset);
  const value = problem.at === 'key' || reached < problem.path.length ? undefined : valueAt(document.data, problem.path);
  const shown = value === undefined ? '' : ` ${show(value)}:`;
  return issue(document.file, line, col, pathText(problem.path), `${shown} ${problem.message}`.trim());
}

function issue(file: string, line: number, column: number, path: string, message: string): WorkloadFileIssue {
  return { file, line, column, path, text: `${oneLine(file)}:${line}:${column}: ${path === '' ? '' : `${path}: `}${message}` };
}

function wholeFile(file: string, message: string): WorkloadFileIssue {
  return issue(file, 1, 1, '', message);
}

function sorted(issues: readonly WorkloadFileIssue[]): WorkloadFileIssue[] {
  const distinct = new Map(issues.map((item) => [item.text, item]));
  return [...distinct.values()].sort((a, b) => a.line - b.line || a.column - b.column || (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
}

function pathText(path: readonly string[]): string {
  return path.map((key) => (/^[\w-]+$/.test(key) && key.length <= 60 ? key : show(key))).join('.');
}

/** A value in an error: JSON, at most 80 characters, nothing that a terminal would act on. */
function show(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? '[]' : `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0 ? '{}' : 'a mapping';
  return cut(oneLine(JSON.stringify(value) ?? String(value)));
}

function cut(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}

function oneLine(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, codePoint);
}

function codePoint(char: string): string {
  return `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
}
