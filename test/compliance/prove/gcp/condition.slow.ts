import { celEnv, parse, plan } from '@bufbuild/cel';
import fc from 'fast-check';
import { attestationCondition, ATTRIBUTE_MAPPING } from '../../../../constructs/gcp/attestation-condition.js';
import { type Approved, proveCondition, type Token } from '../../../../constructs/compliance/prove/gcp/condition.js';
import { digest } from '../../workload-fixture.js';

const EMAIL = 'tee@phi-inference.iam.gserviceaccount.com';
const APPROVED: Approved = { project: 'phi-inference', projectNumber: '123456789012', serviceAccounts: [EMAIL], digests: [digest('a')] };
const CONJUNCTS = attestationCondition({ hardware: ['TDX'], project: 'phi-inference', projectNumber: '123456789012', serviceAccount: EMAIL, imageDigests: [digest('a')] }).split(' && ');

interface Claims { [claim: string]: unknown }
const at = (token: Claims, path: string): unknown => path.split('.').reduce<unknown>((value, key) => (typeof value === 'object' && value !== null ? (value as Claims)[key] : undefined), token);
function put(token: Claims, path: string, value: unknown): void {
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  let holder = token;
  for (const key of keys) holder = (holder[key] ??= {}) as Claims;
  holder[last] = value;
}

/** Values of text and list claims, the approved one first. */
const TEXTS: Readonly<Record<string, readonly string[]>> = {
  swname: ['CONFIDENTIAL_SPACE', 'GCE', ''],
  dbgstat: ['disabled-since-boot', 'enabled', 'enable'],
  hwmodel: ['GCP_INTEL_TDX', 'GCP_SHIELDED_VM', 'GCP_AMD_SEV'],
  'submods.gce.project_id': ['phi-inference', 'phi-inference-2', 'mallory'],
  'submods.gce.project_number': ['123456789012', '999', '1000000000000001'],
  'submods.gce.zone': ['us-central1-a', 'x'],
  'submods.container.image_digest': [digest('a'), digest('b'), digest('A')],
};
const LISTS: Readonly<Record<string, readonly string[]>> = {
  google_service_accounts: [EMAIL, 'other@x', 'gateway@phi-inference.iam.gserviceaccount.com'],
  'submods.confidential_space.support_attributes': ['STABLE', 'USABLE', 'LATEST', 'EXPERIMENTAL'],
  swversion: ['260300', '240000', 'abc'],
};
const OVERRIDES = { 'submods.container.cmd_override': [[], ['sh'], ['a', 'b']], 'submods.container.env_override': [{}, { A: '1' }, { A: '1', B: '2' }] };

const usually = <T>(usual: T, other: fc.Arbitrary<T>): fc.Arbitrary<T> => fc.oneof({ weight: 9, arbitrary: fc.constant(usual) }, { weight: 2, arbitrary: other });
const claim = (path: string, value: fc.Arbitrary<unknown>): fc.Arbitrary<readonly [string, unknown]> => value.map((one) => [path, one] as const);
const tokens: fc.Arbitrary<Claims> = fc.tuple(
  fc.tuple(...Object.entries(TEXTS).map(([path, [usual = '', ...others]]) => claim(path, usually<string | undefined>(usual, fc.constantFrom(...others, `${usual}x`, `x${usual}`, usual.slice(1), undefined))))),
  fc.tuple(...Object.entries(LISTS).map(([path, values]) => claim(path, usually<string[] | undefined>([values[0] ?? ''], fc.option(fc.subarray([...values, 'zz']), { nil: undefined }))))),
  fc.tuple(...Object.entries(OVERRIDES).map(([path, values]) => claim(path, usually<unknown>(undefined, fc.constantFrom(...values))))),
  claim('secboot', usually<boolean | undefined>(true, fc.constantFrom(false, undefined))),
  fc.option(fc.constantFrom('submods', 'submods.container', 'submods.gce', 'submods.confidential_space'), { nil: undefined, freq: 20 }),
).map(([texts, lists, overrides, secboot, dropped]) => {
  const token: Claims = { iss: 'https://confidentialcomputing.googleapis.com', sub: 's', oemid: 11129 };
  for (const [path, value] of [...texts, ...lists, ...overrides, secboot]) if (value !== undefined) put(token, path, value);
  const [parent = '', child] = dropped?.split('.') ?? [];
  if (child !== undefined) delete (token[parent] as Claims)[child];
  else delete token[parent];
  return token;
});

/** What the workload file approves, written a second time. */
function right(token: Claims): boolean {
  const size = (value: unknown): number => (Array.isArray(value) ? value.length : Object.keys(value ?? {}).length);
  const holds = (path: string, wanted: string): boolean => (at(token, path) as readonly string[] | undefined)?.includes(wanted) === true;
  return Object.entries(TEXTS).every(([path, [usual]]) => path.endsWith('zone') || at(token, path) === usual || (path === 'hwmodel' && at(token, path) === 'GCP_AMD_SEV'))
    && token['secboot'] === true && holds('google_service_accounts', EMAIL) && holds('submods.confidential_space.support_attributes', 'STABLE')
    && Object.keys(OVERRIDES).every((path) => size(at(token, path)) === 0);
}

