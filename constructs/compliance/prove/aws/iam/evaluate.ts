import { and, type Atom, type ContextValue, domain, holds, or, type Truth } from './condition.js';
import { glob, hasWildcard } from './glob.js';
import { OWN_ACCOUNT, type PrincipalTerms, type Statement, type Terms } from './policy.js';

/** One class of callers, by a concrete representative. */
export interface Principal {
  /** What a witness names. */
  readonly name: string;
  readonly kind: 'role' | 'user' | 'root' | 'service' | 'federated';
  /** ARN that policies name; the service name of a service. */
  readonly arn: string;
  /** Null for services and federated callers. */
  readonly account: string | null;
  /** Statements of its identity policies; `any` when they are not in the artifact: it may hold whatever its account's IAM gives. */
  readonly identity: readonly Statement[] | 'any';
  readonly boundary: readonly Statement[] | null;
  /** True for a caller that stands for everybody of its kind, not for one that somebody named. */
  readonly anyone: boolean;
}

/** All that may decide one request on one key. */
export interface Policies {
  readonly account: string;
  readonly resourceArn: string;
  readonly resource: readonly Statement[];
}

/** Matches terms of Action or Resource. */
export function matchesTerms({ not, patterns }: Terms, text: string): Truth {
  const matched = or(patterns.map((pattern) => (pattern === null ? 'unknown' : glob(pattern, text))));
  return not ? (matched === 'unknown' ? 'unknown' : !matched) : matched;
}

/**
 * Resource terms against a resource that the artifact creates. A literal key id could be the id that the deployed key
 * has got, so it is not decidable.
 */
function matchesResource(terms: Terms, arn: string): Truth {
  const { not, patterns } = terms;
  const isKey = arn.includes(':kms:');
  const matched = or(patterns.map((pattern): Truth => (pattern === null ? 'unknown' : glob(pattern, arn) || (isKey && mayBecome(pattern, arn) ? 'unknown' : false))));
  return not ? (matched === 'unknown' ? 'unknown' : !matched) : matched;
}

const LITERAL_KEY = /^(arn:[^:]*:kms:[^:]*:[^:]*:)?(key|alias)\/[^$*?]+$/;
const PART_OF_ID = /^[^$/]*\/[^/$]*[*?]/;

/** Whether a pattern names a key id, or a part of one (`key/12*`), that the deployed key may get. */
const mayBecome = (pattern: string, arn: string): boolean => LITERAL_KEY.test(pattern) || (PART_OF_ID.test(pattern) && glob(pattern.slice(0, pattern.indexOf('/') + 1), arn.slice(0, arn.indexOf('/') + 1)));

/**
 * How a resource policy's Principal admits a caller: by name (or `*`), through its account, not at all. `uncapped`: the
 * caller's permissions boundary and session policy do not limit what it allows, which IAM documents for a user, for a
 * session and for `*`, and not for a role.
 */
type Admission = { readonly direct: Truth; readonly delegated: Truth; readonly uncapped: Truth };
const NOBODY: Admission = { direct: false, delegated: false, uncapped: false };
const byName = (direct: Truth, uncapped: boolean): Admission => ({ direct, delegated: false, uncapped: uncapped && direct });
const ANYBODY = byName(true, false);

/** The account of an entry that stands for an account: 12 digits or its root ARN. */
export function accountOf(entry: string): string | undefined {
  if (/^\d{12}$/.test(entry) || entry === OWN_ACCOUNT) return entry;
  return /^arn:[^:]*:iam::([^:]*):root$/.exec(entry)?.[1];
}

