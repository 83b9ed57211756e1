import * as resources from '@pulumi/azure-native/resources';
import * as storage from '@pulumi/azure-native/storage';
import {
  AttestationAuthority, AzureNames, ConfidentialLedger, ConfidentialScaleSet, ConfidentialVm, Gateway, Guardrails, guardrails, KeyVault, LogVault,
  NetworkSecurityPerimeter, NonPhiGateway, OsDiskKey, PhiTags, PrivateNetwork, ROLES, teeOfSize,
} from '../../constructs/azure/index.js';
import { evaluate } from '../../constructs/compliance/evaluate.js';
import { RULES } from '../../constructs/compliance/registry.js';
import type { Preview } from '../../constructs/compliance/adapters/pulumi-preview.js';
import { baaTags, type Workload } from '../../constructs/workload/index.js';
import { AZURE_WORKLOAD, deploymentOf, execute, inputsOf, preview } from './program.js';

const WITH_ADMIN: Workload = {
  ...AZURE_WORKLOAD,
  segments: { ...AZURE_WORKLOAD.segments, portal: { purpose: 'other', cidr: '10.20.3.0/24' }, pages: { purpose: 'other', cidr: '10.20.4.0/24' } },
  flows: { ...AZURE_WORKLOAD.flows, portal: { from: 'portal', to: 'pages', port: 443 } },
};
const on = (azure: Partial<NonNullable<Workload['clouds']['azure']>>): Workload => ({ ...AZURE_WORKLOAD, clouds: { ...AZURE_WORKLOAD.clouds, azure: { ...AZURE_WORKLOAD.clouds.azure!, ...azure } } });

interface Parts { readonly common: { readonly workload: Workload; readonly resourceGroup: resources.ResourceGroup }; readonly network: PrivateNetwork; readonly vault: KeyVault; readonly osDiskKey: OsDiskKey }

/** A program with the foundations of a guest, and what `build` adds. */
function program(workload: Workload, build: (parts: Parts) => void): Promise<Preview> {
  return execute(() => {
    const names = new AzureNames(workload);
    const common = { workload, resourceGroup: new resources.ResourceGroup('workload', { resourceGroupName: names.resourceGroup, location: names.location, tags: names.tags }, { protect: true }) };
    const network = new PrivateNetwork('network', common);
    const vault = new KeyVault('infrastructure-vault', { ...common, network, purpose: 'infrastructure' });
    build({ common, network, vault, osDiskKey: new OsDiskKey('os-disk', { ...common, vault }) });
  });
}
/** Builds each in one and the same program, and expects it to be refused with these words. */
function refusals(workload: Workload, cases: readonly (readonly [what: string, build: (parts: Parts, name: string) => unknown, told: RegExp])[]): void {
  const told = new Map<string, string>();
  beforeAll(() => program(workload, (parts) => {
    for (const [index, [what, build]] of cases.entries()) {
      try { build(parts, `refused-${index}`); } catch (error) { told.set(what, (error as Error).message); }
    }
  }));
  test.each(cases)('refused: %s', (what, _, words) => { expect(told.get(what)).toMatch(words); });
}

const findings = (run: Preview, workload: Workload, rule: string) => evaluate([deploymentOf(run, workload)], { rules: RULES.filter(({ id }) => id === rule) }).findings.map(({ path, status }) => `${status} ${path}`);

test.each([
  ['Standard_DC4as_v5', 'sevsnpvm'], ['Standard_DC4ads_v5', 'sevsnpvm'], ['Standard_EC20as_v5', 'sevsnpvm'], ['Standard_DC96as_v6', 'sevsnpvm'], ['Standard_EC8ads_v6', 'sevsnpvm'],
  ['Standard_DC2es_v5', 'tdxvm'], ['Standard_DC2es_v6', 'tdxvm'], ['Standard_EC64eds_v6', 'tdxvm'],
])('%s attests as %s', (size, tee) => { expect(teeOfSize(size)).toBe(tee); });

test.each(['Standard_D4as_v5', 'Standard_DC4s_v3', 'Standard_DC8as_cc_v5', 'Standard_NCC40ads_H100_v5', ''])('%p is not a confidential size', (size) => {
  expect(() => teeOfSize(size)).toThrow(/not a confidential VM size; use/);
});

