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

export const rule = defineRule({
  id: 'key-size-sufficient',
  title: 'Keys are long enough to outlast the records',
  theme: 'attested-key',
  severity: 'medium',
  waivable: true,
  citations: ['45 CFR 164.312(a)(2)(iv)'],
  why: 'Records of patients stay sensitive for a lifetime; an RSA key of 2048 bits is meant to be used until 2030.',
  fix: { azure: 'Use AttestedKey, OsDiskKey and ServiceKey, or keySize 3072 or 4096 (Azure\'s default is 2048), or an EC key on P-256, P-384 or P-521.' },
  checks: { azure },
});
