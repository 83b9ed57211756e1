export * as workload from './workload/index.js';
