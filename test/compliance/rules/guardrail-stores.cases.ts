import type { RuleCase } from '../rule-case.js';
import { ENFORCED, orgPolicy } from '../gcp-fixture.js';

const storage = ['storage.uniformBucketLevelAccess', 'storage.publicAccessPrevention', 'storage.secureHttpTransport'].map((name) => orgPolicy(name, ENFORCED));
const cmek = (...deniedValues: readonly string[]) => orgPolicy('gcp.restrictNonCmekServices', [{ values: { deniedValues } }]);

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'all of them', expected: 'pass', resources: [...storage, cmek('compute.googleapis.com', 'logging.googleapis.com', 'storage.googleapis.com')] },
  { cloud: 'gcp', name: 'storage without customer keys', expected: 'fail', at: 'phi-inference-gcp.restrictNonCmekServices', resources: [...storage, cmek('compute.googleapis.com')] },
  { cloud: 'gcp', name: 'no public access prevention', expected: 'fail', at: 'gcp', resources: [storage[0]!, storage[2]!, cmek('compute.googleapis.com', 'logging.googleapis.com', 'storage.googleapis.com')] },
];

export const cases: RuleCase[] = gcp;
