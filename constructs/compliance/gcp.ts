/** What the Google Cloud checks share: tri-state settings, and which resources matter in a deployment. Plain data in, plain data out. */
import { list, shown } from './aws.js';
import { at, type Deployment, isObject, type Resource, Unknown, type Value } from './model.js';
import { processesPhi } from './phi.js';
import { federated, provePool, approvedBy } from './prove/gcp/federation.js';
import { bindingsOf, sameProject } from './prove/gcp/iam.js';
import { logStores } from './prove/gcp/logs.js';
import { bucketOf, sameName, text, TYPE } from './prove/gcp/names.js';
import { hasExternal, MACHINES } from './prove/gcp/network.js';
import { type Defect, fail, unknown } from './rule.js';

/** A setting as the API takes it, `true` and `"TRUE"` alike; absent reads as `undefined`. */
export function toggle(value: Value | undefined): boolean | Unknown | undefined {
  if (value === undefined || value === null) return undefined;
  if (value instanceof Unknown || typeof value === 'boolean') return value;
  const lower = typeof value === 'string' ? value.toLowerCase() : '';
  return lower === 'true' || lower === 'false' ? lower === 'true' : new Unknown(`${JSON.stringify(value)} is not a boolean`);
}

/** Instances and templates of a deployment that processes PHI: whatever runs there may come to see it. */
export function machines(deployment: Deployment): readonly Resource[] {
  return processesPhi(deployment) ? MACHINES.flatMap((type) => deployment.ofType(type)) : [];
}

const metadataPath = 'metadata';

/** The metadata of a machine, the start-up script included. */
export function metadataOf(machine: Resource): Readonly<Record<string, Value>> | Unknown {
  const value = machine.properties[metadataPath];
  if (value instanceof Unknown) return value;
  const script = machine.properties['metadataStartupScript'];
  return { ...(isObject(value) ? value : {}), ...(script === undefined || script === null ? {} : { 'startup-script': script }) };
}

/** Whether a machine runs Confidential Space: its metadata names a container, or its image is one of that project. */
export function runsConfidentialSpace(machine: Resource): boolean {
  const metadata = metadataOf(machine);
  if (!(metadata instanceof Unknown) && 'tee-image-reference' in metadata) return true;
  return bootImages(machine).some(({ image }) => typeof image === 'string' && image.includes('confidential-space'));
}

export interface MachineDisk {
  readonly path: string;
  readonly value: Value;
  readonly boot: boolean;
}

/** The disks that a machine declares; `Unknown` where the artifact does not tell. */
export function disksOf(machine: Resource): readonly MachineDisk[] | Unknown {
  if (machine.type !== TYPE.instance) {
    const disks = list(machine.properties['disks']);
    return disks instanceof Unknown ? disks : disks.map((value, index) => ({ path: `disks[${index}]`, value, boot: at(value, 'boot') === true || index === 0 }));
  }
  const attached = list(machine.properties['attachedDisks']);
  const scratch = list(machine.properties['scratchDisks']);
  const boot = machine.properties['bootDisk'];
  if (attached instanceof Unknown) return attached;
  if (scratch instanceof Unknown) return scratch;
  return [
    ...(boot === undefined || boot === null ? [] : [{ path: 'bootDisk', value: boot, boot: true }]),
    ...attached.map((value, index) => ({ path: `attachedDisks[${index}]`, value, boot: false })),
    ...scratch.map((_, index) => ({ path: `scratchDisks[${index}]`, value: { type: 'SCRATCH' }, boot: false })),
  ];
}

/** The images that a machine may start from. */
export function bootImages(machine: Resource): readonly { readonly path: string; readonly image: Value | undefined }[] {
  const disks = disksOf(machine);
  if (disks instanceof Unknown) return [{ path: 'disks', image: disks }];
  return disks.filter(({ boot }) => boot).map(({ path, value }) => {
    const [inner, own] = machine.type === TYPE.instance ? ['initializeParams.image', 'initializeParams.snapshot'] : ['sourceImage', 'sourceSnapshot'];
    const told = (name: string): boolean => at(value, name) !== undefined && at(value, name) !== null;
    return { path: `${path}.${inner}`, image: told(own) ? new Unknown('it starts from a snapshot') : at(value, inner) ?? (told('source') ? new Unknown('it starts from an existing disk') : undefined) };
  });
}

/** Interfaces of a machine with the path of each. */
export function interfacesOf(machine: Resource): readonly { readonly path: string; readonly value: Value }[] {
  const interfaces = list(machine.properties['networkInterfaces']);
  return interfaces instanceof Unknown ? [{ path: 'networkInterfaces', value: interfaces }] : interfaces.map((value, index) => ({ path: `networkInterfaces[${index}]`, value }));
}

export { hasExternal };

