/** Every grant and denial that an artifact declares, whatever resource kind it came in, in one shape. */
import { at, type Deployment, findUnknown, isList, isObject, type Resource, strings, Unknown, type Value } from '../../model.js';
import { projectOf, refersTo, resolvable, ringOf, text, TYPE } from './names.js';

/** Where a grant is attached. `elsewhere` never reaches the key in question. */
export type Scope = 'key' | 'ring' | 'project' | 'folder' | 'organization';

export interface Grant {
  readonly scope: Scope;
  readonly role: string;
  /** Empty when no member is bound. */
  readonly members: readonly string[];
  /** The text of the binding's IAM condition, null without one. */
  readonly condition: string | null;
  readonly source: Resource;
  /** Why the grant cannot be read; its role and members are then not complete. */
  readonly unreadable: string | null;
  /** False where it is not certain that the scope contains the key. */
  readonly certain: boolean;
}

/** Resource kinds that grant on one kind of scope, by the property that names it. */
const GRANTING: readonly { readonly type: RegExp; readonly scope: Scope; readonly on: string }[] = [
  { type: /^gcp:kms\/cryptoKeyIAM(Policy|Binding|Member):/, scope: 'key', on: 'cryptoKeyId' },
  { type: /^gcp:kms\/keyRingIAM(Policy|Binding|Member):/, scope: 'ring', on: 'keyRingId' },
];

/** An entitlement is a binding that whoever is eligible takes on when they like; an approval is asked of people whom the artifact does not show. */
const ENTITLEMENT = 'gcp:privilegedaccessmanager/entitlement:Entitlement';
const LEVELS: Readonly<Record<string, { readonly scope: 'project' | 'folder' | 'organization'; readonly on: string }>> = {
  projects: { scope: 'project', on: 'project' }, folder: { scope: 'folder', on: 'folder' }, folders: { scope: 'folder', on: 'folder' }, organizations: { scope: 'organization', on: 'orgId' },
};

/** Where a binding on a project, a folder or an organisation stands; undefined for bindings on single resources. */
export function levelOf({ type, properties }: Resource): { readonly scope: 'project' | 'folder' | 'organization'; readonly on: Value | undefined } | undefined {
  const level = LEVELS[/^gcp:(projects|folder|organizations)\/iAM(?:Policy|Binding|Member):/.exec(type)?.[1] ?? ''];
  if (level) return { scope: level.scope, on: properties[level.on] };
  if (type !== ENTITLEMENT) return undefined;
  const named = /(?:^|\/)(projects|folders|organizations)\/([^/]+)$/.exec(text(at(properties, 'privilegedAccess.gcpIamAccess.resource')) ?? text(properties['parent']) ?? '');
  return { scope: LEVELS[named?.[1] ?? '']?.scope ?? 'project', on: named?.[2] ?? new Unknown('where the entitlement stands is not told') };
}

/** The bindings of one resource, without its scope. */
export function bindingsOf(resource: Resource): readonly Pick<Grant, 'role' | 'members' | 'condition' | 'unreadable'>[] {
  if (resource.type === ENTITLEMENT) return entitled(resource);
  if (/Policy:/.test(resource.type)) return policyBindings(resource.properties['policyData']);
  const role = resource.properties['role'];
  const members = /Binding:/.test(resource.type) ? resource.properties['members'] : [resource.properties['member'] ?? null];
  return [binding(role, members, resource.properties['condition'])];
}

function entitled({ properties }: Resource): readonly Pick<Grant, 'role' | 'members' | 'condition' | 'unreadable'>[] {
  const roles = at(properties, 'privilegedAccess.gcpIamAccess.roleBindings');
  const users = properties['eligibleUsers'];
  const members = isList(users) ? users.flatMap((user): readonly Value[] => { const found = at(user, 'principals'); return isList(found) ? found : [found ?? null]; }) : users;
  if (!isList(roles)) return [{ role: '', members: [], condition: null, unreadable: 'what it gives is not told' }];
  return roles.map((one) => { const when = at(one, 'conditionExpression'); return binding(at(one, 'role'), members, when === undefined || when === null || when === '' ? undefined : { expression: when }); });
}

function binding(role: Value | undefined, members: Value | undefined, condition: Value | undefined): Pick<Grant, 'role' | 'members' | 'condition' | 'unreadable'> {
  const names = isList(members) ? members.map((member) => text(member)) : [undefined];
  const roleName = text(role);
  const unreadable =
    roleName === undefined ? 'its role is not told'
    : names.includes(undefined) || findUnknown(members) ? 'its members are not told'
    : null;
  const expression = isObject(condition) ? text(condition['expression']) : undefined;
  return {
    role: roleName ?? '',
    members: names.filter((name): name is string => name !== undefined),
    condition: condition === undefined || condition === null ? null : (expression ?? 'a condition that is not told'),
    unreadable,
  };
}

