import { realpathSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder, unmake } from '../folder.js';
import { InputError, reason } from '../read/text.js';

/**
 * Writes a file whole or not at all: a link is followed, and what is no file (`/dev/stdout`, a pipe) is written to, not
 * replaced.
 * @throws InputError when it cannot be written.
 */
export function writeWhole(file: string, content: string | Uint8Array): void {
  let stage: string | undefined;
  let made: string | undefined;
  try {
    const found = statSync(file, { throwIfNoEntry: false });
    if (found && !found.isFile()) {
      writeFileSync(file, content);
      return;
    }
    const target = found ? realpathSync(file) : file;
    made = makeFolder(dirname(target));
    stage = `${target}.${process.pid}.tmp`;
    writeFileSync(stage, content);
    renameSync(stage, target);
  } catch (error) {
    unmake(stage, made);
    throw new InputError(file, `cannot be written: ${reason(error)}`);
  }
}

/** Characters written at once. */
const PIECE = 1 << 16;

/** Writes a text that comes in parts, some parts at once: the whole may be longer than a string can be. */
export function writeParts(parts: Iterable<string>, out: (text: string) => void): void {
  let piece: string[] = [];
  let length = 0;
  for (const part of parts) {
    piece.push(part);
    length += part.length;
    if (length < PIECE) continue;
    out(piece.join(''));
    piece = [];
    length = 0;
  }
  if (length > 0) out(piece.join(''));
}

/** The parts of an object's JSON as `JSON.stringify(report, null, 2)` has it, and the end of the line. */
export function* jsonParts(report: object): Iterable<string> {
  let before = '{';
  for (const [name, value] of Object.entries(report) as [string, unknown][]) {
    if (value === undefined) continue;
    yield `${before}\n  ${JSON.stringify(name)}: `;
    before = ',';
    if (Array.isArray(value) && value.length > 0) {
      for (const [index, item] of value.entries()) yield `${index === 0 ? '[' : ','}\n    ${indented(item, '    ')}`;
      yield '\n  ]';
    } else yield indented(value, '  ');
  }
  yield before === '{' ? '{}\n' : '\n}\n';
}

const indented = (value: unknown, by: string): string => JSON.stringify(value, null, 2).replaceAll('\n', `\n${by}`);
