import { mkdirSync, rmSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Makes a folder and those around it. Node's own `recursive` never returns where a file system says that a new name does
 * not exist, as `/proc` does.
 * @returns the outermost folder that was made, for `unmake`; undefined when all were there.
 */
export function makeFolder(folder: string): string | undefined {
  const path = resolve(folder);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory()) return undefined;
  const outer = found ? undefined : makeFolder(dirname(path));
  mkdirSync(path);
  return outer ?? path;
}

/** Removes what was made, as far as that is allowed: the error that led here is the one to tell. */
export function unmake(...paths: readonly (string | undefined)[]): void {
  for (const path of paths) {
    try {
      if (path !== undefined) rmSync(path, { recursive: true, force: true });
    } catch {
      // It could not be written either.
    }
  }
}
