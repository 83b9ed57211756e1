import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { embedWorkload, loadWorkload, parseWorkload, readEmbeddedWorkload, WorkloadFileError } from '../../constructs/workload/index.js';
import { CASES } from './load.cases.js';
import { between, edited, SANDBOX, SHIPPED } from './edits.js';

function errorsOf(text: string): readonly string[] {
  try {
    parseWorkload(text, 'workload.yaml');
  } catch (error) {
    if (!(error instanceof WorkloadFileError)) throw error;
    expect(error.message).toBe(error.issues.map((issue) => issue.text).join('\n'));
    return error.issues.map((issue) => issue.text);
  }
  return [];
}

/** `line:column` of the `^` of a piece of text that occurs once. */
function position(text: string, place: string): string {
  const caret = place.indexOf('^');
  const parts = text.split(place.slice(0, caret) + place.slice(caret + 1));
  if (parts.length !== 2) throw new Error(`${place} occurs ${parts.length - 1} times`);
  const before = ((parts[0] ?? '') + place.slice(0, caret)).split('\n');
  return `${before.length}:${(before.at(-1) ?? '').length + 1}`;
}

describe('right files', () => {
  test('the shipped file: production, three clouds, measurements as their tools printed them', () => {
    expect(SHIPPED.startsWith('# yaml-language-server: $schema=./docs/workload.schema.json\n')).toBe(true);
    const workload = loadWorkload('workload.yaml');
    expect(workload).toMatchObject({
      name: 'clinical-decision',
      environment: 'production',
      retention: { days: 2192, irreversible: true },
      measurements: {
        aws: { 'inference-1': { kind: 'nitro-enclave', status: 'active', pcrs: { PCR0: '3eaa317a778ee207fab894f6b42c5545ddef8bd905da8cc2f22cc59cc83fe0c980a411e5f5445f110f26d5c0d6f39ee4' } } },
        azure: { 'inference-1': { kind: 'azure-guest', claims: { 'x-ms-isolation-tee.x-ms-attestation-type': 'sevsnpvm', 'x-ms-isolation-tee.x-ms-sevsnpvm-is-debuggable': false } } },
        gcp: { 'inference-1': { kind: 'confidential-space', image: 'us-central1-docker.pkg.dev/example-phi-workload/clinical/inference', imageDigest: 'sha256:67682bda769fae1ccf5183192b8daf37b64cae99c6c3302650f6f8bf5f0f95df' } },
      },
    });
    expect(Object.keys(workload.segments)).toEqual(['gateway', 'tee', 'phi-store']);
    expect(Object.keys(workload.measurements.aws['inference-1'] ?? {})).not.toContain('tool');
  });

  test('a production file may leave the log reversible: that is a failed gate, not a wrong file', () => {
    expect(errorsOf(edited(['irreversible: true', 'irreversible: false']))).toEqual([]);
    expect(parseWorkload(SANDBOX, 'sandbox.yaml')).toMatchObject({ environment: 'sandbox', retention: { irreversible: false } });
  });

  test('one cloud is enough', () => {
    const text = edited([between('  azure:\n    subscription', '\n# Approved'), '']);
    expect(Object.keys(parseWorkload(text, 'w').clouds)).toEqual(['aws']);
  });

  test('a tool\'s output may be pasted as a block of text', () => {
    const output = between('      output:\n        {\n          "Measurements"', '      # Documentation');
    const block = output.replace('output:', 'output: |');
    expect(parseWorkload(edited([output, block]), 'w')).toEqual(parseWorkload(SHIPPED, 'w'));
  });

  test('a key twice in a pasted block is seen, though JSON.parse would take the last', () => {
    const output = between('      output:\n        {\n          "Measurements"', '      # Documentation');
    const block = output.replace('output:', 'output: |').replace('"PCR0":', `"PCR0": "${'a'.repeat(96)}", "PCR0":`);
    const text = edited([output, block]);
    expect(errorsOf(text)).toEqual([`workload.yaml:${position(text, 'output: ^|\n')}: measurements.aws.inference-1.output.PCR0: key given twice in the pasted text; allowed: each key once; fix: paste the output unchanged`]);
  });

  test('Windows line ends and a byte order mark', () => {
    expect(parseWorkload(`\uFEFF${SHIPPED.replaceAll('\n', '\r\n')}`, 'w')).toEqual(parseWorkload(SHIPPED, 'w'));
  });

  test('expiry is not judged against the clock', () => {
    const first = between('      approved: "2026-11-02"\n', '      status').split('\n')[0] ?? '';
    expect(errorsOf(SHIPPED.replaceAll(first, '      approved: "2001-01-01"').replaceAll('expires: "2027-11-30"', 'expires: "2001-02-01"'))).toEqual([]);
  });
});

describe('wrong files', () => {
  test.each(CASES)('$name', ({ edits, errors }) => {
    const text = edited(...edits);
    expect(errorsOf(text)).toEqual(errors.map(([place, rest]) => `workload.yaml:${position(text, place)}: ${rest}`));
  });

  test('every error is one line with what is allowed and the fix', () => {
    for (const { errors } of CASES) for (const [, text] of errors) expect(text).toMatch(/^[^\n]*(?:must|allowed:|is not allowed|digest)[^\n]*; fix: [^\n]+$/);
  });
});

const TOO_DEEP = 'w:1:1: is nested too deeply; allowed: 32 levels; fix: start from the workload.yaml that the kit ships';
const NO_WORKLOAD = 'w:1:1: is not a workload file; allowed: a mapping that starts with version: 1; fix: start from the workload.yaml that the kit ships';

