/**
 * Decides over a pool provider's attribute condition: whether every attestation token that satisfies it comes from the
 * approved workload. Claims range over finite classes (each literal the condition names, one fresh value, absent), so the
 * search is exhaustive; what the classes cannot represent evaluates to "anything", which can only make the verdict worse.
 */
import { CelError, claimPath, type Expression, inside, type Operator, parseCel } from './cel.js';
import { patternOf } from './pattern.js';

type Scalar = string | number | boolean | null;

/** A set of values, as one value: what is known of a claim or of an expression's result. */
type Abstract =
  | { readonly kind: 'scalar'; readonly value: Scalar }
  /** A string that differs from every literal used with the claim. `element`: one of several in a list claim. */
  | { readonly kind: 'fresh'; readonly path: string; readonly element?: true }
  /** A list claim. `exact`: nothing is in it but `members`. `without`: strings that are not in it. */
  | { readonly kind: 'list'; readonly path: string; readonly members: readonly string[]; readonly without: readonly string[]; readonly empty: boolean; readonly exact: boolean }
  | { readonly kind: 'map'; readonly empty: boolean }
  | { readonly kind: 'literals'; readonly items: readonly (readonly Abstract[])[] }
  /** A size of at least so much. */
  | { readonly kind: 'size'; readonly least: number }
  | { readonly kind: 'any' }
  | { readonly kind: 'error' };

/** What a claim is in one class of tokens; absent claims error when they are read. */
type Claim = Exclude<Abstract, { kind: 'literals' | 'size' | 'any' | 'error' }> | { readonly kind: 'absent' };

const ANY: Abstract = { kind: 'any' };
const ERROR: Abstract = { kind: 'error' };
const TRUE: Abstract = { kind: 'scalar', value: true };
const FALSE: Abstract = { kind: 'scalar', value: false };
const ABSENT: Claim = { kind: 'absent' };
const scalar = (value: Scalar): Claim & Abstract => ({ kind: 'scalar', value });
const EITHER = [TRUE, FALSE];
const UNDECIDED = [TRUE, FALSE, ERROR];

const EMPTY_LIST: Claim = { kind: 'list', path: '', members: [], without: [], empty: true, exact: true };
const someList = (path: string, members: readonly string[], without: readonly string[]): Claim => ({ kind: 'list', path, members, without, empty: false, exact: false });
const exactList = (members: readonly string[]): Claim => ({ kind: 'list', path: '', members, without: [], empty: members.length === 0, exact: true });

/** What the variables of macros stand for. */
type Scope = ReadonlyMap<string, readonly Abstract[]>;
const NO_SCOPE: Scope = new Map();
/** Macros over lists that are evaluated. */
const MACROS: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'filter', 'map']);
/** Names that a macro variable would hide. */
const RESERVED: ReadonlySet<string> = new Set(['assertion', 'attribute', 'google']);

/** Claims of a Confidential Space token whose type is documented. Any other claim evaluates to "anything". */
const CLAIM_TYPES: Readonly<Record<string, 'string' | 'boolean' | 'list' | 'map' | readonly Scalar[]>> = {
  // The same in every token: what the verifier says of itself. Google's enterprise number; documentation and tokens differ over the slash.
  oemid: [11129],
  iss: ['https://confidentialcomputing.googleapis.com', 'https://confidentialcomputing.googleapis.com/'],
  aud: 'string',
  sub: 'string',
  swname: 'string',
  dbgstat: 'string',
  secboot: 'boolean',
  hwmodel: 'string',
  google_service_accounts: 'list',
  swversion: 'list',
  attester_tcb: 'list',
  'submods.confidential_space.support_attributes': 'list',
  'submods.gce.project_id': 'string',
  'submods.gce.project_number': 'string',
  'submods.gce.zone': 'string',
  'submods.gce.instance_id': 'string',
  'submods.gce.instance_name': 'string',
  'submods.container.image_digest': 'string',
  'submods.container.image_reference': 'string',
  'submods.container.image_id': 'string',
  'submods.container.restart_policy': 'string',
  'submods.container.args': 'list',
  'submods.container.env': 'map',
  'submods.confidential_space.monitoring_enabled': 'map',
  'submods.nvidia_gpu.cc_mode': 'string',
  'submods.container.cmd_override': 'list',
  'submods.container.env_override': 'map',
};

/** What the condition must enforce, from the workload file where there is one. */
export interface Approved {
  /** Own project; undefined: any, so long as the condition names it. */
  readonly project: string | undefined;
  readonly projectNumber: string | undefined;
  /** Service accounts of the TEE. Empty: any that the condition names. */
  readonly serviceAccounts: readonly string[];
  /** Digests that may receive the key; undefined: any that the condition names. */
  readonly digests: readonly string[] | undefined;
  /** Values of `hwmodel` that may receive the key; undefined: any memory encryption. */
  readonly hardware?: readonly string[] | undefined;
}

export interface Breach {
  /** Claim that the condition does not hold. */
  readonly claim: string;
  /** What an attacker gains, in one clause. */
  readonly gain: string;
  /** A token that the condition admits; null when only the possibility is known. */
  readonly token: Token | null;
}

export type Token = { readonly [claim: string]: Scalar | readonly string[] | Token };

