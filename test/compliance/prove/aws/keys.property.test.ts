import fc from 'fast-check';
import { proveKeys } from '../../../../constructs/compliance/prove/aws/keys.js';
import type { Value } from '../../../../constructs/compliance/model.js';
import { awsDeployment, type TemplateResources } from '../../rule-case.js';
import { pcr } from '../../workload-fixture.js';
import { ACCOUNT, HOST_ROLE, json, RA, role, ROOT } from './fixture.js';

/**
 * The prover against an evaluator that knows nothing of it: every caller and context, one by one, by the rules that IAM
 * documents. Whatever that one finds open must not be called gated.
 */

const APPROVED = pcr('a');
const ZERO = '0'.repeat(96);
const OTHER = pcr('e');
const FOREIGN = '999988887777';

interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: '*' | { readonly AWS?: string | readonly string[]; readonly Service?: string };
  readonly NotPrincipal?: { readonly AWS: readonly string[] };
  readonly Action?: readonly string[];
  readonly NotAction?: readonly string[];
  readonly Resource: '*';
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}
interface Caller {
  readonly arn: string;
  readonly account: string | null;
  /** Null: whatever IAM can give. */
  readonly identity: readonly Statement[] | null;
  readonly boundary: readonly Statement[] | null;
  /** ARN of the session, where a policy can name one. */
  readonly sessionArn?: string;
  /** Session policy that the caller chose; absent: none. */
  readonly session?: readonly Statement[];
}
type Context = Readonly<Record<string, string | undefined>>;

// The naive evaluator.

const like = (pattern: string, text: string): boolean => new RegExp(`^${pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*').replace(/\?/g, '.')}$`, 'i').test(text);

function conditionHolds(condition: Statement['Condition'], context: Context): boolean {
  return Object.entries(condition ?? {}).every(([written, keys]) => Object.entries(keys).every(([key, values]) => {
    const given = context[key.toLowerCase()];
    let operator = written;
    const all = operator.startsWith('ForAllValues:');
    const any = operator.startsWith('ForAnyValue:');
    operator = operator.replace(/^For(All|Any)Values?:/, '');
    const ifExists = operator.endsWith('IfExists');
    operator = operator.replace(/IfExists$/, '');
    if (operator === 'Null') return values.some((value) => (value === 'true') === (given === undefined));
    const negated = operator.includes('Not');
    if (given === undefined) return any ? false : ifExists || all || negated;
    const one = (value: string): boolean => {
      switch (operator.replace('Not', '')) {
        case 'StringEquals': case 'ArnEquals': return value === given;
        case 'StringEqualsIgnoreCase': return value.toLowerCase() === given.toLowerCase();
        default: return like(value, given);
      }
    };
    return negated ? !values.some(one) : values.some(one);
  }));
}

const acts = (statement: Statement, action: string): boolean => (statement.NotAction ? !statement.NotAction.some((pattern) => like(pattern, action)) : (statement.Action ?? []).some((pattern) => like(pattern, action)));

/** Whether a key policy's statement speaks of a caller: by name, or through the account. */
function names(statement: Statement, caller: Caller): 'open' | 'direct' | 'account' | null {
  if (statement.NotPrincipal) return statement.NotPrincipal.AWS.includes(caller.arn) ? null : 'direct';
  if (statement.Principal === '*') return 'open';
  const { AWS = [], Service } = statement.Principal ?? {};
  if (caller.account === null) return Service === caller.arn ? 'open' : null;
  const listed = typeof AWS === 'string' ? [AWS] : AWS;
  if (listed.includes('*') || (caller.sessionArn !== undefined && listed.includes(caller.sessionArn))) return 'open';
  if (listed.includes(caller.arn)) return 'direct';
  return listed.some((one) => one === caller.account || one === `arn:aws:iam::${caller.account}:root`) ? 'account' : null;
}

