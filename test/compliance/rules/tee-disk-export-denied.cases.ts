import type { RuleCase } from '../rule-case.js';
import { azureCase, GROUP, NOT_KNOWN, resource, role, ROLES, STRANGER } from '../prove/azure/fixture.js';

const azure: RuleCase[] = [
  azureCase('a closed disk', 'pass', { more: [resource('compute:Disk', 'extra', { networkAccessPolicy: 'DenyAll', publicNetworkAccess: 'Disabled' })], at: 'extra' }),
  azureCase('Azure\'s default', 'fail', { more: [resource('compute:Disk', 'extra', {})], at: 'extra' }),
  azureCase('a restore point', 'fail', { more: [resource('compute:RestorePointCollection', 'copies', {})], at: 'copies' }),
  azureCase('a role that exports', 'fail', { more: [role('extra', ROLES.contributor, GROUP, STRANGER)], at: 'extra' }),
  azureCase('not known', 'unknown', { more: [resource('compute:Disk', 'extra', { networkAccessPolicy: NOT_KNOWN })], at: 'extra' }),
];

export const cases: RuleCase[] = [...azure];
