import { canonicalJson } from '../../workload/canonical.js';
import type { MeasurementApproval, Workload } from '../../workload/workload.js';
import type { Cloud } from '../model.js';
import type { ChangeVerdict, Draft } from './types.js';

/** Approvers that make a new measurement no weakening: four eyes. */
const APPROVERS = 2;

/** Compares the workload files that govern two deployments of one cloud. */
export function compareWorkloads(cloud: Cloud, base: Workload | null, head: Workload | null, today: string): Draft[] {
  if (base === head || (base && head && canonicalJson(base) === canonicalJson(head))) return [];
  const of = { cloud, resource: 'workload file', kind: 'workload' } as const;
  if (!head) return [{ ...of, verdict: 'weaker', what: 'the artifact no longer carries a workload file: nothing says any more what is approved', before: 'embedded', after: null, rule: 'artifact-readable' }];
  if (!base) return [{ ...of, verdict: 'neutral', what: 'the artifact now carries a workload file', before: null, after: 'embedded' }];
  const drafts: Draft[] = [...measurements(cloud, base, head, today)];
  const add = (verdict: ChangeVerdict, detail: string, what: string, before: unknown, after: unknown, rule?: string): void => {
    drafts.push({ ...of, verdict, detail, what, before: shown(before), after: shown(after), rule });
  };

  if (base.environment !== head.environment) {
    add(base.environment === 'production' ? 'weaker' : 'stronger', 'environment', `the environment is ${head.environment}: ${head.environment === 'production' ? 'the gates of production apply now' : 'the gates of production no longer apply'}`, base.environment, head.environment);
  }
  if (base.data.classification !== head.data.classification) {
    add(base.data.classification === 'phi' ? 'weaker' : head.data.classification === 'phi' ? 'stronger' : 'unknown', 'classification', `the data is declared to be ${head.data.classification}`, base.data.classification, head.data.classification);
  }
  const [days, years] = [base.retention.days, head.retention.days];
  if (days !== years) add(years < days ? 'weaker' : 'stronger', 'retention.days', `the workload file asks for ${Math.abs(days - years)} days ${years < days ? 'less' : 'more'} of records`, `${days} days`, `${years} days`, 'audit-log-retention');
  if (base.retention.irreversible !== head.retention.irreversible) {
    add(head.retention.irreversible ? 'stronger' : 'weaker', 'retention.irreversible', head.retention.irreversible ? 'the logs are locked for good' : 'the logs need no longer be locked for good', base.retention.irreversible, head.retention.irreversible, 'audit-log-immutable');
  }
  // What the workload file names counts as the deployment's own.
  for (const field of PLACES[cloud]) {
    const [was, now] = [placed(base, cloud, field), placed(head, cloud, field)];
    if (was !== undefined && was !== now) add('unknown', `clouds.${cloud}.${field}`, `the workload file names another ${field}, which counts as the deployment's own from now on`, was, now ?? null);
  }
  people(add, 'keyAdministrators', 'administering keys', base.keyAdministrators[cloud] ?? [], head.keyAdministrators[cloud] ?? []);
  people(add, 'breakGlass', 'changing the gate in an emergency', list(base.breakGlass[cloud]), list(head.breakGlass[cloud]));
  if (cloud === 'azure') people(add, 'attestationPolicySigners', 'signing the policy of the attestation authority', base.clouds.azure?.attestationPolicySigners ?? [], head.clouds.azure?.attestationPolicySigners ?? []);
  if (cloud === 'gcp') people(add, 'deployer', 'changing the gate at deployment', list(base.clouds.gcp?.deployer), list(head.clouds.gcp?.deployer));
  if (cloud === 'aws') people(add, 'deploymentRole', 'changing the gate at deployment', list(base.clouds.aws?.deploymentRole), list(head.clouds.aws?.deploymentRole));
  const [perimeter, after] = [base.clouds.gcp?.perimeter, head.clouds.gcp?.perimeter];
  if (cloud === 'gcp' && perimeter && (!after || (perimeter.enforced && !after.enforced))) add('weaker', 'perimeter', 'the service perimeter is no longer enforced', perimeter, after ?? null);
  if (cloud === 'gcp' && after && (!perimeter || (!perimeter.enforced && after.enforced))) add('stronger', 'perimeter', after.enforced ? 'the service perimeter is enforced' : 'a service perimeter logs what it would refuse', perimeter ?? null, after);
  if (base.baa[cloud] && !head.baa[cloud]) add('weaker', 'baa', 'the record of the business associate agreement is gone', base.baa[cloud].reference, null, 'baa-record-current');
  if (!base.baa[cloud] && head.baa[cloud]) add('stronger', 'baa', 'a business associate agreement is on record', null, head.baa[cloud].reference, 'baa-record-current');

  for (const [name, flow] of entries(head.flows)) {
    const was = base.flows[name] && same(base.flows[name], flow) ? flow : Object.values(base.flows).find((one) => same(one, flow));
    if (!was) drafts.push({ cloud, resource: `${flow.from} -> ${flow.to}`, kind: 'flow', verdict: 'weaker', detail: `tcp/${flow.port}`, what: `the workload file allows ${flow.from} to reach ${flow.to} on tcp/${flow.port}`, before: null, after: `tcp/${flow.port}`, rule: 'network-flows-match-workload' });
  }
  for (const [, flow] of entries(base.flows)) {
    if (!Object.values(head.flows).some((one) => same(one, flow))) drafts.push({ cloud, resource: `${flow.from} -> ${flow.to}`, kind: 'flow', verdict: 'stronger', detail: `tcp/${flow.port}`, what: `the workload file no longer allows ${flow.from} to reach ${flow.to} on tcp/${flow.port}`, before: `tcp/${flow.port}`, after: null, rule: 'network-flows-match-workload' });
  }
  for (const [name, segment] of entries(base.segments)) {
    const now = head.segments[name];
    if (now && now.purpose !== segment.purpose) add('unknown', `segments.${name}.purpose`, `the segment ${name} has another purpose`, segment.purpose, now.purpose);
  }
  return drafts;
}

