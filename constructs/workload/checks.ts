/**
 * The checks of the workload file that span several keys. They run on whatever part of a file has the right form, so
 * that all errors of a file are reported at once. Nothing here looks at the clock: expiry is judged by a rule.
 */
import type { z } from 'zod';
import { type Cidr, contains, isPrivate, overlaps, parseCidr } from './ipv4.js';
import { AZURE_CONFIDENTIAL_SIZES, azureTeeType, ec2Shape, GCP_CONFIDENTIAL_MACHINES, gcpZoneProblem, nitroEnclaveProblem } from './instance-types.js';
import { AZURE_TEE_TYPE_CLAIM, parseAzureToken, parseContainerImage, parseNitroEnclave, parseNitroTpm } from './measurements.js';
import type { workloadFile } from './schema.js';
import { CLOUDS, type Cloud } from './workload.js';

type DeepPartial<T> = T extends readonly (infer Item)[] ? readonly Item[] : T extends object ? { readonly [K in keyof T]?: DeepPartial<T[K]> | undefined } : T;

/** A file of which some keys may be missing; those that are there have the right form. */
export type PartialFile = DeepPartial<z.input<typeof workloadFile>>;

/** One error: the key path, what is allowed and the fix. */
export interface CheckProblem {
  readonly path: readonly string[];
  readonly message: string;
}

type Report = (path: readonly (string | number)[], message: string) => void;

/** Memory in MiB that a host needs for itself beside its enclaves. */
const HOST_RESERVE_MIB = 1024;

/**
 * Every problem that spans keys.
 * @param given the file as it stands, also where its form is wrong: what is there but wrong is not missing.
 */
export function crossChecks(file: PartialFile, given: unknown): readonly CheckProblem[] {
  const segments = valueAt(given, ['segments']);
  const segmentNames = new Set(typeof segments === 'object' && segments !== null ? Object.keys(segments) : []);
  const problems: CheckProblem[] = [];
  const report: Report = (path, message) => problems.push({ path: path.map(String), message });
  network(file, report);
  flows(file, segmentNames, report);
  clouds(file, given, report);
  dates(file, report);
  keyRoles(file, report);
  measurements(file, report);
  awsPlacement(file, report);
  azurePlacement(file, report);
  gcpPlacement(file, report);
  return problems;
}

function network(file: PartialFile, report: Report): void {
  const whole = file.network?.cidr === undefined ? undefined : parseCidr(file.network.cidr);
  if (whole && !isPrivate(whole)) report(['network', 'cidr'], 'must be inside 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16 (RFC 1918); fix: choose a private range');
  const ranges: { readonly name: string; readonly path: readonly string[]; readonly range: Cidr }[] = [];
  const add = (name: string, path: readonly string[], text: string | undefined) => {
    const range = text === undefined ? undefined : parseCidr(text);
    if (!range) return;
    if (whole && !contains(whole, range)) report(path, `must be inside network.cidr ${file.network?.cidr ?? ''}; fix: choose a range inside it or widen network.cidr`);
    for (const other of ranges) {
      if (overlaps(other.range, range)) report(path, `must not overlap ${other.name}; fix: choose a free range`);
    }
    ranges.push({ name, path, range });
  };
  add('network.endpoints', ['network', 'endpoints'], file.network?.endpoints);
  const tees: string[] = [];
  for (const [name, segment] of Object.entries(file.segments ?? {})) {
    add(`segments.${name}`, ['segments', name, 'cidr'], segment?.cidr);
    if (segment?.purpose === 'tee') tees.push(name);
  }
  for (const name of tees.slice(1)) report(['segments', name, 'purpose'], `must not be tee twice: segments.${tees[0] ?? ''} has it too; fix: put the TEE into one segment`);
  const complete = file.segments !== undefined && Object.values(file.segments).every((segment) => segment?.purpose !== undefined);
  if (complete && tees.length === 0) report(['segments'], 'must hold one segment with purpose: tee; fix: add it');
}

