import type { RuleCase } from '../rule-case.js';
import { body } from '../aws-fixture.js';
import { resource } from '../gcp-fixture.js';
import { azureCase, NOT_KNOWN, resource as azureResource } from '../prove/azure/fixture.js';

const distribution = (LaunchPermissionConfiguration: object) => ({ Images: body('AWS::ImageBuilder::DistributionConfiguration', { Distributions: [{ Region: 'us-east-1', AmiDistributionConfiguration: { LaunchPermissionConfiguration } }] } as never) });
const repository = (Principal: string | object) => ({ Registry: body('AWS::ECR::Repository', { RepositoryPolicyText: { Statement: [{ Effect: 'Allow', Principal, Action: 'ecr:BatchGetImage' }] } } as never) });
const aws: RuleCase[] = [
  { cloud: 'aws', name: 'own account', expected: 'pass', at: 'Images', resources: distribution({ UserIds: ['111122223333'] }) },
  { cloud: 'aws', name: 'a public image', expected: 'fail', at: 'Images', resources: distribution({ UserGroups: ['all'] }) },
  { cloud: 'aws', name: 'another account', expected: 'fail', at: 'Images', resources: distribution({ UserIds: ['999988887777'] }) },
  { cloud: 'aws', name: 'accounts that are not known', expected: 'unknown', at: 'Images', resources: distribution({ UserGroups: { 'Fn::ImportValue': 'x' } }) },
  { cloud: 'aws', name: 'a repository of the account', expected: 'pass', at: 'Registry', resources: repository({ AWS: 'arn:aws:iam::111122223333:role/Build' }) },
  { cloud: 'aws', name: 'a repository for everybody', expected: 'fail', at: 'Registry', resources: repository('*') },
  { cloud: 'aws', name: 'a repository for another account', expected: 'fail', at: 'Registry', resources: repository({ AWS: 'arn:aws:iam::999988887777:root' }) },
  { cloud: 'aws', name: 'a public repository', expected: 'fail', at: 'Registry', resources: { Registry: body('AWS::ECR::PublicRepository', {}) } },
];

const azure: RuleCase[] = [
  azureCase('a private gallery', 'pass', { more: [azureResource('compute:Gallery', 'images', { galleryName: 'images' })], at: 'images' }),
  azureCase('a community gallery', 'fail', { more: [azureResource('compute:Gallery', 'images', { sharingProfile: { permissions: 'Community' } })], at: 'images' }),
  azureCase('a registry without passwords', 'pass', { more: [azureResource('containerregistry:Registry', 'images', { registryName: 'images' })], at: 'images' }),
  azureCase('a registry for everybody', 'fail', { more: [azureResource('containerregistry:Registry', 'images', { anonymousPullEnabled: true })], at: 'images' }),
  azureCase('a registry with a password', 'fail', { more: [azureResource('containerregistry:Registry', 'images', { adminUserEnabled: true })], at: 'images' }),
  azureCase('not known', 'unknown', { more: [azureResource('compute:Gallery', 'images', { sharingProfile: { permissions: NOT_KNOWN } })], at: 'images' }),
];

const grant = (type: string, member: string) => resource(`gcp:${type}`, 'grant', { role: 'roles/compute.imageUser', member });
const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'an account of the project', expected: 'pass', at: 'grant', resources: [grant('compute/imageIamMember:ImageIamMember', 'serviceAccount:tee@phi-inference.iam.gserviceaccount.com')] },
  { cloud: 'gcp', name: 'a public image', expected: 'fail', at: 'grant', resources: [grant('compute/imageIamMember:ImageIamMember', 'allAuthenticatedUsers')] },
  { cloud: 'gcp', name: 'a repository of everybody', expected: 'fail', at: 'grant', resources: [grant('artifactregistry/repositoryIamMember:RepositoryIamMember', 'allUsers')] },
  { cloud: 'gcp', name: 'not told', expected: 'unknown', at: 'grant', resources: [grant('compute/snapshotIamMember:SnapshotIamMember', '[secret]')] },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
