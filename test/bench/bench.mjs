// `npm run bench`: every speed claim of the kit, as ratios against named peers in this same run.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { benchDiff } from './diff.mjs';
import { template, writeStacks } from './generate.mjs';
import { benchSynth } from './synth.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const require = createRequire(import.meta.url);
const bin = join(root, 'constructs', 'compliance', 'bin.js');
const folder = mkdtempSync(join(tmpdir(), 'tee-kit-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** Process time, wall time and peak memory of a command: medians of several runs. */
function measure(command, args, { runs = 3, codes = [0, 1] } = {}) {
  const all = [];
  for (let run = 0; run < runs; run++) {
    const start = performance.now();
    const { status, stdout, stderr } = spawnSync('/usr/bin/time', ['-f', '%U %S %M', command, ...args], { encoding: 'utf8', maxBuffer: 1 << 30 });
    const wall = (performance.now() - start) / 1000;
    if (!codes.includes(status)) throw new Error(`${command} ${args.join(' ')} ended with ${status}: ${stderr.slice(-500)}`);
    const [user, system, kilobytes] = stderr.trim().split('\n').at(-1).split(' ').map(Number);
    all.push({ wall, cpu: user + system, memory: kilobytes / 1024, stdout });
  }
  return { wall: median(all.map(({ wall }) => wall)), cpu: median(all.map(({ cpu }) => cpu)), memory: median(all.map(({ memory }) => memory)), stdout: all[0].stdout };
}

/** Seconds after which cfn-guard is not waited for any longer; the ratio is then a lower bound. */
const GUARD_LIMIT = 60;

const line = (name, { wall, cpu, memory }, note = '') => console.log(`  ${cpu.toFixed(2).padStart(7)} s process ${wall.toFixed(2).padStart(7)} s wall ${memory.toFixed(0).padStart(6)} MB  ${name}${note === '' ? '' : ` (${note})`}`);
const kit = (args, options) => measure(process.execPath, [bin, ...args], options);

/** A CDK app that includes the template, with the packs and validation asked for. */
const cdkApp = (file, { nag, validation }) => `
  const { App, Stack, Validations } = require('aws-cdk-lib');
  const { CfnInclude } = require('aws-cdk-lib/cloudformation-include');
  const app = new App({ outdir: ${JSON.stringify(join(folder, 'cdk'))}, analyticsReporting: false, postCliContext: { '@aws-cdk/core:builtinCloudFormationValidation': ${validation} } });
  new CfnInclude(new Stack(app, 'S'), 'T', { templateFile: ${JSON.stringify(file)} });
  ${nag ? "const { HIPAASecurityChecks } = require('cdk-nag'); Validations.of(app).addPlugins(new HIPAASecurityChecks(app));" : ''}
  try { app.synth(); } catch (error) { if (error.name !== 'ValidationFailed') throw error; }`;

/** cfn-guard as it ships for npm, with the rules that come with it. */
function guard() {
  const home = dirname(require.resolve('@cdklabs/cdk-validator-cfnguard/package.json'));
  const find = (path) => readdirSync(path, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? find(join(path, entry.name)) : [join(path, entry.name)]));
  const binary = find(join(home, 'bin', 'ubuntu', process.arch === 'arm64' ? 'aarch64' : 'x86_64'))[0];
  const rules = find(join(home, 'rules')).filter((file) => file.endsWith('.guard'));
  return { binary, rules };
}

benchSynth();

console.log('\ncheck and prove of the shipped three-cloud artifacts');
const out = join(folder, 'out');
const synth = spawnSync(process.execPath, [bin, 'synth', '--out', out], { cwd: root, encoding: 'utf8' });
if (synth.status !== 0) throw new Error(`synth ended with ${synth.status}: ${synth.stderr}`);
const whole = kit(['check', out, '--format', 'json']);
const told = JSON.parse(whole.stdout).summary;
line('tee-kit check', whole, `${told.resources} resources, ${told.rules} rules`);
const proved = kit(['prove', out, '--format', 'json']);
const { keys, network, logs } = JSON.parse(proved.stdout);
line('tee-kit prove', proved, `${keys.length} keys, ${network.flows.length} flows, ${logs.length} logs`);

console.log('\na generated template of 405 resources');
const file = join(folder, 'stack.template.json');
writeFileSync(file, JSON.stringify(template(405)));
const bare = measure(process.execPath, ['-e', `JSON.parse(require('fs').readFileSync(${JSON.stringify(file)}))`]);
line('Node start-up and JSON.parse', bare, 'floor');
const checked = kit(['check', file, '--format', 'json']);
const { summary } = JSON.parse(checked.stdout);
line('tee-kit check', checked, `${summary.rules} rules, decided together`);
line('tee-kit prove', kit(['prove', file]));
const nag = measure(process.execPath, ['-e', cdkApp(file, { nag: true, validation: false })], { runs: 1 });
const nagRules = (readFileSync(require.resolve('cdk-nag/lib/packs/hipaa-security.js'), 'utf8').match(/\binfo:/g) ?? []).length;
line('CDK synth with cdk-nag HIPAA', nag, `${nagRules} rules; template included, validation off`);
const validated = measure(process.execPath, ['-e', cdkApp(file, { nag: false, validation: true })], { runs: 1 });
line('CDK synth with its bundled validation', validated, 'the CDK tells no number of rules');
const { binary, rules } = guard();
if (existsSync(binary)) {
  const guarded = measure('timeout', [String(GUARD_LIMIT), binary, 'validate', '--data', file, ...rules.flatMap((rule) => ['--rules', rule]), '--show-summary', 'none'], { runs: 1, codes: [0, 5, 19, 124] });
  const ended = guarded.wall < GUARD_LIMIT;
  line('cfn-guard', guarded, `${rules.length} Control Tower rules${ended ? '' : `, ended after ${GUARD_LIMIT} s with no result`}; its HIPAA registry is on no package registry`);
  console.log(`  ratio   ${ended ? '' : 'more than '}${(guarded.cpu / checked.cpu).toFixed(0)}x faster than cfn-guard (goal: at least 20x), ${(nag.cpu / checked.cpu).toFixed(1)}x than CDK with cdk-nag, ${(validated.cpu / checked.cpu).toFixed(1)}x than CDK with its validation`);
}
console.log(`  goal    under 0.3 s of process time and 100 MB: ${checked.cpu < 0.3 && checked.memory < 100 ? 'met' : 'not met on this machine in this run'}`);

console.log('\ngenerated stacks of 450 resources');
const sizes = [9_900, 99_900].map((resources) => {
  const stacks = join(folder, `stacks${resources}`);
  writeStacks(stacks, resources);
  const result = kit(['check', stacks, '--format', 'json'], { runs: 1 });
  line(`tee-kit check, ${resources} resources`, result, `${(result.cpu / resources * 1e6).toFixed(0)} µs and ${(result.memory / resources * 1024).toFixed(1)} kB a resource`);
  line(`tee-kit prove, ${resources} resources`, kit(['prove', stacks], { runs: 1 }));
  return { resources, ...result };
});
console.log(`  growth  ${(sizes[1].resources / sizes[0].resources).toFixed(1)}x the resources take ${(sizes[1].cpu / sizes[0].cpu).toFixed(1)}x the time and ${(sizes[1].memory / sizes[0].memory).toFixed(1)}x the memory`);

console.log('');
benchDiff();
