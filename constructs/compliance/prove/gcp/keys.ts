import { type Deployment, referenceKey, type Resource } from '../../model.js';
import { allKeys, phiKeys } from '../../phi.js';
import type { GateChanger, KeyProof, Witness } from '../types.js';
import { type Approved, type Breach, undecided } from './condition.js';
import { approvedBy, federated, fixesDigest, hangsOnImage, OVERRIDES, provePool } from './federation.js';
import { bindingsOf, customPermissions, DECRYPT_DENIALS, type Denial, denialsOn, type Grant, grantsOn, isAuthoritative, isDenied, permits } from './iam.js';
import { emailOf, projectOf, refersTo, ringOf, text, TYPE } from './names.js';

const DECRYPT = 'cloudkms.cryptoKeyVersions.useToDecrypt';

/** The condition, the bindings and the deny policy. */
const GUARDS = 3;

/** The PHI keys, and every key that a federated principal is bound to whatever its label says. */
export function attestedKeys(deployment: Deployment): readonly Resource[] {
  const declared = phiKeys(deployment);
  const bound = allKeys(deployment).filter((key) => !declared.includes(key) && grantsOn(deployment, key).some(({ scope, members }) => scope === 'key' && members.some((member) => federated(deployment, member))));
  return [...declared, ...bound];
}

/** Federated members that may decrypt with a key if their token satisfies the pool's condition. */
export function attestedMembers(deployment: Deployment, key: Resource): readonly string[] {
  return [...new Set(grantsOn(deployment, key).filter(({ role }) => permits(deployment, role, 'decrypt') !== 'no').flatMap(({ members }) => members.filter((member) => federated(deployment, member))))];
}

/** One way to the key, with the resource that opens it; null for what stands outside the artifact. */
export interface Bypass {
  readonly source: Resource | null;
  readonly witness: Witness;
}

const bypasses = new WeakMap<KeyProof, readonly Bypass[]>();

/** Every way around the gate that a proof found; its witness is the first of them. */
export function bypassesOf(proof: KeyProof): readonly Bypass[] {
  return bypasses.get(proof) ?? [];
}

export function proveKeys(deployment: Deployment): readonly KeyProof[] {
  const approved = approvedBy(deployment);
  return attestedKeys(deployment).map((key) => proveKey(deployment, key, approved));
}

/** What one member that may decrypt means for the gate. */
type Finding =
  | { readonly kind: 'attested' }
  | { readonly kind: 'bypass'; readonly witness: Witness }
  | { readonly kind: 'unknown'; readonly reasons: readonly string[] }
  /** Bound, and still refused by the deny policy. */
  | { readonly kind: 'denied'; readonly reason: string };

function proveKey(deployment: Deployment, key: Resource, approved: Approved): KeyProof {
  const grants = grantsOn(deployment, key);
  const denials = denialsOn(deployment, key);
  const reasons: string[] = [];
  const unknowns: string[] = [];
  const ways: Bypass[] = [];
  let bindingsHold = true;
  const pools = new Set<Resource>();
  const bound = new Set<string>();

  for (const grant of grants) {
    if (grant.unreadable !== null) {
      unknowns.push(`${grant.source.name}: ${grant.unreadable}`);
      bindingsHold = false;
    }
    const power = permits(deployment, grant.role, 'decrypt');
    if (power === 'no') continue;
    for (const member of grant.members) {
      const found = judge(deployment, grant, member, power, denials, approved);
      const pool = federated(deployment, member)?.pool;
      if (pool) {
        pools.add(pool);
        bound.add(member);
        const narrow = narrowness(deployment, member, approved);
        if (narrow) {
          bindingsHold = false;
          reasons.push(`${grant.source.name}: ${narrow}`);
        }
      } else bindingsHold = false;
      if (found.kind === 'bypass') ways.push({ source: pool ? provePool(deployment, pool, approved).provider ?? key : grant.source, witness: found.witness });
      else if (found.kind === 'denied') reasons.push(found.reason);
      else if (found.kind === 'unknown') unknowns.push(...found.reasons);
    }
  }
  for (const pool of deployment.ofType(TYPE.pool)) if (pools.size === 0 && projectOf(deployment, pool) === projectOf(deployment, key)) pools.add(pool);

  const authority = authorityGap(deployment, key);
  if (authority) {
    bindingsHold = false;
    reasons.push(authority);
  }

  let conditionHolds = true;
  for (const pool of pools) {
    const proof = provePool(deployment, pool, approved);
    if (proof.verdict === 'closed') continue;
    conditionHolds = false;
    if (proof.unread !== null || proof.breaches.length === 0) reasons.push(`the condition of pool ${pool.name}: ${proof.unread ?? proof.reason}`);
    for (const breach of proof.breaches) reasons.push(breach.token ? `the condition of pool ${pool.name} does not hold ${breach.claim}: ${breach.gain}` : `the condition of pool ${pool.name}: ${undecided(breach)}`);
  }

  const denyGap = denialGap(denials, bound);
  if (denyGap) reasons.push(denyGap.reason);
  if (denyGap?.open) {
    const project = projectOf(deployment, key);
    ways.push({ source: null, witness: {
      principal: `roles/owner on project ${typeof project === 'string' ? project : '(not told)'}, its folder or its organisation`,
      action: DECRYPT,
      attestation: 'absent',
      via: 'owners may use every key of their project, and no deny policy refuses it to them',
    } });
  }

  const present = [conditionHolds, bindingsHold, denyGap === null].filter(Boolean).length;
  const witness = ways[0]?.witness ?? null;
  const verdict = witness ? 'bypassable' : unknowns.length > 0 ? 'unknown' : 'gated';
  const proof: KeyProof = {
    cloud: 'gcp',
    key: key.id,
    verdict,
    witness,
    guards: { present, expected: GUARDS },
    canChangeTheGate: gateChangers(deployment, key, grants, denials, denyGap === null, [...pools]),
    reasons: [...new Set([...unknowns, ...reasons])],
  };
  bypasses.set(proof, ways);
  return proof;
}

