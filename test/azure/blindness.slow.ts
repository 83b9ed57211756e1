import { type PolicyPackArgs, validateResourceOfType } from '@pulumi/policy';
import * as keyvault from '@pulumi/azure-native/keyvault';
import * as pulumi from '@pulumi/pulumi';
import { teeKitPolicies } from '../../constructs/compliance/adapters/policy-pack.js';
import { embedWorkload } from '../../constructs/workload/facts.js';
import { deploy } from '../../pulumi/azure/index.js';
import { tee, temporaryFolder } from '../compliance/cli-fixture.js';
import { TODAY } from '../compliance/workload-fixture.js';
import { analyze, live, type LivePreview, UNKNOWN } from './engine.js';
import { AZURE_WORKLOAD, preview } from './program.js';

const { write } = temporaryFolder();
const PACK = () => teeKitPolicies({ workload: AZURE_WORKLOAD, today: TODAY });
let run: LivePreview;
beforeAll(async () => { run = live(await preview()); });

/** Paths of unknown values in what the program asks for, as the SDK has it during a preview. */
function* unknownPaths(value: unknown, path: readonly string[]): Iterable<string> {
  if (typeof value !== 'object' || value === null) return;
  if ('__pulumiUnknown' in value) yield path.join('.');
  else for (const [key, inner] of Object.entries(value)) yield* unknownPaths(inner, [...path, key]);
}

test('during a preview the SDK itself knows every input but new identities and the version of the disk key', async () => {
  const unknown = new Set<string>();
  await pulumi.runtime.setMocks({
    newResource: ({ type, inputs }) => {
      const short = type.replace('azure-native:', '');
      for (const path of unknownPaths(inputs, [])) unknown.add(`${short}.${path}`);
      return { id: '', state: {} };
    },
    call: () => ({}),
  }, 'tee-kit', 'azure', true);
  await pulumi.runtime.runInPulumiStack(() => { deploy(AZURE_WORKLOAD); return Promise.resolve({}); });
  await pulumi.runtime.disconnect();
  // A whole object here (`keyvault:Key.properties`) would be the blindness of field note 3.
  expect([...unknown].sort()).toEqual(['authorization:RoleAssignment.principalId', 'compute:DiskEncryptionSet.activeKey.keyUrl']);
});

/** Inputs that carry what decides a gate, and that the SDK makes unknown as a whole when anything inside is. */
const DECISIVE: readonly (readonly [type: string, name: string, input: string])[] = [
  ['keyvault:Key', 'phi', 'properties'],
  ['keyvault:Key', 'os-disk', 'properties'],
  ['keyvault:Vault', 'phi-vault', 'properties'],
  ['attestation:AttestationProvider', 'authority', 'properties'],
  ['storage:StorageAccount', 'logs', 'immutableStorageWithVersioning'],
  ['storage:StorageAccount', 'phi-store', 'networkRuleSet'],
  ['storage:StorageAccount', 'phi-store', 'encryption'],
  ['compute:VirtualMachineScaleSet', 'tee', 'virtualMachineProfile'],
  ['compute:VirtualMachineScaleSet', 'tee', 'identity'],
  ['compute:DiskEncryptionSet', 'os-disk', 'encryptionType'],
  ['network:VirtualNetwork', 'network', 'subnets'],
  ['network:NetworkSecurityGroup', 'network-tee', 'securityRules'],
  ['network:PrivateEndpoint', 'phi-vault-endpoint', 'subnet'],
  ['authorization:RoleAssignment', 'phi-release', 'roleDefinitionId'],
  ['authorization:RoleAssignment', 'phi-release', 'scope'],
  ['monitor:SubscriptionDiagnosticSetting', 'logs', 'logs'],
];

test.each(DECISIVE)('%s %s: an unknown %s is a violation everywhere, never a rule that could not run', async (type, name, input) => {
  const blind = structuredClone(run);
  const step = blind.steps.find((candidate) => candidate.newState.type === `azure-native:${type}` && candidate.urn.endsWith(`::${name}`))!;
  expect(step.newState.inputs[input]).toBeDefined();
  step.newState.inputs[input] = UNKNOWN;
  const diagnostics = await analyze(blind, PACK());
  expect(diagnostics.filter(({ message }) => message.includes("can't run"))).toEqual([]);
  expect(diagnostics.filter(({ mandatory, message }) => mandatory && message.startsWith('cannot be decided'))).not.toEqual([]);
  const { code, out } = await tee('check', '--format', 'json', write('blind.json', { ...blind, config: { 'tee-kit:workload': embedWorkload(AZURE_WORKLOAD) } }));
  expect(code).toBe(1);
  expect((JSON.parse(out) as { findings: { status: string }[] }).findings.map(({ status }) => status)).toContain('unknown');
});

test('a policy of another pack that the SDK downgrades to "can\'t run" is a finding of the preview that shows it', async () => {
  const naive: PolicyPackArgs = {
    enforcementLevel: 'mandatory',
    policies: [{
      name: 'exportable', description: 'x', enforcementLevel: 'mandatory',
      validateResource: validateResourceOfType(keyvault.Key, (key, _, report) => { if (key.properties.attributes?.exportable !== true) report('not exportable'); }),
    }],
  };
  const blind = structuredClone(run);
  blind.steps.find(({ urn }) => urn.endsWith('keyvault:Key::phi'))!.newState.inputs['properties'] = UNKNOWN;
  const [downgraded] = await analyze(blind, naive);
  // What the SDK makes of it: a mandatory policy, reported as advice.
  expect(downgraded).toMatchObject({ mandatory: false, message: expect.stringMatching(/^can't run policy 'exportable' .* during preview/) });
  const shown = { ...run, config: { 'tee-kit:workload': embedWorkload(AZURE_WORKLOAD) }, diagnostics: [{ severity: 'warning', urn: downgraded!.urn, message: downgraded!.message }] };
  const { code, out } = await tee('check', '--format', 'json', write('downgraded.json', shown));
  expect(code).toBe(1);
  expect((JSON.parse(out) as { findings: { rule: string; status: string; message: string }[] }).findings).toEqual([expect.objectContaining({ rule: 'artifact-readable', message: expect.stringContaining("can't run policy 'exportable'") })]);
});
