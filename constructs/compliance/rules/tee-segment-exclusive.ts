import { shown, teeHosts, text } from '../aws.js';
import { at, type Deployment, isList, isObject, type Resource, strings, Unknown, type Value } from '../model.js';
import { tagsOf } from '../phi.js';
import { within } from '../prove/aws/flows.js';
import { listAt } from '../prove/azure/arm.js';
import { GUEST_TYPES, guests } from '../prove/azure/guests.js';
import { networkOf } from '../prove/azure/network.js';
import { starts, STARTERS } from '../prove/aws/starters.js';
import { type Check, type Defect, defineRule, fail, outcomes, unknown } from '../rule.js';

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

const written = (value: Value | undefined): readonly Value[] => (isList(value) ? value : value === undefined || value === null ? [] : [value]);

/** Subnets and groups of a TEE's machine that are not of its segment, or of which nothing is known. */
class Standing {
  constructor(private readonly deployment: Deployment, private readonly segment: readonly Resource[]) {}

  subnets(value: Value | undefined, path: string): readonly Defect[] {
    return written(value).flatMap((one) => {
      const subnet = this.deployment.target(one);
      if (subnet && this.segment.includes(subnet)) return [];
      return [subnet ? fail(path, `stands in ${subnet.name} too, which is no place of the TEE: a bridge around the rules between them`) : unknown(path, `subnet ${shown(one)} is not in the artifact: what it reaches is not known`)];
    });
  }

  private groups(value: Value | undefined, path: string): readonly Defect[] {
    return written(value).flatMap((one) => (this.deployment.target(one) ? [] : [unknown(path, `security group ${shown(one)} is not in the artifact: what it lets through is not known`)]));
  }

  /** Of the settings of a machine, a launch template or an override. */
  machine(data: Value, prefix: string): readonly Defect[] {
    const interfaces = written(at(data, 'NetworkInterfaces'));
    return [
      ...this.subnets(at(data, 'SubnetId'), `${prefix}SubnetId`),
      ...this.groups(at(data, 'SecurityGroupIds'), `${prefix}SecurityGroupIds`),
      ...interfaces.flatMap((one, index) => {
        const path = `${prefix}NetworkInterfaces[${index}]`;
        if (!isObject(one)) return [unknown(path, one instanceof Unknown ? one.reason : `${shown(one)} is no network interface`)];
        const taken = one['NetworkInterfaceId'];
        const card = this.deployment.target(taken);
        return [
          ...this.subnets(one['SubnetId'], `${path}.SubnetId`),
          ...this.groups(one['Groups'] ?? one['GroupSet'], `${path}.Groups`),
          ...(taken === undefined || taken === null ? [] : card ? this.subnets(card.properties['SubnetId'], `${path}.NetworkInterfaceId`) : [unknown(`${path}.NetworkInterfaceId`, `network interface ${shown(taken)} is not in the artifact: where it stands is not known`)]),
        ];
      }),
    ];
  }
}

/** Whether a list of subnets, an override or a launch template leaves it to EC2 where a machine stands. */
function nowhere(deployment: Deployment, value: Value | undefined): boolean {
  if (value === undefined || value === null || (isList(value) && value.length === 0)) return true;
  if (isObject(value)) return value['SubnetId'] === undefined && written(value['NetworkInterfaces']).every((one) => isObject(one) && one['SubnetId'] === undefined && one['NetworkInterfaceId'] === undefined);
  const template = deployment.target(value);
  return template?.type === 'AWS::EC2::LaunchTemplate' ? nowhere(deployment, template.properties['LaunchTemplateData']) : template?.type === 'AWS::AutoScaling::LaunchConfiguration';
}

/** Where machines of the TEE stand: by their own settings, by those of what starts them, by an interface attached later. */
function* astray(deployment: Deployment, segment: readonly Resource[]): Iterable<readonly [Resource, readonly Defect[]]> {
  const standing = new Standing(deployment, segment);
  const hosts = teeHosts(deployment);
  const tee = new Set(hosts.map(({ resource }) => resource));
  for (const { resource, data, prefix } of hosts) yield [resource, standing.machine(data, prefix)];
  for (const starter of STARTERS.flatMap((type) => deployment.ofType(type))) {
    const { specs, overrides } = starts(starter.properties);
    const templates = [...specs.map(({ spec }) => at(spec, 'LaunchTemplateId') ?? at(spec, 'LaunchTemplateName')), starter.properties['LaunchConfigurationName']];
    if (tee.has(starter) || !templates.some((template) => [...tee].some((host) => deployment.refersTo(template, host)))) continue;
    const named = [starter.properties['VPCZoneIdentifier'], ...overrides.map(({ spec }) => spec), ...templates].some((value) => !nowhere(deployment, value));
    yield [starter, [
      ...(named ? [] : [fail('', 'names no subnet: its machines stand in the default subnets of the region')]),
      ...standing.subnets(starter.properties['VPCZoneIdentifier'], 'VPCZoneIdentifier'),
      ...overrides.flatMap(({ path, spec }) => standing.machine(spec, `${path}.`)),
    ]];
  }
  for (const attachment of deployment.ofType('AWS::EC2::NetworkInterfaceAttachment')) {
    const to = attachment.properties['InstanceId'];
    const machine = deployment.target(to);
    if (machine && !tee.has(machine)) continue;
    const card = deployment.target(attachment.properties['NetworkInterfaceId']);
    if (machine && card) yield [attachment, standing.subnets(card.properties['SubnetId'], 'NetworkInterfaceId')];
    else yield [attachment, [unknown('InstanceId', `gives machine ${shown(to)} another network interface: whether it is one of the TEE, and where the interface stands, is not in the artifact`)]];
  }
}

const aws: Check = function* (deployment) {
  const segment = places(deployment);
  if (segment.length === 0) return;
  let clean = true;
  for (const [resource, defects] of astray(deployment, segment)) {
    if (defects.length === 0) continue;
    clean = false;
    yield* outcomes(resource, defects);
  }
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
  // Whoever stands in a shared subnet stands in the network.
  for (const { properties, resource, name, path, place } of subnets) {
    const sharing = at(properties, 'sharingScope');
    if (tees.has(place) || sharing === undefined || sharing === null || sharing === '') continue;
    clean = false;
    yield* outcomes(resource, (sharing instanceof Unknown ? unknown : fail)(path === '' ? 'sharingScope' : `${path}.sharingScope`, `subnet ${name} is shared with others`));
  }
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
  title: 'Only TEE hosts stand in a segment of the TEE, and they stand nowhere else',
  theme: 'private-network',
  severity: 'high',
  waivable: true,
  citations: ['45 CFR 164.312(a)(1)', '45 CFR 164.312(e)(1)'],
  why: 'The segment\'s rules let attested workloads reach the stores. A function or container that joins the segment gets the same paths without being measured, and a host with one foot outside is a bridge.',
  fix: {
    aws: 'Move it to a segment of its own in the workload file, and let a flow lead to it where it is needed; every network interface of a TEE host stands in a subnet of the TEE with security groups of the artifact.',
    azure: 'Move it to a segment of its own in the workload file, and let a flow lead to it where it is needed; no delegations and no sharingScope on subnets of the TEE, one segment per machine.',
  },
  checks: { aws, azure },
});
