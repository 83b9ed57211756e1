import type { RuleCase } from '../rule-case.js';
import { body, watchedTrail } from '../aws-fixture.js';
import { alerts, azureCase, NOT_KNOWN, WATCHED } from '../prove/azure/fixture.js';
import { alarm, alarms, KEY_PROJECT } from '../gcp-fixture.js';

const SEEN = '{ $.eventName = "PutKeyPolicy" || $.eventName = "CreateGrant" || $.eventName = "ScheduleKeyDeletion" || $.eventName = "DisableKey" || $.eventName = "StopLogging" || $.eventName = "DeleteTrail" || $.eventName = "UpdateTrail" || $.eventName = "DeleteFlowLogs" || ($.eventName = "Decrypt" && $.additionalEventData.recipient NOT EXISTS) }';
const aws: RuleCase[] = [
  { name: 'calls from one address only', cloud: 'aws', expected: 'unknown', at: 'aws', resources: watchedTrail(SEEN.replace(/ }$/, ' && $.sourceIPAddress = "203.0.113.9" }')) },
  { name: 'a filter on another group', cloud: 'aws', expected: 'fail', at: 'aws', resources: { ...watchedTrail(SEEN), Filter: body('AWS::Logs::MetricFilter', { LogGroupName: '/elsewhere', FilterPattern: SEEN, MetricTransformations: [{ MetricNamespace: 'n', MetricName: 'm', MetricValue: '1' }] }) } },
  { name: 'all watched', cloud: 'aws', expected: 'pass', at: 'aws', resources: watchedTrail(SEEN) },
  { name: 'one event left out', cloud: 'aws', expected: 'fail', at: 'aws', resources: watchedTrail(SEEN.replace('CreateGrant', 'ListGrants')) },
  { name: 'use without attestation left out', cloud: 'aws', expected: 'fail', at: 'aws', resources: watchedTrail(SEEN.replace('NOT EXISTS', 'EXISTS')) },
  { name: 'an alarm that calls nobody', cloud: 'aws', expected: 'fail', at: 'aws', resources: watchedTrail(SEEN, { alarm: { AlarmActions: [] } }) },
  { name: 'an alarm that is switched off', cloud: 'aws', expected: 'fail', at: 'aws', resources: watchedTrail(SEEN, { alarm: { ActionsEnabled: false } }) },
  { name: 'an alarm from the thousandth event on', cloud: 'aws', expected: 'fail', at: 'aws', resources: watchedTrail(SEEN, { alarm: { Threshold: 1000 } }) },
  { name: 'an alarm after ten periods', cloud: 'aws', expected: 'fail', at: 'aws', resources: watchedTrail(SEEN, { alarm: { EvaluationPeriods: 10 } }) },
  { name: 'an alarm at one of ten periods', cloud: 'aws', expected: 'pass', at: 'aws', resources: watchedTrail(SEEN, { alarm: { EvaluationPeriods: 10, DatapointsToAlarm: 1 } }) },
  { name: 'an alarm once a day', cloud: 'aws', expected: 'fail', at: 'aws', resources: watchedTrail(SEEN, { alarm: { Period: 86_400 } }) },
  { name: 'an alarm on the least of the counts', cloud: 'aws', expected: 'fail', at: 'aws', resources: watchedTrail(SEEN, { alarm: { Statistic: 'Minimum' } }) },
  { name: 'an alarm on a metric with a dimension', cloud: 'aws', expected: 'fail', at: 'aws', resources: watchedTrail(SEEN, { alarm: { Dimensions: [{ Name: 'host', Value: 'a' }] } }) },
  { name: 'events that count nothing', cloud: 'aws', expected: 'fail', at: 'aws', resources: watchedTrail(SEEN, { value: '0' }) },
  { name: 'a trail without a log group', cloud: 'aws', expected: 'fail', at: 'aws', resources: watchedTrail(SEEN, { trail: { CloudWatchLogsLogGroupArn: { Ref: 'AWS::NoValue' } } }) },
  { name: 'a group whose class takes no filter', cloud: 'aws', expected: 'fail', at: 'aws', resources: { ...watchedTrail(SEEN), Group: body('AWS::Logs::LogGroup', { LogGroupClass: 'INFREQUENT_ACCESS' }) } },
  { name: 'a pattern that is not known', cloud: 'aws', expected: 'unknown', at: 'aws', resources: watchedTrail({ 'Fn::ImportValue': 'x' }) },
];