/** Where a workload is: who is no stranger there. */
const PLACES = { aws: ['account', 'organization'], azure: ['subscription', 'tenant'], gcp: ['project', 'keyProject', 'organization'] } as const;
const placed = (workload: Workload, cloud: Cloud, field: string): string | undefined => {
  const value = Object.entries(workload.clouds[cloud] ?? {}).find(([name]) => name === field)?.[1] as unknown;
  return typeof value === 'string' ? value : undefined;
};

const entries = <T>(map: Readonly<Record<string, T>>): [string, T][] => Object.entries(map);
const list = (one: string | undefined): readonly string[] => (one === undefined ? [] : [one]);
const same = (a: unknown, b: unknown): boolean => canonicalJson(a) === canonicalJson(b);
const shown = (value: unknown): string | null => (value === undefined || value === null ? null : typeof value === 'string' ? value : canonicalJson(value));

function people(add: (verdict: ChangeVerdict, detail: string, what: string, before: unknown, after: unknown, rule?: string) => void, field: string, power: string, before: readonly string[], after: readonly string[]): void {
  const brief = (name: string): string => (name.length > 80 ? `${name.slice(0, 77)}…` : name);
  for (const name of after) if (!before.includes(name)) add('weaker', `${field} ${brief(name)}`, `${brief(name)} is named for ${power}`, null, brief(name), 'gate-change-restricted');
  for (const name of before) if (!after.includes(name)) add('stronger', `${field} ${brief(name)}`, `${brief(name)} is no longer named for ${power}`, brief(name), null, 'gate-change-restricted');
}

type State = 'active' | 'expired' | 'retired' | 'revoked';

const stateOf = ({ status, expires }: MeasurementApproval, today: string): State => (status !== 'active' ? status : expires < today ? 'expired' : 'active');

/** Distinct names: one person who signs twice is one approver. */
function approvers({ approvedBy }: MeasurementApproval): number {
  return new Set(approvedBy.map((name) => name.trim().toLowerCase()).filter((name) => name !== '')).size;
}

/** What a measurement admits, without who vouches for it and until when. */
function admits(measurement: MeasurementApproval): string {
  const { owner: _owner, approvedBy: _approvedBy, approved: _approved, expires: _expires, status: _status, ...rest } = measurement;
  return canonicalJson(rest);
}

