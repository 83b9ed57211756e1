import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildApp, type BuildAppProps } from '../../cdk/app.js';
import type { Workload } from '../../constructs/workload/index.js';
import { pcr, TODAY, WORKLOAD } from '../compliance/workload-fixture.js';

/** The fixture workload with a signed image: it synthesizes without a warning. */
const r2 = WORKLOAD.measurements.aws['r2'];
export const SIGNED: Workload = {
  ...WORKLOAD,
  measurements: { ...WORKLOAD.measurements, aws: { ...WORKLOAD.measurements.aws, ...(r2?.kind === 'nitro-enclave' && { r2: { ...r2, pcrs: { ...r2.pcrs, PCR8: pcr('f') } } }) } },
};

export interface TemplateResource {
  readonly Type: string;
  readonly Properties: Record<string, never>;
  readonly DependsOn?: readonly string[];
  readonly DeletionPolicy?: string;
}

/** One synthesized template, as CloudFormation gets it. */
export interface Template {
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Metadata: Readonly<Record<string, unknown>>;
}

/** Synthesizes the fixture workload with some changes; every gate runs. */
export function synth(changes: Partial<Workload> = {}, props: Omit<BuildAppProps, 'workload' | 'outdir'> = {}): { readonly outdir: string; readonly template: (stack?: string) => Template } {
  const outdir = mkdtempSync(join(tmpdir(), 'tee-kit-aws-'));
  buildApp({ workload: { ...SIGNED, ...changes }, outdir, today: TODAY, ...props }).app.synth();
  return { outdir, template: (stack = 'inference') => JSON.parse(readFileSync(join(outdir, `${stack}.template.json`), 'utf8')) as Template };
}

/** The resources of one type, with their logical ids. */
export function ofType(template: Template, type: string): readonly (readonly [string, TemplateResource])[] {
  return Object.entries(template.Resources).filter(([, resource]) => resource.Type === type);
}

/** The one resource whose logical id starts with the text. */
export function named(template: Template, type: string, start: string): TemplateResource {
  const found = ofType(template, type).filter(([id]) => id.startsWith(start));
  if (found.length !== 1) throw new Error(`${found.length} of ${type} start with ${start}`);
  return (found[0] as (typeof found)[number])[1];
}
