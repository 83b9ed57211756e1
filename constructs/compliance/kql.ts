/**
 * The part of Kusto that alerts are written in, decided on one record: does the query return it? Tables, unions, `where`
 * and operators that keep a row; anything else is not decided. A pure function of text and record.
 */

/** What is known of a column: its value, words that it holds, values that it has not, or for a time how many minutes ago it may be. */
export type Known = string | number | boolean | { readonly has: string } | { readonly not: readonly string[] } | { readonly age: number };

/** A row of a table. Columns that are not listed may hold anything. */
export interface LogRecord {
  readonly table: string;
  readonly columns: Readonly<Record<string, Known>>;
  /** Columns that say who it was, when that may be anybody: a query that returns some people only does not return it. */
  readonly anybody?: readonly string[];
}

/** Yes, no, or not decided. */
type Answer = boolean | undefined;
/** A term of a predicate; undefined for what is not known. */
type Term = Known | undefined;

interface Token {
  readonly kind: 'text' | 'number' | 'word' | 'sign';
  readonly value: string;
}

class Undecided extends Error {}

const TOKEN = /\s+|\/\/[^\n]*|@?"((?:[^"\\]|\\.)*)"|@?'((?:[^'\\]|\\.)*)'|(\d+(?:\.\d+)?[a-z]*)|([A-Za-z_][\w-]*~?)|(!(?:in~?|[a-z_]+)|[=!<>]=|=~|!~|\.\.|[^\s])/gy;
/** Longest query that is read; longer ones are not decided. */
const LONGEST = 20_000;
const DEEPEST = 50;

/**
 * Whether a query asks for everything that another one does: the same words, or more values in its lists of alternatives.
 * False where that is not certain.
 */
export function asksAsMuch(fresh: string, old: string): boolean {
  let [before, after]: (readonly Token[])[] = [[], []];
  try {
    [before, after] = [tokens(old), tokens(fresh)];
  } catch (error) {
    if (error instanceof Undecided) return false;
    throw error;
  }
  const same = (a: Token | undefined, b: Token | undefined): boolean => a?.kind === b?.kind && a?.value === b?.value;
  // A list in a negation, or in what is left out, counted or chosen by, may ask for less when it grows.
  const negated = after.some(({ kind, value }) => kind !== 'text' && /^(not|false|join|lookup|iff|iif|case|!.+)$/i.test(value) && value !== '!=' && value !== '!~');
  let [at, list]: [number, boolean] = [0, false];
  for (let index = 0; index < after.length; index++) {
    const token = after[index];
    if (same(token, before[at])) {
      if (token?.value === '(') list = /^(in~?|has_any)$/i.test(after[index - 1]?.value ?? '');
      if (token?.value === ')') list = false;
      at++;
    } else if (list && !negated && (token?.kind === 'text' || token?.value === ',')) continue;
    else return false;
  }
  return at === before.length;
}

/** Whether a query returns a record; undefined where that is not decided. */
export function returns(query: string, record: LogRecord): Answer {
  const answer = decide(query, record);
  if (answer !== undefined || !record.anybody) return answer;
  // Somebody whom no query names.
  const stranger = decide(query, { ...record, columns: { ...record.columns, ...Object.fromEntries(record.anybody.map((name) => [name, '\u0000'])) } });
  return stranger === false ? false : undefined;
}

function decide(query: string, record: LogRecord): Answer {
  try {
    const reader = new Reader(tokens(query));
    const answer = pipeline(reader, record, 0).there;
    if (reader.peek()?.value === ';') reader.take();
    return reader.peek() ? undefined : answer;
  } catch (error) {
    if (error instanceof Undecided) return undefined;
    throw error;
  }
}

function tokens(query: string): Token[] {
  if (query.length > LONGEST) throw new Undecided();
  const found: Token[] = [];
  for (const [all, double, single, number, word, sign] of query.matchAll(TOKEN)) {
    const text = double ?? single;
    if (text !== undefined) found.push({ kind: 'text', value: all.startsWith('@') ? text : text.replace(/\\(.)/g, '$1') });
    else if (number !== undefined) found.push({ kind: 'number', value: number });
    else if (word !== undefined) found.push({ kind: 'word', value: word });
    else if (sign !== undefined) found.push({ kind: 'sign', value: sign });
  }
  return found;
}

class Reader {
  private index = 0;

  constructor(private readonly all: readonly Token[]) {}

  peek(ahead = 0): Token | undefined {
    return this.all[this.index + ahead];
  }

  take(): Token {
    const token = this.all[this.index++];
    if (!token) throw new Undecided();
    return token;
  }