describe('hostile text', () => {
  test.each([
    ['empty', '', NO_WORKLOAD],
    ['a scalar', 'hello', NO_WORKLOAD],
    ['a list', '- version: 1', NO_WORKLOAD],
    ['another file', 'root: x\nuser: y', NO_WORKLOAD],
    ['deep flow lists', '['.repeat(20_000), TOO_DEEP],
    ['deep flow maps', '{a: '.repeat(20_000), TOO_DEEP],
    ['deep block lists', `version: 1\nx:\n ${'- '.repeat(20_000)}`, TOO_DEEP],
    ['deep enough', `version:${' [ '.repeat(40)}${']'.repeat(40)}`, 'w:1:106: version: nested too deeply; allowed: 32 levels; fix: start from the workload.yaml that the kit ships'],
    ['many entries', `version: 1\nflows:\n${Array.from({ length: 3000 }, (_, index) => ` f${index}: {}`).join('\n')}`, 'w:3:2: flows: 3000 entries; allowed: at most 500; fix: start from the workload.yaml that the kit ships'],
    ['too large', `version: 1\n# ${'x'.repeat(140_000)}`, 'w:1:1: has more than 131072 bytes; allowed: at most 131072; fix: name the workload file itself'],
    ['NUL', 'version: 1\nname: a\0b', 'w:1:1: holds the character \\u0000 at offset 18; allowed: printable text; fix: save the file as UTF-8 text'],
    ['text that reads backwards', 'version: 1 # \u202eok', 'w:1:1: holds the character \\u202e at offset 13; allowed: printable text; fix: save the file as UTF-8 text'],
  ])('%s', (_name, text, expected) => {
    expect(() => parseWorkload(text, 'w')).toThrow(new WorkloadFileError([{ file: 'w', line: 1, column: 1, path: '', text: expected }]));
  });

  test('an alias bomb is refused at each alias', () => {
    const bomb = ['version: &a [1,1,1,1,1,1,1,1,1]', ...Array.from({ length: 20 }, (_, index) => `k${index}: &${String.fromCharCode(98 + index)} [*${String.fromCharCode(97 + index)},*${String.fromCharCode(97 + index)}]`)].join('\n');
    expect(errorsOf(bomb)).toHaveLength(61);
  });

  test('a flood of syntax errors is cut', () => {
    expect(errorsOf(`version: ${'"'.repeat(5_000)}`)).toHaveLength(10);
  });

  test('no text makes it throw anything else', () => {
    const lines = SHIPPED.split('\n');
    const fragment = fc.oneof(
      fc.string({ maxLength: 40 }),
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.constantFrom(...lines, '&a', '*a', '!!map', '<<: {}', '__proto__: {}', '[', '{', '? ', '---', '...', '%YAML 1.1', 'constructor: 1', 'null: null'),
    );
    fc.assert(fc.property(fc.array(fragment, { maxLength: 30 }), (parts) => void errorsOf(parts.join('\n'))), { numRuns: 300 });
  });

  test('no change of one line makes it throw anything else, and what is accepted reads back from an artifact', () => {
    const lines = SHIPPED.split('\n');
    const value = fc.oneof(
      fc.constantFrom('null', '[]', '{}', '""', '-1', '1e999', '.nan', 'true', '[[1]]', '{a: {b: 1}}', '"\\ud800"', '0x10', 'a', 'Ünïcode', '"é b"', 'us-west-2', 'm7i.8xlarge', '4', '"2027-01-01"', '10.20.64.0/20', 'staging'),
      fc.string({ maxLength: 12 }),
    );
    let accepted = 0;
    fc.assert(fc.property(fc.nat(lines.length - 1), value, (index, replacement) => {
      const line = lines[index] ?? '';
      const colon = line.indexOf(':');
      const text = [...lines.slice(0, index), `${colon < 0 ? '' : line.slice(0, colon + 1)} ${replacement}`, ...lines.slice(index + 1)].join('\n');
      if (errorsOf(text).length > 0) return;
      accepted++;
      const workload = parseWorkload(text, 'w');
      expect(readEmbeddedWorkload(embedWorkload(workload))).toEqual({ workload });
    }), { numRuns: 200, seed: 1 });
    expect(accepted).toBeGreaterThan(10);
  });
});

describe('files that cannot be read', () => {
  const folder = mkdtempSync(join(tmpdir(), 'workload-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const refused = (path: string) => {
    try {
      loadWorkload(path);
    } catch (error) {
      if (error instanceof WorkloadFileError) return error.message;
      throw error;
    }
    return 'accepted';
  };

  test('missing, a folder, a pipe, too large, not UTF-8', () => {
    const missing = join(folder, 'none.yaml');
    expect(refused(missing)).toBe(`${missing}:1:1: does not exist; allowed: a YAML file; fix: correct the path or create the file`);
    expect(refused(folder)).toBe(`${folder}:1:1: is not a file; allowed: a YAML file; fix: name the workload file itself`);
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    expect(refused(pipe)).toBe(`${pipe}:1:1: is not a file; allowed: a YAML file; fix: name the workload file itself`);
    const large = join(folder, 'large.yaml');
    writeFileSync(large, 'x'.repeat(140_000));
    expect(refused(large)).toBe(`${large}:1:1: has 140000 bytes; allowed: at most 131072; fix: name the workload file itself`);
    const utf16 = join(folder, 'utf16.yaml');
    writeFileSync(utf16, Buffer.from(`\uFEFF${SHIPPED}`, 'utf16le'));
    expect(refused(utf16)).toBe(`${utf16}:1:1: is not UTF-8 text; allowed: UTF-8; fix: save the file as UTF-8`);
    const path = join(missing, 'workload.yaml');
    expect(refused(path)).toContain('does not exist');
    expect(refused('a\0b')).toContain('cannot be read');
  });
});
