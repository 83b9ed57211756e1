import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tee, temporaryFolder } from './cli-fixture.js';

interface Report {
  readonly version: number;
  readonly summary: Readonly<Record<string, number>>;
  readonly findings: readonly { readonly rule: string; readonly status: string; readonly resource: string; readonly citations: readonly string[]; readonly source: unknown }[];
  readonly exemptions: readonly { readonly state: string; readonly hides: number }[];
}

const { root, write } = temporaryFolder();
const open = write('open.template.json', { Resources: { Group: { Type: 'AWS::EC2::SecurityGroup', Properties: { GroupDescription: 'g', SecurityGroupIngress: [{ IpProtocol: '-1', CidrIp: '0.0.0.0/0' }] } } } });
const plain = write('plain.template.json', { Resources: { Parameter: { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Value: 'x' } } } });
const check = async (...argv: readonly string[]) => {
  const { code, out } = await tee('check', ...argv, '--format', 'json');
  return { code, report: JSON.parse(out) as Report };
};

test('check: findings end with 1 and have the shape that others script against', async () => {
  const { code, report } = await check(open);
  expect(code).toBe(1);
  expect(report.version).toBe(1);
  const found = report.findings.find(({ rule }) => rule === 'network-no-open-ingress')!;
  expect(Object.keys(found).sort()).toEqual(['citations', 'cloud', 'fix', 'message', 'path', 'resource', 'rule', 'severity', 'source', 'status']);
  expect(found).toMatchObject({ resource: 'open/Group', status: 'fail', source: null });
});

test('check: a clean artifact ends with 0', async () => {
  expect(await check(plain)).toMatchObject({ code: 0, report: { findings: [], summary: { resources: 1, failed: 0 } } });
});

test('check: text names rule, resource, fix and citation', async () => {
  const { out, code } = await tee('check', open);
  expect(code).toBe(1);
  expect(out).toMatch(/FAIL critical network-no-open-ingress \[aws\] open\/Group .*\n {2}.*\n {2}fix: .*\n {2}45 CFR 164\./);
});

test('check: an exemption hides, is listed, and does not govern its own change', async () => {
  const found = (await check(open)).report.findings;
  const entries = [...new Set(found.map(({ rule, resource }) => JSON.stringify({ rule, resource, reason: 'r', owner: 'a', approver: 'b', expiry: '2999-01-01' })))];
  const file = write('exemptions.yaml', `[${entries.join(',')}]`);
  const exempt = await check(open, '--exemptions', file);
  expect(exempt.code).toBe(0);
  expect(exempt.report.summary['exempt']).toBe(found.length);
  expect(exempt.report.exemptions.every(({ state, hides }) => state === 'active' && hides > 0)).toBe(true);
  const changed = await check(open, '--exemptions', file, '--base-exemptions', write('base.yaml', '[]'));
  expect(changed.code).toBe(1);
  expect(changed.report.exemptions.every(({ state }) => state === 'proposed')).toBe(true);
  expect((await tee('check', open, '--exemptions', file)).out).toMatch(/Exemptions\n {2}ACTIVE network-/);
});

test('every exemption is in every output that tells of findings or changes, whatever its state', async () => {
  const entry = { rule: 'network-no-open-ingress', resource: 'open/Group', reason: 'REASON active', owner: 'a', approver: 'b', expiry: '2999-01-01' };
  const file = write('states.yaml', JSON.stringify([entry, { ...entry, reason: 'REASON expired', expiry: '2020-01-01' }, { ...entry, reason: 'REASON refused', rule: 'phi-key-release-attested' }, { ...entry, reason: 'REASON unused', resource: 'open/*' }]));
  const wider = write('wider/open.template.json', { Resources: { Group: { Type: 'AWS::EC2::SecurityGroup', Properties: { GroupDescription: 'g', SecurityGroupIngress: [{ IpProtocol: '-1', CidrIp: '0.0.0.0/0' }], SecurityGroupEgress: [{ IpProtocol: '-1', CidrIp: '::/0' }] } } } });
  const runs = [
    ...['text', 'json', 'sarif', 'junit', 'oscal-ar'].map((format) => ['check', open, '--format', format, '--exemptions', file]),
    ...['markdown', 'html'].map((format) => ['report', open, '--format', format, '--exemptions', file]),
    ...['text', 'json', 'markdown', 'sarif'].map((format) => ['diff', open, wider, '--format', format, '--exemptions', file, '--base-exemptions', file]),
  ];
  for (const argv of runs) {
    const { out } = await tee(...argv);
    expect([argv, [...new Set(out.match(/REASON \w+/g))].sort()]).toEqual([argv, ['REASON active', 'REASON expired', 'REASON refused', 'REASON unused']]);
  }
});

