/** What `run.mjs` bundles: the corpus with its judge, over JSON. */
import { readFileSync } from 'node:fs';
import { type Cloud, CLOUDS } from '../../constructs/workload/workload.js';
import { CORPUS } from './index.js';
import { judge } from './judge.js';
import type { JsonObject } from './mutator.js';

export { CLOUDS };

export interface Line {
  readonly name: string;
  readonly family: string;
  readonly effect: 'weaker' | 'harmless';
  readonly noticed: readonly string[];
  readonly right: boolean;
}

const read = (file: string): JsonObject => JSON.parse(readFileSync(file, 'utf8')) as JsonObject;

/** The verdict on every mutator of a cloud. */
export function verdicts(cloud: Cloud, file: string, today: string): readonly Line[] {
  return judge(cloud, read(file), CORPUS[cloud], today).map(({ mutator: { name, family, effect }, noticed, right }) => ({ name, family, effect, noticed, right }));
}

/** Every nth mutated artifact of a cloud, of weakenings and of harmless edits alike, for tools that take a file. */
export function* sample(cloud: Cloud, file: string, every: number): Iterable<{ readonly name: string; readonly effect: Line['effect']; readonly artifact: JsonObject }> {
  for (const effect of ['weaker', 'harmless'] as const) {
    for (const { name, apply } of CORPUS[cloud].filter((mutator) => mutator.effect === effect).filter((_, index) => index % every === 0)) {
      const artifact = read(file);
      apply(artifact);
      yield { name, effect, artifact };
    }
  }
}
