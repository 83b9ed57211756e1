import * as fc from 'fast-check';
import { prove } from '../../../../constructs/compliance/prove/index.js';
import { previewDeployment } from '../../rule-case.js';
import { AUTHORITY, encode, SAFE, stack } from './fixture.js';

type Value = string | number | boolean;
type Token = Readonly<Record<string, Value | undefined>>;
type Atom = { readonly claim: string } & Readonly<Partial<Record<'equals' | 'exists' | 'less' | 'lessOrEquals' | 'greater' | 'greaterOrEquals', Value>>>;
type Node = Atom | { readonly allOf: readonly Node[] } | { readonly anyOf: readonly Node[] };
interface Branch { readonly authority: string; readonly allOf?: readonly Node[]; readonly anyOf?: readonly Node[] }

const [TYPE, COMPLIANCE, DEBUG] = SAFE.map(({ claim }) => String(claim)) as [string, string, string];
const SVN = 'x-ms-isolation-tee.x-ms-sevsnpvm-guestsvn';
/** What tokens may say, with and without each claim: every value that a generated policy names, and others. */
const SAYS: Readonly<Record<string, readonly (Value | undefined)[]>> = {
  [TYPE]: [undefined, 'sevsnpvm', 'vbs', 'other'], [COMPLIANCE]: [undefined, 'azure-compliant-cvm', 'none'], [DEBUG]: [undefined, true, false], [SVN]: [undefined, 0, 1, 3, 5, 9], secureboot: [undefined, true, false],
};
const TOKENS: readonly Token[] = Object.entries(SAYS).reduce<Token[]>((tokens, [claim, values]) => tokens.flatMap((token) => values.map((value) => ({ ...token, [claim]: value }))), [{}]);

/** The grammar read naively, one token at a time. */
function accepts(node: Node, token: Token): boolean {
  if ('allOf' in node) return node.allOf.every((inner) => accepts(inner, token));
  if ('anyOf' in node) return node.anyOf.some((inner) => accepts(inner, token));
  const value = token[node.claim];
  if (node.exists !== undefined) return (value !== undefined) === node.exists;
  if (value === undefined) return false;
  if (node.equals !== undefined) return value === node.equals;
  const [left, compare, right] = node.less !== undefined ? [value, '<', node.less] : node.lessOrEquals !== undefined ? [value, '<=', node.lessOrEquals] : node.greater !== undefined ? [value, '>', node.greater] : [value, '>=', node.greaterOrEquals];
  return compare === '<' ? Number(left) < Number(right) : compare === '<=' ? Number(left) <= Number(right) : compare === '>' ? Number(left) > Number(right) : Number(left) >= Number(right);
}
const takes = ({ allOf, anyOf }: Branch, token: Token): boolean => (allOf ? accepts({ allOf }, token) : accepts({ anyOf: anyOf ?? [] }, token));
const isSafe = (token: Token): boolean => SAFE.every(({ claim, equals }) => token[String(claim)] === equals);

const atom: fc.Arbitrary<Node> = fc.oneof(
  ...Object.entries(SAYS).filter(([claim]) => claim !== SVN).map(([claim, values]) => fc.record({ claim: fc.constant(claim), equals: fc.constantFrom(...values.filter((value) => value !== undefined)) })),
  fc.record({ claim: fc.constantFrom(...Object.keys(SAYS)), exists: fc.boolean() }),
  fc.tuple(fc.constantFrom('less', 'lessOrEquals', 'greater', 'greaterOrEquals'), fc.constantFrom(1, 5)).map(([operator, value]): Node => ({ claim: SVN, [operator]: value })),
);
const { node } = fc.letrec<{ node: Node }>((tie) => ({
  node: fc.oneof({ depthSize: 'small' }, atom, fc.record({ allOf: fc.array(tie('node'), { minLength: 1, maxLength: 3 }) }), fc.record({ anyOf: fc.array(tie('node'), { minLength: 1, maxLength: 3 }) })),
}));
const safeNodes = SAFE as unknown as readonly Node[];
/** Conditions that hold a safe core more often than chance would. */
const conditions = fc.oneof(
  fc.array(node, { minLength: 1, maxLength: 3 }),
  fc.array(node, { maxLength: 2 }).map((more): readonly Node[] => [...more, ...safeNodes]),
  fc.tuple(fc.array(node, { maxLength: 1 }), fc.array(node, { maxLength: 1 })).map(([one, two]): readonly Node[] => [{ anyOf: [{ allOf: [...safeNodes, ...one] }, { allOf: [...two, ...safeNodes] }] }]),
  fc.tuple(fc.nat(2), node).map(([index, other]): readonly Node[] => safeNodes.map((own, at) => (at === index ? { anyOf: [own, other] } : own))),
);
const branch = fc.tuple(fc.constantFrom(AUTHORITY, AUTHORITY, AUTHORITY, 'https://maaother.eus.attest.azure.net', 'https://sharedeus.eus.attest.azure.net'), conditions, fc.boolean())
  .map(([authority, all, any]): Branch => (any && all.length === 1 ? { authority, anyOf: all } : { authority, allOf: all }));

const verdictOf = (branches: readonly Branch[]): string => {
  const data = encode({ version: '1.0.0', anyOf: branches });
  return prove(previewDeployment('azure', stack([['Key', 'phi', 'properties.releasePolicy', { contentType: 'application/json; charset=utf-8', data }]]))).keys[0]!.verdict;
};

test('gated exactly when no token of any authority is taken that is not safe', () => {
  const seen = { gated: 0, bypassable: 0, unknown: 0 };
  fc.assert(fc.property(fc.array(branch, { minLength: 1, maxLength: 3 }), (branches) => {
    const verdict = verdictOf(branches) as keyof typeof seen;
    seen[verdict]++;
    const leak = branches.some((one) => TOKENS.some((token) => takes(one, token) && (one.authority !== AUTHORITY || !isSafe(token))));
    if (verdict === 'gated') expect(leak).toBe(false);
    if (verdict === 'bypassable') expect(leak).toBe(true);
    // Shared and unknown authorities are not decided; everything of the own authority is.
    if (verdict === 'unknown') expect(branches.some((one) => one.authority !== AUTHORITY || !TOKENS.some((token) => takes(one, token)))).toBe(true);
  }), { numRuns: 400 });
  expect(Math.min(seen.gated, seen.bypassable)).toBeGreaterThan(10);
});
