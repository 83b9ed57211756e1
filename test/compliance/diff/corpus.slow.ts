import { CLOUDS } from '../../../constructs/workload/workload.js';
import { CORPUS } from '../../corpus/index.js';
import type { Mutator } from '../../corpus/mutator.js';
import { artifact, compare, told } from './fixture.js';

const EXPECTED = { weaker: ['weaker', 'unknown'], harmless: ['neutral', 'stronger'] } as const;

/** Harmless edits of what nothing here reads (shell, a project that is not in the artifact): `unknown` is the honest answer. */
const UNREAD: ReadonlySet<string> = new Set(['boot-says-more', 'owner-of-another-project']);
const expected = ({ name, effect }: Mutator): readonly string[] => [...EXPECTED[effect], ...(effect === 'harmless' && UNREAD.has(name) ? ['unknown'] : [])];

describe.each(CLOUDS.filter((cloud) => CORPUS[cloud].length > 0))('%s', (cloud) => {
  const base = artifact(cloud);
  const judged = CORPUS[cloud].map((mutator) => {
    const head = structuredClone(base);
    mutator.apply(head);
    const report = compare(cloud, base, head);
    return { mutator, report, right: (EXPECTED[mutator.effect] as readonly string[]).includes(report.verdict), accepted: expected(mutator).includes(report.verdict) };
  });

  test.each(judged.map((one) => [`${one.mutator.effect} ${one.mutator.name}`, one] as const))('%s', (_, { mutator, report }) => {
    expect({ verdict: report.verdict, told: told(report) }).toMatchObject({ verdict: expect.stringMatching(expected(mutator).join('|')) as string });
  });

  test('rates', () => {
    const of = (effect: 'weaker' | 'harmless') => judged.filter(({ mutator }) => mutator.effect === effect);
    const rate = (effect: 'weaker' | 'harmless'): string => `${of(effect).filter(({ right }) => right).length} of ${of(effect).length}`;
    const unknown = of('weaker').filter(({ report }) => report.verdict === 'unknown').length;
    process.stdout.write(`diff ${cloud}: weakenings told ${rate('weaker')} (${unknown} as unknown), harmless edits let through ${rate('harmless')}\n`);
    expect(judged.filter(({ accepted }) => !accepted).map(({ mutator }) => mutator.name)).toEqual([]);
  });
});
