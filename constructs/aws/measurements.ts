import { createHash } from 'node:crypto';
import type { AwsMeasurement, NitroEnclaveMeasurement, NitroTpmMeasurement, Workload } from '../workload/index.js';

/** A SHA-384 value as the AWS tools print it: 96 hexadecimal characters. */
const SHA384_HEX = /^[0-9a-fA-F]{96}$/;
const ZERO = /^0+$/;

/**
 * Checks one PCR value and returns it in lower case.
 * @param zeroAllowed only for NitroTPM PCR12, whose documented normal value is all zeros.
 * @throws for a wrong length, a wildcard or other non-hexadecimal character, and for all zeros: that is what a debug
 * enclave reports, so a policy that lists it releases keys to code that anyone can inspect.
 */
export function pcr(where: string, value: string, zeroAllowed = false): string {
  if (!SHA384_HEX.test(value)) {
    throw new Error(`${where}: "${value}" is not a PCR value; allowed: 96 hexadecimal characters (SHA-384), no wildcard. Copy it from nitro-cli describe-eif or nitro-tpm-pcr-compute.`);
  }
  if (!zeroAllowed && ZERO.test(value)) {
    throw new Error(`${where}: all zeros is the measurement of a debug enclave and never receives keys. Build without --debug-mode and copy the PCR from nitro-cli describe-eif.`);
  }
  return value.toLowerCase();
}

/**
 * PCR3 of every enclave whose host runs with the role: SHA-384 over 48 zero bytes and the role's ARN in UTF-8
 * (AWS Nitro Enclaves guide, "Where to get an enclave's measurements").
 * @throws if the ARN is not literal: a CloudFormation reference cannot be hashed at synth.
 */
export function pcr3OfRole(roleArn: string): string {
  if (!/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/.test(roleArn)) {
    throw new Error(`role: "${roleArn}" is not a literal role ARN; PCR3 is a hash of it. Give the role a fixed name and pass arn:aws:iam::<account>:role/<name>.`);
  }
  return createHash('sha384').update(Buffer.alloc(48)).update(roleArn, 'utf8').digest('hex');
}

/**
 * The condition keys and values that one active measurement must match, all of them together.
 * @throws for values that `pcr` refuses, and for NitroTPM PCRs that prove nothing.
 */
export function attestationCondition(handle: string, measurement: AwsMeasurement, roleArn: string): Readonly<Record<string, string>> {
  const where = `measurements.aws.${handle}`;
  if (measurement.kind === 'nitro-tpm') {
    const foreign = Object.keys(measurement.pcrs).filter((name) => !['PCR4', 'PCR7', 'PCR12'].includes(name));
    if (foreign.length > 0) throw new Error(`${where}.${foreign.join(', ')}: NitroTPM keys are gated on PCR4, PCR7 and PCR12 only; PCR0 and PCR1 are the same for every machine of AWS and prove nothing.`);
    return {
      'kms:RecipientAttestation:NitroTPMPCR4': pcr(`${where}.PCR4`, measurement.pcrs.PCR4),
      'kms:RecipientAttestation:NitroTPMPCR7': pcr(`${where}.PCR7`, measurement.pcrs.PCR7),
      'kms:RecipientAttestation:NitroTPMPCR12': pcr(`${where}.PCR12`, measurement.pcrs.PCR12, true),
    };
  }
  const { PCR0, PCR1, PCR2, PCR8 } = measurement.pcrs;
  return {
    'kms:RecipientAttestation:PCR0': pcr(`${where}.PCR0`, PCR0),
    'kms:RecipientAttestation:PCR1': pcr(`${where}.PCR1`, PCR1),
    'kms:RecipientAttestation:PCR2': pcr(`${where}.PCR2`, PCR2),
    'kms:RecipientAttestation:PCR3': pcr3OfRole(roleArn),
    ...(PCR8 !== undefined && { 'kms:RecipientAttestation:PCR8': pcr(`${where}.PCR8`, PCR8) }),
  };
}

/** The measurements that may receive keys, by handle, in the order of their names. */
export function activeMeasurements(workload: Workload): readonly (readonly [string, AwsMeasurement])[] {
  return Object.entries(workload.measurements.aws)
    .filter(([, measurement]) => measurement.status === 'active')
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/**
 * The release that hosts boot: of the active enclave measurements the one approved last (ties: the last name). The
 * others keep receiving keys, so that running hosts work on until they are replaced.
 * @throws if no enclave measurement is active.
 */
export function bootRelease(workload: Workload): { readonly handle: string; readonly measurement: NitroEnclaveMeasurement } {
  const enclaves = activeMeasurements(workload).filter((entry): entry is readonly [string, NitroEnclaveMeasurement] => entry[1].kind === 'nitro-enclave');
  const newest = enclaves.reduce<(typeof enclaves)[number] | undefined>((best, entry) => (best && best[1].approved > entry[1].approved ? best : entry), undefined);
  if (!newest) throw new Error('measurements.aws: no active nitro-enclave measurement, so hosts would have nothing to boot; add one with status: active.');
  return { handle: newest[0], measurement: newest[1] };
}

export type { NitroTpmMeasurement };