function flows(file: PartialFile, segmentNames: ReadonlySet<string>, report: Report): void {
  const seen = new Map<string, string>();
  for (const [name, flow] of Object.entries(file.flows ?? {})) {
    for (const end of ['from', 'to'] as const) {
      const segment = flow?.[end];
      if (segment === undefined || segmentNames.has(segment)) continue;
      report(['flows', name, end], `must be a segment: ${[...segmentNames].join(' | ') || 'none is there'}; fix: ${guess(segment, segmentNames) ?? 'add the segment or correct the name'}`);
    }
    if (flow?.from === undefined || flow.to === undefined || flow.port === undefined) continue;
    const identity = `${flow.from} ${flow.to} ${flow.port}`;
    const first = seen.get(identity);
    if (first === undefined) seen.set(identity, name);
    else report(['flows', name], `must not repeat flows.${first}; fix: remove one of them`);
  }
}

function clouds(file: PartialFile, given: unknown, report: Report): void {
  const placed = file.clouds;
  if (placed === undefined) return;
  if (CLOUDS.every((cloud) => placed[cloud] === undefined)) report(['clouds'], 'must hold aws, azure or gcp; fix: add at least one cloud');
  for (const cloud of CLOUDS) {
    if (placed[cloud] === undefined) continue;
    const missing = (section: string) => valueAt(given, [section]) !== undefined && valueAt(given, [section, cloud]) === undefined;
    if (missing('baa')) report(['baa', cloud], `must be there because clouds.${cloud} is; fix: record the agreement with reference, counterparty, effective and review`);
    if (missing('keyAdministrators')) report(['keyAdministrators', cloud], `must be there because clouds.${cloud} is; fix: list who administers its keys`);
    if (missing('breakGlass')) report(['breakGlass', cloud], `must be there because clouds.${cloud} is; fix: name the one emergency principal`);
  }
}

function dates(file: PartialFile, report: Report): void {
  for (const cloud of CLOUDS) {
    const baa = file.baa?.[cloud];
    if (baa?.effective !== undefined && baa.review !== undefined && baa.effective > baa.review) {
      report(['baa', cloud, 'review'], `must not be before effective ${baa.effective}; fix: correct one of the two dates`);
    }
    for (const [name, measurement] of Object.entries(file.measurements?.[cloud] ?? {})) {
      if (measurement?.approved !== undefined && measurement.expires !== undefined && measurement.approved > measurement.expires) {
        report(['measurements', cloud, name, 'expires'], `must not be before approved ${measurement.approved}; fix: correct one of the two dates`);
      }
    }
  }
}

function keyRoles(file: PartialFile, report: Report): void {
  for (const cloud of CLOUDS) {
    const administrators = file.keyAdministrators?.[cloud] ?? [];
    administrators.forEach((administrator, index) => {
      if (administrators.indexOf(administrator) < index) report(['keyAdministrators', cloud, index], 'must not be listed twice; fix: remove one of them');
    });
    const emergency = file.breakGlass?.[cloud];
    if (emergency !== undefined && administrators.includes(emergency)) {
      report(['breakGlass', cloud], `must not be one of keyAdministrators.${cloud}; fix: name a principal that has no everyday role`);
    }
  }
  if (file.clouds?.gcp?.deployer !== undefined && file.clouds.gcp.deployer === file.breakGlass?.gcp) {
    report(['clouds', 'gcp', 'deployer'], 'must not be breakGlass.gcp; fix: name the member that deploys every day');
  }
  const deploymentRole = file.clouds?.aws?.deploymentRole;
  if (deploymentRole === undefined) return;
  const account = file.clouds?.aws?.account;
  if (account !== undefined && !deploymentRole.includes(`::${account}:`)) report(['clouds', 'aws', 'deploymentRole'], `must be in account ${account}; fix: name the role of that account`);
  if (file.breakGlass?.aws === deploymentRole) report(['clouds', 'aws', 'deploymentRole'], 'must not be breakGlass.aws; fix: name the role that deploys every day');
}