function may(policy: readonly Statement[], caller: Caller, action: string, context: Context): boolean {
  const full: Context = { ...context, 'aws:principalarn': caller.account === null ? undefined : caller.arn };
  const speaks = (statement: Statement): boolean => acts(statement, action) && conditionHolds(statement.Condition, full);
  const own = (statements: readonly Statement[] | null): boolean => statements === null || statements.some((one) => one.Effect === 'Allow' && speaks(one));
  for (const one of [...(caller.identity ?? []), ...(caller.boundary ?? []), ...(caller.session ?? [])]) if (one.Effect === 'Deny' && speaks(one)) return false;
  if (policy.some((one) => one.Effect === 'Deny' && names(one, caller) !== null && speaks(one))) return false;
  const allows = policy.filter((one) => one.Effect === 'Allow' && speaks(one)).map((one) => names(one, caller));
  if (caller.account === null) return allows.includes('open') || allows.includes('direct');
  // A boundary and a session policy cap what names the role or its account, not what names everybody or the session.
  const open = allows.includes('open');
  if (open && caller.account === ACCOUNT) return true;
  if (!own(caller.boundary) || !own(caller.session ?? null)) return false;
  if (caller.account !== ACCOUNT) return allows.some((how) => how !== null) && own(caller.identity);
  return allows.includes('direct') || (allows.includes('account') && own(caller.identity));
}

const CONTEXTS: readonly Context[] = [undefined, APPROVED, ZERO, OTHER].flatMap((digest) => [undefined, 'vpce-1', 'vpce-2'].flatMap((endpoint) => [undefined, 'yes', 'no'].map((tag) => ({
  [`${RA}PCR0`.toLowerCase()]: digest, 'aws:sourcevpce': endpoint, 'aws:principaltag/ops': tag,
}))));
const unattested = (context: Context): boolean => context[`${RA}PCR0`.toLowerCase()] !== APPROVED;

/** A way to plaintext without an approved attestation, if there is one. */
function naive(policy: readonly Statement[], callers: readonly Caller[]): string | null {
  for (const caller of callers) {
    for (const context of CONTEXTS) {
      for (const action of ['kms:Decrypt', 'kms:GenerateDataKey']) if (unattested(context) && may(policy, caller, action, context)) return `${caller.arn} ${action} ${JSON.stringify(context)}`;
      const plain = { ...context, [`${RA}PCR0`.toLowerCase()]: undefined };
      if (may(policy, caller, 'kms:ReEncryptFrom', plain)) return `${caller.arn} kms:ReEncryptFrom`;
      // A grant lets its holder do what no Deny of the key policy stops.
      const denied = policy.some((one) => one.Effect === 'Deny' && names(one, caller) !== null && acts(one, 'kms:Decrypt') && conditionHolds(one.Condition, { ...plain, 'aws:principalarn': caller.arn }));
      if (!denied && may(policy, caller, 'kms:CreateGrant', plain)) return `${caller.arn} kms:CreateGrant`;
    }
  }
  return null;
}

// Random policies.

