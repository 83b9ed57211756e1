import { type Cloud, type Deployment, perDeployment } from '../model.js';
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

const keysOf = perDeployment((deployment) => PROVERS[deployment.cloud].proveKeys(deployment));
const logsOf = perDeployment((deployment) => PROVERS[deployment.cloud].proveLogs(deployment));
const networkOf = perDeployment((deployment): NetworkProof => {
  const flows = PROVERS[deployment.cloud].proveFlows(deployment);
  return { verdict: networkVerdict(flows, deployment), flows };
});

export function prove(deployment: Deployment): Proofs {
  return {
    get keys() { return keysOf(deployment); },
    get network() { return networkOf(deployment); },
    get logs() { return logsOf(deployment); },
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
