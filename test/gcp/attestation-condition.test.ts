import { attestationCondition, CONDITION_LIMIT, SUBJECT_LIMIT } from '../../constructs/gcp/attestation-condition.js';
import type { Resource } from '../../constructs/compliance/model.js';
import type { Workload } from '../../constructs/workload/workload.js';
import { digest, WORKLOAD } from '../compliance/workload-fixture.js';
import { admission, attestationToken, type ClaimValue, evaluated } from './attestation-token.js';
import { executeWorkload, gcpWorkload, resourcesOf } from './preview.js';

const claims = { hardware: ['TDX'], project: 'phi-inference', projectNumber: '123456789012', serviceAccount: 'tee@phi-inference.iam.gserviceaccount.com', imageDigests: [digest('a')] } as const;
const many = (count: number): string[] => Array.from({ length: count }, (_, index) => `sha256:${index.toString(16).padStart(64, '0')}`);

test('forty digests fit, sixty are refused naming the limit', () => {
  expect(attestationCondition({ ...claims, imageDigests: many(40) }).length).toBeLessThanOrEqual(CONDITION_LIMIT);
  expect(() => attestationCondition({ ...claims, imageDigests: many(60) })).toThrow(/4096.*retire/s);
});

test('a value that would leave its literal is refused', () => {
  expect(() => attestationCondition({ ...claims, project: 'x" || true || "' })).toThrow(/cannot stand/);
  expect(() => attestationCondition({ ...claims, imageDigests: ['latest'] })).toThrow(/sha256/);
  expect(() => attestationCondition({ ...claims, oldestImage: '0 || true' })).toThrow(/6 digits/);
});

interface Gate { readonly provider: Resource; readonly members: readonly string[] }

/** The provider and the principals that may decrypt, from the preview of an executed program. */
async function gateOf(workload: Workload): Promise<Gate> {
  const resources = resourcesOf(await executeWorkload(workload));
  const one = (suffix: string): Resource => {
    const [found, ...more] = resources.filter(({ type }) => type.endsWith(`:${suffix}`));
    if (!found || more.length > 0) throw new Error(`${more.length + (found ? 1 : 0)} of ${suffix}`);
    return found;
  };
  const { bindings } = JSON.parse(one('CryptoKeyIAMPolicy').properties['policyData'] as string) as { bindings: readonly { role: string; members: readonly string[] }[] };
  return { provider: one('WorkloadIdentityPoolProvider'), members: bindings.filter(({ role }) => role.endsWith('EncrypterDecrypter')).flatMap(({ members }) => members) };
}

let tdx: Gate;
let sev: Gate;
let floored: Gate;
beforeAll(async () => {
  tdx = await gateOf(gcpWorkload());
  sev = await gateOf(gcpWorkload({ confidentialType: 'SEV', instance: 'n2d-standard-4' }));
  floored = await gateOf(gcpWorkload({ oldestImage: '260300' }));
});

type Token = readonly [name: string, changes: Readonly<Record<string, ClaimValue | undefined>>];

const RIGHT: readonly Token[] = [
  ['the TEE', {}],
  ['overrides present and empty', { 'submods.container.cmd_override': [], 'submods.container.env_override': {} }],
  ['another instance in another zone', { 'submods.gce.zone': 'us-central1-b', 'submods.gce.instance_id': '1', 'submods.gce.instance_name': 'y' }],
  ['a second service account beside it', { google_service_accounts: ['other@example.org', 'inference-prod-tee@phi-inference.iam.gserviceaccount.com'] }],
  ['the same image from a mirror', { 'submods.container.image_reference': `europe-docker.pkg.dev/mirror/images/inference@${digest('a')}` }],
  ['an older image that is still supported', { swversion: ['250300'], 'submods.confidential_space.support_attributes': ['STABLE', 'USABLE'] }],
];

