export * from './workload.js';
export * from './retention.js';
export * from './tags.js';
export * from './ipv4.js';
export * from './instance-types.js';
export * from './facts.js';
export { loadWorkload, parseWorkload, WorkloadFileError, type WorkloadFileIssue } from './load.js';
export * from './azure-attestation.js';
