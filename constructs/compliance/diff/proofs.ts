import type { ProveReport } from '../cli/prove.js';
import type { Deployment } from '../model.js';
import type { FlowProof, GateChanger, KeyProof, LogProof } from '../prove/types.js';
import { declared } from './declared.js';
import type { Draft } from './types.js';
import { keyUsers, type KeyUse } from './users.js';

/** What a proof says, without what reordering changes: positions and labels of statements. */
export function steady(text: string): string {
  return text.replace(/(?:\[\d+\]|\.Statement)(\s\([^)]*\))?/g, '[]');
}

/** Compares the proofs of one cloud before and after; the head is aligned to the base. */
export function compareProofs(base: Deployment, before: ProveReport, head: Deployment, after: ProveReport): Draft[] {
  return [
    ...keys(before.keys, after.keys, head),
    ...users(base, head),
    ...flows(before.network.flows, after.network.flows),
    ...logs(before.logs, after.logs, head),
    ...gaps(before, after),
  ];
}

const KEY_RANK: Readonly<Record<KeyProof['verdict'], number>> = { gated: 2, unknown: 1, bypassable: 0 };

function keys(before: readonly KeyProof[], after: readonly KeyProof[], head: Deployment): Draft[] {
  const drafts: Draft[] = [];
  const known = new Map(before.map((proof) => [proof.key, proof]));
  for (const now of after) {
    const was = known.get(now.key);
    known.delete(now.key);
    const of = { cloud: now.cloud, resource: now.key } as const;
    drafts.push(...keyVerdict(was, now));
    if (!was) continue;
    drafts.push(...guards(was, now));
    const changers = (proof: KeyProof): Map<string, GateChanger> => new Map(proof.canChangeTheGate.map((one) => [capability(one), one]));
    const [old, fresh] = [changers(was), changers(now)];
    for (const [id, { principal, via }] of fresh) {
      if (!old.has(id)) drafts.push({ ...of, kind: 'gate-changer', verdict: 'weaker', detail: id, what: `${principal} gained the power to change the gate of the key`, before: null, after: via, rule: 'gate-change-restricted' });
    }
    for (const [id, { principal, via }] of old) {
      if (!fresh.has(id)) drafts.push({ ...of, kind: 'gate-changer', verdict: 'stronger', detail: id, what: `${principal} lost the power to change the gate of the key`, before: via, after: null, rule: 'gate-change-restricted' });
    }
  }
  for (const was of known.values()) {
    if (head.byId.has(was.key)) {
      drafts.push({ cloud: was.cloud, resource: was.key, kind: 'key', verdict: 'weaker', what: 'the key is no longer judged as a PHI key: nothing proves any more who can use it', before: was.verdict, after: null, rule: 'phi-key-declared', final: true });
    }
  }
  return drafts;
}

function keyVerdict(was: KeyProof | undefined, now: KeyProof): Draft[] {
  const of = { cloud: now.cloud, resource: now.key, kind: 'key', rule: 'phi-key-release-attested', before: was?.verdict ?? null, after: now.verdict } as const;
  const told = now.witness ? `${now.witness.principal} can call ${now.witness.action} with attestation ${now.witness.attestation}` : (now.reasons[0] ?? '');
  if (!was) {
    if (now.verdict === 'bypassable') return [{ ...of, verdict: 'weaker', what: `a new key can be used without approved attestation: ${told}`, witness: now.witness, final: true }];
    return now.verdict === 'unknown' ? [{ ...of, verdict: 'unknown', what: `whether a new key can be used without attestation is not known: ${told}` }] : [];
  }
  if (KEY_RANK[now.verdict] > KEY_RANK[was.verdict]) {
    if (now.verdict === 'gated') return [{ ...of, verdict: 'stronger', what: was.witness ? `${was.witness.principal} can no longer use the key without approved attestation` : 'the key is proved to be gated' }];
    return [{ ...of, verdict: 'unknown', what: `the way around the gate that was proved is gone; whether another is open is not known: ${told}` }];
  }
  if (now.verdict === 'bypassable') {
    if (was.verdict !== 'bypassable') return [{ ...of, verdict: 'weaker', what: `the key can be used without approved attestation: ${told}`, witness: now.witness, final: true }];
    const same = was.witness?.principal === now.witness?.principal && was.witness?.action === now.witness?.action && was.witness?.attestation === now.witness?.attestation;
    return same ? [] : [{ ...of, verdict: 'unknown', detail: 'witness', what: `the key was bypassable and still is, in another way: ${told}`, witness: now.witness }];
  }
  if (now.verdict !== 'unknown') return [];
  if (was.verdict === 'gated') return [{ ...of, verdict: 'unknown', what: `the key is no longer proved to be gated: ${told}` }];
  const old = new Set(was.reasons.map(steady));
  const fresh = now.reasons.filter((reason) => !old.has(steady(reason)));
  return fresh.length === 0 ? [] : [{ ...of, verdict: 'unknown', detail: 'reasons', what: `the key was not proved to be gated and now is not for another reason: ${fresh[0] ?? ''}` }];
}

