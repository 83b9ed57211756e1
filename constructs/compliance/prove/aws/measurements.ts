import type { Workload } from '../../../workload/workload.js';
import type { ContextValue } from './iam/condition.js';
import { hasWildcard, instances } from './iam/glob.js';
import type { Statement } from './iam/policy.js';

export const ATTESTATION_PREFIX = 'kms:recipientattestation:';
/** Operations whose request carries an attestation document (`Recipient`). GenerateRandom has no key. */
export const ATTESTABLE: ReadonlySet<string> = new Set(['decrypt', 'generatedatakey', 'generatedatakeypair', 'derivesharedsecret', 'generaterandom']);

const ZERO = '0'.repeat(96);
/** A digest that no policy names. */
const OTHER = '5eed'.repeat(24);
export const isDigest = (value: string): boolean => /^[0-9a-f]{96}$/i.test(value);
export const isZero = (value: string): boolean => /^0+$/.test(value);

/** Whether KMS has the condition key at all: ImageSha384, PCR0 to PCR31, NitroTPMPCR0 to NitroTPMPCR23. */
export function isAttestationKey(key: string): boolean {
  const match = /^kms:recipientattestation:(?:imagesha384|pcr(0|[1-9]\d?)|nitrotpmpcr(0|[1-9]\d?))$/.exec(key);
  return match !== null && Number(match[1] ?? 0) <= 31 && Number(match[2] ?? 0) <= 23;
}

/** What the caller can present, by one representative per class. */
export interface AttestationState {
  /** `absent`, `debug`, `revoked r0`, `another image`, … */
  readonly name: string;
  readonly approved: boolean;
  /** Values of the attestation keys that this state fixes; `free` ones the caller can choose among what the policies name. */
  readonly fixed: ReadonlyMap<string, ContextValue>;
}

interface Build {
  readonly name: string;
  readonly kind: 'nitro-enclave' | 'nitro-tpm';
  readonly pcrs: Readonly<Record<string, string>>;
  readonly state: 'approved' | 'retired' | 'revoked' | 'expired';
}

/** The builds of the workload file. Malformed entries of an embedded workload are left out: they approve nothing. */
export function buildsOf(workload: Workload | null, today: string): readonly Build[] | null {
  if (workload === null) return null;
  const listed: unknown = workload.measurements?.aws;
  if (typeof listed !== 'object' || listed === null) return [];
  return Object.entries(listed as Workload['measurements']['aws']).flatMap(([name, measurement]): Build[] => {
    const pcrs = measurement?.pcrs as Readonly<Record<string, unknown>> | undefined;
    if (!pcrs || (measurement.kind !== 'nitro-enclave' && measurement.kind !== 'nitro-tpm')) return [];
    const digests = Object.fromEntries(Object.entries(pcrs).flatMap(([pcr, value]) => (typeof value === 'string' && isDigest(value) ? [[pcr.toLowerCase(), value.toLowerCase()]] : [])));
    const needed = measurement.kind === 'nitro-enclave' ? ['pcr0', 'pcr1', 'pcr2'] : ['pcr4'];
    if (!needed.every((pcr) => digests[pcr] !== undefined && !isZero(digests[pcr]))) return [];
    const state = measurement.status !== 'active' ? (measurement.status === 'retired' ? 'retired' : 'revoked') : String(measurement.expires) >= today ? 'approved' : 'expired';
    return [{ name, kind: measurement.kind, pcrs: digests, state }];
  });
}

/** Values that the policies list for an attestation key, as written. */
export function listedValues(statements: readonly Statement[], ...pcrs: readonly string[]): string[] {
  const keys = new Set(pcrs.map((pcr) => ATTESTATION_PREFIX + pcr));
  return [...new Set(statements.flatMap(({ conditions }) => conditions.flatMap(({ key, operator, values }) => (keys.has(key) && operator !== 'null' ? values.filter((value) => value !== null) : []))))];
}

const ENCLAVE = ['imagesha384', ...Array.from({ length: 32 }, (_, index) => `pcr${index}`)];
const TPM = Array.from({ length: 24 }, (_, index) => `nitrotpmpcr${index}`);

