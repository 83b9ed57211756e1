import type * as pulumi from '@pulumi/pulumi';
import * as compute from '@pulumi/gcp/compute/index.js';
import * as projects from '@pulumi/gcp/projects/index.js';
import * as serviceaccount from '@pulumi/gcp/serviceaccount/index.js';
import { GCP_CONFIDENTIAL_MACHINES, gcpZoneProblem } from '../workload/instance-types.js';
import { PATTERNS } from '../workload/patterns.js';
import type { GcpPlacement, Workload } from '../workload/workload.js';
import { accountEmail, accountId, Component, namePrefix, placementOf, type Transform, transformed } from './component.js';
import { Fleet } from './fleet.js';
import { phiLabels } from './phi-labels.js';
import type { PrivateNetwork } from './private-network.js';

/** Instance metadata that closes every interactive path: no project keys, no serial console, OS Login only. */
export const CLOSED_METADATA: Readonly<Record<string, string>> = {
  'block-project-ssh-keys': 'TRUE',
  'enable-oslogin': 'TRUE',
  'serial-port-enable': 'FALSE',
};

/** Access scope of the VM's token. IAM decides what it may do; narrower scopes break the attestation client. */
export const TOKEN_SCOPES = ['https://www.googleapis.com/auth/cloud-platform'];

/**
 * Refuses a machine that cannot run its confidential type: the API would answer late, or start a VM of another type.
 * @throws naming the value, what is allowed and the field to change.
 */
export function assertMachine(placement: Pick<GcpPlacement, 'confidentialType' | 'instance' | 'region' | 'zone'>): void {
  const { confidentialType, instance, region, zone } = placement;
  const supported = GCP_CONFIDENTIAL_MACHINES.types[confidentialType];
  if (!supported.machines.test(instance)) {
    throw new Error(`clouds.gcp.instance: '${instance}' does not run ${confidentialType}; allowed: ${supported.series}`);
  }
  if (!zone.startsWith(`${region}-`)) throw new Error(`clouds.gcp.zone: '${zone}' is not in region '${region}'; name a zone such as ${region}-a`);
  const problem = gcpZoneProblem(confidentialType, instance, zone);
  if (problem !== undefined) throw new Error(`clouds.gcp.zone: '${zone}' does not offer it: ${problem}`);
}

/** Live migration exists for SEV on N2D and C3D only; every other confidential VM must terminate. */
export function hostMaintenance(confidentialType: GcpPlacement['confidentialType'], instance: string): 'MIGRATE' | 'TERMINATE' {
  return confidentialType === 'SEV' && /^(n2d|c3d)-/.test(instance) ? 'MIGRATE' : 'TERMINATE';
}

/** SNP runs on Milan only, and SEV on N2D migrates on Milan only; elsewhere the platform follows from the series. */
export function minCpuPlatform(confidentialType: GcpPlacement['confidentialType'], instance: string): { minCpuPlatform?: string } {
  return confidentialType !== 'TDX' && instance.startsWith('n2d-') ? { minCpuPlatform: 'AMD Milan' } : {};
}

/**
 * A confidential VM with an accelerator exists as a Spot VM only: it can be stopped at any time, and is not restarted.
 * Every other one is a standard VM that comes back after a host event.
 */
export function scheduling(confidentialType: GcpPlacement['confidentialType'], instance: string) {
  const onHostMaintenance = hostMaintenance(confidentialType, instance);
  return instance.startsWith('a3-')
    ? { onHostMaintenance, automaticRestart: false, preemptible: true, provisioningModel: 'SPOT', instanceTerminationAction: 'STOP' }
    : { onHostMaintenance, automaticRestart: true };
}

/** C4D takes Hyperdisk only; TDX excludes every persistent disk but the balanced one. */
export function diskType(instance: string): 'pd-balanced' | 'hyperdisk-balanced' {
  return instance.startsWith('c4d-') ? 'hyperdisk-balanced' : 'pd-balanced';
}

