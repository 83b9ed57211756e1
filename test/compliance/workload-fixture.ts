import type { MeasurementApproval, Workload } from '../../constructs/workload/workload.js';

const approval: MeasurementApproval = { owner: 'Inference team', approvedBy: ['Ada', 'Grace'], approved: '2026-10-01', expires: '2027-10-01', status: 'active' };

/** 96 hex characters, distinct per letter. */
export const pcr = (letter: string): string => letter.repeat(96);
/** `sha256:` and 64 hex characters. */
export const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;

/** The day against which every rule case is judged. */
export const TODAY = '2026-11-22';

/** A valid workload on three clouds for rule cases: one active, one retired and one revoked measurement per cloud. */
export const WORKLOAD: Workload = {
  version: 1,
  name: 'inference',
  environment: 'production',
  owner: 'Clinical AI',
  contact: 'clinical-ai@example.org',
  data: { classification: 'phi', phiCategories: ['diagnoses', 'imaging'] },
  baa: {
    aws: { reference: 'BAA-AWS-1', counterparty: 'Amazon Web Services, Inc.', effective: '2025-01-01', review: '2027-01-01' },
    azure: { reference: 'BAA-AZ-1', counterparty: 'Microsoft Corporation', effective: '2025-01-01', review: '2027-01-01' },
    gcp: { reference: 'BAA-GCP-1', counterparty: 'Google LLC', effective: '2025-01-01', review: '2027-01-01' },
  },
  clouds: {
    aws: {
      account: '111122223333', region: 'us-east-1', instance: 'm6i.2xlarge', instances: { min: 2, max: 4 }, image: 'ami-0123456789abcdef0',
      enclave: { vcpus: 4, memoryMiB: 8192 }, organization: 'o-exampleorgid', deploymentRole: 'arn:aws:iam::111122223333:role/Deploy',
    },
    azure: {
      subscription: '00000000-0000-0000-0000-000000000001', tenant: '00000000-0000-0000-0000-000000000002', region: 'eastus', instance: 'Standard_DC4as_v5',
      instances: { min: 2, max: 4 }, image: { publisher: 'Canonical', offer: '0001-com-ubuntu-confidential-vm-jammy', sku: '22_04-lts-cvm', version: '22.04.202410090' },
      confidentialVmOrchestrator: '00000000-0000-0000-0000-000000000003', sshPublicKey: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExampleExampleExampleExampleExampleExampleEx', attestationPolicySigners: ['MIIB'],
    },
    gcp: {
      project: 'phi-inference', projectNumber: '123456789012', keyProject: 'phi-inference-keys', keyProjectNumber: '210987654321', organization: '345678901234',
      region: 'us-central1', zone: 'us-central1-a', instance: 'c3-standard-4', instances: { min: 2, max: 4 }, confidentialType: 'TDX',
      image: 'projects/confidential-space-images/global/images/confidential-space-250300', deployer: 'serviceAccount:deploy@phi-inference-keys.iam.gserviceaccount.com',
    },
  },
  measurements: {
    aws: {
      r2: { ...approval, kind: 'nitro-enclave', pcrs: { PCR0: pcr('a'), PCR1: pcr('b'), PCR2: pcr('c') }, artifact: { bucket: 'releases', key: 'r2.eif', versionId: 'v2', sha256: 'a'.repeat(64) } },
      r1: { ...approval, status: 'retired', kind: 'nitro-enclave', pcrs: { PCR0: pcr('d'), PCR1: pcr('b'), PCR2: pcr('c') }, artifact: { bucket: 'releases', key: 'r1.eif', versionId: 'v1', sha256: 'b'.repeat(64) } },
      r0: { ...approval, status: 'revoked', kind: 'nitro-enclave', pcrs: { PCR0: pcr('e'), PCR1: pcr('b'), PCR2: pcr('c') }, artifact: { bucket: 'releases', key: 'r0.eif', versionId: 'v0', sha256: 'c'.repeat(64) } },
    },
    azure: {
      r2: { ...approval, kind: 'azure-guest', claims: { 'x-ms-isolation-tee.x-ms-attestation-type': 'sevsnpvm', 'x-ms-isolation-tee.x-ms-compliance-status': 'azure-compliant-cvm', 'x-ms-isolation-tee.x-ms-sevsnpvm-is-debuggable': false } },
    },
    gcp: {
      r2: { ...approval, kind: 'confidential-space', image: 'us-docker.pkg.dev/phi-inference/images/inference', imageDigest: digest('a') },
      r1: { ...approval, status: 'retired', kind: 'confidential-space', image: 'us-docker.pkg.dev/phi-inference/images/inference', imageDigest: digest('d') },
      r0: { ...approval, status: 'revoked', kind: 'confidential-space', image: 'us-docker.pkg.dev/phi-inference/images/inference', imageDigest: digest('e') },
    },
  },
  keyAdministrators: { aws: ['arn:aws:iam::111122223333:role/KeyAdmin'], azure: ['00000000-0000-0000-0000-00000000000a'], gcp: ['group:key-admins@example.org'] },
  breakGlass: { aws: 'arn:aws:iam::111122223333:role/BreakGlass', azure: '00000000-0000-0000-0000-00000000000b', gcp: 'group:break-glass@example.org' },
  retention: { days: 2192, irreversible: true },
  network: { cidr: '10.20.0.0/16', endpoints: '10.20.250.0/24' },
  segments: {
    gateway: { purpose: 'gateway', cidr: '10.20.0.0/24' },
    tee: { purpose: 'tee', cidr: '10.20.1.0/24' },
    store: { purpose: 'phi-store', cidr: '10.20.2.0/24' },
  },
  flows: { ingress: { from: 'gateway', to: 'tee', port: 8443 }, data: { from: 'tee', to: 'store', port: 5432 } },
};
