import { evaluate } from '../../constructs/compliance/evaluate.js';
import { compareDeployments } from '../../constructs/compliance/diff/compare.js';
import type { Deployment } from '../../constructs/compliance/model.js';
import { prove } from '../../constructs/compliance/prove/index.js';
import { templateDeployment } from '../../constructs/compliance/read/artifacts.js';
import { RULES } from '../../constructs/compliance/registry.js';
import { json } from './prove/aws/fixture.js';

/** A stack as somebody writes it who knows Nitro Enclaves and not the kit: no workload file, tags of their own, no account. */
type Body = { Type: string; Properties: { [name: string]: any } }; // oxlint-disable-line typescript/no-explicit-any -- edited like JSON
type Stack = Record<string, Body>;
const IMAGE = '3eaa317a778ee207fab894f6b42c5545ddef8bd905da8cc2f22cc59cc83fe0c980a411e5f5445f110f26d5c0d6f39ee4';
const PCR0 = 'kms:RecipientAttestation:ImageSha384';
const tags = () => [{ Key: 'DataClassification', Value: 'PHI' }, { Key: 'Team', Value: 'imaging' }];
const own = (rest: string) => ({ 'Fn::Sub': `arn:aws:iam::\${AWS::AccountId}:${rest}` });

const stack = (): Stack => ({
  Key: { Type: 'AWS::KMS::Key', Properties: { EnableKeyRotation: true, Tags: tags(), KeyPolicy: { Statement: [
    { Sid: 'Administer', Effect: 'Allow', Principal: { AWS: own('role/Custodian') }, Action: ['kms:DescribeKey', 'kms:ScheduleKeyDeletion'], Resource: '*' },
    { Sid: 'Enclave', Effect: 'Allow', Principal: { AWS: { 'Fn::GetAtt': ['Role', 'Arn'] } }, Action: 'kms:Decrypt', Resource: '*', Condition: { StringEqualsIgnoreCase: { [PCR0]: [IMAGE] } } },
    { Sid: 'Others', Effect: 'Deny', Principal: { AWS: '*' }, Action: ['kms:Decrypt', 'kms:GenerateDataKey*', 'kms:DeriveSharedSecret', 'kms:ReEncrypt*', 'kms:CreateGrant'], Resource: '*', Condition: { StringNotEqualsIgnoreCase: { [PCR0]: [IMAGE] } } },
  ] } } },
  LogKey: { Type: 'AWS::KMS::Key', Properties: { EnableKeyRotation: true, Tags: tags(), KeyPolicy: { Statement: [{ Effect: 'Allow', Principal: { AWS: own('root') }, Action: 'kms:*', Resource: '*' }] } } },
  Logs: { Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays: 2192, KmsKeyId: { 'Fn::GetAtt': ['LogKey', 'Arn'] }, Tags: tags() } },
  Role: { Type: 'AWS::IAM::Role', Properties: { Tags: tags(), AssumeRolePolicyDocument: { Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }] } } },
  Profile: { Type: 'AWS::IAM::InstanceProfile', Properties: { Roles: [{ Ref: 'Role' }] } },
  Network: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.40.0.0/16', Tags: tags() } },
  Group: { Type: 'AWS::EC2::SecurityGroup', Properties: { VpcId: { Ref: 'Network' }, SecurityGroupEgress: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIp: '10.40.0.0/16' }], Tags: tags() } },
  Host: { Type: 'AWS::EC2::LaunchTemplate', Properties: { LaunchTemplateData: { InstanceType: 'm6i.xlarge', EnclaveOptions: { Enabled: true }, IamInstanceProfile: { Arn: { 'Fn::GetAtt': ['Profile', 'Arn'] } }, SecurityGroupIds: [{ Ref: 'Group' }], MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1 } } } },
});

const read = (resources: Stack): Deployment => templateDeployment([{ stack: 'own', file: 'own.template.json', template: json({ Resources: resources }) }], { today: '2026-11-26' });
const complaints = (deployment: Deployment): string[] => evaluate([deployment], { rules: RULES }).findings.map(({ rule, resource, path, message }) => `${rule} ${resource} ${path} ${message}`);
const policy = (resources: Stack) => resources['Key']!.Properties['KeyPolicy'].Statement as { [name: string]: any }[]; // oxlint-disable-line typescript/no-explicit-any
const base = read(stack());

test('the key is gated, and the key of the logs is no PHI key', () => {
  expect(prove(base).keys.map(({ key, verdict }) => [key, verdict])).toEqual([['own/Key', 'gated']]);
});

