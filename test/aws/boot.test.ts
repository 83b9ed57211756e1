import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bootUserData } from '../../constructs/aws/boot.js';

const BOOT = join(__dirname, '..', '..', 'constructs', 'aws', 'boot');
const EIF = 'the enclave image';
const PCRS = { PCR0: 'a'.repeat(96), PCR1: 'b'.repeat(96), PCR2: 'c'.repeat(96), PCR8: 'd'.repeat(96) };
const SETTINGS: Record<string, string> = {
  AWS_REGION: 'us-east-1', GROUP: 'inference-tee', HOOK: 'attested', LOG_GROUP: '/tee-kit/inference/hosts', PORT: '8443', ENCLAVE_CPUS: '4', ENCLAVE_MEMORY_MIB: '8192', RELEASE: 'r2',
  PROXIES: '8000=kms.us-east-1.amazonaws.com', EIF_BUCKET: 'releases', EIF_KEY: 'r2.eif', EIF_VERSION: 'v2', EIF_SHA256: createHash('sha256').update(EIF).digest('hex'), ...PCRS,
};

/** What the stand-in commands answer. A command in `broken` fails. */
interface World {
  readonly broken?: readonly string[];
  readonly eif?: string;
  readonly described?: object;
  readonly enclaves?: readonly object[];
  readonly instance?: string;
  readonly settings?: Record<string, string>;
  readonly script?: 'boot.sh' | 'health.sh';
}

const RUNNING = { EnclaveID: 'i-1-enc1', State: 'RUNNING', Flags: 'NONE' };

/** One file stands in for every command; it records its calls and answers from files beside it. */
const STAND_IN = `#!/bin/bash
here="$(dirname "$0")"; name="$(basename "$0")"; call="$name $*"
[ "$name" = logger ] || [ "$name $1" = 'aws logs' ] || echo "$call" >>"$here/calls"
while read -r text; do [ -z "$text" ] || [[ "$call" != *"$text"* ]] || exit 1; done <"$here/broken"
case "$call" in
  'curl '*PUT*) echo -n token ;;
  'curl '*) cat "$here/instance" ;;
  'aws s3api get-object '*) cp "$here/eif" "\${!#}" ;;
  'nitro-cli describe-eif '*) cat "$here/described" ;;
  'nitro-cli describe-enclaves'*) cat "$here/enclaves" ;;
esac
`;

/** Where jq is not installed: the four questions that the scripts ask. */
const JQ = `#!${process.execPath}
const value = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
const args = process.argv.slice(2);
if (args[1] === '--arg') { const found = value.Measurements[args[3]]; if (found !== undefined) console.log(found); }
else if (args[0] === 'length') console.log(value.length);
else console.log((value[0] || {})[args[1].split('.').pop()] ?? 'null');
`;
const hasJq = spawnSync('jq', ['--version']).status === 0;

function run(world: World = {}): { readonly code: number; readonly calls: string; readonly output: string; readonly dir: string } {
  const dir = mkdtempSync(join(tmpdir(), 'tee-kit-boot-'));
  const bin = join(dir, 'bin');
  mkdirSync(bin);
  for (const name of ['aws', 'curl', 'logger', 'nitro-cli', 'systemctl', 'systemd-run', ...(hasJq ? [] : ['jq'])]) {
    writeFileSync(join(bin, name), name === 'jq' ? JQ : STAND_IN);
    chmodSync(join(bin, name), 0o755);
  }
  writeFileSync(join(bin, 'calls'), '');
  const answers = {
    broken: `${(world.broken ?? []).join('\n')}\n`,
    instance: world.instance ?? 'i-0123456789abcdef0',
    eif: world.eif ?? EIF,
    described: JSON.stringify(world.described ?? { Measurements: { HashAlgorithm: 'Sha384 { ... }', ...PCRS } }),
    enclaves: JSON.stringify(world.enclaves ?? [RUNNING]),
  };
  for (const [name, answer] of Object.entries(answers)) writeFileSync(join(bin, name), answer);
  for (const name of ['lib.sh', 'boot.sh', 'health.sh']) copyFileSync(join(BOOT, name), join(dir, name));
  writeFileSync(join(dir, 'settings.env'), Object.entries({ ...SETTINGS, ...world.settings }).map(([name, value]) => `${name}='${value}'`).join('\n'));
  const result = spawnSync('bash', [join(dir, world.script ?? 'boot.sh')], {
    encoding: 'utf8', env: { PATH: `${bin}:${process.env['PATH'] ?? ''}`, TEE_KIT_DIR: dir, TEE_KIT_RUN: join(dir, 'run'), TEE_KIT_ETC: join(dir, 'etc') },
  });
  return { code: result.status ?? -1, calls: readFileSync(join(bin, 'calls'), 'utf8'), output: result.stdout + result.stderr, dir };
}

