import { isList, isObject } from '../model.js';
import { InputError, parseText, readText } from '../read/text.js';
import type { Allowance } from './types.js';

/**
 * Reads the file of `--allow`: a list, or an object with the list under `allow`, of entries with `change` (the id that
 * the diff prints), `reason` and `approver`.
 * @throws InputError for what is no such list: a decision that cannot be read is none.
 */
export function readAllowances(file: string): Allowance[] {
  const document = parseText(readText(file), file);
  const entries = isObject(document) ? document['allow'] : document;
  if (!isList(entries)) throw new InputError(file, 'is not a list of allowed changes (change, reason, approver)');
  return entries.map((entry, index) => {
    const field = (name: string): string => {
      const value = isObject(entry) ? entry[name] : undefined;
      if (typeof value !== 'string' || value.trim() === '') throw new InputError(file, `entry ${index + 1} has no ${name}; every entry has change, reason and approver`);
      return value.trim();
    };
    return { change: field('change'), reason: field('reason'), approver: field('approver') };
  });
}
