import { nitroEnclaveProblem, azureTeeType, GCP_CONFIDENTIAL_MACHINES, gcpZoneProblem } from '../../workload/instance-types.js';
import { flag, type Host, hostValue, list, shown, teeHosts, number } from '../aws.js';
import { guestPath, teeGuests, wants } from '../azure.js';
import { at, type Deployment, type Resource, Unknown, type Value } from '../model.js';
import { processesPhi } from '../phi.js';
import { listAt } from '../prove/azure/arm.js';
import { guestAt } from '../prove/azure/guests.js';
import { disksOf, interfacesOf, machines } from '../gcp.js';
import { TYPE } from '../prove/gcp/names.js';
import { type Check, defineRule, type Defect, fail, outcomes, unknown, type Verdict } from '../rule.js';

/** Families that offer SEV-SNP to EC2 (AWS, "AMD SEV-SNP for Amazon EC2 instances", read 2026-11). */
const SNP_FAMILIES: ReadonlySet<string> = new Set(['m6a', 'c6a', 'r6a']);

/** Every instance type that machines of a host may get, with the path that says so. */
function types(deployment: Deployment, host: Host): readonly (readonly [Value | undefined, string])[] {
  const own: [Value | undefined, string][] = [];
  const type = hostValue(deployment, host, 'InstanceType');
  if (type !== undefined) own.push([type, `${host.prefix}InstanceType`]);
  if (hostValue(deployment, host, 'InstanceRequirements') !== undefined) own.push([new Unknown('InstanceRequirements choose the type at launch'), `${host.prefix}InstanceRequirements`]);
  for (const group of deployment.ofType('AWS::AutoScaling::AutoScalingGroup')) {
    if (!deployment.refersTo(group.properties['MixedInstancesPolicy'], host.resource)) continue;
    const overrides = list(at(group.properties, 'MixedInstancesPolicy.LaunchTemplate.Overrides'));
    if (overrides instanceof Unknown) own.push([overrides, 'MixedInstancesPolicy.LaunchTemplate.Overrides']);
    else overrides.forEach((override, index) => own.push([at(override, 'InstanceType') ?? new Unknown('InstanceRequirements choose the type at launch'), `MixedInstancesPolicy.LaunchTemplate.Overrides[${index}]`]));
  }
  return own.length > 0 ? own : [[undefined, `${host.prefix}InstanceType`]];
}

function judge(deployment: Deployment, host: Host): Verdict {
  const enclave = flag(hostValue(deployment, host, 'EnclaveOptions.Enabled'));
  const snp = hostValue(deployment, host, 'CpuOptions.AmdSevSnp') === 'enabled';
  const defects: Defect[] = [];
  if (enclave === true && snp) defects.push(fail(`${host.prefix}CpuOptions.AmdSevSnp`, 'SEV-SNP and Nitro Enclaves exclude each other'));
  if ((enclave === true || snp) && flag(hostValue(deployment, host, 'HibernationOptions.Configured')) === true) defects.push(fail(`${host.prefix}HibernationOptions.Configured`, 'hibernation writes memory to disk; EC2 refuses it with a TEE'));
  for (const [type, path] of types(deployment, host)) {
    if (type instanceof Unknown) defects.push(unknown(path, `the instance type is not known: ${type.reason}`));
    else if (typeof type !== 'string') defects.push(fail(path, `InstanceType is ${shown(type)}`));
    else if (enclave === true) {
      const problem = nitroEnclaveProblem(type);
      if (problem !== undefined) defects.push(fail(path, `${type} cannot host Nitro Enclaves: ${problem}`));
    } else if (snp && !SNP_FAMILIES.has(type.split('.')[0] as string)) defects.push(fail(path, `${type} does not offer SEV-SNP; ${[...SNP_FAMILIES].join(', ')} do`));
  }
  return defects;
}

const aws: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  for (const host of teeHosts(deployment)) {
    if (flag(hostValue(deployment, host, 'EnclaveOptions.Enabled')) === true || hostValue(deployment, host, 'CpuOptions.AmdSevSnp') === 'enabled') yield* outcomes(host.resource, judge(deployment, host));
  }
};

/** OS disks of confidential VMs end here, in GiB (Microsoft, "About Azure confidential VMs", read 2026-11). */
const LARGEST_DISK = 128;

