import type { RuleCase } from '../rule-case.js';
import { azureCase, resource } from '../prove/azure/fixture.js';

const azure: RuleCase[] = [
  azureCase('protected', 'pass', { at: 'store' }),
  azureCase('a group without', 'fail', { more: [{ type: 'azure-native:resources:ResourceGroup', name: 'second', inputs: { resourceGroupName: 'second' } }], at: 'second' }),
  azureCase('a second account without', 'fail', { more: [resource('storage:StorageAccount', 'second', { accountName: 'second' })], at: 'second' }),
];

export const cases: RuleCase[] = [...azure];