const path = (name: string): fc.Arbitrary<string> => fc.infiniteStream(fc.boolean()).map((indexed) => name.split('.').reduce((text, key) => (indexed.next().value ? `${text}["${key}"]` : `${text}.${key}`), 'assertion'));
const escaped = (text: string, spell: (code: number) => string, every: number): string => `"${Array.from(text, (char, index) => (index % every === 0 ? spell(char.charCodeAt(0)) : char)).join('')}"`;
/** A text in one of the spellings of the language. */
const quoted = (text: string): fc.Arbitrary<string> => fc.constantFrom(
  `"${text}"`, `'${text}'`, `"""${text}"""`, `'''${text}'''`, `r"${text}"`, `R'${text}'`, `("${text.slice(0, 3)}" + "${text.slice(3)}")`,
  escaped(text, (code) => `\\u${code.toString(16).padStart(4, '0')}`, 1), escaped(text, (code) => `\\x${code.toString(16).padStart(2, '0')}`, 2), escaped(text, (code) => `\\${code.toString(8).padStart(3, '0')}`, 3),
);
const textPath = fc.constantFrom(...Object.keys(TEXTS));
const listPath = fc.constantFrom(...Object.keys(LISTS));
const literalOf = (name: string): fc.Arbitrary<string> => {
  const values = TEXTS[name] ?? LISTS[name] ?? [];
  return fc.constantFrom(...values, '', 'zz', (values[0] ?? '').slice(0, 4), (values[0] ?? '').slice(-4)).chain(quoted);
};
const comparison = fc.constantFrom('==', '!=', '<', '<=', '>', '>=');
const number = fc.oneof(
  fc.constantFrom('0', '1', '-1', '0x10', '1u', '1.5', '9007199254740993', '9007199254740992', 'int("+5")', 'int("5")', 'int("1000000000000001")', 'int("x")', 'int(1.9)', '1 / 0', '5 % 2', 'size([1, 2])', 'size("añb")', 'size({})', 'int(assertion.swversion[0])', 'assertion.oemid', 'assertion.missing'),
  textPath.chain(path).map((value) => `size(${value})`),
  listPath.chain(path).map((value) => `${value}.size()`),
);
const atom: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...CONJUNCTS),
  textPath.chain((name) => fc.tuple(path(name), comparison, literalOf(name))).map(([value, operator, literal]) => `${literal} ${operator} ${value}`),
  textPath.chain((name) => fc.tuple(path(name), fc.constantFrom('startsWith', 'endsWith', 'contains', 'matches'), literalOf(name))).map(([value, test, literal]) => `${value}.${test}(${literal})`),
  textPath.chain((name) => fc.tuple(path(name), fc.array(literalOf(name), { maxLength: 3 }))).map(([value, literals]) => `${value} in [${literals.join(', ')}]`),
  textPath.chain((name) => fc.tuple(path(name), fc.array(literalOf(name), { maxLength: 3 }), fc.constantFrom('exists', 'all', 'exists_one'), fc.constantFrom('==', '!='))).map(([value, literals, macro, operator]) => `[${literals.join(', ')}].${macro}(v, v ${operator} ${value})`),
  listPath.chain((name) => fc.tuple(path(name), literalOf(name))).map(([value, literal]) => `${literal} in ${value}`),
  listPath.chain((name) => fc.tuple(path(name), fc.constantFrom('exists', 'all', 'exists_one'), literalOf(name), fc.constantFrom('==', '!='))).map(([value, macro, literal, operator]) => `${value}.${macro}(x, x ${operator} ${literal})`),
  listPath.chain((name) => fc.tuple(path(name), literalOf(name))).map(([value, literal]) => `${value}.filter(x, x == ${literal}).map(x, x).size() > 0`),
  listPath.chain((name) => fc.tuple(path(name), literalOf(name), fc.constantFrom('0', '1', '-1'))).map(([value, literal, position]) => `${value}[${position}] == ${literal}`),
  listPath.chain((name) => fc.tuple(path(name), fc.array(literalOf(name), { maxLength: 2 }))).map(([value, literals]) => `${value} == [${literals.join(', ')}]`),
  fc.tuple(number, comparison, number).map(([left, operator, right]) => `${left} ${operator} ${right}`),
  fc.constantFrom(
    'assertion.secboot', 'assertion.secboot >= false', 'assertion.secboot > false', 'assertion.secboot in [true, false]', 'assertion.secboot == "true"', 'assertion.secboot != null', 'true > false', 'null == null', '1 == 1.0', '1 in [1.0]',
    'string(1000000.0) == "1000000"', 'string(true) == "true"', 'timestamp("2026-01-01T00:00:00Z") < timestamp("2027-01-01T00:00:00Z")', 'type(assertion.secboot) == bool', 'dyn(1) == 1', '{"a": 1}["a"] == 1', '[] == []', '[assertion.missing] == []',
    '"x" in [assertion.missing, "x"]', '{"k": assertion.hwmodel}.k == "GCP_INTEL_TDX"', 'b"x" == b"x"', 'assertion.missing.x == 1', 'has(assertion.submods.nothing.x)', 'has(assertion.submods)', 'has(assertion.swname)', 'size(assertion.submods.container.env_override) <= 1',
    'assertion.submods.container.env_override == {}', '"A" in assertion.submods.container.env_override', 'assertion.submods.container.env_override.all(k, k == "zz")', 'assertion.submods.container.cmd_override.all(c, c == "")', 'assertion.hwmodel == assertion.swname',
    'assertion.swversion.exists(x, assertion.google_service_accounts.exists(y, x == y))', 'assertion.swversion.all(x, assertion.swversion.all(y, x == y))',
  ),
);
const formula: fc.Arbitrary<string> = fc.letrec<{ tree: string }>((tie) => ({
  tree: fc.oneof({ depthSize: 'small', withCrossShrink: true }, atom,
    fc.tuple(tie('tree'), fc.constantFrom('&&', '||', ' // "\n&&', '\n||'), tie('tree'), fc.boolean()).map(([left, operator, right, apart]) => (apart ? `((${left}) ${operator} (${right}))` : `${left} ${operator} ${right}`)),
    fc.tuple(tie('tree'), fc.constantFrom('==', '!='), tie('tree')).map(([left, operator, right]) => `((${left}) ${operator} (${right}))`),
    tie('tree').map((of) => `!(${of})`),
    fc.tuple(tie('tree'), tie('tree'), tie('tree')).map(([test, chosen, otherwise]) => `((${test}) ? (${chosen}) : (${otherwise}))`)),
})).tree;

