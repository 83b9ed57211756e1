import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { compareDeployments, type CompareOptions, type DiffReport } from '../../../constructs/compliance/diff/compare.js';
import type { Cloud, Deployment, Value } from '../../../constructs/compliance/model.js';
import { pulumiDeployments, templateDeployment } from '../../../constructs/compliance/read/artifacts.js';
import { RULES } from '../../../constructs/compliance/registry.js';
import type { JsonObject } from '../../corpus/mutator.js';
import { ROOT, shipped, templatePath } from '../../shipped.js';

export const TODAY = '2026-11-25';

/** The parsed artifact of one cloud in a folder of artifacts. */
export function artifact(cloud: Cloud, folder = shipped()): JsonObject {
  return JSON.parse(readFileSync(cloud === 'aws' ? templatePath(folder) : join(folder, cloud, 'preview.json'), 'utf8')) as JsonObject;
}

export function deploymentsOf(cloud: Cloud, document: JsonObject): readonly Deployment[] {
  const value = document as Value;
  if (cloud !== 'aws') return pulumiDeployments(value, 'preview.json', { today: TODAY });
  return [templateDeployment([{ stack: 'clinical-decision', file: 'clinical-decision.template.json', template: value, account: '111122223333', region: 'us-east-1', nested: () => undefined }], { today: TODAY })];
}

export function compare(cloud: Cloud, base: JsonObject, head: JsonObject, options: Omit<CompareOptions, 'rules'> = {}): DiffReport {
  return compareDeployments(deploymentsOf(cloud, base), deploymentsOf(cloud, head), { rules: RULES, ...options });
}

/** One line per change that counts, for a failing test to show. */
export function told({ changes }: DiffReport): readonly string[] {
  return changes.filter(({ verdict }) => verdict !== 'neutral').map(({ verdict, id, what }) => `${verdict} ${id}: ${what}`.slice(0, 400));
}

type Tree = { [key: string]: Tree } & { [Symbol.iterator]?: never };
const reversed = (text: string): string => text.split('').reverse().join('');

/** The shipped workload file with a change, as a developer would edit it. */
const VARIANTS = {
  /** One more release on every cloud, approved like the first. */
  measurement: (workload: Tree): void => {
    const add = (cloud: string, change: (release: Tree) => void): void => {
      const release = structuredClone(workload['measurements']![cloud]!['inference-1']) as Tree;
      Object.assign(release, { approved: '2026-11-20' });
      change(release);
      workload['measurements']![cloud]!['inference-2'] = release;
    };
    add('aws', (release) => {
      const output = release['output'] as unknown as { Measurements: Record<string, string> };
      for (const pcr of ['PCR0', 'PCR1', 'PCR2']) output.Measurements[pcr] = reversed(output.Measurements[pcr]!);
      const image = release['artifact'] as unknown as Record<string, string>;
      Object.assign(image, { key: 'inference/2/inference.eif', versionId: 'aaaaBBBBcccc', sha256: reversed(image['sha256']!) });
    });
    add('azure', (release) => {
      const id = '11111111-2222-4333-8444-555555555555';
      const output = release['output']!;
      Object.assign(output, { 'x-ms-azurevm-vmid': id });
      const tee = output['x-ms-isolation-tee']!;
      Object.assign(tee['x-ms-runtime']!['vm-configuration']!, { vmUniqueId: id });
      Object.assign(tee, { 'x-ms-sevsnpvm-launchmeasurement': reversed(tee['x-ms-sevsnpvm-launchmeasurement'] as unknown as string) });
    });
    add('gcp', (release) => {
      Object.assign(release, { output: (release['output'] as unknown as string).replace(/sha256:(.*)/, (_, digest: string) => `sha256:${reversed(digest)}`) });
    });
  },
  /** Bigger machines, more of them. */
  size: (workload: Tree): void => {
    const { aws, azure, gcp } = workload['clouds'] as { aws: Tree; azure: Tree; gcp: Tree };
    Object.assign(aws, { instance: 'm6i.4xlarge', instances: { min: 2, max: 6 } });
    Object.assign(aws['enclave']!, { vcpus: 6 });
    Object.assign(azure, { instance: 'Standard_DC8as_v5' });
    Object.assign(gcp, { instance: 'c3-standard-8' });
  },
} as const;

/** Folder with the artifacts of a variant of the shipped workload; synthesized once per run of the tests. */
export function variant(name: keyof typeof VARIANTS): string {
  const folder = join(shipped(), '..', `diff-${name}`);
  const done = join(folder, 'done');
  const out = join(folder, 'out');
  if (existsSync(done)) return out;
  mkdirSync(folder, { recursive: true });
  const workload = parse(readFileSync(join(ROOT, 'workload.yaml'), 'utf8')) as Tree;
  VARIANTS[name](workload);
  const file = join(folder, 'workload.json');
  writeFileSync(file, JSON.stringify(workload));
  const { status, stderr } = spawnSync(process.execPath, [join(ROOT, 'constructs', 'compliance', 'bin.js'), 'synth', '--workload', file, '--out', out], { cwd: ROOT, encoding: 'utf8' });
  if (status !== 0 && status !== 1) throw new Error(`synth of the variant ${name} ended with ${status}: ${stderr}`);
  writeFileSync(done, '');
  return out;
}
