import type * as Page from '../report/page.js';
import type * as Comment from '../report/comment.js';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readAllowances } from '../diff/allow.js';
import { compareDeployments } from '../diff/compare.js';
import { type Exemption, readExemptions } from '../exemptions.js';
import { RULES } from '../registry.js';
import type { Change } from '../report/change.js';
import { type Report, reportOf } from '../report/model.js';
import { gather, type GatherOptions } from './gather.js';
import { writeWhole } from './write.js';

export interface ReportOptions extends Omit<GatherOptions, 'baseExemptions'> {
  readonly format: 'html' | 'markdown';
  /** File to write. Default: stdout. */
  readonly out?: string | undefined;
  /** Artifacts before the change under review: the report is about the change. */
  readonly base?: readonly string[] | undefined;
  /** Workload file that governs the base. Default: the one that governs the head. */
  readonly baseWorkload?: string | undefined;
  /** Exemptions before the change. Default, with a base: `exemptions.yaml` in its folder. */
  readonly baseExemptions?: string | undefined;
  /** File of allowed changes. */
  readonly allow?: string | undefined;
}

/** `tee-kit report`. @returns the exit code. */
export function report({ format, out, base, baseWorkload, baseExemptions, allow, ...options }: ReportOptions): number {
  const { terminal } = options;
  const today = options.today ?? new Date().toISOString().slice(0, 10);
  const before = baseExemptions ?? base?.map((path) => join(path, 'exemptions.yaml')).find((file) => existsSync(file) && statSync(file).isFile());
  const old: readonly Exemption[] | undefined = before !== undefined ? readExemptions(before) : base ? [] : undefined;
  const head = gather({ ...options, today, baseExemptions: old });
  const after = reportOf(head);
  let change: Change | undefined;
  if (base) {
    const side = gather({ ...options, paths: base, workload: baseWorkload ?? options.workload, exemptions: before, today });
    const { verdict, changes } = compareDeployments(side.deployments, head.deployments, {
      rules: RULES, decisions: { base: { ...side.decisions, exemptions: old ?? [] }, head: head.decisions }, allow: allow === undefined ? [] : readAllowances(allow),
    });
    change = { verdict, changes, before: reportOf(side), after };
  }
  const text = render(format, after, change);
  if (out === undefined) terminal.out(text);
  else {
    writeWhole(out, text);
    terminal.err(`wrote ${out}: ${change ? change.verdict : after.verdict.headline}\n`);
  }
  if (change) return change.verdict === 'weaker' || change.verdict === 'unknown' ? 1 : 0;
  return after.verdict.level === 'holds' || after.verdict.level === 'nothing' ? 0 : 1;
}

function render(format: ReportOptions['format'], after: Report, change: Change | undefined): string {
  if (format === 'markdown') {
    const { comment } = require('../report/comment.js') as typeof Comment;
    return comment(after, change);
  }
  const { page } = require('../report/page.js') as typeof Page;
  return page(after, change);
}
