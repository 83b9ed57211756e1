import type { RuleCase } from '../rule-case.js';
import { bucket, bucketPolicy } from '../aws-fixture.js';

const deny = (Condition: object) => ({ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: '*', Condition });
const plain = deny({ Bool: { 'aws:SecureTransport': 'false' } });
const old = deny({ NumericLessThan: { 's3:TlsVersion': '1.2' } });
const store = (...policy: object[]) => ({ Store: bucket(), Policy: bucketPolicy('Store', ...policy) });
const aws: RuleCase[] = [
  { name: 'both denied', cloud: 'aws', expected: 'pass', at: 'Store', resources: store(plain, old) },
  { name: 'TLS 1.3 only', cloud: 'aws', expected: 'pass', at: 'Store', resources: store(plain, deny({ NumericLessThan: { 's3:TlsVersion': '1.3' } })) },
  { name: 'old TLS', cloud: 'aws', expected: 'fail', at: 'Store', resources: store(plain) },
  { name: 'no TLS', cloud: 'aws', expected: 'fail', at: 'Store', resources: store(old) },
  { name: 'no policy', cloud: 'aws', expected: 'fail', at: 'Store', resources: { Store: bucket() } },
  { name: 'policy not known', cloud: 'aws', expected: 'unknown', at: 'Store', resources: { Store: bucket(), Policy: { Type: 'AWS::S3::BucketPolicy', Properties: { Bucket: { Ref: 'Store' }, PolicyDocument: { 'Fn::ImportValue': 'x' } } } } },
];

export const cases: RuleCase[] = [...aws];
