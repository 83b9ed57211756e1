import type { RuleCase } from '../rule-case.js';
import { DEPLOYER, logs as logsOf, member } from '../gcp-fixture.js';
import { logs } from '../prove/aws/log-fixture.js';
import { alerts, azureCase, GROUP, id, resource, role, ROLES, STRANGER } from '../prove/azure/fixture.js';

const withManaged = (name: string) => ({ App: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: { Statement: [] }, ManagedPolicyArns: [`arn:aws:iam::aws:policy/${name}`] } } });
const aws: RuleCase[] = [
  { name: 'the deployment role only', cloud: 'aws', expected: 'pass', at: 'Vault', resources: logs() },
  { name: 'no Deny in the bucket policy', cloud: 'aws', expected: 'fail', at: 'Vault', resources: logs({ policy: [] }) },
  { name: 'a role of the workload may stop the trail', cloud: 'aws', expected: 'fail', at: 'Vault', resources: logs({ more: { App: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: { Statement: [] }, Policies: [{ PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'cloudtrail:*', Resource: '*' }] } }] } } } }) },
  { name: 'a managed policy that nobody here has read', cloud: 'aws', expected: 'unknown', at: 'Vault', resources: logs({ more: withManaged('service-role/AWS_ConfigRole') }) },
  { name: 'the managed policy of a service that reads', cloud: 'aws', expected: 'pass', at: 'Vault', resources: logs({ more: withManaged('service-role/AWSConfigRulesExecutionRole') }) },
  { name: 'a managed policy that may do everything', cloud: 'aws', expected: 'fail', at: 'Vault', resources: logs({ more: withManaged('AdministratorAccess') }) },
];

const azure: RuleCase[] = [
  azureCase('nobody of the artifact', 'pass', { at: 'logs' }),
  azureCase('Contributor of the group', 'fail', { more: [role('extra', ROLES.contributor, GROUP, STRANGER)], at: 'logs' }),
  azureCase('Log Analytics Contributor of the workspace', 'fail', { more: [role('extra', '92aaf0da-9dab-42b6-94a3-d43ce8d16293', id('Microsoft.OperationalInsights/workspaces', 'workspace'), STRANGER)], at: 'workspace' }),
  azureCase('Log Analytics Reader of the workspace', 'pass', { more: [role('extra', '73c42c96-874c-492b-b04d-ab87d138a893', id('Microsoft.OperationalInsights/workspaces', 'workspace'), STRANGER)] }),
  azureCase('whoever may silence an alert', 'fail', { more: [...alerts(), resource('authorization:RoleDefinition', 'quiet', { roleDefinitionId: '66666666-0000-0000-0000-000000000666', scope: GROUP, assignableScopes: [GROUP], permissions: [{ actions: ['Microsoft.Insights/scheduledQueryRules/delete'], notActions: [], dataActions: [], notDataActions: [] }] }), role('extra', '66666666-0000-0000-0000-000000000666', GROUP, STRANGER)], at: 'keys' }),
  azureCase('a role that nobody knows', 'unknown', { more: [role('extra', '99999999-9999-9999-9999-999999999999', GROUP, STRANGER)], at: 'logs' }),
  azureCase('a writer of records', 'fail', { more: [role('extra', ROLES.blob, id('Microsoft.Storage/storageAccounts', 'logs'), STRANGER, 'User')], at: 'extra' }),
  azureCase('a reader of records', 'pass', { more: [role('extra', '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1', id('Microsoft.Storage/storageAccounts', 'logs'), STRANGER, 'User')] }),
];

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'nobody', expected: 'pass', resources: logsOf() },
  { cloud: 'gcp', name: 'the deployer', expected: 'pass', resources: logsOf(member('project', 'm', 'roles/logging.admin', DEPLOYER)) },
  { cloud: 'gcp', name: 'a developer', expected: 'fail', at: 'vault', resources: logsOf(member('project', 'm', 'roles/logging.configWriter', 'user:dev@example.org')) },
  { cloud: 'gcp', name: 'a developer on the bucket', expected: 'fail', at: 'archive', resources: logsOf(member('bucket', 'm', 'roles/storage.admin', 'user:dev@example.org', 'archive')) },
  { cloud: 'gcp', name: 'a viewer', expected: 'pass', resources: logsOf(member('project', 'm', 'roles/logging.viewer', 'user:dev@example.org')) },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
