import type { RuleCase } from '../rule-case.js';
import { ATTESTABLE, keyTemplate, role } from '../prove/aws/fixture.js';

const others = (principal: object | string, operator = 'ArnNotEquals') => ({ Effect: 'Deny', Principal: '*', Action: ATTESTABLE, Resource: '*', Condition: { [operator]: { 'aws:PrincipalArn': principal } } });

const aws: RuleCase[] = [
  { name: 'denied to all but the host role', cloud: 'aws', expected: 'pass', at: 'Key', resources: keyTemplate({ others: others({ 'Fn::GetAtt': ['HostRole', 'Arn'] }) }) },
  { name: 'nobody denied', cloud: 'aws', expected: 'fail', at: 'Key', resources: keyTemplate() },
  { name: 'administrator exempt', cloud: 'aws', expected: 'fail', at: 'Key', resources: keyTemplate({ others: others([{ 'Fn::GetAtt': ['HostRole', 'Arn'] }, role('KeyAdmin')]) }) },
  { name: 'every role exempt', cloud: 'aws', expected: 'fail', at: 'Key', resources: keyTemplate({ others: others('arn:aws:iam::*:role/*', 'ArnNotLike') }) },
];

export const cases: RuleCase[] = [...aws];
