/** The regular expressions of `matches`, as far as RE2 and JavaScript read them alike and without costly backtracking. */

/** Longest pattern read, in characters, and most open-ended repetitions in one: each multiplies the steps of a match. */
const PATTERN_LIMIT = 600;
const OPEN_LIMIT = 3;
/** Most texts that a pattern may stand for to count as a list of them. */
const TEXTS_LIMIT = 64;

export interface Pattern {
  readonly test: (text: string) => boolean;
  /** The only texts that match, where the pattern is anchored on both ends and names them all. */
  readonly texts: readonly string[] | undefined;
}

const ATOM = /\\[.\\/+*?()[\]{}^$|-]|\\[dDwW]|\.|\[\^?(?:[^\]\\[]|\\[.\\/+*?()[\]{}^$|-]|\\[dw])+\]|[^\\.[\](){}*+?|^$]/y;
const REPEAT = /[*+?]|\{\d{1,3}(?:,\d{0,3})?\}/y;

/** Undefined where the pattern has anything else: lookaround, flags, repeated groups, named classes. */
export function patternOf(source: string): Pattern | undefined {
  if (source.length > PATTERN_LIMIT) return undefined;
  let position = 0;
  let open = 0;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = position;
    const found = pattern.exec(source)?.[0];
    if (found !== undefined) position += found.length;
    return found;
  };
  /** The texts of a sequence of alternatives; null where they are not finite. Undefined: not read. */
  function alternatives(depth: number): readonly string[] | null | undefined {
    let all: string[] | null = [];
    for (;;) {
      const one = sequence(depth);
      if (one === undefined) return undefined;
      all = all && one && all.length + one.length <= TEXTS_LIMIT ? [...all, ...one] : null;
      if (source[position] !== '|') return all;
      position += 1;
    }
  }
  function sequence(depth: number): readonly string[] | null | undefined {
    let texts: readonly string[] | null = [''];
    while (position < source.length && source[position] !== '|' && source[position] !== ')') {
      let next: readonly string[] | null | undefined;
      if (source[position] === '(') {
        position += source.startsWith('(?:', position) ? 3 : 1;
        if (depth > 8 || source[position] === '?') return undefined;
        next = alternatives(depth + 1);
        if (next === undefined || source[position] !== ')') return undefined;
        position += 1;
        if (match(REPEAT) !== undefined) return undefined;
      } else {
        const atom = match(ATOM);
        if (atom === undefined) return undefined;
        const repeat = match(REPEAT);
        if (repeat !== undefined && match(REPEAT) !== undefined) return undefined;
        if (repeat !== undefined && /[*+]|,\}/.test(repeat)) open += 1;
        next = repeat === undefined && !/^(?:\.|\[|\\[dDwW])/.test(atom) ? [atom.replace(/^\\/, '')] : null;
      }
      texts = texts && next && texts.length * next.length <= TEXTS_LIMIT ? texts.flatMap((head) => (next as readonly string[]).map((tail) => head + tail)) : null;
    }
    return texts;
  }
  const start = source.startsWith('^');
  if (start) position = 1;
  const end = /(?<!\\)(?:\\\\)*\$$/.test(source);
  const body = end ? source.slice(0, -1) : source;
  // An anchor beside alternatives belongs to one of them only.
  if ((start || end) && topLevelBar(body.slice(start ? 1 : 0))) return undefined;
  source = body;
  const texts = alternatives(0);
  if (texts === undefined || position !== source.length || open > OPEN_LIMIT) return undefined;
  let compiled: RegExp;
  try {
    compiled = new RegExp(`${source}${end ? '$' : ''}`, 'su');
  } catch {
    return undefined;
  }
  return { test: (text) => !/[\n\r\u2028\u2029]/.test(text) && compiled.test(text), texts: start && end ? (texts ?? undefined) : undefined };
}

function topLevelBar(source: string): boolean {
  let depth = 0;
  for (let index = 0; index < source.length; index += 1) {
    const char = source[index];
    if (char === '\\') index += 1;
    else if (char === '[') index = Math.max(index, source.indexOf(']', index));
    else if (char === '(') depth += 1;
    else if (char === ')') depth -= 1;
    else if (char === '|' && depth === 0) return true;
  }
  return false;
}
