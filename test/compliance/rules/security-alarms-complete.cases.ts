import type { RuleCase } from '../rule-case.js';
import { body, key, trail } from '../aws-fixture.js';
import { alarm, alarms, KEY_PROJECT } from '../gcp-fixture.js';

const SEEN = '{ $.eventName = "PutKeyPolicy" || $.eventName = "CreateGrant" || $.eventName = "ScheduleKeyDeletion" || $.eventName = "DisableKey" || $.eventName = "StopLogging" || $.eventName = "DeleteTrail" || $.eventName = "UpdateTrail" || $.eventName = "DeleteFlowLogs" || ($.eventName = "Decrypt" && $.additionalEventData.recipient NOT EXISTS) }';
const setup = (change: { readonly pattern?: string | object; readonly alarm?: object; readonly trail?: object } = {}) => ({
  Key: key(), Group: body('AWS::Logs::LogGroup', {}), Trail: trail({ CloudWatchLogsLogGroupArn: { 'Fn::GetAtt': ['Group', 'Arn'] }, ...change.trail }),
  Filter: body('AWS::Logs::MetricFilter', { LogGroupName: { Ref: 'Group' }, FilterPattern: change.pattern ?? SEEN, MetricTransformations: [{ MetricNamespace: 'n', MetricName: 'm', MetricValue: '1' }] } as never),
  Alarm: body('AWS::CloudWatch::Alarm', { Namespace: 'n', MetricName: 'm', AlarmActions: ['arn:aws:sns:us-east-1:111122223333:oncall'], ...change.alarm } as never),
});
const aws: RuleCase[] = [
  { name: 'all watched', cloud: 'aws', expected: 'pass', at: 'aws', resources: setup() },
  { name: 'one event left out', cloud: 'aws', expected: 'fail', at: 'aws', resources: setup({ pattern: SEEN.replace('CreateGrant', 'ListGrants') }) },
  { name: 'use without attestation left out', cloud: 'aws', expected: 'fail', at: 'aws', resources: setup({ pattern: SEEN.replace('NOT EXISTS', 'EXISTS') }) },
  { name: 'an alarm that calls nobody', cloud: 'aws', expected: 'fail', at: 'aws', resources: setup({ alarm: { AlarmActions: [] } }) },
  { name: 'an alarm that is switched off', cloud: 'aws', expected: 'fail', at: 'aws', resources: setup({ alarm: { ActionsEnabled: false } }) },
  { name: 'a trail without a log group', cloud: 'aws', expected: 'fail', at: 'aws', resources: setup({ trail: { CloudWatchLogsLogGroupArn: { Ref: 'AWS::NoValue' } } }) },
  { name: 'a pattern that is not known', cloud: 'aws', expected: 'unknown', at: 'aws', resources: setup({ pattern: { 'Fn::ImportValue': 'x' } }) },
];

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'every act', expected: 'pass', resources: alarms() },
  { cloud: 'gcp', name: 'an act without an alarm', expected: 'fail', at: 'gcp', resources: alarms().filter(({ name }) => !name.startsWith('deny')) },
  { cloud: 'gcp', name: 'an alarm that is off', expected: 'fail', at: `kms ${KEY_PROJECT}`, path: 'enabled', resources: alarms(alarm('kms', KEY_PROJECT, { enabled: false })) },
  { cloud: 'gcp', name: 'an alarm for nobody', expected: 'fail', at: `pool ${KEY_PROJECT}`, path: 'notificationChannels', resources: alarms(alarm('pool', KEY_PROJECT, { notificationChannels: [] })) },
  { cloud: 'gcp', name: 'a filter for another method', expected: 'fail', at: 'gcp', resources: alarms(alarm('deny', KEY_PROJECT, { conditions: [{ conditionMatchedLog: { filter: 'protoPayload.methodName="GetPolicy"' } }] })) },
  { cloud: 'gcp', name: 'a filter that nobody reads', expected: 'unknown', at: 'gcp', resources: alarms(alarm('deny', KEY_PROJECT, { conditions: [{ conditionMatchedLog: { filter: 'protoPayload.methodName=~"google.iam.v2.Policies" AND severity=EMERGENCY' } }] })) },
];

export const cases: RuleCase[] = [...aws, ...gcp];
