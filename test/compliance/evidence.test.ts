import { execFileSync, spawnSync } from 'node:child_process';
import { createSign, generateKeyPairSync } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import { gather } from '../../constructs/compliance/cli/gather';
import { ENVELOPE, ENVELOPE_DIGEST, writeBundle } from '../../constructs/compliance/evidence/bundle';
import { pae, publicKey, type Signer } from '../../constructs/compliance/evidence/dsse';
import { verifyBundle } from '../../constructs/compliance/evidence/verify';
import { tee, temporaryFolder } from './cli-fixture';
import { shipped } from '../shipped';

const { root, write } = temporaryFolder();
const pair = (name: string, kind: 'ed25519' | 'ec' = 'ed25519') => {
  const keys = kind === 'ec' ? generateKeyPairSync('ec', { namedCurve: 'prime256v1' }) : generateKeyPairSync('ed25519');
  const [secret, open] = [keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), keys.publicKey.export({ type: 'spki', format: 'pem' }).toString()];
  return { secret, open, sign: write(`keys/${name}.pem`, secret), key: write(`keys/${name}.pub.pem`, open) };
};
const signer = pair('signer');
const stranger = pair('stranger');

const artifacts = join(root, 'artifacts');
write('artifacts/one.template.json', { Resources: { Group: { Type: 'AWS::EC2::SecurityGroup', Properties: { GroupDescription: 'g', SecurityGroupIngress: [{ IpProtocol: '-1', CidrIp: '0.0.0.0/0' }] } } } });
write('artifacts/more/two.template.json', { Resources: { Parameter: { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Value: 'x' } } } });

let count = 0;
async function bundle(...options: readonly string[]): Promise<string> {
  const out = join(root, `bundle-${count++}`);
  const { code, err } = await tee('evidence', artifacts, '--out', out, ...options);
  if (code !== 0) throw new Error(err);
  return out;
}
const verify = (folder: string, ...options: readonly string[]) => tee('evidence', 'verify', folder, ...options);
const filesOf = (folder: string): string[] => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)).filter((file) => statSync(file).isFile()).sort();

test('sealed, signed and untouched: verified, with what it says and how long to keep it', async () => {
  const folder = await bundle('--sign', signer.sign);
  const { code, out } = await verify(folder, '--key', signer.key);
  expect(out).toMatch(/^VERIFIED\n {2}signed by the holder of the key named \(key [0-9a-f]{64}\)\n {2}every byte of \d+ files is as it was sealed; 2 artifacts outside the bundle are the same\n/);
  expect(out).toMatch(/it says, as of \d{4}-\d\d-\d\d: No PHI workload/);
  expect(out).toMatch(/keep until \d{4}-\d\d-\d\d/);
  expect(code).toBe(0);
});

test('a single flipped bit, anywhere in the bundle, is found', async () => {
  const folder = await bundle('--sign', signer.sign);
  const key = publicKey(signer.open, 'key');
  const files = filesOf(folder);
  const flips = fc.constantFrom(...files).chain((file) => fc.record({ file: fc.constant(file), at: fc.nat(statSync(file).size - 1), bit: fc.nat(7) }));
  fc.assert(fc.property(flips, ({ file, at, bit }) => {
    const before = readFileSync(file);
    const after = Buffer.from(before);
    after[at] = (after[at] ?? 0) ^ (1 << bit);
    writeFileSync(file, after);
    const { verified, problems } = verifyBundle(folder, { key });
    writeFileSync(file, before);
    return !verified && problems.length > 0;
  }), { numRuns: 400 });
  expect(verifyBundle(folder, { key }).verified).toBe(true);
});

test('every byte of the envelope and its digest, signed and unsigned', async () => {
  const key = publicKey(signer.open, 'key');
  for (const folder of [await bundle('--sign', signer.sign), await bundle()]) {
    for (const name of [ENVELOPE, ENVELOPE_DIGEST]) {
      const file = join(folder, name);
      const before = readFileSync(file);
      const step = Math.max(1, Math.floor(before.length / 300));
      for (let at = 0; at < before.length; at += step) {
        const after = Buffer.from(before);
        after[at] = (after[at] ?? 0) ^ 1;
        writeFileSync(file, after);
        if (verifyBundle(folder, { key }).problems.length === 0) throw new Error(`${name}: byte ${at} of ${folder}`);
      }
      writeFileSync(file, before);
    }
  }
});

