import type { RuleCase } from '../rule-case.js';
import { CONDITION, gate, provider, ref, resource } from '../gcp-fixture.js';
import { GUARDED, keyTemplate } from '../prove/aws/fixture.js';
import { azureCase, branch, GROUP, NOT_KNOWN, policyOf, role, ROLES, SAFE, STRANGER, without } from '../prove/azure/fixture.js';

const aws: RuleCase[] = [
  { name: 'guarded', cloud: 'aws', expected: 'pass', at: 'Key', resources: keyTemplate() },
  { name: 'no attestation condition', cloud: 'aws', expected: 'fail', at: 'Key', path: 'KeyPolicy', resources: keyTemplate({ attested: { ...GUARDED.attested, Condition: {} }, unattested: null }) },
  { name: 'principal from a parameter', cloud: 'aws', expected: 'unknown', at: 'Key', resources: keyTemplate({ attested: { ...GUARDED.attested, Principal: { AWS: { Ref: 'Parameter' } }, Condition: {} }, unattested: null }) },
  { name: 'no PHI key', cloud: 'aws', expected: 'silent', resources: { Bucket: { Type: 'AWS::S3::Bucket' } } },
];

const azure: RuleCase[] = [
  azureCase('attested release', 'pass', { at: 'phi' }),
  azureCase('no release policy', 'fail', { edits: [['Key', 'phi', 'properties.releasePolicy', undefined]], at: 'phi', path: 'properties.releasePolicy' }),
  azureCase('a weaker second branch', 'fail', { edits: [['Key', 'phi', 'properties.releasePolicy', policyOf(branch(SAFE), branch(without('compliance-status')))]], at: 'phi' }),
  azureCase('Crypto Officer for a stranger', 'fail', { more: [role('extra', ROLES.officer, GROUP, STRANGER)], at: 'phi' }),
  azureCase('not known', 'unknown', { edits: [['Key', 'phi', 'properties', NOT_KNOWN]], at: 'phi' }),
];

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'the gate', expected: 'pass', resources: gate() },
  { cloud: 'gcp', name: 'no deny policy', expected: 'fail', at: 'phi', resources: gate().filter(({ name }) => name !== 'deny') },
  { cloud: 'gcp', name: 'a policy that nobody can read', expected: 'unknown', at: 'phi', resources: gate(resource('gcp:kms/cryptoKeyIAMPolicy:CryptoKeyIAMPolicy', 'policy', { cryptoKeyId: ref('gcp:kms/cryptoKey:CryptoKey', 'phi'), policyData: '[secret]' })) },
  { cloud: 'gcp', name: 'a condition without the project', expected: 'fail', at: 'phi', resources: gate(provider({ attributeCondition: CONDITION.replace(' && assertion.submods.gce.project_id == "phi-inference"', '') })) },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
