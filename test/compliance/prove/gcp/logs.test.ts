import type { Preview } from '../../../../constructs/compliance/adapters/pulumi-preview.js';
import { proveLogs } from '../../../../constructs/compliance/prove/gcp/logs.js';
import type { LogProof } from '../../../../constructs/compliance/prove/types.js';
import { executeWorkload, gcpWorkload } from '../../../gcp/preview.js';
import { both, type Edit, edited, set } from './fixture.js';

const WORKLOAD = gcpWorkload();
let preview: Preview;
beforeAll(async () => { preview = await executeWorkload(WORKLOAD); });

const VAULT = 'ProjectBucketConfig logs';
const ARCHIVE = 'Bucket logs-archive';
const after = (edit: Edit): readonly LogProof[] => proveLogs(edited(preview, edit, WORKLOAD));
const named = (proofs: readonly LogProof[], name: string): LogProof => {
  const found = proofs.find(({ log }) => log.endsWith(`::${name.split(' ')[1] ?? ''}`));
  if (!found) throw new Error(`no proof of ${name}`);
  return found;
};

test('the shipped stores are immutable for six years, and only the owner above the artifact can stop records', () => {
  const proofs = after({});
  expect(proofs.map(({ verdict, days, reasons }) => [verdict, days, reasons])).toEqual([['immutable', 2192, []], ['immutable', 2192, []]]);
  for (const { canWeaken } of proofs) expect(canWeaken).toEqual([{ principal: 'roles/owner of project phi-inference or above', via: expect.stringMatching(/cannot remove old/) as string }]);
});

const CASES: readonly (readonly [name: string, edit: Edit, store: string, verdict: LogProof['verdict'], reason: RegExp])[] = [
  ['a log bucket without the lock', set(VAULT, 'locked', false), VAULT, 'mutable', /not locked/],
  ['a log bucket that does not say', set(VAULT, 'locked', undefined), VAULT, 'mutable', /not locked/],
  ['a lock that is not told', set(VAULT, 'locked', '[secret]'), VAULT, 'unknown', /locked is not told/],
  ['a log bucket kept a year', set(VAULT, 'retentionDays', 365), VAULT, 'mutable', /365 days, fewer than 2192/],
  ['a log bucket kept by default', set(VAULT, 'retentionDays', undefined), VAULT, 'mutable', /30 days/],
  ['a retention that is not told', set(VAULT, 'retentionDays', '[secret]'), VAULT, 'unknown', /how long/],
  ['a bucket without the lock', set(ARCHIVE, 'retentionPolicy.isLocked', false), ARCHIVE, 'mutable', /not locked/],
  ['a bucket without a retention policy', set(ARCHIVE, 'retentionPolicy', undefined), ARCHIVE, 'mutable', /no retention policy/],
  ['a bucket kept a day less', set(ARCHIVE, 'retentionPolicy.retentionPeriod', '189302400'), ARCHIVE, 'mutable', /2191 days/],
  ['a bucket whose policy is not told', set(ARCHIVE, 'retentionPolicy', '[secret]'), ARCHIVE, 'unknown', /not told/],
  ['a sink that is off', set('ProjectSink logs-keys-archive', 'disabled', true), ARCHIVE, 'mutable', /nothing arrives/],
  ['a sink with a filter', set('ProjectSink logs-keys-archive', 'filter', 'severity>=ERROR'), ARCHIVE, 'unknown', /filter takes/],
  ['a sink with an exclusion', set('ProjectSink logs-workload-bucket', 'exclusions', [{ name: 'kms', filter: 'resource.type=cloudkms_cryptokey' }]), VAULT, 'mutable', /excludes/],
  ['a sink with an exclusion that is off', set('ProjectSink logs-workload-bucket', 'exclusions', [{ name: 'kms', filter: 'x', disabled: true }]), VAULT, 'immutable', /^$/],
  ['a narrow sink beside a whole one', { add: [['gcp:logging/projectSink:ProjectSink', 'more', { project: 'phi-inference', destination: 'storage.googleapis.com/123456789012-inference-prod-logs', filter: 'severity>=ERROR' }], ['gcp:storage/bucketIAMMember:BucketIAMMember', 'more', { bucket: '123456789012-inference-prod-logs', role: 'roles/storage.objectCreator', member: '${gcp:logging/projectSink:ProjectSink::more.writerIdentity}' }]] }, ARCHIVE, 'immutable', /^$/],
  ['a sink that may not write to the bucket', { remove: ['BucketIAMMember logs-keys-archive'] }, ARCHIVE, 'unknown', /lets logs-keys-archive write/],
  ['a sink that may not write to another project', { remove: ['IAMMember logs-keys-bucket'] }, VAULT, 'unknown', /lets logs-keys-bucket write/],
  ['a key that anybody can destroy', { add: [['gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember', 'all', { cryptoKeyId: '${gcp:kms/cryptoKey:CryptoKey::cmek-logs.id}', role: 'roles/cloudkms.admin', member: 'allAuthenticatedUsers' }]] }, VAULT, 'mutable', /destroy its key/],
];

