import type { RuleCase } from '../rule-case.js';
import { body, key, trail } from '../aws-fixture.js';

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

export const cases: RuleCase[] = [...aws];
