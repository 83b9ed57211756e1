import type { Json, JsonObject, Mutator } from '../mutator.js';
import { ACCOUNT, ADMINISTRATOR, allowTo, arr, BREAK_GLASS, DEPLOYER, getAtt, isChangeDeny, isContextDeny, isDenyOfOthers, isGate, isNetworkDeny, isSideDoorDeny, isUnattestedDeny, obj, PCR, ref, roleArn, says, some, STRANGER, type Template, text, weakerIn } from './template.js';

const weaker = weakerIn('attested-key');

const find = (template: Template, test: (statement: JsonObject) => boolean): readonly JsonObject[] => some(template.phiKey.statements('KeyPolicy').filter(test), 'statement of the PHI key');
const dropFrom = (test: (statement: JsonObject) => boolean) => (template: Template): void => template.phiKey.keep('KeyPolicy', (statement) => !test(statement));
const add = (...statements: JsonObject[]) => (template: Template): void => template.phiKey.push('KeyPolicy', ...statements);
const edit = (test: (statement: JsonObject) => boolean, change: (statement: JsonObject, template: Template) => void) => (template: Template): void => {
  for (const statement of find(template, test)) change(statement, template);
};
const allow = (Principal: Json, Action: Json, more: JsonObject = {}): JsonObject => ({ Sid: 'Added', Effect: 'Allow', Principal, Action, Resource: '*', ...more });
/** Renames the operators of a statement that look at the attestation. */
const operator = (statement: JsonObject, rename: (name: string) => string): void => {
  statement['Condition'] = Object.fromEntries(Object.entries(obj(statement['Condition'])).map(([name, keys]) => [says(keys, PCR) ? rename(name) : name, keys]));
};
/** Changes the attestation keys of a statement. */
const attestation = (statement: JsonObject, change: (keys: JsonObject) => void): void => {
  for (const keys of some(Object.values(obj(statement['Condition'])).map(obj).filter((one) => says(one, PCR)), 'attestation keys')) change(keys);
};
const listed = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : [value ?? null]);
const dropAction = (statement: JsonObject, test: (action: string) => boolean): void => {
  const all = listed(statement['Action']);
  statement['Action'] = some(all, 'actions').filter((action) => !test(text(action)));
};

const everywhere = (change: (keys: JsonObject) => void) => (template: Template): void => {
  for (const statement of find(template, (one) => isGate(one) || isUnattestedDeny(one))) attestation(statement, change);
};
const ZERO = '0'.repeat(96);
const UNLISTED = 'abc123de'.repeat(12);
const role = (AssumeRolePolicyDocument: JsonObject, statements: JsonObject[], more: JsonObject = {}): JsonObject => ({
  AssumeRolePolicyDocument, Policies: [{ PolicyName: 'p', PolicyDocument: { Version: '2012-10-17', Statement: statements } }], ...more,
});
const trust = (Principal: Json, more: JsonObject = {}): JsonObject => ({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal, Action: 'sts:AssumeRole', ...more }] });
const may = (Action: Json, Resource: Json = '*'): JsonObject => ({ Effect: 'Allow', Action, Resource });

