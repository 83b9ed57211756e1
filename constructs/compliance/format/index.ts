import { checkJunit } from './junit.js';
import { inventoryCsv } from './csv.js';
import { assessmentResults, componentDefinition } from './oscal.js';
import type { CheckRun } from './run.js';
import { checkSarif } from './sarif.js';

export type { CheckRun } from './run.js';

/** Formats of `tee-kit check` that other tools read. */
export const MACHINE_FORMATS = ['sarif', 'junit', 'oscal-ar', 'oscal-cd', 'inventory'] as const;
export type MachineFormat = (typeof MACHINE_FORMATS)[number];

export function formatCheck(format: MachineFormat, run: CheckRun): string {
  switch (format) {
    case 'sarif': return json(checkSarif(run));
    case 'junit': return checkJunit(run);
    case 'oscal-ar': return json(assessmentResults(run));
    case 'oscal-cd': return json(componentDefinition(run));
    case 'inventory': return inventoryCsv(run);
  }
}

const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;
