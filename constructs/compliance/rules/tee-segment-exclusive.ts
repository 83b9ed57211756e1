import { text } from '../aws.js';
import { at, type Deployment, isList, type Resource, strings, Unknown } from '../model.js';
import { tagsOf } from '../phi.js';
import { within } from '../prove/aws/flows.js';
import { listAt } from '../prove/azure/arm.js';
import { GUEST_TYPES, guests } from '../prove/azure/guests.js';
import { networkOf } from '../prove/azure/network.js';
import { type Check, defineRule, fail, outcomes, unknown } from '../rule.js';

/** What belongs to the network itself, or is judged as a host of the TEE. */
const NETWORK = /^AWS::EC2::(?!NetworkInterface|InstanceConnectEndpoint|SpotFleet|EC2Fleet|ClientVpn)|^AWS::(AutoScaling|ElasticLoadBalancingV2|Route53Resolver|IAM|KMS|CloudFormation|RAM)::/;

/** Subnets and security groups of the segments whose purpose is a TEE. */
function places(deployment: Deployment): readonly Resource[] {
  const segments = Object.entries(deployment.workload?.segments ?? {}).filter(([, segment]) => segment?.purpose === 'tee');
  return [...deployment.ofType('AWS::EC2::Subnet'), ...deployment.ofType('AWS::EC2::SecurityGroup')].filter((resource) => {
    const tags = tagsOf(resource);
    const tag = tags instanceof Unknown ? undefined : tags['phi-segment'];
    return segments.some(([name, { cidr }]) => tag === name || within(text(resource.properties['CidrBlock']), cidr));
  });
}

const aws: Check = function* (deployment) {
  const segment = places(deployment);
  if (segment.length === 0) return;
  let clean = true;
  for (const resource of deployment.resources) {
    if (NETWORK.test(resource.type)) continue;
    const place = segment.find((one) => deployment.refersTo(resource.properties, one));
    if (!place) continue;
    clean = false;
    yield* outcomes(resource, fail('', `stands in ${place.name}, a place of attested hosts`));
  }
  if (clean) yield* outcomes(deployment.root, true);
};

const GUESTS: ReadonlySet<string> = new Set(GUEST_TYPES);
/** What names a subnet without putting anything of its own into it. */
const PLUMBING = /^azure-native:network:(VirtualNetwork|Subnet|RouteTable|NetworkSecurityGroup|NatGateway|LoadBalancer|FlowLog|VirtualNetworkPeering)$/;

const azure: Check = function* (deployment) {
  const { subnets, hosts, arm } = networkOf(deployment);
  const tees = new Set(Object.entries(deployment.workload?.segments ?? {}).filter(([, { purpose }]) => purpose === 'tee').map(([name]) => name));
  const places = subnets.filter(({ place }) => tees.has(place));
  if (places.length === 0) return;
  const ids = new Map(places.map(({ id, name }) => [id, name]));
  const ofGuests = new Set(guests(deployment).flatMap((guest) => { const nics = listAt(guest.properties, 'networkProfile.networkInterfaces'); return nics instanceof Unknown ? [] : nics.map((nic) => arm.find(at(nic, 'id'))); }));
  let clean = true;
  for (const { properties, resource, name, path } of places) {
    const where = (setting: string): string => (path === '' ? setting : `${path}.${setting}`);
    const delegations = at(properties, 'delegations');
    const sharing = at(properties, 'sharingScope');
    const defects = [
      ...(delegations === undefined || delegations === null || (isList(delegations) && delegations.length === 0) ? [] : [(delegations instanceof Unknown ? unknown : fail)(where('delegations'), `subnet ${name} is handed to a service, which puts machines of its own there`)]),
      ...(sharing === undefined || sharing === null || sharing === '' ? [] : [(sharing instanceof Unknown ? unknown : fail)(where('sharingScope'), `subnet ${name} is shared with others`)]),
    ];
    if (defects.length > 0) { clean = false; yield* outcomes(resource, defects); }
  }
  for (const resource of deployment.resources) {
    if (PLUMBING.test(resource.type) || GUESTS.has(resource.type) || ofGuests.has(resource)) continue;
    const place = [...strings(resource.properties)].map((text) => (text.includes('/subnets/') || text.includes('${') ? arm.normal(text) : undefined)).find((id) => id !== undefined && ids.has(id));
    if (place === undefined) continue;
    clean = false;
    yield* outcomes(resource, fail('', `stands in subnet ${ids.get(place) ?? ''}, a place of attested machines`));
  }
  for (const guest of guests(deployment)) {
    const nics = listAt(guest.properties, 'networkProfile.networkInterfaces');
    const own = new Set<Resource | undefined>([guest, ...(nics instanceof Unknown ? [] : nics.map((nic) => arm.find(at(nic, 'id'))))]);
    const segments = new Set(hosts.filter(({ resource, endpoint }) => endpoint === undefined && resource !== undefined && own.has(resource)).map(({ subnet }) => subnet.place));
    if (segments.size < 2 || ![...segments].some((segment) => tees.has(segment))) continue;
    clean = false;
    yield* outcomes(guest, fail('', `stands in ${[...segments].sort().join(' and ')}: a bridge around the rules between them`));
  }
  if (clean) yield* outcomes(deployment.root, true);
};

export const rule = defineRule({
  id: 'tee-segment-exclusive',
  title: 'Only TEE hosts stand in a segment of the TEE',
  theme: 'private-network',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(a)(1)', '45 CFR 164.312(e)(1)'],
  why: 'The segment\'s rules let attested workloads reach the stores. A function or container that joins the segment gets the same paths without being measured.',
  fix: {
    aws: 'Move it to a segment of its own in the workload file, and let a flow lead to it where it is needed.',
    azure: 'Move it to a segment of its own in the workload file, and let a flow lead to it where it is needed; no delegations and no sharingScope on subnets of the TEE, one segment per machine.',
  },
  checks: { aws, azure },
});
