import { decidePlatformRelease } from '../prove/azure/release.js';
import { flag, hostValue, list, ownKey, shown, teeHosts, want } from '../aws.js';
import { guestPath, teeGuests, vaultHost, wants, wantsOneOf } from '../azure.js';
import { at, type Deployment, type Resource, Unknown, type Value, isList } from '../model.js';
import { processesPhi } from '../phi.js';
import { armOf, listAt } from '../prove/azure/arm.js';
import { guestAt } from '../prove/azure/guests.js';
import { disksOf, keyed as customerKeyed, machines } from '../gcp.js';
import { type Check, defineRule, type Defect, fail, outcomes, unknown } from '../rule.js';

function keyed(deployment: Deployment, value: Value | undefined, path: string): readonly Defect[] {
  if (value instanceof Unknown) return [unknown(path, `${path} is not known: ${value.reason}`)];
  if (typeof value === 'string' && value !== '' && !/alias\/aws\//.test(value)) return ownKey(deployment, value) ? [] : [unknown(path, `KmsKeyId is ${shown(value)}, which is no key of the artifacts: who uses and deletes it cannot be told`)];
  return [fail(path, `KmsKeyId is ${shown(value)}: the key of AWS, which the customer cannot revoke`)];
}

const aws: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  for (const host of teeHosts(deployment)) {
    const path = `${host.prefix}BlockDeviceMappings`;
    const mappings = list(hostValue(deployment, host, 'BlockDeviceMappings'));
    if (mappings instanceof Unknown) {
      yield* outcomes(host.resource, unknown(path, `the disks are not known: ${mappings.reason}`));
      continue;
    }
    const disks = mappings.map((mapping, index) => [at(mapping, 'Ebs'), `${path}[${index}].Ebs`] as const).filter(([disk]) => disk !== undefined);
    if (disks.length === 0) yield* outcomes(host.resource, fail(path, 'no disk is declared: the image decides whether it is encrypted, and under which key'));
    else yield* outcomes(host.resource, disks.flatMap(([disk, where]) => {
      const encrypted = flag(at(disk, 'Encrypted'));
      return [
        ...(encrypted === true ? [] : [encrypted instanceof Unknown ? unknown(`${where}.Encrypted`, encrypted.reason) : fail(`${where}.Encrypted`, `Encrypted is ${shown(encrypted)}`)]),
        ...keyed(deployment, at(disk, 'KmsKeyId'), `${where}.KmsKeyId`),
      ];
    }));
  }
  for (const volume of deployment.ofType('AWS::EC2::Volume')) yield* outcomes(volume, [...want(volume, 'Encrypted', true, 'the disk lies in the clear'), ...keyed(deployment, volume.properties['KmsKeyId'], 'KmsKeyId')]);
};

/** Defects of the disk encryption set that a disk names. */
function encryptionSet(deployment: Deployment, id: Value | undefined, path: string, types: readonly string[]): readonly Defect[] {
  if (id instanceof Unknown) return [unknown(path, `the disk encryption set is not known: ${id.reason}`)];
  if (typeof id !== 'string' || id === '') return [fail(path, 'no disk encryption set: the key is the platform\'s, which the customer cannot revoke')];
  const set = armOf(deployment).find(id);
  if (!set) return [unknown(path, `the disk encryption set ${shown(id)} is not among the artifacts`)];
  return [
    ...wantsOneOf(set.properties['encryptionType'], path, types, `the encryption type of ${set.name} does not fit`),
    ...(absent(set.properties['federatedClientId']) || set.properties['federatedClientId'] === 'None' ? [] : [fail(path, `${set.name} takes its key from another tenant (federatedClientId)`)]),
    ...(types === CONFIDENTIAL ? wants(set.properties['rotationToLatestKeyVersionEnabled'], path, false, `${set.name} follows new versions of its key, which Azure does not do for disks of confidential machines and whose release policy nobody reviewed`, false) : []),
    ...(types === CONFIDENTIAL ? platformRelease(deployment, set, path) : []),
  ];
}

