import { isIsoDate } from '../workload/patterns.js';
import { isList, isObject, type Resource, type Value } from './model.js';
import { InputError, parseText, readText } from './read/text.js';
import type { Rule } from './rule.js';

/** Someone's written decision to live with a finding. */
export interface Exemption {
  readonly rule: string;
  /** Resource id, as findings name it. For a CDK acknowledgement the construct path; it covers what lies below. */
  readonly resource: string;
  readonly reason: string;
  readonly owner: string;
  readonly approver: string;
  /** Last day (inclusive, ISO) on which it holds; null for a CDK acknowledgement, which has none. */
  readonly expiry: string | null;
  /** File that holds it. */
  readonly source: string;
  readonly kind: 'file' | 'cdk-acknowledgement';
}

/**
 * `active` hides findings; `unused` would, but there is none; `expired`, `refused` and `proposed` (added by the change
 * under review) hide nothing; `foreign` is an acknowledgement of another tool's rule.
 */
export type ExemptionState = 'active' | 'unused' | 'expired' | 'refused' | 'proposed' | 'foreign';

/** An exemption as every output lists it. */
export interface ListedExemption extends Exemption {
  readonly state: ExemptionState;
  /** Why it hides nothing, or what is wrong with it. */
  readonly note: string;
  /** Findings that it hides. */
  readonly hides: number;
}

/** An acknowledgement in a cloud assembly. */
export interface Acknowledgement {
  /** Namespaced rule id, `tee-kit::baa-tags-complete`. */
  readonly id: string;
  /** Construct path without a leading slash; covers what lies below. */
  readonly path: string;
  readonly reason: string;
  /** File that holds it. */
  readonly source: string;
  /** Findings of another tool that it hides, as the validation report tells. */
  readonly hides: number;
}

const FIELDS = ['rule', 'resource', 'reason', 'owner', 'approver', 'expiry'] as const;

/**
 * Reads an exemptions file: a list, or an object with the list under `exemptions`. Every entry has rule, resource, reason,
 * owner, approver and expiry. What is wrong with an entry makes that entry void, not the file.
 * @throws InputError when the file cannot be read, or is no list.
 */
export function readExemptions(file: string): Exemption[] {
  const document = parseText(readText(file), file);
  const entries = isObject(document) && Object.hasOwn(document, 'exemptions') ? (document['exemptions'] ?? []) : document;
  if (!isList(entries)) throw new InputError(file, 'is not a list of exemptions (rule, resource, reason, owner, approver, expiry)');
  return entries.map((entry) => {
    const field = (name: (typeof FIELDS)[number]): string => {
      const value: Value | undefined = isObject(entry) ? entry[name] : undefined;
      return typeof value === 'string' ? visible(value) : '';
    };
    return { rule: field('rule'), resource: field('resource'), reason: field('reason'), owner: field('owner'), approver: field('approver'), expiry: field('expiry'), source: file, kind: 'file' };
  });
}

/** Text without what nobody sees, which made two names of one, or a reason of nothing. */
const visible = (text: string): string => text.replace(/\p{Cf}/gu, '').trim();

/** Whether two names are of one person, however they are written. */
const isSamePerson = (a: string, b: string): boolean => person(a) === person(b);
const person = (name: string): string => name.normalize('NFKC').replace(/[\p{Cf}\s]+/gu, '').toLowerCase();

/** What an exemption is about, in words. */
export const scopeOf = ({ resource, kind }: Pick<Exemption, 'resource' | 'kind'>): string => (resource === '' && kind === 'cdk-acknowledgement' ? 'the whole app' : resource);

/** An exemption on one line, for formats that have no place of their own for it. */
export function toldExemption(one: ListedExemption): string {
  const { state, rule, reason, owner, approver, expiry, source, note, hides } = one;
  return `exemption ${state} (hides ${hides}): ${rule} on ${scopeOf(one)}${note === '' ? '' : ` (${note})`}: ${reason === '' ? 'no reason' : reason}; `
    + `${owner === '' ? 'no owner' : `owner ${owner}`}, ${approver === '' ? 'no approver' : `approver ${approver}`}, ${expiry === null ? 'no expiry' : `until ${expiry === '' ? '?' : expiry}`}; ${source}`;
}

