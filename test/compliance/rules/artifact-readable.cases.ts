import type { RuleCase } from '../rule-case.js';

const opaque: RuleCase[] = [
  { cloud: 'azure', name: 'a template inside', expected: 'unknown', at: 'nested', resources: [{ type: 'azure-native:resources:Deployment', name: 'nested', inputs: {} }] },
  { cloud: 'azure', name: 'a script inside', expected: 'unknown', at: 'script', resources: [{ type: 'azure-native:resources:AzureCliScript', name: 'script', inputs: {} }] },
];

export const cases: RuleCase[] = [
  { cloud: 'aws', name: 'plain resources', expected: 'pass', resources: { Key: { Type: 'AWS::KMS::Key' }, Meta: { Type: 'AWS::CDK::Metadata', Condition: 'Undecidable' } } },
  { cloud: 'aws', name: 'a condition that cannot be decided', expected: 'unknown', at: 'Policy', path: 'Condition', resources: { Policy: { Type: 'AWS::S3::BucketPolicy', Condition: 'Missing' } } },
  { cloud: 'aws', name: 'a nested stack that is not there', expected: 'unknown', at: 'Nested', resources: { Nested: { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL: 'https://example.org/x.json' } } } },
  { cloud: 'aws', name: 'a loop that is expanded at deployment', expected: 'unknown', at: 'Fn::ForEach::Buckets', resources: { 'Fn::ForEach::Buckets': { Type: 'AWS::S3::Bucket' } } },
  { cloud: 'azure', name: 'plain resources', expected: 'pass', resources: [{ type: 'azure-native:keyvault:Vault', name: 'vault', inputs: {} }] },
  { cloud: 'azure', name: 'a key of another provider', expected: 'unknown', resources: [{ type: 'azure:keyvault/key:Key', name: 'key', inputs: {} }] },
  { cloud: 'gcp', name: 'a key of another provider', expected: 'unknown', resources: [{ type: 'google-native:cloudkms/v1:CryptoKey', name: 'key', inputs: {} }] },
  { cloud: 'gcp', name: 'plain resources', expected: 'pass', resources: [{ type: 'gcp:kms/cryptoKey:CryptoKey', name: 'key', inputs: {} }] },
  ...opaque,
  { cloud: 'gcp', name: 'a command run at deployment', expected: 'unknown', resources: [{ type: 'gcp:kms/cryptoKey:CryptoKey', name: 'key', inputs: {} }, { type: 'command:local:Command', name: 'grant', inputs: { create: 'gcloud kms keys add-iam-policy-binding' } }] },
  { cloud: 'azure', name: 'a dynamic provider', expected: 'unknown', resources: [{ type: 'azure-native:keyvault:Vault', name: 'vault', inputs: {} }, { type: 'pulumi-nodejs:dynamic:Resource', name: 'grant', inputs: {} }] },
  { cloud: 'gcp', name: 'a random name', expected: 'pass', resources: [{ type: 'gcp:kms/cryptoKey:CryptoKey', name: 'key', inputs: {} }, { type: 'random:index/randomId:RandomId', name: 'name', inputs: {} }] },
];
