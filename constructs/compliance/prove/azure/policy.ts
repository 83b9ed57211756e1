/**
 * The release policy grammar of Azure Key Vault, decided exactly.
 *
 * A policy is monotone: branches of authorities, each a tree of allOf / anyOf over atoms `claim op literal`. Atoms compare
 * one claim with literals only, so each claim's values fall into finitely many classes (absent, each literal, the numbers
 * around each literal, one fresh value). In disjunctive form the claims of a conjunct are independent, and "every
 * satisfying token has property P" is a question about one claim's classes at a time.
 */

export type Literal = string | number | boolean;
type Operator = 'equals' | 'notEquals' | 'less' | 'lessOrEquals' | 'greater' | 'greaterOrEquals' | 'exists';

export interface Atom {
  readonly claim: string;
  readonly operator: Operator;
  readonly value: Literal;
}

/** Claims and what each must satisfy; all of it at once. */
export type Conjunct = ReadonlyMap<string, readonly Atom[]>;

export interface Branch {
  /** As written. */
  readonly authority: string;
  /** Satisfiable conjuncts only. */
  readonly conjuncts: readonly Conjunct[];
}

export type Policy = { readonly branches: readonly Branch[] } | { readonly unknown: string };

const OPERATORS: ReadonlySet<string> = new Set<Operator>(['equals', 'notEquals', 'less', 'lessOrEquals', 'greater', 'greaterOrEquals', 'exists']);

/** More alternatives than this are not expanded: the verdict is unknown. */
const CONJUNCT_LIMIT = 4096;
const DEPTH_LIMIT = 64;

class Unparsable extends Error {}

/** Decodes and parses `releasePolicy.data` (base64url or base64 of JSON). */
export function parsePolicy(data: string): Policy {
  try {
    const compact = data.replace(/\s+/g, '');
    if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(compact)) throw new Unparsable('the policy is not base64url');
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(compact, 'base64url'));
    const parsed: unknown = JSON.parse(text);
    // A repeated key reads differently in different parsers. Printed back, it is gone.
    if (JSON.stringify(parsed) !== squeeze(text)) throw new Unparsable('the policy has repeated keys or numbers written in an unusual way');
    return { branches: branchesOf(parsed) };
  } catch (error) {
    if (error instanceof Unparsable) return { unknown: error.message };
    return { unknown: 'the policy is not JSON in base64url' };
  }
}

/** JSON text without the white space between tokens, every string written one way: each escape has one meaning in every parser. */
function squeeze(text: string): string {
  return text.replace(/("(?:[^"\\]|\\.)*")|\s+/g, (_, literal: string | undefined) => (literal === undefined ? '' : JSON.stringify(JSON.parse(literal))));
}

function branchesOf(policy: unknown): readonly Branch[] {
  const record = asRecord(policy, 'the policy');
  only(record, ['version', 'anyOf'], 'the policy');
  if (record['version'] !== '1.0.0' && record['version'] !== '1.0' && record['version'] !== '0.2') throw new Unparsable(`grammar version ${JSON.stringify(record['version'])} is not known`);
  const anyOf = asList(record['anyOf'], 'the policy has no anyOf');
  if (anyOf.length === 0) throw new Unparsable('the policy has no authority');
  return anyOf.map((item) => {
    const branch = asRecord(item, 'an authority');
    only(branch, ['authority', 'allOf', 'anyOf'], 'an authority');
    const authority = branch['authority'];
    if (typeof authority !== 'string') throw new Unparsable('an authority has no address');
    if ('allOf' in branch && 'anyOf' in branch) throw new Unparsable(`authority ${authority} has both allOf and anyOf`);
    const conjuncts = 'allOf' in branch || 'anyOf' in branch ? expand(branch, 0, ['authority']) : [new Map<string, readonly Atom[]>()];
    return { authority, conjuncts: conjuncts.filter(satisfiable) };
  });
}