test('a TDX size asks the key and the disk for the claims of TDX', async () => {
  const run = await preview({ ...on({ instance: 'Standard_DC4es_v6' }), measurements: { ...AZURE_WORKLOAD.measurements, azure: { r2: { ...AZURE_WORKLOAD.measurements.azure['r2']!, claims: { 'x-ms-isolation-tee.x-ms-attestation-type': 'tdxvm', 'x-ms-isolation-tee.x-ms-compliance-status': 'azure-compliant-cvm', 'x-ms-isolation-tee.tdx_td_attributes_debug': false } } } } });
  for (const key of ['phi', 'os-disk']) {
    const { data } = (inputsOf(run, 'azure-native:keyvault:Key', key)['properties'] as { releasePolicy: { data: string } }).releasePolicy;
    const policy = Buffer.from(data, 'base64url').toString('utf8');
    expect(policy).toContain('"tdxvm"');
    expect(policy).not.toContain('sevsnp');
  }
});

test('scale set: as sealed as a single machine, admitted by the probe, scaled inside the bounds of the workload file', async () => {
  const run = await preview();
  const set = inputsOf(run, 'azure-native:compute:VirtualMachineScaleSet', 'tee');
  const machine = inputsOf(await preview(on({ instances: { min: 1, max: 1 } })), 'azure-native:compute:VirtualMachine', 'tee');
  const profile = set['virtualMachineProfile'] as Record<string, { linuxConfiguration?: unknown }>;
  expect(profile['securityProfile']).toEqual(machine['securityProfile']);
  expect(profile['storageProfile']).toEqual(machine['storageProfile']);
  expect(profile['osProfile']!.linuxConfiguration).toEqual((machine['osProfile'] as { linuxConfiguration: unknown }).linuxConfiguration);
  expect(profile).toMatchObject({ osProfile: { allowExtensionOperations: false }, diagnosticsProfile: { bootDiagnostics: { enabled: false } }, networkProfile: { healthProbe: { id: expect.stringMatching(/\/probes\/admitted$/) } } });
  expect(set).toMatchObject({ sku: { name: 'Standard_DC4as_v5', capacity: 2 }, overprovision: false, upgradePolicy: { mode: 'Manual' }, automaticRepairsPolicy: { enabled: true, repairAction: 'Replace' } });
  expect(inputsOf(run, 'azure-native:monitor:AutoscaleSetting', 'tee')['profiles']).toMatchObject([{ capacity: { minimum: '2', maximum: '4', default: '2' } }]);
});

test('managed mode: extensions, patching, login of break glass; and the rules say what it costs', async () => {
  const workload = AZURE_WORKLOAD;
  const run = await program(workload, ({ common, network, osDiskKey }) => {
    const authority = new AttestationAuthority('authority', { ...common, network });
    new ConfidentialVm('tee', { ...common, network, osDiskKey, segment: 'tee', mode: 'managed', authority });
    new ConfidentialScaleSet('more', { ...common, network, osDiskKey, segment: 'tee', mode: 'managed', authority });
  });
  expect(inputsOf(run, 'azure-native:compute:VirtualMachine', 'tee')).toMatchObject({ osProfile: { allowExtensionOperations: true, linuxConfiguration: { provisionVMAgent: true, disablePasswordAuthentication: true, patchSettings: { patchMode: 'AutomaticByPlatform' } } } });
  expect(inputsOf(run, 'azure-native:compute:VirtualMachineExtension', 'tee-guest-attestation')).toMatchObject({ settings: { AttestationConfig: { MaaSettings: { maaEndpoint: expect.stringMatching(/^https:\/\/maainference/) } } } });
  expect(inputsOf(run, 'azure-native:compute:VirtualMachineScaleSetExtension', 'more-entra-login')).toMatchObject({ type: 'AADSSHLoginForLinux', vmScaleSetName: 'inference-more' });
  expect(inputsOf(run, 'azure-native:authorization:RoleAssignment', 'tee-login')).toMatchObject({ principalId: workload.breakGlass.azure, roleDefinitionId: expect.stringContaining(ROLES.virtualMachineAdministratorLogin) });
  expect(findings(run, workload, 'tee-no-interactive-access')).not.toEqual([]);
});