function measurements(cloud: Cloud, base: Workload, head: Workload, today: string): Draft[] {
  const before = new Map<string, MeasurementApproval>(entries<MeasurementApproval>(base.measurements[cloud]));
  const drafts: Draft[] = [];
  const add = (verdict: ChangeVerdict, name: string, what: string, was: string | null, now: string | null, detail = ''): void => {
    drafts.push({ cloud, resource: `measurements.${cloud}.${name}`, kind: 'measurement', verdict, detail, what, before: was, after: now, rule: 'measurement-approved' });
  };
  const gained = (name: string, measurement: MeasurementApproval, was: string | null, how: string, stale = false): void => {
    const count = approvers(measurement);
    const approved = count >= APPROVERS && !stale;
    add(approved ? 'neutral' : 'weaker', name, `${how} and may receive keys until ${measurement.expires}; ${stale ? `the approval of ${measurement.approved} was for what it named before` : approved ? `approved by ${measurement.approvedBy.join(', ')}` : `${count === 1 ? `only ${measurement.approvedBy[0] ?? ''} approved it` : 'nobody approved it'}, ${APPROVERS} have to`}`, was, 'active');
  };
  // A handle may change its name: what it admits tells which is which.
  const moved = new Map<string, string>();
  for (const [name, measurement] of entries<MeasurementApproval>(head.measurements[cloud])) {
    if (before.has(name)) continue;
    const old = [...before].find(([other, one]) => !Object.hasOwn(head.measurements[cloud], other) && admits(one) === admits(measurement));
    if (old) moved.set(name, old[0]);
  }
  const seen = new Set<string>();
  for (const [name, now] of entries<MeasurementApproval>(head.measurements[cloud])) {
    const old = moved.get(name) ?? name;
    const was = before.get(old);
    seen.add(old);
    const state = stateOf(now, today);
    if (!was) {
      if (state === 'active') gained(name, now, null, `the measurement ${name} is new`);
      else add('neutral', name, `the measurement ${name} is on record as ${state}`, null, state);
      continue;
    }
    const earlier = stateOf(was, today);
    if (admits(was) !== admits(now)) {
      if (state === 'active') gained(name, now, earlier, `the measurement ${name} names another image`, now.approved === was.approved);
      else add('unknown', name, `the ${state} measurement ${name} names another image: the old one is off the record`, earlier, state);
    } else if (earlier !== 'active' && state === 'active') {
      if (earlier === 'revoked') add('weaker', name, `the revoked measurement ${name} may receive keys again`, earlier, state);
      else gained(name, now, earlier, `the ${earlier} measurement ${name} is active again`);
    } else if (earlier === 'active' && state !== 'active') {
      add('stronger', name, `the measurement ${name} is ${state}: it receives no keys any more`, earlier, state);
    } else if (earlier === 'revoked' && state !== 'revoked') {
      add('weaker', name, `the measurement ${name} is no longer on record as revoked`, earlier, state);
    } else if (earlier !== state) {
      add('stronger', name, `the ${earlier} measurement ${name} is ${state}`, earlier, state);
    } else if (state === 'active') {
      if (now.expires > was.expires) add(approvers(now) >= APPROVERS && now.approved > was.approved ? 'neutral' : 'weaker', name, `the measurement ${name} may receive keys longer${now.approved > was.approved ? '' : `, and the approval of ${now.approved} is not newer`}`, was.expires, now.expires, 'expires');
      if (now.expires < was.expires) add('stronger', name, `the measurement ${name} expires earlier`, was.expires, now.expires, 'expires');
      if (approvers(was) >= APPROVERS && approvers(now) < APPROVERS) add('weaker', name, `the measurement ${name} has fewer than ${APPROVERS} approvers now`, was.approvedBy.join(', '), now.approvedBy.join(', '), 'approvers');
    }
  }
  for (const [name, was] of before) {
    if (seen.has(name)) continue;
    const earlier = stateOf(was, today);
    if (earlier === 'active') add('stronger', name, `the measurement ${name} receives no keys any more; keep it on record as retired or revoked`, earlier, null);
    else if (earlier === 'revoked') add('weaker', name, `the measurement ${name} is off the record: nothing says any more that it is revoked`, earlier, null);
    else add('neutral', name, `the ${earlier} measurement ${name} is off the record`, earlier, null);
  }
  return drafts;
}

