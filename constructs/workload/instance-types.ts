/**
 * Which machine shapes can run the TEE, as data that the workload file's validation, the constructs and the rules share.
 * A shape that is known not to work is refused; one that is newer than these tables passes.
 */
import type { GcpPlacement } from './workload.js';

/** Where a table comes from and when it was read (ISO date, or month). */
export interface Provenance {
  readonly source: string;
  readonly read: string;
}

export const NITRO_ENCLAVES: Provenance & {
  /** Families that never support Nitro Enclaves, and why. */
  readonly refusedFamilies: readonly { readonly pattern: RegExp; readonly reason: string }[];
  /** Sizes that a family matching `pattern` cannot use. The first match decides. */
  readonly refusedSizes: readonly { readonly pattern: RegExp; readonly sizes: readonly string[] }[];
} = {
  source: 'https://docs.aws.amazon.com/enclaves/latest/user/nitro-enclave.html',
  read: '2026-11',
  refusedFamilies: [
    { pattern: /^t\d/, reason: 'burstable T families do not support Nitro Enclaves' },
    { pattern: /^(a1|mac|hpc|u-|u\d)/, reason: 'A1, Mac, HPC and U families do not support Nitro Enclaves' },
    { pattern: /-flex$/, reason: 'flex families do not support Nitro Enclaves' },
    { pattern: /^([cmr][1-4]|p[23]|g[23]|i[23]|d2|h1|x1e?|f1)$/, reason: 'the family is not built on the Nitro System' },
  ],
  refusedSizes: [
    { pattern: /^[mcr]8a/, sizes: ['medium'] },
    { pattern: /^[mcr]7a/, sizes: ['medium', 'large'] },
    { pattern: /^[a-z]+\d+g/, sizes: ['medium'] },
    { pattern: /^/, sizes: ['large'] },
  ],
};

/** vCPUs per EC2 size name. `large` is 2 in every current family, and `Nxlarge` is 4N. */
function sizeVcpus(size: string): number | undefined {
  if (size === 'medium') return 1;
  if (size === 'large') return 2;
  const match = /^(\d*)xlarge$/.exec(size);
  return match ? 4 * Number(match[1] === '' ? 1 : match[1]) : undefined;
}

/** GiB of memory per vCPU in the plain C, M and R families (no suffix `n`, which differs). */
const GIB_PER_VCPU: Readonly<Record<string, number>> = { c: 2, m: 4, r: 8 };

export interface Ec2Shape {
  readonly family: string;
  readonly size: string;
  /** True for Graviton: one vCPU is one core, so an enclave may have an odd number of them. */
  readonly arm: boolean;
  /** Undefined for metal sizes. */
  readonly vcpus: number | undefined;
  /** Undefined where the family's ratio is not in the table. */
  readonly memoryMiB: number | undefined;
}

/** Reads an EC2 instance type such as `m6i.2xlarge`; undefined when the text is none. */
export function ec2Shape(instance: string): Ec2Shape | undefined {
  const match = /^([a-z][a-z0-9-]*\d[a-z0-9-]*)\.([a-z0-9-]+)$/.exec(instance);
  if (!match) return undefined;
  const [, family = '', size = ''] = match;
  const vcpus = sizeVcpus(size);
  if (vcpus === undefined && !size.startsWith('metal')) return undefined;
  const ratio = /^[cmr]\d+[a-z]*$/.test(family) && !family.endsWith('n') ? GIB_PER_VCPU[family[0] as string] : undefined;
  return {
    family,
    size,
    arm: /^[a-z]+\d+g/.test(family),
    vcpus,
    memoryMiB: vcpus === undefined || ratio === undefined ? undefined : vcpus * ratio * 1024,
  };
}

/** Why an EC2 instance type cannot host Nitro Enclaves; undefined when nothing is known against it. */
export function nitroEnclaveProblem(instance: string): string | undefined {
  const shape = ec2Shape(instance);
  if (!shape) return 'no EC2 instance type has that form';
  const family = NITRO_ENCLAVES.refusedFamilies.find(({ pattern }) => pattern.test(shape.family));
  if (family) return family.reason;
  if (shape.size.startsWith('metal')) return 'metal sizes do not support Nitro Enclaves';
  const sizes = NITRO_ENCLAVES.refusedSizes.find(({ pattern }) => pattern.test(shape.family))?.sizes ?? [];
  return sizes.includes(shape.size) ? `${shape.family} supports Nitro Enclaves from a larger size than ${shape.size}` : undefined;
}

/** Attestation type that the guest's token carries, per hardware. */
export type AzureTeeType = 'sevsnpvm' | 'tdxvm';

