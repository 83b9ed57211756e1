import type { Preview, PreviewStep } from '../../constructs/compliance/adapters/pulumi-preview.js';
import type { Workload } from '../../constructs/workload/workload.js';
import { AZURE_WORKLOAD, type Export, exportOf, preview } from './program.js';

/** Inputs that are part of an ARM address: the azure-native provider replaces a resource when one of them changes. */
const ADDRESS = new Set(['keyName', 'vaultName', 'resourceGroupName', 'providerName', 'roleAssignmentName', 'scope']);

type Decision = { readonly op: 'create' | 'same' | 'update' | 'replace' | 'refused' | 'delete' | 'retained'; readonly urn: string };

const at = (value: unknown, path: string): unknown => path.split('.').reduce<unknown>((current, key) => (typeof current === 'object' && current !== null ? (current as Record<string, unknown>)[key] : undefined), value);

/**
 * What Pulumi's engine decides for a step against recorded state: a changed address or a path of replaceOnChanges
 * replaces, anything else updates, and a replacement of what is protected on both sides is refused.
 */
function decide(recorded: Export, planned: Preview): readonly Decision[] {
  const state = new Map(recorded.deployment.resources.map((resource) => [resource.urn, resource]));
  const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
  const steps = planned.steps.map(({ urn, newState }: PreviewStep): Decision => {
    const old = state.get(urn);
    state.delete(urn);
    if (!old) return { op: 'create', urn };
    const changed = [...new Set([...Object.keys(old.inputs), ...Object.keys(newState.inputs)])].filter((key) => !same(old.inputs[key], newState.inputs[key]));
    if (changed.length === 0) return { op: 'same', urn };
    const replaces = changed.some((key) => ADDRESS.has(key)) || newState.replaceOnChanges?.some((path) => !same(at(old.inputs, path), at(newState.inputs, path)));
    if (!replaces) return { op: 'update', urn };
    return { op: old.protect === true && newState.protect === true ? 'refused' : 'replace', urn };
  });
  return [...steps, ...[...state.keys()].map((urn): Decision => ({ op: 'delete', urn }))];
}

const RELEASE = AZURE_WORKLOAD.measurements.azure['r2']!;
const NEXT: Workload = { ...AZURE_WORKLOAD, measurements: { ...AZURE_WORKLOAD.measurements, azure: { r3: { ...RELEASE, claims: { ...RELEASE.claims, 'x-ms-azurevm-testsigning-enabled': false } } } } };
const KEY = 'azure-native:keyvault:Key::phi';
const of = (decisions: readonly Decision[], name: string): string | undefined => decisions.find(({ urn }) => urn.endsWith(name))?.op;

let first: Preview;
let second: Preview;
beforeAll(async () => { first = await preview(); second = await preview(NEXT); });
const stepOf = (run: Preview, name: string): PreviewStep['newState'] => run.steps.find(({ urn }) => urn.endsWith(name))!.newState;

test('the same workload again changes nothing', async () => {
  const decisions = decide(exportOf(first), await preview());
  expect(decisions.filter(({ op }) => op !== 'same')).toEqual([]);
});

test('a changed release policy never updates a key in place, which ARM would report as done and not do', () => {
  const recorded = exportOf(first);
  expect(of(decide(recorded, second), KEY)).toBe('refused');
  // pulumi state unprotect, by hand: the deliberate half of a rotation.
  const unprotected = { ...recorded, deployment: { resources: recorded.deployment.resources.map((resource) => (resource.urn.endsWith(KEY) ? { ...resource, protect: false } : resource)) } };
  const decisions = decide(unprotected, second);
  expect(of(decisions, KEY)).toBe('replace');
  expect(stepOf(second, KEY).inputs['keyName']).not.toBe(stepOf(first, KEY).inputs['keyName']);
  // The old key stays in the vault until its data is under the new one.
  expect(stepOf(first, KEY).retainOnDelete).toBe(true);
  // Who may ask for release moves with it; nothing else does.
  expect(decisions.filter(({ op }) => op !== 'same').map(({ op, urn }) => `${op} ${urn.split('::').at(-1) ?? ''}`).sort()).toEqual([
    'replace phi', 'replace phi-administrator-00000000', 'replace phi-break-glass', 'replace phi-release',
  ]);
});

test('the hash is of the policy and of nothing else: another owner is the same key', async () => {
  const renamed = await preview({ ...AZURE_WORKLOAD, owner: 'Somebody else' });
  const decisions = decide(exportOf(first), renamed);
  expect(of(decisions, KEY)).toBe('update');
  expect(stepOf(renamed, KEY).inputs['keyName']).toBe(stepOf(first, KEY).inputs['keyName']);
});

test('other policy signers are another authority, and so other keys', async () => {
  const { signer } = await import('./certificate.js');
  const azure = { ...AZURE_WORKLOAD.clouds.azure!, attestationPolicySigners: [signer().certificate] };
  const decisions = decide(exportOf(first), await preview({ ...AZURE_WORKLOAD, clouds: { ...AZURE_WORKLOAD.clouds, azure } }));
  expect(of(decisions, 'AttestationProvider::authority')).toBe('refused');
  expect(of(decisions, KEY)).toBe('refused');
});

test('the lock is the second deployment: log account and authority are updated in place, and nothing is replaced', async () => {
  const decisions = decide(exportOf(await preview(AZURE_WORKLOAD, { firstDeployment: true })), first);
  expect(decisions.filter(({ op }) => op !== 'same').map(({ op, urn }) => `${op} ${urn.split('::').at(-1) ?? ''}`).sort()).toEqual(['update authority', 'update logs']);
});