function expand(node: Record<string, unknown>, depth: number, ignore: readonly string[] = []): readonly Conjunct[] {
  if (depth > DEPTH_LIMIT) throw new Unparsable(`conditions nest deeper than ${DEPTH_LIMIT}`);
  if ('allOf' in node) {
    only(node, ['allOf', ...ignore], 'a condition');
    return asList(node['allOf'], 'allOf is not a list').reduce<readonly Conjunct[]>((sofar, item) => {
      const next = expand(asRecord(item, 'a condition'), depth + 1);
      if (sofar.length * next.length > CONJUNCT_LIMIT) throw new Unparsable(`the policy has more than ${CONJUNCT_LIMIT} alternatives`);
      return sofar.flatMap((left) => next.map((right) => merge(left, right)));
    }, [new Map<string, readonly Atom[]>()]);
  }
  if ('anyOf' in node) {
    only(node, ['anyOf', ...ignore], 'a condition');
    const items = asList(node['anyOf'], 'anyOf is not a list');
    // What the service makes of an empty list is written nowhere.
    if (items.length === 0) throw new Unparsable('an anyOf is empty');
    const all = items.flatMap((item) => expand(asRecord(item, 'a condition'), depth + 1));
    if (all.length > CONJUNCT_LIMIT) throw new Unparsable(`the policy has more than ${CONJUNCT_LIMIT} alternatives`);
    return all;
  }
  const claim = node['claim'];
  if (typeof claim !== 'string' || claim.trim() === '') throw new Unparsable('a condition names no claim');
  const operators = Object.keys(node).filter((key) => key !== 'claim');
  const operator = operators[0];
  if (operators.length !== 1 || operator === undefined || !OPERATORS.has(operator)) throw new Unparsable(`the condition on ${claim} has operator ${operators.join(' and ') || 'none'}`);
  const value = node[operator];
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') throw new Unparsable(`the condition on ${claim} compares with ${JSON.stringify(value)}`);
  return [new Map([[claim, [{ claim, operator: operator as Operator, value }]]])];
}

function merge(left: Conjunct, right: Conjunct): Conjunct {
  const merged = new Map(left);
  for (const [claim, atoms] of right) merged.set(claim, [...(merged.get(claim) ?? []), ...atoms]);
  return merged;
}

function asRecord(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Unparsable(`${what} is not an object`);
  return value as Record<string, unknown>;
}

function asList(value: unknown, message: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new Unparsable(message);
  return value;
}

function only(record: Record<string, unknown>, allowed: readonly string[], what: string): void {
  const extra = Object.keys(record).find((key) => !allowed.includes(key));
  if (extra !== undefined) throw new Unparsable(`${what} has "${extra}", which the grammar does not know`);
}

/** A class of values of one claim. */
export type Sample = Literal | typeof ABSENT | typeof OTHER;
/** The token does not carry the claim. */
export const ABSENT = Symbol('absent');
/** A value that no literal of the policy names. */
export const OTHER = Symbol('other');

/** The classes of one claim that satisfy all atoms. `sure` is false where the service's answer is documented nowhere. */
export function satisfying(atoms: readonly Atom[] | undefined, extra: readonly Literal[] = []): readonly { readonly sample: Sample; readonly sure: boolean }[] {
  // How the service orders values that are no numbers is not documented, but no order has anything between two bounds that cross.
  if (crossed(atoms ?? [])) return [];
  const samples = new Set<Sample>([ABSENT, OTHER, ...extra]);
  for (const { value } of atoms ?? []) {
    samples.add(value);
    const number = Number(value);
    if (typeof value !== 'boolean' && value !== '' && Number.isFinite(number)) for (const near of [number - 1, number, number + 1]) samples.add(near);
  }
  const result: { sample: Sample; sure: boolean }[] = [];
  for (const sample of samples) {
    const answers = (atoms ?? []).map((atom) => holds(atom, sample));
    if (answers.includes(false)) continue;
    result.push({ sample, sure: !answers.includes(undefined) });
  }
  return result;
}

/** Whether a lower bound is above an upper one, as numbers and as text alike. */
function crossed(atoms: readonly Atom[]): boolean {
  const above = atoms.filter(({ operator }) => operator === 'greater' || operator === 'greaterOrEquals');
  const below = atoms.filter(({ operator }) => operator === 'less' || operator === 'lessOrEquals');
  return above.some((low) => below.some((high) => {
    const [a, b] = [String(low.value), String(high.value)];
    return a === b ? low.operator === 'greater' || high.operator === 'less' : Number(a) > Number(b) && a > b;
  }));
}

