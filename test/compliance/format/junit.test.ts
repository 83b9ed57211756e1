import { NASTY, formatted } from './fixture.js';

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: '\'' };
const decoded = (text: string): string => text.replace(/&(#\d+|\w+);/g, (_, name: string) => (name.startsWith('#') ? String.fromCharCode(Number(name.slice(1))) : (ENTITIES[name] ?? fail(name))));
function fail(what: string): never {
  throw new Error(`not well-formed: ${what}`);
}

/** A strict reader of the XML that has elements, attributes and text. */
function parse(xml: string): Element {
  // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/.test(xml)) fail('a control character');
  const root: Element = { name: '', attributes: {}, children: [], text: '' };
  const open = [root];
  const token = /<\?xml[^>]*\?>|<\/([\w-]+)>|<([\w-]+)((?:\s+[\w-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/gy;
  for (let last = 0; last < xml.length; last = token.lastIndex) {
    token.lastIndex = last;
    const match = token.exec(xml) ?? fail(xml.slice(last, last + 60));
    const parent = open.at(-1)!;
    if (match[5] !== undefined) parent.text += decoded(match[5]);
    else if (match[1] !== undefined) {
      if (open.pop()!.name !== match[1]) fail(`</${match[1]}>`);
    } else if (match[2] !== undefined) {
      const attributes = Object.fromEntries([...match[3]!.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name, value]) => [name!, decoded(value!)]));
      const element: Element = { name: match[2], attributes, children: [], text: '' };
      parent.children.push(element);
      if (match[4] === '') open.push(element);
    }
  }
  return open.length === 1 ? root.children[0]! : fail('an element is not closed');
}

test('JUnit: parses back, counts add up, failures and exempt cases are told', async () => {
  const suites = parse(await formatted('junit'));
  expect(suites.name).toBe('testsuites');
  const cases = suites.children.flatMap(({ children }) => children).filter(({ name }) => name === 'testcase');
  expect(suites.children[0]!.children.at(-1)).toMatchObject({ name: 'system-out', text: expect.stringMatching(/^exemption active \(hides 1\): network-no-open-ingress on Stack\/Exempt: until then/) as string });
  const count = (name: string): number => cases.filter(({ children }) => children.some((child) => child.name === name)).length;
  expect(suites.attributes).toMatchObject({ tests: String(cases.length), failures: String(count('failure')), skipped: String(count('skipped')), errors: '0' });
  const failed = cases.find(({ attributes }) => attributes['classname'] === 'aws.network-no-open-ingress' && attributes['name'] === 'Stack/Group')!;
  expect(failed.children[0]).toMatchObject({ name: 'failure', attributes: { type: 'fail' }, text: expect.stringMatching(/at lib\/my stack\.ts:12\nfix: [\s\S]*45 CFR 164\./) as string });
  expect(cases.find(({ attributes }) => attributes['classname'] === 'aws.network-no-open-ingress' && attributes['name'] === 'Stack/Exempt')!.children[0]!.name).toBe('skipped');
  expect(cases.some(({ children }) => children.length === 0)).toBe(true);
});

test('CSV: reads back, one row per resource and per flow, no cell is a formula', async () => {
  const rows = table(await formatted('inventory'));
  const [header, ...rest] = rows;
  expect(new Set(rest.map((row) => row.length))).toEqual(new Set([header!.length]));
  const column = (row: readonly string[], name: string): string => row[header!.indexOf(name)]!;
  const assets = rest.filter((row) => column(row, 'record') === 'asset');
  expect(assets.map((row) => column(row, 'id')).sort()).toEqual(['Stack/Exempt', 'Stack/Group', 'Stack/Trail']);
  expect(column(assets.find((row) => column(row, 'id') === 'Stack/Group')!, 'source')).toBe('lib/my stack.ts:12');
  expect(Number(column(assets.find((row) => column(row, 'id') === 'Stack/Group')!, 'rules_failed'))).toBeGreaterThan(0);
  for (const row of rest) for (const cell of row) expect(cell).not.toMatch(/^[=+\-@\t]/);
  expect(NASTY).toContain('=');
});

/** RFC 4180. */
function table(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let last = 0;
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy;
  while (last < text.length) {
    cell.lastIndex = last;
    const match = cell.exec(text) ?? fail(text.slice(last, last + 40));
    last = cell.lastIndex;
    row.push(match[1] === undefined ? match[2]! : match[1].replaceAll('""', '"'));
    if (match[3] === '\r\n') {
      rows.push(row);
      row = [];
    }
  }
  return rows;
}
