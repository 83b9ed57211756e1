import { at, type Deployment, findUnknown, isList, isObject, type Resource, strings, Unknown, type Value } from '../model.js';
import { allKeys, keyPurpose, phiKeys, processesPhi, tagsOf } from '../phi.js';
import { prove } from '../prove/index.js';
import { type Check, defineRule, type Defect, eachOf, fail, notYet, outcomes, unknown, type Verdict } from '../rule.js';

const aws: Check = notYet;

const azure: Check = notYet;

const gcp: Check = notYet;

export const rule = defineRule({
  id: 'log-store-encrypted',
  title: 'Log stores are encrypted under a customer key',
  theme: 'immutable-log',
  severity: 'medium',
  waivable: true,
  citations: ['45 CFR 164.312(a)(2)(iv)'],
  why: 'Logs hold identifiers; their key is revoked and audited separately.',
  fix: {
    aws: 'Use LogVault, or KMS encryption with a key of key-purpose logs on trail, bucket and log groups.',

    azure: 'Use LogVault, or encryption.keySource Microsoft.Keyvault on the log account.',

    gcp: 'Use LogVault, or cmekSettings (log bucket) and encryption.defaultKmsKeyName (storage bucket).',
  },
  checks: {
    aws,

    azure,

    gcp,
  },
});
