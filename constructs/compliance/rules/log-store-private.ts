import { bucketPolicies, bucketPrivate, foreignPrincipals, isAllow, isBound, list, logBuckets, namesEverybody, shown, statements } from '../aws.js';
import { accountPrivate, closedToPublic, openContainers, wants, wantsOneOf, WORKSPACE } from '../azure.js';
import { at, type Deployment, findUnknown, isList, isObject, type Resource, strings, Unknown, type Value } from '../model.js';
import { allKeys, keyPurpose, phiKeys, processesPhi, tagsOf } from '../phi.js';
import { prove } from '../prove/index.js';
import { logAccounts } from '../prove/azure/logs.js';
import { bucketPrivate as isPrivate, logBuckets as logArchives } from '../gcp.js';
import { standsOver } from '../gcp-rights.js';
import { bindingsOf } from '../prove/gcp/iam.js';
import { type Check, defineRule, fail, outcomes, unknown } from '../rule.js';

const aws: Check = function* (deployment) {
  for (const bucket of logBuckets(deployment)) {
    const ownership = list(at(bucket.properties, 'OwnershipControls.Rules'));
    const enforced = !(ownership instanceof Unknown) && ownership.some((rule) => at(rule, 'ObjectOwnership') === 'BucketOwnerEnforced');
    yield* outcomes(bucket, [
      ...bucketPrivate(bucket),
      ...(enforced ? [] : [ownership instanceof Unknown ? unknown('OwnershipControls', ownership.reason) : fail('OwnershipControls', 'not BucketOwnerEnforced: ACLs can open single records')]),
    ]);
    for (const policy of bucketPolicies(deployment, bucket)) {
      const all = statements(policy.properties['PolicyDocument'], 'PolicyDocument');
      if (all instanceof Unknown) {
        yield* outcomes(policy, unknown('PolicyDocument', `the policy is not known: ${all.reason}`));
        continue;
      }
      const open = all.filter((statement) => isAllow(statement) && namesEverybody(statement) && !isBound(statement));
      yield* outcomes(policy, [
        ...open.map((statement) => fail(statement.path, `allows ${shown(statement.actions.join(', '))} to everybody`)),
        ...foreignPrincipals(deployment, all).map(({ path, principals, actions }) => fail(path, `allows ${shown(actions)} to ${principals}, of an account that is not the deployment's`)),
      ]);
    }
  }
};

const azure: Check = function* (deployment) {
  for (const account of logAccounts(deployment)) {
    // Diagnostics and flow logs are written by Azure's own services.
    yield* outcomes(account, accountPrivate(account, 'AzureServices'));
    for (const [resource, defects] of openContainers(deployment, account)) yield* outcomes(resource, defects);
  }
  if (!processesPhi(deployment)) return;
  for (const workspace of deployment.ofType(WORKSPACE)) {
    yield* outcomes(workspace, [
      ...closedToPublic(workspace, 'publicNetworkAccessForIngestion'), ...closedToPublic(workspace, 'publicNetworkAccessForQuery'),
      ...wants(at(workspace.properties, 'features.disableLocalAuth'), 'features.disableLocalAuth', true, 'whoever holds the workspace key writes records without an identity'),
    ]);
  }
  for (const scope of deployment.ofType('azure-native:monitor:PrivateLinkScope')) {
    const exclusions = at(scope.properties, 'accessModeSettings.exclusions');
    if (exclusions !== undefined && !(isList(exclusions) && exclusions.length === 0)) yield* outcomes(scope, (exclusions instanceof Unknown ? unknown : fail)('accessModeSettings.exclusions', 'connections are left out of the scope\'s mode'));
    yield* outcomes(scope, ['ingestionAccessMode', 'queryAccessMode'].flatMap((mode) => wantsOneOf(at(scope.properties, `accessModeSettings.${mode}`), `accessModeSettings.${mode}`, ['PrivateOnly'], 'resources outside the scope are reached too')));
  }
};

const gcp: Check = function* (deployment) {
  for (const bucket of logArchives(deployment)) yield* outcomes(bucket, isPrivate(deployment, bucket));
  if (!processesPhi(deployment)) return;
  for (const grant of deployment.resources.filter((one) => standsOver(deployment, one) || /^gcp:logging\/logViewI[aA][mM](Member|Binding|Policy):/.test(one.type))) {
    yield* outcomes(grant, bindingsOf(grant).flatMap(({ role, members }) => (READS_LOGS.test(role) ? members.filter((member) => EVERYBODY.has(member)).map((member) => fail('role', `${member} reads the logs: ${role}`)) : [])));
  }
  for (const dataset of deployment.ofType('gcp:logging/linkedDataset:LinkedDataset')) yield* outcomes(dataset, fail('', 'the log bucket is read as a BigQuery dataset too, under the rights of that dataset'));
};

const EVERYBODY: ReadonlySet<string> = new Set(['allUsers', 'allAuthenticatedUsers']);
const READS_LOGS = /^roles\/(logging\.(viewer|privateLogViewer|viewAccessor|fieldAccessor|linkViewer|admin)|viewer|editor|owner)$/;

export const rule = defineRule({
  id: 'log-store-private',
  title: 'Log stores are private',
  theme: 'immutable-log',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(a)(1)', '45 CFR 164.312(b)'],
  why: 'Logs name people, keys and systems.',
  fix: {
    aws: 'Use LogVault, or PublicAccessBlock with all four settings and BucketOwnerEnforced on every log bucket.',

    azure: 'Use LogVault, or publicNetworkAccess Disabled, allowBlobPublicAccess false and allowSharedKeyAccess false on the log account.',

    gcp: 'Use LogVault, or publicAccessPrevention enforced and uniformBucketLevelAccess true on the log bucket.',
  },
  checks: {
    aws,

    azure,

    gcp,
  },
});
