import { glob, arnGlob, hasWildcard, instances, type Shape, shapes } from './glob.js';

/** Yes, no, or not decidable from the artifact. */
export type Truth = boolean | 'unknown';

export function and(values: Iterable<Truth>): Truth {
  let result: Truth = true;
  for (const value of values) {
    if (value === false) return false;
    if (value === 'unknown') result = 'unknown';
  }
  return result;
}

export function or(values: Iterable<Truth>): Truth {
  let result: Truth = false;
  for (const value of values) {
    if (value === true) return true;
    if (value === 'unknown') result = 'unknown';
  }
  return result;
}

/** What the request carries for one context key: nothing, or its values (one, unless the key is multi-valued). */
export type ContextValue = readonly string[] | undefined;

/** One operator applied to one context key. Its listed values OR; the atoms of a statement AND. */
export interface Atom {
  /** Lower case: condition keys are case-insensitive. */
  readonly key: string;
  /** Without set prefix, `IfExists` and negation; lower case. `unknown` for an operator IAM does not have. */
  readonly operator: string;
  readonly negated: boolean;
  readonly ifExists: boolean;
  readonly set: 'any' | 'all' | null;
  /** `null` stands for a value that the artifact does not tell (an unresolved intrinsic, a policy variable). */
  readonly values: readonly (string | null)[];
}

const OPERATORS = new Set([
  'stringequals', 'stringequalsignorecase', 'stringlike', 'arnequals', 'arnlike', 'bool', 'null', 'ipaddress',
  'numericequals', 'numericlessthan', 'numericlessthanequals', 'numericgreaterthan', 'numericgreaterthanequals',
  'dateequals', 'datelessthan', 'datelessthanequals', 'dategreaterthan', 'dategreaterthanequals', 'binaryequals',
]);
const NEGATED: Readonly<Record<string, string>> = {
  stringnotequals: 'stringequals', stringnotequalsignorecase: 'stringequalsignorecase', stringnotlike: 'stringlike',
  arnnotequals: 'arnequals', arnnotlike: 'arnlike', notipaddress: 'ipaddress', numericnotequals: 'numericequals', datenotequals: 'dateequals',
};

export function atom(operatorText: string, key: string, values: readonly (string | null)[]): Atom {
  const lower = operatorText.toLowerCase();
  const set = lower.startsWith('foranyvalue:') ? 'any' : lower.startsWith('forallvalues:') ? 'all' : null;
  const bare = set ? lower.slice(lower.indexOf(':') + 1) : lower;
  const ifExists = bare.endsWith('ifexists');
  const name = ifExists ? bare.slice(0, -'ifexists'.length) : bare;
  const positive = NEGATED[name];
  return { key: key.toLowerCase(), operator: positive ?? (OPERATORS.has(name) ? name : 'unknown'), negated: positive !== undefined, ifExists, set, values };
}

/** Whether the atom holds for what the request carries. */
export function holds({ operator, negated, ifExists, set, values }: Atom, context: ContextValue): Truth {
  if (operator === 'unknown') return 'unknown';
  if (operator === 'null') {
    return or(values.map((value) => (value === null ? 'unknown' : value.toLowerCase() === 'true' ? context === undefined : value.toLowerCase() === 'false' ? context !== undefined : 'unknown')));
  }
  if (context === undefined) {
    // The documentation does not say which of the two wins for an absent key.
    if (set === 'any') return ifExists ? 'unknown' : false;
    return ifExists || set === 'all' || negated;
  }
  const one = (given: string): Truth => {
    const matched = or(values.map((value) => (value === null ? 'unknown' : matches(operator, value, given))));
    return negated ? (matched === 'unknown' ? 'unknown' : !matched) : matched;
  };
  return set === 'all' ? and(context.map(one)) : or(context.map(one));
}

function matches(operator: string, wanted: string, given: string): Truth {
  switch (operator) {
    case 'stringequals':
    case 'binaryequals':
      return wanted === given;
    case 'stringequalsignorecase':
      return wanted.toLowerCase() === given.toLowerCase();
    case 'stringlike':
      return glob(wanted, given);
    case 'arnequals':
    case 'arnlike':
      return arnGlob(wanted, given);
    case 'bool':
      return wanted.toLowerCase() === given.toLowerCase();
    case 'ipaddress': {
      const range = addressRange(wanted);
      const address = addressRange(given);
      if (!range || !address) return 'unknown';
      return range.bits === address.bits && address.first >= range.first && address.last <= range.last;
    }
    default: {
      const parse = operator.startsWith('numeric') ? Number : time;
      const [left, right] = [parse(given), parse(wanted)];
      if (Number.isNaN(left) || Number.isNaN(right)) return 'unknown';
      switch (operator.replace(/^(numeric|date)/, '')) {
        case 'equals': return left === right;
        case 'lessthan': return left < right;
        case 'lessthanequals': return left <= right;
        case 'greaterthan': return left > right;
        default: return left >= right;
      }
    }
  }
}

/** Milliseconds since 1970 of an ISO date or of epoch seconds. */
function time(text: string): number {
  return /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text);
}

interface AddressRange {
  readonly bits: 32 | 128;
  readonly first: bigint;
  readonly last: bigint;
}

/** First and last address of an IPv4 or IPv6 address or CIDR block; undefined when it is neither. */
export function addressRange(text: string): AddressRange | undefined {
  const [address, prefix, extra] = text.split('/');
  if (!address || extra !== undefined) return undefined;
  const bits = address.includes(':') ? 128 : 32;
  const value = bits === 32 ? ipv4(address) : ipv6(address);
  const length = prefix === undefined ? bits : /^\d{1,3}$/.test(prefix) ? Number(prefix) : -1;
  if (value === undefined || length < 0 || length > bits) return undefined;
  const host = (1n << BigInt(bits - length)) - 1n;
  return { bits, first: value & ~host, last: value | host };
}