function admits(terms: PrincipalTerms | null, caller: Principal, question: Question): Admission {
  if (terms === null) return byName(true, false);
  const each = terms.entries.map(({ kind, value }): Admission => {
    if (kind === 'unknown' || value === null) return byName('unknown', true);
    // Whether `{ AWS: "*" }` speaks of services is not documented: an Allow may, and no Deny surely does. A Deny written so
    // is not a lost guard, though: where guards are counted no service is allowed anything.
    if (value === '*') return byName(kind === 'AWS' && caller.kind === 'service' && !question.allowAll ? 'unknown' : true, true);
    switch (kind) {
      case 'Service': return byName(caller.kind === 'service' && caller.arn === value, true);
      case 'Federated': return byName(caller.kind === 'federated' && caller.arn === value, true);
      case 'CanonicalUser': return NOBODY;
      default: {
        if (caller.kind === 'service' || caller.kind === 'federated') return NOBODY;
        const account = accountOf(value);
        if (account !== undefined) return account !== caller.account ? NOBODY : caller.kind === 'root' ? byName(true, true) : { direct: false, delegated: true, uncapped: false };
        if (hasWildcard(value)) return byName(glob(value, caller.arn) ? 'unknown' : false, true);
        if (value === caller.arn) return byName(true, caller.kind !== 'role');
        return byName(roleOfSession(value) === caller.arn, true);
      }
    }
  });
  const direct = or(each.map((one) => one.direct));
  const delegated = or(each.map((one) => one.delegated));
  if (!terms.not) return { direct, delegated, uncapped: or(each.map((one) => one.uncapped)) };
  // NotPrincipal with an account alone: whether it exempts the account's roles is not documented for every case.
  const listed = or([direct, delegated === true ? 'unknown' : delegated]);
  return byName(listed === 'unknown' ? 'unknown' : !listed, true);
}

/** A session can be opened with any name, so an entry for one session admits whoever holds the role. */
export function roleOfSession(arn: string): string | undefined {
  const match = /^arn:([^:]*):sts::([^:]*):assumed-role\/([^/]+)\//.exec(arn);
  return match ? `arn:${match[1]}:iam::${match[2]}:role/${match[3]}` : undefined;
}

/** A statement that concerns one caller, action and resource: what remains is its conditions. */
export interface Applied {
  readonly label: string;
  readonly where: 'resource' | 'identity' | 'boundary';
  readonly deny: boolean;
  /** Whether Effect, Action, Resource and (for a Deny) Principal match. */
  readonly applies: Truth;
  readonly admission: Admission;
  readonly conditions: readonly Atom[];
}

function apply(statement: Statement, where: Applied['where'], caller: Principal, action: string, resourceArn: string, question: Question): Applied[] {
  const named = matchesTerms(statement.action, action);
  if (named === false) return [];
  const base = and([named, where === 'resource' && statement.resource.patterns.length === 0 ? true : matchesResource(statement.resource, resourceArn)]);
  if (base === false) return [];
  const admission = where === 'resource' ? admits(statement.principal, caller, question) : ANYBODY;
  const { label, conditions } = statement;
  const effects: readonly { readonly deny: boolean; readonly certain: boolean }[] =
    statement.effect === 'unknown' ? [{ deny: false, certain: false }, { deny: true, certain: false }] : [{ deny: statement.effect === 'Deny', certain: true }];
  return effects.flatMap(({ deny, certain }) => {
    // A Deny that names an account hits everybody in it.
    const applies = and([base, or([admission.direct, admission.delegated]), certain ? true : 'unknown']);
    return applies === false ? [] : [{ label, where, deny, applies, admission, conditions }];
  });
}

/** What the search may leave out: the guards are counted by asking what happens without the others. */
export interface Question {
  /** True: take every request as allowed, so that only Deny statements stop it. */
  readonly allowAll?: boolean;
  /** True: leave out Deny statements. */
  readonly ignoreDeny?: boolean;
}

/** Context keys whose values the caller, the attestation or the action fix; others the caller chooses. */
export type FixedContext = ReadonlyMap<string, ContextValue>;

export interface Request {
  readonly caller: Principal;
  readonly action: string;
  readonly fixed: FixedContext;
}

export interface Found {
  readonly context: ReadonlyMap<string, ContextValue>;
  readonly via: string;
}

/** Deterministic work limit: a count of statements evaluated, not of seconds. */
export class Budget {
  constructor(private left: number) {}
  get spent(): boolean {
    return this.left <= 0;
  }
  take(statements: number): boolean {
    this.left -= 1 + statements;
    return this.left > 0;
  }
}

/** What is the same for every context of one caller and action: the statements that concern them and the classes of each key. */
export interface Prepared {
  readonly applied: readonly Applied[];
  readonly atoms: ReadonlyMap<string, readonly Atom[]>;
  readonly domains: Map<string, ReturnType<typeof domain>>;
  /** No context can make it succeed: a Deny without conditions hits it, or no Allow concerns it. */
  readonly never: boolean;
}

