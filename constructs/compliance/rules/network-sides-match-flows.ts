import { type Deployment } from '../model.js';
import { cidrSize } from '../../workload/ipv4.js';
import { type Host, networkOf, passes } from '../prove/gcp/network.js';
import { type Check, defineRule, type Defect, fail, outcomes } from '../rule.js';

/** Ports at which some rule begins or ends. */
function portStarts(deployment: Deployment): readonly number[] {
  const network = networkOf(deployment);
  const starts = new Set([0]);
  for (const rule of new Set(network.subnets.flatMap((subnet) => network.tiers(subnet.network).flat()))) for (const { ports } of rule.layer4) for (const [from, to] of ports) starts.add(from).add(to + 1);
  return [...starts].filter((port) => port <= 65_535).sort((a, b) => a - b);
}

/** What one side's rules would let pass if the other side's did not stand in the way. */
function* openSides(deployment: Deployment): Iterable<Defect> {
  const network = networkOf(deployment);
  const flows = Object.values(deployment.workload?.flows ?? {});
  const ports = portStarts(deployment);
  const places = new Map<string, Host[]>();
  for (const host of network.hosts) if (host.subnet.declared) places.set(host.subnet.place, [...(places.get(host.subnet.place) ?? []), host]);
  for (const [from, sources] of places) {
    for (const [to, targets] of places) {
      const wanted = new Set(flows.filter((flow) => flow.from === from && flow.to === to).map(({ port }) => port));
      const side = (ingress: boolean): string | undefined => {
        for (const [self, others] of ingress ? [[targets, sources]] as const : [[sources, targets]] as const) {
          for (const host of self) for (const other of others) {
            const [own, far] = [host.ranges[0], other.ranges[0]];
            if (!own || !far || host === other) continue;
            for (const protocol of ['tcp', 'udp', 'icmp']) for (const port of protocol === 'icmp' ? [0] : ports) {
              if (protocol === 'tcp' && wanted.has(port)) continue;
              // The last address of a range: a rule for its first half only is still a rule for a part.
              for (const address of new Set([far.first, far.first + cidrSize(far) - 1])) {
                const { answer, by } = passes(network, host, own.first, ingress, { address, host: other }, protocol, port);
                if (answer === 'yes') return `${protocol}/${port} by ${by}`;
              }
            }
          }
        }
        return undefined;
      };
      for (const ingress of [true, false]) {
        const open = side(ingress);
        if (open !== undefined) yield fail('', `${ingress ? `${to} lets in` : `${from} lets out`} more than the flows ${from} to ${to}: ${open}`);
      }
    }
  }
}

const gcp: Check = function* (deployment) {
  if (deployment.workload === null || networkOf(deployment).subnets.length === 0) return;
  yield* outcomes(deployment.root, [...openSides(deployment)]);
};

export const rule = defineRule({
  id: 'network-sides-match-flows',
  title: 'Egress rules and ingress rules each allow only the flows of the workload file',
  theme: 'private-network',
  severity: 'medium',
  waivable: true,
  citations: ['45 CFR 164.312(e)(1)', '45 CFR 164.312(a)(1)'],
  why: 'A side that is open behind a closed one lets PHI through with the next edit of the other. Both are derived from the same flows, so both can be exact.',
  fix: { gcp: 'Use PrivateNetwork, or give every allow rule a target (secure tag or service account), and the source or destination and port of one flow.' },
  checks: { gcp },
});
