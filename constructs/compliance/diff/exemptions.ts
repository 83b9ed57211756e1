import type { Acknowledgement, Exemption } from '../exemptions.js';
import type { Cloud } from '../model.js';
import type { Draft } from './types.js';

/** The written decisions to live with findings, before or after. */
export interface Decisions {
  readonly exemptions: readonly Exemption[];
  readonly acknowledgements: readonly Acknowledgement[];
}

/** Compares exemptions: what nobody decided before is weaker, whatever it hides. */
export function compareExemptions(base: Decisions, head: Decisions, cloud: Cloud): Draft[] {
  const drafts: Draft[] = [];
  const of = (resource: string) => ({ cloud, kind: 'exemption', resource: resource === '' ? 'the whole app' : resource }) as const;
  const scope = ({ rule, resource }: Exemption): string => `${rule} ${resource}`;
  const told = ({ reason, owner, approver, expiry }: Exemption): string => `${reason === '' ? 'no reason' : reason} (owner ${owner || 'nobody'}, approver ${approver || 'nobody'}, until ${expiry || 'no date'})`;
  const before = new Map(base.exemptions.map((one) => [scope(one), one]));
  const after = new Map(head.exemptions.map((one) => [scope(one), one]));
  for (const [id, now] of after) {
    const was = before.get(id);
    const draft = { ...of(now.resource), detail: now.rule, rule: now.rule, before: was ? told(was) : null, after: told(now) };
    if (!was) drafts.push({ ...draft, verdict: 'weaker', what: `an exemption from ${now.rule} is added` });
    else if (ends(now) > ends(was)) drafts.push({ ...draft, verdict: 'weaker', what: `the exemption from ${now.rule} holds longer` });
    else if (ends(now) < ends(was)) drafts.push({ ...draft, verdict: 'stronger', what: `the exemption from ${now.rule} ends earlier` });
    else if (was.owner !== now.owner || was.approver !== now.approver) drafts.push({ ...draft, verdict: 'weaker', what: `the exemption from ${now.rule} has another owner or approver` });
  }
  for (const [id, was] of before) {
    if (!after.has(id)) drafts.push({ ...of(was.resource), verdict: 'stronger', detail: was.rule, rule: was.rule, what: `the exemption from ${was.rule} is withdrawn`, before: told(was), after: null });
  }

  // Acknowledgements in code move with their construct: the same words elsewhere are no new decision.
  const words = ({ id, reason }: Acknowledgement): string => `${id} ${reason}`;
  const count = (list: readonly Acknowledgement[]): Map<string, Acknowledgement[]> => {
    const result = new Map<string, Acknowledgement[]>();
    for (const one of list) result.set(words(one), [...(result.get(words(one)) ?? []), one]);
    return result;
  };
  const [old, fresh] = [count(base.acknowledgements), count(head.acknowledgements)];
  for (const [id, list] of fresh) {
    const was = old.get(id) ?? [];
    const wider = list.find(({ path }) => !was.some((one) => one.path === path));
    if (wider && (list.length > was.length || list.some(({ path }) => was.some((one) => one.path.startsWith(`${path}/`) || (path === '' && one.path !== ''))))) {
      drafts.push({ ...of(wider.path), verdict: 'weaker', detail: wider.id, rule: wider.id.replace(/^tee-kit::/, ''), what: `${wider.id} is acknowledged in the code, without owner, approver or expiry`, before: null, after: wider.reason });
    }
  }
  for (const [id, list] of old) {
    const one = list[0];
    if (one && !fresh.has(id)) drafts.push({ ...of(one.path), verdict: 'stronger', detail: one.id, rule: one.id.replace(/^tee-kit::/, ''), what: `the acknowledgement of ${one.id} is withdrawn`, before: one.reason, after: null });
  }
  return drafts;
}

/** Last day; an acknowledgement, or a missing date, has none. */
const ends = ({ expiry }: Exemption): string => expiry ?? '9999-12-31';
