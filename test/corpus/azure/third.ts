/** What a third look found: alarms that ring too late or for nobody, spellings, and types beside the PHI plane. */
import { add, both, drop, fleet, grant, inputs, isRecord, key, list, log, logSame, machine, machineSame, net, networkSame, policy, put, record, same, set, tagSame, vm, type Apply } from './edits.js';
import type { Json, JsonObject, Mutator } from '../mutator.js';

const QUERY = 'monitor:ScheduledQueryRule';
const criterion = (name: string, change: (one: JsonObject) => void): Apply => (artifact) => change(record(list(record(inputs(artifact, QUERY, name)['criteria'], 'criteria')['allOf'], 'allOf')[0], 'a criterion'));
const query = (name: string, change: (text: string) => string): Apply => criterion(name, (one) => { one['query'] = change(String(one['query'] as string)); });
const operations = (artifact: JsonObject): { readonly holder: JsonObject; readonly all: Json[] } => {
  const holder = list(record(inputs(artifact, 'monitor:ActivityLogAlert', 'gate')['condition'], 'condition')['allOf'], 'allOf').find((one): one is JsonObject => isRecord(one) && 'anyOf' in one);
  return { holder: record(holder, 'operations'), all: list(holder?.['anyOf'], 'anyOf') };
};
const keyText = (change: (text: string) => string): Apply => (artifact) => {
  const holder = record(record(inputs(artifact, 'keyvault:Key', 'phi')['properties'], 'properties')['releasePolicy'], 'releasePolicy');
  holder['data'] = Buffer.from(change(Buffer.from(String(holder['data'] as string), 'base64url').toString('utf8')), 'utf8').toString('base64url');
};
const elsewhere = '/subscriptions/99999999-0000-4000-8000-000000000000/resourceGroups/others/providers';

