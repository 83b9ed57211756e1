export { proveFlows } from './flows.js';
export { proveKeys } from './keys.js';
import type { Deployment } from '../../model.js';
import type { LogProof } from '../types.js';

export function proveLogs(_deployment: Deployment): readonly LogProof[] {
  return [];
}
