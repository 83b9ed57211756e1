export { proveFlows } from './flows.js';
export { proveKeys } from './keys.js';
export { proveLogs } from './logs.js';
