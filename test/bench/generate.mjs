// Generated AWS templates for measuring: a unit of nine resources that refer to one another, repeated. One unit of each
// stack has an attested PHI key, the keys of the others are infrastructure keys, as in a deployment of the kit.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ACCOUNT = '111122223333';
const tags = [
  ['phi-workload', 'bench'], ['phi-environment', 'production'], ['phi-owner', 'Bench'], ['phi-contact', 'bench@hospital.example'], ['phi-classification', 'phi'],
  ['phi-categories', 'diagnoses'], ['baa-reference', 'BAA-1'], ['baa-counterparty', 'Amazon Web Services'], ['baa-effective', '2026-01-15'], ['baa-review', '2027-11-30'],
].map(([Key, Value]) => ({ Key, Value }));

const administer = { Sid: 'Administer', Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/administrator` }, Action: ['kms:Describe*', 'kms:List*', 'kms:TagResource', 'kms:EnableKeyRotation'], Resource: '*' };

/** Nine resources that refer to one another: key, role, policy, bucket and its policy, table, group, rule, log group. */
function unit(n, phi) {
  const arn = (name) => ({ 'Fn::GetAtt': [name, 'Arn'] });
  const pcr = n.toString(16).padStart(4, '0').repeat(24);
  return {
    [`Key${n}`]: {
      Type: 'AWS::KMS::Key', DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain',
      Properties: {
        EnableKeyRotation: true, PendingWindowInDays: 30, Tags: phi ? tags : [...tags, { Key: 'key-purpose', Value: 'infrastructure' }],
        KeyPolicy: {
          Version: '2012-10-17',
          Statement: !phi ? [{ Sid: 'Use', Effect: 'Allow', Principal: { AWS: arn(`Role${n}`) }, Action: ['kms:Decrypt', 'kms:GenerateDataKey*'], Resource: '*' }, administer] : [
            { Sid: 'Use', Effect: 'Allow', Principal: { AWS: arn(`Role${n}`) }, Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Resource: '*', Condition: { StringEqualsIgnoreCase: { 'kms:RecipientAttestation:PCR0': pcr } } },
            { Sid: 'DenyUnattested', Effect: 'Deny', Principal: '*', Action: ['kms:Decrypt', 'kms:GenerateDataKey', 'kms:GenerateDataKeyPair', 'kms:DeriveSharedSecret'], Resource: '*', Condition: { StringNotEqualsIgnoreCase: { 'kms:RecipientAttestation:PCR0': pcr } } },
            { Sid: 'DenyEscape', Effect: 'Deny', Principal: '*', Action: ['kms:CreateGrant', 'kms:ReEncrypt*', 'kms:ReplicateKey', 'kms:ImportKeyMaterial'], Resource: '*' },
            administer,
          ],
        },
      },
    },
    [`Role${n}`]: {
      Type: 'AWS::IAM::Role',
      Properties: { RoleName: `bench-${n}`, Tags: tags, AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }] } },
    },
    [`Policy${n}`]: {
      Type: 'AWS::IAM::ManagedPolicy',
      Properties: { Roles: [{ Ref: `Role${n}` }], PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: ['s3:GetObject', 's3:PutObject'], Resource: { 'Fn::Join': ['', [arn(`Bucket${n}`), '/*']] } }] } },
    },
    [`Bucket${n}`]: {
      Type: 'AWS::S3::Bucket', DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain',
      Properties: {
        BucketName: `bench-${n}`, Tags: tags, VersioningConfiguration: { Status: 'Enabled' },
        BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: arn(`Key${n}`) } }] },
        PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
      },
    },
    [`BucketPolicy${n}`]: {
      Type: 'AWS::S3::BucketPolicy',
      Properties: { Bucket: { Ref: `Bucket${n}` }, PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: [arn(`Bucket${n}`)], Condition: { Bool: { 'aws:SecureTransport': 'false' } } }] } },
    },
    [`Table${n}`]: {
      Type: 'AWS::DynamoDB::Table', DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain',
      Properties: {
        Tags: tags, BillingMode: 'PAY_PER_REQUEST', DeletionProtectionEnabled: true, PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }], AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }], SSESpecification: { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: arn(`Key${n}`) },
      },
    },
    [`Group${n}`]: { Type: 'AWS::EC2::SecurityGroup', Properties: { VpcId: 'vpc-0abcdef1234567890', GroupDescription: `bench ${n}`, Tags: tags, SecurityGroupEgress: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIp: '10.20.240.0/24' }] } },
    [`Rule${n}`]: { Type: 'AWS::EC2::SecurityGroupIngress', Properties: { GroupId: { 'Fn::GetAtt': [`Group${n}`, 'GroupId'] }, IpProtocol: 'tcp', FromPort: 8443, ToPort: 8443, SourceSecurityGroupId: { 'Fn::GetAtt': [`Group${n}`, 'GroupId'] } } },
    [`Logs${n}`]: { Type: 'AWS::Logs::LogGroup', DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain', Properties: { LogGroupName: `/bench/${n}`, RetentionInDays: 2192, Tags: tags, KmsKeyId: arn(`Key${n}`), DeletionProtectionEnabled: true } },
  };
}

const PER_UNIT = 9;

/** A template of `resources` resources (a multiple of nine); unit numbers start at `first`. */
export function template(resources, first = 0) {
  const all = {};
  for (let n = 0; n < resources / PER_UNIT; n++) Object.assign(all, unit(first + n, n === 0));
  return { AWSTemplateFormatVersion: '2010-09-09', Resources: all };
}

/** Writes stacks of at most `perStack` resources (CloudFormation allows 500) into a folder. */
export function writeStacks(folder, resources, perStack = 450) {
  mkdirSync(folder, { recursive: true });
  for (let done = 0, stack = 0; done < resources; done += perStack, stack++) {
    const size = Math.min(perStack, resources - done);
    writeFileSync(join(folder, `stack${String(stack).padStart(4, '0')}.template.json`), JSON.stringify(template(size, done / PER_UNIT)));
  }
}