/** Defects of the condition under which the platform gets the key of a confidential disk. */
function platformRelease(deployment: Deployment, set: Resource, path: string): readonly Defect[] {
  const key = keyOfSet(deployment, set);
  if (!key) return [unknown(path, `the key of ${set.name} is not among the artifacts, and so neither is the condition of its release`)];
  const { present, leaks, unknowns } = decidePlatformRelease(deployment, key);
  if (!present) return [fail(path, `${key.name}, the key of ${set.name}, has no release policy: nothing asks the platform for an attestation`)];
  return [...leaks.map((leak) => fail(path, `${key.name}, the key of ${set.name}: ${leak}`)), ...unknowns.map((reason) => unknown(path, `${key.name}, the key of ${set.name}: ${reason}`))];
}

/** The key that a set names by output or by address; before it exists, the one key that the address depends on. */
function keyOfSet(deployment: Deployment, set: Resource): Resource | undefined {
  const url = at(set.properties, 'activeKey.keyUrl');
  const sources = url instanceof Unknown ? at(set.attributes, 'propertyDependencies.activeKey') : undefined;
  const named = isList(sources) ? sources.flatMap((urn) => (typeof urn === 'string' ? deployment.byId.get(urn) ?? [] : [])) : [];
  const keys = named.filter(({ type }) => type === KEY);
  if (keys.length === 1) return keys[0];
  const direct = deployment.target(url);
  if (direct?.type === KEY) return direct;
  const host = vaultHost(url);
  const name = typeof url === 'string' ? /\/keys\/([a-z0-9-]+)(\/|$)/i.exec(url)?.[1]?.toLowerCase() : undefined;
  if (host === undefined || name === undefined) return undefined;
  const arm = armOf(deployment);
  const text = (key: Resource, property: string): string | undefined => arm.text(key.properties[property])?.toLowerCase();
  return deployment.ofType(KEY).find((key) => text(key, 'vaultName') === host && text(key, 'keyName') === name);
}
const KEY = 'azure-native:keyvault:Key';

const CUSTOMER = ['EncryptionAtRestWithCustomerKey', 'EncryptionAtRestWithPlatformAndCustomerKeys'] as const;
const CONFIDENTIAL = ['ConfidentialVmEncryptedWithCustomerKey'] as const;

const absent = (value: Value | undefined): boolean => value === undefined || value === null || (isList(value) && value.length === 0);
/** Disks that no managed disk of Azure's encryption stands behind, and disks that were made elsewhere. */
const UNMANAGED: readonly (readonly [path: string, why: string])[] = [
  ['storageProfile.osDisk.image', 'the OS disk comes from a file in a storage account'], ['storageProfile.osDisk.vhd', 'the OS disk is a file in a storage account'], ['storageProfile.osDisk.vhdContainers', 'the OS disks are files in a storage account'],
];

function guestDisks(deployment: Deployment, guest: Resource): readonly Defect[] {
  const os = 'storageProfile.osDisk.managedDisk.securityProfile';
  const create = guestAt(guest, 'storageProfile.osDisk.createOption');
  const defects: Defect[] = [
    ...UNMANAGED.flatMap(([path, why]) => { const value = guestAt(guest, path); return absent(value) ? [] : [(value instanceof Unknown ? unknown : fail)(guestPath(guest, path), why)]; }),
    ...(absent(create) || (typeof create === 'string' && create.toLowerCase() === 'fromimage') ? [] : [(create instanceof Unknown ? unknown : fail)(guestPath(guest, 'storageProfile.osDisk.createOption'), `createOption is ${shown(create)}: what is on the disk is no image that was approved`)]),
    ...wantsOneOf(guestAt(guest, `${os}.securityEncryptionType`), guestPath(guest, `${os}.securityEncryptionType`), ['DiskWithVMGuestState'], 'the OS disk is not encrypted with a key that only the guest gets'),
    ...encryptionSet(deployment, guestAt(guest, `${os}.diskEncryptionSet.id`), guestPath(guest, `${os}.diskEncryptionSet`), CONFIDENTIAL),
  ];
  const path = guestPath(guest, 'storageProfile.dataDisks');
  const disks = listAt(guestAt(guest, 'storageProfile'), 'dataDisks');
  if (disks instanceof Unknown) return [...defects, unknown(path, `the data disks are not known: ${disks.reason}`)];
  return [...defects, ...disks.flatMap((disk, index) => {
    // An attached disk is judged where it is declared.
    const attached = at(disk, 'managedDisk.id');
    if (attached !== undefined && armOf(deployment).find(attached)) return [];
    const inside = at(disk, 'managedDisk.securityProfile.diskEncryptionSet.id');
    return inside === undefined
      ? encryptionSet(deployment, at(disk, 'managedDisk.diskEncryptionSet.id'), `${path}[${index}].managedDisk.diskEncryptionSet`, CUSTOMER)
      : encryptionSet(deployment, inside, `${path}[${index}].managedDisk.securityProfile.diskEncryptionSet`, CONFIDENTIAL);
  })];
}

