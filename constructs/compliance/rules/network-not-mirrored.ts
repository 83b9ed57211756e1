import { flag } from '../aws.js';
import { at, isList, type Resource, Unknown } from '../model.js';
import { processesPhi } from '../phi.js';
import { TYPE } from '../prove/gcp/names.js';
import { type Check, type Defect, defineRule, fail, outcomes, unknown } from '../rule.js';

/** A check that networks have no tap: what copies their packets is reported where it stands. */
const mirrors = (networks: string, taps: readonly RegExp[], off: (tap: Resource) => boolean | Unknown = () => false): Check => function* (deployment) {
  if (!processesPhi(deployment)) return;
  const found = deployment.resources.filter(({ type }) => taps.some((pattern) => pattern.test(type)));
  for (const tap of found) {
    const idle = off(tap);
    yield* outcomes(tap, idle === true ? true : (idle instanceof Unknown ? unknown : fail)('', `${tap.type.split(':').at(-1) ?? ''} copies packets of the network to another machine or store`));
  }
  for (const network of deployment.ofType(networks)) yield* outcomes(network, true);
};

const azureTaps = mirrors('azure-native:network:VirtualNetwork', [/^azure-native:network:(PacketCapture|VirtualNetworkTap|NetworkInterfaceTapConfiguration|ConnectionMonitorPacketCapture)$/]);

const interfaces: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  for (const nic of deployment.ofType('azure-native:network:NetworkInterface')) {
    const taps = at(nic.properties, 'tapConfigurations');
    const defects: Defect[] = taps instanceof Unknown ? [unknown('tapConfigurations', taps.reason)] : isList(taps) && taps.length > 0 ? [fail('tapConfigurations', 'a tap copies the packets of the interface')] : [];
    if (defects.length > 0) yield* outcomes(nic, defects);
  }
};

export const rule = defineRule({
  id: 'network-not-mirrored',
  title: 'Nobody mirrors or captures packets of the PHI network',
  theme: 'private-network',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(e)(1)', '45 CFR 164.312(a)(1)'],
  why: 'A mirror hands every packet to a machine that was never attested, past security groups, endpoints and flow rules, and no flow log shows it.',
  fix: {
    aws: 'Remove AWS::EC2::TrafficMirrorSession and its target; the flow logs of PrivateNetwork say who spoke to whom.',
    azure: 'Remove packet captures, virtual network taps and tapConfigurations; the flow logs of PrivateNetwork say who spoke to whom.',
    gcp: 'Remove PacketMirroring (or set enable FALSE) and mirroring or intercept endpoint groups; the flow logs of PrivateNetwork say who spoke to whom.',
  },
  checks: {
    aws: mirrors('AWS::EC2::VPC', [/^AWS::EC2::TrafficMirror(Session|Target)$/]),
    azure: function* (deployment) {
      yield* azureTaps(deployment);
      yield* interfaces(deployment);
    },
    gcp: mirrors(TYPE.network, [/^gcp:compute\/packetMirroring:/, /^gcp:networksecurity\/(mirroring|intercept)(Deployment|Endpoint)Group(Association)?:/], ({ properties }) => {
      const enabled = flag(properties['enable']);
      return enabled instanceof Unknown ? enabled : enabled === false;
    }),
  },
});
