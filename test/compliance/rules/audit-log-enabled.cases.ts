import { body, trail } from '../aws-fixture.js';
import type { RuleCase } from '../rule-case.js';
import { azureCase, id, NOT_KNOWN, resource } from '../prove/azure/fixture.js';
import { KEY_PROJECT, audit, logs, sink } from '../gcp-fixture.js';

const aws: RuleCase[] = [
  { cloud: 'aws', name: 'a trail that logs', expected: 'pass', resources: { Trail: trail() } },
  { cloud: 'aws', name: 'a trail that is switched off', expected: 'fail', at: 'Trail', path: 'IsLogging', resources: { Trail: trail({ IsLogging: false }) } },
  { cloud: 'aws', name: 'a load balancer that logs', expected: 'pass', at: 'Front', resources: { Trail: trail(), Front: body('AWS::ElasticLoadBalancingV2::LoadBalancer', { LoadBalancerAttributes: [{ Key: 'access_logs.s3.enabled', Value: 'true' }] }) } },
  { cloud: 'aws', name: 'a load balancer that does not', expected: 'fail', at: 'Front', path: 'LoadBalancerAttributes', resources: { Trail: trail(), Front: body('AWS::ElasticLoadBalancingV2::LoadBalancer', { LoadBalancerAttributes: [{ Key: 'access_logs.s3.enabled', Value: false }] }) } },
  { cloud: 'aws', name: 'no trail', expected: 'fail', at: 'aws', resources: { Vpc: body('AWS::EC2::VPC', {}) } },
  { cloud: 'aws', name: 'a parameter decides', expected: 'unknown', at: 'Trail', resources: { Trail: trail({ IsLogging: { Ref: 'Parameter' } }) } },
];

const azure: RuleCase[] = [
  azureCase('every service and the subscription', 'pass'),
  azureCase('a vault without a setting', 'fail', { gone: [['DiagnosticSetting', 'phi-vault-audit']], at: 'phi-vault' }),
  azureCase('the store without a setting', 'fail', { gone: [['DiagnosticSetting', 'store-audit']], at: 'store' }),
  azureCase('the account, not its blobs', 'fail', { edits: [['DiagnosticSetting', 'store-audit', 'resourceUri', id('Microsoft.Storage/storageAccounts', 'store')]], at: 'store' }),
  azureCase('a service of an account that a first preview does not name', 'unknown', {
    gone: [['DiagnosticSetting', 'store-audit']], at: 'store',
    more: [resource('monitor:DiagnosticSetting', 'new', { resourceUri: '${azure-native:storage:StorageAccount::store.id}', logs: [{ category: 'StorageRead', enabled: true }] }, { propertyDependencies: { resourceUri: ['urn:pulumi:x::x::azure-native:storage:StorageAccount::store'] } })],
  }),
  azureCase('a setting that is off', 'fail', { edits: [['DiagnosticSetting', 'authority-audit', 'logs', [{ categoryGroup: 'allLogs', enabled: false }]]], at: 'authority' }),
  azureCase('no activity log', 'fail', { gone: [['SubscriptionDiagnosticSetting', 'activity']], at: 'azure' }),
  azureCase('logs not known', 'unknown', { edits: [['DiagnosticSetting', 'phi-vault-audit', 'logs', NOT_KNOWN]], at: 'phi-vault' }),
  azureCase('a target not known', 'unknown', { edits: [['DiagnosticSetting', 'phi-vault-audit', 'resourceUri', NOT_KNOWN]], at: 'phi-vault' }),
];

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'both projects', expected: 'pass', resources: logs() },
  { cloud: 'gcp', name: 'no audit configuration of the key project', expected: 'fail', at: 'gcp', resources: logs(audit('audit-keys', 'elsewhere')) },
  { cloud: 'gcp', name: 'one service only', expected: 'fail', at: 'gcp', resources: logs(audit('audit', 'phi-inference', { service: 'cloudkms.googleapis.com' })) },
  { cloud: 'gcp', name: 'a disabled sink', expected: 'fail', at: 'keys-vault', path: 'disabled', resources: logs(sink('keys-vault', KEY_PROJECT, 'vault', { disabled: true })) },
  { cloud: 'gcp', name: 'a sink that is not told', expected: 'unknown', at: 'keys-vault', path: 'disabled', resources: logs(sink('keys-vault', KEY_PROJECT, 'vault', { disabled: '[secret]' })) },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