const GUESTS: readonly (readonly [string, Workload, Partial<{ segment: string; osDiskGiB: number }>, RegExp])[] = [
  ['a segment that is no TEE', AZURE_WORKLOAD, { segment: 'gateway' }, /segment: "gateway" has purpose gateway; .*purpose tee/],
  ['a segment that is not there', AZURE_WORKLOAD, { segment: 'nowhere' }, /"nowhere" has purpose none/],
  ['a disk that cannot be confidential', AZURE_WORKLOAD, { osDiskGiB: 128 }, /osDiskGiB: 128; .*30 to 127/],
  ['an image that moves', on({ image: { publisher: 'Canonical', offer: 'ubuntu-24_04-lts', sku: 'cvm', version: 'latest' } }), {}, /"latest" is not pinned/],
  ['a size without a TEE', on({ instance: 'Standard_D4s_v5' }), {}, /not a confidential VM size/],
];
describe('guests', () => {
  refusals(AZURE_WORKLOAD, [ConfidentialScaleSet, ConfidentialVm].flatMap((Guest) => GUESTS.map(([what, workload, props, told]) => (
    [`${Guest.name}, ${what}`, ({ common, network, osDiskKey }: Parts, name: string) => new Guest(name, { ...common, workload, network, osDiskKey, segment: 'tee', ...props }), told] as const
  ))));
});

test('gateway: TCP from end to end, private, and behind a Private Link service for those who are named', async () => {
  const consumers = ['00000000-0000-0000-0000-0000000000cc'];
  const run = await program(AZURE_WORKLOAD, ({ common, network }) => { new Gateway('gateway', { ...common, network, segment: 'gateway', flow: 'ingress', consumers }); });
  const balancer = inputsOf(run, 'azure-native:network:LoadBalancer', 'gateway');
  expect(balancer).toMatchObject({ sku: { name: 'Standard' }, loadBalancingRules: [{ protocol: 'Tcp', frontendPort: 8443, backendPort: 8443, disableOutboundSnat: true }], probes: [{ protocol: 'Tcp', port: 8443 }] });
  expect(JSON.stringify(balancer)).not.toMatch(/publicIP/);
  expect(inputsOf(run, 'azure-native:network:PrivateLinkService', 'gateway')).toMatchObject({ enableProxyProtocol: false, visibility: { subscriptions: consumers }, autoApproval: { subscriptions: [] } });
  expect(findings(run, AZURE_WORKLOAD, 'gateway-tls-ends-in-tee')).toEqual([]);
});

const ENTRIES: readonly (readonly [string, { segment: string; flow: string }, RegExp])[] = [
  ['a segment that is no gateway', { segment: 'tee', flow: 'ingress' }, /has purpose tee; a gateway belongs/],
  ['a flow that is not there', { segment: 'gateway', flow: 'nothing' }, /"nothing" is not in the workload file/],
  ['a flow from elsewhere', { segment: 'gateway', flow: 'data' }, /leads from tee to store/],
];
describe('gateway', () => {
  refusals(AZURE_WORKLOAD, ENTRIES.map(([what, props, told]) => [what, ({ common, network }, name) => new Gateway(name, { ...common, network, ...props }), told]));
});

const portal = (parts: Parts, props: Partial<ConstructorParameters<typeof NonPhiGateway>[1]> = {}, name = 'portal') => new NonPhiGateway(name, {
  ...parts.common, network: parts.network, segment: 'portal', hostName: 'portal.hospital.example', certificate: { vault: parts.vault, secretName: 'portal' },
  clientAuthorities: { staff: 'LS0tLS1CRUdJTg==' }, backends: ['10.20.4.4'], ...props,
});

test('the gateway that ends TLS: 1.3 only, client certificates with revocation, tagged as carrying no PHI; the rules accept it as that', async () => {
  const run = await program(WITH_ADMIN, (parts) => { portal(parts); });
  expect(inputsOf(run, 'azure-native:network:ApplicationGateway', 'portal')).toMatchObject({
    sslPolicy: { policyType: 'CustomV2', minProtocolVersion: 'TLSv1_3' },
    sslProfiles: [{ clientAuthConfiguration: { verifyClientCertIssuerDN: true, verifyClientRevocation: 'OCSP' } }],
    tags: { 'phi-plane': 'no-phi', ...baaTags(WITH_ADMIN, 'azure') },
  });
  expect(findings(run, WITH_ADMIN, 'gateway-tls-ends-in-tee')).toEqual([]);
  expect(findings(run, WITH_ADMIN, 'network-no-internet-path')).toEqual([]);
});

