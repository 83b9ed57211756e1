import type { Value } from '../../constructs/compliance/model.js';
import type { PreviewResource } from './rule-case.js';
import { digest } from './workload-fixture.js';

type Inputs = { readonly [name: string]: Value | undefined };
/** A resource whose inputs are the defaults with changes; undefined removes one. */
const resource = (type: string, name: string, defaults: Inputs, changes: Inputs = {}, attributes?: PreviewResource['attributes']): PreviewResource => ({
  type, name, inputs: Object.fromEntries(Object.entries({ ...defaults, ...changes }).filter(([, value]) => value !== undefined)) as Value, ...(attributes ? { attributes } : {}),
});

export const WORKLOAD_PROJECT = 'phi-inference';
export const KEY_PROJECT = 'phi-inference-keys';
const project = WORKLOAD_PROJECT;
export const ref = (type: string, name: string, output = 'id'): string => `\${${type}::${name}.${output}}`;
export const IMAGE = 'projects/confidential-space-images/global/images/confidential-space-250300';
export const DISK_KEY = ref('gcp:kms/cryptoKey:CryptoKey', 'disk');
export const DEPLOYER = 'serviceAccount:deploy@phi-inference-keys.iam.gserviceaccount.com';
const EMAIL = 'tee@phi-inference.iam.gserviceaccount.com';
export const SA = `serviceAccount:${EMAIL}`;
export const CLOSED: Inputs = { 'enable-oslogin': 'TRUE', 'block-project-ssh-keys': 'TRUE', 'serial-port-enable': 'FALSE' };
export const CONTAINER = `us-docker.pkg.dev/phi-inference/images/inference@${digest('a')}`;
const NIC: Value = { subnetwork: ref('gcp:compute/subnetwork:Subnetwork', 'tee'), nicType: 'GVNIC', stackType: 'IPV4_ONLY' };
const MACHINE: Inputs = {
  project, machineType: 'c3-standard-4', confidentialInstanceConfig: { enableConfidentialCompute: true, confidentialInstanceType: 'TDX' },
  shieldedInstanceConfig: { enableSecureBoot: true, enableVtpm: true, enableIntegrityMonitoring: true }, scheduling: { onHostMaintenance: 'TERMINATE' }, canIpForward: false,
  keyRevocationActionType: 'STOP', networkInterfaces: [NIC], serviceAccount: { email: EMAIL, scopes: ['https://www.googleapis.com/auth/cloud-platform'] },
};
export const DISK: Inputs = { boot: true, interface: 'NVME', diskType: 'pd-balanced', sourceImage: IMAGE, diskEncryptionKey: { kmsKeySelfLink: DISK_KEY } };

/** A Confidential Space template. */
export const space = (changes: Inputs = {}, metadata: Inputs = {}, name = 'tee'): PreviewResource => resource('gcp:compute/regionInstanceTemplate:RegionInstanceTemplate', name, {
  ...MACHINE, region: 'us-central1', disks: [DISK as Value], metadata: Object.fromEntries(Object.entries({ ...CLOSED, 'tee-image-reference': CONTAINER, 'tee-container-log-redirect': 'false', ...metadata }).filter(([, value]) => value !== undefined)) as Value,
}, changes);
/** A plain confidential VM. */
export const vm = (changes: Inputs = {}, name = 'vm'): PreviewResource => resource('gcp:compute/instance:Instance', name, {
  ...MACHINE, zone: 'us-central1-a', metadata: CLOSED as Value, bootDisk: { kmsKeySelfLink: DISK_KEY, interface: 'NVME', initializeParams: { image: IMAGE, type: 'pd-balanced' } },
}, changes);
export const group = (changes: Inputs = {}): PreviewResource => resource('gcp:compute/regionInstanceGroupManager:RegionInstanceGroupManager', 'group', {
  name: 'tee', project, versions: [{ instanceTemplate: ref('gcp:compute/regionInstanceTemplate:RegionInstanceTemplate', 'tee', 'selfLink') }], autoHealingPolicies: { healthCheck: 'check', initialDelaySec: 300 }, updatePolicy: { type: 'PROACTIVE', minimalAction: 'REPLACE' },
}, changes);
export const refresh = (changes: Inputs = {}): PreviewResource => resource('gcp:cloudscheduler/job:Job', 'refresh', { httpTarget: { uri: 'https://compute.googleapis.com/compute/v1/projects/p/regions/r/instanceGroupManagers/tee', oauthToken: { serviceAccountEmail: 'roll@phi-inference.iam.gserviceaccount.com' } } }, changes);

