import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, CfnParameter, Fn, Stack, Tags, Validations } from 'aws-cdk-lib';
import { CfnManagedPolicy, CfnRole, PolicyDocument, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type CfnKey, CfnReplicaKey, Key } from 'aws-cdk-lib/aws-kms';
import { applyPhiTags, AttestedKey, attestedKeyPolicy, type AttestedKeyProps, type Statement, TeeRole } from '../../constructs/aws/index.js';
import { TeeKitValidation } from '../../constructs/compliance/adapters/cdk-plugin.js';
import { RULES } from '../../constructs/compliance/registry.js';
import { embedWorkload, WORKLOAD_KEY } from '../../constructs/workload/index.js';
import { pcr, TODAY } from '../compliance/workload-fixture.js';
import { SIGNED } from './synth.js';

const ACCOUNT = '111122223333';
const ROOT = { AWS: `arn:aws:iam::${ACCOUNT}:root` };
const TEE = `arn:aws:iam::${ACCOUNT}:role/inference-tee-us-east-1`;
const role = (name: string): { readonly AWS: string } => ({ AWS: `arn:aws:iam::${ACCOUNT}:role/${name}` });
const PCR0 = 'kms:RecipientAttestation:PCR0';
const measurements = Object.entries(SIGNED.measurements.aws).filter(([, { status }]) => status === 'active');
const props: AttestedKeyProps = {
  workload: 'inference', environment: 'production', measurements, role: TEE, deploymentRole: role('Deploy').AWS, breakGlassRole: role('BreakGlass').AWS, administrators: [role('KeyAdmin').AWS], sourceEndpoints: ['vpce-0123456789abcdef0'],
};

/** The kit's key with some statements taken out and others put in, as an override of the template would. */
function changed(stack: Stack, out: readonly RegExp[], ...put: readonly object[]): CfnKey {
  const { key } = new AttestedKey(stack, 'PhiKey', props);
  const kept = attestedKeyPolicy(props).Statement.filter(({ Sid }) => !out.some((pattern) => pattern.test(Sid)));
  key.addPropertyOverride('KeyPolicy.Statement', [...kept, ...put]);
  return key;
}
const allow = (Action: string | readonly string[], Principal: object | '*', Condition?: object): object => ({ Sid: 'Put', Effect: 'Allow', Principal, Action, Resource: '*', ...(Condition && { Condition }) });
/** The kit's Allow with other conditions on attestation, and no Deny behind it. */
function conditioned(stack: Stack, change: (condition: NonNullable<Statement['Condition']>) => object, principal: object | '*' = { AWS: TEE }): CfnKey {
  const attested = attestedKeyPolicy(props).Statement.find(({ Sid }) => Sid.startsWith('AttestedUse'))!;
  return changed(stack, [/^AttestedUse/, /^NoUse/], { ...attested, Principal: principal, Condition: change(attested.Condition!) });
}
const WALLS = [/^NoUse/, /^NoWayAround/, /^GateChangers/, /^NoLockout/];

interface Bypass {
  /** Number in the field notes' list. */
  readonly number: number;
  readonly id: string;
  readonly build: (stack: Stack) => CfnKey;
  readonly rule: string;
  readonly message: RegExp;
}
const RELEASE = 'phi-key-release-attested';
const GATE = 'gate-change-restricted';

