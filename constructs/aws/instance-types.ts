/**
 * EC2 families that can host Nitro Enclaves, with the smallest size each supports. Source: AWS Nitro Enclaves guide,
 * "Requirements" (read 2026-11): virtualized Nitro instances, without T, A1, Mac, HPC, U, flex and metal; Intel and
 * AMD from xlarge (the 8a families from large), Graviton from large. Accelerated families are left out: the kit has
 * no boot chain for them.
 */
const FAMILIES: Readonly<Record<string, 'large' | 'xlarge'>> = {
  ...from('xlarge', 'm5 m5a m5ad m5d m5dn m5n m5zn m6a m6i m6id m6idn m6in m7a m7i m8i c5 c5a c5ad c5d c5n c6a c6i c6id c6in c7a c7i c8i r5 r5a r5ad r5b r5d r5dn r5n r6a r6i r6id r6idn r6in r7a r7i r7iz r8i i3en i4i i7i i7ie x2idn x2iedn z1d d3 d3en'),
  ...from('large', 'm8a c8a r8a m6g m6gd m7g m7gd m8g c6g c6gd c6gn c7g c7gd c7gn c8g r6g r6gd r7g r7gd r8g i4g im4gn is4gen x2gd'),
};

function from(smallest: 'large' | 'xlarge', families: string): Record<string, 'large' | 'xlarge'> {
  return Object.fromEntries(families.split(' ').map((family) => [family, smallest]));
}

/** GiB of memory per vCPU, by the first letter of the family, where the whole class shares it. */
const MEMORY_PER_VCPU: Readonly<Record<string, number>> = { c: 2, m: 4, r: 8 };
/** Memory the parent keeps, in MiB: the kernel, nitro-cli and the proxies. */
const PARENT_MEMORY_MIB = 1024;

export interface InstanceShape {
  readonly family: string;
  readonly graviton: boolean;
  readonly vcpus: number;
  /** MiB; undefined where the class has no common ratio. */
  readonly memoryMiB: number | undefined;
}

/**
 * The shape of an instance type that can host enclaves.
 * @throws for families and sizes outside the supported table, naming why.
 */
export function enclaveInstance(type: string): InstanceShape {
  const [family = '', size = ''] = type.split('.');
  const smallest = FAMILIES[family];
  const refuse = (why: string): never => {
    throw new Error(`instance: "${type}" cannot host Nitro Enclaves: ${why}. Use for example m6i.2xlarge or m7g.xlarge.`);
  };
  if (smallest === undefined) {
    return refuse(/^t\d/.test(family) ? 'the burstable T family is not supported' : `family "${family}" is not in the supported table (${Object.keys(FAMILIES).length} families)`);
  }
  if (size.startsWith('metal')) return refuse('bare metal has no Nitro hypervisor to carve an enclave from');
  const multiple = size === 'large' ? 0.5 : size === 'xlarge' ? 1 : Number(/^(\d+)xlarge$/.exec(size)?.[1] ?? Number.NaN);
  if (Number.isNaN(multiple) || (multiple < 1 && smallest === 'xlarge')) return refuse(`the smallest size of ${family} is ${smallest}`);
  const vcpus = multiple * 4;
  const ratio = family === 'c5n' || family === 'm5zn' || family.startsWith('i') || family.startsWith('x') || family.startsWith('d') ? undefined : MEMORY_PER_VCPU[family[0] as string];
  return { family, graviton: /^[a-z]+\d+g/.test(family) || /^(im4gn|is4gen)$/.test(family), vcpus, memoryMiB: ratio && vcpus * ratio * 1024 };
}

/**
 * Checks that an enclave fits its host.
 * @throws if it takes a core that the parent needs, half a core on x86, or more memory than there is.
 */
export function checkEnclaveFits(type: string, enclave: { readonly vcpus: number; readonly memoryMiB: number }): void {
  const shape = enclaveInstance(type);
  const parent = shape.graviton ? 1 : 2;
  if (!Number.isInteger(enclave.vcpus) || enclave.vcpus < 1 || enclave.vcpus > shape.vcpus - parent) {
    throw new Error(`enclave.vcpus: ${enclave.vcpus} on ${type}; allowed: 1 to ${shape.vcpus - parent} of its ${shape.vcpus}, because the parent keeps its first core.`);
  }
  if (!shape.graviton && enclave.vcpus % 2 !== 0) {
    throw new Error(`enclave.vcpus: ${enclave.vcpus} on ${type}; allowed: even numbers, because an enclave takes whole cores of two threads.`);
  }
  if (!Number.isInteger(enclave.memoryMiB) || enclave.memoryMiB < 64 || (shape.memoryMiB !== undefined && enclave.memoryMiB > shape.memoryMiB - PARENT_MEMORY_MIB)) {
    throw new Error(`enclave.memoryMiB: ${enclave.memoryMiB} on ${type}; allowed: 64 to ${shape.memoryMiB === undefined ? 'the memory of the host less 1024' : shape.memoryMiB - PARENT_MEMORY_MIB}.`);
  }
}