export const ring = (name: string, owner = project): PreviewResource => resource('gcp:kms/keyRing:KeyRing', name, { name, project: owner, location: 'us-central1' });
/** A key with every safeguard; `phi` lies in the key project. */
export const key = (name: string, purpose: string, changes: Inputs = {}, attributes: PreviewResource['attributes'] = { protect: true }): PreviewResource => resource('gcp:kms/cryptoKey:CryptoKey', name, {
  name, keyRing: ref('gcp:kms/keyRing:KeyRing', purpose === 'phi' ? 'phi' : 'cmek'), purpose: 'ENCRYPT_DECRYPT', rotationPeriod: '7776000s', destroyScheduledDuration: '2592000s', deletionPolicy: 'PREVENT',
  versionTemplate: { algorithm: 'GOOGLE_SYMMETRIC_ENCRYPTION', protectionLevel: 'HSM' }, labels: { 'key-purpose': purpose },
}, changes, attributes);
export const rings = [ring('phi', KEY_PROJECT), ring('cmek')];

/** The whole gate of one key, as the kit builds it. */
export const CONDITION = [
  'assertion.swname == "CONFIDENTIAL_SPACE"', 'assertion.dbgstat == "disabled-since-boot"', 'assertion.secboot == true', '"STABLE" in assertion.submods.confidential_space.support_attributes', 'assertion.hwmodel in ["GCP_INTEL_TDX"]',
  'assertion.submods.gce.project_id == "phi-inference"', 'assertion.submods.gce.project_number == "123456789012"', `"${EMAIL}" in assertion.google_service_accounts`, `assertion.submods.container.image_digest in ["${digest('a')}"]`,
  '(!has(assertion.submods.container.cmd_override) || size(assertion.submods.container.cmd_override) == 0)', '(!has(assertion.submods.container.env_override) || size(assertion.submods.container.env_override) == 0)',
].join(' && ');
export const principal = (letter: string): string => `principalSet://iam.googleapis.com/projects/210987654321/locations/global/workloadIdentityPools/phi/attribute.image_digest/${digest(letter)}`;
const KEY = ref('gcp:kms/cryptoKey:CryptoKey', 'phi');
export const provider = (changes: Inputs = {}, name = 'provider'): PreviewResource => resource('gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider', name, {
  project: KEY_PROJECT, workloadIdentityPoolId: ref('gcp:iam/workloadIdentityPool:WorkloadIdentityPool', 'pool', 'workloadIdentityPoolId'), workloadIdentityPoolProviderId: name, attributeCondition: CONDITION,
  attributeMapping: { 'google.subject': 'assertion.submods.gce.instance_id', 'attribute.image_digest': 'assertion.submods.container.image_digest' }, oidc: { issuerUri: 'https://confidentialcomputing.googleapis.com/', allowedAudiences: ['https://sts.googleapis.com'] },
}, changes);
export const policy = (bindings: readonly { readonly role: string; readonly members: readonly string[] }[]): PreviewResource => resource('gcp:kms/cryptoKeyIAMPolicy:CryptoKeyIAMPolicy', 'policy', { cryptoKeyId: KEY, policyData: JSON.stringify({ bindings }) });
export const USE = { role: 'roles/cloudkms.cryptoKeyEncrypterDecrypter', members: [principal('a')] };
const EVERYONE = 'principalSet://goog/public:all';
const DECRYPTION: Value = { denyRule: { deniedPrincipals: [EVERYONE], exceptionPrincipals: [principal('a')], deniedPermissions: ['cloudkms.googleapis.com/cryptoKeyVersions.useToDecrypt', 'cloudkms.googleapis.com/cryptoKeyVersions.useToDecryptViaDelegation'] } };
export const deny = (changes: Inputs = {}): PreviewResource => resource('gcp:iam/denyPolicy:DenyPolicy', 'deny', {
  parent: encodeURIComponent(`cloudresourcemanager.googleapis.com/projects/${KEY_PROJECT}`),
  rules: [DECRYPTION],
}, changes);
/** The deny policy that also refuses changes of the gate, but to those named. */
export const guarded = (...excepted: readonly string[]): PreviewResource => deny({ rules: [DECRYPTION, { denyRule: {
  deniedPrincipals: [EVERYONE], exceptionPrincipals: excepted,
  deniedPermissions: ['cloudkms.googleapis.com/cryptoKeys.setIamPolicy', 'iam.googleapis.com/workloadIdentityPoolProviders.create', 'iam.googleapis.com/workloadIdentityPoolProviders.update'],
} }] });
export const DEPLOYER_DENIED = 'principal://iam.googleapis.com/projects/-/serviceAccounts/deploy@phi-inference-keys.iam.gserviceaccount.com';
const pool = resource('gcp:iam/workloadIdentityPool:WorkloadIdentityPool', 'pool', { project: KEY_PROJECT, workloadIdentityPoolId: 'phi', mode: 'FEDERATION_ONLY' });
const ringPolicy = resource('gcp:kms/keyRingIAMPolicy:KeyRingIAMPolicy', 'ring-policy', { keyRingId: ref('gcp:kms/keyRing:KeyRing', 'phi'), policyData: '{"bindings":[]}' });
/** Key, pool, provider, bindings and deny policy; later parts replace earlier ones of the same name. */
export function gate(...changes: readonly PreviewResource[]): readonly PreviewResource[] {
  return merged([...rings, key('phi', 'phi'), pool, provider(), policy([USE]), ringPolicy, deny(), space()], changes);
}
export function merged(base: readonly PreviewResource[], changes: readonly PreviewResource[]): readonly PreviewResource[] {
  return [...new Map([...base, ...changes].map((one) => [`${one.type} ${one.name}`, one])).values()];
}
export const member = (scope: 'project' | 'key' | 'bucket', name: string, role: string, who: string, where?: string): PreviewResource =>
  scope === 'project' ? resource('gcp:projects/iAMMember:IAMMember', name, { project: where ?? project, role, member: who })
  : scope === 'key' ? resource('gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember', name, { cryptoKeyId: where ?? KEY, role, member: who })
  : resource('gcp:storage/bucketIAMMember:BucketIAMMember', name, { bucket: where ?? 'phi', role, member: who });

