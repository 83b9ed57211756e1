/**
 * A parser of the Common Expression Language: the whole expression grammar except messages. Bytes and maps with entries
 * parse and stay opaque. Nothing is executed; `condition.ts` decides over the tree.
 */

export type Expression =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  | { readonly kind: 'identifier'; readonly name: string }
  | { readonly kind: 'select'; readonly from: Expression; readonly field: string }
  | { readonly kind: 'index'; readonly from: Expression; readonly at: Expression }
  | { readonly kind: 'call'; readonly name: string; readonly on: Expression | null; readonly args: readonly Expression[] }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'map'; readonly empty: boolean }
  /** A value that is parsed and not represented. */
  | { readonly kind: 'opaque' }
  | { readonly kind: 'unary'; readonly operator: '!' | '-'; readonly of: Expression }
  | { readonly kind: 'binary'; readonly operator: Operator; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'conditional'; readonly test: Expression; readonly chosen: Expression; readonly otherwise: Expression };

export type Operator = '||' | '&&' | '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | '+' | '-' | '*' | '/' | '%';

/** The text is not an expression that this parser reads. */
export class CelError extends Error {}

interface Token {
  readonly kind: 'string' | 'bytes' | 'number' | 'name' | 'symbol' | 'end';
  readonly text: string;
  readonly value?: string | number;
}

/** Longest condition read, in characters: four times what the API takes. */
const LENGTH_LIMIT = 16_384;
/** Deepest nesting read. */
const DEPTH_LIMIT = 200;

