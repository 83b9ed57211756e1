import type { RuleCase } from '../rule-case.js';
import { body } from '../aws-fixture.js';

const subscription = (DestinationArn: string | object) => ({ Filter: body('AWS::Logs::SubscriptionFilter', { DestinationArn } as never) });
const aws: RuleCase[] = [
  { name: 'own stream', cloud: 'aws', expected: 'pass', at: 'Filter', resources: subscription('arn:aws:kinesis:us-east-1:111122223333:stream/x') },
  { name: 'a stranger', cloud: 'aws', expected: 'fail', at: 'Filter', resources: subscription('arn:aws:logs:us-east-1:999988887777:destination:x') },
  { name: 'not known', cloud: 'aws', expected: 'unknown', at: 'Filter', resources: subscription({ 'Fn::ImportValue': 'x' }) },
  { name: 'a policy for everybody', cloud: 'aws', expected: 'fail', at: 'Policy', resources: { Policy: body('AWS::Logs::ResourcePolicy', { PolicyDocument: JSON.stringify({ Statement: [{ Effect: 'Allow', Principal: '*', Action: 'logs:*', Resource: '*' }] }) }) } },
];

export const cases: RuleCase[] = [...aws];
