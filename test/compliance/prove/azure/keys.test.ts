import { prove } from '../../../../constructs/compliance/prove/index.js';
import type { Workload } from '../../../../constructs/workload/index.js';
import { loadWorkload } from '../../../../constructs/workload/index.js';
import { deploymentOf, preview } from '../../../azure/program.js';
import { type PreviewResource, previewDeployment } from '../../rule-case.js';
import { WORKLOAD } from '../../workload-fixture.js';
import { AUTHORITY, branch, encode, GROUP, id, KEY_ID, keyWith, policyOf, role, ROLES, SAFE, stack, STRANGER, without } from './fixture.js';

const proofOf = (resources: readonly PreviewResource[], workload: Workload | null = WORKLOAD) => prove(previewDeployment('azure', resources, workload)).keys[0]!;
const TEE = 'x-ms-isolation-tee';
const VMID = { claim: 'x-ms-azurevm-vmid', equals: '11111111-2222-3333-4444-555555555555' };
const SHARED = 'https://sharedeus.eus.attest.azure.net';
const VAULT = id('Microsoft.KeyVault/vaults', 'phi-vault');
const TEE_PRINCIPAL = '${azure-native:managedidentity:UserAssignedIdentity::tee.principalId}';

test('the shipped workload is gated with every guard, and the one named changer', async () => {
  const workload = loadWorkload('workload.yaml');
  const [proof] = prove(deploymentOf(await preview(workload), workload)).keys;
  expect(proof).toMatchObject({ verdict: 'gated', witness: null, guards: { present: 6, expected: 6 }, reasons: [] });
  expect(proof!.canChangeTheGate.map(({ principal }) => principal)).toEqual([workload.breakGlass.azure, expect.stringContaining('holders of Owner')]);
});

