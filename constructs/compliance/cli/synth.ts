import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import type { Cloud, Workload } from '../../workload/workload.js';
import { CLOUDS } from '../../workload/workload.js';
import { loadWorkload } from '../../workload/load.js';
import { evaluate, type Evaluation } from '../evaluate.js';
import type { Deployment } from '../model.js';
import { prove } from '../prove/index.js';
import { makeFolder, unmake } from '../folder.js';
import { InputError, readArtifacts } from '../read/artifacts.js';
import { reason } from '../read/text.js';
import { RULES } from '../registry.js';
import { type Terminal, UsageError } from './main.js';

export interface SynthOptions {
  /** The workload file. */
  readonly workload: string;
  /** Folder that receives `aws/`, `azure/preview.json` and `gcp/preview.json`. */
  readonly out: string;
  /** Default: every cloud of the workload file. */
  readonly clouds?: readonly Cloud[] | undefined;
  readonly terminal: Terminal;
}

/** The compiled apps, beside the compiled kit. */
const APPS = join(__dirname, '..', '..', '..');

const COMMANDS: Readonly<Record<Cloud, (file: string, folder: string) => readonly string[]>> = {
  aws: (file, folder) => ['--enable-source-maps', join(APPS, 'cdk', 'app.js'), '--workload', file, '--out', folder],
  azure: (file, folder) => ['--enable-source-maps', join(APPS, 'pulumi', 'preview.js'), 'azure', file, folder],
  gcp: (file, folder) => ['--enable-source-maps', join(APPS, 'pulumi', 'preview.js'), 'gcp', file, folder],
};

/** Ends of a run that leave nothing behind. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** What each app leaves in its folder, so that a crash is told from a failed gate. */
const ARTIFACT: Readonly<Record<Cloud, string>> = { aws: 'manifest.json', azure: 'preview.json', gcp: 'preview.json' };

/**
 * `tee-kit synth`. Nothing below `out` changes unless every cloud's artifact could be written.
 * @returns the exit code.
 */
export async function synth({ workload: file, out, clouds, terminal }: SynthOptions): Promise<number> {
  const workload = loadWorkload(file);
  const wanted = selected(workload, clouds, file);
  const staging = join(out, '.staging');
  let made: string | undefined;
  try {
    unmake(staging);
    made = makeFolder(staging);
  } catch (error) {
    throw new InputError(out, `cannot be written: ${reason(error)}`);
  }
  const children = new Set<ChildProcess>();
  const stop = (): void => {
    for (const child of children) child.kill('SIGKILL');
    unmake(made ?? staging);
    process.exit(2);
  };
  for (const signal of SIGNALS) process.once(signal, stop);
  try {
    terminal.progress(`synthesizing ${wanted.join(', ')}`);
    const runs = await Promise.all(wanted.map((cloud) => run(cloud, resolve(file), join(staging, cloud), children)));
    terminal.progress('');
    const crashed = runs.filter(({ code, folder, cloud }) => code !== 0 && (cloud !== 'aws' || code === 2 || !existsSync(join(folder, ARTIFACT[cloud]))));
    if (crashed.length > 0) {
      for (const { cloud, errors } of crashed) terminal.err(`tee-kit: ${cloud}: ${errors.trim()}\n`);
      unmake(made);
      return 2;
    }
    for (const { cloud, folder } of runs) {
      if (cloud === 'aws') relocatable(folder);
      rmSync(join(out, cloud), { recursive: true, force: true });
      renameSync(folder, join(out, cloud));
    }
    const refused = runs.filter(({ code }) => code !== 0);
    for (const { errors } of refused) terminal.err(`${errors.trim()}\n`);
    const { deployments } = readArtifacts(wanted.map((cloud) => join(out, cloud)), { workload });
    const evaluation = evaluate(deployments, { rules: RULES });
    terminal.out(summary(workload, file, out, deployments, evaluation));
    return refused.length > 0 || evaluation.findings.some(({ status }) => status !== 'exempt') ? 1 : 0;
  } finally {
    for (const signal of SIGNALS) process.off(signal, stop);
    unmake(staging);
  }
}