export function prepare(policies: Policies, caller: Principal, action: string, question: Question = {}): Prepared {
  const name = action.toLowerCase();
  const applied = [
    ...policies.resource.flatMap((one) => apply(one, 'resource', caller, name, policies.resourceArn, question)),
    ...(caller.identity === 'any' ? [] : caller.identity.flatMap((one) => apply(one, 'identity', caller, name, policies.resourceArn, question))),
    ...(caller.boundary ?? []).flatMap((one) => apply(one, 'boundary', caller, name, policies.resourceArn, question)),
  ].filter(({ deny }) => (deny ? !question.ignoreDeny : !question.allowAll));
  const atoms = new Map<string, Atom[]>();
  for (const { conditions } of applied) for (const one of conditions) {
    const list = atoms.get(one.key);
    if (list) list.push(one);
    else atoms.set(one.key, [one]);
  }
  const never = applied.some(({ deny, applies, conditions }) => deny && applies === true && conditions.length === 0)
    || (!question.allowAll && !applied.some(({ deny, where }) => !deny && where === 'resource'));
  return { applied, atoms, domains: new Map(), never };
}

/**
 * Searches every class of context for one in which the request succeeds.
 * `certain`: succeeds whatever the undecidable parts turn out to be. `possible`: succeeds for some reading of them.
 * Null in `possible` mode is a proof that the request never succeeds (unless the budget is spent or a domain incomplete).
 */
export function search(policies: Policies, request: Request, question: Question, mode: 'certain' | 'possible', budget: Budget, notes: Set<string>, prepared = prepare(policies, request.caller, request.action, question)): Found | null {
  const { caller } = request;
  const { applied } = prepared;
  if (prepared.never) return null;

  const domains = [...prepared.atoms].map(([key, list]) => {
    if (request.fixed.has(key)) return { key, values: [request.fixed.get(key)] };
    let known = prepared.domains.get(key);
    if (!known) prepared.domains.set(key, (known = domain(key, list)));
    if (!known.complete) notes.add(`too many wildcards or values on ${key} to try them all`);
    return { key, values: known.values };
  }).sort((one, other) => one.values.length - other.values.length);

  const context = new Map<string, ContextValue>();
  const assigned = new Set<string>();
  /** Truth of a statement's conditions under the keys assigned so far. */
  const truth = ({ applies, conditions }: Applied): { readonly value: Truth; readonly open: boolean } => {
    let value: Truth = applies;
    let open = false;
    for (const one of conditions) {
      if (!assigned.has(one.key)) {
        open = true;
        continue;
      }
      value = and([value, holds(one, context.get(one.key))]);
      if (value === false) return { value, open: false };
    }
    return { value, open };
  };
  const yes = (value: Truth): boolean => value === true || (mode === 'possible' && value === 'unknown');
  const stops = (value: Truth): boolean => value === true || (mode === 'certain' && value === 'unknown');

  const granted = (): string | null => {
    if (question.allowAll) return 'no Deny applies';
    const open = (where: Applied['where']): Applied[] => applied.filter((one) => {
      if (one.deny || one.where !== where) return false;
      const { value } = truth(one);
      return yes(value);
    });
    const boundary = caller.boundary === null || open('boundary').length > 0;
    const identity = caller.identity === 'any' ? `${caller.name}'s own IAM policy` : open('identity')[0]?.label;
    const resource = open('resource');
    const same = caller.account === policies.account;
    const direct = resource.find((one) => yes(one.admission.direct));
    const delegated = resource.find((one) => yes(one.admission.delegated));
    const free = caller.account === null || (caller.kind === 'root' && same);
    const uncapped = boundary ? direct : resource.find((one) => yes(one.admission.uncapped));
    if (direct && free) return direct.label;
    if (uncapped && same) return uncapped.label;
    if (direct && !same && identity && boundary) return direct.label;
    if (delegated && identity && boundary) return `${delegated.label} with ${identity}`;
    return null;
  };

  const step = (index: number): string | null => {
    if (!budget.take(applied.length)) return null;
    for (const one of applied) {
      if (!one.deny) continue;
      const { value, open } = truth(one);
      if (!open && stops(value)) return null;
    }
    // Open atoms count as met here, so this only cuts branches in which no Allow can apply any more.
    const via = granted();
    if (via === null) return null;
    const next = domains[index];
    if (next === undefined) return via;
    assigned.add(next.key);
    for (const value of next.values) {
      context.set(next.key, value);
      const found = step(index + 1);
      if (found !== null) return found;
    }
    assigned.delete(next.key);
    context.delete(next.key);
    return null;
  };
  const via = step(0);
  return via === null ? null : { context: new Map(context), via };
}
