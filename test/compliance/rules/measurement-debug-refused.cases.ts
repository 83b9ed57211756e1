import type { RuleCase } from '../rule-case.js';
import { GUARDED, keyTemplate, RA } from '../prove/aws/fixture.js';
import { pcr } from '../workload-fixture.js';
import { azureCase, branch, policyOf, without } from '../prove/azure/fixture.js';

const condition = (values: string | string[], key = 'PCR0') => ({ StringEqualsIgnoreCase: { [`${RA}${key}`]: values } });
const zero = '0'.repeat(96);
const aws: RuleCase[] = [
  { name: 'guarded', cloud: 'aws', expected: 'pass', at: 'Key', resources: keyTemplate() },
  { name: 'all-zero PCR0 admitted', cloud: 'aws', expected: 'fail', at: 'Key', resources: keyTemplate({ attested: { ...GUARDED.attested, Condition: condition([pcr('a'), zero]) }, unattested: null }) },
  { name: 'all-zero PCR0 stopped by the Deny only', cloud: 'aws', expected: 'fail', at: 'Key', resources: keyTemplate({ attested: { ...GUARDED.attested, Condition: condition([pcr('a'), zero]) } }) },
  { name: 'PCR8 only, which a debug enclave may present', cloud: 'aws', expected: 'fail', at: 'Key', resources: keyTemplate({ attested: { ...GUARDED.attested, Condition: condition(pcr('f'), 'PCR8') }, unattested: null }) },
  { name: 'all-zero NitroTPMPCR12 is the normal value', cloud: 'aws', expected: 'pass', at: 'Key', resources: keyTemplate({ attested: { ...GUARDED.attested, Condition: { StringEquals: { [`${RA}NitroTPMPCR4`]: pcr('a'), [`${RA}NitroTPMPCR12`]: zero } } } }), workload: null },
];

const azure: RuleCase[] = [
  azureCase('debug refused', 'pass', { at: 'phi' }),
  azureCase('debug not mentioned', 'fail', { edits: [['Key', 'phi', 'properties.releasePolicy', policyOf(branch(without('is-debuggable')))]], at: 'phi' }),
  azureCase('not known', 'unknown', { edits: [['Key', 'phi', 'properties.releasePolicy', '[secret]']], at: 'phi' }),
];

const gcp: RuleCase[] = [];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
