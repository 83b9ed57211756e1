import type { Json, JsonObject, Mutator } from '../mutator.js';
import { ACCOUNT, ADMINISTRATOR, arr, type Body, getAtt, obj, ref, roleArn, says, some, STRANGER, type Template, weakerIn } from './template.js';

const weaker = weakerIn('immutable-log');
const lock = (template: Template): JsonObject => obj(obj(obj(template.vault.p['ObjectLockConfiguration'])['Rule'])['DefaultRetention']);
const vaultPolicy = (template: Template): Body => template.policyOf(template.vault);
const drop = (test: (statement: JsonObject) => boolean) => (template: Template): void => vaultPolicy(template).keep('PolicyDocument', (statement) => !test(statement));
const denies = (action: string) => (statement: JsonObject): boolean => statement['Effect'] === 'Deny' && says(statement['Action'], action);
const selectors = (template: Template): JsonObject[] => arr(template.trail.p['AdvancedEventSelectors']).map(obj);
const ofCategory = (category: string, type?: string) => (selector: JsonObject): boolean => says(selector, `"${category}"`) && (type === undefined || says(selector, type));
const withoutSelectors = (test: (selector: JsonObject) => boolean) => (template: Template): void => {
  const left = selectors(template).filter((one) => !test(one));
  some(selectors(template).slice(left.length), 'selectors');
  template.trail.p['AdvancedEventSelectors'] = left;
};
const logGroups = (change: (body: Body) => void) => (template: Template): void => template.all('AWS::Logs::LogGroup').forEach(change);
const operator = (Action: Json, Resource: Json = '*') => (template: Template): void => void template.add('Operator', 'AWS::IAM::Role', {
  AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: roleArn('operators') }, Action: 'sts:AssumeRole' }] },
  Policies: [{ PolicyName: 'p', PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource }] } }],
});
const allow = (Principal: Json, Action: Json, template: Template): JsonObject => ({ Effect: 'Allow', Principal, Action, Resource: [getAtt(template.vault.id, 'Arn'), { 'Fn::Join': ['', [getAtt(template.vault.id, 'Arn'), '/*']] }] });

const alarms = (change: (body: Body) => void) => (template: Template): void => template.all('AWS::CloudWatch::Alarm').forEach(change);
const topic = (template: Template): Body => template.one('AWS::SNS::Topic');
const balancer = (key: string) => (template: Template): void => template.all('AWS::ElasticLoadBalancingV2::LoadBalancer').forEach(({ p }) => some(arr(p['LoadBalancerAttributes']).map(obj).filter((one) => one['Key'] === key), key).forEach((one) => (one['Value'] = 'false')));

