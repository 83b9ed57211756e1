import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DiffReport } from '../../../constructs/compliance/diff/compare.js';
import { tee, temporaryFolder } from '../cli-fixture.js';

const { root, write } = temporaryFolder();

const group = (port: number) => ({ Type: 'AWS::EC2::SecurityGroup', Properties: { GroupDescription: 'g', SecurityGroupIngress: [{ IpProtocol: 'tcp', FromPort: port, ToPort: 443, CidrIp: port === 22 ? '0.0.0.0/0' : '10.0.0.0/8' }], SecurityGroupEgress: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIp: '10.0.0.0/8' }] } });
const narrow = write('narrow.template.json', { Resources: { Group: group(443) } });
const wide = write('wide.template.json', { Resources: { Group: group(22) } });
const preview = write('preview.json', { steps: [{ op: 'create', urn: 'urn:pulumi:a::b::gcp:storage/bucket:Bucket::c', newState: { type: 'gcp:storage/bucket:Bucket', urn: 'urn:pulumi:a::b::gcp:storage/bucket:Bucket::c', inputs: { name: 'c' } } }] });
const diff = async (...argv: readonly string[]) => {
  const { code, out, err } = await tee('diff', ...argv, '--format', 'json');
  return { code, err, report: out === '' ? undefined : JSON.parse(out) as DiffReport };
};

test('exit code and shape', async () => {
  const { code, report } = await diff(narrow, wide);
  expect(code).toBe(1);
  expect(Object.keys(report!).sort()).toEqual(['changes', 'exemptions', 'proofs', 'unusedAllowances', 'verdict', 'version']);
  expect(report).toMatchObject({ version: 1, verdict: 'weaker', proofs: { before: { version: 1, keys: [] }, after: { version: 1, keys: [] } } });
  for (const key of ['verdict', 'cloud', 'resource', 'what', 'before', 'after', 'rule', 'citations', 'witness']) expect(Object.keys(report!.changes[0]!)).toContain(key);
  expect(await diff(narrow, narrow)).toMatchObject({ code: 0, report: { verdict: 'neutral', changes: [] } });
  expect((await diff(wide, narrow)).code).toBe(0);
});

test('text names who gained what, and how to allow it; markdown is silent when nothing changed and fits a comment', async () => {
  const { out } = await tee('diff', narrow, wide);
  expect(out).toMatch(/^WEAKER: /);
  expect(out).toMatch(/ {2}before: .*\n {2}after: /);
  expect(out).toMatch(/ {2}id: aws /);
  expect((await tee('diff', narrow, narrow, '--format', 'markdown')).out).toBe('');
  const many = write('many.template.json', { Resources: Object.fromEntries(Array.from({ length: 900 }, (_, index) => [`Group${index}`, group(22)])) });
  const { out: comment } = await tee('diff', narrow, many, '--format', 'markdown');
  expect(comment.length).toBeLessThan(65_000);
  expect(comment).toMatch(/^\*\*WEAKER\*\*/);
  expect(comment).toMatch(/more changes/);
});

test('an allowance lets exactly one change through, with a reason', async () => {
  const { changes } = (await diff(narrow, wide)).report!;
  const bad = changes.filter(({ verdict }) => verdict === 'weaker' || verdict === 'unknown');
  const entries = bad.map(({ id }) => ({ change: id, reason: 'the bastion of the drill', approver: 'security@hospital.example' }));
  const all = await diff(narrow, wide, '--allow', write('allow.json', entries));
  const open = all.report!.changes.filter((change) => (change.verdict === 'weaker' || change.verdict === 'unknown') && change.allowed === null);
  // What breaks a rule that cannot be waived stays.
  expect(all.report!.unusedAllowances.map(({ change }) => change).sort()).toEqual(open.map(({ id }) => id).sort());
  expect(all.code).toBe(open.length === 0 ? 0 : 1);
  const other = await diff(narrow, wide, '--allow', write('other.json', [{ change: 'aws rule something else', reason: 'r', approver: 'a' }]));
  expect(other).toMatchObject({ code: 1, report: { unusedAllowances: [{ change: 'aws rule something else' }] } });
});

