import { evaluate } from '../../constructs/compliance/evaluate.js';
import { type Acknowledgement, type Exemption, Exemptions, readExemptions } from '../../constructs/compliance/exemptions.js';
import { Deployment, type Resource } from '../../constructs/compliance/model.js';
import { defineRule, eachOf, fail } from '../../constructs/compliance/rule.js';
import { temporaryFolder } from './cli-fixture.js';
import { TODAY } from './workload-fixture.js';

const base = { title: 't', theme: 'baa-tag', severity: 'high', citations: ['45 CFR 164.312(b)'], why: 'w', fix: { aws: 'f' }, checks: { aws: eachOf('T', () => fail('p', 'wrong')) } } as const;
const waivable = defineRule({ ...base, id: 'waivable-rule', waivable: true });
const fixed = defineRule({ ...base, id: 'fixed-rule', waivable: false });
const rules = [waivable, fixed];

const resource: Resource = { cloud: 'aws', id: 'Stack/A', type: 'T', name: 'A', properties: {}, attributes: {}, file: 'f', source: null, constructPath: 'Stack/Part/A' };
const deployment = new Deployment('aws', [resource], null, TODAY);

const valid: Exemption = { rule: 'waivable-rule', resource: 'Stack/A', reason: 'r', owner: 'Ada', approver: 'Grace', expiry: '2026-12-31', source: 'exemptions.yaml', kind: 'file' };

function apply(exemptions: readonly Exemption[], acknowledgements: readonly Acknowledgement[] = [], before?: readonly Exemption[]) {
  const all = new Exemptions(exemptions, { rules, today: TODAY, base: before, acknowledgements });
  const { findings } = evaluate([deployment], { rules, exemptions: all });
  return { status: Object.fromEntries(findings.map(({ rule, status }) => [rule, status])), listed: all.list() };
}

test('a valid exemption hides its finding, which stays listed', () => {
  const { status, listed } = apply([valid]);
  expect(status).toEqual({ 'waivable-rule': 'exempt', 'fixed-rule': 'fail' });
  expect(listed).toMatchObject([{ state: 'active', hides: 1, note: '' }]);
});

test.each<[string, Partial<Exemption>, string, RegExp]>([
  ['a rule that cannot be waived', { rule: 'fixed-rule' }, 'refused', /cannot be waived/],
  ['a rule that does not exist', { rule: 'waivable-rules' }, 'refused', /no rule has the id/],
  ['another resource', { resource: 'Stack/B' }, 'unused', /hides nothing/],
  ['the same approver as owner', { approver: 'ADA' }, 'refused', /same/],
  ['the same approver as owner, written otherwise', { owner: 'Ada Byron', approver: 'Ａda\u00a0by\u200bron' }, 'refused', /same/],
  ['a resource in other letters', { resource: 'stack/a' }, 'unused', /hides nothing/],
  ['a resource in letters that look alike', { resource: 'Stack/\u0410' }, 'unused', /hides nothing/],
  ['every resource', { resource: '*' }, 'unused', /hides nothing/],
  ['every rule', { rule: '*' }, 'refused', /no rule has the id/],
  ['no reason', { reason: '' }, 'refused', /no reason/],
  ['no approver', { approver: '' }, 'refused', /no approver/],
  ['an expiry of yesterday', { expiry: '2026-11-21' }, 'expired', /expired on/],
  ['a malformed expiry', { expiry: '31.12.2026' }, 'expired', /not a date/],
  ['a day that does not exist', { expiry: '2027-02-30' }, 'expired', /not a date/],
  ['an expiry with a time', { expiry: '2026-12-31T00:00:00Z' }, 'expired', /not a date/],
  ['an expiry in other digits', { expiry: '２０２６-12-31' }, 'expired', /not a date/],
  ['a year of five digits', { expiry: '20266-12-31' }, 'expired', /not a date/],
  ['no expiry', { expiry: '' }, 'expired', /missing/],
])('%s hides nothing and is listed with the reason', (_, change, state, note) => {
  const { status, listed } = apply([{ ...valid, ...change }]);
  expect(status).toEqual({ 'waivable-rule': 'fail', 'fixed-rule': 'fail' });
  expect(listed[0]).toMatchObject({ state, hides: 0 });
  expect(listed[0]?.note).toMatch(note);
});

test('the day of the expiry is inclusive', () => {
  expect(apply([{ ...valid, expiry: TODAY }]).status['waivable-rule']).toBe('exempt');
});

test('an exemption of the change under review does not govern it', () => {
  expect(apply([valid], [], []).listed[0]?.state).toBe('proposed');
  expect(apply([valid], [], [{ ...valid, expiry: '2026-11-30' }]).status['waivable-rule']).toBe('fail');
  expect(apply([valid], [], [valid]).status['waivable-rule']).toBe('exempt');
});

test('a CDK acknowledgement covers its scope, has no expiry and is flagged; it never covers a rule that cannot be waived', () => {
  const ack = (id: string, path: string, hides = 0): Acknowledgement => ({ id, path, reason: 'said so', source: 'Stack.metadata.json', hides });
  const { status, listed } = apply([], [ack('tee-kit::waivable-rule', 'Stack/Part'), ack('tee-kit::fixed-rule', 'Stack'), ack('HIPAA.Security::X', 'Stack', 3)]);
  expect(status).toEqual({ 'waivable-rule': 'exempt', 'fixed-rule': 'fail' });
  expect(listed).toMatchObject([
    { state: 'active', hides: 1, expiry: null, kind: 'cdk-acknowledgement', note: expect.stringMatching(/no owner, approver or expiry/) },
    { state: 'refused', hides: 0 },
    { state: 'foreign', hides: 3 },
  ]);
  expect(apply([], [ack('waivable-rule', 'Stack')])).toMatchObject({ status: { 'waivable-rule': 'fail' }, listed: [{ state: 'foreign' }] });
  expect(apply([], [ack('tee-kit::waivable-rule', 'Stack/Par')]).status['waivable-rule']).toBe('fail');
  expect(apply([], [ack('tee-kit::waivable-rule', 'Stack/Part')], []).status['waivable-rule']).toBe('fail');
});

describe('the file', () => {
  const { write } = temporaryFolder();
  const entry = '- rule: waivable-rule\n  resource: Stack/A\n  reason: r\n  owner: Ada\n  approver: Grace\n  expiry: 2026-12-31\n';
  test('is a list, or an object with one', () => {
    const source = write('list.yaml', entry);
    expect(readExemptions(source)).toEqual([{ ...valid, source }]);
    expect(readExemptions(write('object.yaml', `exemptions:\n${entry.replace(/^/gm, '  ')}`))).toHaveLength(1);
  });
  test('says nothing in what nobody sees', () => {
    expect(readExemptions(write('invisible.yaml', entry.replace('reason: r', 'reason: "\\u200b"')))).toMatchObject([{ reason: '' }]);
  });
  test('may have entries that are void', () => {
    expect(readExemptions(write('odd.yaml', '- 1\n- rule: [a]\n- {}\n'))).toMatchObject([{ rule: '' }, { rule: '' }, { rule: '' }]);
  });
  test.each([['a map of something', 'exemptions: yes\n'], ['text', 'hello\n'], ['an unknown tag', '- !!js/function x\n'], ['nothing', ''], ['a map of something else', 'exemption: []\n']])('is refused when it is %s', (_, content) => {
    expect(() => readExemptions(write('bad.yaml', content))).toThrow(/bad\.yaml/);
  });
});
