import { bucketPolicies, bucketPrivate, isAllow, isBound, isDeny, namesEverybody, phiBuckets, phiTables, type PolicyStatement, shown, speaksOf, statements, want } from '../aws.js';
import { accountPrivate, closedToPublic, DATABASES, openContainers, phiAccounts } from '../azure.js';
import { at, type Deployment, findUnknown, isList, isObject, type Resource, strings, Unknown, type Value } from '../model.js';
import { allKeys, keyPurpose, phiKeys, processesPhi, tagsOf } from '../phi.js';
import { prove } from '../prove/index.js';
import { type Check, defineRule, type Defect, eachOf, fail, notYet, outcomes, unknown, type Verdict } from '../rule.js';

/**
 * Whether statements deny everybody the actions unless the request comes through a named endpoint: the negated operator
 * matches too when there is no endpoint. A second condition in the same statement would let requests through.
 */
function endpointOnly(all: readonly PolicyStatement[], actions: readonly string[]): boolean {
  return actions.every((action) => all.some((statement) =>
    isDeny(statement) && namesEverybody(statement) && !statement.notPrincipal && speaksOf(statement, action) && statement.conditions.length === 1 &&
    statement.conditions.some(({ operator, key, values }) => operator === 'stringnotequals' && (key === 'aws:sourcevpce' || key === 'aws:sourcevpc') && values.length > 0 && values.every((value) => !/[*?]/.test(value)))));
}

function judge(store: Resource, documents: readonly (readonly PolicyStatement[] | Unknown)[], actions: readonly string[]): readonly Defect[] {
  const gap = documents.find((document) => document instanceof Unknown);
  if (gap instanceof Unknown) return [unknown('', `the policy of ${store.name} is not known: ${gap.reason}`)];
  const all = (documents as readonly (readonly PolicyStatement[])[]).flat();
  return [
    ...(endpointOnly(all, actions) ? [] : [fail('', `no policy denies ${actions.join(', ')} from outside a named endpoint (aws:SourceVpce)`)]),
    ...all.filter((statement) => isAllow(statement) && namesEverybody(statement) && !isBound(statement)).map((statement) => fail('', `its policy allows ${shown(statement.actions.join(', '))} to everybody`)),
  ];
}

const aws: Check = function* (deployment) {
  for (const bucket of phiBuckets(deployment)) {
    const documents = bucketPolicies(deployment, bucket).map((policy) => statements(policy.properties['PolicyDocument'], 'PolicyDocument'));
    yield* outcomes(bucket, [...bucketPrivate(bucket), ...judge(bucket, documents, ['s3:GetObject', 's3:GetObjectVersion', 's3:PutObject'])]);
  }
  for (const table of phiTables(deployment)) {
    yield* outcomes(table, judge(table, [statements(at(table.properties, 'ResourcePolicy.PolicyDocument'), 'ResourcePolicy.PolicyDocument')], ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:Scan', 'dynamodb:PutItem']));
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

const gcp: Check = notYet;

export const rule = defineRule({
  id: 'phi-store-private',
  title: 'PHI stores are reachable only from the TEE segment',
  theme: 'private-network',
  severity: 'critical',
  waivable: true,
  citations: ['45 CFR 164.312(a)(1)', '45 CFR 164.312(e)(1)', '45 CFR 164.308(a)(4)(ii)(B)'],
  why: 'A store that answers elsewhere bypasses the segment picture.',
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
