import type { RuleCase } from '../rule-case.js';
import { DEPLOYER, gate, member, resource } from '../gcp-fixture.js';
import { azureCase, GROUP, guardrails, role, ROLES, STRANGER } from '../prove/azure/fixture.js';

const azure: RuleCase[] = [
  azureCase('break glass only', 'pass', { more: guardrails() }),
  azureCase('an owner', 'fail', { more: [...guardrails(), role('extra', ROLES.owner, GROUP, STRANGER, 'User')], at: 'deny' }),
  azureCase('an owner may delete the lock', 'fail', { more: [role('extra', ROLES.owner, GROUP, STRANGER, 'User')], at: 'logs-lock' }),
  azureCase('a policy contributor', 'fail', { more: [...guardrails(), role('extra', '36243c78-bf99-498c-9df9-86d9f8d28608', GROUP, STRANGER, 'User')], at: 'deny' }),
  azureCase('a reader', 'pass', { more: [...guardrails(), role('extra', ROLES.reader, GROUP, STRANGER, 'User')] }),
  azureCase('a role that nobody knows', 'unknown', { more: [...guardrails(), role('extra', '99999999-9999-9999-9999-999999999999', GROUP, STRANGER)], at: 'deny' }),
];

const above = (type: string, role_: string, who: string) => resource(type, 'above', { folder: 'folders/1', orgId: '1', role: role_, member: who });
const custom = (permissions: string[]) => [resource('gcp:organizations/iAMCustomRole:IAMCustomRole', 'custom', { orgId: '1', roleId: 'custom', permissions }), above('gcp:organizations/iAMMember:IAMMember', 'organizations/1/roles/custom', 'user:m@example.org')];
const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'the deployer', expected: 'pass', at: 'above', resources: [...gate(), above('gcp:organizations/iAMMember:IAMMember', 'roles/orgpolicy.policyAdmin', DEPLOYER)] },
  { cloud: 'gcp', name: 'a person who rewrites roles', expected: 'fail', at: 'eye', path: 'role', resources: [...gate(), member('project', 'eye', 'roles/iam.roleAdmin', 'user:m@example.org')] },
  { cloud: 'gcp', name: 'a constraint set aside', expected: 'fail', at: 'aside', path: 'spec', resources: [...gate(), resource('gcp:orgpolicy/policy:Policy', 'aside', { parent: 'projects/phi-inference', name: 'projects/phi-inference/policies/compute.restrictVpcPeering', spec: { rules: [{ allowAll: 'TRUE' }] } })] },
  { cloud: 'gcp', name: 'a person who looks at alarms', expected: 'pass', at: 'eye', resources: [...gate(), member('project', 'eye', 'roles/monitoring.viewer', 'user:m@example.org')] },
  { cloud: 'gcp', name: 'a person who silences alarms', expected: 'fail', at: 'eye', path: 'role', resources: [...gate(), member('project', 'eye', 'roles/monitoring.alertPolicyEditor', 'user:m@example.org')] },
  { cloud: 'gcp', name: 'a person who may become owner', expected: 'fail', at: 'entitled', path: 'role', resources: [...gate(), resource('gcp:privilegedaccessmanager/entitlement:Entitlement', 'entitled', { parent: 'projects/phi-inference', eligibleUsers: [{ principals: ['user:m@example.org'] }], privilegedAccess: { gcpIamAccess: { roleBindings: [{ role: 'roles/owner' }] } } })] },
  { cloud: 'gcp', name: 'break glass that asks first', expected: 'pass', at: 'entitled', resources: [...gate(), resource('gcp:privilegedaccessmanager/entitlement:Entitlement', 'entitled', { parent: 'projects/phi-inference', eligibleUsers: [{ principals: [DEPLOYER] }], privilegedAccess: { gcpIamAccess: { roleBindings: [{ role: 'roles/orgpolicy.policyAdmin' }] } } })] },
  { cloud: 'gcp', name: 'a person in the organisation', expected: 'fail', at: 'above', path: 'role', resources: [...gate(), above('gcp:organizations/iAMMember:IAMMember', 'roles/orgpolicy.policyAdmin', 'user:m@example.org')] },
  { cloud: 'gcp', name: 'a person who moves the project', expected: 'fail', at: 'above', resources: [...gate(), above('gcp:folder/iAMMember:IAMMember', 'roles/resourcemanager.projectMover', 'user:m@example.org')] },
  { cloud: 'gcp', name: 'a role of one\'s own', expected: 'fail', at: 'above', resources: [...gate(), ...custom(['orgpolicy.policy.set'])] },
  { cloud: 'gcp', name: 'a role that reads policies', expected: 'pass', at: 'above', resources: [...gate(), ...custom(['orgpolicy.policy.get'])] },
  { cloud: 'gcp', name: 'a role of elsewhere', expected: 'unknown', at: 'above', resources: [...gate(), above('gcp:organizations/iAMMember:IAMMember', 'organizations/1/roles/other', 'user:m@example.org')] },
  { cloud: 'gcp', name: 'another project', expected: 'silent', resources: [...gate(), member('project', 'elsewhere', 'roles/owner', 'user:m@example.org', 'somewhere-else')] },
];

export const cases: RuleCase[] = [...azure, ...gcp];
