import { createPrivateKey, type KeyObject, sign, verify, X509Certificate } from 'node:crypto';
import { AZURE_ATTESTATION_REGIONS, AZURE_GUEST_POLICY } from '../../workload/azure-attestation.js';
import { at, type Deployment, isList, type Resource } from '../model.js';
import { armOf } from '../prove/azure/arm.js';
import { readArtifacts } from '../read/artifacts.js';
import { InputError, readText } from '../read/text.js';
import { type Az, azRest, commandLine, installedAz } from './az.js';
import type { Terminal } from './main.js';

/** API version of the attestation data plane. */
const ATTESTATION_API = '2020-10-01';

/** A private authority of an artifact: where it answers and whose signature its policy must have. */
export interface PolicyTarget {
  readonly resource: string;
  /** `https://<name>.<region>.attest.azure.net` */
  readonly uri: string;
  /** X.509 certificates, base64 DER. */
  readonly signers: readonly string[];
}

/** The one authority of the artifacts. @throws InputError when there is none or several, or it is not told where or whose it is. */
export function policyTarget(deployments: readonly Deployment[], paths: readonly string[]): PolicyTarget {
  const found = deployments.filter(({ cloud }) => cloud === 'azure').flatMap((deployment) => deployment.ofType('azure-native:attestation:AttestationProvider').map((provider) => ({ deployment, provider })));
  const from = paths.join(', ');
  const [first, ...others] = found;
  if (!first) throw new InputError(from, 'holds no attestation authority (azure-native:attestation:AttestationProvider)');
  if (others.length > 0) throw new InputError(from, `holds ${found.length} attestation authorities (${found.map(({ provider }) => provider.name).join(', ')}); name an artifact with one`);
  const { deployment, provider } = first;
  const name = armOf(deployment).text(provider.properties['providerName']);
  const location = provider.properties['location'];
  const region = typeof location === 'string' ? AZURE_ATTESTATION_REGIONS[location.toLowerCase().replace(/\s/g, '')] : undefined;
  if (name === undefined || !/^[a-z0-9]{3,24}$/i.test(name) || region === undefined) throw new InputError(from, `the name or region of ${provider.name} is not told or not known`);
  return { resource: provider.id, uri: `https://${name.toLowerCase()}.${region}.attest.azure.net`, signers: signersOf(provider, from) };
}

function signersOf(provider: Resource, from: string): readonly string[] {
  const keys = at(provider.properties, 'properties.policySigningCertificates.keys');
  const chains = (isList(keys) ? keys : []).map((key) => at(key, 'x5C') ?? at(key, 'x5c'));
  const signers = chains.flatMap((chain) => (isList(chain) && typeof chain[0] === 'string' ? [chain[0]] : []));
  if (signers.length === 0) throw new InputError(from, `${provider.name} has no policy signing certificate: whoever administers it can rewrite its policy, and a signature would prove nothing`);
  return signers;
}

const ALGORITHMS: Readonly<Record<string, { readonly alg: string; readonly hash: string }>> = {
  rsa: { alg: 'RS256', hash: 'sha256' },
  prime256v1: { alg: 'ES256', hash: 'sha256' },
  secp384r1: { alg: 'ES384', hash: 'sha384' },
};

function algorithm(key: KeyObject): { readonly alg: string; readonly hash: string } | undefined {
  return ALGORITHMS[key.asymmetricKeyType === 'rsa' ? 'rsa' : (key.asymmetricKeyDetails?.namedCurve ?? '')];
}

const certificateKey = (certificate: string): KeyObject | undefined => {
  try {
    return new X509Certificate(Buffer.from(certificate, 'base64')).publicKey;
  } catch {
    return undefined;
  }
};

const base64url = (value: unknown): string => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value), 'utf8').toString('base64url');

