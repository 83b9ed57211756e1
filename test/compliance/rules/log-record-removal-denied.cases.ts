import type { RuleCase } from '../rule-case.js';
import { logs } from '../prove/aws/log-fixture.js';

const deny = (Action: string | readonly string[], Condition?: object) => ({ Effect: 'Deny', Principal: '*', Action, Resource: 'arn:aws:s3:::vault/*', ...(Condition && { Condition }) });
const all = ['s3:DeleteObjectVersion', 's3:BypassGovernanceRetention', 's3:PutObjectRetention'];
const aws: RuleCase[] = [
  { name: 'denied to everybody', cloud: 'aws', expected: 'pass', at: 'Vault', resources: logs({ policy: [deny(all)] }) },
  { name: 'not denied', cloud: 'aws', expected: 'fail', at: 'Vault', resources: logs() },
  { name: 'one action left out', cloud: 'aws', expected: 'fail', at: 'Vault', resources: logs({ policy: [deny(all.slice(1))] }) },
  { name: 'denied to some', cloud: 'aws', expected: 'fail', at: 'Vault', resources: logs({ policy: [deny(all, { StringNotEquals: { 'aws:PrincipalTag/ops': 'yes' } })] }) },
];

export const cases: RuleCase[] = [...aws];
