import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { RULES } from '../../constructs/compliance/registry.js';
import { caseDeployment, type RuleCase } from './rule-case.js';

/** RULE=<id> runs one rule's cases. */
const only = process.env['RULE'];

for (const rule of RULES.filter(({ id }) => !only || id === only)) {
  const file = join(__dirname, 'rules', `${rule.id}.cases.ts`);
  const cases = existsSync(file) ? (require(file) as { cases: RuleCase[] }).cases : [];
  if (cases.length === 0) continue;
  describe(rule.id, () => {
    test.each(cases.map((example) => [`${example.cloud} ${example.expected}: ${example.name}`, example] as const))('%s', (_, example) => {
      const check = rule.checks[example.cloud];
      expect(check).toBeDefined();
      const outcomes = [...check!(caseDeployment(example))].map(({ resource, status, path, message }) => ({ at: resource.name, status, path, message }));
      const shown = JSON.stringify(outcomes, null, 1);
      const wanted = outcomes.filter(({ at, status, path }) => status === example.expected && (example.at ?? at) === at && (example.path ?? path) === path);
      if (example.expected === 'silent') expect(shown).toBe('[]');
      else if (wanted.length === 0) throw new Error(`expected ${example.expected}${example.at ? ` at ${example.at}` : ''}${example.path ? ` path ${example.path}` : ''}, got ${shown}`);
      if (example.expected === 'pass' && outcomes.some(({ status }) => status !== 'pass')) throw new Error(`expected only passes, got ${shown}`);
      if (example.expected === 'warn' && outcomes.some(({ status }) => status === 'fail' || status === 'unknown')) throw new Error(`expected only warnings, got ${shown}`);
      if (example.expected === 'unknown' && outcomes.some(({ status }) => status === 'fail')) throw new Error(`expected no failure, got ${shown}`);
      for (const outcome of outcomes) if (outcome.status !== 'pass') expect(outcome.message).not.toBe('');
    });
  });
}

test('the registry is not empty', () => expect(RULES.length).toBeGreaterThan(0));
