import { createHash } from 'node:crypto';
import { BOOT_SCRIPTS } from '../../data/boot-scripts.js';
import type { Workload } from '../../../workload/workload.js';

/** What is wrong with a boot script; not `certain` where the script is one that nobody here has read. */
export interface BootDefect {
  readonly certain: boolean;
  readonly message: string;
}

const HEREDOC = /^cat > ((?:\/[\w.-]+)*\/)([\w.-]+) <<'([A-Z_]+)'\n([\s\S]*?)\n\3$/gm;
/** Settings that the kit's scripts read. Another one could be a variable of the shell or of the AWS CLI. */
const NAMES = /^(AWS_REGION|GROUP|HOOK|LOG_GROUP|PORT|ENCLAVE_CPUS|ENCLAVE_MEMORY_MIB|PROXIES|RELEASE|EIF_(BUCKET|KEY|VERSION|SHA256)|PCR\d)$/;
const SETTINGS = 'settings.env';
/** Settings that a release fixes, as the workload file has them. */
const IMAGE = { EIF_BUCKET: 'bucket', EIF_KEY: 'key', EIF_VERSION: 'versionId', EIF_SHA256: 'sha256' } as const;
const PCRS = ['PCR0', 'PCR1', 'PCR2', 'PCR8'] as const;

/** A script without what does not change its course: comments, blank lines, indentation, literal messages. */
export function normalised(script: string): string {
  return script.split('\n').map((line) => line.trim()).filter((line) => line !== '' && !/^#(?!!)/.test(line) && !/^(say|echo) '[^']*'$/.test(line)).join('\n');
}

export const digest = (script: string): string => createHash('sha256').update(normalised(script)).digest('hex');

/** The files that a boot script writes, and the script itself without them. */
export function parts(script: string): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const frame = script.replace(HEREDOC, (_, folder: string, name: string, _mark: string, content: string) => {
    files.set(name, content);
    return `file ${folder}${name}`;
  });
  files.set('', frame);
  return files;
}

/**
 * Judges the user data of an enclave host. Whether a shell script checks what it should is not decidable in general, so
 * only the scripts of the kit pass, by their digests; what a script does wrong for certain is said.
 */
export function judgeBoot(userData: string, workload: Workload | null, isEndpoint: (host: string) => boolean): readonly BootDefect[] {
  // The reader marks a literal `${` as `${!`.
  const script = userData.replaceAll('${!', '${');
  const defects: BootDefect[] = [];
  for (const [, mode] of script.matchAll(/nitro-cli\s+run-enclave[^\n]*?(--debug-mode|--attach-console)/g)) defects.push({ certain: true, message: `starts the enclave with ${mode}: all-zero measurements and a readable console` });
  const files = parts(script);
  const settings = files.get(SETTINGS);
  for (const [name, content] of files) {
    if (name === SETTINGS || BOOT_SCRIPTS[name]?.includes(digest(content))) continue;
    defects.push({ certain: false, message: `${name === '' ? 'the script' : name} is none of the kit's: whether the host checks hash, measurement and debug mode is not decided` });
  }
  if (settings === undefined) return defects.length > 0 ? defects : [{ certain: false, message: 'no settings: which image it starts is not known' }];
  const values = new Map<string, string>();
  for (const line of normalised(settings).split('\n')) {
    const match = /^([A-Z][A-Z0-9_]*)='([^']*)'$/.exec(line);
    if (!match || !NAMES.test(match[1] as string)) defects.push({ certain: false, message: `${SETTINGS} holds a line that is no setting of the kit` });
    else values.set(match[1] as string, match[2] as string);
  }
  return [...defects, ...image(values, workload), ...proxies(values.get('PROXIES') ?? '', isEndpoint)];
}

/** The image must be one of an active release. */
function image(values: ReadonlyMap<string, string>, workload: Workload | null): BootDefect[] {
  if (workload === null) return [{ certain: false, message: 'no workload file: whether the image is approved is not known' }];
  const releases = Object.values(workload.measurements?.aws ?? {}).filter((release) => release?.kind === 'nitro-enclave');
  const differs = (release: (typeof releases)[number]): string | null => {
    if (release.kind !== 'nitro-enclave') return 'kind';
    for (const [setting, name] of Object.entries(IMAGE) as [keyof typeof IMAGE, (typeof IMAGE)[keyof typeof IMAGE]][]) if (values.get(setting) !== release.artifact?.[name]) return setting;
    for (const pcr of PCRS) if ((values.get(pcr) ?? '').toLowerCase() !== (release.pcrs?.[pcr] ?? '').toLowerCase()) return pcr;
    return release.status === 'active' ? null : `status ${release.status}`;
  };
  const differences = releases.map(differs);
  if (differences.includes(null)) return [];
  if ([...Object.keys(IMAGE), ...PCRS].some((name) => values.get(name)?.includes('${'))) return [{ certain: false, message: 'the image is named by values that are known at deployment only' }];
  return [{ certain: true, message: `starts an image that is no active release of the workload file${differences[0] ? ` (${differences[0]} differs)` : ''}` }];
}

/** The way out of the enclave is the host's proxies: they may lead to AWS and to endpoints of the artifact only. */
function proxies(text: string, isEndpoint: (host: string) => boolean): BootDefect[] {
  return text.split(/\s+/).filter((one) => one !== '').flatMap((one) => {
    const host = one.slice(one.indexOf('=') + 1);
    if (/^[a-z0-9.-]+\.(amazonaws\.com|amazonaws\.com\.cn|api\.aws)$/.test(host) || isEndpoint(host)) return [];
    return [{ certain: true, message: `a proxy leads the enclave to ${host}` }];
  });
}
