import type { Cloud } from '../model.js';
import type { Workload } from '../../workload/workload.js';
import type { Rewrite } from './canonical.js';

/** Entries of a placement that say how big and from which image. */
const PLACED: ReadonlySet<string> = new Set(['instance', 'instances', 'enclave', 'image', 'gatewayImage']);

/**
 * Reads what the workload file declares (sizes, images, builds on record) as one word, wherever it stands: a boot script
 * that names another build or another size says what the workload file says, where it is judged.
 */
export function declared(workload: Workload | null, cloud: Cloud): Rewrite {
  if (!workload) return (text) => text;
  const words = new Set<string>();
  const collect = (value: unknown): void => {
    if (typeof value === 'string' || typeof value === 'number') words.add(String(value));
    else if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) collect(inner);
  };
  for (const [name, value] of Object.entries(workload.clouds[cloud] ?? {})) if (PLACED.has(name)) collect(value);
  for (const [name, { status, owner: _owner, approvedBy: _approvers, approved: _approved, expires: _expires, ...rest }] of Object.entries(workload.measurements[cloud])) {
    if (status !== 'active') continue;
    words.add(name);
    collect(rest);
  }
  // A word may hold slashes (an image) or be a part of a path (a digest at the end of a principal).
  const known = (word: string): string => (words.has(word) ? '<declared>' : word);
  return (text) => text.replace(/[\w./:+-]+/g, (word) => (words.has(word) ? '<declared>' : word.includes('/') ? word.replace(/[\w.:+-]+/g, known) : word));
}
