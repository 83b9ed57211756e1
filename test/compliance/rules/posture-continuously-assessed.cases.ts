import type { RuleCase } from '../rule-case.js';
import { azureCase, GROUP, resource } from '../prove/azure/fixture.js';

const azure: RuleCase[] = [
  azureCase('the initiative', 'pass', { more: [resource('authorization:PolicyAssignment', 'hipaa', { scope: GROUP, policyDefinitionId: '/providers/Microsoft.Authorization/policySetDefinitions/a169a624-5599-4385-a696-c8d643089fab' })], at: 'hipaa' }),
  azureCase('none', 'fail', { at: 'azure' }),
];

export const cases: RuleCase[] = [...azure];
