import type { Preview } from '../../../../constructs/compliance/adapters/pulumi-preview.js';
import { Deployment } from '../../../../constructs/compliance/model.js';
import { proveKeys } from '../../../../constructs/compliance/prove/gcp/keys.js';
import type { KeyProof } from '../../../../constructs/compliance/prove/types.js';
import { executeWorkload, gcpWorkload, resourcesOf } from '../../../gcp/preview.js';
import { digest, TODAY } from '../../workload-fixture.js';
import { both, type Edit, edited, type Inputs } from './fixture.js';

const WORKLOAD = gcpWorkload();
const RIGHT = `principalSet://iam.googleapis.com/projects/210987654321/locations/global/workloadIdentityPools/inference-prod/attribute.image_digest/${digest('a')}`;
let preview: Preview;
beforeAll(async () => { preview = await executeWorkload(WORKLOAD); });

/** The proof of the PHI key after edits of the executed preview. */
function after(edit: Edit, workload = WORKLOAD): KeyProof {
  const [proof, ...more] = proveKeys(edited(preview, edit, workload));
  expect(more).toEqual([]);
  return proof!;
}

const policy = (change: (bindings: { role: string; members: string[]; condition?: unknown }[]) => void): Edit => ({
  edit: {
    'CryptoKeyIAMPolicy phi-key': (inputs) => {
      const data = JSON.parse(inputs['policyData'] as string) as { bindings: { role: string; members: string[] }[] };
      change(data.bindings);
      inputs['policyData'] = JSON.stringify(data);
    },
  },
});
const deny = (change: (rules: { denyRule: Record<string, string[]> }[]) => void): Edit => ({ edit: { 'DenyPolicy phi-key': (inputs) => { change(inputs['rules'] as { denyRule: Record<string, string[]> }[]); } } });
const provider = (change: (inputs: Inputs) => void): Edit => ({ edit: { 'WorkloadIdentityPoolProvider phi-key': change } });
const condition = (change: (text: string) => string): Edit => provider((inputs) => { inputs['attributeCondition'] = change(inputs['attributeCondition'] as string); });
const NO_DENY: Edit = { remove: ['DenyPolicy phi-key'] };
const KEY = '${gcp:kms/cryptoKey:CryptoKey::phi-key.id}';

test('the shipped key is gated by three guards, and only the deployer, break glass and the deny administrators change the gate', () => {
  const proof = after({});
  expect(proof).toMatchObject({ verdict: 'gated', witness: null, guards: { present: 3, expected: 3 }, reasons: [] });
  expect(proof.canChangeTheGate.map(({ principal }) => principal)).toEqual([
    'serviceAccount:deploy@phi-inference-keys.iam.gserviceaccount.com', 'group:break-glass@example.org', 'roles/iam.denyAdmin of the organisation',
  ]);
});

