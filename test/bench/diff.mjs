// `tee-kit diff` of two assemblies of 405 resources, cold start included, beside `@aws-cdk/cloudformation-diff` in the
// same run. The peer lists differences and whether permissions broadened; it proves nothing and has no verdict.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { template } from './generate.mjs';

const RUNS = 5;
const RESOURCES = 405;
const root = fileURLToPath(new URL('../..', import.meta.url));
const require = createRequire(import.meta.url);
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** One assembly: a manifest and one stack. */
function assembly(folder, body) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'bench.template.json'), JSON.stringify(body));
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify({
    version: '36.0.0',
    artifacts: { bench: { type: 'aws:cloudformation:stack', environment: 'aws://111122223333/us-east-1', properties: { templateFile: 'bench.template.json' } } },
  }));
  return folder;
}

/** The pull request: one group opens, one log loses its lock on deletion, one table grows, the order changes. */
function changed() {
  const body = template(RESOURCES);
  body.Resources.Rule3.Properties.FromPort = 22;
  delete body.Resources.Logs5.DeletionPolicy;
  body.Resources.Table7.Properties.BillingMode = 'PROVISIONED';
  return { ...body, Resources: Object.fromEntries(Object.entries(body.Resources).reverse()) };
}

function measure(args) {
  const all = [];
  for (let run = 0; run < RUNS; run++) {
    const start = performance.now();
    const { status, stderr, stdout } = spawnSync('/usr/bin/time', ['-f', '%U %S %M', process.execPath, ...args], { encoding: 'utf8', maxBuffer: 1 << 28 });
    const wall = (performance.now() - start) / 1000;
    if (status !== 0 && status !== 1) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr.slice(-400)}`);
    const [user, system, kilobytes] = stderr.trim().split('\n').at(-1).split(' ').map(Number);
    all.push({ wall, cpu: user + system, memory: kilobytes / 1024, stdout });
  }
  return { wall: median(all.map(({ wall }) => wall)), cpu: median(all.map(({ cpu }) => cpu)), memory: median(all.map(({ memory }) => memory)), stdout: all[0].stdout };
}

export function benchDiff() {
  const folder = mkdtempSync(join(tmpdir(), 'tee-kit-bench-diff-'));
  try {
    const [base, head] = [assembly(join(folder, 'base'), template(RESOURCES)), assembly(join(folder, 'head'), changed())];
    const peer = `const { fullDiff } = require(${JSON.stringify(require.resolve('@aws-cdk/cloudformation-diff'))});
      const [a, b] = process.argv.slice(1).map((file) => JSON.parse(require('fs').readFileSync(file, 'utf8')));
      console.log(fullDiff(a, b).differenceCount);`;
    const kit = measure([join(root, 'constructs', 'compliance', 'bin.js'), 'diff', base, head, '--format', 'json']);
    const other = measure(['-e', peer, join(base, 'bench.template.json'), join(head, 'bench.template.json')]);
    const { verdict, changes } = JSON.parse(kit.stdout);
    const line = (name, { wall, cpu, memory }, told) => console.log(`  ${wall.toFixed(2)} s wall, ${cpu.toFixed(2)} s process, ${Math.round(memory)} MB  ${name}: ${told}`);
    console.log(`diff of two assemblies of ${RESOURCES} resources, cold start included, median of ${RUNS}`);
    line('tee-kit diff', kit, `${verdict}, ${changes.length} changes, both sides proved and held to every rule`);
    line('@aws-cdk/cloudformation-diff', other, `${other.stdout.trim()} differences, no verdict`);
    console.log(`  goal: under 0.5 s: ${kit.wall < 0.5 ? 'met' : 'missed'} by the wall, ${kit.cpu < 0.5 ? 'met' : 'missed'} by process time`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) benchDiff();
