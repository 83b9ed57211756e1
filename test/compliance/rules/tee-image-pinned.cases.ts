import { launchTemplate } from '../aws-fixture.js';
import type { RuleCase } from '../rule-case.js';
import { azureCase, id } from '../prove/azure/fixture.js';
import { DISK, DISK_KEY, space, vm } from '../gcp-fixture.js';
import type { Value } from '../../../constructs/compliance/model.js';

const aws: RuleCase[] = [
  { cloud: 'aws', name: 'an image id', expected: 'pass', resources: { Host: launchTemplate() } },
  { cloud: 'aws', name: 'an alias of the parameter store', expected: 'fail', at: 'Host', path: 'LaunchTemplateData.ImageId', resources: { Host: launchTemplate({ ImageId: 'resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64' }) } },
  { cloud: 'aws', name: 'no image', expected: 'fail', at: 'Host', resources: { Host: launchTemplate({ ImageId: { Ref: 'AWS::NoValue' } }) } },
  { cloud: 'aws', name: 'a parameter', expected: 'unknown', at: 'Host', resources: { Host: launchTemplate({ ImageId: { Ref: 'Image' } }) } },
];

const azure: RuleCase[] = [
  azureCase('the image of the workload file', 'pass'),
  azureCase('latest', 'fail', { edits: [['VirtualMachine', 'tee', 'storageProfile.imageReference.version', 'latest']], at: 'tee', path: 'storageProfile.imageReference.version' }),
  azureCase('another publisher', 'fail', { edits: [['VirtualMachine', 'tee', 'storageProfile.imageReference.publisher', 'somebody']], at: 'tee' }),
  azureCase('a version of a gallery image instead', 'unknown', { edits: [['VirtualMachine', 'tee', 'storageProfile.imageReference', { id: id('Microsoft.Compute/galleries', 'releases/images/inference/versions/1.2.3') }]] }),
  azureCase('a gallery image', 'fail', { edits: [['VirtualMachine', 'tee', 'storageProfile.imageReference', { id: id('Microsoft.Compute/galleries', 'releases/images/inference') }]], at: 'tee' }),
  azureCase('a managed image', 'unknown', { edits: [['VirtualMachine', 'tee', 'storageProfile.imageReference', { id: id('Microsoft.Compute/images', 'inference') }]] }),
  azureCase('a plan of another publisher', 'fail', { edits: [['VirtualMachine', 'tee', 'plan', { name: 'x', publisher: 'somebody', product: 'y' }]], at: 'tee' }),
  azureCase('an image of another subscription', 'unknown', { edits: [['VirtualMachine', 'tee', 'storageProfile.imageReference', { id: '/subscriptions/99999999-0000-4000-8000-000000000000/resourceGroups/2/providers/Microsoft.Compute/galleries/g/images/i/versions/1.0.0' }]], at: 'tee' }),
];

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'by name and digest', expected: 'pass', resources: [space()] },
  { cloud: 'gcp', name: 'a snapshot', expected: 'unknown', at: 'tee', path: 'disks[0].sourceImage', resources: [space({ disks: [{ ...DISK, sourceSnapshot: 'projects/p/global/snapshots/s' }] })] },
  { cloud: 'gcp', name: 'a family', expected: 'fail', at: 'vm', path: 'bootDisk.initializeParams.image', resources: [vm({ bootDisk: { kmsKeySelfLink: DISK_KEY, initializeParams: { image: 'projects/ubuntu-os-cloud/global/images/family/ubuntu-2404-lts' } } })] },
  { cloud: 'gcp', name: 'another image than the workload file', expected: 'fail', at: 'tee', path: 'disks[0].sourceImage', resources: [space({ disks: [{ ...DISK, sourceImage: 'projects/confidential-space-images/global/images/confidential-space-240100' } as Value] })] },
  { cloud: 'gcp', name: 'a container by tag', expected: 'fail', at: 'tee', path: 'metadata.tee-image-reference', resources: [space({}, { 'tee-image-reference': 'us-docker.pkg.dev/phi-inference/images/inference:latest' })] },
  { cloud: 'gcp', name: 'a container that is not told', expected: 'unknown', at: 'tee', path: 'metadata.tee-image-reference', resources: [space({}, { 'tee-image-reference': '[secret]' })] },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
