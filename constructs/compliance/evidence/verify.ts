/** Holds an evidence bundle to its statement: every byte of every file, the signature, and the artifacts where they lie. */
import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import type { KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { InputError } from '../read/text.js';
import type { Input } from '../report/model.js';
import { ENVELOPE, ENVELOPE_DIGEST } from './bundle.js';
import { type Envelope, envelopeText, isSigned, keyId, PAYLOAD_TYPE } from './dsse.js';
import { sha256, sha256Of } from './files.js';
import { PREDICATE_TYPE, type Predicate, STATEMENT_TYPE, type Statement } from './statement.js';

/** `tee-kit evidence verify --format json`. The shape is contract. */
export interface Verification {
  readonly version: 1;
  /** True only if nothing below is wrong: every byte is as it was sealed, by the holder of the key that was named. */
  readonly verified: boolean;
  /** `verified`, `wrong-key`, `no-key` (signed, and no key was named to hold it against) or `unsigned`. */
  readonly signature: 'verified' | 'wrong-key' | 'no-key' | 'unsigned' | 'unreadable';
  /** Key ids that the envelope names. */
  readonly keys: readonly string[];
  /** One line each: what was changed, is missing, or is too much. */
  readonly problems: readonly string[];
  readonly files: number;
  /** Artifacts outside the bundle that were compared; 0 when they are not there. */
  readonly compared: number;
  /** What the statement says, when it can be read. */
  readonly statement: Statement | null;
}

export interface VerifyOptions {
  readonly key?: KeyObject | undefined;
  /** Lists the artifact files at paths, with digests; null where the paths are not there. Default: only the bundle is held. */
  readonly artifacts?: ((recorded: readonly string[]) => readonly Input[] | null) | undefined;
}

/** @throws InputError when the folder cannot be read at all. */
export function verifyBundle(folder: string, { key, artifacts }: VerifyOptions = {}): Verification {
  const stat = lstatSync(folder, { throwIfNoEntry: false });
  if (!stat) throw new InputError(folder, 'no such folder');
  if (!stat.isDirectory()) throw new InputError(folder, 'is not a folder: name the folder that tee-kit evidence wrote');
  const problems: string[] = [];
  const found = filesOf(folder, problems);
  const empty = { version: 1, verified: false, keys: [], files: found.size, compared: 0, statement: null } as const;
  if (!found.has(ENVELOPE)) return { ...empty, signature: 'unreadable', problems: [...problems, `${ENVELOPE} is missing`] };
  const text = readFileSync(join(folder, ENVELOPE), 'utf8');
  const digest = found.has(ENVELOPE_DIGEST) ? readFileSync(join(folder, ENVELOPE_DIGEST), 'utf8') : undefined;
  if (digest === undefined) problems.push(`${ENVELOPE_DIGEST} is missing`);
  else if (digest !== `${sha256(readFileSync(join(folder, ENVELOPE)))}  ${ENVELOPE}\n`) problems.push(`${ENVELOPE} and ${ENVELOPE_DIGEST} do not agree: one of them was changed`);
  const envelope = readEnvelope(text);
  const payload = envelope && Buffer.from(envelope.payload, 'base64');
  const statement = payload && readStatement(payload);
  if (!envelope || !payload || envelopeText(envelope) !== text || payload.toString('base64') !== envelope.payload) problems.push(`${ENVELOPE} was changed: it is not an envelope as tee-kit writes it`);
  if (!envelope || !payload || !statement) return { ...empty, signature: 'unreadable', problems: [...problems, `${ENVELOPE} holds no statement of tee-kit`] };

  const signature = envelope.signatures.length === 0 ? 'unsigned' : !key ? 'no-key' : isSigned(envelope, payload, key) ? 'verified' : 'wrong-key';
  if (signature === 'wrong-key') {
    const known = key !== undefined && envelope.signatures.some(({ keyid }) => keyid === keyId(key));
    problems.push(known ? 'the signature does not verify: the statement or the signature was changed' : 'the key named is not the one that signed');
  }
  compareFiles(folder, found, statement, problems);
  const compared = compareArtifacts(statement.predicate, artifacts, problems);
  return {
    version: 1, verified: problems.length === 0 && signature === 'verified', signature, keys: envelope.signatures.map(({ keyid }) => keyid), problems, files: found.size, compared, statement,
  };
}

/** Regular files below a folder, by their path with forward slashes. */
function filesOf(folder: string, problems: string[]): ReadonlySet<string> {
  const files = new Set<string>();
  const walk = (below: string): void => {
    for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
      const name = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) walk(name);
      else if (entry.isFile()) files.add(name);
      else problems.push(`${name} is no regular file`);
    }
  };
  walk('');
  return files;
}

