/** Edits of the shipped workload file that make it wrong, by what they are about. */
import { readFileSync } from 'node:fs';

/** Text of the file that the repository ships. */
export const SHIPPED = readFileSync('workload.yaml', 'utf8');

/** Replaces each text, which must occur exactly once, by another. */
export function edited(...edits: readonly (readonly [from: string, to: string])[]): string {
  let text = SHIPPED;
  for (const [from, to] of edits) {
    const parts = text.split(from);
    if (parts.length !== 2) throw new Error(`"${from}" occurs ${parts.length - 1} times`);
    text = parts.join(to);
  }
  return text;
}

/** The shipped file as a sandbox whose logs can be undone. */
export const SANDBOX = edited(['environment: production', 'environment: sandbox'], ['irreversible: true', 'irreversible: false']);

/** The text of the shipped file from one line to the line before another. */
export function between(from: string, to: string): string {
  const start = SHIPPED.indexOf(from);
  const end = SHIPPED.indexOf(to, start);
  if (start < 0 || end < 0) throw new Error(`no text between "${from}" and "${to}"`);
  return SHIPPED.slice(start, end);
}
