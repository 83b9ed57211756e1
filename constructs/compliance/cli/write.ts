import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { InputError } from '../read/artifacts.js';

/** Writes a file whole or not at all. @throws InputError when it cannot be written. */
export function writeWhole(file: string, content: string | Uint8Array): void {
  const stage = `${file}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(stage, content);
    renameSync(stage, file);
  } catch (error) {
    rmSync(stage, { force: true });
    throw new InputError(file, `cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  }
}
