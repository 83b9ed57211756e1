import type { RuleCase } from '../rule-case.js';
import { logs } from '../prove/aws/log-fixture.js';
import { azureCase, GROUP, role, ROLES, STRANGER } from '../prove/azure/fixture.js';

const aws: RuleCase[] = [
  { name: 'the deployment role only', cloud: 'aws', expected: 'pass', at: 'Vault', resources: logs() },
  { name: 'no Deny in the bucket policy', cloud: 'aws', expected: 'fail', at: 'Vault', resources: logs({ policy: [] }) },
  { name: 'a role of the workload may stop the trail', cloud: 'aws', expected: 'fail', at: 'Vault', resources: logs({ more: { App: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: { Statement: [] }, Policies: [{ PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'cloudtrail:*', Resource: '*' }] } }] } } } }) },
];

const azure: RuleCase[] = [
  azureCase('nobody of the artifact', 'pass', { at: 'logs' }),
  azureCase('Contributor of the group', 'fail', { more: [role('extra', ROLES.contributor, GROUP, STRANGER)], at: 'logs' }),
  azureCase('a role that nobody knows', 'unknown', { more: [role('extra', '99999999-9999-9999-9999-999999999999', GROUP, STRANGER)], at: 'logs' }),
];

export const cases: RuleCase[] = [...aws, ...azure];
