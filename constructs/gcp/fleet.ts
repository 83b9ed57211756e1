import type * as pulumi from '@pulumi/pulumi';
import * as compute from '@pulumi/gcp/compute/index.js';
import type { Workload } from '../workload/workload.js';
import { Component, namePrefix, placementOf, type Transform, transformed } from './component.js';

/** Seconds that a new VM has to boot and answer before it is replaced. */
const BOOT_SECONDS = 300;
/** CPU utilisation at which the autoscaler adds a VM. */
const SCALE_AT = 0.6;

export interface FleetArgs {
  readonly workload: Workload;
  /** Last part of the group's name: `tee`, `gateway`. */
  readonly name: string;
  readonly template: compute.RegionInstanceTemplate;
  /** Name of the version: the group replaces its VMs when it changes. */
  readonly version: string;
  /** TCP port that a healthy VM answers on. */
  readonly port: number;
  readonly transform?: Transform<{ group: compute.RegionInstanceGroupManagerArgs; healthCheck: compute.RegionHealthCheckArgs }>;
}

/**
 * A regional managed group of one template. A new template rolls through it one VM at a time: a new VM is healthy before
 * an old one leaves. Between `instances.min` and `instances.max` of the placement it scales on CPU.
 */
export class Fleet extends Component {
  readonly healthCheck: compute.RegionHealthCheck;
  readonly group: compute.RegionInstanceGroupManager;
  readonly autoscaler: compute.RegionAutoscaler | undefined;

  constructor(name: string, args: FleetArgs, options: pulumi.ComponentResourceOptions = {}) {
    super('Fleet', name, options);
    const { project, region, zone, instances } = placementOf(args.workload);
    const common = { name: `${namePrefix(args.workload)}-${args.name}`, project, region };
    this.healthCheck = new compute.RegionHealthCheck(
      name,
      // TCP: the handshake that follows is the workload's mutual TLS, which a health check cannot complete.
      transformed(args.transform?.healthCheck, {
        ...common, tcpHealthCheck: { port: args.port }, checkIntervalSec: 10, timeoutSec: 5, healthyThreshold: 2, unhealthyThreshold: 3, logConfig: { enable: true },
      }),
      this.child(),
    );
    const { min, max } = instances;
    this.group = new compute.RegionInstanceGroupManager(
      name,
      transformed(args.transform?.group, {
        ...common,
        baseInstanceName: common.name,
        // One zone: the types are not offered in every zone of a region.
        distributionPolicyZones: [zone],
        versions: [{ name: args.version, instanceTemplate: args.template.selfLink }],
        ...(min === max ? { targetSize: min } : {}),
        updatePolicy: {
          type: 'PROACTIVE', minimalAction: 'REPLACE', mostDisruptiveAllowedAction: 'REPLACE', replacementMethod: 'SUBSTITUTE',
          maxSurgeFixed: 1, maxUnavailableFixed: 0, instanceRedistributionType: 'NONE',
        },
        autoHealingPolicies: { healthCheck: this.healthCheck.id, initialDelaySec: BOOT_SECONDS },
      }),
      this.child(),
    );
    this.autoscaler =
      min === max
        ? undefined
        : new compute.RegionAutoscaler(
            name,
            { ...common, target: this.group.id, autoscalingPolicy: { minReplicas: min, maxReplicas: max, cooldownPeriod: BOOT_SECONDS, cpuUtilization: { target: SCALE_AT } } },
            this.child(),
          );
    this.registerOutputs({ group: this.group.id });
  }
}
