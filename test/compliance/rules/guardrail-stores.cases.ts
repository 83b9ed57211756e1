import type { RuleCase } from '../rule-case.js';
import { organisationCases } from '../aws-fixture.js';
import { azureCase, guardrails } from '../prove/azure/fixture.js';
import { ENFORCED, orgPolicy } from '../gcp-fixture.js';

const storage = ['storage.uniformBucketLevelAccess', 'storage.publicAccessPrevention', 'storage.secureHttpTransport'].map((name) => orgPolicy(name, ENFORCED));
const cmek = (...deniedValues: readonly string[]) => orgPolicy('gcp.restrictNonCmekServices', [{ values: { deniedValues } }]);

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'all of them', expected: 'pass', resources: [...storage, cmek('compute.googleapis.com', 'logging.googleapis.com', 'storage.googleapis.com')] },
  { cloud: 'gcp', name: 'storage without customer keys', expected: 'fail', at: 'phi-inference-gcp.restrictNonCmekServices', resources: [...storage, cmek('compute.googleapis.com')] },
  { cloud: 'gcp', name: 'no public access prevention', expected: 'fail', at: 'gcp', resources: [storage[0]!, storage[2]!, cmek('compute.googleapis.com', 'logging.googleapis.com', 'storage.googleapis.com')] },
];

const azure: RuleCase[] = [
  azureCase('denied', 'pass', { more: guardrails() }),
  azureCase('one is missing', 'fail', { more: guardrails({ without: 'store' }), at: 'azure' }),
  azureCase('not enforced', 'fail', { more: guardrails({ enforcementMode: 'DoNotEnforce' }), at: 'deny' }),
];

export const cases: RuleCase[] = [...azure, ...organisationCases('s3:PutBucketPolicy', 'RESOURCE_CONTROL_POLICY'), ...gcp];
