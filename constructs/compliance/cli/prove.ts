import { CLOUDS, type Cloud } from '../../workload/workload.js';
import { budgetOf, within } from '../limit.js';
import { type Deployment, Unknown } from '../model.js';
import { phiKeys, processesPhi, supportingKeys } from '../phi.js';
import { type FlowProof, type KeyProof, type LogProof, type NetworkProof, prove as proofsOf } from '../prove/index.js';
import { demandResources, readArtifacts } from '../read/artifacts.js';
import { GAP } from '../read/template.js';
import { governingWorkload } from './check.js';
import type { Terminal } from './main.js';
import { oneLine } from './plain.js';
import { jsonParts, writeParts } from './write.js';

export interface ProveOptions {
  readonly paths: readonly string[];
  readonly format: 'text' | 'json';
  readonly workload?: string | undefined;
  readonly terminal: Terminal;
  /** ISO date, for tests. Default: today, UTC. */
  readonly today?: string | undefined;
}

/** `tee-kit prove --format json`. The shape is contract. */
export interface ProveReport {
  readonly version: 1;
  readonly keys: readonly KeyProof[];
  readonly network: {
    readonly verdict: NetworkProof['verdict'];
    readonly flows: readonly FlowProof[];
    readonly clouds: Partial<Readonly<Record<Cloud, { readonly verdict: NetworkProof['verdict'] }>>>;
  };
  readonly logs: readonly LogProof[];
  /** What keeps a proof from being complete: unreadable parts of the artifact, a prover that failed, a missing PHI key. */
  readonly unproved: readonly { readonly cloud: Cloud; readonly resource: string; readonly reason: string }[];
}

/** `tee-kit prove`. @returns the exit code: 0 only if everything is gated, closed and immutable. */
export function prove({ paths, format, workload, terminal, today }: ProveOptions): number {
  const governing = workload === undefined ? undefined : governingWorkload(workload);
  const { deployments } = readArtifacts(paths, { workload: governing, today, onFile: (file) => terminal.progress(`reading ${file}`) });
  demandResources(deployments, paths);
  const report = proveReport(deployments);
  terminal.progress('');
  if (format === 'json') writeParts(jsonParts(report), terminal.out);
  else terminal.out(proveText(report));
  return isProved(report) ? 0 : 1;
}

export function isProved({ keys, network, logs, unproved }: ProveReport): boolean {
  return unproved.length === 0 && network.verdict === 'closed'
    && keys.every(({ verdict }) => verdict === 'gated') && logs.every(({ verdict }) => verdict === 'immutable');
}

const WORST: readonly NetworkProof['verdict'][] = ['open', 'unknown', 'closed'];