const policies: readonly (readonly [name: string, verdict: string, branches: readonly unknown[], attestation?: RegExp])[] = [
  ['the fixture', 'gated', [branch(SAFE)]],
  ['nested anyOf of two safe releases', 'gated', [branch([...SAFE, { anyOf: [{ allOf: [VMID] }, { claim: 'secureboot', equals: true }] }])]],
  ['the same claim twice, once nested', 'gated', [branch([{ anyOf: [{ allOf: [...SAFE] }] }])]],
  ['booleans as text', 'gated', [branch([...without('is-debuggable'), { claim: `${TEE}.x-ms-sevsnpvm-is-debuggable`, equals: 'false' }])]],
  ['an impossible branch beside a safe one', 'gated', [branch(SAFE), branch([{ claim: 'a', equals: '1' }, { claim: 'a', equals: '2' }])]],
  ['contradictory numbers', 'gated', [branch(SAFE), branch([{ claim: 'a', less: 3 }, { claim: 'a', greater: 5 }, { claim: 'a', equals: 4 }])]],
  ['a shared authority, bound to one VM', 'gated', [branch([...SAFE, VMID], SHARED)]],
  ['a shared authority', 'bypassable', [branch(SAFE, SHARED)]],
  ['a second, weaker branch', 'bypassable', [branch(SAFE), branch(without('compliance-status'))], /compliance-status=\(absent\)/],
  ['no TEE type', 'bypassable', [branch(without('attestation-type'))], /attestation-type=\(absent\)/],
  ['no compliance', 'bypassable', [branch(without('compliance-status'))]],
  ['debug not excluded', 'bypassable', [branch(without('is-debuggable'))], /is-debuggable=true/],
  ['debug demanded', 'bypassable', [branch([...without('is-debuggable'), { claim: `${TEE}.x-ms-sevsnpvm-is-debuggable`, equals: true }])]],
  ['flat claims, the disk key\'s', 'bypassable', [branch([{ claim: 'x-ms-attestation-type', equals: 'sevsnpvm' }, { claim: 'x-ms-compliance-status', equals: 'azure-compliant-cvm' }])]],
  ['bare azurevm', 'bypassable', [branch([{ claim: 'x-ms-attestation-type', equals: 'azurevm' }])]],
  ['compliance only one of two', 'bypassable', [branch([...without('compliance-status'), { anyOf: [{ claim: `${TEE}.x-ms-compliance-status`, equals: 'azure-compliant-cvm' }, { claim: 'secureboot', equals: true }] }])]],
  ['anyOf at the authority', 'bypassable', [{ authority: AUTHORITY, anyOf: SAFE }]],
  ['an authority with no condition', 'bypassable', [{ authority: AUTHORITY }]],
  ['an empty allOf', 'bypassable', [branch([])]],
  ['conditions the caller sets', 'bypassable', [branch([{ claim: 'x-ms-runtime.client-payload.tee', equals: 'sevsnpvm' }])]],
  ['type by notEquals', 'bypassable', [branch([...without('attestation-type'), { claim: `${TEE}.x-ms-attestation-type`, notEquals: 'none' }])]],
  ['type by exists', 'bypassable', [branch([...without('attestation-type'), { claim: `${TEE}.x-ms-attestation-type`, exists: true }])]],
  ['another compliance value', 'bypassable', [branch([...without('compliance-status'), { claim: `${TEE}.x-ms-compliance-status`, equals: 'azure-signed-uvm' }])]],
  ['an authority that is not ours', 'unknown', [branch(SAFE, 'https://maaother.eus.attest.azure.net')]],
  ['our name in another region', 'unknown', [branch(SAFE, 'https://maafixture.weu.attest.azure.net')]],
  ['an address that only looks like an authority', 'unknown', [branch(SAFE, 'https://maafixture.eus.attest.azure.net.example.org')]],
  ['an operator nobody knows', 'unknown', [branch([...SAFE, { claim: 'a', matches: 'b' }])]],
  ['two operators in one condition', 'unknown', [branch([...SAFE, { claim: 'a', equals: 'b', exists: true }])]],
  ['a condition that is a list', 'unknown', [branch([...SAFE, []])]],
  ['letter case alone', 'unknown', [branch([...without('compliance-status'), { claim: `${TEE}.x-ms-compliance-status`, equals: 'Azure-Compliant-CVM' }])]],
  // Undecided when the claim is absent, certain for any other value.
  ['debug by notEquals', 'bypassable', [branch([...without('is-debuggable'), { claim: `${TEE}.x-ms-sevsnpvm-is-debuggable`, notEquals: true }, { claim: `${TEE}.x-ms-sevsnpvm-is-debuggable`, notEquals: 'x' }])]],
];
for (const [name, verdict, branches, attestation] of policies) test(`policy: ${name} is ${verdict}`, () => {
  const proof = proofOf(keyWith(...branches));
  expect(proof.verdict).toBe(verdict);
  if (verdict === 'bypassable') expect(proof.witness).toMatchObject({ action: 'Microsoft.KeyVault/vaults/keys/release/action', via: expect.any(String) });
  if (attestation) expect(proof.witness!.attestation).toMatch(attestation);
  if (verdict === 'unknown') expect(proof.reasons.length).toBeGreaterThan(0);
});

test.each([
  ['not JSON', encode('{'), 'unknown'],
  ['not base64', '{"version":"1.0.0"}', 'unknown'],
  ['the wrong grammar (Microsoft\'s own example)', encode({ version: '1.0.0', allOf: [branch(SAFE)] }), 'unknown'],
  ['a repeated key that hides the conditions', encode(`{"version":"1.0.0","anyOf":[],"anyOf":[${JSON.stringify(branch(SAFE))}]}`), 'unknown'],
  ['another version', encode({ version: '9', anyOf: [branch(SAFE)] }), 'unknown'],
  ['white space', encode(JSON.stringify({ version: '1.0.0', anyOf: [branch(SAFE)] }, null, 2)), 'gated'],
  ['a hundred nested levels', encode({ version: '1.0.0', anyOf: [branch([Array.from({ length: 100 }).reduce<unknown>((inner) => ({ allOf: [inner] }), SAFE[0])])] }), 'unknown'],
  ['more alternatives than anybody expands', encode({ version: '1.0.0', anyOf: [branch(Array.from({ length: 20 }, (_, index) => ({ anyOf: [0, 1].map((value) => ({ claim: `c${index}`, equals: value })) })))] }), 'unknown'],
  ['an empty policy', '', 'bypassable'],
])('policy text: %s', (_, data, verdict) => {
  expect(proofOf(stack([['Key', 'phi', 'properties.releasePolicy.data', data]])).verdict).toBe(verdict);
});

