import { evaluate } from '../../constructs/compliance/evaluate.js';
import { budgetOf, within } from '../../constructs/compliance/limit.js';
import { Deployment, perDeployment, type Resource } from '../../constructs/compliance/model.js';
import { defineRule, type Outcome, type Rule } from '../../constructs/compliance/rule.js';
import { jsonParts, writeParts } from '../../constructs/compliance/cli/write.js';

const topic: Resource = { cloud: 'aws', id: 'S/Topic', type: 'AWS::SNS::Topic', name: 'Topic', properties: {}, attributes: {}, file: 't.json', source: null };
const deployment = (): Deployment => new Deployment('aws', [topic], null, '2026-11-26');
const pass: Outcome = { resource: topic, status: 'pass', path: '', message: '' };
const rule = (id: string, check: (deployment: Deployment) => Iterable<Outcome>): Rule => defineRule({
  id, title: id, theme: 'attested-key', severity: 'high', waivable: true, citations: ['45 CFR 164.312(a)(1)'], why: '', fix: { aws: 'none' }, checks: { aws: check },
});

const ENDLESS: readonly (readonly [what: string, run: () => void])[] = [
  ['a loop that catches what it can', () => { for (;;) { try { while (Date.now() >= 0) Math.random(); } catch { continue; } } }],
  ['a regular expression that backtracks', () => { /^(a+)+$/.test(`${'a'.repeat(60)}b`); }],
  ['a sort', () => { for (;;) Array.from({ length: 100_000 }, (_, index) => (index * 7919) % 100_003).sort((a, b) => a - b); }],
];

test.each(ENDLESS)('%s is interrupted', (_, run) => {
  const start = performance.now();
  expect(within(100, run)).toBe(false);
  expect(performance.now() - start).toBeLessThan(5_000);
});

test('a task that ends, or throws, does so', () => {
  const error = new RangeError('no');
  expect(within(1_000, () => undefined)).toBe(true);
  expect(() => within(1_000, () => { throw error; })).toThrow(error);
  expect(within(2_000, () => { expect(within(50, () => { for (;;); })).toBe(false); })).toBe(true);
});

test.each(ENDLESS)('a rule that ends in %s is unknown, and the next rule is judged', (_, run) => {
  const endless = rule('endless', function* () { yield pass; run(); yield pass; });
  const { findings, passed } = evaluate([deployment()], { rules: [endless, rule('next', () => [pass])], budget: 500 });
  expect(findings.map(({ rule: id, status, message }) => [id, status, message])).toEqual([['endless', 'unknown', 'the rule took more than 500 ms; what it had not reached is unknown']]);
  expect(passed).toBe(2);
});

test('each rule has its whole time, whatever those before it took', () => {
  const busy = ['a', 'b', 'c'].map((id) => rule(id, () => { const end = performance.now() + 600; while (performance.now() < end); return [pass]; }));
  const { findings, passed } = evaluate([deployment()], { rules: busy, budget: 1_000 });
  expect([findings, passed]).toEqual([[], 3]);
});

test('what was interrupted is not tried again by the next rule, and is no empty result', () => {
  let runs = 0;
  const shared = perDeployment((): readonly string[] => { runs++; for (;;); });
  const asks = function* (of: Deployment): Iterable<Outcome> { if (shared(of).length === 0) yield pass; };
  const { findings, passed } = evaluate([deployment()], { rules: [rule('first', asks), rule('second', asks)], budget: 100 });
  expect([runs, passed]).toEqual([1, 0]);
  expect(findings.map(({ rule: id, status, message }) => [id, status, message])).toEqual([
    ['first', 'unknown', 'the rule took more than 100 ms; what it had not reached is unknown'],
    ['second', 'unknown', 'the rule could not be evaluated: it builds on what took too long'],
  ]);
});

test('all rules together have an end too', () => {
  const slow = ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => rule(id, () => { for (;;); }));
  const start = performance.now();
  const { findings } = evaluate([deployment()], { rules: slow, budget: 200, total: 500 });
  expect(performance.now() - start).toBeLessThan(5_000);
  expect(findings.map(({ rule: id, status }) => [id, status])).toEqual(slow.map(({ id }) => [id, 'unknown']));
  expect(findings.at(-1)?.message).toBe('the rules together took more than 500 ms; what this one had not reached is unknown');
});

test('more resources get more time', () => {
  expect(budgetOf(deployment())).toBe(10_001);
  expect(budgetOf(new Deployment('aws', Array<Resource>(100_000).fill(topic), null, '2026-11-26'))).toBe(30_000);
});

test.each([{}, { a: [] }, { version: 1, list: [{ a: 1, text: 'two\nlines' }, 2, [], [3, { b: null }]], none: undefined, empty: {}, deep: { a: [1, { b: 2 }] } }])('JSON in parts is the JSON of the whole: %j', (report) => {
  const written: string[] = [];
  writeParts(jsonParts(report), (text) => written.push(text));
  expect(written.join('')).toBe(`${JSON.stringify(report, null, 2)}\n`);
});
