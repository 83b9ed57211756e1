import type * as AttestationPolicy from './attestation-policy.js';
import type * as Check from './check.js';
import type * as Evidence from './evidence.js';
import type * as Lock from './lock.js';
import { plain } from './plain.js';
import type * as Diff from './diff.js';
import type * as Version from '../version.js';
import type * as Prove from './prove.js';
import type * as Report from './report.js';
import type * as Synth from './synth.js';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { type Cloud, CLOUDS } from '../../workload/workload.js';

/** What the user asked cannot be done; printed as one line, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Everything a command needs of the outside, so that tests can stand in for it. */
export interface Terminal {
  /** Data. */
  readonly out: (text: string) => void;
  /** Talk. */
  readonly err: (text: string) => void;
  /** Replaces the current progress line; does nothing when stderr is not a terminal. */
  readonly progress: (text: string) => void;
}

type Options = NonNullable<ParseArgsConfig['options']>;
type Values = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

interface Command {
  readonly usage: string;
  readonly about: string;
  readonly options: Options;
  readonly describe: Readonly<Record<string, string>>;
  readonly run: (paths: readonly string[], values: Values, terminal: Terminal) => number | Promise<number>;
}

const FORMAT = { format: { type: 'string' } } as const;
const HELP = { help: { type: 'boolean', short: 'h' } } as const;
const GOVERN = { workload: { type: 'string' } } as const;
const ABOUT_GOVERN = { workload: 'FILE  workload file that governs, in place of the one the artifacts embed' };
const EXEMPT = { exemptions: { type: 'string' }, 'base-exemptions': { type: 'string' } } as const;
const ABOUT_EXEMPT = {
  exemptions: 'FILE  exemptions; default: exemptions.yaml beside the workload file or in the current folder',
  'base-exemptions': 'FILE  exemptions before the change under review; only those that are in both govern',
};

const PATHS = 'PATH is a CDK cloud assembly, a CloudFormation template (JSON or YAML), a Pulumi preview (pulumi preview --json)\nor stack export, or a folder holding any of them.';