const cases: readonly (readonly [name: string, verdict: string, resources: readonly PreviewResource[], witness?: object])[] = [
  ['no release policy', 'bypassable', stack([['Key', 'phi', 'properties.releasePolicy', undefined]])],
  ['a release policy not known at preview', 'unknown', stack([['Key', 'phi', 'properties.releasePolicy', '04da6b54-80e4-46f7-96ec-b56ff0331ba9']])],
  ['everything in the key unknown', 'unknown', stack([['Key', 'phi', 'properties', { __pulumiUnknown: true }]])],
  ['not exportable', 'unknown', stack([['Key', 'phi', 'properties.attributes.exportable', false]])],
  ['unwrapKey without anybody to use it: one guard of six', 'gated', stack([['Key', 'phi', 'properties.keyOps', ['wrapKey', 'unwrapKey']]])],
  ['unwrapKey and a Crypto User', 'bypassable', stack([['Key', 'phi', 'properties.keyOps', ['wrapKey', 'unwrapKey']]], [role('user', ROLES.user, VAULT, STRANGER)]), { principal: STRANGER, action: 'Microsoft.KeyVault/vaults/keys/unwrap/action' }],
  ['all operations (keyOps absent) and an encryption user of the whole group', 'bypassable', stack([['Key', 'phi', 'properties.keyOps', undefined]], [role('user', ROLES.encryption, GROUP, STRANGER)]), { principal: STRANGER }],
  ['an encryption user where the HSM does not unwrap', 'gated', stack([], [role('user', ROLES.encryption, GROUP, STRANGER)])],
  ['a reader of the group', 'gated', stack([], [role('reader', ROLES.reader, GROUP, STRANGER)])],
  ...(['officer', 'user', 'administrator', 'contributor', 'owner', 'vaultContributor'] as const).map((name) => [`${name} on the vault`, 'bypassable', stack([], [role('extra', ROLES[name], VAULT, STRANGER)]), { principal: STRANGER }] as const),
  ['Owner of the subscription', 'bypassable', stack([], [role('extra', ROLES.owner, '/subscriptions/00000000-0000-0000-0000-000000000001', STRANGER)])],
  ['Owner of another subscription', 'gated', stack([], [role('extra', ROLES.owner, '/subscriptions/99999999-0000-0000-0000-000000000001', STRANGER)])],
  ['Owner of a management group', 'bypassable', stack([], [role('extra', ROLES.owner, '/providers/Microsoft.Management/managementGroups/root', STRANGER)])],
  ['Owner of another vault', 'gated', stack([], [role('extra', ROLES.owner, id('Microsoft.KeyVault/vaults', 'phi-vault-2'), STRANGER)])],
  ['Contributor of the group, by reference', 'bypassable', stack([], [role('extra', ROLES.contributor, '${azure-native:resources:ResourceGroup::workload.id}', STRANGER)])],
  ['the TEE itself as Crypto Officer', 'bypassable', stack([], [role('extra', ROLES.officer, KEY_ID, TEE_PRINCIPAL)])],
  ['a key administrator as Crypto Officer', 'bypassable', stack([], [role('extra', ROLES.officer, KEY_ID, '00000000-0000-0000-0000-00000000000a')])],
  ['break glass wider than the key', 'bypassable', stack([], [role('extra', ROLES.officer, VAULT, '00000000-0000-0000-0000-00000000000b')])],
  ['a role nobody knows', 'unknown', stack([], [role('extra', '99999999-9999-9999-9999-999999999999', KEY_ID, STRANGER)])],
  ['a scope nobody knows', 'unknown', stack([], [role('extra', ROLES.officer, '04da6b54-80e4-46f7-96ec-b56ff0331ba9', STRANGER)])],
  ['release to a person', 'bypassable', stack([], [role('extra', ROLES.release, KEY_ID, STRANGER, 'User')])],
  ['release to a principal of unknown kind', 'unknown', stack([], [role('extra', ROLES.release, KEY_ID, STRANGER)])],
  ['release on the whole vault: one guard of six', 'gated', stack([['RoleAssignment', 'phi-release', 'scope', VAULT]])],
  ['release to a plain VM', 'bypassable', stack([['VirtualMachine', 'tee', 'securityProfile.securityType', 'TrustedLaunch']])],
  ['release to an identity that no machine holds', 'unknown', stack([['VirtualMachine', 'tee', 'identity.userAssignedIdentities', []]])],
  ['nobody may ask for release', 'gated', stack([], [], [['RoleAssignment', 'phi-release']])],
  ['access policies', 'bypassable', stack([['Vault', 'phi-vault', 'properties.enableRbacAuthorization', false]])],
  ['access policies by the SDK\'s default', 'bypassable', stack([['Vault', 'phi-vault', 'properties.enableRbacAuthorization', undefined]])],
  ['a vault of unknown properties', 'unknown', stack([['Vault', 'phi-vault', 'properties', { __pulumiUnknown: true }]])],
  ['a vault that is not in the artifact', 'unknown', stack([], [], [['Vault', 'phi-vault']])],
  ['a public vault: one guard of six', 'gated', stack([['Vault', 'phi-vault', 'properties.publicNetworkAccess', undefined]])],
  ['an authority without signers', 'bypassable', stack([['AttestationProvider', 'authority', 'properties.policySigningCertificates', undefined]])],
  ['an authority with an empty list of signers', 'bypassable', stack([['AttestationProvider', 'authority', 'properties.policySigningCertificates', { keys: [] }]])],
  ['an authority of unknown properties', 'unknown', stack([['AttestationProvider', 'authority', 'properties', { __pulumiUnknown: true }]])],
  ['an Attestation Contributor, who can replace the authority', 'bypassable', stack([], [role('extra', ROLES.attestation, GROUP, STRANGER)])],
  ['a Managed Identity Operator, who can put the identity on its own VM', 'bypassable', stack([], [role('extra', ROLES.identityOperator, GROUP, STRANGER)])],
  ['a VM Contributor, who can swap the disk', 'bypassable', stack([], [role('extra', ROLES.vmContributor, GROUP, STRANGER)])],
  ['extensions allowed', 'bypassable', stack([['VirtualMachine', 'tee', 'osProfile.allowExtensionOperations', true]]), { principal: expect.stringContaining('Contributor') }],
  ['extensions allowed by default', 'bypassable', stack([['VirtualMachine', 'tee', 'osProfile.allowExtensionOperations', undefined]])],
  ['the VM agent', 'bypassable', stack([['VirtualMachine', 'tee', 'osProfile.linuxConfiguration.provisionVMAgent', true]])],
  ['a password', 'bypassable', stack([['VirtualMachine', 'tee', 'osProfile.linuxConfiguration.disablePasswordAuthentication', false]])],
  ['the serial console', 'bypassable', stack([['VirtualMachine', 'tee', 'diagnosticsProfile.bootDiagnostics.enabled', true]])],
  ['a run command', 'bypassable', stack([], [{ type: 'azure-native:compute:VirtualMachineRunCommandByVirtualMachine', name: 'run', inputs: { resourceGroupName: 'inference-production', vmName: 'tee' } }])],
  ['an extension', 'bypassable', stack([], [{ type: 'azure-native:compute:VirtualMachineExtension', name: 'custom', inputs: { resourceGroupName: 'inference-production', vmName: 'tee', publisher: 'x' } }])],
  ['a federated credential on the identity', 'bypassable', stack([], [{ type: 'azure-native:managedidentity:FederatedIdentityCredential', name: 'ci', inputs: { resourceGroupName: 'inference-production', resourceName: 'tee-id', subject: 'repo:x' } }])],
  ['an unknown osProfile', 'unknown', stack([['VirtualMachine', 'tee', 'osProfile', '[secret]']])],
  ['a sibling key without a policy and without a purpose', 'gated', stack([], [{ type: 'azure-native:keyvault:Key', name: 'sibling', inputs: { resourceGroupName: 'inference-production', vaultName: 'phi-vault', keyName: 'sibling', properties: { kty: 'RSA' } } }])],
];
for (const [name, verdict, resources, witness] of cases) test(`${name}: ${verdict}`, () => {
  const proof = proofOf(resources);
  expect(proof).toMatchObject({ verdict });
  if (witness) expect(proof.witness).toMatchObject(witness);
});

