import type { RuleCase } from '../rule-case.js';
import { net, ref, resource } from '../gcp-fixture.js';

const NETWORK = ref('gcp:compute/network:Network', 'net');

const gcp: RuleCase[] = [
  { cloud: 'gcp', name: 'alone', expected: 'pass', at: 'net', resources: net() },
  { cloud: 'gcp', name: 'a peering', expected: 'fail', at: 'peer', resources: net(resource('gcp:compute/networkPeering:NetworkPeering', 'peer', { network: NETWORK, peerNetwork: 'projects/x/global/networks/y' })) },
  { cloud: 'gcp', name: 'a VPN gateway', expected: 'fail', at: 'vpn', resources: net(resource('gcp:compute/haVpnGateway:HaVpnGateway', 'vpn', { network: NETWORK })) },
  { cloud: 'gcp', name: 'a serverless connector', expected: 'fail', at: 'connector', resources: net(resource('gcp:vpcaccess/connector:Connector', 'connector', { network: 'net' })) },
];

export const cases: RuleCase[] = gcp;
