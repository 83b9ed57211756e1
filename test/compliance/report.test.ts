import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compareDeployments } from '../../constructs/compliance/diff/compare';
import { gather } from '../../constructs/compliance/cli/gather';
import { RULES } from '../../constructs/compliance/registry';
import type { Change } from '../../constructs/compliance/report/change';
import { comment, COMMENT_LIMIT, MARKER } from '../../constructs/compliance/report/comment';
import { escape, html } from '../../constructs/compliance/report/markup';
import { type Gathered, type Report, reportOf } from '../../constructs/compliance/report/model';
import { page } from '../../constructs/compliance/report/page';
import { tee, temporaryFolder } from './cli-fixture';
import { reportInput } from './report-fixture';
import { edit, shipped, shippedCopy, templatePath } from '../shipped';

const { root, write } = temporaryFolder();
const TODAY = '2026-11-25';
const terminal = { out: () => undefined, err: () => undefined, progress: () => undefined };
const read = (...paths: string[]): Gathered => gather({ paths, terminal, today: TODAY });
const out = shipped;
let known: Report | undefined;
const shippedReport = (): Report => (known ??= reportOf(read(out())));

interface Template { Resources: Record<string, { Type: string; Properties: { KeyPolicy?: { Statement: { Effect: string; Sid?: string; Condition?: object }[] } } }> }

/** The shipped AWS assembly with the Denies and the condition of its PHI key taken away. */
function weakened(): string {
  const folder = shippedCopy();
  edit<Template>(templatePath(folder), ({ Resources }) => {
    for (const [id, { Type, Properties: { KeyPolicy: policy } }] of Object.entries(Resources)) {
      if (Type !== 'AWS::KMS::Key' || !id.startsWith('PhiKey') || !policy) continue;
      policy.Statement = policy.Statement.filter(({ Effect }) => Effect !== 'Deny');
      for (const statement of policy.Statement) if (statement.Sid?.startsWith('Attested')) delete statement.Condition;
    }
  });
  return join(folder, 'aws');
}

function changed(base: string, head: string): Change {
  const [before, after] = [read(base), read(head)];
  const { verdict, changes } = compareDeployments(before.deployments, after.deployments, { rules: RULES });
  return { verdict, changes, before: reportOf(before), after: reportOf(after) };
}

test('the same input and date give the same bytes, and another date does not', () => {
  const first = page(reportOf(read(out())));
  expect(page(reportOf(read(out())))).toBe(first);
  expect(page(reportOf(gather({ paths: [out()], terminal, today: '2027-01-01' })))).not.toBe(first);
});

test('the shipped artifacts: protected, every section there, each key with its measurement and who can change the gate', () => {
  const report = shippedReport();
  expect(report.verdict).toMatchObject({ level: 'holds', headline: 'Protected: every proof holds and no rule fails.' });
  for (const key of report.keys) {
    if (typeof key.releases === 'string') throw new Error(key.releases);
    expect(key.releases.length).toBeGreaterThan(0);
    expect(key.releases.flatMap(({ measurements }) => measurements)).toContain('inference-1 (active)');
    expect(key.changers.length).toBeGreaterThan(0);
  }
  expect(report.irreversible.map(({ cloud }) => cloud)).toEqual(expect.arrayContaining(['aws', 'azure', 'gcp']));
  expect(report.measurements.map(({ days }) => days)).toEqual([370, 370, 370]);
  for (const { tags: { taggable, complete } } of report.baa) expect([complete, taggable > 0]).toEqual([taggable, true]);
});

test('a citation names what supports it, never what satisfies it, and those without support stand apart', () => {
  const { citations } = shippedReport();
  const access = citations.find(({ citation }) => citation === '45 CFR 164.312(a)(1)');
  expect(access?.supports.some(({ cloud, resources }) => cloud === 'aws' && resources.length > 0)).toBe(true);
  expect(citations.find(({ citation }) => citation === '45 CFR 164.310(b)')).toMatchObject({ supports: [], rules: [] });
  const text = page(shippedReport());
  expect(text).toContain('Citations that nothing here supports');
  expect(text.replace('None of them satisfies it', '')).not.toMatch(/satisf/i);
});

test('every citation of a rule is a row of the Security Rule', () => {
  expect(shippedReport().citations.filter(({ title }) => title === '')).toEqual([]);
});

test('a key that opens without attestation is the first thing the page says', () => {
  const report = reportOf(read(weakened()));
  expect(report.verdict.level).toBe('broken');
  const text = page(report);
  expect(text.indexOf('Not protected.')).toBeLessThan(text.indexOf('1 of 1 PHI key can be used without approved attestation.'));
  expect(text).toContain('This request succeeds:');
  expect(text).toContain('NO CONDITION');
});

test('unknown is said loudly: an unreadable part, a PHI deployment without key or log, no resources at all', () => {
  const artifact = write('unknown/unknown.template.json', {
    Resources: {
      Macro: { 'Fn::Transform': { Name: 'Anything' } },
      Key: { Type: 'AWS::KMS::Key', Properties: { KeyPolicy: { Ref: 'Parameter' }, Tags: [{ Key: 'phi-classification', Value: 'phi' }] } },
    },
  });
  const report = reportOf(read(artifact));
  expect(report.verdict).toMatchObject({ level: 'unknown', headline: 'Unknown. Treat it as not protected.' });
  const text = page(report);
  expect(text).toContain('UNKNOWN: NO LOG STORE');
  expect(text).toContain('These parts could not be read or proved');
  expect(comment(report)).toContain('Unknown. Treat it as not protected.');
  expect(reportOf(read(write('empty.template.json', { AWSTemplateFormatVersion: '2010-09-09', Resources: {} }))).verdict.level).toBe('unknown');
});