/** Buckets that receive no logs. In a PHI deployment each counts as a PHI store: an unlabelled one fails closed. */
export function phiBuckets(deployment: Deployment): readonly Resource[] {
  if (!processesPhi(deployment)) return [];
  const logs = new Set(logStores(deployment));
  return deployment.ofType(TYPE.bucket).filter((bucket) => !logs.has(bucket));
}

export const logBuckets = (deployment: Deployment): readonly Resource[] => logStores(deployment).filter(({ type }) => type === TYPE.bucket);

/** Bindings and access lists that stand on a bucket. */
export function bucketGrants(deployment: Deployment, bucket: Resource): readonly Resource[] {
  return deployment.resources.filter(({ type, properties }) => /^gcp:storage\/((bucketIAM|managedFolderI[aA][mM])(Policy|Binding|Member)|bucketACL|bucketAccessControl|defaultObjectACL|defaultObjectAccessControl):/.test(type) && (bucketOf(deployment, properties['bucket']) === bucket || sameName(properties['bucket'], bucket)));
}

const EVERYBODY: ReadonlySet<string> = new Set(['allUsers', 'allAuthenticatedUsers']);

/** What makes a bucket public, or lets single objects become so. */
export function bucketPrivate(deployment: Deployment, bucket: Resource): readonly Defect[] {
  const { properties } = bucket;
  const uniform = toggle(properties['uniformBucketLevelAccess']);
  const prevention = properties['publicAccessPrevention'];
  return [
    ...(uniform === true ? [] : [uniform instanceof Unknown ? unknown('uniformBucketLevelAccess', uniform.reason) : fail('uniformBucketLevelAccess', `uniformBucketLevelAccess is ${shown(properties['uniformBucketLevelAccess'])}: access lists can open single objects`)]),
    ...(prevention === 'enforced' ? [] : [prevention instanceof Unknown ? unknown('publicAccessPrevention', prevention.reason) : fail('publicAccessPrevention', `publicAccessPrevention is ${shown(prevention)}: the bucket can become public`)]),
    ...bucketGrants(deployment, bucket).flatMap((grant): Defect[] => {
      if (!/IAM/.test(grant.type)) return [fail('', `${grant.name} sets an access list`)];
      return bindingsOf(grant).flatMap(({ members, role }) => members.filter((member) => EVERYBODY.has(member)).map((member) => fail('', `${grant.name} gives ${member} ${role}`)));
    }),
  ];
}

/** Whether a member of a binding can only be an approved, attested workload. */
export function isAttested(deployment: Deployment, member: string): boolean | undefined {
  const identity = federated(deployment, member);
  if (!identity) return member.includes('${') ? undefined : false;
  if (!identity.pool) return undefined;
  const selector = identity.selector === '*' ? undefined : { attribute: identity.selector === 'subject' ? 'google.subject' : identity.selector === 'group' ? 'google.groups' : identity.selector, value: identity.value };
  const { verdict } = provePool(deployment, identity.pool, approvedBy(deployment), selector);
  return verdict === 'unknown' ? undefined : verdict === 'closed';
}

/** A customer key by name, in any spelling; the defect when there is none. */
export function keyed(deployment: Deployment, value: Value | undefined, path: string): readonly Defect[] {
  if (value instanceof Unknown) return [unknown(path, `${path} is not known: ${value.reason}`)];
  const owner = /^(?:\/\/cloudkms\.googleapis\.com\/)?projects\/([^/$]+)\//.exec(text(value) ?? '')?.[1];
  const placement = deployment.workload?.clouds.gcp;
  if (owner !== undefined && placement && [placement.project, placement.keyProject].every((project) => sameProject(deployment, owner, project) === 'no')) return [fail(path, `${path} is a key of project ${owner}, which is none of the workload's: whoever owns it can take it away`)];
  return text(value) !== undefined && text(value) !== '' ? [] : [fail(path, `${path} is ${shown(value)}: a key of Google, which the customer cannot revoke`)];
}

/** Defects unless the resource is protected from the engine and from the provider's deletion. */
export function kept(resource: Resource): readonly Defect[] {
  const { protect, retainOnDelete } = resource.attributes;
  const policy = resource.properties['deletionPolicy'];
  return [
    ...(protect === true || retainOnDelete === true ? [] : [protect instanceof Unknown ? unknown('protect', protect.reason) : fail('protect', 'protect is not set: it goes with the stack')]),
    ...(policy === 'PREVENT' || policy === 'ABANDON' ? [] : [policy instanceof Unknown ? unknown('deletionPolicy', policy.reason) : fail('deletionPolicy', `deletionPolicy is ${shown(policy)}: the provider deletes it when asked`)]),
  ];
}

/** Seconds of a duration such as `7776000s`. */
export function seconds(value: Value | undefined): number | Unknown | undefined {
  if (value === undefined || value === null || value instanceof Unknown) return value ?? undefined;
  const match = /^(\d+)(?:\.\d+)?s$/.exec(text(value) ?? '');
  return match ? Number(match[1]) : new Unknown(`${shown(value)} is no duration in seconds`);
}