const HOST = 'arn:aws:iam::111122223333:role/host';
const READER = 'arn:aws:iam::111122223333:role/reader';
const ANNA = 'arn:aws:sts::111122223333:assumed-role/reader/anna';
const principal = fc.constantFrom<Pick<Statement, 'Principal' | 'NotPrincipal'>>(
  { Principal: '*' }, { Principal: { AWS: '*' } }, { Principal: { AWS: ROOT } }, { Principal: { AWS: ACCOUNT } }, { Principal: { AWS: HOST } }, { Principal: { AWS: [HOST, role('KeyAdmin')] } },
  { Principal: { AWS: READER } }, { Principal: { AWS: ANNA } }, { Principal: { AWS: FOREIGN } }, { Principal: { AWS: `arn:aws:iam::${FOREIGN}:role/stranger` } }, { Principal: { Service: 'ec2.amazonaws.com' } }, { NotPrincipal: { AWS: [role('KeyAdmin')] } }, { NotPrincipal: { AWS: [HOST] } },
);
const action = fc.oneof(
  fc.subarray(['kms:Decrypt', 'kms:GenerateDataKey', 'kms:ReEncryptFrom', 'kms:CreateGrant', 'kms:Encrypt', 'kms:decrypt', 'kms:D*', 'kms:*', 'kms:ReEncrypt*', 'kms:Generate*', '*'], { minLength: 1, maxLength: 3 }).map((Action) => ({ Action })),
  fc.subarray(['kms:Decrypt', 'kms:Encrypt', 'kms:CreateGrant', 'kms:*Key*'], { minLength: 1, maxLength: 2 }).map((NotAction) => ({ NotAction })),
);
const PREFIXES = ['', '', '', 'ForAllValues:', 'ForAnyValue:'] as const;
const string = fc.tuple(fc.constantFrom(...PREFIXES), fc.constantFrom('StringEquals', 'StringEqualsIgnoreCase', 'StringNotEquals', 'StringNotEqualsIgnoreCase', 'StringLike', 'StringNotLike'), fc.constantFrom('', '', 'IfExists')).map((parts) => parts.join(''));
const condition = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(string, fc.subarray([APPROVED, APPROVED.toUpperCase(), ZERO, OTHER, '*', `${APPROVED.slice(0, 4)}*`], { minLength: 1, maxLength: 2 })).map(([operator, values]) => ({ [operator]: { [`${RA}PCR0`]: values } })) },
  { weight: 1, arbitrary: fc.constantFrom('true', 'false').map((value) => ({ Null: { [`${RA}PCR0`]: [value] } })) },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom('ArnEquals', 'ArnNotEquals', 'ArnLike', 'ArnNotLike'), fc.subarray([HOST, READER, role('KeyAdmin')], { minLength: 1, maxLength: 2 })).map(([operator, values]) => ({ [operator]: { 'aws:PrincipalArn': values } })) },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom('StringLike', 'StringNotLike'), fc.subarray(['*:role/Key*', '*admin', '*reader', 'arn:aws:iam::9*', 'arn:aws:iam::*:role/*'], { minLength: 1, maxLength: 2 })).map(([operator, values]) => ({ [operator]: { 'aws:PrincipalArn': values } })) },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom('StringEquals', 'StringNotEquals', 'StringNotEqualsIfExists'), fc.constantFrom('vpce-1', 'vpce-2')).map(([operator, value]) => ({ [operator]: { 'aws:SourceVpce': [value] } })) },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom('StringEquals', 'StringNotEquals'), fc.constantFrom('yes', 'no')).map(([operator, value]) => ({ [operator]: { 'aws:PrincipalTag/ops': [value] } })) },
);
const conditions = fc.array(condition, { maxLength: 2 }).map((list) => (list.length === 0 ? {} : { Condition: Object.assign({}, ...list) as NonNullable<Statement['Condition']> }));
const statement = (Effect: fc.Arbitrary<'Allow' | 'Deny'>): fc.Arbitrary<Statement> => fc.tuple(Effect, principal, action, conditions).map(([effect, who, what, when]) => ({ Effect: effect, ...who, ...what, Resource: '*', ...when }));
const either = fc.constantFrom<'Allow' | 'Deny'>('Allow', 'Deny');
const identityStatement: fc.Arbitrary<Statement> = fc.tuple(either, action, conditions).map(([Effect, what, when]) => ({ Effect, ...what, Resource: '*', ...when }));
/** Half of the policies start from the guarded one, so that many are nearly safe. */
const guarded: readonly Statement[] = [
  { Effect: 'Allow', Principal: { AWS: HOST }, Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Resource: '*', Condition: { StringEqualsIgnoreCase: { [`${RA}PCR0`]: [APPROVED] } } },
  { Effect: 'Deny', Principal: '*', Action: ['kms:Decrypt', 'kms:GenerateDataKey', 'kms:GenerateDataKeyPair', 'kms:DeriveSharedSecret'], Resource: '*', Condition: { StringNotEqualsIgnoreCase: { [`${RA}PCR0`]: [APPROVED] } } },
  { Effect: 'Deny', Principal: '*', Action: ['kms:ReEncrypt*', 'kms:CreateGrant', 'kms:PutKeyPolicy', 'kms:ReplicateKey', 'kms:ImportKeyMaterial'], Resource: '*' },
];
const policies = fc.tuple(fc.boolean(), fc.subarray([...guarded]), fc.array(statement(either), { maxLength: 4 })).map(([whole, kept, more]) => [...(whole ? guarded : kept), ...more]);

