import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { run } from '../../constructs/compliance/cli/main.js';

/** Runs the command line in this process. */
export async function tee(...argv: readonly string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  let out = '';
  let err = '';
  const code = await run(argv, { out: (text) => { out += text; }, err: (text) => { err += text; }, progress: () => undefined });
  return { code, out, err };
}

/** A temporary folder that is removed when the tests of the file end. */
export function temporaryFolder(): { readonly root: string; readonly write: (name: string, content: string | Buffer | object) => string } {
  const root = mkdtempSync(join(tmpdir(), 'tee-kit-'));
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  return {
    root,
    write: (name, content) => {
      const file = join(root, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content));
      return file;
    },
  };
}
