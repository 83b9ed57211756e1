import type { Preview } from '../../../../constructs/compliance/adapters/pulumi-preview.js';
import { Deployment, type Value } from '../../../../constructs/compliance/model.js';
import { pulumiResource } from '../../../../constructs/compliance/read/preview.js';
import type { Workload } from '../../../../constructs/workload/workload.js';
import { resourcesOf } from '../../../gcp/preview.js';
import { TODAY } from '../../workload-fixture.js';

export type Inputs = Record<string, unknown>;
export interface Edit {
  /** Changes the inputs of the one resource of a type whose name is given: `CryptoKey phi-key`. */
  readonly edit?: Readonly<Record<string, (inputs: Inputs) => void>>;
  readonly remove?: readonly string[];
  readonly add?: readonly (readonly [type: string, name: string, inputs: Value])[];
}

/** The deployment of an executed preview after edits. */
export function edited(preview: Preview, { edit = {}, remove = [], add = [] }: Edit, workload: Workload | null): Deployment {
  const key = (step: { newState: { type: string }; urn: string }): string => `${step.newState.type.split(':').at(-1) ?? ''} ${step.urn.split('::').at(-1) ?? ''}`;
  const copy = structuredClone(preview);
  for (const name of [...Object.keys(edit), ...remove]) if (!copy.steps.some((step) => key(step) === name)) throw new Error(`no ${name}`);
  for (const step of copy.steps) edit[key(step)]?.(step.newState.inputs as Inputs);
  const resources = resourcesOf({ ...copy, steps: copy.steps.filter((step) => !remove.includes(key(step))) });
  for (const [type, name, inputs] of add) resources.push(pulumiResource('gcp', 'preview.json', { urn: `urn:pulumi:gcp::tee-kit::${type}::${name}`, type, inputs, attributes: {} }));
  return new Deployment('gcp', resources, workload, TODAY);
}

/** Sets one input at a dotted path. */
export const set = (name: string, path: string, value: unknown): Edit => ({
  edit: {
    [name]: (inputs) => {
      const steps = path.split('.');
      let current = inputs;
      for (const step of steps.slice(0, -1)) current = (current[step] ??= {}) as Inputs;
      if (value === undefined) delete current[steps.at(-1) as string];
      else current[steps.at(-1) as string] = value;
    },
  },
});

/** Several edits, one after the other. */
export const both = (...edits: Edit[]): Edit => ({
  edit: Object.fromEntries([...new Set(edits.flatMap((one) => Object.keys(one.edit ?? {})))].map((name) => [name, (inputs: Inputs) => { for (const one of edits) one.edit?.[name]?.(inputs); }])),
  remove: edits.flatMap((one) => one.remove ?? []),
  add: edits.flatMap((one) => one.add ?? []),
});