const COMMANDS: Readonly<Record<string, Command>> = {
  synth: {
    usage: 'tee-kit synth [--workload FILE] [--out DIR] [--cloud aws,azure,gcp]',
    about: 'Synthesizes the deployments of a workload file and holds them to every gate.',
    options: { workload: { type: 'string' }, out: { type: 'string' }, cloud: { type: 'string' } },
    describe: { workload: 'FILE  default workload.yaml', out: 'DIR  default out', cloud: 'LIST  default: every cloud of the workload file' },
    run: (paths, values, terminal) => {
      if (paths.length > 0) throw new UsageError(`synth takes no PATH ('${paths[0] ?? ''}'); name the workload file with --workload`);
      const { synth } = require('./synth.js') as typeof Synth;
      return synth({ workload: text(values, 'workload') ?? 'workload.yaml', out: text(values, 'out') ?? 'out', clouds: clouds(values), terminal });
    },
  },
  check: {
    usage: 'tee-kit check PATH... [--format FORMAT] [--workload FILE] [--exemptions FILE] [--base-exemptions FILE]',
    about: `Holds artifacts to the HIPAA rules of the kit.\n${PATHS}`,
    options: { ...FORMAT, ...GOVERN, ...EXEMPT },
    describe: { format: 'FORMAT  text (default), json, sarif, junit, oscal-ar, oscal-cd or inventory', ...ABOUT_GOVERN, ...ABOUT_EXEMPT },
    run: (paths, values, terminal) => {
      const { check } = require('./check.js') as typeof Check;
      return check({
        paths: some(paths), format: oneOf(values, ['text', 'json', 'sarif', 'junit', 'oscal-ar', 'oscal-cd', 'inventory']), workload: text(values, 'workload'),
        exemptions: text(values, 'exemptions'), baseExemptions: text(values, 'base-exemptions'), terminal,
      });
    },
  },
  prove: {
    usage: 'tee-kit prove PATH... [--format text|json] [--workload FILE]',
    about: `Decides who can use a PHI key without attestation, what can reach what, and which logs can be shortened.\n${PATHS}\nExit code 0 only if every key is gated, the network closed and every log immutable.`,
    options: { ...FORMAT, ...GOVERN },
    describe: { format: 'text|json  default text', ...ABOUT_GOVERN },
    run: (paths, values, terminal) => {
      const { prove } = require('./prove.js') as typeof Prove;
      return prove({ paths: some(paths), format: format(values), workload: text(values, 'workload'), terminal });
    },
  },
  diff: {
    usage: 'tee-kit diff BASE HEAD [--format text|json|markdown|sarif] [--allow FILE], tee-kit diff --git BASE..HEAD',
    about: 'Decides whether a change makes the protection of PHI weaker, from the proofs and rules before and after.\n'
      + 'BASE and HEAD are artifacts of one kind and cloud; --git synthesizes two revisions in temporary worktrees.\n'
      + 'Exit code 1 when a change that no allowance names is weaker or unknown.',
    options: { ...FORMAT, git: { type: 'string' }, synth: { type: 'string' }, allow: { type: 'string' }, ...GOVERN, 'base-workload': { type: 'string' }, ...EXEMPT },
    describe: {
      format: 'FORMAT  text (default), json, markdown or sarif',
      git: 'BASE..HEAD  revisions of this repository in place of BASE and HEAD',
      synth: 'COMMAND  writes one revision\'s artifacts below $TEE_KIT_OUT; default: npm run synth',
      allow: 'FILE  list of change (its id), reason, approver: changes that are let through',
      ...ABOUT_GOVERN,
      'base-workload': 'FILE  the same for BASE, when it differs',
      exemptions: 'FILE  exemptions of HEAD; default: exemptions.yaml in its folder',
      'base-exemptions': 'FILE  exemptions of BASE; default: exemptions.yaml in its folder',
    },
    run: (paths, values, terminal) => {
      const { diff } = require('./diff.js') as typeof Diff;
      return diff({
        paths, format: oneOf(values, ['text', 'json', 'markdown', 'sarif']), git: text(values, 'git'), synth: text(values, 'synth'), allow: text(values, 'allow'),
        workload: text(values, 'workload'), baseWorkload: text(values, 'base-workload'), exemptions: text(values, 'exemptions'), baseExemptions: text(values, 'base-exemptions'), terminal,
      });
    },
  },
  lock: {
    usage: 'tee-kit lock azure EXPORT... [--format text|json] [--workload FILE] [--execute]',
    about: 'Locks the log accounts of an Azure deployment for good, and verifies that they are locked.\nEXPORT is the output of pulumi stack export: only what Azure answered counts. Exit code 0 only if every log account is locked.',
    options: { ...FORMAT, workload: { type: 'string' }, execute: { type: 'boolean' } },
    describe: {
      format: 'text|json  default text', workload: 'FILE  workload file that says how long, and retention.irreversible: true',
      execute: '  ask Azure, lock what is not locked yet, and ask again (az rest); without it the commands are printed',
    },
    run: (paths, values, terminal) => {
      const { lock } = require('./lock.js') as typeof Lock;
      return lock({ paths: onAzure('lock', paths, 'export.json'), format: format(values), workload: text(values, 'workload'), execute: values['execute'] === true, terminal });
    },
  },
  'attestation-policy': {
    usage: 'tee-kit attestation-policy azure PATH... [--key FILE] [--execute]',
    about: 'Prints, signs, sets and verifies the policy of an Azure deployment\'s attestation authority.\nPATH is the preview or stack export that holds the authority. With --execute, exit code 0 only if it has the signed policy.',
    options: { key: { type: 'string' }, execute: { type: 'boolean' } },
    describe: { key: 'FILE  private key (PEM) of a policy signer of the workload file', execute: '  ask the authority and, with --key, set what differs (az rest)' },
    run: (paths, values, terminal) => {
      const { attestationPolicy } = require('./attestation-policy.js') as typeof AttestationPolicy;
      return attestationPolicy({ paths: onAzure('attestation-policy', paths, 'preview.json'), key: text(values, 'key'), execute: values['execute'] === true, terminal });
    },
  },
  report: {
    usage: 'tee-kit report PATH... [--format html|markdown] [--out FILE] [--base PATH]...',
    about: 'Renders verdict, proofs, findings and ledgers as one self-contained page, or as one pull-request comment.\n'
      + `${PATHS}\nWith --base the report is about the change, and its comment is empty when there is none.\n`
      + 'Exit code 0 only if every proof holds and no rule fails; with --base, unless the change is weaker or unknown.',
    options: {
      ...FORMAT, out: { type: 'string' }, base: { type: 'string', multiple: true }, ...GOVERN, 'base-workload': { type: 'string' }, ...EXEMPT, allow: { type: 'string' },
    },
    describe: {
      format: 'html|markdown  default html', out: 'FILE  default: stdout',
      base: 'PATH  artifacts before the change; may be repeated', ...ABOUT_GOVERN, 'base-workload': 'FILE  the same for --base, when it differs',
      ...ABOUT_EXEMPT, allow: 'FILE  list of change (its id), reason, approver: changes that are let through',
    },
    run: (paths, values, terminal) => {
      const { report } = require('./report.js') as typeof Report;
      const base = texts(values, 'base');
      if (!base && (text(values, 'allow') ?? text(values, 'base-workload')) !== undefined) throw new UsageError('--allow and --base-workload are about a change: name what was before with --base');
      return report({
        paths: some(paths), format: oneOf(values, ['html', 'markdown']), out: text(values, 'out'), base, allow: text(values, 'allow'), terminal,
        workload: text(values, 'workload'), baseWorkload: text(values, 'base-workload'), exemptions: text(values, 'exemptions'), baseExemptions: text(values, 'base-exemptions'),
      });
    },
  },
  evidence: {
    usage: 'tee-kit evidence PATH... --out DIR [--sign KEY], tee-kit evidence verify DIR [PATH...] --key PUBLIC',
    about: 'Seals artifacts, proofs, findings, exemptions and measurements into a bundle (in-toto statement, DSSE envelope), or verifies one.\n'
      + `${PATHS}\nverify ends with 0 only if every byte is as it was sealed by the key that --key names; artifacts that are still\nwhere they were, or at PATH, are held against the bundle too.`,
    options: {
      ...FORMAT, out: { type: 'string' }, sign: { type: 'string' }, key: { type: 'string' }, 'bundle-only': { type: 'boolean' }, ...GOVERN, exemptions: { type: 'string' },
    },
    describe: {
      format: 'text|json  of verify; default text', out: 'DIR  folder to make; must not exist', sign: 'KEY  private key (PEM: Ed25519 or ECDSA P-256); without it the bundle is unsigned',
      key: 'PUBLIC  public key (PEM) that has to have signed', 'bundle-only': '  verify the bundle alone, also where the artifacts have changed since',
      ...ABOUT_GOVERN, exemptions: ABOUT_EXEMPT.exemptions,
    },
    run: (paths, values, terminal) => {
      const { evidence, verifyEvidence } = require('./evidence.js') as typeof Evidence;
      const [verb, folder, ...rest] = paths;
      const given = (...names: readonly string[]): string | undefined => names.find((name) => values[name] !== undefined);
      const alien = verb === 'verify' ? given('out', 'sign', 'workload', 'exemptions') : given('key', 'bundle-only', 'format');
      if (alien !== undefined) throw new UsageError(`--${alien} is ${verb === 'verify' ? 'not an option' : 'an option'} of evidence verify (tee-kit evidence --help)`);
      if (verb === 'verify') {
        if (folder === undefined) throw new UsageError('name the bundle to verify, for example evidence/');
        return verifyEvidence({ folder, paths: rest, bundleOnly: values['bundle-only'] === true, key: text(values, 'key'), format: format(values), terminal });
      }
      const out = text(values, 'out');
      some(paths);
      if (out === undefined) throw new UsageError('name the folder to make with --out');
      return evidence({ paths, out, sign: text(values, 'sign'), workload: text(values, 'workload'), exemptions: text(values, 'exemptions'), terminal });
    },
  },
};

