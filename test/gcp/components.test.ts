import { BAA_TAG_KEYS } from '../../constructs/workload/tags.js';
import {
  assertMachine, AttestedKey, CmekKeys, ConfidentialSpace, ConfidentialVmGroup, ControlPlaneGateway, diskType, hostMaintenance, minCpuPlatform, OrgGuardrails, Perimeter, PhiTags, PrivateNetwork,
  RESTRICTED_SERVICES, scheduling, VmIdentity,
} from '../../constructs/gcp/index.js';
import type { ConfidentialSpaceArgs } from '../../constructs/gcp/index.js';
import type { Resource } from '../../constructs/compliance/model.js';
import type { GcpPlacement } from '../../constructs/workload/workload.js';
import { execute, gcpWorkload, resourcesOf } from './preview.js';

const workload = gcpWorkload();
const run = async (program: () => void): Promise<readonly Resource[]> => resourcesOf(await execute(program));
const one = (resources: readonly Resource[], suffix: string): Resource => {
  const [found, ...more] = resources.filter(({ type }) => type.endsWith(`:${suffix}`));
  if (!found || more.length > 0) throw new Error(`${more.length + (found ? 1 : 0)} of ${suffix}`);
  return found;
};

type Type = GcpPlacement['confidentialType'];

const MACHINES: readonly (readonly [type: Type, instance: string, zone: string, maintenance: 'MIGRATE' | 'TERMINATE', disk: string, platform: string | undefined])[] = [
  ['TDX', 'c3-standard-4', 'us-central1-a', 'TERMINATE', 'pd-balanced', undefined],
  ['TDX', 'c3-standard-176', 'europe-west4-a', 'TERMINATE', 'pd-balanced', undefined],
  ['TDX', 'a3-highgpu-1g', 'us-east5-a', 'TERMINATE', 'pd-balanced', undefined],
  ['SEV', 'n2d-standard-4', 'us-central1-a', 'MIGRATE', 'pd-balanced', 'AMD Milan'],
  ['SEV', 'c3d-standard-8', 'us-central1-a', 'MIGRATE', 'pd-balanced', undefined],
  ['SEV', 'c2d-standard-8', 'us-central1-a', 'TERMINATE', 'pd-balanced', undefined],
  ['SEV', 'c4d-standard-192', 'us-central1-a', 'TERMINATE', 'hyperdisk-balanced', undefined],
  ['SEV_SNP', 'n2d-standard-4', 'europe-west3-b', 'TERMINATE', 'pd-balanced', 'AMD Milan'],
];

test.each(MACHINES)('%s on %s in %s', (confidentialType, instance, zone, maintenance, disk, platform) => {
  expect(() => assertMachine({ confidentialType, instance, region: zone.slice(0, -2), zone })).not.toThrow();
  expect(hostMaintenance(confidentialType, instance)).toBe(maintenance);
  expect(diskType(instance)).toBe(disk);
  expect(minCpuPlatform(confidentialType, instance).minCpuPlatform).toBe(platform);
});

test.each([
  ['TDX', 'n2d-standard-4', 'us-central1', 'us-central1-a', /does not run TDX; allowed: c3-standard/],
  ['TDX', 'c3-standard-4-lssd', 'us-central1', 'us-central1-a', /does not run TDX/],
  ['TDX', 'c3-highmem-4', 'us-central1', 'us-central1-a', /does not run TDX/],
  ['TDX', 'c3-standard-4', 'us-west1', 'us-west1-c', /does not offer it: .*us-west1-a, us-west1-b/],
  ['TDX', 'a3-highgpu-1g', 'us-central1', 'us-central1-b', /does not offer it/],
  ['TDX', 'c3-standard-4', 'us-central1', 'us-east1-c', /not in region 'us-central1'/],
  ['SEV', 'c3-standard-4', 'us-central1', 'us-central1-a', /does not run SEV/],
  ['SEV', 'c4d-standard-384', 'us-central1', 'us-central1-a', /does not run SEV.*255/],
  ['SEV_SNP', 'c3d-standard-4', 'us-central1', 'us-central1-a', /does not run SEV_SNP/],
  ['SEV_SNP', 'n2d-standard-4', 'us-east1', 'us-east1-b', /does not offer it/],
] as const)('%s on %s in %s %s is refused', (confidentialType, instance, region, zone, message) => {
  expect(() => assertMachine({ confidentialType, instance, region, zone })).toThrow(message);
});

