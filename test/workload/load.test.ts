import { readFileSync } from 'node:fs';
import { embedWorkload, loadWorkload, readEmbeddedWorkload } from '../../constructs/workload/index.js';
import { WORKLOAD } from '../compliance/workload-fixture.js';

const text = readFileSync('workload.yaml', 'utf8');

test('the shipped file is valid and survives embedding', () => {
  const workload = loadWorkload('workload.yaml');
  expect(workload.name).toBe('clinical-decision');
  expect(text.startsWith('# yaml-language-server: $schema=./docs/workload.schema.json\n')).toBe(true);
  const embedded = embedWorkload(workload);
  const read = readEmbeddedWorkload(embedded);
  expect(read).toEqual({ workload });
});

test('the fixture of the rule cases reads back too', () => {
  expect(readEmbeddedWorkload(embedWorkload(WORKLOAD))).toEqual({ workload: WORKLOAD });
});