function judge(deployment: Deployment, grant: Grant, member: string, power: 'yes' | 'unknown', denials: readonly Denial[], approved: Approved): Finding {
  const via = `${grant.role} on the ${grant.scope}, bound by ${grant.source.name}${grant.condition === null ? '' : `, under the condition ${grant.condition}`}`;
  const identity = federated(deployment, member);
  if (identity) {
    if (!identity.pool) return { kind: 'unknown', reasons: [`${grant.source.name}: the pool of ${member} is not in the artifact`] };
    const selector = identity.selector === '*' ? undefined : { attribute: identity.selector === 'subject' ? 'google.subject' : identity.selector === 'group' ? 'google.groups' : identity.selector, value: identity.value };
    if (identity.value.includes('${')) return { kind: 'unknown', reasons: [`${grant.source.name}: ${member} is an output`] };
    const proof = provePool(deployment, identity.pool, approved, selector);
    if (proof.verdict === 'closed') return { kind: 'attested' };
    if (proof.verdict === 'unknown') return { kind: 'unknown', reasons: [...(proof.unread === null ? [] : [proof.unread]), ...proof.breaches.map((breach) => `provider ${proof.provider?.name ?? ''}: ${undecided(breach)}`)] };
    if (decryptDenied(denials, member)) return { kind: 'denied', reason: `${grant.source.name}: ${member} is bound and only the deny policy refuses it` };
    if (hangsOnImage(proof) !== undefined) {
      return { kind: 'unknown', reasons: [
        ...(proof.unread === null ? [] : [proof.unread]),
        ...proof.breaches.map((breach) => `${grant.source.name}: ${breach.gain}, ${breach.token ? `if its label tee.launch_policy.${OVERRIDES.get(breach.claim) ?? ''} allows it, which the artifact does not show; the condition does not hold ${breach.claim}` : undecided(breach)}`),
      ] };
    }
    const gain = proof.breach ? `: ${proof.breach.gain}` : '';
    return certainly(grant, power, { principal: member, action: DECRYPT, attestation: shown(proof.breach, deployment), via: `${via}; provider ${proof.provider?.name ?? ''} admits the token${gain}` });
  }
  if (decryptDenied(denials, member)) return { kind: 'denied', reason: `${grant.source.name}: ${member} holds ${grant.role} and only the deny policy refuses decryption` };
  return certainly(grant, power, { principal: member, action: DECRYPT, attestation: 'absent', via });
}

function certainly(grant: Grant, power: 'yes' | 'unknown', witness: Witness): Finding {
  if (witness.principal.includes('${') && !witness.principal.startsWith('serviceAccount:')) return { kind: 'unknown', reasons: [`${grant.source.name}: member ${witness.principal} is an output`] };
  if (power === 'unknown') return { kind: 'unknown', reasons: [`${grant.source.name}: whether ${grant.role} may decrypt is not known, and ${witness.principal} holds it`] };
  if (!grant.certain) return { kind: 'unknown', reasons: [`${grant.source.name}: whether it reaches the key is not told, and ${witness.principal} holds ${grant.role}`] };
  return { kind: 'bypass', witness };
}

function decryptDenied(denials: readonly Denial[], member: string): boolean {
  return isDenied(denials, member, DECRYPT_DENIALS[0] as string);
}

