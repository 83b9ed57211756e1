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
