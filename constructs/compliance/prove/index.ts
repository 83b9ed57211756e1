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

/**
 * Everything proved about one cloud's deployment. Each part is computed when it is first read, once, and shared by the
 * rules and the reports. A prover that fails throws there: no caller may take a failed proof for an empty one.
 */
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
  const keys = once(() => prover.proveKeys(deployment));
  const logs = once(() => prover.proveLogs(deployment));
  const network = once((): NetworkProof => {
    const flows = prover.proveFlows(deployment);
    return { verdict: networkVerdict(flows, deployment), flows };
  });
  const proofs: Proofs = {
    get keys() { return keys(); },
    get network() { return network(); },
    get logs() { return logs(); },
  };
  computed.set(deployment, proofs);
  return proofs;
}

/** Remembers the result, or the error. */
function once<T>(compute: () => T): () => T {
  let known: { readonly value: T } | { readonly error: unknown } | undefined;
  return () => {
    if (!known) {
      try {
        known = { value: compute() };
      } catch (error) {
        known = { error };
      }
    }
    if ('error' in known) throw known.error;
    return known.value;
  };
}

/** Resources that make a network; with them and without a flow, nothing has been compared and nothing is claimed. */
const NETWORK: Readonly<Record<Cloud, RegExp>> = {
  aws: /^AWS::EC2::(VPC|Subnet|SecurityGroup|InternetGateway|Instance|NatGateway|TransitGateway)|^AWS::ElasticLoadBalancing/,
  azure: /^azure-native:network:/,
  gcp: /^gcp:compute\/(network|subnetwork|firewall|instance|route|globalForwardingRule|forwardingRule|regionNetworkFirewallPolicy|networkFirewallPolicy)/i,
};

function networkVerdict(flows: readonly FlowProof[], deployment: Deployment): NetworkProof['verdict'] {
  if (flows.some((flow) => flow.status === 'extra')) return 'open';
  if (flows.length === 0 && deployment.resources.some(({ type }) => NETWORK[deployment.cloud].test(type))) return 'unknown';
  return flows.some((flow) => flow.status === 'unknown') ? 'unknown' : 'closed';
}
