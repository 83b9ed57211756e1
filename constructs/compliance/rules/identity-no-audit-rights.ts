import { processesPhi } from '../phi.js';
import { identityRights } from '../prove/aws/rights.js';
import { type Check, defineRule, fail, outcomes } from '../rule.js';
import { logBuckets } from '../aws.js';

const RECORDING = ['cloudtrail:StopLogging', 'cloudtrail:DeleteTrail', 'cloudtrail:UpdateTrail', 'cloudtrail:PutEventSelectors', 'cloudtrail:PutInsightSelectors', 'ec2:DeleteFlowLogs', 'logs:DeleteLogGroup', 'logs:DeleteLogStream', 'logs:PutRetentionPolicy', 'logs:DisassociateKmsKey', 'config:StopConfigurationRecorder', 'config:DeleteDeliveryChannel', 'route53resolver:DisassociateResolverQueryLogConfig',
  'logs:DeleteMetricFilter', 'cloudwatch:DeleteAlarms', 'cloudwatch:DisableAlarmActions', 'events:DisableRule', 'events:DeleteRule', 'events:RemoveTargets', 'sns:Unsubscribe', 'sns:SetTopicAttributes', 'sns:SetSubscriptionAttributes', 'sns:DeleteTopic'] as const;
const ON_BUCKETS = ['s3:PutBucketPolicy', 's3:DeleteBucketPolicy', 's3:PutLifecycleConfiguration', 's3:PutBucketObjectLockConfiguration', 's3:PutBucketVersioning', 's3:PutReplicationConfiguration', 's3:DeleteBucket'] as const;
const ON_RECORDS = ['s3:BypassGovernanceRetention', 's3:DeleteObjectVersion', 's3:DeleteObject', 's3:PutObjectRetention'] as const;

const aws: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  const buckets = logBuckets(deployment);
  for (const { resource, can, holds, arn } of identityRights(deployment)) {
    const ways = new Set<string>();
    const [recording, onBuckets, onRecords] = [RECORDING, ON_BUCKETS, ON_RECORDS].map((actions) => (actions as readonly string[]).filter(holds)) as [string[], string[], string[]];
    for (const action of recording) if (can(action, 'arn:aws:any:us-east-1:000000000000:any/any')) ways.add(action);
    if (recording.length > 0) for (const type of ['AWS::CloudTrail::Trail', 'AWS::Logs::LogGroup', 'AWS::SNS::Topic']) for (const store of deployment.ofType(type)) for (const action of recording) if (can(action, arn(store))) ways.add(action);
    if (onBuckets.length + onRecords.length > 0) for (const bucket of buckets) {
      for (const action of onBuckets) if (can(action, arn(bucket))) ways.add(action);
      for (const action of onRecords) if (can(action, `${arn(bucket)}/record`)) ways.add(action);
    }
    const list = [...ways];
    yield* outcomes(resource, list.length === 0 ? true : fail('', `holds ${list.slice(0, 4).join(', ')}${list.length > 4 ? ` and ${list.length - 4} more` : ''}`));
  }
};

export const rule = defineRule({
  id: 'identity-no-audit-rights',
  title: 'No identity of the workload can touch the audit record',
  theme: 'immutable-log',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(b)', '45 CFR 164.308(a)(3)(ii)(A)'],
  why: 'The lock and the bucket policy are one wall; that nobody who is watched holds the right to stop the watching is the other.',
  fix: {
    aws: 'Give no role of the workload cloudtrail:StopLogging, ec2:DeleteFlowLogs, logs:DeleteLogGroup, logs:PutRetentionPolicy, s3:BypassGovernanceRetention, s3:DeleteObjectVersion, s3:PutBucketPolicy or s3:PutLifecycleConfiguration on the stores of logs, and nothing that deletes, disables or diverts alarms (cloudwatch:DisableAlarmActions, events:DisableRule, sns:Unsubscribe).',
  },
  checks: { aws },
});
