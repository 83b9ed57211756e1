import { foreignPrincipals, isAllow, isBound, list, namesEverybody, ownAccounts, shown, statements } from '../aws.js';
import { wants } from '../azure.js';
import { at, strings, Unknown } from '../model.js';
import { processesPhi } from '../phi.js';
import { bindingsOf } from '../prove/gcp/iam.js';
import { type Check, type Defect, defineRule, fail, outcomes, unknown } from '../rule.js';

const aws: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  const own = ownAccounts(deployment);
  for (const distribution of deployment.ofType('AWS::ImageBuilder::DistributionConfiguration')) {
    const entries = list(distribution.properties['Distributions']);
    yield* outcomes(distribution, entries instanceof Unknown ? unknown('Distributions', entries.reason) : entries.flatMap((entry, index): Defect[] => {
      const path = `Distributions[${index}].AmiDistributionConfiguration`;
      const permission = at(entry, 'AmiDistributionConfiguration.LaunchPermissionConfiguration');
      const groups = list(at(permission, 'UserGroups'));
      const accounts = [...strings(at(permission, 'UserIds')), ...strings(at(entry, 'AmiDistributionConfiguration.TargetAccountIds'))].filter((account) => own.size > 0 && /^\d{12}$/.test(account) && !own.has(account));
      return [
        ...(groups instanceof Unknown ? [unknown(`${path}.LaunchPermissionConfiguration`, groups.reason)] : groups.length > 0 ? [fail(`${path}.LaunchPermissionConfiguration.UserGroups`, 'every account may start the image')] : []),
        ...(accounts.length > 0 ? [fail(path, `shares the image with account ${accounts.join(', ')}, which is not the deployment's`)] : []),
      ];
    }));
  }
  for (const [type, property] of [['AWS::ECR::Repository', 'RepositoryPolicyText'], ['AWS::ECR::RegistryPolicy', 'PolicyText']] as const) {
    for (const registry of deployment.ofType(type)) {
      const all = statements(registry.properties[property], property);
      yield* outcomes(registry, all instanceof Unknown ? unknown(property, `the policy is not known: ${all.reason}`) : [
        ...all.filter((statement) => isAllow(statement) && namesEverybody(statement) && !isBound(statement)).map((statement) => fail(statement.path, `everybody may ${shown(statement.actions.join(', '))}`)),
        ...foreignPrincipals(deployment, all).map(({ path, principals, actions }) => fail(path, `${principals} may ${shown(actions)}, of an account that is not the deployment's`)),
      ]);
    }
  }
  for (const repository of deployment.ofType('AWS::ECR::PublicRepository')) yield* outcomes(repository, fail('', 'a public repository hands its images to everybody'));
};

const azure: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  for (const gallery of deployment.ofType('azure-native:compute:Gallery')) {
    const permissions = at(gallery.properties, 'sharingProfile.permissions');
    yield* outcomes(gallery, permissions instanceof Unknown ? unknown('sharingProfile.permissions', permissions.reason) : typeof permissions === 'string' && permissions.toLowerCase() !== 'private' ? fail('sharingProfile.permissions', `the gallery is shared: ${permissions}`) : true);
  }
  for (const registry of deployment.ofType('azure-native:containerregistry:Registry')) {
    yield* outcomes(registry, [
      ...wants(registry.properties['anonymousPullEnabled'], 'anonymousPullEnabled', false, 'everybody pulls the images', false),
      ...wants(registry.properties['adminUserEnabled'], 'adminUserEnabled', false, 'a password pulls and overwrites the images', false),
    ]);
  }
  for (const token of deployment.ofType('azure-native:containerregistry:Token')) yield* outcomes(token, fail('', 'a token pulls or overwrites images without an identity of the directory'));
};

/** Bindings on images, disks, snapshots and repositories. */
const ON_IMAGES = /^gcp:(compute\/(image|machineImage|snapshot|disk|regionDisk|instantSnapshot)|artifactregistry\/repository)I[aA][mM](Member|Binding|Policy):/;
const EVERYBODY: ReadonlySet<string> = new Set(['allUsers', 'allAuthenticatedUsers']);

const gcp: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  for (const grant of deployment.resources.filter(({ type }) => ON_IMAGES.test(type))) {
    yield* outcomes(grant, bindingsOf(grant).flatMap(({ role, members, unreadable }) => [
      ...(unreadable === null ? [] : [unknown('', unreadable)]),
      ...members.filter((member) => EVERYBODY.has(member) || member.startsWith('domain:')).map((member) => fail('', `${member} holds ${role}`)),
    ]));
  }
};

export const rule = defineRule({
  id: 'image-not-shared',
  title: 'Images, snapshots and registries of the workload are shared with nobody outside',
  theme: 'confidential-vm',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(a)(1)', '45 CFR 164.310(d)(1)', '45 CFR 164.308(a)(5)(ii)(B)'],
  why: 'An image holds models and configuration, a snapshot holds sealed state, and whoever may push to a registry chooses what the next release is built from.',
  fix: {
    aws: 'Remove LaunchPermissionConfiguration.UserGroups and accounts of others from the distribution, name own principals in RepositoryPolicyText, and use no AWS::ECR::PublicRepository.',
    azure: 'Leave sharingProfile.permissions Private on the gallery, and anonymousPullEnabled and adminUserEnabled false on the registry; pull with a managed identity.',
    gcp: 'Bind no role on images, disks, snapshots and repositories to allUsers, allAuthenticatedUsers or a domain; name the service accounts that need it.',
  },
  checks: { aws, azure, gcp },
});