describe('boot.sh', () => {
  test('admits a host that runs the approved image', () => {
    const { code, calls, dir } = run();
    expect(code).toBe(0);
    expect(calls).toContain('get-object --region us-east-1 --bucket releases --key r2.eif --version-id v2');
    expect(calls).toContain('--lifecycle-action-result CONTINUE');
    expect(calls).not.toContain('ABANDON');
    expect(calls).not.toMatch(/debug/);
    expect(readFileSync(join(dir, 'etc', 'nitro_enclaves', 'allocator.yaml'), 'utf8')).toBe('---\nmemory_mib: 8192\ncpu_count: 4\n');
    expect(readFileSync(join(dir, 'etc', 'nitro_enclaves', 'vsock-proxy.yaml'), 'utf8')).toBe('allowlist:\n- {address: kms.us-east-1.amazonaws.com, port: 443}\n');
    expect(existsSync(join(dir, 'run', 'enclave.eif'))).toBe(false);
  });

  test('asks for admission last, and opens the listener only after the enclave was found good', () => {
    const order = run().calls.split('\n').filter((line) => line !== '');
    const at = (text: string): number => order.findIndex((line) => line.includes(text));
    expect(at('describe-eif')).toBeLessThan(at('run-enclave'));
    expect(at('run-enclave')).toBeLessThan(at('describe-enclaves'));
    expect(at('describe-enclaves')).toBeLessThan(at('tee-listener'));
    expect(at('CONTINUE')).toBe(order.length - 1);
  });

  const other = { ...PCRS, PCR0: 'e'.repeat(96) };
  test.each<[string, World]>([
    ['the metadata service does not answer', { broken: ['latest/api/token'] }],
    ['the instance has no id', { instance: '' }],
    ['the image cannot be fetched', { broken: ['get-object'] }],
    ['the image is another one', { eif: 'something else' }],
    ['the image cannot be described', { broken: ['describe-eif'] }],
    ['PCR0 differs', { described: { Measurements: other } }],
    ['PCR1 differs', { described: { Measurements: { ...PCRS, PCR1: 'e'.repeat(96) } } }],
    ['PCR2 differs', { described: { Measurements: { ...PCRS, PCR2: 'e'.repeat(96) } } }],
    ['the signature (PCR8) differs', { described: { Measurements: { ...PCRS, PCR8: 'e'.repeat(96) } } }],
    ['the image is not signed', { described: { Measurements: { PCR0: PCRS.PCR0, PCR1: PCRS.PCR1, PCR2: PCRS.PCR2 } } }],
    ['no PCR0 was approved', { settings: { PCR0: '' } }],
    ['the allocator fails', { broken: ['nitro-enclaves-allocator'] }],
    ['a proxy fails', { broken: ['tee-proxy'] }],
    ['the enclave does not start (expired certificate, too little memory)', { broken: ['run-enclave'] }],
    ['the enclave is gone', { enclaves: [] }],
    ['the enclave runs in debug mode', { enclaves: [{ ...RUNNING, Flags: 'DEBUG_MODE' }] }],
    ['the enclave is terminating', { enclaves: [{ ...RUNNING, State: 'TERMINATING' }] }],
    ['a second enclave runs', { enclaves: [RUNNING, RUNNING] }],
    ['the enclave has no flags to look at', { enclaves: [{ State: 'RUNNING' }] }],
    ['the enclaves cannot be listed', { broken: ['describe-enclaves'] }],
    ['the listener fails', { broken: ['tee-listener'] }],
    ['the health check fails to start', { broken: ['tee-health'] }],
    ['the admission call fails', { broken: ['CONTINUE'] }],
  ])('abandons the host when %s', (_name, world) => {
    const { code, calls } = run(world);
    expect(code).not.toBe(0);
    expect(calls).toContain('--lifecycle-action-result ABANDON');
    if (!world.broken?.includes('CONTINUE')) expect(calls).not.toContain('CONTINUE');
    if (calls.includes('run-enclave')) expect(calls.lastIndexOf('terminate-enclave')).toBeGreaterThan(calls.indexOf('run-enclave'));
  });

  test('still ends in failure when even the abandonment fails: the hook abandons by default', () => {
    const { code, calls } = run({ eif: 'something else', broken: ['ABANDON'] });
    expect(code).not.toBe(0);
    expect(calls).not.toContain('CONTINUE');
  });

  test('an unsigned release does not ask for PCR8', () => {
    expect(run({ settings: { PCR8: '' }, described: { Measurements: { ...PCRS, PCR8: 'e'.repeat(96) } } }).code).toBe(0);
  });

  test('a log that cannot be written stops nothing', () => {
    expect(run({ broken: ['aws logs'] }).code).toBe(0);
  });
});

