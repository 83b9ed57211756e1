import { createHash } from 'node:crypto';
import { App, Stack } from 'aws-cdk-lib';
import { AttestedKey, attestedKeyPolicy, type AttestedKeyProps, pcr3OfRole, type Statement } from '../../constructs/aws/index.js';
import type { AwsMeasurement } from '../../constructs/workload/index.js';
import { pcr, WORKLOAD } from '../compliance/workload-fixture.js';

const ROLE = 'arn:aws:iam::111122223333:role/inference-tee-us-east-1';
const approval = { owner: 'o', approvedBy: ['a', 'b'], approved: '2026-10-01', expires: '2027-10-01', status: 'active' } as const;
const enclave = (letters: string, extra: object = {}): AwsMeasurement => ({
  ...approval, kind: 'nitro-enclave', pcrs: { PCR0: pcr(letters[0] as string), PCR1: pcr(letters[1] as string), PCR2: pcr(letters[2] as string), ...extra }, artifact: { bucket: 'releases', key: 'k', versionId: 'v', sha256: 'a'.repeat(64) },
});
const tpm: AwsMeasurement = { ...approval, kind: 'nitro-tpm', pcrs: { PCR4: pcr('1'), PCR7: pcr('2'), PCR12: pcr('0') } };

const props = (changes: Partial<AttestedKeyProps> = {}): AttestedKeyProps => ({
  workload: 'inference', environment: 'production', measurements: [['r2', enclave('abc')]], role: ROLE, deploymentRole: 'arn:aws:iam::111122223333:role/Deploy',
  breakGlassRole: 'arn:aws:iam::111122223333:role/BreakGlass', administrators: ['arn:aws:iam::111122223333:role/KeyAdmin'], sourceEndpoints: ['vpce-1'], ...changes,
});
const build = (changes: Partial<AttestedKeyProps> = {}): AttestedKey => new AttestedKey(new Stack(new App(), 'Stack'), 'Key', props(changes));
const find = (sid: string, changes: Partial<AttestedKeyProps> = {}): Statement => attestedKeyPolicy(props(changes)).Statement.find((statement) => statement.Sid === sid) as Statement;

