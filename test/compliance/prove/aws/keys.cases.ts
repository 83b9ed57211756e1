import type { KeyProof } from '../../../../constructs/compliance/prove/types.js';
import type { Workload } from '../../../../constructs/workload/workload.js';
import type { TemplateResources } from '../../rule-case.js';
import { pcr, WORKLOAD } from '../../workload-fixture.js';
import { ACCOUNT, ATTESTABLE, GUARDED, HOST_ROLE, json, keyTemplate, RA, role, ROOT } from './fixture.js';

export interface KeyCase {
  readonly name: string;
  /** Number in the list of bypasses of docs/aws.md, when it is one of them. */
  readonly bypass?: number;
  readonly resources: TemplateResources;
  readonly verdict: KeyProof['verdict'];
  readonly guards?: number;
  /** Part of `principal action attestation via` of the witness. */
  readonly witness?: RegExp;
  readonly reason?: RegExp;
  /** Part of what the gate-change rule says. */
  readonly gate?: RegExp;
  /** Null: an artifact without a workload file. */
  readonly workload?: Partial<Workload> | null;
}

const ZERO = '0'.repeat(96);
const allow = (change: object): object => ({ ...GUARDED.attested, ...change });
const attested = (condition: object, sid = 'Attested') => ({ ...GUARDED.attested, Sid: sid, Condition: condition });
const only = (condition: object) => keyTemplate({ attested: attested(condition), unattested: null });
const open = (action: string | string[], principal: string | object, more: object = {}) => ({ Sid: 'Open', Effect: 'Allow', Principal: typeof principal === 'string' ? { AWS: principal } : principal, Action: action, Resource: '*', ...more });
const policy = (statements: readonly object[]): TemplateResources => ({ HostRole: HOST_ROLE, Key: { Type: 'AWS::KMS::Key', Properties: json({ KeyPolicy: { Statement: statements }, Tags: [{ Key: 'key-purpose', Value: 'phi' }] }) } });
const identity = (statement: object, more: object = {}): TemplateResources => ({
  Reader: { Type: 'AWS::IAM::Role', Properties: json({ AssumeRolePolicyDocument: HOST_ROLE.Properties.AssumeRolePolicyDocument, Policies: [{ PolicyName: 'p', PolicyDocument: { Statement: [statement] } }], ...more }) },
});
/** A role whose boundary allows S3 alone. */
const bounded: TemplateResources = {
  ...identity({ Effect: 'Allow', Action: 'kms:*', Resource: '*' }, { RoleName: 'reader', PermissionsBoundary: { Ref: 'Boundary' } }),
  Boundary: { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }] } } },
};
const tpm = (condition: object) => only({ StringEqualsIgnoreCase: condition });
const approval = { owner: 'o', approvedBy: ['a', 'b'], approved: '2026-01-01', expires: '2027-01-01' } as const;
const artifact = { bucket: 'b', key: 'k', versionId: 'v', sha256: 'a'.repeat(64) };
const tpmWorkload: Partial<Workload> = { measurements: { ...WORKLOAD.measurements, aws: { t1: { ...approval, status: 'active', kind: 'nitro-tpm', pcrs: { PCR4: pcr('4'), PCR7: pcr('7'), PCR12: ZERO } }, t0: { ...approval, status: 'revoked', kind: 'nitro-tpm', pcrs: { PCR4: pcr('3'), PCR7: pcr('7'), PCR12: ZERO } } } } };
const twoBuilds: Partial<Workload> = { measurements: { ...WORKLOAD.measurements, aws: {
  blue: { ...approval, status: 'active', kind: 'nitro-enclave', pcrs: { PCR0: pcr('a'), PCR1: pcr('b'), PCR2: pcr('c') }, artifact },
  green: { ...approval, status: 'active', kind: 'nitro-enclave', pcrs: { PCR0: pcr('1'), PCR1: pcr('2'), PCR2: pcr('3') }, artifact },
} } };

