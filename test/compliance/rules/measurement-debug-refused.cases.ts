import type { RuleCase } from '../rule-case.js';
import { CONDITION, DISK, gate, provider, space } from '../gcp-fixture.js';
import type { Value } from '../../../constructs/compliance/model.js';
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

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'production images', expected: 'pass', resources: gate() },
  { cloud: 'gcp', name: 'claims that are the same in every token', expected: 'pass', resources: gate(provider({ attributeCondition: `${CONDITION.replace(/ && \(!has\(assertion.submods.container.cmd_override.*$/, '')} && assertion.oemid == 11129 && assertion.iss == "https://confidentialcomputing.googleapis.com"` })) },
  { cloud: 'gcp', name: 'a further claim that is not modelled', expected: 'pass', resources: gate(provider({ attributeCondition: `${CONDITION.replace(/ && \(!has\(assertion.submods.container.cmd_override.*$/, '')} && assertion.tdx.gcp_attester_tcb_status == "UpToDate"` })) },
  { cloud: 'gcp', name: 'a condition without dbgstat', expected: 'fail', at: 'pool', resources: gate(provider({ attributeCondition: CONDITION.replace(' && assertion.dbgstat == "disabled-since-boot"', '') })) },
  { cloud: 'gcp', name: 'a debug image', expected: 'fail', at: 'tee', path: 'disks[0].sourceImage', resources: gate(space({ disks: [{ ...DISK, sourceImage: 'projects/confidential-space-images/global/images/family/confidential-space-debug' } as Value] })) },
  { cloud: 'gcp', name: 'a copy of the image', expected: 'fail', at: 'tee', path: 'disks[0].sourceImage', resources: gate(space({ disks: [{ ...DISK, sourceImage: 'projects/mine/global/images/confidential-space-250300' } as Value] })) },
  { cloud: 'gcp', name: 'an image that is not told', expected: 'unknown', at: 'tee', path: 'disks[0].sourceImage', resources: gate(space({ disks: [{ ...DISK, sourceImage: '[secret]' } as Value] })) },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
