import type { RuleCase } from '../rule-case.js';
import { CONDITION, gate, provider } from '../gcp-fixture.js';
import { GUARDED, keyTemplate } from '../prove/aws/fixture.js';
import { azureCase } from '../prove/azure/fixture.js';

const aws: RuleCase[] = [
  { name: 'all guards', cloud: 'aws', expected: 'pass', at: 'Key', resources: keyTemplate() },
  { name: 'no condition on the Allow', cloud: 'aws', expected: 'fail', at: 'Key', resources: keyTemplate({ attested: { ...GUARDED.attested, Condition: {} } }) },
  { name: 'a Deny is the business of other rules', cloud: 'aws', expected: 'pass', at: 'Key', resources: keyTemplate({ changers: null }) },
];

const azure: RuleCase[] = [
  azureCase('all six', 'pass', { at: 'phi' }),
  azureCase('unwrapKey that nobody may call', 'fail', { edits: [['Key', 'phi', 'properties.keyOps', ['wrapKey', 'unwrapKey']]], at: 'phi' }),
  azureCase('a public vault', 'fail', { edits: [['Vault', 'phi-vault', 'properties.publicNetworkAccess', 'Enabled']], at: 'phi' }),
];

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'three guards', expected: 'pass', resources: gate() },
  { cloud: 'gcp', name: 'a condition without the digest', expected: 'fail', at: 'phi', resources: gate(provider({ attributeCondition: CONDITION.replace(/ && assertion\.submods\.container\.image_digest in \[[^\]]*\]/, '') })) },
  { cloud: 'gcp', name: 'no ring policy', expected: 'fail', at: 'phi', resources: gate().filter(({ name }) => name !== 'ring-policy') },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
