import type { RuleCase } from '../rule-case.js';
import { logs } from '../prove/aws/log-fixture.js';

const aws: RuleCase[] = [
  { name: 'the deployment role only', cloud: 'aws', expected: 'pass', at: 'Vault', resources: logs() },
  { name: 'no Deny in the bucket policy', cloud: 'aws', expected: 'fail', at: 'Vault', resources: logs({ policy: [] }) },
  { name: 'a role of the workload may stop the trail', cloud: 'aws', expected: 'fail', at: 'Vault', resources: logs({ more: { App: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: { Statement: [] }, Policies: [{ PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'cloudtrail:*', Resource: '*' }] } }] } } } }) },
];

export const cases: RuleCase[] = aws;