const azure: RuleCase[] = [
  azureCase('every operation', 'pass', { more: alerts(), at: 'azure' }),
  azureCase('whatever the control plane is asked', 'pass', { more: alerts({ condition: { allOf: [{ field: 'category', equals: 'Administrative' }] } }), at: 'azure' }),
  azureCase('no alert', 'fail', { at: 'azure' }),
  azureCase('an operation left out', 'fail', { more: alerts({ condition: { allOf: [{ field: 'operationName', equals: 'Microsoft.KeyVault/vaults/write' }] } }), at: 'azure' }),
  azureCase('an alert that is off', 'fail', { more: alerts({ enabled: false }), at: 'azure' }),
  azureCase('an alert for nobody', 'fail', { more: alerts({ actions: { actionGroups: [] } }), at: 'azure' }),
  azureCase('refused operations only', 'fail', { more: alerts({ condition: { allOf: [{ field: 'category', equals: 'Administrative' }, { field: 'status', equals: 'Failed' }] } }), at: 'azure' }),
  azureCase('keys from the thousandth change on', 'fail', { more: alerts({}, { criteria: { allOf: [{ query: 'AZKVAuditLogs | where OperationName in ("KeyCreate", "KeyUpdate")', operator: 'GreaterThan', threshold: 1000 }] } }), at: 'azure' }),
  azureCase('a change of keys left out', 'fail', { more: alerts({}, { criteria: { allOf: [{ query: 'AZKVAuditLogs | where OperationName in ("KeyCreate", "KeyImport", "KeyRotate", "KeyRestore", "KeyBackup", "KeyDelete", "KeyPurge")', operator: 'GreaterThan', threshold: 0 }] } }), at: 'azure' }),
  azureCase('operations in one list', 'pass', { more: alerts({ condition: { allOf: [{ field: 'category', equals: 'Administrative' }, { field: 'operationName', containsAny: WATCHED }] } }), at: 'azure' }),
  azureCase('another subscription', 'unknown', { more: alerts({ scopes: ['/subscriptions/99999999-0000-0000-0000-000000000000'] }), at: 'azure' }),
  azureCase('one caller only', 'unknown', { more: alerts({ condition: { allOf: [{ field: 'category', equals: 'Administrative' }, { field: 'caller', equals: 'x' }] } }), at: 'azure' }),
  azureCase('not known', 'unknown', { more: alerts({ condition: { allOf: NOT_KNOWN } }), at: 'azure' }),
];

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'every act', expected: 'pass', resources: alarms() },
  { cloud: 'gcp', name: 'an act without an alarm', expected: 'fail', at: 'gcp', resources: alarms().filter(({ name }) => !name.startsWith('deny')) },
  { cloud: 'gcp', name: 'an alarm that is off', expected: 'fail', at: 'gcp', resources: alarms(alarm('kms', KEY_PROJECT, { enabled: false })) },
  { cloud: 'gcp', name: 'an alarm for nobody', expected: 'fail', at: 'gcp', resources: alarms(alarm('pool', KEY_PROJECT, { notificationChannels: [] })) },
  { cloud: 'gcp', name: 'a filter for another method', expected: 'fail', at: 'gcp', resources: alarms(alarm('deny', KEY_PROJECT, { conditions: [{ conditionMatchedLog: { filter: 'protoPayload.methodName="GetPolicy"' } }] })) },
  { cloud: 'gcp', name: 'a decryption by one principal left out', expected: 'unknown', at: 'gcp', resources: alarms(alarm('decrypt', KEY_PROJECT, { conditions: [{ conditionMatchedLog: { filter: 'protoPayload.methodName=~"Decrypt$" AND NOT protoPayload.authenticationInfo.principalEmail="m@example.org"' } }] })) },
  { cloud: 'gcp', name: 'a change of a key by one principal left out', expected: 'unknown', at: 'gcp', resources: alarms(alarm('kms', KEY_PROJECT, { conditions: [{ conditionMatchedLog: { filter: 'protoPayload.serviceName="cloudkms.googleapis.com" AND NOT protoPayload.authenticationInfo.principalEmail="m@example.org"' } }] })) },
  { cloud: 'gcp', name: 'an alarm only when something else happens too', expected: 'fail', at: 'gcp', resources: alarms(alarm('deny', KEY_PROJECT, { combiner: 'AND', conditions: [{ conditionMatchedLog: { filter: 'protoPayload.methodName=~"google.iam.v2.Policies"' } }, { conditionThreshold: { filter: 'metric.type="x"' } }] })) },
  { cloud: 'gcp', name: 'a filter that nobody reads', expected: 'unknown', at: 'gcp', resources: alarms(alarm('deny', KEY_PROJECT, { conditions: [{ conditionMatchedLog: { filter: 'protoPayload.methodName=~"google.iam.v2.Policies" AND severity=EMERGENCY' } }] })) },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
