import type { Workload } from '../workload/index.js';
import type { OsDiskKey } from './os-disk-key.js';
import { teeOfSize } from './release-policy.js';

/**
 * `sealed`: no agent, no extension, no run-command. Nobody on the control plane can run code in the guest.
 * `managed`: guest attestation, Entra login and platform patching, and with them every Virtual Machine Contributor can
 * run code as root inside the TEE and have the key released to it. The proof says bypassable, and it is right.
 */
export type GuestMode = 'sealed' | 'managed';

/** GiB. Room for an OS and an image; far below the limit. */
const DEFAULT_OS_DISK_GIB = 64;
/** GiB. "Less than 128 GB" in the confidential VM overview. */
const OS_DISK_LIMIT_GIB = 128;

/** Name of the administrator that Azure requires; there is no network path to its login. */
const ADMIN = 'tee';

/**
 * What a guest must satisfy before anything is built, whether it is one VM or a member of a scale set.
 * @throws on a segment without purpose `tee`, an OS disk of 128 GiB or more, an image that is not pinned, or a size that is not confidential.
 */
export function checkGuest(props: { readonly workload: Workload; readonly segment: string; readonly osDiskGiB?: number }): void {
  const purpose = props.workload.segments[props.segment]?.purpose;
  if (purpose !== 'tee') throw new Error(`segment: "${props.segment}" has purpose ${purpose ?? 'none (it is not in the workload file)'}; a confidential VM belongs into the segment with purpose tee`);
  const size = props.osDiskGiB ?? DEFAULT_OS_DISK_GIB;
  if (!Number.isInteger(size) || size < 30 || size >= OS_DISK_LIMIT_GIB) {
    throw new Error(`osDiskGiB: ${size}; a confidential OS disk has 30 to ${OS_DISK_LIMIT_GIB - 1} GiB: keep data in the PHI store`);
  }
  const { version, instance } = { version: props.workload.clouds.azure?.image.version ?? '', instance: props.workload.clouds.azure?.instance ?? '' };
  if (!/^\d+\.\d+\.\d+$/.test(version)) throw new Error(`clouds.azure.image.version: "${version}" is not pinned; use an exact version such as 24.04.202511010`);
  teeOfSize(instance);
}

/** Confidential VM with secure boot and vTPM, and metadata endpoints that serve the guest's own agent only. */
export function guestSecurity() {
  return {
    securityType: 'ConfidentialVM',
    uefiSettings: { secureBootEnabled: true, vTpmEnabled: true },
    // Refused by the API together with confidential disk encryption.
    encryptionAtHost: false,
    proxyAgentSettings: { enabled: true, imds: { mode: 'Enforce' }, wireServer: { mode: 'Enforce' } },
  };
}

/** The encryption set goes inside `securityProfile`; beside it, Azure silently uses a platform key. */
function confidentialDisk(osDiskKey: OsDiskKey) {
  return {
    storageAccountType: 'Premium_LRS',
    securityProfile: { securityEncryptionType: 'DiskWithVMGuestState', diskEncryptionSet: { id: osDiskKey.diskEncryptionSetId } },
  };
}

/** The pinned image of the workload file on a confidential OS disk that goes with its machine. */
export function guestStorage({ workload, osDiskGiB, osDiskKey }: { readonly workload: Workload; readonly osDiskGiB?: number; readonly osDiskKey: OsDiskKey }) {
  return {
    imageReference: { ...workload.clouds.azure?.image },
    osDisk: { createOption: 'FromImage', deleteOption: 'Delete', caching: 'ReadOnly' as const, diskSizeGB: osDiskGiB ?? DEFAULT_OS_DISK_GIB, managedDisk: confidentialDisk(osDiskKey) },
  };
}

/** The guest's own identity; Entra login asks for one of the machine itself besides, which holds no role. */
export function guestIdentity(mode: GuestMode, identityId: string) {
  return { type: mode === 'managed' ? ('SystemAssigned, UserAssigned' as const) : ('UserAssigned' as const), userAssignedIdentities: [identityId] };
}

/** The part of `osProfile` that a VM and a scale set share. */
export function guestUser(mode: GuestMode) {
  return { adminUsername: ADMIN, allowExtensionOperations: mode === 'managed' };
}

/** Login and agent of a guest. `patching` is what a single VM has and a uniform scale set has not. */
export function guestLinux(sshPublicKey: string, mode: GuestMode, patching: boolean = true) {
  return {
    disablePasswordAuthentication: true,
    provisionVMAgent: mode === 'managed',
    ssh: { publicKeys: [{ path: `/home/${ADMIN}/.ssh/authorized_keys`, keyData: sshPublicKey }] },
    ...(mode === 'managed' && patching ? { patchSettings: { patchMode: 'AutomaticByPlatform', assessmentMode: 'AutomaticByPlatform' } } : {}),
  };
}

/** Extensions of managed mode; none when sealed. `authorityUri` is where guest attestation reports; default the shared one. */
export function guestExtensions(mode: GuestMode, authorityUri: string = '') {
  if (mode === 'sealed') return [];
  return [
    {
      name: 'guest-attestation',
      publisher: 'Microsoft.Azure.Security.LinuxAttestation',
      type: 'GuestAttestation',
      typeHandlerVersion: '1.0',
      autoUpgradeMinorVersion: true,
      enableAutomaticUpgrade: true,
      settings: {
        AttestationConfig: {
          MaaSettings: { maaEndpoint: authorityUri, maaTenantName: 'GuestAttestation' },
          AscSettings: { ascReportingEndpoint: '', ascReportingFrequency: '' },
          useCustomToken: 'false',
          disableAlerts: 'false',
        },
      },
    },
    {
      name: 'entra-login',
      publisher: 'Microsoft.Azure.ActiveDirectory',
      type: 'AADSSHLoginForLinux',
      typeHandlerVersion: '1.0',
      autoUpgradeMinorVersion: true,
      enableAutomaticUpgrade: false,
    },
  ];
}
