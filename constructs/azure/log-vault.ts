import * as authorization from '@pulumi/azure-native/authorization';
import * as managedidentity from '@pulumi/azure-native/managedidentity';
import * as monitor from '@pulumi/azure-native/monitor';
import * as azureNetwork from '@pulumi/azure-native/network';
import * as operationalinsights from '@pulumi/azure-native/operationalinsights';
import * as storage from '@pulumi/azure-native/storage';
import type * as pulumi from '@pulumi/pulumi';
import { SIX_YEARS_IN_DAYS } from '../workload/index.js';
import { AzureComponent, type AzureComponentProps, type Transform, transformed } from './component.js';
import { privateAccount } from './phi-store.js';
import { type PrivateNetwork, PRIVATE_SERVICES } from './private-network.js';
import { grantRole } from './role-grant.js';
import { ROLES } from './roles.js';
import { ServiceEndpoint } from './service-endpoint.js';

export interface LogVaultProps extends AzureComponentProps {
  readonly network: PrivateNetwork;
  /**
   * True for the very first deployment, before `tee-kit lock azure` has run: Azure creates a policy as `Unlocked` at best.
   * The log is then not immutable, and the rules say so. Default false: what is declared is the locked policy.
   */
  readonly lockPending?: boolean;
  readonly transform?: {
    readonly account?: Transform<storage.StorageAccountArgs>;
    readonly workspace?: Transform<operationalinsights.WorkspaceArgs>;
  };
}

/** Days. The longest interactive retention of a workspace. */
const INTERACTIVE_DAYS = 730;
/** Days. The longest total retention of a workspace table. */
const TABLE_LIMIT_DAYS = 4383;
/** Tables that the collected diagnostics and the activity log land in. */
const TABLES = ['AzureActivity', 'AZKVAuditLogs', 'AZKVPolicyEvaluationDetailsLogs', 'AzureDiagnostics', 'LAQueryLogs', 'StorageBlobLogs'] as const;
/** Every category of the subscription's activity log. */
const ACTIVITY_CATEGORIES = ['Administrative', 'Security', 'ServiceHealth', 'Alert', 'Recommendation', 'Policy', 'Autoscale', 'ResourceHealth'] as const;

/**
 * Where every audit record goes: a storage account whose version-level immutability covers whatever Azure writes into
 * it, and a workspace to search in.
 *
 * The record of truth is the storage account. Its policy is `Locked` only if the workload file says `irreversible: true`,
 * and in two steps: the first deployment has `lockPending`, then `tee-kit lock azure` locks and verifies (`docs/azure.md`).
 * Its encryption key is Microsoft's on purpose: deleting a customer key would destroy the logs that the lock protects.
 */
export class LogVault extends AzureComponent {
  readonly account: storage.StorageAccount;
  readonly accountName: string;
  readonly accountId: string;
  readonly blobService: storage.BlobServiceProperties;
  readonly endpoint: ServiceEndpoint;
  readonly workspace: operationalinsights.Workspace;
  readonly workspaceId: string;
  /** By table name. */
  readonly tables: Readonly<Record<string, operationalinsights.Table>>;
  readonly privateLinkScope: monitor.PrivateLinkScope;
  readonly privateLinkMember: monitor.PrivateLinkScopedResource;
  readonly monitorEndpoint: ServiceEndpoint;
  readonly activityLog: monitor.SubscriptionDiagnosticSetting;
  readonly flowLog: azureNetwork.FlowLog;
  readonly flowLogIdentity: managedidentity.UserAssignedIdentity;
  readonly flowLogAccess: authorization.RoleAssignment;
  /** Nobody deletes the account or the workspace without removing a lock first, which the activity log records. */
  readonly locks: { readonly account: authorization.ManagementLockByScope; readonly workspace: authorization.ManagementLockByScope };
  /** By source name; grows with `collect`. */
  readonly diagnostics: Record<string, monitor.DiagnosticSetting> = {};

