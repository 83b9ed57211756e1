import type { RuleCase } from '../rule-case.js';
import { body } from '../aws-fixture.js';
import { logs } from '../prove/aws/log-fixture.js';

const operator = (Action: string | string[], Resource = '*', more: object = {}) => ({
  Operator: body('AWS::IAM::Role', { Policies: [{ PolicyName: 'p', PolicyDocument: { Statement: [{ Effect: 'Allow', Action, Resource }] } }], ...more } as never),
});
const aws: RuleCase[] = [
  { name: 'switches alarms off', cloud: 'aws', expected: 'fail', at: 'Operator', resources: logs({ more: operator('cloudwatch:DisableAlarmActions') }) },
  { name: 'takes subscribers off', cloud: 'aws', expected: 'fail', at: 'Operator', resources: logs({ more: operator('sns:*') }) },
  { name: 'writes records', cloud: 'aws', expected: 'pass', at: 'Operator', resources: logs({ more: operator(['s3:PutObject', 'logs:PutLogEvents']) }) },
  { name: 'deletes objects of another bucket', cloud: 'aws', expected: 'pass', at: 'Operator', resources: logs({ more: operator('s3:DeleteObject*', 'arn:aws:s3:::work/*') }) },
  { name: 'stops trails', cloud: 'aws', expected: 'fail', at: 'Operator', resources: operator('cloudtrail:StopLogging') },
  { name: 'one log group by name', cloud: 'aws', expected: 'fail', at: 'Operator', resources: { ...operator('logs:Delete*', 'arn:aws:logs:us-east-1:111122223333:log-group:audit'), Group: body('AWS::Logs::LogGroup', { LogGroupName: 'audit' }) } },
  { name: 'deletes records', cloud: 'aws', expected: 'fail', at: 'Operator', resources: logs({ more: operator('s3:Delete*', 'arn:aws:s3:::vault/*') }) },
];

export const cases: RuleCase[] = [...aws];