describe('measurements', () => {
  test('PCR3 is the hash of 48 zero bytes and the role ARN', () => {
    const expected = createHash('sha384').update(Buffer.concat([Buffer.alloc(48), Buffer.from(ROLE)])).digest('hex');
    expect(pcr3OfRole(ROLE)).toBe(expected);
    expect(find('AttestedUseR2').Condition?.['StringEqualsIgnoreCase']).toMatchObject({ 'kms:RecipientAttestation:PCR3': expected });
  });

  test('each active measurement has a statement of its own, so that PCRs of two builds never pair', () => {
    const measurements = [['r1', enclave('abc')], ['r2', enclave('def')]] as const;
    for (const [handle, letters] of [['R1', 'abc'], ['R2', 'def']] as const) {
      const condition = find(`AttestedUse${handle}`, { measurements }).Condition?.['StringEqualsIgnoreCase'];
      expect(condition).toMatchObject({ 'kms:RecipientAttestation:PCR0': pcr(letters[0]!), 'kms:RecipientAttestation:PCR1': pcr(letters[1]!), 'kms:RecipientAttestation:PCR2': pcr(letters[2]!) });
    }
    expect(find('NoUseWithoutApprovedMeasurement', { measurements }).Condition).toEqual({ StringNotEqualsIgnoreCase: { 'kms:RecipientAttestation:PCR0': [pcr('a'), pcr('d')] } });
  });

  test('PCR8 is pinned where the image is signed', () => {
    expect(find('AttestedUseR2', { measurements: [['r2', enclave('abc', { PCR8: pcr('f') })]] }).Condition?.['StringEqualsIgnoreCase']).toMatchObject({ 'kms:RecipientAttestation:PCR8': pcr('f') });
    expect(find('AttestedUseR2').Condition?.['StringEqualsIgnoreCase']).not.toHaveProperty(['kms:RecipientAttestation:PCR8']);
  });

  test('NitroTPM: PCR4, PCR7 and the documented all-zero PCR12; both flavours share one Deny that needs both to fail', () => {
    expect(find('AttestedUseVm', { measurements: [['vm', tpm]] }).Condition?.['StringEqualsIgnoreCase']).toEqual({
      'kms:RecipientAttestation:NitroTPMPCR4': pcr('1'), 'kms:RecipientAttestation:NitroTPMPCR7': pcr('2'), 'kms:RecipientAttestation:NitroTPMPCR12': pcr('0'),
    });
    expect(find('NoUseWithoutApprovedMeasurement', { measurements: [['r2', enclave('abc')], ['vm', tpm]] }).Condition).toEqual({
      StringNotEqualsIgnoreCase: { 'kms:RecipientAttestation:PCR0': [pcr('a')], 'kms:RecipientAttestation:NitroTPMPCR4': [pcr('1')] },
    });
  });

  test('without an active measurement nobody decrypts', () => {
    const policy = attestedKeyPolicy(props({ measurements: [] }));
    expect(policy.Statement.filter(({ Effect, Action }) => Effect === 'Allow' && JSON.stringify(Action).includes('kms:Decrypt'))).toEqual([]);
    expect(find('NoUseWithoutApprovedMeasurement', { measurements: [] })).not.toHaveProperty('Condition');
  });

  test('NitroTPM: each PCR has its own Deny, so that another kernel command line meets one', () => {
    const measurements = [['r2', enclave('abc')], ['vm', tpm]] as const;
    expect(find('NoUseWithoutApprovedNitroTPMPCR12', { measurements })).toMatchObject({ Effect: 'Deny', Principal: '*', Condition: { StringNotEqualsIgnoreCase: { 'kms:RecipientAttestation:PCR0': [pcr('a')], 'kms:RecipientAttestation:NitroTPMPCR12': [pcr('0')] } } });
    expect(find('NoUseWithoutApprovedNitroTPMPCR7', { measurements: [['vm', tpm]] }).Condition).toEqual({ StringNotEqualsIgnoreCase: { 'kms:RecipientAttestation:NitroTPMPCR7': [pcr('2')] } });
    expect(find('NoUseWithoutApprovedNitroTPMPCR7')).toBeUndefined();
  });

  test('without an active measurement nobody uses the key', () => {
    expect(find('NoUseWithoutApprovedMeasurement', { measurements: [] })).toEqual({ Sid: 'NoUseWithoutApprovedMeasurement', Effect: 'Deny', Principal: '*', Action: ['kms:Decrypt', 'kms:DeriveSharedSecret', 'kms:GenerateDataKey', 'kms:GenerateDataKeyPair'], Resource: '*' });
  });

  test('two releases whose statement ids would be the same are refused', () => {
    expect(() => build({ measurements: [['r-1', enclave('abc')], ['r1', enclave('def')]] })).toThrow(/measurements.aws.r1: .* rename/);
  });

  test.each([
    ['all zeros, which debug enclaves report', enclave('0bc'), /debug/],
    ['a zero PCR1', enclave('a0c'), /debug/],
    ['a zero PCR2', enclave('ab0'), /debug/],
    ['a zero PCR8', enclave('abc', { PCR8: pcr('0') }), /debug/],
    ['a wildcard', enclave('abc', { PCR0: `${'a'.repeat(95)}*` }), /not a PCR value/],
    ['a wrong length', enclave('abc', { PCR0: 'a'.repeat(64) }), /96 hexadecimal/],
    ['an empty value', enclave('abc', { PCR0: '' }), /not a PCR value/],
    ['a zero NitroTPM PCR4', { ...tpm, pcrs: { ...tpm.pcrs, PCR4: pcr('0') } } as AwsMeasurement, /debug/],
    ['a zero NitroTPM PCR7', { ...tpm, pcrs: { ...tpm.pcrs, PCR7: pcr('0') } } as AwsMeasurement, /debug/],
  ])('refused: %s', (_name, measurement, message) => {
    expect(() => build({ measurements: [['bad', measurement]] })).toThrow(message);
  });

  test('PCR values are written in lower case', () => {
    expect(find('NoUseWithoutApprovedMeasurement', { measurements: [['r', enclave('abc', { PCR0: pcr('A') })]] }).Condition).toEqual({ StringNotEqualsIgnoreCase: { 'kms:RecipientAttestation:PCR0': [pcr('a')] } });
  });

  test('more measurements than a key policy holds are refused', () => {
    expect(() => build({ measurements: Array.from({ length: 60 }, (_unused, index) => [`r${index}`, enclave('abc')] as const) })).toThrow(/32768/);
  });
});