export const AZURE_CONFIDENTIAL_SIZES: Provenance & {
  readonly series: readonly { readonly name: string; readonly pattern: RegExp; readonly tee: AzureTeeType; readonly vcpus: readonly number[] }[];
} = {
  source: 'https://aspire.dev/reference/api/csharp/aspire.hosting.azure.kubernetes/ (AksNodeVmSizes, generated from the SKU list of Azure)',
  read: '2026-11-22',
  series: [
    { name: 'DCasv5, DCadsv5', pattern: /^Standard_DC(\d+)ad?s_v5$/, tee: 'sevsnpvm', vcpus: [2, 4, 8, 16, 32, 48, 64, 96] },
    { name: 'ECasv5, ECadsv5', pattern: /^Standard_EC(\d+)ad?s_v5$/, tee: 'sevsnpvm', vcpus: [2, 4, 8, 16, 20, 32, 48, 64, 96] },
    { name: 'DCasv6, DCadsv6', pattern: /^Standard_DC(\d+)ad?s_v6$/, tee: 'sevsnpvm', vcpus: [2, 4, 8, 16, 32, 48, 64, 96] },
    { name: 'ECasv6, ECadsv6', pattern: /^Standard_EC(\d+)ad?s_v6$/, tee: 'sevsnpvm', vcpus: [2, 4, 8, 16, 32, 48, 64, 96] },
    { name: 'DCesv5, DCedsv5', pattern: /^Standard_DC(\d+)ed?s_v5$/, tee: 'tdxvm', vcpus: [2, 4, 8, 16, 32, 48, 64, 96] },
    { name: 'ECesv5, ECedsv5', pattern: /^Standard_EC(\d+)ed?s_v5$/, tee: 'tdxvm', vcpus: [2, 4, 8, 16, 32, 48, 64, 128] },
    { name: 'DCesv6, DCedsv6', pattern: /^Standard_DC(\d+)ed?s_v6$/, tee: 'tdxvm', vcpus: [2, 4, 8, 16, 32, 48, 64, 96, 128] },
    { name: 'ECesv6, ECedsv6', pattern: /^Standard_EC(\d+)ed?s_v6$/, tee: 'tdxvm', vcpus: [2, 4, 8, 16, 32, 48, 64] },
  ],
};

/** The hardware TEE of an Azure VM size; undefined when the size is not a confidential one. */
export function azureTeeType(instance: string): AzureTeeType | undefined {
  for (const series of AZURE_CONFIDENTIAL_SIZES.series) {
    const match = series.pattern.exec(instance);
    if (match && series.vcpus.includes(Number(match[1]))) return series.tee;
  }
  return undefined;
}

export const GCP_CONFIDENTIAL_MACHINES: Provenance & {
  readonly types: Readonly<Record<GcpPlacement['confidentialType'], { readonly machines: RegExp; readonly series: string }>>;
  /** TDX zones in the United States; TDX is offered elsewhere too, in zones that this table does not list. */
  readonly tdxZonesUnitedStates: readonly string[];
  readonly snpZones: readonly string[];
  readonly a3Zones: readonly string[];
} = {
  source: 'https://cloud.google.com/confidential-computing/confidential-vm/docs/supported-configurations',
  read: '2026-04-08',
  types: {
    TDX: { machines: /^(c3-standard-(4|8|22|44|88|176)|a3-highgpu-1g)$/, series: 'c3-standard without local SSD, or a3-highgpu-1g' },
    SEV: { machines: /^(?:(?:n2d|c2d|c3d)-[a-z]+-\d+|c4d-[a-z]+-(?:\d{1,2}|1\d\d))(?:-lssd)?$/, series: 'N2D, C2D, C3D, or C4D of at most 255 vCPUs' },
    SEV_SNP: { machines: /^n2d-[a-z]+-\d+$/, series: 'N2D' },
  },
  tdxZonesUnitedStates: [
    'us-central1-a', 'us-central1-b', 'us-central1-c', 'us-east1-c', 'us-east1-d', 'us-east4-a', 'us-east4-c',
    'us-east5-b', 'us-east5-c', 'us-west1-a', 'us-west1-b',
  ],
  snpZones: ['asia-southeast1', 'europe-west3', 'europe-west4', 'us-central1'].flatMap((region) => ['a', 'b', 'c'].map((zone) => `${region}-${zone}`)),
  a3Zones: ['europe-west4-c', 'us-central1-a', 'us-east5-a'],
};

/** Whether a zone is known not to offer a machine with a confidential type. */
export function gcpZoneProblem(confidentialType: GcpPlacement['confidentialType'], instance: string, zone: string): string | undefined {
  const { tdxZonesUnitedStates, snpZones, a3Zones } = GCP_CONFIDENTIAL_MACHINES;
  const zones =
    confidentialType === 'SEV_SNP' ? snpZones
    : confidentialType === 'SEV' ? undefined
    : instance.startsWith('a3-') ? a3Zones
    : zone.startsWith('us-') ? tdxZonesUnitedStates
    : undefined;
  return zones && !zones.includes(zone) ? `${confidentialType} on ${instance} is offered in ${zones.join(', ')}` : undefined;
}
