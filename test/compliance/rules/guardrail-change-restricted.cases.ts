import type { RuleCase } from '../rule-case.js';
import { azureCase, GROUP, guardrails, role, ROLES, STRANGER } from '../prove/azure/fixture.js';

const azure: RuleCase[] = [
  azureCase('break glass only', 'pass', { more: guardrails() }),
  azureCase('an owner', 'fail', { more: [...guardrails(), role('extra', ROLES.owner, GROUP, STRANGER, 'User')], at: 'deny' }),
  azureCase('an owner may delete the lock', 'fail', { more: [role('extra', ROLES.owner, GROUP, STRANGER, 'User')], at: 'logs-lock' }),
  azureCase('a policy contributor', 'fail', { more: [...guardrails(), role('extra', '36243c78-bf99-498c-9df9-86d9f8d28608', GROUP, STRANGER, 'User')], at: 'deny' }),
  azureCase('a reader', 'pass', { more: [...guardrails(), role('extra', ROLES.reader, GROUP, STRANGER, 'User')] }),
  azureCase('a role that nobody knows', 'unknown', { more: [...guardrails(), role('extra', '99999999-9999-9999-9999-999999999999', GROUP, STRANGER)], at: 'deny' }),
];

export const cases: RuleCase[] = [...azure];
