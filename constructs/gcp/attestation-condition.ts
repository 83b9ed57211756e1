/**
 * The attribute condition of a workload identity pool provider that admits Confidential Space tokens: built from typed
 * claims, never written by hand, because one missing conjunct admits any Google Cloud customer.
 */

/** Hardware TEE per confidential type, as the token's `hwmodel` spells it (not `INTEL_TDX`, as one documentation page does). */
export const HARDWARE_MODEL = { TDX: 'GCP_INTEL_TDX', SEV: 'GCP_AMD_SEV' } as const;

/** Longest attribute condition that the API takes, in characters. Source: IAM REST reference, WorkloadIdentityPoolProvider. */
export const CONDITION_LIMIT = 4096;
/** Longest `google.subject`, in bytes. Source: IAM documentation, attribute mapping. */
export const SUBJECT_LIMIT = 127;
/** Issuer of the attestation tokens. */
export const ISSUER = 'https://confidentialcomputing.googleapis.com/';
/** Audience of the token that the launcher writes without being asked. The same for every customer, hence the project conjuncts. */
export const AUDIENCE = 'https://sts.googleapis.com';

export interface AttestedClaims {
  readonly hardware: readonly ('TDX' | 'SEV')[];
  readonly project: string;
  /** Digits. A project id is a name that people choose; its number is unique for good. */
  readonly projectNumber: string;
  /** Email of the service account that the TEE's VMs run as. */
  readonly serviceAccount: string;
  /** `sha256:` and 64 hex characters each. None means that nobody is admitted. */
  readonly imageDigests: readonly string[];
  /** Oldest version of the Confidential Space image that is admitted, 6 digits. Default: every STABLE one. */
  readonly oldestImage?: string;
}

type Literal = string | boolean | readonly string[];

function literal(value: Literal): string {
  if (typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') return `[${value.map(literal).join(', ')}]`;
  // Everything outside this alphabet would need escaping, and nothing legal needs it.
  if (!/^[\w.:@/-]*$/.test(value)) throw new Error(`'${value}' cannot stand in an attribute condition; allowed: letters, digits and _ . : @ / -`);
  return `"${value}"`;
}

const claim = (path: string): string => `assertion.${path}`;
const equals = (path: string, value: string | boolean): string => `${claim(path)} == ${literal(value)}`;
const oneOf = (path: string, values: readonly string[]): string => `${claim(path)} in ${literal(values)}`;
const contains = (path: string, value: string): string => `${literal(value)} in ${claim(path)}`;
/** The version is a list of one text; STABLE alone admits images that are years old. */
function atLeast(path: string, version: string): string {
  if (!/^[1-9]\d{5}$/.test(version)) throw new Error(`image version '${version}' is not 6 digits; copy them from an image name`);
  return `int(${claim(path)}[0]) >= ${version}`;
}
/** An override list that is absent or empty: whether the verifier omits the claim when unused is not documented. */
const absentOrEmpty = (path: string): string => `(!has(${claim(path)}) || size(${claim(path)}) == 0)`;

/**
 * The condition under which a token may be exchanged: every conjunct that the field knows an attack for.
 * @throws if a digest is malformed or the condition grows beyond 4096 characters (about 47 digests).
 */
export function attestationCondition(claims: AttestedClaims): string {
  for (const digest of claims.imageDigests) {
    if (!/^sha256:[0-9a-f]{64}$/.test(digest)) throw new Error(`image digest '${digest}' is not sha256: and 64 hex characters; copy it from the registry`);
  }
  const condition = [
    equals('swname', 'CONFIDENTIAL_SPACE'),
    equals('dbgstat', 'disabled-since-boot'),
    equals('secboot', true),
    contains('submods.confidential_space.support_attributes', 'STABLE'),
    oneOf('hwmodel', claims.hardware.map((type) => HARDWARE_MODEL[type])),
    equals('submods.gce.project_id', claims.project),
    equals('submods.gce.project_number', claims.projectNumber),
    contains('google_service_accounts', claims.serviceAccount),
    oneOf('submods.container.image_digest', claims.imageDigests),
    absentOrEmpty('submods.container.cmd_override'),
    absentOrEmpty('submods.container.env_override'),
    ...(claims.oldestImage === undefined ? [] : [atLeast('swversion', claims.oldestImage)]),
  ].join(' && ');
  if (condition.length > CONDITION_LIMIT) {
    throw new Error(`the attestation condition has ${condition.length} characters with ${claims.imageDigests.length} digests; allowed: ${CONDITION_LIMIT}; retire old measurements`);
  }
  return condition;
}

/**
 * How token claims become the federated principal. `assertion.sub` is a URL that can be longer than 127 bytes, so the
 * subject is put together from the digest, the project and the instance: at most 114 bytes.
 */
export const ATTRIBUTE_MAPPING: Readonly<Record<string, string>> = {
  'google.subject':
    '"gcpcs::" + assertion.submods.container.image_digest + "::" + assertion.submods.gce.project_number + "::" + assertion.submods.gce.instance_id',
  'attribute.image_digest': 'assertion.submods.container.image_digest',
};