  /** Takes a token if it is this one, case aside. */
  skip(value: string): boolean {
    const token = this.peek();
    if (!token || token.kind === 'text' || token.value.toLowerCase() !== value) return false;
    this.index++;
    return true;
  }

  expect(value: string): void {
    if (!this.skip(value)) throw new Undecided();
  }
}

interface Rows {
  readonly there: Answer;
  readonly columns: LogRecord['columns'];
}

function pipeline(reader: Reader, record: LogRecord, depth: number): Rows {
  if (depth > DEEPEST) throw new Undecided();
  let rows: Rows = { there: source(reader, record, depth), columns: record.columns };
  while (reader.skip('|')) rows = operator(reader, rows, depth);
  return rows;
}

function source(reader: Reader, record: LogRecord, depth: number): Answer {
  if (reader.skip('(')) {
    const { there } = pipeline(reader, record, depth + 1);
    reader.expect(')');
    return there;
  }
  if (reader.skip('union')) {
    while (reader.peek(1)?.value === '=') { reader.take(); reader.take(); reader.take(); }
    const answers = [source(reader, record, depth + 1)];
    while (reader.skip(',')) answers.push(source(reader, record, depth + 1));
    return or(answers);
  }
  const { kind, value } = reader.take();
  const next = reader.peek();
  if (kind !== 'word' || (next && next.kind === 'sign' && !'|),;'.includes(next.value)) || next?.kind === 'word' || next?.kind === 'text') throw new Undecided();
  return value === record.table;
}

/** Operators after which a row that was there is still there, whatever its columns are called then. */
const KEEPING = new Set(['project', 'project-away', 'project-keep', 'project-rename', 'project-reorder', 'extend', 'sort', 'order', 'distinct', 'serialize', 'as']);

function operator(reader: Reader, rows: Rows, depth: number): Rows {
  const { value } = reader.take();
  const name = value.toLowerCase();
  if (name === 'where' || name === 'filter') return { ...rows, there: and([rows.there, disjunction(reader, rows.columns, depth)]) };
  if (name === 'take' || name === 'limit' || name === 'top' || name === 'sample') {
    const count = reader.take();
    rest(reader);
    return { ...rows, there: count.kind === 'number' ? (Number(count.value) > 0 ? rows.there : false) : undefined };
  }
  const said = rest(reader);
  if (KEEPING.has(name)) return { ...rows, columns: said.some((token) => token.value === '=') ? {} : rows.columns };
  // Groups of rows: one row at least where there was one. Without groups, one row where there was none.
  if (name === 'summarize' && said.some((token) => token.kind === 'word' && token.value.toLowerCase() === 'by')) return { ...rows, columns: {} };
  throw new Undecided();
}

/** The tokens of an operator that is not read. */
function rest(reader: Reader): Token[] {
  const found: Token[] = [];
  for (let open = 0; reader.peek(); found.push(reader.take())) {
    const { kind, value } = reader.peek() ?? { kind: 'sign', value: '' };
    if (kind !== 'sign') continue;
    if (open === 0 && (value === '|' || value === ')' || value === ';')) break;
    if (value === '(' || value === '[') open++;
    if (value === ')' || value === ']') open--;
  }
  return found;
}

function disjunction(reader: Reader, columns: LogRecord['columns'], depth: number): Answer {
  if (depth > DEEPEST) throw new Undecided();
  const answers = [conjunction(reader, columns, depth)];
  while (reader.skip('or')) answers.push(conjunction(reader, columns, depth));
  return or(answers);
}

function conjunction(reader: Reader, columns: LogRecord['columns'], depth: number): Answer {
  const answers = [predicate(reader, columns, depth)];
  while (reader.skip('and')) answers.push(predicate(reader, columns, depth));
  return and(answers);
}

