import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { check } from './check-report.js';
import { ROOT, teeKit, templatePath } from './shipped.js';

/** The one screen of `tee-kit synth` for the shipped workload file with some lines replaced. */
function synthesize(replacements: readonly (readonly [from: RegExp, to: string])[]): { readonly code: number | null; readonly out: string; readonly folder: string } {
  const folder = mkdtempSync(join(tmpdir(), 'tee-kit-gates-'));
  folders.push(folder);
  const file = join(folder, 'workload.yaml');
  writeFileSync(file, replacements.reduce((text, [from, to]) => {
    expect(text).toMatch(from);
    return text.replace(from, to);
  }, readFileSync(join(ROOT, 'workload.yaml'), 'utf8')));
  const { code, out } = teeKit(['synth', '--workload', file, '--out', join(folder, 'out')]);
  return { code, out, folder: join(folder, 'out') };
}
const folders: string[] = [];
afterAll(() => { for (const folder of folders) rmSync(folder, { recursive: true, force: true }); });

test('a sandbox whose logs can be deleted passes, and says that they can', () => {
  const { code, out, folder } = synthesize([[/^environment: production$/m, 'environment: sandbox'], [/irreversible: true/, 'irreversible: false']]);
  expect(out).toContain('(sandbox)');
  expect(out.match(/NOT IMMUTABLE|not immutable|0 of \d immutable/gi) ?? []).not.toEqual([]);
  const { report } = check(folder);
  expect(report.findings).toEqual([]);
  expect(report.summary.warnings).toBeGreaterThan(0);
  expect(code).toBe(0);
  // Nothing irreversible may be in it.
  expect(readFileSync(templatePath(folder), 'utf8')).not.toContain('COMPLIANCE');
  expect(readFileSync(join(folder, 'azure', 'preview.json'), 'utf8')).not.toMatch(/"state": "Locked"/);
  expect(readFileSync(join(folder, 'gcp', 'preview.json'), 'utf8')).not.toMatch(/"(isLocked|locked)": true/);
});

test('production without irreversible locks fails its gate on three clouds', () => {
  const { code, out, folder } = synthesize([[/irreversible: true/, 'irreversible: false']]);
  expect(code).toBe(1);
  expect(out).toContain('audit-log-immutable');
  for (const cloud of ['aws', 'azure', 'gcp']) expect(check(folder).report.findings).toContainEqual(expect.objectContaining({ rule: 'audit-log-immutable', cloud, status: 'fail' }));
});
