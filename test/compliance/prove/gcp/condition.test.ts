import { run } from '@bufbuild/cel';
import fc from 'fast-check';
import { attestationCondition, ATTRIBUTE_MAPPING } from '../../../../constructs/gcp/attestation-condition.js';
import { parseCel } from '../../../../constructs/compliance/prove/gcp/cel.js';
import { type Approved, proveCondition, type Token } from '../../../../constructs/compliance/prove/gcp/condition.js';
import { patternOf } from '../../../../constructs/compliance/prove/gcp/pattern.js';
import { digest } from '../../workload-fixture.js';

const EMAIL = 'tee@phi-inference.iam.gserviceaccount.com';
const CONDITION = attestationCondition({ hardware: ['TDX'], project: 'phi-inference', projectNumber: '123456789012', serviceAccount: EMAIL, imageDigests: [digest('a')] });
const APPROVED: Approved = { project: 'phi-inference', projectNumber: '123456789012', serviceAccounts: [EMAIL], digests: [digest('a')] };
const prove = (condition: string, approved = APPROVED) => proveCondition({ condition, mapping: ATTRIBUTE_MAPPING }, approved);
const conjuncts = CONDITION.split(' && ');

/** A token of Confidential Space as the verifier signs it, with changes by claim path. */
function token(changes: Readonly<Record<string, unknown>> = {}): Token {
  const claims = {
    swname: 'CONFIDENTIAL_SPACE', dbgstat: 'disabled-since-boot', secboot: true, hwmodel: 'GCP_INTEL_TDX', oemid: 11129, swversion: ['260300'], attester_tcb: ['INTEL'],
    google_service_accounts: [EMAIL],
    submods: {
      confidential_space: { support_attributes: ['LATEST', 'STABLE', 'USABLE'] },
      gce: { project_id: 'phi-inference', project_number: '123456789012', zone: 'us-central1-a', instance_id: '1', instance_name: 'x' },
      container: { image_digest: digest('a'), image_reference: `us-docker.pkg.dev/phi-inference/images/inference@${digest('a')}`, restart_policy: 'Always' },
    },
  };
  for (const [path, value] of Object.entries(changes)) {
    const steps = path.split('.');
    let current = claims as Record<string, unknown>;
    for (const step of steps.slice(0, -1)) current = current[step] as Record<string, unknown>;
    if (value === undefined) delete current[steps.at(-1)!];
    else current[steps.at(-1)!] = value;
  }
  return claims as unknown as Token;
}

/** The reference evaluator; an error refuses the token. */
function admits(condition: string, assertion: Token): boolean {
  const outcome = run(condition, { assertion: assertion as never }) as unknown;
  return outcome === true;
}

const TOKENS: readonly (readonly [name: string, changes: Readonly<Record<string, unknown>>, admitted: boolean])[] = [
  ['the right one', {}, true],
  ['an empty command override', { 'submods.container.cmd_override': [] }, true],
  ['an empty environment override', { 'submods.container.env_override': {} }, true],
  ['a debug image', { dbgstat: 'enabled', 'submods.confidential_space.support_attributes': undefined }, false],
  ['another project', { 'submods.gce.project_id': 'mallory', 'submods.gce.project_number': '1' }, false],
  ['another digest', { 'submods.container.image_digest': digest('b') }, false],
  ['a shielded VM', { hwmodel: 'GCP_SHIELDED_VM' }, false],
  ['a plain confidential VM', { swname: 'GCE', 'submods.container': undefined }, false],
  ['an overridden command', { 'submods.container.cmd_override': ['sh'] }, false],
  ['an overridden environment', { 'submods.container.env_override': { SINK: 'x' } }, false],
  ['an old image', { 'submods.confidential_space.support_attributes': ['USABLE'] }, false],
  ['no secure boot', { secboot: false }, false],
  ['another service account', { google_service_accounts: ['other@phi-inference.iam.gserviceaccount.com'] }, false],
];

test.each(TOKENS)('%s: the reference evaluator agrees', (_name, changes, admitted) => {
  expect(admits(CONDITION, token(changes))).toBe(admitted);
});