test('a VM with an accelerator is a Spot VM, every other one comes back after a host event', () => {
  expect(scheduling('TDX', 'a3-highgpu-1g')).toEqual({ onHostMaintenance: 'TERMINATE', automaticRestart: false, preemptible: true, provisioningModel: 'SPOT', instanceTerminationAction: 'STOP' });
  expect(scheduling('TDX', 'c3-standard-4')).toEqual({ onHostMaintenance: 'TERMINATE', automaticRestart: true });
});

const vmParts = () => {
  const network = new PrivateNetwork('network', { workload });
  const identity = new VmIdentity('vm', { workload, role: 'vm', projectRoles: [] });
  const keys = new CmekKeys('cmek', { workload });
  return { workload, network, identity, diskKey: keys.keys.disk.id };
};

test('a group of confidential VMs: explicit type, shielded, gVNIC, customer key, no external address, healthy before it replaces', async () => {
  const resources = await run(() => {
    new ConfidentialVmGroup('gateway', { ...vmParts(), segment: 'gateway', image: 'projects/ubuntu-os-cloud/global/images/ubuntu-2404-noble-amd64-v20260717', port: 8443 });
  });
  const { properties } = one(resources, 'RegionInstanceTemplate');
  expect(properties).toMatchObject({
    machineType: 'c3-standard-4',
    confidentialInstanceConfig: { enableConfidentialCompute: true, confidentialInstanceType: 'TDX' },
    shieldedInstanceConfig: { enableSecureBoot: true, enableVtpm: true, enableIntegrityMonitoring: true },
    scheduling: { onHostMaintenance: 'TERMINATE', automaticRestart: true },
    keyRevocationActionType: 'STOP',
    canIpForward: false,
    metadata: { 'block-project-ssh-keys': 'TRUE', 'enable-oslogin': 'TRUE', 'serial-port-enable': 'FALSE' },
    disks: [{ interface: 'NVME', diskType: 'pd-balanced', diskEncryptionKey: { kmsKeySelfLink: '${gcp:kms/cryptoKey:CryptoKey::cmek-disk.id}' } }],
    serviceAccount: { email: 'inference-prod-vm@phi-inference.iam.gserviceaccount.com' },
  });
  const [nic, ...others] = properties['networkInterfaces'] as Record<string, unknown>[];
  expect(others).toEqual([]);
  expect(nic).toMatchObject({ nicType: 'GVNIC', stackType: 'IPV4_ONLY' });
  expect(Object.keys(nic ?? {})).not.toEqual(expect.arrayContaining([expect.stringMatching(/accessConfigs/i)]));
  expect(one(resources, 'RegionInstanceGroupManager').properties).toMatchObject({
    distributionPolicyZones: ['us-central1-a'],
    versions: [{ instanceTemplate: '${gcp:compute/regionInstanceTemplate:RegionInstanceTemplate::gateway.selfLink}' }],
    updatePolicy: { maxSurgeFixed: 1, maxUnavailableFixed: 0, minimalAction: 'REPLACE' },
    autoHealingPolicies: { healthCheck: '${gcp:compute/regionHealthCheck:RegionHealthCheck::gateway.id}' },
  });
});

test('Confidential Space metadata is an allow-list, for callers without types too', async () => {
  const build = (metadata: object): Promise<readonly Resource[]> => {
    const args = (): ConfidentialSpaceArgs => ({ ...vmParts(), metadata });
    return run(() => { new ConfidentialSpace('tee', args()); });
  };
  const template = one(await build({ 'tee-restart-policy': 'Never', 'tee-dev-shm-size-kb': '65536' }), 'RegionInstanceTemplate');
  expect(Object.keys(template.properties['metadata'] as object).sort()).toEqual([
    'block-project-ssh-keys', 'enable-oslogin', 'serial-port-enable', 'tee-container-log-redirect', 'tee-dev-shm-size-kb', 'tee-image-reference', 'tee-restart-policy',
  ]);
  const hostile: readonly (readonly [string, string])[] = [
    ['tee-cmd', '["sh"]'], ['tee-env-UPSTREAM', 'mallory.example'], ['tee-container-log-redirect', 'true'], ['tee-image-reference', 'us-docker.pkg.dev/phi-inference/images/inference:latest'],
    ['tee-impersonate-service-accounts', 'x@y'], ['tee-added-capabilities', '["CAP_SYS_ADMIN"]'], ['tee-mount', 'type=tmpfs'], ['test-fake-verifier', 'true'], ['gca-service-env', 'x'], ['ita-api-key', 'x'],
    ['startup-script', 'sh'], ['ssh-keys', 'x'], ['__proto__', 'x'], ['tee-restart-policy', 'Sometimes'],
  ];
  for (const [key, value] of hostile) await expect(build(Object.fromEntries([[key, value]]))).rejects.toThrow(new RegExp(`metadata '?${key}`));
});

