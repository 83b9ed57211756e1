import { number, shown } from '../aws.js';
import { lower, wantsOneOf } from '../azure.js';
import { at, Unknown } from '../model.js';
import { allKeys, processesPhi } from '../phi.js';
import { type Check, defineRule, fail, outcomes, unknown } from '../rule.js';

/** RSA of 3072 bits is as strong as AES-128 (NIST SP 800-57 part 1, table 2). */
const LEAST_BITS = 3072;
const CURVES = ['P-256', 'P-384', 'P-521'] as const;

const azure: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  for (const key of allKeys(deployment)) {
    const type = lower(at(key.properties, 'properties.kty'));
    if (type.startsWith('ec')) yield* outcomes(key, wantsOneOf(at(key.properties, 'properties.curveName') ?? 'P-256', 'properties.curveName', CURVES, 'not a curve of the 128-bit level'));
    else if (type.startsWith('rsa')) {
      const bits = number(at(key.properties, 'properties.keySize')) ?? 2048;
      yield* outcomes(key, bits instanceof Unknown ? unknown('properties.keySize', `keySize is not known: ${bits.reason}`) : bits >= LEAST_BITS ? true : fail('properties.keySize', `keySize is ${shown(at(key.properties, 'properties.keySize'))}; at least ${LEAST_BITS} bits`));
    }
  }
};

/** Algorithms of keys that decrypt, at the 128-bit level or above, with integrity. Source: Cloud KMS, key purposes and algorithms, read 2026-11. */
const STRONG = /^(GOOGLE_SYMMETRIC_ENCRYPTION|EXTERNAL_SYMMETRIC_ENCRYPTION|AES_(128|256)_GCM|RSA_DECRYPT_OAEP_(3072|4096)_SHA(256|512)|ML_KEM_(768|1024)|KEM_XWING)$/;

const gcp: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  for (const key of allKeys(deployment)) {
    const purpose = key.properties['purpose'] ?? 'ENCRYPT_DECRYPT';
    const algorithm = at(key.properties, 'versionTemplate.algorithm') ?? (purpose === 'ENCRYPT_DECRYPT' ? 'GOOGLE_SYMMETRIC_ENCRYPTION' : undefined);
    if (purpose instanceof Unknown || algorithm instanceof Unknown) yield* outcomes(key, unknown('versionTemplate.algorithm', 'the algorithm is not known'));
    // Keys that sign or authenticate hold no records.
    else if (typeof purpose === 'string' && /DECRYPT|ENCAPSULATION/.test(purpose)) {
      const mixed = purpose !== 'ENCRYPT_DECRYPT' && algorithm === 'GOOGLE_SYMMETRIC_ENCRYPTION';
      yield* outcomes(key, typeof algorithm === 'string' && STRONG.test(algorithm) && !mixed ? true : fail('versionTemplate.algorithm', `algorithm is ${shown(algorithm)} for ${purpose}`));
    }
  }
};

export const rule = defineRule({
  id: 'key-size-sufficient',
  title: 'Keys are long enough to outlast the records',
  theme: 'attested-key',
  severity: 'medium',
  waivable: true,
  citations: ['45 CFR 164.312(a)(2)(iv)'],
  why: 'Records of patients stay sensitive for a lifetime; an RSA key of 2048 bits is meant to be used until 2030.',
  fix: {
    azure: 'Use AttestedKey, OsDiskKey and ServiceKey, or keySize 3072 or 4096 (Azure\'s default is 2048), or an EC key on P-256, P-384 or P-521.',
    gcp: 'Use AttestedKey and CmekKeys, or purpose ENCRYPT_DECRYPT with GOOGLE_SYMMETRIC_ENCRYPTION; RAW keys with GCM and RSA of 3072 bits or more also qualify.',
  },
  checks: { azure, gcp },
});
