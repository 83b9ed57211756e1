import * as compute from '@pulumi/azure-native/compute';
import type * as managedidentity from '@pulumi/azure-native/managedidentity';
import * as monitor from '@pulumi/azure-native/monitor';
import type * as pulumi from '@pulumi/pulumi';
import type { AttestationAuthority } from './attestation-authority.js';
import { AzureComponent, type AzureComponentProps, type Transform, transformed } from './component.js';
import type { Gateway } from './gateway.js';
import { checkGuest, guestExtensions, guestIdentity, guestLinux, type GuestMode, guestSecurity, guestStorage, guestUser } from './guest.js';
import type { OsDiskKey } from './os-disk-key.js';
import type { PrivateNetwork } from './private-network.js';

export interface ConfidentialScaleSetProps extends AzureComponentProps {
  readonly network: PrivateNetwork;
  readonly osDiskKey: OsDiskKey;
  /** Segment of the workload file; must have purpose `tee`. */
  readonly segment: string;
  /**
   * The load balancer in front. Its probe admits members: it must answer only once the key has been released to the
   * guest, so that a member that did not attest gets no traffic and is replaced. Without a gateway no member is judged.
   */
  readonly gateway?: Gateway;
  /** Default `sealed`. */
  readonly mode?: GuestMode;
  /** Where managed mode's guest attestation reports; used in managed mode only. */
  readonly authority?: AttestationAuthority;
  /** GiB; default 64. A confidential OS disk must be smaller than 128. */
  readonly osDiskGiB?: number;
  /** Availability zones to spread over: `1`, `2`, `3`. Default none (regional); the size must be offered in each. */
  readonly zones?: readonly ('1' | '2' | '3')[];
  readonly transform?: {
    readonly scaleSet?: Transform<compute.VirtualMachineScaleSetArgs>;
    readonly autoscale?: Transform<monitor.AutoscaleSettingArgs>;
  };
}

/** Percent of CPU above which a member is added, and below which one is removed; averaged over ten minutes. */
const CPU_HIGH = 70;
const CPU_LOW = 25;

/**
 * Confidential VMs, `instances.min` to `instances.max` of the workload file, behind one identity that the PHI key is
 * released to. No member can be told from another by its attestation: a key that must be bound to one machine
 * (`x-ms-azurevm-vmid`) needs a ConfidentialVm.
 *
 * A changed model reaches no running member: the upgrade policy is manual, so a new image is rolled out by a person, with
 * `az vmss update-instances`, after its measurement was approved.
 */
export class ConfidentialScaleSet extends AzureComponent {
  readonly scaleSet: compute.VirtualMachineScaleSet;
  /** The identity that the PHI key is released to. It belongs to this set alone. */
  readonly identity: managedidentity.UserAssignedIdentity;
  readonly identityId: string;
  readonly scaleSetId: string;
  /** Only when `instances.max` is above `instances.min`. */
  readonly autoscale: monitor.AutoscaleSetting | undefined;
  /** Managed mode only; by name. */
  readonly extensions: Readonly<Record<string, compute.VirtualMachineScaleSetExtension>>;

