import type { Preview } from '../../constructs/compliance/adapters/pulumi-preview.js';
import { AZURE_WORKLOAD, inputsOf, preview } from './program.js';

let run: Preview;
beforeAll(async () => { run = await preview(); });

const policyOf = (inputs: Readonly<Record<string, unknown>>): unknown =>
  JSON.parse(Buffer.from((inputs['properties'] as { releasePolicy: { data: string } }).releasePolicy.data, 'base64url').toString('utf8'));

test('nothing that a rule reads is unknown: every id and name is a literal, only identities and key versions are outputs', () => {
  const references = new Set(JSON.stringify(run.steps.map((step) => step.newState.inputs)).match(/\$\{[^}]+\}/g));
  expect([...references].filter((reference) => !/\.(principalId|keyUriWithVersion)\}$/.test(reference))).toEqual([]);
  expect(JSON.stringify(run)).not.toContain('undefined');
});

test('the PHI key is released by the private authority to nested claims, and the HSM never uses it', () => {
  const key = inputsOf(run, 'azure-native:keyvault:Key', 'phi');
  expect(policyOf(key)).toEqual({
    version: '1.0.0',
    anyOf: [{
      authority: expect.stringMatching(/^https:\/\/maainference[0-9a-f]{8}\.eus\.attest\.azure\.net$/),
      allOf: expect.arrayContaining([
        { claim: 'x-ms-isolation-tee.x-ms-attestation-type', equals: 'sevsnpvm' },
        { claim: 'x-ms-isolation-tee.x-ms-compliance-status', equals: 'azure-compliant-cvm' },
        { claim: 'x-ms-isolation-tee.x-ms-sevsnpvm-is-debuggable', equals: false },
      ]),
    }],
  });
  expect(key['properties']).toMatchObject({ keyOps: ['wrapKey'], attributes: { exportable: true }, kty: 'RSA-HSM' });
});

test('the disk key is another key, in another vault, with the flat claims of the shared authority', () => {
  const key = inputsOf(run, 'azure-native:keyvault:Key', 'os-disk');
  expect(policyOf(key)).toEqual({
    version: '1.0.0',
    anyOf: [{ authority: 'https://sharedeus.eus.attest.azure.net/', allOf: [{ claim: 'x-ms-attestation-type', equals: 'sevsnpvm' }, { claim: 'x-ms-compliance-status', equals: 'azure-compliant-cvm' }] }],
  });
  expect(key['vaultName']).not.toBe(inputsOf(run, 'azure-native:keyvault:Key', 'phi')['vaultName']);
});

test('a changed release policy is another key under the same URN, and the old one is kept', async () => {
  const changed = await preview({
    ...AZURE_WORKLOAD,
    measurements: { ...AZURE_WORKLOAD.measurements, azure: { r3: { ...AZURE_WORKLOAD.measurements.azure['r2']!, claims: { 'x-ms-azurevm-vmid': '11111111-2222-3333-4444-555555555555' } } } },
  });
  const recorded = run.steps.find((step) => step.urn.endsWith('keyvault:Key::phi'))!;
  const planned = changed.steps.find((step) => step.urn.endsWith('keyvault:Key::phi'))!;
  expect(planned.urn).toBe(recorded.urn);
  expect(planned.newState.inputs['keyName']).not.toBe(recorded.newState.inputs['keyName']);
  // What the engine replaces on: the name by the provider, the properties by this option.
  expect(planned.newState.replaceOnChanges).toEqual(['properties']);
  expect(recorded.newState).toMatchObject({ protect: true, retainOnDelete: true });
  expect(planned.newState.inputs['properties']).not.toEqual(recorded.newState.inputs['properties']);
});

test('every resource that takes tags carries the BAA set', () => {
  const untagged = run.steps.filter((step) => step.newState.custom && !('tags' in step.newState.inputs)).map((step) => step.newState.type);
  expect([...new Set(untagged)].sort()).toEqual([
    'azure-native:authorization:ManagementLockByScope', 'azure-native:authorization:PolicyAssignment', 'azure-native:authorization:PolicyDefinition',
    'azure-native:authorization:PolicySetDefinition', 'azure-native:authorization:RoleAssignment', 'azure-native:authorization:RoleDefinition', 'azure-native:monitor:DiagnosticSetting',
    'azure-native:monitor:PrivateLinkScopedResource', 'azure-native:monitor:SubscriptionDiagnosticSetting', 'azure-native:network:PrivateDnsZoneGroup',
    'azure-native:operationalinsights:Table', 'azure-native:storage:BlobContainer', 'azure-native:storage:BlobServiceProperties',
  ]);
});

test('every subnet denies everything else, both ways, before the platform defaults', () => {
  for (const place of ['tee', 'gateway', 'store', 'endpoints']) {
    const rules = inputsOf(run, 'azure-native:network:NetworkSecurityGroup', `network-${place}`)['securityRules'] as { direction: string; priority: number; access: string }[];
    for (const direction of ['Inbound', 'Outbound']) {
      expect(rules.filter((rule) => rule.direction === direction && rule.priority === 4096 && rule.access === 'Deny')).toHaveLength(1);
    }
  }
});

test('children wait for the resource group although they name it by a literal', () => {
  for (const step of run.steps) {
    if (step.newState.custom && step.newState.type !== 'azure-native:resources:ResourceGroup') {
      expect(step.newState.dependencies.some((urn) => urn.endsWith('ResourceGroup::workload'))).toBe(true);
    }
  }
});
