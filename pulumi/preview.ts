/**
 * `node preview.js <azure|gcp> <workload file> <folder>`: executes the program of one cloud with no engine and writes
 * `preview.json` into the folder. Run by `tee-kit synth`, one process per cloud: the SDK keeps its state per process.
 */
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { executeProgram } from '../constructs/compliance/adapters/pulumi-preview.js';
import { embedWorkload } from '../constructs/workload/facts.js';
import { loadWorkload } from '../constructs/workload/load.js';

async function main([cloud = '', workloadFile = '', folder = '']: readonly string[]): Promise<void> {
  const file = resolve(workloadFile);
  const preview = await executeProgram({
    project: 'tee-kit',
    stack: cloud,
    config: { 'tee-kit:cloud': cloud, 'tee-kit:workloadFile': file },
    program: () => require('./index.js') as unknown,
    root: join(__dirname, '..', '..'),
  });
  const config = { 'tee-kit:cloud': cloud, 'tee-kit:workload': embedWorkload(loadWorkload(file)) };
  writeFileSync(join(folder, 'preview.json'), `${JSON.stringify({ ...preview, config }, null, 2)}\n`);
}

function refuse(error: unknown): never {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(2);
}

// The SDK reports a failed `apply` only as an unhandled rejection.
process.on('unhandledRejection', refuse);
main(process.argv.slice(2)).catch(refuse);
