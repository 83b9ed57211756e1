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

/** A text that begins as the first pattern and ends as the second: `a*` and `*b` meet in `a…b`. */
function overlap(one: string, other: string, fresh: string): string {
  const head = one.slice(0, one.search(/[*?]/));
  const tail = other.slice(Math.max(other.lastIndexOf('*'), other.lastIndexOf('?')) + 1);
  return head + fresh + tail;
}