/** @throws if the image is a family: another image tomorrow. */
function assertExactImage(image: string): void {
  if (!PATTERNS.gcpExactImage.test(image)) throw new Error(`image '${image}' is not one exact image; use projects/<project>/global/images/<name>, not a family`);
}

/** What every confidential VM of the kit has, as an instance or in a template. */
export function confidentialSettings(placement: GcpPlacement) {
  return {
    machineType: placement.instance,
    ...minCpuPlatform(placement.confidentialType, placement.instance),
    // `enableConfidentialCompute` alone means SEV, whatever the machine could do.
    confidentialInstanceConfig: { enableConfidentialCompute: true, confidentialInstanceType: placement.confidentialType },
    shieldedInstanceConfig: { enableSecureBoot: true, enableVtpm: true, enableIntegrityMonitoring: true },
    scheduling: scheduling(placement.confidentialType, placement.instance),
    canIpForward: false,
    keyRevocationActionType: 'STOP',
  };
}

/** The one network interface: internal IPv4 only, no access configuration of either family. */
export function privateInterface(subnetwork: compute.Subnetwork, project: string) {
  return { subnetwork: subnetwork.id, subnetworkProject: project, nicType: 'GVNIC', stackType: 'IPV4_ONLY' };
}

export interface WorkloadIdentityArgs {
  readonly workload: Workload;
  /** Last part of the account id: `tee`, `gateway`. */
  readonly role: string;
  /** Project roles. None of them may touch keys. */
  readonly projectRoles: readonly string[];
}

/** A service account of one kind of VM, without keys, and nobody may impersonate it. */
export class VmIdentity extends Component {
  readonly account: serviceaccount.Account;
  readonly grants: Readonly<Record<string, projects.IAMMember>>;
  /** A literal, known before deployment. */
  readonly email: string;

  constructor(name: string, args: WorkloadIdentityArgs, options: pulumi.ComponentResourceOptions = {}) {
    super('VmIdentity', name, options);
    const { project } = placementOf(args.workload);
    const id = accountId(args.workload, args.role);
    this.email = accountEmail(project, id);
    this.account = new serviceaccount.Account(name, { project, accountId: id, displayName: `${namePrefix(args.workload)} ${args.role}` }, this.child());
    this.grants = Object.fromEntries(
      args.projectRoles.map((role) => [
        role,
        new projects.IAMMember(`${name}-${role.replace(/^roles\//, '')}`, { project, role, member: `serviceAccount:${this.email}` }, this.child({ dependsOn: [this.account] })),
      ]),
    );
    this.registerOutputs({ email: this.email });
  }
}

interface VmArgs {
  readonly workload: Workload;
  readonly network: PrivateNetwork;
  /** Segment whose subnetwork and secure tag the VMs take. */
  readonly segment: string;
  /** Exact image, `projects/…/global/images/…`; a family would change the VM behind the reviewer's back. */
  readonly image: string;
  readonly identity: VmIdentity;
  /** Key of the boot disks. */
  readonly diskKey: pulumi.Input<string>;
  /** Default 50 GiB. */
  readonly diskSizeGb?: number;
}

export interface ConfidentialVmArgs extends VmArgs {
  readonly transform?: Transform<{ instance: compute.InstanceArgs }>;
}

/**
 * One confidential VM. It protects memory from Google's host; its operator is root, so no PHI key is ever bound to it.
 * For attested keys use ConfidentialSpace.
 */
export class ConfidentialVm extends Component {
  readonly instance: compute.Instance;

