import * as pulumi from '@pulumi/pulumi';
import type { GcpPlacement, Workload } from '../workload/workload.js';

/**
 * The typed escape hatch of a component: one function per child, from the arguments the kit computed to those that are
 * registered. The rules judge what comes out.
 */
export type Transform<Children> = { readonly [Child in keyof Children]?: (args: Children[Child]) => Children[Child] };

/** The arguments of a child after the caller's transform. */
export function transformed<Args>(transform: ((args: Args) => Args) | undefined, args: Args): Args {
  return transform ? transform(args) : args;
}

/** Base of every component: parents children and registers the component's outputs. */
export abstract class Component extends pulumi.ComponentResource {
  protected constructor(kind: string, name: string, options: pulumi.ComponentResourceOptions) {
    super(`tee-kit:gcp:${kind}`, name, {}, options);
  }

  /** Options of a child. */
  protected child(options: pulumi.CustomResourceOptions = {}): pulumi.CustomResourceOptions {
    return { parent: this, ...options };
  }
}

/**
 * The Google Cloud placement of a workload.
 * @throws if the workload file names none.
 */
export function placementOf(workload: Workload): GcpPlacement {
  const placement = workload.clouds.gcp;
  if (!placement) throw new Error("clouds.gcp: no placement; add project, region and instance to the workload file, or leave 'gcp' out of --cloud");
  return placement;
}

const ENVIRONMENT_SUFFIX = { production: 'prod', staging: 'stg', sandbox: 'sbx' } as const;

/** `prod`, `stg` or `sbx`. */
export function environmentSuffix(workload: Workload): string {
  return ENVIRONMENT_SUFFIX[workload.environment];
}

/** `<workload>-<prod|stg|sbx>`, at most 29 characters: part of every resource name, so that environments never share a key. */
export function namePrefix(workload: Workload): string {
  return `${workload.name}-${ENVIRONMENT_SUFFIX[workload.environment]}`;
}

/** Service account ids have 6 to 30 characters. */
export function accountId(workload: Workload, suffix: string): string {
  return `${workload.name.slice(0, 24 - suffix.length)}-${ENVIRONMENT_SUFFIX[workload.environment]}-${suffix}`;
}

/** The email that a service account will have: a literal, so that conditions and policies never hold an unknown. */
export function accountEmail(project: string, id: string): string {
  return `${id}@${project}.iam.gserviceaccount.com`;
}