export const bucket = (name: string, changes: Inputs = {}, attributes: PreviewResource['attributes'] = { protect: true }): PreviewResource => resource('gcp:storage/bucket:Bucket', name, {
  name, project, uniformBucketLevelAccess: true, publicAccessPrevention: 'enforced', versioning: { enabled: true }, deletionPolicy: 'PREVENT', encryption: { defaultKmsKeyName: ref('gcp:kms/cryptoKey:CryptoKey', 'store') },
}, changes, attributes);

/** A locked log bucket, a locked archive, and sinks of both projects into each. */
export const logBucket = (changes: Inputs = {}, attributes: PreviewResource['attributes'] = { protect: true }): PreviewResource => resource('gcp:logging/projectBucketConfig:ProjectBucketConfig', 'vault', {
  project, location: 'us-central1', bucketId: 'vault', retentionDays: 2192, locked: true, deletionPolicy: 'PREVENT', cmekSettings: { kmsKeyName: ref('gcp:kms/cryptoKey:CryptoKey', 'logs') },
}, changes, attributes);
export const archive = (changes: Inputs = {}, attributes: PreviewResource['attributes'] = { protect: true }): PreviewResource => resource('gcp:storage/bucket:Bucket', 'archive', {
  name: 'archive', project, uniformBucketLevelAccess: true, publicAccessPrevention: 'enforced', deletionPolicy: 'PREVENT', retentionPolicy: { isLocked: true, retentionPeriod: '189388800' }, encryption: { defaultKmsKeyName: ref('gcp:kms/cryptoKey:CryptoKey', 'logs') },
}, changes, attributes);
export const sink = (name: string, from: string, to: 'vault' | 'archive', changes: Inputs = {}): PreviewResource => resource('gcp:logging/projectSink:ProjectSink', name, {
  project: from, destination: to === 'archive' ? 'storage.googleapis.com/archive' : 'logging.googleapis.com/projects/phi-inference/locations/us-central1/buckets/vault', uniqueWriterIdentity: true,
}, changes);
const writer = (name: string): string => ref('gcp:logging/projectSink:ProjectSink', name, 'writerIdentity');
export const audit = (name: string, of: string, changes: Inputs = {}): PreviewResource => resource('gcp:projects/iAMAuditConfig:IAMAuditConfig', name, {
  project: of, service: 'allServices', auditLogConfigs: [{ logType: 'ADMIN_READ' }, { logType: 'DATA_READ' }, { logType: 'DATA_WRITE' }],
}, changes);
export const lien = (name: string, of: string, changes: Inputs = {}): PreviewResource => resource('gcp:resourcemanager/lien:Lien', name, { parent: `projects/${of}`, restrictions: ['resourcemanager.projects.delete'] }, changes);
export function logs(...changes: readonly PreviewResource[]): readonly PreviewResource[] {
  return merged([
    ...rings, key('logs', 'logs'), logBucket(), archive(), audit('audit', project), audit('audit-keys', KEY_PROJECT), lien('lien', project), lien('lien-keys', KEY_PROJECT),
    sink('vault', project, 'vault'), sink('archive', project, 'archive'), sink('keys-vault', KEY_PROJECT, 'vault'), sink('keys-archive', KEY_PROJECT, 'archive'),
    member('bucket', 'w1', 'roles/storage.objectCreator', writer('archive'), 'archive'), member('bucket', 'w2', 'roles/storage.objectCreator', writer('keys-archive'), 'archive'),
    member('project', 'w3', 'roles/logging.bucketWriter', writer('keys-vault')),
  ], changes);
}