function ipv4(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) return undefined;
  return parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n);
}

function ipv6(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')));
  const written = groups.flat();
  if (!written.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  const missing = 8 - written.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const all = halves.length === 1 ? written : [...groups[0]!, ...Array<string>(missing).fill('0'), ...groups[1]!];
  return all.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
}

function addressText(value: bigint, bits: 32 | 128): string {
  if (bits === 32) return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join('.');
  return Array.from({ length: 8 }, (_, index) => ((value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16)).join(':');
}

/** Keys that carry several values in one request. Keys outside the list that a set operator names count as well. */
const MULTIVALUED = new Set(['aws:calledvia', 'aws:tagkeys', 'aws:principalorgpaths', 'aws:resourceorgpaths', 'aws:principalservicenameslist', 'aws:sourceorgpaths', 'kms:encryptioncontextkeys', 'kms:grantoperations', 'kms:resourcealiases']);

/** Single-valued keys on which a set operator is a mistake, not a sign of several values. */
const SINGLE = /^kms:(recipientattestation:|encryptioncontext:|calleraccount|viaservice)|^aws:(principalarn|principalaccount|sourcevpce|sourcevpc|sourceip|principaltag\/|multifactorauthpresent|sourceaccount|sourcearn)/;

/**
 * Every value class of one context key that the atoms can tell apart, each by one concrete representative:
 * absent, each literal, a fresh value, an instance of each pattern, numbers and addresses on both sides of each bound.
 * `complete` is false where the classes may miss a combination.
 */
export function domain(key: string, atoms: readonly Atom[]): { readonly values: readonly ContextValue[]; readonly complete: boolean } {
  const single = new Set<string>();
  let complete = true;
  const patterns = new Map<string, Shape>();
  for (const { operator, values } of atoms) {
    for (const value of values) {
      if (value === null || operator === 'null') continue;
      if (operator === 'bool') continue;
      if (operator === 'stringlike' || operator === 'arnequals' || operator === 'arnlike') {
        const arn = operator !== 'stringlike';
        if (hasWildcard(value)) patterns.set(`${arn} ${value}`, { text: value, arn });
        else single.add(value);
      } else if (operator === 'ipaddress') {
        const range = addressRange(value);
        if (!range) continue;
        for (const near of [range.first - 1n, range.first, range.last, range.last + 1n]) {
          if (near >= 0n && near < 1n << BigInt(range.bits)) single.add(addressText(near, range.bits));
        }
      } else if (operator.startsWith('numeric')) {
        const bound = Number(value);
        if (!Number.isNaN(bound)) for (const near of [bound - 0.5, bound, bound + 0.5]) single.add(String(near));
      } else if (operator.startsWith('date')) {
        const bound = time(value);
        if (!Number.isNaN(bound)) for (const near of [bound - 1, bound, bound + 1]) single.add(new Date(near).toISOString());
      } else if (operator === 'stringequalsignorecase') {
        single.add(value);
        single.add(value.toLowerCase());
      } else single.add(value);
    }
  }
  const kinds = new Set(atoms.map(({ operator }) => operator.replace(/(equals|less|greater).*$/, '')));
  // A tag or encryption context that a policy reads as a Boolean can say anything.
  if (kinds.has('bool')) for (const value of ['true', 'false', ...(/[/]|^kms:encryptioncontext:/.test(key) ? ['fresh-value'] : [])]) single.add(value);
  const fresh = kinds.has('arn') ? 'arn:aws:fresh:fresh:000000000000:fresh/fresh' : 'fresh-value';
  if (![...kinds].every((kind) => ['bool', 'ipaddress', 'numeric', 'date'].includes(kind))) single.add(fresh);
  const wild = [...patterns.values()];
  const literals = [...single].filter((value) => wild.some(({ text }) => glob(text, value))).map((text) => ({ text: text.replaceAll('*', '?'), arn: false }));
  const texts = wild.length === 0 ? [] : shapes([...wild, ...literals]);
  for (const value of texts ?? instances(wild.map(({ text }) => text), 'fresh')) single.add(value);
  if (texts === null && wild.length > 2) complete = false;
  const representatives = distinct(atoms, [...single].map((value) => [value]));
  const multivalued = MULTIVALUED.has(key) || (!SINGLE.test(key) && atoms.some(({ set }) => set !== null));
  if (!multivalued) return { values: distinct(atoms, [undefined, ...representatives]), complete };
  const items = representatives.map((value) => (value as readonly string[])[0] as string);
  if (items.length > 6) complete = false;
  const sets: ContextValue[] = [undefined];
  const count = Math.min(items.length, 6);
  for (let mask = 1; mask < 1 << count; mask++) sets.push(items.filter((_, index) => (mask >> index) & 1));
  for (const item of items.slice(6)) sets.push([item]);
  return { values: distinct(atoms, sets), complete };
}

/** One value per vector of truths: two values that no atom tells apart are one class. */
function distinct(atoms: readonly Atom[], values: readonly ContextValue[]): ContextValue[] {
  const seen = new Map<string, ContextValue>();
  for (const value of values) {
    const vector = atoms.map((one) => String(holds(one, value))[0]).join('');
    if (!seen.has(vector)) seen.set(vector, value);
  }
  return [...seen.values()];
}
