import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const ROOT = join(__dirname, '..');

/** Folder with the artifacts of the shipped workload (`aws/`, `azure/preview.json`, `gcp/preview.json`). Read only. */
export function shipped(): string {
  const folder = process.env['TEE_KIT_TEST_SHIPPED'];
  if (!folder) throw new Error('no folder for the shipped artifacts: run jest with the configuration of package.json');
  const done = join(folder, 'done');
  try {
    mkdirSync(join(folder, 'lock'));
  } catch {
    // Another test file is at it.
    for (let waited = 0; !existsSync(done); waited += 100) {
      if (waited > 120_000) throw new Error('the shipped workload was not synthesized within 120 s');
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
    }
    return join(folder, 'out');
  }
  const { code, err } = teeKit(['synth', '--out', join(folder, 'out')]);
  // A failed gate (1) leaves artifacts and is a test's business.
  if (code !== 0 && code !== 1) throw new Error(`synth of the shipped workload ended with ${code}: ${err}`);
  writeFileSync(done, '');
  return join(folder, 'out');
}

/** A copy of the shipped artifacts that a test may break. */
export function shippedCopy(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tee-kit-copy-'));
  cpSync(shipped(), folder, { recursive: true });
  return folder;
}

/** The path of the main stack's template inside a folder of artifacts. */
export function templatePath(folder: string): string {
  const name = readdirSync(join(folder, 'aws')).find((file) => file.endsWith('.template.json'));
  if (!name) throw new Error(`${folder}/aws holds no template`);
  return join(folder, 'aws', name);
}

/** Parses a JSON artifact, hands it to `change`, and writes it back. */
export function edit<T>(file: string, change: (document: T) => void): void {
  const document = JSON.parse(readFileSync(file, 'utf8')) as T;
  change(document);
  writeFileSync(file, JSON.stringify(document, null, 2));
}

export interface CommandResult {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the command as its user would. */
export function teeKit(args: readonly string[], cwd: string = ROOT): CommandResult {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'constructs', 'compliance', 'bin.js'), ...args], { cwd, encoding: 'utf8', maxBuffer: 1 << 28 });
  return { code: status, out: stdout, err: stderr };
}
