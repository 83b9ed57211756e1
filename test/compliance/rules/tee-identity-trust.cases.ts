import type { RuleCase } from '../rule-case.js';
import { hostWithRole } from '../aws-fixture.js';

const trusting = (Principal: object | string) => hostWithRole({ AssumeRolePolicyDocument: { Statement: [{ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' }] } });
const aws: RuleCase[] = [
  { name: 'EC2 alone', cloud: 'aws', expected: 'pass', at: 'Role', resources: trusting({ Service: 'ec2.amazonaws.com' }) },
  { name: 'Lambda too', cloud: 'aws', expected: 'fail', at: 'Role', resources: trusting({ Service: ['ec2.amazonaws.com', 'lambda.amazonaws.com'] }) },
  { name: 'the account', cloud: 'aws', expected: 'fail', at: 'Role', resources: trusting({ AWS: 'arn:aws:iam::111122223333:root' }) },
  { name: 'an identity provider', cloud: 'aws', expected: 'fail', at: 'Role', resources: trusting({ Federated: 'arn:aws:iam::111122223333:saml-provider/idp' }) },
  { name: 'everybody', cloud: 'aws', expected: 'fail', at: 'Role', resources: trusting('*') },
  { name: 'not known', cloud: 'aws', expected: 'unknown', at: 'Role', resources: trusting({ Service: { 'Fn::ImportValue': 'Elsewhere' } }) },
];

export const cases: RuleCase[] = [...aws];
