/**
 * Reads measurements as the tools of each platform print them, and refuses what must never receive a key: debug and
 * all-zero values, wrong lengths, wildcards, mutable tags, tokens of VMs that are debuggable or not compliant.
 */
import type { AzureGuestMeasurement, ConfidentialSpaceMeasurement, NitroEnclaveMeasurement, NitroTpmMeasurement } from './workload.js';
import type { AzureTeeType } from './instance-types.js';

/** One thing that is wrong with a tool's output. */
export interface MeasurementProblem {
  /** Keys from the output's root to the value. */
  readonly path: readonly string[];
  /** What is allowed and how to fix it, one line. */
  readonly message: string;
}

/** The value read from a tool's output, or every reason why it is refused. */
export type Parsed<T> = { readonly value: T } | { readonly problems: readonly MeasurementProblem[] };

type Json = Readonly<Record<string, unknown>>;

/** SHA-384 in hex. */
const PCR_LENGTH = 96;
const ZERO = /^0+$/;

/** SHA-256 of no bytes at all: what a broken build pipeline prints. */
const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

function isMap(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The output as a map: as it stands, or as JSON text (a YAML block scalar). */
function asMap(output: unknown, tool: string): Parsed<Json> {
  let value = output;
  if (typeof value === 'string') {
    try {
      value = JSON.parse(value);
    } catch {
      return refuse([], `must be the JSON that ${tool} prints; fix: paste the whole output, from { to }`);
    }
  }
  return isMap(value) ? { value } : refuse([], `must be the JSON object that ${tool} prints; fix: paste the whole output, from { to }`);
}

function refuse(path: readonly string[], message: string): { problems: readonly MeasurementProblem[] } {
  return { problems: [{ path, message }] };
}

function pcrProblem(name: string, value: unknown, zeroAllowed: boolean): string | undefined {
  if (typeof value !== 'string' || value.length !== PCR_LENGTH || !/^[0-9a-f]*$/i.test(value)) {
    const given = typeof value === 'string' && value.length !== PCR_LENGTH ? ` (${value.length} given)` : '';
    return `must be ${PCR_LENGTH} hex characters, without wildcards${given}; fix: paste ${name} as the tool prints it`;
  }
  if (ZERO.test(value) && !zeroAllowed) {
    return `must not be all zeros: that is the value of a debug or unmeasured image; fix: build and measure the release image`;
  }
  return undefined;
}

interface PcrTool {
  readonly name: string;
  /** Registers that must be there. */
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** Registers whose documented normal value is all zeros. */
  readonly zero: readonly string[];
  /** Registers that identify nothing, and why. */
  readonly worthless: Readonly<Record<string, string>>;
}

const NITRO_CLI: PcrTool = {
  name: 'nitro-cli',
  required: ['PCR0', 'PCR1', 'PCR2'],
  optional: ['PCR8'],
  zero: [],
  worthless: {
    PCR3: 'the kit derives it from the role that the host runs as',
    PCR4: 'it differs on every instance',
  },
};

const NITRO_TPM: PcrTool = {
  name: 'nitro-tpm-pcr-compute',
  required: ['PCR4', 'PCR7', 'PCR12'],
  optional: [],
  zero: ['PCR12'],
  worthless: { PCR0: 'it is the same constant on every EC2 instance', PCR1: 'it is the same constant on every EC2 instance' },
};

function parsePcrs(root: Json, tool: PcrTool): Parsed<Readonly<Record<string, string>>> {
  const problems: MeasurementProblem[] = [];
  const measurements = root['Measurements'];
  if (!isMap(measurements)) {
    return refuse(['Measurements'], `must be the Measurements object that ${tool.name} prints; fix: paste the whole output, from { to }`);
  }
  const pcrs: Record<string, string> = {};
  const algorithm = measurements['HashAlgorithm'];
  if (typeof algorithm !== 'string' || !/^sha384\b/i.test(algorithm)) {
    problems.push({ path: ['Measurements', 'HashAlgorithm'], message: `must be SHA384; fix: paste the output of ${tool.name} unchanged` });
  }
  for (const name of [...tool.required, ...tool.optional]) {
    const value = measurements[name];
    if (value === undefined && tool.optional.includes(name)) continue;
    const problem = pcrProblem(name, value, tool.zero.includes(name));
    if (problem) problems.push({ path: ['Measurements', name], message: problem });
    else pcrs[name] = String(value).toLowerCase();
  }
  for (const name of Object.keys(measurements)) {
    if (name === 'HashAlgorithm' || tool.required.includes(name) || tool.optional.includes(name)) continue;
    const reason = tool.worthless[name] ?? `${tool.name} does not print it`;
    problems.push({ path: ['Measurements', name], message: `is not allowed: ${reason}; fix: remove ${/^\w{1,20}$/.test(name) ? name : 'it'}` });
  }
  return problems.length > 0 ? { problems } : { value: pcrs };
}

/**
 * Reads what `nitro-cli build-enclave` (`{"Measurements":{…}}`) or `nitro-cli describe-eif` (the same inside a larger
 * object) prints. Refused: all-zero or malformed registers, an image whose checksum or signature is broken, a signed
 * image without PCR8, and output of `describe-enclaves`, which shows the image's registers even for a debug enclave.
 */
export function parseNitroEnclave(output: unknown): Parsed<NitroEnclaveMeasurement['pcrs']> {
  const root = asMap(output, 'nitro-cli build-enclave or describe-eif');
  if ('problems' in root) return root;
  const problems: MeasurementProblem[] = [];
  const { value } = root;
  if ('EnclaveID' in value || 'Flags' in value) {
    problems.push({ path: [], message: 'must not be the output of nitro-cli describe-enclaves, which shows release values for a debug enclave too; fix: paste the output of nitro-cli describe-eif' });
  }
  if ('CheckCRC' in value && value['CheckCRC'] !== true) {
    problems.push({ path: ['CheckCRC'], message: 'must be true: the image file is damaged; fix: rebuild the image and measure it again' });
  }
  if ('SignatureCheck' in value && value['SignatureCheck'] !== true && value['IsSigned'] !== false) {
    problems.push({ path: ['SignatureCheck'], message: 'must be true: the signature of the image does not verify; fix: sign the image again' });
  }
  const pcrs = parsePcrs(value, NITRO_CLI);
  if ('problems' in pcrs) problems.push(...pcrs.problems);
  else if (value['IsSigned'] === true && pcrs.value['PCR8'] === undefined) {
    problems.push({ path: ['Measurements', 'PCR8'], message: 'must be there for a signed image; fix: paste the output of nitro-cli describe-eif unchanged' });
  } else if (value['IsSigned'] === false && pcrs.value['PCR8'] !== undefined) {
    problems.push({ path: ['Measurements', 'PCR8'], message: 'must be absent for an unsigned image; fix: paste the output of nitro-cli describe-eif unchanged' });
  }
  if (problems.length > 0 || 'problems' in pcrs) return { problems };
  const { PCR0 = '', PCR1 = '', PCR2 = '', PCR8 } = pcrs.value;
  return { value: { PCR0, PCR1, PCR2, ...(PCR8 === undefined ? {} : { PCR8 }) } };
}

/**
 * Reads what `nitro-tpm-pcr-compute` prints. PCR12 of all zeros is its documented normal value (no command line beyond
 * the measured one) and is accepted; PCR0 and PCR1 are AWS constants and are refused.
 */
export function parseNitroTpm(output: unknown): Parsed<NitroTpmMeasurement['pcrs']> {
  const root = asMap(output, 'nitro-tpm-pcr-compute');
  if ('problems' in root) return root;
  const pcrs = parsePcrs(root.value, NITRO_TPM);
  if ('problems' in pcrs) return pcrs;
  const { PCR4 = '', PCR7 = '', PCR12 = '' } = pcrs.value;
  return { value: { PCR4, PCR7, PCR12 } };
}

const TEE = 'x-ms-isolation-tee';

/** Claims of every confidential VM that the key release policy pins, and the one value each may have. */
const AZURE_CLAIMS: Readonly<Record<string, string | boolean>> = {
  secureboot: true,
  'x-ms-azurevm-bootdebug-enabled': false,
  'x-ms-azurevm-debuggersdisabled': true,
  'x-ms-azurevm-hypervisordebug-enabled': false,
  'x-ms-azurevm-kerneldebug-enabled': false,
  'x-ms-azurevm-testsigning-enabled': false,
  [`${TEE}.x-ms-compliance-status`]: 'azure-compliant-cvm',
  [`${TEE}.x-ms-runtime.vm-configuration.secure-boot`]: true,
  [`${TEE}.x-ms-runtime.vm-configuration.tpm-enabled`]: true,
};

/** Claims that only one kind of hardware has. */
const AZURE_TEE_CLAIMS: Readonly<Record<AzureTeeType, Readonly<Record<string, boolean>>>> = {
  sevsnpvm: { [`${TEE}.x-ms-sevsnpvm-is-debuggable`]: false, [`${TEE}.x-ms-sevsnpvm-migration-allowed`]: false },
  tdxvm: { [`${TEE}.tdx_td_attributes_debug`]: false },
};

/** Path of the claim that says which hardware attested. */
export const AZURE_TEE_TYPE_CLAIM = `${TEE}.x-ms-attestation-type`;

/** The flattened claim of an approved measurement that may not stand there; undefined when all may. */
export function azureClaimProblem(claims: Readonly<Record<string, unknown>>): string | undefined {
  const type = claims[AZURE_TEE_TYPE_CLAIM];
  if (type !== 'sevsnpvm' && type !== 'tdxvm') return AZURE_TEE_TYPE_CLAIM;
  const wanted = { ...AZURE_CLAIMS, ...AZURE_TEE_CLAIMS.sevsnpvm, ...AZURE_TEE_CLAIMS.tdxvm };
  return Object.keys(wanted).find((path) => Object.hasOwn(claims, path) && claims[path] !== wanted[path]);
}

function claimAt(root: Json, path: string): unknown {
  let current: unknown = root;
  for (const step of path.split('.')) current = isMap(current) && Object.hasOwn(current, step) ? current[step] : undefined;
  return current;
}

/**
 * Reads the claims of a guest attestation token of Microsoft Azure Attestation (the token's payload, nested as issued).
 * Kept are the claims that say what may hold a key: hardware type, compliance, secure boot, and that nothing can be
 * debugged or migrated. Claims that differ per VM or per boot (ids, keys, times) and the launch measurement, which
 * Microsoft advises against pinning, are left out.
 */
export function parseAzureToken(output: unknown): Parsed<AzureGuestMeasurement['claims']> {
  const root = asMap(output, 'the attestation client');
  if ('problems' in root) return root;
  const token = root.value;
  if (!isMap(token[TEE])) {
    return refuse([TEE], 'must be the nested object of a guest token (x-ms-attestation-type azurevm); fix: paste the payload of a token that a confidential VM asked for, not a platform token');
  }
  const problems: MeasurementProblem[] = [];
  const claims: Record<string, string | boolean> = {};
  const type = claimAt(token, AZURE_TEE_TYPE_CLAIM);
  const isTee = type === 'sevsnpvm' || type === 'tdxvm';
  if (isTee) claims[AZURE_TEE_TYPE_CLAIM] = type;
  else problems.push({ path: AZURE_TEE_TYPE_CLAIM.split('.'), message: 'must be sevsnpvm or tdxvm; fix: attest inside a confidential VM' });
  if (token['x-ms-attestation-type'] !== 'azurevm') {
    problems.push({ path: ['x-ms-attestation-type'], message: 'must be azurevm; fix: paste the payload of a guest token' });
  }
  for (const [path, wanted] of Object.entries({ ...AZURE_CLAIMS, ...(isTee ? AZURE_TEE_CLAIMS[type] : {}) })) {
    if (claimAt(token, path) === wanted) claims[path] = wanted;
    else problems.push({ path: path.split('.'), message: `must be ${String(wanted)}; fix: take the token from a compliant VM with secure boot and without debugging` });
  }
  return problems.length > 0 ? { problems } : { value: claims };
}

/** Why a SHA-256 in hex is refused; undefined when it is good. `value` is without the `sha256:` prefix. */
export function sha256Problem(value: string): string | undefined {
  if (!/^[0-9a-f]{64}$/.test(value)) return 'must be 64 lower-case hex characters; fix: paste the digest that sha256sum or the registry prints';
  if (ZERO.test(value)) return 'must not be all zeros; fix: paste the real digest';
  if (value === EMPTY_SHA256) return 'must not be the digest of an empty file; fix: paste the digest of the real artifact';
  return undefined;
}

/** Registries that a VM without an internet path reaches through Google's restricted virtual IP. */
const REGISTRY = /^(?:[a-z0-9-]+-docker\.pkg\.dev|(?:[a-z]{2,4}\.)?gcr\.io)$/;

/**
 * Reads `registry/repository/image@sha256:…`. Tags are refused, also next to a digest: they can be moved, and a reader
 * who sees one believes it.
 */
export function parseContainerImage(output: unknown): Parsed<Pick<ConfidentialSpaceMeasurement, 'image' | 'imageDigest'>> {
  const form = 'must be registry/project/repository/image@sha256:<64 hex characters>';
  if (typeof output !== 'string') return refuse([], `${form}; fix: paste the reference that the registry prints`);
  const at = output.indexOf('@');
  if (at < 0) return refuse([], `${form}: a tag can be moved to another image; fix: pin the digest`);
  const image = output.slice(0, at);
  const digest = output.slice(at + 1);
  if (!digest.startsWith('sha256:')) return refuse([], `${form}; fix: pin the sha256 digest`);
  const problem = sha256Problem(digest.slice('sha256:'.length));
  if (problem) return refuse([], `digest ${problem}`);
  if (image.includes(':')) return refuse([], `${form}, without a tag; fix: remove the tag in front of @`);
  const [registry = '', ...path] = image.split('/');
  if (!REGISTRY.test(registry)) {
    return refuse([], 'must be in Artifact Registry (<region>-docker.pkg.dev) or gcr.io: the VM has no path to any other registry; fix: mirror the image, which keeps its digest');
  }
  if (path.length < 2 || !path.every((part) => /^[a-z0-9]+(?:[._-]+[a-z0-9]+)*$/.test(part))) return refuse([], `${form}; fix: paste the reference that the registry prints`);
  return { value: { image, imageDigest: digest } };
}
