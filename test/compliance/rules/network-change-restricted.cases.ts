import type { RuleCase } from '../rule-case.js';
import { azureCase, GROUP, role, STRANGER } from '../prove/azure/fixture.js';

const azure: RuleCase[] = [
  azureCase('nobody of the artifact', 'pass', { at: 'vnet' }),
  azureCase('Network Contributor', 'fail', { more: [role('extra', '4d97b98b-1d4f-4787-a291-c67834d212e7', GROUP, STRANGER)], at: 'vnet' }),
  azureCase('a role that nobody knows', 'unknown', { more: [role('extra', '99999999-9999-9999-9999-999999999999', GROUP, STRANGER)], at: 'vnet' }),
];

export const cases: RuleCase[] = [...azure];
