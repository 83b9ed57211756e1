import { bucketPolicies, isDeny, logBuckets, namesEverybody, phiBuckets, type PolicyStatement, statements } from '../aws.js';
import { phiAccounts, transportEncrypted } from '../azure.js';
import { at, Unknown } from '../model.js';
import { processesPhi } from '../phi.js';
import { logAccounts } from '../prove/azure/logs.js';
import { type Check, defineRule, fail, outcomes, unknown } from '../rule.js';

/** Whether statements deny everything to everybody under one condition, on the bucket and on its objects. */
function denies(all: readonly PolicyStatement[], accept: (condition: PolicyStatement['conditions'][number]) => boolean): boolean {
  const resources = all.filter((statement) => isDeny(statement) && namesEverybody(statement) && !statement.notPrincipal && !statement.notActions && !statement.notResources
    && statement.actions.some((action) => action === 's3:*' || action === '*') && statement.conditions.length === 1 && statement.conditions.some(accept)).flatMap((statement) => statement.resources);
  const objects = (text: string): boolean => text.replaceAll(/\$\{[^}]*\}/g, '').endsWith('/*');
  return resources.some((text) => text === '*' || objects(text) || /[^/]\*$/.test(text)) && resources.some((text) => text === '*' || !text.replaceAll(/\$\{[^}]*\}/g, '').includes('/'));
}

const aws: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  for (const bucket of [...phiBuckets(deployment), ...logBuckets(deployment)]) {
    const documents = bucketPolicies(deployment, bucket).map((policy) => statements(policy.properties['PolicyDocument'], 'PolicyDocument'));
    const gap = documents.find((document) => document instanceof Unknown);
    if (gap instanceof Unknown) {
      yield* outcomes(bucket, unknown('', `the bucket policy is not known: ${gap.reason}`));
      continue;
    }
    const all = documents.flatMap((document) => (document instanceof Unknown ? [] : document));
    const versioned = denies(all, ({ operator, key, values }) => key === 's3:tlsversion' && values.every((value) => (operator === 'numericlessthan' ? Number(value) >= 1.2 : operator === 'numericlessthanequals' && Number(value) >= 1.1)));
    yield* outcomes(bucket, [
      ...(denies(all, ({ operator, key, values }) => key === 'aws:securetransport' && /^bool(ifexists)?$/.test(operator) && values.every((value) => value.toLowerCase() === 'false')) ? [] : [fail('', 'no policy denies requests without TLS (aws:SecureTransport)')]),
      ...(versioned ? [] : [fail('', 'no policy denies TLS before 1.2 (s3:TlsVersion)')]),
    ]);
  }
};

const azure: Check = function* (deployment) {
  if (processesPhi(deployment)) for (const account of [...phiAccounts(deployment), ...logAccounts(deployment)]) yield* outcomes(account, transportEncrypted(account));
};

const MODES: ReadonlySet<string> = new Set(['ENCRYPTED_ONLY', 'TRUSTED_CLIENT_CERTIFICATE_REQUIRED']);

/** Cloud Storage takes no TLS before 1.2 for its own names, and no policy of a bucket refuses plain HTTP: guardrail-stores does. */
const gcp: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  for (const database of deployment.ofType('gcp:sql/databaseInstance:DatabaseInstance')) {
    const mode = at(database.properties, 'settings.ipConfiguration.sslMode');
    yield* outcomes(database, typeof mode === 'string' && MODES.has(mode) ? true : (mode instanceof Unknown ? unknown : fail)('settings.ipConfiguration.sslMode', 'connections without TLS are taken'));
  }
  for (const cache of deployment.ofType('gcp:redis/instance:Instance')) {
    const mode = cache.properties['transitEncryptionMode'];
    yield* outcomes(cache, mode === 'SERVER_AUTHENTICATION' ? true : (mode instanceof Unknown ? unknown : fail)('transitEncryptionMode', 'connections without TLS are taken'));
  }
};

export const rule = defineRule({
  id: 'transport-tls-enforced',
  title: 'Stores refuse requests without TLS 1.2',
  theme: 'private-network',
  severity: 'medium',
  waivable: true,
  citations: ['45 CFR 164.312(e)(1)', '45 CFR 164.312(e)(2)(ii)'],
  proposed: ['encryption of ePHI in transit'],
  why: 'A client that forgets TLS, or takes an old version, sends records in the clear; only the store can refuse it.',
  fix: {
    aws: 'Use PhiStore and LogVault, or deny s3:* with Bool aws:SecureTransport false and with NumericLessThan s3:TlsVersion 1.2 in the bucket policy.',
    azure: 'Use PhiStore and LogVault, or enableHttpsTrafficOnly true and minimumTlsVersion TLS1_2 (or TLS1_3) on the storage account.',
    gcp: 'Set settings.ipConfiguration.sslMode ENCRYPTED_ONLY (or TRUSTED_CLIENT_CERTIFICATE_REQUIRED) on databases and transitEncryptionMode SERVER_AUTHENTICATION on caches.',
  },
  checks: { aws, azure, gcp },
});
