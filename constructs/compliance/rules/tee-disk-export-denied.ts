import { lower, wantsOneOf } from '../azure.js';
import { type Resource, Unknown } from '../model.js';
import { processesPhi } from '../phi.js';
import { armOf, covers } from '../prove/azure/arm.js';
import { MACHINES } from '../prove/gcp/network.js';
import { guests } from '../prove/azure/guests.js';
import { allows, grantsOf } from '../prove/azure/roles.js';
import { holders } from '../gcp-rights.js';
import { type Check, defineRule, fail, outcomes, unknown, type Verdict } from '../rule.js';

const DISKS = ['azure-native:compute:Disk', 'azure-native:compute:Snapshot'] as const;
const EXPORTS = ['Microsoft.Compute/disks/beginGetAccess/action', 'Microsoft.Compute/snapshots/beginGetAccess/action', 'Microsoft.Compute/snapshots/write', 'Microsoft.Compute/restorePointCollections/write'];

function closed(disk: Resource): Verdict {
  const policy = disk.properties['networkAccessPolicy'];
  if (policy instanceof Unknown) return unknown('networkAccessPolicy', policy.reason);
  return [
    ...wantsOneOf(policy, 'networkAccessPolicy', ['DenyAll'], 'the disk can be exported by an address that needs no identity'),
    ...(lower(policy) === 'denyall' ? [] : wantsOneOf(disk.properties['publicNetworkAccess'], 'publicNetworkAccess', ['Disabled'], 'the export is reachable from public networks')),
  ];
}

const azure: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  for (const type of DISKS) for (const disk of deployment.ofType(type)) yield* outcomes(disk, closed(disk));
  for (const type of ['azure-native:compute:RestorePointCollection', 'azure-native:compute:RestorePoint', 'azure-native:compute:Image']) {
    for (const copy of deployment.ofType(type)) yield* outcomes(copy, fail('', `${type} copies the disks of a machine`));
  }
  const arm = armOf(deployment);
  const held = [...guests(deployment), ...DISKS.flatMap((type) => deployment.ofType(type))].map((one) => arm.idOf(one)).filter((id) => id !== undefined);
  const breakGlass = deployment.workload?.breakGlass.azure?.toLowerCase();
  for (const { assignment, scope, role, roleName, principal } of grantsOf(deployment)) {
    if (scope !== undefined && !held.some((id) => covers(scope, id))) continue;
    const exports = role ? EXPORTS.filter((action) => allows(role, 'control', action)) : [];
    if (exports.length > 0 && (principal.objectId === undefined || principal.objectId !== breakGlass)) yield* outcomes(assignment, fail('roleDefinitionId', `${roleName} allows ${exports[0] ?? ''}: disks leave the workload`));
  }
};

/** What copies a disk of the workload, once or on a schedule. */
const COPIES = /^gcp:compute\/(snapshot|regionSnapshot|instantSnapshot|regionInstantSnapshot|machineImage|diskResourcePolicyAttachment|regionDiskResourcePolicyAttachment|diskAsyncReplication|resourcePolicyAttachment|instanceFromMachineImage):/;

const gcp: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  for (const copy of deployment.resources) {
    if (COPIES.test(copy.type)) yield* outcomes(copy, fail('', `${copy.type.split(':').at(-1) ?? ''} copies the disks of a machine`));
    else if (copy.type === 'gcp:compute/image:Image' && (copy.properties['sourceDisk'] !== undefined || copy.properties['sourceSnapshot'] !== undefined)) yield* outcomes(copy, fail('', 'an image made of a disk'));
    else if (copy.type === 'gcp:compute/resourcePolicy:ResourcePolicy' && copy.properties['snapshotSchedulePolicy'] !== undefined) yield* outcomes(copy, fail('snapshotSchedulePolicy', 'copies disks on a schedule'));
    else if ((MACHINES as readonly string[]).includes(copy.type)) yield* outcomes(copy, true);
  }
  yield* holders(deployment, {
    roles: /^roles\/(compute\.(storageAdmin|admin|instanceAdmin(\.v1)?)|backupdr\.(admin|computeEngineOperator)|owner|editor)$/,
    permissions: /^compute\.(disks\.(createSnapshot|use|useReadOnly|setIamPolicy|addResourcePolicies|startAsyncReplication)|snapshots\.(create|setIamPolicy|useReadOnly)|images\.create|machineImages\.create|instantSnapshots\.(create|export)|regionDisks\.createSnapshot)$/,
    on: /^gcp:compute\/(disk|regionDisk|snapshot|machineImage|instantSnapshot)I[aA][mM](Member|Binding|Policy):/,
    may: 'copy disks of the workload',
  });
};

export const rule = defineRule({
  id: 'tee-disk-export-denied',
  title: 'Disks of the TEE cannot be exported or copied',
  theme: 'confidential-vm',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.310(d)(1)', '45 CFR 164.312(a)(1)', '45 CFR 164.310(d)(2)(iii)'],
  why: 'A disk that can be exported by an address, a snapshot or a restore point leaves the workload with its sealed state, and an old copy can be started again.',
  fix: {
    azure: 'Use ConfidentialVm without standalone disks, or networkAccessPolicy DenyAll and publicNetworkAccess Disabled on every disk and snapshot; no restore points, images or roles that export disks.',
    gcp: 'Remove snapshots, images, machine images and snapshot schedules of the workload\'s disks, and bind no roles/compute.storageAdmin or custom role with createSnapshot to anybody but the deployer and break glass.',
  },
  checks: { azure, gcp },
});
