import type * as Loading from '../../workload/load.js';
import type { Workload } from '../../workload/workload.js';
import { evaluate, type Evaluation } from '../evaluate.js';
import type { Finding } from '../model.js';
import { type Artifacts, readArtifacts } from '../read/artifacts.js';
import { RULES } from '../registry.js';
import type { Terminal } from './main.js';

export interface CheckOptions {
  readonly paths: readonly string[];
  readonly format: 'text' | 'json';
  readonly workload?: string | undefined;
  readonly terminal: Terminal;
  /** ISO date, for tests. Default: today, UTC. */
  readonly today?: string | undefined;
}

/** `tee-kit check`. @returns the exit code. */
export function check({ paths, format, workload, terminal, today }: CheckOptions): number {
  const governing = workload === undefined ? undefined : governingWorkload(workload);
  const artifacts = readArtifacts(paths, { workload: governing, today, onFile: (file) => terminal.progress(`reading ${file}`) });
  const evaluation = evaluate(artifacts.deployments, { rules: RULES });
  terminal.progress('');
  terminal.out(format === 'json' ? `${JSON.stringify(checkReport(artifacts, evaluation), null, 2)}\n` : checkText(artifacts, evaluation));
  return evaluation.findings.some(({ status }) => status !== 'exempt') ? 1 : 0;
}

/** Loads the schema library only when a workload file is named. */
export function governingWorkload(file: string): Workload {
  const { loadWorkload } = require('../../workload/load.js') as typeof Loading;
  return loadWorkload(file);
}

export function checkReport(artifacts: Artifacts, { findings, warnings, supports, resources, rules }: Evaluation) {
  const count = (status: Finding['status']) => findings.filter((finding) => finding.status === status).length;
  return {
    version: 1,
    summary: {
      files: artifacts.files.length, resources, rules, passed: supports.length,
      failed: count('fail'), unknown: count('unknown'), exempt: count('exempt'), warnings: warnings.length,
    },
    findings,
    warnings,
  };
}

export function checkText(artifacts: Artifacts, evaluation: Evaluation): string {
  const { summary } = checkReport(artifacts, evaluation);
  const lines = [...evaluation.findings.map((finding) => told(finding.status, finding)), ...evaluation.warnings.map((finding) => told('warning', finding))];
  lines.push(
    `${summary.failed} failed, ${summary.unknown} unknown, ${summary.exempt} exempt, ${summary.warnings} warnings, ${summary.passed} passed `
    + `(${summary.rules} rules, ${summary.resources} resources, ${summary.files} files)\n`,
  );
  return lines.join('\n');
}

function told(kind: string, { severity, rule, cloud, resource, path, message, fix, citations, source }: Finding): string {
  const where = source ? `  at ${source.file}:${source.line}\n` : '';
  return `${kind.toUpperCase()} ${severity} ${rule} [${cloud}] ${resource}${path === '' ? '' : ` ${path}`}\n  ${message}\n${where}  fix: ${fix}\n  ${citations.join(', ')}\n`;
}
