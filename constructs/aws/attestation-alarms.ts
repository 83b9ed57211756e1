import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { CfnMetricFilter } from 'aws-cdk-lib/aws-logs';
import { CfnSubscription, CfnTopic, CfnTopicPolicy } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { allow, deny, policy } from './policy.js';

/** Operations that give plaintext, and those that move use elsewhere: none succeeds on the PHI key without attestation. */
const USE = ['Decrypt', 'GenerateDataKey', 'GenerateDataKeyPair', 'DeriveSharedSecret', 'ReEncrypt'] as const;
/** Operations that change the gate, open another way to the key, or take it away. */
const GATE_CHANGES = [
  'CancelKeyDeletion', 'CreateAlias', 'CreateGrant', 'DeleteAlias', 'DeleteImportedKeyMaterial', 'DisableKey', 'DisableKeyRotation', 'ImportKeyMaterial', 'PutKeyPolicy', 'ReplicateKey', 'ScheduleKeyDeletion',
  'UpdateAlias', 'UpdatePrimaryRegion',
] as const;
/** Calls after which less is recorded, by the service that takes them. */
const LOG_CHANGES: Readonly<Record<string, readonly string[]>> = {
  'cloudtrail.amazonaws.com': ['DeleteTrail', 'PutEventSelectors', 'PutInsightSelectors', 'StopLogging', 'UpdateTrail'],
  'ec2.amazonaws.com': ['DeleteFlowLogs'],
  'logs.amazonaws.com': ['DeleteLogGroup', 'DeleteLogStream', 'DeleteMetricFilter', 'DeleteRetentionPolicy', 'DisassociateKmsKey', 'PutLogGroupDeletionProtection', 'PutRetentionPolicy'],
  'monitoring.amazonaws.com': ['DeleteAlarms', 'DisableAlarmActions'],
  'route53resolver.amazonaws.com': ['DeleteResolverQueryLogConfig', 'DisassociateResolverQueryLogConfig', 'UpdateFirewallConfig'],
  's3.amazonaws.com': ['DeleteBucketPolicy', 'PutBucketObjectLockConfiguration', 'PutBucketReplication', 'PutBucketVersioning'],
};
/** CloudTrail prints PCRs in base64: 48 zero bytes are 64 times `A`. */
const ZERO_DIGEST = 'A'.repeat(64);
/** Longest filter pattern of CloudWatch Logs, in characters. */
const PATTERN_LIMIT = 1024;

export interface AttestationAlarmsProps {
  /** Name of the workload: name space of metrics and prefix of names. */
  readonly name: string;
  readonly account: string;
  /** Log group in which the trail of this account arrives. */
  readonly trailLogGroup: string;
  /** The PHI key, if it is in this account. Its own events are recorded where it is. */
  readonly key?: { readonly arn: string; readonly id: string };
  /** ARN of the emergency role, alarmed wherever it acts. Default: none. */
  readonly breakGlassRole?: string;
  /** ARN of the key that encrypts the topic: never the PHI key. */
  readonly topicKeyArn: string;
  /** Mail address that is asked to subscribe. Default: none; subscribe your own receiver to `topic`. */
  readonly email?: string;
  /** Last change of an alarm before it is written; its name is the concern. */
  readonly transform?: (alarm: CfnAlarm, concern: string) => void;
}

/**
 * Says at once when the gate is tried, changed or bypassed: metric filters and alarms on the trail's log group, and an
 * EventBridge route for changes, which arrives sooner and carries the event itself. Both end in one encrypted topic.
 */
export class AttestationAlarms extends Construct {
  readonly topic: CfnTopic;
  /** One alarm per concern: `UseWithoutAttestation`, `DebugMeasurement`, `DeniedUse`, `GateChanged`, `BreakGlassUsed`, `LogWeakened`. */
  readonly alarms: Readonly<Record<string, CfnAlarm>>;
  readonly route: CfnRule;

  constructor(scope: Construct, id: string, private readonly props: AttestationAlarmsProps) {
    super(scope, id);
    this.topic = new CfnTopic(this, 'Topic', {
      topicName: `${props.name}-attestation`,
      kmsMasterKeyId: props.topicKeyArn,
      ...(props.email !== undefined && { displayName: `${props.name} attestation` }),
    });
    new CfnTopicPolicy(this, 'TopicPolicy', {
      topics: [this.topic.ref],
      policyDocument: policy(
        allow('AlarmsOfThisAccount', { Service: 'cloudwatch.amazonaws.com' }, 'sns:Publish', this.topic.ref, { StringEquals: { 'aws:SourceAccount': props.account } }),
        // EventBridge publishes to topics without the keys that a condition could name.
        allow('Events', { Service: 'events.amazonaws.com' }, 'sns:Publish', this.topic.ref),
        deny('TlsOnly', '*', 'sns:Publish', this.topic.ref, { Bool: { 'aws:SecureTransport': 'false' } }),
      ),
    });
    if (props.email !== undefined) new CfnSubscription(this, 'Mail', { topicArn: this.topic.ref, protocol: 'email', endpoint: props.email });

    const alarms: Record<string, CfnAlarm> = {};
    for (const [concern, { pattern, text }] of Object.entries(this.concerns())) alarms[concern] = this.alarm(concern, pattern, text);
    this.alarms = alarms;
    this.route = this.eventRoute();
  }

