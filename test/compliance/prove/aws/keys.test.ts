import { analyseKeys, proveKeys } from '../../../../constructs/compliance/prove/aws/keys.js';
import { RULES } from '../../../../constructs/compliance/registry.js';
import { awsDeployment } from '../../rule-case.js';
import { WORKLOAD } from '../../workload-fixture.js';
import { cases, type KeyCase } from './keys.cases.js';
import { keyTemplate } from './fixture.js';

const deployment = ({ resources, workload }: KeyCase) => awsDeployment(resources, workload === null ? null : { ...WORKLOAD, ...workload });

test.each(cases.map((one) => [one.name, one] as const))('%s', (_, one) => {
  const [analysis] = analyseKeys(deployment(one));
  const { proof, gateChanges } = analysis!;
  const shown = JSON.stringify(proof, null, 1);
  expect(`${proof.verdict} ${shown}`).toMatch(new RegExp(`^${one.verdict} `));
  expect(proof.witness !== null).toBe(one.verdict === 'bypassable');
  expect(proof.guards.expected).toBe(5);
  if (one.guards !== undefined) expect(`${proof.guards.present} ${shown}`).toMatch(new RegExp(`^${one.guards} `));
  const { principal, action, attestation, via } = proof.witness ?? { principal: '', action: '', attestation: '', via: '' };
  if (one.witness) expect(`${principal} ${action} ${attestation} ${via}`).toMatch(one.witness);
  if (one.reason) expect(proof.reasons.join('\n')).toMatch(one.reason);
  if (one.verdict === 'unknown') expect(proof.reasons.length).toBeGreaterThan(0);
  const problems = gateChanges.filter(({ problem }) => problem !== '').map(({ action: move, problem }) => `${move}: ${problem}`).join('\n');
  if (one.gate) expect(problems).toMatch(one.gate);
  else if (one.verdict === 'gated') expect(problems).toBe('');
});

test('every one of the 19 bypasses is caught by a rule', () => {
  expect([...new Set(cases.flatMap(({ bypass }) => (bypass === undefined ? [] : [bypass])))].sort((a, b) => a - b)).toEqual(Array.from({ length: 19 }, (_, index) => index + 1));
  for (const one of cases) {
    if (one.bypass === undefined) continue;
    const target = deployment(one);
    const findings = RULES.flatMap((rule) => [...(rule.checks.aws?.(target) ?? [])].filter(({ status }) => status !== 'pass').map(() => rule));
    expect({ name: one.name, caught: findings.some(({ theme }) => theme === 'attested-key') }).toEqual({ name: one.name, caught: true });
  }
});

test('the analysis of a key is computed once, and an artifact without PHI keys has none', () => {
  const one = awsDeployment(keyTemplate());
  expect(analyseKeys(one)).toBe(analyseKeys(one));
  expect(proveKeys(awsDeployment({ Key: { Type: 'AWS::KMS::Key' } }, null))).toEqual([]);
});