export interface ConditionProof {
  /** `closed`: only approved tokens pass; `open`: the breaches' tokens pass; `unknown`: a breach cannot be excluded. */
  readonly verdict: 'closed' | 'open' | 'unknown';
  /** Those with a token first. Where it is unknown: every claim that may not be held, or none where nothing was decided. */
  readonly breaches: readonly Breach[];
  /** Why it is unknown. */
  readonly reason: string;
}

interface Requirement {
  readonly path: string;
  readonly good: readonly Claim[];
  readonly bad: readonly Claim[];
  readonly gain: string;
}

/** Values of `hwmodel` per confidential type; documentation and tokens differ for TDX. */
export const HARDWARE: Readonly<Record<string, readonly string[]>> = { TDX: ['GCP_INTEL_TDX', 'INTEL_TDX'], SEV: ['GCP_AMD_SEV', 'GCP_AMD_SEV_ES'], SEV_SNP: ['GCP_AMD_SEV_SNP'] };
const TEE_HARDWARE = ['GCP_INTEL_TDX', 'INTEL_TDX', 'GCP_AMD_SEV', 'GCP_AMD_SEV_ES', 'GCP_AMD_SEV_SNP'];

/** Evaluations after which the search for one breach gives up and answers unknown. */
const BUDGET = 4_000;
/** Expressions evaluated in that search after which it gives up: lists inside lists multiply. */
const WORK = 1_000_000;
/** Concrete tokens tried per breach, and per class of tokens. */
const TRIES = 240;
const TRIES_PER_CLASS = 24;

function requirementsOf(expression: Expression, approved: Approved): readonly Requirement[] {
  const used = (path: string): string[] => literalsWith(expression, path);
  const text = (path: string, good: readonly string[] | undefined, gain: string, worst: readonly string[] = []): Requirement => {
    const named = used(path);
    const allowed = good ?? named;
    return {
      path,
      gain,
      good: allowed.map(scalar),
      bad: [...[...new Set([...worst, ...named])].filter((value) => !allowed.includes(value)).map(scalar), { kind: 'fresh', path }, ABSENT],
    };
  };
  const member = (path: string, good: readonly string[], gain: string): Requirement => ({
    path,
    gain,
    good: good.map((value) => someList(path, [value], [])),
    bad: [someList(path, [], good), EMPTY_LIST, ABSENT],
  });
  const override = (path: string, some: Claim, none: Claim, gain: string): Requirement => ({ path, gain, good: [ABSENT, none], bad: [some] });
  const accounts = approved.serviceAccounts.length > 0 ? approved.serviceAccounts : used('google_service_accounts').filter((email) => email.includes('@'));
  return [
    text('swname', ['CONFIDENTIAL_SPACE'], 'a VM that runs no Confidential Space gets the key: its operator is root and reads it', ['GCE']),
    text('dbgstat', ['disabled-since-boot'], 'a debug image gets the key: its operator logs in and reads it', ['enabled']),
    {
      path: 'secboot', gain: 'a VM with a modified boot chain gets the key', good: [scalar(true)],
      bad: [scalar(false), ...used('secboot').map(scalar), ABSENT],
    },
    member('submods.confidential_space.support_attributes', ['STABLE'], 'an image that Google has withdrawn or not released gets the key, with its known holes'),
    approved.hardware
      ? text('hwmodel', approved.hardware, 'a VM without the memory encryption that the workload file declares gets the key', ['GCP_SHIELDED_VM', ...TEE_HARDWARE])
      : text('hwmodel', TEE_HARDWARE, 'a shielded VM without memory encryption gets the key: the host reads it', ['GCP_SHIELDED_VM']),
    text('submods.gce.project_id', approved.project === undefined ? undefined : [approved.project], 'any Google Cloud customer who runs the image in a project of their own gets the key'),
    text('submods.gce.project_number', approved.projectNumber === undefined ? undefined : [approved.projectNumber], 'any Google Cloud customer who runs the image in a project of their own gets the key'),
    member('google_service_accounts', accounts, 'a VM under any identity of the project gets the key'),
    text('submods.container.image_digest', approved.digests, 'a container that nobody approved gets the key'),
    override('submods.container.cmd_override', someList('submods.container.cmd_override', [], []), EMPTY_LIST, 'an operator who replaces the command of the approved image gets the key'),
    override('submods.container.env_override', { kind: 'map', empty: false }, { kind: 'map', empty: true }, 'an operator who changes the environment of the approved image gets the key'),
  ];
}

/** String literals in any comparison or call that the claim takes part in. */
function literalsWith(expression: Expression, path: string): string[] {
  const found = new Set<string>();
  for (const part of inside(expression)) {
    if (part.kind !== 'binary' && part.kind !== 'call') continue;
    if (part.kind === 'binary' && (part.operator === '&&' || part.operator === '||')) continue;
    let mentions = false;
    const literals: string[] = [];
    for (const inner of inside(part)) {
      if (claimPath(inner) === path) mentions = true;
      if (inner.kind === 'literal' && typeof inner.value === 'string') literals.push(inner.value);
      const [pattern] = inner.kind === 'call' && inner.name === 'matches' ? inner.args : [];
      if (pattern?.kind === 'literal' && typeof pattern.value === 'string') literals.push(...(patternOf(pattern.value)?.texts ?? []));
    }
    if (mentions) for (const literal of literals) found.add(literal);
  }
  return [...found];
}