test('a flipped bit in the artifacts themselves is found, and --bundle-only asks the bundle alone', async () => {
  const folder = await bundle('--sign', signer.sign);
  const copy = join(root, 'elsewhere');
  cpSync(artifacts, copy, { recursive: true });
  expect((await verify(folder, copy, '--key', signer.key)).code).toBe(0);
  const file = join(artifacts, 'one.template.json');
  const before = readFileSync(file);
  const after = Buffer.from(before);
  after[40] = (after[40] ?? 0) ^ 1;
  writeFileSync(file, after);
  const changed = await verify(folder, '--key', signer.key);
  const alone = await verify(folder, '--key', signer.key, '--bundle-only');
  writeFileSync(file, before);
  expect(changed.code).toBe(1);
  expect(changed.out).toMatch(/one\.template\.json is not what the evidence is about: it was changed/);
  expect(alone.code).toBe(0);
  writeFileSync(join(copy, 'one.template.json'), after);
  expect((await verify(folder, copy, '--key', signer.key)).code).toBe(1);
});

test.each<[string, (folder: string) => void, RegExp]>([
  ['a missing file', (folder) => rmSync(join(folder, 'report.html')), /report\.html is missing/],
  ['a missing artifact', (folder) => rmSync(filesOf(join(folder, 'artifacts'))[0] ?? ''), /template\.json is missing/],
  ['a file too much', (folder) => writeFileSync(join(folder, 'artifacts', 'extra.json'), '{}'), /artifacts\/extra\.json is not part of the evidence/],
  ['a link in place of a file', (folder) => { rmSync(join(folder, 'report.html')); symlinkSync('/etc/hostname', join(folder, 'report.html')); }, /report\.html is no regular file/],
  ['no envelope', (folder) => rmSync(join(folder, ENVELOPE)), /evidence\.dsse\.json is missing/],
  ['no digest of the envelope', (folder) => rmSync(join(folder, ENVELOPE_DIGEST)), /evidence\.dsse\.json\.sha256 is missing/],
  ['an envelope of something else', (folder) => writeFileSync(join(folder, ENVELOPE), '{"payload":"e30=","payloadType":"application/vnd.in-toto+json","signatures":[]}'), /holds no statement of tee-kit/],
  ['an envelope that nests', (folder) => writeFileSync(join(folder, ENVELOPE), '['.repeat(100_000)), /holds no statement of tee-kit/],
])('%s', async (_what, change, said) => {
  const folder = await bundle('--sign', signer.sign);
  change(folder);
  const { code, out } = await verify(folder, '--key', signer.key);
  expect(code).toBe(1);
  expect(out).toMatch(/^NOT VERIFIED\n/);
  expect(out).toMatch(said);
});

test('another key, no key and no signature are each said and never verified', async () => {
  const folder = await bundle('--sign', signer.sign);
  const wrong = await verify(folder, '--key', stranger.key);
  expect([wrong.code, wrong.out]).toEqual([1, expect.stringMatching(/the key named is not the one that signed/)]);
  const none = await verify(folder);
  expect([none.code, none.out]).toEqual([1, expect.stringMatching(/^NOT VERIFIED\n {2}SIGNER NOT ESTABLISHED: .*--key/)]);
  const unsigned = await bundle();
  for (const options of [[], ['--key', signer.key]]) {
    const { code, out } = await verify(unsigned, ...options);
    expect([code, out]).toEqual([1, expect.stringMatching(/^NOT VERIFIED\n {2}UNSIGNED: /)]);
  }
});

test('a bundle that a stranger sealed again does not pass for the signer', async () => {
  const folder = await bundle('--sign', stranger.sign);
  expect((await verify(folder, '--key', signer.key)).code).toBe(1);
  const file = join(folder, ENVELOPE);
  const envelope = JSON.parse(readFileSync(file, 'utf8')) as { signatures: { keyid: string }[] };
  const { keys } = verifyBundle(await bundle('--sign', signer.sign), {});
  if (envelope.signatures[0]) envelope.signatures[0].keyid = keys[0] ?? '';
  writeFileSync(file, `${JSON.stringify(envelope, null, 1)}\n`);
  expect(verifyBundle(folder, { key: publicKey(signer.open, 'key') })).toMatchObject({ verified: false, signature: 'wrong-key' });
});

test('the statement: in-toto, every file a subject, and what was decided', async () => {
  const folder = await bundle('--sign', signer.sign);
  const { payload, payloadType } = JSON.parse(readFileSync(join(folder, ENVELOPE), 'utf8')) as { payload: string; payloadType: string };
  const statement = JSON.parse(Buffer.from(payload, 'base64').toString()) as { _type: string; subject: { name: string }[]; predicate: Record<string, unknown> };
  expect([payloadType, statement._type]).toEqual(['application/vnd.in-toto+json', 'https://in-toto.io/Statement/v1']);
  expect(statement.subject.length).toBe(filesOf(folder).length - 2);
  expect(Object.keys(statement.predicate)).toEqual(['version', 'tool', 'judged', 'verdict', 'paths', 'artifacts', 'workloads', 'proofs', 'findings', 'warnings', 'exemptions', 'measurements', 'citations', 'retention']);
});