const gate: Mutator[] = [
  weaker('drop-deny-of-the-unattested', dropFrom(isUnattestedDeny)),
  weaker('drop-condition-of-the-allow', edit(isGate, (statement) => delete statement['Condition'])),
  weaker('drop-attestation-from-the-allow', edit(isGate, (statement) => attestation(statement, (keys) => Object.keys(keys).forEach((key) => delete keys[key])))),
  weaker('drop-both-attestation-guards', (template) => {
    dropFrom(isUnattestedDeny)(template);
    edit(isGate, (statement) => delete statement['Condition'])(template);
  }),
  weaker('allow-if-exists', edit(isGate, (statement) => operator(statement, (name) => `${name}IfExists`))),
  weaker('allow-for-all-values', edit(isGate, (statement) => operator(statement, (name) => `ForAllValues:${name}`))),
  weaker('allow-string-like-any', edit(isGate, (statement) => {
    operator(statement, () => 'StringLike');
    attestation(statement, (keys) => Object.keys(keys).forEach((key) => (keys[key] = '*')));
  })),
  weaker('like-prefix-in-both', (template) => {
    for (const statement of find(template, (one) => isGate(one) || isUnattestedDeny(one))) {
      operator(statement, (name) => (name.includes('Not') ? 'StringNotLike' : 'StringLike'));
      attestation(statement, (keys) => Object.keys(keys).forEach((key) => (keys[key] = `${text(listed(keys[key])[0]).slice(0, 8)}*`)));
    }
  }),
  weaker('allow-null-test-only', edit(isGate, (statement) => (statement['Condition'] = { Null: { [`${PCR}PCR0`]: 'false' } }))),
  weaker('deny-null-test-only', edit(isUnattestedDeny, (statement) => (statement['Condition'] = { Null: { [`${PCR}PCR0`]: 'true' } }))),
  weaker('both-null-test-only', (template) => {
    edit(isGate, (statement) => (statement['Condition'] = { Null: { [`${PCR}PCR0`]: 'false' } }))(template);
    edit(isUnattestedDeny, (statement) => (statement['Condition'] = { Null: { [`${PCR}PCR0`]: 'true' } }))(template);
  }),
  weaker('deny-for-any-value', edit(isUnattestedDeny, (statement) => operator(statement, (name) => `ForAnyValue:${name}`))),
  weaker('deny-positive-operator', edit(isUnattestedDeny, (statement) => operator(statement, (name) => name.replace('Not', '')))),
  weaker('deny-without-decrypt', edit(isUnattestedDeny, (statement) => dropAction(statement, (action) => action === 'kms:Decrypt'))),
  weaker('deny-without-data-keys', edit(isUnattestedDeny, (statement) => dropAction(statement, (action) => action.startsWith('kms:GenerateDataKey')))),
  weaker('deny-without-shared-secret', edit(isUnattestedDeny, (statement) => dropAction(statement, (action) => action === 'kms:DeriveSharedSecret'))),
  weaker('deny-by-not-action', edit(isUnattestedDeny, (statement) => {
    delete statement['Action'];
    statement['NotAction'] = ['kms:Decrypt', 'kms:Encrypt'];
  })),
  weaker('deny-of-the-tee-role-only', edit(isUnattestedDeny, (statement, template) => (statement['Principal'] = { AWS: template.teeArn }))),
  weaker('deny-by-not-principal', edit(isUnattestedDeny, (statement) => {
    delete statement['Principal'];
    statement['NotPrincipal'] = { AWS: [ADMINISTRATOR, `arn:aws:iam::${ACCOUNT}:root`] };
  })),
  weaker('deny-exempts-administrator', edit(isUnattestedDeny, (statement) => (obj(statement['Condition'])['ArnNotEquals'] = { 'aws:PrincipalArn': ADMINISTRATOR }))),
  weaker('deny-exempts-tagged-principals', edit(isUnattestedDeny, (statement) => (obj(statement['Condition'])['StringNotEquals'] = { 'aws:PrincipalTag/ops': 'yes' }))),
  weaker('deny-exempts-services', edit(isUnattestedDeny, (statement) => (obj(statement['Condition'])['Bool'] = { 'aws:ViaAWSService': 'false' }))),
  weaker('deny-only-over-mfa-sessions', edit(isUnattestedDeny, (statement) => (obj(statement['Condition'])['Bool'] = { 'aws:MultiFactorAuthPresent': 'true' }))),
  weaker('deny-on-another-resource', edit(isUnattestedDeny, (statement) => (statement['Resource'] = `arn:aws:kms:us-east-1:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`))),
  weaker('deny-by-not-resource', edit(isUnattestedDeny, (statement) => {
    delete statement['Resource'];
    statement['NotResource'] = '*';
  })),
  weaker('deny-flipped-to-allow', edit(isDenyOfOthers, (statement) => (statement['Effect'] = 'Allow'))),
  weaker('deny-effect-in-lower-case', edit(isUnattestedDeny, (statement) => (statement['Effect'] = 'deny'))),
  weaker('deny-behind-a-condition', (template) => {
    template.raw['Parameters'] = { ...obj(template.raw['Parameters'] ?? {}), Strict: { Type: 'String', Default: 'true' } };
    template.raw['Conditions'] = { ...obj(template.raw['Conditions'] ?? {}), Strict: { 'Fn::Equals': [ref('Strict'), 'true'] } };
    const document = obj(template.phiKey.p['KeyPolicy']);
    document['Statement'] = arr(document['Statement']).map((one) => (isUnattestedDeny(obj(one)) ? { 'Fn::If': ['Strict', one, ref('AWS::NoValue')] } : one));
  }),
  weaker('measurement-from-a-parameter', (template) => {
    template.raw['Parameters'] = { ...obj(template.raw['Parameters'] ?? {}), Pcr0: { Type: 'String', Default: UNLISTED } };
    everywhere((keys) => (keys[`${PCR}PCR0`] = ref('Pcr0')))(template);
  }),
  weaker('debug-measurement-admitted', (template) => {
    const [statement] = find(template, isGate);
    const copy = structuredClone(statement as JsonObject);
    attestation(copy, (keys) => Object.keys(keys).forEach((key) => /PCR[012]$/.test(key) && (keys[key] = ZERO)));
    edit(isUnattestedDeny, (deny) => attestation(deny, (keys) => (keys[`${PCR}PCR0`] = [...listed(keys[`${PCR}PCR0`]), ZERO])))(template);
    add({ ...copy, Sid: 'Debug' })(template);
  }),
  weaker('unlisted-measurement-admitted', everywhere((keys) => (keys[`${PCR}PCR0`] = [...listed(keys[`${PCR}PCR0`]), UNLISTED]))),
  weaker('only-the-signer-is-pinned', everywhere((keys) => {
    for (const key of Object.keys(keys)) if (!key.endsWith('PCR8')) delete keys[key];
    keys[`${PCR}PCR8`] ??= 'e6eb66339de75e8ed2939e9524cba83aa96f2c79eaf5d5ac3bacf2cb76c75a31f983d0b80f55b29f0acd256b8cff1999';
  })),
  weaker('only-the-role-is-pinned', everywhere((keys) => {
    for (const key of Object.keys(keys)) if (!key.endsWith('PCR3')) delete keys[key];
    keys[`${PCR}PCR3`] ??= 'c7391475e00e124cb6cc8087353b4b25958aff52ac6fb0e401d1858a9a680370f4290dbe359f7426728c2f23cfea8565';
  })),
  weaker('only-the-kernel-is-pinned', everywhere((keys) => {
    for (const key of Object.keys(keys)) if (!key.endsWith('PCR1')) delete keys[key];
    keys[`${PCR}PCR1`] ??= 'aca6e62ffbf5f7deccac452d7f8cee1b94048faf62afc16c8ab68c9fed8c38010c73a669f9a36e596032f0b973d21895';
  })),
  weaker('signer-no-longer-pinned', edit(isGate, (statement) => attestation(statement, (keys) => delete keys[`${PCR}PCR8`]))),
  weaker('measurement-of-the-wrong-length', everywhere((keys) => (keys[`${PCR}PCR0`] = 'abc123'))),
  weaker('condition-key-that-does-not-exist', edit(isGate, (statement) => attestation(statement, (keys) => {
    keys['kms:RecipientAttestation'] = keys[`${PCR}PCR0`] ?? null;
    delete keys[`${PCR}PCR0`];
  }))),
  weaker('revoked-measurement-still-admitted', (template) => {
    for (const measurement of Object.values(obj(obj(template.workload['measurements'])['aws'])).map(obj)) measurement['status'] = 'revoked';
  }),
  weaker('expired-measurement-still-admitted', (template) => {
    for (const measurement of Object.values(obj(obj(template.workload['measurements'])['aws'])).map(obj)) measurement['expires'] = '2026-11-20';
  }),
];

