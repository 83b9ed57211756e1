import type { RuleCase } from '../rule-case.js';
import { organisationCases } from '../aws-fixture.js';
import { azureCase, guardrails } from '../prove/azure/fixture.js';
import { ENFORCED, onBoth, orgPolicy } from '../gcp-fixture.js';

const network = onBoth('compute.skipDefaultNetworkCreation', ENFORCED);

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'both', expected: 'pass', resources: [...network, orgPolicy('compute.vmExternalIpAccess', [{ denyAll: 'TRUE' }])] },
  { cloud: 'gcp', name: 'one machine allowed', expected: 'fail', at: 'phi-inference-compute.vmExternalIpAccess', resources: [...network, orgPolicy('compute.vmExternalIpAccess', [{ values: { allowedValues: ['projects/p/zones/z/instances/i'] } }])] },
  { cloud: 'gcp', name: 'no policy', expected: 'fail', at: 'gcp', resources: [...network] },
  { cloud: 'gcp', name: 'not told', expected: 'unknown', at: 'phi-inference-compute.vmExternalIpAccess', resources: [...network, orgPolicy('compute.vmExternalIpAccess', '[secret]')] },
];

const azure: RuleCase[] = [
  azureCase('denied', 'pass', { more: guardrails() }),
  azureCase('one is missing', 'fail', { more: guardrails({ without: 'path' }), at: 'azure' }),
  azureCase('with a name left out', 'fail', { more: guardrails({ edit: (all) => { all['path'] = { allOf: [all['path'] ?? null, { field: 'name', notEquals: 'ours' }] }; } }), at: 'azure' }),
  azureCase('split over two policies', 'pass', { more: guardrails({ edit: (all) => { const path = all['path'] ?? null; all['one'] = { allOf: [path, { field: 'location', equals: 'eastus' }] }; all['path'] = { allOf: [path, { not: { field: 'location', equals: 'eastus' } }] }; } }) }),
  azureCase('not enforced', 'fail', { more: guardrails({ enforcementMode: 'DoNotEnforce' }), at: 'deny' }),
];

export const cases: RuleCase[] = [...azure, ...organisationCases('ec2:AttachInternetGateway'), ...gcp];