const SYMBOL = /\|\||&&|==|!=|<=|>=|[-<>+*/%!?:.,()[\]{}]/y;
const NAME = /[A-Za-z_]\w*/y;
const NUMBER = /(0x[0-9a-fA-F]+|\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)[uU]?/y;
const SPACE = /(?:\s+|\/\/[^\n]*)+/y;
const STRING_START = /([rRbB]{0,2})("""|'''|"|')/y;
const ESCAPES: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\', '?': '?', '"': '"', "'": "'", '`': '`' };

function tokenize(text: string): Token[] {
  if (text.length > LENGTH_LIMIT) throw new CelError(`the expression has ${text.length} characters; at most ${LENGTH_LIMIT} are read`);
  const tokens: Token[] = [];
  let position = 0;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = position;
    const found = pattern.exec(text);
    if (found) position = pattern.lastIndex;
    return found;
  };
  for (;;) {
    match(SPACE);
    if (position >= text.length) break;
    const quote = match(STRING_START);
    if (quote) {
      const [, prefix = '', end = ''] = quote;
      if (/^(?:rr|bb)$/i.test(prefix)) throw new CelError(`a string begins with '${prefix}'`);
      const raw = /r/i.test(prefix);
      let value = '';
      while (!text.startsWith(end, position)) {
        const char = text[position];
        if (char === undefined || (end.length === 1 && (char === '\n' || char === '\r'))) throw new CelError('a string is not closed');
        if (char === '\\' && !raw) {
          const [escaped, length] = escape(text, position);
          value += escaped;
          position += length;
        } else {
          value += char;
          position += 1;
        }
      }
      position += end.length;
      tokens.push(/b/i.test(prefix) ? { kind: 'bytes', text: 'bytes' } : { kind: 'string', text: value, value });
      continue;
    }
    const number = match(NUMBER);
    if (number) {
      const value = Number(number[1]);
      // Beyond 2^53 neighbours are one number here and two in the language.
      if (Math.abs(value) > Number.MAX_SAFE_INTEGER) throw new CelError(`the number ${number[0]} is too large to be compared`);
      tokens.push({ kind: 'number', text: number[0], value });
      continue;
    }
    const name = match(NAME);
    if (name) {
      tokens.push({ kind: 'name', text: name[0] });
      continue;
    }
    const symbol = match(SYMBOL);
    if (!symbol) throw new CelError(`'${text[position] ?? ''}' at character ${position + 1} is no part of an expression`);
    tokens.push({ kind: 'symbol', text: symbol[0] });
  }
  tokens.push({ kind: 'end', text: 'the end' });
  return tokens;
}

function escape(text: string, position: number): readonly [value: string, length: number] {
  const next = text[position + 1] ?? '';
  const simple = ESCAPES[next];
  if (simple !== undefined) return [simple, 2];
  const code = /^(?:[xX]([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2}))/.exec(text.slice(position + 1, position + 11));
  if (!code) throw new CelError(`the escape \\${next} is not read`);
  const point = code[4] !== undefined ? Number.parseInt(code[4], 8) : Number.parseInt(code[1] ?? code[2] ?? code[3] ?? '', 16);
  if (point > 0x10ffff) throw new CelError('an escape names no character');
  return [String.fromCodePoint(point), 1 + code[0].length];
}

/** Binary operators by precedence, loosest first. `&&` and `||` are apart: they read as flat lists. */
const LEVELS: readonly (readonly Operator[])[] = [['||'], ['&&'], ['==', '!=', '<', '<=', '>', '>=', 'in'], ['+', '-'], ['*', '/', '%']];

/** @throws CelError where the text is not an expression. */
export function parseCel(text: string): Expression {
  const tokens = tokenize(text);
  let index = 0;
  let depth = 0;
  const peek = (): Token => tokens[index] as Token;
  const isSymbol = (symbol: string): boolean => peek().kind === 'symbol' && peek().text === symbol;
  const take = (symbol: string): boolean => {
    if (!isSymbol(symbol)) return false;
    index += 1;
    return true;
  };
  const expect = (symbol: string): void => {
    if (!take(symbol)) throw new CelError(`'${symbol}' expected, found ${peek().text === 'the end' ? 'the end' : `'${peek().text}'`}`);
  };
  const name = (): string => {
    const token = peek();
    if (token.kind !== 'name') throw new CelError(`a name expected, found '${token.text}'`);
    index += 1;
    return token.text;
  };

  function expression(): Expression {
    depth += 1;
    if (depth > DEPTH_LIMIT) throw new CelError(`the expression is nested deeper than ${DEPTH_LIMIT}`);
    const test = binary(0);
    let result = test;
    if (take('?')) {
      const chosen = binary(0);
      expect(':');
      result = { kind: 'conditional', test, chosen, otherwise: expression() };
    }
    depth -= 1;
    return result;
  }

  function binary(level: number): Expression {
    const operators = LEVELS[level];
    if (!operators) return unary();
    let left = binary(level + 1);
    for (;;) {
      const token = peek();
      const operator = operators.find((candidate) => candidate === token.text && token.kind === (candidate === 'in' ? 'name' : 'symbol'));
      if (!operator) return left;
      index += 1;
      left = folded(operator, left, binary(level + 1));
    }
  }

  function unary(): Expression {
    for (const operator of ['!', '-'] as const) {
      if (take(operator)) {
        depth += 1;
        if (depth > DEPTH_LIMIT) throw new CelError(`the expression is nested deeper than ${DEPTH_LIMIT}`);
        const of = unary();
        depth -= 1;
        return { kind: 'unary', operator, of };
      }
    }
    return member();
  }

  function member(): Expression {
    let result = primary();
    for (;;) {
      if (take('.')) {
        const field = name();
        result = take('(') ? { kind: 'call', name: field, on: result, args: list(')') } : { kind: 'select', from: result, field };
      } else if (take('[')) {
        const at = expression();
        expect(']');
        result = { kind: 'index', from: result, at };
      } else return result;
    }
  }

  function list(end: string): Expression[] {
    const items: Expression[] = [];
    while (!take(end)) {
      items.push(expression());
      if (!take(',')) {
        expect(end);
        break;
      }
    }
    return items;
  }

  function primary(): Expression {
    const token = peek();
    if (token.kind === 'string' || token.kind === 'number') {
      index += 1;
      return { kind: 'literal', value: token.value ?? null };
    }
    if (token.kind === 'bytes') {
      index += 1;
      return { kind: 'opaque' };
    }
    if (take('(')) {
      const inner = expression();
      expect(')');
      return inner;
    }
    if (take('[')) return { kind: 'list', items: list(']') };
    if (take('{')) {
      const empty = isSymbol('}');
      while (!take('}')) {
        expression();
        expect(':');
        expression();
        if (!take(',')) {
          expect('}');
          break;
        }
      }
      return { kind: 'map', empty };
    }
    take('.');
    const word = name();
    if (word === 'true' || word === 'false') return { kind: 'literal', value: word === 'true' };
    if (word === 'null') return { kind: 'literal', value: null };
    if (word === 'in') throw new CelError("'in' stands where a value is expected");
    return take('(') ? { kind: 'call', name: word, on: null, args: list(')') } : { kind: 'identifier', name: word };
  }

  const result = expression();
  if (peek().kind !== 'end') throw new CelError(`'${peek().text}' stands after the end of the expression`);
  return result;
}

/** Texts that are put together from literals are one literal: the classes of a claim are drawn from the literals. */
function folded(operator: Operator, left: Expression, right: Expression): Expression {
  return operator === '+' && left.kind === 'literal' && right.kind === 'literal' && typeof left.value === 'string' && typeof right.value === 'string'
    ? { kind: 'literal', value: left.value + right.value }
    : { kind: 'binary', operator, left, right };
}

/** The claim path of `assertion.a.b` or `assertion['a'].b`: `a.b`. Undefined for anything else. */
export function claimPath(expression: Expression): string | undefined {
  const steps: string[] = [];
  let current = expression;
  for (;;) {
    if (current.kind === 'select') {
      steps.unshift(current.field);
      current = current.from;
    } else if (current.kind === 'index' && current.at.kind === 'literal' && typeof current.at.value === 'string' && !current.at.value.includes('.')) {
      steps.unshift(current.at.value);
      current = current.from;
    } else break;
  }
  return current.kind === 'identifier' && current.name === 'assertion' && steps.length > 0 ? steps.join('.') : undefined;
}

/** Every expression inside an expression, itself included. */
export function* inside(expression: Expression): Iterable<Expression> {
  yield expression;
  switch (expression.kind) {
    case 'select':
      yield* inside(expression.from);
      break;
    case 'index':
      yield* inside(expression.from);
      yield* inside(expression.at);
      break;
    case 'call':
      if (expression.on) yield* inside(expression.on);
      for (const argument of expression.args) yield* inside(argument);
      break;
    case 'list':
      for (const item of expression.items) yield* inside(item);
      break;
    case 'unary':
      yield* inside(expression.of);
      break;
    case 'binary':
      yield* inside(expression.left);
      yield* inside(expression.right);
      break;
    case 'conditional':
      yield* inside(expression.test);
      yield* inside(expression.chosen);
      yield* inside(expression.otherwise);
      break;
    default:
  }
}
