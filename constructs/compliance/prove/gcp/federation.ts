/** Which principals of a workload identity pool are attested workloads, decided over the pool's providers. */
import { at, type Deployment, findUnknown, isList, isObject, type Resource, Unknown, type Value } from '../../model.js';
import { type Approved, type Breach, type ConditionProof, HARDWARE, proveCondition } from './condition.js';
import { flag, emailOf, projectOf, refersTo, resolvable, text, TYPE } from './names.js';
import { sameProject } from './iam.js';

/** Issuers of Google's attestation tokens; documentation and tokens show both spellings. */
const ISSUERS = new Set(['https://confidentialcomputing.googleapis.com/', 'https://confidentialcomputing.googleapis.com']);

/** A federated member of a binding, taken apart. */
export interface Federated {
  readonly pool: Resource | undefined;
  /** `*`, `attribute.<name>`, `subject` or `group`. */
  readonly selector: string;
  readonly value: string;
}

/** Takes a `principal(Set)://iam.googleapis.com/…` member apart; undefined for any other kind of member. */
export function federated(deployment: Deployment, member: string): Federated | undefined {
  const match = /^principal(?:Set)?:\/\/iam\.googleapis\.com\/(.+?)\/(\*|attribute\.[^/]+|subject|group)(?:\/(.*))?$/.exec(member);
  if (!match) return undefined;
  const [, where = '', selector = '', value = ''] = match;
  return { pool: poolNamed(deployment, where), selector, value };
}

function poolNamed(deployment: Deployment, where: string): Resource | undefined {
  const target = deployment.target(where);
  if (target) return target.type === TYPE.pool ? target : undefined;
  const named = /^projects\/(.+)\/locations\/global\/workloadIdentityPools\/(.+)$/.exec(where);
  if (!named) return undefined;
  const [, project = '', id = ''] = named;
  const direct = deployment.target(id);
  if (direct?.type === TYPE.pool) return direct;
  const pools = deployment.ofType(TYPE.pool).filter((pool) => text(pool.properties['workloadIdentityPoolId']) === id && sameProject(deployment, project, projectOf(deployment, pool)) !== 'no');
  return pools.length === 1 ? pools[0] : undefined;
}

/** Providers of a pool that admit anybody, and those that may belong to it. */
export function providersOf(deployment: Deployment, pool: Resource): { readonly providers: readonly Resource[]; readonly unsure: readonly Resource[] } {
  const providers: Resource[] = [];
  const unsure: Resource[] = [];
  for (const provider of deployment.ofType(TYPE.provider)) {
    if (flag(provider, 'disabled', false) === true) continue;
    const value = provider.properties['workloadIdentityPoolId'];
    if (refersTo(deployment, value, pool)) {
      if (deployment.target(value) === pool || sameProjectOf(deployment, provider, pool)) providers.push(provider);
    } else if (!resolvable(deployment, value)) unsure.push(provider);
  }
  return { providers, unsure };
}

function sameProjectOf(deployment: Deployment, a: Resource, b: Resource): boolean {
  const project = projectOf(deployment, a);
  return project === undefined || project instanceof Unknown || sameProject(deployment, project, projectOf(deployment, b)) !== 'no';
}

/** What the workload file and the artifact approve. */
export function approvedBy(deployment: Deployment): Approved {
  const { workload } = deployment;
  const placement = workload?.clouds.gcp;
  const measurements = workload ? Object.values(workload.measurements.gcp) : undefined;
  const spaces = confidentialSpaces(deployment);
  const projects = new Set(spaces.map((space) => projectOf(deployment, space)).filter((project): project is string => typeof project === 'string'));
  const emails = new Set(spaces.map((space) => emailOf(deployment, serviceAccountOf(space))).filter((email): email is string => email !== undefined));
  return {
    project: placement?.project ?? (projects.size === 1 ? [...projects][0] : undefined),
    projectNumber: placement?.projectNumber,
    serviceAccounts: [...emails],
    digests: measurements?.filter(({ status }) => status === 'active').map(({ imageDigest }) => imageDigest),
    hardware: placement && HARDWARE[placement.confidentialType],
  };
}

/** Instances and templates that run Confidential Space: their metadata names a container. */
export function confidentialSpaces(deployment: Deployment): readonly Resource[] {
  return [TYPE.instance, TYPE.template, TYPE.regionTemplate]
    .flatMap((type) => deployment.ofType(type))
    .filter(({ properties }) => isObject(properties['metadata']) && 'tee-image-reference' in properties['metadata']);
}

/** The service account property of an instance or template. */
export function serviceAccountOf(vm: Resource): Value | undefined {
  return at(vm.properties, 'serviceAccount.email');
}

/** What is proved of one kind of principal of a pool. */
export interface FederationProof {
  readonly verdict: ConditionProof['verdict'];
  /** The first of `breaches`. */
  readonly breach: Breach | null;
  readonly breaches: readonly Breach[];
  readonly provider: Resource | null;
  readonly reason: string;
  /** What was not decided at all, so that `breaches` do not tell of it; null where all was. */
  readonly unread: string | null;
}

const CLOSED: FederationProof = { verdict: 'closed', breach: null, breaches: [], provider: null, reason: '', unread: null };
const unread = (provider: Resource | null, reason: string): FederationProof => ({ verdict: 'unknown', breach: null, breaches: [], provider, reason, unread: reason });

/**
 * Decides whether every token that yields such a principal is an approved attestation token. Without a selector: any
 * principal of the pool.
 */
