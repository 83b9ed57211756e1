import type { RuleCase } from '../rule-case.js';
import { CONDITION, USE, gate, policy, principal, provider, space } from '../gcp-fixture.js';
import { digest } from '../workload-fixture.js';
import type { AwsMeasurement } from '../../../constructs/workload/workload.js';
import { GUARDED, keyTemplate, RA } from '../prove/aws/fixture.js';
import { pcr, WORKLOAD } from '../workload-fixture.js';
import { azureCase, branch, NOT_KNOWN, policyOf, SAFE } from '../prove/azure/fixture.js';

const admit = (...values: string[]) => keyTemplate({
  attested: { ...GUARDED.attested, Condition: { StringEqualsIgnoreCase: { [`${RA}PCR0`]: values } } },
  unattested: { ...GUARDED.unattested, Condition: { StringNotEqualsIgnoreCase: { [`${RA}PCR0`]: values } } },
});
const build = (letter: string, rest: string): AwsMeasurement => ({ ...WORKLOAD.measurements.aws['r2']!, kind: 'nitro-enclave', pcrs: { PCR0: pcr(letter), PCR1: pcr(rest), PCR2: pcr(rest) }, artifact: { bucket: 'b', key: 'k', versionId: 'v', sha256: 'a'.repeat(64) } });
const two = { measurements: { ...WORKLOAD.measurements, aws: { blue: build('a', 'b'), green: build('1', '2') } } };
const pair = (pcr0: string[], pcr2: string[]) => ({ ...GUARDED.attested, Condition: { StringEquals: { [`${RA}PCR0`]: pcr0, [`${RA}PCR2`]: pcr2 } } });
const aws: RuleCase[] = [
  { name: 'the active measurement', cloud: 'aws', expected: 'pass', at: 'Key', resources: keyTemplate() },
  { name: 'a revoked one too', cloud: 'aws', expected: 'fail', at: 'Key', resources: admit(pcr('a'), pcr('e')) },
  { name: 'a retired one too', cloud: 'aws', expected: 'fail', at: 'Key', resources: admit(pcr('a'), pcr('d')) },
  { name: 'one that the workload file does not list', cloud: 'aws', expected: 'fail', at: 'Key', resources: admit(pcr('a'), pcr('9')) },
  { name: 'the active one is missing', cloud: 'aws', expected: 'fail', at: 'Key', resources: admit() },
  { name: 'expired', cloud: 'aws', expected: 'fail', at: 'Key', resources: keyTemplate(), workload: { measurements: { ...WORKLOAD.measurements, aws: { r2: { ...WORKLOAD.measurements.aws['r2']!, expires: '2026-11-21' } } } } },
  { name: 'PCRs of two builds mix', cloud: 'aws', expected: 'fail', at: 'Key', resources: keyTemplate({ attested: pair([pcr('a'), pcr('1')], [pcr('b'), pcr('2')]), unattested: null }), workload: two },
  { name: 'one statement per build', cloud: 'aws', expected: 'pass', at: 'Key', resources: keyTemplate({ attested: pair([pcr('a')], [pcr('b')]), green: pair([pcr('1')], [pcr('2')]), unattested: null }), workload: two },
  { name: 'no workload to compare with', cloud: 'aws', expected: 'silent', resources: keyTemplate(), workload: null },
];

const azure: RuleCase[] = [
  azureCase('the active measurement', 'pass', { at: 'phi' }),
  azureCase('a measurement that nobody approved', 'fail', { edits: [['Key', 'phi', 'properties.releasePolicy', policyOf(branch([...SAFE.slice(0, 2), { claim: 'x-ms-isolation-tee.x-ms-sevsnpvm-is-debuggable', equals: false }]))]], workload: { measurements: { aws: {}, gcp: {}, azure: {} } }, at: 'phi' }),
  azureCase('a condition that the active one cannot meet', 'fail', { edits: [['Key', 'phi', 'properties.releasePolicy', policyOf(branch([{ claim: 'x-ms-isolation-tee.x-ms-attestation-type', equals: 'tdxvm' }, ...SAFE.slice(1), { claim: 'x-ms-isolation-tee.tdx_td_attributes_debug', equals: false }]))]], at: 'phi' }),
  azureCase('not known', 'unknown', { edits: [['Key', 'phi', 'properties.releasePolicy', NOT_KNOWN]], at: 'phi' }),
];

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'the active image', expected: 'pass', resources: gate() },
  { cloud: 'gcp', name: 'the active image from elsewhere', expected: 'fail', at: 'tee', path: 'metadata.tee-image-reference', resources: gate(space({}, { 'tee-image-reference': `registry.example.org/inference@${digest('a')}` })) },
  { cloud: 'gcp', name: 'a binding of the retired image', expected: 'fail', at: 'phi', resources: gate(policy([USE, { role: USE.role, members: [principal('d')] }])) },
  { cloud: 'gcp', name: 'a condition that admits the retired image', expected: 'fail', at: 'phi', resources: gate(provider({ attributeCondition: CONDITION.replace(digest('a'), `${digest('a')}", "${digest('d')}`) })) },
  { cloud: 'gcp', name: 'a condition that refuses the active image', expected: 'fail', at: 'phi', resources: gate(provider({ attributeCondition: CONDITION.replace(digest('a'), digest('f')) })) },
  { cloud: 'gcp', name: 'a template of another image', expected: 'fail', at: 'tee', path: 'metadata.tee-image-reference', resources: gate(space({}, { 'tee-image-reference': `us-docker.pkg.dev/phi-inference/images/inference@${digest('e')}` })) },
  { cloud: 'gcp', name: 'a condition that is not told', expected: 'unknown', at: 'phi', resources: gate(provider({ attributeCondition: '[secret]' })) },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
