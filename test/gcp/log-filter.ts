/** An audit log entry, by field path. */
export type Entry = Readonly<Record<string, string>>;

/**
 * Whether an entry matches a filter of the Logging query language, in the part of it that the alerts use: `=`, `=~` and
 * `:` (contains) on quoted values, `>` on a whole number, `=("a" OR "b")`, AND, NOT.
 * @throws for anything else, so that a filter is never taken for more than it is.
 */
export function matches(filter: string, entry: Entry): boolean {
  return filter.split(' AND ').every((term) => {
    const negated = term.startsWith('NOT ');
    const above = /^([A-Za-z.]+)>(\d+)$/.exec(term);
    if (above) return Number(entry[above[1] ?? ''] ?? 0) > Number(above[2]);
    const match = /^([A-Za-z.]+)(=~|=|:)(?:"([^"]*)"|\(("[^"]*"(?: OR "[^"]*")*)\))$/.exec(negated ? term.slice(4) : term);
    if (!match) throw new Error(`'${term}' is not read`);
    const [, field = '', operator, value, list] = match;
    const actual = entry[field] ?? '';
    const values = value === undefined ? (list ?? '').split(' OR ').map((one) => one.slice(1, -1)) : [value];
    const held = values.some((one) => (operator === '=' ? actual === one : operator === '=~' ? new RegExp(one).test(actual) : actual.includes(one)));
    return held !== negated;
  });
}