function policyBindings(policyData: Value | undefined): readonly Pick<Grant, 'role' | 'members' | 'condition' | 'unreadable'>[] {
  const unread = (unreadable: string) => [{ role: '', members: [], condition: null, unreadable }];
  if (policyData instanceof Unknown || policyData === undefined) return unread('its policyData is not told');
  let policy: unknown = policyData;
  if (typeof policyData === 'string') {
    try {
      policy = JSON.parse(policyData);
    } catch {
      return unread('its policyData is no JSON');
    }
  }
  if (!isObject(policy as Value)) return unread('its policyData is no policy');
  const bindings = (policy as { readonly [key: string]: Value })['bindings'];
  if (bindings === undefined || bindings === null) return Object.keys(policy as object).every((key) => ['version', 'etag', 'auditConfigs'].includes(key)) ? [] : unread('its policyData has no bindings');
  if (!isList(bindings)) return unread('the bindings of its policyData are no list');
  return bindings.map((item) => (isObject(item) ? binding(item['role'], item['members'] ?? [], item['condition']) : { role: '', members: [], condition: null, unreadable: 'a binding of its policyData is no object' }));
}

/** Whether a resource replaces every other binding of its scope. */
export function isAuthoritative(resource: Resource): boolean {
  return /IAMPolicy:/.test(resource.type);
}

/** Every grant that reaches a key: on it, its ring, its project, and everything above. */
export function grantsOn(deployment: Deployment, key: Resource): readonly Grant[] {
  const ring = ringOf(deployment, key);
  const project = projectOf(deployment, key);
  const grants: Grant[] = [];
  for (const resource of deployment.resources) {
    const kind = GRANTING.find(({ type }) => type.test(resource.type));
    const level = kind ? { scope: kind.scope, on: resource.properties[kind.on] } : levelOf(resource);
    if (!level) continue;
    const reach = reaches(deployment, level.scope, level.on, key, ring, project);
    if (reach === 'no') continue;
    for (const found of bindingsOf(resource)) grants.push({ ...found, scope: level.scope, source: resource, certain: reach === 'yes' });
  }
  return grants;
}

function reaches(deployment: Deployment, scope: Scope, on: Value | undefined, key: Resource, ring: Resource | undefined, project: string | Unknown | undefined): 'yes' | 'maybe' | 'no' {
  switch (scope) {
    case 'key':
      return refersTo(deployment, on, key) ? 'yes' : resolvable(deployment, on) && !nearMiss(on, key) ? 'no' : 'maybe';
    case 'ring':
      return ring && refersTo(deployment, on, ring) ? 'yes' : resolvable(deployment, on) && ring ? 'no' : 'maybe';
    case 'project':
      return sameProject(deployment, text(on) ?? on, project);
    case 'folder':
    case 'organization':
      return 'yes';
  }
}

/** A literal name that ends like the key's, where the key's own ring is not told: it may be this key. */
function nearMiss(on: Value | undefined, key: Resource): boolean {
  const literal = text(on);
  const name = text(key.properties['name']);
  return literal !== undefined && !literal.includes('${') && (name === undefined || literal.endsWith(`/${name}`)) && !text(key.properties['keyRing'])?.includes('${');
}

