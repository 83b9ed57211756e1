import type { Cloud, Deployment } from '../model.js';
import * as aws from './aws/index.js';
import * as azure from './azure/index.js';
import * as gcp from './gcp/index.js';
import type { FlowProof, KeyProof, LogProof, NetworkProof } from './types.js';

export type * from './types.js';

interface Prover {
  proveKeys(deployment: Deployment): readonly KeyProof[];
  proveFlows(deployment: Deployment): readonly FlowProof[];
  proveLogs(deployment: Deployment): readonly LogProof[];
}

const PROVERS: Readonly<Record<Cloud, Prover>> = { aws, azure, gcp };

/** Everything proved about one cloud's deployment; computed once, shared by the rules and the reports. */
export interface Proofs {
  readonly keys: readonly KeyProof[];
  readonly network: NetworkProof;
  readonly logs: readonly LogProof[];
}

const computed = new WeakMap<Deployment, Proofs>();

export function prove(deployment: Deployment): Proofs {
  const known = computed.get(deployment);
  if (known) return known;
  const prover = PROVERS[deployment.cloud];
  const flows = prover.proveFlows(deployment);
  const proofs: Proofs = {
    keys: prover.proveKeys(deployment),
    network: { verdict: networkVerdict(flows), flows },
    logs: prover.proveLogs(deployment),
  };
  computed.set(deployment, proofs);
  return proofs;
}

function networkVerdict(flows: readonly FlowProof[]): NetworkProof['verdict'] {
  if (flows.some((flow) => flow.status === 'extra')) return 'open';
  return flows.some((flow) => flow.status === 'unknown') ? 'unknown' : 'closed';
}