test('the kit\'s condition is closed', () => {
  expect(prove(CONDITION)).toEqual({ verdict: 'closed', breaches: [], reason: '' });
});

test('with no digest approved nobody is admitted', () => {
  const none = attestationCondition({ hardware: ['TDX'], project: 'p', projectNumber: '1', serviceAccount: EMAIL, imageDigests: [] });
  expect(prove(none, { ...APPROVED, digests: [] }).verdict).toBe('closed');
});

describe('each conjunct removed', () => {
  test.each(conjuncts.map((conjunct, index) => [conjunct, index] as const))('%s', (_conjunct, index) => {
    const weaker = conjuncts.filter((_, other) => other !== index).join(' && ');
    const proof = prove(weaker);
    expect(proof.verdict).toBe('open');
    expect(proof.breaches[0]!.gain).toMatch(/ gets the key/);
    const witness = proof.breaches[0]!.token!;
    expect(admits(weaker, witness)).toBe(true);
    expect(admits(CONDITION, witness)).toBe(false);
  });
});

const CLOSED: readonly (readonly [name: string, condition: string])[] = [
  ['conjuncts in another order', [...conjuncts].reverse().join(' && ')],
  ['index spelling', CONDITION.replace('assertion.swname', "assertion['swname']")],
  ['operands swapped', CONDITION.replace('assertion.secboot == true', 'true == assertion.secboot')],
  ['a boolean claim on its own', CONDITION.replace('assertion.secboot == true', 'assertion.secboot')],
  ['double negation', CONDITION.replace('assertion.secboot == true', '!(assertion.secboot != true)')],
  ['equality instead of a list', CONDITION.replace('assertion.hwmodel in ["GCP_INTEL_TDX"]', 'assertion.hwmodel == "GCP_INTEL_TDX"')],
  ['De Morgan', CONDITION.replace('(!has(assertion.submods.container.cmd_override) || size(assertion.submods.container.cmd_override) == 0)', '!(has(assertion.submods.container.cmd_override) && size(assertion.submods.container.cmd_override) > 0)')],
  ['a method size', CONDITION.replace('size(assertion.submods.container.env_override) == 0', 'assertion.submods.container.env_override.size() < 1')],
  ['a ternary', CONDITION.replace('assertion.secboot == true', '(assertion.secboot ? true : false)')],
  ['an image floor added', `${CONDITION} && int(assertion.swversion[0]) >= 250300`],
  ['a claim added that the proof does not model', `${CONDITION} && assertion.oemid == 11129 && "INTEL" in assertion.attester_tcb`],
  ['a macro added', `${CONDITION} && assertion.attester_tcb.exists(x, x == "INTEL")`],
  ['a mapped attribute', CONDITION.replace('assertion.submods.container.image_digest in', 'attribute.image_digest in')],
  ['the digest by reference', CONDITION.replace(`assertion.submods.container.image_digest in ["${digest('a')}"]`, `assertion.submods.container.image_reference == "r/x@${digest('a')}"`)],
  ['the account by a macro', CONDITION.replace(`"${EMAIL}" in assertion.google_service_accounts`, `assertion.google_service_accounts.exists(account, account == "${EMAIL}")`)],
  ['the account by its position', CONDITION.replace(`"${EMAIL}" in assertion.google_service_accounts`, `assertion.google_service_accounts[0] == "${EMAIL}"`)],
  ['the account as the only one', CONDITION.replace(`"${EMAIL}" in assertion.google_service_accounts`, `assertion.google_service_accounts == ["${EMAIL}"]`)],
  ['the account by a filter', CONDITION.replace(`"${EMAIL}" in assertion.google_service_accounts`, `assertion.google_service_accounts.filter(account, account == "${EMAIL}").size() > 0`)],
  ['the digest by a macro over literals', CONDITION.replace(/assertion\.submods\.container\.image_digest in (\[[^\]]*\])/, '$1.exists(one, one == assertion.submods.container.image_digest)')],
  ['an anchored expression that names its texts', CONDITION.replace('assertion.swname == "CONFIDENTIAL_SPACE"', 'assertion.swname.matches("^CONFIDENTIAL_(SPACE)$")')],
  ['a text put together', CONDITION.replace('"CONFIDENTIAL_SPACE"', '("CONFIDENTIAL" + "_SPACE")')],
  ['a mapped attribute by index', CONDITION.replace('assertion.submods.container.image_digest in', 'attribute["image_digest"] in')],
  ['empty literals', CONDITION.replace('size(assertion.submods.container.env_override) == 0', 'assertion.submods.container.env_override == {}').replace('size(assertion.submods.container.cmd_override) == 0', 'assertion.submods.container.cmd_override == []')],
  ['bytes beside it', `${CONDITION} && b"x" == b"x"`],
  ['line breaks and comments', CONDITION.replaceAll(' && ', '\n && // and\n')],
];
test.each(CLOSED)('closed: %s', (_name, condition) => {
  expect(prove(condition)).toEqual({ verdict: 'closed', breaches: [], reason: '' });
});

