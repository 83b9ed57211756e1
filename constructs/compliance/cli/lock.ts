import { at, type Deployment, isList, isObject, Unknown, type Value } from '../model.js';
import { logAccounts } from '../prove/azure/logs.js';
import { pulumiDeployments } from '../read/artifacts.js';
import { known } from '../read/preview.js';
import { InputError, parseText, readText } from '../read/text.js';
import { SIX_YEARS_IN_DAYS } from '../../workload/retention.js';
import type { Workload } from '../../workload/workload.js';
import { type Az, azRest, commandLine, installedAz } from './az.js';
import { governingWorkload } from './check.js';
import type { Terminal } from './main.js';

/** API version of Microsoft.Storage that is asked and told. */
const STORAGE_API = '2024-01-01';

/** What is known of the immutability policy of one log account. */
export interface LockState {
  /** `locked` is the only good one. `open` can be locked now; the others need another `pulumi up` first. */
  readonly state: 'locked' | 'open' | 'short' | 'none' | 'unknown';
  /** Days for which the policy keeps each record; null when there is none. */
  readonly days: number | null;
  readonly message: string;
}

/** One log account: what the record says, and the command that locks it. */
export interface LockStep extends LockState {
  readonly resource: string;
  /** ARM id. */
  readonly account: string;
  /** Arguments of `az`; null when there is nothing to lock. */
  readonly command: readonly string[] | null;
}

/** Judges a value of `immutableStorageWithVersioning`, as Azure reports it. Pure. */
export function lockState(value: Value | undefined, required: number): LockState {
  if (value instanceof Unknown) return { state: 'unknown', days: null, message: `the policy is not told (${value.reason})` };
  if (at(value, 'enabled') !== true) return { state: 'none', days: null, message: 'there is no account-level policy: deploy LogVault first' };
  const state = at(value, 'immutabilityPolicy.state');
  const period = at(value, 'immutabilityPolicy.immutabilityPeriodSinceCreationInDays');
  const days = typeof period === 'number' ? period : null;
  if (typeof state !== 'string') return { state: 'unknown', days, message: 'the state of the policy is not told' };
  const lower = state.toLowerCase();
  if (lower !== 'locked' && lower !== 'unlocked') return { state: 'none', days, message: `the policy is ${state}: deploy LogVault first` };
  if (days === null || days < required) {
    return { state: 'short', days, message: `the policy keeps records ${days ?? 0} days, ${required} are required: raise retention.days and deploy before locking` };
  }
  return lower === 'locked'
    ? { state: 'locked', days, message: `locked, ${days} days` }
    : { state: 'open', days, message: `NOT immutable: the policy of ${days} days is unlocked, and whoever manages the account can shorten or remove it` };
}

/** Requests about one account: what it is now, and its lock. */
const url = (account: string): string => `https://management.azure.com${account}?api-version=${STORAGE_API}`;
const ask = (account: string): readonly string[] => ['rest', '--method', 'get', '--url', url(account)];
const lockCommand = (account: string, days: number): readonly string[] => [
  'rest', '--method', 'patch', '--url', url(account), '--body',
  JSON.stringify({ properties: { immutableStorageWithVersioning: { enabled: true, immutabilityPolicy: { state: 'Locked', immutabilityPeriodSinceCreationInDays: days, allowProtectedAppendWrites: true } } } }),
];

/**
 * The log accounts of a `pulumi stack export` and what the stack recorded of them: the answers of Azure (outputs), never what
 * the program asked for (inputs). Pure.
 * @throws InputError when the document is no stack export, or holds no log account.
 */
export function lockSteps(document: Value, file: string, workload: Workload | undefined): readonly LockStep[] {
  const recorded = at(document, 'deployment.resources');
  if (!isObject(document) || !isList(recorded)) throw new InputError(file, 'is not a stack export; a lock is verified against what Azure answered: pulumi stack export --file export.json');
  const deployment: Deployment | undefined = pulumiDeployments(document, file, { workload }).find(({ cloud }) => cloud === 'azure');
  const accounts = deployment ? logAccounts(deployment) : [];
  if (accounts.length === 0) throw new InputError(file, 'holds no storage account that diagnostic settings or flow logs write to: nothing to lock');
  const required = Math.max(workload?.retention.days ?? 0, SIX_YEARS_IN_DAYS);
  return accounts.map((account) => {
    const record = recorded.find((item) => at(item, 'urn') === account.id && at(item, 'delete') !== true);
    const id = at(record, 'id');
    if (typeof id !== 'string' || !/^\/subscriptions\/[^/\s]+\/resourceGroups\/[^/\s]+\/providers\/Microsoft\.Storage\/storageAccounts\/[^/\s?#]+$/i.test(id)) {
      throw new InputError(file, `${account.name} has no ARM id: it is not deployed; export the stack after pulumi up`);
    }
    const state = lockState(known(at(record, 'outputs.immutableStorageWithVersioning') ?? null), required);
    return { resource: account.id, account: id, ...state, command: state.state === 'open' && state.days !== null ? lockCommand(id, state.days) : null };
  });
}

export interface LockOptions {
  readonly paths: readonly string[];
  readonly format: 'text' | 'json';
  readonly workload: string | undefined;
  readonly execute: boolean;
  readonly terminal: Terminal;
  /** For tests. Default: the installed Azure CLI. */
  readonly az?: Az;
}

/** `tee-kit lock azure`. @returns the exit code: 0 when every log account is locked long enough. */
export function lock({ paths, format, workload: file, execute, terminal, az = installedAz }: LockOptions): number {
  const workload = file === undefined ? undefined : governingWorkload(file);
  const steps = paths.flatMap((path) => lockSteps(parseText(readText(path), path), path, workload));
  if (execute && workload?.retention.irreversible !== true) {
    throw new InputError(file ?? '--execute', workload ? 'does not say retention.irreversible: true, and a lock can never be undone: say so there first' : 'needs --workload FILE: only a workload file with retention.irreversible: true allows a lock');
  }
  const done = execute ? steps.map((step) => carryOut(step, workload?.retention.days ?? 0, az, terminal)) : steps;
  terminal.progress('');
  const locked = done.every(({ state }) => state === 'locked');
  if (format === 'json') terminal.out(`${JSON.stringify({ version: 1, locked, steps: done }, null, 2)}\n`);
  else {
    for (const { account, message, command } of done) terminal.out(`${account}\n  ${message}\n${command ? `  ${commandLine(command)}\n` : ''}`);
  }
  if (locked && execute) terminal.err('tee-kit: now pulumi config rm tee-kit:azureFirstDeployment, pulumi up, and verify against a new stack export without --execute\n');
  if (!locked && !execute && done.some(({ command }) => command)) terminal.err('tee-kit: the lock can never be undone; run the command above, or this one with --execute\n');
  return locked ? 0 : 1;
}

/** Asks Azure, locks what can be locked, and asks again. Does nothing to what is locked already. */
function carryOut(step: LockStep, retention: number, az: Az, terminal: Terminal): LockStep {
  const required = Math.max(retention, SIX_YEARS_IN_DAYS);
  const now = (): LockState => lockState(at(azRest(az, ask(step.account)), 'properties.immutableStorageWithVersioning') ?? null, required);
  terminal.progress(`asking Azure about ${step.account}`);
  const before = now();
  if (before.state !== 'open' || before.days === null) return { ...step, ...before, command: null };
  terminal.progress(`locking ${step.account}`);
  azRest(az, lockCommand(step.account, before.days));
  const after = now();
  return { ...step, ...after, command: after.state === 'open' && after.days !== null ? lockCommand(step.account, after.days) : null };
}
