import type { Deployment } from '../../model.js';
import type { FlowProof, LogProof } from '../types.js';

export { proveKeys } from './keys.js';

export function proveFlows(_deployment: Deployment): readonly FlowProof[] {
  return [];
}

export function proveLogs(_deployment: Deployment): readonly LogProof[] {
  return [];
}