export const cases: KeyCase[] = [
  // The guarded key and what keeps it gated.
  { name: 'fully guarded', resources: keyTemplate(), verdict: 'gated', guards: 5 },
  { name: 'fully guarded, no workload', resources: keyTemplate(), verdict: 'gated', guards: 5, workload: null },
  { name: 'ImageSha384 in place of PCR0', resources: keyTemplate({ attested: attested({ StringEquals: { [`${RA}ImageSha384`]: pcr('a') } }) }), verdict: 'gated', guards: 5 },
  { name: 'condition key and operator in another case', resources: keyTemplate({ attested: attested({ stringequalsignorecase: { 'KMS:recipientattestation:imagesha384': pcr('a').toUpperCase() } }) }), verdict: 'gated' },
  { name: 'PCR0 with PCR1, PCR2 and PCR8', resources: keyTemplate({ attested: attested({ StringEqualsIgnoreCase: { [`${RA}PCR0`]: pcr('a'), [`${RA}PCR1`]: pcr('b'), [`${RA}PCR2`]: pcr('c'), [`${RA}PCR8`]: pcr('f') } }) }), verdict: 'gated' },
  { name: 'un-attested use denied by Null', resources: keyTemplate({ unattested: { ...GUARDED.unattested, Condition: { Null: { [`${RA}PCR0`]: 'true' } } } }), verdict: 'gated', guards: 4, reason: /Deny of the un-attested.*debug/ },
  { name: 'writers encrypt only', resources: keyTemplate({ writer: open(['kms:Encrypt', 'kms:GenerateDataKeyWithoutPlaintext'], role('Writer')) }), verdict: 'gated', guards: 5 },
  { name: 'root may describe', resources: keyTemplate({ root: open(['kms:Describe*', 'kms:Get*', 'kms:List*'], ROOT) }), verdict: 'gated', guards: 5 },
  { name: 'identity policy without delegation in the key policy', resources: keyTemplate({}, { resources: identity({ Effect: 'Allow', Action: 'kms:*', Resource: '*' }) }), verdict: 'gated', guards: 5 },
  { name: 'Action list in another case, wildcards', resources: keyTemplate({ unattested: { ...GUARDED.unattested, Action: ['KMS:decrypt', 'kms:GenerateDataKey*', 'kms:Derive*'] } }), verdict: 'gated', guards: 5 },
  { name: 'NotAction Deny that covers everything else', resources: keyTemplate({ unattested: { ...GUARDED.unattested, Action: undefined, NotAction: ['kms:PutKeyPolicy', 'kms:Describe*', 'kms:Get*', 'kms:ScheduleKeyDeletion', 'kms:DisableKey', 'kms:EnableKeyRotation', 'kms:TagResource'] } }), verdict: 'gated', guards: 5 },
  // One guard lost, the gate still closed.
  { name: 'Deny of the un-attested lost', resources: keyTemplate({ unattested: null }), verdict: 'gated', guards: 4, reason: /Deny of the un-attested/ },
  { name: 'conditioned Allow lost', resources: keyTemplate({ attested: allow({ Condition: {} }) }), verdict: 'gated', guards: 4, reason: /conditioned Allow/ },
  { name: 'Deny of the side doors lost', resources: keyTemplate({ doors: null }), verdict: 'gated', guards: 4, reason: /side doors/ },
  { name: 'Deny of gate changes lost', resources: keyTemplate({ changers: null }), verdict: 'gated', guards: 4, reason: /Deny of gate changes/ },
  { name: 'Deny without GenerateDataKeyPair', resources: keyTemplate({ unattested: { ...GUARDED.unattested, Action: ATTESTABLE.filter((one) => !one.endsWith('Pair')) } }), verdict: 'gated', guards: 4, reason: /GenerateDataKeyPair/ },
  { name: 'Deny spares one account', resources: keyTemplate({ unattested: { ...GUARDED.unattested, Principal: { AWS: role('Nobody') } } }), verdict: 'gated', guards: 4 },
  { name: 'Deny only on another VPC', resources: keyTemplate({ unattested: { ...GUARDED.unattested, Condition: { StringNotEqualsIgnoreCase: { [`${RA}PCR0`]: pcr('a') }, StringNotEquals: { 'aws:SourceVpce': 'vpce-1' } } } }), verdict: 'gated', guards: 4 },
  { name: 'host role assumable by the account', resources: keyTemplate({}, { resources: { HostRole: { ...HOST_ROLE, Properties: { AssumeRolePolicyDocument: { Statement: [{ Effect: 'Allow', Principal: { AWS: ROOT }, Action: 'sts:AssumeRole' }] } } } } }), verdict: 'gated', guards: 4, reason: /can assume Stack\/HostRole/ },
  { name: 'another role may pass the host role', resources: keyTemplate({}, { resources: identity({ Effect: 'Allow', Action: 'iam:PassRole', Resource: '*' }) }), verdict: 'gated', guards: 4, reason: /iam:PassRole/ },
  { name: 'another role may rewrite its trust', resources: keyTemplate({}, { resources: identity({ Effect: 'Allow', Action: 'iam:Update*', Resource: '*' }) }), verdict: 'gated', guards: 4, reason: /UpdateAssumeRolePolicy/ },
  { name: 'the whole account may use approved code', resources: keyTemplate({ attested: allow({ Principal: { AWS: ROOT } }) }), verdict: 'gated', guards: 4, reason: /named principals/ },

  // The 19 bypasses.
  { name: 'kms:* to the account root', bypass: 1, resources: policy([open('kms:*', ROOT)]), verdict: 'bypassable', guards: 0, witness: /any role in account .* kms:ReEncryptFrom|any role in account .* kms:Decrypt absent/ },
  { name: 'kms:* to the account root beside the attested Allow', bypass: 1, resources: keyTemplate({ unattested: null, doors: null, root: open('kms:*', ROOT) }), verdict: 'bypassable' },
  { name: 'no KeyPolicy', bypass: 2, resources: { Key: { Type: 'AWS::KMS::Key', Properties: { Tags: [{ Key: 'key-purpose', Value: 'phi' }] } } }, verdict: 'bypassable', witness: /default policy/ },
  { name: 'KeyPolicy without statements', bypass: 2, resources: policy([]), verdict: 'bypassable', witness: /default policy/ },
  { name: 'unconditioned Decrypt of a grant method', bypass: 3, resources: keyTemplate({ unattested: null, grant: open('kms:Decrypt', role('App')) }), verdict: 'bypassable', witness: /role\/App kms:Decrypt absent/ },
  { name: 'Decrypt of a service principal', bypass: 3, resources: keyTemplate({ unattested: null, doors: null, grant: open(['kms:Decrypt', 'kms:ReEncrypt*'], { Service: 'logs.amazonaws.com' }) }), verdict: 'bypassable', witness: /service logs/ },
  { name: 'NotAction kms:Decrypt for root', bypass: 4, resources: keyTemplate({ doors: null, root: open([], ROOT, { Action: undefined, NotAction: 'kms:Decrypt' }) }), verdict: 'bypassable', witness: /ReEncryptFrom/ },
  { name: 'CreateGrant without the Deny', bypass: 5, resources: keyTemplate({ unattested: null, doors: null, grant: open('kms:CreateGrant', role('App')) }), verdict: 'bypassable', witness: /role\/App kms:CreateGrant/ },
  { name: 'CreateGrant for AWS resources without the Deny', bypass: 5, resources: keyTemplate({ unattested: null, doors: null, grant: open('kms:CreateGrant', role('App'), { Condition: { Bool: { 'kms:GrantIsForAWSResource': 'true' } } }) }), verdict: 'bypassable', witness: /CreateGrant/ },
  { name: 'CreateGrant with the Deny of un-attested use left', bypass: 5, resources: keyTemplate({ doors: null, grant: open('kms:CreateGrant', role('App')) }), verdict: 'bypassable', witness: /CreateGrant/ },
  { name: 'CreateGrant of Encrypt only', resources: keyTemplate({ unattested: null, doors: null, grant: open('kms:CreateGrant', role('App'), { Condition: { 'ForAllValues:StringEquals': { 'kms:GrantOperations': ['Encrypt', 'DescribeKey'] } } }) }), verdict: 'gated' },
  { name: 'ReEncryptFrom', bypass: 6, resources: keyTemplate({ doors: null, re: open('kms:ReEncrypt*', role('App')) }), verdict: 'bypassable', witness: /kms:ReEncryptFrom absent/ },
  { name: 'ReEncryptFrom with an attestation condition never passes', resources: keyTemplate({ doors: null, re: open('kms:ReEncryptFrom', role('App'), { Condition: { StringEquals: { [`${RA}PCR0`]: pcr('a') } } }) }), verdict: 'gated', guards: 4 },
  { name: 'PutKeyPolicy by the whole account', bypass: 7, resources: keyTemplate({ changers: null, put: open('kms:PutKeyPolicy', ROOT) }), verdict: 'bypassable', witness: /any role in account .* kms:PutKeyPolicy/, gate: /any role in account/ },
  { name: 'PutKeyPolicy by the key administrator', bypass: 7, resources: keyTemplate({ changers: null, put: open('kms:Put*', role('KeyAdmin')) }), verdict: 'gated', gate: /KeyAdmin is neither/ },
  { name: 'PutKeyPolicy by the host role', bypass: 7, resources: keyTemplate({ changers: null, put: open('kms:PutKeyPolicy', { AWS: { 'Fn::GetAtt': ['HostRole', 'Arn'] } }) }), verdict: 'bypassable', witness: /Stack\/HostRole kms:PutKeyPolicy/ },
  { name: 'break-glass without MFA', bypass: 7, resources: keyTemplate({ breakGlass: { ...GUARDED.breakGlass, Condition: {} } }), verdict: 'gated', gate: /without MFA/ },
  { name: 'break-glass with BoolIfExists MFA', bypass: 7, resources: keyTemplate({ breakGlass: { ...GUARDED.breakGlass, Condition: { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'true' } } } }), verdict: 'gated', gate: /without MFA/ },
  { name: 'ReplicateKey of a multi-Region key', bypass: 8, resources: keyTemplate({ doors: null, re: open('kms:ReplicateKey', ROOT) }, { key: { MultiRegion: true } }), verdict: 'bypassable', witness: /kms:ReplicateKey/ },
  { name: 'ReplicateKey of a single-Region key', resources: keyTemplate({ doors: null, re: open('kms:ReplicateKey', ROOT) }), verdict: 'gated', guards: 4 },
  { name: 'a replica with its own policy', bypass: 8, resources: { ...keyTemplate({}, { key: { MultiRegion: true } }), Key: { Type: 'AWS::KMS::ReplicaKey', Properties: json({ PrimaryKeyArn: 'arn:aws:kms:us-east-2:111122223333:key/mrk-1', KeyPolicy: { Statement: [open('kms:*', ROOT)] } }) } }, verdict: 'bypassable' },
  { name: 'imported key material', bypass: 9, resources: keyTemplate({}, { key: { Origin: 'EXTERNAL' } }), verdict: 'bypassable', witness: /imported key material/ },
  { name: 'UpdateAlias by an unnamed role', bypass: 10, resources: keyTemplate({ alias: open('kms:UpdateAlias', role('App')) }), verdict: 'gated', gate: /role\/App is neither/ },
  { name: 'principal falls back to a parameter', bypass: 11, resources: keyTemplate({ attested: allow({ Condition: {}, Principal: { AWS: { Ref: 'RoleParameter' } } }), unattested: null }), verdict: 'unknown', reason: /cannot rule out/ },
  { name: 'principal chosen by Fn::If', bypass: 11, resources: keyTemplate({ more: open('kms:*', { AWS: { 'Fn::If': ['HasRole', role('App'), ROOT] } }), unattested: null, doors: null }), verdict: 'unknown', reason: /cannot rule out/ },
  { name: 'StringLike *', bypass: 12, resources: only({ StringLike: { [`${RA}PCR0`]: '*' } }), verdict: 'bypassable', witness: /another image|debug/ },
  { name: 'StringLike with a prefix', bypass: 12, resources: only({ StringLike: { [`${RA}PCR0`]: 'aaaa*' } }), verdict: 'bypassable', witness: /another image/ },
  { name: 'StringEqualsIfExists', bypass: 12, resources: only({ StringEqualsIfExists: { [`${RA}PCR0`]: pcr('a') } }), verdict: 'bypassable', witness: /absent/ },
  { name: 'ForAllValues', bypass: 12, resources: only({ 'ForAllValues:StringEquals': { [`${RA}PCR0`]: pcr('a') } }), verdict: 'bypassable', witness: /absent/ },
  { name: 'Null only', bypass: 12, resources: only({ Null: { [`${RA}PCR0`]: 'false' } }), verdict: 'bypassable', witness: /debug|another image/ },
  { name: 'negated in the Allow', bypass: 12, resources: only({ StringNotEquals: { [`${RA}PCR0`]: ZERO } }), verdict: 'bypassable', witness: /absent/ },
  { name: 'all-zero PCR0', bypass: 13, resources: only({ StringEquals: { [`${RA}PCR0`]: [pcr('a'), ZERO] } }), verdict: 'bypassable', witness: /debug/ },
  { name: 'all-zero ImageSha384, no workload', bypass: 13, resources: only({ StringEquals: { [`${RA}ImageSha384`]: ZERO } }), verdict: 'bypassable', witness: /debug/, workload: null },
  { name: 'a measurement of the wrong length', bypass: 13, resources: keyTemplate({ attested: attested({ StringEquals: { [`${RA}PCR0`]: 'a'.repeat(64) } }) }), verdict: 'unknown', reason: /not 96 hex digits/ },
  { name: 'PCR8 only', bypass: 13, resources: only({ StringEquals: { [`${RA}PCR8`]: pcr('f') } }), verdict: 'bypassable', witness: /debug|another image/ },
  { name: 'PCR3 only', bypass: 13, resources: only({ StringEquals: { [`${RA}PCR3`]: pcr('f') } }), verdict: 'bypassable' },
  { name: 'PCR4 only', bypass: 13, resources: only({ StringEquals: { [`${RA}PCR4`]: pcr('f') } }), verdict: 'bypassable' },
  { name: 'PCR1 only, no workload', bypass: 13, resources: only({ StringEquals: { [`${RA}PCR1`]: pcr('b') } }), verdict: 'bypassable', witness: /another image/, workload: null },
  { name: 'PCR1 and PCR2, no workload', resources: only({ StringEquals: { [`${RA}PCR1`]: pcr('b'), [`${RA}PCR2`]: pcr('c') } }), verdict: 'gated', workload: null },
  { name: 'PCR1 and PCR2, shared with a revoked build', resources: only({ StringEquals: { [`${RA}PCR1`]: pcr('b'), [`${RA}PCR2`]: pcr('c') } }), verdict: 'bypassable', witness: /retired r1|revoked r0/ },
  { name: 'Principal *', bypass: 14, resources: keyTemplate({ attested: allow({ Principal: '*' }) }), verdict: 'bypassable', witness: /another account.* r2 / },
  { name: 'another account', bypass: 14, resources: keyTemplate({ attested: allow({ Principal: { AWS: '444455556666' } }) }), verdict: 'bypassable', witness: /account 444455556666/ },
  { name: 'infrastructure use by a service', bypass: 15, resources: keyTemplate({ unattested: null, ebs: open(['kms:Decrypt', 'kms:GenerateDataKey*'], ROOT, { Condition: { StringEquals: { 'kms:ViaService': 'ec2.us-east-1.amazonaws.com' } } }) }), verdict: 'bypassable', witness: /kms:viaservice=ec2/ },
  { name: 'deletion by anybody', bypass: 16, resources: keyTemplate({ changers: null, del: open(['kms:ScheduleKeyDeletion', 'kms:DisableKey'], ROOT) }), verdict: 'gated', gate: /ScheduleKeyDeletion: any role/ },
  { name: 'encryption context in place of attestation', bypass: 17, resources: only({ StringEquals: { 'kms:EncryptionContext:workload': 'inference' } }), verdict: 'bypassable', witness: /kms:encryptioncontext:workload=inference/ },
  { name: 'VPC endpoint in place of attestation', resources: only({ StringEquals: { 'aws:SourceVpce': 'vpce-0123' } }), verdict: 'bypassable', witness: /absent .*aws:sourcevpce=vpce-0123/ },
  { name: 'address in place of attestation', resources: only({ IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }), verdict: 'bypassable', witness: /absent/ },
  { name: 'condition in IAM only', bypass: 18, resources: { ...keyTemplate({ attested: null, unattested: null, doors: null, root: open('kms:*', ROOT) }), ...identity({ Effect: 'Allow', Action: 'kms:Decrypt', Resource: '*', Condition: { StringEquals: { [`${RA}PCR0`]: pcr('a') } } }) }, verdict: 'bypassable', witness: /IAM permission/ },
  { name: 'any role whose name fits', bypass: 19, resources: keyTemplate({ attested: allow({ Principal: '*', Condition: { ...GUARDED.attested.Condition, ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/enclave-*' } } }) }), verdict: 'bypassable', witness: /enclave-.* r2 / },
  { name: 'the key that does not exist', bypass: 18, resources: keyTemplate({ unattested: { ...GUARDED.unattested, Condition: { Null: { 'kms:RecipientAttestation': 'false' } } }, attested: allow({ Condition: {} }) }), verdict: 'bypassable', witness: /absent/ },

  // Policy language.
  { name: 'two keys of one operator AND', resources: only({ StringEquals: { [`${RA}PCR0`]: pcr('a'), 'kms:EncryptionContext:workload': 'inference' } }), verdict: 'gated' },
  { name: 'a second, open statement', resources: keyTemplate({ unattested: null, more: { ...GUARDED.attested, Sid: 'Legacy', Condition: { Bool: { 'aws:SecureTransport': 'true' } } } }), verdict: 'bypassable', witness: /Legacy/ },
  { name: 'Deny wins over an open Allow', resources: keyTemplate({ more: { ...GUARDED.attested, Sid: 'Legacy', Condition: {} } }), verdict: 'gated', guards: 4 },
  { name: 'Deny with IfExists', resources: keyTemplate({ attested: allow({ Condition: {} }), unattested: { ...GUARDED.unattested, Condition: { StringNotEqualsIgnoreCaseIfExists: { [`${RA}PCR0`]: pcr('a') } } } }), verdict: 'gated' },
  { name: 'Deny that needs the key present', resources: keyTemplate({ attested: allow({ Condition: {} }), unattested: { ...GUARDED.unattested, Condition: { StringNotEquals: { [`${RA}PCR0`]: pcr('a') }, Null: { [`${RA}PCR0`]: 'false' } } } }), verdict: 'bypassable', witness: /absent/ },
  { name: 'Deny with ForAnyValue is blind to absence', resources: keyTemplate({ attested: allow({ Condition: {} }), unattested: { ...GUARDED.unattested, Condition: { 'ForAnyValue:StringNotEquals': { [`${RA}PCR0`]: pcr('a') } } } }), verdict: 'bypassable', witness: /absent/ },
  { name: 'Deny of everyone but by NotPrincipal', resources: keyTemplate({ attested: allow({ Condition: {} }), unattested: { Sid: 'D', Effect: 'Deny', NotPrincipal: { AWS: [{ 'Fn::GetAtt': ['HostRole', 'Arn'] }, ROOT] }, Action: 'kms:Decrypt', Resource: '*' } }), verdict: 'bypassable', witness: /HostRole kms:Decrypt absent/ },
  { name: 'an operator that IAM does not have', resources: only({ StringMatches: { [`${RA}PCR0`]: pcr('a') } }), verdict: 'unknown' },
  { name: 'a measurement from a parameter', resources: only({ StringEquals: { [`${RA}PCR0`]: { Ref: 'Measurement' } } }), verdict: 'unknown' },
  { name: 'a policy variable', resources: keyTemplate({ unattested: null, more: open('kms:Decrypt', role('App'), { Condition: { StringEquals: { 'aws:PrincipalTag/team': '${aws:username}' } } }) }), verdict: 'unknown' },
  { name: 'Deny on a policy variable does not count', resources: keyTemplate({ attested: allow({ Condition: {} }), unattested: { ...GUARDED.unattested, Condition: { StringNotEquals: { 'aws:PrincipalTag/team': '${aws:username}' } } } }), verdict: 'unknown' },
  { name: 'KeyPolicy not resolved', resources: { Key: { Type: 'AWS::KMS::Key', Properties: { KeyPolicy: { 'Fn::Transform': { Name: 'AWS::Include' } } } } }, verdict: 'unknown' },
  { name: 'statement for another resource', resources: keyTemplate({ unattested: null, more: open('kms:Decrypt', role('App'), { Resource: 'arn:aws:s3:::bucket' }) }), verdict: 'gated' },
  { name: 'statement for this key by ARN pattern', resources: keyTemplate({ unattested: null, more: open('kms:Decrypt', role('App'), { Resource: `arn:aws:kms:us-east-1:${ACCOUNT}:key/*` }) }), verdict: 'bypassable' },
  { name: 'delegation to IAM, decided by the artifact and by strangers', resources: keyTemplate({ unattested: null, doors: null, root: open('kms:Decrypt', ROOT, { Condition: { ArnEquals: { 'aws:PrincipalArn': { 'Fn::GetAtt': ['Reader', 'Arn'] } } } }) }, { resources: identity({ Effect: 'Allow', Action: 'kms:Decrypt', Resource: '*' }) }), verdict: 'bypassable', witness: /Stack\/Reader kms:Decrypt/ },
  { name: 'delegation to a role without the permission', resources: keyTemplate({ unattested: null, doors: null, root: open('kms:Decrypt', ROOT, { Condition: { ArnEquals: { 'aws:PrincipalArn': { 'Fn::GetAtt': ['Reader', 'Arn'] } } } }) }, { resources: identity({ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }) }), verdict: 'gated' },
  { name: 'delegation to a role whose boundary stops it', resources: keyTemplate({ unattested: null, doors: null, root: open('kms:Decrypt', ROOT, { Condition: { ArnEquals: { 'aws:PrincipalArn': { 'Fn::GetAtt': ['Reader', 'Arn'] } } } }) }, { resources: { ...identity({ Effect: 'Allow', Action: 'kms:*', Resource: '*' }, { PermissionsBoundary: { Ref: 'Boundary' } }), Boundary: { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }] } } } } }), verdict: 'gated' },
  { name: 'delegation to a role with AdministratorAccess', resources: keyTemplate({ unattested: null, doors: null, root: open('kms:Decrypt', ROOT, { Condition: { ArnEquals: { 'aws:PrincipalArn': { 'Fn::GetAtt': ['Reader', 'Arn'] } } } }) }, { resources: identity({ Effect: 'Allow', Action: 's3:*', Resource: '*' }, { ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'] }) }), verdict: 'bypassable', witness: /AdministratorAccess/ },
  { name: 'KeyPolicy as text', resources: keyTemplate({}, { key: { KeyPolicy: JSON.stringify({ Statement: [open('kms:*', ROOT)] }) } }), verdict: 'bypassable' },
  { name: 'KeyPolicy as broken text', resources: keyTemplate({}, { key: { KeyPolicy: '{"Statement":' } }), verdict: 'unknown' },
  { name: 'role that can rewrite the gate is open to others', resources: keyTemplate({ changers: null, put: open('kms:PutKeyPolicy', { AWS: { 'Fn::GetAtt': ['Deployer', 'Arn'] } }) }, { resources: { Deployer: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: { Statement: [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }] } } } } }), verdict: 'bypassable', witness: /sts:AssumeRole/ },
  { name: 'a custom resource rewrites the policy', resources: keyTemplate({}, { resources: { Patch: { Type: 'Custom::AWS', Properties: { Update: { 'Fn::Join': ['', ['{"service":"KMS","action":"putKeyPolicy","parameters":{"KeyId":"', { Ref: 'Key' }, '"}}']] } } } } }), verdict: 'unknown', reason: /outside its policy/ },

  // Whom the policies tell apart: boundaries, sessions, patterns of names.
  { name: 'a boundary does not cap what a policy gives to a session', resources: keyTemplate({ unattested: null, doors: null, more: open('kms:Decrypt', `arn:aws:sts::${ACCOUNT}:assumed-role/reader/anna`) }, { resources: bounded }), verdict: 'bypassable', witness: /Reader kms:Decrypt absent/ },
  { name: 'nor what it gives to everybody with a certain role ARN', resources: keyTemplate({ unattested: null, doors: null, more: open('kms:Decrypt', '*', { Condition: { ArnEquals: { 'aws:PrincipalArn': role('reader') } } }) }, { resources: bounded }), verdict: 'bypassable', witness: /Reader kms:Decrypt absent/ },
  { name: 'it caps what a policy gives to the role', resources: keyTemplate({ unattested: null, doors: null, more: open('kms:Decrypt', role('reader')) }, { resources: bounded }), verdict: 'gated' },
  { name: 'the root user of another account by its ARN', resources: keyTemplate({ unattested: null, more: open('kms:Decrypt', '*', { Condition: { StringEquals: { 'aws:PrincipalArn': 'arn:aws:iam::999988887777:root' } } }) }), verdict: 'bypassable', witness: /root user of 999988887777/ },
  { name: 'a federated session, which no role or user ARN names', resources: keyTemplate({ unattested: null, doors: null, more: open('kms:Decrypt', ROOT, { Condition: { ArnNotLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:*' } } }) }), verdict: 'bypassable', witness: /federated user/ },
  { name: 'a pattern of ARNs that names no account', resources: keyTemplate({ unattested: null, more: open('kms:Decrypt', '*', { Condition: { StringLike: { 'aws:PrincipalArn': '*:role/Admin*' } } }) }), verdict: 'bypassable', witness: /role named like/ },
  { name: 'a Deny that spares names anywhere', resources: keyTemplate({ attested: allow({ Principal: '*', Condition: {} }), unattested: { ...GUARDED.unattested, Condition: { StringNotLike: { 'aws:PrincipalArn': '*Zebra*' } } } }), verdict: 'bypassable', witness: /named like \*Zebra\*/ },
  { name: 'a name that two patterns meet in', resources: keyTemplate({ attested: allow({ Principal: '*', Condition: { ArnLike: { 'aws:PrincipalArn': `arn:aws:iam::${ACCOUNT}:role/ops*` } } }), unattested: { ...GUARDED.unattested, Condition: { StringNotLike: { 'aws:PrincipalArn': '*Admin' } } } }), verdict: 'bypassable' },
  { name: 'a pattern of account ids', resources: keyTemplate({ attested: allow({ Principal: { AWS: '*' }, Condition: {} }), unattested: { ...GUARDED.unattested, Condition: { StringNotLike: { 'aws:PrincipalAccount': '5*' } } } }), verdict: 'bypassable', witness: /account 5/ },
  { name: 'patterns that no name meets', resources: keyTemplate({ unattested: null, more: open('kms:Decrypt', '*', { Condition: { ArnLike: { 'aws:PrincipalArn': `arn:aws:iam::${ACCOUNT}:role/ops*` }, ArnEquals: { 'aws:PrincipalArn': 'arn:aws:iam::*:user/*' } } }) }), verdict: 'gated' },
  { name: 'a statement for a part of the key ids', resources: keyTemplate({ unattested: null, doors: null, more: open('kms:Decrypt', role('App'), { Resource: `arn:aws:kms:us-east-1:${ACCOUNT}:key/1*` }) }), verdict: 'unknown' },
  { name: 'a tag that is neither true nor false', resources: keyTemplate({ attested: allow({ Condition: {} }), unattested: { ...GUARDED.unattested, Condition: { BoolIfExists: { 'aws:PrincipalTag/locked': 'true' } } }, more: { ...GUARDED.unattested, Sid: 'Open', Condition: { Bool: { 'aws:PrincipalTag/locked': 'false' } } } }), verdict: 'bypassable', witness: /locked=fresh/ },
  { name: 'a value beside the one that a Deny knows', resources: keyTemplate({ attested: allow({ Condition: { StringLike: { 'aws:PrincipalTag/tier': 'a?' } } }), unattested: { ...GUARDED.unattested, Condition: { StringEquals: { 'aws:PrincipalTag/tier': 'ax' } } } }), verdict: 'bypassable', witness: /tier=a/ },
  { name: 'three patterns on one key', resources: keyTemplate({ attested: allow({ Condition: { StringLike: { 'aws:PrincipalTag/tier': 'a*' } } }), unattested: { ...GUARDED.unattested, Condition: { StringLike: { 'aws:PrincipalTag/tier': ['ab*', 'a*c', '?'] } } } }), verdict: 'bypassable', witness: /tier=a/ },
  { name: 'Deny statements by { AWS: "*" }', resources: keyTemplate({ unattested: { ...GUARDED.unattested, Principal: { AWS: '*' } }, doors: { ...GUARDED.doors, Principal: { AWS: ['*'] } }, changers: { ...GUARDED.changers, Principal: { AWS: '*' } } }), verdict: 'gated', guards: 5 },
  { name: 'a service allowed beside a Deny by { AWS: "*" }', resources: keyTemplate({ unattested: { ...GUARDED.unattested, Principal: { AWS: '*' } }, more: open('kms:Decrypt', { Service: 'logs.amazonaws.com' }) }), verdict: 'unknown' },

  // Measurements against the workload file.
  { name: 'revoked measurement', resources: keyTemplate({ attested: attested({ StringEquals: { [`${RA}PCR0`]: [pcr('a'), pcr('e')] } }), unattested: { ...GUARDED.unattested, Condition: { StringNotEqualsIgnoreCase: { [`${RA}PCR0`]: [pcr('a'), pcr('e')] } } } }), verdict: 'bypassable', witness: /revoked r0/ },
  { name: 'retired measurement', resources: only({ StringEquals: { [`${RA}PCR0`]: [pcr('a'), pcr('d')] } }), verdict: 'bypassable', witness: /retired r1/ },
  { name: 'measurement that nobody approved', resources: only({ StringEquals: { [`${RA}PCR0`]: [pcr('a'), pcr('9')] } }), verdict: 'bypassable', witness: /not in the workload file/ },
  { name: 'expired measurement', resources: keyTemplate(), verdict: 'bypassable', witness: /expired r2/, workload: { measurements: { ...WORKLOAD.measurements, aws: { r2: { ...WORKLOAD.measurements.aws['r2']!, expires: '2026-11-21' } } } } },
  { name: 'malformed workload approves nothing', resources: keyTemplate(), verdict: 'bypassable', workload: { measurements: { aws: { r2: { kind: 'nitro-enclave', pcrs: 7 } } } as never } },
  { name: 'two builds, each with its own statement', resources: keyTemplate({ attested: attested({ StringEquals: { [`${RA}PCR0`]: pcr('a'), [`${RA}PCR2`]: pcr('c') } }), green: attested({ StringEquals: { [`${RA}PCR0`]: pcr('1'), [`${RA}PCR2`]: pcr('3') } }, 'Green'), unattested: { ...GUARDED.unattested, Condition: { StringNotEqualsIgnoreCase: { [`${RA}PCR0`]: [pcr('a'), pcr('1')] } } } }), verdict: 'gated', guards: 5, workload: twoBuilds },

  // NitroTPM.
  { name: 'PCR4 and PCR12', resources: tpm({ [`${RA}NitroTPMPCR4`]: pcr('4'), [`${RA}NitroTPMPCR12`]: ZERO }), verdict: 'gated', workload: tpmWorkload },
  { name: 'PCR4 and PCR7', resources: tpm({ [`${RA}NitroTPMPCR4`]: pcr('4'), [`${RA}NitroTPMPCR7`]: pcr('7') }), verdict: 'gated', workload: tpmWorkload },
  { name: 'PCR4 alone', resources: tpm({ [`${RA}NitroTPMPCR4`]: pcr('4') }), verdict: 'bypassable', witness: /another command line/, workload: tpmWorkload },
  { name: 'PCR7 alone', resources: tpm({ [`${RA}NitroTPMPCR7`]: pcr('7') }), verdict: 'bypassable', workload: tpmWorkload },
  { name: 'NitroTPM PCR0 and PCR1, constants of the platform', resources: tpm({ [`${RA}NitroTPMPCR0`]: pcr('4'), [`${RA}NitroTPMPCR1`]: pcr('4') }), verdict: 'bypassable', workload: null },
  { name: 'revoked NitroTPM build', resources: tpm({ [`${RA}NitroTPMPCR4`]: [pcr('4'), pcr('3')], [`${RA}NitroTPMPCR12`]: ZERO }), verdict: 'bypassable', witness: /revoked t0/, workload: tpmWorkload },
  { name: 'command line that nobody approved', resources: tpm({ [`${RA}NitroTPMPCR4`]: pcr('4'), [`${RA}NitroTPMPCR12`]: [ZERO, pcr('5')] }), verdict: 'bypassable', witness: /NitroTPMPCR12/, workload: tpmWorkload },
  { name: 'all-zero PCR4', resources: tpm({ [`${RA}NitroTPMPCR4`]: ZERO, [`${RA}NitroTPMPCR12`]: ZERO }), verdict: 'bypassable', witness: /without measured boot/, workload: null },
  { name: 'a NitroTPM PCR that does not exist', resources: tpm({ [`${RA}NitroTPMPCR24`]: pcr('4') }), verdict: 'gated', workload: tpmWorkload },
];