describe('perimeter', () => {
  const perimeter = async (enforced: boolean) => one(await run(() => { new Perimeter('perimeter', { workload: gcpWorkload({ perimeter: { accessPolicy: '400000000000', enforced } }) }); }), 'ServicePerimeter').properties;
  type Rules = { resources: string[]; restrictedServices: string[]; ingressPolicies: { ingressTo: { operations: { serviceName: string }[] } }[]; egressPolicies?: unknown[] };

  test('dry run first: what would be refused is logged, and nothing is', async () => {
    const dry = await perimeter(false);
    expect(dry).toMatchObject({ useExplicitDryRunSpec: true });
    expect(dry['status']).toBeUndefined();
    const enforced = await perimeter(true);
    expect(enforced['spec']).toBeUndefined();
    // What was rehearsed is what is enforced.
    expect(enforced['status']).toEqual(dry['spec']);
  });

  test('a stolen attestation token cannot be exchanged: STS of the key\'s project answers nobody outside, and no rule lets one in or data out', async () => {
    const { resources, restrictedServices, ingressPolicies, egressPolicies } = (await perimeter(true))['status'] as Rules;
    // The pool lies in the key's project: the exchange is judged there.
    expect(resources).toEqual(expect.arrayContaining(['projects/123456789012', 'projects/210987654321']));
    expect(restrictedServices).toEqual(RESTRICTED_SERVICES);
    for (const service of ['sts', 'cloudkms', 'storage', 'confidentialcomputing', 'artifactregistry', 'logging', 'iam', 'iamcredentials']) expect(restrictedServices).toContain(`${service}.googleapis.com`);
    const entered = ingressPolicies.flatMap(({ ingressTo }) => ingressTo.operations.map(({ serviceName }) => serviceName));
    expect(entered).not.toContain('sts.googleapis.com');
    expect(entered).not.toContain('*');
    expect(egressPolicies).toBeUndefined();
  });

  test('an image outside the perimeter is refused: the TEE could not pull it', async () => {
    const measurements = { ...workload.measurements, gcp: { r2: { ...workload.measurements.gcp['r2']!, image: 'us-docker.pkg.dev/elsewhere/images/inference' } } };
    await expect(run(() => { new Perimeter('perimeter', { workload: gcpWorkload({ perimeter: { accessPolicy: '400000000000', enforced: true } }, { measurements }) }); })).rejects.toThrow(/outside the perimeter.*push it to project 'phi-inference'/);
  });
});

