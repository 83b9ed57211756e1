import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { InputError } from '../read/text.js';

/** SHA-256 of a file in hex, read in pieces. @throws InputError */
export function sha256Of(file: string): string {
  const hash = createHash('sha256');
  let descriptor: number | undefined;
  try {
    // Opening a pipe waits for a writer; a device has no end.
    if (!statSync(file).isFile()) throw new Error('it is a pipe, a device or a folder');
    descriptor = openSync(file, 'r');
    const buffer = Buffer.allocUnsafe(1 << 16);
    for (let read = readSync(descriptor, buffer); read > 0; read = readSync(descriptor, buffer)) hash.update(buffer.subarray(0, read));
    return hash.digest('hex');
  } catch (error) {
    throw new InputError(file, `cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

export const sha256 = (text: string | Uint8Array): string => createHash('sha256').update(text).digest('hex');
