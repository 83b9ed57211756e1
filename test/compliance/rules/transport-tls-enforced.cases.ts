import type { RuleCase } from '../rule-case.js';
import { bucket, bucketPolicy } from '../aws-fixture.js';
import { resource } from '../gcp-fixture.js';
import { azureCase, NOT_KNOWN } from '../prove/azure/fixture.js';

const deny = (Condition: object) => ({ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: '*', Condition });
const plain = deny({ Bool: { 'aws:SecureTransport': 'false' } });
const old = deny({ NumericLessThan: { 's3:TlsVersion': '1.2' } });
const bucketArn = { 'Fn::GetAtt': ['Store', 'Arn'] };
const objects = { 'Fn::Join': ['', [bucketArn, '/*']] };
const store = (...policy: object[]) => ({ Store: bucket(), Policy: bucketPolicy('Store', ...policy) });
const aws: RuleCase[] = [
  { name: 'both denied', cloud: 'aws', expected: 'pass', at: 'Store', resources: store(plain, old) },
  { name: 'TLS 1.3 only', cloud: 'aws', expected: 'pass', at: 'Store', resources: store(plain, deny({ NumericLessThan: { 's3:TlsVersion': '1.3' } })) },
  { name: 'old TLS', cloud: 'aws', expected: 'fail', at: 'Store', resources: store(plain) },
  { name: 'no TLS', cloud: 'aws', expected: 'fail', at: 'Store', resources: store(old) },
  { name: 'no TLS refused to some principals only', cloud: 'aws', expected: 'fail', at: 'Store', resources: store({ ...plain, Principal: { AWS: 'arn:aws:iam::111122223333:role/One' } }, old) },
  { name: 'no TLS refused under a second condition', cloud: 'aws', expected: 'fail', at: 'Store', resources: store(deny({ Bool: { 'aws:SecureTransport': 'false' }, StringEquals: { 'aws:PrincipalAccount': '1' } }), old) },
  { name: 'bucket and objects, one by one', cloud: 'aws', expected: 'pass', at: 'Store', resources: store({ ...plain, Resource: [bucketArn, objects] }, { ...old, Resource: objects }, { ...old, Resource: bucketArn }) },
  { name: 'the bucket without its objects', cloud: 'aws', expected: 'fail', at: 'Store', resources: store({ ...plain, Resource: bucketArn }, old) },
  { name: 'the objects without their bucket', cloud: 'aws', expected: 'fail', at: 'Store', resources: store(plain, { ...old, Resource: [objects] }) },
  { name: 'no policy', cloud: 'aws', expected: 'fail', at: 'Store', resources: { Store: bucket() } },
  { name: 'policy not known', cloud: 'aws', expected: 'unknown', at: 'Store', resources: { Store: bucket(), Policy: { Type: 'AWS::S3::BucketPolicy', Properties: { Bucket: { Ref: 'Store' }, PolicyDocument: { 'Fn::ImportValue': 'x' } } } } },
];

const azure: RuleCase[] = [
  azureCase('TLS 1.2', 'pass', { at: 'store' }),
  azureCase('TLS 1.0', 'fail', { edits: [['StorageAccount', 'store', 'minimumTlsVersion', undefined]], at: 'store' }),
  azureCase('plain HTTP to the log vault', 'fail', { edits: [['StorageAccount', 'logs', 'enableHttpsTrafficOnly', false]], at: 'logs' }),
  azureCase('not known', 'unknown', { edits: [['StorageAccount', 'store', 'minimumTlsVersion', NOT_KNOWN]], at: 'store' }),
];

const database = (sslMode: string | undefined) => [resource('gcp:sql/databaseInstance:DatabaseInstance', 'sql', { settings: { ipConfiguration: { ipv4Enabled: false, ...(sslMode === undefined ? {} : { sslMode }) } } })];
const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'encrypted connections only', expected: 'pass', at: 'sql', resources: database('ENCRYPTED_ONLY') },
  { cloud: 'gcp', name: 'plain connections too', expected: 'fail', at: 'sql', resources: database('ALLOW_UNENCRYPTED_AND_ENCRYPTED') },
  { cloud: 'gcp', name: 'the default of a database', expected: 'fail', at: 'sql', resources: database(undefined) },
  { cloud: 'gcp', name: 'a cache without TLS', expected: 'fail', at: 'cache', resources: [resource('gcp:redis/instance:Instance', 'cache', {})] },
  { cloud: 'gcp', name: 'not told', expected: 'unknown', at: 'sql', resources: database('[secret]') },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
