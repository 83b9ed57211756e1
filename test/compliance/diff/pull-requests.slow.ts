import { CLOUDS } from '../../../constructs/workload/workload.js';
import { told, variant } from './fixture.js';
import { PULL_REQUESTS } from './pull-requests.js';

beforeAll(() => { variant('measurement'); variant('size'); }, 240_000);

describe.each(CLOUDS)('%s', (cloud) => {
  test.each(PULL_REQUESTS.map((pull) => [`${pull.name} is ${pull.verdict}`, pull] as const))('%s', (_, { verdict, tells, run }) => {
    const report = run(cloud);
    expect({ verdict: report.verdict, told: told(report) }).toMatchObject({ verdict, ...(verdict === 'neutral' ? { told: [] } : {}) });
    if (tells[cloud]) expect(report.changes.map(({ id }) => id)).toContainEqual(expect.stringMatching(tells[cloud]));
  });
});