test('a lost guard is counted and named', () => {
  const proof = proofOf(stack([['Key', 'phi', 'properties.keyOps', ['wrapKey', 'unwrapKey']]]));
  expect(proof).toMatchObject({ verdict: 'gated', guards: { present: 5, expected: 6 }, reasons: [expect.stringContaining('unwrapKey')] });
});

test('the sibling key is a PHI key of its own, and bypassable', () => {
  const sibling = { type: 'azure-native:keyvault:Key', name: 'sibling', inputs: { resourceGroupName: 'inference-production', vaultName: 'phi-vault', keyName: 'sibling', properties: { kty: 'RSA' } } };
  expect(prove(previewDeployment('azure', stack([], [sibling]))).keys.map(({ verdict }) => verdict)).toEqual(['gated', 'bypassable']);
});

test('a purpose tag does not hide a key that guests may have released', () => {
  for (const purpose of ['os-disk', 'infrastructure', undefined]) {
    const resources = stack([['Key', 'phi', 'tags.key-purpose', purpose], ['Key', 'phi', 'properties.releasePolicy', policyOf(branch(without('is-debuggable')))]]);
    expect(prove(previewDeployment('azure', resources)).keys[0]).toMatchObject({ verdict: 'bypassable' });
  }
});

describe('measurements of the workload file', () => {
  const bound = (status: 'active' | 'revoked', vm: string) => ({ ...WORKLOAD.measurements.azure['r2']!, status, claims: { 'x-ms-azurevm-vmid': vm } });
  const workload: Workload = { ...WORKLOAD, measurements: { ...WORKLOAD.measurements, azure: { now: bound('active', 'NEW'), old: bound('revoked', 'OLD') } } };
  const vm = (value: string) => ({ claim: 'x-ms-azurevm-vmid', equals: value });
  test('only the active one', () => expect(proofOf(keyWith(branch([...SAFE, vm('NEW')])), workload)).toMatchObject({ verdict: 'gated' }));
  test('a revoked one beside it', () => expect(proofOf(keyWith(branch([...SAFE, { anyOf: [vm('NEW'), vm('OLD')] }])), workload)).toMatchObject({ verdict: 'bypassable', witness: { attestation: 'revoked' } }));
  test('none', () => expect(proofOf(keyWith(branch(SAFE)), workload)).toMatchObject({ verdict: 'bypassable' }));
  test('one that nobody approved', () => expect(proofOf(keyWith(branch([...SAFE, vm('NEW')]), branch([...SAFE, vm('OTHER')])), workload)).toMatchObject({ verdict: 'bypassable' }));
});

test('without a workload file, a role that could change the gate leaves the verdict open', () => {
  expect(proofOf(stack([], [role('extra', ROLES.vaultContributor, VAULT, STRANGER)], [['RoleAssignment', 'phi-break-glass']]), null).verdict).toBe('unknown');
});

test('a real preview: the identity is known by the dependency although its object id is not', () => {
  const resources = stack([['RoleAssignment', 'phi-release', 'principalId', '04da6b54-80e4-46f7-96ec-b56ff0331ba9']]).map((resource) =>
    resource.name === 'phi-release'
      ? { ...resource, attributes: { propertyDependencies: { principalId: ['urn:pulumi:dev::tee-kit::azure-native:managedidentity:UserAssignedIdentity::tee'] } } }
      : resource);
  expect(proofOf(resources).verdict).toBe('gated');
});
