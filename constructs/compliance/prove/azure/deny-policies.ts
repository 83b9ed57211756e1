/**
 * What a set of deny policies refuses, decided on requests: a request says of a resource what matters, and whoever makes
 * it chooses the rest (name, location, tags, settings that nobody mentions). It is refused if, whatever is chosen, some
 * policy denies it. Choices that no policy tells apart are one choice, so a handful decides.
 */
import { at, isList, isObject, type Value } from '../../model.js';

export interface DenyPolicy {
  readonly condition: Value;
  /** `All`, or `Indexed`, which looks at resources with tags and a location only. */
  readonly mode: string;
}

export interface Request {
  readonly type: string;
  /** Whether the type has tags and a location. */
  readonly tracked: boolean;
  /** Aliases in lower case to their value; null for a setting that is left out. */
  readonly fields: Readonly<Record<string, Value>>;
  /** Values that whoever makes the request does not get to choose, by alias. */
  readonly spared?: Readonly<Record<string, string>>;
}

type Answer = 'yes' | 'no' | 'unknown';
type Fields = ReadonlyMap<string, Value>;

/** More combinations of choices than this are not tried: the answer is unknown. */
const CHOICES = 4096;
const FRESH = '~any other~';

/** Whether a policy has anything to say about a request. */
export function concerns({ condition }: DenyPolicy, { type, fields }: Request): boolean {
  return holds(condition, new Map([...Object.entries(fields), ['type', type]])) !== 'no';
}

/** Whether some policy denies the request, whatever is chosen for what it leaves open. */
export function refuses(policies: readonly DenyPolicy[], request: Request): Answer {
  const own = new Map<string, Value>([...Object.entries(request.fields), ['type', request.type]]);
  const relevant = policies.filter(({ mode, condition }) => (/^all$/i.test(mode) || (request.tracked && /^indexed$/i.test(mode))) && holds(condition, own) !== 'no');
  const open = new Map<string, Set<Value>>();
  for (const { condition } of relevant) mentions(condition, (field, values) => { if (!own.has(field)) open.set(field, new Set([...(open.get(field) ?? [null, FRESH]), ...values])); });
  for (const [field, value] of Object.entries(request.spared ?? {})) for (const choice of open.get(field) ?? []) if (typeof choice === 'string' && choice.toLowerCase() === value.toLowerCase()) open.get(field)?.delete(choice);
  if ([...open.values()].reduce((product, choices) => product * choices.size, 1) > CHOICES) return 'unknown';
  let worst: Answer = 'yes';
  for (const chosen of combinations([...open], own)) {
    const answers = relevant.map(({ condition }) => holds(condition, chosen, true));
    if (answers.includes('yes')) continue;
    if (!answers.includes('unknown')) return 'no';
    worst = 'unknown';
  }
  return worst;
}

function* combinations(open: readonly (readonly [string, ReadonlySet<Value>])[], fields: Fields): Iterable<Fields> {
  const [first, ...rest] = open;
  if (!first) { yield fields; return; }
  for (const value of first[1]) yield* combinations(rest, new Map([...fields, [first[0], value]]));
}

