import type { RuleCase } from '../rule-case.js';
import { azureCase, resource } from '../prove/azure/fixture.js';

const azure: RuleCase[] = [
  azureCase('protected', 'pass', { at: 'store' }),
  azureCase('a second account without', 'fail', { more: [resource('storage:StorageAccount', 'second', { accountName: 'second' })], at: 'second' }),
];

export const cases: RuleCase[] = [...azure];
