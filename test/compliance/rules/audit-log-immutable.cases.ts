import type { RuleCase } from '../rule-case.js';
import { archive, audit, logBucket, logs as logsOf, resource, sink, WORKLOAD_PROJECT } from '../gcp-fixture.js';
import { logs } from '../prove/aws/log-fixture.js';
import { azureCase, NOT_KNOWN } from '../prove/azure/fixture.js';

const sandbox = { environment: 'sandbox', retention: { days: 2192, irreversible: false } } as const;
const aws: RuleCase[] = [
  { name: 'COMPLIANCE for six years', cloud: 'aws', expected: 'pass', at: 'Vault', resources: logs() },
  { name: 'GOVERNANCE', cloud: 'aws', expected: 'fail', at: 'Vault', resources: logs({ retention: { Mode: 'GOVERNANCE', Days: 2192 } }) },
  { name: 'GOVERNANCE in a sandbox is stated', cloud: 'aws', expected: 'warn', at: 'Vault', resources: logs({ retention: { Mode: 'GOVERNANCE', Days: 2192 } }), workload: sandbox },
  { name: 'no lock', cloud: 'aws', expected: 'fail', at: 'Vault', resources: logs({ retention: null }) },
  { name: 'trail into a bucket of others', cloud: 'aws', expected: 'unknown', at: 'Trail', resources: logs({ trail: { S3BucketName: 'elsewhere' } }) },
  { name: 'no log at all', cloud: 'aws', expected: 'fail', at: 'aws', resources: { Key: { Type: 'AWS::KMS::Key' } } },
];

const azure: RuleCase[] = [
  azureCase('locked', 'pass', { at: 'logs' }),
  azureCase('unlocked', 'fail', { edits: [['StorageAccount', 'logs', 'immutableStorageWithVersioning.immutabilityPolicy.state', 'Unlocked']], at: 'logs' }),
  azureCase('nothing', 'fail', { edits: [['StorageAccount', 'logs', 'immutableStorageWithVersioning', undefined]], at: 'logs' }),
  azureCase('unlocked outside production', 'warn', { edits: [['StorageAccount', 'logs', 'immutableStorageWithVersioning.immutabilityPolicy.state', 'Unlocked']], at: 'logs', workload: { environment: 'sandbox', retention: { days: 2192, irreversible: false } } }),
  azureCase('not known', 'unknown', { edits: [['StorageAccount', 'logs', 'immutableStorageWithVersioning', NOT_KNOWN]], at: 'logs' }),
  azureCase('a namespace that takes no lock', 'fail', { edits: [['StorageAccount', 'logs', 'isHnsEnabled', true]], at: 'logs' }),
];

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'two locked stores', expected: 'pass', resources: logsOf() },
  { cloud: 'gcp', name: 'a sink that writes as everybody\'s', expected: 'fail', at: 'archive', resources: logsOf(sink('archive', WORKLOAD_PROJECT, 'archive', { uniqueWriterIdentity: false })) },
  { cloud: 'gcp', name: 'a policy that takes the writer away', expected: 'unknown', at: 'archive', resources: logsOf(resource('gcp:storage/bucketIAMPolicy:BucketIAMPolicy', 'whole', { bucket: 'archive', policyData: '{"bindings":[]}' })) },
  { cloud: 'gcp', name: 'a writer under a condition that never holds', expected: 'unknown', at: 'vault', resources: logsOf(resource('gcp:projects/iAMMember:IAMMember', 'w3', { project: WORKLOAD_PROJECT, role: 'roles/logging.bucketWriter', member: '${gcp:logging/projectSink:ProjectSink::keys-vault.writerIdentity}', condition: { expression: 'false' } })) },
  { cloud: 'gcp', name: 'a log bucket without the lock', expected: 'fail', at: 'vault', resources: logsOf(logBucket({ locked: false })) },
  { cloud: 'gcp', name: 'an archive whose policy is not told', expected: 'unknown', at: 'archive', resources: logsOf(archive({ retentionPolicy: '[secret]' })) },
  { cloud: 'gcp', name: 'no store', expected: 'fail', at: 'gcp', resources: [audit('audit', 'phi-inference')] },
  { cloud: 'gcp', name: 'reversible logsOf of a sandbox', expected: 'warn', at: 'vault', workload: { environment: 'sandbox', retention: { days: 2192, irreversible: false } }, resources: logsOf(logBucket({ locked: false })) },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
