import { lstatSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { evaluate } from '../evaluate.js';
import { sha256Of } from '../evidence/files.js';
import { type Exemption, Exemptions, readExemptions } from '../exemptions.js';
import { type Artifacts, InputError, readArtifacts } from '../read/artifacts.js';
import { fromHere } from '../read/assembly.js';
import { RULES } from '../registry.js';
import type { Gathered, Input } from '../report/model.js';
import { kitVersion } from '../version.js';
import { exemptionsFile, governingWorkload } from './check.js';
import type { Terminal } from './main.js';
import { proveReport } from './prove.js';

export interface GatherOptions {
  readonly paths: readonly string[];
  readonly workload?: string | undefined;
  readonly exemptions?: string | undefined;
  /** Exemptions before the change under review: only what is in both governs. */
  readonly baseExemptions?: readonly Exemption[] | undefined;
  readonly terminal: Terminal;
  /** ISO date. Default: today, UTC. */
  readonly today?: string | undefined;
}

/** What was gathered, with the written decisions as they were read. */
export interface GatheredSide extends Gathered {
  readonly decisions: { readonly exemptions: readonly Exemption[]; readonly acknowledgements: Artifacts['acknowledgements'] };
  /** The exemptions file, if there is one. */
  readonly exemptionsFile: string | undefined;
}

/** Reads, evaluates and proves once, for everything that is rendered afterwards. */
export function gather({ paths, workload, exemptions: named, baseExemptions, terminal, today = new Date().toISOString().slice(0, 10) }: GatherOptions): GatheredSide {
  const governing = workload === undefined ? undefined : governingWorkload(workload);
  const before = digests(inputFiles(paths));
  const artifacts = readArtifacts(paths, { workload: governing, today, onFile: (name) => terminal.progress(`reading ${name}`) });
  const file = exemptionsFile(named, workload);
  const decisions = { exemptions: file === undefined ? [] : readExemptions(file), acknowledgements: artifacts.acknowledgements };
  const exemptions = new Exemptions(decisions.exemptions, { rules: RULES, today, acknowledgements: decisions.acknowledgements, base: baseExemptions });
  terminal.progress('judging');
  const evaluation = evaluate(artifacts.deployments, { rules: RULES, exemptions });
  const proved = proveReport(artifacts.deployments);
  terminal.progress('');
  // A file named alone may bring nested templates from beside it.
  const files = [...inputFiles(paths), ...artifacts.files, ...artifacts.deployments.flatMap(({ resources }) => resources.map((resource) => resource.file))];
  const inputs = digests([...new Set(files.map((name) => resolve(name)))]);
  for (const { file: name, sha256 } of before) {
    if (inputs.find((input) => input.file === name)?.sha256 !== sha256) throw new InputError(name, 'changed while it was read; run again when nothing writes to it');
  }
  return { deployments: artifacts.deployments, inputs, ignored: artifacts.ignored, evaluation, exemptions: exemptions.list(), proved, rules: RULES, today, version: kitVersion(), decisions, exemptionsFile: file };
}

const SKIPPED = new Set(['node_modules', '.git']);

/** Every file that bears on what is read from the paths: whole folders, and the assembly around a named manifest. */
export function inputFiles(paths: readonly string[]): string[] {
  const result: string[] = [];
  const walk = (folder: string): void => {
    for (const entry of readdirSync(folder).sort()) {
      const file = join(folder, entry);
      const stat = lstatSync(file);
      if (stat.isDirectory()) {
        if (!SKIPPED.has(entry)) walk(file);
      } else if (stat.isFile() || isFile(file)) result.push(resolve(file));
    }
  };
  for (const path of paths) {
    try {
      if (statSync(path).isDirectory()) walk(path);
      else if (basename(path) === 'manifest.json') walk(dirname(path));
      else result.push(resolve(path));
    } catch (error) {
      throw new InputError(path, (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'no such file or folder' : `cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return [...new Set(result)];
}

function isFile(file: string): boolean {
  try {
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

function digests(files: readonly string[]): Input[] {
  return files.map((file) => ({ file: fromHere(file), sha256: sha256Of(file) })).sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0));
}
