/**
 * The workload inside an artifact: written there by the apps, read back by checks and proofs. The reader takes no
 * schema library along, so that `tee-kit check` starts fast, and trusts nothing: an artifact may come from anybody.
 */
import { canonicalJson } from './canonical.js';
import { azureClaimProblem } from './measurements.js';
import { isIsoDate, PATTERNS } from './patterns.js';
import { CLOUDS, type Workload } from './workload.js';

/** Key of the embedded workload: `Metadata` of a CloudFormation template, `config` of a Pulumi preview. */
export const WORKLOAD_KEY = 'tee-kit:workload';

/** Longest embedded workload in characters. */
const MAX_LENGTH = 512 * 1024;

/** Most entries of a map or list of an embedded workload. */
const MAX_ENTRIES = 1000;

/** The workload as canonical JSON: equal workloads embed as equal bytes. */
export function embedWorkload(workload: Workload): string {
  return canonicalJson(workload);
}

/** A workload that was read, or the reason why it was not (one line). */
export type EmbeddedWorkload =
  | { readonly workload: Workload; readonly reason?: undefined }
  | { readonly workload?: undefined; readonly reason: string };

/**
 * Reads an embedded workload.
 * @param json the JSON text, or the object that it parses to. Never throws.
 */
export function readEmbeddedWorkload(json: unknown): EmbeddedWorkload {
  let value = json;
  if (typeof value === 'string') {
    if (value.length > MAX_LENGTH) return { reason: `the embedded workload has more than ${MAX_LENGTH} characters` };
    try {
      value = JSON.parse(value);
    } catch {
      return { reason: 'the embedded workload is not JSON' };
    }
  }
  const wrong = WORKLOAD(value, '');
  if (wrong !== undefined) return { reason: `the embedded workload is malformed at ${wrong === '' ? 'its root' : wrong}` };
  return { workload: value as Workload };
}

/** Undefined when the value has the shape, else the path at which it has not. */
type Shape = (value: unknown, path: string) => string | undefined;

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const test = (accepts: (value: unknown) => boolean): Shape => (value, path) => (accepts(value) ? undefined : path);
const text = (pattern: RegExp) => test((value) => typeof value === 'string' && value.length <= 8192 && pattern.test(value));
const oneOf = (...values: readonly unknown[]) => test((value) => values.includes(value));
const whole = test((value) => Number.isSafeInteger(value) && Number(value) >= 0);
const date = test((value) => typeof value === 'string' && isIsoDate(value));
const line = text(PATTERNS.text);

function join(path: string, key: string): string {
  const name = /^[\w-]{1,60}$/.test(key) ? key : '<key>';
  return path === '' ? name : `${path}.${name}`;
}

