import type { RuleCase } from '../rule-case.js';
import { body } from '../aws-fixture.js';
import { member, net, resource } from '../gcp-fixture.js';
import { azureCase, GROUP, NOT_KNOWN, resource as azureResource, role, ROLES, STRANGER } from '../prove/azure/fixture.js';

const trusting = (Principal: object | string, Condition?: object, Action = 'sts:AssumeRole') => ({ Role: body('AWS::IAM::Role', { AssumeRolePolicyDocument: { Statement: [{ Effect: 'Allow', Principal, Action, ...(Condition && { Condition }) }] } } as never) });
const github = (sub: string | undefined) => trusting({ Federated: 'arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com' }, { StringLike: { 'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com', ...(sub !== undefined && { 'token.actions.githubusercontent.com:sub': sub }) } }, 'sts:AssumeRoleWithWebIdentity');
const aws: RuleCase[] = [
  { cloud: 'aws', name: 'a service', expected: 'pass', at: 'Role', resources: trusting({ Service: 'lambda.amazonaws.com' }) },
  { cloud: 'aws', name: 'the own account', expected: 'pass', at: 'Role', resources: trusting({ AWS: 'arn:aws:iam::111122223333:role/Pipeline' }) },
  { cloud: 'aws', name: 'another account', expected: 'fail', at: 'Role', resources: trusting({ AWS: 'arn:aws:iam::999988887777:root' }, { StringEquals: { 'sts:ExternalId': 'x' } }) },
  { cloud: 'aws', name: 'everybody', expected: 'fail', at: 'Role', resources: trusting('*') },
  { cloud: 'aws', name: 'one repository', expected: 'pass', at: 'Role', resources: github('repo:hospital/deploy:ref:refs/heads/main') },
  { cloud: 'aws', name: 'repositories of one owner', expected: 'pass', at: 'Role', resources: github('repo:hospital/*') },
  { cloud: 'aws', name: 'every repository of everybody', expected: 'fail', at: 'Role', resources: github('repo:*') },
  { cloud: 'aws', name: 'whoever has a token', expected: 'fail', at: 'Role', resources: github(undefined) },
  { cloud: 'aws', name: 'not known', expected: 'unknown', at: 'Role', resources: trusting({ AWS: { 'Fn::ImportValue': 'x' } }) },
  { cloud: 'aws', name: 'a share with another account', expected: 'fail', at: 'Share', resources: { Share: body('AWS::RAM::ResourceShare', { Principals: ['999988887777'] }) } },
  { cloud: 'aws', name: 'a share with the organisation', expected: 'pass', at: 'Share', resources: { Share: body('AWS::RAM::ResourceShare', { Principals: ['arn:aws:organizations::111122223333:organization/o-exampleorgid'] }) } },
];

const credential = (inputs: { readonly [key: string]: string | object }) => azureResource('managedidentity:FederatedIdentityCredential', 'pipeline', { resourceName: 'deploy-id', issuer: 'https://token.actions.githubusercontent.com', ...inputs } as never);
const azure: RuleCase[] = [
  azureCase('one subject', 'pass', { more: [credential({ subject: 'repo:hospital/deploy:ref:refs/heads/main' })], at: 'pipeline' }),
  azureCase('every subject', 'fail', { more: [credential({ claimsMatchingExpression: { languageVersion: 1, value: "claims['sub'] matches 'repo:hospital/*'" } })], at: 'pipeline' }),
  azureCase('a group of another directory', 'fail', { more: [role('extra', ROLES.reader, GROUP, STRANGER, 'ForeignGroup')], at: 'extra' }),
  azureCase('a vault of another directory', 'fail', { edits: [['Vault', 'infra-vault', 'properties.tenantId', '99999999-0000-0000-0000-000000000009']], at: 'infra-vault' }),
  azureCase('not known', 'unknown', { more: [credential({ subject: NOT_KNOWN })], at: 'pipeline' }),
];

const NETWORKS = net();
const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'an account of the project', expected: 'pass', at: 'grant', resources: [...NETWORKS, member('project', 'grant', 'roles/compute.viewer', 'serviceAccount:ops@phi-inference.iam.gserviceaccount.com')] },
  { cloud: 'gcp', name: 'an agent of Google', expected: 'pass', at: 'grant', resources: [...NETWORKS, member('project', 'grant', 'roles/pubsub.publisher', 'serviceAccount:service-123456789012@gcp-sa-logging.iam.gserviceaccount.com')] },
  { cloud: 'gcp', name: 'a default account of the project', expected: 'pass', at: 'grant', resources: [...NETWORKS, member('project', 'grant', 'roles/logging.logWriter', 'serviceAccount:123456789012-compute@developer.gserviceaccount.com')] },
  { cloud: 'gcp', name: 'an account of another project', expected: 'fail', at: 'grant', resources: [...NETWORKS, member('project', 'grant', 'roles/compute.viewer', 'serviceAccount:ops@mallory.iam.gserviceaccount.com')] },
  { cloud: 'gcp', name: 'a default account of another project', expected: 'fail', at: 'grant', resources: [...NETWORKS, member('project', 'grant', 'roles/compute.viewer', 'serviceAccount:999-compute@developer.gserviceaccount.com')] },
  { cloud: 'gcp', name: 'everybody who logs in', expected: 'fail', at: 'grant', resources: [...NETWORKS, resource('gcp:compute/instanceIAMMember:InstanceIAMMember', 'grant', { instanceName: 'vm', role: 'roles/compute.viewer', member: 'allAuthenticatedUsers' })] },
  { cloud: 'gcp', name: 'a pool of another project', expected: 'fail', at: 'grant', resources: [...NETWORKS, member('project', 'grant', 'roles/compute.viewer', 'principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/x/*')] },
  { cloud: 'gcp', name: 'perhaps an agent', expected: 'unknown', at: 'grant', resources: [...NETWORKS, member('project', 'grant', 'roles/compute.viewer', 'serviceAccount:service-1@mallory.iam.gserviceaccount.com')] },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
