import { type Act, filtersOf, fired, hasWatch, takes, takesOperation, unreadFilters, vaultRecords, watched } from '../alarms.js';
import { type Check, type Defect, defineRule, fail, outcomes, unknown } from '../rule.js';
import { processesPhi } from '../phi.js';

const EVENTS = ['PutKeyPolicy', 'CreateGrant', 'ScheduleKeyDeletion', 'DisableKey', 'StopLogging', 'DeleteTrail', 'UpdateTrail', 'DeleteFlowLogs'] as const;
const UNATTESTED = /additionalEventData\.recipient\s+NOT EXISTS/;

const aws: Check = function* (deployment) {
  if (!hasWatch(deployment)) return;
  const trails = deployment.ofType('AWS::CloudTrail::Trail');
  const defects: Defect[] = trails.every(({ properties }) => properties['CloudWatchLogsLogGroupArn'] === undefined) ? [fail('', 'no trail goes to a log group, so nothing in it can raise an alarm')] : [];
  const say = unreadFilters(deployment) ? unknown : fail;
  const patterns = watched(deployment);
  for (const event of EVENTS) if (!patterns.some((pattern) => pattern.includes(`"${event}"`) || new RegExp(`=\\s*${event}\\b`).test(pattern))) defects.push(say('', `no alarm on ${event}`));
  if (!patterns.some((pattern) => UNATTESTED.test(pattern))) defects.push(say('', 'no alarm on use of the PHI key without attestation'));
  yield* outcomes(deployment.root, defects);
};

/** Operations of the control plane after which the gate, the walls or the records may be others. */
const OPERATIONS = [
  'Microsoft.Authorization/roleAssignments/write', 'Microsoft.Authorization/locks/delete', 'Microsoft.Authorization/policyAssignments/delete',
  'Microsoft.KeyVault/vaults/write', 'Microsoft.Attestation/attestationProviders/write', 'Microsoft.Attestation/attestationProviders/delete',
  'Microsoft.Compute/virtualMachines/extensions/write', 'Microsoft.Compute/virtualMachineScaleSets/extensions/write', 'Microsoft.Compute/virtualMachines/runCommand/action',
  'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/write',
  'Microsoft.Insights/diagnosticSettings/write', 'Microsoft.Insights/diagnosticSettings/delete', 'Microsoft.Storage/storageAccounts/write',
  'Microsoft.Network/networkSecurityGroups/write', 'Microsoft.Network/networkSecurityGroups/securityRules/write',
] as const;

/** Operations of a vault after which a key is another one, elsewhere or gone. */
const KEY_CHANGES = ['KeyCreate', 'KeyImport', 'KeyRotate', 'KeyRestore', 'KeyUpdate', 'KeyBackup', 'KeyDelete', 'KeyPurge'] as const;

const azure: Check = function* (deployment) {
  if (!processesPhi(deployment) || !deployment.workload?.clouds.azure) return;
  const alerts = deployment.ofType('azure-native:monitor:ActivityLogAlert');
  const defects = OPERATIONS.flatMap((operation): Defect[] => {
    const answers = alerts.map((alert) => takesOperation(deployment, alert, operation));
    return answers.includes(true) ? [] : [(answers.includes(undefined) ? unknown : fail)('', `no alert on ${operation}${answers.includes(undefined) ? ' that its condition tells for certain' : ''}`)];
  });
  const changes = KEY_CHANGES.map((operation) => [operation, fired(deployment, vaultRecords(deployment, operation, 'done'))] as const);
  for (const [answer, say] of [[false, fail], [undefined, unknown]] as const) {
    const missed = changes.filter(([, seen]) => seen === answer).map(([operation]) => operation);
    if (missed.length > 0) defects.push(say('', `no alert on ${missed.join(', ')} in the log of the vaults${answer === undefined ? ' that its query and its times tell for certain' : ''}`));
  }
  yield* outcomes(deployment.root, defects);
};

const ACTS: readonly Act[] = [
  { name: 'a change of the key policy', on: 'keys', service: 'cloudkms.googleapis.com', method: 'SetIamPolicy' },
  { name: 'the destruction of a key version', on: 'keys', service: 'cloudkms.googleapis.com', method: 'DestroyCryptoKeyVersion' },
  { name: 'a decryption from outside the pool', on: 'keys', service: 'cloudkms.googleapis.com', method: 'Decrypt' },
  { name: 'a change of the identity pool', on: 'keys', service: 'iam.googleapis.com', method: 'google.iam.v1.WorkloadIdentityPools.UpdateWorkloadIdentityPoolProvider' },
  { name: 'a change of the deny policy', on: 'keys', service: 'iam.googleapis.com', method: 'google.iam.v2.Policies.UpdatePolicy' },
  { name: 'a change of a sink', on: 'both', service: 'logging.googleapis.com', method: 'google.logging.v2.ConfigServiceV2.UpdateSink' },
  { name: 'a change of a log bucket', on: 'both', service: 'logging.googleapis.com', method: 'google.logging.v2.ConfigServiceV2.UpdateBucket' },
  { name: 'a change of the project policy', on: 'both', service: 'cloudresourcemanager.googleapis.com', method: 'SetIamPolicy' },
];

const gcp: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  const placement = deployment.workload?.clouds.gcp;
  if (!placement) return;
  for (const act of ACTS) {
    for (const project of act.on === 'keys' ? [placement.keyProject] : [placement.keyProject, placement.project]) {
      const answers = filtersOf(deployment, project).map((filter) => takes(filter, act));
      yield* outcomes(deployment.root, answers.includes(true) ? true : (answers.includes(undefined) ? unknown : fail)('', `${act.name} in project ${project} raises no alarm${answers.includes(undefined) ? ' that the filters tell for certain' : ''}`));
    }
  }
};

export const rule = defineRule({
  id: 'security-alarms-complete',
  title: 'Misuse of the gate and of the logs raises an alarm',
  theme: 'immutable-log',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.308(a)(6)(ii)', '45 CFR 164.308(a)(1)(ii)(D)', '45 CFR 164.312(b)'],
  why: 'A record that nobody looks at finds the breach in the next audit. Who opens the gate, uses the key past it or stops the log has to wake somebody.',
  fix: {
    aws: 'Use AttestationAlarms, or send the trail to a log group and keep an alarm with an action, or an event rule, on each: use without attestation (additionalEventData.recipient NOT EXISTS), PutKeyPolicy, CreateGrant, ScheduleKeyDeletion and DisableKey, StopLogging, DeleteTrail and UpdateTrail, DeleteFlowLogs.',
    azure: 'Use GateAlarms, or an ActivityLogAlert on the group for role assignments, locks, policy assignments, vaults, attestation providers, extensions and run commands, federated credentials, diagnostic settings, storage accounts and security rules, and a ScheduledQueryRule on KeyCreate, KeyImport, KeyRotate, KeyRestore, KeyUpdate, KeyBackup, KeyDelete and KeyPurge of AZKVAuditLogs, each with an action group and at least once an hour.',
    gcp: 'Use SecurityAlerts, or monitoring.AlertPolicy with conditionMatchedLog on SetIamPolicy, DestroyCryptoKeyVersion, Decrypt from outside the pool, WorkloadIdentityPools, deny policies, ConfigServiceV2 and project policies, enabled and with a notification channel.',
  },
  checks: { aws, azure, gcp },
});