describe('health.sh', () => {
  test('says nothing while the enclave is good', () => {
    const { code, calls } = run({ script: 'health.sh' });
    expect(code).toBe(0);
    expect(calls).not.toContain('set-instance-health');
  });

  test.each<[string, World]>([
    ['is gone', { enclaves: [] }],
    ['is in debug mode', { enclaves: [{ ...RUNNING, Flags: 'DEBUG_MODE' }] }],
    ['has no listener', { broken: ['is-active'] }],
    ['cannot be asked', { broken: ['describe-enclaves'] }],
  ])('takes the host out when the enclave %s', (_name, world) => {
    const { code, calls } = run({ ...world, script: 'health.sh' });
    expect(code).not.toBe(0);
    expect(calls).toContain('systemctl stop tee-listener');
    expect(calls).toContain('set-instance-health --region us-east-1 --instance-id i-0123456789abcdef0 --health-status Unhealthy');
  });
});

describe('user data', () => {
  const userData = bootUserData(SETTINGS);

  test('holds the scripts and settings as text that bash accepts', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'tee-kit-boot-')), 'user-data');
    writeFileSync(file, userData);
    execFileSync('bash', ['-n', file]);
    for (const name of ['lib.sh', 'boot.sh', 'health.sh']) execFileSync('bash', ['-n', join(BOOT, name)]);
    expect(userData).toContain(`PCR0='${PCRS.PCR0}'`);
    expect(userData).not.toMatch(/--debug-mode|enclave-mode debug/);
  });

  test('refuses settings that a shell would read as more than text, and too much of them', () => {
    expect(() => bootUserData({ ...SETTINGS, EIF_KEY: "a'; curl evil" })).toThrow(/shell interprets/);
    expect(() => bootUserData({ ...SETTINGS, EIF_KEY: '$(id)' })).toThrow(/shell interprets/);
    expect(() => bootUserData({ ...SETTINGS, 'bad name': 'x' })).toThrow(/upper-case/);
    expect(() => bootUserData({ ...SETTINGS, LONG: 'x'.repeat(17_000) })).toThrow(/16384/);
  });
});