const PORTALS: readonly (readonly [string, Partial<ConstructorParameters<typeof NonPhiGateway>[1]>, RegExp])[] = [
  ['a backend in the TEE', { backends: ['10.20.1.4'] }, /"10\.20\.1\.4" is in segment tee, which holds PHI/],
  ['a backend in the PHI store', { backends: ['10.20.4.4', '10.20.2.7'] }, /segment store/],
  ['a backend by name', { backends: ['pages.internal'] }, /not an IPv4 address/],
  ['no backend', { backends: [] }, /backends: empty/],
  ['clients without certificates', { clientAuthorities: {} }, /clientAuthorities: empty/],
  ['the PHI gateway\'s segment', { segment: 'gateway' }, /purpose gateway; .*purpose other/],
];
describe('the gateway that ends TLS', () => {
  refusals(WITH_ADMIN, PORTALS.map(([what, props, told]) => [what, (parts, name) => portal(parts, props, name), told]));
});

test('guardrails: one definition per unsafe shape, denied on the resource group; HIPAA initiative reports only', async () => {
  const run = await preview();
  const set = inputsOf(run, 'azure-native:authorization:PolicySetDefinition', 'guardrails')['policyDefinitions'] as { policyDefinitionReferenceId: string }[];
  const ids = guardrails({ breakGlass: [], sealed: true }).map(({ id }) => id);
  expect(set.map(({ policyDefinitionReferenceId }) => policyDefinitionReferenceId)).toEqual(ids);
  for (const id of ids) expect(inputsOf(run, 'azure-native:authorization:PolicyDefinition', `guardrails-${id}`)).toHaveProperty('policyRule.then.effect', 'deny');
  expect(inputsOf(run, 'azure-native:authorization:PolicyAssignment', 'guardrails-deny')).toMatchObject({ enforcementMode: 'Default', scope: expect.stringMatching(/\/resourceGroups\/inference-production$/) });
  expect(inputsOf(run, 'azure-native:authorization:PolicyAssignment', 'guardrails-hipaa')).toMatchObject({ enforcementMode: 'DoNotEnforce', policyDefinitionId: expect.stringContaining('a169a624-5599-4385-a696-c8d643089fab') });
});

test('guardrails: managed guests keep their extensions, and only break glass may hold a role that changes the gate', async () => {
  expect(guardrails({ breakGlass: [], sealed: false }).map(({ id }) => id)).not.toContain('code-into-guest');
  const role = guardrails({ breakGlass: ['b'], sealed: true }).find(({ id }) => id === 'gate-changing-role');
  expect(JSON.stringify(role)).toContain('"notIn":["b"]');
  const run = await program(AZURE_WORKLOAD, ({ common }) => { new Guardrails('guardrails', { ...common, mode: 'managed' }); });
  expect(run.steps.some(({ urn }) => urn.endsWith('::guardrails-code-into-guest'))).toBe(false);
});

test('no role assignment of the shipped program is one that the guardrails refuse', async () => {
  const run = await preview();
  const refused = guardrails({ breakGlass: [], sealed: true }).find(({ id }) => id === 'gate-changing-role')!;
  const roles = JSON.stringify(refused);
  for (const { urn, newState } of run.steps.filter((step) => step.newState.type === 'azure-native:authorization:RoleAssignment')) {
    const { roleDefinitionId, principalId } = newState.inputs as { roleDefinitionId: string; principalId: string };
    if (principalId !== AZURE_WORKLOAD.breakGlass.azure) expect([urn, roles.includes(roleDefinitionId.split('/').at(-1)!)]).toEqual([urn, false]);
  }
});

test('PhiTags: legal names, the whole stack tagged, and the BAA decided by the workload file alone', async () => {
  const tags = new PhiTags(AZURE_WORKLOAD, { 'cost-center': '4711' });
  const run = await execute(() => {
    const group = new resources.ResourceGroup('other', { resourceGroupName: 'other', tags: { 'phi-owner': 'Mallory', 'cost-center': '1' } }, { transformations: [tags.transformation] });
    new storage.StorageAccount('plain', { resourceGroupName: group.name, accountName: 'plain', kind: 'StorageV2', sku: { name: 'Standard_LRS' } }, { transformations: [tags.transformation] });
    new storage.BlobContainer('untaggable', { resourceGroupName: 'other', accountName: 'plain' }, { transformations: [tags.transformation] });
  });
  expect(inputsOf(run, 'azure-native:storage:StorageAccount', 'plain')['tags']).toEqual({ ...baaTags(AZURE_WORKLOAD, 'azure'), 'cost-center': '4711' });
  expect(inputsOf(run, 'azure-native:resources:ResourceGroup', 'other')['tags']).toEqual({ ...baaTags(AZURE_WORKLOAD, 'azure'), 'cost-center': '1' });
  expect(inputsOf(run, 'azure-native:storage:BlobContainer', 'untaggable')).not.toHaveProperty('tags');
});

