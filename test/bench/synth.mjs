// `npm run synth` against the sum of bare floors, all in this run: the same CDK stacks with CDK's default validation
// and no packs, and, per Pulumi cloud, an empty program that imports the same submodules.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const RUNS = 3;
const dist = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..', '..', 'dist');
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** Wall seconds of a command that has to succeed. */
function seconds(command, args, env = {}) {
  const start = performance.now();
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8', env: { ...process.env, ...env } });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}: ${stderr}`);
  return (performance.now() - start) / 1000;
}

const submodules = (cloud) => {
  const folders = [join(dist, 'constructs', cloud), join(dist, 'pulumi', cloud)];
  const sources = folders.flatMap((folder) => readdirSync(folder).filter((name) => name.endsWith('.js')).map((name) => readFileSync(join(folder, name), 'utf8')));
  return [...new Set(sources.flatMap((text) => [...text.matchAll(/require\("(@pulumi\/[^"]+)"\)/g)].map((match) => match[1])))].sort();
};

const CDK_FLOOR = `
  const { App } = require('aws-cdk-lib');
  const { deployWorkload } = require(${JSON.stringify(join(dist, 'constructs', 'aws', 'index.js'))});
  const { loadWorkload } = require(${JSON.stringify(join(dist, 'constructs', 'workload', 'index.js'))});
  const app = new App({ outdir: process.env.BENCH_OUT, analyticsReporting: false });
  deployWorkload(app, loadWorkload('workload.yaml'));
  app.synth();`;

const pulumiFloor = (cloud) => `
  for (const name of ${JSON.stringify(submodules(cloud))}) require(name);
  const pulumi = require('@pulumi/pulumi');
  void (async () => {
    await pulumi.runtime.setMocks({ newResource: () => ({ id: '', state: {} }), call: () => ({}) }, 'floor', 'floor');
    await pulumi.runtime.runInPulumiStack(async () => ({}));
    await pulumi.runtime.disconnect();
  })();`;

export function benchSynth() {
  const folder = mkdtempSync(join(tmpdir(), 'tee-kit-bench-'));
  const floors = { 'CDK, default validation, no packs': [], 'empty program, azure submodules': [], 'empty program, gcp submodules': [] };
  const synth = [];
  try {
    for (let run = 0; run < RUNS; run += 1) {
      synth.push(seconds('npm', ['run', '--silent', 'synth', '--', '--out', join(folder, 'out')]));
      const [cdk, azure, gcp] = Object.values(floors);
      cdk.push(seconds(process.execPath, ['-e', CDK_FLOOR], { BENCH_OUT: join(folder, `cdk${run}`) }));
      azure.push(seconds(process.execPath, ['-e', pulumiFloor('azure')]));
      gcp.push(seconds(process.execPath, ['-e', pulumiFloor('gcp')]));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(`synth of three clouds, median of ${RUNS}`);
  for (const [name, values] of Object.entries(floors)) console.log(`  floor  ${median(values).toFixed(2)} s  ${name}`);
  const sum = Object.values(floors).reduce((total, values) => total + median(values), 0);
  console.log(`  synth  ${median(synth).toFixed(2)} s  npm run synth: every gate, check and proof included`);
  console.log(`  ratio  ${(median(synth) / sum).toFixed(2)}  (goal: at most 2)`);
}

if (process.argv[1] === new URL(import.meta.url).pathname) benchSynth();
