import type * as Loading from '../../workload/load.js';
import type { Workload } from '../../workload/workload.js';
import type * as Formats from '../format/index.js';
import type * as Version from '../version.js';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { evaluate, type Evaluation } from '../evaluate.js';
import { type Exemption, Exemptions, type ListedExemption, readExemptions, scopeOf } from '../exemptions.js';
import type { Deployment, Finding } from '../model.js';
import { type Artifacts, demandResources, readArtifacts } from '../read/artifacts.js';
import { processesPhi } from '../phi.js';
import { RULES } from '../registry.js';
import type { Terminal } from './main.js';
import { oneLine } from './plain.js';
import { jsonParts, writeParts } from './write.js';

export interface CheckOptions {
  readonly paths: readonly string[];
  readonly format: 'text' | 'json' | Formats.MachineFormat;
  readonly workload?: string | undefined;
  /** Exemptions file. Default: `exemptions.yaml` beside the workload file, or in the current folder, if there is one. */
  readonly exemptions?: string | undefined;
  /** The exemptions file before the change under review: only what is in both governs. */
  readonly baseExemptions?: string | undefined;
  readonly terminal: Terminal;
  /** ISO date, for tests. Default: today, UTC. */
  readonly today?: string | undefined;
}

/** `tee-kit check`. @returns the exit code. */
export function check({ paths, format, workload, exemptions: file, baseExemptions, terminal, today = new Date().toISOString().slice(0, 10) }: CheckOptions): number {
  const governing = workload === undefined ? undefined : governingWorkload(workload);
  const artifacts = readArtifacts(paths, { workload: governing, today, onFile: (name) => terminal.progress(`reading ${name}`) });
  demandResources(artifacts.deployments, paths);
  const exemptions = new Exemptions(governingExemptions(file, workload), {
    rules: RULES, today, acknowledgements: artifacts.acknowledgements, base: baseExemptions === undefined ? undefined : readExemptions(baseExemptions),
  });
  const evaluation = evaluate(artifacts.deployments, { rules: RULES, exemptions, supports: format !== 'text' && format !== 'json' });
  terminal.progress('');
  const report = checkReport(artifacts, evaluation, exemptions.list());
  if (format === 'text') writeParts(checkBlocks(report), terminal.out);
  else if (format === 'json') writeParts(jsonParts(report), terminal.out);
  else {
    const { formatCheck } = require('../format/index.js') as typeof Formats;
    const { kitVersion } = require('../version.js') as typeof Version;
    terminal.out(formatCheck(format, { report, evaluation, deployments: artifacts.deployments, files: artifacts.files, rules: RULES, version: kitVersion(), time: new Date().toISOString() }));
  }
  if (artifacts.deployments.every(isSilent)) terminal.err('tee-kit: nothing in these artifacts speaks of PHI, so most rules do not apply; name the workload file with --workload\n');
  return evaluation.findings.some(({ status }) => status !== 'exempt') ? 1 : 0;
}

/** Whether nothing in a deployment says that it processes PHI. */
function isSilent(deployment: Deployment): boolean {
  try {
    return !processesPhi(deployment);
  } catch {
    // What took too long is among the findings.
    return false;
  }
}

/** The exemptions file that was named, or the one that lies where it belongs. */
export function exemptionsFile(named: string | undefined, workload: string | undefined): string | undefined {
  return named ?? [...(workload === undefined ? [] : [join(dirname(workload), 'exemptions.yaml')]), 'exemptions.yaml'].find((file) => existsSync(file));
}

function governingExemptions(named: string | undefined, workload: string | undefined): readonly Exemption[] {
  const file = exemptionsFile(named, workload);
  return file === undefined ? [] : readExemptions(file);
}

/** Loads the schema library only when a workload file is named. */
export function governingWorkload(file: string): Workload {
  const { loadWorkload } = require('../../workload/load.js') as typeof Loading;
  return loadWorkload(file);
}

/** `tee-kit check --format json`. The shape is contract. */
export interface CheckReport {
  readonly version: 1;
  readonly summary: {
    readonly files: number;
    readonly resources: number;
    readonly rules: number;
    readonly passed: number;
    readonly failed: number;
    readonly unknown: number;
    readonly exempt: number;
    readonly warnings: number;
  };
  readonly findings: readonly Finding[];
  readonly warnings: readonly Finding[];
  readonly exemptions: readonly ListedExemption[];
}

export function checkReport(artifacts: Artifacts, { findings, warnings, passed, resources, rules }: Evaluation, exemptions: readonly ListedExemption[]): CheckReport {
  const count = (status: Finding['status']) => findings.filter((finding) => finding.status === status).length;
  return {
    version: 1,
    summary: {
      files: artifacts.files.length, resources, rules, passed,
      failed: count('fail'), unknown: count('unknown'), exempt: count('exempt'), warnings: warnings.length,
    },
    findings,
    warnings,
    exemptions,
  };
}

export const checkText = (report: CheckReport): string => [...checkBlocks(report)].join('');

/** The text, one block for each finding. */
function* checkBlocks({ summary, findings, warnings, exemptions }: CheckReport): Iterable<string> {
  for (const finding of findings) yield `${told(finding.status, finding)}\n`;
  for (const finding of warnings) yield `${told('warning', finding)}\n`;
  if (exemptions.length > 0) {
    yield `Exemptions\n${exemptions.map(({ rule, resource, kind, reason, owner, approver, expiry, source, state, note, hides }) => (
      `  ${state.toUpperCase()} ${oneLine(rule)} ${oneLine(scopeOf({ resource, kind }))} (hides ${hides})${note === '' ? '' : `: ${oneLine(note)}`}\n`
      + `    ${reason === '' ? 'no reason' : oneLine(reason)}${owner === '' ? '' : `; owner ${oneLine(owner)}, approver ${oneLine(approver)}`}; ${expiry === null ? 'no expiry' : `until ${expiry === '' ? '?' : expiry}`}; ${source}`
    )).join('\n')}\n\n`;
  }
  yield `${summary.failed} failed, ${summary.unknown} unknown, ${summary.exempt} exempt, ${summary.warnings} warnings, ${summary.passed} passed `
    + `(${summary.rules} rules, ${summary.resources} resources, ${summary.files} files)\n`;
}

function told(kind: string, finding: Finding): string {
  const { severity, rule, cloud, fix, citations, source } = finding;
  const [resource, path, message] = [finding.resource, finding.path, finding.message].map(oneLine);
  const where = source ? `  at ${source.file}:${source.line}\n` : '';
  return `${kind.toUpperCase()} ${severity} ${rule} [${cloud}] ${resource}${path === '' ? '' : ` ${path}`}\n  ${message}\n${where}  fix: ${fix}\n  ${citations.join(', ')}\n`;
}
