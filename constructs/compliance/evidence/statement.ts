/** The in-toto statement of an evidence bundle, as plain data. */
import { CLOUDS, type Cloud, type Workload } from '../../workload/workload.js';
import type { ListedExemption } from '../exemptions.js';
import type { Finding } from '../model.js';
import type { Gathered, MeasurementEntry, Proved, Verdict } from '../report/model.js';
import { reportOf } from '../report/model.js';

export const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';
export const PREDICATE_TYPE = 'urn:tee-kit:predicate:evidence:v1';

/** Six calendar years with two leap days, 45 CFR 164.316(b)(2)(i). */
export const RETENTION_DAYS = 2192;

/** A file of the bundle, by its path in it. */
export interface Subject {
  readonly name: string;
  readonly digest: { readonly sha256: string };
}

export interface Predicate {
  readonly version: 1;
  readonly tool: { readonly name: 'tee-kit'; readonly version: string };
  /** ISO date against which expiries were judged. */
  readonly judged: string;
  readonly verdict: Verdict;
  /** The paths that were named. */
  readonly paths: readonly string[];
  /** Where each artifact lay when it was read, and where the bundle has it. */
  readonly artifacts: readonly { readonly file: string; readonly copy: string; readonly sha256: string }[];
  /** The workload files that govern, as validated. */
  readonly workloads: readonly Workload[];
  readonly proofs: Proved;
  readonly findings: readonly Finding[];
  readonly warnings: readonly Finding[];
  readonly exemptions: readonly ListedExemption[];
  readonly measurements: readonly MeasurementEntry[];
  readonly citations: readonly { readonly citation: string; readonly supports: readonly { readonly rule: string; readonly cloud: Cloud; readonly resources: readonly string[] }[] }[];
  readonly retention: Retention;
}

/** How long the bundle is kept, and where the deployment that it describes has a place for it. */
export interface Retention {
  readonly days: number;
  /** ISO date of the last day. */
  readonly until: string;
  readonly citation: string;
  /** Log stores of the artifacts that no principal can shorten and that keep long enough, one or more per cloud. */
  readonly stores: readonly { readonly cloud: Cloud; readonly resource: string; readonly days: number }[];
  /** Clouds of the artifacts that have no such store. */
  readonly missing: readonly Cloud[];
}

export interface Statement {
  readonly _type: typeof STATEMENT_TYPE;
  readonly subject: readonly Subject[];
  readonly predicateType: typeof PREDICATE_TYPE;
  readonly predicate: Predicate;
}

export function retentionOf({ deployments, proved, today }: Pick<Gathered, 'deployments' | 'proved' | 'today'>): Retention {
  const stores = proved.logs.flatMap(({ cloud, log, verdict, days }) => (verdict === 'immutable' && days !== null && days >= RETENTION_DAYS ? [{ cloud, resource: log, days }] : []));
  return {
    days: RETENTION_DAYS,
    until: new Date(Date.parse(today) + RETENTION_DAYS * 86_400_000).toISOString().slice(0, 10),
    citation: '45 CFR 164.316(b)(2)(i)',
    stores,
    missing: CLOUDS.filter((cloud) => deployments.some((deployment) => deployment.cloud === cloud) && !stores.some((store) => store.cloud === cloud)),
  };
}

/** The statement over a bundle's files. Pure: the same input gives the same bytes. */
export function statementOf(gathered: Gathered, subjects: readonly Subject[], { paths, artifacts }: Pick<Predicate, 'paths' | 'artifacts'>): Statement {
  const report = reportOf(gathered);
  const workloads = new Map(gathered.deployments.flatMap(({ workload }) => (workload ? [[JSON.stringify(workload), workload] as const] : [])));
  return {
    _type: STATEMENT_TYPE,
    subject: [...subjects].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)),
    predicateType: PREDICATE_TYPE,
    predicate: {
      version: 1,
      tool: { name: 'tee-kit', version: gathered.version },
      judged: gathered.today,
      verdict: report.verdict,
      paths,
      artifacts,
      workloads: [...workloads.values()],
      proofs: gathered.proved,
      findings: gathered.evaluation.findings,
      warnings: gathered.evaluation.warnings,
      exemptions: gathered.exemptions,
      measurements: report.measurements,
      citations: report.citations.flatMap(({ citation, supports }) => (supports.length === 0 ? [] : [{ citation, supports }])),
      retention: retentionOf(gathered),
    },
  };
}