/** One way in which claims are fixed, and the condition evaluated under it. */
class Evaluation {
  private steps = 0;
  private work = 0;
  private readonly patterns = new Map<string, ReturnType<typeof patternOf>>();
  readonly paths: readonly string[];
  private readonly literals = new Map<string, readonly string[]>();
  private readonly domains = new Map<string, readonly Claim[]>();

  constructor(
    private readonly expression: Expression,
    requirements: readonly Requirement[],
  ) {
    const mentioned = new Set<string>();
    for (const part of inside(expression)) {
      const path = claimPath(part);
      if (path !== undefined && Object.hasOwn(CLAIM_TYPES, path)) mentioned.add(path);
    }
    this.paths = [...mentioned];
    for (const path of mentioned) {
      const literals = literalsWith(expression, path);
      this.literals.set(path, literals);
      const requirement = requirements.find((candidate) => candidate.path === path);
      this.domains.set(path, requirement ? [...requirement.good, ...requirement.bad] : this.freeDomain(path, literals));
    }
  }

  private freeDomain(path: string, literals: readonly string[]): readonly Claim[] {
    const type = CLAIM_TYPES[path];
    if (typeof type === 'object') return type.map(scalar);
    switch (type) {
      case 'boolean':
        return [scalar(true), scalar(false), ABSENT];
      case 'list':
        return [someList(path, [], []), EMPTY_LIST, ABSENT];
      case 'map':
        return [{ kind: 'map', empty: false }, { kind: 'map', empty: true }, ABSENT];
      default:
        return [{ kind: 'fresh', path }, ...literals.map(scalar), ABSENT];
    }
  }

  /** String literals used with a claim. */
  literalsOf(path: string): readonly string[] {
    return this.literals.get(path) ?? [];
  }

  get exhausted(): boolean {
    return this.steps > BUDGET || this.work > WORK;
  }

  /** Classes of tokens under the fixed claims for which the condition may hold. */
  *admitted(fixed: ReadonlyMap<string, Claim>, exclude: (path: string, claim: Claim) => boolean): Iterable<ReadonlyMap<string, Claim>> {
    if (this.exhausted || !this.outcomes(fixed).includes(TRUE)) return;
    const next = this.paths.find((path) => !fixed.has(path));
    if (next === undefined) {
      yield fixed;
      return;
    }
    for (const claim of this.domains.get(next) ?? []) {
      if (!exclude(next, claim)) yield* this.admitted(new Map(fixed).set(next, claim), exclude);
    }
  }

  /** Whether every outcome under exact claims is true. */
  holds(claims: ReadonlyMap<string, Claim>): boolean {
    const outcomes = this.outcomes(claims);
    return outcomes.length === 1 && outcomes[0] === TRUE;
  }

  /** Whether the condition holds for some tokens of a class, for none, or for nobody knows which. */
  verdict(claims: ReadonlyMap<string, Claim>): 'yes' | 'no' | 'unknown' {
    const outcomes = this.outcomes(claims);
    return !outcomes.includes(TRUE) ? 'no' : outcomes.length === 1 ? 'yes' : 'unknown';
  }

  private outcomes(claims: ReadonlyMap<string, Claim>): readonly Abstract[] {
    this.steps += 1;
    return truth(this.evaluate(this.expression, claims, NO_SCOPE));
  }

  private evaluate(expression: Expression, claims: ReadonlyMap<string, Claim>, scope: Scope): readonly Abstract[] {
    this.work += 1;
    if (this.work > WORK) return [ANY];
    const path = claimPath(expression);
    if (path !== undefined) return this.claim(path, claims);
    switch (expression.kind) {
      case 'literal':
        return [typeof expression.value === 'boolean' ? (expression.value ? TRUE : FALSE) : scalar(expression.value)];
      case 'list': {
        const items = expression.items.map((item) => this.evaluate(item, claims, scope));
        const list: Abstract = { kind: 'literals', items };
        return items.some((item) => item.some(({ kind }) => kind === 'error' || kind === 'any')) ? [list, ERROR] : [list];
      }
      case 'identifier':
        return scope.get(expression.name) ?? [ANY];
      case 'map':
        return [expression.empty ? { kind: 'map', empty: true } : ANY];
      case 'index': {
        const from = this.evaluate(expression.from, claims, scope);
        return each(this.evaluate(expression.at, claims, scope), (at) => each(from, (list) => this.position(list, at)));
      }
      case 'unary': {
        const of = this.evaluate(expression.of, claims, scope);
        if (expression.operator === '-') return of.flatMap((value) => (value.kind === 'scalar' && typeof value.value === 'number' ? [scalar(-value.value)] : [ANY]));
        return truth(of).map((value) => (value === TRUE ? FALSE : value === FALSE ? TRUE : ERROR));
      }
      case 'binary': {
        const left = this.evaluate(expression.left, claims, scope);
        const right = this.evaluate(expression.right, claims, scope);
        if (expression.operator === '&&') return junction(truth(left), truth(right), FALSE);
        if (expression.operator === '||') return junction(truth(left), truth(right), TRUE);
        return each(left, (a) => each(right, (b) => this.binary(expression.operator, a, b)));
      }
      case 'conditional':
        return each(truth(this.evaluate(expression.test, claims, scope)), (test) =>
          test === ERROR ? [ERROR] : this.evaluate(test === TRUE ? expression.chosen : expression.otherwise, claims, scope));
      case 'call':
        return this.call(expression, claims, scope);
      default:
        // Members of anything but the assertion, bytes: not represented.
        return [ANY];
    }
  }

