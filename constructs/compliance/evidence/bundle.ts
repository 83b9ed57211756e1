/** Writes an evidence bundle: copies of what was judged, the page, and one statement over all of it. */
import { copyFileSync, existsSync, lstatSync, readdirSync, renameSync, rmdirSync, type Stats, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { makeFolder, unmake } from '../folder.js';
import { InputError, reason } from '../read/text.js';
import type { Gathered } from '../report/model.js';
import { envelopeText, seal, type Signer } from './dsse.js';
import { sha256, sha256Of } from './files.js';
import { type Predicate, type Retention, retentionOf, type Statement, statementOf, type Subject } from './statement.js';

/** The envelope, and its digest: an unsigned bundle has nothing else that tells a changed envelope. */
export const ENVELOPE = 'evidence.dsse.json';
export const ENVELOPE_DIGEST = 'evidence.dsse.json.sha256';

export interface BundleOptions {
  /** Folder to make; must not exist yet, or be empty. */
  readonly out: string;
  readonly paths: readonly string[];
  /** Default: none; the bundle then says that it is unsigned. */
  readonly signer?: Signer | undefined;
  /** Files that govern and are no artifacts: the workload file, the exemptions. Copied by their name in the bundle. */
  readonly governing: Readonly<Record<string, string>>;
  /** The rendered report. */
  readonly page: string;
}

/** @returns the statement. @throws InputError; nothing half-written stays. */
export async function writeBundle(gathered: Gathered, { out, paths, signer, governing, page }: BundleOptions): Promise<Statement> {
  refuse(out, paths);
  const stage = `${resolve(out)}.${process.pid}.tmp`;
  let made: string | undefined;
  try {
    made = makeFolder(stage);
    const subjects: Subject[] = [];
    const put = (name: string, content: string): void => {
      writeFileSync(join(stage, name), content);
      subjects.push({ name, digest: { sha256: sha256(content) } });
    };
    const copy = (file: string, name: string, expected?: string): string => {
      makeFolder(dirname(join(stage, name)));
      copyFileSync(file, join(stage, name));
      const digest = sha256Of(join(stage, name));
      if (expected !== undefined && digest !== expected) throw new InputError(file, 'changed while it was read; run again when nothing writes to it');
      subjects.push({ name, digest: { sha256: digest } });
      return digest;
    };
    const taken = new Set<string>();
    const artifacts = gathered.inputs.map(({ file, sha256: digest }): Predicate['artifacts'][number] => {
      const name = copyName(file, taken);
      copy(file, name, digest);
      return { file, copy: name, sha256: digest };
    });
    for (const [name, file] of Object.entries(governing)) copy(file, name);
    put('report.html', page);
    put('README.txt', readme(retentionOf(gathered), signer));
    const statement = statementOf(gathered, subjects, { paths, artifacts });
    const text = envelopeText(await seal(Buffer.from(JSON.stringify(statement)), signer));
    writeFileSync(join(stage, ENVELOPE), text);
    writeFileSync(join(stage, ENVELOPE_DIGEST), `${sha256(text)}  ${ENVELOPE}\n`);
    if (existsSync(out)) rmdirSync(out);
    renameSync(stage, out);
    return statement;
  } catch (error) {
    unmake(stage, made);
    if (typeof error === 'object' && error !== null && 'code' in error) throw new InputError(out, `cannot be written: ${reason(error)}`);
    throw error;
  }
}

function refuse(out: string, paths: readonly string[]): void {
  let stat: Stats | undefined;
  try {
    stat = lstatSync(out, { throwIfNoEntry: false });
  } catch (error) {
    throw new InputError(out, `cannot be written: ${reason(error)}`);
  }
  if (stat && !(stat.isDirectory() && readdirSync(out).length === 0)) throw new InputError(out, 'exists already; evidence is never overwritten: name a new folder');
  for (const path of paths) {
    const inside = relative(resolve(path), resolve(out));
    if (inside === '' || (inside !== '..' && !inside.startsWith(`..${sep}`))) throw new InputError(out, `lies inside the artifacts (${path}); name a folder beside them`);
  }
}

/** A name below `artifacts/`, whatever the path was. */
function copyName(file: string, taken: Set<string>): string {
  const parts = file.split(/[\\/]/).map((part) => (part === '..' ? '__' : part)).filter((part) => part !== '' && part !== '.');
  const name = `artifacts/${parts.join('/')}`;
  let unique = name;
  for (let number = 2; taken.has(unique); number++) unique = `${name}~${number}`;
  taken.add(unique);
  return unique;
}

function readme({ days, until, citation, stores, missing }: Retention, signer: Signer | undefined): string {
  const places = stores.length === 0
    ? ['The artifacts hold no log store that keeps it that long and cannot be shortened. Where it is kept is UNKNOWN: decide it.']
    : stores.map(({ cloud, resource, days: kept }) => `- ${cloud}: ${resource} (${kept} days, immutable)`);
  const gaps = stores.length === 0 ? [] : missing.map((cloud) => `- ${cloud}: UNKNOWN. No store of these artifacts keeps it that long.`);
  return `Evidence bundle of tee-kit

What it is
  ${ENVELOPE}  an in-toto Statement v1 in a DSSE envelope: the digest of every file here, and the verdict, proofs,
                      findings, exemptions, measurements and workload files. ${signer ? `Signed (${signer.algorithm}).` : 'UNSIGNED: nobody vouches for it.'}
  artifacts/          the artifacts that were judged, byte for byte
  report.html         the same for people

How to verify it
  tee-kit evidence verify DIR --key PUBLIC.pem

Without tee-kit, with jq, openssl and coreutils
  jq -j .payload ${ENVELOPE} | base64 -d > /tmp/payload
  { printf 'DSSEv1 28 application/vnd.in-toto+json %s ' "$(wc -c < /tmp/payload)"; cat /tmp/payload; } > /tmp/message
  jq -j '.signatures[0].sig' ${ENVELOPE} | base64 -d > /tmp/signature
  openssl ${signer?.algorithm === 'ecdsa-p256-sha256' ? 'dgst -sha256 -verify PUBLIC.pem -signature /tmp/signature /tmp/message' : 'pkeyutl -verify -pubin -inkey PUBLIC.pem -rawin -in /tmp/message -sigfile /tmp/signature'}
  jq -r '.subject[] | .digest.sha256 + "  " + .name' /tmp/payload | sha256sum --check

How long to keep it: ${days} days, until ${until} (${citation}). Where:
${[...places, ...gaps].join('\n')}
`;
}
