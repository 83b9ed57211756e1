import type { RuleCase } from '../rule-case.js';
import { organisationCases } from '../aws-fixture.js';
import { azureCase, guardrails, NOT_KNOWN, resource as azureResource } from '../prove/azure/fixture.js';
import { ENFORCED, orgPolicy, resource } from '../gcp-fixture.js';
import type { PreviewResource } from '../rule-case.js';

const TYPE = 'gcp:orgpolicy/customConstraint:CustomConstraint';
const exact = (condition: string, actionType = 'DENY', resourceTypes: readonly string[] = ['compute.googleapis.com/Instance']): PreviewResource => resource(TYPE, 'exact', { name: 'custom.type', actionType, condition, methodTypes: ['CREATE', 'UPDATE'], resourceTypes });
const all = (...changes: readonly PreviewResource[]): readonly PreviewResource[] => [...new Map([
  orgPolicy('compute.restrictNonConfidentialComputing', [{ values: { deniedValues: ['compute.googleapis.com'] } }]), ...['compute.requireShieldedVm', 'compute.requireOsLogin', 'compute.disableSerialPortAccess', 'custom.type'].map((name) => orgPolicy(name, ENFORCED)),
  orgPolicy('compute.trustedImageProjects', [{ values: { allowedValues: ['projects/confidential-space-images'] } }]), exact("resource.confidentialInstanceConfig.confidentialInstanceType != 'TDX'"), ...changes,
].map((one) => [one.name, one])).values()];

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'all of them', expected: 'pass', resources: all() },
  { cloud: 'gcp', name: 'one is missing', expected: 'fail', at: 'gcp', resources: all().filter(({ name }) => !name.endsWith('requireShieldedVm')) },
  { cloud: 'gcp', name: 'not enforced', expected: 'fail', at: 'phi-inference-compute.requireOsLogin', resources: all(orgPolicy('compute.requireOsLogin', [{ enforce: 'FALSE' }])) },
  { cloud: 'gcp', name: 'every image allowed', expected: 'fail', at: 'phi-inference-compute.trustedImageProjects', resources: all(orgPolicy('compute.trustedImageProjects', [{ allowAll: 'TRUE' }])) },
  { cloud: 'gcp', name: 'images of others allowed', expected: 'fail', at: 'phi-inference-compute.trustedImageProjects', resources: all(orgPolicy('compute.trustedImageProjects', [{ values: { allowedValues: ['projects/confidential-space-images', 'projects/mallory'] } }])) },
  { cloud: 'gcp', name: 'under a condition only', expected: 'fail', at: 'phi-inference-compute.requireShieldedVm', resources: all(orgPolicy('compute.requireShieldedVm', [{ enforce: 'TRUE', condition: { expression: 'resource.matchTag("x", "y")' } }])) },
  { cloud: 'gcp', name: 'updates only', expected: 'fail', at: 'exact', resources: all(resource(TYPE, 'exact', { name: 'custom.type', actionType: 'DENY', condition: "resource.confidentialInstanceConfig.confidentialInstanceType != 'TDX'", methodTypes: ['UPDATE'] })) },
  { cloud: 'gcp', name: 'some machines only', expected: 'fail', at: 'exact', resources: all(exact("resource.confidentialInstanceConfig.confidentialInstanceType != 'TDX' && resource.name.startsWith('x')")) },
  { cloud: 'gcp', name: 'of disks, not of machines', expected: 'fail', at: 'exact', resources: all(exact("resource.confidentialInstanceConfig.confidentialInstanceType != 'TDX'", 'DENY', ['compute.googleapis.com/Disk'])) },
  { cloud: 'gcp', name: 'another type', expected: 'fail', at: 'exact', resources: all(exact("resource.confidentialInstanceConfig.confidentialInstanceType != 'SEV'")) },
  { cloud: 'gcp', name: 'rules that are not told', expected: 'unknown', at: 'phi-inference-compute.requireOsLogin', resources: all(orgPolicy('compute.requireOsLogin', '[secret]')) },
  { cloud: 'gcp', name: 'no workload', expected: 'silent', resources: [], workload: null },
];

const azure: RuleCase[] = [
  azureCase('denied', 'pass', { more: guardrails() }),
  azureCase('one is missing', 'fail', { more: guardrails({ without: 'machine' }), at: 'azure' }),
  azureCase('not enforced', 'fail', { more: guardrails({ enforcementMode: 'DoNotEnforce' }), at: 'deny' }),
  azureCase('overridden', 'fail', { more: guardrails({ assignment: { overrides: [{ kind: 'policyEffect', value: 'Disabled' }] } }), at: 'deny', path: 'overrides' }),
  azureCase('for one place only', 'fail', { more: guardrails({ assignment: { resourceSelectors: [{ name: 'x', selectors: [{ kind: 'resourceLocation', in: ['westus'] }] }] } }), at: 'deny' }),
  azureCase('in another subscription', 'fail', { more: guardrails({ assignment: { scope: '/subscriptions/99999999-0000-4000-8000-000000000000' } }), at: 'deny', path: 'scope' }),
  azureCase('a scope not known', 'unknown', { more: guardrails({ assignment: { scope: NOT_KNOWN } }), at: 'deny' }),
  azureCase('an enforcement not known', 'unknown', { more: guardrails({ enforcementMode: NOT_KNOWN }), at: 'deny' }),
  azureCase('none', 'fail', { at: 'azure' }),
  azureCase('audited only', 'fail', { more: guardrails({ effect: 'audit' }), at: 'azure' }),
  azureCase('with scopes left out', 'fail', { more: guardrails().map((one) => (one.type.endsWith('PolicyAssignment') ? { ...one, inputs: { ...(one.inputs as object), notScopes: ['/subscriptions/1/resourceGroups/2'] } } : one)), at: 'deny', path: 'notScopes' }),
  azureCase('with an exemption', 'fail', { more: [...guardrails(), azureResource('authorization:PolicyExemption', 'waiver', {})], at: 'waiver' }),
  azureCase('with an exemption of another theme', 'pass', { more: [...guardrails(), azureResource('authorization:PolicyExemption', 'waiver', { policyDefinitionReferenceIds: ['deny-store'] })] }),
  azureCase('not known', 'unknown', { more: [azureResource('authorization:PolicyAssignment', 'deny', { policyDefinitionId: NOT_KNOWN })], at: 'azure' }),
];

export const cases: RuleCase[] = [...azure, ...organisationCases('iam:PassRole'), ...gcp];
