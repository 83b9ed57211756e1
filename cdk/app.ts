import { parseArgs } from 'node:util';
import { App, Validations } from 'aws-cdk-lib';
import { HIPAASecurityChecks, NIST80053R5Checks } from 'cdk-nag';
import { deployWorkload, type TeeOptions, type TeeDeployment } from '../constructs/aws/index.js';
import { TeeKitValidation } from '../constructs/compliance/adapters/cdk-plugin.js';
import { loadWorkload, WorkloadFileError, type Workload } from '../constructs/workload/index.js';

export interface BuildAppProps {
  readonly workload: Workload;
  /** Folder of the cloud assembly. Default: what the CDK command says, else `cdk.out`. */
  readonly outdir?: string;
  readonly options?: TeeOptions;
  /** ISO date against which approvals and reviews are judged. Default: today, UTC. */
  readonly today?: string;
  /** False leaves out cdk-nag and the kit's rules; CDK's own validation stays. For measurements of their cost only. */
  readonly packs?: boolean;
}

/** The CDK app of one workload, with every gate registered. `app.synth()` throws if one of them fails. */
export function buildApp(props: BuildAppProps): { readonly app: App; readonly deployment: TeeDeployment } {
  const app = new App({
    ...(props.outdir !== undefined && { outdir: props.outdir }),
    analyticsReporting: false,
    // Set after the context of the command line, so nothing given there can switch the gate off.
    postCliContext: { '@aws-cdk/core:validateAgainstDefaultRules': true },
  });
  if (props.packs ?? true) {
    const kit = new TeeKitValidation({ workload: props.workload, ...(props.today !== undefined && { today: props.today }) });
    Validations.of(app).addPlugins(kit, new HIPAASecurityChecks(app), new NIST80053R5Checks(app));
  }
  return { app, deployment: deployWorkload(app, props.workload, props.options) };
}

/**
 * `node dist/cdk/app.js [--workload FILE] [--out DIR]`, also the app command of cdk.json, where the CDK sets the folder.
 * The workload file is `--workload`, else `TEE_KIT_WORKLOAD`, else `workload.yaml`.
 */
function main(): void {
  try {
    const { values } = parseArgs({ options: { workload: { type: 'string' }, out: { type: 'string' } } });
    const workload = loadWorkload(values.workload ?? process.env['TEE_KIT_WORKLOAD'] ?? 'workload.yaml');
    buildApp({ workload, ...(values.out !== undefined && { outdir: values.out }) }).app.synth();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    process.stderr.write(`${error instanceof WorkloadFileError || error.name === 'ValidationFailed' ? error.message : (error.stack ?? error.message)}\n`);
    process.exitCode = error instanceof WorkloadFileError ? 2 : 1;
  }
}

if (require.main === module) main();
