import type * as pulumi from '@pulumi/pulumi';
import * as artifactregistry from '@pulumi/gcp/artifactregistry/index.js';
import * as compute from '@pulumi/gcp/compute/index.js';
import type { ConfidentialSpaceMeasurement, Workload } from '../workload/workload.js';
import { confidentialSpaceHardware } from './attested-key.js';
import { Component, placementOf, type Transform, transformed } from './component.js';
import { assertMachine, CLOSED_METADATA, templateSettings, type VmIdentity } from './confidential-vm.js';
import { Fleet } from './fleet.js';
import type { PrivateNetwork } from './private-network.js';

/** The production image or its family; `confidential-space-debug` and the GPU previews are other names. */
const PRODUCTION_IMAGE = /^projects\/confidential-space-images\/global\/images\/(family\/confidential-space|confidential-space-\d+)$/;

/**
 * What an operator may choose of a Confidential Space VM, and the values. Everything else is refused: the launcher knows
 * keys that replace the command or the environment, send the container's output to a log, or name another verifier.
 * Source: go-tpm-tools, launcher/spec/launch_spec.go.
 */
export const CHOSEN_METADATA = {
  'tee-restart-policy': /^(?:Always|OnFailure|Never)$/,
  /** KiB. */
  'tee-dev-shm-size-kb': /^[1-9]\d{0,8}$/,
  'tee-cgroup-ns': /^(?:true|false)$/,
  'tee-install-gpu-driver': /^(?:true|false)$/,
  'tee-monitoring-memory-enable': /^(?:true|false)$/,
} as const satisfies Readonly<Record<string, RegExp>>;

export type ChosenMetadata = { readonly [Key in keyof typeof CHOSEN_METADATA]?: string };

export interface ConfidentialSpaceArgs {
  readonly workload: Workload;
  readonly network: PrivateNetwork;
  readonly identity: VmIdentity;
  /** Key of the boot disks. */
  readonly diskKey: pulumi.Input<string>;
  /** Default: `tee-restart-policy` Always, nothing else. */
  readonly metadata?: ChosenMetadata;
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
  readonly fleet: Fleet;
  readonly registryReader: artifactregistry.RepositoryIamMember;
  /** Segment of the TEE, its port and the release it runs. */
  readonly segment: string;
  readonly port: number;
  readonly release: string;

  /** @throws if the image is not a production one, metadata is outside the allow-list, or machine, type and zone do not fit. */
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

    const repository = registryOf(measurement.image);
    this.registryReader = new artifactregistry.RepositoryIamMember(
      `${name}-registry`,
      { ...repository, role: 'roles/artifactregistry.reader', member: `serviceAccount:${args.identity.email}` },
      this.child({ dependsOn: [args.identity.account] }),
    );
    const metadata = {
      ...CLOSED_METADATA,
      'tee-image-reference': `${measurement.image}@${measurement.imageDigest}`,
      'tee-restart-policy': 'Always',
      'tee-container-log-redirect': 'false',
      ...allowedMetadata(args.metadata ?? {}),
    };
    this.template = new compute.RegionInstanceTemplate(
      name,
      transformed(args.transform?.template, { ...templateSettings({ ...args, segment: this.segment, image: placement.image }), metadata }),
      this.child({ dependsOn: [args.identity.account, args.network.firewallAssociation, this.registryReader] }),
    );
    this.fleet = new Fleet(
      name,
      { workload, name: 'tee', template: this.template, version: release, port: this.port, ...(args.transform ? { transform: args.transform } : {}) },
      { parent: this },
    );
    this.registerOutputs({ group: this.fleet.group.id, release });
  }
}

/** @throws for a key or value outside `CHOSEN_METADATA`, which callers without types can give. */
function allowedMetadata(chosen: ChosenMetadata): Record<string, string> {
  const allowed: Readonly<Record<string, RegExp>> = CHOSEN_METADATA;
  const entries = Object.entries(chosen);
  for (const [key, value] of entries) {
    const form = Object.hasOwn(allowed, key) ? allowed[key] : undefined;
    if (!form) throw new Error(`metadata '${key}' is not one that an operator may choose; allowed: ${Object.keys(allowed).join(', ')}`);
    if (!form.test(value)) throw new Error(`metadata ${key} '${value}' must match ${form.source}`);
  }
  return Object.fromEntries(entries);
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
