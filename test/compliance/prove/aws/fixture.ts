import type { Value } from '../../../../constructs/compliance/model.js';
import type { TemplateResources } from '../../rule-case.js';
import { pcr } from '../../workload-fixture.js';

export const ACCOUNT = '111122223333';
export const role = (name: string): string => `arn:aws:iam::${ACCOUNT}:role/${name}`;
export const ROOT = `arn:aws:iam::${ACCOUNT}:root`;
export const ATTESTABLE = ['kms:Decrypt', 'kms:GenerateDataKey', 'kms:GenerateDataKeyPair', 'kms:DeriveSharedSecret'];
export const RA = 'kms:RecipientAttestation:';

/** The statements of a fully guarded key, by name, so that a case replaces exactly one. */
export const GUARDED = {
  attested: { Sid: 'Attested', Effect: 'Allow', Principal: { AWS: { 'Fn::GetAtt': ['HostRole', 'Arn'] } }, Action: ATTESTABLE, Resource: '*', Condition: { StringEqualsIgnoreCase: { [`${RA}PCR0`]: pcr('a') } } },
  unattested: { Sid: 'DenyUnattested', Effect: 'Deny', Principal: '*', Action: ATTESTABLE, Resource: '*', Condition: { StringNotEqualsIgnoreCase: { [`${RA}PCR0`]: [pcr('a')] } } },
  doors: { Sid: 'DenySideDoors', Effect: 'Deny', Principal: '*', Action: ['kms:ReEncrypt*', 'kms:CreateGrant', 'kms:ReplicateKey', 'kms:ImportKeyMaterial'], Resource: '*' },
  changers: { Sid: 'GateChangersOnly', Effect: 'Deny', Principal: '*', Action: ['kms:PutKeyPolicy', 'kms:ScheduleKeyDeletion', 'kms:DisableKey'], Resource: '*', Condition: { ArnNotEquals: { 'aws:PrincipalArn': [role('Deploy'), role('BreakGlass')] } } },
  deploy: { Sid: 'Deploy', Effect: 'Allow', Principal: { AWS: role('Deploy') }, Action: ['kms:PutKeyPolicy', 'kms:GetKeyPolicy', 'kms:DescribeKey', 'kms:ScheduleKeyDeletion'], Resource: '*' },
  breakGlass: { Sid: 'BreakGlass', Effect: 'Allow', Principal: { AWS: role('BreakGlass') }, Action: ['kms:PutKeyPolicy', 'kms:DisableKey'], Resource: '*', Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } },
  admin: { Sid: 'Administer', Effect: 'Allow', Principal: { AWS: role('KeyAdmin') }, Action: ['kms:DescribeKey', 'kms:EnableKeyRotation', 'kms:TagResource'], Resource: '*' },
};

/** Anything JSON, as the reader will see it. */
export const json = (value: unknown): Value => JSON.parse(JSON.stringify(value)) as Value;

export const HOST_ROLE = {
  Type: 'AWS::IAM::Role',
  Properties: { AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }] } },
};

/** A template with one key; `changes` replaces (or with null removes) statements of the guarded policy by name, or adds more. */
export function keyTemplate(changes: Readonly<Record<string, object | null>> = {}, more: { readonly key?: object; readonly resources?: TemplateResources } = {}): TemplateResources {
  const statements = Object.values<object | null>({ ...GUARDED, ...changes }).filter((one) => one !== null);
  return {
    HostRole: HOST_ROLE,
    Key: { Type: 'AWS::KMS::Key', Properties: json({ KeyPolicy: { Version: '2012-10-17', Statement: statements }, Tags: [{ Key: 'key-purpose', Value: 'phi' }], ...more.key }) },
    ...more.resources,
  };
}