const WRONG: readonly Token[] = [
  ['a debug image', { dbgstat: 'enabled', 'submods.confidential_space.support_attributes': undefined }],
  ['a debug image that claims support', { dbgstat: 'enabled' }],
  ['a debug status in another spelling', { dbgstat: 'enable' }],
  ['no debug status', { dbgstat: undefined }],
  ['another project id', { 'submods.gce.project_id': 'mallory' }],
  ['another project number', { 'submods.gce.project_number': '999999999999' }],
  ['a deleted project, its id taken again', { 'submods.gce.project_number': '123456789013' }],
  ['a project id with ours as a prefix', { 'submods.gce.project_id': 'phi-inference-2' }],
  ['the key\'s own project', { 'submods.gce.project_id': 'phi-inference-keys', 'submods.gce.project_number': '210987654321' }],
  ['another digest', { 'submods.container.image_digest': digest('b') }],
  ['a retired digest', { 'submods.container.image_digest': digest('d') }],
  ['a revoked digest', { 'submods.container.image_digest': digest('e') }],
  ['the approved digest in upper case', { 'submods.container.image_digest': digest('A') }],
  ['the approved digest as the image id only', { 'submods.container.image_digest': digest('b'), 'submods.container.image_id': digest('a') }],
  ['no digest', { 'submods.container.image_digest': undefined }],
  ['a shielded VM', { hwmodel: 'GCP_SHIELDED_VM' }],
  ['hardware as one documentation page spells it', { hwmodel: 'INTEL_TDX' }],
  ['no hardware', { hwmodel: undefined }],
  ['no secure boot', { secboot: false }],
  ['secure boot as a text', { secboot: 'true' }],
  ['an overridden command', { 'submods.container.cmd_override': ['/bin/sh'] }],
  ['an overridden environment', { 'submods.container.env_override': { UPSTREAM: 'mallory.example' } }],
  ['an image that is no longer STABLE', { swversion: ['230101'], 'submods.confidential_space.support_attributes': ['USABLE'] }],
  ['an image that is only LATEST', { 'submods.confidential_space.support_attributes': ['LATEST'] }],
  ['an experimental image', { 'submods.confidential_space.support_attributes': ['EXPERIMENTAL'] }],
  ['a text that contains STABLE', { 'submods.confidential_space.support_attributes': 'STABLE' }],
  ['no Confidential Space', { swname: 'GCE' }],
  ['a plain confidential VM', { swname: 'GCE', 'submods.container': undefined, 'submods.confidential_space': undefined }],
  ['another service account', { google_service_accounts: ['inference-prod-gateway@phi-inference.iam.gserviceaccount.com'] }],
  ['no service account', { google_service_accounts: [] }],
  ['a token without submodules', { submods: undefined }],
];

test.each(RIGHT)('the TEE decrypts: %s', (_name, changes) => {
  expect(admission(tdx.provider, tdx.members, attestationToken(changes))).toMatchObject({ exchanged: true, decrypts: true });
});

test.each([...WRONG, ['memory encryption of another type', { hwmodel: 'GCP_AMD_SEV', attester_tcb: ['AMD'] }] as const])('refused: %s', (_name, changes) => {
  expect(admission(tdx.provider, tdx.members, attestationToken(changes))).toMatchObject({ exchanged: false, decrypts: false });
});

test('a condition of SEV admits SEV and nothing else', () => {
  const decrypts = (hwmodel: string): boolean => admission(sev.provider, sev.members, attestationToken({ hwmodel })).decrypts;
  expect(['GCP_AMD_SEV', 'GCP_AMD_SEV_ES', 'GCP_INTEL_TDX', 'GCP_SHIELDED_VM'].filter(decrypts)).toEqual(['GCP_AMD_SEV']);
});

test('an image floor refuses an older image though Google supports it', () => {
  const exchanged = (swversion: ClaimValue | undefined): boolean => admission(floored.provider, floored.members, attestationToken({ swversion })).exchanged;
  expect(exchanged(['260300'])).toBe(true);
  expect(exchanged(['260700'])).toBe(true);
  for (const wrong of [['250300'], [], undefined, 'abc', ['x']]) expect(exchanged(wrong)).toBe(false);
});

test('the subject stays within its limit at the longest legal values', () => {
  const { subject } = admission(tdx.provider, tdx.members, attestationToken({ 'submods.gce.project_number': '9'.repeat(19) }));
  expect(typeof subject).toBe('string');
  expect((subject as string).length).toBeLessThanOrEqual(SUBJECT_LIMIT);
});

test('the bound digests are those of the condition, and all are needed: no conjunct follows from the others', () => {
  const condition = tdx.provider.properties['attributeCondition'] as string;
  const conjuncts = condition.split(' && ');
  for (const conjunct of conjuncts) {
    const without = conjuncts.filter((other) => other !== conjunct).join(' && ');
    const slips = WRONG.filter(([, changes]) => evaluated(without, attestationToken(changes)) === true);
    expect(slips.map(([name]) => `${conjunct}: ${name}`)).not.toEqual([]);
  }
  expect(tdx.members.map((member) => member.split('/').at(-1))).toEqual(condition.match(/sha256:[0-9a-f]{64}/g));
  expect(Object.values(WORKLOAD.measurements.gcp).filter(({ status }) => status === 'active')).toHaveLength(tdx.members.length);
});