  /** @throws on a segment without purpose `tee`, an OS disk of 128 GiB or more, an image that is not pinned, or a size that is not confidential. */
  constructor(name: string, props: ConfidentialScaleSetProps, opts?: pulumi.ComponentResourceOptions) {
    super('ConfidentialScaleSet', name, props, opts);
    const { names } = this;
    const { placement } = names;
    const { min, max } = placement.instances;
    const mode = props.mode ?? 'sealed';
    checkGuest(props);
    const place = props.network.placeOf(props.segment);

    const own = this.identityOf(name);
    this.identity = own.identity;
    this.identityId = own.id;
    const vmScaleSetName = names.local(name);
    this.scaleSetId = names.id('Microsoft.Compute/virtualMachineScaleSets', vmScaleSetName);
    const backends = props.gateway ? [{ id: props.gateway.backendPoolId }] : [];
    this.scaleSet = new compute.VirtualMachineScaleSet(
      name,
      transformed(
        {
          resourceGroupName: names.resourceGroup,
          location: names.location,
          vmScaleSetName,
          ...(props.zones ? { zones: [...props.zones], zoneBalance: false } : {}),
          sku: { name: placement.instance, tier: 'Standard', capacity: min },
          identity: guestIdentity(mode, this.identityId),
          orchestrationMode: 'Uniform',
          // Extra members that start and vanish would each ask for the key.
          overprovision: false,
          singlePlacementGroup: false,
          upgradePolicy: { mode: 'Manual', automaticOSUpgradePolicy: { enableAutomaticOSUpgrade: false } },
          ...(props.gateway ? { automaticRepairsPolicy: { enabled: true, gracePeriod: 'PT30M', repairAction: 'Replace' } } : {}),
          virtualMachineProfile: {
            securityProfile: guestSecurity(),
            storageProfile: guestStorage(props),
            osProfile: { computerNamePrefix: vmScaleSetName.slice(0, 32), ...guestUser(mode), linuxConfiguration: guestLinux(placement.sshPublicKey, mode, false) },
            networkProfile: {
              ...(props.gateway ? { healthProbe: { id: props.gateway.probeId } } : {}),
              networkInterfaceConfigurations: [
                {
                  name: 'private',
                  primary: true,
                  // Not supported on confidential VMs.
                  enableAcceleratedNetworking: false,
                  enableIPForwarding: false,
                  deleteOption: 'Delete',
                  ipConfigurations: [
                    { name: 'private', primary: true, subnet: { id: place.subnetId }, applicationSecurityGroups: [{ id: place.asgId }], loadBalancerBackendAddressPools: backends },
                  ],
                },
              ],
            },
            // The serial console is a way in.
            diagnosticsProfile: { bootDiagnostics: { enabled: false } },
          },
          tags: names.tags,
        },
        props.transform?.scaleSet,
      ),
      {
        ...this.child(props.network.virtualNetwork, place.asg, this.identity, props.osDiskKey.diskEncryptionSet, ...(props.gateway ? [props.gateway.loadBalancer] : [])),
        // The autoscale setting owns the count from here on.
        ...(max > min ? { ignoreChanges: ['sku.capacity'] } : {}),
      },
    );
    this.autoscale = max > min
      ? new monitor.AutoscaleSetting(
          name,
          transformed(
            {
              resourceGroupName: names.resourceGroup,
              location: names.location,
              autoscaleSettingName: vmScaleSetName,
              name: vmScaleSetName,
              enabled: true,
              targetResourceUri: this.scaleSetId,
              profiles: [
                {
                  name: 'instances',
                  capacity: { minimum: String(min), maximum: String(max), default: String(min) },
                  rules: [cpuRule(this.scaleSetId, 'GreaterThan', CPU_HIGH, 'Increase'), cpuRule(this.scaleSetId, 'LessThan', CPU_LOW, 'Decrease')],
                },
              ],
              tags: names.tags,
            },
            props.transform?.autoscale,
          ),
          this.child(this.scaleSet),
        )
      : undefined;
    this.extensions = Object.fromEntries(
      guestExtensions(mode, props.authority?.uri).map(({ name: vmssExtensionName, ...extension }) => [
        vmssExtensionName,
        new compute.VirtualMachineScaleSetExtension(
          `${name}-${vmssExtensionName}`,
          { resourceGroupName: names.resourceGroup, vmScaleSetName, vmssExtensionName, name: vmssExtensionName, ...extension },
          this.child(this.scaleSet),
        ),
      ]),
    );
    this.registerOutputs({ scaleSet: this.scaleSet.id, identity: this.identity.id });
  }
}

/** One step of scaling by the host's own CPU metric, which needs no agent in the guest. */
function cpuRule(metricResourceUri: string, operator: 'GreaterThan' | 'LessThan', threshold: number, direction: 'Increase' | 'Decrease') {
  return {
    metricTrigger: {
      metricName: 'Percentage CPU',
      metricResourceUri,
      operator,
      threshold,
      statistic: 'Average',
      timeAggregation: 'Average',
      timeGrain: 'PT1M',
      timeWindow: 'PT10M',
    },
    scaleAction: { type: 'ChangeCount', direction, value: '1', cooldown: 'PT15M' },
  } as const;
}
