import { compareDeployments } from '../../../constructs/compliance/diff/compare.js';
import type { Value } from '../../../constructs/compliance/model.js';
import { pulumiDeployments } from '../../../constructs/compliance/read/artifacts.js';

type Condition = { readonly [key: string]: Value };
const TEE = 'x-ms-isolation-tee';
const LEAST: readonly Condition[] = [
  { claim: `${TEE}.x-ms-attestation-type`, equals: 'sevsnpvm' }, { claim: `${TEE}.x-ms-compliance-status`, equals: 'azure-compliant-cvm' }, { claim: `${TEE}.x-ms-sevsnpvm-is-debuggable`, equals: 'false' },
];
const boot: Condition = { claim: `${TEE}.x-ms-runtime.vm-configuration.secure-boot`, equals: 'true' };
const one = (vmid: string): Condition => ({ claim: 'x-ms-azurevm-vmid', equals: vmid });
const PRIVATE = 'https://maaehr.eus.attest.azure.net';

/** A key of a stack without a workload file, under branches of an authority and its conditions. */
function preview(...branches: readonly (readonly [authority: string, conditions: readonly Condition[]])[]): Value {
  const step = (type: string, name: string, inputs: Value): Value => { const urn = `urn:pulumi:prod::ehr::azure-native:${type}::${name}`; return { op: 'same', urn, newState: { urn, type: `azure-native:${type}`, inputs } }; };
  const data = Buffer.from(JSON.stringify({ version: '1.0.0', anyOf: branches.map(([authority, allOf]) => ({ authority, allOf })) })).toString('base64url');
  return { steps: [
    step('attestation:AttestationProvider', 'maa', { resourceGroupName: 'rg', location: 'eastus', providerName: 'maaehr', properties: { publicNetworkAccess: 'Disabled', policySigningCertificates: { keys: [{ kty: 'RSA', alg: 'RS256', x5C: ['MII'] }] } } }),
    step('keyvault:Key', 'dek', { resourceGroupName: 'rg', vaultName: 'kv', keyName: 'dek', properties: { kty: 'RSA-HSM', keySize: 3072, keyOps: ['wrapKey'], attributes: { exportable: true }, releasePolicy: { contentType: 'application/json; charset=utf-8', data } } }),
  ] };
}

const change = (before: Value, after: Value) => {
  const read = (document: Value) => pulumiDeployments(document, 'preview.json', { today: '2026-11-26' });
  return compareDeployments(read(before), read(after), { rules: [] }).changes.find(({ id }) => id.endsWith('release policy'));
};

const BASE = preview([PRIVATE, [...LEAST, boot, one('A')]]);
test.each<[string, Value, 'weaker' | 'unknown' | undefined]>([
  ['the same in another order', preview([PRIVATE, [one('A'), boot, ...LEAST].reverse()]), undefined],
  ['booleans as booleans', preview([PRIVATE, [...LEAST, { ...boot, equals: true }, one('A')]]), undefined],
  ['one demand more', preview([PRIVATE, [...LEAST, boot, one('A'), { claim: 'x-ms-azurevm-ostype', equals: 'Linux' }]]), undefined],
  ['the same way twice', preview([PRIVATE, [...LEAST, boot, one('A')]], [`${PRIVATE}/`, [...LEAST, boot, one('A'), { claim: 'x', exists: true }]]), undefined],
  ['secure boot no longer demanded', preview([PRIVATE, [...LEAST, one('A')]]), 'weaker'],
  ['secure boot demanded in one way of two', preview([PRIVATE, [...LEAST, { anyOf: [boot, { claim: 'x-ms-azurevm-ostype', equals: 'Linux' }] }, one('A')]]), 'weaker'],
  ['no machine named', preview([PRIVATE, [...LEAST, boot]]), 'weaker'],
  ['another machine too', preview([PRIVATE, [...LEAST, boot, { anyOf: [one('A'), one('B')] }]]), 'unknown'],
  ['any machine but one', preview([PRIVATE, [...LEAST, boot, { claim: 'x-ms-azurevm-vmid', notEquals: 'B' }]]), 'unknown'],
  ['a shared authority too', preview([PRIVATE, [...LEAST, boot, one('A')]], ['https://sharedeus.eus.attest.azure.net', [...LEAST, boot, one('A')]]), 'weaker'],
])('%s', (_, head, verdict) => {
  expect(change(BASE, head)?.verdict).toBe(verdict);
  expect(change(head, head)).toBeUndefined();
});
