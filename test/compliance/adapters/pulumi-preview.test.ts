import * as compute from '@pulumi/azure-native/compute';
import * as gcpCompute from '@pulumi/gcp/compute';
import * as pulumi from '@pulumi/pulumi';
import { executeProgram, type PreviewStep } from '../../../constructs/compliance/adapters/pulumi-preview.js';

const run = (program: () => void) => executeProgram({ project: 'tee-kit', stack: 'test', config: {}, program: () => program });
const inputsOf = (steps: readonly PreviewStep[], name: string) => steps.find((step) => step.urn.endsWith(`::${name}`))?.newState.inputs;

const newDisk = (name: string, tags: Record<string, pulumi.Input<string>>, options: pulumi.CustomResourceOptions = {}) =>
  new compute.Disk(name, { resourceGroupName: 'group', creationData: { createOption: 'Empty' }, tags }, options);

class Pair extends pulumi.ComponentResource {
  constructor(name: string) {
    super('tee-kit:test:Pair', name);
    const network = new gcpCompute.Network(`${name}-network`, {}, { parent: this, protect: true });
    const last = new gcpCompute.Subnetwork(`${name}-subnet`, { network: network.selfLink, ipCidrRange: '10.0.0.0/24', region: 'r' }, { parent: this });
    new gcpCompute.Address(`${name}-address`, {}, { parent: this, dependsOn: [last], retainOnDelete: true });
    this.registerOutputs({});
  }
}

test('outputs read as references, parents and options are kept, steps are sorted by URN', async () => {
  const preview = await run(() => void new Pair('p'));
  expect(preview.steps.map((step) => step.urn)).toEqual([
    'urn:pulumi:test::tee-kit::tee-kit:test:Pair$gcp:compute/address:Address::p-address',
    'urn:pulumi:test::tee-kit::tee-kit:test:Pair$gcp:compute/network:Network::p-network',
    'urn:pulumi:test::tee-kit::tee-kit:test:Pair$gcp:compute/subnetwork:Subnetwork::p-subnet',
    'urn:pulumi:test::tee-kit::tee-kit:test:Pair::p',
  ]);
  const [address, network, subnet] = preview.steps.map((step) => step.newState);
  expect(subnet?.inputs['network']).toBe('${gcp:compute/network:Network::p-network.selfLink}');
  expect(subnet?.dependencies).toEqual([network?.urn]);
  expect(address?.dependencies).toEqual([subnet?.urn]);
  expect([network?.protect, address?.retainOnDelete, subnet?.protect]).toEqual([true, true, undefined]);
  expect(network?.parent).toBe('urn:pulumi:test::tee-kit::tee-kit:test:Pair::p');
  expect(preview.changeSummary).toEqual({ create: 4 });
});

test('an output nested in an input object answers symbolically', async () => {
  const { steps } = await run(() => {
    const vm = new compute.VirtualMachine('vm', { resourceGroupName: 'group', identity: { type: 'SystemAssigned' } });
    newDisk('disk', { id: vm.identity.apply((identity) => identity?.principalId ?? '') });
  });
  expect(inputsOf(steps, 'disk')?.['tags']).toEqual({ id: '${azure-native:compute:VirtualMachine::vm.identity.principalId}' });
  expect(inputsOf(steps, 'vm')?.['identity']).toEqual({ type: 'SystemAssigned' });
});

test('a secret shows as the engine prints it', async () => {
  const { steps } = await run(() => void newDisk('disk', { key: pulumi.secret('value') }));
  expect(inputsOf(steps, 'disk')?.['tags']).toBe('[secret]');
});

const refused: readonly { name: string; program: () => void; message: RegExp }[] = [
  {
    name: 'an output that only the provider knows',
    program: () => {
      const vm = new compute.VirtualMachine('vm', { resourceGroupName: 'group', osProfile: { computerName: 'c' } });
      newDisk('disk', { id: vm.osProfile.apply((profile) => profile?.adminUsername as string) });
    },
    message: /Disk::disk: input 'tags.id' reads an output that only the provider knows/,
  },
  {
    name: 'two resources of one type and name',
    program: () => {
      newDisk('disk', {});
      newDisk('disk', {}, { parent: new Pair('other') });
    },
    message: /two resources are named azure-native:compute:Disk::disk/,
  },
  { name: 'a provider function', program: () => void gcpCompute.getZonesOutput({}), message: /calls gcp:compute\/getZones:getZones: provider functions need credentials/ },
  {
    name: 'a program that throws',
    program: () => {
      throw new Error('broken on purpose');
    },
    message: /broken on purpose/,
  },
];
test.each(refused)('refuses $name', async ({ program, message }) => {
  await expect(run(program)).rejects.toThrow(message);
});