/** `guard lost, Deny of the un-attested: …`, `guard lost: vault: …` */
function lostGuards({ reasons }: KeyProof): Map<string, string> {
  return new Map(reasons.flatMap((reason) => {
    const match = /^guard lost[,:] ([^:(]+)/.exec(reason);
    return match ? [[(match[1] as string).trim(), reason] as const] : [];
  }));
}

function guards(was: KeyProof, now: KeyProof): Draft[] {
  const of = { cloud: now.cloud, resource: now.key, kind: 'key-guard', rule: 'key-release-defence-in-depth', before: `${was.guards.present} of ${was.guards.expected} guards`, after: `${now.guards.present} of ${now.guards.expected} guards` } as const;
  const [old, fresh] = [lostGuards(was), lostGuards(now)];
  const drafts: Draft[] = [];
  for (const [guard, reason] of fresh) if (!old.has(guard)) drafts.push({ ...of, verdict: 'weaker', detail: guard, what: reason });
  for (const guard of old.keys()) if (!fresh.has(guard)) drafts.push({ ...of, verdict: 'stronger', detail: guard, what: `guard regained: ${guard}` });
  const lost = now.guards.expected - now.guards.present - (was.guards.expected - was.guards.present);
  if (drafts.length === 0 && lost !== 0) {
    drafts.push(lost > 0
      ? { ...of, verdict: 'weaker', what: `a guard of the key is lost: ${now.reasons.find((reason) => !was.reasons.includes(reason)) ?? 'the proof does not say which'}` }
      : { ...of, verdict: 'stronger', what: 'a guard of the key is regained' });
  }
  return drafts;
}

/** A principal and, where the proof names one, the operation. On Azure and Google Cloud a role stands for many. */
function capability({ principal, via }: GateChanger): string {
  const operation = /^([a-z0-9]+:[A-Za-z]+(?: on [^ ]+)?) by /.exec(via)?.[1];
  return operation === undefined ? principal : `${principal} ${operation}`;
}

function users(base: Deployment, head: Deployment): Draft[] {
  const [earlierUses, uses] = [usesOf(base), usesOf(head)];
  if (!earlierUses || !uses) return [];
  // A principal that names a build of the workload file is judged with the build.
  const named = (deployment: Deployment, list: readonly KeyUse[]): KeyUse[] => {
    const rewrite = declared(deployment.workload, deployment.cloud);
    return list.map((use) => ({ ...use, principal: rewrite(use.principal) }));
  };
  const [before, after] = [named(base, earlierUses), named(head, uses)];
  const drafts: Draft[] = [];
  const id = ({ key, principal, attestation }: KeyUse): string => `${key} ${principal} ${attestation}`;
  const [old, fresh] = [new Set(before.map(id)), new Set(after.map(id))];
  const judged = new Set(before.map(({ key }) => key));
  // Builds come and go with the workload file, where they are judged; here it is about who.
  const [builds, earlier] = [new Set(after.map(({ attestation }) => attestation)), new Set(before.map(({ attestation }) => attestation))];
  // Without one, what the policy itself asks for is all there is to approve.
  const undeclared = base.workload === null && head.workload === null && head.cloud === 'aws';
  // A register that was not asked for before narrows what is admitted, and one that is no longer asked for is a change of the policy.
  const register = ({ key, principal, attestation }: KeyUse): string => `${key} ${principal} ${attestation.split(' ', 1)[0] ?? ''}`;
  const [asked, asks] = [new Set(before.map(register)), new Set(after.map(register))];
  for (const use of after) {
    if (old.has(id(use)) || !judged.has(use.key) || (undeclared && !asked.has(register(use)) && before.some(({ key, principal }) => key === use.key && principal === use.principal)) || (!undeclared && !earlier.has(use.attestation) && before.some(({ key, principal }) => key === use.key && principal === use.principal))) continue;
    drafts.push({ cloud: head.cloud, resource: use.key, kind: 'key-user', verdict: 'weaker', detail: `${use.principal} ${use.attestation}`, what: `${use.principal} gained the use of the key under ${use.attestation}`, before: null, after: use.attestation, rule: 'phi-key-release-attested' });
  }
  for (const use of before) {
    if (fresh.has(id(use)) || !head.byId.has(use.key) || (undeclared ? !asks.has(register(use)) && after.some(({ key, principal }) => key === use.key && principal === use.principal) : !builds.has(use.attestation))) continue;
    drafts.push({ cloud: head.cloud, resource: use.key, kind: 'key-user', verdict: 'stronger', detail: `${use.principal} ${use.attestation}`, what: `${use.principal} lost the use of the key under ${use.attestation}`, before: use.attestation, after: null, rule: 'phi-key-release-attested' });
  }
  return drafts;
}

/** Undefined when the proof fails; the report of the proofs says so. */
function usesOf(deployment: Deployment): readonly KeyUse[] | undefined {
  try {
    return keyUsers(deployment);
  } catch {
    return undefined;
  }
}

const WORKS: ReadonlySet<FlowProof['status']> = new Set(['expected', 'extra']);

function flows(before: readonly FlowProof[], after: readonly FlowProof[]): Draft[] {
  const drafts: Draft[] = [];
  const reach = (list: readonly FlowProof[], { from, to }: FlowProof): string[] => list.filter((flow) => flow.from === from && flow.to === to && WORKS.has(flow.status)).map(({ ports }) => ports);
  for (const flow of after) {
    const { cloud, from, to, ports, status, via } = flow;
    const of = { cloud, resource: `${from} -> ${to}`, kind: 'flow', detail: ports, rule: 'network-flows-match-workload' } as const;
    if (WORKS.has(status) && !covered(ports, reach(before, flow))) {
      drafts.push({ ...of, verdict: 'weaker', what: `${from} gained a way to ${to} on ${ports}${status === 'extra' ? ', which the workload file does not allow' : ', which the workload file allows'}`, before: null, after: `${ports} via ${via}` });
    } else if (status === 'unknown' && !covered(ports, reach(before, flow)) && !before.some((one) => one.status === 'unknown' && one.from === from && one.to === to && one.ports === ports)) {
      drafts.push({ ...of, verdict: 'unknown', what: `whether ${from} reaches ${to} on ${ports} is not known: ${via}`, before: null, after: ports });
    }
  }
  for (const flow of before) {
    const { cloud, from, to, ports, status, via } = flow;
    if (!WORKS.has(status) || covered(ports, reach(after, flow)) || after.some((one) => one.status === 'unknown' && one.from === from && one.to === to)) continue;
    const of = { cloud, resource: `${from} -> ${to}`, kind: 'flow', detail: ports, rule: 'network-flows-match-workload', before: `${ports} via ${via}`, after: null } as const;
    // Closed although the workload file allows it: an outage, or a way that the proof lost sight of.
    const drift = after.some((one) => one.status === 'missing' && one.from === from && one.to === to);
    drafts.push(drift
      ? { ...of, verdict: 'unknown', what: `${from} no longer reaches ${to} on ${ports}, as the workload file allows: what carried it is gone or elsewhere` }
      : { ...of, verdict: 'stronger', what: `${from} no longer reaches ${to} on ${ports}` });
  }
  return drafts;
}

/** Whether ports are among others, given as `tcp/443`, `tcp/0-65535`, `any`. */
function covered(ports: string, by: readonly string[]): boolean {
  if (by.includes(ports) || by.includes('any')) return true;
  const wanted = range(ports);
  if (!wanted) return false;
  const ranges = by.map(range).filter((one) => one !== undefined).filter(({ protocol }) => protocol === wanted.protocol || protocol === 'any').sort((a, b) => a.from - b.from);
  let next = wanted.from;
  for (const { from, to } of ranges) if (from <= next) next = Math.max(next, to + 1);
  return next > wanted.to;
}

function range(ports: string): { readonly protocol: string; readonly from: number; readonly to: number } | undefined {
  const match = /^(\w+)\/(\d+)(?:-(\d+))?$/.exec(ports);
  return match ? { protocol: match[1] as string, from: Number(match[2]), to: Number(match[3] ?? match[2]) } : undefined;
}

const LOG_RANK: Readonly<Record<LogProof['verdict'], number>> = { immutable: 2, unknown: 1, mutable: 0 };

function logs(before: readonly LogProof[], after: readonly LogProof[], head: Deployment): Draft[] {
  const drafts: Draft[] = [];
  const known = new Map(before.map((proof) => [proof.log, proof]));
  for (const now of after) {
    const was = known.get(now.log);
    known.delete(now.log);
    const of = { cloud: now.cloud, resource: now.log } as const;
    const why = now.reasons[0] ?? '';
    if (!was) {
      // A record that is kept beside the old ones takes nothing away; that it is not kept well is a rule's business.
      if (now.verdict === 'unknown') drafts.push({ ...of, kind: 'log', verdict: 'unknown', what: `whether a new log can be changed is not known: ${why}`, before: null, after: now.verdict, rule: 'audit-log-immutable' });
      continue;
    }
    const verdict = LOG_RANK[now.verdict] - LOG_RANK[was.verdict];
    const changed = { ...of, kind: 'log', before: was.verdict, after: now.verdict, rule: 'audit-log-immutable' } as const;
    if (verdict < 0) drafts.push({ ...changed, verdict: now.verdict === 'mutable' ? 'weaker' : 'unknown', what: `the log is no longer proved to be immutable: ${why}`, final: now.verdict === 'mutable' });
    else if (verdict > 0) drafts.push({ ...changed, verdict: now.verdict === 'immutable' ? 'stronger' : 'unknown', what: now.verdict === 'immutable' ? 'the log is immutable now' : `whether the log can be changed is not known any more: ${why}` });
    if (was.days !== null && (now.days === null || now.days < was.days)) {
      drafts.push({ ...of, kind: 'log-retention', verdict: now.days === null ? 'unknown' : 'weaker', what: now.days === null ? 'how long records are kept is not known any more' : `records are kept ${was.days - now.days} days less`, before: `${was.days} days`, after: now.days === null ? null : `${now.days} days`, rule: 'audit-log-retention' });
    } else if (now.days !== null && (was.days === null || now.days > was.days)) {
      drafts.push({ ...of, kind: 'log-retention', verdict: 'stronger', what: 'records are kept longer', before: was.days === null ? null : `${was.days} days`, after: `${now.days} days`, rule: 'audit-log-retention' });
    }
    const changers = (proof: LogProof): Map<string, GateChanger> => new Map(proof.canWeaken.map((one) => [capability(one), one]));
    const [old, fresh] = [changers(was), changers(now)];
    for (const [id, { principal, via }] of fresh) if (!old.has(id)) drafts.push({ ...of, kind: 'log-changer', verdict: 'weaker', detail: id, what: `${principal} gained a way to weaken the log`, before: null, after: via, rule: 'log-change-restricted' });
    for (const [id, { principal, via }] of old) if (!fresh.has(id)) drafts.push({ ...of, kind: 'log-changer', verdict: 'stronger', detail: id, what: `${principal} lost a way to weaken the log`, before: via, after: null, rule: 'log-change-restricted' });
  }
  for (const was of known.values()) {
    if (!head.byId.has(was.log)) continue;
    drafts.push({ cloud: was.cloud, resource: was.log, kind: 'log', verdict: 'weaker', what: 'nothing is recorded there any more', before: was.verdict, after: null, rule: 'audit-log-enabled' });
  }
  return drafts;
}

function gaps(before: ProveReport, after: ProveReport): Draft[] {
  const old = new Set(before.unproved.map(({ reason, resource }) => `${resource} ${steady(reason)}`));
  return after.unproved.filter(({ reason, resource }) => !old.has(`${resource} ${steady(reason)}`))
    .map(({ cloud, resource, reason }) => ({ cloud, resource, kind: 'gap', verdict: 'unknown', detail: steady(reason), what: reason, before: null, after: reason, rule: 'artifact-readable' }));
}