export function provePool(deployment: Deployment, pool: Resource, approved: Approved, selector?: { readonly attribute: string; readonly value: string }): FederationProof {
  if (flag(pool, 'disabled', false) === true) return CLOSED;
  const mode = pool.properties['mode'];
  if ((mode !== undefined && mode !== 'FEDERATION_ONLY') || pool.properties['attestationRules'] !== undefined) {
    return unread(null, `pool ${pool.name} also issues managed identities, which this proof does not model`);
  }
  const { providers, unsure } = providersOf(deployment, pool);
  const [stray] = unsure;
  let worst: FederationProof = stray ? unread(stray, `provider ${stray.name} may belong to the pool: its pool is not told`) : CLOSED;
  for (const provider of providers) {
    const { verdict, breaches, reason } = proveProvider(provider, approved, selector);
    if (verdict === 'closed') continue;
    const told = verdict === 'unknown' ? `provider ${provider.name}: ${reason}` : reason;
    const found: FederationProof = { verdict, breach: verdict === 'open' ? breaches[0] ?? null : null, breaches, provider, reason: told, unread: breaches.length === 0 ? told : null };
    if (verdict === 'open' && !hangsOnImage(found)) return found;
    const [first, second] = worst.verdict === 'closed' || (verdict === 'open' && worst.verdict === 'unknown') ? [found, worst] : [worst, found];
    worst = { ...first, breaches: [...first.breaches, ...second.breaches], unread: first.unread ?? second.unread };
  }
  return worst;
}

/** Claims of what an operator replaced in an approved image, and the label with which the image allows it. By default none does. */
export const OVERRIDES: ReadonlyMap<string, string> = new Map([['submods.container.cmd_override', 'allow_cmd_override'], ['submods.container.env_override', 'allow_env_override']]);

/** Whether what passes is an approved image with replaced command or environment, which only the image's own label can allow. @returns that label. */
export function hangsOnImage({ verdict, breach, breaches }: FederationProof): string | undefined {
  return verdict === 'open' && breaches.every(({ claim, token }) => token === null || OVERRIDES.has(claim)) ? OVERRIDES.get(breach?.claim ?? '') : undefined;
}

/** Whether a bound attribute value alone, without any condition, leaves only approved images: the binding is then a guard of its own. */
export function fixesDigest(deployment: Deployment, pool: Resource, selector: { readonly attribute: string; readonly value: string }, approved: Approved): boolean {
  return providersOf(deployment, pool).providers.every((provider) => {
    const mapping = textMapping(provider.properties['attributeMapping']);
    if (!mapping) return false;
    const { verdict, breaches } = proveCondition({ condition: '', mapping, bound: selector }, approved);
    return verdict !== 'unknown' && !breaches.some(({ claim }) => claim === 'submods.container.image_digest');
  });
}

/** An attribute mapping as plain texts; undefined when it is not told. */
export function textMapping(value: Value | undefined): Readonly<Record<string, string>> | undefined {
  if (value === undefined || value === null) return {};
  if (!isObject(value) || findUnknown(value)) return undefined;
  const mapping = Object.fromEntries(Object.entries(value).map(([attribute, expression]) => [attribute, text(expression) ?? '']));
  return Object.values(mapping).some((expression) => expression.includes('${')) ? undefined : mapping;
}

const unknownProof = (reason: string): ConditionProof => ({ verdict: 'unknown', breaches: [], reason });

function proveProvider(provider: Resource, approved: Approved, selector: { readonly attribute: string; readonly value: string } | undefined): ConditionProof {
  const { properties } = provider;
  const mappingValue = properties['attributeMapping'];
  const conditionValue = properties['attributeCondition'];
  const foreign = ['aws', 'saml', 'x509'].find((kind) => properties[kind] !== undefined && properties[kind] !== null);
  const issuer = properties['oidc'] instanceof Unknown ? properties['oidc'] : at(properties, 'oidc.issuerUri');
  const mapping = textMapping(mappingValue);
  if (!mapping) return unknownProof('its attribute mapping is not told');
  if (foreign || (typeof issuer === 'string' && !issuer.includes('${') && !ISSUERS.has(issuer))) {
    // Its tokens name whatever their issuer likes; without the attribute in the mapping they are never that principal.
    if (selector && !Object.hasOwn(mapping, selector.attribute)) return { verdict: 'closed', breaches: [], reason: '' };
    const who = foreign ?? (issuer as string);
    return { verdict: 'open', breaches: [{ claim: 'iss', gain: `whoever holds an identity of '${who}', which attests nothing, gets the key`, token: { iss: who } }], reason: '' };
  }
  if (typeof issuer !== 'string' || issuer.includes('${')) return unknownProof('its issuer is not told');
  const jwks = at(properties, 'oidc.jwksJson');
  if (jwks !== undefined && jwks !== null && jwks !== '') return unknownProof('its jwksJson replaces the keys of the attestation verifier: whoever holds the private key signs tokens');
  const audiences = at(properties, 'oidc.allowedAudiences');
  if (audiences !== undefined && (!isList(audiences) || findUnknown(audiences))) return unknownProof('its audiences are not told');
  if (conditionValue instanceof Unknown) return unknownProof(`its attribute condition is not told (${conditionValue.reason})`);
  const condition = conditionValue === undefined || conditionValue === null ? '' : text(conditionValue);
  if (condition === undefined || condition.includes('${')) return unknownProof('its attribute condition is an output');
  return proveCondition({ condition, mapping, ...(selector ? { bound: selector } : {}) }, approved);
}
