import { refersTo, TYPE } from '../prove/gcp/names.js';
import { JOINS } from '../prove/gcp/flows.js';
import { type Check, defineRule, fail, outcomes } from '../rule.js';
import { processesPhi } from '../phi.js';

const gcp: Check = function* (deployment) {
  if (!processesPhi(deployment)) return;
  const joins = deployment.resources.filter(({ type }) => JOINS.some(([pattern]) => pattern.test(type)));
  for (const join of joins) yield* outcomes(join, fail('', `${join.type.split(':').at(-1) ?? ''} joins the network to another one, whose rules are not here`));
  for (const network of deployment.ofType(TYPE.network)) if (!joins.some((join) => Object.values(join.properties).some((value) => refersTo(deployment, value, network)))) yield* outcomes(network, true);
};

export const rule = defineRule({
  id: 'network-not-peered',
  title: 'The PHI network is joined to no other network',
  theme: 'private-network',
  severity: 'medium',
  waivable: true,
  citations: ['45 CFR 164.312(e)(1)', '45 CFR 164.308(a)(4)(ii)(B)'],
  why: 'A peering, VPN, interconnect or serverless connector brings in routes and machines that nobody attested; only firewall rules then stand between them and the TEE.',
  fix: { gcp: 'Use PrivateNetwork alone: no NetworkPeering, servicenetworking.Connection, VPN, interconnect, network attachment or VPC connector; clients reach the gateway through a service that the workload file names, under an exemption.' },
  checks: { gcp },
});
