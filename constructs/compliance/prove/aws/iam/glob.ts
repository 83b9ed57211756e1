/** Whether text matches an IAM pattern (`*` any run, `?` one character). Greedy with one fallback: never exponential. */
export function glob(pattern: string, text: string): boolean {
  let p = 0, t = 0, star = -1, mark = 0;
  while (t < text.length) {
    if (p < pattern.length && pattern[p] === '*') {
      star = p++;
      mark = t;
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[t])) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++mark;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}

export const hasWildcard = (pattern: string): boolean => /[*?]/.test(pattern);

/** ARN patterns compare component by component: a `*` in one of the first five does not reach over a colon. */
export function arnGlob(pattern: string, text: string): boolean {
  const wanted = components(pattern);
  const given = components(text);
  if (wanted.length !== 6 || given.length !== 6) return false;
  return wanted.every((part, index) => glob(part, given[index] as string));
}

function components(arn: string): string[] {
  const parts = arn.split(':');
  return parts.length <= 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(':')];
}

/** Patterns of one key of which pairs are tried. */
const PAIRED = 8;

/**
 * Texts that stand for every way in which a text can match the patterns: one per pattern alone, one per pair where a
 * text matching both exists by filling one pattern's `*` with the other. Three patterns that only meet in one text are
 * beyond it; callers treat more than two wildcards on one key as not decided, so pairs of many are not worth their number.
 */
export function instances(patterns: readonly string[], fresh: string): string[] {
  const fill = (pattern: string, text: string): string => {
    let used = false;
    return pattern.replace(/\*|\?/g, (character) => {
      if (character === '?') return 'x';
      if (used) return '';
      used = true;
      return text;
    });
  };
  const wild = [...new Set(patterns.filter(hasWildcard))];
  const result = new Set<string>();
  for (const one of wild) {
    result.add(fill(one, fresh));
    result.add(fill(one, ''));
  }
  const paired = wild.slice(0, PAIRED);
  for (const one of paired) for (const other of paired) if (other !== one) {
    result.add(fill(one, fill(other, fresh)));
    result.add(overlap(one, other, fresh));
  }
  return [...result];
}

/** A pattern of `shapes`: text, with whether a `*` or `?` stops at a colon in the first five components of an ARN. */
export interface Shape {
  readonly text: string;
  readonly arn: boolean;
}

/** Steps of the search after which it gives up. */
const STATES = 4000;

/**
 * One text for every set of patterns that some text matches, among the texts that match `frame`, shortest first: a walk
 * through all patterns at once. Null when there are too many states, so that the caller falls back on `instances`.
 */
export function shapes(patterns: readonly Shape[], frame = '*'): string[] | null {
  const all = [{ text: frame, arn: false }, ...patterns].map(({ text, arn }) => ({ text, stops: arn ? colonsBefore(text) : [] }));
  const alphabet = [...new Set(`${all.map(({ text }) => text).join('').replaceAll(/[*?]/g, '')}xy`.split(''))].sort((a, b) => (a < b ? -1 : 1));
  const close = (index: number, places: readonly number[]): number[] => {
    const { text } = all[index]!;
    const open = new Set<number>();
    for (let place of places) {
      open.add(place);
      while (text[place] === '*') open.add(++place);
    }
    return [...open].sort((a, b) => a - b);
  };
  const step = (index: number, places: readonly number[], character: string): number[] => {
    const { text, stops } = all[index]!;
    const next: number[] = [];
    for (const place of places) {
      const wild = character !== ':' || !stops[place];
      if (text[place] === '*') {
        if (wild) next.push(place);
      } else if (text[place] === character || (text[place] === '?' && wild)) next.push(place + 1);
    }
    return close(index, next);
  };
  const key = (state: readonly (readonly number[])[]): string => state.map((places) => places.join()).join(';');
  const start = all.map((_, index) => close(index, [0]));
  const seen = new Set([key(start)]);
  const found = new Map<string, string>();
  let front: { readonly state: number[][]; readonly text: string }[] = [{ state: start, text: '' }];
  while (front.length > 0) {
    const following: typeof front = [];
    for (const { state, text } of front) {
      const accepted = state.map((places, index) => places.includes(all[index]!.text.length));
      if (accepted[0]) {
        const vector = accepted.join();
        if (!found.has(vector)) found.set(vector, text);
      }
      for (const character of alphabet) {
        const next = state.map((places, index) => step(index, places, character));
        if (next[0]!.length === 0) continue;
        const name = key(next);
        if (seen.has(name)) continue;
        if (seen.size >= STATES) return null;
        seen.add(name);
        following.push({ state: next, text: text + character });
      }
    }
    front = following;
  }
  return [...found.values()];
}

/** For each place of an ARN pattern, whether it lies in the first five components. */
function colonsBefore(text: string): boolean[] {
  let colons = 0;
  return text.split('').map((character) => {
    if (character === ':') colons += 1;
    return colons < 5;
  });
}

/** A text that begins as the first pattern and ends as the second: `a*` and `*b` meet in `a…b`. */
function overlap(one: string, other: string, fresh: string): string {
  const head = one.slice(0, one.search(/[*?]/));
  const tail = other.slice(Math.max(other.lastIndexOf('*'), other.lastIndexOf('?')) + 1);
  return head + fresh + tail;
}
