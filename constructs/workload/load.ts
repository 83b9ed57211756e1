/** Reads and validates a workload file. Loads zod and yaml, so nothing that must start fast may import it. */
import { readFileSync, statSync } from 'node:fs';
import { isAlias, isMap, isNode, isPair, isScalar, isSeq, LineCounter, type Node, parseDocument, visit, type YAMLError } from 'yaml';
import type { z } from 'zod';
import { crossChecks, guess, type PartialFile } from './checks.js';
import { type WorkloadFile, workloadFile } from './schema.js';
import type { AwsMeasurement, AwsPlacement, AzureGuestMeasurement, ConfidentialSpaceMeasurement, GcpPlacement, Workload } from './workload.js';

/** Largest workload file in bytes. A file with ten pasted Azure tokens is about a third of it. */
const MAX_BYTES = 256 * 1024;

/** Deepest nesting. An Azure token in the file reaches 10. */
const MAX_DEPTH = 32;

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
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
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
 * @param text YAML 1.2, UTF-8, at most 256 KiB; anchors, aliases and tags are refused.
 * @param file name of the file in errors.
 * @throws {WorkloadFileError} with every error of the text; nothing else is thrown.
 */
export function parseWorkload(text: string, file: string): Workload {
  const document = readDocument(text, file);
  const result = workloadFile.safeParse(document.data);
  const problems = result.success ? [] : result.error.issues.flatMap((issue) => formProblems(issue, document.data));
  const data = prune(document.data, problems);
  problems.push(...crossChecks(data as PartialFile, new Set(names(document.data, 'segments'))).map(({ path, message }) => ({ path, message, at: 'value' as const, drop: path })));
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

function awsPlacement({ organization, deploymentRole, ...host }: NonNullable<WorkloadFile['clouds']['aws']>): AwsPlacement {
  return { ...host, ...defined({ organization, deploymentRole }) };
}

function gcpPlacement({ gatewayImage, perimeter, privateServiceConnect, assuredWorkloads, ...host }: NonNullable<WorkloadFile['clouds']['gcp']>): GcpPlacement {
  return { ...host, ...defined({ gatewayImage, perimeter, privateServiceConnect, assuredWorkloads }) };
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
  const control = /(?![\t\n\r])[\p{Cc}\uFFFE\uFFFF]/u.exec(text);
  if (control) return refuse(`holds the character ${codePoint(control[0])} at offset ${control.index}; allowed: printable text; fix: save the file as UTF-8 text`);
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, version: '1.2', schema: 'core', merge: false });
    const issues = [...document.errors, ...document.warnings].map((error) => syntaxIssue(error, text, file, lines));
    if (document.errors.some(({ code }) => code !== 'DUPLICATE_KEY')) throw new WorkloadFileError(sorted(issues));
    const root = document.contents;
    if (!isMap(root)) return refuse('is not a workload file; allowed: a mapping that starts with version: 1; fix: start from the workload.yaml that the kit ships');
    const refused = refusedNodes(root, file, lines);
    if (refused.length > 0) throw new WorkloadFileError(sorted([...issues, ...refused]));
    return { file, data: document.toJS({ maxAliasCount: 0 }), root, lines, issues };
  } catch (error) {
    if (error instanceof WorkloadFileError) throw error;
    // The YAML composer recurses: deep nesting ends as a RangeError.
    if (error instanceof RangeError) return refuse(`is nested too deeply; allowed: ${MAX_DEPTH} levels; fix: start from the workload.yaml that the kit ships`);
    return refuse('cannot be parsed; allowed: YAML 1.2; fix: start from the workload.yaml that the kit ships');
  }
}

function syntaxIssue(error: YAMLError, text: string, file: string, lines: LineCounter): WorkloadFileIssue {
  const { line, col } = lines.linePos(error.pos[0]);
  if (error.code === 'DUPLICATE_KEY') {
    const key = show(/^["']?[\w.-]{0,60}/.exec(text.slice(error.pos[0], error.pos[0] + SHOWN))?.[0].replace(/^["']/, '') ?? '');
    return issue(file, line, col, '', `${key}: key given twice; allowed: each key once; fix: keep one of the two`);
  }
  return issue(file, line, col, '', `not valid YAML: ${oneLine(error.message)}; allowed: YAML 1.2; fix: correct the text at this place`);
}

/** What YAML allows and a workload file does not: whatever hides from a reader what an entry approves. */
function refusedNodes(root: Node, file: string, lines: LineCounter): WorkloadFileIssue[] {
  const issues: WorkloadFileIssue[] = [];
  const refuse = (node: Node, message: string) => {
    const { line, col } = lines.linePos(node.range?.[0] ?? 0);
    issues.push(issue(file, line, col, '', message));
  };
  visit(root, (_key, node, ancestors) => {
    if (ancestors.filter(isNode).length > MAX_DEPTH) {
      if (isNode(node)) refuse(node, `nested too deeply; allowed: ${MAX_DEPTH} levels; fix: start from the workload.yaml that the kit ships`);
      return visit.BREAK;
    }
    if (isAlias(node)) refuse(node, `${show(`*${node.source}`)}: alias; allowed: values written out, so that each approval can be read where it stands; fix: write the value out`);
    else if (isNode(node) && 'anchor' in node && node.anchor !== undefined) refuse(node, `${show(`&${node.anchor}`)}: anchor; allowed: values without anchors; fix: remove the anchor`);
    if (isNode(node) && node.tag !== undefined) refuse(node, `${show(node.tag)}: tag; allowed: values without tags; fix: remove the tag`);
    if (isPair(node)) {
      const key: unknown = node.key;
      const text = isScalar(key) ? key.value : undefined;
      if (typeof text !== 'string') {
        if (isNode(key)) refuse(key, `${isScalar(key) ? show(key.value) : 'a collection'}: key; allowed: text as key; fix: write the key in quotes`);
      } else if (text === '__proto__' && isNode(key)) refuse(key, `"__proto__": key; allowed: the keys in docs/workload.md; fix: remove it`);
    }
    return undefined;
  });
  return issues;
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
  // A wrong `tool` leaves its whole entry without a form.
  const drop = issue.code === 'invalid_union' && path.at(-1) === 'tool' ? path.slice(0, -1) : path;
  return [{ path, message: valueAt(data, path) === undefined ? `missing; ${issue.message}` : issue.message, at: 'value', drop }];
}

function valueAt(data: unknown, path: readonly string[]): unknown {
  let current = data;
  for (const key of path) {
    current = typeof current === 'object' && current !== null && Object.hasOwn(current, key) ? (current as Readonly<Record<string, unknown>>)[key] : undefined;
  }
  return current;
}

function names(data: unknown, key: string): string[] {
  const value = valueAt(data, [key]);
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
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
        delete holder[key];
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
  return [...issues].sort((a, b) => a.line - b.line || a.column - b.column || (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
}

function pathText(path: readonly string[]): string {
  return path.map((key) => (/^[\w-]+$/.test(key) && key.length <= 60 ? key : show(key))).join('.');
}

/** A value in an error: JSON, at most 80 characters, nothing that a terminal would act on. */
function show(value: unknown): string {
  const text = typeof value === 'object' && value !== null ? (Array.isArray(value) ? 'a list' : 'a mapping') : JSON.stringify(value) ?? String(value);
  const safe = oneLine(text);
  return safe.length > SHOWN ? `${safe.slice(0, SHOWN)}…` : safe;
}

function oneLine(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, codePoint);
}

function codePoint(char: string): string {
  return `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
}
