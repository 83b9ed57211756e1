import * as compute from '@pulumi/azure-native/compute';
import * as managedidentity from '@pulumi/azure-native/managedidentity';
import * as azureNetwork from '@pulumi/azure-native/network';
import type * as pulumi from '@pulumi/pulumi';
import type { AttestationAuthority } from './attestation-authority.js';
import { AzureComponent, type AzureComponentProps, type Transform, transformed } from './component.js';
import type { OsDiskKey } from './os-disk-key.js';
import type { PrivateNetwork } from './private-network.js';
import { teeOfSize } from './release-policy.js';

/**
 * `sealed`: no agent, no extension, no run-command. Nobody on the control plane can run code in the guest.
 * `managed`: guest attestation, Entra login and platform patching, and with them every Virtual Machine Contributor can
 * run code as root inside the TEE and have the key released to it. The proof says bypassable, and it is right.
 */
export type GuestMode = 'sealed' | 'managed';

export interface ConfidentialVmProps extends AzureComponentProps {
  readonly network: PrivateNetwork;
  readonly osDiskKey: OsDiskKey;
  /** Segment of the workload file; must have purpose `tee`. */
  readonly segment: string;
  /** Default `sealed`. */
  readonly mode?: GuestMode;
  /** Where managed mode's guest attestation reports; needed in managed mode only. */
  readonly authority?: AttestationAuthority;
  /** GiB; default 64. A confidential OS disk must be smaller than 128. */
  readonly osDiskGiB?: number;
  /** Availability zone: `1`, `2` or `3`. Default none. */
  readonly zone?: '1' | '2' | '3';
  /** Backend pools of a pass-through load balancer, by ARM id. */
  readonly backendPools?: readonly string[];
  readonly transform?: {
    readonly vm?: Transform<compute.VirtualMachineArgs>;
    readonly networkInterface?: Transform<azureNetwork.NetworkInterfaceArgs>;
  };
}

/** Extensions of managed mode: publisher, type, version. */
const MANAGED_EXTENSIONS = [
  { name: 'guest-attestation', publisher: 'Microsoft.Azure.Security.LinuxAttestation', type: 'GuestAttestation', version: '1.0' },
  { name: 'entra-login', publisher: 'Microsoft.Azure.ActiveDirectory', type: 'AADSSHLoginForLinux', version: '1.0' },
] as const;

/** A confidential VM: memory and OS disk encrypted with keys that neither the host nor the operator holds. */
export class ConfidentialVm extends AzureComponent {
  readonly vm: compute.VirtualMachine;
  readonly networkInterface: azureNetwork.NetworkInterface;
  /** The identity that the PHI key is released to. It belongs to this VM alone. */
  readonly identity: managedidentity.UserAssignedIdentity;
  readonly identityId: string;
  /** Managed mode only; by name. */
  readonly extensions: Readonly<Record<string, compute.VirtualMachineExtension>>;

  /** @throws on a segment without purpose `tee`, an OS disk of 128 GiB or more, or a size that is not confidential. */
  constructor(name: string, props: ConfidentialVmProps, opts?: pulumi.ComponentResourceOptions) {
    super('ConfidentialVm', name, props, opts);
    const { names } = this;
    const { placement } = names;
    const mode = props.mode ?? 'sealed';
    checkGuest(props);
    teeOfSize(placement.instance);
    const place = props.network.placeOf(props.segment);

    const identityName = names.local(`${name}-id`);
    this.identityId = names.id('Microsoft.ManagedIdentity/userAssignedIdentities', identityName);
    this.identity = new managedidentity.UserAssignedIdentity(
      name,
      { resourceGroupName: names.resourceGroup, location: names.location, resourceName: identityName, tags: names.tags },
      this.child(),
    );
    const nicName = names.local(`${name}-nic`);
    this.networkInterface = new azureNetwork.NetworkInterface(
      name,
      transformed(
        {
          resourceGroupName: names.resourceGroup,
          location: names.location,
          networkInterfaceName: nicName,
          // Not supported on confidential VMs.
          enableAcceleratedNetworking: false,
          enableIPForwarding: false,
          ipConfigurations: [
            {
              name: 'private',
              primary: true,
              privateIPAllocationMethod: 'Dynamic',
              subnet: { id: place.subnetId },
              applicationSecurityGroups: [{ id: place.asgId }],
              ...(props.backendPools ? { loadBalancerBackendAddressPools: props.backendPools.map((id) => ({ id })) } : {}),
            },
          ],
          tags: names.tags,
        },
        props.transform?.networkInterface,
      ),
      this.child(props.network.virtualNetwork, place.asg),
    );
    const vmName = names.local(name);
    this.vm = new compute.VirtualMachine(
      name,
      transformed(
        {
          resourceGroupName: names.resourceGroup,
          location: names.location,
          vmName,
          ...(props.zone ? { zones: [props.zone] } : {}),
          hardwareProfile: { vmSize: placement.instance },
          identity: { type: 'UserAssigned', userAssignedIdentities: [this.identityId] },
          securityProfile: guestSecurity(),
          storageProfile: {
            imageReference: { ...placement.image },
            osDisk: {
              createOption: 'FromImage',
              deleteOption: 'Delete',
              caching: 'ReadOnly',
              diskSizeGB: props.osDiskGiB ?? DEFAULT_OS_DISK_GIB,
              managedDisk: confidentialDisk(props.osDiskKey),
            },
          },
          osProfile: guestOs(vmName, placement.sshPublicKey, mode),
          networkProfile: { networkInterfaces: [{ id: names.id('Microsoft.Network/networkInterfaces', nicName), primary: true, deleteOption: 'Delete' }] },
          // The serial console is a way in.
          diagnosticsProfile: { bootDiagnostics: { enabled: false } },
          tags: names.tags,
        },
        props.transform?.vm,
      ),
      this.child(this.networkInterface, this.identity, props.osDiskKey.diskEncryptionSet),
    );
    this.extensions = Object.fromEntries(
      (mode === 'managed' ? MANAGED_EXTENSIONS : []).map((extension) => [
        extension.name,
        new compute.VirtualMachineExtension(
          `${name}-${extension.name}`,
          {
            resourceGroupName: names.resourceGroup,
            location: names.location,
            vmName,
            vmExtensionName: extension.name,
            publisher: extension.publisher,
            type: extension.type,
            typeHandlerVersion: extension.version,
            autoUpgradeMinorVersion: true,
            enableAutomaticUpgrade: extension.type === 'GuestAttestation',
            ...(extension.type === 'GuestAttestation' ? { settings: guestAttestationSettings(props.authority?.uri ?? '') } : {}),
            tags: names.tags,
          },
          this.child(this.vm),
        ),
      ]),
    );
    this.registerOutputs({ vm: this.vm.id, identity: this.identity.id });
  }
}

