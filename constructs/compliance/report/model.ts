/** The report as plain data: everything that a page, a comment or an evidence bundle shows, decided before it is rendered. */
import { BAA_TAG_KEYS } from '../../workload/tags.js';
import { CLOUDS, type Cloud, type Workload } from '../../workload/workload.js';
import { SAFEGUARDS, type Safeguard } from '../data/citations.js';
import type { Evaluation } from '../evaluate.js';
import type { ListedExemption } from '../exemptions.js';
import { at, type Deployment, type Finding, type Resource, type SourceLocation, Unknown } from '../model.js';
import { processesPhi } from '../phi.js';
import type { FlowProof, GateChanger, KeyProof, LogProof, NetworkProof } from '../prove/types.js';
import type { Rule } from '../rule.js';
import { taggable, tagsAt } from '../tagging.js';
import { type Irreversible, irreversible } from './irreversible.js';
import { type Release, releasesOf } from './release.js';

/** What `tee-kit prove` decides, as the report needs it. */
export interface Proved {
  readonly keys: readonly KeyProof[];
  readonly network: { readonly flows: readonly FlowProof[]; readonly clouds: Partial<Readonly<Record<Cloud, { readonly verdict: NetworkProof['verdict'] }>>> };
  readonly logs: readonly LogProof[];
  readonly unproved: readonly { readonly cloud: Cloud; readonly resource: string; readonly reason: string }[];
}

/** One artifact file with its SHA-256 in hex. */
export interface Input {
  readonly file: string;
  readonly sha256: string;
}

/** Everything that was read and decided. */
export interface Gathered {
  readonly deployments: readonly Deployment[];
  readonly inputs: readonly Input[];
  /** Files of a folder that were left out, with the reason. */
  readonly ignored: readonly string[];
  readonly evaluation: Evaluation;
  readonly exemptions: readonly ListedExemption[];
  readonly proved: Proved;
  readonly rules: readonly Rule[];
  /** ISO date against which expiries are judged. */
  readonly today: string;
  /** Version of the kit. */
  readonly version: string;
}

/**
 * `broken`: something is open. `unknown`: something cannot be decided, to be treated as open. `defects`: every proof holds
 * and a rule fails. `holds`: nothing to object to. `nothing`: the artifacts make no claim about PHI.
 */
export type Level = 'broken' | 'unknown' | 'defects' | 'holds' | 'nothing';

export interface Verdict {
  readonly level: Level;
  /** One sentence. */
  readonly headline: string;
  /** What the headline rests on, worst first. */
  readonly because: readonly string[];
}

/** A principal and every way in which it can change something. */
export interface Changer {
  readonly principal: string;
  readonly via: readonly string[];
}

export interface KeyEntry extends Omit<KeyProof, 'canChangeTheGate'> {
  readonly type: string;
  readonly source: SourceLocation | null;
  readonly changers: readonly Changer[];
  /** Ways in that the artifact declares, or why they cannot be read. */
  readonly releases: readonly Release[] | string;
}

export interface LogEntry extends Omit<LogProof, 'canWeaken'> {
  readonly source: SourceLocation | null;
  readonly changers: readonly Changer[];
}

/** What the reader sees first of one cloud. */
export interface CloudEntry {
  readonly cloud: Cloud;
  readonly resources: number;
  readonly phi: boolean;
  /** Worst state per question; `none` where there is nothing to decide. */
  readonly keys: { readonly verdict: KeyProof['verdict'] | 'none'; readonly total: number; readonly gated: number };
  readonly network: NetworkProof['verdict'] | 'none';
  readonly logs: { readonly verdict: LogProof['verdict'] | 'none'; readonly total: number; readonly immutable: number };
  readonly failed: number;
  readonly unknown: number;
  readonly exempt: number;
}

export interface NetworkEntry {
  readonly cloud: Cloud;
  readonly verdict: NetworkProof['verdict'];
  readonly nodes: readonly { readonly name: string; readonly kind: NodeKind; readonly cidr: string }[];
  readonly flows: readonly FlowProof[];
}
export type NodeKind = 'outside' | 'gateway' | 'tee' | 'phi-store' | 'other' | 'endpoint';

export interface CitationEntry extends Safeguard {
  /** Rules of the kit that cite it. */
  readonly rules: readonly string[];
  /** What a rule found in order, by rule. */
  readonly supports: readonly { readonly rule: string; readonly cloud: Cloud; readonly resources: readonly string[] }[];
  /** Failed and unknown findings of those rules. */
  readonly open: number;
}

