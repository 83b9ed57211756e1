import type * as Sarif from '../format/sarif.js';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CLOUDS, type Workload } from '../../workload/workload.js';
import { readAllowances } from '../diff/allow.js';
import { compareDeployments, type Decisions, type DiffReport } from '../diff/compare.js';
import { diffMarkdown, diffText } from '../diff/render.js';
import { readExemptions } from '../exemptions.js';
import { type Artifacts, readArtifacts } from '../read/artifacts.js';
import { budgetOf, within } from '../limit.js';
import { RULES } from '../registry.js';
import { governingWorkload } from './check.js';
import { withRevisions } from './git.js';
import { type Terminal, UsageError } from './main.js';

export interface DiffOptions {
  /** BASE and HEAD, unless `git` names revisions. */
  readonly paths: readonly string[];
  readonly format: 'text' | 'json' | 'markdown' | 'sarif';
  /** `BASE..HEAD`, two revisions of the repository around the current folder. */
  readonly git?: string | undefined;
  /** Shell command that writes the artifacts of one revision below `$TEE_KIT_OUT`. */
  readonly synth?: string | undefined;
  /** File of allowed changes. */
  readonly allow?: string | undefined;
  /** Workload file that governs both sides, or the head when `baseWorkload` is given too. */
  readonly workload?: string | undefined;
  readonly baseWorkload?: string | undefined;
  /** Exemptions of each side. Default: `exemptions.yaml` in the folder of that side. */
  readonly exemptions?: string | undefined;
  readonly baseExemptions?: string | undefined;
  readonly terminal: Terminal;
  /** ISO date, for tests. Default: today, UTC. */
  readonly today?: string | undefined;
}

/** `tee-kit diff`. @returns the exit code: 1 when a change that nobody allowed makes the protection weaker or unknown. */
export async function diff(options: DiffOptions): Promise<number> {
  const { paths, git, terminal } = options;
  if (git === undefined) {
    const [base, head, more] = paths;
    if (base === undefined || head === undefined || more !== undefined) throw new UsageError(`diff compares BASE and HEAD, got ${paths.length} paths`);
    return compare({ artifacts: base, exemptions: beside(base) }, { artifacts: head, exemptions: beside(head) }, options);
  }
  if (paths.length > 0) throw new UsageError(`--git takes the place of BASE and HEAD ('${paths[0] ?? ''}')`);
  return withRevisions(git, { command: options.synth, terminal }, (base, head) => compare(
    { artifacts: base.out, exemptions: beside(base.tree) }, { artifacts: head.out, exemptions: beside(head.tree) }, options,
  ));
}

interface Side {
  readonly artifacts: string;
  readonly exemptions: string | undefined;
}

function beside(folder: string): string | undefined {
  const file = join(folder, 'exemptions.yaml');
  return existsSync(file) ? file : undefined;
}

/** What a comparison may take, in budgets of one rule or proof: the rules of one side may take five, its proofs four. */
const BUDGETS = 15;

function compare(before: Side, after: Side, { format, allow, workload, baseWorkload, exemptions, baseExemptions, terminal, today }: DiffOptions): number {
  const governing = (file: string | undefined): Workload | undefined => (file === undefined ? undefined : governingWorkload(file));
  const read = (path: string, file: string | undefined): Artifacts => readArtifacts([path], { workload: governing(file), today, onFile: (name) => terminal.progress(`reading ${name}`) });
  const allowances = allow === undefined ? [] : readAllowances(allow);
  const [base, head] = [read(before.artifacts, baseWorkload ?? workload), read(after.artifacts, workload)];
  alike(before.artifacts, base, after.artifacts, head);
  const decisions = (file: string | undefined, { acknowledgements }: Artifacts): Decisions => ({ exemptions: file === undefined ? [] : readExemptions(file), acknowledgements });
  const named = exemptions !== undefined || baseExemptions !== undefined;
  const options = {
    rules: RULES,
    allow: allowances,
    // A file that is named for one side only is new, or gone, on the other.
    decisions: { base: decisions(named ? baseExemptions : before.exemptions, base), head: decisions(named ? exemptions : after.exemptions, head) },
  };
  // Proofs and rules of both sides have their own limits; this one is for what compares them.
  const limit = BUDGETS * Math.max(budgetOf({ resources: [] }), ...[...base.deployments, ...head.deployments].map(budgetOf));
  const compared: DiffReport[] = [];
  within(limit, () => void compared.push(compareDeployments(base.deployments, head.deployments, options)));
  const [report] = compared;
  if (!report) throw new UsageError(`${before.artifacts} and ${after.artifacts} take more than ${limit} ms to compare; compare them stack by stack`);
  terminal.progress('');
  if (base.deployments.length + head.deployments.length === 0) terminal.err('tee-kit: the artifacts hold no resources of AWS, Azure or Google Cloud\n');
  terminal.out(rendered(report, format));
  return report.verdict === 'weaker' || report.verdict === 'unknown' ? 1 : 0;
}

/** @throws UsageError for two things that cannot be compared. */
function alike(basePath: string, base: Artifacts, headPath: string, head: Artifacts): void {
  const kinds = ({ kinds: list }: Artifacts): string => list.join(' and ');
  if (kinds(base) !== kinds(head)) throw new UsageError(`${basePath} is a ${kinds(base)} and ${headPath} a ${kinds(head)}: diff compares artifacts of one kind`);
  const clouds = ({ deployments }: Artifacts): string => CLOUDS.filter((cloud) => deployments.some((one) => one.cloud === cloud)).join(' and ');
  if (clouds(base) !== clouds(head) && clouds(base) !== '' && clouds(head) !== '') throw new UsageError(`${basePath} is of ${clouds(base)} and ${headPath} of ${clouds(head)}: diff compares artifacts of the same clouds`);
}

function rendered(report: DiffReport, format: DiffOptions['format']): string {
  switch (format) {
    case 'text': return diffText(report);
    case 'markdown': return diffMarkdown(report);
    case 'json': return `${JSON.stringify(report, null, 2)}\n`;
    case 'sarif': {
      const { diffSarif } = require('../format/sarif.js') as typeof Sarif;
      return `${JSON.stringify(diffSarif(report), null, 2)}\n`;
    }
  }
}