  private claim(path: string, claims: ReadonlyMap<string, Claim>): readonly Abstract[] {
    const claim = claims.get(path);
    if (claim) return [claim.kind === 'absent' ? ERROR : truthful(claim)];
    const domain = this.domains.get(path);
    return domain ? domain.map((value) => (value.kind === 'absent' ? ERROR : truthful(value))) : [ANY];
  }

  private call(expression: Extract<Expression, { kind: 'call' }>, claims: ReadonlyMap<string, Claim>, scope: Scope): readonly Abstract[] {
    const { name, on, args } = expression;
    const [first, second] = args;
    if (on && first?.kind === 'identifier' && second && args.length === 2 && MACROS.has(name)) {
      const body = (value: readonly Abstract[]): readonly Abstract[] => this.evaluate(second, claims, new Map(scope).set(first.name, value));
      return each(this.evaluate(on, claims, scope), (range) => this.macro(name, range, body, second.kind === 'identifier' && second.name === first.name));
    }
    if (name === 'has' && on === null && first && args.length === 1) {
      const path = claimPath(first);
      const domain = path === undefined ? undefined : claims.has(path) ? [claims.get(path) as Claim] : this.domains.get(path);
      return domain ? unique(domain.map((claim) => (claim.kind === 'absent' ? FALSE : TRUE))) : UNDECIDED;
    }
    const subject = on ?? first;
    if (name === 'size' && subject && (on ? args.length === 0 : args.length === 1)) return each(this.evaluate(subject, claims, scope), sizeOf);
    if (on && first && args.length === 1 && (name === 'startsWith' || name === 'endsWith' || name === 'contains')) {
      return each(this.evaluate(on, claims, scope), (text) => each(this.evaluate(first, claims, scope), (part) => stringTest(name, text, part)));
    }
    const [text, pattern] = on ? [on, first] : [first, second];
    if (name === 'matches' && text && pattern?.kind === 'literal' && typeof pattern.value === 'string' && args.length === (on ? 1 : 2)) {
      const source = pattern.value;
      return each(this.evaluate(text, claims, scope), (value) => this.matches(value, source));
    }
    if (on === null && first && args.length === 1 && (name === 'string' || name === 'int')) {
      return each(this.evaluate(first, claims, scope), (value) =>
        value.kind === 'scalar' ? convert(name, value.value) : value.kind === 'error' ? [ERROR] : value.kind === 'fresh' && name === 'string' ? [value] : [ANY, ERROR]);
    }
    return [ANY];
  }

  /** What stands in a list: the elements that are known, and what further ones may be. Undefined: no list that is represented. */
  private elements(range: Abstract): { readonly known: readonly (readonly Abstract[])[]; readonly further: readonly Abstract[] | null } | undefined {
    if (range.kind === 'literals') return { known: range.items, further: null };
    if (range.kind === 'map') return range.empty ? { known: [], further: null } : undefined;
    if (range.kind !== 'list') return undefined;
    const known = range.members.map((member) => [scalar(member)]);
    if (range.exact || range.empty) return { known, further: null };
    const named = this.literalsOf(range.path).filter((text) => !range.without.includes(text));
    return { known, further: [...named.map(scalar), { kind: 'fresh', path: range.path, element: true }] };
  }

  private position(list: Abstract, at: Abstract): readonly Abstract[] {
    if (list.kind === 'error' || at.kind === 'error') return [ERROR];
    const elements = this.elements(list);
    if (!elements || list.kind === 'map' || at.kind !== 'scalar' || typeof at.value !== 'number') return [ANY, ERROR];
    const { known, further } = elements;
    // Where an element stands is known in exact lists only.
    return further ? [...known.flat(), ...further, ERROR] : Number.isInteger(at.value) ? (known[at.value] ?? [ERROR]) : [ANY, ERROR];
  }

  private macro(name: string, range: Abstract, body: (value: readonly Abstract[]) => readonly Abstract[], identity: boolean): readonly Abstract[] {
    if (range.kind === 'error' || range.kind === 'scalar' || range.kind === 'fresh' || range.kind === 'size') return [ERROR];
    const elements = this.elements(range);
    if (!elements) return name === 'map' || name === 'filter' ? [ANY, ERROR] : UNDECIDED;
    const { known, further } = elements;
    if (name === 'map') return identity ? [range] : further ? [ANY, ERROR] : [{ kind: 'literals', items: known.map((element) => body(element)) }];
    const outcomes = known.map((element) => truth(body(element)));
    const others = further && truth(each(further, (value) => body([value])));
    if (name === 'all' || name === 'exists') {
      const absorbing = name === 'all' ? FALSE : TRUE;
      let result: readonly Abstract[] = [name === 'all' ? TRUE : FALSE];
      for (const outcome of outcomes) result = junction(result, outcome, absorbing);
      if (!others) return result;
      // At least one element; two further ones reach every outcome that more would.
      const one = junction(result, others, absorbing);
      const least = known.length > 0 ? unique([...result, ...one]) : one;
      return unique([...least, ...junction(least, others, absorbing)]);
    }
    const decided = (outcome: readonly Abstract[]): boolean => outcome.length === 1 && outcome[0] !== ERROR;
    if (!outcomes.every(decided) || (others && !(others.length === 1 && others[0] === FALSE))) return name === 'filter' ? [ANY, ERROR] : UNDECIDED;
    const chosen = known.filter((_, index) => outcomes[index]?.[0] === TRUE);
    return name === 'filter' ? [{ kind: 'literals', items: chosen }] : [chosen.length === 1 ? TRUE : FALSE];
  }