const NOT_CLOSED: readonly (readonly [name: string, condition: string, verdict: 'open' | 'unknown'])[] = [
  ['empty', '', 'open'],
  ['true', 'true', 'open'],
  ['a disjunction beside it', `${CONDITION} || assertion.swname == "GCE"`, 'open'],
  ['a disjunction inside a conjunct', CONDITION.replace('assertion.dbgstat == "disabled-since-boot"', '(assertion.dbgstat == "disabled-since-boot" || assertion.dbgstat == "enabled")'), 'open'],
  ['a disjunction that hides in a ternary', CONDITION.replace('assertion.secboot == true', '(assertion.secboot == true ? true : assertion.hwmodel != "")'), 'open'],
  ['inequality', CONDITION.replace('assertion.dbgstat == "disabled-since-boot"', 'assertion.dbgstat != "enabled"'), 'open'],
  ['shielded hardware admitted', CONDITION.replace('["GCP_INTEL_TDX"]', '["GCP_INTEL_TDX", "GCP_SHIELDED_VM"]'), 'open'],
  ['the latest instead of the stable image', CONDITION.replace('"STABLE"', '"LATEST"'), 'open'],
  ['the usable image too', CONDITION.replace('"STABLE" in assertion.submods.confidential_space.support_attributes', '("STABLE" in assertion.submods.confidential_space.support_attributes || "USABLE" in assertion.submods.confidential_space.support_attributes)'), 'open'],
  ['a digest that nobody approved', CONDITION.replace(`["${digest('a')}"]`, `["${digest('a')}", "${digest('f')}"]`), 'open'],
  ['any digest', CONDITION.replace(/assertion\.submods\.container\.image_digest in \[[^\]]*\]/, 'assertion.submods.container.image_digest.startsWith("sha256:")'), 'open'],
  ['a project prefix', CONDITION.replace('assertion.submods.gce.project_id == "phi-inference"', 'assertion.submods.gce.project_id.startsWith("phi-")').replace(' && assertion.submods.gce.project_number == "123456789012"', ''), 'open'],
  ['a project suffix', CONDITION.replace('assertion.submods.gce.project_id == "phi-inference"', 'assertion.submods.gce.project_id.endsWith("inference")'), 'open'],
  ['the guard turned round', CONDITION.replace('!has(assertion.submods.container.cmd_override)', 'has(assertion.submods.container.cmd_override)'), 'open'],
  ['short overrides', CONDITION.replace('size(assertion.submods.container.cmd_override) == 0', 'size(assertion.submods.container.cmd_override) <= 3'), 'open'],
  ['an identity list that is merely not empty', CONDITION.replace(`"${EMAIL}" in assertion.google_service_accounts`, 'size(assertion.google_service_accounts) > 0'), 'open'],
  ['a comment that swallows a conjunct', CONDITION.replace('assertion.secboot == true && ', 'assertion.secboot != false && // '), 'unknown'],
  ['booleans in order', CONDITION.replace('assertion.secboot == true', 'assertion.secboot >= false'), 'open'],
  ['an account domain by a macro', CONDITION.replace(`"${EMAIL}" in assertion.google_service_accounts`, 'assertion.google_service_accounts.exists(account, account.endsWith("@phi-inference.iam.gserviceaccount.com"))'), 'open'],
  ['a macro that holds for no account at all', CONDITION.replace(`"${EMAIL}" in assertion.google_service_accounts`, `assertion.google_service_accounts.all(account, account == "${EMAIL}")`), 'open'],
  ['an expression that matches any digest', CONDITION.replace(/assertion\.submods\.container\.image_digest in \[[^\]]*\]/, 'assertion.submods.container.image_digest.matches("^sha256:[0-9a-f]+$")'), 'open'],
  ['an expression of two debug states', CONDITION.replace('assertion.dbgstat == "disabled-since-boot"', 'assertion.dbgstat.matches("^(disabled-since-boot|enabled)$")'), 'open'],
  ['a number read by its sign', `${CONDITION} || int("+5") == 5`, 'unknown'],
  ['numbers that are one number in a float', `${CONDITION} || 9007199254740993 != 9007199254740992`, 'unknown'],
  ['a variable that hides the token', CONDITION.replace('assertion.secboot == true', '[{"secboot": true}].exists(assertion, assertion.secboot)'), 'unknown'],
  ['a regular expression for the digest', CONDITION.replace(/assertion\.submods\.container\.image_digest in \[[^\]]*\]/, 'assertion.submods.container.image_digest.matches("^sha256:a+$")'), 'unknown'],
  ['text that is no expression', 'assertion.swname ==', 'unknown'],
  ['a template that was not filled', CONDITION.replace('"phi-inference"', '<project>'), 'unknown'],
];
test.each(NOT_CLOSED)('not closed: %s', (_name, condition, verdict) => {
  const proof = prove(condition);
  expect(proof.verdict).toBe(verdict);
  for (const { token: witness } of proof.breaches) if (witness) expect(admits(condition === '' ? 'true' : condition, witness)).toBe(true);
});

