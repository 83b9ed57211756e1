import { executeProgram, type Preview } from '../../constructs/compliance/adapters/pulumi-preview.js';
import { pulumiResource } from '../../constructs/compliance/read/preview.js';
import { Deployment, type Properties, type Resource, type Value } from '../../constructs/compliance/model.js';
import type { GcpPlacement, Workload } from '../../constructs/workload/workload.js';
import { deploy } from '../../pulumi/gcp/index.js';
import { TODAY, WORKLOAD } from '../compliance/workload-fixture.js';

/** The fixture workload with changes to its Google Cloud placement. */
export function gcpWorkload(placement: Partial<GcpPlacement> = {}, changes: Partial<Workload> = {}): Workload {
  const base = WORKLOAD.clouds.gcp;
  if (!base) throw new Error('the fixture workload has no Google Cloud placement');
  return { ...WORKLOAD, ...changes, clouds: { gcp: { ...base, ...placement } } };
}

/** Executes a program with no engine. */
export async function execute(program: () => void): Promise<Preview> {
  return executeProgram({ project: 'tee-kit', stack: 'gcp', config: { 'tee-kit:cloud': 'gcp' }, program: () => program });
}

const executed = new Map<string, Promise<Preview>>();

/** The shipped Google Cloud program on a workload, executed once for each: read only. */
export function executeWorkload(workload: Workload): Promise<Preview> {
  const key = JSON.stringify(workload);
  let preview = executed.get(key);
  if (!preview) executed.set(key, (preview = execute(() => { deploy(workload); })));
  return preview;
}

export function resourcesOf(preview: Preview): Resource[] {
  return preview.steps.map(({ urn, newState }) => {
    const { inputs, type, custom: _custom, urn: _urn, ...attributes } = newState;
    return pulumiResource('gcp', 'preview.json', { urn, type, inputs: inputs as Value, attributes: attributes as unknown as Properties });
  });
}

export function deploymentOf(preview: Preview, workload: Workload | null): Deployment {
  return new Deployment('gcp', resourcesOf(preview), workload, TODAY);
}