  private matches(value: Abstract, source: string): readonly Abstract[] {
    if (value.kind === 'error') return [ERROR];
    if (!this.patterns.has(source)) this.patterns.set(source, patternOf(source));
    const pattern = this.patterns.get(source);
    if (!pattern || value.kind === 'any') return UNDECIDED;
    if (value.kind === 'scalar') return typeof value.value === 'string' ? [pattern.test(value.value) ? TRUE : FALSE] : [ERROR];
    if (value.kind !== 'fresh') return [ERROR];
    return pattern.texts ? each(pattern.texts.map(scalar), (text) => this.equal(value, text)) : EITHER;
  }

  private binary(operator: Operator, a: Abstract, b: Abstract): readonly Abstract[] {
    if (a.kind === 'error' || b.kind === 'error') return [ERROR];
    switch (operator) {
      case '==':
        return this.equal(a, b);
      case '!=':
        // An older evaluator errors on unlike types where a newer one answers; both are covered.
        return this.equal(a, b).map((value) => (value === TRUE ? FALSE : value === FALSE ? TRUE : value));
      case 'in':
        return this.contained(a, b);
      case '<':
      case '<=':
      case '>':
      case '>=':
        return ordered(operator, a, b);
      default:
        return arithmetic(operator, a, b);
    }
  }

  private equal(a: Abstract, b: Abstract): readonly Abstract[] {
    if (a.kind === 'any' || b.kind === 'any') return UNDECIDED;
    if (a.kind === 'scalar' && b.kind === 'scalar') return typeof a.value === typeof b.value ? [a.value === b.value ? TRUE : FALSE] : [FALSE, ERROR];
    if (a.kind === 'fresh' && b.kind === 'fresh') return a.path === b.path && !a.element && !b.element ? [TRUE] : EITHER;
    if (a.kind === 'fresh' && b.kind === 'scalar') return this.equalFresh(a.path, b.value);
    if (b.kind === 'fresh' && a.kind === 'scalar') return this.equalFresh(b.path, a.value);
    if (a.kind === 'size' || b.kind === 'size') return a.kind === 'size' && b.kind === 'size' ? EITHER : sized('==', a, b);
    if (a.kind === 'list' && b.kind === 'literals') return this.listEquals(a, b.items);
    if (b.kind === 'list' && a.kind === 'literals') return this.listEquals(b, a.items);
    if (a.kind === 'map' && b.kind === 'map' && (a.empty || b.empty)) return [a.empty && b.empty ? TRUE : FALSE];
    return UNDECIDED;
  }

  private listEquals(list: Extract<Abstract, { kind: 'list' }>, items: readonly (readonly Abstract[])[]): readonly Abstract[] {
    if (items.some((item) => item.includes(ERROR))) return UNDECIDED;
    if (list.empty || items.length === 0) return [list.empty && items.length === 0 ? TRUE : FALSE];
    const elements = this.elements(list);
    if (!elements) return UNDECIDED;
    const { known, further } = elements;
    if (!further && known.length !== items.length) return [FALSE];
    let result: readonly Abstract[] = [TRUE];
    if (!further) known.forEach((element, index) => { result = junction(result, each(element, (a) => each(items[index] ?? [], (b) => this.equal(a, b))), FALSE); });
    // Each item must be an element, and each known element an item.
    else {
      for (const item of items) result = junction(result, each([...known.flat(), ...further], (a) => each(item, (b) => this.equal(a, b))), FALSE);
      for (const element of known) {
        let among: readonly Abstract[] = [FALSE];
        for (const item of items) among = junction(among, each(element, (a) => each(item, (b) => this.equal(a, b))), TRUE);
        result = junction(result, among, FALSE);
      }
      result = result.includes(TRUE) ? unique([...result, FALSE]) : result;
    }
    return result;
  }

  private equalFresh(path: string, value: Scalar): readonly Abstract[] {
    if (typeof value !== 'string') return [FALSE, ERROR];
    return this.literals.get(path)?.includes(value) ? [FALSE] : EITHER;
  }

