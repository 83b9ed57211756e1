import { temporaryFolder, tee } from '../compliance/cli-fixture.js';
import type { Az } from '../../constructs/compliance/cli/az.js';
import { lock, lockState } from '../../constructs/compliance/cli/lock.js';
import { ROOT } from '../shipped.js';
import { AZURE_WORKLOAD, type Export, exportOf, preview } from './program.js';
import { join } from 'node:path';
import { readFileSync } from 'node:fs';

const { write } = temporaryFolder();
const WORKLOAD_FILE = join(ROOT, 'workload.yaml');
const ACCOUNT = /^\/subscriptions\/[^/]+\/resourceGroups\/inference-production\/providers\/Microsoft\.Storage\/storageAccounts\/log/;

const policy = (state: string, days: number) => ({ enabled: true, immutabilityPolicy: { state, immutabilityPeriodSinceCreationInDays: days, allowProtectedAppendWrites: true } });
let recorded: Export;
beforeAll(async () => { recorded = exportOf(await preview(AZURE_WORKLOAD, { firstDeployment: true })); });

/** The export, after Azure has answered with this policy on the log account. */
function answered(immutableStorageWithVersioning: unknown): string {
  const copy = structuredClone(recorded);
  const account = copy.deployment.resources.find(({ urn }) => urn.endsWith('StorageAccount::logs'))!;
  account.outputs = { ...account.outputs, immutableStorageWithVersioning };
  return write(`export-${Math.random()}.json`, copy);
}

test.each<[string, unknown, number, string]>([
  ['locked for long enough', policy('Locked', 2192), 0, 'locked'],
  ['unlocked', policy('Unlocked', 2192), 1, 'open'],
  ['locked for five years', policy('Locked', 1825), 1, 'short'],
  ['unlocked for five years', policy('Unlocked', 1825), 1, 'short'],
  ['disabled', policy('Disabled', 2192), 1, 'none'],
  ['not enabled', { enabled: false }, 1, 'none'],
  ['absent', undefined, 1, 'none'],
  ['without a state', { enabled: true }, 1, 'unknown'],
  ['a secret', { '4dabf18193072939515e22adb298388d': '1b47061264138c4ac30d75fd1eb44270' }, 1, 'unknown'],
])('what Azure answered: %s', async (_, value, code, state) => {
  const file = answered(value);
  const result = await tee('lock', 'azure', file, '--format', 'json');
  expect(result.code).toBe(code);
  const report = JSON.parse(result.out) as { version: number; locked: boolean; steps: { state: string; account: string; command: string[] | null }[] };
  expect(report).toMatchObject({ version: 1, locked: code === 0, steps: [{ state, account: expect.stringMatching(ACCOUNT) }] });
  expect(report.steps[0]!.command === null).toBe(state !== 'open');
});

test('what the program asked for is no proof: inputs say Locked, Azure answered Unlocked', async () => {
  const copy = structuredClone(recorded);
  const account = copy.deployment.resources.find(({ urn }) => urn.endsWith('StorageAccount::logs'))!;
  account.inputs = { ...account.inputs, immutableStorageWithVersioning: policy('Locked', 2192) };
  const { code, out, err } = await tee('lock', 'azure', write('claims.json', copy));
  expect(code).toBe(1);
  expect(out).toMatch(/NOT immutable/);
  expect(out).toMatch(/az rest --method patch --url 'https:\/\/management\.azure\.com\/subscriptions\/.+--body '\{"properties".+"Locked".+2192/);
  expect(err).toMatch(/can never be undone/);
});

test.each<[string, readonly string[], RegExp]>([
  ['another cloud', ['aws', 'x.json'], /lock aws: the cloud is azure/],
  ['no file', ['azure'], /name a file/],
  ['a preview', ['azure', write('preview.json', { steps: [] })], /not a stack export/],
  ['an empty stack', ['azure', write('empty.json', { version: 3, deployment: { resources: [] } })], /nothing to lock/],
  ['a lock without a workload file', ['azure', '', '--execute'], /needs --workload/],
])('%s ends with 2 and one line', async (_, argv, told) => {
  const { code, out, err } = await tee('lock', ...argv.map((arg) => (arg === '' ? answered(policy('Unlocked', 2192)) : arg)));
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(told);
  expect(err.trim().split('\n')).toHaveLength(1);
});

/** A cloud with one log account. */
function cloud(state: string, days = 2192, refuses = false) {
  const calls: string[] = [];
  const account = { properties: { immutableStorageWithVersioning: policy(state, days) } };
  const az: Az = (args) => {
    const method = args[args.indexOf('--method') + 1]!;
    calls.push(method);
    if (method === 'patch') {
      if (refuses) return { code: 1, out: '', err: 'ERROR: Forbidden' };
      account.properties = (JSON.parse(args.at(-1)!) as typeof account).properties;
    }
    return { code: 0, out: JSON.stringify(account), err: '' };
  };
  return { az, calls };
}

function execute(az: Az, workload = WORKLOAD_FILE) {
  const told = { out: '', err: '' };
  const terminal = { out: (text: string) => { told.out += text; }, err: (text: string) => { told.err += text; }, progress: () => undefined };
  const code = lock({ paths: [answered(policy('Unlocked', 2192))], format: 'text', workload, execute: true, terminal, az });
  return { code, ...told };
}

test('the step asks, locks, and asks again; the second time it changes nothing', () => {
  const { az, calls } = cloud('Unlocked');
  expect(execute(az).code).toBe(0);
  expect(calls).toEqual(['get', 'patch', 'get']);
  expect(execute(az)).toMatchObject({ code: 0, out: expect.stringContaining('locked, 2192 days') });
  expect(calls).toEqual(['get', 'patch', 'get', 'get']);
});

test('a policy that is too short is not locked: its days could only grow from there', () => {
  const { az, calls } = cloud('Unlocked', 365);
  expect(execute(az).code).toBe(1);
  expect(calls).toEqual(['get']);
});

test('a cloud that refuses, or that answers nonsense, is no lock', () => {
  expect(() => execute(cloud('Unlocked', 2192, true).az)).toThrow(/Forbidden/);
  expect(() => execute(() => ({ code: 0, out: '[]', err: '' }))).toThrow(/not an object/);
  expect(() => execute(() => ({ code: null, out: '', err: 'spawnSync az ENOENT' }))).toThrow(/install the Azure CLI/);
});

test('a workload file that does not say irreversible allows no lock', () => {
  const file = write('reversible.yaml', readFileSync(WORKLOAD_FILE, 'utf8').replace('irreversible: true', 'irreversible: false'));
  const { az, calls } = cloud('Unlocked');
  expect(() => execute(az, file)).toThrow(/irreversible: true/);
  expect(calls).toEqual([]);
});

test('a longer retention of the workload file is what is required', () => {
  expect(lockState(policy('Locked', 2192), 3000)).toMatchObject({ state: 'short' });
});
