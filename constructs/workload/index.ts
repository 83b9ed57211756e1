export * from './workload.js';
export * from './retention.js';
export * from './tags.js';
