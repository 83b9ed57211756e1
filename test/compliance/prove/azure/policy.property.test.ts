import * as fc from 'fast-check';
import { prove } from '../../../../constructs/compliance/prove/index.js';
import { parsePolicy, satisfying, type Literal } from '../../../../constructs/compliance/prove/azure/policy.js';
import { previewDeployment } from '../../rule-case.js';
import { AUTHORITY, branch, encode, LEAST, stack } from './fixture.js';

type Token = Readonly<Record<string, Literal>>;
type Node = { readonly claim: string; readonly equals?: Literal; readonly notEquals?: Literal; readonly exists?: boolean } | { readonly allOf: readonly Node[] } | { readonly anyOf: readonly Node[] };

/** The grammar read naively, token by token. Only atoms whose answer is documented for every token. */
function accepts(node: Node, token: Token): boolean {
  if ('allOf' in node) return node.allOf.every((inner) => accepts(inner, token));
  if ('anyOf' in node) return node.anyOf.some((inner) => accepts(inner, token));
  const value = token[node.claim];
  if (node.exists !== undefined) return (value !== undefined) === node.exists;
  if (value === undefined) return false;
  return node.equals === undefined ? String(value) !== String(node.notEquals) : String(value) === String(node.equals);
}

const CLAIMS = ['a', 'b', 'c'] as const;
const VALUES: readonly Literal[] = ['x', 'y', true, 1];
const claim = fc.constantFrom(...CLAIMS);
const value = fc.constantFrom(...VALUES);
const node = fc.letrec<{ node: Node }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ claim, equals: value }),
    // Beside exists, what notEquals makes of a missing claim is decided.
    fc.tuple(claim, value).map(([name, not]): Node => ({ allOf: [{ claim: name, exists: true }, { claim: name, notEquals: not }] })),
    fc.record({ claim, exists: fc.boolean() }),
    fc.record({ allOf: fc.array(tie('node'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ anyOf: fc.array(tie('node'), { minLength: 1, maxLength: 3 }) }),
  ),
})).node;
const token = fc.dictionary(claim, value, { maxKeys: 3 });

test('a policy accepts a token exactly when the naive reading does', () => {
  fc.assert(fc.property(fc.array(node, { minLength: 1, maxLength: 3 }), token, (conditions, shown) => {
    const policy = parsePolicy(encode({ version: '1.0.0', anyOf: [{ authority: AUTHORITY, allOf: conditions }] }));
    if ('unknown' in policy) throw new Error(policy.unknown);
    const decided = policy.branches.some(({ conjuncts }) => conjuncts.some((conjunct) => CLAIMS.every((name) => {
      const own = shown[name];
      return satisfying(conjunct.get(name), own === undefined ? [] : [own]).some(({ sample, sure }) => sure && (own === undefined ? typeof sample === 'symbol' && sample.description === 'absent' : typeof sample !== 'symbol' && String(sample) === String(own)));
    })));
    expect(decided).toBe(accepts({ allOf: conditions }, shown));
  }), { numRuns: 1000 });
});

const verdictOf = (data: string) => prove(previewDeployment('azure', stack([['Key', 'phi', 'properties.releasePolicy', { contentType: 'application/json; charset=utf-8', data }]]))).keys[0]!.verdict;

/** Whether every token that a condition tree accepts shows all that a safe branch asks for. */
const safe = (conditions: readonly unknown[]): boolean => LEAST.every((wanted) => conditions.some((one) => JSON.stringify(one) === JSON.stringify(wanted)));

test('a branch is gated exactly when it asks for all that a safe branch asks for', () => {
  const extra = fc.constantFrom({ claim: 'secureboot', equals: true }, { claim: 'x-ms-azurevm-ostype', equals: 'Linux' });
  fc.assert(fc.property(fc.subarray([...LEAST]), fc.array(extra, { maxLength: 2 }), fc.boolean(), (kept, more, nested) => {
    const conditions = [...more, ...kept];
    const verdict = verdictOf(encode({ version: '1.0.0', anyOf: [branch(nested ? [{ allOf: conditions.length > 0 ? conditions : LEAST }] : conditions)] }));
    expect(verdict).toBe(safe(nested && conditions.length === 0 ? LEAST : conditions) ? 'gated' : 'bypassable');
  }), { numRuns: 200 });
});

test('nothing malformed is called gated', () => {
  const good = JSON.stringify({ version: '1.0.0', anyOf: [branch(LEAST)] });
  const cut = fc.tuple(fc.nat(good.length - 1), fc.nat(8)).map(([at, length]) => good.slice(0, at) + good.slice(at + length + 1));
  const typed = fc.tuple(fc.nat(good.length - 1), fc.constantFrom('{', '}', '[', ']', ',', ':', '"', '0', 'null', '\\')).map(([at, text]) => good.slice(0, at) + text + good.slice(at));
  const any = fc.oneof(fc.json(), fc.string(), fc.constant('[]'), fc.constant('{"version":"1.0.0"}'));
  fc.assert(fc.property(fc.oneof(cut, typed, any), (text) => {
    let parsed: unknown;
    try { parsed = JSON.parse(text); } catch { parsed = undefined; }
    const branches = typeof parsed === 'object' && parsed !== null && 'anyOf' in parsed && Array.isArray(parsed.anyOf) ? parsed.anyOf as readonly { authority?: unknown; allOf?: unknown }[] : [];
    // An edit inside a literal may leave a policy that is still well formed; then every branch must still be the safe one.
    const stillSafe = branches.length > 0 && branches.every((one) => Array.isArray(one?.allOf) && safe(one.allOf));
    if (!stillSafe) expect(verdictOf(encode(text))).not.toBe('gated');
  }), { numRuns: 300 });
});

test('no text at all is called gated', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.base64String(), fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('base64url'))), (data) => {
    expect(verdictOf(data)).not.toBe('gated');
  }), { numRuns: 300 });
});