/** GiB. Room for an OS and an image; far below the limit. */
export const DEFAULT_OS_DISK_GIB = 64;
/** GiB. "Less than 128 GB" in the confidential VM overview. */
const OS_DISK_LIMIT_GIB = 128;

/** What a guest of one VM or of a scale set must satisfy before anything is built. */
export function checkGuest(props: Pick<ConfidentialVmProps, 'workload' | 'segment' | 'osDiskGiB'>): void {
  const purpose = props.workload.segments[props.segment]?.purpose;
  if (purpose !== 'tee') throw new Error(`segment: "${props.segment}" has purpose ${purpose ?? 'none (it is not in the workload file)'}; a confidential VM belongs into the segment with purpose tee`);
  const size = props.osDiskGiB ?? DEFAULT_OS_DISK_GIB;
  if (!Number.isInteger(size) || size < 30 || size >= OS_DISK_LIMIT_GIB) {
    throw new Error(`osDiskGiB: ${size}; a confidential OS disk has 30 to ${OS_DISK_LIMIT_GIB - 1} GiB: keep data in the PHI store`);
  }
  const { version } = props.workload.clouds.azure?.image ?? { version: '' };
  if (!/^\d+\.\d+\.\d+$/.test(version)) throw new Error(`clouds.azure.image.version: "${version}" is not pinned; use an exact version such as 24.04.202511010`);
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
export function confidentialDisk(osDiskKey: OsDiskKey) {
  return {
    storageAccountType: 'Premium_LRS',
    securityProfile: { securityEncryptionType: 'DiskWithVMGuestState', diskEncryptionSet: { id: osDiskKey.diskEncryptionSetId } },
  };
}

/** Login and agent of a guest. There is no network path to SSH; Azure requires a credential all the same. */
export function guestLinux(sshPublicKey: string, mode: GuestMode) {
  return {
    disablePasswordAuthentication: true,
    provisionVMAgent: mode === 'managed',
    ssh: { publicKeys: [{ path: `/home/${ADMIN}/.ssh/authorized_keys`, keyData: sshPublicKey }] },
    ...(mode === 'managed' ? { patchSettings: { patchMode: 'AutomaticByPlatform', assessmentMode: 'AutomaticByPlatform' } } : {}),
  };
}

export const ADMIN = 'tee';

function guestOs(computerName: string, sshPublicKey: string, mode: GuestMode) {
  return {
    computerName: computerName.slice(0, 63),
    adminUsername: ADMIN,
    allowExtensionOperations: mode === 'managed',
    linuxConfiguration: guestLinux(sshPublicKey, mode),
  };
}

function guestAttestationSettings(maaEndpoint: string) {
  return {
    AttestationConfig: {
      MaaSettings: { maaEndpoint, maaTenantName: 'GuestAttestation' },
      AscSettings: { ascReportingEndpoint: '', ascReportingFrequency: '' },
      useCustomToken: 'false',
      disableAlerts: 'false',
    },
  };
}