describe('principals', () => {
  test.each([
    ['a wildcard role', { role: 'arn:aws:iam::111122223333:role/*' }],
    ['everybody', { role: '*' }],
    ['the account root as administrator', { administrators: ['arn:aws:iam::111122223333:root'] }],
    ['a reference as deployment role', { deploymentRole: '${Token[TOKEN.1]}' }],
    ['an account as writer', { writers: ['111122223333'] }],
    ['a user as break-glass', { breakGlassRole: 'arn:aws:iam::111122223333:user/one' }],
  ])('refused: %s', (_name, changes) => {
    expect(() => build(changes)).toThrow(/literal role ARN/);
  });

  test.each(['administrators', 'deploymentRole', 'breakGlassRole'] as const)('the role that uses the key is never %s', (name) => {
    expect(() => build({ [name]: name === 'administrators' ? [ROLE] : ROLE })).toThrow(/must not administer/);
  });

  test('nobody is allowed kms:* or a wildcard, no account root is named', () => {
    const text = JSON.stringify(attestedKeyPolicy(props({ writers: ['arn:aws:iam::111122223333:role/Ingest'] })));
    for (const { Effect, Action, Principal } of attestedKeyPolicy(props()).Statement) {
      if (Effect !== 'Allow') continue;
      expect([Action].flat().filter((action) => action.includes('*'))).toEqual([]);
      expect(Principal).not.toBe('*');
    }
    expect(text).not.toContain(':root');
  });

  test('the deployment role may put the policy back, or KMS refuses to create the key; break-glass may under MFA', () => {
    expect(find('Deploy').Action).toContain('kms:PutKeyPolicy');
    expect(find('BreakGlass').Condition).toEqual({ Bool: { 'aws:MultiFactorAuthPresent': 'true' }, NumericLessThan: { 'aws:MultiFactorAuthAge': '3600' } });
    expect(find('GateChangersOnly').Condition).toEqual({ ArnNotEquals: { 'aws:PrincipalArn': ['arn:aws:iam::111122223333:role/Deploy', 'arn:aws:iam::111122223333:role/BreakGlass'] } });
    expect(find('Administer').Action).not.toContain('kms:PutKeyPolicy');
    expect(find('Administer').Action).not.toContain('kms:ScheduleKeyDeletion');
    expect(find('Administer').Action).not.toContain('kms:DisableKey');
  });

  test('writers encrypt under the context and never read', () => {
    const writer = find('WriteOnly', { writers: ['arn:aws:iam::111122223333:role/Ingest'] });
    expect(writer.Action).toEqual(['kms:Encrypt', 'kms:GenerateDataKeyWithoutPlaintext', 'kms:GenerateDataKeyPairWithoutPlaintext']);
    expect(writer.Condition).toEqual({ StringEquals: { 'kms:EncryptionContext:phi-workload': 'inference', 'kms:EncryptionContext:phi-environment': 'production' } });
  });
});

test.each(['grant', 'grantDecrypt', 'grantEncryptDecrypt', 'grantEncrypt', 'grantAdmin', 'addToResourcePolicy'] as const)('%s throws and names the alternative', (method) => {
  expect(() => build()[method]()).toThrow(/writers|administrators|measurement/);
});

test('ways around attestation are denied to everybody', () => {
  expect(find('NoWayAroundAttestation')).toMatchObject({ Effect: 'Deny', Principal: '*' });
  for (const action of ['kms:CreateGrant', 'kms:ReEncryptFrom', 'kms:ReEncryptTo', 'kms:ReplicateKey', 'kms:ImportKeyMaterial']) expect(find('NoWayAroundAttestation').Action).toContain(action);
});

test('the key is single-region, rotates, is kept, and passes the lockout check', () => {
  const { key } = build();
  expect(key).toMatchObject({ multiRegion: false, enableKeyRotation: true, origin: 'AWS_KMS', bypassPolicyLockoutSafetyCheck: false, pendingWindowInDays: 30 });
});

test('the fixture workload has one active measurement', () => {
  expect(Object.values(WORKLOAD.measurements.aws).filter(({ status }) => status === 'active')).toHaveLength(1);
});
