import { proveReport } from '../cli/prove.js';
import { evaluate, type Evaluation } from '../evaluate.js';
import { Exemptions } from '../exemptions.js';
import { type Cloud, Deployment } from '../model.js';
import type { Rule } from '../rule.js';
import { type Decisions, compareExemptions } from './exemptions.js';
import { compareDestruction } from './destroy.js';
import { match, type Matching } from './match.js';
import { compareProofs } from './proofs.js';
import { compareReleases } from './release.js';
import { compareRules } from './rules.js';
import { compareSettings } from './settings.js';
import type { Allowance, Change, ChangeVerdict, DiffReport, Draft } from './types.js';
import { compareWalls } from './walls.js';
import { compareWorkloads } from './workload.js';

export type * from './types.js';
export type { Decisions } from './exemptions.js';

export interface CompareOptions {
  readonly rules: readonly Rule[];
  /** Exemptions and acknowledgements on both sides. Default: none. */
  readonly decisions?: { readonly base: Decisions; readonly head: Decisions } | undefined;
  /** Changes that somebody lets through. Default: none. */
  readonly allow?: readonly Allowance[] | undefined;
}

const RANK: Readonly<Record<ChangeVerdict, number>> = { weaker: 0, unknown: 1, stronger: 2, neutral: 3 };

/**
 * What a change does to the protection of PHI: compares what the proofs and the rules say of two deployments, resources
 * matched by what they are, and judges what neither can see. Pure; both sides are judged against their own date.
 */
export function compareDeployments(base: readonly Deployment[], head: readonly Deployment[], options: CompareOptions): DiffReport {
  const drafts: { readonly draft: Draft; readonly matching: Matching }[] = [];
  const exemptions = options.decisions && new Exemptions(options.decisions.head.exemptions, { rules: options.rules, today: head[0]?.today ?? '', base: options.decisions.base.exemptions, acknowledgements: options.decisions.head.acknowledgements });
  for (const [before, after] of paired(base, head)) {
    const matching = match(before, after);
    for (const draft of compareOne(before, matching, options.rules, exemptions)) drafts.push({ draft, matching });
  }
  const cloud = (head[0] ?? base[0])?.cloud ?? 'aws';
  if (options.decisions) {
    const empty = new Deployment(cloud, [], null, '');
    const matching = match(empty, empty);
    for (const draft of compareExemptions(options.decisions.base, options.decisions.head, cloud)) drafts.push({ draft, matching });
  }
  const { changes, unused } = allowed(dedupe(drafts.map(({ draft, matching }) => changeOf(draft, matching, options))), drafts.map(({ draft }) => draft), options);
  const counted = changes.filter((change) => change.allowed === null);
  const verdict = counted.reduce<ChangeVerdict>((worst, change) => (RANK[change.verdict] < RANK[worst] ? change.verdict : worst), 'neutral');
  return {
    version: 1,
    verdict,
    changes: [...changes].sort((a, b) => RANK[a.verdict] - RANK[b.verdict] || (a.id < b.id ? -1 : 1)),
    proofs: { before: proveReport(base), after: proveReport(head) },
    exemptions: exemptions?.list() ?? [],
    unusedAllowances: unused,
  };
}

/** Deployments of one cloud against each other, in the order in which they were read; what is alone faces nothing. */
function paired(base: readonly Deployment[], head: readonly Deployment[]): (readonly [Deployment, Deployment])[] {
  const clouds = new Set<Cloud>([...base, ...head].map(({ cloud }) => cloud));
  return [...clouds].flatMap((cloud) => {
    const before = base.filter((one) => one.cloud === cloud);
    const after = head.filter((one) => one.cloud === cloud);
    const rest = new Set(after);
    const pairs: (readonly [Deployment, Deployment])[] = [];
    for (const one of before) {
      const ids = new Set(one.resources.map(({ id }) => id));
      const likest = [...rest].map((other) => [other, other.resources.filter(({ id }) => ids.has(id)).length] as const).sort((a, b) => b[1] - a[1])[0]?.[0];
      if (likest) rest.delete(likest);
      pairs.push([one, likest ?? new Deployment(cloud, [], null, one.today)]);
    }
    for (const other of rest) pairs.push([new Deployment(cloud, [], null, other.today), other]);
    return pairs;
  });
}

function compareOne(base: Deployment, matching: Matching, rules: readonly Rule[], exemptions: Exemptions | undefined): Draft[] {
  const { aligned: head } = matching;
  const [was, now] = [proveReport([base]), proveReport([head])];
  const proofs = compareProofs(base, was, head, now);
  const logs = new Set([...was.logs, ...now.logs].map(({ log }) => log));
  const workload = compareWorkloads(base.cloud, base.workload, head.workload, head.today);
  const [before, after] = [evaluate([base], { rules }), evaluate([head], { rules })];
  const outcomes = compareRules(before, after, base, head, rules);
  const unseen = [...compareDestruction(base, matching, logs), ...compareSettings(base, matching, logs), ...compareWalls(base, matching), ...compareReleases(base, matching)];
  return settle([...proofs, ...workload, ...unseen], outcomes, standing(after, matching, rules, exemptions));
}