export interface BaaEntry {
  readonly cloud: Cloud;
  /** Null where the workload file records none or is not known. */
  readonly record: { readonly reference: string; readonly counterparty: string; readonly effective: string; readonly review: string; readonly daysToReview: number | null } | null;
  readonly workloadKnown: boolean;
  readonly tags: { readonly taggable: number; readonly complete: number; readonly unknown: number; readonly incomplete: readonly { readonly resource: string; readonly missing: readonly string[] }[] };
}

export interface MeasurementEntry {
  readonly cloud: Cloud;
  readonly name: string;
  readonly kind: string;
  readonly values: readonly (readonly [name: string, value: string])[];
  readonly owner: string;
  readonly approvedBy: readonly string[];
  readonly approved: string;
  readonly expires: string;
  readonly status: 'active' | 'retired' | 'revoked';
  /** Whole days until the last day on which it may receive keys; negative when that day is over, null for no date. */
  readonly days: number | null;
}

/** The JSON of one resource that a finding or a proof names. */
export interface ResourceEntry {
  readonly id: string;
  readonly cloud: Cloud;
  readonly type: string;
  readonly file: string;
  readonly source: SourceLocation | null;
  readonly constructPath: string | null;
  readonly json: string;
}

export interface FindingEntry extends Finding {
  readonly title: string;
  readonly why: string;
  /** JSON of what stands at the path; empty when nothing does. */
  readonly value: string;
}

export interface Report {
  readonly version: string;
  readonly today: string;
  readonly workloads: readonly { readonly name: string; readonly environment: string; readonly owner: string; readonly contact: string; readonly classification: string; readonly categories: readonly string[]; readonly retentionDays: number; readonly irreversible: boolean }[];
  readonly verdict: Verdict;
  readonly clouds: readonly CloudEntry[];
  readonly keys: readonly KeyEntry[];
  readonly networks: readonly NetworkEntry[];
  readonly logs: readonly LogEntry[];
  readonly irreversible: readonly (Irreversible & { readonly cloud: Cloud })[];
  readonly citations: readonly CitationEntry[];
  readonly baa: readonly BaaEntry[];
  readonly measurements: readonly MeasurementEntry[];
  readonly exemptions: readonly ListedExemption[];
  /** Failed, unknown and exempt. */
  readonly findings: readonly FindingEntry[];
  readonly warnings: readonly FindingEntry[];
  readonly unproved: Proved['unproved'];
  readonly resources: readonly ResourceEntry[];
  readonly inputs: readonly Input[];
  readonly ignored: readonly string[];
  readonly counts: { readonly resources: number; readonly rules: number; readonly passed: number };
}

const DAY = 86_400_000;

/** Whole days from one ISO date to another; null when either is no date. */
export function daysBetween(from: string, to: string): number | null {
  const days = (Date.parse(to) - Date.parse(from)) / DAY;
  return Number.isFinite(days) ? Math.round(days) : null;
}

export const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