const BYPASSES: readonly Bypass[] = [
  { number: 1, id: 'RootOfCdkDefault', build: (stack) => new Key(stack, 'PhiKey').node.defaultChild as CfnKey, rule: RELEASE, message: /any role in account/ },
  { number: 1, id: 'RootBeside', build: (stack) => changed(stack, WALLS, allow('kms:*', ROOT)), rule: RELEASE, message: /any role in account/ },
  { number: 2, id: 'EmptyPolicy', build: (stack) => new Key(stack, 'PhiKey', { policy: new PolicyDocument({ statements: [] }) }).node.defaultChild as CfnKey, rule: RELEASE, message: /default policy/ },
  { number: 3, id: 'GrantDecrypt', build: (stack) => {
    const key = new Key(stack, 'PhiKey');
    key.grantDecrypt(new Role(stack, 'App', { assumedBy: new ServicePrincipal('ec2.amazonaws.com') }));
    key.grantDecrypt(new ServicePrincipal('logs.amazonaws.com'));
    return key.node.defaultChild as CfnKey;
  }, rule: RELEASE, message: /kms:(Decrypt|ReEncryptFrom)/ },
  { number: 4, id: 'NotActionDecrypt', build: (stack) => changed(stack, WALLS, { Sid: 'Put', Effect: 'Allow', Principal: ROOT, NotAction: 'kms:Decrypt', Resource: '*' }), rule: RELEASE, message: /kms:/ },
  { number: 5, id: 'CreateGrant', build: (stack) => changed(stack, WALLS, allow('kms:CreateGrant', role('App'), { Bool: { 'kms:GrantIsForAWSResource': 'true' } })), rule: RELEASE, message: /CreateGrant/ },
  { number: 6, id: 'ReEncrypt', build: (stack) => changed(stack, [/^NoWayAround/], allow('kms:ReEncrypt*', role('App'))), rule: RELEASE, message: /ReEncryptFrom/ },
  { number: 7, id: 'PutKeyPolicyByAdministrator', build: (stack) => changed(stack, [/^GateChangers/], allow('kms:PutKeyPolicy', role('KeyAdmin'))), rule: GATE, message: /PutKeyPolicy: .*KeyAdmin/ },
  { number: 7, id: 'PutKeyPolicyByAnybody', build: (stack) => changed(stack, [/^GateChangers/, /^NoLockout/], allow('kms:PutKeyPolicy', ROOT)), rule: RELEASE, message: /PutKeyPolicy/ },
  { number: 8, id: 'Replica', build: (stack) => {
    const key = changed(stack, [/^NoWayAround/], allow('kms:ReplicateKey', role('App')));
    key.addPropertyOverride('MultiRegion', true);
    return key;
  }, rule: GATE, message: /ReplicateKey: .*role\/App/ },
  { number: 8, id: 'ReplicaWithPolicyOfItsOwn', build: (stack) => {
    const replica = new CfnReplicaKey(stack, 'PhiKey', { primaryKeyArn: `arn:aws:kms:us-east-2:${ACCOUNT}:key/mrk-1234abcd12ab34cd56ef1234567890ab`, keyPolicy: { Version: '2012-10-17', Statement: [allow('kms:*', ROOT)] } });
    Tags.of(replica).add('key-purpose', 'phi');
    return replica as unknown as CfnKey;
  }, rule: RELEASE, message: /any role in account/ },
  { number: 9, id: 'ImportedMaterial', build: (stack) => {
    const key = changed(stack, []);
    key.addPropertyOverride('Origin', 'EXTERNAL');
    return key;
  }, rule: RELEASE, message: /import/ },
  { number: 10, id: 'AliasPointedElsewhere', build: (stack) => changed(stack, [/^GateChangers/], allow('kms:UpdateAlias', role('App'))), rule: GATE, message: /UpdateAlias: .*role\/App/ },
  { number: 11, id: 'FallsBackToRoot', build: (stack) => {
    const parameter = new CfnParameter(stack, 'RoleParameter', { default: '' });
    return changed(stack, WALLS, allow('kms:*', { AWS: Fn.join('', [`arn:aws:iam::${ACCOUNT}:`, parameter.valueAsString]) }));
  }, rule: RELEASE, message: /cannot/ },
  { number: 12, id: 'Wildcard', build: (stack) => conditioned(stack, () => ({ StringLike: { [PCR0]: '*' } })), rule: RELEASE, message: /debug|another image/ },
  { number: 12, id: 'IfExists', build: (stack) => conditioned(stack, ({ StringEqualsIgnoreCase }) => ({ StringEqualsIgnoreCaseIfExists: StringEqualsIgnoreCase })), rule: RELEASE, message: /absent/ },
  { number: 12, id: 'ForAllValues', build: (stack) => conditioned(stack, ({ StringEqualsIgnoreCase }) => ({ 'ForAllValues:StringEqualsIgnoreCase': StringEqualsIgnoreCase })), rule: RELEASE, message: /absent/ },
  { number: 12, id: 'NullTest', build: (stack) => conditioned(stack, () => ({ Null: { [PCR0]: 'false' } })), rule: RELEASE, message: /debug|another image/ },
  { number: 13, id: 'AllZero', build: (stack) => conditioned(stack, () => ({ StringEqualsIgnoreCase: { [PCR0]: [pcr('a'), pcr('0')] } })), rule: 'measurement-debug-refused', message: /zero|debug/ },
  { number: 13, id: 'WrongLength', build: (stack) => conditioned(stack, () => ({ StringEqualsIgnoreCase: { [PCR0]: 'a'.repeat(64) } })), rule: RELEASE, message: /96 hex/ },
  { number: 13, id: 'SignerOnly', build: (stack) => conditioned(stack, () => ({ StringEqualsIgnoreCase: { 'kms:RecipientAttestation:PCR8': pcr('f') } })), rule: RELEASE, message: /debug|another image/ },
  { number: 13, id: 'RoleOnly', build: (stack) => conditioned(stack, () => ({ StringEqualsIgnoreCase: { 'kms:RecipientAttestation:PCR3': pcr('3') } })), rule: RELEASE, message: /debug|another image/ },
  { number: 14, id: 'AnyPrincipal', build: (stack) => conditioned(stack, (condition) => condition, '*'), rule: RELEASE, message: /account/ },
  { number: 15, id: 'KeyOfVolumesToo', build: (stack) => changed(stack, WALLS, allow(['kms:Decrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'], ROOT, { StringEquals: { 'kms:ViaService': 'ec2.us-east-1.amazonaws.com' } })), rule: RELEASE, message: /viaservice/i },
  { number: 16, id: 'DeletionByAnybody', build: (stack) => changed(stack, [/^GateChangers/], allow(['kms:ScheduleKeyDeletion', 'kms:DisableKey'], role('App'))), rule: GATE, message: /ScheduleKeyDeletion: .*role\/App/ },
  { number: 17, id: 'ContextInPlaceOfAttestation', build: (stack) => conditioned(stack, ({ StringEquals }) => ({ StringEquals })), rule: RELEASE, message: /encryptioncontext/i },
  { number: 18, id: 'ConditionInIamOnly', build: (stack) => {
    new CfnManagedPolicy(stack, 'Use', { roles: [new CfnRole(stack, 'App', { assumeRolePolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }] } }).ref], policyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'kms:Decrypt', Resource: '*', Condition: { StringEqualsIgnoreCase: { [PCR0]: pcr('a') } } }] } });
    return changed(stack, [...WALLS, /^AttestedUse/], allow('kms:*', ROOT));
  }, rule: RELEASE, message: /any role in account/ },
  { number: 19, id: 'AnyTenant', build: (stack) => conditioned(stack, (condition) => ({ ...condition, ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/enclave-*' } }), '*'), rule: RELEASE, message: /enclave-/ },
];

// One app, one stack per bypass, everything acknowledged that has a name.
const outdir = mkdtempSync(join(tmpdir(), 'tee-kit-aws-'));
const app = new App({ outdir, analyticsReporting: false, context: { '@aws-cdk/core:validateAgainstDefaultRules': false } });
Validations.of(app).addPlugins(new TeeKitValidation({ today: TODAY }));
for (const { id } of RULES) Validations.of(app).acknowledge({ id: `tee-kit::${id}`, reason: 'everything is acknowledged' });
const stackOf = (id: string): Stack => {
  const stack = new Stack(app, id, { env: { account: ACCOUNT, region: 'us-east-1' } });
  stack.addMetadata(WORKLOAD_KEY, JSON.parse(embedWorkload(SIGNED)));
  applyPhiTags(stack, SIGNED);
  return stack;
};
const control = stackOf('Control');
new TeeRole(control, 'Role', { name: 'inference', account: ACCOUNT, region: 'us-east-1' });
new AttestedKey(control, 'PhiKey', props);
for (const { id, build } of BYPASSES) build(stackOf(id));
const silence = jest.spyOn(console, 'error').mockImplementation(() => undefined);
expect(() => app.synth()).toThrow(/tee-kit/);
silence.mockRestore();

interface Violation {
  readonly ruleName: string;
  readonly severity: string;
  readonly description: string;
  readonly violatingConstructs: readonly { readonly constructPath?: string }[];
}
const report = (JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8')) as { pluginReports: { pluginName: string; violations: Violation[] }[] }).pluginReports.find(({ pluginName }) => pluginName === 'tee-kit')!;
const found = (id: string): readonly Violation[] => report.violations.filter(({ violatingConstructs }) => violatingConstructs.some(({ constructPath }) => constructPath?.startsWith(`${id}/`)));

test('all 19 bypasses of the field notes have a fixture', () => {
  expect([...new Set(BYPASSES.map(({ number }) => number))].sort((a, b) => a - b)).toEqual(Array.from({ length: 19 }, (_unused, index) => index + 1));
});

test('the kit\'s own key beside them is not refused', () => {
  expect(found('Control').filter(({ severity }) => severity === 'fatal')).toEqual([]);
});

test.each(BYPASSES.map((bypass) => [`${bypass.number} ${bypass.id}`, bypass] as const))('%s is fatal, acknowledged or not', (_name, { id, rule, message }) => {
  const fatal = found(id).filter(({ severity }) => severity === 'fatal').map(({ ruleName, description }) => `${ruleName}: ${description}`);
  expect(fatal).toContainEqual(expect.stringMatching(new RegExp(`^${rule}: .*${message.source}`, message.flags)));
});
