import type { ListedExemption } from '../exemptions.js';
import type { ProveReport } from '../cli/prove.js';
import type { Cloud, SourceLocation } from '../model.js';
import type { Witness } from '../prove/types.js';

/** What a change does to the protection of PHI. `unknown` counts as `weaker`: it fails closed. */
export type ChangeVerdict = 'weaker' | 'unknown' | 'stronger' | 'neutral';

/**
 * What changed: a key's verdict, one of its guards, who may change its gate, who may use it attested; a network flow; a
 * log's verdict, its retention, who may weaken it; the outcome of a rule; a measurement; another entry of the workload
 * file; an exemption; a key, log or store that would be destroyed; a setting that nothing here judges; a gap in the artifact.
 */
export type ChangeKind =
  | 'key' | 'key-guard' | 'gate-changer' | 'key-user' | 'flow' | 'log' | 'log-retention' | 'log-changer'
  | 'rule' | 'measurement' | 'workload' | 'exemption' | 'destroy' | 'setting' | 'gap';

/** Somebody's decision to let one change through. */
export interface Allowance {
  /** The `id` of the change, exactly as a diff prints it. */
  readonly change: string;
  readonly reason: string;
  readonly approver: string;
}

/** One change of protection. The shape is contract (`tee-kit diff --format json`). */
export interface Change {
  /** Stable name, for `--allow`: the same change has the same name in every run. */
  readonly id: string;
  readonly kind: ChangeKind;
  readonly verdict: ChangeVerdict;
  readonly cloud: Cloud;
  /** Resource id at the head; at the base for what is gone. */
  readonly resource: string;
  /** One sentence: who gained or lost what. */
  readonly what: string;
  readonly before: string | null;
  readonly after: string | null;
  /** The rule that stands behind the verdict, if there is one. */
  readonly rule: string | null;
  readonly citations: readonly string[];
  /** A request that succeeds at the head and did not at the base. */
  readonly witness: Witness | null;
  /** The user's source line at the head, where the artifact records it. */
  readonly source: SourceLocation | null;
  /** Set when `--allow` names the change: it then counts for nothing in the verdict. */
  readonly allowed: { readonly reason: string; readonly approver: string } | null;
}

/** `tee-kit diff --format json`. The shape is contract. */
export interface DiffReport {
  readonly version: 1;
  /** The worst of the changes that nobody allowed: weaker, then unknown, then stronger, then neutral. */
  readonly verdict: ChangeVerdict;
  /** Worst first. Renames, reordering and settings that decide nothing are no changes. */
  readonly changes: readonly Change[];
  readonly proofs: { readonly before: ProveReport; readonly after: ProveReport };
  /** Those of HEAD, with the findings of HEAD that they cover; only what BASE has too governs. */
  readonly exemptions: readonly ListedExemption[];
  /** Allowances that name no change of this diff, or one that cannot be allowed. */
  readonly unusedAllowances: readonly { readonly change: string; readonly note: string }[];
}

/** A change before citations, source and allowances are looked up. */
export interface Draft {
  readonly kind: ChangeKind;
  readonly verdict: ChangeVerdict;
  readonly cloud: Cloud;
  /** Id in the base, or in the aligned head. */
  readonly resource: string;
  /** What tells this change from others of its kind and resource. */
  readonly detail?: string | undefined;
  readonly what: string;
  readonly before?: string | null | undefined;
  readonly after?: string | null | undefined;
  readonly rule?: string | undefined;
  readonly witness?: Witness | null | undefined;
  /** What no allowance covers: the head itself is broken. */
  readonly final?: boolean | undefined;
}