/** The token of a breach, as a reviewer can replay it. */
function shown(breach: Breach | null, deployment: Deployment): string {
  if (!breach?.token) return 'unknown';
  const digest = /sha256:[0-9a-f]{64}/.exec(JSON.stringify(breach.token))?.[0];
  const known = digest === undefined ? undefined : Object.entries(deployment.workload?.measurements.gcp ?? {}).find(([, { imageDigest, status }]) => imageDigest === digest && status !== 'active');
  const label = breach.claim === 'dbgstat' ? 'debug' : breach.claim.endsWith('image_digest') && known ? `${known[1].status} ${known[0]}` : breach.claim;
  return `${label}: ${JSON.stringify(breach.token)}`;
}

/** Why a binding that only attested workloads hold is wider than one approved image; undefined when it is not. */
function narrowness(deployment: Deployment, member: string, approved: Approved): string | undefined {
  const identity = federated(deployment, member);
  if (!identity?.pool) return undefined;
  if (identity.selector === '*') return `${member} is the whole pool: only the condition tells approved images apart`;
  if (!identity.selector.startsWith('attribute.')) return undefined;
  return fixesDigest(deployment, identity.pool, { attribute: identity.selector, value: identity.value }, approved)
    ? undefined
    : `${member} does not fix the image: ${identity.selector} is not mapped from the image digest, or the digest is not approved`;
}

/** Why the bindings of the artifact may not be all there are; undefined when authoritative policies say so. */
function authorityGap(deployment: Deployment, key: Resource): string | undefined {
  const ring = ringOf(deployment, key);
  const onKey = deployment.resources.filter((resource) => resource.type.startsWith('gcp:kms/cryptoKeyIAM') && refersTo(deployment, resource.properties['cryptoKeyId'], key));
  const policies = onKey.filter(isAuthoritative);
  if (policies.length === 0) return 'no authoritative CryptoKeyIAMPolicy: bindings made outside the artifact stay';
  if (policies.length > 1 || onKey.length > policies.length) return 'more than one resource sets the key\'s bindings: they overwrite each other';
  const onRing = deployment.resources.filter((resource) => resource.type.startsWith('gcp:kms/keyRingIAM') && (!ring || refersTo(deployment, resource.properties['keyRingId'], ring)));
  if (!onRing.some(isAuthoritative)) return 'no authoritative KeyRingIAMPolicy: roles bound on the ring outside the artifact reach the key';
  const [wide] = onRing.flatMap((resource) => bindingsOf(resource)).filter(({ members, unreadable }) => members.length > 0 || unreadable !== null);
  return wide ? `the key ring is not without bindings: ${wide.role || 'one that is not told'}` : undefined;
}

/** What the deny policy leaves open. `open`: it refuses decryption to nobody in general. */
function denialGap(denials: readonly Denial[], bound: ReadonlySet<string>): { readonly reason: string; readonly open: boolean } | null {
  const general = (permission: string): Denial[] => denials.filter(({ everyone, permissions, exceptions }) => everyone && permissions.includes(permission) && !exceptions.some(isEverybody));
  const [direct, delegated] = DECRYPT_DENIALS.map((permission) => general(permission));
  if (!direct || direct.length === 0) return { reason: 'no IAM deny policy refuses decryption to everyone else: owners of the key\'s project, folder or organisation may use the key', open: true };
  const clean = direct.find(({ exceptions }) => exceptions.every((exception) => bound.has(exception)));
  if (!clean) {
    const extra = direct[0]?.exceptions.find((exception) => !bound.has(exception)) ?? '';
    return { reason: `the deny policy excepts ${extra}, which is no principal that the key is bound to`, open: false };
  }
  if (!delegated?.some(({ exceptions }) => exceptions.every((exception) => bound.has(exception)))) return { reason: 'the deny policy leaves useToDecryptViaDelegation open', open: false };
  return null;
}

/** Exceptions that contain people nobody can list. */
function isEverybody(exception: string): boolean {
  return exception.startsWith('principalSet://goog/public:') || exception.startsWith('principalSet://goog/cloudIdentityCustomerId/') || exception.startsWith('principalSet://cloudresourcemanager.googleapis.com/');
}

const GATE_PERMISSION = { setPolicy: 'cloudkms.googleapis.com/cryptoKeys.setIamPolicy', changePool: 'iam.googleapis.com/workloadIdentityPoolProviders.update' } as const;

/** What an owner of the project would do first: regrant the key, or admit tokens of another provider. */
const OWNERS_CHANGES = [GATE_PERMISSION.setPolicy, GATE_PERMISSION.changePool, 'iam.googleapis.com/workloadIdentityPoolProviders.create'] as const;

