import { type Cloud, Deployment, type Value } from '../../constructs/compliance/model.js';
import { readPulumi } from '../../constructs/compliance/read/preview.js';
import { TemplateRun } from '../../constructs/compliance/read/template.js';
import type { Workload } from '../../constructs/workload/workload.js';
import { TODAY, WORKLOAD } from './workload-fixture.js';

/** Resources of one CloudFormation template, as in the template's `Resources`. */
export type TemplateResources = { readonly [logicalId: string]: { readonly Type: string; readonly Properties?: Value; readonly [attribute: string]: Value | undefined } };
/** One resource of a Pulumi preview. References: `${type::name.output}`. */
export interface PreviewResource {
  readonly type: string;
  readonly name: string;
  readonly inputs: Value;
  /** protect, retainOnDelete, parent, dependencies. */
  readonly attributes?: { readonly [attribute: string]: Value };
}

interface Base {
  /** What is special about it; unique within its rule and cloud. */
  readonly name: string;
  /**
   * `fail`: a fail outcome on `at`; `unknown`: an unknown outcome on `at` and no fail; `pass`: at least one pass outcome and
   * nothing else; `warn`: a warning on `at` and no fail or unknown; `silent`: the check does not apply and says nothing.
   */
  readonly expected: 'pass' | 'fail' | 'unknown' | 'warn' | 'silent';
  /** Logical id or resource name that the outcome must be on (`aws`, `azure`, `gcp` for the deployment as a whole). */
  readonly at?: string;
  /** Property path that the outcome must name. */
  readonly path?: string;
  /** Changes to the fixture workload; null for an artifact that carries none. */
  readonly workload?: Partial<Workload> | null;
}

/** One example of one rule on one cloud, in the provider's own shape. It passes through the real reader. */
export type RuleCase =
  | (Base & { readonly cloud: 'aws'; readonly resources: TemplateResources })
  | (Base & { readonly cloud: 'azure' | 'gcp'; readonly resources: readonly PreviewResource[] });

/** The deployment of an AWS template in stack `Stack`, account 111122223333, us-east-1. */
export function awsDeployment(resources: TemplateResources, workload: Workload | null = WORKLOAD): Deployment {
  const environment = { account: '111122223333', region: 'us-east-1' };
  const template = JSON.parse(JSON.stringify({ Resources: resources })) as Value;
  const run = new TemplateRun();
  run.add({ stack: 'Stack', file: 'Stack.template.json', template, ...environment });
  return new Deployment('aws', run.resources(), workload, TODAY, run.environments());
}

/** The deployment of a preview of stack `dev`. */
export function previewDeployment(cloud: Exclude<Cloud, 'aws'>, resources: readonly PreviewResource[], workload: Workload | null = WORKLOAD): Deployment {
  const steps = resources.map(({ type, name, inputs, attributes }) => {
    const urn = `urn:pulumi:dev::tee-kit::${type}::${name}`;
    return { op: 'create', urn, newState: { urn, type, custom: true, ...attributes, inputs } };
  });
  const preview = JSON.parse(JSON.stringify({ steps })) as Value;
  return new Deployment(cloud, readPulumi(preview, 'preview.json').resources.filter((resource) => resource.cloud === cloud), workload, TODAY);
}

export function caseDeployment(example: RuleCase): Deployment {
  const workload = example.workload === null ? null : { ...WORKLOAD, ...example.workload };
  return example.cloud === 'aws' ? awsDeployment(example.resources, workload) : previewDeployment(example.cloud, example.resources, workload);
}
