import type { Cloud, Deployment, Resource, Severity } from './model.js';

export type Theme = 'confidential-vm' | 'attested-key' | 'private-network' | 'immutable-log' | 'baa-tag';

/** What a check says of one resource. `pass` is recorded too: reports name what supports a citation. */
export interface Outcome {
  readonly resource: Resource;
  readonly status: 'pass' | Defect['status'];
  /** Property path of the defect, `''` when it is the resource as a whole. */
  readonly path: string;
  /** What is wrong, with the value seen. Empty for a pass. */
  readonly message: string;
}

/** A pure function over one cloud's deployment. It yields nothing when it does not apply. */
export type Check = (deployment: Deployment) => Iterable<Outcome>;

/** One rule, in one file named after its id. The same object runs in the CDK plugin, the policy pack, the CLI and jest. */
export interface Rule {
  /** kebab-case; equals the file name. */
  readonly id: string;
  readonly title: string;
  readonly theme: Theme;
  readonly severity: Severity;
  /** False for key release, debug measurements and log locks: no exemption and no acknowledgement applies. */
  readonly waivable: boolean;
  /** `45 CFR 164.…`; at least one. Citations name safeguards that the rule supports, never satisfies. */
  readonly citations: readonly string[];
  /**
   * What the proposal of 6 January 2025 (90 FR 898) would require, in words: its section numbers are not settled. Shown in
   * docs/rules.md only; no output counts it as a citation.
   */
  readonly proposed?: readonly string[];
  readonly why: string;
  /** Per cloud: the kit's construct and the plain provider setting that repair it. */
  readonly fix: Partial<Readonly<Record<Cloud, string>>>;
  readonly checks: Partial<Readonly<Record<Cloud, Check>>>;
}

/** Identity, for type checking and a single place to look for. */
export function defineRule(rule: Rule): Rule {
  return rule;
}

/** The verdict of a per-resource check: `true` passes, `null` does not apply, otherwise one or more defects. */
export type Verdict = true | null | Defect | readonly Defect[];
export interface Defect {
  /** `warn` is reported and fails nothing: an overdue review, an immutable log in a sandbox. */
  readonly status: 'fail' | 'unknown' | 'warn';
  readonly path: string;
  readonly message: string;
}

export const fail = (path: string, message: string): Defect => ({ status: 'fail', path, message });
export const unknown = (path: string, message: string): Defect => ({ status: 'unknown', path, message });
export const warn = (path: string, message: string): Defect => ({ status: 'warn', path, message });

/** A check that judges every resource of the given types on its own. */
export function eachOf(types: string | readonly string[], judge: (resource: Resource, deployment: Deployment) => Verdict): Check {
  const list = typeof types === 'string' ? [types] : types;
  return function* (deployment) {
    for (const type of list) {
      for (const resource of deployment.ofType(type)) yield* outcomes(resource, judge(resource, deployment));
    }
  };
}

/** The outcomes of a verdict on one resource. */
export function* outcomes(resource: Resource, verdict: Verdict): Iterable<Outcome> {
  if (verdict === null) return;
  if (verdict === true) {
    yield { resource, status: 'pass', path: '', message: '' };
    return;
  }
  const defects = 'status' in verdict ? [verdict] : verdict;
  if (defects.length === 0) yield { resource, status: 'pass', path: '', message: '' };
  for (const defect of defects) yield { resource, ...defect };
}