/** Decides what a report says. Pure: the same gathered data give the same report. */
export function reportOf(gathered: Gathered): Report {
  const { deployments, evaluation, exemptions, proved, rules, today } = gathered;
  const clouds = CLOUDS.filter((cloud) => deployments.some((deployment) => deployment.cloud === cloud));
  const index = new Map<string, { readonly deployment: Deployment; readonly resource: Resource }>();
  for (const deployment of deployments) for (const resource of [...deployment.resources, deployment.root]) index.set(`${resource.cloud} ${resource.id}`, { deployment, resource });
  const find = (cloud: Cloud, id: string) => index.get(`${cloud} ${id}`);

  const byRule = new Map(rules.map((rule) => [rule.id, rule]));
  const findingEntry = (finding: Finding): FindingEntry => {
    const rule = byRule.get(finding.rule);
    const resource = find(finding.cloud, finding.resource)?.resource;
    const value = finding.path === '' || !resource ? undefined : (at(resource.properties, finding.path) ?? at(resource.attributes, finding.path));
    return { ...finding, title: rule?.title ?? finding.rule, why: rule?.why ?? '', value: value === undefined ? '' : jsonOf(value) };
  };
  const keys = proved.keys.map(({ canChangeTheGate, ...proof }): KeyEntry => {
    const found = find(proof.cloud, proof.key);
    return {
      ...proof, type: found?.resource.type ?? '', source: found?.resource.source ?? null, changers: changersOf(canChangeTheGate),
      releases: found ? releasesOf(found.deployment, found.resource) : 'the key is not in the artifacts',
    };
  });
  const logs = proved.logs.map(({ canWeaken, ...proof }): LogEntry => ({ ...proof, source: find(proof.cloud, proof.log)?.resource.source ?? null, changers: changersOf(canWeaken) }));
  const entries = clouds.map((cloud) => cloudEntry(cloud, gathered));
  const named = new Set([
    ...[...evaluation.findings, ...evaluation.warnings].map(({ cloud, resource }) => `${cloud} ${resource}`),
    ...keys.map(({ cloud, key }) => `${cloud} ${key}`), ...logs.map(({ cloud, log }) => `${cloud} ${log}`),
    ...proved.unproved.map(({ cloud, resource }) => `${cloud} ${resource}`),
  ]);
  return {
    version: gathered.version,
    today,
    workloads: workloadsOf(deployments).map(({ name, environment, owner, contact, data, retention }) => ({
      name, environment, owner, contact, classification: data.classification, categories: data.phiCategories, retentionDays: retention.days, irreversible: retention.irreversible,
    })),
    verdict: verdictOf(entries, gathered),
    clouds: entries,
    keys,
    networks: clouds.flatMap((cloud) => networkEntry(cloud, gathered)),
    logs,
    irreversible: deployments.flatMap((deployment) => irreversible(deployment).map((entry) => ({ ...entry, cloud: deployment.cloud }))),
    citations: citationEntries(gathered),
    baa: clouds.map((cloud) => baaEntry(cloud, gathered)),
    measurements: measurementEntries(deployments, today),
    exemptions,
    findings: evaluation.findings.map(findingEntry),
    warnings: evaluation.warnings.map(findingEntry),
    unproved: proved.unproved,
    resources: [...index].filter(([id]) => named.has(id)).map(([, { resource }]) => resourceEntry(resource)),
    inputs: gathered.inputs,
    ignored: gathered.ignored,
    counts: { resources: evaluation.resources, rules: evaluation.rules, passed: evaluation.supports.length },
  };
}

function jsonOf(value: unknown): string {
  return JSON.stringify(value, null, 2) ?? '';
}

function resourceEntry({ id, cloud, type, name, properties, attributes, file, source, constructPath }: Resource): ResourceEntry {
  return { id, cloud, type, file, source, constructPath: constructPath ?? null, json: jsonOf({ type, name, properties, ...(Object.keys(attributes).length === 0 ? {} : { attributes }) }) };
}

function changersOf(changers: readonly GateChanger[]): Changer[] {
  const result = new Map<string, string[]>();
  for (const { principal, via } of changers) {
    const known = result.get(principal);
    if (!known) result.set(principal, [via]);
    else if (!known.includes(via)) known.push(via);
  }
  return [...result].map(([principal, via]) => ({ principal, via }));
}

/** Workload files of a run, each once. */
function workloadsOf(deployments: readonly Deployment[]): Workload[] {
  const seen = new Map<string, Workload>();
  for (const { workload } of deployments) if (workload) seen.set(JSON.stringify(workload), workload);
  return [...seen.values()];
}

/** The worst of several states, in the order given; `none` for no state. */
function worst<T extends string>(states: readonly T[], order: readonly T[]): T | 'none' {
  return order.find((state) => states.includes(state)) ?? 'none';
}

function cloudEntry(cloud: Cloud, { deployments, proved, evaluation }: Gathered): CloudEntry {
  const own = deployments.filter((deployment) => deployment.cloud === cloud);
  const phi = own.some(processesPhi);
  const keys = proved.keys.filter((key) => key.cloud === cloud);
  const logs = proved.logs.filter((log) => log.cloud === cloud);
  const flows = proved.network.flows.filter((flow) => flow.cloud === cloud);
  const count = (status: Finding['status']): number => evaluation.findings.filter((finding) => finding.cloud === cloud && finding.status === status).length;
  const verdict = proved.network.clouds[cloud];
  return {
    cloud,
    resources: own.reduce((sum, { resources }) => sum + resources.length, 0),
    phi,
    keys: { verdict: worst(keys.map((key) => key.verdict), ['bypassable', 'unknown', 'gated']), total: keys.length, gated: keys.filter((key) => key.verdict === 'gated').length },
    // A PHI deployment in which no flow was found and a prover that failed are not closed networks.
    network: flows.length === 0 ? (phi || !verdict ? 'unknown' : 'none') : (verdict?.verdict ?? 'unknown'),
    logs: { verdict: worst(logs.map((log) => log.verdict), ['mutable', 'unknown', 'immutable']), total: logs.length, immutable: logs.filter((log) => log.verdict === 'immutable').length },
    failed: count('fail'), unknown: count('unknown'), exempt: count('exempt'),
  };
}

