// `npm run corpus`: which weakenings of the shipped artifacts the kit sees, and which harmless edits alarm it, per cloud
// and rule family; on AWS beside cdk-nag, the CDK's bundled validation and cfn-guard, on a sample in the same run.
// Ends with 1 when a weakening is missed or a harmless edit alarmed.
//   --no-peers   the kit alone
//   --every N    peers see every Nth mutant (default 16: cfn-guard takes seconds for each)
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));
const require = createRequire(import.meta.url);
const TODAY = '2026-11-25';
const { values: options } = parseArgs({ options: { 'no-peers': { type: 'boolean', default: false }, every: { type: 'string', default: '16' }, worker: { type: 'string' }, folder: { type: 'string' } } });
const every = Number(options.every);
if (!Number.isInteger(every) || every < 1) {
  console.error(`--every ${options.every}: a whole number from 1 on`);
  process.exit(2);
}

const bundle = (folder) => join(folder, 'corpus.cjs');
const artifact = (folder, cloud) => (cloud === 'aws' ? join(folder, 'out', 'aws', readdirSync(join(folder, 'out', 'aws')).find((name) => name.endsWith('.template.json'))) : join(folder, 'out', cloud, 'preview.json'));
const percent = (part, whole) => (whole === 0 ? '   –' : `${((100 * part) / whole).toFixed(0).padStart(3)}%`);
const rate = (name, list) => {
  const [weaker, harmless] = ['weaker', 'harmless'].map((effect) => list.filter((line) => line.effect === effect));
  const [seen, alarmed] = [weaker, harmless].map((lines) => lines.filter(({ noticed }) => noticed.length > 0).length);
  console.log(`  ${name.padEnd(34)} ${percent(seen, weaker.length)} of ${String(weaker.length).padStart(3)} weakenings seen   ${percent(alarmed, harmless.length)} of ${String(harmless.length).padStart(3)} harmless edits alarmed`);
};

if (options.worker !== undefined) await work(options.worker, options.folder);
else process.exitCode = await main();

/** A child process: prints JSON lines. */
async function work(task, folder) {
  const { verdicts, sample } = require(bundle(folder));
  if (task.startsWith('kit-')) process.stdout.write(JSON.stringify(verdicts(task.slice(4), artifact(folder, task.slice(4)), TODAY)));
  else process.stdout.write(JSON.stringify(peer(task, folder, sample)));
}

/** What a peer reports that it does not report of the shipped template. */
function peer(name, folder, sample) {
  const run = name === 'cdk' ? cdkFindings : guardFindings;
  const shipped = JSON.parse(readFileSync(artifact(folder, 'aws'), 'utf8'));
  const baseline = Object.fromEntries(Object.entries(run(folder, shipped)).map(([tool, findings]) => [tool, new Set(findings)]));
  const result = {};
  for (const { name: mutant, effect, artifact: template } of sample('aws', artifact(folder, 'aws'), every)) {
    for (const [tool, findings] of Object.entries(run(folder, template))) (result[tool] ??= []).push({ name: mutant, effect, noticed: findings.filter((finding) => !baseline[tool]?.has(finding)) });
  }
  return result;
}

/** cdk-nag and the CDK's own validation: one synthesis of an app that includes the template. */
function cdkFindings(folder, template) {
  const { App, BootstraplessSynthesizer, Stack, Validations } = require('aws-cdk-lib');
  const { CfnInclude } = require('aws-cdk-lib/cloudformation-include');
  const { HIPAASecurityChecks, NIST80053R5Checks } = require('cdk-nag');
  const file = join(folder, 'cdk.json');
  const outdir = mkdtempSync(join(folder, 'cdk-'));
  writeFileSync(file, JSON.stringify({ ...template, Rules: undefined }));
  const found = { 'cdk-nag (HIPAA, NIST r5)': [], 'CDK bundled validation': [] };
  try {
    const app = new App({ outdir, analyticsReporting: false });
    const stack = new Stack(app, 'S', { synthesizer: new BootstraplessSynthesizer() });
    new CfnInclude(stack, 'T', { templateFile: file });
    Validations.of(app).addPlugins(new HIPAASecurityChecks(app), new NIST80053R5Checks(app));
    try {
      app.synth();
    } catch (error) {
      if (error.name !== 'ValidationFailed') throw error;
    }
    const { pluginReports } = JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8'));
    for (const { pluginName, violations } of pluginReports) {
      const tool = /HIPAA|NIST/i.test(pluginName) ? 'cdk-nag (HIPAA, NIST r5)' : 'CDK bundled validation';
      for (const { ruleName, violatingConstructs } of violations) for (const { cloudFormationResource, constructPath } of violatingConstructs) found[tool].push(`${ruleName} ${cloudFormationResource?.logicalId ?? constructPath}`);
    }
  } catch (error) {
    // A template that the CDK cannot include is noticed.
    for (const list of Object.values(found)) list.push(`refused: ${String(error.message).slice(0, 80)}`);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
  return found;
}

/** cfn-guard as it ships for npm, with the rules that come with it. */
function guardFindings(folder, template) {
  const home = dirname(require.resolve('@cdklabs/cdk-validator-cfnguard/package.json'));
  const files = (path) => readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const [binary] = files(join(home, 'bin', process.platform === 'darwin' ? 'macos' : 'ubuntu', ...(process.platform === 'darwin' ? [] : [process.arch === 'arm64' ? 'aarch64' : 'x86_64'])));
  const file = join(folder, 'guard.json');
  writeFileSync(file, JSON.stringify(template));
  const { stdout, status } = spawnSync(binary, ['validate', '--data', file, '--rules', join(home, 'rules'), '--output-format', 'json', '--structured', '--show-summary', 'none'], { encoding: 'utf8', maxBuffer: 1 << 30 });
  if (status !== 0 && status !== 19 && status !== 5) return { 'cfn-guard (Control Tower)': [`ended with ${status}`] };
  const found = [];
  for (const { not_compliant: rules = [] } of JSON.parse(stdout || '[]')) {
    for (const rule of rules) found.push(...[...new Set([...JSON.stringify(rule).matchAll(/"path":"\/?Resources\/([^/"]+)/g)].map((match) => match[1]))].map((id) => `${rule.Rule?.name} ${id}`), String(rule.Rule?.name));
  }
  return { 'cfn-guard (Control Tower)': found };
}