export const logs: readonly Mutator[] = [
  weaker('lock-in-governance-mode', (template) => (lock(template)['Mode'] = 'GOVERNANCE')),
  weaker('lock-for-a-month', (template) => (lock(template)['Days'] = 30)),
  weaker('lock-one-day-short', (template) => (lock(template)['Days'] = 2191)),
  weaker('lock-five-years', (template) => {
    delete lock(template)['Days'];
    lock(template)['Years'] = 5;
  }),
  weaker('lock-days-and-years', (template) => (lock(template)['Years'] = 6)),
  weaker('lock-rule-gone', (template) => delete obj(template.vault.p['ObjectLockConfiguration'])['Rule']),
  weaker('lock-off', (template) => {
    template.vault.p['ObjectLockEnabled'] = false;
    const { p } = template.vault;
    delete p['ObjectLockConfiguration'];
  }),
  weaker('lock-flag-off', (template) => (template.vault.p['ObjectLockEnabled'] = false)),
  weaker('lock-length-from-a-parameter', (template) => {
    template.raw['Parameters'] = { ...obj(template.raw['Parameters'] ?? {}), Days: { Type: 'Number', Default: 2192 } };
    lock(template)['Days'] = ref('Days');
  }),
  weaker('vault-versioning-suspended', (template) => (template.vault.p['VersioningConfiguration'] = { Status: 'Suspended' })),
  weaker('vault-records-expire', (template) => arr(obj(template.vault.p['LifecycleConfiguration'])['Rules']).push({ Id: 'expire', Status: 'Enabled', ExpirationInDays: 90 })),
  weaker('vault-versions-expire', (template) => arr(obj(template.vault.p['LifecycleConfiguration'])['Rules']).push({ Id: 'expire', Status: 'Enabled', ExpirationInDays: 400, NoncurrentVersionExpiration: { NoncurrentDays: 1 } })),
  weaker('vault-policy-gone', (template) => template.remove(vaultPolicy(template))),
  weaker('vault-nobody-shortens-dropped', drop(denies('s3:PutBucketObjectLockConfiguration'))),
  weaker('vault-nobody-removes-dropped', drop(denies('s3:DeleteObjectVersion'))),
  weaker('vault-nobody-opens-dropped', drop(denies('s3:PutBucketPolicy'))),
  weaker('vault-tls-only-dropped', drop((statement) => says(statement['Condition'], 'aws:SecureTransport'))),
  weaker('vault-deny-exempts-the-administrator', (template) => {
    for (const statement of some(vaultPolicy(template).statements().filter(denies('s3:PutBucketObjectLockConfiguration')), 'deny')) {
      const keys = obj(obj(statement['Condition'])['ArnNotEquals']);
      keys['aws:PrincipalArn'] = [keys['aws:PrincipalArn'] ?? null, ADMINISTRATOR].flat();
    }
  }),
  weaker('vault-deny-exempts-every-role', (template) => {
    for (const statement of some(vaultPolicy(template).statements().filter(denies('s3:PutBucketObjectLockConfiguration')), 'deny')) statement['Condition'] = { ArnNotLike: { 'aws:PrincipalArn': `arn:aws:iam::${ACCOUNT}:role/*` } };
  }),
  weaker('vault-open-to-everybody', (template) => vaultPolicy(template).push('PolicyDocument', allow('*', 's3:GetObject', template))),
  weaker('vault-open-to-a-foreign-account', (template) => vaultPolicy(template).push('PolicyDocument', allow({ AWS: `arn:aws:iam::${STRANGER}:root` }, ['s3:GetObject', 's3:DeleteObject'], template))),
  weaker('vault-public-access-block-off', (template) => (obj(template.vault.p['PublicAccessBlockConfiguration'])['BlockPublicPolicy'] = false)),
  weaker('vault-acls', (template) => {
    template.vault.p['OwnershipControls'] = { Rules: [{ ObjectOwnership: 'ObjectWriter' }] };
    template.vault.p['AccessControl'] = 'LogDeliveryWrite';
  }),
  weaker('vault-unencrypted', (template) => delete template.vault.p['BucketEncryption']),
  weaker('vault-under-an-s3-key', (template) => (template.vault.p['BucketEncryption'] = { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] })),
  weaker('vault-goes-with-the-stack', (template) => (template.vault.raw['DeletionPolicy'] = 'Delete')),
  weaker('vault-replaced-with-deletion', (template) => delete template.vault.raw['UpdateReplacePolicy']),
  weaker('log-key-deletable-by-the-administrator', (template) => {
    for (const statement of some(template.logsKey.statements('KeyPolicy').filter(({ Principal }) => says(Principal, ADMINISTRATOR)), 'administrator')) arr(statement['Action']).push('kms:ScheduleKeyDeletion', 'kms:DisableKey');
  }),
  weaker('log-key-default-policy', (template) => (template.logsKey.p['KeyPolicy'] = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'kms:*', Resource: '*' }] })),
  weaker('log-key-short-window', (template) => (template.logsKey.p['PendingWindowInDays'] = 7)),
  weaker('log-key-without-rotation', (template) => (template.logsKey.p['EnableKeyRotation'] = false)),
  weaker('log-key-goes-with-the-stack', (template) => (template.logsKey.raw['DeletionPolicy'] = 'Delete')),

  weaker('trail-off', (template) => (template.trail.p['IsLogging'] = false)),
  weaker('trail-gone', (template) => template.remove(template.trail)),
  weaker('trail-of-one-region', (template) => (template.trail.p['IsMultiRegionTrail'] = false)),
  weaker('trail-without-validation', (template) => (template.trail.p['EnableLogFileValidation'] = false)),
  weaker('trail-without-global-events', (template) => (template.trail.p['IncludeGlobalServiceEvents'] = false)),
  weaker('trail-without-management-events', withoutSelectors(ofCategory('Management'))),
  weaker('trail-without-key-events', (template) => arr(some(selectors(template).filter(ofCategory('Management')), 'management')[0]!['FieldSelectors']).push({ Field: 'eventSource', NotEquals: ['kms.amazonaws.com'] })),
  weaker('trail-of-writes-only', (template) => arr(some(selectors(template).filter(ofCategory('Management')), 'management')[0]!['FieldSelectors']).push({ Field: 'readOnly', Equals: ['false'] })),
  weaker('trail-plain-selectors-exclude-key-events', (template) => {
    delete template.trail.p['AdvancedEventSelectors'];
    template.trail.p['EventSelectors'] = [{ ReadWriteType: 'All', IncludeManagementEvents: true, ExcludeManagementEventSources: ['kms.amazonaws.com'] }];
  }),
  weaker('trail-without-data-events', withoutSelectors(ofCategory('Data'))),
  weaker('trail-without-object-events-of-the-store', withoutSelectors((selector) => ofCategory('Data', 'AWS::S3::Object')(selector) && !says(selector, 'readOnly'))),
  weaker('trail-without-item-events', withoutSelectors(ofCategory('Data', 'AWS::DynamoDB::Table'))),
  weaker('trail-data-events-of-another-prefix', (template) => {
    for (const one of selectors(template).filter(ofCategory('Data', 'AWS::S3::Object')).flatMap((selector) => arr(selector['FieldSelectors']).map(obj))) if (one['StartsWith'] !== undefined) one['StartsWith'] = ['arn:aws:s3:::somebody-else/'];
  }),
  weaker('trail-without-insights', (template) => delete template.trail.p['InsightSelectors']),
  weaker('trail-into-a-foreign-bucket', (template) => (template.trail.p['S3BucketName'] = 'somebody-else')),
  weaker('trail-into-the-unlocked-intake', (template) => (template.trail.p['S3BucketName'] = ref(template.intake.id))),
  weaker('trail-without-key', (template) => delete template.trail.p['KMSKeyId']),
  weaker('trail-without-log-group', (template) => {
    delete template.trail.p['CloudWatchLogsLogGroupArn'];
    delete template.trail.p['CloudWatchLogsRoleArn'];
  }),

  weaker('flow-logs-into-a-foreign-bucket', (template) => (template.one('AWS::EC2::FlowLog').p['LogDestination'] = 'arn:aws:s3:::somebody-else')),
  weaker('flow-logs-into-a-log-group-only', (template) => {
    template.add('FlowGroup', 'AWS::Logs::LogGroup', { RetentionInDays: 2192, DeletionProtectionEnabled: true, KmsKeyId: getAtt(template.key('infrastructure').id, 'Arn') }, { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    Object.assign(template.one('AWS::EC2::FlowLog').p, { LogDestinationType: 'cloud-watch-logs', LogDestination: getAtt('FlowGroup', 'Arn') });
  }),
  weaker('log-groups-kept-a-week', logGroups(({ p }) => (p['RetentionInDays'] = 7))),
  weaker('trail-group-kept-a-year', (template) => (template.one('AWS::Logs::LogGroup', ({ id }) => says(template.trail.p['CloudWatchLogsLogGroupArn'], id)).p['RetentionInDays'] = 365)),
  weaker('log-groups-unprotected', logGroups(({ p }) => (p['DeletionProtectionEnabled'] = false))),
  weaker('log-groups-unencrypted', logGroups(({ p }) => delete p['KmsKeyId'])),
  weaker('log-groups-go-with-the-stack', logGroups(({ raw }) => (raw['DeletionPolicy'] = 'Delete'))),
  weaker('log-group-streamed-to-a-stranger', (template) => void template.add('Subscription', 'AWS::Logs::SubscriptionFilter', { LogGroupName: ref(template.one('AWS::Logs::LogGroup').id), FilterPattern: '', DestinationArn: `arn:aws:logs:us-east-1:${STRANGER}:destination:collect` })),

  weaker('intake-not-replicated', (template) => (obj(arr(obj(template.intake.p['ReplicationConfiguration'])['Rules'])[0])['Status'] = 'Disabled')),
  weaker('intake-replication-gone', (template) => delete template.intake.p['ReplicationConfiguration']),
  weaker('intake-replicates-a-part', (template) => (obj(arr(obj(template.intake.p['ReplicationConfiguration'])['Rules'])[0])['Filter'] = { Prefix: 'config/' })),
  weaker('intake-replicates-elsewhere', (template) => (obj(obj(arr(obj(template.intake.p['ReplicationConfiguration'])['Rules'])[0])['Destination'])['Bucket'] = 'arn:aws:s3:::somebody-else')),
  weaker('intake-replicates-into-the-store', (template) => (obj(obj(arr(obj(template.intake.p['ReplicationConfiguration'])['Rules'])[0])['Destination'])['Bucket'] = getAtt(template.store.id, 'Arn'))),
  weaker('intake-versioning-suspended', (template) => (template.intake.p['VersioningConfiguration'] = { Status: 'Suspended' })),
  weaker('intake-public', (template) => delete template.intake.p['PublicAccessBlockConfiguration']),
  weaker('store-access-not-logged', (template) => delete template.store.p['LoggingConfiguration']),
  weaker('store-access-logs-into-the-vault', (template) => (obj(template.store.p['LoggingConfiguration'])['DestinationBucketName'] = ref(template.vault.id))),
  weaker('store-access-logs-into-itself', (template) => (obj(template.store.p['LoggingConfiguration'])['DestinationBucketName'] = ref(template.store.id))),

  weaker('sibling-stops-the-trail', operator(['cloudtrail:StopLogging'])),
  weaker('sibling-updates-the-trail', operator('cloudtrail:*')),
  weaker('sibling-deletes-flow-logs', operator('ec2:DeleteFlowLogs')),
  weaker('sibling-deletes-log-groups', operator(['logs:DeleteLogGroup', 'logs:PutRetentionPolicy'])),
  weaker('sibling-holds-s3', operator('s3:*')),
  weaker('sibling-bypasses-governance', operator(['s3:BypassGovernanceRetention', 's3:DeleteObjectVersion'])),
  weaker('sibling-schedules-key-deletion', operator('kms:ScheduleKeyDeletion')),
  weaker('replication-role-may-delete', (template) => template.one('AWS::IAM::ManagedPolicy', ({ p }) => says(p['PolicyDocument'], 's3:ReplicateObject')).push('PolicyDocument', { Effect: 'Allow', Action: ['s3:DeleteObjectVersion', 's3:PutBucketPolicy', 's3:PutLifecycleConfiguration'], Resource: '*' })),
  weaker('trail-under-a-prefix-that-the-vault-refuses', (template) => (template.trail.p['S3KeyPrefix'] = 'elsewhere')),
  weaker('vault-takes-any-trail', (template) => {
    for (const statement of vaultPolicy(template).statements()) if (says(statement['Principal'], 'cloudtrail') && says(statement['Action'], 's3:PutObject')) delete obj(obj(statement['Condition'])['StringEquals'])['aws:SourceArn'];
  }),
  weaker('sibling-opens-sessions-on-hosts', operator('ssm:StartSession')),
  weaker('alarms-after-ten-periods', alarms(({ p }) => (p['EvaluationPeriods'] = 10))),
  weaker('alarms-once-a-day', alarms(({ p }) => (p['Period'] = 86_400))),
  weaker('alarms-on-the-least-count', alarms(({ p }) => (p['Statistic'] = 'Minimum'))),
  weaker('alarms-on-another-dimension', alarms(({ p }) => (p['Dimensions'] = [{ Name: 'host', Value: 'a' }]))),
  weaker('subscriber-hears-some', (template) => template.all('AWS::SNS::Subscription').forEach(({ p }) => (p['FilterPolicy'] = { severity: ['low'] }))),
  weaker('topic-without-a-key', (template) => { const { p } = topic(template); delete p['KmsMasterKeyId']; }),
  weaker('topic-under-the-key-of-sns', (template) => (topic(template).p['KmsMasterKeyId'] = 'alias/aws/sns')),
  weaker('topic-for-every-subscriber', (template) => template.one('AWS::SNS::TopicPolicy').push('PolicyDocument', { Effect: 'Allow', Principal: '*', Action: 'sns:Subscribe', Resource: ref(topic(template).id) })),
  weaker('topic-refuses-alarms', (template) => template.one('AWS::SNS::TopicPolicy').keep('PolicyDocument', (statement) => !says(statement['Principal'], 'cloudwatch'))),
  weaker('event-rule-off', (template) => template.all('AWS::Events::Rule').forEach(({ p }) => (p['State'] = 'DISABLED'))),
  weaker('trail-role-without-rights', (template) => template.remove(template.one('AWS::IAM::ManagedPolicy', ({ p }) => says(p['PolicyDocument'], 'logs:PutLogEvents') && !says(p['PolicyDocument'], 'autoscaling')))),
  weaker('trail-role-for-the-whole-account', (template) => template.one('AWS::IAM::Role', ({ p }) => says(p['AssumeRolePolicyDocument'], 'cloudtrail.amazonaws.com')).push('AssumeRolePolicyDocument', { Effect: 'Allow', Principal: { AWS: ACCOUNT }, Action: 'sts:AssumeRole' })),
  weaker('trail-under-a-key-of-elsewhere', (template) => (template.trail.p['KMSKeyId'] = `arn:aws:kms:us-east-1:${ACCOUNT}:key/00000000-0000-4000-8000-000000000000`)),
  weaker('replication-role-without-rights', (template) => template.remove(template.one('AWS::IAM::ManagedPolicy', ({ p }) => says(p['PolicyDocument'], 's3:ReplicateObject')))),
  weaker('replicas-owned-by-a-stranger', (template) => arr(obj(template.intake.p['ReplicationConfiguration'])['Rules']).forEach((rule) => Object.assign(obj(obj(rule)['Destination']), { Account: STRANGER, AccessControlTranslation: { Owner: 'Destination' } }))),
  weaker('reads-of-the-vault-unrecorded', withoutSelectors((one) => says(one, 'readOnly'))),
  weaker('balancer-without-access-logs', balancer('access_logs.s3.enabled')),
  weaker('sibling-switches-alarms-off', operator(['cloudwatch:DisableAlarmActions', 'events:DisableRule'])),
  weaker('alarms-to-a-stranger', alarms(({ p }) => (p['AlarmActions'] = [`arn:aws:sns:us-east-1:${STRANGER}:x`]))),
  weaker('alarms-silenced', (template) => void template.add('Mute', 'AWS::CloudWatch::AlarmMuteRule', { Name: 'night' })),
  weaker('filters-on-another-group', (template) => template.all('AWS::Logs::MetricFilter').forEach(({ p }) => (p['LogGroupName'] = '/elsewhere'))),
  weaker('events-to-an-address', (template) => void template.add('Hook', 'AWS::Events::ApiDestination', { ConnectionArn: `arn:aws:events:us-east-1:${ACCOUNT}:connection/x/1`, HttpMethod: 'POST', InvocationEndpoint: 'https://hook.example' })),
  weaker('subscriber-of-a-stranger', (template) => void template.add('Theirs', 'AWS::SNS::Subscription', { TopicArn: ref(topic(template).id), Protocol: 'sqs', Endpoint: `arn:aws:sqs:us-east-1:${STRANGER}:q` })),
  weaker('topic-drops-messages', (template) => (topic(template).p['DataProtectionPolicy'] = { Name: 'x', Version: '2021-06-01', Statement: [{ DataDirection: 'Inbound', Principal: ['*'], DataIdentifier: ['arn:aws:dataprotection::aws:data-identifier/Address'], Operation: { Deny: {} } }] })),
  weaker('filters-for-one-address', (template) => template.all('AWS::Logs::MetricFilter').forEach(({ p }) => {
    const narrow = (pattern: Json): Json => (typeof pattern === 'string' ? pattern.replace(/ }$/, ' && $.sourceIPAddress = "203.0.113.9" }') : pattern);
    const pattern = p['FilterPattern'] as Json;
    p['FilterPattern'] = typeof pattern === 'string' ? narrow(pattern) : { 'Fn::Join': ['', arr(arr(obj(pattern)['Fn::Join'])[1]).map(narrow)] };
  })),
];