const azure: Check = function* (deployment) {
  for (const guest of teeGuests(deployment)) yield* outcomes(guest, guestDisks(deployment, guest));
  if (!processesPhi(deployment)) return;
  for (const disk of deployment.ofType('azure-native:compute:Disk')) {
    const confidential = at(disk.properties, 'securityProfile.secureVMDiskEncryptionSetId');
    yield* outcomes(disk, confidential === undefined
      ? encryptionSet(deployment, at(disk.properties, 'encryption.diskEncryptionSetId'), 'encryption.diskEncryptionSetId', CUSTOMER)
      : encryptionSet(deployment, confidential, 'securityProfile.secureVMDiskEncryptionSetId', CONFIDENTIAL));
  }
};

const gcp: Check = function* (deployment) {
  for (const machine of machines(deployment)) {
    const disks = disksOf(machine);
    if (disks instanceof Unknown) yield* outcomes(machine, unknown('disks', `the disks are not known: ${disks.reason}`));
    else if (disks.length === 0) yield* outcomes(machine, unknown('bootDisk', 'no boot disk is declared'));
    else yield* outcomes(machine, disks.flatMap(({ path, value }) => {
      if (value instanceof Unknown) return [unknown(path, value.reason)];
      if (at(value, 'type') === 'SCRATCH') return [fail(path, 'a local SSD takes no customer key')];
      const own = machine.type === 'gcp:compute/instance:Instance' ? 'kmsKeySelfLink' : 'diskEncryptionKey.kmsKeySelfLink';
      const source = at(value, 'source');
      // An existing disk brings its key along; it is judged by itself below when it is in the artifact.
      if (at(value, own) === undefined && source !== undefined) return deployment.target(source) ? [] : [unknown(`${path}.source`, 'the key of an existing disk is not in the artifact')];
      return [...customerKeyed(deployment, at(value, own), `${path}.${own}`)];
    }));
  }
  if (!processesPhi(deployment)) return;
  for (const type of ['gcp:compute/disk:Disk', 'gcp:compute/regionDisk:RegionDisk']) {
    for (const disk of deployment.ofType(type)) yield* outcomes(disk, customerKeyed(deployment, at(disk.properties, 'diskEncryptionKey.kmsKeySelfLink'), 'diskEncryptionKey.kmsKeySelfLink'));
  }
};

export const rule = defineRule({
  id: 'tee-disk-encrypted',
  title: 'Disks of the TEE are encrypted under a customer key',
  theme: 'confidential-vm',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(a)(2)(iv)', '45 CFR 164.310(d)(2)(i)', '45 CFR 164.310(d)(2)(ii)'],
  proposed: ['encryption of ePHI at rest'],
  why: 'A disk outlives the memory encryption of the TEE, and the provider uses it again for others: only the deletion of its key disposes of what was on it.',
  fix: {
    aws: 'Use EnclaveFleet, or set Encrypted true and KmsKeyId to an infrastructure key on every block device mapping and volume.',

    azure: 'Use ConfidentialVm with OsDiskKey, or securityEncryptionType DiskWithVMGuestState with a diskEncryptionSet inside managedDisk.securityProfile.',

    gcp: 'Use ConfidentialVm, or kmsKeySelfLink (diskEncryptionKey) on the boot disk and every attached disk.',
  },
  checks: {
    aws,

    azure,

    gcp,
  },
});