/** Whether an atom holds of a value: undefined where documentation does not tell. */
function holds({ operator, value }: Atom, sample: Sample): boolean | undefined {
  if (operator === 'exists') {
    const wanted = String(value).toLowerCase() === 'true';
    return (sample !== ABSENT) === wanted;
  }
  if (sample === ABSENT) return operator === 'notEquals' ? undefined : false;
  if (sample === OTHER) return operator === 'equals' ? false : operator === 'notEquals' ? true : undefined;
  switch (operator) {
    case 'equals':
      return same(sample, value);
    case 'notEquals': {
      const equal = same(sample, value);
      return equal === undefined ? undefined : !equal;
    }
    case 'less':
      return compare(sample, value, (a, b) => a < b);
    case 'lessOrEquals':
      return compare(sample, value, (a, b) => a <= b);
    case 'greater':
      return compare(sample, value, (a, b) => a > b);
    case 'greaterOrEquals':
      return compare(sample, value, (a, b) => a >= b);
  }
}

/** Equal values; `"true"` and `true` are one (both spellings are in use), letter case alone is undecided. */
export function same(a: Literal, b: Literal): boolean | undefined {
  const left = String(a);
  const right = String(b);
  if (left === right) return true;
  return left.toLowerCase() === right.toLowerCase() ? undefined : false;
}

function compare(a: Literal, b: Literal, decide: (a: number, b: number) => boolean): boolean | undefined {
  const left = Number(a);
  const right = Number(b);
  return typeof a === 'boolean' || typeof b === 'boolean' || !Number.isFinite(left) || !Number.isFinite(right) ? undefined : decide(left, right);
}

function satisfiable(conjunct: Conjunct): boolean {
  return [...conjunct.values()].every((atoms) => satisfying(atoms).length > 0);
}

/** Whether a conjunct forces a claim into a set of values: yes, no (with a value outside), or undecided. */
export function implies(conjunct: Conjunct, claim: string, allowed: readonly Literal[]): { readonly answer: 'yes' | 'no' | 'undecided'; readonly sample: Sample } {
  const inside = (sample: Sample): boolean | undefined => {
    if (typeof sample === 'symbol') return false;
    const answers = allowed.map((value) => same(sample, value));
    return answers.includes(true) ? true : answers.includes(undefined) ? undefined : false;
  };
  let undecided: Sample | undefined;
  for (const { sample, sure } of satisfying(conjunct.get(claim))) {
    const ok = inside(sample);
    if (ok === true) continue;
    if (ok === false && sure) return { answer: 'no', sample };
    undecided ??= sample;
  }
  return undecided === undefined ? { answer: 'yes', sample: OTHER } : { answer: 'undecided', sample: undecided };
}

/** The one value that a conjunct fixes a claim to, if it does. */
export function fixedValue(conjunct: Conjunct, claim: string): Literal | undefined {
  const values = satisfying(conjunct.get(claim));
  const first = values[0];
  return values.length === 1 && first !== undefined && first.sure && typeof first.sample !== 'symbol' ? first.sample : undefined;
}

/** A token that satisfies the conjunct, as text. `shown` adds or overrides claims. */
export function witnessToken(conjunct: Conjunct, shown: Readonly<Record<string, Sample>>): string {
  const claims = new Map<string, Sample>();
  for (const [claim, atoms] of conjunct) {
    const values = satisfying(atoms);
    claims.set(claim, (values.find(({ sure, sample }) => sure && typeof sample !== 'symbol') ?? values[0])?.sample ?? OTHER);
  }
  for (const [claim, sample] of Object.entries(shown)) claims.set(claim, sample);
  const text = [...claims].map(([claim, sample]) => `${claim}=${sample === ABSENT ? '(absent)' : sample === OTHER ? '(any other value)' : String(sample)}`);
  return text.length === 0 ? 'any token of the authority' : text.join(', ');
}
