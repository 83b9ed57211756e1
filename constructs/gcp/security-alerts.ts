import type * as pulumi from '@pulumi/pulumi';
import * as monitoring from '@pulumi/gcp/monitoring/index.js';
import type { Workload } from '../workload/workload.js';
import { Component, namePrefix, placementOf, type Transform, transformed } from './component.js';
import { phiLabels } from './phi-labels.js';
import { poolId } from './principals.js';

/** At most one notification per alert in this time. Log-matched alerts must name one. */
const RATE_LIMIT = '300s';

export interface SecurityAlertsArgs {
  readonly workload: Workload;
  readonly transform?: Transform<{ alert: monitoring.AlertPolicyArgs; channel: monitoring.NotificationChannelArgs }>;
}

/**
 * Alerts on every change to the gate or to the logs, on every decryption by someone outside the pool, on every token or
 * decryption that was refused, and on every act of a break-glass principal that is no group. Each lies in the project whose
 * log it reads: a log-matched alert sees no other.
 */
export class SecurityAlerts extends Component {
  /** By project role: `workload`, `keys`. */
  readonly channels: Readonly<Record<string, monitoring.NotificationChannel>>;
  readonly alerts: Readonly<Record<string, monitoring.AlertPolicy>>;

  constructor(name: string, args: SecurityAlertsArgs, options: pulumi.ComponentResourceOptions = {}) {
    super('SecurityAlerts', name, options);
    const { workload } = args;
    const placement = placementOf(workload);
    const prefix = namePrefix(workload);
    const userLabels = phiLabels(workload);
    const pool = `principal://iam.googleapis.com/projects/${placement.keyProjectNumber}/locations/global/workloadIdentityPools/${poolId(workload)}/`;

    const logPipeline = 'protoPayload.serviceName="logging.googleapis.com" AND protoPayload.methodName=~"ConfigServiceV2[.](Create|Update|Delete|Undelete)"';
    const projectPolicy = 'protoPayload.serviceName=("cloudresourcemanager.googleapis.com" OR "orgpolicy.googleapis.com") AND protoPayload.methodName=~"SetIamPolicy|SetOrgPolicy|OrgPolicy[.](Create|Update|Delete)"';
    // The log names who acted, never the group that let them.
    const breakGlass = /^(?:user|serviceAccount):(.+)$/.exec(workload.breakGlass.gcp ?? '')?.[1];
    const emergency: Readonly<Record<string, string>> = breakGlass === undefined ? {} : { 'break-glass': `protoPayload.authenticationInfo.principalEmail="${breakGlass}"` };
    const filters: Readonly<Record<'keys' | 'workload', Readonly<Record<string, string>>>> = {
      keys: {
        'key-policy': 'protoPayload.serviceName="cloudkms.googleapis.com" AND protoPayload.methodName=~"SetIamPolicy|UpdateCryptoKey$|CreateImportJob"',
        'key-version': 'protoPayload.serviceName="cloudkms.googleapis.com" AND protoPayload.methodName=~"(Destroy|Update|Restore|Import)CryptoKeyVersion|UpdateCryptoKeyPrimaryVersion"',
        'identity-pool': 'protoPayload.serviceName="iam.googleapis.com" AND protoPayload.methodName=~"WorkloadIdentityPool"',
        'deny-policy': 'protoPayload.serviceName="iam.googleapis.com" AND protoPayload.methodName=~"Policies[.](Create|Update|Delete)Policy"',
        'custom-role': 'protoPayload.serviceName="iam.googleapis.com" AND protoPayload.methodName=~"(Create|Update|Delete|Undelete)Role"',
        'outside-decrypt': `protoPayload.serviceName="cloudkms.googleapis.com" AND protoPayload.methodName=~"Decrypt$" AND NOT protoPayload.authenticationInfo.principalSubject:"${pool}"`,
        'refused-release': 'protoPayload.serviceName=("cloudkms.googleapis.com" OR "sts.googleapis.com") AND protoPayload.methodName=~"Decrypt$|ExchangeToken$" AND protoPayload.status.code>0',
        'project-policy': projectPolicy,
        'log-pipeline': logPipeline,
        ...emergency,
      },
      workload: {
        'project-policy': projectPolicy,
        'log-pipeline': logPipeline,
        'archive-bucket': 'protoPayload.serviceName="storage.googleapis.com" AND protoPayload.methodName=~"storage[.](setIamPermissions|buckets[.](update|patch|delete|lockRetentionPolicy))"',
        ...emergency,
      },
    };

    const channels: Record<string, monitoring.NotificationChannel> = {};
    const alerts: Record<string, monitoring.AlertPolicy> = {};
    for (const [role, project] of [['keys', placement.keyProject], ['workload', placement.project]] as const) {
      const channel = (channels[role] = new monitoring.NotificationChannel(
        `${name}-${role}`,
        transformed(args.transform?.channel, { project, displayName: `${prefix} security`, type: 'email', labels: { email_address: workload.contact }, userLabels }),
        this.child(),
      ));
      for (const [alert, filter] of Object.entries(filters[role])) {
        alerts[`${role}-${alert}`] = new monitoring.AlertPolicy(
          `${name}-${role}-${alert}`,
          transformed(args.transform?.alert, {
            project,
            displayName: `${prefix}: ${alert}`,
            combiner: 'OR',
            enabled: true,
            severity: 'CRITICAL',
            conditions: [{ displayName: alert, conditionMatchedLog: { filter } }],
            alertStrategy: { notificationRateLimit: { period: RATE_LIMIT } },
            notificationChannels: [channel.id],
            userLabels,
          }),
          this.child(),
        );
      }
    }
    this.channels = channels;
    this.alerts = alerts;
    this.registerOutputs({});
  }
}
