import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CLOUDS } from '../../constructs/workload/workload.js';
import { BEYOND_RULES, SAFEGUARDS } from '../../constructs/compliance/data/citations.js';
import { documents } from '../../constructs/compliance/docs.js';
import { RULES } from '../../constructs/compliance/registry.js';
import pinned from './rule-ids.json';
import type { RuleCase } from './rule-case.js';

const root = join(__dirname, '..', '..');
const rulesFolder = join(root, 'constructs', 'compliance', 'rules');
const files = readdirSync(rulesFolder).filter((name) => name !== 'index.ts').map((name) => name.replace(/\.ts$/, '')).sort();

test('no rule is lost or renamed unnoticed: exemptions and acknowledgements name ids', () => {
  expect(RULES.map(({ id }) => id)).toEqual(pinned);
});

test('every rule file has an index line and the file name is the id', () => {
  expect(RULES.map(({ id }) => id)).toEqual(files);
});

test.each(Object.entries(documents()))('%s is up to date: npm run docs', (path, text) => {
  expect(readFileSync(join(root, path), 'utf8')).toBe(text);
});

test('every safeguard of the Security Rule is cited by a rule, or docs/rules.md says why not', () => {
  const cited = new Set(RULES.flatMap(({ citations }) => citations));
  const known = SAFEGUARDS.map(({ citation }) => citation);
  expect(known.filter((citation) => cited.has(citation) === (BEYOND_RULES[citation] !== undefined))).toEqual([]);
  expect(Object.keys(BEYOND_RULES).filter((citation) => !known.includes(citation))).toEqual([]);
  expect([...cited].filter((citation) => !known.includes(citation))).toEqual([]);
});

test('what is only proposed is no citation', () => {
  const proposed = RULES.flatMap((rule) => rule.proposed ?? []);
  expect(proposed.length).toBeGreaterThan(0);
  for (const one of proposed) expect(one).not.toMatch(/164|CFR/);
});

for (const rule of RULES) describe(rule.id, () => {
  const { id } = rule;
  const casesFile = join(__dirname, 'rules', `${id}.cases.ts`);
  const cases = existsSync(casesFile) ? (require(casesFile) as { cases: RuleCase[] }).cases : [];

  test('cites at least one safeguard of 45 CFR', () => {
    expect(rule.citations.length).toBeGreaterThan(0);
    for (const citation of rule.citations) expect(citation).toMatch(/^45 CFR 164\.\d{3}(\([a-zA-Z0-9]+\))*$/);
  });

  test('says why, and how to fix it on every cloud it names', () => {
    expect(rule.title).not.toBe('');
    expect(rule.why).not.toBe('');
    for (const cloud of CLOUDS) if (rule.checks[cloud]) expect(rule.fix[cloud] ?? '').not.toBe('');
  });

  test.each(CLOUDS.filter((cloud) => rule.checks[cloud]))('has a failing and a passing case on %s', (cloud) => {
    const expected = new Set(cases.filter((example) => example.cloud === cloud).map((example) => example.expected));
    // Of what cannot be read nothing can be said but that.
    expect(expected).toContain(id === 'artifact-readable' ? 'unknown' : 'fail');
    expect(expected).toContain('pass');
  });

  test('has no case on a cloud it does not name, and no two cases of one name', () => {
    for (const example of cases) expect(rule.checks[example.cloud]).toBeDefined();
    const names = cases.map((example) => `${example.cloud} ${example.name}`);
    expect(new Set(names).size).toBe(names.length);
  });
});
