import type * as authorization from '@pulumi/azure-native/authorization';
import * as compute from '@pulumi/azure-native/compute';
import type * as managedidentity from '@pulumi/azure-native/managedidentity';
import * as azureNetwork from '@pulumi/azure-native/network';
import type * as pulumi from '@pulumi/pulumi';
import type { AttestationAuthority } from './attestation-authority.js';
import { AzureComponent, type AzureComponentProps, type Transform, transformed } from './component.js';
import { checkGuest, guestExtensions, guestIdentity, guestLinux, type GuestMode, guestSecurity, guestStorage, guestUser } from './guest.js';
import type { OsDiskKey } from './os-disk-key.js';
import type { PrivateNetwork } from './private-network.js';
import { grantRole } from './role-grant.js';
import { ROLES } from './roles.js';

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

/** A confidential VM: memory and OS disk encrypted with keys that neither the host nor the operator holds. */
export class ConfidentialVm extends AzureComponent {
  readonly vm: compute.VirtualMachine;
  readonly networkInterface: azureNetwork.NetworkInterface;
  /** The identity that the PHI key is released to. It belongs to this VM alone. */
  readonly identity: managedidentity.UserAssignedIdentity;
  readonly identityId: string;
  /** Managed mode only; by name. */
  readonly extensions: Readonly<Record<string, compute.VirtualMachineExtension>>;
  /** Managed mode only: the break-glass principal logs in through Entra. */
  readonly login: authorization.RoleAssignment | undefined;

  /** @throws on a segment without purpose `tee`, an OS disk of 128 GiB or more, or a size that is not confidential. */
  constructor(name: string, props: ConfidentialVmProps, opts?: pulumi.ComponentResourceOptions) {
    super('ConfidentialVm', name, props, opts);
    const { names } = this;
    const { placement } = names;
    const mode = props.mode ?? 'sealed';
    checkGuest(props);
    const place = props.network.placeOf(props.segment);

    const own = this.identityOf(name);
    this.identity = own.identity;
    this.identityId = own.id;
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
          identity: guestIdentity(mode, this.identityId),
          securityProfile: guestSecurity(),
          storageProfile: guestStorage(props),
          osProfile: { computerName: vmName.slice(0, 63), ...guestUser(mode), linuxConfiguration: guestLinux(placement.sshPublicKey, mode) },
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
      guestExtensions(mode, props.authority?.uri).map(({ name: vmExtensionName, ...extension }) => [
        vmExtensionName,
        new compute.VirtualMachineExtension(
          `${name}-${vmExtensionName}`,
          { resourceGroupName: names.resourceGroup, location: names.location, vmName, vmExtensionName, ...extension, tags: names.tags },
          this.child(this.vm),
        ),
      ]),
    );
    const breakGlass = props.workload.breakGlass.azure;
    this.login = mode === 'managed' && breakGlass
      ? grantRole(
          `${name}-login`,
          { names, role: ROLES.virtualMachineAdministratorLogin, scope: names.id('Microsoft.Compute/virtualMachines', vmName), principalId: breakGlass, description: 'Break glass: login as administrator through Entra' },
          this.child(this.vm),
        )
      : undefined;
    this.registerOutputs({ vm: this.vm.id, identity: this.identity.id });
  }
}
