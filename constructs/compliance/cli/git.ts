import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Terminal, UsageError } from './main.js';

/** One revision, checked out and synthesized. */
export interface Revision {
  /** Root of the checkout. */
  readonly tree: string;
  /** Folder of its artifacts. */
  readonly out: string;
}

export interface GitOptions {
  /** Shell command that writes artifacts below `$TEE_KIT_OUT`, run in the root of the checkout. */
  readonly command?: string | undefined;
  readonly terminal: Terminal;
}

const DEFAULT_COMMAND = 'npm run --silent synth -- --out "$TEE_KIT_OUT"';

/**
 * Checks out two revisions into temporary worktrees that share the current `node_modules`, synthesizes both and hands
 * them to `use`. Nothing of it outlives the call, however it ends.
 * @throws UsageError for what is no pair of revisions, and for a revision that cannot be synthesized.
 */
export async function withRevisions<T>(range: string, { command = DEFAULT_COMMAND, terminal }: GitOptions, use: (base: Revision, head: Revision) => T): Promise<T> {
  const match = /^([^.-](?:(?!\.\.).)*)\.\.([^.-](?:(?!\.\.).)*)$/.exec(range);
  if (!match) throw new UsageError(`--git ${range}: name two revisions as BASE..HEAD`);
  const root = git(process.cwd(), 'rev-parse', '--show-toplevel');
  const commits = [match[1] as string, match[2] as string].map((name) => commitOf(root, name));
  const folder = mkdtempSync(join(tmpdir(), 'tee-kit-diff-'));
  const children = new Set<number>();
  const clean = (): void => {
    for (const pid of children) {
      try {
        process.kill(-pid, 'SIGTERM');
      } catch {
        // It ended by itself.
      }
    }
    for (const side of SIDES) spawnSync('git', ['worktree', 'remove', '--force', '--force', join(folder, side)], { cwd: root, stdio: 'ignore' });
    rmSync(folder, { recursive: true, force: true });
    spawnSync('git', ['worktree', 'prune'], { cwd: root, stdio: 'ignore' });
  };
  const interrupted = (signal: NodeJS.Signals): void => {
    clean();
    process.exit(signal === 'SIGINT' ? 130 : 143);
  };
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  try {
    terminal.progress(`synthesizing ${range}`);
    const settled = await Promise.allSettled(SIDES.map((side, index) => synthesize(root, commits[index] as string, join(folder, side), join(folder, `${side}-out`), command, children)));
    const failed = settled.find((one) => one.status === 'rejected');
    if (failed) throw failed.reason;
    const [base, head] = SIDES.map((side) => ({ tree: join(folder, side), out: join(folder, `${side}-out`) }));
    return use(base as Revision, head as Revision);
  } finally {
    process.removeListener('SIGINT', interrupted).removeListener('SIGTERM', interrupted);
    clean();
  }
}

const SIDES = ['base', 'head'] as const;

function commitOf(root: string, name: string): string {
  const { status, stdout } = spawnSync('git', ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`], { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new UsageError(`--git: '${name}' is no revision of this repository`);
  return stdout.trim();
}

function git(cwd: string, ...args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync('git', [...args], { cwd, encoding: 'utf8' });
  if (error) throw new UsageError(`--git: git cannot be run (${error.message})`);
  if (status !== 0) throw new UsageError(`--git: ${stderr.trim().split('\n')[0] ?? 'git failed'}`);
  return stdout.trim();
}

async function synthesize(root: string, commit: string, tree: string, out: string, command: string, children: Set<number>): Promise<void> {
  git(root, 'worktree', 'add', '--quiet', '--detach', tree, commit);
  const modules = join(root, 'node_modules');
  if (existsSync(modules) && !existsSync(join(tree, 'node_modules'))) symlinkSync(modules, join(tree, 'node_modules'), 'dir');
  const { code, errors } = await new Promise<{ code: number; errors: string }>((done) => {
    // A group of its own, so that an interrupt ends the synthesis and all that it started.
    const child = spawn('/bin/sh', ['-c', command], { cwd: tree, env: { ...process.env, TEE_KIT_OUT: out }, stdio: ['ignore', 'ignore', 'pipe'], detached: true });
    if (child.pid !== undefined) children.add(child.pid);
    let text = '';
    child.stderr.setEncoding('utf8').on('data', (data: string) => { text = (text + data).slice(-4000); });
    child.on('error', (error) => done({ code: 2, errors: error.message }));
    child.on('close', (status) => {
      if (child.pid !== undefined) children.delete(child.pid);
      done({ code: status ?? 2, errors: text });
    });
  });
  // A gate that refuses (1) leaves artifacts, which are what is compared.
  if (!existsSync(out) || (code !== 0 && code !== 1)) {
    throw new UsageError(`--git: ${commit.slice(0, 12)} cannot be synthesized (${command}, exit code ${code}): ${errors.trim().split('\n').at(-1) ?? ''}`.replace(/\s+/g, ' '));
  }
}
