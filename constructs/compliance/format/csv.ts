import { Unknown } from '../model.js';
import { prove } from '../prove/index.js';
import { KEY_PURPOSE_TAG } from '../../workload/tags.js';
import { tagsOf } from '../phi.js';
import type { CheckRun } from './run.js';

const COLUMNS = [
  'record', 'cloud', 'id', 'type', 'name', 'workload', 'environment', 'owner', 'classification', 'phi_categories', 'key_purpose',
  'from', 'to', 'ports', 'status', 'via', 'rules_passed', 'rules_failed', 'rules_unknown', 'rules_exempt', 'file', 'source',
] as const;
type Row = Partial<Readonly<Record<(typeof COLUMNS)[number], string | number>>>;

/**
 * `tee-kit check --format inventory`: the asset inventory (one row `asset` per resource) and the network map (one row
 * `flow` per edge that is allowed or works). CSV after RFC 4180 in UTF-8.
 */
export function inventoryCsv({ deployments, evaluation, report }: CheckRun): string {
  const counts = new Map<string, { passed: number; fail: number; unknown: number; exempt: number }>();
  const of = (cloud: string, id: string) => {
    let known = counts.get(`${cloud} ${id}`);
    if (!known) counts.set(`${cloud} ${id}`, (known = { passed: 0, fail: 0, unknown: 0, exempt: 0 }));
    return known;
  };
  for (const { cloud, resource } of evaluation.supports) of(cloud, resource).passed++;
  for (const { cloud, resource, status } of report.findings) of(cloud, resource)[status]++;
  const rows: Row[] = [];
  for (const deployment of deployments) {
    const { cloud, workload } = deployment;
    for (const resource of deployment.resources) {
      const tags = tagsOf(resource);
      const tag = (name: string): string => {
        const value = tags instanceof Unknown ? tags : tags[name];
        return typeof value === 'string' ? value : value instanceof Unknown ? 'unknown' : '';
      };
      const { passed, fail, unknown, exempt } = of(cloud, resource.id);
      rows.push({
        record: 'asset', cloud, id: resource.id, type: resource.type, name: resource.name, workload: tag('phi-workload') || (workload?.name ?? ''),
        environment: tag('phi-environment') || (workload?.environment ?? ''), owner: tag('phi-owner') || (workload?.owner ?? ''), classification: tag('phi-classification'),
        phi_categories: tag('phi-categories'), key_purpose: tag(KEY_PURPOSE_TAG), rules_passed: passed, rules_failed: fail, rules_unknown: unknown, rules_exempt: exempt,
        file: resource.file, source: resource.source ? `${resource.source.file}:${resource.source.line}` : '',
      });
    }
    let flows: ReturnType<typeof prove>['network']['flows'];
    try {
      flows = prove(deployment).network.flows;
    } catch (error) {
      rows.push({ record: 'flow', cloud, status: 'unknown', via: `the proof failed: ${error instanceof Error ? error.message : String(error)}` });
      continue;
    }
    for (const { from, to, ports, status, via } of flows) rows.push({ record: 'flow', cloud, from, to, ports, status, via, workload: workload?.name ?? '' });
  }
  return [COLUMNS.join(','), ...rows.map((row) => COLUMNS.map((column) => cell(row[column])).join(','))].map((line) => `${line}\r\n`).join('');
}

/** Quoted where needed; a spreadsheet must not take a name for a formula. */
function cell(value: string | number | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}