function verdictOf(clouds: readonly CloudEntry[], { proved, evaluation, deployments }: Gathered): Verdict {
  const broken: string[] = [];
  const unknown: string[] = [];
  const bypassable = proved.keys.filter(({ verdict }) => verdict === 'bypassable');
  if (bypassable.length > 0) broken.push(`${bypassable.length} of ${plural(proved.keys.length, 'PHI key')} can be used without approved attestation.`);
  const extra = proved.network.flows.filter(({ status }) => status === 'extra');
  if (extra.length > 0) broken.push(`${plural(extra.length, 'network flow')} that nobody allowed ${extra.length === 1 ? 'is' : 'are'} open.`);
  const mutable = proved.logs.filter(({ verdict }) => verdict === 'mutable');
  if (mutable.length > 0) broken.push(`${mutable.length} of ${plural(proved.logs.length, 'log store')} can be shortened or erased.`);

  const undecided = proved.keys.filter(({ verdict }) => verdict === 'unknown').length;
  if (undecided > 0) unknown.push(`Whether ${undecided} of ${plural(proved.keys.length, 'PHI key')} can be used without attestation cannot be decided.`);
  for (const { cloud, phi, keys, network, logs } of clouds) {
    if (phi && keys.total === 0) unknown.push(`${NAMES[cloud]} processes PHI and no PHI key was found.`);
    if (network === 'unknown') unknown.push(`What can reach what on ${NAMES[cloud]} cannot be decided.`);
    if (logs.verdict === 'unknown') unknown.push(`Whether a log on ${NAMES[cloud]} can be shortened or erased cannot be decided.`);
    if (phi && logs.total === 0) unknown.push(`${NAMES[cloud]} processes PHI and no log store was found.`);
  }
  if (proved.unproved.length > 0) unknown.push(`${plural(proved.unproved.length, 'part')} of the artifacts cannot be read or proved.`);
  const failed = evaluation.findings.filter(({ status }) => status === 'fail');
  const unsure = evaluation.findings.filter(({ status }) => status === 'unknown');
  if (unsure.length > 0) unknown.push(`${plural(unsure.length, 'rule finding')} cannot be decided.`);
  const defects = failed.length === 0 ? [] : [`${plural(failed.length, 'rule finding')} ${failed.length === 1 ? 'fails' : 'fail'}${severities(failed)}.`];

  if (evaluation.resources === 0) return { level: 'unknown', headline: 'Unknown: the artifacts hold no resources.', because: ['Nothing was judged, so nothing is shown to be safe.'] };
  if (!deployments.some(processesPhi)) {
    const because = [...broken, ...unknown, ...defects];
    const level = because.length === 0 ? 'nothing' : broken.length + defects.length > 0 ? 'defects' : 'unknown';
    return {
      level,
      headline: `No PHI workload is declared here, so nothing is claimed about PHI keys.${level === 'defects' ? ' What was judged has defects.' : level === 'unknown' ? ' Not everything could be judged.' : ''}`,
      because: because.length > 0 ? because : ['The rules that need no such claim were applied, and none fails.'],
    };
  }
  if (broken.length > 0) return { level: 'broken', headline: 'Not protected.', because: [...broken, ...unknown, ...defects] };
  if (unknown.length > 0) return { level: 'unknown', headline: 'Unknown. Treat it as not protected.', because: [...unknown, ...defects] };
  const proofs = [
    `${proved.keys.length === 1 ? 'The PHI key is' : `All ${proved.keys.length} PHI keys are`} released only to approved, attested code.`,
    'No network flow is open that the workload file does not allow.',
    `${proved.logs.length === 1 ? 'The log store' : `All ${proved.logs.length} log stores`} can be neither shortened nor erased.`,
  ];
  if (failed.length > 0) return { level: 'defects', headline: `The proofs hold; ${plural(failed.length, 'rule finding')} must be fixed.`, because: [...defects, ...proofs] };
  return { level: 'holds', headline: 'Protected: every proof holds and no rule fails.', because: proofs };
}

function severities(findings: readonly Finding[]): string {
  const counts = (['critical', 'high', 'medium', 'low'] as const).map((severity) => [findings.filter((finding) => finding.severity === severity).length, severity] as const).filter(([count]) => count > 0);
  return ` (${counts.map(([count, severity]) => `${count} ${severity}`).join(', ')})`;
}

export const NAMES: Readonly<Record<Cloud, string>> = { aws: 'AWS', azure: 'Azure', gcp: 'Google Cloud' };