const principals: Mutator[] = [
  weaker('allow-everybody-attested', edit(isGate, (statement) => (statement['Principal'] = '*'))),
  weaker('allow-the-account-attested', edit(isGate, (statement) => (statement['Principal'] = { AWS: `arn:aws:iam::${ACCOUNT}:root` }))),
  weaker('allow-a-role-of-another-account', (template) => {
    edit(isGate, (statement) => (statement['Principal'] = { AWS: [template.teeArn, roleArn('clinical-decision-tee', STRANGER)] }))(template);
    edit(isDenyOfOthers, (statement) => (statement['Condition'] = { ArnNotEquals: { 'aws:PrincipalArn': [template.teeArn, roleArn('clinical-decision-tee', STRANGER)] } }))(template);
  }),
  weaker('drop-deny-of-others', dropFrom(isDenyOfOthers)),
  weaker('deny-of-others-like-any-role', edit(isDenyOfOthers, (statement) => (statement['Condition'] = { ArnNotLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/*' } }))),
  weaker('deny-of-others-exempts-administrator', edit(isDenyOfOthers, (statement, template) => (statement['Condition'] = { ArnNotEquals: { 'aws:PrincipalArn': [template.teeArn, ADMINISTRATOR] } }))),
  weaker('drop-network-deny', dropFrom(isNetworkDeny)),
  weaker('network-deny-names-a-foreign-endpoint', edit(isNetworkDeny, (statement) => (statement['Condition'] = { StringNotEquals: { 'aws:SourceVpce': 'vpce-0123456789abcdef0' } }))),
  weaker('network-deny-admits-a-second-endpoint', edit(isNetworkDeny, (statement) => {
    const keys = obj(obj(statement['Condition'])['StringNotEquals']);
    keys['aws:SourceVpce'] = [...listed(keys['aws:SourceVpce']), 'vpce-0123456789abcdef0'];
  })),
  weaker('drop-context-denies', dropFrom(isContextDeny)),
  weaker('drop-context-everywhere', (template) => {
    dropFrom(isContextDeny)(template);
    edit(isGate, (statement) => delete obj(statement['Condition'])['StringEquals'])(template);
  }),
  weaker('allow-a-service', add(allow({ Service: 'ec2.amazonaws.com' }, ['kms:Decrypt', 'kms:CreateGrant']))),
  weaker('administrator-may-decrypt', edit(allowTo(ADMINISTRATOR), (statement) => arr(statement['Action']).push('kms:Decrypt'))),
  weaker('administrator-may-do-everything', edit(allowTo(ADMINISTRATOR), (statement) => (statement['Action'] = 'kms:*'))),
  weaker('break-glass-may-decrypt', edit(allowTo(BREAK_GLASS), (statement) => arr(statement['Action']).push('kms:Decrypt'))),
  weaker('root-may-do-everything', add(allow({ AWS: `arn:aws:iam::${ACCOUNT}:root` }, 'kms:*'))),
  weaker('root-may-do-all-but-decrypt', add({ Sid: 'Added', Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, NotAction: 'kms:Decrypt', Resource: '*' })),
  weaker('allow-to-all-but-one', add({ Sid: 'Added', Effect: 'Allow', NotPrincipal: { AWS: ADMINISTRATOR }, Action: 'kms:Decrypt', Resource: '*' })),
  weaker('foreign-account-may-do-everything', add(allow({ AWS: STRANGER }, 'kms:*'))),
  weaker('default-key-policy', (template) => (template.phiKey.p['KeyPolicy'] = { Version: '2012-10-17', Statement: [allow({ AWS: `arn:aws:iam::${ACCOUNT}:root` }, 'kms:*')] })),
  weaker('no-key-policy', (template) => delete template.phiKey.p['KeyPolicy']),
  weaker('empty-key-policy', (template) => (template.phiKey.p['KeyPolicy'] = { Version: '2012-10-17', Statement: [] })),
  weaker('fallback-to-root-behind-a-parameter', (template) => {
    template.raw['Parameters'] = { ...obj(template.raw['Parameters'] ?? {}), Role: { Type: 'String', Default: '' } };
    template.raw['Conditions'] = { ...obj(template.raw['Conditions'] ?? {}), HasRole: { 'Fn::Not': [{ 'Fn::Equals': [ref('Role'), ''] }] } };
    edit(isGate, (statement) => (statement['Principal'] = { AWS: { 'Fn::If': ['HasRole', ref('Role'), `arn:aws:iam::${ACCOUNT}:root`] } }))(template);
  }),
];

const sideDoors: Mutator[] = [
  weaker('drop-deny-of-side-doors', dropFrom(isSideDoorDeny)),
  weaker('re-encryption-no-longer-denied', edit(isSideDoorDeny, (statement) => dropAction(statement, (action) => action.startsWith('kms:ReEncrypt')))),
  weaker('grants-no-longer-denied', edit(isSideDoorDeny, (statement) => dropAction(statement, (action) => action === 'kms:CreateGrant'))),
  weaker('grants-for-services-no-longer-denied', edit(isSideDoorDeny, (statement) => (statement['Condition'] = { Bool: { 'kms:GrantIsForAWSResource': 'false' } }))),
  weaker('tee-role-may-create-grants', (template) => {
    edit(isSideDoorDeny, (statement) => dropAction(statement, (action) => action === 'kms:CreateGrant'))(template);
    add(allow({ AWS: template.teeArn }, 'kms:CreateGrant'))(template);
  }),
  weaker('tee-role-may-re-encrypt', (template) => {
    edit(isSideDoorDeny, (statement) => dropAction(statement, (action) => action.startsWith('kms:ReEncrypt')))(template);
    add(allow({ AWS: template.teeArn }, 'kms:ReEncrypt*'))(template);
  }),
  weaker('replication-no-longer-denied', edit(isSideDoorDeny, (statement) => dropAction(statement, (action) => action === 'kms:ReplicateKey'))),
  weaker('multi-region-key', (template) => (template.phiKey.p['MultiRegion'] = true)),
  weaker('replica-with-a-policy-of-its-own', (template) => {
    template.phiKey.p['MultiRegion'] = true;
    template.add('Replica', 'AWS::KMS::ReplicaKey', { PrimaryKeyArn: getAtt(template.phiKey.id, 'Arn'), KeyPolicy: { Version: '2012-10-17', Statement: [allow({ AWS: `arn:aws:iam::${ACCOUNT}:root` }, 'kms:*')] } });
  }),
  weaker('imported-key-material', (template) => (template.phiKey.p['Origin'] = 'EXTERNAL')),
  weaker('lockout-check-bypassed', (template) => (template.phiKey.p['BypassPolicyLockoutSafetyCheck'] = true)),
  weaker('custom-resource-creates-a-grant', (template) => template.add('Grant', 'Custom::AWS', { ServiceToken: `arn:aws:lambda:us-east-1:${ACCOUNT}:function:sdk`, Create: { 'Fn::Join': ['', ['{"service":"KMS","action":"createGrant","parameters":{"KeyId":"', ref(template.phiKey.id), '"}}']] } })),
  weaker('custom-resource-puts-the-key-policy', (template) => template.add('Put', 'AWS::CloudFormation::CustomResource', { ServiceToken: `arn:aws:lambda:us-east-1:${ACCOUNT}:function:sdk`, Action: 'putKeyPolicy', Key: getAtt(template.phiKey.id, 'Arn') })),
];

const changes: Mutator[] = [
  weaker('drop-deny-of-gate-changes', dropFrom(isChangeDeny)),
  weaker('gate-changers-include-the-administrator', (template) => {
    edit(isChangeDeny, (statement) => arr(obj(obj(statement['Condition'])['ArnNotEquals'])['aws:PrincipalArn']).push(ADMINISTRATOR))(template);
    edit(allowTo(ADMINISTRATOR), (statement) => arr(statement['Action']).push('kms:PutKeyPolicy'))(template);
  }),
  weaker('gate-changers-like-any-role', edit(isChangeDeny, (statement) => (statement['Condition'] = { ArnNotLike: { 'aws:PrincipalArn': `arn:aws:iam::${ACCOUNT}:role/*` } }))),
  weaker('tee-role-may-put-the-policy', (template) => {
    edit(isChangeDeny, (statement) => arr(obj(obj(statement['Condition'])['ArnNotEquals'])['aws:PrincipalArn']).push(template.teeArn))(template);
    add(allow({ AWS: template.teeArn }, 'kms:PutKeyPolicy'))(template);
  }),
  weaker('break-glass-without-mfa', (template) => {
    edit(allowTo(BREAK_GLASS), (statement) => delete statement['Condition'])(template);
    template.phiKey.keep('KeyPolicy', (statement) => !(statement['Effect'] === 'Deny' && says(statement['Condition'], 'MultiFactorAuthPresent')));
  }),
  weaker('break-glass-without-mfa-in-the-allow', edit(allowTo(BREAK_GLASS), (statement) => delete statement['Condition'])),
  weaker('break-glass-without-deny-of-no-mfa', (template) => template.phiKey.keep('KeyPolicy', (statement) => !(statement['Effect'] === 'Deny' && says(statement['Condition'], 'MultiFactorAuthPresent')))),
  weaker('administrator-may-schedule-deletion', (template) => {
    edit(isChangeDeny, (statement) => dropAction(statement, (action) => action === 'kms:ScheduleKeyDeletion'))(template);
    edit(allowTo(ADMINISTRATOR), (statement) => arr(statement['Action']).push('kms:ScheduleKeyDeletion'))(template);
  }),
  weaker('short-deletion-window', (template) => (template.phiKey.p['PendingWindowInDays'] = 7)),
  weaker('no-rotation', (template) => (template.phiKey.p['EnableKeyRotation'] = false)),
  weaker('rotation-every-seven-years', (template) => (template.phiKey.p['RotationPeriodInDays'] = 2555)),
  weaker('key-goes-with-the-stack', (template) => (template.phiKey.raw['DeletionPolicy'] = 'Delete')),
  weaker('key-is-disabled', (template) => (template.phiKey.p['Enabled'] = false)),
  weaker('alias-points-to-another-key', (template) => {
    const alias = template.one('AWS::KMS::Alias', ({ p }) => says(p['TargetKeyId'], template.phiKey.id));
    alias.p['TargetKeyId'] = ref(template.key('infrastructure').id);
  }),
  weaker('alias-points-to-a-foreign-key', (template) => (template.one('AWS::KMS::Alias', ({ p }) => says(p['TargetKeyId'], template.phiKey.id)).p['TargetKeyId'] = `arn:aws:kms:us-east-1:${STRANGER}:key/1234abcd-12ab-34cd-56ef-1234567890ab`)),
  weaker('second-phi-key-with-the-default-policy', (template) => {
    const tags = structuredClone(template.phiKey.p['Tags']) ?? [];
    template.add('SecondKey', 'AWS::KMS::Key', { Tags: tags, EnableKeyRotation: true, PendingWindowInDays: 30 }, { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  }),
  weaker('second-key-that-says-nothing', (template) => void template.add('SecondKey', 'AWS::KMS::Key', { EnableKeyRotation: true, PendingWindowInDays: 30, KeyPolicy: { Version: '2012-10-17', Statement: [allow({ AWS: `arn:aws:iam::${ACCOUNT}:root` }, 'kms:*')] } }, { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' })),
  weaker('phi-key-encrypts-the-disks', (template) => {
    for (const mapping of arr(template.host['BlockDeviceMappings'])) obj(obj(mapping)['Ebs'])['KmsKeyId'] = getAtt(template.phiKey.id, 'Arn');
  }),
  weaker('phi-key-encrypts-the-logs', (template) => (template.trail.p['KMSKeyId'] = getAtt(template.phiKey.id, 'Arn'))),
  weaker('key-tag-says-infrastructure-and-the-gate-is-gone', (template) => {
    const key = template.phiKey;
    for (const tag of arr(key.p['Tags']).map(obj)) if (tag['Key'] === 'key-purpose') tag['Value'] = 'infrastructure';
    key.p['KeyPolicy'] = { Version: '2012-10-17', Statement: [allow({ AWS: `arn:aws:iam::${ACCOUNT}:root` }, 'kms:*')] };
  }),
];

const identities: Mutator[] = [
  weaker('role-trusts-everybody', (template) => (template.teeRole.p['AssumeRolePolicyDocument'] = trust({ AWS: '*' }))),
  weaker('role-trusts-its-account', (template) => template.teeRole.push('AssumeRolePolicyDocument', ...arr(trust({ AWS: `arn:aws:iam::${ACCOUNT}:root` })['Statement']).map(obj))),
  weaker('role-trusts-a-foreign-account', (template) => template.teeRole.push('AssumeRolePolicyDocument', ...arr(trust({ AWS: STRANGER })['Statement']).map(obj))),
  weaker('role-trusts-the-administrator', (template) => template.teeRole.push('AssumeRolePolicyDocument', ...arr(trust({ AWS: ADMINISTRATOR })['Statement']).map(obj))),
  weaker('role-trusts-lambda', (template) => (template.teeRole.p['AssumeRolePolicyDocument'] = trust({ Service: ['ec2.amazonaws.com', 'lambda.amazonaws.com'] }))),
  weaker('role-trusts-an-identity-provider', (template) => template.teeRole.push('AssumeRolePolicyDocument', { Effect: 'Allow', Principal: { Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com` }, Action: 'sts:AssumeRoleWithWebIdentity' })),
  weaker('long-sessions', (template) => (template.teeRole.p['MaxSessionDuration'] = 43200)),
  weaker('sibling-passes-the-role-to-instances', (template) => void template.add('Operator', 'AWS::IAM::Role', role(trust({ AWS: roleArn('operators') }), [may(['iam:PassRole', 'ec2:RunInstances'])]))),
  weaker('sibling-passes-the-role-by-name', (template) => void template.add('Operator', 'AWS::IAM::Role', role(trust({ AWS: roleArn('operators') }), [may('iam:PassRole', template.teeArn), may('lambda:CreateFunction')]))),
  weaker('sibling-rewrites-the-trust', (template) => void template.add('Operator', 'AWS::IAM::Role', role(trust({ AWS: roleArn('operators') }), [may('iam:UpdateAssumeRolePolicy')]))),
  weaker('sibling-attaches-policies', (template) => void template.add('Operator', 'AWS::IAM::Role', role(trust({ AWS: roleArn('operators') }), [may(['iam:AttachRolePolicy', 'iam:PutRolePolicy'])]))),
  weaker('sibling-administrator', (template) => void template.add('Operator', 'AWS::IAM::Role', { AssumeRolePolicyDocument: trust({ AWS: roleArn('operators') }), ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'] })),
  weaker('sibling-administrator-by-not-action', (template) => void template.add('Operator', 'AWS::IAM::Role', role(trust({ AWS: roleArn('operators') }), [{ Effect: 'Allow', NotAction: 's3:GetObject', Resource: '*' }]))),
  weaker('sibling-user-with-an-access-key', (template) => {
    template.add('Operator', 'AWS::IAM::User', { Policies: [{ PolicyName: 'p', PolicyDocument: { Version: '2012-10-17', Statement: [may(['kms:Decrypt'])] } }] });
    template.add('OperatorKey', 'AWS::IAM::AccessKey', { UserName: ref('Operator') });
  }),
  weaker('tee-role-holds-everything', (template) => template.teePolicy.push('PolicyDocument', may('*'))),
  weaker('tee-role-holds-all-of-kms', (template) => template.teePolicy.push('PolicyDocument', may('kms:*'))),
  weaker('tee-role-holds-all-of-s3', (template) => template.teePolicy.push('PolicyDocument', may('s3:*'))),
  weaker('tee-role-may-assume-any-role', (template) => template.teePolicy.push('PolicyDocument', may('sts:AssumeRole'))),
  weaker('tee-role-gets-an-inline-policy-beside-it', (template) => void template.add('Extra', 'AWS::IAM::RolePolicy', { RoleName: ref(template.teeRole.id), PolicyName: 'extra', PolicyDocument: { Version: '2012-10-17', Statement: [may('kms:*')] } })),
  weaker('tee-role-gets-a-managed-policy', (template) => (template.teeRole.p['ManagedPolicyArns'] = ['arn:aws:iam::aws:policy/PowerUserAccess'])),
  weaker('lambda-runs-as-the-tee-role', (template) => {
    template.teeRole.p['AssumeRolePolicyDocument'] = trust({ Service: ['ec2.amazonaws.com', 'lambda.amazonaws.com'] });
    template.add('Fn', 'AWS::Lambda::Function', { Role: getAtt(template.teeRole.id, 'Arn'), Runtime: 'nodejs20.x', Handler: 'i.h', Code: { ZipFile: 'x' } });
  }),
];

const callers: Mutator[] = [
  weaker('change-deny-spares-names-anywhere', edit(isChangeDeny, (statement) => (statement['Condition'] = { StringNotLike: { 'aws:PrincipalArn': ['*Deploy*', '*break-glass'] } }))),
  weaker('change-deny-without-deletion', edit(isChangeDeny, (statement) => dropAction(statement, (action) => action === 'kms:ScheduleKeyDeletion'))),
  weaker('one-of-two-contexts-not-denied', (template) => {
    const [first] = find(template, isContextDeny);
    template.phiKey.keep('KeyPolicy', (statement) => JSON.stringify(statement) !== JSON.stringify(first));
  }),
  weaker('lockout-deny-gone', dropFrom((statement) => statement['Effect'] === 'Deny' && says(statement['Condition'], 'kms:BypassPolicyLockoutSafetyCheck'))),
  weaker('function-runs-as-the-deployer', (template) => void template.add('Fn', 'AWS::Lambda::Function', { Role: DEPLOYER, Runtime: 'nodejs20.x', Handler: 'i.h', Code: { ZipFile: 'x' } })),
  weaker('schedule-runs-as-break-glass', (template) => void template.add('Sch', 'AWS::Scheduler::Schedule', { FlexibleTimeWindow: { Mode: 'OFF' }, ScheduleExpression: 'rate(1 day)', Target: { Arn: 'arn:aws:scheduler:::aws-sdk:kms:putKeyPolicy', RoleArn: BREAK_GLASS } })),
  weaker('tee-role-writes-to-a-stranger', (template) => template.teePolicy.push('PolicyDocument', may('s3:PutObject', 'arn:aws:s3:::elsewhere/*'))),
  weaker('tee-role-may-assume-a-role-outside', (template) => template.teePolicy.push('PolicyDocument', may('sts:AssumeRole', roleArn('exit', STRANGER)))),
  weaker('disk-key-open-to-every-account-through-ec2', (template) => {
    for (const statement of template.key('infrastructure').statements('KeyPolicy')) if (says(statement, 'kms:CallerAccount')) delete obj(obj(statement['Condition'])['StringEquals'])['kms:CallerAccount'];
  }),
  weaker('logs-key-for-any-trail', (template) => {
    for (const statement of template.logsKey.statements('KeyPolicy')) if (says(statement['Principal'], 'cloudtrail')) delete statement['Condition'];
  }),
  weaker('store-key-grants-by-anybody-deploying', (template) => {
    const key = template.one('AWS::KMS::Key', ({ id }) => says(template.store.p['BucketEncryption'], id));
    for (const statement of key.statements('KeyPolicy')) if (says(statement['Action'], 'kms:CreateGrant')) delete statement['Condition'];
  }),
];

const storeKey: Mutator[] = [
  weaker('store-key-default-policy', (template) => {
    const key = template.one('AWS::KMS::Key', ({ id }) => says(template.store.p['BucketEncryption'], id));
    key.p['KeyPolicy'] = { Version: '2012-10-17', Statement: [allow({ AWS: `arn:aws:iam::${ACCOUNT}:root` }, 'kms:*')] };
  }),
  weaker('store-key-open-to-a-foreign-account', (template) => {
    const key = template.one('AWS::KMS::Key', ({ id }) => says(template.store.p['BucketEncryption'], id));
    key.push('KeyPolicy', allow({ AWS: STRANGER }, ['kms:Decrypt', 'kms:CreateGrant']));
  }),
  weaker('infrastructure-key-open-to-everybody', (template) => template.key('infrastructure').push('KeyPolicy', allow('*', 'kms:*'))),
];

export const keys: readonly Mutator[] = [...gate, ...principals, ...sideDoors, ...changes, ...identities, ...callers, ...storeKey];