  private contained(a: Abstract, b: Abstract): readonly Abstract[] {
    if (a.kind === 'any') return UNDECIDED;
    if (b.kind === 'literals') {
      let result: readonly Abstract[] = [FALSE];
      for (const item of b.items) result = junction(result, each(item, (value) => this.equal(a, value)).map((value) => (value === ERROR ? FALSE : value)), TRUE);
      return result;
    }
    if (b.kind === 'list') {
      if (b.empty) return [FALSE];
      if (a.kind !== 'scalar') return a.kind === 'fresh' ? EITHER : [FALSE, ERROR];
      if (typeof a.value !== 'string') return [FALSE, ERROR];
      if (b.members.includes(a.value)) return [TRUE];
      return b.exact || b.without.includes(a.value) ? [FALSE] : EITHER;
    }
    return b.kind === 'scalar' || b.kind === 'fresh' || b.kind === 'size' ? [ERROR] : UNDECIDED;
  }
}

/** Booleans are always the two constants, so that outcomes compare by identity. */
function truthful<Value extends Abstract>(value: Value): Abstract {
  return value.kind === 'scalar' && typeof value.value === 'boolean' ? (value.value ? TRUE : FALSE) : value;
}

function unique(values: readonly Abstract[]): readonly Abstract[] {
  return values.length < 2 ? values : [...new Set(values)];
}

function each(values: readonly Abstract[], map: (value: Abstract) => readonly Abstract[]): readonly Abstract[] {
  const [only] = values;
  return only && values.length === 1 ? map(only) : unique(values.flatMap(map));
}

/** The boolean outcomes of a value: true, false or an error. */
function truth(values: readonly Abstract[]): readonly Abstract[] {
  return each(values, (value) => (value === TRUE || value === FALSE ? [value] : value.kind === 'any' ? UNDECIDED : [ERROR]));
}

/** `&&` (absorbing false) and `||` (absorbing true): the absorbing side wins over an error on the other. */
function junction(left: readonly Abstract[], right: readonly Abstract[], absorbing: Abstract): readonly Abstract[] {
  return each(left, (a) => (a === absorbing ? [a] : each(right, (b) => [b === absorbing ? b : a === ERROR || b === ERROR ? ERROR : a])));
}

function sizeOf(value: Abstract): readonly Abstract[] {
  switch (value.kind) {
    case 'list':
      return value.exact || value.empty ? [scalar(value.empty ? 0 : value.members.length)] : [{ kind: 'size', least: Math.max(1, value.members.length) }];
    case 'map':
      return value.empty ? [scalar(0)] : [{ kind: 'size', least: 1 }];
    case 'literals':
      return [scalar(value.items.length)];
    case 'scalar':
      return typeof value.value === 'string' ? [scalar(Array.from(value.value).length)] : [ERROR];
    case 'fresh':
      return [{ kind: 'size', least: 0 }];
    case 'error':
      return [ERROR];
    default:
      return [ANY];
  }
}

function stringTest(name: 'startsWith' | 'endsWith' | 'contains', text: Abstract, part: Abstract): readonly Abstract[] {
  if (text.kind === 'error' || part.kind === 'error') return [ERROR];
  if (text.kind === 'any' || part.kind === 'any') return UNDECIDED;
  if (text.kind === 'scalar' && part.kind === 'scalar') {
    if (typeof text.value !== 'string' || typeof part.value !== 'string') return [ERROR];
    const found = name === 'startsWith' ? text.value.startsWith(part.value) : name === 'endsWith' ? text.value.endsWith(part.value) : text.value.includes(part.value);
    return [found ? TRUE : FALSE];
  }
  return text.kind === 'list' || text.kind === 'map' ? [ERROR] : EITHER;
}

function convert(name: 'string' | 'int', value: Scalar): readonly Abstract[] {
  // How a number is spelt depends on its type, which is not kept.
  if (name === 'string') return value === null ? [ERROR] : typeof value === 'number' ? [ANY] : [scalar(String(value))];
  if (typeof value === 'number') return [scalar(Math.trunc(value))];
  if (typeof value !== 'string') return [ERROR];
  // Evaluators differ over `+5`, and longer numbers are not represented.
  return /^-?\d{1,15}$/.test(value) ? [scalar(Number(value))] : [ANY, ERROR];
}

function ordered(operator: '<' | '<=' | '>' | '>=', a: Abstract, b: Abstract): readonly Abstract[] {
  if (a.kind === 'size' || b.kind === 'size') return sized(operator, a, b);
  if (a.kind !== 'scalar' || b.kind !== 'scalar') return UNDECIDED;
  const { value: x } = a;
  const { value: y } = b;
  if ((typeof x === 'number' && typeof y === 'number') || (typeof x === 'boolean' && typeof y === 'boolean')) return [compare(operator, Number(x) - Number(y)) ? TRUE : FALSE];
  // Code point order is not the order of UTF-16 units.
  return typeof x === 'string' && typeof y === 'string' ? (x === y ? [operator.endsWith('=') ? TRUE : FALSE] : EITHER) : [ERROR];
}

function compare(operator: '==' | '<' | '<=' | '>' | '>=', difference: number): boolean {
  switch (operator) {
    case '==':
      return difference === 0;
    case '<':
      return difference < 0;
    case '<=':
      return difference <= 0;
    case '>':
      return difference > 0;
    case '>=':
      return difference >= 0;
  }
}

