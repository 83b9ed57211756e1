import type { RuleCase } from '../rule-case.js';
import { body } from '../aws-fixture.js';
import { role } from '../prove/aws/fixture.js';

const operator = (Action: string | string[], Resource = '*', more: object = {}) => ({
  Operator: body('AWS::IAM::Role', { Policies: [{ PolicyName: 'p', PolicyDocument: { Statement: [{ Effect: 'Allow', Action, Resource }] } }], ...more } as never),
});
const aws: RuleCase[] = [
  { name: 'reads only', cloud: 'aws', expected: 'pass', at: 'Operator', resources: operator('iam:GetRole') },
  { name: 'passes one role that matters to nobody', cloud: 'aws', expected: 'pass', at: 'Operator', resources: operator('iam:PassRole', 'arn:aws:iam::111122223333:role/jobs') },
  { name: 'passes any role', cloud: 'aws', expected: 'fail', at: 'Operator', resources: { ...operator(['iam:PassRole', 'ec2:RunInstances']), Other: body('AWS::IAM::Role', {}) } },
  { name: 'passes the deployment role', cloud: 'aws', expected: 'fail', at: 'Operator', resources: operator('iam:PassRole', role('Deploy')) },
  { name: 'writes policies', cloud: 'aws', expected: 'fail', at: 'Operator', resources: operator('iam:Create*') },
];

export const cases: RuleCase[] = [...aws];
