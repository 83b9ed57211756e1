import type { RuleCase } from '../rule-case.js';
import { azureCase, NOT_KNOWN } from '../prove/azure/fixture.js';

const azure: RuleCase[] = [
  azureCase('the signer of the workload file', 'pass', { at: 'authority' }),
  azureCase('one more', 'fail', { edits: [['AttestationProvider', 'authority', 'properties.policySigningCertificates.keys', [{ kty: 'RSA', alg: 'RS256', x5C: ['MIIB'] }, { kty: 'RSA', alg: 'RS256', x5C: ['MIIC'] }]]], at: 'authority' }),
  azureCase('none', 'fail', { edits: [['AttestationProvider', 'authority', 'properties.policySigningCertificates', undefined]], at: 'authority' }),
  azureCase('not known', 'unknown', { edits: [['AttestationProvider', 'authority', 'properties', NOT_KNOWN]], at: 'authority' }),
];

export const cases: RuleCase[] = [...azure];