test.each(CASES)('%s', (_name, edit, store, verdict, reason) => {
  const proof = named(after(edit), store);
  expect([proof.verdict, proof.reasons.join('; ')]).toEqual([verdict, expect.stringMatching(reason)]);
});

test('who can weaken a store is named: roles on the bucket, the project and above, custom roles, and the key', () => {
  const member = (type: string, name: string, where: object, role: string): NonNullable<Edit['add']>[number] => [type, name, { ...where, role, member: `user:${name}@example.org` }];
  const project = { project: 'phi-inference' };
  const proofs = after({ add: [
    member('gcp:projects/iAMMember:IAMMember', 'config', project, 'roles/logging.configWriter'),
    member('gcp:projects/iAMMember:IAMMember', 'viewer', project, 'roles/logging.viewer'),
    member('gcp:projects/iAMMember:IAMMember', 'custom', project, 'projects/phi-inference/roles/stopper'),
    ['gcp:projects/iAMCustomRole:IAMCustomRole', 'stopper', { ...project, roleId: 'stopper', permissions: ['logging.sinks.delete'] }],
    member('gcp:projects/iAMMember:IAMMember', 'elsewhere', project, 'projects/phi-inference/roles/unread'),
    member('gcp:organizations/iAMMember:IAMMember', 'org', { orgId: '345678901234' }, 'roles/logging.admin'),
    member('gcp:storage/bucketIAMMember:BucketIAMMember', 'bucket', { bucket: '123456789012-inference-prod-logs' }, 'roles/storage.admin'),
    member('gcp:storage/bucketIAMMember:BucketIAMMember', 'object', { bucket: '123456789012-inference-prod-logs' }, 'roles/storage.objectAdmin'),
    member('gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember', 'destroyer', { cryptoKeyId: '${gcp:kms/cryptoKey:CryptoKey::cmek-archive.id}' }, 'roles/cloudkms.admin'),
    member('gcp:projects/iAMMember:IAMMember', 'keys', { project: 'phi-inference-keys' }, 'roles/logging.configWriter'),
  ] });
  const people = (name: string): string[] => [...new Set(named(proofs, name).canWeaken.map(({ principal }) => principal.replace(/^user:|@.*$/g, '')).filter((principal) => !principal.includes(' ')))];
  expect(people(ARCHIVE).sort()).toEqual(['bucket', 'config', 'custom', 'destroyer', 'elsewhere', 'keys', 'org']);
  expect(people(VAULT).sort()).toEqual(['config', 'custom', 'elsewhere', 'keys', 'org']);
});

test('a further copy may go anywhere; records kept nowhere else may not', () => {
  const siem: Edit = { add: [['gcp:logging/projectSink:ProjectSink', 'siem', { project: 'phi-inference', destination: 'pubsub.googleapis.com/projects/siem/topics/logs' }]] };
  expect(after(siem).map(({ verdict }) => verdict)).toEqual(['immutable', 'immutable']);
  const alone = after(both(siem, { remove: ['ProjectSink logs-workload-bucket', 'ProjectSink logs-workload-archive'] }));
  expect(alone.map(({ verdict }) => verdict)).toEqual(['immutable', 'immutable', 'unknown']);
});
