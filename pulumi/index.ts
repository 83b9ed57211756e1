/** The Pulumi program: reads the workload file that the stack configuration names and places one cloud's components. */
import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import { loadWorkload } from '../constructs/workload/load.js';
import type * as Azure from './azure/index.js';
import type * as Gcp from './gcp/index.js';

/** The folder of Pulumi.yaml, from which the workload file's path counts. */
function projectFolder(): string {
  for (let folder = __dirname; folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, 'Pulumi.yaml'))) return folder;
  }
  return process.cwd();
}

function program(): void {
  const config = new pulumi.Config('tee-kit');
  const cloud = config.require('cloud');
  const file = config.get('workloadFile') ?? 'workload.yaml';
  const workload = loadWorkload(isAbsolute(file) ? file : join(projectFolder(), file));
  // Not `import()`: Pulumi runs this file through ts-node, whose resolver does not see ESM imports. Not at the top: each SDK is heavy.
  switch (cloud) {
    case 'azure':
      (require('./azure/index.js') as typeof Azure).deploy(workload, { firstDeployment: config.getBoolean('azureFirstDeployment') ?? false });
      break;
    case 'gcp':
      (require('./gcp/index.js') as typeof Gcp).deploy(workload);
      break;
    default:
      throw new Error(`tee-kit:cloud is '${cloud}'; allowed: azure, gcp; set it with 'pulumi config set tee-kit:cloud azure'`);
  }
}

export = program;
