import type { RuleCase } from '../rule-case.js';
import { awsTags, tagMap } from '../tags-fixture.js';

export const cases: RuleCase[] = [
  { cloud: 'aws', name: 'as in the workload file', expected: 'pass', resources: { Topic: { Type: 'AWS::SNS::Topic', Properties: { Tags: awsTags() } } } },
  { cloud: 'aws', name: 'another agreement', expected: 'fail', at: 'Topic', path: 'Tags', resources: { Topic: { Type: 'AWS::SNS::Topic', Properties: { Tags: awsTags({ 'baa-reference': 'BAA-OLD' }) } } } },
  { cloud: 'aws', name: 'a value from a parameter', expected: 'unknown', at: 'Topic', resources: { Topic: { Type: 'AWS::SNS::Topic', Properties: { Tags: [{ Key: 'baa-reference', Value: { Ref: 'Missing' } }] } } } },
  { cloud: 'aws', name: 'no BAA tag', expected: 'silent', resources: { Topic: { Type: 'AWS::SNS::Topic', Properties: { Tags: [{ Key: 'team', Value: 'x' }] } } } },
  { cloud: 'azure', name: 'as in the workload file', expected: 'pass', resources: [{ type: 'azure-native:keyvault:Vault', name: 'vault', inputs: { tags: tagMap('azure') } }] },
  { cloud: 'azure', name: 'another classification', expected: 'fail', at: 'vault', path: 'tags', resources: [{ type: 'azure-native:keyvault:Vault', name: 'vault', inputs: { tags: tagMap('azure', { 'phi-classification': 'de-identified' }) } }] },
  { cloud: 'gcp', name: 'as in the workload file', expected: 'pass', resources: [{ type: 'gcp:kms/cryptoKey:CryptoKey', name: 'key', inputs: { labels: tagMap('gcp') } }] },
  { cloud: 'gcp', name: 'another environment', expected: 'fail', at: 'key', path: 'labels', resources: [{ type: 'gcp:kms/cryptoKey:CryptoKey', name: 'key', inputs: { labels: tagMap('gcp', { 'phi-environment': 'sandbox' }) } }] },
];
