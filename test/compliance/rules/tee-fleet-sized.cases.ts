import type { RuleCase } from '../rule-case.js';
import { body, launchTemplate } from '../aws-fixture.js';
import { group, ref, resource, space } from '../gcp-fixture.js';
import { azureCase, id, NOT_KNOWN, resource as azureResource, scaleSet } from '../prove/azure/fixture.js';

const fleet = (changes: object) => ({ Host: launchTemplate(), Fleet: body('AWS::AutoScaling::AutoScalingGroup', { LaunchTemplate: { LaunchTemplateId: { Ref: 'Host' }, Version: '1' }, MinSize: '2', MaxSize: '4', ...changes } as never) });
const aws: RuleCase[] = [
  { cloud: 'aws', name: 'as the workload file says', expected: 'pass', at: 'Fleet', resources: fleet({}) },
  { cloud: 'aws', name: 'larger', expected: 'pass', at: 'Fleet', resources: fleet({ MinSize: '3' }) },
  { cloud: 'aws', name: 'down to none', expected: 'fail', at: 'Fleet', path: 'MinSize', resources: fleet({ MinSize: '0' }) },
  { cloud: 'aws', name: 'at most one', expected: 'fail', at: 'Fleet', path: 'MaxSize', resources: fleet({ MaxSize: 1 }) },
  { cloud: 'aws', name: 'not known', expected: 'unknown', at: 'Fleet', resources: fleet({ MinSize: { 'Fn::ImportValue': 'x' } }) },
];

const FLEET = id('Microsoft.Compute/virtualMachineScaleSets', 'fleet');
const scaling = (minimum: string) => azureResource('monitor:AutoscaleSetting', 'scaling', { enabled: true, targetResourceUri: FLEET, profiles: [{ name: 'default', capacity: { minimum, maximum: '4', default: '2' } }] });
const azure: RuleCase[] = [
  azureCase('as the workload file says', 'pass', { more: [scaleSet(), scaling('2')], at: 'fleet' }),
  azureCase('one machine', 'fail', { more: [scaleSet({ sku: { name: 'Standard_DC4as_v5', capacity: 1 } })], at: 'fleet' }),
  azureCase('scaled down to none', 'fail', { more: [scaleSet(), scaling('0')], at: 'scaling' }),
  azureCase('taken back at any time', 'fail', { more: [scaleSet({ virtualMachineProfile: { priority: 'Spot', securityProfile: { securityType: 'ConfidentialVM' } } })], at: 'fleet', path: 'virtualMachineProfile.priority' }),
  azureCase('not known', 'unknown', { more: [scaleSet(), scaling(NOT_KNOWN)], at: 'scaling' }),
];

const GROUP = ref('gcp:compute/regionInstanceGroupManager:RegionInstanceGroupManager', 'group');
const scaler = (policy: object) => resource('gcp:compute/regionAutoscaler:RegionAutoscaler', 'scaler', { target: GROUP, autoscalingPolicy: { minReplicas: 2, maxReplicas: 4, ...policy } });
const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'as the workload file says', expected: 'pass', at: 'scaler', resources: [space(), group(), scaler({})] },
  { cloud: 'gcp', name: 'a group of one', expected: 'fail', at: 'group', path: 'targetSize', resources: [space(), group({ targetSize: 1 })] },
  { cloud: 'gcp', name: 'scaled down to none', expected: 'fail', at: 'scaler', resources: [space(), group(), scaler({ minReplicas: 0 })] },
  { cloud: 'gcp', name: 'a scaler that is off', expected: 'fail', at: 'scaler', path: 'autoscalingPolicy.mode', resources: [space(), group(), scaler({ mode: 'OFF' })] },
  { cloud: 'gcp', name: 'not told', expected: 'unknown', at: 'scaler', resources: [space(), group(), scaler({ minReplicas: '[secret]' })] },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
