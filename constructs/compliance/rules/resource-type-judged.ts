import { PLANE_TAG } from '../../workload/tags.js';
import * as azureTypes from '../data/azure-types.js';
import * as gcpTypes from '../data/gcp-types.js';
import { Unknown } from '../model.js';
import { processesPhi, tagsOf } from '../phi.js';
import { type Check, defineRule, fail, outcomes, unknown } from '../rule.js';

/** Types of which it is known what they do beside PHI. */
const HARMFUL: readonly (readonly [type: RegExp, what: string])[] = [
  [/^azure-native:network:(PacketCapture|VirtualNetworkTap|NetworkInterfaceTapConfiguration)$/, 'copies the packets of machines to a store or a collector'],
  [/^gcp:compute\/(zone|global)VmExtensionPolicy:/, 'installs programs on machines after they were measured'],
  [/^gcp:compute\/instanceSettings:/, 'lays metadata under the machines of a zone'],
];

const among = ({ isJudged, CORE }: Pick<typeof azureTypes, 'isJudged' | 'CORE'>): Check => function* (deployment) {
  if (!processesPhi(deployment)) return;
  let clean = true;
  for (const [type, resources] of deployment.byType) {
    if (isJudged(type)) continue;
    for (const resource of resources) {
      const tags = tagsOf(resource);
      if (!CORE.has(type.split(/[:/]/)[1] ?? '') && !(tags instanceof Unknown) && tags[PLANE_TAG] === 'no-phi') continue;
      clean = false;
      const harm = HARMFUL.find(([pattern]) => pattern.test(type))?.[1];
      yield* outcomes(resource, harm !== undefined ? fail('', harm) : unknown('', `no rule or proof reads ${type}: what it runs, holds or opens is not judged`));
    }
  }
  if (clean) yield* outcomes(deployment.root, true);
};

export const rule = defineRule({
  id: 'resource-type-judged',
  title: 'Every kind of resource beside PHI is one that can be judged',
  theme: 'attested-key',
  severity: 'medium',
  waivable: true,
  citations: ['45 CFR 164.308(a)(1)(ii)(A)', '45 CFR 164.308(a)(8)'],
  why: 'A cluster, a network manager or a packet capture that no rule knows may run code beside the TEE, join networks or copy traffic, and every other rule would still pass.',
  fix: {
    azure: 'Move it to a stack of its own that has no PHI, tag it phi-plane: no-phi if it runs beside the PHI plane (types outside network, compute, keys, stores and logs only), or exempt it with the reason why it is safe.',
    gcp: 'Move it to a stack of its own that has no PHI, label it phi-plane: no-phi if it runs beside the PHI plane (services other than compute, networks, keys, identities, stores and logs only), or exempt it with the reason why it is safe.',
  },
  checks: { azure: among(azureTypes), gcp: among(gcpTypes) },
});
