import { at, type Deployment, findUnknown, isList, isObject, type Resource, strings, Unknown, type Value } from '../model.js';
import { allKeys, keyPurpose, phiKeys, processesPhi, tagsOf } from '../phi.js';
import { prove } from '../prove/index.js';
import { type Check, defineRule, type Defect, eachOf, fail, notYet, outcomes, unknown, type Verdict } from '../rule.js';

const aws: Check = notYet;

const azure: Check = notYet;

const gcp: Check = notYet;

export const rule = defineRule({
  id: 'phi-key-dedicated',
  title: 'A PHI key encrypts nothing but PHI',
  theme: 'attested-key',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(a)(2)(iv)', '45 CFR 164.312(a)(1)'],
  why: 'Disks, logs and queues need a service that decrypts without attestation. A PHI key used for them needs an ungated path.',
  fix: {
    aws: 'Use a separate key with key-purpose infrastructure or logs for volumes, buckets, log groups, topics and queues; give AttestedKey to the application only.',

    azure: 'Use OsDiskKey for disk encryption sets and a separate key with key-purpose logs or infrastructure for storage; never the AttestedKey.',

    gcp: 'Use a separate CryptoKey with key-purpose os-disk, infrastructure or logs in another project for disks, buckets and log buckets; never the AttestedKey.',
  },
  checks: {
    aws,

    azure,

    gcp,
  },
});