  private concerns(): Readonly<Record<string, { readonly pattern: string; readonly text: string }>> {
    const { key, breakGlassRole } = this.props;
    const ours = key && `($.resources[0].ARN = "${key.arn}" || $.resources[1].ARN = "${key.arn}")`;
    const use = `$.eventSource = "kms.amazonaws.com" && (${anyOf('$.eventName', USE)})`;
    const recipient = '$.additionalEventData.recipient';
    return {
      ...(key && ours && {
        UseWithoutAttestation: {
          pattern: `{ ${use} && ${ours} && $.errorCode NOT EXISTS && ${recipient} NOT EXISTS }`,
          text: 'The PHI key was used without an attestation document: the gate is open.',
        },
        DebugMeasurement: {
          pattern: `{ ${use} && (${recipient}.attestationDocumentEnclaveImageDigest = "${ZERO_DIGEST}" || ${recipient}.attestationDocumentNitroTPMPCR4 = "${ZERO_DIGEST}") }`,
          text: 'An enclave in debug mode asked for a key.',
        },
        DeniedUse: {
          // A denied call may not name its resource; the message does.
          pattern: `{ ${use} && $.errorCode = "AccessDenied*" && (${ours} || $.errorMessage = "*${key.id}*") }`,
          text: 'Use of the PHI key was denied: a retired or unknown measurement, another role, or another network.',
        },
        GateChanged: {
          pattern: `{ $.eventSource = "kms.amazonaws.com" && (${anyOf('$.eventName', GATE_CHANGES)}) && (${ours} || $.requestParameters.keyId = "*${key.id}*" || $.requestParameters.targetKeyId = "*${key.id}*") }`,
          text: 'Policy, grants, replicas, aliases or life of the PHI key changed, or somebody tried.',
        },
      }),
      ...(breakGlassRole !== undefined && {
        BreakGlassUsed: {
          pattern: `{ $.userIdentity.sessionContext.sessionIssuer.arn = "${breakGlassRole}" || $.requestParameters.roleArn = "${breakGlassRole}" }`,
          text: 'The break-glass role was assumed or acted.',
        },
      }),
      LogWeakened: {
        pattern: `{ ${anyOf('$.eventName', Object.values(LOG_CHANGES).flat())} }`,
        text: 'A trail, flow log, log group, alarm or log bucket was stopped, deleted or changed.',
      },
    };
  }

  private alarm(concern: string, filterPattern: string, text: string): CfnAlarm {
    if (filterPattern.length > PATTERN_LIMIT) throw new Error(`${this.node.path}: the filter of ${concern} has ${filterPattern.length} characters; allowed: ${PATTERN_LIMIT}. Shorten the name of the break-glass role.`);
    const { name, trailLogGroup } = this.props;
    const metric = { metricNamespace: `tee-kit/${name}`, metricName: concern };
    const filter = new CfnMetricFilter(this, `${concern}Filter`, {
      logGroupName: trailLogGroup,
      filterPattern,
      metricTransformations: [{ ...metric, metricValue: '1', defaultValue: 0, unit: 'Count' }],
    });
    const alarm = new CfnAlarm(this, concern, {
      alarmName: `${name}-${concern}`,
      alarmDescription: text,
      namespace: metric.metricNamespace,
      metricName: metric.metricName,
      statistic: 'Sum',
      period: 60,
      evaluationPeriods: 1,
      threshold: 1,
      comparisonOperator: 'GreaterThanOrEqualToThreshold',
      treatMissingData: 'notBreaching',
      actionsEnabled: true,
      alarmActions: [this.topic.ref],
    });
    alarm.addResourceDependency(filter);
    this.props.transform?.(alarm, concern);
    return alarm;
  }

  /** Changes as events. Names of calls are few and rare in any account, so every such call is reported, of whichever key. */
  private eventRoute(): CfnRule {
    const sources = { ...LOG_CHANGES, ...(this.props.key && { 'kms.amazonaws.com': GATE_CHANGES }) };
    return new CfnRule(this, 'Changes', {
      name: `${this.props.name}-gate-changes`,
      description: 'Changes of PHI keys and of what is logged',
      state: 'ENABLED',
      eventPattern: {
        'detail-type': ['AWS API Call via CloudTrail'],
        detail: {
          $or: [
            { eventSource: Object.keys(sources), eventName: Object.values(sources).flat() },
            ...(this.props.breakGlassRole !== undefined ? [{ userIdentity: { sessionContext: { sessionIssuer: { arn: [this.props.breakGlassRole] } } } }] : []),
          ],
        },
      },
      targets: [{ id: 'topic', arn: this.topic.ref }],
    });
  }
}

function anyOf(field: string, values: readonly string[]): string {
  return values.map((value) => `${field} = "${value}"`).join(' || ');
}
