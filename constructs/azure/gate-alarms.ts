import * as monitor from '@pulumi/azure-native/monitor';
import type * as pulumi from '@pulumi/pulumi';
import { AzureComponent, type AzureComponentProps } from './component.js';
import type { LogVault } from './log-vault.js';

export interface GateAlarmsProps extends AzureComponentProps {
  readonly logs: LogVault;
}

/** Control-plane operations that change the gate of the PHI key, its guests, its walls or its records. */
const GATE_OPERATIONS = [
  'Microsoft.Authorization/roleAssignments/write',
  'Microsoft.Authorization/roleAssignments/delete',
  'Microsoft.Authorization/locks/delete',
  'Microsoft.Authorization/policyAssignments/delete',
  'Microsoft.Authorization/policyAssignments/write',
  'Microsoft.KeyVault/vaults/write',
  'Microsoft.KeyVault/vaults/accessPolicies/write',
  'Microsoft.Attestation/attestationProviders/write',
  'Microsoft.Attestation/attestationProviders/delete',
  'Microsoft.Compute/virtualMachines/runCommand/action',
  'Microsoft.Compute/virtualMachines/extensions/write',
  'Microsoft.Compute/virtualMachineScaleSets/extensions/write',
  'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action',
  'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/write',
  'Microsoft.Network/networkSecurityGroups/write',
  'Microsoft.Network/networkSecurityGroups/securityRules/write',
  'Microsoft.Insights/diagnosticSettings/write',
  'Microsoft.Insights/diagnosticSettings/delete',
  'Microsoft.Storage/storageAccounts/write',
] as const;

/** Data-plane operations on a key other than its use. */
const KEY_CHANGES = ['KeyCreate', 'KeyImport', 'KeyUpdate', 'KeyDelete', 'KeyPurge', 'KeyRecover', 'KeyBackup', 'KeyRestore', 'KeyRotate'] as const;

/**
 * Tells the workload's contact of what should be rare: a refused release, a changed key, any act of the break-glass
 * principal, and changes of the gate through the control plane. A deployment sets some of them off; that is the reminder
 * that it can.
 */
export class GateAlarms extends AzureComponent {
  readonly recipients: monitor.ActionGroup;
  readonly controlPlane: monitor.ActivityLogAlert;
  /** By alarm: `refused-release`, `key-changed`, and `break-glass` if the workload file names a principal. */
  readonly dataPlane: Readonly<Record<string, monitor.ScheduledQueryRule>>;

  constructor(name: string, props: GateAlarmsProps, opts?: pulumi.ComponentResourceOptions) {
    super('GateAlarms', name, props, opts);
    const { names } = this;
    const { workload, logs } = props;
    const actionGroupName = names.local('gate');
    const recipientsId = names.id('Microsoft.Insights/actionGroups', actionGroupName);
    this.recipients = new monitor.ActionGroup(
      name,
      {
        resourceGroupName: names.resourceGroup,
        location: 'Global',
        actionGroupName,
        // Twelve characters at most.
        groupShortName: 'phi-gate',
        enabled: true,
        emailReceivers: [{ name: 'contact', emailAddress: workload.contact, useCommonAlertSchema: true }],
        tags: names.tags,
      },
      this.child(),
    );
    this.controlPlane = new monitor.ActivityLogAlert(
      name,
      {
        resourceGroupName: names.resourceGroup,
        location: 'Global',
        activityLogAlertName: names.local('gate-changed'),
        description: 'The control plane was asked to change the gate of the PHI key, its guests, its walls or its records',
        enabled: true,
        scopes: [names.resourceGroupId],
        condition: { allOf: [{ field: 'category', equals: 'Administrative' }, { anyOf: GATE_OPERATIONS.map((operation) => ({ field: 'operationName', equals: operation })) }] },
        actions: { actionGroups: [{ actionGroupId: recipientsId }] },
        tags: names.tags,
      },
      this.child(this.recipients),
    );
    const breakGlass = workload.breakGlass.azure;
    const queries: Readonly<Record<string, { readonly severity: number; readonly description: string; readonly query: string }>> = {
      'refused-release': {
        severity: 1,
        description: 'A key was not released: a guest without a valid attestation, or somebody without a guest',
        query: 'AZKVAuditLogs | where OperationName == "KeyRelease" and ResultSignature != "OK"',
      },
      'key-changed': {
        severity: 1,
        description: 'A key was created, changed, deleted, recovered or backed up',
        query: `AZKVAuditLogs | where OperationName in (${KEY_CHANGES.map((operation) => `"${operation}"`).join(', ')})`,
      },
      ...(breakGlass
        ? { 'break-glass': {
            severity: 0,
            description: 'The break-glass principal acted',
            query: `union isfuzzy=true (AZKVAuditLogs | where tostring(Identity) has "${breakGlass}"), (AzureActivity | where Caller has "${breakGlass}" or tostring(Claims) has "${breakGlass}")`,
          } }
        : {}),
    };
    this.dataPlane = Object.fromEntries(
      Object.entries(queries).map(([alarm, { severity, description, query }]) => [
        alarm,
        new monitor.ScheduledQueryRule(
          `${name}-${alarm}`,
          {
            resourceGroupName: names.resourceGroup,
            location: names.location,
            ruleName: names.local(alarm),
            displayName: names.local(alarm),
            description,
            severity,
            enabled: true,
            scopes: [logs.workspaceId],
            evaluationFrequency: 'PT5M',
            // Twice what records usually take to arrive.
            windowSize: 'PT15M',
            criteria: { allOf: [{ query, timeAggregation: 'Count', operator: 'GreaterThan', threshold: 0, failingPeriods: { minFailingPeriodsToAlert: 1, numberOfEvaluationPeriods: 1 } }] },
            actions: { actionGroups: [recipientsId] },
            autoMitigate: false,
            // The tables appear with their first record.
            skipQueryValidation: true,
            tags: names.tags,
          },
          this.child(this.recipients, logs.workspace),
        ),
      ]),
    );
    this.registerOutputs({ recipients: this.recipients.id });
  }
}
