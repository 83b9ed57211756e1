import { bucketPolicies, bucketPrivate, pastEndpoints, foreignPrincipals, isAllow, isBound, namesEverybody, phiBuckets, phiTables, type PolicyStatement, shown, statements, want } from '../aws.js';
import { accountPrivate, closedToPublic, DATABASES, openContainers, phiAccounts } from '../azure.js';
import { at, type Deployment, type Resource, Unknown } from '../model.js';
import { processesPhi } from '../phi.js';
import { bucketPrivate as isPrivate, phiBuckets as phiObjects } from '../gcp.js';
import { type Check, defineRule, type Defect, fail, outcomes, unknown } from '../rule.js';

/** Services hold no measurement. Those that deliver logs or copies into a bucket have no business in a store of PHI. */
const services = ({ principals }: PolicyStatement): readonly string[] => (principals ?? []).filter((principal) => /\.amazonaws\.com(\.cn)?$/.test(principal));

function judge(deployment: Deployment, store: Resource, documents: readonly (readonly PolicyStatement[] | Unknown)[], actions: readonly string[]): readonly Defect[] {
  const gap = documents.find((document) => document instanceof Unknown);
  if (gap instanceof Unknown) return [unknown('', `the policy of ${store.name} is not known: ${gap.reason}`)];
  const all = (documents as readonly (readonly PolicyStatement[])[]).flat();
  const past = pastEndpoints(deployment, store.type === 'AWS::S3::Bucket' ? 's3' : 'dynamodb', all, actions);
  return [
    ...(past.length === 0 ? [] : [fail('', `no policy denies ${past.join(', ')} from outside a named endpoint (aws:SourceVpce)`)]),
    ...all.filter((statement) => isAllow(statement) && namesEverybody(statement) && !isBound(statement)).map((statement) => fail(statement.path, `its policy allows ${shown(statement.actions.join(', '))} to everybody`)),
    ...foreignPrincipals(deployment, all).map(({ path, principals, actions }) => fail(path, `its policy allows ${shown(actions)} to ${principals}, of an account that is not the deployment's`)),
    ...all.filter(isAllow).flatMap((statement) => services(statement).map((service) => fail(statement.path, `its policy allows ${shown(statement.actions.join(', '))} to ${service}`))),
  ];
}

const aws: Check = function* (deployment) {
  for (const bucket of phiBuckets(deployment)) {
    const documents = bucketPolicies(deployment, bucket).map((policy) => statements(policy.properties['PolicyDocument'], 'PolicyDocument'));
    yield* outcomes(bucket, [...bucketPrivate(bucket), ...judge(deployment, bucket, documents, ['s3:GetObject', 's3:GetObjectVersion', 's3:PutObject'])]);
  }
  for (const table of phiTables(deployment)) {
    yield* outcomes(table, judge(deployment, table, [statements(at(table.properties, 'ResourcePolicy.PolicyDocument'), 'ResourcePolicy.PolicyDocument')], ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:Scan', 'dynamodb:PutItem']));
  }
  if (processesPhi(deployment)) for (const database of deployment.ofType('AWS::RDS::DBInstance')) yield* outcomes(database, want(database, 'PubliclyAccessible', false, 'it has a public address', false));
};

const azure: Check = function* (deployment) {
  for (const account of phiAccounts(deployment)) {
    yield* outcomes(account, accountPrivate(account, 'None'));
    for (const [resource, defects] of openContainers(deployment, account)) yield* outcomes(resource, defects);
  }
  if (!processesPhi(deployment)) return;
  for (const type of DATABASES) {
    for (const database of deployment.ofType(type)) yield* outcomes(database, closedToPublic(database, type.startsWith('azure-native:dbfor') ? 'network.publicNetworkAccess' : 'publicNetworkAccess'));
  }
};

const gcp: Check = function* (deployment) {
  for (const bucket of phiObjects(deployment)) yield* outcomes(bucket, isPrivate(deployment, bucket));
  if (processesPhi(deployment)) for (const database of deployment.ofType('gcp:sql/databaseInstance:DatabaseInstance')) {
    const open = at(database.properties, 'settings.ipConfiguration.ipv4Enabled');
    yield* outcomes(database, open === false ? true : (open instanceof Unknown ? unknown : fail)('settings.ipConfiguration.ipv4Enabled', 'the database has a public address'));
  }
};

export const rule = defineRule({
  id: 'phi-store-private',
  title: 'PHI stores are reachable only from the TEE segment',
  theme: 'private-network',
  severity: 'critical',
  waivable: true,
  citations: ['45 CFR 164.312(a)(1)', '45 CFR 164.312(e)(1)', '45 CFR 164.308(a)(4)(ii)(B)'],
  why: 'A store that answers the internet, another network or another account is reached past every segment and every machine that was attested.',
  fix: {
    aws: 'Use PhiStore, or PublicAccessBlock with all four settings and a bucket or table policy that denies requests from outside the endpoint (aws:SourceVpce).',

    azure: 'Use PhiStore, or publicNetworkAccess Disabled, allowBlobPublicAccess false, allowSharedKeyAccess false and a private endpoint.',

    gcp: 'Use PhiStore, or publicAccessPrevention enforced, uniformBucketLevelAccess true and no allUsers or allAuthenticatedUsers.',
  },
  checks: {
    aws,

    azure,

    gcp,
  },
});