test.each([
  ['one path', [narrow]],
  ['three paths', [narrow, narrow, narrow]],
  ['another kind', [narrow, preview]],
  ['no such file', [narrow, join(root, 'nothing.json')]],
  ['no artifact', [narrow, write('text.txt', 'hello')]],
  ['a broken artifact', [narrow, write('broken.template.json', '{"Resources": {')]],
  ['an unknown format', [narrow, wide, '--format', 'pdf']],
  ['no list of allowances', [narrow, wide, '--allow', write('noallow.json', { change: 'x' })]],
  ['an allowance without a reason', [narrow, wide, '--allow', write('noreason.json', [{ change: 'x', approver: 'a' }])]],
  ['no range', ['--git', 'HEAD']],
  ['an option for a revision', ['--git', '--help..HEAD']],
  ['no revision', ['--git', 'HEAD..no-such-branch']],
  ['paths beside --git', [narrow, '--git', 'HEAD..HEAD']],
])('bad input, %s: exit 2 and one line', async (_, argv) => {
  const { code, out, err } = await tee('diff', ...argv);
  expect({ code, out, lines: err.trim().split('\n').length }).toEqual({ code: 2, out: '', lines: 1 });
});

test.each([
  ['an ordinary CDK template', 'neutral', { Resources: { Queue: { Type: 'AWS::SQS::Queue', Properties: {} } } }, { Resources: { Queue: { Type: 'AWS::SQS::Queue', Properties: { DelaySeconds: 3 } }, CDKMetadata: { Type: 'AWS::CDK::Metadata', Properties: { Analytics: 'v2:deflate64:x' } } } }],
  // A parameter that goes is one value less that a deployment may change.
  ['a hand-written one', 'stronger', 'AWSTemplateFormatVersion: "2010-09-09"\nParameters: { Size: { Type: String, Default: t3.micro } }\nResources:\n  Host:\n    Type: AWS::EC2::Instance\n    Properties: { InstanceType: !Ref Size, ImageId: ami-0abcdef1234567890 }\n', 'AWSTemplateFormatVersion: "2010-09-09"\nResources:\n  Host:\n    Type: AWS::EC2::Instance\n    Properties: { InstanceType: t3.large, ImageId: ami-0abcdef1234567890 }\n'],
])('%s of others: %s, and no word of PHI keys', async (_, verdict, before, after) => {
  const name = typeof before === 'string' ? 'template.yaml' : 'template.json';
  const { code, report } = await diff(write(`base/${name}`, before), write(`head/${name}`, after));
  expect({ code, report }).toMatchObject({ code: 0, report: { verdict, proofs: { after: { keys: [], unproved: [] } } } });
});

test('a preview of others', async () => {
  const other = write('other/preview.json', { steps: [{ op: 'create', urn: 'urn:pulumi:a::b::random:index/randomPet:RandomPet::c', newState: { type: 'random:index/randomPet:RandomPet', urn: 'urn:pulumi:a::b::random:index/randomPet:RandomPet::c', inputs: {} } }] });
  expect(await diff(other, other)).toMatchObject({ code: 0, report: { verdict: 'neutral', changes: [] } });
});

test('--git compares two revisions and leaves nothing behind', async () => {
  const repository = join(root, 'repository');
  mkdirSync(repository);
  const git = (...args: readonly string[]): string => execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], { cwd: repository, encoding: 'utf8' });
  git('init', '--quiet');
  for (const file of [narrow, wide]) {
    writeFileSync(join(repository, 'app.template.json'), readFileSync(file));
    git('add', '.');
    git('commit', '--quiet', '-m', 'x');
  }
  const before = { worktrees: git('worktree', 'list'), temporary: readdirSync(tmpdir()).filter((name) => name.startsWith('tee-kit-diff-')) };
  const here = process.cwd();
  process.chdir(repository);
  try {
    const copy = 'mkdir -p "$TEE_KIT_OUT" && cp app.template.json "$TEE_KIT_OUT"';
    expect(await diff('--git', 'HEAD~1..HEAD', '--synth', copy)).toMatchObject({ code: 1, report: { verdict: 'weaker' } });
    const failed = await tee('diff', '--git', 'HEAD~1..HEAD', '--synth', 'echo it broke >&2; exit 2');
    expect(failed).toMatchObject({ code: 2, out: '', err: expect.stringMatching(/^tee-kit: --git: [0-9a-f]{12} cannot be synthesized .*it broke\n$/) as string });
  } finally {
    process.chdir(here);
  }
  expect({ worktrees: git('worktree', 'list'), temporary: readdirSync(tmpdir()).filter((name) => name.startsWith('tee-kit-diff-')) }).toEqual(before);
  expect(git('status', '--porcelain')).toBe('');
});
