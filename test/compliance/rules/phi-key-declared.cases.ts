import { key } from '../aws-fixture.js';
import type { RuleCase } from '../rule-case.js';
import { azureCase, NOT_KNOWN } from '../prove/azure/fixture.js';

const aws: RuleCase[] = [
  { cloud: 'aws', name: 'a PHI key and a log key', expected: 'pass', resources: { Phi: key({ Tags: [{ Key: 'key-purpose', Value: 'phi' }] }), Logs: key({ Tags: [{ Key: 'key-purpose', Value: 'logs' }] }) } },
  { cloud: 'aws', name: 'no tag', expected: 'fail', at: 'Key', path: 'Tags', resources: { Key: key() } },
  { cloud: 'aws', name: 'an unknown purpose', expected: 'fail', at: 'Key', resources: { Key: key({ Tags: [{ Key: 'key-purpose', Value: 'misc' }] }) } },
  { cloud: 'aws', name: 'no PHI key', expected: 'fail', at: 'aws', resources: { Key: key({ Tags: [{ Key: 'key-purpose', Value: 'logs' }] }) } },
  { cloud: 'aws', name: 'the purpose is a parameter', expected: 'unknown', at: 'Key', resources: { Phi: key({ Tags: [{ Key: 'key-purpose', Value: 'phi' }] }), Key: key({ Tags: [{ Key: 'key-purpose', Value: { Ref: 'Parameter' } }] }) } },
];

const azure: RuleCase[] = [
  azureCase('every key declared', 'pass'),
  azureCase('a key without purpose', 'fail', { edits: [['Key', 'storage', 'tags.key-purpose', undefined]], at: 'storage', path: 'tags' }),
  azureCase('no PHI key', 'fail', { gone: [['Key', 'phi']], at: 'azure' }),
  azureCase('not known', 'unknown', { edits: [['Key', 'storage', 'tags', NOT_KNOWN]], at: 'storage' }),
];

const gcp: RuleCase[] = [];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