describe('control plane', () => {
  const build = (segment: string, proxyRange: string) => run(() => {
    const network = new PrivateNetwork('network', { workload, controlPlane: { segment, proxyRange } });
    new ControlPlaneGateway('status', { workload, network, group: 'group', healthCheck: 'check', clientAuthority: 'PEM', certificates: ['certificate'] });
  });

  test('TLS 1.3 only, client certificates required, and the firewall lets only its proxies in', async () => {
    const resources = await build('gateway', '10.20.8.0/24');
    expect(one(resources, 'RegionSslPolicy').properties).toMatchObject({ minTlsVersion: 'TLS_1_3', profile: 'RESTRICTED' });
    expect(one(resources, 'ServerTlsPolicy').properties).toMatchObject({ allowOpen: false, mtlsPolicy: { clientValidationMode: 'REJECT_INVALID', clientValidationTrustConfig: '${gcp:certificatemanager/trustConfig:TrustConfig::status.id}' } });
    expect(one(resources, 'RegionTargetHttpsProxy').properties).toMatchObject({ sslPolicy: '${gcp:compute/regionSslPolicy:RegionSslPolicy::status.id}', serverTlsPolicy: '${gcp:networksecurity/serverTlsPolicy:ServerTlsPolicy::status.id}' });
    expect(one(resources, 'ForwardingRule').properties).toMatchObject({ loadBalancingScheme: 'INTERNAL_MANAGED', labels: { 'phi-plane': 'no-phi' } });
    const rules = one(resources, 'NetworkFirewallPolicyWithRules').properties['rules'] as { ruleName: string; match: { srcIpRanges?: string[] } }[];
    expect(rules.find(({ ruleName }) => ruleName === 'control-plane')?.match.srcIpRanges).toEqual(['10.20.8.0/24', '35.191.0.0/16', '130.211.0.0/22']);
  });

  test.each([
    ['tee', '10.20.8.0/24', /decrypt PHI outside the TEE/],
    ['store', '10.20.8.0/24', /decrypt PHI outside the TEE/],
    ['nowhere', '10.20.8.0/24', /not in the workload file/],
    ['gateway', '10.20.0.0/26', /outside every segment/],
    ['gateway', '10.20.8.0/28', /\/26 or larger/],
    ['gateway', '10.99.0.0/24', /inside network.cidr/],
    ['gateway', 'all', /must be/],
  ])('in segment %s with proxies in %s it is refused', async (segment, range, message) => {
    await expect(build(segment, range)).rejects.toThrow(message);
  });
});

test('an Assured Workloads folder on request only', async () => {
  const build = (placement: Partial<GcpPlacement>) => run(() => { new OrgGuardrails('guardrails', { workload: gcpWorkload(placement) }); });
  const types = (resources: readonly Resource[]): boolean => resources.some(({ type }) => type.startsWith('gcp:assuredworkloads/'));
  expect(types(await build({}))).toBe(false);
  const resources = await build({ assuredWorkloads: { billingAccount: '000000-000000-000001' } });
  expect(one(resources, 'Workload').properties).toMatchObject({ complianceRegime: 'HEALTHCARE_AND_LIFE_SCIENCES_CONTROLS', organization: '345678901234', deletionPolicy: 'PREVENT' });
  expect(one(resources, 'CustomConstraint').properties).toMatchObject({ actionType: 'DENY', condition: "resource.confidentialInstanceConfig.confidentialInstanceType != 'TDX'", resourceTypes: ['compute.googleapis.com/Instance'] });
  for (const policy of resources.filter(({ type }) => type.endsWith(':Policy'))) {
    // The provider takes booleans of organisation policies as strings, and reads `true` as nothing.
    expect(JSON.stringify(policy.properties)).not.toMatch(/"(enforce|denyAll|allowAll)":true/);
  }
});

test('labels and resource manager tags carry the same words, within the limits of both', async () => {
  const resources = await run(() => { new PhiTags('tags', { workload, projectNumber: '123456789012' }); });
  const values = resources.filter(({ type }) => type.endsWith(':TagValue')).map(({ properties }) => properties['shortName']);
  expect(values).toHaveLength(BAA_TAG_KEYS.length);
  for (const value of values) expect(value).toMatch(/^[a-z0-9_-]{1,63}$/);
  const key = one(await run(() => { new AttestedKey('phi-key', { workload, serviceAccount: 'x@phi-inference.iam.gserviceaccount.com' }); }), 'CryptoKey');
  expect(Object.values(key.properties['labels'] as Record<string, string>)).toEqual(expect.arrayContaining(values));
});

test('the escape hatch changes what is registered, and the rules judge that', async () => {
  const resources = await run(() => {
    new PrivateNetwork('network', { workload, transform: { network: (args) => ({ ...args, mtu: 8896 }) } });
    new AttestedKey('phi-key', { workload, serviceAccount: 'x@phi-inference.iam.gserviceaccount.com', transform: { key: (args) => ({ ...args, rotationPeriod: '2592000s' }) } });
  });
  expect(one(resources, 'Network').properties['mtu']).toBe(8896);
  expect(one(resources, 'CryptoKey').properties['rotationPeriod']).toBe('2592000s');
});