test('artifacts without PHI: no claim about keys that are not there', async () => {
  const plain = write('plain.template.json', { Resources: { Parameter: { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Value: 'x' } } } });
  const { code, out: text } = await tee('report', plain);
  expect(code).toBe(0);
  expect(text).toContain('No PHI workload is declared here, so nothing is claimed about PHI keys.');
  expect(text).not.toMatch(/Protected:/);
});

const HOSTILE = ['</script><script>alert(1)</script>', '"><img src=x onerror=alert(1)>', '\'-->]]>{{7*7}}${7*7}', '\u202egnp.exe', '\u0000\u001b[31m', '\ud800', '`|</details>|`', 'javascript:alert(1)'];

test.each(HOSTILE)('hostile text stays text: %j', (hostile) => {
  const artifact = write(`hostile-${HOSTILE.indexOf(hostile)}/h.template.json`, {
    Resources: {
      [hostile]: { Type: 'AWS::EC2::SecurityGroup', Metadata: { [hostile]: hostile }, Properties: { GroupDescription: hostile, SecurityGroupIngress: [{ IpProtocol: '-1', CidrIp: '0.0.0.0/0', Description: hostile }], Tags: [{ Key: 'phi-classification', Value: hostile }, { Key: hostile, Value: hostile }] } },
    },
  });
  const report = reportOf(read(artifact));
  const text = page(report);
  expect(text).not.toContain('<script>alert');
  expect(text).not.toContain('<img');
  expect(text).not.toMatch(/(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}]/u);
  expect(text.match(/<script/g)).toHaveLength(1);
  const said = comment(report);
  // Markdown reads nothing inside a code span.
  const outside = said.replace(/`[^`\n]*`/g, '');
  expect(outside).not.toMatch(/<script|<img|`/);
  expect(outside.match(/<details>/g)).toHaveLength(outside.match(/<\/details>/g)?.length ?? 0);
});

test('a huge value is cut with a note', () => {
  const artifact = write('huge/huge.template.json', { Resources: { Group: { Type: 'AWS::EC2::SecurityGroup', Properties: { GroupDescription: 'd'.repeat(100_000), SecurityGroupIngress: [{ IpProtocol: '-1', CidrIp: '0.0.0.0/0' }] } } } });
  const text = page(reportOf(read(artifact)));
  expect(text.length).toBeLessThan(120_000);
  expect(text).toMatch(/Cut here: \d+ more characters\. The whole of it is in /);
});

test('markup escapes every value', () => {
  expect(html`<p title="${'"<&>\''}">${'a\u202eb'}</p>`.text).toBe('<p title="&quot;&lt;&amp;&gt;&#39;">a\\u{202e}b</p>');
  expect(escape('one\ntwo\tthree')).toBe('one\ntwo\tthree');
});

test('the page loads nothing and runs nothing but its own script', () => {
  const text = page(shippedReport());
  const policy = /Content-Security-Policy" content="([^"]+)"/.exec(text)?.[1] ?? '';
  expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'; script-src 'sha256-[^']+'; base-uri 'none'; form-action 'none'$/);
  expect(text).not.toMatch(/<(link|img|iframe|object|embed|form)\b|<[^>]*\son\w+=|<[^>]*\sstyle=|<[^>]*(src|href)="(?!#)/);
});

test('a change: both sides, the witness, and a comment that says WEAKER first', () => {
  const change = changed(join(out(), 'aws'), weakened());
  expect(change.verdict).toBe('weaker');
  const text = page(change.after, change);
  for (const said of ['WEAKER: this change takes protection away.', 'What changed', 'Before and after', 'This request succeeds now:']) expect(text).toContain(said);
  const said = comment(change.after, change);
  expect(said.startsWith(`${MARKER}\n### 🔴 WEAKER: this change takes protection away.\n`)).toBe(true);
  expect(said).toMatch(/\| 🔴 WEAKER \| .*attestation absent/);
});

test('no change: no comment', async () => {
  const { code, out: text } = await tee('report', join(out(), 'aws'), '--base', join(out(), 'aws'), '--format', 'markdown');
  expect([code, text]).toEqual([0, '']);
  expect(changed(join(out(), 'aws'), join(out(), 'aws')).verdict).toBe('neutral');
});

test('a comment of 5,000 findings stays under the limit, closes what it opens, and says what it left out', () => {
  const report = reportOf(reportInput(5000));
  const said = comment(report);
  expect(said.length).toBeLessThan(COMMENT_LIMIT);
  expect(said.match(/<details>/g)).toHaveLength(said.match(/<\/details>/g)?.length ?? 0);
  expect(said).toMatch(/\d+ more left out: the comment is at its size limit/);
});

test('report: writes the file whole, says what it decided, and ends with the verdict', async () => {
  const file = join(root, 'pages', 'report.html');
  const { code, out: text, err } = await tee('report', weakened(), '--out', file);
  expect([code, text]).toEqual([1, '']);
  expect(err).toMatch(/wrote .*report\.html: Not protected\./);
  expect(readFileSync(file, 'utf8')).toMatch(/^<!doctype html>/);
  expect(readdirSync(join(root, 'pages'))).toEqual(['report.html']);
});

test.each([
  [['report'], /name at least one PATH/],
  [['report', 'no-such-file'], /no-such-file: no such file or folder/],
  [['report', 'x', '--format', 'pdf'], /--format pdf: allowed are html and markdown/],
  [['report', 'x', '--base-workload', 'w.yaml'], /name what was before with --base/],
])('bad input %j: one line, exit 2', async (argv, said) => {
  const { code, out: text, err } = await tee(...argv);
  expect([code, text]).toEqual([2, '']);
  expect(err).toMatch(said);
  expect(err.trim().split('\n')).toHaveLength(1);
});