test('a bound attribute that nothing maps is nobody, one that is mapped from the digest fixes it', () => {
  const weaker = conjuncts.filter((conjunct) => !conjunct.includes('image_digest')).join(' && ');
  const bound = (attribute: string, value: string) => proveCondition({ condition: weaker, mapping: ATTRIBUTE_MAPPING, bound: { attribute, value } }, APPROVED).verdict;
  expect(bound('attribute.image_digest', digest('a'))).toBe('closed');
  expect(bound('attribute.image_digest', digest('b'))).toBe('open');
  expect(bound('attribute.other', digest('b'))).toBe('closed');
});

test('never closed where a random token that is not right is admitted by the reference evaluator', () => {
  const atoms = [
    ...conjuncts, 'true', 'assertion.swname != "GCE"', 'assertion.secboot', '!assertion.secboot', 'has(assertion.submods.container.env_override)', 'assertion.hwmodel in ["GCP_INTEL_TDX", "GCP_AMD_SEV"]',
    'assertion.submods.gce.project_id.startsWith("phi")', 'assertion.dbgstat.contains("abled")', '"STABLE" in ["STABLE"]', 'size(assertion.google_service_accounts) == 1', 'assertion.swversion[0] >= "2"',
    'assertion.hwmodel == assertion.swname', 'assertion.missing == "x"', 'int(assertion.swversion[0]) > 1', 'assertion.submods.container.image_digest == "sha256:x"',
  ];
  const formula: fc.Arbitrary<string> = fc.letrec<{ tree: string }>((tie) => ({
    tree: fc.oneof({ depthSize: 'small', withCrossShrink: true },
      fc.constantFrom(...atoms),
      fc.tuple(tie('tree'), tie('tree')).map(([a, b]) => `(${a} && ${b})`),
      fc.tuple(tie('tree'), tie('tree')).map(([a, b]) => `(${a} || ${b})`),
      tie('tree').map((a) => `!(${a})`),
      fc.tuple(tie('tree'), tie('tree'), tie('tree')).map(([a, b, c]) => `(${a} ? ${b} : ${c})`)),
  })).tree;
  const extra = fc.tuple(fc.subarray(conjuncts, { minLength: 9 }), formula, fc.constantFrom('&&', '||')).map(([kept, more, operator]) => (operator === '&&' ? [...kept, more].join(' && ') : `(${kept.join(' && ')}) || ${more}`));
  const wrong = TOKENS.filter(([, , admitted]) => !admitted).map(([, changes]) => token(changes));
  fc.assert(
    fc.property(fc.oneof(formula, extra), (condition) => {
      const proof = prove(condition);
      if (proof.verdict === 'closed') for (const bad of wrong) expect([condition, admits(condition, bad)]).toEqual([condition, false]);
      for (const { token: witness } of proof.breaches) if (witness) expect([condition, admits(condition, witness)]).toEqual([condition, true]);
    }),
    { numRuns: 150, seed: 7 },
  );
});

