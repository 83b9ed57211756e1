import { body, bucket, trail } from '../aws-fixture.js';
import type { RuleCase } from '../rule-case.js';
import { azureCase, NOT_KNOWN } from '../prove/azure/fixture.js';

const aws: RuleCase[] = [
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
  azureCase('to no account', 'fail', { edits: [['DiagnosticSetting', 'phi-vault-audit', 'storageAccountId', undefined]], at: 'phi-vault-audit', path: 'storageAccountId' }),
  azureCase('to no workspace', 'fail', { edits: [['DiagnosticSetting', 'phi-vault-audit', 'workspaceId', undefined]], at: 'phi-vault-audit', path: 'workspaceId' }),
  azureCase('not known', 'unknown', { edits: [['DiagnosticSetting', 'phi-vault-audit', 'logs', NOT_KNOWN]], at: 'phi-vault-audit' }),
];

const gcp: RuleCase[] = [];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
