import type { RuleCase } from '../rule-case.js';
import { azureCase, GROUP, id, role, STRANGER } from '../prove/azure/fixture.js';

const azure: RuleCase[] = [
  azureCase('the TEE alone', 'pass', { at: 'store' }),
  azureCase('a reader', 'fail', { more: [role('extra', '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1', `${id('Microsoft.Storage/storageAccounts', 'store')}/blobServices/default/containers/phi`, STRANGER, 'User')], at: 'store' }),
  azureCase('who lists the keys', 'fail', { more: [role('extra', '81a9662b-bebf-436f-a333-f67b29880f12', GROUP, STRANGER)], at: 'store' }),
  azureCase('a role that nobody knows', 'unknown', { more: [role('extra', '99999999-9999-9999-9999-999999999999', GROUP, STRANGER)], at: 'store' }),
];

export const cases: RuleCase[] = [...azure];
