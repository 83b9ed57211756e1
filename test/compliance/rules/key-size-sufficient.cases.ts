import type { RuleCase } from '../rule-case.js';
import { azureCase, NOT_KNOWN } from '../prove/azure/fixture.js';

const azure: RuleCase[] = [
  azureCase('3072 bits', 'pass'),
  azureCase('a curve', 'pass', { edits: [['Key', 'storage', 'properties', { kty: 'EC-HSM', curveName: 'P-384' }]] }),
  azureCase('Azure\'s default', 'fail', { edits: [['Key', 'storage', 'properties.keySize', undefined]], at: 'storage' }),
  azureCase('another curve', 'fail', { edits: [['Key', 'storage', 'properties', { kty: 'EC-HSM', curveName: 'P-256K' }]], at: 'storage' }),
  azureCase('not known', 'unknown', { edits: [['Key', 'storage', 'properties.keySize', NOT_KNOWN]], at: 'storage' }),
];

export const cases: RuleCase[] = [...azure];
