/** Two reports side by side, and the verdict on what lies between them. */
import type { Cloud } from '../../workload/workload.js';
import type { Change as ComparedChange, ChangeVerdict } from '../diff/types.js';
import type { Witness } from '../prove/types.js';
import type { FindingEntry, Report } from './model.js';

/** What changed, as the comparison decided it, with the reports of both sides. */
export interface Change {
  readonly verdict: ChangeVerdict;
  readonly changes: readonly ComparedChange[];
  readonly before: Report;
  readonly after: Report;
}

/** One row of a side-by-side table; null where one side has nothing. */
export interface Pair {
  readonly cloud: Cloud | '';
  readonly what: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** Rows that differ between two lists, matched by their key. */
function differing<T>(before: readonly T[], after: readonly T[], key: (item: T) => string, cloud: (item: T) => Cloud | '', told: (item: T) => string, name: (item: T) => string): Pair[] {
  const old = new Map(before.map((item) => [key(item), item]));
  const young = new Map(after.map((item) => [key(item), item]));
  return [...new Set([...old.keys(), ...young.keys()])].flatMap((id) => {
    const [a, b] = [old.get(id), young.get(id)];
    const pair = { before: a === undefined ? null : told(a), after: b === undefined ? null : told(b) };
    const item = b ?? a;
    return item === undefined || pair.before === pair.after ? [] : [{ cloud: cloud(item), what: name(item), ...pair }];
  });
}

/** Everything that the two reports say differently, by subject. */
export function pairs({ before, after }: Pick<Change, 'before' | 'after'>): Readonly<Record<'keys' | 'network' | 'logs' | 'measurements' | 'exemptions', readonly Pair[]>> {
  return {
    keys: differing(before.keys, after.keys, ({ cloud, key }) => `${cloud} ${key}`, ({ cloud }) => cloud, ({ verdict, guards, witness, changers, releases }) => [
      `${verdict}, ${guards.present} of ${guards.expected} guards`,
      ...(witness ? [`${witness.principal} can call ${witness.action} with attestation ${witness.attestation}`] : []),
      `may ask: ${typeof releases === 'string' ? `unknown (${releases})` : [...new Set(releases.map(({ principal, measurements }) => `${principal}${measurements.length > 0 ? ` as ${measurements.join(', ')}` : ''}`))].join('; ') || 'nobody'}`,
      `can change the gate: ${changers.map(({ principal }) => principal).join('; ') || 'nobody'}`,
    ].join('\n'), ({ key }) => key),
    network: differing(before.networks.flatMap(({ flows }) => flows), after.networks.flatMap(({ flows }) => flows), ({ cloud, from, to, ports }) => `${cloud} ${from} ${to} ${ports}`, ({ cloud }) => cloud, ({ status }) => status, ({ from, to, ports }) => `${from} → ${to} ${ports}`),
    logs: differing(before.logs, after.logs, ({ cloud, log }) => `${cloud} ${log}`, ({ cloud }) => cloud, ({ verdict, days, changers }) => `${verdict}, ${days === null ? 'unknown days' : `${days} days`}\ncan weaken it: ${changers.map(({ principal }) => principal).join('; ') || 'nobody'}`, ({ log }) => log),
    measurements: differing(before.measurements, after.measurements, ({ cloud, name }) => `${cloud} ${name}`, ({ cloud }) => cloud, ({ status, expires, owner, approvedBy, values }) => [
      `${status}, until ${expires}`, `owner ${owner}, approved by ${approvedBy.join(', ') || 'nobody'}`, ...values.map(([name, value]) => `${name} = ${value}`),
    ].join('\n'), ({ name }) => name),
    exemptions: differing(before.exemptions, after.exemptions, ({ kind, rule, resource }) => `${kind} ${rule} ${resource}`, () => '', ({ state, expiry, reason }) => `${state}, ${expiry === null ? 'no end' : `until ${expiry}`}: ${reason}`, ({ rule, resource }) => `${rule} on ${resource}`),
  };
}

const identity = ({ cloud, rule, resource, path, message, status }: FindingEntry): string => JSON.stringify([cloud, rule, resource, path, message, status]);

/** Findings that only one side has. */
export function findingsBetween({ before, after }: Pick<Change, 'before' | 'after'>): { readonly added: readonly FindingEntry[]; readonly gone: readonly FindingEntry[] } {
  const [old, young] = [new Set(before.findings.map(identity)), new Set(after.findings.map(identity))];
  return { added: after.findings.filter((finding) => !old.has(identity(finding))), gone: before.findings.filter((finding) => !young.has(identity(finding))) };
}

/** Whether there is nothing that a reviewer has to look at: no comment is due. */
export function isSilent({ verdict, changes }: Change): boolean {
  return verdict === 'neutral' && changes.length === 0;
}

/** A witness in words. */
export function witnessText({ principal, action, attestation, via }: Witness): string {
  return `${principal} can call ${action} with attestation ${attestation}, via ${via}`;
}
