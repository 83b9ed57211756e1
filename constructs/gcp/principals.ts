import type { GcpPlacement, Workload } from '../workload/workload.js';
import { namePrefix } from './component.js';

/** Identity pools have ids of 4 to 32 characters, `[a-z0-9-]`, not starting with `gcp-`. */
export function poolId(workload: Workload): string {
  const id = namePrefix(workload);
  return id.startsWith('gcp-') ? `x${id}`.slice(0, 32) : id;
}

/** The federated principals whose attestation token carries one image digest. Keyed by release name. */
export function attestedPrincipals(workload: Workload, placement: GcpPlacement): Readonly<Record<string, string>> {
  const pool = `principalSet://iam.googleapis.com/projects/${placement.keyProjectNumber}/locations/global/workloadIdentityPools/${poolId(workload)}`;
  return Object.fromEntries(activeDigests(workload).map(([release, digest]) => [release, `${pool}/attribute.image_digest/${digest}`]));
}

/** Release name and digest of the measurements that may receive the key, in the order of their names. */
export function activeDigests(workload: Workload): readonly (readonly [release: string, digest: string])[] {
  return Object.entries(workload.measurements.gcp)
    .filter(([, measurement]) => measurement.status === 'active')
    .map(([release, measurement]) => [release, measurement.imageDigest] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/**
 * An allow-policy member in the spelling of deny policies (IAM v2), which differs for users, groups and service accounts.
 * @throws for kinds that have no such spelling.
 */
export function denyPrincipal(member: string): string {
  const [kind = '', ...rest] = member.split(':');
  const value = rest.join(':');
  switch (kind) {
    case 'user':
      return `principal://goog/subject/${value}`;
    case 'group':
      return `principalSet://goog/group/${value}`;
    case 'serviceAccount':
      return `principal://iam.googleapis.com/projects/-/serviceAccounts/${value}`;
    case 'principal':
    case 'principalSet':
      return member;
    default:
      throw new Error(`'${member}' has no spelling in a deny policy; use user:, group:, serviceAccount:, principal:// or principalSet://`);
  }
}