  /** @throws if the retention is shorter than six years or longer than a workspace table can keep. */
  constructor(name: string, props: LogVaultProps, opts?: pulumi.ComponentResourceOptions) {
    super('LogVault', name, props, opts);
    const { names } = this;
    const { days, irreversible } = props.workload.retention;
    if (!Number.isInteger(days) || days < SIX_YEARS_IN_DAYS || days > TABLE_LIMIT_DAYS) {
      throw new Error(`retention.days: ${days}; Azure keeps ${SIX_YEARS_IN_DAYS} (six years, 45 CFR 164.316(b)(2)(i)) to ${TABLE_LIMIT_DAYS} days`);
    }
    this.accountName = names.storage('log');
    this.accountId = names.id('Microsoft.Storage/storageAccounts', this.accountName);
    this.account = new storage.StorageAccount(
      name,
      transformed(
        {
          resourceGroupName: names.resourceGroup,
          location: names.location,
          accountName: this.accountName,
          kind: 'StorageV2',
          sku: { name: 'Standard_ZRS' },
          // Diagnostics and flow logs are written by Azure's own services.
          ...privateAccount('AzureServices'),
          encryption: {
            keySource: 'Microsoft.Storage',
            requireInfrastructureEncryption: true,
            services: { blob: { enabled: true, keyType: 'Account' }, file: { enabled: true, keyType: 'Account' } },
          },
          immutableStorageWithVersioning: {
            enabled: true,
            immutabilityPolicy: {
              state: irreversible && !props.lockPending ? 'Locked' : 'Unlocked',
              immutabilityPeriodSinceCreationInDays: days,
              // Diagnostics append to the hour's blob; nothing already written can change.
              allowProtectedAppendWrites: true,
            },
          },
          tags: names.tags,
        },
        props.transform?.account,
      ),
      { ...this.child(), protect: true, retainOnDelete: true },
    );
    this.blobService = new storage.BlobServiceProperties(
      name,
      {
        resourceGroupName: names.resourceGroup,
        accountName: this.accountName,
        blobServicesName: 'default',
        isVersioningEnabled: true,
        deleteRetentionPolicy: { enabled: true, days: 365 },
        containerDeleteRetentionPolicy: { enabled: true, days: 365 },
      },
      this.child(this.account),
    );
    this.endpoint = new ServiceEndpoint(
      `${name}-endpoint`,
      { workload: props.workload, resourceGroup: props.resourceGroup, network: props.network, service: PRIVATE_SERVICES.blob, resourceId: this.accountId },
      { parent: this, dependsOn: [this.account] },
    );

    const workspaceName = names.local('logs');
    this.workspaceId = names.id('Microsoft.OperationalInsights/workspaces', workspaceName);
    this.workspace = new operationalinsights.Workspace(
      name,
      transformed(
        {
          resourceGroupName: names.resourceGroup,
          location: names.location,
          workspaceName,
          sku: { name: 'PerGB2018' },
          retentionInDays: INTERACTIVE_DAYS,
          publicNetworkAccessForIngestion: 'Disabled',
          publicNetworkAccessForQuery: 'Disabled',
          features: { disableLocalAuth: true, enableLogAccessUsingOnlyResourcePermissions: true, immediatePurgeDataOn30Days: false },
          tags: names.tags,
        },
        props.transform?.workspace,
      ),
      { ...this.child(), protect: true },
    );
    this.tables = Object.fromEntries(
      TABLES.map((table) => [
        table,
        new operationalinsights.Table(
          `${name}-${table}`,
          {
            resourceGroupName: names.resourceGroup,
            workspaceName,
            tableName: table,
            plan: 'Analytics',
            retentionInDays: INTERACTIVE_DAYS,
            totalRetentionInDays: days,
          },
          // Built-in tables cannot be deleted, only forgotten.
          { ...this.child(this.workspace), retainOnDelete: true },
        ),
      ]),
    );
    const scopeName = names.local('monitor');
    const scopeId = names.id('Microsoft.Insights/privateLinkScopes', scopeName);
    this.privateLinkScope = new monitor.PrivateLinkScope(
      name,
      {
        resourceGroupName: names.resourceGroup,
        location: 'Global',
        scopeName,
        accessModeSettings: { ingestionAccessMode: 'PrivateOnly', queryAccessMode: 'PrivateOnly' },
        tags: names.tags,
      },
      this.child(),
    );
    this.privateLinkMember = new monitor.PrivateLinkScopedResource(
      name,
      { resourceGroupName: names.resourceGroup, scopeName, name: workspaceName, linkedResourceId: this.workspaceId },
      this.child(this.privateLinkScope, this.workspace),
    );
    this.monitorEndpoint = new ServiceEndpoint(
      `${name}-monitor`,
      { workload: props.workload, resourceGroup: props.resourceGroup, network: props.network, service: PRIVATE_SERVICES.monitor, resourceId: scopeId },
      { parent: this, dependsOn: [this.privateLinkScope] },
    );
    this.activityLog = new monitor.SubscriptionDiagnosticSetting(
      name,
      {
        name: names.resourceGroup,
        storageAccountId: this.accountId,
        workspaceId: this.workspaceId,
        logs: ACTIVITY_CATEGORIES.map((category) => ({ category, enabled: true })),
      },
      this.child(this.blobService, this.workspace),
    );

    this.locks = {
      account: this.deleteLock(`${name}-account`, this.accountId, this.account),
      workspace: this.deleteLock(`${name}-workspace`, this.workspaceId, this.workspace),
    };
    this.collect('workspace', this.workspaceId, this.workspace);
    // An account takes no records of itself: who read the audit records stands in the workspace. Writes are the records themselves.
    this.diagnostics['logs'] = new monitor.DiagnosticSetting(
      `${name}-audit`,
      {
        name: 'audit',
        resourceUri: `${this.accountId}/blobServices/default`,
        workspaceId: this.workspaceId,
        logAnalyticsDestinationType: 'Dedicated',
        logs: ['StorageRead', 'StorageDelete'].map((category) => ({ category, enabled: true })),
      },
      this.child(this.blobService, this.workspace),
    );

    const identityName = names.local('flow-log-id');
    const identityId = names.id('Microsoft.ManagedIdentity/userAssignedIdentities', identityName);
    this.flowLogIdentity = new managedidentity.UserAssignedIdentity(
      `${name}-flow-log`,
      { resourceGroupName: names.resourceGroup, location: names.location, resourceName: identityName, tags: names.tags },
      this.child(),
    );
    this.flowLogAccess = grantRole(
      `${name}-flow-log`,
      {
        names,
        role: ROLES.blobDataContributor,
        scope: this.accountId,
        principalId: this.flowLogIdentity.principalId,
        principalType: 'ServicePrincipal',
        description: 'Network Watcher writes flow logs; the account has no shared key',
      },
      this.child(this.account),
    );
    this.flowLog = new azureNetwork.FlowLog(
      name,
      {
        // Azure creates this group and watcher by itself with the first network of a region.
        resourceGroupName: 'NetworkWatcherRG',
        networkWatcherName: `NetworkWatcher_${names.location}`,
        flowLogName: names.local('vnet'),
        location: names.location,
        targetResourceId: props.network.virtualNetworkId,
        storageId: this.accountId,
        enabled: true,
        format: { type: 'JSON', version: 2 },
        identity: { type: 'UserAssigned', userAssignedIdentities: [identityId] },
        // 0 days means no deletion by the writer; the account's policy keeps them.
        retentionPolicy: { enabled: false, days: 0 },
        tags: names.tags,
      },
      this.child(this.blobService, props.network.virtualNetwork, this.flowLogIdentity, this.flowLogAccess),
    );
    this.registerOutputs({ account: this.account.id, workspace: this.workspace.id });
  }

  /**
   * Sends the audit logs of a resource to the immutable account and to the workspace.
   * @param source name in `diagnostics`
   * @param resourceId ARM id; for storage the id of the blob service
   */
  collect(source: string, resourceId: string, resource: pulumi.Resource): monitor.DiagnosticSetting {
    const setting = new monitor.DiagnosticSetting(
      `${source}-audit`,
      {
        name: 'audit',
        resourceUri: resourceId,
        storageAccountId: this.accountId,
        workspaceId: this.workspaceId,
        logAnalyticsDestinationType: 'Dedicated',
        logs: [{ categoryGroup: 'allLogs', enabled: true }],
      },
      this.child(resource, this.blobService, this.workspace),
    );
    this.diagnostics[source] = setting;
    return setting;
  }

  private deleteLock(name: string, scope: string, resource: pulumi.Resource): authorization.ManagementLockByScope {
    return new authorization.ManagementLockByScope(
      name,
      { scope, lockName: 'audit-records', level: 'CanNotDelete', notes: 'Audit records of a PHI workload' },
      this.child(resource),
    );
  }
}
