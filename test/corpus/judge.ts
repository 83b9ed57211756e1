import { evaluate } from '../../constructs/compliance/evaluate.js';
import { proveReport } from '../../constructs/compliance/cli/prove.js';
import type { Cloud, Deployment, Value } from '../../constructs/compliance/model.js';
import { pulumiDeployments, templateDeployment } from '../../constructs/compliance/read/artifacts.js';
import { RULES } from '../../constructs/compliance/registry.js';
import type { JsonObject, Mutator } from './mutator.js';

export interface Verdict {
  readonly mutator: Mutator;
  /** What was reported that the shipped artifact does not report: rule ids and proof verdicts. Empty: nothing noticed. */
  readonly noticed: readonly string[];
  /** A weakening that was noticed, or a harmless edit that was not. */
  readonly right: boolean;
}

/** Runs every mutator of one cloud against a fresh copy of the shipped artifact. */
export function judge(cloud: Cloud, artifact: JsonObject, mutators: readonly Mutator[], today: string): readonly Verdict[] {
  if (new Set(mutators.map(({ name }) => name)).size !== mutators.length) throw new Error(`${cloud}: two mutators have one name`);
  const baseline = new Set(complaints(cloud, artifact, today));
  return mutators.map((mutator) => {
    const copy = structuredClone(artifact);
    mutator.apply(copy);
    if (JSON.stringify(copy) === JSON.stringify(artifact)) throw new Error(`${cloud} ${mutator.name} changes nothing`);
    const noticed = [...new Set(complaints(cloud, copy, today).filter((complaint) => !baseline.has(complaint)).map((complaint) => complaint.split(' ', 1)[0] as string))].sort();
    return { mutator, noticed, right: (mutator.effect === 'weaker') === noticed.length > 0 };
  });
}

/** Everything that `check` or `prove` would end non-zero for, one line each. */
function complaints(cloud: Cloud, artifact: JsonObject, today: string): string[] {
  const deployments = read(cloud, artifact, today);
  const { findings } = evaluate(deployments, { rules: RULES });
  const { keys, network, logs, unproved } = proveReport(deployments);
  return [
    ...findings.map(({ rule, status, resource, path, message }) => `${rule} ${status} ${resource} ${path} ${message}`),
    ...keys.filter(({ verdict }) => verdict !== 'gated').map(({ key, verdict }) => `key:${verdict} ${key}`),
    ...network.flows.filter(({ status }) => status !== 'expected').map(({ from, to, ports, status }) => `flow:${status} ${from} ${to} ${ports}`),
    ...logs.filter(({ verdict }) => verdict !== 'immutable').map(({ log, verdict }) => `log:${verdict} ${log}`),
    ...unproved.map(({ resource, reason }) => `unproved ${resource} ${reason}`),
  ];
}

function read(cloud: Cloud, artifact: JsonObject, today: string): readonly Deployment[] {
  const document = artifact as Value;
  if (cloud !== 'aws') return pulumiDeployments(document, 'preview.json', { today });
  return [templateDeployment([{ stack: 'clinical-decision', file: 'clinical-decision.template.json', template: document, account: '111122223333', region: 'us-east-1', nested: () => undefined }], { today })];
}