const EXIT = 'Exit code: 0 clean, 1 findings, 2 could not do the job. Data goes to stdout, talk to stderr.';

/** Runs the command line and sets the exit code. Never throws. */
export function main(argv: readonly string[]): void {
  // A reader that went away (`| head`) is no error of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
    process.stderr.write(`tee-kit: stdout cannot be written: ${error.message}\n`);
    process.exit(2);
  });
  process.stderr.on('error', () => undefined);
  void run(argv, terminal()).then((code) => { process.exitCode = code; });
}

/** @returns the exit code. */
export async function run(argv: readonly string[], raw: Terminal): Promise<number> {
  const terminal: Terminal = { ...raw, out: (text) => raw.out(plain(text)), err: (text) => raw.err(plain(text)) };
  try {
    return await dispatch(argv, terminal);
  } catch (error) {
    terminal.progress('');
    terminal.err(`tee-kit: ${describe(error)}\n`);
    return 2;
  }
}

function dispatch(argv: readonly string[], terminal: Terminal): number | Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    const about = name === 'help' ? rest[0] : undefined;
    const wanted = about === undefined ? undefined : commandOf(about);
    (name === undefined ? terminal.err : terminal.out)(wanted ? help(wanted) : overview());
    return name === undefined ? 2 : 0;
  }
  if (name === '--version' || name === '-v') {
    const { kitVersion } = require('../version.js') as typeof Version;
    terminal.out(`${kitVersion()}\n`);
    return 0;
  }
  const command = commandOf(name);
  let parsed: { readonly values: Values; readonly positionals: readonly string[] };
  try {
    parsed = parseArgs({ args: [...rest], options: { ...command.options, ...HELP }, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError(`${(error instanceof Error ? error.message : String(error)).split(/\.\s/)[0] ?? ''} (tee-kit ${name} --help)`);
  }
  if (parsed.values['help']) {
    terminal.out(help(command));
    return 0;
  }
  return command.run(parsed.positionals, parsed.values, terminal);
}

function commandOf(name: string): Command {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) throw new UsageError(`unknown command '${name}'; commands: ${Object.keys(COMMANDS).join(', ')} (tee-kit --help)`);
  return command;
}