function selected(workload: Workload, clouds: readonly Cloud[] | undefined, file: string): readonly Cloud[] {
  const present = CLOUDS.filter((cloud) => workload.clouds[cloud]);
  for (const cloud of clouds ?? []) {
    if (!present.includes(cloud)) throw new UsageError(`--cloud ${cloud}: ${file} places nothing there; it has ${present.join(', ')}`);
  }
  return clouds ?? present;
}

interface Run {
  readonly cloud: Cloud;
  readonly folder: string;
  readonly code: number;
  readonly errors: string;
}

/** Runs one cloud's app in a process of its own: the SDKs keep global state, and two cores are better than one. */
function run(cloud: Cloud, file: string, folder: string, children: Set<ChildProcess>): Promise<Run> {
  makeFolder(folder);
  return new Promise((done) => {
    const child = spawn(process.execPath, [...COMMANDS[cloud](file, folder)], { stdio: ['ignore', 'ignore', 'pipe'] });
    children.add(child);
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => { errors += text; });
    child.on('error', (error) => done({ cloud, folder, code: 2, errors: error.message }));
    child.on('close', (code) => done({ cloud, folder, code: code ?? 2, errors }));
  });
}

/** The CDK records source positions as absolute paths; relative ones are the same on every machine. */
function relocatable(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (!name.endsWith('.metadata.json') && name !== 'validation-report.json') continue;
    const file = join(folder, name);
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, [process.cwd(), join(APPS, '..')].reduce((changed, root) => changed.replaceAll(`${root}${sep}`, ''), text));
  }
}

/** Findings listed on the one screen; the rest is counted. */
const LISTED = 8;

function summary(workload: Workload, file: string, out: string, deployments: readonly Deployment[], { findings, warnings }: Evaluation): string {
  const lines = [`${workload.name} (${workload.environment}) from ${file}`, ''];
  for (const deployment of deployments) {
    const { cloud, resources } = deployment;
    const { keys, network, logs } = prove(deployment);
    const row = (label: string, text: string): void => { lines.push(`       ${label.padEnd(9)}${text}`); };
    lines.push(`${cloud.padEnd(7)}${relative('', join(out, cloud, cloud === 'aws' ? '' : ARTIFACT[cloud]))}: ${resources.length} resources`);
    for (const { key, verdict, guards, canChangeTheGate } of keys) {
      row('key', `${verdict.toUpperCase()} ${short(key)}, ${guards.present} of ${guards.expected} guards, ${canChangeTheGate.length} can change the gate`);
    }
    if (keys.length === 0) row('key', 'NO PHI KEY');
    const immutable = logs.filter(({ verdict }) => verdict === 'immutable').length;
    row('logs', `${immutable} of ${logs.length} immutable${logs.some(({ verdict }) => verdict !== 'immutable') ? `; NOT: ${logs.filter(({ verdict }) => verdict !== 'immutable').map(({ log }) => short(log)).join(', ')}` : ''}`);
    const flows = (status: string): number => network.flows.filter((flow) => flow.status === status).length;
    row('network', `${network.verdict}: ${flows('expected')} flows as allowed, ${flows('extra')} extra, ${flows('missing')} missing, ${flows('unknown')} unknown`);
    const here = findings.filter((finding) => finding.cloud === cloud);
    const count = (status: string): number => here.filter((finding) => finding.status === status).length;
    row('findings', `${count('fail')} failed, ${count('unknown')} unknown, ${count('exempt')} exempt, ${warnings.filter((finding) => finding.cloud === cloud).length} warnings`);
  }
  lines.push('');
  const open = findings.filter(({ status }) => status !== 'exempt');
  for (const { status, severity, rule, cloud, resource, message } of open.slice(0, LISTED)) {
    lines.push(`${status.toUpperCase()} ${severity} ${rule} [${cloud}] ${short(resource)}: ${message}`);
  }
  if (open.length > LISTED) lines.push(`… and ${open.length - LISTED} more`);
  if (open.length > 0) lines.push('');
  lines.push(`next: tee-kit check ${relative('', out)}   every finding with its fix`, `      tee-kit prove ${relative('', out)}   who can decrypt, what reaches what, which logs hold`, '');
  return lines.join('\n');
}

/** The last part of a resource id. */
const short = (id: string): string => id.split('::').at(-1) ?? id;
