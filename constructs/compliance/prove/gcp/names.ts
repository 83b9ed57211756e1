/** How resources of a Google Cloud artifact refer to each other: by placeholder in previews, by resource name in exports. */
import { at, type Deployment, parseReference, type Resource, Unknown, type Value } from '../../model.js';

export const TYPE = {
  key: 'gcp:kms/cryptoKey:CryptoKey',
  ring: 'gcp:kms/keyRing:KeyRing',
  pool: 'gcp:iam/workloadIdentityPool:WorkloadIdentityPool',
  provider: 'gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider',
  account: 'gcp:serviceaccount/account:Account',
  denyPolicy: 'gcp:iam/denyPolicy:DenyPolicy',
  instance: 'gcp:compute/instance:Instance',
  template: 'gcp:compute/instanceTemplate:InstanceTemplate',
  regionTemplate: 'gcp:compute/regionInstanceTemplate:RegionInstanceTemplate',
  network: 'gcp:compute/network:Network',
  subnetwork: 'gcp:compute/subnetwork:Subnetwork',
  bucket: 'gcp:storage/bucket:Bucket',
  logBucket: 'gcp:logging/projectBucketConfig:ProjectBucketConfig',
} as const;

/** Text of a value; undefined when it is absent, no string, or not told. */
export function text(value: Value | undefined): string | undefined {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined;
}

/** The project of a resource: a literal, `undefined` for the provider's default, `Unknown` where it is not told. */
export function projectOf(deployment: Deployment, resource: Resource): string | Unknown | undefined {
  const value = resource.type === TYPE.key ? ringOf(deployment, resource)?.properties['project'] : resource.properties['project'];
  if (resource.type === TYPE.key && value === undefined) {
    const named = /^projects\/([^/$]+)\//.exec(text(resource.properties['keyRing']) ?? '');
    if (named) return named[1];
  }
  if (value instanceof Unknown || value === undefined || value === null) return value ?? undefined;
  const literal = text(value);
  return literal === undefined || literal.includes('${') ? new Unknown('the project is an output') : literal;
}

export function ringOf(deployment: Deployment, key: Resource): Resource | undefined {
  const value = key.properties['keyRing'];
  const target = deployment.target(value);
  if (target?.type === TYPE.ring) return target;
  return deployment.ofType(TYPE.ring).find((ring) => refersTo(deployment, value, ring));
}

/** Names by which other resources may call this one, beside its placeholder. */
function literalNames(deployment: Deployment, resource: Resource): readonly string[] {
  const of = (name: string): string | undefined => text(resource.properties[name]);
  const project = projectOf(deployment, resource);
  const inProject = typeof project === 'string' ? project : undefined;
  const named = of('name');
  switch (resource.type) {
    case TYPE.ring: {
      const location = of('location');
      if (!named || !location) return [];
      return [`${location}/${named}`, ...(inProject ? [`projects/${inProject}/locations/${location}/keyRings/${named}`, `${inProject}/${location}/${named}`] : [])];
    }
    case TYPE.key: {
      const ring = ringOf(deployment, resource);
      const direct = of('keyRing');
      const rings = ring ? literalNames(deployment, ring) : direct && !direct.includes('${') ? [direct] : [];
      return named ? rings.map((name) => (name.includes('keyRings/') ? `${name}/cryptoKeys/${named}` : `${name}/${named}`)) : [];
    }
    case TYPE.pool: {
      const id = of('workloadIdentityPoolId');
      return id ? [id, ...(inProject ? [`projects/${inProject}/locations/global/workloadIdentityPools/${id}`] : [])] : [];
    }
    case TYPE.account: {
      const id = of('accountId');
      return id && inProject ? [accountEmail(id, inProject), `projects/${inProject}/serviceAccounts/${accountEmail(id, inProject)}`, `projects/-/serviceAccounts/${accountEmail(id, inProject)}`] : [];
    }
    case TYPE.network:
      return named ? [named, ...(inProject ? [`projects/${inProject}/global/networks/${named}`] : [])] : [];
    case TYPE.subnetwork: {
      const region = of('region');
      return named ? [named, ...(inProject && region ? [`projects/${inProject}/regions/${region}/subnetworks/${named}`] : [])] : [];
    }
    default:
      return named ? [named] : [];
  }
}

const accountEmail = (id: string, project: string): string => `${id}@${project}.iam.gserviceaccount.com`;

/** Whether a value names the resource: by reference, or by its name in any of the provider's spellings. */
export function refersTo(deployment: Deployment, value: Value | undefined, resource: Resource): boolean {
  const target = deployment.target(value);
  if (target) return target === resource;
  const literal = text(value);
  if (literal === undefined || literal.includes('${')) return false;
  const bare = literal.replace(/^https:\/\/(?:www|compute)\.googleapis\.com\/compute\/[^/]+\//, '').replace(/^\/\/[a-z]+\.googleapis\.com\//, '');
  return literalNames(deployment, resource).includes(bare);
}

/** The bucket that a reference means: to the bucket, or to the `bucket` of what lies in it. */
export function bucketOf(deployment: Deployment, value: Value | undefined): Resource | undefined {
  const target = deployment.target(value);
  const inside = target && /^gcp:storage\/(managedFolder|folder|bucketObject):/.test(target.type);
  return inside ? bucketOf(deployment, target.properties['bucket']) ?? deployment.ofType(TYPE.bucket).find((bucket) => sameName(target.properties['bucket'], bucket)) : target?.type === TYPE.bucket ? target : undefined;
}

/** Whether a value is the plain name of a resource. */
export function sameName(value: Value | undefined, resource: Resource): boolean {
  const name = text(resource.properties['name']);
  return name !== undefined && text(value)?.replace(/^b\//, '') === name;
}

/** Whether a value is told and names something: neither unknown nor an output that cannot be followed. */
export function resolvable(deployment: Deployment, value: Value | undefined): boolean {
  if (value instanceof Unknown || value === undefined || value === null) return false;
  const literal = text(value);
  if (literal === undefined) return false;
  return deployment.target(value) !== undefined || !literal.includes('${');
}

/** The email of a service account, from a literal or a reference to the account or one of its outputs. */
export function emailOf(deployment: Deployment, value: Value | undefined): string | undefined {
  const literal = text(value);
  if (literal === undefined) return undefined;
  if (!literal.includes('${')) return literal.replace(/^serviceAccount:/, '');
  const account = deployment.target(literal.replace(/^serviceAccount:/, ''));
  if (account?.type !== TYPE.account) return undefined;
  return literalNames(deployment, account)[0];
}

/** The boolean of a property: its value, the default when absent, undefined when not told. */
export function flag(resource: Resource, path: string, byDefault: boolean): boolean | undefined {
  const value = at(resource.properties, path);
  if (value === undefined || value === null) return byDefault;
  if (typeof value === 'boolean') return value;
  if (value === 'true' || value === 'TRUE') return true;
  return value === 'false' || value === 'FALSE' ? false : undefined;
}

export { parseReference };
