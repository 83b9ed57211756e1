import type { RuleCase } from '../rule-case.js';
import { bucket, key, trail } from '../aws-fixture.js';
import { azureCase, NOT_KNOWN } from '../prove/azure/fixture.js';

const read = (selectors: object, more: object = {}) => ({ Key: key(), Logs: bucket(more), Trail: trail(selectors) });
const objects = (...more: object[]) => ({ AdvancedEventSelectors: [{ FieldSelectors: [{ Field: 'eventCategory', Equals: ['Data'] }, { Field: 'resources.type', Equals: ['AWS::S3::Object'] }, { Field: 'resources.ARN', StartsWith: [{ 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Logs', 'Arn'] }, '/']] }] }, ...more] }] });
const aws: RuleCase[] = [
  { cloud: 'aws', name: 'data events of the bucket', expected: 'pass', at: 'Logs', resources: read(objects()) },
  { cloud: 'aws', name: 'its reads alone', expected: 'pass', at: 'Logs', resources: read(objects({ Field: 'readOnly', Equals: ['true'] })) },
  { cloud: 'aws', name: 'its writes alone', expected: 'fail', at: 'Logs', resources: read(objects({ Field: 'readOnly', Equals: ['false'] })) },
  { cloud: 'aws', name: 'reads in the older selectors', expected: 'pass', at: 'Logs', resources: read({ EventSelectors: [{ ReadWriteType: 'ReadOnly', DataResources: [{ Type: 'AWS::S3::Object', Values: ['arn:aws:s3'] }] }] }) },
  { cloud: 'aws', name: 'an access log', expected: 'pass', at: 'Logs', resources: read({}, { LoggingConfiguration: { DestinationBucketName: 'intake' } }) },
  { cloud: 'aws', name: 'no data events', expected: 'fail', at: 'Logs', resources: read({}) },
  { cloud: 'aws', name: 'selectors that are not known', expected: 'unknown', at: 'Logs', resources: read({ AdvancedEventSelectors: { 'Fn::ImportValue': 'x' } }) },
];

const azure: RuleCase[] = [
  azureCase('reads go to the workspace', 'pass'),
  azureCase('nothing', 'fail', { gone: [['DiagnosticSetting', 'logs-audit']], at: 'logs' }),
  azureCase('deletions only', 'fail', { edits: [['DiagnosticSetting', 'logs-audit', 'logs', [{ category: 'StorageDelete', enabled: true }]]], at: 'logs' }),
  azureCase('switched off', 'fail', { edits: [['DiagnosticSetting', 'logs-audit', 'logs', [{ categoryGroup: 'allLogs', enabled: false }]]], at: 'logs' }),
  azureCase('to nowhere', 'fail', { edits: [['DiagnosticSetting', 'logs-audit', 'workspaceId', undefined]], at: 'logs' }),
  azureCase('not known', 'unknown', { edits: [['DiagnosticSetting', 'logs-audit', 'logs', NOT_KNOWN]], at: 'logs' }),
];

export const cases: RuleCase[] = [...aws, ...azure];
