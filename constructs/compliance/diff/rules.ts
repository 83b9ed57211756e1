import type { Evaluation } from '../evaluate.js';
import type { Deployment, Finding } from '../model.js';
import type { Rule } from '../rule.js';
import { steady } from './proofs.js';
import type { Draft } from './types.js';

/** Rules whose findings the proofs compare better: a missing flow is no weakening. */
const SKIPPED: ReadonlySet<string> = new Set(['network-flows-match-workload']);

/** Compares the outcomes of every rule on every resource. A finding that the base has too is no change. */
export function compareRules(before: Evaluation, after: Evaluation, base: Deployment, head: Deployment, rules: readonly Rule[]): Draft[] {
  const drafts: Draft[] = [];
  const waivable = new Map(rules.map(({ id, waivable: value }) => [id, value]));
  const [old, fresh] = [outcomes(before), outcomes(after)];
  for (const [key, now] of fresh) {
    const was = old.get(key);
    if (SKIPPED.has(now.rule)) continue;
    const gained = now.findings.filter((finding) => !was?.texts.has(text(finding)));
    const of = { cloud: head.cloud, resource: now.resource, kind: 'rule', rule: now.rule } as const;
    const failing = gained.find(({ status }) => status === 'fail');
    const doubtful = gained.find(({ status }) => status === 'unknown');
    const lost = was?.findings.filter((finding) => !now.texts.has(text(finding))) ?? [];
    const outcome = (finding: Finding | undefined): string | null => (finding ? `${finding.status}: ${finding.message}` : null);
    const earlier = lost[0] ? outcome(lost[0]) : was?.passed ? 'pass' : null;
    if (failing) {
      // The same place failed before, for another reason: which is worse cannot be told.
      const differs = lost.some(({ status, path }) => status === 'fail' && steady(path) === steady(failing.path));
      drafts.push({ ...of, verdict: differs ? 'unknown' : 'weaker', detail: steady(failing.path), what: differs ? `fails ${now.rule} in another way: ${failing.message}` : `fails ${now.rule}: ${failing.message}`, before: earlier, after: outcome(failing), final: waivable.get(now.rule) === false && !differs });
    } else if (doubtful) {
      drafts.push({ ...of, verdict: 'unknown', detail: steady(doubtful.path), what: `${now.rule} cannot be decided: ${doubtful.message}`, before: earlier, after: outcome(doubtful) });
    } else if (lost.length > 0 && gained.length === 0) {
      drafts.push({ ...of, verdict: 'stronger', detail: steady(lost[0]?.path ?? ''), what: `no longer fails ${now.rule}: ${lost[0]?.message ?? ''}`, before: earlier, after: now.findings.length === 0 ? 'pass' : outcome(now.findings[0]) });
    }
  }
  // Some rules pass one resource for its whole service: which one is a matter of order.
  const service = (id: string): string => (base.byId.get(id)?.type ?? head.byId.get(id)?.type ?? '').split(/::?|\//).slice(0, 2).join(' ');
  const typeOf = (id: string): string => head.byId.get(id)?.type ?? '';
  const spoken = new Map<string, number>();
  for (const [key, now] of fresh) {
    if (!now.passed || old.has(key)) continue;
    // What is new speaks for what it took over from another type, a subnet for its network.
    const place = `${now.rule} ${service(now.resource)}${base.byId.has(now.resource) ? '' : ` ${typeOf(now.resource)}`}`;
    spoken.set(place, (spoken.get(place) ?? 0) + 1);
  }
  for (const [key, was] of old) {
    if (fresh.has(key) || SKIPPED.has(was.rule)) continue;
    const exists = was.resource === base.root.id || head.byId.has(was.resource);
    const of = { cloud: base.cloud, resource: was.resource, kind: 'rule', rule: was.rule } as const;
    if (!exists) {
      if (was.findings[0]) drafts.push({ ...of, verdict: 'stronger', what: `what failed ${was.rule} is gone`, before: `${was.findings[0].status}: ${was.findings[0].message}`, after: null });
    } else if (was.passed && was.resource !== base.root.id) {
      const place = `${was.rule} ${service(was.resource)}`;
      const taken = [...spoken].find(([other, left]) => left > 0 && (other === place || (other.startsWith(`${place} `) && other !== `${place} ${typeOf(was.resource)}`)));
      if (taken) spoken.set(taken[0], taken[1] - 1);
      else drafts.push({ ...of, verdict: 'unknown', what: `${was.rule} no longer judges it`, before: 'pass', after: null });
    } else if (was.findings[0]) {
      drafts.push({ ...of, verdict: 'stronger', what: `no longer fails ${was.rule}`, before: `${was.findings[0].status}: ${was.findings[0].message}`, after: null });
    }
  }
  return drafts;
}

interface Outcomes {
  readonly rule: string;
  readonly resource: string;
  readonly findings: Finding[];
  readonly texts: Set<string>;
  passed: boolean;
}

const text = ({ status, path, message }: Finding): string => `${status} ${steady(path)} ${steady(message)}`;

function outcomes({ findings, supports }: Evaluation): Map<string, Outcomes> {
  const result = new Map<string, Outcomes>();
  const of = (rule: string, resource: string): Outcomes => {
    const key = `${rule} ${resource}`;
    let known = result.get(key);
    if (!known) result.set(key, (known = { rule, resource, findings: [], texts: new Set(), passed: false }));
    return known;
  };
  for (const finding of findings) {
    const entry = of(finding.rule, finding.resource);
    entry.findings.push(finding);
    entry.texts.add(text(finding));
  }
  for (const { rule, resource } of supports) of(rule, resource).passed = true;
  return result;
}