/** What identifies the measured code, or undefined when the output is refused. */
function identity(cloud: Cloud, measurement: { readonly tool?: string | undefined; readonly output?: unknown } | undefined): string | undefined {
  if (measurement?.output === undefined || measurement.tool === undefined) return undefined;
  const parsed =
    cloud === 'azure' ? parseAzureToken(measurement.output)
    : cloud === 'gcp' ? parseContainerImage(measurement.output)
    : measurement.tool === 'nitro-cli' ? parseNitroEnclave(measurement.output)
    : parseNitroTpm(measurement.output);
  return 'value' in parsed ? JSON.stringify(parsed.value) : undefined;
}

function measurements(file: PartialFile, report: Report): void {
  for (const cloud of CLOUDS) {
    const releases = Object.entries(file.measurements?.[cloud] ?? {});
    const inactive = new Map<string, string>();
    for (const [name, release] of releases) {
      const id = release?.status === 'active' ? undefined : identity(cloud, release);
      if (id !== undefined) inactive.set(id, name);
    }
    for (const [name, release] of releases) {
      const id = release?.status === 'active' ? identity(cloud, release) : undefined;
      const other = id === undefined ? undefined : inactive.get(id);
      if (other !== undefined) {
        report(['measurements', cloud, name, 'status'], `must not be active: measurements.${cloud}.${other} has the same values and receives no keys; fix: remove the release that no longer stands`);
      }
    }
    if (file.clouds?.[cloud] === undefined || file.measurements === undefined) continue;
    const complete = releases.every(([, release]) => release?.status !== undefined && release.tool !== undefined);
    // On AWS the hosts run Nitro Enclaves: an attestable AMI alone leaves them nothing to run.
    const usable = releases.some(([, release]) => release?.status === 'active' && (cloud !== 'aws' || release.tool === 'nitro-cli'));
    if (complete && !usable) {
      const what = cloud === 'aws' ? 'one active measurement of nitro-cli' : 'one active measurement';
      report(['measurements', cloud], `must hold at least ${what} because clouds.${cloud} is there; fix: add the release that may receive keys`);
    }
  }
}

function range(path: readonly string[], value: { readonly min?: number | undefined; readonly max?: number | undefined } | undefined, report: Report): void {
  if (value?.min !== undefined && value.max !== undefined && value.min > value.max) report([...path, 'max'], `must not be below min ${value.min}; fix: correct one of the two`);
}

function awsPlacement(file: PartialFile, report: Report): void {
  const aws = file.clouds?.aws;
  if (!aws) return;
  const path = ['clouds', 'aws'];
  range([...path, 'instances'], aws.instances, report);
  if (aws.instance === undefined) return;
  const problem = nitroEnclaveProblem(aws.instance);
  if (problem) {
    report([...path, 'instance'], `must be an EC2 instance type that supports Nitro Enclaves: ${problem}; fix: choose for example m6i.2xlarge`);
    return;
  }
  const shape = ec2Shape(aws.instance);
  const { vcpus, memoryMiB } = aws.enclave ?? {};
  if (vcpus !== undefined && shape?.arm === false && vcpus % 2 !== 0) {
    report([...path, 'enclave', 'vcpus'], `must be even: an enclave takes whole cores and ${aws.instance} has two vCPUs per core; fix: write ${vcpus + 1}`);
  }
  const spare = shape?.arm === true ? 1 : 2;
  if (vcpus !== undefined && shape?.vcpus !== undefined && vcpus > shape.vcpus - spare) {
    report([...path, 'enclave', 'vcpus'], `must be at most ${shape.vcpus - spare}: ${aws.instance} has ${shape.vcpus} and keeps one core; fix: lower it or choose a larger instance`);
  }
  if (memoryMiB !== undefined && shape?.memoryMiB !== undefined && memoryMiB > shape.memoryMiB - HOST_RESERVE_MIB) {
    report([...path, 'enclave', 'memoryMiB'], `must be at most ${shape.memoryMiB - HOST_RESERVE_MIB}: ${aws.instance} has ${shape.memoryMiB} and keeps ${HOST_RESERVE_MIB}; fix: lower it or choose a larger instance`);
  }
}

