import { body, bucket, trail, watchedTrail } from '../aws-fixture.js';
import type { RuleCase } from '../rule-case.js';
import { azureCase, NOT_KNOWN, resource as azureResource } from '../prove/azure/fixture.js';
import { audit, logs, resource, sink } from '../gcp-fixture.js';

const DEIDENTIFY = { Statement: [{ DataIdentifier: ['arn:aws:dataprotection::aws:data-identifier/IpAddress'], Operation: { Deidentify: { MaskConfig: {} } } }] };
const REPORT = { Statement: [{ DataIdentifier: ['arn:aws:dataprotection::aws:data-identifier/IpAddress'], Operation: { Audit: { FindingsDestination: {} } } }] };
const grouped = (group: object, filter: object = {}) => {
  const { Trail, Filter } = watchedTrail('{ $.eventName = "StopLogging" }');
  return { Logs: bucket(), Trail: Trail!, Filter: { ...Filter!, Properties: { ...(Filter!.Properties as object), ...filter } as never }, Group: body('AWS::Logs::LogGroup', group as never) };
};
const aws: RuleCase[] = [
  { cloud: 'aws', name: 'a group that only reports what it finds', expected: 'pass', resources: grouped({ LogGroupClass: 'STANDARD', DataProtectionPolicy: REPORT }) },
  { cloud: 'aws', name: 'a group that masks', expected: 'unknown', at: 'Group', path: 'DataProtectionPolicy', resources: grouped({ DataProtectionPolicy: DEIDENTIFY }) },
  { cloud: 'aws', name: 'a group of the application that masks', expected: 'pass', resources: { ...grouped({}), App: body('AWS::Logs::LogGroup', { DataProtectionPolicy: DEIDENTIFY } as never) } },
  { cloud: 'aws', name: 'the account masks', expected: 'unknown', at: 'All', resources: { ...grouped({}), All: body('AWS::Logs::AccountPolicy', { PolicyType: 'DATA_PROTECTION_POLICY', PolicyDocument: JSON.stringify(DEIDENTIFY) }) } },
  { cloud: 'aws', name: 'a class without filters', expected: 'fail', at: 'Group', path: 'LogGroupClass', resources: grouped({ LogGroupClass: 'INFREQUENT_ACCESS' }) },
  { cloud: 'aws', name: 'a class without filters where nothing filters', expected: 'pass', resources: { Logs: bucket(), Trail: trail({ CloudWatchLogsLogGroupArn: { 'Fn::GetAtt': ['Group', 'Arn'] } }), Group: body('AWS::Logs::LogGroup', { LogGroupClass: 'INFREQUENT_ACCESS' }) } },
  { cloud: 'aws', name: 'a filter on rewritten records', expected: 'unknown', at: 'Filter', resources: { ...grouped({}, { ApplyOnTransformedLogs: true }), Rewrite: body('AWS::Logs::Transformer', { LogGroupIdentifier: { Ref: 'Group' }, TransformerConfig: [{ DeleteKeys: { WithKeys: ['eventName'] } }] } as never) } },
  { cloud: 'aws', name: 'every event of every region', expected: 'pass', resources: { Trail: trail(), Logs: bucket() } },
  { cloud: 'aws', name: 'one region', expected: 'fail', at: 'Trail', path: 'IsMultiRegionTrail', resources: { Trail: trail({ IsMultiRegionTrail: false }) } },
  { cloud: 'aws', name: 'no digests', expected: 'fail', at: 'Trail', path: 'EnableLogFileValidation', resources: { Trail: trail({ EnableLogFileValidation: false }) } },
  { cloud: 'aws', name: 'events of KMS excluded', expected: 'fail', at: 'Trail', path: 'EventSelectors', resources: { Trail: trail({ EventSelectors: [{ ReadWriteType: 'All', ExcludeManagementEventSources: ['kms.amazonaws.com'] }] }) } },
  { cloud: 'aws', name: 'writes only', expected: 'fail', at: 'Trail', path: 'EventSelectors', resources: { Trail: trail({ EventSelectors: [{ ReadWriteType: 'WriteOnly' }] }) } },
  { cloud: 'aws', name: 'an advanced selector that leaves out a source', expected: 'fail', at: 'Trail', path: 'AdvancedEventSelectors', resources: { Trail: trail({ AdvancedEventSelectors: [{ FieldSelectors: [{ Field: 'eventCategory', Equals: ['Management'] }, { Field: 'eventSource', NotEquals: ['kms.amazonaws.com'] }] }] }) } },
  { cloud: 'aws', name: 'an advanced selector of data events only', expected: 'fail', at: 'Trail', path: 'AdvancedEventSelectors', resources: { Trail: trail({ AdvancedEventSelectors: [{ FieldSelectors: [{ Field: 'eventCategory', Equals: ['Data'] }, { Field: 'resources.type', Equals: ['AWS::S3::Object'] }] }] }) } },
  { cloud: 'aws', name: 'a PHI bucket without data events', expected: 'fail', at: 'Phi', resources: { Trail: trail(), Logs: bucket(), Phi: bucket() } },
  { cloud: 'aws', name: 'a PHI bucket whose reads only are recorded', expected: 'fail', at: 'Phi', resources: { Logs: bucket(), Phi: bucket(), Trail: trail({ AdvancedEventSelectors: [
    { FieldSelectors: [{ Field: 'eventCategory', Equals: ['Management'] }] },
    { FieldSelectors: [{ Field: 'eventCategory', Equals: ['Data'] }, { Field: 'resources.type', Equals: ['AWS::S3::Object'] }, { Field: 'readOnly', Equals: ['true'] }] }] }) } },
  { cloud: 'aws', name: 'a PHI bucket and table with data events', expected: 'pass', resources: { Logs: bucket(), Phi: bucket(), Table: body('AWS::DynamoDB::Table', {}), Trail: trail({ AdvancedEventSelectors: [
    { FieldSelectors: [{ Field: 'eventCategory', Equals: ['Management'] }] },
    { FieldSelectors: [{ Field: 'eventCategory', Equals: ['Data'] }, { Field: 'resources.type', Equals: ['AWS::S3::Object'] }, { Field: 'resources.ARN', StartsWith: [{ 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Phi', 'Arn'] }, '/']] }] }] },
    { FieldSelectors: [{ Field: 'eventCategory', Equals: ['Data'] }, { Field: 'resources.type', Equals: ['AWS::DynamoDB::Table'] }, { Field: 'resources.ARN', Equals: [{ 'Fn::GetAtt': ['Table', 'Arn'] }] }] }] }) } },
  { cloud: 'aws', name: 'data events of one folder', expected: 'fail', at: 'Phi', resources: { Logs: bucket(), Phi: bucket(), Trail: trail({ EventSelectors: [{ DataResources: [{ Type: 'AWS::S3::Object', Values: [{ 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Phi', 'Arn'] }, '/one/']] }] }] }] }) } },
];

const azure: RuleCase[] = [
  azureCase('everything', 'pass'),
  azureCase('the audit group of a vault', 'fail', { edits: [['DiagnosticSetting', 'phi-vault-audit', 'logs', [{ categoryGroup: 'audit', enabled: true }]]], at: 'phi-vault-audit', path: 'logs' }),
  azureCase('every category of a vault by name', 'pass', { edits: [['DiagnosticSetting', 'phi-vault-audit', 'logs', [{ category: 'AuditEvent', enabled: true }, { category: 'AzurePolicyEvaluationDetails', enabled: true }]]] }),
  azureCase('reads left out', 'fail', { edits: [['DiagnosticSetting', 'store-audit', 'logs', [{ category: 'StorageWrite', enabled: true }, { category: 'StorageDelete', enabled: true }, { category: 'StorageRead', enabled: false }]]], at: 'store-audit' }),
  azureCase('an activity log without Security', 'fail', { edits: [['SubscriptionDiagnosticSetting', 'activity', 'logs', [{ category: 'Administrative', enabled: true }]]], at: 'activity' }),
  azureCase('a daily quota', 'fail', { edits: [['Workspace', 'workspace', 'workspaceCapping', { dailyQuotaGb: 1 }]], at: 'workspace' }),
  azureCase('some flows only', 'fail', { edits: [['FlowLog', 'flows', 'enabledFilteringCriteria', "dstIP == '10.20.1.4'"]], at: 'flows' }),
  azureCase('a transformation', 'unknown', { more: [azureResource('monitor:DataCollectionRule', 'trim', { kind: 'WorkspaceTransforms' })], at: 'trim' }),
  azureCase('to no account', 'fail', { edits: [['DiagnosticSetting', 'phi-vault-audit', 'storageAccountId', undefined]], at: 'phi-vault-audit', path: 'storageAccountId' }),
  azureCase('to no workspace', 'fail', { edits: [['DiagnosticSetting', 'phi-vault-audit', 'workspaceId', undefined]], at: 'phi-vault-audit', path: 'workspaceId' }),
  azureCase('not known', 'unknown', { edits: [['DiagnosticSetting', 'phi-vault-audit', 'logs', NOT_KNOWN]], at: 'phi-vault-audit' }),
  azureCase('services kept out of the log account', 'fail', { edits: [['StorageAccount', 'logs', 'networkRuleSet.bypass', 'None']], at: 'logs' }),
  azureCase('transformed on the way in', 'unknown', { edits: [['Workspace', 'workspace', 'defaultDataCollectionRuleResourceId', '/subscriptions/1/x']], at: 'workspace' }),
];

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'every kind, nobody exempt, no exclusion', expected: 'pass', resources: logs() },
  { cloud: 'gcp', name: 'data reads missing', expected: 'fail', at: 'audit', path: 'auditLogConfigs', resources: logs(audit('audit', 'phi-inference', { auditLogConfigs: [{ logType: 'ADMIN_READ' }, { logType: 'DATA_WRITE' }] })) },
  { cloud: 'gcp', name: 'an exempted member', expected: 'fail', at: 'audit', path: 'auditLogConfigs[1].exemptedMembers', resources: logs(audit('audit', 'phi-inference', { auditLogConfigs: [{ logType: 'ADMIN_READ' }, { logType: 'DATA_READ', exemptedMembers: ['user:m@example.org'] }, { logType: 'DATA_WRITE' }] })) },
  { cloud: 'gcp', name: 'an exclusion', expected: 'fail', at: 'vault', path: 'exclusions', resources: logs(sink('vault', 'phi-inference', 'vault', { exclusions: [{ name: 'kms', filter: 'resource.type=kms' }] })) },
  { cloud: 'gcp', name: 'a filter', expected: 'unknown', at: 'vault', path: 'filter', resources: logs(sink('vault', 'phi-inference', 'vault', { filter: 'severity>=ERROR' })) },
  { cloud: 'gcp', name: 'an exclusion of the project', expected: 'fail', at: 'exclusion', path: 'filter', resources: logs(resource('gcp:logging/projectExclusion:ProjectExclusion', 'exclusion', { filter: 'resource.type=kms' })) },
  { cloud: 'gcp', name: 'a store that one project does not reach', expected: 'fail', at: 'archive', resources: logs().filter(({ name, type }) => name !== 'keys-archive' || !type.includes('projectSink')) },
  { cloud: 'gcp', name: 'kinds that are not told', expected: 'unknown', at: 'audit', path: 'auditLogConfigs', resources: logs(audit('audit', 'phi-inference', { auditLogConfigs: '[secret]' })) },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
