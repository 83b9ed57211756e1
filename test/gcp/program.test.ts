import type { Preview } from '../../constructs/compliance/adapters/pulumi-preview.js';
import { findUnknown, type Resource } from '../../constructs/compliance/model.js';
import type { Workload } from '../../constructs/workload/workload.js';
import { BAA_TAG_KEYS } from '../../constructs/workload/tags.js';
import { digest, WORKLOAD } from '../compliance/workload-fixture.js';
import { deploy } from '../../pulumi/gcp/index.js';
import { execute, executeWorkload, gcpWorkload, resourcesOf } from './preview.js';

const FULL = gcpWorkload({ gatewayImage: 'projects/ubuntu-os-cloud/global/images/ubuntu-2404-noble-amd64-v20260717', perimeter: { accessPolicy: '400', enforced: true } });

let preview: Preview;
let resources: Resource[];
beforeAll(async () => {
  preview = await executeWorkload(FULL);
  resources = resourcesOf(preview);
});
const ofType = (suffix: string): Resource[] => resources.filter(({ type }) => type.endsWith(`:${suffix}`));
const only = (suffix: string): Resource => {
  const [first, ...rest] = ofType(suffix);
  if (!first || rest.length > 0) throw new Error(`${rest.length + (first ? 1 : 0)} of ${suffix}`);
  return first;
};

test('no input is unknown, and two runs are identical', async () => {
  for (const resource of resources) expect(findUnknown(resource.properties)).toBeUndefined();
  expect(JSON.stringify(await execute(() => { deploy(FULL); }))).toBe(JSON.stringify(preview));
});

test('every resource is inside a component', () => {
  const orphans = preview.steps.filter(({ newState }) => newState.custom && newState.parent === undefined);
  expect(orphans.map(({ urn }) => urn)).toEqual([]);
});

test('no service account key, no impersonation, no owner or editor, no NAT, no external address', () => {
  const text = JSON.stringify(preview.steps);
  for (const word of ['serviceaccount/key:Key', 'workloadIdentityUser', 'serviceAccountTokenCreator', 'iam.serviceAccountUser', 'roles/owner', 'roles/editor', 'routerNat', 'accessConfigs', 'EXTERNAL', 'secretCiphertext']) {
    expect(text).not.toContain(word);
  }
});

test('everything that takes labels carries the BAA tag set', () => {
  const labelled = ['CryptoKey', 'Bucket', 'Instance', 'RegionInstanceTemplate', 'ManagedZone', 'Address', 'ForwardingRule'];
  for (const resource of labelled.flatMap(ofType)) expect(Object.keys(resource.properties['labels'] as object)).toEqual(expect.arrayContaining([...BAA_TAG_KEYS]));
  expect(ofType('TagBinding')).toHaveLength(2 * BAA_TAG_KEYS.length);
});

test('the bindings, the condition and the deny policy name the same digests: the active ones', () => {
  const active = digest('a');
  for (const resource of [only('CryptoKeyIAMPolicy'), only('WorkloadIdentityPoolProvider'), only('DenyPolicy')]) {
    const found = [...new Set(JSON.stringify(resource.properties).match(/sha256:[0-9a-f]{64}/g))];
    expect(found).toEqual([active]);
  }
});

type Status = 'active' | 'retired' | 'revoked';
const withStatus = (statuses: Readonly<Record<string, Status>>): Workload['measurements'] => ({
  ...WORKLOAD.measurements,
  gcp: Object.fromEntries(Object.entries(WORKLOAD.measurements.gcp).map(([release, value]) => [release, { ...value, status: statuses[release] ?? value.status }])),
});
const find = (list: readonly Resource[], suffix: string): Resource => list.find(({ type }) => type.endsWith(`:${suffix}`))!;

