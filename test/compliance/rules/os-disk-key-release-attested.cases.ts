import type { RuleCase } from '../rule-case.js';
import { azureCase, branch, policyOf, SAFE } from '../prove/azure/fixture.js';

const azure: RuleCase[] = [
  azureCase('claims of the platform', 'pass', { at: 'os-disk' }),
  azureCase('no policy', 'fail', { edits: [['Key', 'os-disk', 'properties.releasePolicy', undefined]], at: 'os-disk' }),
  azureCase('type only', 'fail', { edits: [['Key', 'os-disk', 'properties.releasePolicy', policyOf(branch([{ claim: 'x-ms-attestation-type', equals: 'sevsnpvm' }], 'https://sharedeus.eus.attest.azure.net'))]], at: 'os-disk' }),
  azureCase('the authority of another region', 'fail', { edits: [['Key', 'os-disk', 'properties.releasePolicy', policyOf(branch([{ claim: 'x-ms-attestation-type', equals: 'sevsnpvm' }, { claim: 'x-ms-compliance-status', equals: 'azure-compliant-cvm' }], 'https://sharedweu.weu.attest.azure.net'))]], at: 'os-disk' }),
  azureCase('claims of guests', 'fail', { edits: [['Key', 'os-disk', 'properties.releasePolicy', policyOf(branch(SAFE, 'https://sharedeus.eus.attest.azure.net'))]], at: 'os-disk' }),
  azureCase('a set under another key', 'fail', { edits: [['DiskEncryptionSet', 'disk', 'activeKey.keyUrl', 'https://infra-vault.vault.azure.net/keys/storage/0']], at: 'storage' }),
  azureCase('a set under a key of others', 'unknown', { edits: [['DiskEncryptionSet', 'disk', 'activeKey.keyUrl', 'https://others.vault.azure.net/keys/k/0']], at: 'disk' }),
  azureCase('an authority of others', 'unknown', { edits: [['Key', 'os-disk', 'properties.releasePolicy', policyOf(branch([{ claim: 'x-ms-attestation-type', equals: 'sevsnpvm' }, { claim: 'x-ms-compliance-status', equals: 'azure-compliant-cvm' }], 'https://maaother.eus.attest.azure.net'))]], at: 'os-disk' }),
];

export const cases: RuleCase[] = [...azure];
