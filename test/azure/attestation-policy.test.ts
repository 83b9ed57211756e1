import { createPublicKey, verify, X509Certificate } from 'node:crypto';
import { attestationPolicy, policyState, signPolicy } from '../../constructs/compliance/cli/attestation-policy.js';
import type { Az } from '../../constructs/compliance/cli/az.js';
import { AZURE_GUEST_POLICY, type Workload } from '../../constructs/workload/index.js';
import { tee, temporaryFolder } from '../compliance/cli-fixture.js';
import { signer } from './certificate.js';
import { AZURE_WORKLOAD, preview } from './program.js';

const { write } = temporaryFolder();
const ours = signer('P-384');
const other = signer();
const keyFile = write('signer.pem', ours.key);
let artifact: string;
beforeAll(async () => {
  const azure = { ...AZURE_WORKLOAD.clouds.azure!, attestationPolicySigners: [other.certificate, ours.certificate] };
  const workload: Workload = { ...AZURE_WORKLOAD, clouds: { ...AZURE_WORKLOAD.clouds, azure } };
  artifact = write('preview.json', await preview(workload));
});

const decoded = (token: string, index: number): unknown => JSON.parse(Buffer.from(token.split('.')[index]!, 'base64url').toString('utf8'));
const token = (policy: string) => ({ token: `e30.${Buffer.from(JSON.stringify({ 'x-ms-policy': policy })).toString('base64url')}.` });

test('the policy demands every boot fact, and admits nothing that is silent about one', () => {
  expect(AZURE_GUEST_POLICY.match(/\[type=="[a-z-]+", value==true\]/g)).toHaveLength(6);
  expect(AZURE_GUEST_POLICY).not.toMatch(/deny|value==false/);
});

test('without a key it prints the text to review', async () => {
  expect(await tee('attestation-policy', 'azure', artifact)).toMatchObject({ code: 0, out: AZURE_GUEST_POLICY });
});

test.each(['rsa', 'P-256', 'P-384'] as const)('signed with %s: verifies under the certificate that it names', (kind) => {
  const { key, certificate } = signer(kind);
  const jws = signPolicy(AZURE_GUEST_POLICY, key, 'key.pem', [other.certificate, certificate]);
  expect(decoded(jws, 0)).toEqual({ alg: { rsa: 'RS256', 'P-256': 'ES256', 'P-384': 'ES384' }[kind], x5c: [certificate] });
  const [header, payload, signature] = jws.split('.') as [string, string, string];
  expect(verify(kind === 'P-384' ? 'sha384' : 'sha256', Buffer.from(`${header}.${payload}`), { key: createPublicKey(new X509Certificate(Buffer.from(certificate, 'base64')).publicKey.export({ type: 'spki', format: 'pem' })), dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'))).toBe(true);
  expect(policyState(token(jws), AZURE_GUEST_POLICY, [certificate])).toMatchObject({ set: true });
});

const good = signPolicy(AZURE_GUEST_POLICY, ours.key, 'key.pem', [ours.certificate]);
const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${good.split('.')[1]}.`;
test.each<[string, unknown, boolean]>([
  ['ours', token(good), true],
  ['ours, encoded once more', token(Buffer.from(good).toString('base64url')), true],
  ['another text under our signature', token(signPolicy('version= 1.0;', ours.key, 'key.pem', [ours.certificate])), false],
  ['the right text without a signature', token(none), false],
  ['the right text under a stranger\'s signature', token(signPolicy(AZURE_GUEST_POLICY, other.key, 'key.pem', [other.certificate])), false],
  ['a broken signature', token(`${good.slice(0, -8)}AAAAAAAA`), false],
  ['our certificate over another payload', token([good.split('.')[0], Buffer.from('{"AttestationPolicy":"dmVyc2lvbg"}').toString('base64url'), good.split('.')[2]].join('.')), false],
  ['no token', {}, false],
  ['nonsense', token('a.b.c'), false],
])('the answer of the authority: %s', (_, answer, set) => {
  expect(policyState(answer, AZURE_GUEST_POLICY, [ours.certificate]).set).toBe(set);
});

function execute(key: string | undefined, stored: string) {
  const state = { stored, calls: [] as string[], out: '', err: '' };
  const az: Az = (args) => {
    const method = args[args.indexOf('--method') + 1]!;
    state.calls.push(method);
    expect(args[args.indexOf('--url') + 1]).toMatch(/^https:\/\/maainference[0-9a-f]{8}\.eus\.attest\.azure\.net\/policies\/AzureGuest\?/);
    if (method === 'put') state.stored = args.at(-1)!;
    return { code: 0, out: JSON.stringify(token(state.stored)), err: '' };
  };
  const code = attestationPolicy({ paths: [artifact], key, execute: true, az, terminal: { out: (text) => { state.out += text; }, err: (text) => { state.err += text; }, progress: () => undefined } });
  return { code, ...state };
}

test('the step asks, sets what differs, and asks again; the second time it changes nothing', () => {
  const first = execute(keyFile, none);
  expect(first).toMatchObject({ code: 0, calls: ['get', 'put', 'get'] });
  expect(execute(keyFile, first.stored)).toMatchObject({ code: 0, calls: ['get'], out: expect.stringContaining('nothing to do') });
});

test('without a key it only judges', () => {
  expect(execute(undefined, none)).toMatchObject({ code: 1, calls: ['get'] });
  expect(execute(undefined, good)).toMatchObject({ code: 0, calls: ['get'] });
});

test.each<[string, () => readonly string[], RegExp]>([
  ['a key that is no signer\'s', () => [artifact, '--key', write('stranger.pem', signer().key)], /belongs to none of the certificates/],
  ['a file that is no key', () => [artifact, '--key', write('not.pem', 'hello')], /not an unencrypted private key/],
  ['an artifact without an authority', () => [write('none/preview.json', { steps: [{ op: 'create', urn: 'urn:pulumi:a::b::azure-native:network:VirtualNetwork::v', newState: { type: 'azure-native:network:VirtualNetwork', inputs: {} } }] })], /holds no attestation authority/],
])('%s ends with 2', async (_, argv, told) => {
  const { code, out, err } = await tee('attestation-policy', 'azure', ...argv());
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(told);
});
