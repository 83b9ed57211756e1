/** The two walls between segments, each judged as if the other were open: rules on the way out, and rules on the way in. */
import { type Cidr, contains } from '../../../workload/ipv4.js';
import type { Deployment } from '../../model.js';
import { type Answer, FRONT_ENDS, holds, type Host, isPublic, type Network, networkOf, passes, rangeOf } from './network.js';

export interface WallGap {
  readonly wall: 'egress' | 'ingress';
  readonly from: string;
  readonly to: string;
  /** `tcp/8443`. */
  readonly port: string;
  /** The rule that lets it pass. */
  readonly by: string;
  readonly unsure: boolean;
}

const PROTOCOLS = ['tcp', 'udp', 'icmp'] as const;

/** What one wall alone lets through that no flow of the workload file allows. One gap per wall, pair and rule. */
export function wallGaps(deployment: Deployment): readonly WallGap[] {
  const network = networkOf(deployment);
  const hosts = network.hosts.filter(({ subnet }) => subnet.declared);
  const { ports, ranges } = edgesOf(network);
  const found = new Map<string, WallGap>();
  const flows = Object.values(deployment.workload?.flows ?? {});
  const note = (wall: WallGap['wall'], from: string, to: string, protocol: string, port: number, { answer, by }: { readonly answer: Answer; readonly by: string }): void => {
    if (answer === 'no' || flows.some((flow) => flow.from === from && flow.to === to && protocol === 'tcp' && flow.port === port)) return;
    const key = `${wall} ${from} ${to} ${by}`;
    if (!found.has(key)) found.set(key, { wall, from, to, port: protocol === 'icmp' ? protocol : `${protocol}/${port}`, by, unsure: answer === 'unknown' });
  };
  // An address that no subnetwork holds: whatever is put there one day.
  const empty = ranges.map(({ first }) => first).filter((address) => !isPublic(address) && ![...FRONT_ENDS, ...network.subnets.flatMap(({ range }) => range ?? [])].some((range) => holds(range, address)));
  for (const protocol of PROTOCOLS) {
    for (const port of protocol === 'icmp' ? [0] : ports) {
      for (const to of hosts) {
        for (const own of addressesOf(to, ranges)) {
          for (const address of empty) note('ingress', 'an address outside every segment', to.subnet.place, protocol, port, passes(network, to, own, true, { address, host: undefined }, protocol, port));
          for (const from of hosts) {
            if (from.subnet.place === to.subnet.place) continue;
            for (const far of addressesOf(from, ranges)) {
              note('ingress', from.subnet.place, to.subnet.place, protocol, port, passes(network, to, own, true, { address: far, host: from }, protocol, port));
              note('egress', from.subnet.place, to.subnet.place, protocol, port, passes(network, from, far, false, { address: own, host: to }, protocol, port));
            }
          }
        }
      }
    }
  }
  return [...found.values()];
}

/** Ports and ranges at which the answer of some rule can change. */
function edgesOf(network: Network): { readonly ports: readonly number[]; readonly ranges: readonly Cidr[] } {
  const ports = new Set([1]);
  const ranges = new Map<string, Cidr>();
  const seen = new Set(network.subnets.map((subnet) => subnet.network));
  for (const rule of [...seen].flatMap((one) => network.tiers(one).flat())) {
    for (const [from, to] of rule.layer4.flatMap((layer) => layer.ports)) {
      ports.add(from);
      if (to < 65_535) ports.add(to + 1);
    }
    for (const text of [...rule.ranges, ...rule.ownRanges]) {
      const range = rangeOf(text);
      if (range) ranges.set(text, range);
    }
  }
  return { ports: [...ports].filter((port) => port >= 1), ranges: [...ranges.values()] };
}

/** One address of a host, and one inside each narrower range that a rule names. */
function addressesOf(host: Host, ranges: readonly Cidr[]): readonly number[] {
  return host.ranges.flatMap((own) => [own.first, ...ranges.filter((range) => range.prefix > own.prefix && contains(own, range)).map(({ first }) => first)]);
}
