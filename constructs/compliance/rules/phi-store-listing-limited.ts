import { bucketPolicies, pastEndpoints, phiBuckets, type PolicyStatement, statements } from '../aws.js';
import { Unknown } from '../model.js';
import { storeAccesses } from '../prove/aws/stores.js';
import { type Check, defineRule, fail, outcomes, unknown } from '../rule.js';

const LISTS = ['s3:ListBucket', 's3:ListBucketVersions', 's3:ListBucketMultipartUploads'] as const;

const aws: Check = function* (deployment) {
  const buckets = new Set(phiBuckets(deployment));
  for (const { store, lists } of storeAccesses(deployment)) {
    if (!buckets.has(store)) continue;
    const documents = bucketPolicies(deployment, store).map((policy) => statements(policy.properties['PolicyDocument'], 'PolicyDocument'));
    const gap = documents.find((document) => document instanceof Unknown);
    const known = documents.filter((document): document is readonly PolicyStatement[] => !(document instanceof Unknown)).flat();
    const past = pastEndpoints(deployment, 's3', known, LISTS);
    yield* outcomes(store, [
      ...lists.map(({ principal, action, via, certain }) => (certain ? fail : unknown)('', `${principal} can call ${action} via ${via}`)),
      ...(gap instanceof Unknown ? [unknown('', `the policy of ${store.name} is not known: ${gap.reason}`)]
        : past.length === 0 ? [] : [fail('', `no policy denies ${past.join(', ')} from outside a named endpoint (aws:SourceVpce)`)]),
    ]);
  }
};

export const rule = defineRule({
  id: 'phi-store-listing-limited',
  title: 'Nobody but the TEE lists what the stores of PHI hold',
  theme: 'private-network',
  severity: 'medium',
  waivable: true,
  citations: ['45 CFR 164.312(a)(1)', '45 CFR 164.308(a)(4)(ii)(B)'],
  why: 'Names, sizes and times of objects tell who was treated when, and sealing hides none of them.',
  fix: {
    aws: 'Use PhiStore, or deny s3:ListBucket, s3:ListBucketVersions and s3:ListBucketMultipartUploads on the bucket to everybody with ArnNotEquals on aws:PrincipalArn and the role of the TEE, and with StringNotEquals on aws:SourceVpce and its endpoint.',
  },
  checks: { aws },
});
