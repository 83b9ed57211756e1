import { spawnSync } from 'node:child_process';
import { isObject, type Value } from '../model.js';
import { InputError, parseJson } from '../read/text.js';

/** Runs `az` with these arguments; tests stand in for it. */
export type Az = (args: readonly string[]) => { readonly code: number | null; readonly out: string; readonly err: string };

/** Milliseconds for one call. */
const TIMEOUT = 120_000;

/** The Azure CLI of the person at the keyboard, with that person's login. */
export const installedAz: Az = (args) => {
  const { status, stdout, stderr, error } = spawnSync('az', [...args], { encoding: 'utf8', timeout: TIMEOUT });
  return { code: error ? null : status, out: stdout ?? '', err: error ? error.message : (stderr ?? '') };
};

/** One request of `az rest`. @throws InputError when it fails or answers something else than an object. */
export function azRest(az: Az, args: readonly string[]): { readonly [key: string]: Value } {
  const { code, out, err } = az(args);
  if (code === null) throw new InputError('az', `cannot be run (${err.trim()}): install the Azure CLI and log in with "az login", or run the printed commands where it is`);
  if (code !== 0) throw new InputError('az rest', err.trim().split('\n').at(-1) ?? `ended with ${code}`);
  const answer = parseJson(out.trim() === '' ? '{}' : out, 'az rest');
  if (!isObject(answer)) throw new InputError('az rest', 'answered something that is not an object');
  return answer;
}

/** A command line for a person to copy, quoted for a POSIX shell. */
export function commandLine(args: readonly string[]): string {
  return ['az', ...args].map((arg) => (/^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", "'\\''")}'`)).join(' ');
}