const NETWORK = ref('gcp:compute/network:Network', 'net');
export const network = (changes: Inputs = {}): PreviewResource => resource('gcp:compute/network:Network', 'net', { name: 'net', project, autoCreateSubnetworks: false, deleteDefaultRoutesOnCreate: true, networkFirewallPolicyEnforcementOrder: 'BEFORE_CLASSIC_FIREWALL' }, changes);
const LOGGED: Value = { flowSampling: 1, metadata: 'INCLUDE_ALL_METADATA' };
export const subnet = (segment: string, ipCidrRange: string, changes: Inputs = {}): PreviewResource => resource('gcp:compute/subnetwork:Subnetwork', segment, { name: segment, project, region: 'us-central1', network: NETWORK, ipCidrRange, privateIpGoogleAccess: true, logConfig: LOGGED }, changes);
export const rule = (ruleName: string, priority: number, direction: 'INGRESS' | 'EGRESS', action: string, ranges: readonly string[], layer4: Value, changes: Inputs = {}): Value => ({
  ruleName, priority, direction, action, enableLogging: true, match: { [direction === 'INGRESS' ? 'srcIpRanges' : 'destIpRanges']: ranges, layer4Configs: [layer4] }, ...changes,
}) as Value;
export const TCP = (port: string): Value => ({ ipProtocol: 'tcp', ports: [port] });
const ALL: Value = { ipProtocol: 'all' };
const flow = (ruleName: string, priority: number, direction: 'INGRESS' | 'EGRESS', from: string, to: string, port: string): Value => ({ ruleName, priority, direction, action: 'allow', enableLogging: true, match: { srcIpRanges: [from], destIpRanges: [to], layer4Configs: [TCP(port)] } });
export const RULES: readonly Value[] = [
  flow('ingress-out', 10, 'EGRESS', '10.20.0.0/24', '10.20.1.0/24', '8443'), flow('ingress-in', 11, 'INGRESS', '10.20.0.0/24', '10.20.1.0/24', '8443'),
  flow('data-out', 12, 'EGRESS', '10.20.1.0/24', '10.20.2.0/24', '5432'), flow('data-in', 13, 'INGRESS', '10.20.1.0/24', '10.20.2.0/24', '5432'),
  rule('google', 14, 'EGRESS', 'allow', ['199.36.153.4/30'], TCP('443')),
  rule('deny-in', 1000, 'INGRESS', 'deny', ['0.0.0.0/0'], ALL), rule('deny-out', 1001, 'EGRESS', 'deny', ['0.0.0.0/0'], ALL),
];
export const firewall = (rules: readonly Value[] = RULES): PreviewResource => resource('gcp:compute/networkFirewallPolicyWithRules:NetworkFirewallPolicyWithRules', 'policy', { name: 'policy', project, rules });
export const classic = (changes: Inputs): PreviewResource => resource('gcp:compute/firewall:Firewall', 'classic', { network: NETWORK, logConfig: { metadata: 'INCLUDE_ALL_METADATA' } }, changes);
export const route = (name: string, changes: Inputs = {}): PreviewResource => resource('gcp:compute/route:Route', name, { network: NETWORK, destRange: '199.36.153.4/30', nextHopGateway: 'default-internet-gateway' }, changes);
export const perimeter = (status: Value | undefined = PERIMETER): PreviewResource => resource('gcp:accesscontextmanager/servicePerimeter:ServicePerimeter', 'perimeter', { name: 'perimeter' }, { status });
export const SERVICES = ['artifactregistry', 'cloudkms', 'confidentialcomputing', 'iam', 'iamcredentials', 'logging', 'storage', 'sts'].map((service) => `${service}.googleapis.com`);
export const PERIMETER = { resources: ['projects/123456789012', 'projects/210987654321'], restrictedServices: SERVICES, vpcAccessibleServices: { enableRestriction: true, allowedServices: ['RESTRICTED-SERVICES'] } };
const zone = (domain: string): readonly PreviewResource[] => {
  const name = domain.replaceAll('.', '-');
  return [
    resource('gcp:dns/managedZone:ManagedZone', name, { name, dnsName: `${domain}.`, visibility: 'private', privateVisibilityConfig: { networks: [{ networkUrl: NETWORK }] } }),
    resource('gcp:dns/recordSet:RecordSet', name, { managedZone: name, name: `*.${domain}.`, type: 'A', rrdatas: ['199.36.153.4'] }),
  ];
};
export const dnsPolicy = (changes: Inputs = {}): PreviewResource => resource('gcp:dns/policy:Policy', 'dns', { enableLogging: true, networks: [{ networkUrl: NETWORK }] }, changes);
/** The network of the fixture workload, by ranges. */
export function net(...changes: readonly PreviewResource[]): readonly PreviewResource[] {
  return merged([
    network(), subnet('gateway', '10.20.0.0/24'), subnet('tee', '10.20.1.0/24'), subnet('store', '10.20.2.0/24'), firewall(), route('google'), perimeter(), dnsPolicy(), ...['googleapis.com', 'gcr.io', 'pkg.dev'].flatMap(zone),
    resource('gcp:compute/networkFirewallPolicyAssociation:NetworkFirewallPolicyAssociation', 'association', { attachmentTarget: NETWORK, firewallPolicy: 'policy' }),
  ], changes);
}
export { resource };