const azure: Check = function* (deployment) {
  for (const guest of teeGuests(deployment)) {
    const path = guest.type.endsWith('ScaleSet') ? 'sku.name' : 'hardwareProfile.vmSize';
    const size = at(guest.properties, path);
    const disk = number(guestAt(guest, 'storageProfile.osDisk.diskSizeGB'));
    const encryption = guestAt(guest, 'storageProfile.osDisk.managedDisk.securityProfile.securityEncryptionType');
    const host = guestPath(guest, 'securityProfile.encryptionAtHost');
    const mix = listAt(guest.properties, 'skuProfile.vmSizes');
    const sleeps = at(guest.properties, 'additionalCapabilities.hibernationEnabled');
    yield* outcomes(guest, [
      ...(size instanceof Unknown ? [unknown(path, `the size is not known: ${size.reason}`)] : typeof size === 'string' && azureTeeType(size) !== undefined ? [] : [fail(path, `${shown(size)} is not a size of a confidential VM`)]),
      ...(mix instanceof Unknown ? [unknown('skuProfile.vmSizes', mix.reason)] : mix.flatMap((one, index): Defect[] => {
        const name = at(one, 'name');
        return typeof name === 'string' && azureTeeType(name) !== undefined ? [] : [(name instanceof Unknown ? unknown : fail)(`skuProfile.vmSizes[${index}].name`, `${shown(name)} is not a size of a confidential VM`)];
      })),
      ...wants(sleeps, 'additionalCapabilities.hibernationEnabled', false, 'hibernation writes memory to disk', false),
      ...(disk instanceof Unknown || disk === undefined || disk <= LARGEST_DISK ? [] : [fail(guestPath(guest, 'storageProfile.osDisk.diskSizeGB'), `the OS disk has ${disk} GiB; Azure encrypts up to ${LARGEST_DISK} together with the guest's state`)]),
      ...(encryption === 'DiskWithVMGuestState' ? wants(guestAt(guest, 'securityProfile.encryptionAtHost'), host, false, 'Azure refuses it together with DiskWithVMGuestState', false) : []),
    ]);
  }
};

function* unsupported(machine: Resource): Iterable<Defect> {
  const { properties } = machine;
  const told = (path: string): string | undefined => { const value = at(properties, path); return typeof value === 'string' ? value : undefined; };
  for (const path of ['machineType', 'zone', 'minCpuPlatform', 'scheduling.onHostMaintenance', 'confidentialInstanceConfig.confidentialInstanceType']) {
    const value = at(properties, path);
    if (value instanceof Unknown) yield unknown(path, `${path} is not known: ${value.reason}`);
  }
  const type = told('confidentialInstanceConfig.confidentialInstanceType');
  const shape = told('machineType')?.split('/').at(-1);
  if ((type !== 'TDX' && type !== 'SEV' && type !== 'SEV_SNP') || shape === undefined) return;
  const supported = GCP_CONFIDENTIAL_MACHINES.types[type];
  if (!supported.machines.test(shape)) yield fail('machineType', `${shape} does not run ${type}; ${supported.series} do`);
  const zone = told('zone');
  const problem = zone === undefined ? undefined : gcpZoneProblem(type, shape, zone);
  if (problem !== undefined) yield fail('zone', `${zone}: ${problem}`);
  const maintenance = at(properties, 'scheduling.onHostMaintenance');
  const migrates = type === 'SEV' && /^(n2d|c3d)-/.test(shape);
  if (!migrates && maintenance !== 'TERMINATE' && !(maintenance instanceof Unknown)) yield fail('scheduling.onHostMaintenance', `onHostMaintenance is ${maintenance === undefined ? 'not set, and so MIGRATE' : JSON.stringify(maintenance)}; ${type} on ${shape} cannot migrate`);
  if (type === 'SEV_SNP' && told('minCpuPlatform') !== 'AMD Milan' && !(properties['minCpuPlatform'] instanceof Unknown)) yield fail('minCpuPlatform', 'SEV_SNP needs minCpuPlatform AMD Milan');
  const disks = disksOf(machine);
  for (const { path, value } of disks instanceof Unknown ? [] : disks) {
    const where = machine.type === TYPE.instance ? `${path}.initializeParams.type` : `${path}.diskType`;
    const kind = at(properties, where);
    if (type === 'TDX' && typeof kind === 'string' && !/^(pd-balanced|hyperdisk-.*)$/.test(kind)) yield fail(where, `TDX does not start from ${kind}; pd-balanced is the persistent disk it takes`);
    const bus = at(value, 'interface');
    if (typeof bus === 'string' && bus !== 'NVME') yield fail(`${path}.interface`, `confidential VMs take NVMe disks, not ${bus}`);
  }
  for (const { path, value } of interfacesOf(machine)) if (type !== 'SEV' && at(value, 'nicType') === 'VIRTIO_NET') yield fail(`${path}.nicType`, `${type} needs gVNIC`);
}

const gcp: Check = function* (deployment) {
  for (const machine of machines(deployment)) yield* outcomes(machine, [...unsupported(machine)]);
};

export const rule = defineRule({
  id: 'tee-instance-supported',
  title: 'The instance type, image and zone support the TEE',
  theme: 'confidential-vm',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.308(a)(7)(ii)(C)', '45 CFR 164.312(a)(1)'],
  why: 'An unsupported shape fails at deployment or silently starts without the TEE.',
  fix: {
    aws: 'Use EnclaveFleet or ConfidentialInstance, or choose an instance type in the supported table: no T family, no metal, at least 4 vCPUs on x86, no hibernation, not SEV-SNP and enclave together.',

    azure: 'Use ConfidentialVm, or a DCasv5/ECasv5 (DCesv5/ECesv5, v6) size.',

    gcp: 'Use ConfidentialVm, or a machine series and zone that offers the type: n2d for SEV and SEV_SNP, c3 for TDX, onHostMaintenance TERMINATE where live migration is not supported.',
  },
  checks: {
    aws,

    azure,

    gcp,
  },
});