const CASES: readonly (readonly [name: string, edit: Edit, verdict: KeyProof['verdict'], guards: number, message: RegExp])[] = [
  ['one conjunct lost: the binding still fixes what the condition no longer does', condition((text) => text.replace(/ && assertion\.submods\.container\.image_digest in \[[^\]]*\]/, '')), 'gated', 2, /image_digest.*nobody approved/],
  ['a debug image admitted', condition((text) => text.replace('== "disabled-since-boot"', '!= ""')), 'bypassable', 2, /debug/],
  ['the project no longer checked', condition((text) => text.replace(/assertion\.submods\.gce\.project_\w+ == "[^"]+" && /g, '')), 'bypassable', 2, /project/],
  ['no condition', provider((inputs) => { delete inputs['attributeCondition']; }), 'bypassable', 2, /./],
  ['a condition nobody can read', condition((text) => `${text} && assertion.swname.matches(`), 'unknown', 2, /not read/],
  ['a secret condition', provider((inputs) => { inputs['attributeCondition'] = '[secret]'; }), 'unknown', 2, /not told/],
  ['another issuer', provider((inputs) => { inputs['oidc'] = { issuerUri: 'https://token.actions.githubusercontent.com' }; }), 'bypassable', 2, /github/],
  ['keys uploaded for the issuer', provider((inputs) => { (inputs['oidc'] as Inputs)['jwksJson'] = '{"keys":[]}'; }), 'unknown', 2, /jwksJson/],
  ['an AWS provider', provider((inputs) => { inputs['aws'] = { accountId: '1' }; }), 'bypassable', 2, /aws/],
  ['the digest mapped from something else', provider((inputs) => { (inputs['attributeMapping'] as Inputs)['attribute.image_digest'] = `"${digest('a')}"`; }), 'gated', 2, /does not fix the image/],
  ['the digest mapped from something else, and no condition', provider((inputs) => { delete inputs['attributeCondition']; (inputs['attributeMapping'] as Inputs)['attribute.image_digest'] = `"${digest('a')}"`; }), 'bypassable', 1, /./],
  ['a second provider in the pool', { add: [['gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider', 'second', { project: 'phi-inference-keys', workloadIdentityPoolId: 'inference-prod', workloadIdentityPoolProviderId: 'second', attributeMapping: { 'google.subject': 'assertion.sub', 'attribute.image_digest': 'assertion.digest' }, oidc: { issuerUri: 'https://mallory.example' } }]] }, 'bypassable', 1, /mallory/],
  ['a second provider that cannot name the attribute', { add: [['gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider', 'second', { project: 'phi-inference-keys', workloadIdentityPoolId: 'inference-prod', workloadIdentityPoolProviderId: 'second', attributeMapping: { 'google.subject': 'assertion.sub' }, oidc: { issuerUri: 'https://mallory.example' } }]] }, 'gated', 2, /mallory/],
  ['the whole pool bound', policy((bindings) => { bindings[0]!.members = [RIGHT.replace(/\/attribute.*/, '/*')]; }), 'gated', 1, /whole pool/],
  ['the whole pool bound, and a conjunct lost', both(policy((bindings) => { bindings[0]!.members = [RIGHT.replace(/\/attribute.*/, '/*')]; }), condition((text) => text.replace(/ && assertion\.submods\.container\.image_digest in \[[^\]]*\]/, '')), NO_DENY), 'bypassable', 0, /./],
  ['a pool of another artifact', both(policy((bindings) => { bindings[0]!.members = [RIGHT.replace('inference-prod', 'other-pool')]; })), 'unknown', 1, /not in the artifact/],
  ['a user bound, refused by the deny policy', policy((bindings) => { bindings[0]!.members.push('user:mallory@example.org'); }), 'gated', 2, /only the deny policy/],
  ['a user bound, and no deny policy', both(policy((bindings) => { bindings[0]!.members.push('user:mallory@example.org'); }), NO_DENY), 'bypassable', 1, /no IAM deny policy/],
  ['a user bound and excepted', both(policy((bindings) => { bindings[0]!.members.push('user:mallory@example.org'); }), deny((rules) => { rules[0]!.denyRule['exceptionPrincipals']!.push('principal://goog/subject/mallory@example.org'); })), 'bypassable', 1, /excepts/],
  ['a service account bound and excepted', both(policy((bindings) => { bindings[0]!.members.push('serviceAccount:tee@phi-inference.iam.gserviceaccount.com'); }), deny((rules) => { rules[0]!.denyRule['exceptionPrincipals']!.push('principal://iam.googleapis.com/projects/-/serviceAccounts/tee@phi-inference.iam.gserviceaccount.com'); })), 'bypassable', 1, /excepts/],
  ['everyone bound', both(policy((bindings) => { bindings.push({ role: 'roles/cloudkms.cryptoOperator', members: ['allUsers'] }); }), NO_DENY), 'bypassable', 1, /./],
  ['bound under an IAM condition', both(policy((bindings) => { bindings.push({ role: 'roles/cloudkms.cryptoKeyDecrypter', members: ['user:m@example.org'], condition: { title: 't', expression: 'request.time < timestamp("2027-01-01T00:00:00Z")' } }); }), NO_DENY), 'bypassable', 1, /./],
  ['a custom role that decrypts', both(policy((bindings) => { bindings[1]!.role = 'projects/phi-inference-keys/roles/sneaky'; }), NO_DENY, { add: [['gcp:projects/iAMCustomRole:IAMCustomRole', 'sneaky', { project: 'phi-inference-keys', roleId: 'sneaky', permissions: ['cloudkms.cryptoKeyVersions.useToDecrypt'] }]] }), 'bypassable', 1, /./],
  ['a custom role that the artifact does not hold', policy((bindings) => { bindings[1]!.role = 'projects/phi-inference-keys/roles/elsewhere'; }), 'gated', 2, /elsewhere/],
  ['the deny policy removed', NO_DENY, 'bypassable', 2, /owners/],
  ['the deny policy without ViaDelegation', deny((rules) => { rules[0]!.denyRule['deniedPermissions']!.pop(); }), 'gated', 2, /ViaDelegation/],
  ['the deny policy on another project', { edit: { 'DenyPolicy phi-key': (inputs) => { inputs['parent'] = encodeURIComponent('cloudresourcemanager.googleapis.com/projects/phi-inference'); } } }, 'bypassable', 2, /owners/],
  ['the deny policy under a condition', deny((rules) => { (rules[0]!.denyRule as Inputs)['denialCondition'] = { expression: 'false' }; }), 'bypassable', 2, /owners/],
  ['the deny policy that excepts a customer', deny((rules) => { rules[0]!.denyRule['exceptionPrincipals']!.push('principalSet://goog/cloudIdentityCustomerId/C01'); }), 'bypassable', 2, /owners/],
  ['the deny policy that denies somebody only', deny((rules) => { rules[0]!.denyRule['deniedPrincipals'] = ['principal://goog/subject/x@example.org']; }), 'bypassable', 2, /owners/],
  ['an owner of the project', both(NO_DENY, { add: [['gcp:projects/iAMMember:IAMMember', 'owner', { project: 'phi-inference-keys', role: 'roles/owner', member: 'user:boss@example.org' }]] }), 'bypassable', 1, /owners/],
  ['an owner of the project, by number', { add: [['gcp:projects/iAMMember:IAMMember', 'owner', { project: '210987654321', role: 'roles/owner', member: 'user:boss@example.org' }]] }, 'gated', 2, /boss/],
  ['a role on the ring', { edit: { 'KeyRingIAMPolicy phi-key-ring': (inputs) => { inputs['policyData'] = '{"bindings":[{"role":"roles/cloudkms.cryptoKeyDecrypter","members":["group:ops@example.org"]}]}'; } } }, 'gated', 2, /not without bindings|only the deny/],
  ['the ring policy removed', { remove: ['KeyRingIAMPolicy phi-key-ring'] }, 'gated', 2, /KeyRingIAMPolicy/],
  ['members instead of a policy', { remove: ['CryptoKeyIAMPolicy phi-key'], add: [['gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember', 'one', { cryptoKeyId: KEY, role: 'roles/cloudkms.cryptoKeyDecrypter', member: RIGHT }]] }, 'gated', 2, /authoritative/],
  ['a member beside the policy', { add: [['gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember', 'one', { cryptoKeyId: 'projects/phi-inference-keys/locations/us-central1/keyRings/inference-prod-phi/cryptoKeys/phi', role: 'roles/cloudkms.cryptoKeyDecrypter', member: 'user:m@example.org' }]] }, 'gated', 2, /overwrite/],
  ['a folder role', both(NO_DENY, { add: [['gcp:folder/iAMMember:IAMMember', 'one', { folder: 'folders/1', role: 'roles/cloudkms.cryptoKeyDecrypter', member: 'user:m@example.org' }]] }), 'bypassable', 1, /./],
  ['an organisation role', both(NO_DENY, { add: [['gcp:organizations/iAMBinding:IAMBinding', 'one', { orgId: '345678901234', role: 'roles/owner', members: ['user:m@example.org'] }]] }), 'bypassable', 1, /./],
  ['a policy nobody can read', { edit: { 'CryptoKeyIAMPolicy phi-key': (inputs) => { inputs['policyData'] = '[secret]'; } } }, 'unknown', 1, /not told/],
  ['a policy that is no JSON', { edit: { 'CryptoKeyIAMPolicy phi-key': (inputs) => { inputs['policyData'] = 'bindings: []'; } } }, 'unknown', 1, /no JSON/],
  ['a retired digest admitted everywhere', both(condition((text) => text.replaceAll(digest('a'), digest('d'))), policy((bindings) => { bindings[0]!.members = [RIGHT.replace(digest('a'), digest('d'))]; }), deny((rules) => { rules[0]!.denyRule['exceptionPrincipals'] = [RIGHT.replace(digest('a'), digest('d'))]; })), 'bypassable', 1, /digest/],
  ['the key called infrastructure', { edit: { 'CryptoKey phi-key': (inputs) => { (inputs['labels'] as Inputs)['key-purpose'] = 'infrastructure'; } } }, 'gated', 3, /^$/],
];