function predicate(reader: Reader, columns: LogRecord['columns'], depth: number): Answer {
  if (reader.peek()?.value.toLowerCase() === 'not' && reader.peek(1)?.value === '(') {
    reader.take();
    reader.take();
    const inner = disjunction(reader, columns, depth + 1);
    reader.expect(')');
    return not(inner);
  }
  if (reader.skip('(')) {
    const inner = disjunction(reader, columns, depth + 1);
    reader.expect(')');
    return inner;
  }
  // A look back takes in a new record when it reaches as far as the record may be old when the query first runs after it.
  if (reader.peek()?.value === 'TimeGenerated' && /^>=?$/.test(reader.peek(1)?.value ?? '') && reader.peek(2)?.value === 'ago') {
    reader.take(); reader.take(); reader.take();
    reader.expect('(');
    const { value } = reader.take();
    reader.expect(')');
    const made = columns['TimeGenerated'];
    const match = /^(\d+)([mhd])$/.exec(value);
    const minutes = match ? Number(match[1]) * { m: 1, h: 60, d: 1440 }[match[2] as 'm' | 'h' | 'd'] : 0;
    return typeof made === 'object' && 'age' in made && minutes >= made.age ? true : undefined;
  }
  const left = term(reader, columns, depth);
  const next = reader.peek();
  if (!next || (next.kind === 'sign' && '|);'.includes(next.value)) || /^(and|or)$/i.test(next.value)) return typeof left === 'boolean' ? left : undefined;
  const { value } = reader.take();
  const name = value.toLowerCase();
  const negated = name.startsWith('!') && name !== '!=' && name !== '!~';
  const plain = negated ? name.slice(1) : name;
  if (plain === 'in' || plain === 'in~' || plain === 'has_any' || plain === 'has_all') {
    reader.expect('(');
    const answers = [compare(left, plain.startsWith('in') ? (plain === 'in' ? '==' : '=~') : 'has', term(reader, columns, depth))];
    while (reader.skip(',')) answers.push(compare(left, plain.startsWith('in') ? (plain === 'in' ? '==' : '=~') : 'has', term(reader, columns, depth)));
    reader.expect(')');
    const answer = plain === 'has_all' ? and(answers) : or(answers);
    return negated ? not(answer) : answer;
  }
  const right = term(reader, columns, depth);
  const answer = name === '!=' ? not(compare(left, '==', right)) : name === '!~' ? not(compare(left, '=~', right)) : compare(left, plain, right);
  return negated ? not(answer) : answer;
}

/** A literal, a column, or a column as text. */
function term(reader: Reader, columns: LogRecord['columns'], depth: number): Term {
  if (depth > DEEPEST) throw new Undecided();
  const { kind, value } = reader.take();
  if (kind === 'text') return value;
  if (kind === 'number') return /^[\d.]+$/.test(value) ? Number(value) : undefined;
  if (kind !== 'word') throw new Undecided();
  if (/^(true|false)$/i.test(value)) return value.toLowerCase() === 'true';
  let found: Term;
  if (reader.skip('(')) {
    const inner = reader.peek()?.value === ')' ? undefined : term(reader, columns, depth + 1);
    const alone = reader.peek()?.value === ')';
    let open = 1;
    while (open > 0) { const token = reader.take(); if (token.kind === 'sign') open += token.value === '(' ? 1 : token.value === ')' ? -1 : 0; }
    found = alone && value === 'tostring' ? inner : alone && value === 'tolower' && typeof inner === 'string' ? inner.toLowerCase() : undefined;
  } else {
    found = Object.hasOwn(columns, value) ? columns[value] : undefined;
  }
  // A part of a dynamic column.
  for (;;) {
    if (reader.skip('.')) { reader.take(); found = undefined; } else if (reader.skip('[')) { while (!reader.skip(']')) reader.take(); found = undefined; } else return found;
  }
}

function compare(left: Term, operation: string, right: Term): Answer {
  if (left === undefined || right === undefined || typeof right === 'object') return undefined;
  if (typeof left === 'object') {
    if ('age' in left) return undefined;
    if ('not' in left) return (operation === '==' || operation === '=~') && left.not.some((one) => one.toLowerCase() === String(right).toLowerCase()) ? false : undefined;
    return (operation === 'has' || operation === 'contains') && left.has.toLowerCase() === String(right).toLowerCase() ? true : undefined;
  }
  const [one, other] = [String(left), String(right)];
  const [low, lower] = [one.toLowerCase(), other.toLowerCase()];
  switch (operation) {
    case '==': return one === other;
    case '=~': return low === lower;
    case 'contains': return low.includes(lower);
    case 'contains_cs': return one.includes(other);
    case 'startswith': return low.startsWith(lower);
    case 'endswith': return low.endsWith(lower);
    // A whole word: equal is enough, not there at all is not.
    case 'has': return low === lower ? true : low.includes(lower) ? undefined : false;
    case '>': case '>=': case '<': case '<=': {
      const [number, limit] = [Number(left), Number(right)];
      if (typeof left === 'boolean' || typeof right === 'boolean' || Number.isNaN(number) || Number.isNaN(limit)) return undefined;
      return operation === '>' ? number > limit : operation === '>=' ? number >= limit : operation === '<' ? number < limit : number <= limit;
    }
    default: return undefined;
  }
}

const not = (answer: Answer): Answer => (answer === undefined ? undefined : !answer);
const and = (answers: readonly Answer[]): Answer => (answers.includes(false) ? false : answers.includes(undefined) ? undefined : true);
const or = (answers: readonly Answer[]): Answer => (answers.includes(true) ? true : answers.includes(undefined) ? undefined : false);