function compareFiles(folder: string, found: ReadonlySet<string>, { subject, predicate }: Statement, problems: string[]): void {
  const expected = new Map(subject.map(({ name, digest }) => [name, digest.sha256]));
  for (const [name, digest] of expected) {
    if (!found.has(name)) problems.push(`${name} is missing`);
    else if (sha256Of(join(folder, name)) !== digest) problems.push(`${name} was changed`);
  }
  for (const name of found) if (!expected.has(name) && name !== ENVELOPE && name !== ENVELOPE_DIGEST) problems.push(`${name} is not part of the evidence`);
  for (const { copy, sha256: digest } of predicate.artifacts) if (expected.get(copy) !== digest) problems.push(`${copy}: the statement contradicts itself`);
}

function compareArtifacts({ paths, artifacts: recorded }: Predicate, list: VerifyOptions['artifacts'], problems: string[]): number {
  const now = list?.(paths);
  if (!now) return 0;
  const sealed = new Map(recorded.map(({ file, sha256: digest }) => [file, digest]));
  // Named from another folder, the same files have other names: then what they hold is compared.
  const byName = now.some(({ file }) => sealed.has(file));
  if (!byName) {
    const [held, known] = [new Set(now.map(({ sha256: digest }) => digest)), new Set(sealed.values())];
    for (const { file, sha256: digest } of now) if (!known.has(digest)) problems.push(`${file} is not what the evidence is about`);
    for (const [file, digest] of sealed) if (!held.has(digest)) problems.push(`${file} is missing among the artifacts, or was changed`);
    return now.length;
  }
  const seen = new Set<string>();
  for (const { file, sha256: digest } of now) {
    seen.add(file);
    const expected = sealed.get(file);
    if (expected === undefined) problems.push(`${file} is not part of the evidence`);
    else if (expected !== digest) problems.push(`${file} is not what the evidence is about: it was changed`);
  }
  for (const [file, digest] of sealed) {
    if (seen.has(file)) continue;
    if (!existsSync(file)) problems.push(`${file} is missing`);
    else if (sha256Of(file) !== digest) problems.push(`${file} is not what the evidence is about: it was changed`);
  }
  return now.length;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readEnvelope(text: string): Envelope | undefined {
  const value = parsed(text);
  if (!isMap(value)) return undefined;
  const { payload, payloadType, signatures } = value;
  if (typeof payload !== 'string' || payloadType !== PAYLOAD_TYPE || !Array.isArray(signatures)) return undefined;
  const list = signatures.flatMap((one: unknown) => (isMap(one) && typeof one['keyid'] === 'string' && typeof one['sig'] === 'string' ? [{ keyid: one['keyid'], sig: one['sig'] }] : []));
  return list.length === signatures.length ? { payload, payloadType, signatures: list } : undefined;
}

function readStatement(payload: Buffer): Statement | undefined {
  const value = parsed(payload.toString('utf8'));
  return isStatement(value) ? value : undefined;
}

/** Whether a value has what the checks need of a statement; everything else in it is as good as the signature over it. */
function isStatement(value: unknown): value is Statement {
  if (!isMap(value) || value['_type'] !== STATEMENT_TYPE || value['predicateType'] !== PREDICATE_TYPE) return false;
  const { subject, predicate } = value;
  const listed = (list: unknown, fits: (one: Readonly<Record<string, unknown>>) => boolean): boolean => Array.isArray(list) && list.every((one) => isMap(one) && fits(one));
  return listed(subject, ({ name, digest }) => typeof name === 'string' && !/(^|\/)\.\.?(\/|$)|^\/|\\|^$/.test(name) && isMap(digest) && typeof digest['sha256'] === 'string')
    && isMap(predicate) && predicate['version'] === 1 && isMap(predicate['verdict']) && isMap(predicate['retention'])
    && Array.isArray(predicate['paths']) && predicate['paths'].every((path) => typeof path === 'string')
    && listed(predicate['artifacts'], (one) => typeof one['file'] === 'string' && typeof one['copy'] === 'string' && typeof one['sha256'] === 'string');
}
