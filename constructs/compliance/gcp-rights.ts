/** Who holds rights over what stands around a Google Cloud workload: bindings on its projects, above them and on single resources. */
import type { Deployment, Resource } from './model.js';
import { bindingsOf, customPermissions, levelOf, sameProject } from './prove/gcp/iam.js';
import { type Defect, fail, type Outcome, outcomes, unknown } from './rule.js';

/** Whether a binding stands on a project of the workload, a folder or an organisation. */
export function standsOver(deployment: Deployment, grant: Resource): boolean {
  const level = levelOf(grant);
  const placement = deployment.workload?.clouds.gcp;
  return level !== undefined && (level.scope !== 'project' || !placement || [placement.project, placement.keyProject].some((project) => sameProject(deployment, level.on, project) !== 'no'));
}

export interface Rights {
  /** Predefined roles that hold them. */
  readonly roles: RegExp;
  /** Permissions of custom roles that are such a right. */
  readonly permissions: RegExp;
  /** Types that bind on single resources, beside those on projects and above. */
  readonly on?: RegExp;
  /** What the holder can do, as `may …`. */
  readonly may: string;
}

/** Everybody but the deployer and break glass of the workload file who holds the rights. */
export function* holders(deployment: Deployment, { roles, permissions, on, may }: Rights): Iterable<Outcome> {
  const named = new Set([deployment.workload?.clouds.gcp?.deployer, deployment.workload?.breakGlass.gcp]);
  for (const grant of deployment.resources) {
    if (!standsOver(deployment, grant) && !on?.test(grant.type)) continue;
    yield* outcomes(grant, bindingsOf(grant).flatMap(({ role, members, unreadable }): Defect[] => {
      const strangers = members.filter((member) => !named.has(member));
      if (unreadable !== null) return [unknown('', unreadable)];
      if (strangers.length === 0) return [];
      const custom = customPermissions(deployment, role);
      if (custom === 'unknown') return [unknown('role', `what ${role} permits ${strangers.join(', ')} is not in the artifact`)];
      const right = custom ? custom.find((permission) => permissions.test(permission)) : roles.test(role) ? role : undefined;
      return right === undefined ? [] : [fail('role', `${strangers.join(', ')} may ${may}: ${custom ? `${right} in ${role}` : role}`)];
    }));
  }
}
