import type { RuleCase } from '../rule-case.js';
import { awsTags, tagMap } from '../tags-fixture.js';

export const cases: RuleCase[] = [
  { cloud: 'aws', name: 'all tags', expected: 'pass', resources: { Topic: { Type: 'AWS::SNS::Topic', Properties: { Tags: awsTags() } }, Policy: { Type: 'AWS::SNS::TopicPolicy', Properties: {} } } },
  { cloud: 'aws', name: 'tags under another property', expected: 'pass', resources: { Files: { Type: 'AWS::EFS::FileSystem', Properties: { FileSystemTags: awsTags() } } } },
  { cloud: 'aws', name: 'one tag dropped', expected: 'fail', at: 'Topic', path: 'Tags', resources: { Topic: { Type: 'AWS::SNS::Topic', Properties: { Tags: awsTags({ 'baa-reference': undefined }) } } } },
  { cloud: 'aws', name: 'one tag empty', expected: 'fail', at: 'Topic', resources: { Topic: { Type: 'AWS::SNS::Topic', Properties: { Tags: awsTags({ 'phi-owner': '' }) } } } },
  { cloud: 'aws', name: 'no tags at all', expected: 'fail', at: 'Topic', resources: { Topic: { Type: 'AWS::SNS::Topic' } } },
  { cloud: 'aws', name: 'tags from a macro', expected: 'unknown', at: 'Topic', resources: { Topic: { Type: 'AWS::SNS::Topic', Properties: { Tags: { 'Fn::Transform': { Name: 'Tagger' } } } } } },
  { cloud: 'aws', name: 'no PHI in sight', expected: 'silent', workload: null, resources: { Topic: { Type: 'AWS::SNS::Topic' } } },
  { cloud: 'azure', name: 'all tags', expected: 'pass', resources: [{ type: 'azure-native:keyvault:Vault', name: 'vault', inputs: { tags: tagMap('azure') } }, { type: 'azure-native:network:Subnet', name: 'subnet', inputs: {} }] },
  { cloud: 'azure', name: 'one tag dropped, versioned type', expected: 'fail', at: 'vault', resources: [{ type: 'azure-native:keyvault/v20240501:Vault', name: 'vault', inputs: { tags: tagMap('azure', { 'baa-review': undefined }) } }] },
  { cloud: 'azure', name: 'tags not known at preview', expected: 'unknown', resources: [{ type: 'azure-native:keyvault:Vault', name: 'vault', inputs: { tags: '04da6b54-80e4-46f7-96ec-b56ff0331ba9' } }] },
  { cloud: 'gcp', name: 'all labels', expected: 'pass', resources: [{ type: 'gcp:kms/cryptoKey:CryptoKey', name: 'key', inputs: { labels: tagMap('gcp') } }] },
  { cloud: 'gcp', name: 'labels under another property', expected: 'fail', at: 'database', path: 'userLabels', resources: [{ type: 'gcp:monitoring/alertPolicy:AlertPolicy', name: 'database', inputs: { labels: tagMap('gcp') } }] },
  { cloud: 'gcp', name: 'one label dropped', expected: 'fail', at: 'key', path: 'labels', resources: [{ type: 'gcp:kms/cryptoKey:CryptoKey', name: 'key', inputs: { labels: tagMap('gcp', { 'phi-workload': undefined }) } }] },
  { cloud: 'gcp', name: 'a notification channel, whose labels are its address', expected: 'pass', resources: [{ type: 'gcp:monitoring/notificationChannel:NotificationChannel', name: 'mail', inputs: { labels: { email_address: 'security@example.org' }, userLabels: tagMap('gcp') } }] },
];