test.each(CASES)('%s', (_name, edit, verdict, guards, message) => {
  const proof = after(edit);
  expect([proof.verdict, proof.guards.present, JSON.stringify(proof.reasons)]).toEqual([verdict, guards, expect.anything()]);
  expect(proof.verdict === 'bypassable').toBe(proof.witness !== null);
  expect(`${proof.reasons.join('; ')}${proof.witness ? JSON.stringify(proof.witness) : ''}`).toMatch(message);
});

test('a foreign artifact without a workload file is judged by what it names', () => {
  const { verdict } = (() => {
    const resources = resourcesOf(preview);
    return proveKeys(new Deployment('gcp', resources, null, TODAY))[0]!;
  })();
  expect(verdict).toBe('gated');
});

test('whoever can act as the deployer can change the gate', () => {
  const email = 'deploy@phi-inference-keys.iam.gserviceaccount.com';
  const proof = after({ add: [
    ['gcp:serviceaccount/iAMMember:IAMMember', 'actor', { serviceAccountId: `projects/phi-inference-keys/serviceAccounts/${email}`, role: 'roles/iam.serviceAccountTokenCreator', member: 'user:dev@example.org' }],
    ['gcp:serviceaccount/key:Key', 'file', { serviceAccountId: email }],
    ['gcp:projects/iAMMember:IAMMember', 'pooladmin', { project: 'phi-inference-keys', role: 'roles/iam.workloadIdentityPoolAdmin', member: 'user:pool@example.org' }],
    ['gcp:organizations/iAMMember:IAMMember', 'deny', { orgId: '345678901234', role: 'roles/iam.denyAdmin', member: 'user:deny@example.org' }],
  ] });
  const principals = proof.canChangeTheGate.map(({ principal }) => principal);
  expect(principals).toEqual(expect.arrayContaining(['user:dev@example.org', 'holder of the key file', 'user:deny@example.org']));
  // The deny policy refuses the pool's administrator.
  expect(principals).not.toContain('user:pool@example.org');
});
