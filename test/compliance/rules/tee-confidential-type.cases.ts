import { body, launchTemplate } from '../aws-fixture.js';
import type { RuleCase } from '../rule-case.js';
import { azureCase, NOT_KNOWN, scaleSet } from '../prove/azure/fixture.js';
import { resource, space, vm } from '../gcp-fixture.js';

const aws: RuleCase[] = [
  { cloud: 'aws', name: 'an enclave host', expected: 'pass', resources: { Host: launchTemplate() } },
  { cloud: 'aws', name: 'a SEV-SNP instance', expected: 'pass', resources: { Vm: body('AWS::EC2::Instance', { CpuOptions: { AmdSevSnp: 'enabled' } }) } },
  { cloud: 'aws', name: 'enclaves off', expected: 'fail', at: 'Host', path: 'LaunchTemplateData.EnclaveOptions.Enabled', resources: { Host: launchTemplate({ EnclaveOptions: { Enabled: false } }) } },
  { cloud: 'aws', name: 'a plain instance', expected: 'fail', at: 'Vm', resources: { Vm: body('AWS::EC2::Instance', { InstanceType: 'm6i.2xlarge' }) } },
  { cloud: 'aws', name: 'a plain instance of the gateway segment', expected: 'silent', resources: { Vm: body('AWS::EC2::Instance', { SecurityGroupIds: [{ 'Fn::GetAtt': ['Group', 'GroupId'] }] }), Group: body('AWS::EC2::SecurityGroup', { Tags: [{ Key: 'phi-segment', Value: 'gateway' }] }) } },
  { cloud: 'aws', name: 'an instance by a template of elsewhere', expected: 'unknown', at: 'Vm', resources: { Vm: body('AWS::EC2::Instance', { LaunchTemplate: { LaunchTemplateId: 'lt-1', Version: '1' } }) } },
];

const azure: RuleCase[] = [
  azureCase('a confidential machine', 'pass'),
  azureCase('a confidential scale set', 'pass', { more: [scaleSet()] }),
  azureCase('trusted launch', 'fail', { edits: [['VirtualMachine', 'tee', 'securityProfile.securityType', 'TrustedLaunch']], at: 'tee', path: 'securityProfile.securityType' }),
  azureCase('no security type', 'fail', { edits: [['VirtualMachine', 'tee', 'securityProfile', undefined]], at: 'tee' }),
  azureCase('a plain scale set', 'fail', { more: [scaleSet({ virtualMachineProfile: {} })], at: 'fleet', path: 'virtualMachineProfile.securityProfile.securityType' }),
  azureCase('not known', 'unknown', { edits: [['VirtualMachine', 'tee', 'securityProfile', NOT_KNOWN]], at: 'tee' }),
];

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'TDX', expected: 'pass', resources: [space(), vm()] },
  { cloud: 'gcp', name: 'off beside a type', expected: 'unknown', at: 'vm', path: 'confidentialInstanceConfig.enableConfidentialCompute', resources: [vm({ confidentialInstanceConfig: { enableConfidentialCompute: 'false', confidentialInstanceType: 'TDX' } })] },
  { cloud: 'gcp', name: 'enabled without a type', expected: 'fail', at: 'vm', path: 'confidentialInstanceConfig.confidentialInstanceType', resources: [vm({ confidentialInstanceConfig: { enableConfidentialCompute: true } })] },
  { cloud: 'gcp', name: 'no type', expected: 'fail', at: 'tee', resources: [space({ confidentialInstanceConfig: undefined })] },
  { cloud: 'gcp', name: 'another type than the workload file', expected: 'fail', at: 'tee', resources: [space({ confidentialInstanceConfig: { confidentialInstanceType: 'SEV' } })] },
  { cloud: 'gcp', name: 'a type that is not told', expected: 'unknown', at: 'tee', resources: [space({ confidentialInstanceConfig: '[secret]' })] },
  { cloud: 'gcp', name: 'an instance from a template', expected: 'unknown', at: 'clone', resources: [resource('gcp:compute/instanceFromTemplate:InstanceFromTemplate', 'clone', { sourceInstanceTemplate: 'tee' })] },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
