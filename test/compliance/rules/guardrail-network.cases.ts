import type { RuleCase } from '../rule-case.js';
import { ENFORCED, onBoth, orgPolicy } from '../gcp-fixture.js';

const network = onBoth('compute.skipDefaultNetworkCreation', ENFORCED);

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'both', expected: 'pass', resources: [...network, orgPolicy('compute.vmExternalIpAccess', [{ denyAll: 'TRUE' }])] },
  { cloud: 'gcp', name: 'one machine allowed', expected: 'fail', at: 'phi-inference-compute.vmExternalIpAccess', resources: [...network, orgPolicy('compute.vmExternalIpAccess', [{ values: { allowedValues: ['projects/p/zones/z/instances/i'] } }])] },
  { cloud: 'gcp', name: 'no policy', expected: 'fail', at: 'gcp', resources: [...network] },
  { cloud: 'gcp', name: 'not told', expected: 'unknown', at: 'phi-inference-compute.vmExternalIpAccess', resources: [...network, orgPolicy('compute.vmExternalIpAccess', '[secret]')] },
];

export const cases: RuleCase[] = gcp;
