import { shown } from '../aws.js';
import { Unknown } from '../model.js';
import { allKeys, keyPurpose, processesPhi, tagsOf } from '../phi.js';
import { type Check, defineRule, fail, outcomes, unknown } from '../rule.js';

const PURPOSES: ReadonlySet<string> = new Set(['phi', 'os-disk', 'infrastructure', 'logs']);

const aws: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  const keys = allKeys(deployment);
  for (const key of keys) {
    const tags = tagsOf(key);
    const purpose = tags instanceof Unknown ? tags : tags['key-purpose'];
    if (purpose instanceof Unknown) yield* outcomes(key, unknown('Tags', `the tags are not known: ${purpose.reason}`));
    else yield* outcomes(key, typeof purpose === 'string' && PURPOSES.has(purpose) ? true : fail('Tags', `key-purpose is ${shown(purpose)}; one of ${[...PURPOSES].join(', ')}`));
  }
  if (keys.length > 0 && !keys.some((key) => keyPurpose(key) === 'phi')) yield* outcomes(deployment.root, fail('', 'no key has key-purpose phi'));
};

const azure: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  const keys = allKeys(deployment);
  for (const key of keys) {
    const tags = tagsOf(key);
    const purpose = tags instanceof Unknown ? tags : tags['key-purpose'];
    if (purpose instanceof Unknown) yield* outcomes(key, unknown('tags', `the tags are not known: ${purpose.reason}`));
    else yield* outcomes(key, typeof purpose === 'string' && PURPOSES.has(purpose) ? true : fail('tags', `key-purpose is ${shown(purpose)}; one of ${[...PURPOSES].join(', ')}`));
  }
  if (keys.length > 0 && !keys.some((key) => keyPurpose(key) === 'phi')) yield* outcomes(deployment.root, fail('', 'no key has key-purpose phi'));
};

const gcp: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  const keys = allKeys(deployment);
  for (const key of keys) {
    const labels = tagsOf(key);
    const purpose = labels instanceof Unknown ? labels : labels['key-purpose'];
    if (purpose instanceof Unknown) yield* outcomes(key, unknown('labels', `the labels are not known: ${purpose.reason}`));
    else yield* outcomes(key, typeof purpose === 'string' && PURPOSES.has(purpose) ? true : fail('labels', `key-purpose is ${shown(purpose)}; one of ${[...PURPOSES].join(', ')}`));
  }
  if (keys.length > 0 && !keys.some((key) => keyPurpose(key) === 'phi')) yield* outcomes(deployment.root, fail('', 'no key has key-purpose phi'));
};

export const rule = defineRule({
  id: 'phi-key-declared',
  title: 'Every key says what it protects, and a PHI deployment has a PHI key',
  theme: 'attested-key',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(a)(2)(iv)', '45 CFR 164.308(a)(1)(ii)(B)'],
  why: 'A key without a stated purpose escapes review, and a PHI deployment without a PHI key has nothing that ties its data to attested code.',
  fix: {
    aws: 'Use AttestedKey for PHI; tag every other AWS::KMS::Key with key-purpose os-disk, infrastructure or logs.',

    azure: 'Use AttestedKey for PHI; tag every other azure-native:keyvault:Key with key-purpose os-disk, infrastructure or logs.',

    gcp: 'Use AttestedKey for PHI; label every other gcp:kms/cryptoKey:CryptoKey with key-purpose os-disk, infrastructure or logs.',
  },
  checks: {
    aws,

    azure,

    gcp,
  },
});
