import type { RuleCase } from '../rule-case.js';
import { key } from '../aws-fixture.js';
import { ACCOUNT, role, ROOT } from '../prove/aws/fixture.js';

const support = (...Statement: object[]) => key({ Tags: [{ Key: 'key-purpose', Value: 'infrastructure' }], KeyPolicy: { Statement } });
const allow = (Principal: object | string, Action: string | string[], Condition?: object) => ({ Effect: 'Allow', Principal, Action, Resource: '*', ...(Condition && { Condition }) });
const aws: RuleCase[] = [
  { name: 'named principals, and the account through EC2 only', cloud: 'aws', expected: 'pass', at: 'Disks', resources: { Disks: support(allow({ AWS: role('Deploy') }, 'kms:PutKeyPolicy'), allow({ AWS: '*' }, ['kms:Decrypt', 'kms:CreateGrant'], { StringEquals: { 'kms:CallerAccount': ACCOUNT, 'kms:ViaService': 'ec2.us-east-1.amazonaws.com' } })) } },
  { name: 'the account root', cloud: 'aws', expected: 'fail', at: 'Disks', resources: { Disks: support(allow({ AWS: ROOT }, 'kms:*')) } },
  { name: 'another account', cloud: 'aws', expected: 'fail', at: 'Disks', resources: { Disks: support(allow({ AWS: '999988887777' }, 'kms:Decrypt')) } },
  { name: 'everybody', cloud: 'aws', expected: 'fail', at: 'Disks', resources: { Disks: support(allow('*', 'kms:CreateGrant')) } },
  { name: 'PHI key, which other rules judge', cloud: 'aws', expected: 'silent', resources: { Key: key({ KeyPolicy: { Statement: [allow({ AWS: ROOT }, 'kms:*')] } }) } },
];

export const cases: RuleCase[] = [...aws];
