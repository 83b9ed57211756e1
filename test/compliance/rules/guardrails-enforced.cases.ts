import type { RuleCase } from '../rule-case.js';
import { azureCase, guardrails, NOT_KNOWN, resource } from '../prove/azure/fixture.js';

const azure: RuleCase[] = [
  azureCase('denied', 'pass', { more: guardrails() }),
  azureCase('none', 'fail', { at: 'azure' }),
  azureCase('audited only', 'fail', { more: guardrails({ effect: 'audit' }), at: 'azure' }),
  azureCase('not enforced', 'fail', { more: guardrails({ enforcementMode: 'DoNotEnforce' }), at: 'deny' }),
  azureCase('with an exemption', 'fail', { more: [...guardrails(), resource('authorization:PolicyExemption', 'waiver', {})], at: 'waiver' }),
  azureCase('not known', 'unknown', { more: [resource('authorization:PolicyAssignment', 'deny', { policyDefinitionId: NOT_KNOWN })], at: 'azure' }),
];

export const cases: RuleCase[] = [...azure];
