import { body, launchTemplate } from '../aws-fixture.js';
import type { RuleCase } from '../rule-case.js';

const aws: RuleCase[] = [
  { cloud: 'aws', name: 'm6i.2xlarge', expected: 'pass', resources: { Host: launchTemplate() } },
  { cloud: 'aws', name: 'a burstable type', expected: 'fail', at: 'Host', path: 'LaunchTemplateData.InstanceType', resources: { Host: launchTemplate({ InstanceType: 't3.large' }) } },
  { cloud: 'aws', name: 'too small', expected: 'fail', at: 'Host', resources: { Host: launchTemplate({ InstanceType: 'm6i.large' }) } },
  { cloud: 'aws', name: 'bare metal', expected: 'fail', at: 'Host', resources: { Host: launchTemplate({ InstanceType: 'm6i.metal' }) } },
  { cloud: 'aws', name: 'SEV-SNP and enclaves', expected: 'fail', at: 'Host', path: 'LaunchTemplateData.CpuOptions.AmdSevSnp', resources: { Host: launchTemplate({ InstanceType: 'm6a.2xlarge', CpuOptions: { AmdSevSnp: 'enabled' } }) } },
  { cloud: 'aws', name: 'hibernation', expected: 'fail', at: 'Host', path: 'LaunchTemplateData.HibernationOptions.Configured', resources: { Host: launchTemplate({ HibernationOptions: { Configured: true } }) } },
  { cloud: 'aws', name: 'an override of the group', expected: 'fail', at: 'Host', resources: { Host: launchTemplate(), Group: body('AWS::AutoScaling::AutoScalingGroup', { MixedInstancesPolicy: { LaunchTemplate: { LaunchTemplateSpecification: { LaunchTemplateId: { Ref: 'Host' } }, Overrides: [{ InstanceType: 't3.xlarge' }] } } }) } },
  { cloud: 'aws', name: 'requirements choose', expected: 'unknown', at: 'Host', resources: { Host: launchTemplate({ InstanceRequirements: { VCpuCount: { Min: 4 } } }) } },
  { cloud: 'aws', name: 'SEV-SNP on Intel', expected: 'fail', at: 'Vm', resources: { Vm: body('AWS::EC2::Instance', { InstanceType: 'm6i.2xlarge', CpuOptions: { AmdSevSnp: 'enabled' } }) } },
];

const azure: RuleCase[] = [];

const gcp: RuleCase[] = [];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
