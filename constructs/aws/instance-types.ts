import { ec2Shape, nitroEnclaveProblem } from '../workload/index.js';

/** Memory the parent keeps, in MiB: the kernel, nitro-cli and the proxies. */
const PARENT_MEMORY_MIB = 1024;
/** Least memory that nitro-cli gives an enclave, in MiB. */
const ENCLAVE_MEMORY_MIB = 64;

/**
 * Checks that an instance type hosts enclaves and that this enclave fits.
 * @throws for families and sizes that cannot (T, metal, flex, too small), and for an enclave that takes a core the
 * parent needs, half a core on x86, or more memory than there is.
 */
export function checkEnclaveFits(type: string, enclave: { readonly vcpus: number; readonly memoryMiB: number }): void {
  const problem = nitroEnclaveProblem(type);
  const shape = ec2Shape(type);
  if (problem !== undefined || shape?.vcpus === undefined) {
    throw new Error(`instance: "${type}" cannot host Nitro Enclaves: ${problem ?? 'its size is not known'}. Use for example m6i.2xlarge or m7g.xlarge.`);
  }
  const parent = shape.arm ? 1 : 2;
  if (!Number.isInteger(enclave.vcpus) || enclave.vcpus < 1 || enclave.vcpus > shape.vcpus - parent) {
    throw new Error(`enclave.vcpus: ${enclave.vcpus} on ${type}; allowed: 1 to ${shape.vcpus - parent} of its ${shape.vcpus}, because the parent keeps its first core.`);
  }
  if (!shape.arm && enclave.vcpus % 2 !== 0) {
    throw new Error(`enclave.vcpus: ${enclave.vcpus} on ${type}; allowed: even numbers, because an enclave takes whole cores of two threads.`);
  }
  const most = shape.memoryMiB === undefined ? Number.MAX_SAFE_INTEGER : shape.memoryMiB - PARENT_MEMORY_MIB;
  if (!Number.isInteger(enclave.memoryMiB) || enclave.memoryMiB < ENCLAVE_MEMORY_MIB || enclave.memoryMiB > most) {
    throw new Error(`enclave.memoryMiB: ${enclave.memoryMiB} on ${type}; allowed: ${ENCLAVE_MEMORY_MIB} to ${shape.memoryMiB === undefined ? 'the memory of the host less 1024' : most}.`);
  }
}

/** Sizes that offer AMD SEV-SNP, per family, and regions that offer it on shared tenancy. Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/sev-snp.html, read 2026-11. */
const SEV_SNP = {
  sizes: {
    m6a: ['large', 'xlarge', '2xlarge', '4xlarge', '8xlarge'],
    c6a: ['large', 'xlarge', '2xlarge', '4xlarge', '8xlarge', '12xlarge', '16xlarge'],
    r6a: ['large', 'xlarge', '2xlarge', '4xlarge'],
  } as Readonly<Record<string, readonly string[]>>,
  sharedRegions: ['eu-west-1', 'us-east-2'] as readonly string[],
};

/**
 * Checks that an instance type offers SEV-SNP in a region.
 * @throws for other families and sizes, for a region that offers it on Dedicated Hosts only when none is given, for
 * China and GovCloud, and for a host id of wrong form.
 */
export function checkSevSnp(type: string, region: string, dedicatedHostId?: string): void {
  const [family = '', size = ''] = type.split('.');
  if (!SEV_SNP.sizes[family]?.includes(size)) {
    const allowed = Object.entries(SEV_SNP.sizes).map(([name, sizes]) => `${name} (${sizes.join(', ')})`).join('; ');
    throw new Error(`instance: "${type}" does not offer AMD SEV-SNP; allowed: ${allowed}. On other types use EnclaveFleet or AttestableInstance.`);
  }
  if (dedicatedHostId !== undefined && !/^h-[0-9a-f]{8,17}$/.test(dedicatedHostId)) throw new Error(`dedicatedHostId: "${dedicatedHostId}" is not the id of a Dedicated Host; allowed: h- and 8 to 17 hexadecimal characters.`);
  if (/^(cn|us-gov|us-iso)/.test(region) || (dedicatedHostId === undefined && !SEV_SNP.sharedRegions.includes(region))) {
    throw new Error(`region: "${region}" does not offer SEV-SNP ${dedicatedHostId === undefined ? 'on shared tenancy' : 'at all'}; allowed: ${SEV_SNP.sharedRegions.join(', ')}, or a Dedicated Host (dedicatedHostId) in another commercial region.`);
  }
}

/** Families without UEFI boot or TPM although they are built on the Nitro System. Source: EC2 User Guide, "Requirements for UEFI boot mode" and "NitroTPM", read 2026-11. */
const NO_NITRO_TPM = /^(a1|dl1|g4ad|mac.*|p4.*|u-.*|vt1)$/;

/**
 * Checks that an instance type offers NitroTPM.
 * @throws for metal sizes, families that are not built on the Nitro System, and those without UEFI boot.
 */
export function checkNitroTpm(type: string): void {
  const shape = ec2Shape(type);
  const old = shape && /^([cmr][1-4]|t[12]|p[23]|g[23]|i[23]|d2|h1|x1e?|f1)$/.test(shape.family);
  if (!shape || old || shape.size.startsWith('metal') || NO_NITRO_TPM.test(shape.family)) {
    throw new Error(`instance: "${type}" does not offer NitroTPM; allowed: virtual sizes of families on the Nitro System, for example m7i.xlarge.`);
  }
}

/** @throws for an AMI id of wrong form: a parameter that moves (latest) is not a pinned image. */
export function checkImage(image: string): void {
  if (!/^ami-([0-9a-f]{8}|[0-9a-f]{17})$/.test(image)) throw new Error(`image: "${image}" is not an AMI id; allowed: ami- and 8 or 17 hexadecimal characters. A parameter that moves (latest) is not a pinned image.`);
}
