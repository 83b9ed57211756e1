import { hostWithRole } from '../aws-fixture.js';
import type { RuleCase } from '../rule-case.js';

const aws: RuleCase[] = [
  { cloud: 'aws', name: 'exact actions', expected: 'pass', resources: hostWithRole({}, { Effect: 'Allow', Action: ['s3:GetObjectVersion'], Resource: 'arn:aws:s3:::releases/*' }) },
  { cloud: 'aws', name: 'everything', expected: 'fail', at: 'Policy', path: 'PolicyDocument.Statement[0]', resources: hostWithRole({}, { Effect: 'Allow', Action: '*', Resource: '*' }) },
  { cloud: 'aws', name: 'a whole service', expected: 'fail', at: 'Policy', resources: hostWithRole({}, { Effect: 'Allow', Action: 'KMS:*', Resource: '*' }) },
  { cloud: 'aws', name: 'everything but one thing', expected: 'fail', at: 'Policy', resources: hostWithRole({}, { Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }) },
  { cloud: 'aws', name: 'may pass roles', expected: 'fail', at: 'Policy', resources: hostWithRole({}, { Effect: 'Allow', Action: 'iam:Pass*', Resource: '*' }) },
  { cloud: 'aws', name: 'an administrator', expected: 'fail', at: 'Role', path: 'ManagedPolicyArns[0]', resources: hostWithRole({ ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'] }) },
  { cloud: 'aws', name: 'an inline policy', expected: 'fail', at: 'Role', resources: hostWithRole({ Policies: [{ PolicyDocument: { Statement: { Effect: 'Allow', Action: 's3:*', Resource: '*' } } }] }) },
  { cloud: 'aws', name: 'a policy from a parameter', expected: 'unknown', at: 'Role', resources: hostWithRole({ Policies: [{ PolicyDocument: { Ref: 'Parameter' } }] }) },
];

const azure: RuleCase[] = [];

const gcp: RuleCase[] = [];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
