import { isList, isObject, Unknown, type Value } from '../model.js';

/** Rewrites a string before it is compared: what a rename changed reads as it did. */
export type Rewrite = (text: string) => string;
const AS_IS: Rewrite = (text) => text;

/** Keys under which text is a label and decides nothing. */
const LABELS: ReadonlySet<string> = new Set(['Sid', 'Id']);

/**
 * One text per meaning: object keys and list items in a fixed order, one value and a list of it alike, numbers and
 * booleans as CloudFormation reads them, labels of policy statements and repeated items left out.
 */
export function canonical(value: Value | undefined, rewrite: Rewrite = AS_IS): string {
  if (value === undefined || value === null) return 'null';
  if (value instanceof Unknown) return `<unknown: ${value.reason}${value.within ? ` in ${canonical(value.within, rewrite)}` : ''}>`;
  if (typeof value === 'string') return JSON.stringify(text(rewrite(value), rewrite));
  if (isList(value)) {
    const items = [...new Set(value.map((item) => canonical(item, rewrite)))].sort();
    return items.length === 1 ? (items[0] as string) : `[${items.join(',')}]`;
  }
  if (isObject(value)) {
    const policy = 'Effect' in value;
    return `{${Object.keys(value).sort().flatMap((key) => (value[key] === undefined || (LABELS.has(key) && (policy || 'Statement' in value)) ? [] : [`${JSON.stringify(key)}:${canonical(value[key], rewrite)}`])).join(',')}}`;
  }
  return JSON.stringify(String(value));
}

/** Whether two values are written alike, up to the order of keys. Most of two artifacts is. */
export function identical(a: Value | undefined, b: Value | undefined): boolean {
  if (a === b) return true;
  if (a instanceof Unknown || b instanceof Unknown) return a instanceof Unknown && b instanceof Unknown && a.reason === b.reason && identical(a.within, b.within);
  if (isList(a)) return isList(b) && a.length === b.length && a.every((item, index) => identical(item, b[index]));
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && identical(a[key], b[key]));
}

/** A policy in a string (JSON, or JSON in base64) compares by its meaning too. */
function text(value: string, rewrite: Rewrite): string {
  const inner = embedded(value);
  return inner === undefined ? value : canonical(inner, rewrite);
}

/** The document that a string holds as JSON or as base64 of JSON. */
export function embedded(value: string): Value | undefined {
  if (value.length < 2 || value.length > 1_000_000) return undefined;
  if (/^\s*[{[]/.test(value)) return parsed(value);
  if (/^eyJ[A-Za-z0-9_+/=-]+$/.test(value)) return parsed(Buffer.from(value, 'base64').toString('utf8'));
  return undefined;
}

function parsed(value: string): Value | undefined {
  try {
    const result = JSON.parse(value) as Value;
    return typeof result === 'object' ? result : undefined;
  } catch {
    return undefined;
  }
}
