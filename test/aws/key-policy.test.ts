import { createHash } from 'node:crypto';
import { pcr, WORKLOAD } from '../compliance/workload-fixture.js';
import type { NitroEnclaveMeasurement, Workload } from '../../constructs/workload/index.js';
import { caller, type decide, KMS_ACTIONS } from './iam.js';
import { named, ofType, SIGNED, synth } from './synth.js';

type Policy = Parameters<typeof decide>[0];

const ACCOUNT = '111122223333';
const r2 = SIGNED.measurements.aws['r2'] as NitroEnclaveMeasurement;
/** Two builds active at once, as during a rotation; one retired, one revoked. */
const ROTATING: Workload = { ...SIGNED, measurements: { ...SIGNED.measurements, aws: { ...SIGNED.measurements.aws, r3: { ...r2, pcrs: { PCR0: pcr('1'), PCR1: pcr('2'), PCR2: pcr('3'), PCR8: pcr('f') }, approved: '2026-11-01' } } } };
const template = synth(ROTATING).template();
const policy = named(template, 'AWS::KMS::Key', 'PhiKey').Properties['KeyPolicy'] as unknown as Policy;
/** The policy as KMS gets it: the one reference in it is the endpoint. */
const resolved = JSON.parse(JSON.stringify(policy).replaceAll(/\{"Fn::GetAtt":\["NetworkEndpointKms\w*","Id"\]\}/g, '"vpce-own"')) as Policy;

