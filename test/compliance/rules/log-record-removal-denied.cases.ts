import type { RuleCase } from '../rule-case.js';
import { logs } from '../prove/aws/log-fixture.js';
import { role } from '../prove/aws/fixture.js';

const deny = (Action: string | readonly string[], Condition?: object, Resource = 'arn:aws:s3:::vault/*') => ({ Effect: 'Deny', Principal: '*', Action, Resource, ...(Condition && { Condition }) });
const all = ['s3:DeleteObjectVersion', 's3:BypassGovernanceRetention', 's3:PutObjectRetention'];
const changes = ['s3:PutBucketPolicy', 's3:DeleteBucketPolicy', 's3:PutBucketVersioning', 's3:DeleteBucket', 's3:PutLifecycleConfiguration'];
const others = { ArnNotEquals: { 'aws:PrincipalArn': role('Deploy') } };
const kept = (actions = changes, condition: object = others) => deny(actions, condition, 'arn:aws:s3:::vault');
const aws: RuleCase[] = [
  { name: 'denied to everybody', cloud: 'aws', expected: 'pass', at: 'Vault', resources: logs({ policy: [deny(all), kept()] }) },
  { name: 'not denied', cloud: 'aws', expected: 'fail', at: 'Vault', resources: logs() },
  { name: 'one action left out', cloud: 'aws', expected: 'fail', at: 'Vault', resources: logs({ policy: [deny(all.slice(1)), kept()] }) },
  { name: 'denied to some', cloud: 'aws', expected: 'fail', at: 'Vault', resources: logs({ policy: [deny(all, { StringNotEquals: { 'aws:PrincipalTag/ops': 'yes' } }), kept()] }) },
  { name: 'versioning left to anybody', cloud: 'aws', expected: 'fail', at: 'Vault', resources: logs({ policy: [deny(all), kept(changes.filter((action) => !action.includes('Versioning')))] }) },
  { name: 'every role may change the store', cloud: 'aws', expected: 'fail', at: 'Vault', resources: logs({ policy: [deny(all), kept(changes, { ArnNotLike: { 'aws:PrincipalArn': role('*') } })] }) },
];

export const cases: RuleCase[] = [...aws];
