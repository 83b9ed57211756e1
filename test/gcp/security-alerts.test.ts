import { SecurityAlerts } from '../../constructs/gcp/index.js';
import type { Resource } from '../../constructs/compliance/model.js';
import { type Entry, matches } from './log-filter.js';
import { execute, gcpWorkload, resourcesOf } from './preview.js';

let alerts: readonly Resource[];
beforeAll(async () => {
  alerts = resourcesOf(await execute(() => { new SecurityAlerts('alerts', { workload: gcpWorkload() }); })).filter(({ type }) => type.endsWith(':AlertPolicy'));
});

const entry = (service: string, method: string, principal?: string): Entry => ({
  'protoPayload.serviceName': `${service}.googleapis.com`, 'protoPayload.methodName': method, ...(principal === undefined ? {} : { 'protoPayload.authenticationInfo.principalSubject': principal }),
});

/** The alerts that an entry in a project's log raises. */
function raised(project: string, act: Entry): string[] {
  return alerts
    .filter(({ properties }) => properties['project'] === project)
    .filter(({ properties }) => (properties['conditions'] as { conditionMatchedLog: { filter: string } }[]).some(({ conditionMatchedLog }) => matches(conditionMatchedLog.filter, act)))
    .map(({ name }) => name.replace('alerts-', ''));
}

const KEYS = 'phi-inference-keys';
const WORKLOAD = 'phi-inference';
const ATTESTED = 'principal://iam.googleapis.com/projects/210987654321/locations/global/workloadIdentityPools/inference-prod/subject/gcpcs::sha256:aa::123456789012::1';

test.each<readonly [act: string, project: string, entry: Entry, alert: readonly string[]]>([
  ['the key\'s policy', KEYS, entry('cloudkms', 'SetIamPolicy'), ['keys-key-policy']],
  ['the key\'s policy, by its full name', KEYS, entry('cloudkms', 'google.iam.v1.IAMPolicy.SetIamPolicy'), ['keys-key-policy']],
  ['the key\'s rotation', KEYS, entry('cloudkms', 'UpdateCryptoKey'), ['keys-key-policy']],
  ['a version destroyed', KEYS, entry('cloudkms', 'DestroyCryptoKeyVersion'), ['keys-key-version']],
  ['a version disabled', KEYS, entry('cloudkms', 'UpdateCryptoKeyVersion'), ['keys-key-version']],
  ['a version imported', KEYS, entry('cloudkms', 'ImportCryptoKeyVersion'), ['keys-key-version']],
  ['the provider\'s condition', KEYS, entry('iam', 'google.iam.v1.WorkloadIdentityPools.UpdateWorkloadIdentityPoolProvider'), ['keys-identity-pool']],
  ['a second provider', KEYS, entry('iam', 'google.iam.v1.WorkloadIdentityPools.CreateWorkloadIdentityPoolProvider'), ['keys-identity-pool']],
  ['the deny policy', KEYS, entry('iam', 'google.iam.v2.Policies.DeletePolicy'), ['keys-deny-policy']],
  ['a custom role', KEYS, entry('iam', 'google.iam.admin.v1.UpdateRole'), ['keys-custom-role']],
  ['the project\'s policy', KEYS, entry('cloudresourcemanager', 'SetIamPolicy'), ['keys-project-policy']],
  ['an organisation policy of the project', WORKLOAD, entry('orgpolicy', 'google.cloud.orgpolicy.v2.OrgPolicy.DeletePolicy'), ['workload-project-policy']],
  ['a sink', KEYS, entry('logging', 'google.logging.v2.ConfigServiceV2.UpdateSink'), ['keys-log-pipeline']],
  ['an exclusion', WORKLOAD, entry('logging', 'google.logging.v2.ConfigServiceV2.CreateExclusion'), ['workload-log-pipeline']],
  ['the log bucket', WORKLOAD, entry('logging', 'google.logging.v2.ConfigServiceV2.UpdateBucket'), ['workload-log-pipeline']],
  ['the archive', WORKLOAD, entry('storage', 'storage.buckets.update'), ['workload-archive-bucket']],
  ['who may read the archive', WORKLOAD, entry('storage', 'storage.setIamPermissions'), ['workload-archive-bucket']],
  ['a decryption by a person', KEYS, entry('cloudkms', 'Decrypt', 'user:mallory@example.org'), ['keys-outside-decrypt']],
  ['a decryption by nobody in particular', KEYS, entry('cloudkms', 'Decrypt'), ['keys-outside-decrypt']],
  ['a decryption by another pool', KEYS, entry('cloudkms', 'Decrypt', ATTESTED.replace('inference-prod', 'inference-prod-2')), ['keys-outside-decrypt']],
  ['a decryption by the TEE', KEYS, entry('cloudkms', 'Decrypt', ATTESTED), []],
  ['a decryption by the TEE that is refused', KEYS, { ...entry('cloudkms', 'Decrypt', ATTESTED), 'protoPayload.status.code': '7' }, ['keys-refused-release']],
  ['a token that is refused', KEYS, { ...entry('sts', 'google.identity.sts.v1.SecurityTokenService.ExchangeToken'), 'protoPayload.status.code': '3' }, ['keys-refused-release']],
  ['a token for the TEE', KEYS, entry('sts', 'google.identity.sts.v1.SecurityTokenService.ExchangeToken'), []],
  ['an encryption by the TEE', KEYS, entry('cloudkms', 'Encrypt', ATTESTED), []],
  ['a look at the key', KEYS, entry('cloudkms', 'GetCryptoKey', 'user:ada@example.org'), []],
  ['an object written', WORKLOAD, entry('storage', 'storage.objects.create'), []],
])('%s', (_act, project, act, expected) => {
  expect(raised(project, act)).toEqual(expected);
});

test('each alert is on, reaches somebody, and says how often', () => {
  for (const { properties } of alerts) {
    expect(properties).toMatchObject({ enabled: true, severity: 'CRITICAL', alertStrategy: { notificationRateLimit: { period: '300s' } } });
    expect(properties['notificationChannels']).toEqual([expect.stringMatching(/NotificationChannel::alerts-(keys|workload)\.id/)]);
  }
});
