import type { RuleCase } from '../rule-case.js';
import { CONDITION, gate, provider } from '../gcp-fixture.js';
import { GUARDED, keyTemplate } from '../prove/aws/fixture.js';
import { azureCase } from '../prove/azure/fixture.js';

const aws: RuleCase[] = [
  { name: 'all guards', cloud: 'aws', expected: 'pass', at: 'Key', resources: keyTemplate() },
  { name: 'no Deny of the un-attested', cloud: 'aws', expected: 'fail', at: 'Key', resources: keyTemplate({ unattested: null }) },
  { name: 'no condition on the Allow', cloud: 'aws', expected: 'fail', at: 'Key', resources: keyTemplate({ attested: { ...GUARDED.attested, Condition: {} } }) },
  { name: 'no Deny of gate changes', cloud: 'aws', expected: 'fail', at: 'Key', resources: keyTemplate({ changers: null }) },
  { name: 'no Deny of the side doors', cloud: 'aws', expected: 'fail', at: 'Key', resources: keyTemplate({ doors: null }) },
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