test.each<[what: string, verdict: 'weaker' | 'unknown', rules: readonly string[], edit: (resources: Stack) => void]>([
  ['every attestation condition removed', 'weaker', ['phi-key-release-attested'], (all) => { delete policy(all)[1]!['Condition']; policy(all).splice(2, 1); }],
  ['the whole policy removed', 'weaker', ['phi-key-release-attested'], (all) => { delete all['Key']!.Properties['KeyPolicy']; }],
  ['an unconditioned Allow beside the conditioned one', 'weaker', ['attestation-condition-effective'], (all) => { policy(all).push({ Effect: 'Allow', Principal: { AWS: { 'Fn::GetAtt': ['Role', 'Arn'] } }, Action: 'kms:Decrypt', Resource: '*' }); }],
  ['a condition key that KMS does not have', 'weaker', ['attestation-condition-effective'], (all) => { policy(all)[1]!['Condition'] = { StringEqualsIgnoreCase: { 'kms:RecipientAttestation': IMAGE } }; }],
  ['a condition on kms:Sign', 'unknown', ['attestation-condition-effective'], (all) => { policy(all)[1]!['Action'] = ['kms:Decrypt', 'kms:Sign']; }],
  ['the Deny of the un-attested removed', 'weaker', ['key-unattested-use-denied'], (all) => { policy(all).splice(2, 1); }],
  ['an administrator who may rewrite the gate', 'weaker', ['gate-change-restricted'], (all) => { policy(all)[0]!['Action'].push('kms:PutKeyPolicy'); }],
  ['a range wider than the network', 'weaker', ['network-deny-by-default'], (all) => { all['Group']!.Properties['SecurityGroupIngress'] = [{ IpProtocol: 'tcp', FromPort: 8443, ToPort: 8443, CidrIp: '10.0.0.0/8' }]; }],
  ['a tag of their own removed', 'weaker', ['tag-convention-kept'], (all) => { all['Key']!.Properties['Tags'] = [{ Key: 'Team', Value: 'imaging' }]; }],
  ['another classification', 'weaker', ['tag-convention-kept'], (all) => { all['Network']!.Properties['Tags'][0].Value = 'public'; }],
])('weaker: %s', (_, verdict, rules, edit) => {
  const resources = stack();
  edit(resources);
  const head = read(resources);
  const known = new Set(complaints(base));
  expect(complaints(head).filter((one) => !known.has(one)).map((one) => one.split(' ', 1)[0])).toEqual(expect.arrayContaining([...rules]));
  expect(['weaker', 'unknown']).toContain(compareDeployments([base], [head], { rules: RULES }).verdict);
  if (verdict === 'weaker') expect(compareDeployments([base], [head], { rules: RULES }).verdict).toBe('weaker');
});

test('a measurement more is weaker, one less is stronger', () => {
  const two = stack();
  for (const [index, operator] of [[1, 'StringEqualsIgnoreCase'], [2, 'StringNotEqualsIgnoreCase']] as const) policy(two)[index]!['Condition'][operator][PCR0].push('ab'.repeat(48));
  expect(compareDeployments([base], [read(two)], { rules: RULES }).verdict).toBe('weaker');
  expect(compareDeployments([read(two)], [base], { rules: RULES }).verdict).toBe('stronger');
});

test.each<[what: string, edit: (resources: Stack) => void]>([
  ['statements in another order', (all) => { policy(all).reverse(); }],
  ['a Deny of gate changes', (all) => { policy(all).push({ Effect: 'Deny', Principal: '*', Action: 'kms:PutKeyPolicy', Resource: '*', Condition: { ArnNotEquals: { 'aws:PrincipalArn': own('role/Pipeline') } } }); }],
  ['a Deny of some side doors', (all) => { policy(all).push({ Effect: 'Deny', Principal: '*', Action: 'kms:ReplicateKey', Resource: '*' }); }],
  ['no egress, as templates write it', (all) => { all['Group']!.Properties['SecurityGroupEgress'] = [{ IpProtocol: '-1', CidrIp: '127.0.0.1/32' }]; }],
  ['a resource more, tagged like the others', (all) => { all['Wall'] = { Type: 'AWS::EC2::NetworkAcl', Properties: { VpcId: { Ref: 'Network' }, Tags: tags() } }; }],
])('no alarm: %s', (_, edit) => {
  const resources = stack();
  edit(resources);
  const known = new Set(complaints(base));
  expect(complaints(read(resources)).filter((one) => !known.has(one))).toEqual([]);
});