test.each(['retired', 'revoked'] as const)('a measurement that is %s leaves the condition, the bindings and the exceptions of the deny policy, and nothing else changes', async (status) => {
  const run = async (r1: Status) => new Map((await executeWorkload(gcpWorkload({}, { measurements: withStatus({ r1 }) }))).steps.map(({ urn, newState }) => [urn.split('::').slice(2).join('::').split('$').at(-1) ?? '', JSON.stringify(newState.inputs)]));
  const before = await run('active');
  const after = await run(status);
  const removed = [...before.keys()].filter((urn) => !after.has(urn));
  const changed = [...before.keys()].filter((urn) => after.has(urn) && after.get(urn) !== before.get(urn));
  expect([...after.keys()].filter((urn) => !before.has(urn))).toEqual([]);
  expect(changed.sort()).toEqual([
    'gcp:iam/denyPolicy:DenyPolicy::phi-key', 'gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider::phi-key', 'gcp:kms/cryptoKeyIAMPolicy:CryptoKeyIAMPolicy::phi-key',
  ]);
  expect(removed).toEqual(['gcp:storage/bucketIAMMember:BucketIAMMember::phi-store-r1']);
  for (const urn of changed) {
    expect(before.get(urn)).toContain(digest('d'));
    expect(after.get(urn)).not.toContain(digest('d'));
    expect(after.get(urn)).toContain(digest('a'));
  }
});

test('a revocation reaches the bindings before what admits tokens', () => {
  expect(only('WorkloadIdentityPoolProvider').attributes['dependencies']).toContain(only('CryptoKeyIAMPolicy').id);
  expect(only('CryptoKeyIAMPolicy').attributes['dependencies']).toContain(only('WorkloadIdentityPool').id);
});

test('revoking every measurement empties the bindings first and then disables the pool', async () => {
  const revoked = resourcesOf(await executeWorkload(gcpWorkload({}, { measurements: withStatus({ r2: 'revoked' }) })));
  expect(find(revoked, 'WorkloadIdentityPool').properties['disabled']).toBe(true);
  expect(find(revoked, 'WorkloadIdentityPool').attributes['dependencies']).toContain(find(revoked, 'CryptoKeyIAMPolicy').id);
  expect(JSON.stringify(find(revoked, 'CryptoKeyIAMPolicy').properties)).not.toContain('principalSet');
  expect(JSON.stringify(find(revoked, 'DenyPolicy').properties)).not.toContain('image_digest');
});

test('environments share neither key, pool nor bucket', async () => {
  const names = (list: readonly Resource[]): unknown[] =>
    list.filter(({ type }) => /:(KeyRing|WorkloadIdentityPool|Bucket)$/.test(type)).map(({ properties }) => properties['workloadIdentityPoolId'] ?? properties['name']);
  const sandbox = names(resourcesOf(await executeWorkload({ ...FULL, environment: 'sandbox', retention: { days: 30, irreversible: false } })));
  expect(names(resources).filter((name) => sandbox.includes(name))).toEqual([]);
});

test('a Private Service Connect endpoint replaces the route', async () => {
  const psc = resourcesOf(await executeWorkload(gcpWorkload({ privateServiceConnect: '10.99.0.5' })));
  expect(psc.some(({ type }) => type.endsWith(':Route'))).toBe(false);
  const [rule] = psc.filter(({ type }) => type.endsWith(':GlobalForwardingRule'));
  expect(rule?.properties).toMatchObject({ target: 'vpc-sc', loadBalancingScheme: '', labels: { 'phi-workload': 'inference' } });
  expect(rule?.properties['name']).toMatch(/^[a-z0-9]{1,20}$/);
});

test('a sandbox says that its logs are not locked, with the same retention', async () => {
  const sandbox = resourcesOf(await executeWorkload(gcpWorkload({}, { environment: 'sandbox', retention: { days: 2192, irreversible: false } })));
  expect(find(sandbox, 'ProjectBucketConfig').properties).toMatchObject({ locked: false, retentionDays: 2192 });
  expect(sandbox.find(({ name }) => name === 'logs-archive')?.properties['retentionPolicy']).toEqual({ isLocked: false, retentionPeriod: '189388800' });
  expect(only('ProjectBucketConfig').properties).toMatchObject({ locked: true, retentionDays: 2192 });
});

test.each([
  ['a debug image', { image: 'projects/confidential-space-images/global/images/family/confidential-space-debug' }, /production image/],
  ['SEV-SNP with Confidential Space', { confidentialType: 'SEV_SNP', instance: 'n2d-standard-4' }, /SEV_SNP is not offered/],
  ['one project for workload and key', { keyProject: 'phi-inference' }, /its owners could use the key/],
  ['a gateway image family', { gatewayImage: 'projects/ubuntu-os-cloud/global/images/family/ubuntu-2404-lts-amd64' }, /not one exact image/],
] as const)('%s is refused', async (_name, placement, message) => {
  await expect(executeWorkload(gcpWorkload(placement))).rejects.toThrow(message);
});