/** Compares a size, known from below, with a number. */
function sized(operator: '==' | '<' | '<=' | '>' | '>=', a: Abstract, b: Abstract): readonly Abstract[] {
  const number = a.kind === 'scalar' ? a.value : b.kind === 'scalar' ? b.value : undefined;
  const size = a.kind === 'size' ? a : b.kind === 'size' ? b : undefined;
  if (typeof number !== 'number' || !size) return UNDECIDED;
  const sign = a.kind === 'size' ? 1 : -1;
  const smallest = compare(operator, sign * (size.least - number));
  const largest = compare(operator, sign * Number.POSITIVE_INFINITY);
  if (operator !== '==') return smallest === largest ? [smallest ? TRUE : FALSE] : EITHER;
  return number < size.least ? [FALSE] : EITHER;
}

function arithmetic(operator: Operator, a: Abstract, b: Abstract): readonly Abstract[] {
  if (operator === '+' && a.kind === 'scalar' && b.kind === 'scalar' && typeof a.value === 'string' && typeof b.value === 'string') return [scalar(a.value + b.value)];
  return [ANY];
}

/** A text for a claim that nothing names. */
function strangerFor(path: string): string {
  if (path.endsWith('image_digest')) return `sha256:${'9'.repeat(64)}`;
  if (path.endsWith('image_reference')) return `example.org/stranger@sha256:${'9'.repeat(64)}`;
  if (path.endsWith('number') || path.endsWith('_id')) return path.endsWith('project_id') ? 'stranger-project' : '999999999999';
  return `stranger-${path.split('.').at(-1) ?? ''}`;
}

/** Exact claims in the class, most telling first. */
function* exactClaims(claims: ReadonlyMap<string, Claim>, literals: (path: string) => readonly string[]): Iterable<ReadonlyMap<string, Claim>> {
  const options = [...claims].map(([path, claim]): readonly (readonly [string, Claim])[] => {
    if (claim.kind === 'fresh') {
      const named = literals(path);
      const stranger = strangerFor(path);
      const texts = [stranger, ...named.flatMap((text) => [`${text}x`, `x${text}`, `x${text}x`]), ''].filter((text) => !named.includes(text));
      return [...new Set(texts)].map((text) => [path, scalar(text)] as const);
    }
    if (claim.kind === 'list' && !claim.exact) {
      const others = literals(path).filter((text) => !claim.without.includes(text) && !claim.members.includes(text));
      const lists = [[...claim.members, ...others], [...claim.members], ...others.map((text) => [...claim.members, text]), [...claim.members, 'stranger']];
      return lists.filter((members) => members.length > 0).map((members) => [path, exactList(members)] as const);
    }
    return [[path, claim]];
  });
  let tries = 0;
  function* choose(index: number, chosen: ReadonlyMap<string, Claim>): Iterable<ReadonlyMap<string, Claim>> {
    const choices = options[index];
    if (!choices) {
      tries += 1;
      yield chosen;
      return;
    }
    for (const [path, claim] of choices) {
      if (tries >= TRIES_PER_CLASS) return;
      yield* choose(index + 1, new Map(chosen).set(path, claim));
    }
  }
  yield* choose(0, new Map());
}

function tokenOf(claims: ReadonlyMap<string, Claim>): Token {
  const token: Record<string, unknown> = {};
  for (const [path, claim] of claims) {
    if (claim.kind === 'absent') continue;
    const steps = path.split('.');
    let current = token;
    for (const step of steps.slice(0, -1)) current = (current[step] ??= {}) as Record<string, unknown>;
    current[steps.at(-1) as string] = claim.kind === 'scalar' ? claim.value : claim.kind === 'list' ? claim.members : claim.kind === 'map' ? (claim.empty ? {} : { STRANGER: '1' }) : '';
  }
  return token as Token;
}

/** Replaces `google.subject` and `attribute.x` by what the mapping derives them from. */
function inlined(expression: Expression, mapping: ReadonlyMap<string, Expression>): Expression {
  if (expression.kind === 'select' && expression.from.kind === 'identifier') {
    const mapped = mapping.get(`${expression.from.name}.${expression.field}`);
    if (mapped) return mapped;
  }
  if (expression.kind === 'index' && expression.from.kind === 'identifier' && expression.at.kind === 'literal') {
    const mapped = mapping.get(`${expression.from.name}.${String(expression.at.value)}`);
    if (mapped) return mapped;
  }
  const go = (inner: Expression): Expression => inlined(inner, mapping);
  switch (expression.kind) {
    case 'select':
      return { ...expression, from: go(expression.from) };
    case 'index':
      return { ...expression, from: go(expression.from), at: go(expression.at) };
    case 'call':
      return { ...expression, on: expression.on && go(expression.on), args: expression.args.map(go) };
    case 'list':
      return { ...expression, items: expression.items.map(go) };
    case 'unary':
      return { ...expression, of: go(expression.of) };
    case 'binary':
      return { ...expression, left: go(expression.left), right: go(expression.right) };
    case 'conditional':
      return { ...expression, test: go(expression.test), chosen: go(expression.chosen), otherwise: go(expression.otherwise) };
    default:
      return expression;
  }
}

export interface Admission {
  /** The provider's attribute condition; empty admits every token. */
  readonly condition: string;
  readonly mapping: Readonly<Record<string, string>>;
  /** A mapped attribute that the binding fixes: `attribute.image_digest` and its value. */
  readonly bound?: { readonly attribute: string; readonly value: string };
}