/** Compares project ids and numbers; the workload file tells which number is whose. */
export function sameProject(deployment: Deployment, value: Value | undefined, project: string | Unknown | undefined): 'yes' | 'maybe' | 'no' {
  const literal = text(value)?.replace(/^projects\//, '');
  if (project === undefined || project instanceof Unknown || literal === undefined || literal.includes('${')) return 'maybe';
  if (literal === project) return 'yes';
  if (/^\d+$/.test(literal) !== /^\d+$/.test(project)) {
    const placement = deployment.workload?.clouds.gcp;
    const pairs = placement ? [[placement.project, placement.projectNumber], [placement.keyProject, placement.keyProjectNumber]] : [];
    const pair = pairs.find((candidate) => candidate.includes(literal) || candidate.includes(project));
    return pair ? (pair.includes(literal) && pair.includes(project) ? 'yes' : 'no') : 'maybe';
  }
  return 'no';
}

/** What a role permits, as far as the kit knows it. */
export type Permits = 'yes' | 'no' | 'unknown';

/** Predefined roles that may decrypt with a key. Source: Cloud KMS permissions and roles, read 2026-11. */
const DECRYPTING_ROLES = new Set([
  'roles/owner',
  'roles/cloudkms.cryptoKeyDecrypter',
  'roles/cloudkms.cryptoKeyDecrypterViaDelegation',
  'roles/cloudkms.cryptoKeyEncrypterDecrypter',
  'roles/cloudkms.cryptoKeyEncrypterDecrypterViaDelegation',
  'roles/cloudkms.cryptoOperator',
]);
/** Roles of Cloud KMS that cannot decrypt. `roles/cloudkms.admin` holds `useToDecryptViaDelegation`, which needs another role of the caller. */
const HARMLESS_KMS_ROLES = new Set([
  'roles/cloudkms.admin', 'roles/cloudkms.viewer', 'roles/cloudkms.publicKeyViewer', 'roles/cloudkms.verifier', 'roles/cloudkms.signer', 'roles/cloudkms.signerVerifier',
  'roles/cloudkms.cryptoKeyEncrypter', 'roles/cloudkms.cryptoKeyEncrypterViaDelegation', 'roles/cloudkms.importer', 'roles/cloudkms.autokeyAdmin', 'roles/cloudkms.autokeyUser',
  'roles/cloudkms.protectedResourcesViewer', 'roles/cloudkms.orgServiceAgent', 'roles/cloudkms.expertRawAesCbc', 'roles/cloudkms.ekmConnectionsAdmin',
]);
/** Roles that may change the policy of a key, its ring or its project. */
const POLICY_ROLES = new Set(['roles/owner', 'roles/cloudkms.admin', 'roles/iam.securityAdmin', 'roles/resourcemanager.projectIamAdmin', 'roles/resourcemanager.folderAdmin', 'roles/resourcemanager.folderIamAdmin', 'roles/resourcemanager.organizationAdmin']);
/** Roles that may change which tokens a pool admits. */
const POOL_ROLES = new Set(['roles/owner', 'roles/editor', 'roles/iam.workloadIdentityPoolAdmin', 'roles/iam.workloadIdentityPoolOwner']);
const DENY_ROLES = new Set(['roles/iam.denyAdmin', 'roles/owner']);
/** Services whose predefined roles hold permissions of Cloud KMS or IAM. */
const POWERFUL = /^roles\/(cloudkms|iam|resourcemanager|owner|editor|securitycenter|deploymentmanager)\b|[aA]gent$|^roles\/[^.]*$/;
const READ_ONLY = new Set(['roles/viewer', 'roles/browser', 'roles/reader', 'roles/iam.securityReviewer', 'roles/iam.roleViewer', 'roles/iam.workloadIdentityPoolViewer', 'roles/iam.serviceAccountUser', 'roles/iam.serviceAccountViewer', 'roles/resourcemanager.projectDeleter', 'roles/resourcemanager.projectCreator']);

export type Power = 'decrypt' | 'setPolicy' | 'changePool' | 'changeDeny' | 'administer';

const POWER_PERMISSIONS: Readonly<Record<Power, readonly string[]>> = {
  decrypt: ['cloudkms.cryptoKeyVersions.useToDecrypt', 'cloudkms.cryptoKeyVersions.useToDecryptViaDelegation'],
  setPolicy: ['cloudkms.cryptoKeys.setIamPolicy', 'cloudkms.keyRings.setIamPolicy', 'resourcemanager.projects.setIamPolicy', 'resourcemanager.folders.setIamPolicy', 'resourcemanager.organizations.setIamPolicy'],
  changePool: ['iam.workloadIdentityPoolProviders.update', 'iam.workloadIdentityPoolProviders.create', 'iam.workloadIdentityPools.update', 'iam.googleapis.com/workloadIdentityPoolProviders.update', 'iam.googleapis.com/workloadIdentityPoolProviders.create', 'iam.googleapis.com/workloadIdentityPools.update'],
  administer: ['cloudkms.cryptoKeys.update', 'cloudkms.cryptoKeys.setIamPolicy', 'cloudkms.keyRings.setIamPolicy', 'cloudkms.cryptoKeyVersions.create', 'cloudkms.cryptoKeyVersions.destroy', 'cloudkms.cryptoKeyVersions.update', 'cloudkms.cryptoKeyVersions.restore'],
  changeDeny: ['iam.denypolicies.update', 'iam.denypolicies.delete', 'iam.denypolicies.create'],
};

export function permits(deployment: Deployment, role: string, power: Power): Permits {
  const custom = customPermissions(deployment, role);
  if (custom === 'unknown') return 'unknown';
  if (custom) return POWER_PERMISSIONS[power].some((permission) => custom.includes(permission)) ? 'yes' : 'no';
  if (role.includes('${')) return 'unknown';
  switch (power) {
    case 'decrypt':
      if (DECRYPTING_ROLES.has(role)) return 'yes';
      if (HARMLESS_KMS_ROLES.has(role)) return 'no';
      break;
    case 'setPolicy':
      if (POLICY_ROLES.has(role)) return 'yes';
      if (role.startsWith('roles/cloudkms.')) return 'no';
      break;
    case 'changePool':
      if (POOL_ROLES.has(role)) return 'yes';
      if (role.startsWith('roles/cloudkms.')) return 'no';
      break;
    case 'administer':
      return role === 'roles/owner' || role === 'roles/cloudkms.admin' || POLICY_ROLES.has(role) ? 'yes' : 'no';
    case 'changeDeny':
      return DENY_ROLES.has(role) ? 'yes' : 'no';
  }
  if (POLICY_ROLES.has(role) || POOL_ROLES.has(role) || DENY_ROLES.has(role)) return role === 'roles/editor' && power === 'decrypt' ? 'unknown' : 'no';
  if (READ_ONLY.has(role) || /^roles\/(iam|resourcemanager)\./.test(role)) return 'no';
  return POWERFUL.test(role) ? 'unknown' : 'no';
}

/** Permissions of a custom role; undefined when the role is predefined, `unknown` when the artifact does not hold it. */
export function customPermissions(deployment: Deployment, role: string): readonly string[] | 'unknown' | undefined {
  const target = deployment.target(role);
  const named = /^(?:projects|organizations)\/([^/]+)\/roles\/(.+)$/.exec(role);
  if (!target && !named) return undefined;
  const roles = target
    ? [target]
    : deployment.resources.filter(({ type, properties }) => /^gcp:(projects|organizations)\/iAMCustomRole:/.test(type) && text(properties['roleId']) === named?.[2] && [text(properties['project']), text(properties['orgId']), undefined].includes(named?.[1]));
  const [found] = roles;
  const permissions = found?.properties['permissions'];
  if (!found || roles.length > 1 || !isList(permissions)) return 'unknown';
  const list = permissions.map((permission) => text(permission));
  return list.includes(undefined) || list.some((permission) => permission?.includes('${')) ? 'unknown' : (list as string[]);
}

/** One deny rule attached to the key's project or above. */
export interface Denial {
  readonly source: Resource;
  readonly permissions: readonly string[];
  readonly exceptions: readonly string[];
  readonly everyone: boolean;
  readonly principals: readonly string[];
}

/** Deny rules without a condition that reach a key's project. Rules that cannot be read deny nothing, which is the safe reading. */
export function denialsOn(deployment: Deployment, key: Resource): readonly Denial[] {
  const project = projectOf(deployment, key);
  const denials: Denial[] = [];
  for (const policy of deployment.ofType(TYPE.denyPolicy)) {
    const parent = decoded(text(policy.properties['parent']) ?? '');
    const attached = /^cloudresourcemanager\.googleapis\.com\/projects\/(.+)$/.exec(parent);
    const above = /^cloudresourcemanager\.googleapis\.com\/(folders|organizations)\/(\d+)$/.exec(parent);
    const organization = deployment.workload?.clouds.gcp?.organization;
    if (!(attached && sameProject(deployment, attached[1], project) === 'yes') && !(above?.[1] === 'organizations' && above[2] === organization)) continue;
    const rules = policy.properties['rules'];
    for (const rule of isList(rules) ? rules : []) {
      const deny = at(rule, 'denyRule');
      if (!isObject(deny) || findUnknown(deny) || at(deny, 'denialCondition') !== undefined) continue;
      const exempt = [...strings(deny['exceptionPermissions'])];
      denials.push({
        source: policy,
        permissions: [...strings(deny['deniedPermissions'])].filter((permission) => !exempt.includes(permission)),
        exceptions: [...strings(deny['exceptionPrincipals'])],
        principals: [...strings(deny['deniedPrincipals'])],
        everyone: [...strings(deny['deniedPrincipals'])].includes('principalSet://goog/public:all'),
      });
    }
  }
  return denials;
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** An allow-policy member as deny policies spell it. */
export function denySpelling(member: string): string {
  const value = member.slice(member.indexOf(':') + 1);
  if (member.startsWith('user:')) return `principal://goog/subject/${value}`;
  if (member.startsWith('group:')) return `principalSet://goog/group/${value}`;
  if (member.startsWith('serviceAccount:')) return `principal://iam.googleapis.com/projects/-/serviceAccounts/${value}`;
  return member;
}

/**
 * Whether a permission is refused to a member. An exception for one of the member's groups cannot be excluded for people,
 * so any exception other than a federated principal set counts for them only when it is spelled as theirs.
 */
export function isDenied(denials: readonly Denial[], member: string, permission: string): boolean {
  const spelled = denySpelling(member);
  return denials.some(
    ({ permissions, exceptions, everyone, principals }) =>
      permissions.includes(permission) && (everyone || principals.includes(spelled)) && !exceptions.includes(spelled) && !exceptions.includes('principalSet://goog/public:all'),
  );
}

export const DECRYPT_DENIALS = ['cloudkms.googleapis.com/cryptoKeyVersions.useToDecrypt', 'cloudkms.googleapis.com/cryptoKeyVersions.useToDecryptViaDelegation'];