test('the shipped artifacts: kept in the log vault of each cloud', async () => {
  const out = join(root, 'shipped');
  const { code, err } = await tee('evidence', shipped(), '--out', out, '--sign', signer.sign);
  expect(code).toBe(0);
  expect(err).toMatch(/Protected: every proof holds/);
  const { statement } = verifyBundle(out, { key: publicKey(signer.open, 'key') });
  expect(statement?.predicate.retention).toMatchObject({ days: 2192, missing: [] });
  expect(new Set(statement?.predicate.retention.stores.map(({ cloud }) => cloud))).toEqual(new Set(['aws', 'azure', 'gcp']));
  expect(readFileSync(join(out, 'README.txt'), 'utf8')).toMatch(/2192 days, until \d{4}-\d\d-\d\d \(45 CFR 164\.316\(b\)\(2\)\(i\)\)\. Where:\n- aws: /);
});

test('without tee-kit: the commands of README.txt verify the bundle', async () => {
  if (['jq', 'openssl', 'sha256sum'].some((tool) => spawnSync(tool, ['--version']).error)) return;
  const folder = await bundle('--sign', signer.sign);
  const commands = readFileSync(join(folder, 'README.txt'), 'utf8').split('coreutils\n')[1]?.split('\n\n')[0] ?? '';
  const script = commands.replaceAll('/tmp/', `${root}/`).replaceAll('PUBLIC.pem', signer.key);
  expect(execFileSync('bash', ['-euo', 'pipefail', '-c', script], { cwd: folder, encoding: 'utf8' })).toMatch(/Signature Verified Successfully\n(.*: OK\n)+$/);
});

test('ECDSA P-256, as key services sign: through the interface, digest first', async () => {
  const keys = pair('kms', 'ec');
  const remote: Signer = { algorithm: 'ecdsa-p256-sha256', publicKey: keys.open, sign: (message) => Promise.resolve(createSign('sha256').update(message).sign(keys.secret)) };
  const out = join(root, 'kms-bundle');
  const terminal = { out: () => undefined, err: () => undefined, progress: () => undefined };
  await writeBundle(gather({ paths: [artifacts], terminal, today: '2026-11-25' }), { out, paths: [artifacts], signer: remote, governing: {}, page: '' });
  expect((await verify(out, '--key', keys.key)).code).toBe(0);
  const lying: Signer = { ...remote, sign: () => Promise.resolve(new Uint8Array(64)) };
  await expect(writeBundle(gather({ paths: [artifacts], terminal }), { out: join(root, 'lie'), paths: [artifacts], signer: lying, governing: {}, page: '' })).rejects.toThrow(/its own public key does not verify/);
  expect(readdirSync(root).filter((name) => name.startsWith('lie'))).toEqual([]);
});

test('DSSE pre-authentication encoding', () => {
  expect(pae('http://example.com/HelloWorld', Buffer.from('hello world')).toString()).toBe('DSSEv1 29 http://example.com/HelloWorld 11 hello world');
});

test('bad input: one line, exit 2, nothing left behind', async () => {
  mkdirSync(join(root, 'full'));
  writeFileSync(join(root, 'full', 'file'), '');
  const rsa = write('keys/rsa.pem', generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  const out = join(root, 'never');
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [['evidence'], /name at least one PATH/],
    [['evidence', artifacts], /--out/],
    [['evidence', join(root, 'none'), '--out', out], /no such file or folder/],
    [['evidence', artifacts, '--out', join(root, 'full')], /exists already/],
    [['evidence', artifacts, '--out', join(artifacts, 'evidence')], /lies inside the artifacts/],
    [['evidence', artifacts, '--out', out, '--sign', signer.key], /is not a private key/],
    [['evidence', artifacts, '--out', out, '--sign', rsa], /key of type rsa; allowed/],
    [['evidence', artifacts, '--out', out, '--key', signer.key], /--key is an option of evidence verify/],
    [['evidence', 'verify'], /name the bundle to verify/],
    [['evidence', 'verify', join(root, 'none')], /no such folder/],
    [['evidence', 'verify', signer.key], /is not a folder/],
    [['evidence', 'verify', artifacts, '--sign', signer.sign], /--sign is not an option of evidence verify/],
    [['evidence', 'verify', artifacts, '--key', signer.sign], /is a private key; verify with its public half/],
  ];
  const before = readdirSync(root).sort();
  for (const [argv, said] of cases) {
    const { code, out: text, err } = await tee(...argv);
    expect([argv.map((word) => basename(word)), code, text]).toEqual([argv.map((word) => basename(word)), 2, '']);
    expect(err).toMatch(said);
    expect(err.trim().split('\n')).toHaveLength(1);
  }
  expect(readdirSync(root).sort()).toEqual(before);
});
