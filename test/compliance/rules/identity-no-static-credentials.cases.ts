import type { RuleCase } from '../rule-case.js';
import { body } from '../aws-fixture.js';

const aws: RuleCase[] = [
  { name: 'user without credentials', cloud: 'aws', expected: 'pass', at: 'User', resources: { User: body('AWS::IAM::User', {}) } },
  { name: 'access key', cloud: 'aws', expected: 'fail', at: 'Secret', resources: { Secret: body('AWS::IAM::AccessKey', { UserName: 'x' }) } },
  { name: 'password', cloud: 'aws', expected: 'fail', at: 'User', path: 'LoginProfile', resources: { User: body('AWS::IAM::User', { LoginProfile: { Password: 'x' } }) } },
  { name: 'Roles Anywhere', cloud: 'aws', expected: 'fail', at: 'Anchor', resources: { Anchor: body('AWS::RolesAnywhere::TrustAnchor', {}) } },
];

export const cases: RuleCase[] = [...aws];
