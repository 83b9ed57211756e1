import type { RuleCase } from '../rule-case.js';
import { body, hostWithRole } from '../aws-fixture.js';
import { member, resource, SA, space } from '../gcp-fixture.js';
import { azureCase, id, resource as azureResource } from '../prove/azure/fixture.js';
import type { PreviewResource } from '../rule-case.js';

const trusting = (Principal: object | string) => hostWithRole({ AssumeRolePolicyDocument: { Statement: [{ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' }] } });
const taken = (type: string, properties: object) => ({ ...trusting({ Service: 'ec2.amazonaws.com' }), Taker: body(type, properties as never) });
const aws: RuleCase[] = [
  { name: 'an environment of Elastic Beanstalk', cloud: 'aws', expected: 'fail', at: 'Taker', resources: taken('AWS::ElasticBeanstalk::Environment', { OptionSettings: [{ Namespace: 'aws:elasticbeanstalk:environment', OptionName: 'ServiceRole', Value: { Ref: 'Role' } }] }) },
  { name: 'EC2 alone', cloud: 'aws', expected: 'pass', at: 'Role', resources: trusting({ Service: 'ec2.amazonaws.com' }) },
  { name: 'Lambda too', cloud: 'aws', expected: 'fail', at: 'Role', resources: trusting({ Service: ['ec2.amazonaws.com', 'lambda.amazonaws.com'] }) },
  { name: 'the account', cloud: 'aws', expected: 'fail', at: 'Role', resources: trusting({ AWS: 'arn:aws:iam::111122223333:root' }) },
  { name: 'an identity provider', cloud: 'aws', expected: 'fail', at: 'Role', resources: trusting({ Federated: 'arn:aws:iam::111122223333:saml-provider/idp' }) },
  { name: 'everybody', cloud: 'aws', expected: 'fail', at: 'Role', resources: trusting('*') },
  { name: 'a job', cloud: 'aws', expected: 'fail', at: 'Taker', resources: taken('AWS::Batch::JobDefinition', { ContainerProperties: { JobRoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] } } }) },
  { name: 'certificates from outside', cloud: 'aws', expected: 'fail', at: 'Taker', resources: taken('AWS::RolesAnywhere::Profile', { RoleArns: [{ 'Fn::GetAtt': ['Role', 'Arn'] }] }) },
  { name: 'a fleet that carries the profile', cloud: 'aws', expected: 'fail', at: 'Taker', resources: taken('AWS::EC2::SpotFleet', { SpotFleetRequestConfigData: { LaunchSpecifications: [{ ImageId: 'ami-0aaaaaaaaaaaaaaaa', IamInstanceProfile: { Arn: { 'Fn::GetAtt': ['Profile', 'Arn'] } } }] } }) },
  { name: 'a service whose option names the profile', cloud: 'aws', expected: 'fail', at: 'Taker', resources: taken('AWS::ElasticBeanstalk::Environment', { OptionSettings: [{ OptionName: 'IamInstanceProfile', Value: { Ref: 'Profile' } }] }) },
  { name: 'an event that tells of it', cloud: 'aws', expected: 'pass', at: 'Role', resources: taken('AWS::Events::Rule', { EventPattern: { detail: { requestParameters: { roleArn: [{ 'Fn::GetAtt': ['Role', 'Arn'] }] } } } }) },
  { name: 'a job with a role of its own', cloud: 'aws', expected: 'pass', at: 'Role', resources: taken('AWS::Batch::JobDefinition', { ContainerProperties: { JobRoleArn: 'arn:aws:iam::111122223333:role/own' } }) },
  { name: 'not known', cloud: 'aws', expected: 'unknown', at: 'Role', resources: trusting({ Service: { 'Fn::ImportValue': 'Elsewhere' } }) },
];

const TEE = id('Microsoft.ManagedIdentity/userAssignedIdentities', 'tee-id');
const azure: RuleCase[] = [
  azureCase('machines of the TEE alone', 'pass', { at: 'tee' }),
  azureCase('a federated pipeline', 'fail', { more: [azureResource('managedidentity:FederatedIdentityCredential', 'pipeline', { resourceName: 'tee-id', issuer: 'https://token.actions.githubusercontent.com', subject: 'repo:x/y:ref:refs/heads/main' })], at: 'tee' }),
  azureCase('a pipeline of another identity', 'pass', { more: [azureResource('managedidentity:FederatedIdentityCredential', 'pipeline', { resourceName: 'disk-id', issuer: 'https://token.actions.githubusercontent.com', subject: 'x' })], at: 'tee' }),
  azureCase('a web app', 'fail', { more: [azureResource('web:WebApp', 'app', { identity: { type: 'UserAssigned', userAssignedIdentities: [TEE] } })], at: 'tee' }),
];

const account = resource('gcp:serviceaccount/account:Account', 'account', { project: 'phi-inference', accountId: 'tee' });
const act = (role: string): PreviewResource => resource('gcp:serviceaccount/iAMMember:IAMMember', 'act', { serviceAccountId: 'projects/phi-inference/serviceAccounts/tee@phi-inference.iam.gserviceaccount.com', role, member: 'user:m@example.org' });

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'nobody', expected: 'pass', resources: [account, space(), member('project', 'logs', 'roles/logging.logWriter', SA)] },
  { cloud: 'gcp', name: 'a schedule that calls as it', expected: 'fail', at: 'job', path: 'httpTarget.oauthToken.serviceAccountEmail', resources: [account, space(), resource('gcp:cloudscheduler/job:Job', 'job', { httpTarget: { uri: 'https://cloudkms.googleapis.com/v1/x:decrypt', oauthToken: { serviceAccountEmail: SA.slice('serviceAccount:'.length) } } })] },
  { cloud: 'gcp', name: 'a build that runs as it', expected: 'fail', at: 'build', path: 'serviceAccount', resources: [account, space(), resource('gcp:cloudbuild/trigger:Trigger', 'build', { serviceAccount: `projects/phi-inference/serviceAccounts/${SA.slice('serviceAccount:'.length)}` })] },
  { cloud: 'gcp', name: 'a token creator', expected: 'fail', at: 'account', resources: [account, space(), act('roles/iam.serviceAccountTokenCreator')] },
  { cloud: 'gcp', name: 'a user of the account', expected: 'fail', at: 'account', resources: [account, space(), act('roles/iam.serviceAccountUser')] },
  { cloud: 'gcp', name: 'a viewer of the account', expected: 'pass', resources: [account, space(), act('roles/iam.serviceAccountViewer')] },
  { cloud: 'gcp', name: 'a key file', expected: 'fail', at: 'file', resources: [account, resource('gcp:serviceaccount/key:Key', 'file', { serviceAccountId: '${gcp:serviceaccount/account:Account::account.name}' })] },
  { cloud: 'gcp', name: 'a token creator of the project', expected: 'fail', at: 'creator', path: 'role', resources: [account, member('project', 'creator', 'roles/iam.serviceAccountTokenCreator', 'user:m@example.org')] },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
