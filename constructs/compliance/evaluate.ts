import type { Exemptions } from './exemptions.js';
import type { Cloud, Deployment, Finding } from './model.js';
import { budgetOf, within } from './limit.js';
import type { Check, Outcome, Rule } from './rule.js';

/** A rule that holds for a resource: what reports name as support of a citation. */
export interface Support {
  readonly rule: string;
  readonly cloud: Cloud;
  readonly resource: string;
}

export interface Evaluation {
  /** Failed, unknown and exempt, sorted; every one that is not exempt ends `tee-kit check` with 1. */
  readonly findings: readonly Finding[];
  /** Reported, but failing nothing: status `fail` and severity `low`. */
  readonly warnings: readonly Finding[];
  /** Empty where they were not asked for. */
  readonly supports: readonly Support[];
  /** How often a rule holds for a resource. */
  readonly passed: number;
  readonly resources: number;
  /** Rules that had a check for one of the clouds. */
  readonly rules: number;
}

export interface EvaluateOptions {
  readonly rules: readonly Rule[];
  readonly exemptions?: Exemptions | undefined;
  /** Milliseconds that one rule may take on one deployment before the rest of it is unknown. Default: `budgetOf`. */
  readonly budget?: number;
  /** Milliseconds that all rules together may take on one deployment. Default: five times `budget`. */
  readonly total?: number;
  /** Whether to keep what holds, and not only how often. Default true. */
  readonly supports?: boolean;
}

/** Runs rules over deployments. A rule that throws or takes too long ends in an unknown finding, never in a pass. */
export function evaluate(deployments: readonly Deployment[], options: EvaluateOptions): Evaluation {
  const findings: Finding[] = [];
  const warnings: Finding[] = [];
  const supports: Support[] = [];
  let passed = 0;
  const applied = new Set<string>();
  for (const deployment of deployments) {
    const budget = options.budget ?? budgetOf(deployment);
    const total = options.total ?? budget * 5;
    const end = performance.now() + total;
    const adding = (rule: Rule): ((outcome: Outcome) => void) => {
      const seen = new Set<string>();
      return (outcome) => {
        if (outcome.status === 'pass') {
          passed++;
          if (options.supports ?? true) supports.push({ rule: rule.id, cloud: deployment.cloud, resource: outcome.resource.id });
          return;
        }
        const key = `${outcome.status} ${outcome.resource.id} ${outcome.path} ${outcome.message}`;
        if (seen.has(key)) return;
        seen.add(key);
        const judged = findingOf(rule, deployment.cloud, outcome);
        const finding = outcome.status !== 'warn' && options.exemptions?.covers(rule, outcome.resource) ? { ...judged, status: 'exempt' as const } : judged;
        (outcome.status === 'warn' ? warnings : findings).push(finding);
      };
    };
    const doubt = (rule: Rule, message: string): void => adding(rule)({ resource: deployment.root, status: 'unknown', path: '', message });
    const waiting = options.rules.flatMap((rule) => (rule.checks[deployment.cloud] ? [{ rule, check: rule.checks[deployment.cloud] as Check }] : [])).reverse();
    for (const { rule } of waiting) applied.add(rule.id);
    while (waiting.length > 0) {
      const start = performance.now();
      const left = Math.min(budget, end - start);
      const share = left / 10;
      // One watch costs as much as a rule: it is set again only for a rule that would find more than a tenth of its time gone.
      const watched = (): void => {
        for (let one = waiting.at(-1); one && performance.now() - start <= share; waiting.pop(), one = waiting.at(-1)) {
          try {
            const add = adding(one.rule);
            for (const outcome of one.check(deployment)) add(outcome);
          } catch (error) {
            doubt(one.rule, `the rule could not be evaluated: ${error instanceof Error ? error.message : String(error)}`);
          }
        }
      };
      if (left > 0 && within(left + share, watched)) continue;
      const late = waiting.pop();
      if (late) doubt(late.rule, left < budget ? `the rules together took more than ${total} ms; what this one had not reached is unknown` : `the rule took more than ${budget} ms; what it had not reached is unknown`);
    }
  }
  return {
    findings: findings.sort(byImportance), warnings: warnings.sort(byImportance), supports, passed,
    resources: deployments.reduce((sum, { resources }) => sum + resources.length, 0), rules: applied.size,
  };
}

function findingOf(rule: Rule, cloud: Cloud, { resource, status, path, message }: Outcome): Finding {
  return {
    rule: rule.id,
    severity: status === 'warn' ? 'low' : rule.severity,
    status: status === 'unknown' ? 'unknown' : 'fail',
    cloud,
    resource: resource.id,
    path,
    message: message === '' ? rule.title : steady(message),
    fix: rule.fix[cloud] ?? '',
    citations: rule.citations,
    source: resource.source,
  };
}

/** What is wrong does not change with the place of a statement in its policy, or of a rule in its group: the path says where, and a proof which one. */
const steady = (message: string): string => message.replace(/(\.(?:Statement|SecurityGroupIngress|SecurityGroupEgress))\[\d+\]/g, '$1');

const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const;
const ORDER = new Map<string, number>([...SEVERITIES.entries()].map(([index, name]) => [name, index]));

/** Most severe first; then by cloud, rule, resource and path, so that two runs print the same bytes. */
export function byImportance(a: Finding, b: Finding): number {
  return (ORDER.get(a.severity) ?? 0) - (ORDER.get(b.severity) ?? 0)
    || compare(a.cloud, b.cloud) || compare(a.rule, b.rule) || compare(a.resource, b.resource) || compare(a.path, b.path) || compare(a.message, b.message);
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
