import type { RuleCase } from '../rule-case.js';
import { azureCase, branch, policyOf, resource, SAFE } from '../prove/azure/fixture.js';

const azure: RuleCase[] = [
  azureCase('replaced', 'pass', { at: 'phi' }),
  azureCase('changed in place', 'fail', { more: [resource('keyvault:Key', 'second', { vaultName: 'phi-vault', keyName: 'second', properties: { releasePolicy: policyOf(branch(SAFE)) } }, { protect: true })], at: 'second' }),
];

export const cases: RuleCase[] = [...azure];