test.each<[string, Readonly<Record<string, string>>, RegExp]>([
  ['a name with a slash', { 'hipaa/baa': 'x' }, /tag "hipaa\/baa": names are/],
  ['a long name', { ['x'.repeat(129)]: 'x' }, /128 characters at most/],
  ['a long value', { note: 'x'.repeat(257) }, /257 characters, 256 are allowed/],
  ['a name of the BAA set', { 'baa-reference': 'x' }, /belongs to the BAA set/],
  ['too many', Object.fromEntries(Array.from({ length: 41 }, (_, index) => [`t${index}`, 'x'])), /51 of them, Azure takes 50/],
])('PhiTags refuses %s', (_, extra, told) => { expect(() => new PhiTags(AZURE_WORKLOAD, extra)).toThrow(told); });

test('preview services: a ledger for digests and a perimeter that starts by learning, each marked', async () => {
  const run = await program(AZURE_WORKLOAD, ({ common, vault }) => {
    new ConfidentialLedger('anchor', { ...common, preview: 'accepted', writers: { anchor: 'w' }, readers: { auditor: 'r' } });
    new NetworkSecurityPerimeter('perimeter', { ...common, preview: 'accepted', members: { vault: vault.vaultId } });
  });
  expect(inputsOf(run, 'azure-native:confidentialledger:Ledger', 'anchor')).toMatchObject({
    tags: { 'service-preview': 'true' },
    properties: { ledgerType: 'Private', aadBasedSecurityPrincipals: [{ principalId: 'w', ledgerRoleName: 'Contributor' }, { principalId: 'r', ledgerRoleName: 'Reader' }] },
  });
  expect(inputsOf(run, 'azure-native:network:NetworkSecurityPerimeterAssociation', 'perimeter-vault')).toMatchObject({ accessMode: 'Learning', tags: { 'service-preview': 'true' } });
});

describe('optional components and logs', () => {
  refusals(AZURE_WORKLOAD, [
    ['a ledger without writers', ({ common }, name) => new ConfidentialLedger(name, { ...common, preview: 'accepted', writers: {} }), /writers: empty/],
    ['a reader that is a writer', ({ common }, name) => new ConfidentialLedger(name, { ...common, preview: 'accepted', writers: { a: 'x' }, readers: { b: 'x' } }), /readers\.b: "x" is a writer too/],
    ['a perimeter around nothing', ({ common }, name) => new NetworkSecurityPerimeter(name, { ...common, preview: 'accepted', members: {} }), /members: empty/],
    ['logs for five years', ({ common, network }, name) => new LogVault(name, { ...common, workload: { ...common.workload, retention: { days: 1825, irreversible: true } }, network }), /retention\.days: 1825/],
  ]);
});

test('alarms: refused releases, changed keys, break glass and changes of the gate reach the contact', async () => {
  const run = await preview();
  expect(inputsOf(run, 'azure-native:monitor:ActionGroup', 'gate')).toMatchObject({ enabled: true, emailReceivers: [{ emailAddress: AZURE_WORKLOAD.contact }] });
  const query = (alarm: string) => JSON.stringify(inputsOf(run, 'azure-native:monitor:ScheduledQueryRule', `gate-${alarm}`)['criteria']);
  expect(query('refused-release')).toMatch(/KeyRelease.+ResultSignature != /);
  expect(query('key-changed')).toContain('KeyUpdate');
  expect(query('break-glass')).toContain(AZURE_WORKLOAD.breakGlass.azure);
  expect(JSON.stringify(inputsOf(run, 'azure-native:monitor:ActivityLogAlert', 'gate')['condition'])).toContain('Microsoft.Authorization/roleAssignments/write');
  const nobody = await preview({ ...AZURE_WORKLOAD, breakGlass: {} });
  expect(nobody.steps.some(({ urn }) => urn.endsWith('::gate-break-glass'))).toBe(false);
});

test('the first deployment says plainly what is not done yet: an unlocked log, an authority that can be reached', async () => {
  const run = await preview(AZURE_WORKLOAD, { firstDeployment: true });
  const rules = [...new Set(evaluate([deploymentOf(run)], { rules: RULES }).findings.map(({ rule }) => rule))].sort();
  expect(rules).toEqual(['audit-log-immutable', 'network-flows-match-workload', 'network-private-endpoints']);
});
