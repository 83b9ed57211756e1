import fc from 'fast-check';
import { canonicalJson } from '../../constructs/workload/canonical.js';
import { embedWorkload, loadWorkload, readEmbeddedWorkload } from '../../constructs/workload/index.js';
import { WORKLOAD } from '../compliance/workload-fixture.js';

const shipped = loadWorkload('workload.yaml');

/** A copy with every map's keys in reverse order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).reverse().map(([key, item]) => [key, reversed(item)]));
}

/** Every path to a value inside plain data. */
function paths(value: unknown, prefix: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [prefix];
  return [prefix, ...Object.entries(value).flatMap(([key, item]) => paths(item, [...prefix, key]))];
}

function changed(path: readonly string[], change: (holder: Record<string, unknown>, key: string) => void): unknown {
  const root = { root: structuredClone<unknown>(shipped) };
  let holder: Record<string, unknown> = root;
  for (const key of ['root', ...path].slice(0, -1)) holder = holder[key] as Record<string, unknown>;
  change(holder, path.at(-1) ?? 'root');
  return root.root;
}

describe('round trip', () => {
  test.each([['the shipped file', shipped], ['the fixture of the rule cases', WORKLOAD]])('%s', (_name, workload) => {
    expect(readEmbeddedWorkload(embedWorkload(workload))).toEqual({ workload });
    expect(readEmbeddedWorkload(workload)).toEqual({ workload });
  });

  test('the order of keys does not change the bytes', () => {
    expect(canonicalJson(reversed(shipped))).toBe(embedWorkload(shipped));
    expect(embedWorkload(shipped)).not.toBe(JSON.stringify(shipped));
  });

  test('any JSON value has one canonical form, which parses to the same value', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => {
      const plain: unknown = JSON.parse(JSON.stringify(value));
      expect(JSON.parse(canonicalJson(plain))).toEqual(plain);
      expect(canonicalJson(reversed(plain))).toBe(canonicalJson(plain));
    }), { numRuns: 100 });
  });
});

describe('what is not a workload', () => {
  test.each([
    ['nothing', undefined, 'the embedded workload is malformed at its root'],
    ['null', null, 'the embedded workload is malformed at its root'],
    ['a list', [], 'the embedded workload is malformed at its root'],
    ['text', 'x', 'the embedded workload is not JSON'],
    ['too long', ' '.repeat(600_000), 'the embedded workload has more than 524288 characters'],
    ['an object', '{}', 'the embedded workload is malformed at version'],
    ['another version', { ...shipped, version: 2 }, 'the embedded workload is malformed at version'],
    ['an unknown key', { ...shipped, zebra: 1 }, 'the embedded workload is malformed at zebra'],
    ['a prototype', JSON.parse('{"__proto__": {"version": 1}}'), 'the embedded workload is malformed at __proto__'],
    ['a status', changed(['measurements', 'aws', 'inference-1', 'status'], (holder, key) => { holder[key] = 'ACTIVE'; }), 'the embedded workload is malformed at measurements.aws.inference-1.status'],
    ['a register', changed(['measurements', 'aws', 'inference-1', 'pcrs', 'PCR0'], (holder, key) => { holder[key] = '*'; }), 'the embedded workload is malformed at measurements.aws.inference-1.pcrs.PCR0'],
    ['a debug register', changed(['measurements', 'aws', 'inference-1', 'pcrs', 'PCR0'], (holder, key) => { holder[key] = '0'.repeat(96); }), 'the embedded workload is malformed at measurements.aws.inference-1.pcrs.PCR0'],
    ['a digest of zeros', changed(['measurements', 'gcp', 'inference-1', 'imageDigest'], (holder, key) => { holder[key] = `sha256:${'0'.repeat(64)}`; }), 'the embedded workload is malformed at measurements.gcp.inference-1.imageDigest'],
    ['a debug claim', changed(['measurements', 'azure', 'inference-1', 'claims', 'x-ms-isolation-tee.x-ms-sevsnpvm-is-debuggable'], (holder, key) => { holder[key] = true; }), 'the embedded workload is malformed at measurements.azure.inference-1.claims.x-ms-isolation-tee.x-ms-sevsnpvm-is-debuggable'],
    ['no hardware claim', changed(['measurements', 'azure', 'inference-1', 'claims'], (holder, key) => { holder[key] = { secureboot: true }; }), 'the embedded workload is malformed at measurements.azure.inference-1.claims.x-ms-isolation-tee.x-ms-attestation-type'],
    ['a kind', changed(['measurements', 'gcp', 'inference-1', 'kind'], (holder, key) => { holder[key] = 'constructor'; }), 'the embedded workload is malformed at measurements.gcp.inference-1.kind'],
    ['a hostile name', { ...shipped, flows: { '\u001b[2J': {} } }, 'the embedded workload is malformed at flows.<key>'],
    ['a date', changed(['baa', 'aws', 'review'], (holder, key) => { holder[key] = '2027-02-30'; }), 'the embedded workload is malformed at baa.aws.review'],
  ])('%s', (_name, json, reason) => {
    expect(readEmbeddedWorkload(json)).toEqual({ reason });
  });

  test('every value of the wrong type and every key too many is refused', () => {
    const all = paths(shipped);
    expect(all.length).toBeGreaterThan(150);
    for (const path of all) {
      // A claim may be any text, number or boolean.
      const values = path.includes('claims') ? [null, { zebra: null }, [[]]] : [null, { zebra: 1 }, [[]], '\u0000', -1];
      for (const wrong of values) {
        const read = readEmbeddedWorkload(changed(path, (holder, key) => { holder[key] = wrong; }));
        expect({ path, wrong, refused: read.workload === undefined }).toEqual({ path, wrong, refused: true });
      }
    }
  });

  test('no JSON makes it throw', () => {
    fc.assert(fc.property(fc.constantFrom(...paths(shipped)), fc.jsonValue(), (path, value) => {
      readEmbeddedWorkload(changed(path, (holder, key) => { holder[key] = value; }));
      readEmbeddedWorkload(value);
    }), { numRuns: 300 });
    readEmbeddedWorkload(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
  });
});