const SHAPES: readonly ((conjunct: string, more: string) => string)[] = [
  (conjunct, more) => `(${conjunct} || ${more})`, (conjunct, more) => `(${conjunct} && (${more}))`, (_, more) => `(${more})`, (conjunct, more) => `((${more}) ? ${conjunct} : (${more}))`,
  (conjunct, more) => `((${more}) ? ${conjunct} : ${conjunct})`, (conjunct, more) => `!(!(${conjunct}) || (${more}))`,
];
/** The kit's condition with some of its conjuncts rewritten. */
const rewritten = fc.tuple(fc.array(fc.tuple(fc.integer({ min: 0, max: 19 }), formula), { minLength: CONJUNCTS.length, maxLength: CONJUNCTS.length }), formula, fc.integer({ min: 0, max: 6 }))
  .map(([edits, more, form]) => {
    const whole = CONJUNCTS.map((conjunct, index) => { const change = edits[index]; return (change && SHAPES[change[0]]?.(conjunct, change[1])) ?? conjunct; }).join(' && ');
    return form === 0 ? `(${whole}) || (${more})` : form === 1 ? `(${more}) ? (${whole}) : (${more})` : whole;
  });

test('no token that is not right passes a closed condition, and every witness passes an open one', () => {
  const wrong = fc.sample(tokens, { numRuns: 1_200, seed: 9 }).filter((token) => !right(token));
  expect(wrong.length).toBeGreaterThan(900);
  const seen = { closed: 0, open: 0, unknown: 0 };
  const environment = celEnv();
  const evaluator = (condition: string): ((token: Claims | Token) => boolean) => {
    let planned: (context: never) => unknown;
    try {
      planned = plan(environment, parse(condition)) as typeof planned;
    } catch {
      return () => false;
    }
    return (token) => planned({ assertion: token } as never) === true;
  };
  fc.assert(
    fc.property(fc.oneof({ weight: 3, arbitrary: rewritten }, { weight: 1, arbitrary: formula }), (condition) => {
      const { verdict, breaches } = proveCondition({ condition, mapping: ATTRIBUTE_MAPPING }, APPROVED);
      seen[verdict] += 1;
      const admits = evaluator(condition);
      if (verdict === 'closed') expect([condition, wrong.find((token) => admits(token))]).toEqual([condition, undefined]);
      for (const { token } of breaches) if (token) expect([condition, admits(token), right(token)]).toEqual([condition, true, false]);
    }),
    { numRuns: 250, seed: 1 },
  );
  // Neither answer is a way out.
  expect(seen.closed).toBeGreaterThan(25);
  expect(seen.open).toBeGreaterThan(50);
  expect(seen.unknown).toBeLessThan(150);
});