export const thirdWeaker: readonly Mutator[] = [
  key('os-authority-of-another-region', policy('os-disk', (whole, branch) => { list(whole['anyOf'], 'anyOf').push({ ...branch, authority: 'https://sharedweu.weu.attest.azure.net/' }); return undefined; })),
  key('keyops-of-no-vault', set('keyvault:Key', 'phi', 'properties.keyOps', ['wrapKey', 'export'])),
  key('service-key-exportable', set('keyvault:Key', 'phi-store', 'properties.attributes.exportable', true)),
  key('escaped-authority-of-another', keyText((text) => text.replace(/"authority":"[^"]*"/, '"authority":"https:\\/\\/\\u006daaevil.eus.attest.azure.net"'))),
  key('service-key-decrypts', set('keyvault:Key', 'os-disk', 'properties.keyOps', ['wrapKey', 'unwrapKey', 'decrypt'])),
  key('administrator-may-purge', (artifact) => { list(record(list(inputs(artifact, 'authorization:RoleDefinition', 'phi-administrator')['permissions'], 'permissions')[0], 'a permission')['dataActions'], 'dataActions').push('Microsoft.KeyVault/vaults/keys/purge/action'); }),
  log('alarm-query-never', query('gate-refused-release', (text) => `${text} | where 1 == 2`)),
  log('alarm-query-no-row', query('gate-refused-release', (text) => `${text} | take 0`)),
  log('alarm-query-comment', query('gate-refused-release', (text) => `print 0 // ${text}`)),
  log('alarm-query-one-vault', query('gate-refused-release', (text) => `${text} | where _ResourceId has "other"`)),
  log('alarm-operation-lost', query('gate-key-changed', (text) => text.replace('"KeyUpdate", ', ''))),
  log('alarm-daily', both(set(QUERY, 'gate-refused-release', 'evaluationFrequency', 'P1D'), set(QUERY, 'gate-refused-release', 'windowSize', 'P1D'))),
  log('alarm-with-gaps', set(QUERY, 'gate-refused-release', 'evaluationFrequency', 'PT1H')),
  log('alarm-muted', set(QUERY, 'gate-key-changed', 'muteActionsDuration', 'P7D')),
  log('alarm-four-times', criterion('gate-key-changed', (one) => { one['failingPeriods'] = { minFailingPeriodsToAlert: 4, numberOfEvaluationPeriods: 4 }; })),
  log('alarm-on-another-workspace', set(QUERY, 'gate-break-glass', 'scopes', [`${elsewhere}/Microsoft.OperationalInsights/workspaces/x`])),
  log('vault-records-in-another-table', set('monitor:DiagnosticSetting', 'phi-vault-audit', 'logAnalyticsDestinationType', 'AzureDiagnostics')),
  ...['Microsoft.Compute/virtualMachineScaleSets/extensions/write', 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/write', 'Microsoft.Storage/storageAccounts/write'].map((operation) =>
    log(`alarm-without-${operation.split('/').slice(-2).join('-').toLowerCase()}`, (artifact) => { const { holder, all } = operations(artifact); holder['anyOf'] = all.filter((one) => record(one, 'an operation')['equals'] !== operation); })),
  log('alarm-scope-elsewhere', set('monitor:ActivityLogAlert', 'gate', 'scopes', ['/subscriptions/99999999-0000-4000-8000-000000000000'])),
  log('alarm-one-dimension', criterion('gate-key-changed', (one) => { one['dimensions'] = [{ name: 'OperationName', operator: 'Include', values: ['KeyCreate'] }]; })),
  log('alarm-group-gone', drop('monitor:ActionGroup', 'gate')),
  log('log-analytics-contributor', grant('analytics', (where) => `${where.id}/providers/Microsoft.OperationalInsights/workspaces/clinical-decision-logs`)),
  vm('never-repaired', fleet('automaticRepairsPolicy.enabled', false)),
  vm('plain-size-in-the-mix', fleet('skuProfile', { vmSizes: [{ name: 'Standard_D4s_v5' }] })),
  vm('hibernation', fleet('additionalCapabilities', { hibernationEnabled: true })),
  vm('own-gallery-image', machine('storageProfile.imageReference', { id: '/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/g/providers/Microsoft.Compute/galleries/g/images/i/versions/1.0.0' })),
  vm('disk-key-versions-followed', set('compute:DiskEncryptionSet', 'os-disk', 'rotationToLatestKeyVersionEnabled', true)),
  vm('spot', machine('priority', 'Spot')),
  net('front-door-origin', add('cdn:AFDOrigin', 'origin', () => ({ profileName: 'p', originGroupName: 'g', originName: 'o', hostName: 'clinical.example' }))),
  net('zone-linked-elsewhere', add('privatedns:VirtualNetworkLink', 'link', (where) => ({ privateZoneName: 'privatelink.vaultcore.azure.net', virtualNetworkLinkName: 'others', location: 'Global', registrationEnabled: false, virtualNetwork: { id: `${elsewhere}/Microsoft.Network/virtualNetworks/v` }, tags: where.tags }))),
];

const plain = (type: string, more: JsonObject = {}): Apply => add(type, 'beside', (where) => ({ resourceName: 'beside', location: 'eastus', tags: where.tags, ...more }));
export const thirdHarmless: readonly Mutator[] = [
  same('steps-reversed', (artifact) => { list(artifact['steps'], 'steps').reverse(); }),
  same('switch-off-spelt-out', set('storage:StorageAccount', 'phi-store', 'isLocalUserEnabled', 'false')),
  logSame('kept-longer', set('storage:BlobServiceProperties', 'phi-store', 'deleteRetentionPolicy', { enabled: true, days: 365, allowPermanentDelete: false })),
  same('policy-escaped', keyText((text) => text.replace('"secureboot"', '"secure\\u0062oot"').replace('https://', 'https:\\/\\/'))),
  same('keyops-public', set('keyvault:Key', 'phi', 'properties.keyOps', ['encrypt', 'verify', 'wrapKey'])),
  same('component-of-application-insights', plain('applicationinsights:Component', { kind: 'web', applicationType: 'web' })),
  same('workbook', plain('applicationinsights:Workbook', { kind: 'shared', category: 'workbook', serializedData: '{}' })),
  same('dashboard', plain('portal:Dashboard', { dashboardName: 'd' })),
  same('saved-search', add('operationalinsights:SavedSearch', 'search', () => ({ workspaceName: 'clinical-decision-logs', savedSearchId: 's', category: 'c', displayName: 'd', query: 'AZKVAuditLogs | take 10' }))),
  same('empty-group', add('resources:ResourceGroup', 'empty', (where) => ({ resourceGroupName: 'empty', location: 'eastus', tags: where.tags }))),
  machineSame('proximity-group', plain('compute:ProximityPlacementGroup', { proximityPlacementGroupName: 'p' })),
  machineSame('dedicated-host-group', plain('compute:DedicatedHostGroup', { hostGroupName: 'd', platformFaultDomainCount: 1 })),
  networkSame('probe-faster', (artifact) => put(record(list(inputs(artifact, 'network:LoadBalancer')['probes'], 'probes')[0], 'a probe'), 'intervalInSeconds', 10)),
  logSame('days-as-text', set('storage:StorageAccount', 'logs', 'immutableStorageWithVersioning.immutabilityPolicy.immutabilityPeriodSinceCreationInDays', '2192')),
  same('groups-in-another-case', (artifact) => { artifact['steps'] = JSON.parse(JSON.stringify(artifact['steps']).replaceAll('/resourceGroups/clinical-decision-production', '/resourcegroups/Clinical-Decision-Production')) as Json; }),
  logSame('legal-hold', add('storage:BlobContainerLegalHold', 'hold', (_, artifact) => ({ accountName: inputs(artifact, 'storage:StorageAccount', 'phi-store')['accountName'] ?? '', containerName: 'phi', tags: ['case1'] }))),
  logSame('alarm-sooner', set(QUERY, 'gate-refused-release', 'evaluationFrequency', 'PT1M')),
  logSame('alarm-more-severe', set(QUERY, 'gate-refused-release', 'severity', 0)),
  logSame('alarm-query-reworded', query('gate-key-changed', (text) => `${text.replace(' | ', '\n| ').replace('"KeyCreate"', '"KeyCreate", "KeyGetDeleted"')} // keys`)),
  logSame('alarm-from-one-on', criterion('gate-refused-release', (one) => { one['operator'] = 'GreaterThanOrEqual'; one['threshold'] = 1; })),
  logSame('operations-in-one-list', (artifact) => { const { holder, all } = operations(artifact); holder['containsAny'] = all.map((one) => record(one, 'an operation')['equals'] ?? null); holder['field'] = 'operationName'; delete holder['anyOf']; }),
  logSame('lock-read-only', set('authorization:ManagementLockByScope', 'logs-account', 'level', 'ReadOnly')),
  logSame('one-more-receiver', (artifact) => { list(inputs(artifact, 'monitor:ActionGroup', 'gate')['emailReceivers'], 'receivers').push({ name: 'second', emailAddress: 'security@hospital.example' }); }),
  logSame('one-more-operation', (artifact) => { operations(artifact).all.push({ field: 'operationName', equals: 'Microsoft.Compute/disks/beginGetAccess/action' }); }),
  logSame('policy-refuses-more', (artifact) => { list(record(record(inputs(artifact, 'authorization:PolicyDefinition', 'guardrails-internet-path')['policyRule'], 'rule')['if'], 'if')['in'], 'in').push('Microsoft.Network/vpnGateways'); }),
  tagSame('policy-metadata', set('authorization:PolicyDefinition', 'guardrails-vault-open', 'metadata', { category: 'Key Vault' })),
];
