import type { RuleCase } from '../rule-case.js';
import { key } from '../aws-fixture.js';

const aws: RuleCase[] = [
  { name: 'one region', cloud: 'aws', expected: 'pass', at: 'Key', resources: { Key: key() } },
  { name: 'multi-Region', cloud: 'aws', expected: 'fail', at: 'Key', path: 'MultiRegion', resources: { Key: key({ MultiRegion: true }) } },
  { name: 'replica', cloud: 'aws', expected: 'fail', at: 'Copy', resources: { Key: key({ MultiRegion: true }), Copy: { Type: 'AWS::KMS::ReplicaKey', Properties: { PrimaryKeyArn: { 'Fn::GetAtt': ['Key', 'Arn'] } } } } },
  { name: 'not known', cloud: 'aws', expected: 'unknown', at: 'Key', resources: { Key: key({ MultiRegion: { 'Fn::GetAtt': ['Nowhere', 'Flag'] } }) } },
];

export const cases: RuleCase[] = [...aws];
