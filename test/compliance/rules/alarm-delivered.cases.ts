import type { RuleCase } from '../rule-case.js';
import { body } from '../aws-fixture.js';
import { alarm, KEY_PROJECT, resource } from '../gcp-fixture.js';
import { alerts, azureCase, NOT_KNOWN, resource as azureResource } from '../prove/azure/fixture.js';

const ringing = (change: object, more: object = {}) => ({
  Topic: body('AWS::SNS::Topic', {}), Mail: body('AWS::SNS::Subscription', { TopicArn: { Ref: 'Topic' }, Protocol: 'email', Endpoint: 'a@example.org' }),
  Alarm: body('AWS::CloudWatch::Alarm', { AlarmName: 'gate', AlarmActions: [{ Ref: 'Topic' }], ...change } as never), ...more,
});
const policyFor = (Service: string) => ({ Guard: body('AWS::SNS::TopicPolicy', { Topics: [{ Ref: 'Topic' }], PolicyDocument: { Statement: [{ Effect: 'Allow', Principal: { Service }, Action: 'sns:Publish', Resource: '*' }] } } as never) });
const changes = (more: object) => ({ Rule: body('AWS::Events::Rule', { EventPattern: { source: ['aws.kms'] }, Targets: [{ Id: 'x', Arn: { Ref: 'Topic' } }], ...more } as never) });
const aws: RuleCase[] = [
  { cloud: 'aws', name: 'a topic that drops messages', expected: 'unknown', at: 'Alarm', resources: ringing({}, { Topic: body('AWS::SNS::Topic', { DataProtectionPolicy: { Name: 'x', Statement: [] } }) }) },
  { cloud: 'aws', name: 'alarms of a stranger\'s topic', expected: 'fail', at: 'Alarm', resources: ringing({ AlarmActions: ['arn:aws:sns:us-east-1:999988887777:x'] }) },
  { cloud: 'aws', name: 'alarms silenced', expected: 'fail', at: 'Mute', resources: ringing({}, { Mute: body('AWS::CloudWatch::AlarmMuteRule', { Name: 'night' }) }) },
  { cloud: 'aws', name: 'a topic with a subscriber', expected: 'pass', at: 'Alarm', resources: ringing({}) },
  { cloud: 'aws', name: 'actions off', expected: 'fail', at: 'Alarm', path: 'ActionsEnabled', resources: ringing({ ActionsEnabled: false }) },
  { cloud: 'aws', name: 'no action', expected: 'fail', at: 'Alarm', path: 'AlarmActions', resources: ringing({ AlarmActions: [] }) },
  { cloud: 'aws', name: 'no action for load', expected: 'pass', at: 'Both', resources: ringing({ AlarmActions: [], Namespace: 'AWS/EC2' }, { Both: body('AWS::CloudWatch::CompositeAlarm', { AlarmRule: 'TRUE', AlarmActions: [{ Ref: 'Topic' }] }) }) },
  { cloud: 'aws', name: 'no action, inside a composite alarm', expected: 'pass', at: 'Alarm', resources: ringing({ AlarmActions: [] }, { Both: body('AWS::CloudWatch::CompositeAlarm', { AlarmRule: 'ALARM("gate")', AlarmActions: [{ Ref: 'Topic' }] }) }) },
  { cloud: 'aws', name: 'a topic that nobody listens to', expected: 'unknown', at: 'Alarm', resources: ringing({}, { Mail: body('AWS::SNS::Subscription', { TopicArn: 'arn:aws:sns:us-east-1:111122223333:other' }) }) },
  { cloud: 'aws', name: 'a subscriber who hears some of it', expected: 'unknown', at: 'Alarm', resources: ringing({}, { Mail: body('AWS::SNS::Subscription', { TopicArn: { Ref: 'Topic' }, FilterPolicy: { severity: ['low'] } }) }) },
  { cloud: 'aws', name: 'a policy that lets CloudWatch publish', expected: 'pass', at: 'Alarm', resources: ringing({}, policyFor('cloudwatch.amazonaws.com')) },
  { cloud: 'aws', name: 'a policy that leaves CloudWatch out', expected: 'fail', at: 'Alarm', resources: ringing({}, policyFor('events.amazonaws.com')) },
  { cloud: 'aws', name: 'a topic under the key of SNS', expected: 'fail', at: 'Alarm', resources: ringing({}, { Topic: body('AWS::SNS::Topic', { KmsMasterKeyId: 'alias/aws/sns' }) }) },
  { cloud: 'aws', name: 'an event rule that is off', expected: 'fail', at: 'Rule', path: 'State', resources: ringing({}, changes({ State: 'DISABLED' })) },
  { cloud: 'aws', name: 'an event rule that may not publish', expected: 'fail', at: 'Rule', resources: ringing({}, { ...changes({}), ...policyFor('cloudwatch.amazonaws.com') }) },
];

