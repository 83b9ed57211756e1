import type { RuleCase } from '../rule-case.js';
import { body } from '../aws-fixture.js';
import { resource as gcpResource, logBucket } from '../gcp-fixture.js';
import { azureCase, resource } from '../prove/azure/fixture.js';

const subscription = (DestinationArn: string | object) => ({ Filter: body('AWS::Logs::SubscriptionFilter', { DestinationArn } as never) });
const aws: RuleCase[] = [
  { name: 'own stream', cloud: 'aws', expected: 'pass', at: 'Filter', resources: subscription('arn:aws:kinesis:us-east-1:111122223333:stream/x') },
  { name: 'a stranger', cloud: 'aws', expected: 'fail', at: 'Filter', resources: subscription('arn:aws:logs:us-east-1:999988887777:destination:x') },
  { name: 'not known', cloud: 'aws', expected: 'unknown', at: 'Filter', resources: subscription({ 'Fn::ImportValue': 'x' }) },
  { name: 'a policy for everybody', cloud: 'aws', expected: 'fail', at: 'Policy', resources: { Policy: body('AWS::Logs::ResourcePolicy', { PolicyDocument: JSON.stringify({ Statement: [{ Effect: 'Allow', Principal: '*', Action: 'logs:*', Resource: '*' }] }) }) } },
];

const azure: RuleCase[] = [
  azureCase('the log vault only', 'pass'),
  azureCase('an event hub too', 'fail', { edits: [['DiagnosticSetting', 'phi-vault-audit', 'eventHubAuthorizationRuleId', '/subscriptions/1/x']], at: 'phi-vault-audit' }),
  azureCase('an export of the workspace', 'fail', { more: [resource('operationalinsights:DataExport', 'away', {})], at: 'away' }),
  azureCase('a workspace of others', 'unknown', { edits: [['DiagnosticSetting', 'phi-vault-audit', 'workspaceId', '/subscriptions/1/resourceGroups/2/providers/Microsoft.OperationalInsights/workspaces/3']], at: 'phi-vault-audit' }),
  azureCase('copies of the vault into any tenant', 'fail', { edits: [['StorageAccount', 'logs', 'allowedCopyScope', undefined]], at: 'logs' }),
];

const sink = (destination: string | undefined, more: object = {}) => gcpResource('gcp:logging/projectSink:ProjectSink', 'sink', { project: 'phi-inference', ...(destination === undefined ? {} : { destination }), ...more });
const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'the log vault', expected: 'pass', resources: [logBucket(), sink('logging.googleapis.com/projects/phi-inference/locations/us-central1/buckets/vault')] },
  { cloud: 'gcp', name: 'a topic of the artifact', expected: 'pass', resources: [gcpResource('gcp:pubsub/topic:Topic', 'siem', {}), sink('pubsub.googleapis.com/${gcp:pubsub/topic:Topic::siem.id}')] },
  { cloud: 'gcp', name: 'a bucket of others', expected: 'fail', at: 'sink', path: 'destination', resources: [logBucket(), sink('storage.googleapis.com/elsewhere')] },
  { cloud: 'gcp', name: 'a sink that is off', expected: 'silent', resources: [sink('storage.googleapis.com/elsewhere', { disabled: true })] },
  { cloud: 'gcp', name: 'not told', expected: 'unknown', at: 'sink', resources: [sink('[secret]')] },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