test('another technology than the workload file declares is refused where it is told', () => {
  const sev = CONDITION.replace('["GCP_INTEL_TDX"]', '["GCP_INTEL_TDX", "GCP_AMD_SEV"]');
  expect(prove(sev).verdict).toBe('closed');
  expect(prove(sev, { ...APPROVED, hardware: ['GCP_INTEL_TDX', 'INTEL_TDX'] })).toMatchObject({ verdict: 'open', breaches: [{ claim: 'hwmodel', token: { hwmodel: 'GCP_AMD_SEV' } }] });
  expect(prove(CONDITION, { ...APPROVED, hardware: ['GCP_INTEL_TDX', 'INTEL_TDX'] }).verdict).toBe('closed');
});

test.each<[source: string, text: string, matched: boolean | undefined]>([
  ['^a+$', 'aa', true], ['b', 'abc', true], ['^a|b$', 'ax', undefined], ['^(?:a|b)c?$', 'b', true], ['[^0-9]', '1', false], ['a{2}', 'a', false], ['\\.x', '.x', true], ['\\.x', 'ax', false],
  ['(a+)+$', 'aaaa', undefined], ['a(?=b)', 'ab', undefined], ['.*.*.*.*', 'x', undefined], ['[[:alpha:]]', 'x', undefined], ['\\bx', 'x', undefined], ['(', 'x', undefined], ['a**', 'a', undefined],
])('the pattern %s on %s', (source, text, matched) => {
  expect(patternOf(source)?.test(text)).toBe(matched);
  if (matched !== undefined) expect(run(`x.matches(r"${source}")`, { x: text })).toBe(matched);
});

test('an anchored pattern names its texts', () => {
  expect(patternOf('^sha256:(a|b)(x|y)$')?.texts).toEqual(['sha256:ax', 'sha256:ay', 'sha256:bx', 'sha256:by']);
  expect(patternOf('^sha256:(a|b)')?.texts).toBeUndefined();
  expect(patternOf('^a.b$')?.texts).toBeUndefined();
});

test('hostile text ends in an error, never in a hang', () => {
  fc.assert(fc.property(fc.string({ maxLength: 200 }), (text) => { expect(['closed', 'open', 'unknown']).toContain(prove(text).verdict); }), { numRuns: 300, seed: 7 });
  expect(prove('('.repeat(5000)).verdict).toBe('unknown');
  expect(prove('!'.repeat(5000)).verdict).toBe('unknown');
  expect(prove(Array.from({ length: 400 }, (_, index) => `assertion.hwmodel == "x${index}"`).join(' || ')).verdict).toBe('open');
  expect(prove('x'.repeat(20_000)).verdict).toBe('unknown');
});

test('strings read as the language defines them', () => {
  expect(parseCel(String.raw`'a\'b\x41\u0042' == r"\n" + """x"y"""`)).toMatchObject({ left: { value: "a'bAB" }, right: { value: '\\nx"y' } });
});