/** What `--help` prints, by command; the empty name is the command line itself. */
export function helpTexts(): Readonly<Record<string, string>> {
  return { '': overview(), ...Object.fromEntries(Object.entries(COMMANDS).map(([name, command]) => [name, help(command)])) };
}

function overview(): string {
  const lines = Object.values(COMMANDS).map(({ usage, about }) => `  ${usage}\n      ${about.split('\n')[0]}\n`);
  return `tee-kit: PHI workloads in Trusted Execution Environments, and proof that they are.\n\n${lines.join('\n')}\n  tee-kit COMMAND --help, tee-kit --version\n\n${EXIT}\n`;
}

function help({ usage, about, describe: options }: Command): string {
  const lines = Object.entries(options).map(([name, told]) => {
    const [argument = '', ...words] = told.split('  ');
    return `  ${`--${name} ${argument}`.padEnd(28)}${words.join('  ')}`;
  });
  return `${usage}\n\n${about}\n\n${lines.join('\n')}\n\n${EXIT}\n`;
}

/** One line, no stack trace. Multi-line only for errors that list several problems of one file. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const known = error.name === 'InputError' || error.name === 'UsageError' || error.name === 'WorkloadFileError';
  if (known) return error.message;
  if ('syscall' in error && error.syscall === 'uv_cwd') return 'the current folder is gone';
  if (error instanceof RangeError && /call stack/.test(error.message)) return 'the input nests too deep';
  return `internal error: ${error.message.split('\n')[0] ?? ''}`;
}

function text(values: Values, name: string): string | undefined {
  const value = values[name];
  if (value === '') throw new UsageError(`--${name} needs a value`);
  return typeof value === 'string' ? value : undefined;
}

const format = (values: Values): 'text' | 'json' => oneOf(values, ['text', 'json']);

/** The format that was asked for; the first one by default. */
function oneOf<const T extends string>(values: Values, allowed: readonly [T, ...T[]]): T {
  const value = text(values, 'format') ?? allowed[0];
  const known = allowed.find((one) => one === value);
  if (known === undefined) throw new UsageError(`--format ${value}: allowed are ${allowed.slice(0, -1).join(', ')} and ${allowed.at(-1) ?? ''}`);
  return known;
}

/** Every value of an option that may be repeated; undefined when it was not given. */
function texts(values: Values, name: string): readonly string[] | undefined {
  const value = values[name];
  if (!Array.isArray(value)) return undefined;
  if (value.includes('')) throw new UsageError(`--${name} needs a value`);
  return value.filter((one): one is string => typeof one === 'string');
}

function clouds(values: Values): readonly Cloud[] | undefined {
  const named = text(values, 'cloud')?.split(',').map((name) => {
    const cloud = CLOUDS.find((known) => known === name);
    if (!cloud) throw new UsageError(`--cloud ${name}: allowed are ${CLOUDS.join(', ')}`);
    return cloud;
  });
  return named && [...new Set(named)];
}

function some(paths: readonly string[]): readonly string[] {
  if (paths.length === 0) throw new UsageError('name at least one PATH, for example out/');
  return paths;
}

function terminal(): Terminal {
  const start = performance.now();
  let shown = false;
  return {
    out: (data) => { process.stdout.write(data); },
    err: (data) => { process.stderr.write(data); },
    progress: (line) => {
      // Only for a person, and only when there is something to wait for.
      if (!process.stderr.isTTY || (line !== '' && performance.now() - start < 1000) || (line === '' && !shown)) return;
      shown = line !== '';
      process.stderr.write(`\r\x1b[2K${line.slice(0, process.stderr.columns ?? 80)}`);
    },
  };
}

/** The paths behind the word `azure`. */
function onAzure(command: string, [cloud, ...paths]: readonly string[], example: string): readonly string[] {
  if (cloud !== 'azure') throw new UsageError(`${command} ${cloud ?? ''}: the cloud is azure, as in tee-kit ${command} azure ${example}`);
  if (paths.length === 0) throw new UsageError(`name a file, as in tee-kit ${command} azure ${example}`);
  return paths;
}
