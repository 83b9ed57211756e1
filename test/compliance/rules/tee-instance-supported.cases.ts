import { body, launchTemplate } from '../aws-fixture.js';
import type { RuleCase } from '../rule-case.js';
import { azureCase, NOT_KNOWN, scaleSet } from '../prove/azure/fixture.js';
import { DISK, space, vm } from '../gcp-fixture.js';
import type { Value } from '../../../constructs/compliance/model.js';

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

const azure: RuleCase[] = [
  azureCase('a confidential size', 'pass'),
  azureCase('a plain size', 'fail', { edits: [['VirtualMachine', 'tee', 'hardwareProfile.vmSize', 'Standard_D4s_v5']], at: 'tee', path: 'hardwareProfile.vmSize' }),
  azureCase('a size that the series has not', 'fail', { edits: [['VirtualMachine', 'tee', 'hardwareProfile.vmSize', 'Standard_DC3as_v5']], at: 'tee' }),
  azureCase('a plain scale set', 'fail', { more: [scaleSet({ sku: { name: 'Standard_D4s_v5' } })], at: 'fleet', path: 'sku.name' }),
  azureCase('a mix with a plain size', 'fail', { more: [scaleSet({ skuProfile: { vmSizes: [{ name: 'Standard_DC4as_v5' }, { name: 'Standard_D4s_v5' }] } })], at: 'fleet', path: 'skuProfile.vmSizes[1].name' }),
  azureCase('hibernation', 'fail', { edits: [['VirtualMachine', 'tee', 'additionalCapabilities', { hibernationEnabled: true }]], at: 'tee' }),
  azureCase('encryption at host', 'fail', { edits: [['VirtualMachine', 'tee', 'securityProfile.encryptionAtHost', true]], at: 'tee' }),
  azureCase('a disk too large', 'fail', { edits: [['VirtualMachine', 'tee', 'storageProfile.osDisk.diskSizeGB', 256]], at: 'tee' }),
  azureCase('not known', 'unknown', { edits: [['VirtualMachine', 'tee', 'hardwareProfile', NOT_KNOWN]] }),
];

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'TDX on C3', expected: 'pass', resources: [space(), vm()] },
  { cloud: 'gcp', name: 'TDX on N2D', expected: 'fail', at: 'tee', path: 'machineType', resources: [space({ machineType: 'n2d-standard-4' })] },
  { cloud: 'gcp', name: 'a zone without TDX', expected: 'fail', at: 'vm', path: 'zone', resources: [vm({ zone: 'us-west4-a' })] },
  { cloud: 'gcp', name: 'live migration', expected: 'fail', at: 'tee', path: 'scheduling.onHostMaintenance', resources: [space({ scheduling: {} })] },
  { cloud: 'gcp', name: 'SEV-SNP without its platform', expected: 'fail', at: 'tee', path: 'minCpuPlatform', resources: [space({ machineType: 'n2d-standard-4', confidentialInstanceConfig: { confidentialInstanceType: 'SEV_SNP' } })] },
  { cloud: 'gcp', name: 'a disk that TDX does not take', expected: 'fail', at: 'tee', path: 'disks[0].diskType', resources: [space({ disks: [{ ...DISK, diskType: 'pd-ssd' } as Value] })] },
  { cloud: 'gcp', name: 'SEV that migrates', expected: 'pass', resources: [space({ machineType: 'n2d-standard-4', scheduling: {}, confidentialInstanceConfig: { confidentialInstanceType: 'SEV' } })] },
  { cloud: 'gcp', name: 'a machine that is not told', expected: 'unknown', at: 'tee', path: 'machineType', resources: [space({ machineType: '[secret]' })] },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
