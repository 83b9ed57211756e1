import type * as pulumi from '@pulumi/pulumi';
import * as accesscontextmanager from '@pulumi/gcp/accesscontextmanager/index.js';
import type { Workload } from '../workload/workload.js';
import { Component, namePrefix, placementOf, type Transform, transformed } from './component.js';

/**
 * Services that only resources inside the perimeter may call. `sts` is the one that matters most: an attestation token
 * stolen from the TEE can then not be exchanged anywhere else.
 */
export const RESTRICTED_SERVICES = [
  'artifactregistry.googleapis.com',
  'cloudkms.googleapis.com',
  'confidentialcomputing.googleapis.com',
  'iam.googleapis.com',
  'iamcredentials.googleapis.com',
  'logging.googleapis.com',
  'storage.googleapis.com',
  'sts.googleapis.com',
];

/** What people and the pipeline reach from outside: not STS (exchange of tokens) and not storage data. */
const ADMINISTERED_SERVICES = ['cloudkms.googleapis.com', 'iam.googleapis.com', 'logging.googleapis.com', 'storage.googleapis.com'];

export interface PerimeterArgs {
  readonly workload: Workload;
  readonly transform?: Transform<{ perimeter: accesscontextmanager.ServicePerimeterArgs }>;
}

/**
 * VPC Service Controls around the workload's and the key's project. Start with `enforced: false`: the perimeter then logs
 * what it would refuse, and nothing breaks.
 */
export class Perimeter extends Component {
  readonly perimeter: accesscontextmanager.ServicePerimeter;

  /** @throws if the workload file names no access policy, or an image lies in a project outside the perimeter. */
  constructor(name: string, args: PerimeterArgs, options: pulumi.ComponentResourceOptions = {}) {
    super('Perimeter', name, options);
    const placement = placementOf(args.workload);
    const settings = placement.perimeter;
    if (!settings) throw new Error("clouds.gcp.perimeter: missing; name the organisation's access policy (gcloud access-context-manager policies list --organization=…)");
    for (const [release, { image }] of Object.entries(args.workload.measurements.gcp)) {
      const project = image.split('/')[1] ?? '';
      if (![placement.project, placement.keyProject].includes(project)) {
        throw new Error(`measurements.gcp.${release}: image '${image}' is outside the perimeter, so the TEE could not pull it; push it to project '${placement.project}'`);
      }
    }
    const people = [placement.deployer, ...(args.workload.keyAdministrators.gcp ?? []), ...(args.workload.breakGlass.gcp === undefined ? [] : [args.workload.breakGlass.gcp])];
    const rules = {
      resources: [`projects/${placement.projectNumber}`, `projects/${placement.keyProjectNumber}`],
      restrictedServices: RESTRICTED_SERVICES,
      vpcAccessibleServices: { enableRestriction: true, allowedServices: ['RESTRICTED-SERVICES'] },
      ingressPolicies: [
        {
          title: 'administration',
          ingressFrom: { identities: [...new Set(people)], sources: [{ accessLevel: '*' }] },
          ingressTo: { resources: ['*'], operations: ADMINISTERED_SERVICES.map((serviceName) => ({ serviceName, methodSelectors: [{ method: '*' }] })) },
        },
      ],
    };
    const id = `tee_kit_${namePrefix(args.workload).replace(/-/g, '_')}`;
    this.perimeter = new accesscontextmanager.ServicePerimeter(
      name,
      transformed(args.transform?.perimeter, {
        parent: `accessPolicies/${settings.accessPolicy}`,
        name: `accessPolicies/${settings.accessPolicy}/servicePerimeters/${id}`,
        title: id,
        perimeterType: 'PERIMETER_TYPE_REGULAR',
        ...(settings.enforced ? { status: rules } : { useExplicitDryRunSpec: true, spec: rules }),
      }),
      this.child(),
    );
    this.registerOutputs({ perimeter: this.perimeter.name });
  }
}