/** @throws CelError where the condition or a mapping is no expression that is read. */
function parsed({ condition, mapping }: Admission): { readonly expression: Expression; readonly mapping: ReadonlyMap<string, Expression> } {
  const mapped = new Map(Object.entries(mapping).map(([attribute, text]) => [attribute, scoped(parseCel(text))] as const));
  return { expression: inlined(scoped(parseCel(condition.trim() === '' ? 'true' : condition)), mapped), mapping: mapped };
}

/** An expression none of whose macro variables hides the assertion or an attribute. */
function scoped(expression: Expression): Expression {
  for (const part of inside(expression)) {
    const [variable] = part.kind === 'call' && part.on ? part.args : [];
    if (part.kind === 'call' && part.args.length > 1 && variable?.kind === 'identifier' && RESERVED.has(variable.name)) throw new CelError(`the variable '${variable.name}' of a macro hides the token`);
  }
  return expression;
}

/** Decides which tokens an admission lets through, against what is approved. */
export function proveCondition(admission: Admission, approved: Approved): ConditionProof {
  let expression: Expression;
  try {
    const read = parsed(admission);
    expression = read.expression;
    if (admission.bound) {
      const mapped = read.mapping.get(admission.bound.attribute);
      // Nobody has an attribute that is not mapped.
      if (!mapped) return { verdict: 'closed', breaches: [], reason: '' };
      expression = { kind: 'binary', operator: '&&', left: expression, right: { kind: 'binary', operator: '==', left: mapped, right: { kind: 'literal', value: admission.bound.value } } };
    }
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    return { verdict: 'unknown', breaches: [], reason: `the attribute condition or mapping is not read: ${error.message}` };
  }
  const requirements = requirementsOf(expression, approved);
  const breaches: Breach[] = [];
  let unsure = '';
  for (const requirement of requirements) {
    const found = breachOf(expression, requirement, requirements, approved);
    if (found === 'exhausted') unsure ||= `the search over ${requirement.path} exceeded its budget`;
    else if (found) breaches.push(found);
  }
  const open = breaches.filter(({ token }) => token !== null);
  if (open.length > 0) return { verdict: 'open', breaches: [...open, ...breaches.filter(({ token }) => token === null)], reason: '' };
  if (unsure) return { verdict: 'unknown', breaches: [], reason: unsure };
  const [maybe] = breaches;
  return maybe ? { verdict: 'unknown', breaches, reason: undecided(maybe) } : { verdict: 'closed', breaches: [], reason: '' };
}

/** Why it is unknown whether a claim is held. */
export function undecided({ claim, gain }: Breach): string {
  return `cannot decide whether the condition holds ${claim}, which it does with something that this proof does not model; if it does not, ${gain}`;
}

/** Whether the token of an approved workload with one digest passes an admission. */
export function admitsDigest(admission: Admission, approved: Approved, digest: string): 'yes' | 'no' | 'unknown' {
  try {
    const { expression } = parsed(admission);
    const requirements = requirementsOf(expression, { ...approved, digests: [digest] });
    const evaluation = new Evaluation(expression, requirements);
    const hardware = requirements.find(({ path }) => path === 'hwmodel')?.good ?? [];
    let best: 'yes' | 'no' | 'unknown' = 'no';
    for (const model of hardware) {
      const claims = new Map(requirements.flatMap(({ path, good: [usual] }) => (usual ? [[path, path === 'hwmodel' ? model : usual] as const] : [])));
      const found = evaluation.verdict(claims);
      if (found === 'yes') return 'yes';
      if (found === 'unknown') best = 'unknown';
    }
    return best;
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    return 'unknown';
  }
}

function breachOf(expression: Expression, requirement: Requirement, requirements: readonly Requirement[], approved: Approved): Breach | 'exhausted' | undefined {
  const evaluation = new Evaluation(expression, requirements);
  // A token's reference and digest name the same image: an approved reference is no way to another digest.
  const exclude = (path: string, claim: Claim): boolean =>
    requirement.path === 'submods.container.image_digest' && path === 'submods.container.image_reference' && claim.kind === 'scalar' &&
    typeof claim.value === 'string' && (approved.digests ?? []).some((digest) => String(claim.value).endsWith(`@${digest}`));
  let possible = false;
  let tries = 0;
  for (const bad of requirement.bad) {
    for (const claims of evaluation.admitted(new Map([[requirement.path, bad]]), exclude)) {
      possible = true;
      if (tries >= TRIES) break;
      for (const exact of exactClaims(claims, (path) => evaluation.literalsOf(path))) {
        tries += 1;
        if (!evaluation.holds(exact)) continue;
        const token = completed(exact, requirements);
        return { claim: requirement.path, gain: requirement.gain, token: tokenOf(token) };
      }
    }
  }
  if (possible) return { claim: requirement.path, gain: requirement.gain, token: null };
  return evaluation.exhausted ? 'exhausted' : undefined;
}

/** The token with every other required claim as an approved one has it. */
function completed(claims: ReadonlyMap<string, Claim>, requirements: readonly Requirement[]): ReadonlyMap<string, Claim> {
  const result = new Map(claims);
  for (const { path, good } of requirements) {
    const [usual] = good;
    if (usual && !result.has(path)) result.set(path, usual);
  }
  return result;
}
