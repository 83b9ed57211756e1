import type { RuleCase } from '../rule-case.js';
import { body, key } from '../aws-fixture.js';
import { DEPLOYER, member, net, resource } from '../gcp-fixture.js';
import { azureCase, GROUP, resource as azureResource, role, STRANGER } from '../prove/azure/fixture.js';

const operator = (Action: string | string[], Resource = '*') => ({ Key: key(), Operator: body('AWS::IAM::Role', { AssumeRolePolicyDocument: {}, Policies: [{ PolicyName: 'p', PolicyDocument: { Statement: [{ Effect: 'Allow', Action, Resource }] } }] }) });
const aws: RuleCase[] = [
  { cloud: 'aws', name: 'looks only', expected: 'pass', at: 'Operator', resources: operator(['ec2:Describe*', 'elasticloadbalancing:Describe*']) },
  { cloud: 'aws', name: 'opens security groups', expected: 'fail', at: 'Operator', resources: operator('ec2:AuthorizeSecurityGroup*') },
  { cloud: 'aws', name: 'leads listeners elsewhere', expected: 'fail', at: 'Operator', resources: operator('elasticloadbalancing:ModifyListener') },
  { cloud: 'aws', name: 'one route table that is named', expected: 'pass', at: 'Operator', resources: operator('ec2:CreateRoute', 'arn:aws:ec2:us-east-1:111122223333:route-table/rtb-0abc') },
];

const azure: RuleCase[] = [
  azureCase('nobody of the artifact', 'pass', { at: 'vnet' }),
  azureCase('Network Contributor', 'fail', { more: [role('extra', '4d97b98b-1d4f-4787-a291-c67834d212e7', GROUP, STRANGER)], at: 'vnet' }),
  azureCase('Private DNS zones by a custom role', 'fail', { more: [azureResource('authorization:RoleDefinition', 'names', { roleDefinitionId: '66666666-0000-0000-0000-000000000666', scope: GROUP, assignableScopes: [GROUP], permissions: [{ actions: ['Microsoft.Network/privateDnsZones/*'], notActions: [], dataActions: [], notDataActions: [] }] }), role('extra', '66666666-0000-0000-0000-000000000666', GROUP, STRANGER)], at: 'vnet' }),
  azureCase('a role that nobody knows', 'unknown', { more: [role('extra', '99999999-9999-9999-9999-999999999999', GROUP, STRANGER)], at: 'vnet' }),
];

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'the deployer', expected: 'pass', at: 'admin', resources: [...net(), member('project', 'admin', 'roles/compute.networkAdmin', DEPLOYER)] },
  { cloud: 'gcp', name: 'a network administrator', expected: 'fail', at: 'admin', path: 'role', resources: [...net(), member('project', 'admin', 'roles/compute.networkAdmin', 'user:m@example.org')] },
  { cloud: 'gcp', name: 'a network viewer', expected: 'pass', at: 'admin', resources: [...net(), member('project', 'admin', 'roles/compute.networkViewer', 'user:m@example.org')] },
  { cloud: 'gcp', name: 'an administrator of another project', expected: 'silent', resources: [...net(), member('project', 'admin', 'roles/compute.networkAdmin', 'user:m@example.org', 'elsewhere')] },
  { cloud: 'gcp', name: 'an editor of perimeters', expected: 'fail', at: 'editor', resources: [...net(), resource('gcp:accesscontextmanager/accessPolicyIamMember:AccessPolicyIamMember', 'editor', { name: 'accessPolicies/1', role: 'roles/accesscontextmanager.policyEditor', member: 'user:m@example.org' })] },
  { cloud: 'gcp', name: 'a user of a subnetwork', expected: 'fail', at: 'user', resources: [...net(), resource('gcp:compute/subnetworkIAMMember:SubnetworkIAMMember', 'user', { subnetwork: 'tee', role: 'roles/compute.networkUser', member: 'user:m@example.org' })] },
  { cloud: 'gcp', name: 'a role of elsewhere', expected: 'unknown', at: 'admin', resources: [...net(), member('project', 'admin', 'projects/phi-inference/roles/other', 'user:m@example.org')] },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