/** The policy as a JSON Web Signature of one of the signers. @throws InputError when the key belongs to none of them. */
export function signPolicy(text: string, pem: string, file: string, signers: readonly string[]): string {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    throw new InputError(file, 'is not an unencrypted private key in PEM');
  }
  const fits = (certificate: string): boolean => { try { return new X509Certificate(Buffer.from(certificate, 'base64')).checkPrivateKey(key); } catch { return false; } };
  const certificate = signers.find(fits);
  if (certificate === undefined) throw new InputError(file, 'belongs to none of the certificates in clouds.azure.attestationPolicySigners: the authority would refuse the signature');
  const suite = algorithm(key);
  if (!suite) throw new InputError(file, 'is neither an RSA key nor one on the curve P-256 or P-384');
  const input = `${base64url({ alg: suite.alg, x5c: [certificate] })}.${base64url({ AttestationPolicy: base64url(text) })}`;
  return `${input}.${sign(suite.hash, Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

/** What an authority's answer says of its policy: `set` only for exactly this text under the signature of a signer. Pure. */
export function policyState(answer: unknown, text: string, signers: readonly string[]): { readonly set: boolean; readonly message: string } {
  const stored = field(part(field(answer, 'token'), 1), 'x-ms-policy');
  if (typeof stored !== 'string') return { set: false, message: 'the answer holds no policy' };
  const jws = stored.includes('.') ? stored : Buffer.from(stored, 'base64url').toString('utf8');
  const policy = field(part(jws, 1), 'AttestationPolicy');
  if (typeof policy !== 'string' || Buffer.from(policy, 'base64url').toString('utf8') !== text) return { set: false, message: 'the policy is another one' };
  const chain = field(part(jws, 0), 'x5c');
  const certificate: unknown = Array.isArray(chain) ? chain[0] : undefined;
  const signer = signers.find((candidate) => candidate === certificate);
  const key = signer === undefined ? undefined : certificateKey(signer);
  const suite = key && algorithm(key);
  const [header = '', payload = '', signature = ''] = jws.split('.');
  if (!key || !suite || field(part(jws, 0), 'alg') !== suite.alg || !verify(suite.hash, Buffer.from(`${header}.${payload}`), { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'))) {
    return { set: false, message: 'the policy has the right text and not the signature of a policy signer' };
  }
  return { set: true, message: 'the policy is set and signed' };
}

/** A part of a compact token, decoded; undefined for what is none. */
function part(token: unknown, index: number): unknown {
  if (typeof token !== 'string') return undefined;
  try {
    return JSON.parse(Buffer.from(token.split('.')[index] ?? '', 'base64url').toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}

const request = (uri: string, ...rest: readonly string[]): readonly string[] => ['rest', '--resource', 'https://attest.azure.net', '--url', `${uri}/policies/AzureGuest?api-version=${ATTESTATION_API}`, '--method', ...rest];
const put = (uri: string, jws: string): readonly string[] => request(uri, 'put', '--headers', 'Content-Type=text/plain', '--body', jws);

export interface AttestationPolicyOptions {
  readonly paths: readonly string[];
  /** PEM file of a signer's private key. */
  readonly key: string | undefined;
  readonly execute: boolean;
  readonly terminal: Terminal;
  /** For tests. Default: the installed Azure CLI. */
  readonly az?: Az;
}

/** `tee-kit attestation-policy azure`. @returns the exit code: with `execute`, 0 when the authority has the signed policy. */
export function attestationPolicy({ paths, key, execute, terminal, az = installedAz }: AttestationPolicyOptions): number {
  const { uri, signers } = policyTarget(readArtifacts(paths).deployments, paths);
  const jws = key === undefined ? undefined : signPolicy(AZURE_GUEST_POLICY, readText(key), key, signers);
  if (!execute) {
    terminal.out(jws === undefined ? AZURE_GUEST_POLICY : `${commandLine(put(uri, jws))}\n`);
    terminal.err(`tee-kit: ${jws === undefined ? `policy of ${uri}; sign it with --key` : 'run the command above, or this one with --execute'}; verify with --execute and no --key\n`);
    return 0;
  }
  const now = () => policyState(azRest(az, request(uri, 'get')), AZURE_GUEST_POLICY, signers);
  terminal.progress(`asking ${uri}`);
  const before = now();
  let after = before;
  if (!before.set && jws !== undefined) {
    terminal.progress(`setting the policy of ${uri}`);
    azRest(az, put(uri, jws));
    after = now();
  }
  terminal.progress('');
  terminal.out(`${uri}\n  ${after.message}${before.set && jws !== undefined ? '; nothing to do' : ''}\n`);
  if (!after.set && jws === undefined) terminal.err('tee-kit: set it with --key FILE --execute\n');
  return after.set ? 0 : 1;
}
