import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { writeBundle } from '../evidence/bundle.js';
import { pemSigner, publicKey } from '../evidence/dsse.js';
import { sha256Of } from '../evidence/files.js';
import { type Verification, verifyBundle } from '../evidence/verify.js';
import { fromHere } from '../read/assembly.js';
import { readText } from '../read/text.js';
import { reportOf } from '../report/model.js';
import { page } from '../report/page.js';
import { gather, type GatherOptions, inputFiles } from './gather.js';
import type { Terminal } from './main.js';

export interface EvidenceOptions extends Omit<GatherOptions, 'baseExemptions'> {
  readonly out: string;
  /** PEM private key to sign with. Default: unsigned. */
  readonly sign?: string | undefined;
}

/** `tee-kit evidence`. @returns 0 when the bundle is written, whatever it says: evidence of a failed state is evidence. */
export async function evidence({ out, sign, ...options }: EvidenceOptions): Promise<number> {
  const { terminal } = options;
  const signer = sign === undefined ? undefined : pemSigner(readText(sign), sign);
  const gathered = gather(options);
  const report = reportOf(gathered);
  const named = (file: string | undefined, prefix: string): Record<string, string> => (file === undefined ? {} : { [`${prefix}-${basename(file)}`]: file });
  const { predicate: { retention } } = await writeBundle(gathered, {
    out, paths: options.paths, signer, page: page(report), governing: { ...named(options.workload, 'workload'), ...named(gathered.exemptionsFile, 'exemptions') },
  });
  terminal.err(`wrote ${out}: ${report.verdict.headline} ${signer ? `Signed (${signer.algorithm}).` : 'UNSIGNED: nobody vouches for it (--sign KEY).'}\n`);
  terminal.err(`keep until ${retention.until} (${retention.days} days): ${retention.stores.length === 0 ? 'UNKNOWN where; the artifacts hold no immutable store' : retention.stores.map(({ cloud, resource }) => `${cloud} ${resource}`).join(', ')}\n`);
  return 0;
}

export interface VerifyEvidenceOptions {
  readonly folder: string;
  /** Artifacts to hold against the bundle. Default: where they lay when the bundle was made, if they are still there. */
  readonly paths: readonly string[];
  readonly bundleOnly: boolean;
  readonly key?: string | undefined;
  readonly format: 'text' | 'json';
  readonly terminal: Terminal;
}

/** `tee-kit evidence verify`. @returns 0 verified, 1 not. */
export function verifyEvidence({ folder, paths, bundleOnly, key, format, terminal }: VerifyEvidenceOptions): number {
  const trusted = key === undefined ? undefined : publicKey(readText(key), key);
  const inputs = (list: readonly string[]) => inputFiles(list).map((file) => ({ file: fromHere(file), sha256: sha256Of(file) }));
  const result = verifyBundle(folder, {
    key: trusted,
    artifacts: bundleOnly ? undefined : paths.length > 0 ? () => inputs(paths) : (recorded) => {
      const here = recorded.filter((path) => existsSync(path) && !resolve(folder).startsWith(resolve(path)));
      return here.length === 0 ? null : inputs(here);
    },
  });
  terminal.out(format === 'json' ? `${JSON.stringify(result, null, 2)}\n` : verifyText(result));
  return result.verified ? 0 : 1;
}

const SIGNATURES: Readonly<Record<Verification['signature'], string>> = {
  verified: 'signed by the holder of the key named',
  'wrong-key': 'SIGNATURE REFUSED',
  'no-key': 'SIGNER NOT ESTABLISHED: anybody can make and sign a bundle; name the public key you trust with --key',
  unsigned: 'UNSIGNED: nobody vouches for this bundle, and whoever changed it could have sealed it again',
  unreadable: 'NO SIGNATURE CAN BE READ',
};

function verifyText({ verified, signature, keys, problems, files, compared, statement }: Verification): string {
  const lines = [
    verified ? 'VERIFIED' : 'NOT VERIFIED',
    `  ${SIGNATURES[signature]}${keys.length === 0 ? '' : ` (key ${keys.join(', ')})`}`,
    ...problems.map((problem) => `  ${problem}`),
    problems.length === 0 ? `  every byte of ${files} files is as it was sealed; ${compared === 0 ? 'the artifacts themselves are not here, their copies were checked' : `${compared} artifacts outside the bundle are the same`}` : '',
    statement ? `  it says, as of ${statement.predicate.judged}: ${String(statement.predicate.verdict.headline)}` : '',
    statement ? `  keep until ${String(statement.predicate.retention.until)}` : '',
  ];
  return `${lines.filter((line) => line !== '').join('\n')}\n`;
}
