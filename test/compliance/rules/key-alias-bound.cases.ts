import type { RuleCase } from '../rule-case.js';
import { key } from '../aws-fixture.js';

const alias = (target: { readonly Ref: string } | string) => ({ Type: 'AWS::KMS::Alias', Properties: { AliasName: 'alias/phi', TargetKeyId: target } });
const other = key({ Tags: [{ Key: 'key-purpose', Value: 'infrastructure' }] });
const aws: RuleCase[] = [
  { name: 'to the PHI key', cloud: 'aws', expected: 'pass', resources: { Key: key(), Other: other, Alias: alias({ Ref: 'Key' }) } },
  { name: 'keys without aliases', cloud: 'aws', expected: 'silent', resources: { Key: key() } },
  { name: 'pointed to another key', cloud: 'aws', expected: 'fail', at: 'Key', resources: { Key: key(), Other: other, Alias: alias({ Ref: 'Other' }) } },
  { name: 'pointed to a key of others', cloud: 'aws', expected: 'unknown', at: 'Alias', path: 'TargetKeyId', resources: { Key: key(), Good: { ...alias({ Ref: 'Key' }) }, Alias: alias('1234abcd-12ab-34cd-56ef-1234567890ab') } },
];

export const cases: RuleCase[] = [...aws];
