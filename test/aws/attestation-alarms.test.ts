import { App, Stack } from 'aws-cdk-lib';
import { AttestationAlarms } from '../../constructs/aws/index.js';
import { matches } from './filter-pattern.js';

const KEY = 'arn:aws:kms:us-east-1:111122223333:key/11111111-2222-3333-4444-555555555555';
const BREAK_GLASS = 'arn:aws:iam::111122223333:role/BreakGlass';
const stack = new Stack(new App(), 'Stack', { env: { account: '111122223333', region: 'us-east-1' } });
const alarms = new AttestationAlarms(stack, 'Alarms', {
  name: 'inference', account: '111122223333', trailLogGroup: 'trail', key: { arn: KEY, id: KEY.split('/')[1] as string }, breakGlassRole: BREAK_GLASS, topicKeyArn: 'arn:aws:kms:us-east-1:111122223333:key/other', email: 'team@hospital.example',
});
const template = (stack.node.root as App).synth().getStackByName('Stack').template as { readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties: Record<string, never> }>> };
const patterns = Object.fromEntries(Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::Logs::MetricFilter').map(({ Properties }) => [(Properties['MetricTransformations'] as { MetricName: string }[])[0]!.MetricName, Properties['FilterPattern'] as string]));
const fired = (event: object): string[] => Object.keys(patterns).filter((concern) => matches(patterns[concern] as string, event)).sort();

/** Shaped like the events of the AWS KMS Developer Guide, "Monitoring attested requests". */
const attested = { attestationDocumentModuleId: 'i-0123-enc0123', attestationDocumentEnclaveImageDigest: 'q'.repeat(64) };
const kms = (eventName: string, more: object = {}): object => ({ eventSource: 'kms.amazonaws.com', eventName, resources: [{ accountId: '111122223333', type: 'AWS::KMS::Key', ARN: KEY }], userIdentity: { sessionContext: { sessionIssuer: { arn: 'arn:aws:iam::111122223333:role/inference-tee-us-east-1' } } }, ...more });

test.each([
  ['attested use', kms('Decrypt', { additionalEventData: { recipient: attested } }), []],
  ['use without recipient', kms('Decrypt'), ['UseWithoutAttestation']],
  ['a data key without recipient', kms('GenerateDataKey'), ['UseWithoutAttestation']],
  ['re-encryption', kms('ReEncrypt', { resources: [{ ARN: 'arn:aws:kms:us-east-1:444455556666:key/x' }, { ARN: KEY }] }), ['UseWithoutAttestation']],
  ['writing', kms('GenerateDataKeyWithoutPlaintext'), []],
  ['use of another key', kms('Decrypt', { resources: [{ ARN: `${KEY}0` }] }), []],
  ['a debug enclave, denied', kms('Decrypt', { errorCode: 'AccessDenied', additionalEventData: { recipient: { ...attested, attestationDocumentEnclaveImageDigest: 'A'.repeat(64) } } }), ['DebugMeasurement', 'DeniedUse']],
  ['a debug enclave, admitted', kms('Decrypt', { additionalEventData: { recipient: { attestationDocumentEnclaveImageDigest: 'A'.repeat(64) } } }), ['DebugMeasurement']],
  ['denied without resource', kms('Decrypt', { errorCode: 'AccessDenied', errorMessage: `not authorized to perform: kms:Decrypt on resource: ${KEY} because`, resources: undefined }), ['DeniedUse']],
  ['denied on another key', kms('Decrypt', { errorCode: 'AccessDenied', errorMessage: 'on resource: other', resources: undefined }), []],
  ...['PutKeyPolicy', 'CreateGrant', 'ReplicateKey', 'ScheduleKeyDeletion', 'DisableKey', 'ImportKeyMaterial', 'UpdatePrimaryRegion', 'DeleteAlias'].map((name) => [name, kms(name), ['GateChanged']] as const),
  ['PutKeyPolicy, denied', kms('PutKeyPolicy', { errorCode: 'AccessDenied', resources: undefined, requestParameters: { keyId: KEY } }), ['GateChanged']],
  ['UpdateAlias away from the key', kms('UpdateAlias', { resources: [{ ARN: 'arn:aws:kms:us-east-1:111122223333:alias/inference-phi' }, { ARN: KEY }] }), ['GateChanged']],
  ['PutKeyPolicy of another key', kms('PutKeyPolicy', { resources: [{ ARN: `${KEY}0` }], requestParameters: { keyId: 'other' } }), []],
  ['break-glass acts', { eventSource: 's3.amazonaws.com', eventName: 'ListBuckets', userIdentity: { sessionContext: { sessionIssuer: { arn: BREAK_GLASS } } } }, ['BreakGlassUsed']],
  ['break-glass is assumed', { eventSource: 'sts.amazonaws.com', eventName: 'AssumeRole', requestParameters: { roleArn: BREAK_GLASS } }, ['BreakGlassUsed']],
  ...['StopLogging', 'DeleteTrail', 'UpdateTrail', 'PutEventSelectors', 'DeleteFlowLogs', 'DeleteLogGroup', 'PutRetentionPolicy', 'DeleteAlarms', 'DisassociateResolverQueryLogConfig', 'PutBucketObjectLockConfiguration'].map((eventName) => [eventName, { eventSource: 'any', eventName }, ['LogWeakened']] as const),
  ['an ordinary call', { eventSource: 'ec2.amazonaws.com', eventName: 'DescribeInstances' }, []],
] as const)('%s', (_name, event, expected) => {
  expect(fired(event)).toEqual(expected);
});

test('each concern has an alarm that acts on the first event and stays calm without any', () => {
  expect(Object.keys(alarms.alarms).sort()).toEqual(Object.keys(patterns).sort());
  for (const alarm of Object.values(alarms.alarms)) expect(alarm).toMatchObject({ threshold: 1, evaluationPeriods: 1, period: 60, comparisonOperator: 'GreaterThanOrEqualToThreshold', treatMissingData: 'notBreaching', actionsEnabled: true, alarmActions: [alarms.topic.ref] });
});

test('patterns are no longer than CloudWatch Logs accepts', () => {
  for (const pattern of Object.values(patterns)) expect(pattern.length).toBeLessThanOrEqual(1024);
});

test('a break-glass role whose name does not fit is refused', () => {
  const role = `arn:aws:iam::111122223333:role/${'path/'.repeat(100)}name`;
  expect(() => new AttestationAlarms(new Stack(new App(), 'S'), 'A', { name: 'n', account: '111122223333', trailLogGroup: 't', topicKeyArn: 'k', breakGlassRole: role })).toThrow(/1024/);
});

test('the event route carries gate and log changes to the encrypted topic', () => {
  const rule = Object.values(template.Resources).find(({ Type }) => Type === 'AWS::Events::Rule')!;
  expect(rule.Properties['State']).toBe('ENABLED');
  const text = JSON.stringify(rule.Properties['EventPattern']);
  for (const name of ['PutKeyPolicy', 'CreateGrant', 'StopLogging', 'DeleteFlowLogs', BREAK_GLASS]) expect(text).toContain(name);
  expect(Object.values(template.Resources).find(({ Type }) => Type === 'AWS::SNS::Topic')!.Properties['KmsMasterKeyId']).toContain('key/other');
});
