import { key } from '../aws-fixture.js';
import type { RuleCase } from '../rule-case.js';
import { azureCase, NOT_KNOWN } from '../prove/azure/fixture.js';
import { key as keyOf, rings } from '../gcp-fixture.js';

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

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'every keyOf says so', expected: 'pass', resources: [...rings, keyOf('phi', 'phi'), keyOf('disk', 'os-disk')] },
  { cloud: 'gcp', name: 'no label', expected: 'fail', at: 'other', path: 'labels', resources: [...rings, keyOf('phi', 'phi'), keyOf('other', 'x', { labels: undefined })] },
  { cloud: 'gcp', name: 'labels that are not told', expected: 'unknown', at: 'other', path: 'labels', resources: [...rings, keyOf('phi', 'phi'), keyOf('other', 'x', { labels: '[secret]' })] },
  { cloud: 'gcp', name: 'no PHI key', expected: 'fail', at: 'gcp', resources: [...rings, keyOf('disk', 'os-disk')] },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
