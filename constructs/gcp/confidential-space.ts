import type * as pulumi from '@pulumi/pulumi';
import * as artifactregistry from '@pulumi/gcp/artifactregistry/index.js';
import * as compute from '@pulumi/gcp/compute/index.js';
import type { ConfidentialSpaceMeasurement, Workload } from '../workload/workload.js';
import { confidentialSpaceHardware } from './attested-key.js';
import { Component, namePrefix, placementOf, type Transform, transformed } from './component.js';
import { assertMachine, CLOSED_METADATA, confidentialSettings, privateInterface, subnetworkOf, TOKEN_SCOPES, type VmIdentity } from './confidential-vm.js';
import { phiLabels } from './phi-labels.js';
import type { PrivateNetwork } from './private-network.js';

/** The production image or its family; `confidential-space-debug` and the GPU previews are other names. */
const PRODUCTION_IMAGE = /^projects\/confidential-space-images\/global\/images\/(family\/confidential-space|confidential-space-\d+)$/;

/** Seconds that a new VM has to boot, attest and answer before it is replaced. */
const BOOT_SECONDS = 300;
/** CPU utilisation at which the autoscaler adds a VM. */
const SCALE_AT = 0.6;

export interface ConfidentialSpaceArgs {
  readonly workload: Workload;
  readonly network: PrivateNetwork;
  readonly identity: VmIdentity;
  /** Key of the boot disks. */
  readonly diskKey: pulumi.Input<string>;
  readonly transform?: Transform<{
    template: compute.RegionInstanceTemplateArgs;
    group: compute.RegionInstanceGroupManagerArgs;
    healthCheck: compute.RegionHealthCheckArgs;
  }>;
}

/**
 * The TEE: a regional group of Confidential Space VMs that run one container, pinned by digest. Its metadata is fixed:
 * no command, no environment, no log redirection, no verifier of the operator's choice.
 *
 * A new template (another digest or image) rolls through the group one VM at a time, each admitted by its health check.
 */
export class ConfidentialSpace extends Component {
  readonly template: compute.RegionInstanceTemplate;
  readonly healthCheck: compute.RegionHealthCheck;
  readonly group: compute.RegionInstanceGroupManager;
  readonly autoscaler: compute.RegionAutoscaler | undefined;
  readonly registryReader: artifactregistry.RepositoryIamMember;
  /** Segment of the TEE, its port and the release it runs. */
  readonly segment: string;
  readonly port: number;
  readonly release: string;

