import { body, launchTemplate } from '../aws-fixture.js';
import type { RuleCase } from '../rule-case.js';
import { azureCase, id, resource, STRANGER } from '../prove/azure/fixture.js';
import { DISK, resource as gcpResource, space, vm } from '../gcp-fixture.js';
import type { Value } from '../../../constructs/compliance/model.js';

const aws: RuleCase[] = [
  { cloud: 'aws', name: 'a key of elsewhere', expected: 'unknown', at: 'Host', resources: { Host: launchTemplate({ BlockDeviceMappings: [{ Ebs: { Encrypted: true, KmsKeyId: 'arn:aws:kms:us-east-1:111122223333:key/1' } }] }) } },
  { cloud: 'aws', name: 'a key of the stack', expected: 'pass', resources: { Host: launchTemplate(), Disks: body('AWS::KMS::Key', {}) } },
  { cloud: 'aws', name: 'not encrypted', expected: 'fail', at: 'Host', path: 'LaunchTemplateData.BlockDeviceMappings[0].Ebs.Encrypted', resources: { Host: launchTemplate({ BlockDeviceMappings: [{ Ebs: { KmsKeyId: 'k' } }] }) } },
  { cloud: 'aws', name: 'the key of AWS', expected: 'fail', at: 'Host', resources: { Host: launchTemplate({ BlockDeviceMappings: [{ Ebs: { Encrypted: true } }] }) } },
  { cloud: 'aws', name: 'a second disk', expected: 'fail', at: 'Host', resources: { Disks: body('AWS::KMS::Key', {}), Host: launchTemplate({ BlockDeviceMappings: [{ Ebs: { Encrypted: true, KmsKeyId: { Ref: 'Disks' } } }, { Ebs: { Encrypted: false, KmsKeyId: { Ref: 'Disks' } } }] }) } },
  { cloud: 'aws', name: 'the image decides', expected: 'fail', at: 'Host', resources: { Host: launchTemplate({ BlockDeviceMappings: { Ref: 'AWS::NoValue' } }) } },
  { cloud: 'aws', name: 'a volume', expected: 'fail', at: 'Volume', resources: { Volume: body('AWS::EC2::Volume', { KmsKeyId: 'k' }) } },
];

const azure: RuleCase[] = [
  azureCase('a disk that only the guest opens', 'pass'),
  azureCase('the state of the guest only', 'fail', { edits: [['VirtualMachine', 'tee', 'storageProfile.osDisk.managedDisk.securityProfile.securityEncryptionType', 'VMGuestStateOnly']], at: 'tee' }),
  azureCase('the platform\'s key', 'fail', { edits: [['VirtualMachine', 'tee', 'storageProfile.osDisk.managedDisk.securityProfile.diskEncryptionSet', undefined]], at: 'tee' }),
  azureCase('the set outside the security profile', 'fail', { edits: [['VirtualMachine', 'tee', 'storageProfile.osDisk.managedDisk', { diskEncryptionSet: { id: id('Microsoft.Compute/diskEncryptionSets', 'disk') } }]], at: 'tee' }),
  azureCase('an ordinary encryption set', 'fail', { edits: [['DiskEncryptionSet', 'disk', 'encryptionType', 'EncryptionAtRestWithCustomerKey']], at: 'tee' }),
  azureCase('a key without a release policy', 'fail', { edits: [['Key', 'os-disk', 'properties.releasePolicy', undefined]], at: 'tee' }),
  azureCase('a key released to any guest', 'fail', { edits: [['Key', 'os-disk', 'properties.releasePolicy.data', Buffer.from('{"version":"1.0.0","anyOf":[{"authority":"https://sharedeus.eus.attest.azure.net/","allOf":[{"claim":"x-ms-attestation-type","equals":"sevsnpvm"}]}]}').toString('base64url')]], at: 'tee' }),
  azureCase('a key by its address', 'pass', { edits: [['DiskEncryptionSet', 'disk', 'activeKey.keyUrl', 'https://infra-vault.vault.azure.net/keys/os-disk-1/0123456789abcdef']] }),
  azureCase('a key of others', 'unknown', { edits: [['DiskEncryptionSet', 'disk', 'activeKey.keyUrl', 'https://elsewhere.vault.azure.net/keys/os-disk/0123456789abcdef']] }),
  azureCase('an encryption set of others', 'unknown', { edits: [['VirtualMachine', 'tee', 'storageProfile.osDisk.managedDisk.securityProfile.diskEncryptionSet', { id: id('Microsoft.Compute/diskEncryptionSets', 'other') }]] }),
  azureCase('a data disk under the platform\'s key', 'fail', { edits: [['VirtualMachine', 'tee', 'storageProfile.dataDisks', [{ lun: 0, createOption: 'Empty', diskSizeGB: 32 }]]], at: 'tee' }),
  azureCase('a disk of its own under the platform\'s key', 'fail', { more: [resource('compute:Disk', 'extra', { diskName: 'extra' })], at: 'extra' }),
  azureCase('a disk from elsewhere', 'fail', { edits: [['VirtualMachine', 'tee', 'storageProfile.osDisk.createOption', 'Attach']], at: 'tee' }),
  azureCase('a disk in a storage account', 'fail', { edits: [['VirtualMachine', 'tee', 'storageProfile.osDisk.vhd', { uri: 'https://x.blob.core.windows.net/vhds/a.vhd' }]], at: 'tee' }),
  azureCase('a set that follows new versions', 'fail', { edits: [['DiskEncryptionSet', 'disk', 'rotationToLatestKeyVersionEnabled', true]], at: 'tee' }),
  azureCase('a key of another directory', 'fail', { edits: [['DiskEncryptionSet', 'disk', 'federatedClientId', STRANGER]], at: 'tee' }),
];

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'customer keys', expected: 'pass', resources: [space(), vm()] },
  { cloud: 'gcp', name: 'a template disk without one', expected: 'fail', at: 'tee', path: 'disks[0].diskEncryptionKey.kmsKeySelfLink', resources: [space({ disks: [{ ...DISK, diskEncryptionKey: undefined } as unknown as Value] })] },
  { cloud: 'gcp', name: 'an instance without one', expected: 'fail', at: 'vm', path: 'bootDisk.kmsKeySelfLink', resources: [vm({ bootDisk: { initializeParams: { image: 'x' } } })] },
  { cloud: 'gcp', name: 'a local SSD', expected: 'fail', at: 'vm', path: 'scratchDisks[0]', resources: [vm({ scratchDisks: [{ interface: 'NVME' }] })] },
  { cloud: 'gcp', name: 'a disk of its own without one', expected: 'fail', at: 'disk', resources: [gcpResource('gcp:compute/disk:Disk', 'disk', { size: 10 })] },
  { cloud: 'gcp', name: 'an attached disk of elsewhere', expected: 'unknown', at: 'vm', path: 'attachedDisks[0].source', resources: [vm({ attachedDisks: [{ source: 'projects/p/zones/z/disks/d' }] })] },
];

export const cases: RuleCase[] = [...aws, ...azure, ...gcp];
