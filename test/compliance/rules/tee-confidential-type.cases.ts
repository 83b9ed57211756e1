import { body, launchTemplate } from '../aws-fixture.js';
import type { RuleCase } from '../rule-case.js';

const aws: RuleCase[] = [
  { cloud: 'aws', name: 'an enclave host', expected: 'pass', resources: { Host: launchTemplate() } },
  { cloud: 'aws', name: 'a SEV-SNP instance', expected: 'pass', resources: { Vm: body('AWS::EC2::Instance', { CpuOptions: { AmdSevSnp: 'enabled' } }) } },
  { cloud: 'aws', name: 'enclaves off', expected: 'fail', at: 'Host', path: 'LaunchTemplateData.EnclaveOptions.Enabled', resources: { Host: launchTemplate({ EnclaveOptions: { Enabled: false } }) } },
  { cloud: 'aws', name: 'a plain instance', expected: 'fail', at: 'Vm', resources: { Vm: body('AWS::EC2::Instance', { InstanceType: 'm6i.2xlarge' }) } },
  { cloud: 'aws', name: 'a plain instance of the gateway segment', expected: 'silent', resources: { Vm: body('AWS::EC2::Instance', { SecurityGroupIds: [{ 'Fn::GetAtt': ['Group', 'GroupId'] }] }), Group: body('AWS::EC2::SecurityGroup', { Tags: [{ Key: 'phi-segment', Value: 'gateway' }] }) } },
  { cloud: 'aws', name: 'an instance by a template of elsewhere', expected: 'unknown', at: 'Vm', resources: { Vm: body('AWS::EC2::Instance', { LaunchTemplate: { LaunchTemplateId: 'lt-1', Version: '1' } }) } },
];

const azure: RuleCase[] = [];

const gcp: RuleCase[] = [];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