test('prove: the shape that others script against; nothing is claimed about keys that are not there', async () => {
  const { code, out } = await tee('prove', plain, '--format', 'json');
  const report = JSON.parse(out) as { keys: unknown[]; network: object; logs: unknown[] };
  expect(Object.keys(report)).toEqual(['version', 'keys', 'network', 'logs', 'unproved']);
  expect(report.keys).toEqual([]);
  expect(code).toBe(0);
  expect((await tee('prove', plain)).out).toMatch(/no PHI key/);
});

test('prove: a network that nothing is compared with is not called closed', async () => {
  const { code, out } = await tee('prove', write('web.template.json', { Resources: { Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.0.0.0/16' } }, Gateway: { Type: 'AWS::EC2::InternetGateway' } } }), '--format', 'json');
  expect(code).toBe(1);
  expect((JSON.parse(out) as { network: { verdict: string } }).network.verdict).toBe('unknown');
});

test('diff: a security group of others that opens wider is weaker, moving a rule out of it is not', async () => {
  const group = (from: number): object => ({ Type: 'AWS::EC2::SecurityGroup', Properties: { GroupDescription: 'g', SecurityGroupEgress: [], SecurityGroupIngress: [{ IpProtocol: 'tcp', FromPort: from, ToPort: 443, CidrIp: '0.0.0.0/0' }] } });
  const narrow = write('a/t.template.json', { Resources: { Group: group(443) } });
  expect((await tee('diff', narrow, write('b/t.template.json', { Resources: { Group: group(22) } }))).code).toBe(1);
  expect((await tee('diff', write('c/t.template.json', { Resources: { Group: group(22) } }), narrow)).code).toBe(0);
  const moved = { Group: { Type: 'AWS::EC2::SecurityGroup', Properties: { GroupDescription: 'g', SecurityGroupEgress: [] } }, Rule: { Type: 'AWS::EC2::SecurityGroupIngress', Properties: { GroupId: { 'Fn::GetAtt': ['Group', 'GroupId'] }, IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIp: '0.0.0.0/0' } } };
  expect((await tee('diff', narrow, write('d/t.template.json', { Resources: moved }))).out).not.toMatch(/lets through more/);
});

test('prove: what cannot be read is not proved', async () => {
  const { code, out } = await tee('prove', write('macro.template.json', { Transform: 'Unheard::Of', Resources: { Key: { Type: 'AWS::KMS::Key' } } }), '--format', 'json');
  expect(code).toBe(1);
  expect((JSON.parse(out) as { unproved: unknown[] }).unproved).toContainEqual(expect.objectContaining({ resource: 'macro/Transform' }));
});

test.each<[string, readonly string[], RegExp]>([
  ['no command', [], /COMMAND --help/],
  ['an unknown command', ['chek'], /unknown command 'chek'/],
  ['no path', ['check'], /at least one PATH/],
  ['an unknown option', ['check', '.', '--frobnicate'], /frobnicate/],
  ['an option without a value', ['check', '.', '--format'], /format/],
  ['an unknown format', ['check', plain, '--format', 'yaml'], /--format yaml: allowed are text, json/],
  ['a path that is not there', ['check', '/nowhere/at/all'], /no such file/],
  ['a folder with nothing to read', ['check', write('empty/readme.json', '{}').replace('/readme.json', '')], /holds no cloud assembly/],
  ['a workload file that is not there', ['check', plain, '--workload', '/nowhere.yaml'], /nowhere\.yaml/],
  ['help for no command', ['help', 'constructor'], /unknown command 'constructor'/],
  ['a page below a file', ['report', plain, '--out', join(plain, 'new', 'page.html')], /cannot be written: .*(ENOTDIR|EEXIST)/],
  // Here Node's own way to make a folder never ends.
  ['a page in a file system that takes none', ['report', plain, '--out', '/proc/new/page.html'], /cannot be written: .*ENOENT/],
  ['evidence below a file', ['evidence', plain, '--out', join(plain, 'new')], /cannot be written: .*(ENOTDIR|EEXIST)/],
  ['evidence in a file system that takes none', ['evidence', plain, '--out', '/proc/new/evidence'], /cannot be written: .*ENOENT/],
  ['artifacts below a file', ['synth', '--out', join(plain, 'new')], /cannot be written: .*(ENOTDIR|EEXIST)/],
  ['artifacts in place of a file', ['synth', '--out', plain], /cannot be written: .*E[A-Z]+/],
  ['artifacts in a file system that takes none', ['synth', '--out', '/proc/new/out'], /cannot be written: .*ENOENT/],
  ['an exemptions file that is not there', ['check', plain, '--exemptions', '/nowhere.yaml'], /nowhere\.yaml/],
])('%s ends with 2, one line and nothing on stdout', async (name, argv, told) => {
  const { code, out, err } = await tee(...argv);
  expect(code).toBe(2);
  expect(out).toBe('');
  expect(err).toMatch(told);
  if (name !== 'no command') expect(err.trim().split('\n')).toHaveLength(1);
});

test.each([['--help'], ['check', '--help'], ['prove', '-h'], ['synth', '--help'], ['help', 'check'], ['--version']])('%s %s is data and ends with 0', async (...argv) => {
  const { code, out, err } = await tee(...argv);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).not.toBe('');
});

test('the executable: exit code, a reader that goes away, and a checkout that is not built', () => {
  const bin = join(__dirname, '..', '..', 'constructs', 'compliance', 'bin.js');
  if (!existsSync(join(__dirname, '..', '..', 'dist', 'constructs', 'compliance', 'cli', 'main.js'))) {
    const { status, stderr } = spawnSync(process.execPath, [bin, '--help'], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining('npm run build') });
    return;
  }
  expect(spawnSync(process.execPath, [bin, 'check', plain]).status).toBe(0);
  expect(spawnSync(process.execPath, [bin, 'check', open]).status).toBe(1);
  const piped = spawnSync('sh', ['-c', `"${process.execPath}" "${bin}" check "${root}" --format json | head -c 1`], { encoding: 'utf8' });
  expect(piped.stdout).toBe('{');
  expect(piped.stderr).not.toMatch(/EPIPE|at /);
});

test('the executable: an output that is full, a page through a link and to a stream', () => {
  const bin = join(__dirname, '..', '..', 'constructs', 'compliance', 'bin.js');
  const sh = (line: string) => spawnSync('sh', ['-c', line], { encoding: 'utf8', cwd: root });
  const full = sh(`"${process.execPath}" "${bin}" check "${open}" --format json > /dev/full`);
  expect([full.status, full.stderr]).toEqual([2, expect.stringMatching(/\ntee-kit: stdout cannot be written: [^\n]*\n$/)]);
  expect(full.stderr).not.toMatch(/^ +at /m);
  expect(sh(`"${process.execPath}" "${bin}" report "${open}" --format markdown --out /dev/stdout | cat`).stdout).toMatch(/judged as of/);
  writeFileSync(join(root, 'real.md'), 'old');
  symlinkSync('real.md', join(root, 'link.md'));
  sh(`"${process.execPath}" "${bin}" report "${open}" --format markdown --out link.md`);
  expect(lstatSync(join(root, 'link.md')).isSymbolicLink()).toBe(true);
  expect(readFileSync(join(root, 'real.md'), 'utf8')).toMatch(/judged as of/);
});
