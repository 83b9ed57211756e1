import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CLOUDS } from '../../constructs/workload/workload.js';
import { shipped, templatePath } from '../shipped.js';
import { CORPUS } from './index.js';
import { judge } from './judge.js';
import type { JsonObject } from './mutator.js';

describe.each(CLOUDS.filter((cloud) => CORPUS[cloud].length > 0))('%s', (cloud) => {
  const file = cloud === 'aws' ? templatePath(shipped()) : join(shipped(), cloud, 'preview.json');
  const verdicts = judge(cloud, JSON.parse(readFileSync(file, 'utf8')) as JsonObject, CORPUS[cloud], '2026-11-25');

  test('names are unique', () => {
    expect(new Set(CORPUS[cloud].map(({ name }) => name)).size).toBe(CORPUS[cloud].length);
  });

  test.each(verdicts.map((verdict) => [`${verdict.mutator.effect} ${verdict.mutator.name}`, verdict] as const))('%s', (_, { mutator, noticed }) => {
    if (mutator.effect === 'weaker') expect(noticed).not.toEqual([]);
    else expect(noticed).toEqual([]);
  });
});
