import { bucketPolicies, isDeny, logBuckets, namesEverybody, phiBuckets, type PolicyStatement, statements } from '../aws.js';
import { Unknown } from '../model.js';
import { processesPhi } from '../phi.js';
import { type Check, defineRule, fail, outcomes, unknown } from '../rule.js';

/** Whether a statement denies everything to everybody under one condition. */
function denies(all: readonly PolicyStatement[], accept: (condition: PolicyStatement['conditions'][number]) => boolean): boolean {
  return all.some((statement) => isDeny(statement) && namesEverybody(statement) && !statement.notPrincipal && !statement.notActions && !statement.notResources
    && statement.actions.some((action) => action === 's3:*' || action === '*') && statement.conditions.length === 1 && statement.conditions.some(accept));
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

export const rule = defineRule({
  id: 'transport-tls-enforced',
  title: 'Stores refuse requests without TLS 1.2',
  theme: 'private-network',
  severity: 'medium',
  waivable: true,
  citations: ['45 CFR 164.312(e)(1)', '45 CFR 164.312(e)(2)(ii)'],
  why: 'What the client does not encrypt, the store must not answer.',
  fix: {
    aws: 'Use PhiStore and LogVault, or deny s3:* with Bool aws:SecureTransport false and with NumericLessThan s3:TlsVersion 1.2 in the bucket policy.',
  },
  checks: { aws },
});