function child(task, folder) {
  return new Promise((resolve, reject) => {
    const running = spawn(process.execPath, [fileURLToPath(import.meta.url), '--worker', task, '--folder', folder, '--every', String(every)], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    let trouble = '';
    // The CDK prints its whole report at every synthesis.
    running.stderr.on('data', (chunk) => (trouble = `${trouble}${chunk}`.slice(-2000)));
    running.stdout.on('data', (chunk) => (text += chunk));
    running.on('close', (code) => (code === 0 ? resolve(JSON.parse(text)) : reject(new Error(`${task} ended with ${code}: ${trouble}`))));
  });
}

async function main() {
  const start = performance.now();
  const folder = mkdtempSync(join(tmpdir(), 'tee-kit-corpus-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(folder, { recursive: true });
  await build({ entryPoints: [join(root, 'test', 'corpus', 'worker.ts')], bundle: true, platform: 'node', format: 'cjs', outfile: bundle(folder), logLevel: 'error', packages: 'external' });
  // The bundle resolves packages from its own place.
  writeFileSync(bundle(folder), `module.paths.push(${JSON.stringify(join(root, 'node_modules'))});\n${readFileSync(bundle(folder), 'utf8')}`);
  const synth = spawnSync(process.execPath, [join(root, 'constructs', 'compliance', 'bin.js'), 'synth', '--out', join(folder, 'out')], { cwd: root, encoding: 'utf8' });
  if (synth.status !== 0 && synth.status !== 1) throw new Error(`synth ended with ${synth.status}: ${synth.stderr}`);

  const clouds = require(bundle(folder)).CLOUDS;
  const tasks = [...clouds.map((cloud) => `kit-${cloud}`), ...(options['no-peers'] ? [] : ['cdk', 'guard'])];
  const results = new Map();
  // Two at a time: the peers are the slow ones.
  const queue = tasks.toReversed();
  await Promise.all([0, 1].map(async () => {
    for (let task = queue.shift(); task !== undefined; task = queue.shift()) results.set(task, await child(task, folder));
  }));

  let wrong = 0;
  for (const cloud of clouds) {
    const lines = results.get(`kit-${cloud}`);
    console.log(`\n${cloud}`);
    rate('tee-kit', lines);
    for (const family of [...new Set(lines.map((line) => line.family))].sort((a, b) => (a < b ? -1 : 1))) rate(`  ${family}`, lines.filter((line) => line.family === family));
    for (const { name, effect, noticed, right } of lines) {
      if (right) continue;
      wrong += 1;
      console.log(effect === 'weaker' ? `  MISSED   ${name}` : `  ALARMED  ${name}: ${noticed.join(', ')}`);
    }
  }
  if (!options['no-peers']) {
    const peers = { ...results.get('cdk'), ...results.get('guard') };
    const names = new Set(Object.values(peers)[0].map(({ name }) => name));
    console.log(`\naws, peers on every ${every === 1 ? '' : `${every}th `}mutant (${names.size}); what they report that they do not report of the shipped template`);
    rate('tee-kit, same sample', results.get('kit-aws').filter(({ name }) => names.has(name)));
    for (const [name, lines] of Object.entries(peers)) rate(name, lines);
    console.log('  cfn-guard runs with the Control Tower rules that ship with it for npm; its HIPAA registry rules do not ship there and are left out');
  }
  console.log(`\n${((performance.now() - start) / 1000).toFixed(0)} s; ${wrong === 0 ? 'every weakening seen, no harmless edit alarmed' : `${wrong} wrong`}`);
  return wrong === 0 ? 0 : 1;
}
