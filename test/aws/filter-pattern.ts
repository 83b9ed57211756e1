/**
 * A reader of the JSON filter patterns of CloudWatch Logs, as far as the alarms use them: `=`, `NOT EXISTS`, `&&`, `||`,
 * parentheses, `*` at either end of a string (Amazon CloudWatch Logs User Guide, "Filter pattern syntax").
 */
export function matches(pattern: string, event: unknown): boolean {
  const body = /^\{ (.*) \}$/s.exec(pattern)?.[1];
  if (body === undefined) throw new Error(`not a JSON pattern: ${pattern}`);
  const tokens = body.match(/\(|\)|&&|\|\||NOT EXISTS|=|"[^"]*"|\$[\w.[\]]+/g) ?? [];
  if (tokens.join('').replace(/\s/g, '') !== body.replace(/\s/g, '')) throw new Error(`not read to its end: ${pattern}`);
  let at = 0;
  const either = (): boolean => {
    let value = both();
    while (tokens[at] === '||') {
      at++;
      const right = both();
      value ||= right;
    }
    return value;
  };
  const both = (): boolean => {
    let value = single();
    while (tokens[at] === '&&') {
      at++;
      const right = single();
      value &&= right;
    }
    return value;
  };
  const single = (): boolean => {
    if (tokens[at] === '(') {
      at++;
      const value = either();
      if (tokens[at++] !== ')') throw new Error(`unbalanced: ${pattern}`);
      return value;
    }
    const found = select(event, tokens[at++] as string);
    if (tokens[at] === 'NOT EXISTS') {
      at++;
      return found === undefined;
    }
    if (tokens[at++] !== '=') throw new Error(`no comparison: ${pattern}`);
    const wanted = (tokens[at++] as string).slice(1, -1);
    if (typeof found !== 'string') return false;
    const text = wanted.replace(/^\*|\*$/g, '');
    if (wanted.startsWith('*') && wanted.endsWith('*')) return found.includes(text);
    if (wanted.endsWith('*')) return found.startsWith(text);
    return wanted.startsWith('*') ? found.endsWith(text) : found === wanted;
  };
  const result = either();
  if (at !== tokens.length) throw new Error(`rest is not read: ${pattern}`);
  return result;
}

function select(event: unknown, selector: string): unknown {
  return selector.slice(2).split(/[.[\]]+/).filter((part) => part !== '')
    .reduce<unknown>((value, part) => (typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[part] : undefined), event);
}