function networkEntry(cloud: Cloud, { deployments, proved }: Gathered): NetworkEntry[] {
  const flows = proved.network.flows.filter((flow) => flow.cloud === cloud);
  const segments = new Map(deployments.filter((deployment) => deployment.cloud === cloud).flatMap(({ workload }) => Object.entries(workload?.segments ?? {})));
  if (flows.length === 0 && segments.size === 0) return [];
  const names = [...new Set([...segments.keys(), ...flows.flatMap(({ from, to }) => [from, to])])];
  const kindOf = (name: string): NodeKind => {
    const segment = segments.get(name);
    if (segment) return segment.purpose;
    if (name.startsWith('endpoint:')) return 'endpoint';
    return /^(internet|peering)/.test(name) ? 'outside' : 'other';
  };
  const order: readonly NodeKind[] = ['outside', 'gateway', 'tee', 'phi-store', 'other', 'endpoint'];
  const nodes = names.map((name) => ({ name, kind: kindOf(name), cidr: segments.get(name)?.cidr ?? '' }))
    .sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const verdict = flows.length === 0 ? 'unknown' : (proved.network.clouds[cloud]?.verdict ?? 'unknown');
  return [{ cloud, verdict, nodes, flows }];
}

function citationEntries({ rules, evaluation }: Gathered): CitationEntry[] {
  const known = new Set(SAFEGUARDS.map(({ citation }) => citation));
  const others = [...new Set(rules.flatMap(({ citations }) => citations))].filter((citation) => !known.has(citation)).sort();
  const supported = new Map<string, Map<Cloud, Set<string>>>();
  for (const { rule, cloud, resource } of evaluation.supports) {
    let clouds = supported.get(rule);
    if (!clouds) supported.set(rule, (clouds = new Map()));
    let resources = clouds.get(cloud);
    if (!resources) clouds.set(cloud, (resources = new Set()));
    resources.add(resource);
  }
  return [...SAFEGUARDS, ...others.map((citation): Safeguard => ({ citation, title: '', kind: 'standard' }))].map((safeguard) => {
    const citing = rules.filter(({ citations }) => citations.includes(safeguard.citation)).map(({ id }) => id);
    return {
      ...safeguard,
      rules: citing,
      supports: citing.flatMap((rule) => [...(supported.get(rule) ?? [])].map(([cloud, resources]) => ({ rule, cloud, resources: [...resources].sort() }))),
      open: evaluation.findings.filter(({ rule, status }) => status !== 'exempt' && citing.includes(rule)).length,
    };
  });
}

function baaEntry(cloud: Cloud, { deployments, today }: Gathered): BaaEntry {
  const own = deployments.filter((deployment) => deployment.cloud === cloud);
  const workload = own.find((deployment) => deployment.workload)?.workload;
  const record = workload?.baa[cloud];
  let total = 0;
  let complete = 0;
  let unknown = 0;
  const incomplete: { resource: string; missing: readonly string[] }[] = [];
  for (const deployment of own) {
    for (const [resource, property] of taggable(deployment)) {
      total++;
      const tags = tagsAt(resource, property);
      if (tags instanceof Unknown) {
        unknown++;
        continue;
      }
      const missing = BAA_TAG_KEYS.filter((key) => !tags.has(key) || tags.get(key) === '');
      if (missing.length === 0) complete++;
      else incomplete.push({ resource: resource.id, missing });
    }
  }
  return {
    cloud,
    record: record ? { ...record, daysToReview: daysBetween(today, record.review) } : null,
    workloadKnown: workload !== undefined,
    tags: { taggable: total, complete, unknown, incomplete },
  };
}

function measurementEntries(deployments: readonly Deployment[], today: string): MeasurementEntry[] {
  const entries = workloadsOf(deployments).flatMap((workload) => CLOUDS.flatMap((cloud) => (
    deployments.some((deployment) => deployment.cloud === cloud && deployment.workload && JSON.stringify(deployment.workload) === JSON.stringify(workload))
      ? Object.entries(workload.measurements[cloud]).map(([name, measurement]): MeasurementEntry => ({
        cloud, name, kind: measurement.kind,
        values: measurement.kind === 'azure-guest' ? Object.entries(measurement.claims).map(([claim, value]) => [claim, String(value)])
          : measurement.kind === 'confidential-space' ? [['image', measurement.image], ['digest', measurement.imageDigest]]
            : Object.entries(measurement.pcrs),
        owner: measurement.owner, approvedBy: measurement.approvedBy, approved: measurement.approved, expires: measurement.expires, status: measurement.status,
        days: daysBetween(today, measurement.expires),
      }))
      : []
  )));
  return entries;
}
