import type { RuleCase } from '../rule-case.js';
import { body } from '../aws-fixture.js';

const operator = (Action: string | string[], Resource = '*', more: object = {}) => ({
  Operator: body('AWS::IAM::Role', { Policies: [{ PolicyName: 'p', PolicyDocument: { Statement: [{ Effect: 'Allow', Action, Resource }] } }], ...more } as never),
});
const aws: RuleCase[] = [
  { name: 'uses a key', cloud: 'aws', expected: 'pass', at: 'Operator', resources: operator(['kms:Decrypt', 'kms:Describe*']) },
  { name: 'every action', cloud: 'aws', expected: 'fail', at: 'Operator', resources: operator('kms:*') },
  { name: 'on one key', cloud: 'aws', expected: 'fail', at: 'Operator', resources: { Operator: body('AWS::IAM::Role', { Policies: [{ PolicyName: 'p', PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'kms:Schedule*', Resource: { 'Fn::GetAtt': ['Key', 'Arn'] } }] } }] } as never), Key: { Type: 'AWS::KMS::Key' } } },
];

export const cases: RuleCase[] = [...aws];
