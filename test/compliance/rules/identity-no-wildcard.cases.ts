import type { RuleCase } from '../rule-case.js';
import { body } from '../aws-fixture.js';

const policy = (statement: object, more: object = {}) => ({ Policy: body('AWS::IAM::ManagedPolicy', { PolicyDocument: { Statement: [{ Effect: 'Allow', ...statement }] }, ...more } as never) });
const aws: RuleCase[] = [
  { name: 'named actions', cloud: 'aws', expected: 'pass', at: 'Policy', resources: policy({ Action: 's3:GetObject', Resource: '*' }) },
  { name: 'a whole service on one resource', cloud: 'aws', expected: 'pass', at: 'Policy', resources: policy({ Action: 'sqs:*', Resource: 'arn:aws:sqs:us-east-1:111122223333:jobs' }) },
  { name: 'everything', cloud: 'aws', expected: 'fail', at: 'Policy', resources: policy({ Action: '*', Resource: '*' }) },
  { name: 'a whole service', cloud: 'aws', expected: 'fail', at: 'Policy', resources: policy({ Action: 'S3:*', Resource: '*' }) },
  { name: 'everything but', cloud: 'aws', expected: 'fail', at: 'Policy', resources: policy({ NotAction: 'iam:*', Resource: '*' }) },
  { name: 'everywhere but', cloud: 'aws', expected: 'fail', at: 'Policy', resources: policy({ Action: 'kms:*', NotResource: 'arn:aws:kms:us-east-1:111122223333:key/x' }) },
  { name: 'administrator', cloud: 'aws', expected: 'fail', at: 'Role', resources: { Role: body('AWS::IAM::Role', { ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'] }) } },
  { name: 'not known', cloud: 'aws', expected: 'unknown', at: 'Policy', resources: { Policy: body('AWS::IAM::ManagedPolicy', { PolicyDocument: { 'Fn::ImportValue': 'x' } }) } },
  { name: 'a boundary grants nothing', cloud: 'aws', expected: 'pass', resources: { ...policy({ Action: '*', Resource: '*' }), Role: body('AWS::IAM::Role', { PermissionsBoundary: { Ref: 'Policy' } }) } },
];

export const cases: RuleCase[] = [...aws];
