import { compareDeployments } from '../../../constructs/compliance/diff/compare.js';
import { readArtifacts } from '../../../constructs/compliance/read/artifacts.js';
import { RULES } from '../../../constructs/compliance/registry.js';
import { shipped } from '../../shipped.js';

test('the shipped artifacts compared with themselves: nothing changed', () => {
  const { deployments } = readArtifacts([shipped()], { today: '2026-11-25' });
  const again = readArtifacts([shipped()], { today: '2026-11-25' }).deployments;
  const { verdict, changes } = compareDeployments(deployments, again, { rules: RULES });
  expect(changes).toEqual([]);
  expect(verdict).toBe('neutral');
});