export function proveReport(deployments: readonly Deployment[]): ProveReport {
  const keys: KeyProof[] = [];
  const flows: FlowProof[] = [];
  const logs: LogProof[] = [];
  const verdicts = new Map<Cloud, NetworkProof['verdict'][]>();
  const unproved: { cloud: Cloud; resource: string; reason: string }[] = [];
  for (const deployment of deployments) {
    const { cloud } = deployment;
    const attempt = (what: string, part: () => void, otherwise: (reason: string) => void = () => undefined): void => {
      const missed = (why: string): void => {
        const reason = `the proof of ${what} ${why}`;
        unproved.push({ cloud, resource: deployment.root.id, reason });
        otherwise(reason);
      };
      try {
        const budget = budgetOf(deployment);
        if (!within(budget, part)) missed(`took more than ${budget} ms`);
      } catch (error) {
        missed(`failed: ${error instanceof Error ? error.message : String(error)}`);
      }
    };
    // A proof that did not end has unknown keys and logs, never none: an empty list would read as nothing to release.
    const undecided = (key: string, reason: string): KeyProof => ({ cloud, key, verdict: 'unknown', witness: null, guards: { present: 0, expected: 0 }, canChangeTheGate: [], reasons: [reason] });
    attempt('key release', () => { for (const key of proofsOf(deployment).keys) keys.push(key); }, (reason) => {
      attempt('the PHI keys', () => { for (const { id } of phiKeys(deployment)) keys.push(undecided(id, reason)); }, (why) => void keys.push(undecided(deployment.root.id, why)));
    });
    const judged = (verdict: NetworkProof['verdict']): void => void verdicts.set(cloud, [...(verdicts.get(cloud) ?? []), verdict]);
    attempt('the network', () => {
      const network = proofsOf(deployment).network;
      judged(network.verdict);
      for (const flow of network.flows) flows.push(flow);
    }, () => judged('unknown'));
    attempt('the logs', () => { for (const log of proofsOf(deployment).logs) logs.push(log); }, (reason) => {
      logs.push({ cloud, log: deployment.root.id, verdict: 'unknown', days: null, canWeaken: [], reasons: [reason] });
    });
    for (const resource of deployment.resources) {
      const hidden = resource.type === GAP ? resource.properties['reason'] : undefined;
      if (hidden instanceof Unknown) unproved.push({ cloud, resource: resource.id, reason: hidden.reason });
    }
    attempt('the PHI keys', () => {
      for (const { id } of supportingKeys(deployment)) {
        unproved.push({ cloud, resource: id, reason: 'the key has no key-purpose tag; without attestation condition beside a gated key, and used by a service, it is taken for the key of logs or disks: tag it to say so' });
      }
      if (processesPhi(deployment) && phiKeys(deployment).length === 0) {
        unproved.push({ cloud, resource: deployment.root.id, reason: 'the deployment processes PHI and has no PHI key' });
      }
    });
  }
  const worst = (list: readonly NetworkProof['verdict'][]) => WORST.find((verdict) => list.includes(verdict)) ?? 'closed';
  return {
    version: 1,
    keys,
    network: {
      verdict: worst([...verdicts.values()].flat()),
      flows,
      clouds: Object.fromEntries(CLOUDS.flatMap((cloud) => (verdicts.has(cloud) ? [[cloud, { verdict: worst(verdicts.get(cloud) ?? []) }]] : []))),
    },
    logs,
    unproved,
  };
}

export function proveText({ keys, network, logs, unproved }: ProveReport): string {
  const lines: string[] = ['Keys'];
  if (keys.length === 0) lines.push('  no PHI key');
  for (const { cloud, key, verdict, witness, guards, canChangeTheGate, reasons } of keys) {
    lines.push(`  ${verdict.toUpperCase()} [${cloud}] ${key} (${guards.present} of ${guards.expected} guards)`);
    if (witness) lines.push(`    ${witness.principal} can call ${witness.action} with attestation ${witness.attestation}, via ${witness.via}`);
    for (const reason of reasons) lines.push(`    ${reason}`);
    for (const { principal, via } of canChangeTheGate) lines.push(`    can change the gate: ${principal} (${via})`);
  }
  lines.push('', `Network: ${network.verdict}${network.flows.length === 0 && network.verdict === 'unknown' ? ' (no segments and flows to compare with)' : ''}`);
  for (const { cloud, from, to, ports, status, via } of network.flows) lines.push(`  ${status.toUpperCase()} [${cloud}] ${from} -> ${to} ${ports}${via === '' ? '' : ` (${via})`}`);
  lines.push('', 'Logs');
  if (logs.length === 0) lines.push('  no log store');
  for (const { cloud, log, verdict, days, canWeaken, reasons } of logs) {
    lines.push(`  ${verdict.toUpperCase()} [${cloud}] ${log}${days === null ? '' : ` ${days} days`}`);
    for (const reason of reasons) lines.push(`    ${reason}`);
    for (const { principal, via, certain } of canWeaken) lines.push(`    ${certain === false ? 'may' : 'can'} weaken it: ${principal} (${via})`);
  }
  if (unproved.length > 0) lines.push('', 'Not proved');
  for (const { cloud, resource, reason } of unproved) lines.push(`  UNKNOWN [${cloud}] ${resource}: ${reason}`);
  return `${lines.map(oneLine).join('\n')}\n`;
}