/** A map with these keys and no others. */
function map(required: Readonly<Record<string, Shape>>, optional: Readonly<Record<string, Shape>> = {}): Shape {
  return (value, path) => {
    if (!isMap(value)) return path;
    for (const key of Object.keys(value)) if (!Object.hasOwn(required, key) && !Object.hasOwn(optional, key)) return join(path, key);
    for (const [key, shape] of Object.entries(required)) {
      const wrong = Object.hasOwn(value, key) ? shape(value[key], join(path, key)) : join(path, key);
      if (wrong !== undefined) return wrong;
    }
    for (const [key, shape] of Object.entries(optional)) {
      const wrong = Object.hasOwn(value, key) ? shape(value[key], join(path, key)) : undefined;
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  };
}

function named(key: RegExp, shape: Shape): Shape {
  return (value, path) => {
    if (!isMap(value)) return path;
    const entries = Object.entries(value);
    if (entries.length > MAX_ENTRIES) return path;
    for (const [name, item] of entries) {
      const wrong = name.length <= 200 && key.test(name) ? shape(item, join(path, name)) : join(path, name);
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  };
}

function list(shape: Shape): Shape {
  return (value, path) => {
    if (!Array.isArray(value) || value.length === 0 || value.length > MAX_ENTRIES) return path;
    for (let index = 0; index < value.length; index++) {
      const wrong = shape(value[index], `${path}[${index}]`);
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  };
}

/** The first of several shapes, chosen by `kind`. */
function byKind(shapes: Readonly<Record<string, Shape>>): Shape {
  return (value, path) => {
    const kind = isMap(value) ? value['kind'] : undefined;
    if (typeof kind !== 'string' || !Object.hasOwn(shapes, kind)) return join(path, 'kind');
    return (shapes[kind] as Shape)(value, path);
  };
}

const perCloud = (shape: Shape): Shape => map({}, Object.fromEntries(CLOUDS.map((cloud) => [cloud, shape])));
const instances = map({ min: whole, max: whole });
const pcr = text(PATTERNS.nonZeroPcr);
const approval = {
  kind: line,
  owner: line,
  approvedBy: list(line),
  approved: date,
  expires: date,
  status: oneOf('active', 'retired', 'revoked'),
};
/** Claims of any name; those that decide a key release must have the one value that may. */
const claims: Shape = (value, path) => {
  const wrong = named(/^[\w.-]+$/, test((claim) => typeof claim === 'boolean' || typeof claim === 'number' || (typeof claim === 'string' && claim.length <= 2048)))(value, path);
  if (wrong !== undefined) return wrong;
  const claim = azureClaimProblem(value as Readonly<Record<string, unknown>>);
  return claim === undefined ? undefined : `${path}.${claim}`;
};
const cidr = text(/^\d{1,3}(?:\.\d{1,3}){3}\/\d{1,2}$/);

const WORKLOAD: Shape = map({
  version: oneOf(1),
  name: text(PATTERNS.name),
  environment: oneOf('production', 'staging', 'sandbox'),
  owner: line,
  contact: text(PATTERNS.email),
  data: map({ classification: oneOf('phi', 'limited-data-set', 'de-identified'), phiCategories: list(text(PATTERNS.slug)) }),
  baa: perCloud(map({ reference: line, counterparty: line, effective: date, review: date })),
  clouds: map({}, {
    aws: map({
      account: text(PATTERNS.awsAccount),
      region: text(PATTERNS.awsRegion),
      instance: text(PATTERNS.ec2Instance),
      instances,
      image: text(PATTERNS.ami),
      enclave: map({ vcpus: whole, memoryMiB: whole }),
    }, { organization: text(PATTERNS.awsOrganization), deploymentRole: text(PATTERNS.awsRole), keyAccount: text(PATTERNS.awsAccount), logAccount: text(PATTERNS.awsAccount), consumers: list(text(PATTERNS.awsPrincipal)) }),
    azure: map({
      subscription: text(PATTERNS.uuid),
      tenant: text(PATTERNS.uuid),
      region: text(PATTERNS.azureRegion),
      instance: text(PATTERNS.azureInstance),
      instances,
      image: map({ publisher: text(PATTERNS.imagePart), offer: text(PATTERNS.imagePart), sku: text(PATTERNS.imagePart), version: text(PATTERNS.imageVersion) }),
      confidentialVmOrchestrator: text(PATTERNS.uuid),
      sshPublicKey: text(/^ssh-(?:ed25519|rsa) [\x21-\x7e][\x20-\x7e]*$/),
      attestationPolicySigners: list(text(PATTERNS.base64)),
    }),
    gcp: map({
      project: text(PATTERNS.gcpProject),
      projectNumber: text(PATTERNS.gcpNumber),
      keyProject: text(PATTERNS.gcpProject),
      keyProjectNumber: text(PATTERNS.gcpNumber),
      organization: text(PATTERNS.gcpNumber),
      region: text(PATTERNS.gcpRegion),
      zone: text(PATTERNS.gcpZone),
      instance: text(PATTERNS.gcpInstance),
      instances,
      confidentialType: oneOf('TDX', 'SEV', 'SEV_SNP'),
      image: text(PATTERNS.gcpImage),
      deployer: text(PATTERNS.gcpMember),
    }, {
      gatewayImage: text(PATTERNS.gcpExactImage),
      oldestImage: text(PATTERNS.gcpImageVersion),
      perimeter: map({ accessPolicy: text(PATTERNS.gcpNumber), enforced: oneOf(true, false) }),
      privateServiceConnect: text(PATTERNS.ipv4),
      assuredWorkloads: map({ billingAccount: text(PATTERNS.gcpBillingAccount) }),
    }),
  }),
  measurements: map({
    aws: named(PATTERNS.slug, byKind({
      'nitro-enclave': map({
        ...approval,
        pcrs: map({ PCR0: pcr, PCR1: pcr, PCR2: pcr }, { PCR8: pcr }),
        artifact: map({ bucket: text(PATTERNS.bucket), key: text(PATTERNS.objectKey), versionId: text(PATTERNS.versionId), sha256: text(PATTERNS.sha256) }),
      }),
      'nitro-tpm': map({ ...approval, pcrs: map({ PCR4: pcr, PCR7: pcr, PCR12: text(PATTERNS.pcr) }) }),
    })),
    azure: named(PATTERNS.slug, byKind({
      'azure-guest': map({ ...approval, claims }),
    })),
    gcp: named(PATTERNS.slug, byKind({ 'confidential-space': map({ ...approval, image: text(/^[a-z0-9._/-]{1,500}$/), imageDigest: text(PATTERNS.imageDigest) }) })),
  }),
  keyAdministrators: map({}, { aws: list(text(PATTERNS.awsRole)), azure: list(text(PATTERNS.uuid)), gcp: list(text(PATTERNS.gcpGroup)) }),
  breakGlass: map({}, { aws: text(PATTERNS.awsRole), azure: text(PATTERNS.uuid), gcp: text(PATTERNS.gcpGroup) }),
  retention: map({ days: whole, irreversible: oneOf(true, false) }),
  network: map({ cidr, endpoints: cidr }),
  segments: named(PATTERNS.segment, map({ purpose: oneOf('gateway', 'tee', 'phi-store', 'other'), cidr })),
  flows: named(PATTERNS.slug, map({ from: text(PATTERNS.segment), to: text(PATTERNS.segment), port: whole })),
});