  /** @throws if machine, type and zone do not fit, or the image is a family. */
  constructor(name: string, args: ConfidentialVmArgs, options: pulumi.ComponentResourceOptions = {}) {
    super('ConfidentialVm', name, options);
    const placement = placementOf(args.workload);
    assertMachine(placement);
    assertExactImage(args.image);
    this.instance = new compute.Instance(
      name,
      transformed(args.transform?.instance, {
        name: `${namePrefix(args.workload)}-${args.segment}`,
        project: placement.project,
        zone: placement.zone,
        ...confidentialSettings(placement),
        bootDisk: {
          autoDelete: true,
          kmsKeySelfLink: args.diskKey,
          interface: 'NVME',
          initializeParams: { image: args.image, type: diskType(placement.instance), size: args.diskSizeGb ?? 50, labels: phiLabels(args.workload) },
        },
        networkInterfaces: [privateInterface(subnetworkOf(args.network, args.segment), placement.project)],
        serviceAccount: { email: args.identity.email, scopes: TOKEN_SCOPES },
        params: { resourceManagerTags: args.network.vmTags(args.segment) },
        metadata: { ...CLOSED_METADATA },
        labels: phiLabels(args.workload),
        deletionProtection: true,
        allowStoppingForUpdate: true,
      }),
      this.child({ dependsOn: [args.identity.account, args.network.firewallAssociation] }),
    );
    this.registerOutputs({ instance: this.instance.id });
  }
}

export interface ConfidentialVmGroupArgs extends VmArgs {
  /** TCP port that a healthy VM answers on, 1 to 65535. Google's health checks must reach it through the firewall. */
  readonly port: number;
  readonly transform?: Transform<{
    template: compute.RegionInstanceTemplateArgs;
    group: compute.RegionInstanceGroupManagerArgs;
    healthCheck: compute.RegionHealthCheckArgs;
  }>;
}

/** A regional group of equal confidential VMs, as many as `instances` of the placement says. No PHI key is bound to them either. */
export class ConfidentialVmGroup extends Component {
  readonly template: compute.RegionInstanceTemplate;
  readonly fleet: Fleet;

  /** @throws if machine, type and zone do not fit, or the image is a family. */
  constructor(name: string, args: ConfidentialVmGroupArgs, options: pulumi.ComponentResourceOptions = {}) {
    super('ConfidentialVmGroup', name, options);
    assertMachine(placementOf(args.workload));
    assertExactImage(args.image);
    this.template = new compute.RegionInstanceTemplate(
      name,
      transformed(args.transform?.template, { ...templateSettings(args), metadata: { ...CLOSED_METADATA } }),
      this.child({ dependsOn: [args.identity.account, args.network.firewallAssociation] }),
    );
    this.fleet = new Fleet(
      name,
      {
        workload: args.workload, name: args.segment, template: this.template, version: args.segment, port: args.port,
        ...(args.transform ? { transform: args.transform } : {}),
      },
      { parent: this },
    );
    this.registerOutputs({ group: this.fleet.group.id });
  }
}

/** The template of one kind of VM, without its metadata. */
export function templateSettings({ workload, network, segment, image, identity, diskKey, diskSizeGb }: VmArgs) {
  const placement = placementOf(workload);
  return {
    // No name: templates cannot change, and the engine replaces them under a new one before it deletes the old.
    project: placement.project,
    region: placement.region,
    ...confidentialSettings(placement),
    disks: [
      {
        boot: true, autoDelete: true, interface: 'NVME', diskType: diskType(placement.instance), sourceImage: image,
        ...(diskSizeGb === undefined ? {} : { diskSizeGb }),
        diskEncryptionKey: { kmsKeySelfLink: diskKey }, labels: phiLabels(workload),
      },
    ],
    networkInterfaces: [privateInterface(subnetworkOf(network, segment), placement.project)],
    serviceAccount: { email: identity.email, scopes: TOKEN_SCOPES },
    resourceManagerTags: network.vmTags(segment),
    labels: phiLabels(workload),
  };
}

/** @throws if the segment is not in the workload file. */
export function subnetworkOf(network: PrivateNetwork, segment: string): compute.Subnetwork {
  const subnetwork = network.subnetworks[segment];
  if (!subnetwork) throw new Error(`segment '${segment}' is not in the workload file; it has ${Object.keys(network.subnetworks).join(', ')}`);
  return subnetwork;
}