/** Findings that an exemption of both sides already covers, as `rule resource`. */
function standing({ findings }: Evaluation, { aligned, original }: Matching, rules: readonly Rule[], exemptions: Exemptions | undefined): ReadonlySet<string> {
  const covered = new Set<string>();
  if (!exemptions) return covered;
  for (const finding of findings) {
    const rule = rules.find(({ id }) => id === finding.rule);
    const resource = aligned.byId.get(finding.resource) ?? aligned.root;
    if (rule && exemptions.covers(rule, original.get(resource) ?? resource)) covered.add(`${finding.rule} ${finding.resource}`);
  }
  return covered;
}

/** Rules that report what a proof decides: where the proof's change is listed, theirs would say it twice. */
const OF_PROOFS: ReadonlySet<string> = new Set(['phi-key-release-attested', 'key-release-defence-in-depth', 'key-unattested-use-denied', 'key-side-doors-denied', 'gate-change-denied', 'gate-change-restricted', 'network-flows-match-workload', 'audit-log-immutable', 'log-change-restricted', 'audit-log-retention', 'measurement-approved', 'artifact-readable']);

function settle(proved: readonly Draft[], outcomes: readonly Draft[], exempt: ReadonlySet<string>): Draft[] {
  // A flow of the workload file that the proof also found is one change.
  const flows = new Set(proved.filter(({ kind, after, before }) => kind === 'flow' && (after ?? before ?? '').includes(' via ')).map(({ resource, detail, verdict }) => `${resource} ${detail ?? ''} ${verdict}`));
  const result = proved.filter(({ kind, resource, detail, verdict, after, before }) => kind !== 'flow' || (after ?? before ?? '').includes(' via ') || !flows.has(`${resource} ${detail ?? ''} ${verdict}`));
  for (const draft of outcomes) {
    if (draft.verdict === 'weaker' && exempt.has(`${draft.rule ?? ''} ${draft.resource}`)) {
      result.push({ ...draft, verdict: 'neutral', what: `${draft.what} (an exemption of the base covers it)` });
    } else if (!OF_PROOFS.has(draft.rule ?? '') || !result.some(({ kind, rule, verdict }) => kind !== 'rule' && rule === draft.rule && RANK[verdict] <= RANK[draft.verdict])) result.push(draft);
  }
  return result;
}

function changeOf(draft: Draft, { aligned, renamed, original }: Matching, { rules }: CompareOptions): Change {
  const rule = rules.find(({ id }) => id === draft.rule);
  const resource = aligned.byId.get(draft.resource);
  return {
    id: [draft.cloud, draft.kind, draft.rule && draft.kind === 'rule' ? draft.rule : '', draft.resource, draft.detail ?? ''].filter((part) => part !== '').join(' '),
    kind: draft.kind, verdict: draft.verdict, cloud: draft.cloud,
    resource: renamed.get(draft.resource) ?? (resource ? (original.get(resource)?.id ?? draft.resource) : draft.resource),
    what: draft.what, before: draft.before ?? null, after: draft.after ?? null,
    rule: draft.rule ?? null, citations: rule?.citations ?? [], witness: draft.witness ?? null, source: resource?.source ?? null, allowed: null,
  };
}

function dedupe(changes: readonly Change[]): Change[] {
  const byId = new Map<string, Change>();
  for (const change of changes) {
    const key = `${change.id} ${change.verdict}`;
    if (!byId.has(key)) byId.set(key, change);
  }
  return [...byId.values()];
}

function allowed(changes: readonly Change[], drafts: readonly Draft[], { allow = [] }: CompareOptions): { changes: Change[]; unused: { change: string; note: string }[] } {
  const final = new Set(drafts.filter((draft) => draft.final).map(({ cloud, kind, resource, detail }) => `${cloud} ${kind} ${resource} ${detail ?? ''}`.trim()));
  const used = new Set<Allowance>();
  const unused: { change: string; note: string }[] = [];
  const result = changes.map((change) => {
    const allowance = allow.find((one) => one.change === change.id);
    if (!allowance || (change.verdict !== 'weaker' && change.verdict !== 'unknown')) return change;
    used.add(allowance);
    if (final.has(change.id)) {
      unused.push({ change: change.id, note: 'cannot be allowed: the head fails a rule that cannot be waived' });
      return change;
    }
    return { ...change, allowed: { reason: allowance.reason, approver: allowance.approver } };
  });
  for (const one of allow) if (!used.has(one)) unused.push({ change: one.change, note: 'names no weakening of this diff' });
  return { changes: result, unused };
}