function gateChangers(deployment: Deployment, key: Resource, grants: readonly Grant[], denials: readonly Denial[], denied: boolean, pools: readonly Resource[]): readonly GateChanger[] {
  const found = new Map<string, GateChanger>();
  const add = (principal: string, via: string): void => {
    if (!found.has(principal)) found.set(principal, { principal, via });
  };
  const onPools: Grant[] = deployment.resources
    .filter((resource) => /^gcp:iam\/workloadIdentityPoolIam(Policy|Binding|Member):/.test(resource.type) && pools.some((pool) => refersTo(deployment, resource.properties['workloadIdentityPoolId'], pool)))
    .flatMap((source) => bindingsOf(source).map((binding): Grant => ({ ...binding, scope: 'project', source, certain: true })));
  for (const grant of [...grants, ...onPools]) {
    for (const member of grant.members) {
      const via = `${grant.role} on the ${grant.scope}, bound by ${grant.source.name}`;
      if (permits(deployment, grant.role, 'setPolicy') !== 'no' && !isDenied(denials, member, GATE_PERMISSION.setPolicy)) add(member, via);
      if (grant.scope !== 'key' && grant.scope !== 'ring' && permits(deployment, grant.role, 'changePool') !== 'no' && !isDenied(denials, member, GATE_PERMISSION.changePool)) add(member, via);
      if (grant.scope !== 'key' && grant.scope !== 'ring' && permits(deployment, grant.role, 'changeDeny') === 'yes') add(member, `${via}: can lift the deny policy`);
      if (grant.scope === 'project' && changesRoles(deployment, grant.role) && !isDenied(denials, member, 'iam.googleapis.com/roles.update')) add(member, `${via}: can widen the custom roles bound here`);
    }
  }
  for (const { principal } of Array.from(found.values())) {
    for (const [actor, via] of impersonators(deployment, principal)) add(actor, via);
  }
  const project = projectOf(deployment, key);
  const open = OWNERS_CHANGES.find((permission) => !denials.some(({ everyone, permissions, exceptions }) => everyone && permissions.includes(permission) && !exceptions.some(isEverybody)));
  if (denied) add('roles/iam.denyAdmin of the organisation', 'can lift the deny policy; bound outside the artifact');
  if (!denied || open !== undefined) {
    add(`roles/owner of project ${typeof project === 'string' ? project : '(not told)'}`, `no deny policy refuses ${open ?? DECRYPT} to them`);
  }
  return [...found.values()];
}

/** Whether a role may change the custom roles of the project, and so what their holders may do. */
function changesRoles(deployment: Deployment, role: string): boolean {
  const custom = customPermissions(deployment, role);
  return Array.isArray(custom) ? custom.includes('iam.roles.update') : role === 'roles/iam.roleAdmin' || role === 'roles/owner';
}

/** Who can act as a service account: token creators, users, keys. Others pass nothing on. */
export function* impersonators(deployment: Deployment, principal: string): Iterable<readonly [actor: string, via: string]> {
  const email = principal.startsWith('serviceAccount:') ? emailOf(deployment, principal) : undefined;
  if (email === undefined) return;
  const isAccount = (value: Resource['properties'][string] | undefined): boolean => {
    const account = deployment.target(value);
    if (account) return emailOf(deployment, `serviceAccount:\${${referenceKey(account.type, account.name)}.email}`) === email;
    return text(value)?.endsWith(email) === true;
  };
  for (const resource of deployment.resources) {
    if (resource.type.startsWith('gcp:serviceaccount/key:') && isAccount(resource.properties['serviceAccountId'])) yield [`holder of the key ${resource.name}`, `a key file of ${email}`];
    const onAccount = /^gcp:serviceaccount\/iAM(Policy|Binding|Member):/.test(resource.type) && isAccount(resource.properties['serviceAccountId']);
    const onProject = /^gcp:projects\/iAM(Policy|Binding|Member):/.test(resource.type) && email.endsWith(`@${text(resource.properties['project']) ?? ''}.iam.gserviceaccount.com`);
    if (!onAccount && !onProject) continue;
    for (const { role, members } of bindingsOf(resource)) {
      const permissions = customPermissions(deployment, role);
      // A role that cannot be looked up counts where it stands on the account itself.
      const custom = permissions === 'unknown' ? onAccount : permissions?.some((permission) => IMPERSONATES.test(permission));
      if (!IMPERSONATING.has(role) && custom !== true) continue;
      for (const member of members) yield [member, `${role} on ${email}, bound by ${resource.name}`];
    }
  }
}

const IMPERSONATES = /^iam\.(serviceAccounts\.(actAs|getAccessToken|getOpenIdToken|implicitDelegation|signBlob|signJwt|setIamPolicy)|serviceAccountKeys\.(create|upload)|\*)$/;
export const IMPERSONATING = new Set([
  'roles/iam.serviceAccountTokenCreator', 'roles/iam.workloadIdentityUser', 'roles/iam.serviceAccountUser', 'roles/iam.serviceAccountKeyAdmin', 'roles/iam.serviceAccountAdmin',
  'roles/iam.serviceAccountOpenIdTokenCreator', 'roles/owner', 'roles/editor',
]);