export const orgPolicy = (constraint: string, rules: Value, on = WORKLOAD_PROJECT): PreviewResource => resource('gcp:orgpolicy/policy:Policy', `${on}-${constraint}`, { parent: `projects/${on}`, name: `projects/${on}/policies/${constraint}`, spec: { rules } });
/** A policy on both projects. */
export const onBoth = (constraint: string, rules: Value): readonly PreviewResource[] => [orgPolicy(constraint, rules), orgPolicy(constraint, rules, KEY_PROJECT)];
export const ENFORCED: Value = [{ enforce: 'TRUE' }];
const GATE_CHANGES = ['cloudkms.googleapis.com/cryptoKeys.setIamPolicy', 'cloudkms.googleapis.com/keyRings.setIamPolicy', 'cloudkms.googleapis.com/cryptoKeyVersions.destroy', 'iam.googleapis.com/workloadIdentityPoolProviders.create',
  'iam.googleapis.com/workloadIdentityPoolProviders.update', 'iam.googleapis.com/workloadIdentityPoolProviders.undelete', 'iam.googleapis.com/workloadIdentityPools.update', 'iam.googleapis.com/workloadIdentityPools.undelete'];
/** A deny policy on changes of the gate. */
export const denyChanges = (exceptions: readonly string[] = ['principal://iam.googleapis.com/projects/-/serviceAccounts/deploy@phi-inference-keys.iam.gserviceaccount.com', 'principalSet://goog/group/break-glass@example.org'], permissions: readonly string[] = GATE_CHANGES): PreviewResource => resource('gcp:iam/denyPolicy:DenyPolicy', 'changes', {
  parent: encodeURIComponent(`cloudresourcemanager.googleapis.com/projects/${KEY_PROJECT}`), rules: [{ denyRule: { deniedPrincipals: ['principalSet://goog/public:all'], exceptionPrincipals: exceptions, deniedPermissions: permissions } }],
});
const FILTERS: Readonly<Record<string, string>> = {
  kms: 'protoPayload.serviceName="cloudkms.googleapis.com" AND protoPayload.methodName=~"SetIamPolicy|DestroyCryptoKeyVersion"', decrypt: 'protoPayload.serviceName="cloudkms.googleapis.com" AND protoPayload.methodName=~"Decrypt$" AND NOT protoPayload.authenticationInfo.principalSubject:"principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/phi/"',
  pool: 'protoPayload.methodName=~"WorkloadIdentityPool"', deny: 'protoPayload.methodName=~"google.iam.v2.Policies"', logs: 'protoPayload.methodName=~"ConfigServiceV2"', project: 'protoPayload.serviceName="cloudresourcemanager.googleapis.com" AND protoPayload.methodName=~"SetIamPolicy"',
};
export const alarm = (name: string, of: string, changes: Inputs = {}): PreviewResource => resource('gcp:monitoring/alertPolicy:AlertPolicy', `${name} ${of}`, {
  project: of, enabled: true, notificationChannels: ['channel'], conditions: [{ conditionMatchedLog: { filter: FILTERS[name] ?? '' } }],
}, changes);
export const alarms = (...changes: readonly PreviewResource[]): readonly PreviewResource[] => merged([...Object.keys(FILTERS).map((name) => alarm(name, KEY_PROJECT)), alarm('logs', WORKLOAD_PROJECT), alarm('project', WORKLOAD_PROJECT)], changes);