/** Acknowledgements of the kit's own rules and of others, as exemptions without an expiry. CDK puts a bare id under `Annotation`. */
export function acknowledged(list: readonly Acknowledgement[]): Exemption[] {
  return list.map(({ id, path, reason, source }) => ({
    rule: id.startsWith('tee-kit::') ? id.slice('tee-kit::'.length) : id.includes('::') ? id : `Annotation::${id}`, resource: path, reason, owner: '', approver: '', expiry: null, source, kind: 'cdk-acknowledgement',
  }));
}

export interface ExemptionsContext {
  readonly rules: readonly Rule[];
  /** ISO date. */
  readonly today: string;
  /** The exemptions before the change under review. When given, only what is in both governs. */
  readonly base?: readonly Exemption[] | undefined;
  /** Findings of other tools that acknowledgements hide, by position among the exemptions. */
  readonly acknowledgements?: readonly Acknowledgement[];
}

/** The exemptions of one run: decides which findings are hidden and remembers by what. */
export class Exemptions {
  private readonly entries: { readonly exemption: Exemption; readonly refusal: { readonly state: ExemptionState; readonly note: string } | undefined; hides: number }[];

  constructor(exemptions: readonly Exemption[], context: ExemptionsContext) {
    const acknowledgements = context.acknowledgements ?? [];
    this.entries = [...exemptions, ...acknowledged(acknowledgements)].map((exemption, index) => ({
      exemption,
      refusal: refusal(exemption, context),
      hides: acknowledgements[index - exemptions.length]?.hides ?? 0,
    }));
  }

  /** Whether a finding is exempt; the first exemption that covers it counts it. */
  covers(rule: Rule, resource: Resource): boolean {
    if (!rule.waivable) return false;
    const entry = this.entries.find(({ exemption, refusal: refused }) => !refused && exemption.rule === rule.id && covers(exemption, resource));
    if (entry) entry.hides++;
    return entry !== undefined;
  }

  list(): ListedExemption[] {
    return this.entries.map(({ exemption, refusal: refused, hides }) => ({
      ...exemption,
      state: refused?.state ?? (hides > 0 ? 'active' : 'unused'),
      note: refused?.note ?? (exemption.kind === 'cdk-acknowledgement' ? 'has no owner, approver or expiry' : hides > 0 ? '' : 'hides nothing; remove it'),
      hides,
    }));
  }
}

function covers({ kind, resource: scope }: Exemption, resource: Resource): boolean {
  if (kind === 'file') return scope === resource.id;
  const path = resource.constructPath;
  return path !== undefined && (scope === '' || path === scope || path.startsWith(`${scope}/`));
}

function refusal(exemption: Exemption, { rules, today, base }: ExemptionsContext): { readonly state: ExemptionState; readonly note: string } | undefined {
  const { rule: id, kind, expiry, owner, approver } = exemption;
  const rule = rules.find((candidate) => candidate.id === id);
  if (kind === 'cdk-acknowledgement' && !rule) return { state: 'foreign', note: 'acknowledges a rule of another tool; has no owner, approver or expiry' };
  if (!rule) return { state: 'refused', note: id === '' ? 'names no rule' : `no rule has the id ${id}` };
  if (!rule.waivable) return { state: 'refused', note: 'the rule cannot be waived' };
  if (base && !base.some((before) => same(before, exemption))) {
    return { state: 'proposed', note: kind === 'cdk-acknowledgement' ? 'an acknowledgement in the code governs no change' : 'added or changed by the change under review, so it does not govern it' };
  }
  if (kind === 'cdk-acknowledgement') return undefined;
  const missing = FIELDS.filter((field) => exemption[field] === '' && field !== 'expiry');
  if (missing.length > 0) return { state: 'refused', note: `no ${missing.join(', ')}` };
  if (isSamePerson(owner, approver)) return { state: 'refused', note: 'owner and approver are the same' };
  if (expiry === null || !isIsoDate(expiry)) return { state: 'expired', note: `the expiry ${expiry === null || expiry === '' ? 'is missing' : `${expiry} is not a date (YYYY-MM-DD)`}, so it counts as expired` };
  return expiry < today ? { state: 'expired', note: `expired on ${expiry}` } : undefined;
}

const same = (a: Exemption, b: Exemption): boolean => a.kind === b.kind && FIELDS.every((field) => a[field] === b[field]);