function azurePlacement(file: PartialFile, report: Report): void {
  const azure = file.clouds?.azure;
  if (!azure) return;
  range(['clouds', 'azure', 'instances'], azure.instances, report);
  if (azure.instance === undefined) return;
  const tee = azureTeeType(azure.instance);
  if (!tee) {
    const series = AZURE_CONFIDENTIAL_SIZES.series.map(({ name }) => name).join(', ');
    report(['clouds', 'azure', 'instance'], `must be a confidential VM size (${series}); fix: choose for example Standard_DC4as_v5`);
    return;
  }
  for (const [name, release] of Object.entries(file.measurements?.azure ?? {})) {
    const parsed = release?.status === 'active' && release.output !== undefined ? parseAzureToken(release.output) : undefined;
    if (parsed && 'value' in parsed && parsed.value[AZURE_TEE_TYPE_CLAIM] !== tee) {
      report(['measurements', 'azure', name, 'output'], `must come from a ${tee} VM: clouds.azure.instance ${azure.instance} is one; fix: attest on that size or change the size`);
    }
  }
}

function gcpPlacement(file: PartialFile, report: Report): void {
  const gcp = file.clouds?.gcp;
  if (!gcp) return;
  const path = ['clouds', 'gcp'];
  range([...path, 'instances'], gcp.instances, report);
  if (gcp.keyProject !== undefined && gcp.keyProject === gcp.project) report([...path, 'keyProject'], 'must not be the project of the workload, whose owners could use its keys; fix: name a project of its own');
  if (gcp.keyProjectNumber !== undefined && gcp.keyProjectNumber === gcp.projectNumber) report([...path, 'keyProjectNumber'], 'must not be the number of the project of the workload; fix: paste the number of keyProject');
  if (gcp.zone !== undefined && gcp.region !== undefined && gcp.zone.slice(0, -2) !== gcp.region) report([...path, 'zone'], `must be in region ${gcp.region}; fix: write it like ${gcp.region}-a`);
  const whole = file.network?.cidr === undefined ? undefined : parseCidr(file.network.cidr);
  const endpoint = gcp.privateServiceConnect === undefined ? undefined : parseCidr(`${gcp.privateServiceConnect}/32`);
  if (whole && endpoint && contains(whole, endpoint)) report([...path, 'privateServiceConnect'], `must be outside network.cidr ${file.network?.cidr ?? ''}; fix: choose an address that no subnet uses`);
  const { confidentialType: type, instance, zone } = gcp;
  if (type === 'SEV_SNP') {
    report([...path, 'confidentialType'], 'must be TDX | SEV: Confidential Space, which releases the keys, does not run on SEV_SNP; fix: write TDX');
    return;
  }
  if (type === undefined || instance === undefined) return;
  const { machines, series } = GCP_CONFIDENTIAL_MACHINES.types[type];
  if (!machines.test(instance)) {
    report([...path, 'instance'], `must be a machine type that runs ${type} (${series}); fix: choose for example ${type === 'TDX' ? 'c3-standard-4' : 'n2d-standard-4'}`);
    return;
  }
  const problem = zone === undefined ? undefined : gcpZoneProblem(type, instance, zone);
  if (problem) report([...path, 'zone'], `must offer the TEE: ${problem}; fix: choose one of them`);
}

/** The value at a key path of plain data; undefined where there is none. */
export function valueAt(data: unknown, path: readonly string[]): unknown {
  let current = data;
  for (const key of path) {
    current = typeof current === 'object' && current !== null && Object.hasOwn(current, key) ? (current as Readonly<Record<string, unknown>>)[key] : undefined;
  }
  return current;
}

/** "did you mean" for a misspelt name; undefined when nothing is near. */
export function guess(given: string, names: Iterable<string>): string | undefined {
  if (given.length > 40) return undefined;
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const name of names) {
    const distance = editDistance(given.toLowerCase(), name.toLowerCase());
    if (distance <= Math.max(1, Math.floor(name.length / 3)) && distance < (best?.distance ?? Infinity)) best = { name, distance };
  }
  return best && `did you mean ${best.name}?`;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min((next[j - 1] ?? 0) + 1, (row[j] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
