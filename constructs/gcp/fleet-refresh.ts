import * as pulumi from '@pulumi/pulumi';
import * as cloudscheduler from '@pulumi/gcp/cloudscheduler/index.js';
import * as projects from '@pulumi/gcp/projects/index.js';
import type { Workload } from '../workload/workload.js';
import { accountId, Component, namePrefix, placementOf } from './component.js';
import type { ConfidentialSpace } from './confidential-space.js';
import { VmIdentity } from './confidential-vm.js';

/** Enough to roll a group, and nothing that reaches a key or a secret. */
const PERMISSIONS = ['compute.instanceGroupManagers.get', 'compute.instanceGroupManagers.update', 'compute.instanceTemplates.get', 'compute.instanceTemplates.useReadOnly'];

/** Two turns a month under two version names: a group replaces its VMs when its version's name changes. UTC. */
const TURNS = { a: '0 3 1 * *', b: '0 3 15 * *' } as const;

export interface FleetRefreshArgs {
  readonly workload: Workload;
  readonly tee: ConfidentialSpace;
}

/**
 * Replaces the fleet's VMs twice a month, one at a time. Google can withdraw the STABLE attribute of an image: a running
 * VM then loses the key within the hour, and a family in the template brings the newer image only to new VMs.
 */
export class FleetRefresh extends Component {
  readonly identity: VmIdentity;
  readonly role: projects.IAMCustomRole;
  readonly grant: projects.IAMMember;
  readonly jobs: Readonly<Record<string, cloudscheduler.Job>>;

  constructor(name: string, args: FleetRefreshArgs, options: pulumi.ComponentResourceOptions = {}) {
    super('FleetRefresh', name, options);
    const { project, region } = placementOf(args.workload);
    const prefix = namePrefix(args.workload);
    this.identity = new VmIdentity(name, { workload: args.workload, role: 'roll', projectRoles: [] }, { parent: this });
    const roleId = `teeKit_${prefix.replace(/-/g, '_')}_roll`;
    this.role = new projects.IAMCustomRole(name, { project, roleId, title: `${prefix}: roll the TEE fleet`, permissions: PERMISSIONS, stage: 'GA' }, this.child());
    this.grant = new projects.IAMMember(
      `${name}-grant`,
      { project, role: `projects/${project}/roles/${roleId}`, member: `serviceAccount:${this.identity.email}` },
      this.child({ dependsOn: [this.role, this.identity.account] }),
    );
    this.jobs = Object.fromEntries(
      Object.entries(TURNS).map(([turn, schedule]) => [
        turn,
        new cloudscheduler.Job(
          `${name}-${turn}`,
          {
            name: `${prefix}-roll-${turn}`,
            project,
            region,
            schedule,
            timeZone: 'Etc/UTC',
            httpTarget: {
              httpMethod: 'PATCH',
              uri: `https://compute.googleapis.com/compute/v1/projects/${project}/regions/${region}/instanceGroupManagers/${prefix}-tee`,
              headers: { 'Content-Type': 'application/json' },
              body: pulumi.jsonStringify({ versions: [{ name: `${args.tee.release}-${turn}`, instanceTemplate: args.tee.template.selfLink }] }).apply((json) => Buffer.from(json).toString('base64')),
              oauthToken: { serviceAccountEmail: this.identity.email, scope: 'https://www.googleapis.com/auth/cloud-platform' },
            },
          },
          this.child({ dependsOn: [this.grant] }),
        ),
      ]),
    );
    this.registerOutputs({ account: accountId(args.workload, 'roll') });
  }
}