const CASE = fc.record({ policy: policies, reader: fc.array(identityStatement, { maxLength: 2 }), boundary: fc.option(fc.array(identityStatement, { minLength: 1, maxLength: 2 })) });

function template({ policy, reader, boundary }: { readonly policy: readonly Statement[]; readonly reader: readonly Statement[]; readonly boundary: readonly Statement[] | null }): TemplateResources {
  return {
    Host: { ...HOST_ROLE, Properties: json({ ...HOST_ROLE.Properties, RoleName: 'host' }) },
    Reader: { Type: 'AWS::IAM::Role', Properties: json({ RoleName: 'reader', AssumeRolePolicyDocument: HOST_ROLE.Properties.AssumeRolePolicyDocument, Policies: [{ PolicyName: 'p', PolicyDocument: { Statement: reader } }], ...(boundary && { PermissionsBoundary: { Ref: 'Boundary' } }) }) },
    ...(boundary && { Boundary: { Type: 'AWS::IAM::ManagedPolicy', Properties: json({ PolicyDocument: { Statement: boundary } }) as Value } }),
    Key: { Type: 'AWS::KMS::Key', Properties: json({ KeyPolicy: { Statement: policy }, Tags: [{ Key: 'key-purpose', Value: 'phi' }] }) },
  };
}

test('nothing that KMS lets out without an approved attestation is called gated', () => {
  const verdicts = { gated: 0, bypassable: 0, unknown: 0, open: 0 };
  fc.assert(fc.property(CASE, ({ policy, reader, boundary }) => {
    const callers: Caller[] = [
      { arn: HOST, account: ACCOUNT, identity: [], boundary: null },
      { arn: READER, account: ACCOUNT, identity: reader, boundary, sessionArn: ANNA },
      { arn: READER, account: ACCOUNT, identity: reader, boundary, sessionArn: ANNA, session: [{ Effect: 'Allow', Action: ['s3:GetObject'], Resource: '*' }] },
      { arn: role('sysadmin'), account: ACCOUNT, identity: null, boundary: null },
      { arn: `arn:aws:iam::${FOREIGN}:root`, account: FOREIGN, identity: null, boundary: null },
      { arn: role('any-other-role'), account: ACCOUNT, identity: null, boundary: null },
      { arn: role('KeyAdmin'), account: ACCOUNT, identity: null, boundary: null },
      { arn: `arn:aws:iam::${FOREIGN}:role/stranger`, account: FOREIGN, identity: null, boundary: null },
      { arn: 'arn:aws:iam::555566667777:role/nobody', account: '555566667777', identity: null, boundary: null },
      { arn: 'ec2.amazonaws.com', account: null, identity: null, boundary: null },
    ];
    const way = naive(policy.length === 0 ? [{ Effect: 'Allow', Principal: { AWS: ROOT }, Action: ['kms:*'], Resource: '*' }] : policy, callers);
    const [proof] = proveKeys(awsDeployment(template({ policy, reader, boundary })));
    verdicts[proof!.verdict] += 1;
    if (way !== null) verdicts.open += 1;
    if (way !== null && proof!.verdict === 'gated') throw new Error(`called gated, but open: ${way}`);
  }), { numRuns: Number(process.env['RUNS'] ?? 120) });
  // The policies must be of both kinds for the comparison to mean something.
  expect(verdicts.open).toBeGreaterThan(0);
  expect(verdicts.gated).toBeGreaterThan(0);
  if (process.env['RUNS']) process.stdout.write(`${JSON.stringify(verdicts)}\n`);
});