  /** @throws if the image is not a production one, machine, type and zone do not fit, or no measurement is active. */
  constructor(name: string, args: ConfidentialSpaceArgs, options: pulumi.ComponentResourceOptions = {}) {
    super('ConfidentialSpace', name, options);
    const { workload } = args;
    const placement = placementOf(workload);
    assertMachine(placement);
    confidentialSpaceHardware(placement);
    if (!PRODUCTION_IMAGE.test(placement.image)) {
      throw new Error(
        `clouds.gcp.image: '${placement.image}' is not a Confidential Space production image; use projects/confidential-space-images/global/images/confidential-space-<version> or …/images/family/confidential-space`,
      );
    }
    this.segment = teeSegment(workload);
    this.port = teePort(workload, this.segment);
    const [release, measurement] = currentRelease(workload);
    this.release = release;
    const prefix = namePrefix(workload);

    const repository = registryOf(measurement.image);
    this.registryReader = new artifactregistry.RepositoryIamMember(
      `${name}-registry`,
      { ...repository, role: 'roles/artifactregistry.reader', member: `serviceAccount:${args.identity.email}` },
      this.child({ dependsOn: [args.identity.account] }),
    );
    this.template = new compute.RegionInstanceTemplate(
      name,
      // No name: templates cannot change, and the engine replaces them under a new one before it deletes the old.
      transformed(args.transform?.template, {
        project: placement.project,
        region: placement.region,
        ...confidentialSettings(placement),
        disks: [
          {
            boot: true, autoDelete: true, interface: 'NVME', diskType: 'pd-balanced', sourceImage: placement.image,
            diskEncryptionKey: { kmsKeySelfLink: args.diskKey }, labels: phiLabels(workload),
          },
        ],
        networkInterfaces: [privateInterface(subnetworkOf(args.network, this.segment), placement.project)],
        serviceAccount: { email: args.identity.email, scopes: TOKEN_SCOPES },
        resourceManagerTags: args.network.vmTags(this.segment),
        metadata: {
          ...CLOSED_METADATA,
          'tee-image-reference': `${measurement.image}@${measurement.imageDigest}`,
          'tee-restart-policy': 'Always',
          'tee-container-log-redirect': 'false',
        },
        labels: phiLabels(workload),
      }),
      this.child({ dependsOn: [args.identity.account, args.network.firewallAssociation] }),
    );
    this.healthCheck = new compute.RegionHealthCheck(
      name,
      // TCP: the handshake that follows is the workload's mutual TLS, which a health check cannot complete.
      transformed(args.transform?.healthCheck, {
        name: `${prefix}-tee`, project: placement.project, region: placement.region, tcpHealthCheck: { port: this.port },
        checkIntervalSec: 10, timeoutSec: 5, healthyThreshold: 2, unhealthyThreshold: 3, logConfig: { enable: true },
      }),
      this.child(),
    );
    const { min, max } = placement.instances;
    this.group = new compute.RegionInstanceGroupManager(
      name,
      transformed(args.transform?.group, {
        name: `${prefix}-tee`,
        project: placement.project,
        region: placement.region,
        baseInstanceName: `${prefix}-tee`,
        // One zone: the types are not offered in every zone of a region.
        distributionPolicyZones: [placement.zone],
        versions: [{ name: release, instanceTemplate: this.template.selfLink }],
        ...(min === max ? { targetSize: min } : {}),
        updatePolicy: {
          type: 'PROACTIVE', minimalAction: 'REPLACE', mostDisruptiveAllowedAction: 'REPLACE', replacementMethod: 'SUBSTITUTE',
          maxSurgeFixed: 1, maxUnavailableFixed: 0, instanceRedistributionType: 'NONE',
        },
        autoHealingPolicies: { healthCheck: this.healthCheck.id, initialDelaySec: BOOT_SECONDS },
      }),
      this.child({ dependsOn: [this.registryReader] }),
    );
    this.autoscaler =
      min === max
        ? undefined
        : new compute.RegionAutoscaler(
            name,
            {
              name: `${prefix}-tee`, project: placement.project, region: placement.region, target: this.group.id,
              autoscalingPolicy: { minReplicas: min, maxReplicas: max, cooldownPeriod: BOOT_SECONDS, cpuUtilization: { target: SCALE_AT } },
            },
            this.child(),
          );
    this.registerOutputs({ group: this.group.id, release });
  }
}

/** The one segment with purpose `tee`. @throws if there is none. */
export function teeSegment(workload: Workload): string {
  const found = Object.entries(workload.segments).find(([, { purpose }]) => purpose === 'tee');
  if (!found) throw new Error("segments: none has purpose 'tee'; exactly one must");
  return found[0];
}

function teePort(workload: Workload, segment: string): number {
  const [flow] = Object.entries(workload.flows).filter(([, { to }]) => to === segment).sort(([a], [b]) => (a < b ? -1 : 1));
  if (!flow) throw new Error(`flows: none leads to segment '${segment}'; the TEE would serve nobody`);
  return flow[1].port;
}

/** The active measurement that was approved last; of several approved on one day, the last by name. */
function currentRelease(workload: Workload): readonly [string, ConfidentialSpaceMeasurement] {
  const releases = Object.entries(workload.measurements.gcp);
  const active = releases.filter(([, { status }]) => status === 'active');
  // With everything revoked the group keeps its last template: it boots, and receives no key.
  const candidates = (active.length > 0 ? active : releases).sort(([a, left], [b, right]) => (left.approved === right.approved ? (a < b ? -1 : 1) : left.approved < right.approved ? -1 : 1));
  const last = candidates.at(-1);
  if (!last) throw new Error('measurements.gcp: none; add the digest of the container image');
  return last;
}

/** Project, location and repository of an Artifact Registry image. @throws for other registries, which are not on the private path. */
function registryOf(image: string): { project: string; location: string; repository: string } {
  const match = /^([a-z0-9-]+)-docker\.pkg\.dev\/([^/]+)\/([^/]+)\/.+$/.exec(image);
  if (!match) throw new Error(`measurements.gcp image '${image}' is not in Artifact Registry; use <location>-docker.pkg.dev/<project>/<repository>/<image>`);
  const [, location = '', project = '', repository = ''] = match;
  return { project, location, repository };
}