const azure: RuleCase[] = [
  azureCase('a contact', 'pass', { more: alerts(), at: 'gate' }),
  azureCase('an alert that is off', 'fail', { more: alerts({ enabled: false }), at: 'gate', path: 'enabled' }),
  azureCase('nobody', 'fail', { more: alerts({}, { actions: { actionGroups: [] } }), at: 'keys' }),
  azureCase('a group that is off', 'fail', { more: alerts({}, {}, { enabled: false }), at: 'gate' }),
  azureCase('a group without receivers', 'fail', { more: alerts({}, {}, { emailReceivers: [] }), at: 'keys' }),
  azureCase('a group of elsewhere', 'unknown', { more: alerts({}, { actions: { actionGroups: ['/subscriptions/99999999-0000-0000-0000-000000000000/resourceGroups/soc/providers/Microsoft.Insights/actionGroups/soc'] } }), at: 'keys', path: 'actions.actionGroups' }),
  azureCase('alerts silenced', 'fail', { more: [...alerts(), azureResource('alertsmanagement:AlertProcessingRuleByName', 'quiet', { properties: { enabled: true, actions: [{ actionType: 'RemoveAllActionGroups' }] } })], at: 'quiet' }),
  azureCase('not known', 'unknown', { more: alerts({ enabled: NOT_KNOWN }), at: 'gate' }),
];

const channel = (enabled: boolean | string) => resource('gcp:monitoring/notificationChannel:NotificationChannel', 'mail', { type: 'email', enabled });
const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'a channel', expected: 'pass', resources: [alarm('kms', KEY_PROJECT), channel(true)] },
  { cloud: 'gcp', name: 'alerts put to sleep', expected: 'fail', at: 'sleep', path: 'interval', resources: [alarm('kms', KEY_PROJECT), channel(true), resource('gcp:monitoring/snooze:Snooze', 'sleep', { interval: { startTime: '2026-01-01T00:00:00Z', endTime: '2036-01-01T00:00:00Z' } })] },
  { cloud: 'gcp', name: 'a topic of somebody else', expected: 'fail', at: 'news', path: 'labels.topic', resources: [alarm('kms', KEY_PROJECT), channel(true), resource('gcp:monitoring/notificationChannel:NotificationChannel', 'news', { type: 'pubsub', labels: { topic: 'projects/elsewhere/topics/x' } })] },
  { cloud: 'gcp', name: 'a channel of another stack', expected: 'unknown', at: `kms ${KEY_PROJECT}`, path: 'notificationChannels[0]', resources: [alarm('kms', KEY_PROJECT, { notificationChannels: ['${gcp:monitoring/notificationChannel:NotificationChannel::gone.id}'] })] },
  { cloud: 'gcp', name: 'quiet for a day', expected: 'fail', at: `kms ${KEY_PROJECT}`, path: 'alertStrategy.notificationRateLimit.period', resources: [alarm('kms', KEY_PROJECT, { alertStrategy: { notificationRateLimit: { period: '86400s' } } })] },
  { cloud: 'gcp', name: 'an alert that is off', expected: 'fail', at: `kms ${KEY_PROJECT}`, path: 'enabled', resources: [alarm('kms', KEY_PROJECT, { enabled: false })] },
  { cloud: 'gcp', name: 'an alert for nobody', expected: 'fail', at: `pool ${KEY_PROJECT}`, path: 'notificationChannels', resources: [alarm('pool', KEY_PROJECT, { notificationChannels: [] })] },
  { cloud: 'gcp', name: 'one condition, whatever joins them', expected: 'pass', resources: [alarm('kms', KEY_PROJECT, { combiner: 'AND' })] },
  { cloud: 'gcp', name: 'two conditions at once', expected: 'fail', at: `kms ${KEY_PROJECT}`, path: 'combiner', resources: [alarm('kms', KEY_PROJECT, { combiner: 'AND_WITH_MATCHING_RESOURCE', conditions: [{ conditionAbsent: {} }, { conditionThreshold: {} }] })] },
  { cloud: 'gcp', name: 'any of two conditions, told when it opens and closes', expected: 'pass', resources: [alarm('kms', KEY_PROJECT, { combiner: 'OR', conditions: [{ conditionAbsent: {} }, { conditionThreshold: {} }], alertStrategy: { notificationPrompts: ['OPENED', 'CLOSED'] } })] },
  { cloud: 'gcp', name: 'told when it is over', expected: 'fail', at: `kms ${KEY_PROJECT}`, path: 'alertStrategy.notificationPrompts', resources: [alarm('kms', KEY_PROJECT, { alertStrategy: { notificationPrompts: ['CLOSED'] } })] },
  { cloud: 'gcp', name: 'a channel that is off', expected: 'fail', at: 'mail', path: 'enabled', resources: [alarm('kms', KEY_PROJECT), channel(false)] },
  { cloud: 'gcp', name: 'not told', expected: 'unknown', at: 'mail', resources: [channel('[secret]')] },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