const TEE = `arn:aws:iam::${ACCOUNT}:role/inference-tee-us-east-1`;
const roles = ofType(template, 'AWS::IAM::Role').map(([, { Properties }]) => `arn:aws:iam::${ACCOUNT}:role/${String(Properties['RoleName'])}`);
const services = [...new Set(JSON.stringify(template).match(/[a-z0-9.-]+\.amazonaws\.com(?=")/g))].filter((name) => !name.startsWith('com.'));
const named_ = (name: string): string => `arn:aws:iam::${ACCOUNT}:role/${name}`;
const PRINCIPALS = [
  ...roles, named_('Deploy'), named_('KeyAdmin'), named_('BreakGlass'), named_('Stranger'), named_('inference-tee-us-east-1x'), named_('path/inference-tee-us-east-1'), `arn:aws:iam::${ACCOUNT}:root`, `arn:aws:iam::${ACCOUNT}:user/somebody`,
  'arn:aws:iam::444455556666:role/inference-tee-us-east-1', 'arn:aws:iam::444455556666:root', ...services,
];

const hashOf = (arn: string): string => createHash('sha384').update(Buffer.concat([Buffer.alloc(48), Buffer.from(arn)])).digest('hex');
const attest = (letters: string, extra: Record<string, string> = {}): Record<string, string> => ({
  'kms:recipientattestation:imagesha384': pcr(letters[0] as string), 'kms:recipientattestation:pcr0': pcr(letters[0] as string), 'kms:recipientattestation:pcr1': pcr(letters[1] as string),
  'kms:recipientattestation:pcr2': pcr(letters[2] as string), 'kms:recipientattestation:pcr3': hashOf(TEE), 'kms:recipientattestation:pcr4': pcr('9'), 'kms:recipientattestation:pcr8': pcr('f'), ...extra,
});
const ATTESTATIONS: Readonly<Record<string, Record<string, string>>> = {
  'active r2': attest('abc'),
  'active r3': attest('123'),
  'active r2, upper case': Object.fromEntries(Object.entries(attest('abc')).map(([key, value]) => [key, value.toUpperCase()])),
  none: {},
  'debug mode': attest('000'),
  'debug mode with PCR8 of the signer': attest('000', { 'kms:recipientattestation:pcr8': pcr('f') }),
  'retired r1': attest('dbc'),
  'revoked r0': attest('ebc'),
  unlisted: attest('777'),
  'PCR0 of r2 with PCR2 of r3': attest('ab3'),
  'PCR0 of r3 with PCR1 of r2': attest('1b3'),
  'another signer': attest('abc', { 'kms:recipientattestation:pcr8': pcr('8') }),
  'the host of another role': attest('abc', { 'kms:recipientattestation:pcr3': hashOf(named_('Stranger')) }),
  'NitroTPM zeros': { 'kms:recipientattestation:nitrotpmpcr4': pcr('0'), 'kms:recipientattestation:nitrotpmpcr7': pcr('0'), 'kms:recipientattestation:nitrotpmpcr12': pcr('0') },
};
const ACTIVE = /^active/;
const CONTEXTS: Readonly<Record<string, Record<string, string>>> = {
  own: { 'kms:encryptioncontext:phi-workload': 'inference', 'kms:encryptioncontext:phi-environment': 'production' },
  'of another workload': { 'kms:encryptioncontext:phi-workload': 'other', 'kms:encryptioncontext:phi-environment': 'production' },
  'of another environment': { 'kms:encryptioncontext:phi-workload': 'inference', 'kms:encryptioncontext:phi-environment': 'sandbox' },
  absent: {},
};
const NETWORKS: Readonly<Record<string, Record<string, string>>> = { own: { 'aws:sourcevpce': 'vpce-own' }, another: { 'aws:sourcevpce': 'vpce-other' }, internet: {} };
const CALLS: Readonly<Record<string, Record<string, string>>> = {
  plain: {},
  'with fresh MFA': { 'aws:multifactorauthpresent': 'true', 'aws:multifactorauthage': '60' },
  'with stale MFA': { 'aws:multifactorauthpresent': 'true', 'aws:multifactorauthage': '7200' },
  'past the lockout check': { 'kms:bypasspolicylockoutsafetycheck': 'true', 'aws:multifactorauthpresent': 'true', 'aws:multifactorauthage': '60' },
  'for an AWS service': { 'kms:viaservice': 's3.us-east-1.amazonaws.com', 'kms:grantisforawsresource': 'true', 'aws:viaawsservice': 'true' },
};
/** Operations that carry an attestation document; on others KMS knows none of its keys. */
const ATTESTABLE = new Set(['kms:Decrypt', 'kms:GenerateDataKey', 'kms:GenerateDataKeyPair', 'kms:DeriveSharedSecret']);

interface Asked {
  readonly who: string;
  readonly action: string;
  readonly attestation: string;
  readonly context: Readonly<Record<string, string>>;
  readonly text: string;
  readonly allowed: boolean;
}

/** Every principal asks for every action in every situation that makes a difference to it. */
function ask(under: Policy, actions: readonly string[] = KMS_ACTIONS): readonly Asked[] {
  const result: Asked[] = [];
  for (const who of PRINCIPALS) for (const action of actions) {
    const decided = caller(under, ACCOUNT, who, action);
    const attestable = ATTESTABLE.has(action);
    for (const [attestation, pcrs] of Object.entries(attestable ? ATTESTATIONS : { none: {} })) {
      for (const [pairs, context] of Object.entries(CONTEXTS)) for (const [network, source] of Object.entries(NETWORKS)) for (const [call, more] of Object.entries(attestable ? { plain: {}, 'for an AWS service': CALLS['for an AWS service'] } : CALLS)) {
        const full = { ...pcrs, ...context, ...source, ...more };
        const { allowed } = decided(full);
        result.push({ who, action, attestation, context: full, allowed, text: allowed ? `${action} by ${who}, attestation ${attestation}, context ${pairs}, network ${network}, ${call}` : '' });
      }
    }
  }
  return result;
}

const all = ask(resolved);
const allowed = all.filter((one) => one.allowed);

test('every principal of the template, strangers and services are asked', () => {
  expect(roles).toContain(TEE);
  expect(PRINCIPALS.length).toBeGreaterThanOrEqual(20);
  expect(all.length).toBeGreaterThan(50_000);
});

test('plaintext goes to the TEE role with an active measurement, its own context and network only', () => {
  const plaintext = allowed.filter(({ action }) => [...ATTESTABLE, 'kms:ReEncryptFrom'].includes(action));
  expect(plaintext.filter(({ who, attestation, context }) => !(who === TEE && ACTIVE.test(attestation) && context['aws:sourcevpce'] === 'vpce-own' && context['kms:encryptioncontext:phi-workload'] === 'inference' && context['kms:encryptioncontext:phi-environment'] === 'production')).map(({ text }) => text)).toEqual([]);
  expect(new Set(plaintext.map(({ attestation }) => attestation))).toEqual(new Set(['active r2', 'active r3', 'active r2, upper case']));
  expect(new Set(plaintext.map(({ action }) => action))).toEqual(new Set(['kms:Decrypt', 'kms:GenerateDataKey', 'kms:GenerateDataKeyPair']));
});

test('nobody replicates, imports, grants, re-encrypts or signs', () => {
  expect(allowed.filter(({ action }) => /ReEncrypt|CreateGrant|Replicate|Import|UpdatePrimary|Synchronize|Sign|Verify|Mac|PublicKey/.test(action)).map(({ text }) => text)).toEqual([]);
});

test('the gate moves by the deployment role, and by break-glass under fresh MFA', () => {
  const moves = allowed.filter(({ action }) => /PutKeyPolicy|ScheduleKeyDeletion|DisableKey$|DisableKeyRotation|UpdateAlias|DeleteAlias/.test(action));
  expect(new Set(moves.map(({ who }) => who))).toEqual(new Set([named_('Deploy'), named_('BreakGlass')]));
  for (const { who, context } of moves.filter(({ who }) => who === named_('BreakGlass'))) expect([who, context['aws:multifactorauthage']]).toEqual([who, '60']);
  expect(moves.filter(({ action, context }) => action === 'kms:PutKeyPolicy' && context['kms:bypasspolicylockoutsafetycheck'] === 'true')).toEqual([]);
});

test('everybody else may do nothing', () => {
  expect([...new Set(allowed.map(({ who }) => who))].sort()).toEqual([TEE, named_('Deploy'), named_('KeyAdmin'), named_('BreakGlass')].sort());
  expect([...new Set(allowed.filter(({ who }) => who === named_('KeyAdmin')).map(({ action }) => action))].sort()).toEqual([
    'kms:CancelKeyDeletion', 'kms:DescribeKey', 'kms:EnableKey', 'kms:EnableKeyRotation', 'kms:GetKeyPolicy', 'kms:GetKeyRotationStatus', 'kms:ListGrants', 'kms:ListKeyPolicies', 'kms:ListKeyRotations', 'kms:ListResourceTags',
    'kms:RevokeGrant', 'kms:RotateKeyOnDemand', 'kms:TagResource',
  ]);
});

test('a grant, and IAM permissions delegated by a root statement, meet a Deny', () => {
  const open = { Statement: [...resolved.Statement, { Sid: 'Root', Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'kms:*' }, { Sid: 'Grant', Effect: 'Allow', Principal: '*', Action: ['kms:Decrypt', 'kms:GenerateDataKey', 'kms:ReEncrypt*', 'kms:CreateGrant'] }] };
  const use = [...ATTESTABLE, 'kms:ReEncryptFrom', 'kms:CreateGrant', 'kms:ReplicateKey', 'kms:ImportKeyMaterial'];
  const leaks = ask(open, use).filter((one) => one.allowed && !(one.who === TEE && (ACTIVE.test(one.attestation) || PAIRED.has(one.attestation))));
  expect(leaks.map(({ text }) => text)).toEqual([]);
  expect(ask(open, ['kms:PutKeyPolicy']).filter(({ allowed: yes, who }) => yes && ![named_('Deploy'), named_('BreakGlass')].includes(who))).toEqual([]);
});

/** What only the Allow refuses: builds whose PCR0 is approved. PCR0 covers the whole image, so no such build exists. */
const PAIRED = new Set(['PCR0 of r2 with PCR2 of r3', 'PCR0 of r3 with PCR1 of r2', 'another signer', 'the host of another role']);

// Each guard carries weight: without it, and with the Allow that it stands behind opened, something leaks.
const OPEN = { Sid: 'Open', Effect: 'Allow', Principal: '*', Action: 'kms:*' };
test.each([
  ['NoUseWithoutApprovedMeasurement', 'kms:Decrypt'], ['NoUseByOthers', 'kms:Decrypt'], ['NoUseOutsideTheNetwork', 'kms:GenerateDataKey'], ['NoUseOutsidePhiWorkload', 'kms:Decrypt'], ['NoUseOutsidePhiEnvironment', 'kms:Decrypt'],
  ['NoWayAroundAttestation', 'kms:ReEncryptFrom'], ['GateChangersOnly', 'kms:PutKeyPolicy'], ['NoLockoutBypass', 'kms:PutKeyPolicy'], ['BreakGlassOnlyWithMfa', 'kms:DisableKey'],
])('%s is what stops %s', (sid, action) => {
  const count = (statements: Policy['Statement']): number => ask({ Statement: statements }, [action]).filter((one) => one.allowed).length;
  const opened = [...resolved.Statement, OPEN];
  const without = opened.filter(({ Sid }) => Sid !== sid);
  expect(without).toHaveLength(opened.length - 1);
  expect(count(without)).toBeGreaterThan(count(opened));
});

test('the fixture holds an active, a retired and a revoked measurement', () => {
  expect(Object.values(WORKLOAD.measurements.aws).map(({ status }) => status).sort()).toEqual(['active', 'retired', 'revoked']);
});
