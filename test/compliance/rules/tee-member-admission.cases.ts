import { body, launchTemplate } from '../aws-fixture.js';
import type { RuleCase, TemplateResources } from '../rule-case.js';
import { azureCase, NOT_KNOWN, scaleSet } from '../prove/azure/fixture.js';
import { group as groupOf, ref, refresh, resource, space, vm } from '../gcp-fixture.js';

const CHECK = 'gcp:compute/regionHealthCheck:RegionHealthCheck';

const group = (properties: object = {}): TemplateResources[string] => body('AWS::AutoScaling::AutoScalingGroup', {
  LaunchTemplate: { LaunchTemplateId: { Ref: 'Host' }, Version: '1' }, MaxInstanceLifetime: 604800,
  LifecycleHookSpecificationList: [{ LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING', DefaultResult: 'ABANDON' }], ...properties,
} as never);

const aws: RuleCase[] = [
  { cloud: 'aws', name: 'abandoned unless attested', expected: 'pass', resources: { Host: launchTemplate(), Group: group() } },
  { cloud: 'aws', name: 'a hook of its own', expected: 'pass', resources: { Host: launchTemplate(), Group: group({ LifecycleHookSpecificationList: { Ref: 'AWS::NoValue' } }), Hook: body('AWS::AutoScaling::LifecycleHook', { AutoScalingGroupName: { Ref: 'Group' }, LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING' }) } },
  { cloud: 'aws', name: 'continues by default', expected: 'fail', at: 'Group', path: 'LifecycleHookSpecificationList', resources: { Host: launchTemplate(), Group: group({ LifecycleHookSpecificationList: [{ LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING', DefaultResult: 'CONTINUE' }] }) } },
  { cloud: 'aws', name: 'a hook at the end of life', expected: 'fail', at: 'Group', resources: { Host: launchTemplate(), Group: group({ LifecycleHookSpecificationList: [{ LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING', DefaultResult: 'ABANDON' }] }) } },
  { cloud: 'aws', name: 'lives forever', expected: 'fail', at: 'Group', path: 'MaxInstanceLifetime', resources: { Host: launchTemplate(), Group: group({ MaxInstanceLifetime: { Ref: 'AWS::NoValue' } }) } },
];

const azure: RuleCase[] = [
  azureCase('probed and updated by hand', 'pass', { more: [scaleSet()] }),
  azureCase('no probe', 'fail', { more: [scaleSet({ virtualMachineProfile: { networkProfile: {}, securityProfile: { securityType: 'ConfidentialVM' } } })], at: 'fleet' }),
  azureCase('never repaired', 'fail', { more: [scaleSet({ automaticRepairsPolicy: { enabled: false } })], at: 'fleet', path: 'automaticRepairsPolicy.enabled' }),
  azureCase('all at once', 'fail', { more: [scaleSet({ upgradePolicy: { mode: 'Automatic' } })], at: 'fleet', path: 'upgradePolicy.mode' }),
  azureCase('images on their own', 'fail', { more: [scaleSet({ upgradePolicy: { mode: 'Rolling', automaticOSUpgradePolicy: { enableAutomaticOSUpgrade: true } } })], at: 'fleet' }),
  azureCase('not known', 'unknown', { more: [scaleSet({ upgradePolicy: NOT_KNOWN })], at: 'fleet' }),
  azureCase('no scale set', 'silent'),
];

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'healed and replaced', expected: 'pass', resources: [space(), groupOf(), refresh()] },
  { cloud: 'gcp', name: 'a health check of elsewhere', expected: 'unknown', at: 'group', path: 'autoHealingPolicies.healthCheck', resources: [space(), groupOf({ autoHealingPolicies: { healthCheck: 'projects/p/global/healthChecks/x' } }), refresh()] },
  { cloud: 'gcp', name: 'no auto-healing', expected: 'fail', at: 'group', path: 'autoHealingPolicies', resources: [space(), groupOf({ autoHealingPolicies: undefined }), refresh()] },
  { cloud: 'gcp', name: 'never replaced', expected: 'fail', at: 'group', resources: [space(), groupOf()] },
  { cloud: 'gcp', name: 'a paused schedule', expected: 'fail', at: 'group', resources: [space(), groupOf(), refresh({ paused: true })] },
  { cloud: 'gcp', name: 'a schedule that never comes', expected: 'fail', at: 'group', resources: [space(), groupOf(), refresh({ schedule: '0 3 31 2 *' })] },
  { cloud: 'gcp', name: 'a patch that always says the same', expected: 'fail', at: 'group', resources: [space(), groupOf(), refresh({ schedule: '0 3 1 * *', httpTarget: { httpMethod: 'PATCH', body: 'e30=', oauthToken: { serviceAccountEmail: 'x' }, uri: 'https://compute.googleapis.com/compute/v1/projects/p/regions/r/instanceGroupManagers/tee' } })] },
  { cloud: 'gcp', name: 'a health check of another port', expected: 'fail', at: 'group', path: 'autoHealingPolicies.healthCheck', resources: [space(), groupOf({ autoHealingPolicies: { healthCheck: ref(CHECK, 'ssh') } }), refresh(), resource(CHECK, 'ssh', { tcpHealthCheck: { port: 22 } })] },
  { cloud: 'gcp', name: 'a health check of the service', expected: 'pass', resources: [space(), groupOf({ autoHealingPolicies: { healthCheck: ref(CHECK, 'own') } }), refresh(), resource(CHECK, 'own', { tcpHealthCheck: { port: '8443' } })] },
  { cloud: 'gcp', name: 'a schedule without a token', expected: 'fail', at: 'group', resources: [space(), groupOf(), refresh({ httpTarget: { uri: 'https://compute.googleapis.com/compute/v1/projects/p/regions/r/instanceGroupManagers/tee' } })] },
  { cloud: 'gcp', name: 'a group of nothing', expected: 'unknown', at: 'group', path: 'versions', resources: [space(), groupOf({ versions: [] }), refresh()] },
  { cloud: 'gcp', name: 'runs on after its key is revoked', expected: 'fail', at: 'tee', path: 'keyRevocationActionType', resources: [space({ keyRevocationActionType: undefined })] },
  { cloud: 'gcp', name: 'a single machine that cannot be deleted', expected: 'pass', resources: [vm({ deletionProtection: true })] },
  { cloud: 'gcp', name: 'a single machine that anyone deletes', expected: 'fail', at: 'vm', path: 'deletionProtection', resources: [vm()] },
  { cloud: 'gcp', name: 'a new version waits for somebody', expected: 'fail', at: 'group', path: 'updatePolicy.type', resources: [space(), groupOf({ updatePolicy: { type: 'OPPORTUNISTIC', minimalAction: 'REPLACE' } }), refresh()] },
  { cloud: 'gcp', name: 'machines restarted, not replaced', expected: 'fail', at: 'group', path: 'updatePolicy.minimalAction', resources: [space(), groupOf({ updatePolicy: { type: 'PROACTIVE', minimalAction: 'RESTART' } }), refresh()] },
  { cloud: 'gcp', name: 'a template of elsewhere', expected: 'unknown', at: 'group', resources: [space(), groupOf({ versions: [{ instanceTemplate: 'projects/p/global/instanceTemplates/x' }] })] },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