/** Every state that the statements and the workload's builds can tell apart. */
export function attestationStates(statements: readonly Statement[], builds: readonly Build[] | null): AttestationState[] {
  const states: AttestationState[] = [];
  // Only keys that a statement mentions can make a difference.
  const mentioned = new Set(statements.flatMap(({ conditions }) => conditions.map(({ key }) => key)).filter((key) => key.startsWith(ATTESTATION_PREFIX)));
  const enclave = ENCLAVE.filter((pcr) => mentioned.has(ATTESTATION_PREFIX + pcr));
  const tpm = TPM.filter((pcr) => mentioned.has(ATTESTATION_PREFIX + pcr));
  const add = (name: string, approved: boolean, kind: 'nitro-enclave' | 'nitro-tpm', values: Readonly<Record<string, string>>): void => {
    const fixed = new Map<string, ContextValue>();
    for (const pcr of kind === 'nitro-enclave' ? tpm : enclave) fixed.set(ATTESTATION_PREFIX + pcr, undefined);
    const prefix = kind === 'nitro-enclave' ? '' : 'nitrotpm';
    for (const [pcr, value] of Object.entries(values)) fixed.set(`${ATTESTATION_PREFIX}${prefix}${pcr}`, [value]);
    // PCR0 and ImageSha384 are two names of one value.
    if (kind === 'nitro-enclave' && values['pcr0'] !== undefined) fixed.set(`${ATTESTATION_PREFIX}imagesha384`, [values['pcr0']]);
    states.push({ name, approved, fixed });
  };

  states.push({ name: 'absent', approved: false, fixed: new Map([...enclave, ...tpm].map((pcr) => [ATTESTATION_PREFIX + pcr, undefined])) });
  // A debug enclave zeroes PCR0 to PCR2 only: PCR3, PCR4 and PCR8 may be what a policy asks for.
  add('debug', false, 'nitro-enclave', { pcr0: ZERO, pcr1: ZERO, pcr2: ZERO });
  // Another image can share the kernel (PCR1) or the application (PCR2) of an approved one, its signer and its role, never both PCR1 and PCR2.
  const pcr0Patterns = listedValues(statements, 'pcr0', 'imagesha384').filter(hasWildcard);
  for (const image of [OTHER, ...instances(pcr0Patterns, OTHER)]) {
    add('another image', false, 'nitro-enclave', { pcr0: image, pcr1: OTHER });
    add('another image', false, 'nitro-enclave', { pcr0: image, pcr2: OTHER });
  }
  add('an instance without measured boot', false, 'nitro-tpm', { pcr4: ZERO, pcr7: ZERO });
  // NitroTPM PCR0 and PCR1 are constants of the platform, PCR7 names the Secure Boot keys: another image can have all of them.
  for (const boot of [OTHER, ...instances(listedValues(statements, 'nitrotpmpcr4').filter(hasWildcard), OTHER)]) add('another image', false, 'nitro-tpm', { pcr4: boot });
  // The approved boot loader with another command line, Secure Boot off.
  for (const line of [OTHER, ...instances(listedValues(statements, 'nitrotpmpcr12').filter(hasWildcard), OTHER)]) add('another command line', false, 'nitro-tpm', { pcr7: OTHER, pcr12: line });

  const isNamed = (pcr: string, kind: Build['kind'], value: string): boolean => builds!.some((build) => build.kind === kind && build.pcrs[pcr] === value);
  if (builds === null) {
    add('attested', true, 'nitro-enclave', {});
    add('attested', true, 'nitro-tpm', {});
    return states;
  }
  for (const build of builds) {
    const name = build.state === 'approved' ? build.name : `${build.state} ${build.name}`;
    add(name, build.state === 'approved', build.kind, build.pcrs);
  }
  for (const value of new Set(listedValues(statements, 'pcr0', 'imagesha384').map((one) => one.toLowerCase()))) {
    if (isDigest(value) && !isZero(value) && !isNamed('pcr0', 'nitro-enclave', value)) add(`PCR0 ${value}, which is not in the workload file`, false, 'nitro-enclave', { pcr0: value });
  }
  for (const value of new Set(listedValues(statements, 'nitrotpmpcr4').map((one) => one.toLowerCase()))) {
    if (isDigest(value) && !isZero(value) && !isNamed('pcr4', 'nitro-tpm', value)) add(`NitroTPMPCR4 ${value}, which is not in the workload file`, false, 'nitro-tpm', { pcr4: value });
  }
  for (const value of new Set(listedValues(statements, 'nitrotpmpcr12').map((one) => one.toLowerCase()))) {
    if (isDigest(value) && !isNamed('pcr12', 'nitro-tpm', value)) add(`NitroTPMPCR12 ${value}, which is not in the workload file`, false, 'nitro-tpm', { pcr7: OTHER, pcr12: value });
  }
  const enclaves = builds.filter(({ kind }) => kind === 'nitro-enclave');
  for (const one of enclaves) for (const two of enclaves) {
    if (one.pcrs['pcr1'] !== two.pcrs['pcr1'] && one.pcrs['pcr2'] !== two.pcrs['pcr2']) {
      add(`kernel of ${one.name} with the application of ${two.name}`, false, 'nitro-enclave', { pcr0: OTHER, pcr1: one.pcrs['pcr1']!, pcr2: two.pcrs['pcr2']! });
    }
  }
  return states;
}

/** Pairs of approved builds of which a policy could mix the PCRs: PCR0 of the first, the others of the second. */
export function mixedStates(builds: readonly Build[]): { readonly name: string; readonly pair: readonly [string, string]; readonly fixed: ReadonlyMap<string, ContextValue>; readonly alone: ReadonlyMap<string, ContextValue> }[] {
  const approved = builds.filter(({ state }) => state === 'approved');
  return approved.flatMap((one) => approved.flatMap((two) => {
    if (one === two || one.kind !== two.kind) return [];
    const prefix = ATTESTATION_PREFIX + (one.kind === 'nitro-tpm' ? 'nitrotpm' : '');
    const lead = one.kind === 'nitro-tpm' ? 'pcr4' : 'pcr0';
    const map = (rest: (pcr: string) => string): Map<string, ContextValue> => {
      const fixed = new Map<string, ContextValue>((one.kind === 'nitro-tpm' ? ENCLAVE : TPM).map((pcr) => [ATTESTATION_PREFIX + pcr, undefined]));
      for (const pcr of Object.keys(one.pcrs)) fixed.set(prefix + pcr, [pcr === lead ? one.pcrs[lead]! : rest(pcr)]);
      if (lead === 'pcr0') fixed.set(`${ATTESTATION_PREFIX}imagesha384`, [one.pcrs[lead]!]);
      return fixed;
    };
    const differ = Object.keys(one.pcrs).filter((pcr) => pcr !== lead && two.pcrs[pcr] !== undefined && one.pcrs[pcr] !== two.pcrs[pcr]);
    if (differ.length === 0 || one.pcrs[lead] === two.pcrs[lead]) return [];
    return [{ name: `${lead.toUpperCase()} of ${one.name} with ${differ.map((pcr) => pcr.toUpperCase()).join(', ')} of ${two.name}`, pair: [one.name, two.name] as const, fixed: map((pcr) => two.pcrs[pcr] ?? one.pcrs[pcr]!), alone: map(() => OTHER) }];
  }));
}
