import type { RuleCase } from '../rule-case.js';
import { denyChanges, gate } from '../gcp-fixture.js';
import { keyTemplate } from '../prove/aws/fixture.js';

const aws: RuleCase[] = [
  { name: 'all but the deployment role', cloud: 'aws', expected: 'pass', at: 'Key', resources: keyTemplate() },
  { name: 'nobody', cloud: 'aws', expected: 'fail', at: 'Key', resources: keyTemplate({ changers: null }) },
];

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'everybody but the deployer and break glass', expected: 'pass', at: 'phi', resources: gate(denyChanges()) },
  { cloud: 'gcp', name: 'nobody refused', expected: 'fail', at: 'phi', resources: gate() },
  { cloud: 'gcp', name: 'an exception for a developer', expected: 'fail', at: 'phi', resources: gate(denyChanges(['principal://goog/subject/dev@example.org'])) },
  { cloud: 'gcp', name: 'changes of the pool allowed', expected: 'fail', at: 'phi', resources: gate(denyChanges(undefined, ['cloudkms.googleapis.com/cryptoKeys.setIamPolicy', 'cloudkms.googleapis.com/keyRings.setIamPolicy', 'cloudkms.googleapis.com/cryptoKeyVersions.destroy'])) },
];

export const cases: RuleCase[] = [...aws, ...gcp];