/** Every field that a condition compares, with what it compares it to. */
function mentions(condition: Value, tell: (field: string, values: readonly Value[]) => void): void {
  if (isList(condition)) { for (const item of condition) mentions(item, tell); return; }
  if (!isObject(condition)) return;
  for (const name of ['allOf', 'anyOf', 'not']) if (condition[name] !== undefined) mentions(condition[name], tell);
  const field = fieldOf(condition);
  if (field === undefined) return;
  tell(field, Object.entries(condition).filter(([operator]) => operator in OPERATORS && operator !== 'exists').flatMap(([, operand]) => (isList(operand) ? operand : [operand])).filter((value) => typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number').map((value) => (typeof value === 'string' ? value.replaceAll('*', '') : value)));
}

const LAST_PART = /^\[last\(split\(field\('([^']+)'\), ?'\/'\)\)\]$/i;

function fieldOf(condition: { readonly [key: string]: Value }): string | undefined {
  const { field, value } = condition;
  if (typeof field === 'string') return field.includes('[*]') ? undefined : field.toLowerCase();
  const named = typeof value === 'string' ? (LAST_PART.exec(value) ?? /^\[field\('([^']+)'\)\]$/i.exec(value))?.[1] : undefined;
  return named?.toLowerCase();
}

const plain = (value: Value | undefined): string | undefined => (typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number' ? String(value).toLowerCase() : undefined);
const among = (actual: string | undefined, operand: Value): boolean => isList(operand) && operand.some((item) => plain(item) === actual && actual !== undefined);
const like = (actual: string | undefined, operand: Value): boolean => {
  const [before = '', after] = (plain(operand) ?? '').split('*');
  return actual !== undefined && (after === undefined ? actual === before : actual.length >= before.length + after.length && actual.startsWith(before) && actual.endsWith(after));
};
const OPERATORS: Readonly<Record<string, (actual: string | undefined, operand: Value) => boolean>> = {
  equals: (actual, operand) => actual !== undefined && actual === plain(operand),
  notEquals: (actual, operand) => actual !== plain(operand),
  in: among,
  notIn: (actual, operand) => !among(actual, operand),
  like,
  notLike: (actual, operand) => !like(actual, operand),
  contains: (actual, operand) => actual !== undefined && actual.includes(plain(operand) ?? '\0'),
  notContains: (actual, operand) => actual === undefined || !actual.includes(plain(operand) ?? '\0'),
  exists: (actual, operand) => (actual !== undefined) === (plain(operand) === 'true'),
};

/** Whether a condition holds of a request. What is open is unknown, unless everything has been chosen. */
function holds(condition: Value, fields: Fields, chosen = false): Answer {
  if (!isObject(condition)) return 'unknown';
  if (condition['allOf'] !== undefined || condition['anyOf'] !== undefined) {
    const every = condition['allOf'] !== undefined;
    const parts = condition[every ? 'allOf' : 'anyOf'];
    if (!isList(parts) || Object.keys(condition).length !== 1) return 'unknown';
    const answers = parts.map((part) => holds(part, fields, chosen));
    const [decisive, otherwise] = every ? ['no', 'yes'] as const : ['yes', 'no'] as const;
    return answers.includes(decisive) ? decisive : answers.includes('unknown') ? 'unknown' : otherwise;
  }
  if (condition['not'] !== undefined) {
    const inner = holds(condition['not'], fields, chosen);
    return inner === 'unknown' ? inner : inner === 'yes' ? 'no' : 'yes';
  }
  const field = fieldOf(condition);
  const operators = Object.keys(condition).filter((name) => name !== 'field' && name !== 'value');
  const [operator = ''] = operators;
  const judge = OPERATORS[operator];
  const operand = condition[operator];
  if (field === undefined || !judge || operators.length !== 1 || operand === undefined || (!chosen && !fields.has(field))) return 'unknown';
  if ((isList(operand) ? operand : [operand]).some((item) => plain(item) === undefined || /^\[(?!\[)/.test(plain(item) ?? '') || (plain(item) ?? '').split('*').length > 2)) return 'unknown';
  const actual = plain(fields.get(field));
  return judge(LAST_PART.test(typeof condition['value'] === 'string' ? condition['value'] : '') ? actual?.split('/').at(-1) : actual, operand) ? 'yes' : 'no';
}

/** The text of a policy's effect with its parameters filled in, from the assignment down to the default. */
export function effectOf(rule: Value, given: Value | undefined, declared: Value | undefined): string | undefined {
  const effect = at(rule, 'then.effect');
  if (typeof effect !== 'string') return undefined;
  const name = /^\[parameters\('([^']+)'\)\]$/i.exec(effect)?.[1];
  if (name === undefined) return effect.toLowerCase();
  const value = at(given, `${name}.value`) ?? at(declared, `${name}.defaultValue`);
  return typeof value === 'string' && !value.startsWith('[') ? value.toLowerCase() : undefined;
}
